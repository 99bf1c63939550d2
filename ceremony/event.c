/* see event.h */
#include <stdlib.h>
#include <string.h>

#include "ceremony/block.h"
#include "ceremony/event.h"
#include "ceremony/visit.h"
#include "lib/base/table.h"
#include "lib/record/bag.h"

/* --- written --- */

enum status
event_write(struct engine *e, const char *kind, struct facts *facts,
    struct diag *d)
{
	struct outcome o = { .kind = kind };
	enum status rc;

	if (engine_comparing(e) || e->sticks == NULL ||
	    state_open(e->state) == NULL)
		return ST_OK;
	o.facts = *facts; /* moved */
	memset(facts, 0, sizeof(*facts));
	rc = engine_write(e, &o, engine_minute(), d);
	outcome_clear(&o);
	return rc;
}

enum status
event_refused(struct engine *e, const char *why, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc;

	TRY(facts_set(&f, d, "why", "%s", why));
	TRY(event_write(e, "refused", &f, d));
out:
	facts_clear(&f);
	return rc;
}

enum status
event_say(struct engine *e, struct outcome *o, struct diag *d)
{
	struct outcome *wait;
	enum status rc;

	if (e->sticks == NULL || state_open(e->state) == NULL)
		return ST_OK;
	if (!engine_comparing(e)) {
		if (o->n == 1 && strcmp(o->objects[0].name, "private/") == 0)
			bag_name(e->state->n + 1, o->objects[0].name);
		return engine_write(e, o, engine_minute(), d);
	}
	if ((wait = GROW(e->later, e->nlater)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*wait = *o;
	memset(o, 0, sizeof(*o));
	rc = ST_OK;
out:
	return rc;
}

enum status
event_catch_up(struct engine *e, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc = ST_OK;

	if (engine_comparing(e))
		return ST_OK;
	if (e->resumed) {
		e->resumed = false;
		TRY(facts_set(&f, d, "program", "%s", e->program));
		TRY(event_write(e, "resumed", &f, d));
	}
	for (size_t i = 0; i < e->nlater; i++)
		TRY(event_say(e, &e->later[i], d));
	event_forget(e);
out:
	facts_clear(&f);
	return rc;
}

void
event_forget(struct engine *e)
{
	for (size_t i = 0; i < e->nlater; i++)
		outcome_clear(&e->later[i]);
	free(e->later);
	e->later = NULL;
	e->nlater = 0;
}

/* --- recorded --- */

bool
event_ended(const struct engine *e)
{
	return engine_comparing(e) &&
	    strcmp(e->tail[e->at].kind, "undone") == 0;
}

enum status
event_take(struct engine *e, struct diag *d)
{
	const struct entry *t;
	enum status rc = ST_OK;

	while (rc == ST_OK && engine_comparing(e) && !event_ended(e) &&
	    state_is_event((t = &e->tail[e->at])->kind)) {
		if (strcmp(t->kind, "void") == 0)
			return diag_set(d, ST_AUTH, "entry %lu (void): "
			    "nothing could be void here",
			    (unsigned long)t->number);
		rc = engine_take(e, d);
	}
	return rc;
}

enum status
event_holds(const struct plan *plan, const struct engine_step *step, size_t n,
    const struct state *state, const struct entry *e, struct diag *d)
{
	if (strcmp(e->kind, "void") == 0)
		return block_holds(step, n, state, e, d);
	if (strcmp(e->kind, "custody") == 0 && !plan->bags)
		return diag_set(d, ST_AUTH, "FORMATS 7.40: the plan keeps no "
		    "bags");
	return strcmp(e->kind, "stood-in") == 0 ?
	    visit_by_holds(plan, &e->facts, d) : ST_OK;
}
