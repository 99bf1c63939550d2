/* see cases.h */
#include <string.h>

#include "lib/pki/cases.h"

#define TWO "both"
#define ALONE "next-alone-after-horizon"
#define TRUST_INIT                                                            \
	"start devices anew: `trust init` with words from paper, and new "    \
	"keyrings"
#define DESTROY "destroy the sheets of the old root, before witnesses"

/* clang-format off */
static const struct case_row rows[] = {
	{ "rotation-due",
	    "nothing has happened: the root is old, or its people change",
	    "nothing", "-",
	    "mint fresh roots to come, rotate, deliver bundle, lists and "
	    "keyrings; then " DESTROY,
	    "reason = routine; by = the old root and the new one",
	    "a device that is switched off for longer than the old list lasts "
	    "takes the new list by hand",
	    "RULES B3, B11; FORMATS 9.23" },
	{ "sheets-astray",
	    "sheets of a root are out of control, too few to open it",
	    "nothing yet: one more sheet may be enough", "-",
	    "rotate before the next one is missed, then " DESTROY,
	    "reason = routine; by = the old root and the new one",
	    "a sheet that is copied is astray for good: it counts over all "
	    "epochs of its root",
	    "RULES B11" },
	{ "root-stolen",
	    "a present root is in other hands, and in ours too",
	    "sign delegations and lists that stock clients take; renew the "
	    "bundle, raise its floors; not change an anchor, a threshold or "
	    "a commitment",
	    "devices with a bundle: until they apply the next establishment, "
	    "and no longer than the horizon; stock clients: until their "
	    "keyring is another",
	    "rotate at once, deliver the bundle and the keyrings; give every "
	    "team a key under the new root; revoke what older roots said of "
	    "the old one; then " DESTROY,
	    "reason = compromise: the new root does not vouch for the old "
	    "one; by = the old root and the new one",
	    "no list takes a root out of a stock client: only its keyring "
	    "does",
	    "RULES B2, B4, B11; FORMATS 9.22, 9.25" },
	{ "root-lost",
	    "the sheets of a present root are gone, and nobody has them; its "
	    "bundle has other roots, enough of them for its threshold",
	    "nothing", "-",
	    "rotate without it",
	    "reason = lost; by = the other roots and the new one",
	    "the lost root signs no last list: who asks for lists takes what "
	    "it delegated no longer than its newest list lasts",
	    "RULES B3; FORMATS 9.23" },
	{ "only-root-lost",
	    "the sheets of the only root are gone (or of so many that the "
	    "threshold is out of reach), and nobody has them",
	    "nothing", "-",
	    "with succession " ALONE ": wait for the horizon, then rotate with "
	    "all roots to come; with " TWO ": " TRUST_INIT,
	    "reason = lost; by = all committed roots to come; refused where no "
	    "device would take it",
	    "until then nothing can be renewed: lists and the bundle end on "
	    "their dates, and clients that ask for lists stop; devices "
	    "without a clock that is trusted never take it",
	    "RULES B6, B7; FORMATS 9.24" },
	{ "only-root-taken",
	    "the only copy of the only root is in other hands",
	    "what a thief of a present root can (root-stolen)",
	    "the horizon; of stock clients until their keyring is another",
	    "as only-root-lost; stop stock clients by hand",
	    "reason = compromise; by = all committed roots to come",
	    "nobody here can sign a last list of it",
	    "RULES B4, B7; FORMATS 9.24" },
	{ "next-lost",
	    "a root to come is lost, and nobody has it; another one is "
	    "committed",
	    "nothing", "-",
	    "rotate to the other one while there is one, and commit fresh ones",
	    "reason = routine; new = the root to come that is left",
	    "a renewal cannot change what is committed: only a rotation can; "
	    "with succession " ALONE " the horizon no longer helps, for all "
	    "of them must sign then",
	    "RULES B2, B3" },
	{ "every-next-lost",
	    "all roots to come are lost, and nobody has them",
	    "nothing", "-",
	    "with several roots and break-glass: establish without roots to "
	    "come, all present ones signing; else renew up to the horizon, "
	    "and meanwhile " TRUST_INIT,
	    "reason = routine; by = all present roots and the new one, which "
	    "is committed nowhere; refused where the bundle does not say "
	    "break-glass",
	    "with one root there is no way that a device takes by itself",
	    "RULES B6; FORMATS 9.24" },
	{ "next-stolen",
	    "a root to come is in other hands",
	    "nothing alone, while the present bundle is alive and succession "
	    "is " TWO "; with " ALONE " and all of them: establish what they "
	    "like where the clock is trusted, after the horizon",
	    "the next establishment, which commits to others",
	    "rotate to another root to come, and commit fresh ones; keep "
	    "renewing until then, so that no device gets to the horizon",
	    "reason = routine; new = a root to come that is not stolen",
	    "where it is the only one committed: as root-and-next-stolen, once "
	    "the present root is stolen too",
	    "RULES B3, B7" },
	{ "root-and-next-stolen",
	    "as many present roots and roots to come are in the same other "
	    "hands as the thresholds ask for",
	    "all: establish anchors and commitments of their own",
	    "no date ends it",
	    "rotate with what is left before they do; " TRUST_INIT,
	    "reason = compromise; new = a root to come that is not stolen",
	    "a device that took their establishment never comes back by "
	    "itself: so present roots and roots to come have no holder and no "
	    "place in common",
	    "RULES B3" },
	{ "retired-stolen",
	    "a root that was replaced is in other hands: its sheets were not "
	    "destroyed",
	    "what the thief of a present root can, of devices that have not "
	    "walked on and of stock clients with the old keyring; where the "
	    "new root vouches for it, of clients of the new one too",
	    "its certificate's end; of devices that walk: until they have",
	    "revoke what vouches for it and deliver that list; replace old "
	    "keyrings; then " DESTROY,
	    "[revoke OLD] by = the new root, reason = key-compromise, and a "
	    "[crl] behind it; the next rotation calls it revoked",
	    "with its successor's key too it could lead devices that have not "
	    "walked astray for good",
	    "RULES B11; FORMATS 8.51" },
	{ "algorithm-broken",
	    "signatures of a present root's algorithm can be made by others",
	    "what a thief of a present root can (root-stolen), whoever it is",
	    "as root-stolen",
	    "as root-stolen, to a root to come of an algorithm that holds",
	    "reason = compromise; with algorithm the old root is still vouched "
	    "for: that is for a change in good time",
	    "it cannot be told who has signed",
	    "RULES B3, B11; FORMATS 9.12" },
};
/* clang-format on */

#define NROWS (sizeof(rows) / sizeof(rows[0]))

const struct case_row *
case_row(size_t i)
{
	return i < NROWS ? &rows[i] : NULL;
}

const struct case_row *
case_find(const char *word)
{
	for (size_t i = 0; i < NROWS; i++) {
		if (strcmp(rows[i].word, word) == 0)
			return &rows[i];
	}
	return NULL;
}
