/* see reproduce.h */
#include <string.h>
#include <unistd.h>

#include "ceremony/engine.h"
#include "ceremony/hands.h"
#include "ceremony/load.h"
#include "ceremony/reproduce.h"
#include "ceremony/verify.h"
#include "lib/record/chain.h"

/* What a cut leaves cannot be computed again, and could say anything. */
static void
count_trusted(const struct state *s, const struct ceremony *c,
    struct reproduce *what)
{
	const struct entry *e;

	for (uint64_t i = c->first; i <= c->last; i++) {
		e = &s->entries[i - 1];
		what->leftovers += e->nleft;
		if (strcmp(e->kind, "void") == 0)
			what->voided += facts_count(&e->facts, "entries");
	}
}

static enum status
reproduce_one(const struct run *r, const struct state *after,
    const struct ceremony *c, struct reproduce *what, struct diag *d)
{
	struct loaded l = { .dirfd = -1 };
	struct engine e = { 0 };
	enum status rc;

	if (c->last == 0)
		FAIL(d, ST_POLICY, "%s: ceremony %u is not closed",
		    what->after, c->number);
	TRY(load_kept(r, after, c, &l, d));
	e.front = r->front;
	e.program = r->program;
	e.known = after;
	e.people = what->people;
	TRY(load_tail(&e, after, c->first, d));
	while (e.ntail > 0 && e.tail[e.ntail - 1].number > c->last)
		entry_clear(&e.tail[--e.ntail]);
	load_into(&e, &l);
	hands_start(&e);
	TRY(engine_check(e.plan, e.step, e.nsteps, e.state, d));
	TRY(engine_drive(&e, d));
	if (e.at != e.ntail)
		FAIL(d, ST_AUTH, "entry %lu: FORMATS 7.9: it is in the record, "
		    "and nothing gives it",
		    (unsigned long)e.tail[e.at].number);
	what->entries += e.ntail;
	what->untold += e.untold;
	what->early += c->ended;
	count_trusted(e.state, c, what);
out:
	engine_clear(&e);
	loaded_clear(&l);
	return rc;
}

enum status
run_reproduce(const struct run *r, struct reproduce *what, struct diag *d)
{
	struct state *after = NULL, *before = NULL;
	int after_fd = -1, before_fd = -1;
	struct verify_report seen;
	size_t from = 0;
	enum status rc;

	/* the files themselves, and that nothing lies beside them */
	TRY(verify_state(what->after, NULL, r->steps, &seen, d));
	what->leftovers += seen.torn[0] != '\0';
	TRY(state_load(what->after, &after, &after_fd, NULL, NULL, d));
	if (what->before != NULL) {
		TRY(state_load(what->before, &before, &before_fd, NULL, NULL,
		    d));
		if (before->n > after->n || strcmp(state_head(before),
		    after->entries[before->n - 1].digest) != 0)
			FAIL(d, ST_AUTH, "%s does not continue %s",
			    what->after, what->before);
		if (state_open(before) != NULL)
			FAIL(d, ST_POLICY, "RULES C7: %s: its ceremony %u is "
			    "not closed", what->before,
			    state_open(before)->number);
		from = before->nceremonies;
	}
	if (from == after->nceremonies)
		FAIL(d, ST_POLICY, "%s: there is no ceremony to compute again",
		    what->after);
	for (size_t i = from; i < after->nceremonies; i++)
		TRY(reproduce_one(r, after, &after->ceremonies[i], what, d));
	rc = ST_OK;
out:
	state_free(after);
	state_free(before);
	if (after_fd >= 0)
		close(after_fd);
	if (before_fd >= 0)
		close(before_fd);
	return rc;
}
