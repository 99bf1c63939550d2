/* see cmd.h: verbs of the noun "share". */
#include <string.h>
#include <unistd.h>

#include "ceremony/quorum.h"
#include "cmd/cmd.h"
#include "cmd/front.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"

/* From a file, from standard input, or, with neither, from the terminal. */
static enum status
read_one(const struct call *c, struct secret **out, struct diag *d)
{
	struct secret *share[1] = { NULL };
	struct tty *t = NULL;
	enum status rc, wipe;
	size_t n = 0;

	if (c->n == 1) {
		TRY(front_read_shares(c->arg[0], share, 1, &n, d));
		*out = share[0];
		return ST_OK;
	}
	TRY(tty_open("/dev/tty", &t, d));
	rc = tty_ask_secret(t, "All words of the sheet, in one line: ",
	    SLIP39_TEXT_MAX, true, out, d);
	/* after ^C too nothing typed stays on the screen */
	wipe = tty_wipe(t, rc == ST_OK ? d : NULL);
	rc = rc == ST_OK ? wipe : rc;
out:
	tty_close(t);
	return rc;
}

/* The live set that has this share, of whichever root. */
static enum status
find_sheet(const struct state *s, const struct secret *share,
    const struct sheet_set **set, const struct sheet **sheet, struct diag *d)
{
	struct secret *canonical = NULL;
	enum status rc;

	/* sheets may be void of a root that never came to be */
	if (s->nsets == 0)
		return diag_set(d, ST_POLICY, "this state has no root");
	rc = quorum_identify(s, NULL, share, set, sheet, &canonical, d);
	secret_free(canonical);
	return rc;
}

enum status
cmd_share_check(const struct call *c, struct diag *d)
{
	const struct sheet_set *set = NULL;
	const struct sheet *sheet = NULL;
	struct secret *share = NULL;
	struct state *s = NULL;
	struct facts f = { 0 };
	char check[32];
	enum status rc;
	int fd = -1;

	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
	TRY(read_one(c, &share, d));
	TRY(find_sheet(s, share, &set, &sheet, d));
	sheet_check_words(sheet->commitment, check);
	if (s->mode != MODE_PRODUCTION)
		TRY(facts_set(&f, d, "mode", "TEST (rehearsal)"));
	TRY(facts_set(&f, d, "root", "%s", set->root));
	TRY(facts_set(&f, d, "epoch", "%u", set->epoch));
	TRY(facts_set(&f, d, "sheet", "%u of %zu", sheet->number, set->n));
	TRY(facts_set(&f, d, "group", "%s, %u of %u", sheet->group_name,
	    set->scheme.group[sheet->group].need,
	    set->scheme.group[sheet->group].members));
	TRY(facts_set(&f, d, "holder", "%s", sheet->holder));
	TRY(facts_set(&f, d, "check-words", "%s", check));
	TRY(facts_set(&f, d, "verdict", "it is the sheet of record"));
	TRY(cmd_report(c, &f, d));
out:
	secret_free(share);
	facts_clear(&f);
	state_free(s);
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum status
say_recovered(const struct call *c, const struct state *s,
    const struct key *key, size_t used, struct diag *d)
{
	struct bytes words = { 0 };
	char id[SHA384_HEX_SIZE];
	struct facts f = { 0 };
	enum status rc;

	text_hex(key_public(key)->id, SHA384_LEN, id);
	TRY(words_text(key_public(key)->id, WORDS_SHORT, &words, d));
	if (s->mode != MODE_PRODUCTION)
		TRY(facts_set(&f, d, "mode", "TEST (rehearsal)"));
	TRY(facts_set(&f, d, "root", "%s", cmd_opt(c, "--root", "")));
	TRY(facts_set(&f, d, "sheets", "%zu", used));
	TRY(facts_set(&f, d, "root-key", "%s", id));
	TRY(facts_set(&f, d, "root-words", "%s", (const char *)words.data));
	TRY(facts_set(&f, d, "verdict", "the sheets give the key of record"));
	TRY(cmd_report(c, &f, d));
out:
	bytes_free(&words);
	facts_clear(&f);
	return rc;
}

enum status
cmd_share_recover(const struct call *c, struct diag *d)
{
	const char *root = cmd_opt(c, "--root", "");
	struct front *front = NULL;
	struct secret *seed = NULL;
	struct key *key = NULL;
	struct state *s = NULL;
	size_t used = 0;
	enum status rc;
	int fd = -1;

	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
	if (c->n > 0)
		TRY(front_files(c->arg, c->n, s, &front, d));
	else
		TRY(front_tty(NULL, &front, d));
	TRY(quorum_open(front, s, root, NULL, &seed, &key, &used, d));
	if (c->n > 0)
		TRY(front_files_rest(front, root, d));
	TRY(say_recovered(c, s, key, used, d));
out:
	secret_free(seed);
	key_free(key);
	front_free(front);
	state_free(s);
	if (fd >= 0)
		close(fd);
	return rc;
}
