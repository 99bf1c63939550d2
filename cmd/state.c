/* see cmd.h: verbs of the noun "state". */
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/record/stick.h"

static enum status
say_ceremonies(const struct state *s, struct facts *f, struct diag *d)
{
	const struct ceremony *c;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nceremonies && rc == ST_OK; i++) {
		c = &s->ceremonies[i];
		rc = facts_add(f, d, "ceremonies", "%u: entries %lu to %lu, %s",
		    c->number, (unsigned long)c->first,
		    (unsigned long)(c->last == 0 ? s->n : c->last),
		    c->last == 0 ? "open" : c->ended ? "closed early" :
		    c->is_signed ? "closed and signed" : "closed");
	}
	return rc;
}

static enum status
say_roots(const struct state *s, struct facts *f, struct diag *d)
{
	const struct root *r;
	struct bytes words = { 0 };
	char to[CLOCK_TEXT_SIZE], id[SHA384_HEX_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nroots; i++) {
		r = &s->roots[i];
		clock_text(r->not_after, to);
		text_hex(r->key.id, SHA384_LEN, id);
		TRY(words_text(r->key.id, WORDS_SHORT, &words, d));
		TRY(facts_add(f, d, "roots", "%s: %s, %s, %s, until %s",
		    r->name, r->alg, r->object[0] == '\0' ? "not certified" :
		    r->object, r->subject, r->object[0] == '\0' ? "-" : to));
		TRY(facts_add(f, d, "root-keys", "%s: %s", r->name, id));
		TRY(facts_add(f, d, "root-words", "%s: %s", r->name,
		    (const char *)words.data));
	}
out:
	bytes_free(&words);
	return rc;
}

static enum status
say_sets(const struct state *s, struct facts *f, struct diag *d)
{
	static const char *const fates[] = { "drawn", "live", "void" };
	const struct sheet_set *set;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		for (size_t j = 0; j < set->n; j++)
			TRY(facts_add(f, d, "sheets", "%s, epoch %u (%s): "
			    "sheet %u, group %s, %s%s%s", set->root,
			    set->epoch, fates[set->fate],
			    set->sheets[j].number, set->sheets[j].group_name,
			    set->sheets[j].holder,
			    set->sheets[j].place[0] == '\0' ? "" : " at ",
			    set->sheets[j].place));
	}
out:
	return rc;
}

static enum status
say_issued(const struct state *s, struct facts *f, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nlists; i++) {
		clock_text(s->lists[i].this_update, from);
		clock_text(s->lists[i].next_update, to);
		TRY(facts_add(f, d, "lists", "%s: number %llu of root %s, %s "
		    "to %s", s->lists[i].object,
		    (unsigned long long)s->lists[i].number, s->lists[i].root,
		    from, to));
	}
	for (size_t i = 0; i < s->ndelegations; i++) {
		clock_text(s->delegations[i].not_after, to);
		TRY(facts_add(f, d, "delegations", "%s: %s, %s of %s, until "
		    "%s", s->delegations[i].object, s->delegations[i].name,
		    s->delegations[i].role, s->delegations[i].product, to));
	}
out:
	return rc;
}

enum status
cmd_state_show(const struct call *c, struct diag *d)
{
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;
	int fd = -1;

	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(facts_set(&f, d, "org", "%s", s->org));
	TRY(facts_set(&f, d, "state", "%s", s->id));
	TRY(facts_set(&f, d, "entries", "%zu", s->n));
	TRY(cmd_say_head(state_head(s), &f, d));
	TRY(say_ceremonies(s, &f, d));
	TRY(say_roots(s, &f, d));
	TRY(say_sets(s, &f, d));
	TRY(say_issued(s, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	if (fd >= 0)
		close(fd);
	return rc;
}

enum status
cmd_state_copy(const struct call *c, struct diag *d)
{
	const char *from = cmd_opt(c, "--from", ""), *to = cmd_opt(c, "--to",
	    "");
	struct facts f = { 0 };
	enum status rc;

	TRY(sticks_copy(from, to, d));
	TRY(facts_set(&f, d, "copied", "%s", from));
	TRY(facts_set(&f, d, "to", "%s", to));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}
