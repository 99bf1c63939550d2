/* see engine.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/bags.h"
#include "ceremony/closing.h"
#include "ceremony/engine.h"
#include "ceremony/hands.h"
#include "ceremony/visit.h"
#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/words.h"
#include "lib/record/bag.h"
#include "lib/record/signer.h"

#define PLAN_FILE_MAX 1048576 /* bytes of a file that a plan names */

/* --- rows --- */

void
engine_steps_free(struct engine_step *step, size_t n)
{
	for (size_t i = 0; step != NULL && i < n; i++)
		step[i].kind->free(step[i].want);
	free(step);
}

enum status
engine_steps(const struct plan *plan, const struct step_kind *const *steps,
    struct engine_step **out, size_t *n, struct diag *d)
{
	const struct ini_section *s;
	const struct step_kind *kind;
	struct engine_step *step;
	size_t at = 0;
	enum status rc;

	*out = NULL;
	if ((step = calloc(plan->ini->n, sizeof(*step))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < plan->ini->n; i++) {
		s = &plan->ini->sections[i];
		if ((kind = plan_step(s, steps)) == NULL)
			continue;
		TRY(kind->read(plan, s, &step[at].want, d));
		step[at].section = s;
		step[at].kind = kind;
		step[at].count = kind->count(step[at].want);
		at++;
	}
	if (at == 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 3.10: the plan has no step",
		    plan->file);
	*out = step;
	*n = at;
	step = NULL;
	rc = ST_OK;
out:
	/* what strangers wrote is read, and its reader gone, before anybody
	 * is asked for a sheet (FORMATS 6.19) */
	csr_rest();
	engine_steps_free(step, at);
	return rc;
}

static const char *
root_of(const struct engine_step *s)
{
	return plan_text(s->section, "by", NULL);
}

/* A row may want another behind it, by the same root: what is revoked, say, is
 * in no list yet. */
static enum status
check_then(const struct plan *plan, const struct engine_step *step, size_t n,
    struct diag *d)
{
	const struct engine_step *s = &step[0];
	enum status rc;

	if (s->kind->then == NULL)
		return ST_OK;
	for (size_t i = 1; i < n; i++) {
		if (strcmp(step[i].kind->word, s->kind->then) == 0 &&
		    root_of(s) != NULL && root_of(&step[i]) != NULL &&
		    strcmp(root_of(s), root_of(&step[i])) == 0)
			return ST_OK;
	}
	PLAN_FAIL(d, ST_POLICY, plan, s->section->line, "FORMATS 3.27: [%s %s] "
	    "wants a [%s] by the same root behind it", s->section->kind,
	    s->section->name, s->kind->then);
out:
	return rc;
}

enum status
engine_settle(const struct plan *plan, struct engine_step *step, size_t n,
    const struct state *state, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < n && rc == ST_OK; i++) {
		if (step[i].kind->settle == NULL)
			continue;
		rc = step[i].kind->settle(step[i].want, plan, state, d);
		step[i].count = step[i].kind->count(step[i].want);
	}
	return rc;
}

