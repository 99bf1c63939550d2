/* see cmd.h: verbs of the noun "share". */
#include <string.h>

#include "ceremony/drawn.h"
#include "ceremony/mark.h"
#include "ceremony/quorum.h"
#include "cmd/front.h"
#include "cmd/pad.h"
#include "cmd/share.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"

/* A rehearsal's record is one whose sheets everybody can make: what it says of
 * itself is not believed, for whoever had the stick could have real words typed
 * on any machine. */
static enum status
check_mode(const struct state *s, struct diag *d)
{
	const struct sheet_set *set;
	bool test = true;
	enum status rc;

	for (size_t i = 0; s->mode != MODE_PRODUCTION && i < s->nsets; i++) {
		set = &s->sets[i];
		TRY(drawn_public(set, &test, d));
		if (!test)
			FAIL(d, ST_AUTH, "RULES C6: the record says that it is "
			    "a rehearsal's, and the sheets of root %s, epoch "
			    "%u, come from no public seed", set->root,
			    set->epoch);
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- check --- */

/* One sheet being checked. */
struct check {
	const struct call *call;
	struct state *state;
	struct share_room room;
	struct marks marks; /* none in a rehearsal */
	bool marked;	    /* they are open */
	const struct sheet_set *set;
	const struct sheet *sheet; /* what it is, or claims to be */
};

/* Before a word is typed, so that it need not be typed for nothing. */
static enum status
open_marks(struct check *k, struct diag *d)
{
	const char *dir = cmd_opt(k->call, "--marks", MARKS_DIR);
	const bool waived = share_room_waives(&k->room, SHARE_HOLDER);
	enum status rc;

	if (k->room.test)
		return ST_OK;
	rc = marks_open(dir, MARKS_MACHINE, k->state->dirfd, &k->marks,
	    waived ? NULL : d);
	k->marked = rc == ST_OK;
	if (rc == ST_SYSTEM && waived)
		return ST_OK;
	if (rc == ST_SYSTEM)
		diag_prefix(d, "RULES S4: no mark of whose words were taken "
		    "can be left (--marks names a folder of this system)");
	return rc;
}

/* Never two holders' of one set. */
static enum status
keep_apart(const struct check *k, const struct sheet_set *set,
    const struct sheet *sheet, bool leave, struct diag *d)
{
	enum status rc;
	struct diag why = { 0 };

	if (!k->marked)
		return ST_OK;
	rc = leave ? marks_leave(&k->marks, set, sheet->holder, &why) :
		     marks_check(&k->marks, set, sheet->holder, &why);
	if (rc == ST_OK || share_room_waives(&k->room, SHARE_HOLDER))
		return ST_OK;
	return diag_set(d, rc, "%s (waived by --waive " SHARE_HOLDER
	    ":REASON)", why.text);
}

/* Where words of some holder were typed already, the first four first: they
 * say whose sheet it is, and are no secret. */
static enum status
ask_whose(const struct check *k, struct tty *t, struct diag *d)
{
	const struct sheet_set *set;
	const struct sheet *sheet;
	struct secret *words = NULL;
	enum status rc;

	if (!k->marked || !marks_any(&k->marks, k->state))
		return ST_OK;
	TRY(tty_ask_secret(t, "Words were taken in this system before.\n"
	    "The first four words of the sheet, which only say whose it is: ",
	    SLIP39_TEXT_MAX, true, &words, d));
	TRY(quorum_claim(k->state, words, &set, &sheet, d));
	TRY(keep_apart(k, set, sheet, false, d));
out:
	secret_free(words);
	return rc;
}

static enum status
ask_words(const struct check *k, struct secret **out, struct diag *d)
{
	const struct pad_ask ask = { .n = SHEET_WORDS,
		.title = k->room.test ? "Its holder enters all words of the "
		    "TEST sheet, and of no real one." :
		    "Its holder enters all words of the sheet." };
	struct tty *t = NULL;
	enum front_gave gave;
	enum status rc, wipe;

	TRY(tty_open("/dev/tty", &t, d));
	rc = ask_whose(k, t, d);
	if (rc == ST_OK)
		rc = pad_ask(t, &ask, &gave, out, d);
	/* after ^C too nothing typed stays on the screen */
	wipe = tty_wipe(t, rc == ST_OK ? d : NULL);
	rc = rc == ST_OK ? wipe : rc;
out:
	tty_close(t);
	return rc;
}

/* From a file, from standard input, or, with neither, from the terminal. */
static enum status
read_one(const struct check *k, struct secret **out, struct diag *d)
{
	struct secret *share[1] = { NULL };
	enum status rc;
	size_t n = 0;

	if (k->call->n == 0)
		return ask_words(k, out, d);
	TRY(front_read_shares(k->call->arg[0], share, 1, &n, d));
	*out = share[0];
out:
	return rc;
}

/* The live set that has this share, of whichever root.  Whoever's words these
 * were, also of a sheet that is refused: the system has seen them. */
static enum status
find_sheet(struct check *k, const struct secret *share, struct diag *d)
{
	struct secret *canonical = NULL;
	enum status rc, mark;

	rc = quorum_identify(k->state, NULL, share, &k->set, &k->sheet,
	    &canonical, d);
	secret_free(canonical);
	if (k->sheet == NULL)
		return rc;
	mark = keep_apart(k, k->set, k->sheet, true, rc == ST_OK ? d : NULL);
	return rc == ST_OK ? mark : rc;
}

static enum status
say_sheet(const struct check *k, struct facts *f, struct diag *d)
{
	const struct sheet_set *set = k->set;
	const struct sheet *sheet = k->sheet;
	char check[32];
	enum status rc;

	sheet_check_words(sheet->commitment, check);
	if (k->room.test)
		TRY(facts_set(f, d, "mode", "TEST (rehearsal)"));
	TRY(share_room_say(&k->room, f, d));
	TRY(facts_set(f, d, "root", "%s", set->root));
	TRY(facts_set(f, d, "epoch", "%u", set->epoch));
	TRY(facts_set(f, d, "sheet", "%u of %zu", sheet->number, set->n));
	TRY(facts_set(f, d, "group", "%s, %u of %u", sheet->group_name,
	    set->scheme.group[sheet->group].need,
	    set->scheme.group[sheet->group].members));
	TRY(facts_set(f, d, "holder", "%s", sheet->holder));
	if (set->keeper[0] != '\0')
		TRY(facts_set(f, d, "passphrase", "kept by %s", set->keeper));
	TRY(facts_set(f, d, "check-words", "%s", check));
	TRY(facts_set(f, d, "verdict", "it is the sheet of record"));
out:
	return rc;
}

enum status
cmd_share_check(const struct call *c, struct diag *d)
{
	struct check k = { .call = c };
	struct secret *share = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &k.state, d));
	/* sheets may be void of a root that never came to be */
	if (k.state->nsets == 0)
		FAIL(d, ST_POLICY, "this state has no root");
	TRY(check_mode(k.state, d));
	TRY(share_room_enter(c, k.state->mode != MODE_PRODUCTION, &k.room,
	    d));
	TRY(open_marks(&k, d));
	TRY(read_one(&k, &share, d));
	TRY(find_sheet(&k, share, d));
	TRY(say_sheet(&k, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	secret_free(share);
	if (k.marked)
		marks_close(&k.marks);
	facts_clear(&f);
	state_free(k.state);
	return rc;
}

/* --- recover --- */

/* A root being recovered, with its record. */
struct recovery {
	const struct call *call;
	const char *root;
	struct state *state;
	struct share_room room;
	struct share_export export;
	struct secret *seed;
	struct key *key; /* which is the one of record */
	size_t used;	 /* sheets */
};

static enum status
say_recovered(const struct recovery *r, struct facts *f, struct diag *d)
{
	struct bytes words = { 0 };
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(key_public(r->key)->id, SHA384_LEN, id);
	TRY(words_text(key_public(r->key)->id, WORDS_SHORT, &words, d));
	if (r->room.test)
		TRY(facts_set(f, d, "mode", "TEST (rehearsal)"));
	TRY(share_room_say(&r->room, f, d));
	TRY(facts_set(f, d, "root", "%s", r->root));
	TRY(facts_set(f, d, "sheets", "%zu", r->used));
	TRY(facts_set(f, d, "root-key", "%s", id));
	TRY(facts_set(f, d, "root-words", "%s", (const char *)words.data));
	TRY(facts_set(f, d, "verdict", "the sheets give the key of record"));
out:
	bytes_free(&words);
	return rc;
}

static enum status
open_root(struct recovery *r, struct diag *d)
{
	const struct call *c = r->call;
	struct front *front = NULL;
	enum status rc;

	TRY(front_of(c->arg, c->n, cmd_opt(c, "--passphrase", NULL), r->state,
	    &front, d));
	if (r->room.test && c->n == 0)
		front->tell(front, "This is a rehearsal: TEST sheets are asked "
		    "for, and no real one's words.");
	TRY(quorum_open(front, r->state, r->root, NULL, &r->seed, &r->key,
	    &r->used, d));
	if (c->n > 0)
		TRY(front_files_rest(front, r->root, d));
out:
	front_free(front);
	return rc;
}

static enum status
recover_of_record(const struct call *c, struct diag *d)
{
	struct recovery r = { .call = c, .root = cmd_opt(c, "--root", "") };
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &r.state, d));
	TRY(check_mode(r.state, d));
	TRY(share_room_enter(c, r.state->mode != MODE_PRODUCTION, &r.room,
	    d));
	TRY(share_export_begin(c, r.state, &r.export, d));
	TRY(open_root(&r, d));
	TRY(say_recovered(&r, &f, d));
	TRY(share_export_write(&r.export, r.root, r.seed, r.key, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	share_export_end(&r.export);
	secret_free(r.seed);
	key_free(r.key);
	state_free(r.state);
	facts_clear(&f);
	return rc;
}

enum status
cmd_share_recover(const struct call *c, struct diag *d)
{
	static const char *const of_record[] = { "--state", "--export-key",
		"--journal" };

	if (cmd_has(c, "--root") && cmd_has(c, "--public"))
		return diag_set(d, ST_USAGE, "either --root, of a state, or "
		    "--public");
	if (cmd_has(c, "--journal") && !cmd_has(c, "--export-key"))
		return diag_set(d, ST_USAGE, "--journal is for --export-key");
	if (cmd_has(c, "--root"))
		return recover_of_record(c, d);
	for (size_t i = 0; i < sizeof(of_record) / sizeof(of_record[0]); i++) {
		if (cmd_has(c, of_record[i]))
			return diag_set(d, ST_USAGE, "--root NAME is needed "
			    "where %s is", of_record[i]);
	}
	if (cmd_has(c, "--passphrase") && !cmd_has(c, "--public"))
		return diag_set(d, ST_USAGE, "--passphrase is for --root or "
		    "--public: nothing else can tell whether it is right");
	if (cmd_has(c, "--passphrase") && c->n == 0)
		return diag_set(d, ST_USAGE, "--passphrase goes with shares "
		    "from files; at a terminal it is asked for");
	return share_recover_bare(c, d);
}
