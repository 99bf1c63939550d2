/* see engine.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/bags.h"
#include "ceremony/block.h"
#include "ceremony/closing.h"
#include "ceremony/engine.h"
#include "ceremony/event.h"
#include "ceremony/hands.h"
#include "ceremony/visit.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/words.h"
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
		snprintf(step[at].name, sizeof(step[at].name), "%s %s",
		    s->kind, s->name == NULL ? "" : s->name);
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

bool
engine_step_is(const struct engine_step *s, const char *name)
{
	return name != NULL && strcmp(s->name, name) == 0;
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
engine_tell(const struct plan *plan, const struct engine_step *step,
    size_t n, const struct state *state, struct facts *out, struct diag *d)
{
	enum status rc;

	rc = visit_tell(plan, out, d);
	for (size_t i = 0; i < n && rc == ST_OK; i++) {
		if (step[i].kind->tell != NULL)
			rc = step[i].kind->tell(step[i].want, state, out, d);
	}
	return rc;
}

/* --- one entry: written, or compared --- */

bool
engine_comparing(const struct engine *e)
{
	return e->at < e->ntail;
}

const struct state *
engine_known(const struct engine *e)
{
	return engine_comparing(e) && e->known != NULL ? e->known : e->state;
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

enum status
engine_take(struct engine *e, struct diag *d)
{
	struct entry *t = &e->tail[e->at];
	enum status rc;

	if ((rc = engine_who_and_when(e->plan, t, d)) == ST_OK)
		rc = event_holds(e->plan, e->step, e->nsteps, e->state, t,
		    d);
	if (rc != ST_OK) {
		diag_prefix(d, "entry %lu (%s)", (unsigned long)t->number,
		    t->kind);
		return rc;
	}
	if ((rc = state_apply(e->state, t, d)) == ST_OK)
		e->at++;
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
	return engine_take(e, d);
}

int64_t
engine_minute(void)
{
	return clock_now() / 60 * 60;
}

enum status
engine_write(struct engine *e, struct outcome *o, int64_t time,
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
				     engine_write(e, o, time, d);
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
	TRY(put(e, &o, engine_minute(), d));
	TRY(note_head(e, "at the opening", d));
out:
	outcome_clear(&o);
	return rc;
}

/* --- items --- */

static enum status
do_item(struct engine *e, const struct engine_step *s, size_t item,
    struct diag *d)
{
	struct outcome o = { 0 };
	struct bytes text = { 0 };
	enum status rc;

	TRY(s->kind->show(s->want, item, e->plan, e->state, &text, d));
	if (!engine_comparing(e))
		e->front->progress(e->front, e->shown, e->nsteps + 1,
		    (const char *)text.data);
	TRY(s->kind->perform(s->want, item, &e->hands, &o, d));
	if (engine_comparing(e)) /* what is taken on trust is the record's */
		TRY(facts_take(&e->tail[e->at].facts, state_trusted(o.kind),
		    &o.facts, d));
	TRY(s->kind->verify(s->want, item, e->plan, e->state, &o, d));
	TRY(facts_set(&o.facts, d, "step", "%s", s->name));
	TRY(facts_set(&o.facts, d, "item", "%zu", item));
	TRY(put(e, &o, engine_minute(), d));
out:
	bytes_free(&text);
	outcome_clear(&o);
	return rc;
}

static enum status
do_items(struct engine *e, struct diag *d)
{
	const struct engine_step *s;
	char when[96];
	enum status rc;

	for (size_t i = 0; i < e->nsteps; i++) {
		s = &e->step[i];
		e->shown = i + 1;
		TRY(event_take(e, d));
		if (block_size(s) > 0)
			TRY(block_start(e, s, d));
		for (size_t item = 0; item < s->count; item++) {
			TRY(event_take(e, d));
			if (event_ended(e))
				return ST_OK;
			TRY(event_catch_up(e, d));
			TRY(bags_settle(e, false, d));
			TRY(do_item(e, s, item, d));
			TRY(bags_settle(e, false, d));
		}
		hands_rest(e);
		snprintf(when, sizeof(when), "after [%s]", s->name);
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

	TRY(event_take(e, d));
	if (event_ended(e)) {
		TRY(engine_take(e, d));
		TRY(event_take(e, d));
	}
	TRY(event_catch_up(e, d));
	TRY(bags_settle(e, true, d));
	if (!engine_comparing(e))
		e->front->progress(e->front, e->nsteps + 1, e->nsteps + 1,
		    "close the record");
	time = engine_comparing(e) ? e->tail[e->at].time : engine_minute();
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
	event_forget(e);
	for (size_t i = 0; i < e->ntail; i++)
		entry_clear(&e->tail[i]);
	free(e->tail);
	engine_steps_free(e->step, e->nsteps);
	state_free(e->state);
	memset(e, 0, sizeof(*e));
}