enum status
engine_check(const struct plan *plan, struct engine_step *step, size_t n,
    const struct state *state, struct diag *d)
{
	struct promise *promise = NULL;
	struct promises promises = { 0 };
	enum status rc;

	if ((promise = calloc(n + 1, sizeof(*promise))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	promises.promise = promise;
	TRY(visit_check_plan(plan, state, d));
	TRY(engine_settle(plan, step, n, state, d));
	for (size_t i = 0; i < n; i++) {
		TRY(step[i].kind->check(step[i].want, plan, state, &promises,
		    d));
		TRY(check_then(plan, &step[i], n - i, d));
		promise[promises.n].kind = step[i].kind->makes;
		promise[promises.n].by = root_of(&step[i]);
		promise[promises.n].want = step[i].want;
		promise[promises.n].row = step[i].kind;
		promise[promises.n++].name = step[i].section->name;
	}
	rc = ST_OK;
out:
	free(promise);
	return rc;
}

enum status
engine_tell(const struct engine_step *step, size_t n,
    const struct state *state, struct facts *out, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < n && rc == ST_OK; i++) {
		if (step[i].kind->tell != NULL)
			rc = step[i].kind->tell(step[i].want, state, out, d);
	}
	return rc;
}

/* --- what a cut made void --- */

static void
step_name(const struct engine_step *s, char out[80])
{
	snprintf(out, 80, "%s %s", s->section->kind,
	    s->section->name == NULL ? "" : s->section->name);
}

/* Whether a recorded entry belongs to this step; ${*item} says which. */
static bool
of_step(const struct entry *t, const char *step, uint64_t *item)
{
	const char *is = facts_get(&t->facts, "step");

	if (is == NULL || strcmp(is, step) != 0)
		return false;
	return facts_number(&t->facts, "item", 0, UINT32_MAX, item, NULL) ==
	    ST_OK;
}

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

/* All items of the step since it last began do not count: what a void entry
 * says follows from the entries before it. */
static enum status
void_facts(const struct state *state, const char *step, struct facts *v,
    size_t *items, struct diag *d)
{
	const struct entry *t;
	size_t from = state->n;
	uint64_t item;
	enum status rc;

	while (from > 0 && strcmp(state->entries[from - 1].kind, "void") != 0 &&
	    (state_is_event(state->entries[from - 1].kind) ||
	    of_step(&state->entries[from - 1], step, &item)))
		from--;
	*items = 0;
	TRY(facts_set(v, d, "step", "%s", step));
	for (; from < state->n; from++) {
		t = &state->entries[from];
		if (state_is_event(t->kind))
			continue;
		if (*items == 0 && facts_get(&t->facts, "root") != NULL)
			TRY(facts_set(v, d, "root", "%s",
			    facts_get(&t->facts, "root")));
		TRY(facts_add(v, d, "entries", "%lu",
		    (unsigned long)t->number));
		(*items)++;
	}
	TRY(void_sheets(state, v, d));
out:
	return rc;
}

static const struct engine_step *
find_step(const struct engine_step *step, size_t n, const char *name)
{
	char is[80];

	for (size_t i = 0; name != NULL && i < n; i++) {
		step_name(&step[i], is);
		if (strcmp(is, name) == 0)
			return &step[i];
	}
	return NULL;
}

enum status
engine_void_holds(const struct engine_step *step, size_t n,
    const struct state *state, const struct entry *e, struct diag *d)
{
	const char *name = facts_get(&e->facts, "step"), *key;
	const struct engine_step *s = find_step(step, n, name);
	struct facts v = { 0 };
	size_t items = 0;
	enum status rc;

	if (s == NULL || s->kind->together == NULL)
		FAIL(d, ST_AUTH, "the plan has no such step");
	TRY(void_facts(state, name, &v, &items, d));
	if (items == 0 || items >= s->kind->together(s->want))
		FAIL(d, ST_AUTH, "[%s] has nothing that could be void here",
		    name);
	if ((key = facts_differ(&v, &e->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.5: \"%s\" is not what the cut "
		    "made void", key);
out:
	facts_clear(&v);
	return rc;
}

enum status
engine_event_holds(const struct plan *plan, const struct engine_step *step,
    size_t n, const struct state *state, const struct entry *e,
    struct diag *d)
{
	if (strcmp(e->kind, "void") == 0)
		return engine_void_holds(step, n, state, e, d);
	if (strcmp(e->kind, "custody") == 0 && !plan->bags)
		return diag_set(d, ST_AUTH, "FORMATS 7.40: the plan keeps no "
		    "bags");
	return strcmp(e->kind, "stood-in") == 0 ?
	    visit_by_holds(plan, &e->facts, d) : ST_OK;
}

/* --- one entry: written, or compared --- */

bool
engine_comparing(const struct engine *e)
{
	return e->at < e->ntail;
}

enum status
engine_who_and_when(const struct plan *p, const struct entry *e,
    struct diag *d)
{
	const bool begins = strcmp(e->kind, "open") == 0 ||
	    strcmp(e->kind, "resumed") == 0;

	if (strcmp(e->actor, p->officer) != 0)
		return diag_set(d, ST_AUTH, "FORMATS 7.5: %s is not the "
		    "officer of the plan", e->actor);
	if (begins && (e->time < p->effective || e->time > p->latest))
		return diag_set(d, ST_AUTH, "FORMATS 3.14: the run began "
		    "outside the plan's dates");
	return ST_OK;
}

/* The next recorded entry, which was computed again or is an event. */
static enum status
take_recorded(struct engine *e, struct diag *d)
{
	struct entry *t = &e->tail[e->at];
	enum status rc;

	if ((rc = engine_who_and_when(e->plan, t, d)) == ST_OK)
		rc = engine_event_holds(e->plan, e->step, e->nsteps, e->state,
		    t, d);
	if (rc != ST_OK) {
		diag_prefix(d, "entry %lu (%s)", (unsigned long)t->number,
		    t->kind);
		return rc;
	}
	if ((rc = state_apply(e->state, t, d)) == ST_OK)
		e->at++;
	return rc;
}

/* A ceremony that was ended early: no item follows. */
static bool
ended(const struct engine *e)
{
	return engine_comparing(e) &&
	    strcmp(e->tail[e->at].kind, "undone") == 0;
}

/* What happened between the items is not computed again.  A void entry is met
 * where the items are that it is about, and only there. */
static enum status
take_events(struct engine *e, struct diag *d)
{
	const struct entry *t;
	enum status rc = ST_OK;

	while (rc == ST_OK && engine_comparing(e) && !ended(e) &&
	    state_is_event((t = &e->tail[e->at])->kind)) {
		if (strcmp(t->kind, "void") == 0)
			return diag_set(d, ST_AUTH, "entry %lu (void): "
			    "nothing could be void here",
			    (unsigned long)t->number);
		rc = take_recorded(e, d);
	}
	return rc;
}

static enum status
compare_objects(const struct entry *t, const struct outcome *o,
    struct diag *d)
{
	char digest[SHA384_HEX_SIZE];

	for (size_t i = 0; i < o->n && i < t->n; i++) {
		hash_sha384_hex(o->objects[i].bytes.data,
		    o->objects[i].bytes.len, digest);
		if (!variant_of(t->objects[i].name, o->objects[i].name) ||
		    strcmp(t->objects[i].digest, digest) != 0)
			return diag_set(d, ST_AUTH, "FORMATS 7.9: %s is not "
			    "what was computed again", t->objects[i].name);
	}
	if (o->n != t->n)
		return diag_set(d, ST_AUTH, "FORMATS 7.9: %zu files, and %zu "
		    "were computed again", t->n, o->n);
	return ST_OK;
}

enum status
engine_same(const struct entry *t, const struct outcome *o, struct diag *d)
{
	const char *key;
	enum status rc;

	if (strcmp(t->kind, o->kind) != 0)
		FAIL(d, ST_AUTH, "FORMATS 7.9: it is \"%.16s\", and \"%s\" was "
		    "computed again", t->kind, o->kind);
	TRY(compare_objects(t, o, d));
	key = facts_differ(&o->facts, &t->facts, state_trusted(o->kind));
	if (key != NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.9: \"%s\" is not what was "
		    "computed again", key);
	rc = ST_OK;
out:
	return rc;
}

static enum status
compare(struct engine *e, const struct outcome *o, struct diag *d)
{
	const struct entry *t = &e->tail[e->at];
	enum status rc;

	if ((rc = engine_same(t, o, d)) != ST_OK) {
		diag_prefix(d, "entry %lu (%s)", (unsigned long)t->number,
		    t->kind);
		return rc;
	}
	return take_recorded(e, d);
}

/* Whole minutes: what the record knows of time. */
static int64_t
minute(void)
{
	return clock_now() / 60 * 60;
}

static enum status
write_entry(struct engine *e, struct outcome *o, int64_t time,
    struct diag *d)
{
	struct entry entry = { 0 };
	enum status rc;

	if (e->sticks == NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.9: the record ends at entry %zu, "
		    "and \"%s\" should follow", e->state->n, o->kind);
	if (e->state->n > 0 && time < e->state->entries[e->state->n - 1].time)
		FAIL(d, ST_SYSTEM, "the clock went back behind entry %zu",
		    e->state->n);
	entry.number = e->state->n + 1;
	entry.time = time;
	snprintf(entry.kind, sizeof(entry.kind), "%s", o->kind);
	snprintf(entry.actor, sizeof(entry.actor), "%s", e->plan->officer);
	snprintf(entry.previous, sizeof(entry.previous), "%s",
	    state_head(e->state));
	entry.facts = o->facts; /* moved */
	memset(&o->facts, 0, sizeof(o->facts));
	/* what the state would not take is never written */
	TRY(sticks_seal(e->sticks, &entry, o, d));
	TRY(state_apply(e->state, &entry, d));
	TRY(sticks_write(e->sticks, &e->state->entries[e->state->n - 1], o,
	    d));
out:
	entry_clear(&entry);
	return rc;
}

static enum status
put(struct engine *e, struct outcome *o, int64_t time, struct diag *d)
{
	return engine_comparing(e) ? compare(e, o, d) :
				     write_entry(e, o, time, d);
}

enum status
engine_event(struct engine *e, const char *kind, struct facts *facts,
    struct diag *d)
{
	struct outcome o = { .kind = kind };
	enum status rc;

	if (engine_comparing(e) || e->sticks == NULL ||
	    state_open(e->state) == NULL)
		return ST_OK;
	o.facts = *facts; /* moved */
	memset(facts, 0, sizeof(*facts));
	rc = write_entry(e, &o, minute(), d);
	outcome_clear(&o);
	return rc;
}

enum status
engine_say(struct engine *e, struct outcome *o, struct diag *d)
{
	struct outcome *wait;
	enum status rc;

	if (e->sticks == NULL || state_open(e->state) == NULL)
		return ST_OK;
	if (!engine_comparing(e)) {
		if (o->n == 1 && strcmp(o->objects[0].name, "private/") == 0)
			bag_name(e->state->n + 1, o->objects[0].name);
		return write_entry(e, o, minute(), d);
	}
	if ((wait = GROW(e->later, e->nlater)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*wait = *o;
	memset(o, 0, sizeof(*o));
	rc = ST_OK;
out:
	return rc;
}

static void
forget_later(struct engine *e)
{
	for (size_t i = 0; i < e->nlater; i++)
		outcome_clear(&e->later[i]);
	free(e->later);
	e->later = NULL;
	e->nlater = 0;
}

enum status
engine_refused(struct engine *e, const char *why, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc;

	TRY(facts_set(&f, d, "why", "%s", why));
	TRY(engine_event(e, "refused", &f, d));
out:
	facts_clear(&f);
	return rc;
}

/* The record has no more: what comes is new, and after a cut says so.  By this
 * entry, and not by a closing one, the leftovers of the cut are named. */
static enum status
begin_new(struct engine *e, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc = ST_OK;

	if (engine_comparing(e))
		return ST_OK;
	if (e->resumed) {
		e->resumed = false;
		TRY(facts_set(&f, d, "program", "%s", e->program));
		TRY(engine_event(e, "resumed", &f, d));
	}
	for (size_t i = 0; i < e->nlater; i++)
		TRY(engine_say(e, &e->later[i], d));
	forget_later(e);
out:
	facts_clear(&f);
	return rc;
}

/* --- opening --- */

/* Each file that the plan names, facts and steps alike, once, as an object of
 * the opening entry. */
static enum status
add_plan_file(const struct plan *plan, const struct ini_entry *v,
    struct outcome *o, struct diag *d)
{
	char name[OBJECT_NAME_SIZE], bare[65];
	struct bytes bytes = { 0 };
	enum status rc;

	TRY(plan_file(plan, v, PLAN_FILE_MAX, &bytes, bare, sizeof(bare), d));
	snprintf(name, sizeof(name), "requests/%06u-%s", plan->number, bare);
	for (size_t i = 0; i < o->n; i++) {
		if (strcmp(o->objects[i].name, name) == 0)
			goto out;
	}
	TRY(outcome_add(o, name, &bytes, d));
out:
	bytes_free(&bytes);
	return rc;
}

/* One key may name several: key.NAME. */
static enum status
add_key_files(const struct plan *plan, const struct ini_section *s,
    const struct plan_key *k, struct outcome *o, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->n && k->type == PT_FILE; i++) {
		if (strcmp(s->entries[i].key, k->name) == 0)
			TRY(add_plan_file(plan, &s->entries[i], o, d));
	}
out:
	return rc;
}

static enum status
add_plan_files(const struct plan *plan, struct outcome *o, struct diag *d)
{
	const struct ini_section *s;
	const struct plan_key *k;
	enum status rc = ST_OK;

	for (size_t i = 0; i < plan->ini->n; i++) {
		s = &plan->ini->sections[i];
		for (k = plan_keys(plan, s); k->name != NULL; k++)
			TRY(add_key_files(plan, s, k, o, d));
	}
out:
	return rc;
}

/* The head's words go on paper: what a rollback is measured against. */
static enum status
note_head(const struct engine *e, const char *when, struct diag *d)
{
	uint8_t head[SHA384_LEN];
	struct bytes what = { 0 };
	enum status rc;

	if (engine_comparing(e) || e->sticks == NULL)
		return ST_OK;
	TRY(text_unhex(state_head(e->state), head, sizeof(head), d));
	TRY(text_format(&what, d, "head of the record %s", when));
	TRY(e->front->note_words(e->front, (const char *)what.data,
	    WORDS_FULL, head, d));
out:
	bytes_free(&what);
	return rc;
}

enum status
engine_opening(const struct plan *plan, const char *program,
    struct outcome *out, struct diag *d)
{
	char name[OBJECT_NAME_SIZE], digest[SHA384_HEX_SIZE];
	enum status rc;

	out->kind = "open";
	text_hex(plan->digest, sizeof(plan->digest), digest);
	TRY(facts_set(&out->facts, d, "ceremony", "%u", plan->number));
	TRY(facts_set(&out->facts, d, "mode", "%s",
	    plan_mode_word(plan->mode)));
	TRY(facts_set(&out->facts, d, "org", "%s", plan->org));
	TRY(facts_set(&out->facts, d, "arc", "%s", plan->arc));
	TRY(facts_set(&out->facts, d, "plan", "%s", digest));
	TRY(facts_set(&out->facts, d, "program", "%s", program));
	snprintf(name, sizeof(name), "plans/%06u.ini", plan->number);
	TRY(outcome_add(out, name, &plan->text, d));
	TRY(add_plan_files(plan, out, d));
out:
	return rc;
}

static enum status
do_opening(struct engine *e, struct diag *d)
{
	struct outcome o = { 0 };
	enum status rc;

	TRY(engine_opening(e->plan, e->program, &o, d));
	TRY(put(e, &o, minute(), d));
	TRY(note_head(e, "at the opening", d));
out:
	outcome_clear(&o);
	return rc;
}

/* --- items --- */

enum block { BLOCK_NONE, BLOCK_WHOLE, BLOCK_VOID, BLOCK_CUT };

/* What the record has of a block whose items count only together; ${*end} is
 * the entry behind it. */
static enum block
find_block(const struct engine *e, const char *step, size_t together,
    size_t *end)
{
	bool begun = false;
	const char *is;
	uint64_t item;

	for (*end = e->at; *end < e->ntail; (*end)++) {
		const struct entry *t = &e->tail[*end];

		if (strcmp(t->kind, "undone") == 0)
			break;
		is = facts_get(&t->facts, "step");
		if (strcmp(t->kind, "void") == 0 && is != NULL &&
		    strcmp(is, step) == 0) {
			(*end)++;
			return BLOCK_VOID;
		}
		if (of_step(t, step, &item) && item == together - 1)
			return BLOCK_WHOLE;
		begun |= !state_is_event(t->kind);
	}
	return begun ? BLOCK_CUT : BLOCK_NONE;
}

/* The void entry: which entries and which sheets do not count. */
static enum status
void_block(struct engine *e, const char *step, struct diag *d)
{
	struct facts v = { 0 };
	size_t items;
	enum status rc;

	TRY(void_facts(e->state, step, &v, &items, d));
	TRY(engine_event(e, "void", &v, d));
out:
	facts_clear(&v);
	return rc;
}

/* Items that count together are whole in the record, or start anew. */
static enum status
start_block(struct engine *e, const char *step, size_t together,
    struct diag *d)
{
	enum block block;
	size_t end;
	enum status rc;

	hands_rest(e);
	for (;;) {
		block = find_block(e, step, together, &end);
		if (block == BLOCK_NONE || block == BLOCK_WHOLE)
			return ST_OK;
		while (e->at < end)
			TRY(take_recorded(e, d));
		if (block == BLOCK_VOID)
			continue;
		if (e->sticks == NULL)
			FAIL(d, ST_AUTH, "FORMATS 7.9: the record was cut in "
			    "[%s]", step);
		TRY(begin_new(e, d));
		TRY(void_block(e, step, d));
	}
out:
	return rc;
}

static enum status
do_item(struct engine *e, const struct engine_step *s, size_t item,
    struct diag *d)
{
	struct outcome o = { 0 };
	struct bytes text = { 0 };
	enum status rc;
	char step[80];

	step_name(s, step);
	TRY(s->kind->show(s->want, item, e->plan, e->state, &text, d));
	if (!engine_comparing(e))
		e->front->progress(e->front, e->shown, e->nsteps + 1,
		    (const char *)text.data);
	TRY(s->kind->perform(s->want, item, &e->hands, &o, d));
	if (engine_comparing(e)) /* what is taken on trust is the record's */
		TRY(facts_take(&e->tail[e->at].facts, state_trusted(o.kind),
		    &o.facts, d));
	TRY(s->kind->verify(s->want, item, e->plan, e->state, &o, d));
	TRY(facts_set(&o.facts, d, "step", "%s", step));
	TRY(facts_set(&o.facts, d, "item", "%zu", item));
	TRY(put(e, &o, minute(), d));
out:
	bytes_free(&text);
	outcome_clear(&o);
	return rc;
}

enum status
engine_abandon(struct engine *e, const char *reason, struct diag *d)
{
	struct facts f = { 0 };
	uint64_t item;
	enum status rc = ST_OK;
	char step[80];

	TRY(engine_settle(e->plan, e->step, e->nsteps, e->state, d));
	/* the first step that the record has not whole */
	for (size_t i = 0; i < e->nsteps; i++) {
		size_t done = 0, end, together;

		step_name(&e->step[i], step);
		together = e->step[i].kind->together == NULL ? 0 :
		    e->step[i].kind->together(e->step[i].want);
		while (together > 0 &&
		    find_block(e, step, together, &end) == BLOCK_VOID) {
			while (e->at < end)
				TRY(take_recorded(e, d));
		}
		while (engine_comparing(e) &&
		    (state_is_event(e->tail[e->at].kind) ||
		    of_step(&e->tail[e->at], step, &item))) {
			done += !state_is_event(e->tail[e->at].kind);
			TRY(take_recorded(e, d));
		}
		if (done > 0 && done < together)
			TRY(void_block(e, step, d));
		if (done < e->step[i].count)
			TRY(facts_add(&f, d, "steps", "%s: %zu of %zu done",
			    step, done < together ? 0 : done,
			    e->step[i].count));
	}
	/* after a cut, the end that was begun is brought to its end */
	e->resumed = state_open(e->state)->ended;
	if (e->resumed)
		goto out;
	TRY(facts_set(&f, d, "reason", "%s", reason));
	TRY(engine_event(e, "undone", &f, d));
out:
	facts_clear(&f);
	return rc;
}

enum status
engine_give_up(struct engine *e, const char *reason, struct diag *d)
{
	const struct engine_step *s;
	struct facts f = { 0 }, unused = { 0 };
	size_t together, done = 0;
	enum status rc = ST_OK;
	char step[80];

	if (e->shown == 0 || engine_comparing(e))
		FAIL(d, ST_BUG, "nothing is in progress that could be given "
		    "up");
	hands_forget(e);
	for (size_t i = e->shown - 1; i < e->nsteps; i++) {
		s = &e->step[i];
		step_name(s, step);
		/* of other items those that are recorded count */
		together = s->kind->together == NULL ? 0 :
		    s->kind->together(s->want);
		facts_clear(&unused);
		TRY(void_facts(e->state, step, &unused, &done, d));
		if (done > 0 && done < together)
			TRY(void_block(e, step, d));
		TRY(facts_add(&f, d, "steps", "%s: %zu of %zu done", step,
		    done < together ? 0 : done, s->count));
	}
	TRY(facts_set(&f, d, "reason", "%s", reason));
	TRY(engine_event(e, "undone", &f, d));
out:
	facts_clear(&unused);
	facts_clear(&f);
	return rc;
}

static enum status
do_items(struct engine *e, struct diag *d)
{
	const struct engine_step *s;
	char step[80], when[96];
	enum status rc;

	for (size_t i = 0; i < e->nsteps; i++) {
		s = &e->step[i];
		e->shown = i + 1;
		step_name(s, step);
		TRY(take_events(e, d));
		if (s->kind->together != NULL)
			TRY(start_block(e, step, s->kind->together(s->want),
			    d));
		for (size_t item = 0; item < s->count; item++) {
			TRY(take_events(e, d));
			if (ended(e))
				return ST_OK;
			TRY(begin_new(e, d));
			TRY(bags_settle(e, false, d));
			TRY(do_item(e, s, item, d));
			TRY(bags_settle(e, false, d));
		}
		hands_rest(e);
		snprintf(when, sizeof(when), "after [%s]", step);
		TRY(note_head(e, when, d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- closing --- */

static enum status
sign_line(struct engine *e, const struct engine_root *r, int64_t time,
    const struct bytes *line, struct outcome *o, struct diag *d)
{
	const struct root *root = state_root(e->state, r->name);
	char name[OBJECT_NAME_SIZE];
	struct bytes p7s = { 0 };
	struct cert *cert = NULL;
	enum status rc;

	if (r->key == NULL || root == NULL || root->object[0] == '\0')
		return ST_OK; /* a next root: it has nothing to sign with */
	TRY(signer_cert(e->state, r->name, &cert, d));
	TRY(cms_sign(r->key, cert, e->plan->arc, CMS_CLOSING, time, line,
	    &p7s, d));
	snprintf(name, sizeof(name), "record/%06zu.%s.p7s", e->state->n + 1,
	    r->name);
	TRY(outcome_add(o, name, &p7s, d));
out:
	cert_free(cert);
	bytes_free(&p7s);
	return rc;
}

enum status
engine_close(struct engine *e, struct diag *d)
{
	struct outcome o = { .kind = "closed" };
	char name[OBJECT_NAME_SIZE];
	struct bytes line = { 0 };
	int64_t time;
	enum status rc;

	TRY(take_events(e, d));
	if (ended(e)) {
		TRY(take_recorded(e, d));
		TRY(take_events(e, d));
	}
	TRY(begin_new(e, d));
	TRY(bags_settle(e, true, d));
	if (!engine_comparing(e))
		e->front->progress(e->front, e->nsteps + 1, e->nsteps + 1,
		    "close the record");
	time = engine_comparing(e) ? e->tail[e->at].time : minute();
	TRY(closing_line(e->state, time, &line, d));
	snprintf(name, sizeof(name), "record/%06zu.line", e->state->n + 1);
	TRY(outcome_add(&o, name, &line, d));
	/* ended early, it closes unsigned: the next signed closing covers it */
	for (size_t i = 0; i < e->nroots && !state_open(e->state)->ended; i++)
		TRY(sign_line(e, &e->root[i], time, &line, &o, d));
	TRY(facts_set(&o.facts, d, "ceremony", "%u", e->plan->number));
	TRY(put(e, &o, time, d));
	hands_forget(e); /* nothing is signed any more */
	TRY(note_head(e, "at the close", d));
out:
	bytes_free(&line);
	outcome_clear(&o);
	return rc;
}

enum status
engine_drive(struct engine *e, struct diag *d)
{
	enum status rc;

	TRY(do_opening(e, d));
	TRY(do_items(e, d));
	TRY(engine_close(e, d));
out:
	return rc;
}

void
engine_clear(struct engine *e)
{
	hands_forget(e);
	forget_later(e);
	for (size_t i = 0; i < e->ntail; i++)
		entry_clear(&e->tail[i]);
	free(e->tail);
	engine_steps_free(e->step, e->nsteps);
	state_free(e->state);
	memset(e, 0, sizeof(*e));
}
