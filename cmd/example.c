/* see example.h */
#include <string.h>

#include "cmd/example.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/key.h"

#define SHA384_BLANK                                                          \
	"000000000000000000000000000000000000000000000000"                    \
	"000000000000000000000000000000000000000000000000"

/* Of one present root, with two to come. */
#define BUNDLE                                                                \
    "[bundle b1]\n"                                                           \
    "by = g1\n"                                                               \
    "anchors = g1\n"                                                          \
    "threshold = 1\n"                                                         \
    "next = g2, g3\n"                                                         \
    "next-threshold = 1\n"                                                    \
    "days = 730\n"                                                            \
    "horizon-days = 1460\n"                                                   \
    "succession = both\n"

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
    "# two roots to come: one of them replaces g1 on the day it is lost, stolen\n"
    "# or old. Each has sheets of its own and is wiped before g1 is drawn; better\n"
    "# make one elsewhere, and give its digest: next-key.NAME in [bundle].\n"
    "# who@where: that one person's sheets open a root is refused; see to it\n"
    "# yourself that those in one place do not. With OpenSSL 3.5 let g3 be of\n"
    "# another kind: ml-dsa-65\n"
    "[mint g3]\n"
    "algorithm = ecdsa-p384\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@vault, second@home, notary\n"
    "\n"
    "[mint g2]\n"
    "algorithm = ecdsa-p384\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@home, second@vault, notary\n"
    "\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "next = g2\n"
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
    "days = 400\n"
    "\n"
    "# what devices hold: who is a root, and who may say who comes next. A later\n"
    "# ceremony renews it (by and days alone), up to the horizon\n"
    BUNDLE;

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
    "# two roots to come, made, proven and wiped before the present one\n"
    "[mint g3]\n"
    "algorithm = ecdsa-p384\n"
    "need = 1 group\n"
    "group.main = 3 of 5: officer@vault, deputy@bank, auditor@vault, "
    "counsel@bank, treasurer@notary\n"
    "\n"
    "[mint g2]\n"
    "algorithm = ecdsa-p384\n"
    "need = 1 group\n"
    "group.main = 2 of 3: engineer@notary, counsel@notary, treasurer@home\n"
    "\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "next = g2\n"
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
    "days = 400\n"
    "\n"
    BUNDLE;

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
    "# who hold the roots to come hold no sheet of the present one\n"
    "[person farid]\n"
    "name = Farid, Quality\n"
    "\n"
    "[person greta]\n"
    "name = Greta, Legal\n"
    "\n"
    "[person hugo]\n"
    "name = Hugo, Works Council\n"
    "\n"
    "[person ines]\n"
    "name = Ines, Auditor\n"
    "\n"
    "[person jonas]\n"
    "name = Jonas, Board\n"
    "\n"
    "[person karla]\n"
    "name = Karla, Bank\n"
    "\n"
    "[profile firmware]\n"
    "base = fw-pki-v1\n"
    "keys = ecdsa-p256, ecdsa-p384\n"
    "most-days = 400\n"
    "\n"
    "# two roots to come, before the present one is there; one of another kind\n"
    "[mint g3]\n"
    "algorithm = %s\n"
    "need = 1 group\n"
    "group.main = 2 of 3: ines@abroad, jonas@abroad, karla@bank\n"
    "\n"
    "[mint g2]\n"
    "algorithm = ecdsa-p384\n"
    "need = 1 group\n"
    "group.main = 2 of 3: farid@office, greta@notary, hugo@home\n"
    "\n"
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "next = g2\n"
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
    "days = 90\n"
    "\n"
    "[responder night]\n"
    "cert = night.crt sha384:%s\n"
    "call = extension 112, day and night\n"
    "\n"
    "[kill g1]\n"
    "by = g1\n"
    "keys = all\n"
    "also = revoke-all\n"
    "open = 1 of night\n"
    "publish = whoever keeps the update server\n"
    "\n"
    "# what devices hold: who is a root, and who may say who comes next\n"
    BUNDLE;

/* Of another kind than the present root: one that a quantum computer does not
 * break, where this OpenSSL has it. */
static const char *
other_algorithm(void)
{
	return key_known("ml-dsa-65", NULL) == ST_OK ? "ml-dsa-65" :
						       "ecdsa-p256";
}

enum status
example_rehearsal(int64_t now, const char *csr_sha384,
    const char *crt_sha384, struct bytes *out, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];

	clock_text(now / 60 * 60, from);
	clock_text(now / 60 * 60 + CLOCK_DAY, to);
	return text_format(out, d, rehearsal, from, to, other_algorithm(),
	    csr_sha384, crt_sha384);
}
