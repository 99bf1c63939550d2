/* see example.h */
#include <string.h>

#include "cmd/example.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/key.h"

#define SHA384_BLANK                                                          \
	"000000000000000000000000000000000000000000000000"                    \
	"000000000000000000000000000000000000000000000000"

/* What several plans have, word for word. */
#define LATER                                                                 \
    "[ceremony]\n"                                                            \
    "format = 1\n"                                                            \
    "org = example\n"                                                         \
    "mode = production\n"                                                     \
    "number = 2\n"                                                            \
    "# the head, as state show prints it\n"                                   \
    "previous = " SHA384_BLANK "\n"

#define PEOPLE                                                                \
    "[person first]\n"                                                        \
    "name = First Officer\n"                                                  \
    "\n"                                                                      \
    "[person second]\n"                                                       \
    "name = Second Officer\n"                                                 \
    "\n"                                                                      \
    "[person notary]\n"                                                       \
    "name = Notary\n"                                                         \
    "\n"

#define PROFILE                                                               \
    "[profile firmware]\n"                                                    \
    "base = fw-pki-v1\n"                                                      \
    "keys = ecdsa-p256, ecdsa-p384\n"                                         \
    "most-days = 400\n"                                                       \
    "\n"

/* A root to come. */
#define MINT(root, holders)                                                   \
    "[mint " root "]\n"                                                       \
    "algorithm = ecdsa-p384\n"                                                \
    "need = 1 group\n"                                                        \
    "group.main = 2 of 3: " holders "\n"                                      \
    "\n"

#define CRL(root)                                                             \
    "[crl " root "]\n"                                                        \
    "by = " root "\n"                                                         \
    "days = 400\n"                                                            \
    "\n"

#define DELEGATE(root)                                                        \
    "[delegate gateway-release]\n"                                            \
    "by = " root "\n"                                                         \
    "profile = firmware\n"                                                    \
    "product = gateway\n"                                                     \
    "role = release\n"                                                        \
    "versions = 4.0..\n"                                                      \
    "request = gateway.csr sha384:" SHA384_BLANK "\n"                         \
    "days = 400\n"                                                            \
    "\n"

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

/* What goes to the signing team, who has nothing of it yet. */
#define SEND                                                                  \
    "\n"                                                                      \
    "# what the signing team gets, as one parcel: root, list, delegation, "    \
    "bundle\n"                                                                \
    "[send firmware-team]\n"                                                  \
    "what = mint, crl, delegate, bundle\n"

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
    PEOPLE
    "# what a delegation may be: for keys of these kinds, for that many days\n"
    PROFILE
    "# two roots to come: one of them replaces g1 on the day it is lost,\n"
    "# stolen or old. Each has sheets of its own and is wiped before g1 is\n"
    "# drawn; better make one elsewhere, and give its digest: next-key.NAME\n"
    "# in [bundle]. With three people all roots have the same holders: who\n"
    "# has two of them has everything, and others for g2 and g3 are better.\n"
    "# who@where: that one person's sheets open a root is refused, that those\n"
    "# in one place do is noted by the check. With OpenSSL 3.5 let g3 be of\n"
    "# another kind: ml-dsa-65\n"
    MINT("g3", "first@vault, second@home, notary")
    MINT("g2", "first@home, second@vault, notary")
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
    CRL("g1")
    "# the request and what sha384sum says of it\n"
    DELEGATE("g1")
    "# what devices hold: who is a root, and who may say who comes next. A\n"
    "# later ceremony renews it (by and days alone), up to the horizon\n"
    BUNDLE
    SEND;

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
    "# the record has the numbers of bags and seals, and asks for them\n"
    "custody = bags\n"
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
    "# who stands in for counsel reads no other sheet of that root\n"
    "[person counsel]\n"
    "name = General Counsel\n"
    "deputy = clerk\n"
    "\n"
    "[person clerk]\n"
    "name = Clerk of the Board\n"
    "\n"
    "[person treasurer]\n"
    "name = Treasurer\n"
    "\n"
    "# who hold the roots to come hold no sheet of the present one, and keep\n"
    "# them elsewhere: who gets at both has everything\n"
    "[person quality]\n"
    "name = Head of Quality\n"
    "\n"
    "[person works]\n"
    "name = Works Council\n"
    "\n"
    "[person plant]\n"
    "name = Plant Manager\n"
    "\n"
    "[person founder]\n"
    "name = Founder\n"
    "\n"
    "[person trustee]\n"
    "name = Trustee\n"
    "\n"
    "[person notary]\n"
    "name = Notary\n"
    "\n"
    "[profile firmware]\n"
    "base = fw-pki-v1\n"
    "keys = ecdsa-p256, ecdsa-p384, rsa-3072\n"
    "most-days = 400\n"
    "\n"
    "# two roots to come, made, proven and wiped before the present one\n"
    MINT("g3", "founder@abroad, trustee@trust, notary@notary")
    MINT("g2", "quality@lab, works@office, plant@plant")
    "[mint g1]\n"
    "algorithm = ecdsa-p384\n"
    "subject = example-firmware-root-g1\n"
    "years = 20\n"
    "next = g2\n"
    "need = 2 groups\n"
    "group.security = 2 of 3: officer@vault, deputy@bank, engineer@tower\n"
    "group.board = 2 of 3: auditor@safe, counsel@bank, treasurer@court\n"
    "\n"
    CRL("g1")
    DELEGATE("g1")
    BUNDLE
    SEND;

