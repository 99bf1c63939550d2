/* see example.h */
#include <string.h>

#include "cmd/example.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"

#define SHA384_BLANK                                                          \
	"000000000000000000000000000000000000000000000000"                    \
	"000000000000000000000000000000000000000000000000"

static const char two_people[] =
    "# Genesis for two people and a notary. Review it at the desk:\n"
    "#   anchorite ceremony check plan.ini\n"
    "# and take its words to the room on paper:\n"
    "#   anchorite words plan.ini\n"
    "[ceremony]\n"
    "format = 1\n"
    "org = example\n"
    "mode = production\n"
    "number = 1\n"
    "previous = none\n"
    "# every object is dated so; the room's clock lies between the two\n"
    "effective = 2027-03-01T00:00:00Z\n"
    "latest = 2027-03-15\n"
    "# the RFC 5612 documentation arc, which a real ceremony refuses: put\n"
    "# your own private enterprise number there (IANA gives them for nothing)\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = first\n"
    "witness = second\n"
    "# sheets are written by hand; the seed is the machine's and the dice's\n"
    "sheets = handwrite\n"
    "entropy = system+dice\n"
    "\n"
    "[person first]\n"
    "name = First Officer\n"
    "\n"
    "[person second]\n"
    "name = Second Officer\n"
    "\n"
    "[person notary]\n"
    "name = Notary\n"
    "\n"
    "# what a delegation may be: for keys of these kinds, for that many days\n"
    "[profile firmware]\n"
    "base = fw-pki-v1\n"
    "keys = ecdsa-p256, ecdsa-p384\n"
    "most-days = 400\n"
    "\n"
    "# who@where: that one person's sheets open the root is refused; see to it\n"
    "# yourself that those in one place do not\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@office, second@bank, notary\n"
    "\n"
    "# the revocation list, empty at first; a later ceremony signs the next\n"
    "# one before this one expires\n"
    "[crl g1]\n"
    "by = g1\n"
    "days = 400\n"
    "\n"
    "# the request and what sha384sum says of it\n"
    "[delegate gateway-release]\n"
    "by = g1\n"
    "profile = firmware\n"
    "product = gateway\n"
    "role = release\n"
    "versions = 4.0..\n"
    "request = gateway.csr sha384:" SHA384_BLANK "\n"
    "days = 400\n";

static const char company[] =
    "# Genesis for a company: two groups, both needed.\n"
    "[ceremony]\n"
    "format = 1\n"
    "org = example\n"
    "mode = production\n"
    "number = 1\n"
    "previous = none\n"
    "effective = 2027-03-01T09:00:00Z\n"
    "latest = 2027-03-05\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = officer\n"
    "witness = auditor\n"
    "entropy = system+dice\n"
    "\n"
    "[person officer]\n"
    "name = Security Officer\n"
    "\n"
    "[person deputy]\n"
    "name = Deputy Security Officer\n"
    "\n"
    "[person engineer]\n"
    "name = Release Engineer\n"
    "\n"
    "[person auditor]\n"
    "name = Internal Auditor\n"
    "\n"
    "[person counsel]\n"
    "name = General Counsel\n"
    "\n"
    "[person treasurer]\n"
    "name = Treasurer\n"
    "\n"
    "[profile firmware]\n"
    "base = fw-pki-v1\n"
    "keys = ecdsa-p256, ecdsa-p384, rsa-3072\n"
    "most-days = 400\n"
    "\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "need = 2 groups\n"
    "group.security = 2 of 3: officer@vault, deputy@bank, engineer@bank\n"
    "group.board = 2 of 3: auditor@vault, counsel@bank, treasurer@notary\n"
    "\n"
    "[crl g1]\n"
    "by = g1\n"
    "days = 400\n"
    "\n"
    "[delegate gateway-release]\n"
    "by = g1\n"
    "profile = firmware\n"
    "product = gateway\n"
    "role = release\n"
    "versions = 4.0..\n"
    "request = gateway.csr sha384:" SHA384_BLANK "\n"
    "days = 400\n";

static const struct {
	const char *name, *text;
} examples[] = {
	{ "two-people", two_people },
	{ "company", company },
};

const char *
example_plan(const char *name)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		if (strcmp(examples[i].name, name) == 0)
			return examples[i].text;
	}
	return NULL;
}

static const char rehearsal[] =
    "# TEST: a rehearsal. Nothing that comes out of it is good for real use.\n"
    "[ceremony]\n"
    "format = 1\n"
    "org = example\n"
    "mode = rehearsal\n"
    "number = 1\n"
    "previous = none\n"
    "effective = %s\n"
    "latest = %s\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = anna\n"
    "witness = bruno\n"
    "entropy = system+dice\n"
    "\n"
    "[person anna]\n"
    "name = Anna, Security Officer\n"
    "\n"
    "[person bruno]\n"
    "name = Bruno, Witness\n"
    "\n"
    "[person clara]\n"
    "name = Clara, Engineering\n"
    "\n"
    "[person dario]\n"
    "name = Dario, Finance\n"
    "\n"
    "[person elena]\n"
    "name = Elena, Notary\n"
    "\n"
    "[profile firmware]\n"
    "base = fw-pki-v1\n"
    "keys = ecdsa-p256, ecdsa-p384\n"
    "most-days = 400\n"
    "\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "need = 1 group\n"
    "group.main = 3 of 5: anna@office, bruno@bank, clara, dario, elena@bank\n"
    "\n"
    "[crl g1]\n"
    "by = g1\n"
    "days = 30\n"
    "\n"
    "[delegate gateway-release]\n"
    "by = g1\n"
    "profile = firmware\n"
    "product = gateway\n"
    "role = release\n"
    "versions = 4.0..\n"
    "request = gateway.csr sha384:%s\n"
    "days = 90\n";

enum status
example_rehearsal(int64_t now, const char *csr_sha384, struct bytes *out,
    struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];

	clock_text(now / 60 * 60, from);
	clock_text(now / 60 * 60 + CLOCK_DAY, to);
	return text_format(out, d, rehearsal, from, to, csr_sha384);
}
