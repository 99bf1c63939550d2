/* see undone.h */
#include <string.h>

#include "ceremony/block.h"
#include "ceremony/event.h"
#include "ceremony/hands.h"
#include "ceremony/undone.h"
#include "lib/base/text.h"

enum status
undone_reason(const char *reason, struct diag *d)
{
	size_t len = strlen(reason), n;
	uint32_t c;

	if (len == 0 || len > UNDONE_REASON_MAX)
		return diag_set(d, ST_USAGE, "a reason has 1 to %d bytes",
		    UNDONE_REASON_MAX);
	for (; len > 0; reason += n, len -= n) {
		if ((n = text_scalar(reason, len, &c)) == 0)
			return diag_set(d, ST_USAGE, "the reason is not "
			    "UTF-8");
	}
	return ST_OK;
}

/* Items that count together, and are not all done, are void: of the ${*done}
 * none is. */
static enum status
void_begun(struct engine *e, const struct engine_step *s, size_t *done,
    struct diag *d)
{
	if (*done == 0 || *done >= block_size(s))
		return ST_OK;
	*done = 0;
	return block_void(e, s, d);
}

static enum status
say_step(struct facts *f, const struct engine_step *s, size_t done,
    struct diag *d)
{
	return facts_add(f, d, "steps", "%s: %zu of %zu done", s->name, done,
	    s->count);
}

static enum status
say_undone(struct engine *e, struct facts *f, const char *reason,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "reason", "%s", reason));
	TRY(event_write(e, "undone", f, d));
out:
	return rc;
}

/* What the record has of a step, as it stands: ${*done} items. */
static enum status
take_step(struct engine *e, const struct engine_step *s, size_t *done,
    struct diag *d)
{
	uint64_t item;
	size_t end;
	enum status rc = ST_OK;

	*done = 0;
	while (block_size(s) > 0 && block_find(e, s, &end) == BLOCK_VOID) {
		while (e->at < end)
			TRY(engine_take(e, d));
	}
	while (engine_comparing(e) &&
	    (state_is_event(e->tail[e->at].kind) ||
	    block_has(s, &e->tail[e->at], &item))) {
		*done += !state_is_event(e->tail[e->at].kind);
		TRY(engine_take(e, d));
	}
out:
	return rc;
}

enum status
undone_cut(struct engine *e, const char *reason, struct diag *d)
{
	struct facts f = { 0 };
	size_t done;
	enum status rc;

	TRY(engine_settle(e->plan, e->step, e->nsteps, e->state, d));
	for (size_t i = 0; i < e->nsteps; i++) {
		TRY(take_step(e, &e->step[i], &done, d));
		TRY(void_begun(e, &e->step[i], &done, d));
		if (done < e->step[i].count)
			TRY(say_step(&f, &e->step[i], done, d));
	}
	/* after a cut, the end that was begun is brought to its end */
	e->resumed = state_open(e->state)->ended;
	if (!e->resumed)
		TRY(say_undone(e, &f, reason, d));
out:
	facts_clear(&f);
	return rc;
}

enum status
undone_held(struct engine *e, const char *reason, struct diag *d)
{
	struct facts f = { 0 }, unused = { 0 };
	size_t done = 0;
	enum status rc = ST_OK;

	if (e->shown == 0 || engine_comparing(e))
		FAIL(d, ST_BUG, "nothing is in progress that could be given "
		    "up");
	hands_forget(e);
	for (size_t i = e->shown - 1; i < e->nsteps; i++) {
		facts_clear(&unused);
		TRY(block_facts(e->state, &e->step[i], &unused, &done, d));
		TRY(void_begun(e, &e->step[i], &done, d));
		TRY(say_step(&f, &e->step[i], done, d));
	}
	TRY(say_undone(e, &f, reason, d));
out:
	facts_clear(&unused);
	facts_clear(&f);
	return rc;
}