/* What two_people grew into. */
static const char rotate[] =
    "# A root is replaced: g1 goes, g2 comes, in the state that the plan of\n"
    "# two people left. What to do when a root is lost or stolen:\n"
    "#   anchorite explain cases\n"
    LATER
    "effective = 2029-03-01T00:00:00Z\n"
    "latest = 2029-03-15\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = first\n"
    "witness = second\n"
    "sheets = handwrite\n"
    "entropy = system+dice\n"
    "\n"
    PEOPLE
    PROFILE
    "# fresh roots to come, before a present one is open: those that are left\n"
    "# may be committed again, but one of them has served\n"
    MINT("g5", "first@vault, second@home, notary")
    MINT("g4", "first@home, second@vault, notary")
    "# the root that comes; it names the one after it\n"
    "[certify g2]\n"
    "subject = example-firmware-root-g2\n"
    "years = 20\n"
    "next = g4\n"
    "\n"
    "# the old root's last list lasts as long as what it delegated\n"
    CRL("g1")
    CRL("g2")
    "# routine, algorithm, lost, or compromise: then nobody vouches for g1\n"
    "[rotate b2]\n"
    "by = g1, g2\n"
    "old = g1\n"
    "new = g2\n"
    "reason = routine\n"
    "threshold = 1\n"
    "next = g4, g5\n"
    "next-threshold = 1\n"
    "days = 730\n"
    "horizon-days = 1460\n"
    "succession = both\n"
    "\n"
    "# a new key under the new root; the old one goes on under the old\n"
    DELEGATE("g2")
    "# what the signing team gets, as one parcel\n"
    "[send firmware-team]\n"
    "what = certify, crl, rotate, delegate\n";

/* What two_people do when one of them goes. */
static const char reshare[] =
    "# An officer leaves and another one comes: the roots keep their keys and\n"
    "# get other sheets, in the state that the plan of two people left. The\n"
    "# sheets of before are burnt in the same ceremony. The check says which\n"
    "# they are, and how many may be left:\n"
    "#   anchorite ceremony check plan.ini --state state\n"
    LATER
    "effective = 2028-03-01T00:00:00Z\n"
    "latest = 2028-03-15\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = first\n"
    "witness = third\n"
    "sheets = handwrite\n"
    "\n"
    "[person first]\n"
    "name = First Officer\n"
    "\n"
    "[person third]\n"
    "name = Third Officer, for the second who leaves\n"
    "\n"
    "[person notary]\n"
    "name = Notary\n"
    "\n"
    "# Each root is opened by its present sheets, and its seed is split once\n"
    "# more. Cut inside, a root has its old sheets still, and what was\n"
    "# written is void. Who leaves and does not hand in a sheet has lost it:\n"
    "# lost = 2. Of 2 sheets one is then all but a quorum, which is refused:\n"
    "# another root is to come ([rotate]), unless somebody answers for it by\n"
    "# name: waive = first\n"
    "[reshare g3]\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@vault, third@home, notary\n"
    "\n"
    "[reshare g2]\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@home, third@vault, notary\n"
    "\n"
    "[reshare g1]\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@office, third@bank, notary\n"
    "\n"
    "# the sheets of before open the roots for ever: the witness sees each\n"
    "# burnt, and is asked for each. One that is not there is named, and\n"
    "# stays a task\n"
    "[destroy old-g3]\n"
    "root = g3\n"
    "epoch = 1\n"
    "\n"
    "[destroy old-g2]\n"
    "root = g2\n"
    "epoch = 1\n"
    "\n"
    "[destroy old-g1]\n"
    "root = g1\n"
    "epoch = 1\n";

