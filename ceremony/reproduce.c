/* see reproduce.h */
#include <fcntl.h>
#include <stdlib.h>
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

/* --- before there is a sheet --- */

struct again {
	struct state *after, *before;
	int after_fd, before_fd, requests;
	struct loaded *l; /* one for each ceremony that is computed again */
	size_t from, n;	  /* the first of them, and how many */
};

void
again_free(struct again *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		loaded_clear(&a->l[i]);
	free(a->l);
	state_free(a->after);
	state_free(a->before);
	if (a->requests >= 0)
		close(a->requests);
	if (a->after_fd >= 0)
		close(a->after_fd);
	if (a->before_fd >= 0)
		close(a->before_fd);
	free(a);
}

/* What ceremony comes first: the one behind all that `before` has. */
static enum status
look_before(struct again *a, const struct reproduce *what, struct diag *d)
{
	const struct state *before, *after = a->after;
	enum status rc;

	if (what->before == NULL)
		return ST_OK;
	TRY(state_load(what->before, &a->before, &a->before_fd, NULL, NULL,
	    d));
	before = a->before;
	if (before->n > after->n || strcmp(state_head(before),
	    after->entries[before->n - 1].digest) != 0)
		FAIL(d, ST_AUTH, "%s does not continue %s", what->after,
		    what->before);
	if (state_open(before) != NULL)
		FAIL(d, ST_POLICY, "RULES C7: %s: its ceremony %u is not "
		    "closed", what->before, state_open(before)->number);
	a->from = before->nceremonies;
out:
	return rc;
}

static enum status
load_all(const struct run *r, struct again *a, const struct reproduce *what,
    struct diag *d)
{
	const size_t n = a->after->nceremonies - a->from;
	const struct ceremony *c;
	enum status rc;

	if (n == 0)
		FAIL(d, ST_POLICY, "%s: there is no ceremony to compute again",
		    what->after);
	if ((a->l = calloc(n, sizeof(*a->l))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	a->requests = openat(a->after->dirfd, "requests", O_RDONLY |
	    O_DIRECTORY | O_CLOEXEC);
	for (; a->n < n; a->n++) {
		c = &a->after->ceremonies[a->from + a->n];
		if (c->last == 0)
			FAIL(d, ST_POLICY, "%s: ceremony %u is not closed",
			    what->after, c->number);
		TRY(load_kept(r, a->after, c, a->requests, &a->l[a->n], d));
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
reproduce_look(const struct run *r, struct reproduce *what,
    struct again **out, struct diag *d)
{
	struct again *a = NULL;
	struct verify_report seen;
	enum status rc;

	*out = NULL;
	/* the files themselves, and that nothing lies beside them */
	TRY(verify_state(what->after, NULL, r->steps, &seen, d));
	what->leftovers += seen.torn[0] != '\0';
	if ((a = calloc(1, sizeof(*a))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	a->after_fd = a->before_fd = a->requests = -1;
	TRY(state_load(what->after, &a->after, &a->after_fd, NULL, NULL, d));
	TRY(look_before(a, what, d));
	TRY(load_all(r, a, what, d));

	*out = a;
	a = NULL;
	rc = ST_OK;
out:
	again_free(a);
	return rc;
}

/* --- with sheets --- */

static enum status
reproduce_one(const struct run *r, const struct state *after,
    const struct ceremony *c, struct loaded *l, struct reproduce *what,
    struct diag *d)
{
	struct engine e = { 0 };
	enum status rc;

	e.front = r->front;
	e.program = r->program;
	e.known = after;
	e.people = what->people;
	TRY(load_tail(&e, after, c->first, d));
	while (e.ntail > 0 && e.tail[e.ntail - 1].number > c->last)
		entry_clear(&e.tail[--e.ntail]);
	load_into(&e, l);
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
	return rc;
}

enum status
reproduce_all(const struct run *r, struct again *a, struct reproduce *what,
    struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < a->n && rc == ST_OK; i++)
		rc = reproduce_one(r, a->after,
		    &a->after->ceremonies[a->from + i], &a->l[i], what, d);
	return rc;
}
