/* see cmd.h */
#include "cmd/cmd.h"

#define STATE { "--state", "DIR", false }
#define ROOM { "--room", "ROOM", true }
#define STORE { "--store", "DIR", true }
#define AT { "--at", "TIME", false }
#define TRUSTED { "--trusted-clock", NULL, false }
#define REHEARSAL { "--rehearsal", NULL, false }

/* clang-format off */
const struct cmd cmd_table[] = {
	{ "version", NULL, "", 0, 0, { { 0 } },
	    "say what this program is and what it stands on", cmd_version },
	{ "rehearse", NULL, "", 0, 0,
	    { { "--plan", "PLAN", false }, { "--hands-on", NULL, false },
	      { "--dir", "DIR", true } },
	    "a whole TEST ceremony in a folder of its own", cmd_rehearse },
	{ "words", NULL, "FILE", 1, 1, { { 0 } },
	    "SHA-384 of a file, in hex and in words", cmd_words },
	{ "ceremony", "example", "[two-people|company]", 0, 1, { { 0 } },
	    "print a commented plan", cmd_ceremony_example },
	{ "ceremony", "check", "PLAN", 1, 1,
	    { { "--room", "ROOM", false }, STATE },
	    "is this plan one that can run?", cmd_ceremony_check },
	{ "ceremony", "run", "PLAN", 1, 1, { ROOM },
	    "run the ceremony, or go on after a cut", cmd_ceremony_run },
	{ "ceremony", "end", "PLAN", 1, 1,
	    { ROOM, { "--reason", "TEXT", true } },
	    "close a ceremony early, undone steps named", cmd_ceremony_end },
	{ "ceremony", "verify", "", 0, 0,
	    { STATE, { "--against", "OLDER", false } },
	    "replay a state without any key", cmd_ceremony_verify },
	{ "ceremony", "reproduce", "[SHARES...]", 0, 256,
	    { { "--after", "DIR", true }, { "--before", "DIR", false },
	      { "--people", "FILE", false }, { "--noted", "FILE", false } },
	    "compute a ceremony again and find every byte equal",
	    cmd_ceremony_reproduce },
	{ "ceremony", "log", "", 0, 0, { STATE, { "--from", "N", false } },
	    "the record as JSON lines", cmd_ceremony_log },
	{ "state", "show", "", 0, 0, { STATE },
	    "head words, roots, keys, lists, sheets", cmd_state_show },
	{ "state", "copy", "", 0, 0,
	    { { "--from", "DIR", true }, { "--to", "DIR", true } },
	    "make a stick, or bring a stale one forward", cmd_state_copy },
	{ "share", "check", "[FILE|-]", 0, 1, { STATE },
	    "whose sheet is this, and is it right?", cmd_share_check },
	{ "share", "recover", "[SHARES...]", 0, 256,
	    { { "--root", "NAME", true }, STATE },
	    "prove that sheets give a root; prints no secret",
	    cmd_share_recover },
	{ "delegation", "show", "REQUEST|CERT", 1, 1, { STATE },
	    "what a request or certificate says", cmd_delegation_show },
	{ "delegation", "verify", "CERT", 1, 1,
	    { STATE, { "--ca", "FILE", false }, { "--crl", "FILE", false },
	      { "--at", "TIME", false }, { "--rehearsal", NULL, false } },
	    "is this certificate good?", cmd_delegation_verify },
	{ "delegation", "list", "", 0, 0, { STATE },
	    "what was delegated to whom until when", cmd_delegation_list },
	{ "trust", "init", "BUNDLE SIG...", 2, 65,
	    { STORE, { "--words", "WORDS", true }, AT, TRUSTED, REHEARSAL },
	    "begin to trust a bundle whose words are on paper",
	    cmd_trust_init },
	{ "trust", "apply", "DIR|BUNDLE [SIG...]", 1, 65,
	    { STORE, AT, TRUSTED },
	    "walk on to later bundles, and take lists", cmd_trust_apply },
	{ "trust", "show", "", 0, 0, { STORE, AT },
	    "who is trusted here, and until when", cmd_trust_show },
	{ "trust", "export", "", 0, 0,
	    { { "--for", "rauc|swupdate|openssl|p7b", true }, STORE,
	      { "--to", "FILE", true }, AT, REHEARSAL },
	    "roots and lists for clients that know no bundles",
	    cmd_trust_export },
	{ 0 }
};
/* clang-format on */