/* A year after two_people. */
static const char checkup[] =
    "# Holders look at their sheets, each alone: no root is opened.\n"
    LATER
    "effective = 2028-03-01T00:00:00Z\n"
    "latest = 2028-03-15\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = first\n"
    "witness = second\n"
    "\n"
    PEOPLE
    "# of each root fewer sheets than open it: the others are looked at on\n"
    "# another day and machine, or where the root is opened anyway\n"
    "[checkup g1-first]\n"
    "root = g1\n"
    "sheets = 1\n"
    "\n"
    "[checkup g2-second]\n"
    "root = g2\n"
    "sheets = 2\n"
    "\n"
    "[checkup g3-notary]\n"
    "root = g3\n"
    "sheets = 3\n";

/* A root that others made, with what is below it. */
static const char adopt[] =
    "# A root that is there already, in a file, becomes a root of sheets. Its\n"
    "# certificate stays, and with it all that it has signed.\n"
    "[ceremony]\n"
    "format = 1\n"
    "# O of the certificate\n"
    "org = example\n"
    "mode = production\n"
    "number = 1\n"
    "previous = none\n"
    "effective = 2027-03-01T00:00:00Z\n"
    "latest = 2027-03-15\n"
    "oid-arc = 1.3.6.1.4.1.32473\n"
    "officer = first\n"
    "witness = second\n"
    "sheets = handwrite\n"
    "entropy = system+dice\n"
    "\n"
    PEOPLE
    "# The key is in the room's inbox and nowhere else: PEM or DER, PKCS #8,\n"
    "# SEC 1 or PKCS #1; of an encrypted one the passphrase is asked for. It\n"
    "# is no part of the record. Afterwards every copy of it is destroyed.\n"
    "# Where its certificate is refused, subject and years in its place give\n"
    "# the same key a new one. ecdsa-p256, ecdsa-p384, ed25519 (OpenSSL 3.5),\n"
    "# rsa-3072 to rsa-8192\n"
    "[adopt g1]\n"
    "algorithm = rsa-4096\n"
    "key = root.key sha384:" SHA384_BLANK "\n"
    "certificate = root.crt sha384:" SHA384_BLANK "\n"
    "need = 1 group\n"
    "group.main = 2 of 3: first@office, second@bank, notary\n"
    "\n"
    "# its first list from here; what others have revoked, revoke again\n"
    CRL("g1")
    "# the file that the sheets open, printed as codes and kept with them\n"
    "[send paper]\n"
    "what = adopt\n";

static const struct {
	const char *name, *text;
} examples[] = {
	{ "two-people", two_people },
	{ "company", company },
	{ "rotate", rotate },
	{ "reshare", reshare },
	{ "checkup", checkup },
	{ "adopt", adopt },
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
    PROFILE
    "# two roots to come, before the present one; one of another kind\n"
    "[mint g3]\n"
    "algorithm = %s\n"
    "need = 1 group\n"
    "group.main = 2 of 3: ines@abroad, jonas@abroad, karla@bank\n"
    "\n"
    MINT("g2", "farid@office, greta@notary, hugo@home")
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
    BUNDLE
    SEND;

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
