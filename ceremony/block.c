/* see block.h */
#include <string.h>

#include "ceremony/block.h"
#include "ceremony/event.h"
#include "ceremony/hands.h"

size_t
block_size(const struct engine_step *s)
{
	return s->kind->together == NULL ? 0 : s->kind->together(s->want);
}

bool
block_has(const struct engine_step *s, const struct entry *t, uint64_t *item)
{
	return engine_step_is(s, facts_get(&t->facts, "step")) &&
	    facts_number(&t->facts, "item", 0, UINT32_MAX, item, NULL) ==
	    ST_OK;
}

/* --- what is void --- */

/* The sheets that were drawn for the root of ${v} and never proven. */
static enum status
void_sheets(const struct state *state, struct facts *v, struct diag *d)
{
	const char *root = facts_get(v, "root");
	const struct sheet_set *set;
	const struct sheet *s;
	enum status rc = ST_OK;

	for (size_t i = 0; root != NULL && i < state->nsets; i++) {
		set = &state->sets[i];
		if (set->fate != SET_DRAWN || strcmp(set->root, root) != 0)
			continue;
		for (size_t j = 0; j < set->n; j++) {
			s = &set->sheets[j];
			TRY(facts_add(v, d, "sheets", "sheet %u of %s at %s",
			    s->number, s->holder,
			    s->place[0] == '\0' ? "-" : s->place));
		}
	}
out:
	return rc;
}

/* The index of the entry that the step last began with. */
static size_t
begun_at(const struct state *state, const struct engine_step *s)
{
	const struct entry *t;
	size_t at = state->n;
	uint64_t item;

	for (; at > 0; at--) {
		t = &state->entries[at - 1];
		if (strcmp(t->kind, "void") == 0 ||
		    !(state_is_event(t->kind) || block_has(s, t, &item)))
			break;
	}
	return at;
}

enum status
block_facts(const struct state *state, const struct engine_step *s,
    struct facts *v, size_t *items, struct diag *d)
{
	const struct entry *t;
	const char *root;
	enum status rc;

	*items = 0;
	TRY(facts_set(v, d, "step", "%s", s->name));
	for (size_t i = begun_at(state, s); i < state->n; i++) {
		t = &state->entries[i];
		if (state_is_event(t->kind))
			continue;
		root = facts_get(&t->facts, "root");
		if (*items == 0 && root != NULL)
			TRY(facts_set(v, d, "root", "%s", root));
		TRY(facts_add(v, d, "entries", "%lu",
		    (unsigned long)t->number));
		(*items)++;
	}
	TRY(void_sheets(state, v, d));
out:
	return rc;
}

enum status
block_void(struct engine *e, const struct engine_step *s, struct diag *d)
{
	struct facts v = { 0 };
	size_t items;
	enum status rc;

	TRY(block_facts(e->state, s, &v, &items, d));
	TRY(event_write(e, "void", &v, d));
out:
	facts_clear(&v);
	return rc;
}

enum status
block_holds(const struct engine_step *step, size_t n,
    const struct state *state, const struct entry *e, struct diag *d)
{
	const char *name = facts_get(&e->facts, "step"), *key;
	const struct engine_step *s = step;
	struct facts v = { 0 };
	size_t items = 0;
	enum status rc;

	while (s < step + n && !engine_step_is(s, name))
		s++;
	if (s == step + n || block_size(s) == 0)
		FAIL(d, ST_AUTH, "the plan has no such step");
	TRY(block_facts(state, s, &v, &items, d));
	if (items == 0 || items >= block_size(s))
		FAIL(d, ST_AUTH, "[%s] has nothing that could be void here",
		    name);
	if ((key = facts_differ(&v, &e->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.5: \"%s\" is not what the cut "
		    "made void", key);
out:
	facts_clear(&v);
	return rc;
}

/* --- in the tail --- */

enum block
block_find(const struct engine *e, const struct engine_step *s, size_t *end)
{
	const struct entry *t;
	bool begun = false;
	uint64_t item;

	for (*end = e->at; *end < e->ntail; (*end)++) {
		t = &e->tail[*end];
		if (strcmp(t->kind, "undone") == 0)
			break;
		if (strcmp(t->kind, "void") == 0 &&
		    engine_step_is(s, facts_get(&t->facts, "step"))) {
			(*end)++;
			return BLOCK_VOID;
		}
		if (block_has(s, t, &item) && item == block_size(s) - 1)
			return BLOCK_WHOLE;
		begun |= !state_is_event(t->kind);
	}
	return begun ? BLOCK_CUT : BLOCK_NONE;
}

enum status
block_start(struct engine *e, const struct engine_step *s, struct diag *d)
{
	enum block block;
	size_t end;
	enum status rc;

	hands_rest(e);
	for (;;) {
		block = block_find(e, s, &end);
		if (block == BLOCK_NONE || block == BLOCK_WHOLE)
			return ST_OK;
		while (e->at < end)
			TRY(engine_take(e, d));
		if (block == BLOCK_VOID)
			continue;
		if (e->sticks == NULL)
			FAIL(d, ST_AUTH, "FORMATS 7.9: the record was cut in "
			    "[%s]", s->name);
		TRY(event_catch_up(e, d));
		TRY(block_void(e, s, d));
	}
out:
	return rc;
}
