/* see load.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/load.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"

void
loaded_clear(struct loaded *l)
{
	engine_steps_free(l->step, l->nsteps);
	plan_free(l->plan);
	if (l->dirfd >= 0)
		close(l->dirfd);
	inbox_clear(&l->inbox);
	memset(l, 0, sizeof(*l));
	l->dirfd = -1;
}

enum status
load_plan(const struct run *r, const char *inbox, struct loaded *l,
    struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	memset(l, 0, sizeof(*l));
	l->dirfd = -1;
	TRY(file_open_dir(inbox, false, &l->dirfd, d));
	l->inbox.dirfd = l->dirfd;
	TRY(inbox_look(&l->inbox, clock_now(), d));
	TRY(file_read(r->plan, INI_FILE_MAX, &text, d));
	TRY(plan_read(r->plan, &text, r->steps, &l->inbox, &l->plan, d));
	TRY(engine_steps(l->plan, r->steps, &l->step, &l->nsteps, d));
out:
	bytes_free(&text);
	if (rc != ST_OK)
		loaded_clear(l);
	return rc;
}

enum status
load_kept(const struct run *r, const struct state *after,
    const struct ceremony *c, int requests, struct loaded *l, struct diag *d)
{
	const struct entry *open = &after->entries[c->first - 1];
	struct bytes text = { 0 };
	const char *name;
	enum status rc;

	memset(l, 0, sizeof(*l));
	l->dirfd = -1;
	if (open->n == 0)
		FAIL(d, ST_FORMAT, "the opening entry has no plan");
	name = open->objects[0].name;
	l->inbox.dirfd = requests;
	snprintf(l->inbox.prefix, sizeof(l->inbox.prefix), "%06u-",
	    c->number);
	TRY(state_object(after, name, &text, d));
	TRY(plan_read(name, &text, r->steps, &l->inbox, &l->plan, d));
	TRY(engine_steps(l->plan, r->steps, &l->step, &l->nsteps, d));
out:
	bytes_free(&text);
	if (rc != ST_OK)
		loaded_clear(l);
	return rc;
}

void
load_into(struct engine *e, struct loaded *l)
{
	e->plan = l->plan;
	e->step = l->step;
	e->nsteps = l->nsteps;
	l->step = NULL;
	l->nsteps = 0;
}

enum status
load_tail(struct engine *e, const struct state *known, uint64_t first,
    struct diag *d)
{
	struct entry copy = { 0 };
	enum status rc;

	TRY(state_new(&e->state, d));
	e->state->dirfd = known->dirfd;
	e->tail = calloc(known->n + 1, sizeof(*e->tail));
	if (e->tail == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < known->n; i++) {
		TRY(entry_read("entry", &known->entries[i].text, &copy, d));
		if (copy.number < first) {
			TRY(state_apply(e->state, &copy, d));
			continue;
		}
		e->tail[e->ntail++] = copy;
		memset(&copy, 0, sizeof(copy));
	}
	rc = ST_OK;
out:
	entry_clear(&copy);
	return rc;
}
