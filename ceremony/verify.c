/* see verify.h */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/closing.h"
#include "ceremony/engine.h"
#include "ceremony/event.h"
#include "ceremony/verify.h"
#include "lib/crypto/cms.h"
#include "lib/record/bag.h"
#include "lib/record/chain.h"
#include "lib/record/desk.h"
#include "lib/record/folder.h"
#include "lib/record/signer.h"

/* One ceremony while it is replayed. */
struct replay {
	const struct step_kind *const *steps;
	struct state *now;	  /* entries so far */
	const struct state *all;  /* the whole record */
	struct inbox inbox;
	int requests; /* folder, or -1 */
	struct plan *plan;
	struct engine_step *step;
	size_t nsteps;
	size_t at, item; /* the item that must come next */
	char signer[ENGINE_ROOTS_MAX][33]; /* roots that signed something */
	size_t nsigners;
	struct verify_report *report;
};

static void
plan_done(struct replay *v)
{
	engine_steps_free(v->step, v->nsteps);
	plan_free(v->plan);
	if (v->requests >= 0)
		close(v->requests);
	v->step = NULL;
	v->nsteps = 0;
	v->plan = NULL;
	v->requests = -1;
}

/* The opening entry is the one that its plan gives, and continues what the
 * plan does (RULES C1). */
static enum status
check_opening(const struct replay *v, const struct entry *open,
    struct diag *d)
{
	const struct ceremony *c = state_open(v->now);
	const struct plan *p = v->plan;
	struct outcome o = { 0 };
	const char *program;
	enum status rc;

	TRY(facts_need(&open->facts, "program", &program, d));
	TRY(engine_opening(p, program, &o, d));
	TRY(engine_same(open, &o, d));
	if (c == NULL || strcmp(p->previous, c->before) != 0)
		FAIL(d, ST_AUTH, "%s: RULES C1: it continues another state",
		    p->file);
	if (strcmp(p->org, v->now->org) != 0 ||
	    strcmp(p->arc, v->now->arc) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 3.14: org and oid-arc are not "
		    "those of this state", p->file);
	rc = ST_OK;
out:
	outcome_clear(&o);
	return rc;
}

/* The plan and its files, as the opening entry commits them. */
static enum status
plan_again(struct replay *v, const struct entry *open, struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	plan_done(v);
	if (open->n == 0)
		FAIL(d, ST_FORMAT, "the opening entry has no plan");
	snprintf(v->inbox.prefix, sizeof(v->inbox.prefix), "%06zu-",
	    v->now->nceremonies);
	v->requests = openat(v->all->dirfd, "requests", O_RDONLY |
	    O_DIRECTORY | O_CLOEXEC);
	v->inbox.dirfd = v->requests;
	TRY(state_object(v->all, open->objects[0].name, &text, d));
	TRY(plan_read(open->objects[0].name, &text, v->steps, &v->inbox,
	    &v->plan, d));
	TRY(engine_steps(v->plan, v->steps, &v->step, &v->nsteps, d));
	TRY(check_opening(v, open, d));
	TRY(engine_who_and_when(v->plan, open, d));
	/* what `ceremony check` refuses was never held */
	TRY(engine_check(v->plan, v->step, v->nsteps, v->now, d));
	v->at = v->item = v->nsigners = 0;
out:
	bytes_free(&text);
	return rc;
}

static enum status
rebuild(const struct state *all, const struct entry *e, struct outcome *o,
    struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc;

	o->kind = e->kind;
	TRY(facts_copy(&e->facts, &o->facts, d));
	/* the engine's own, which no row knows */
	facts_drop(&o->facts, "step");
	facts_drop(&o->facts, "item");
	for (size_t i = 0; i < e->n; i++) {
		if (desk_is_private(e->objects[i].name))
			continue; /* equal on a stick and in a desk copy */
		TRY(state_object(all, e->objects[i].name, &bytes, d));
		TRY(outcome_add(o, e->objects[i].name, &bytes, d));
	}
	rc = ST_OK;
out:
	bytes_free(&bytes);
	return rc;
}

static void
note_signer(struct replay *v, const char *root)
{
	if (root == NULL || v->nsigners == ENGINE_ROOTS_MAX)
		return;
	for (size_t i = 0; i < v->nsigners; i++) {
		if (strcmp(v->signer[i], root) == 0)
			return;
	}
	snprintf(v->signer[v->nsigners++], 33, "%s", root);
}

/* The root of an entry with files, or, of a bundle, all its signers. */
static void
note_signers(struct replay *v, const struct facts *f)
{
	note_signer(v, facts_get(f, "root"));
	for (size_t i = 0; i < facts_count(f, "signers"); i++)
		note_signer(v, facts_at(f, "signers", i));
}

/* A root that is opened signs the closing line, if it can. */
static bool
is_certified(const struct state *s, const char *name)
{
	const struct root *root = state_root(s, name);

	return root != NULL && root->object[0] != '\0';
}

/* The engine's own facts, which no row knows, stand behind all others. */
static bool
ends_in_place(const struct facts *f)
{
	return f->n >= 2 && strcmp(f->fact[f->n - 2].key, "step") == 0 &&
	    strcmp(f->fact[f->n - 1].key, "item") == 0;
}

/* The item that the plan has next, and no other. */
static enum status
check_place(struct replay *v, const struct entry *e, struct diag *d)
{
	const struct engine_step *s;
	const char *step = facts_get(&e->facts, "step");
	uint64_t item;
	enum status rc;

	if (v->at == v->nsteps || step == NULL)
		FAIL(d, ST_AUTH, "the plan has no such item");
	if (!ends_in_place(&e->facts))
		FAIL(d, ST_AUTH, "FORMATS 7.5: step and item are not its last "
		    "facts");
	s = &v->step[v->at];
	TRY(facts_number(&e->facts, "item", 0, UINT32_MAX, &item, d));
	if (!engine_step_is(s, step) || item != v->item)
		FAIL(d, ST_AUTH, "item %zu of [%s] should be here", v->item,
		    s->name);
	if (++v->item == s->count) {
		v->at++;
		v->item = 0;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
verify_item(struct replay *v, const struct entry *e, struct diag *d)
{
	const size_t at = v->at, item = v->item;
	struct outcome o = { 0 };
	enum status rc;

	TRY(check_place(v, e, d));
	TRY(rebuild(v->all, e, &o, d));
	TRY(v->step[at].kind->verify(v->step[at].want, item, v->plan, v->now,
	    &o, d));
	if (e->n > 0 || (v->step[at].kind->opens &&
	    is_certified(v->now, facts_get(&e->facts, "root"))))
		note_signers(v, &e->facts);
out:
	outcome_clear(&o);
	return rc;
}

/* The object of an entry that bears this name, or its -2, -3 ...; or NULL. */
static const char *
object_named(const struct entry *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++) {
		if (variant_of(e->objects[i].name, name))
			return e->objects[i].name;
	}
	return NULL;
}

/* A root's signature over the closing line. */
static enum status
verify_signature(struct replay *v, const struct entry *e, const char *root,
    const struct bytes *line, struct diag *d)
{
	char plain[OBJECT_NAME_SIZE];
	struct bytes p7s = { 0 };
	struct cert *cert = NULL;
	const char *name;
	int64_t time = 0;
	enum status rc;

	snprintf(plain, sizeof(plain), "record/%06lu.%s.p7s",
	    (unsigned long)e->number, root);
	name = object_named(e, plain);
	if (name == NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.8: root %s signed in this "
		    "ceremony, and not its closing line", root);
	TRY(signer_cert(v->now, root, &cert, d));
	TRY(state_object(v->all, name, &p7s, d));
	TRY(cms_verify(name, &p7s, cert, v->plan->arc, CMS_CLOSING, line, &time,
	    d));
	if (time != e->time)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.8: its time is not the "
		    "entry's", name);
	v->report->signatures++;
out:
	cert_free(cert);
	bytes_free(&p7s);
	return rc;
}

/* Whoever has the stick may have made the last of the roots: the report says
 * which of them covers what. */
static void
note_covered(struct verify_report *out, const char *root, size_t to)
{
	size_t i = 0;

	while (i < out->nsigners && strcmp(out->signer[i].root, root) != 0)
		i++;
	if (i == ENGINE_ROOTS_MAX)
		return; /* there are no more roots in a state */
	if (i == out->nsigners)
		out->nsigners++;
	snprintf(out->signer[i].root, sizeof(out->signer[i].root), "%s", root);
	out->signer[i].to = to;
}

/* All that a closing entry says follows from the line that is signed: else it
 * would be the one place of a record that no signature covers. */
static enum status
check_closing(const struct replay *v, const struct entry *e, struct diag *d)
{
	uint64_t number = 0;
	enum status rc;

	TRY(facts_number(&e->facts, "ceremony", 0, UINT32_MAX, &number, d));
	if (number != v->plan->number)
		FAIL(d, ST_AUTH, "FORMATS 7.8: it is not of ceremony %u",
		    v->plan->number);
	if (e->nleft > 0)
		FAIL(d, ST_AUTH, "FORMATS 7.8: a closing entry names no "
		    "leftovers");
	rc = ST_OK;
out:
	return rc;
}

static enum status
verify_closed(struct replay *v, const struct entry *e, struct diag *d)
{
	struct bytes line = { 0 }, want = { 0 };
	const bool ended = state_open(v->now)->ended;
	char plain[OBJECT_NAME_SIZE];
	const char *name;
	enum status rc;

	if (!ended && v->at != v->nsteps)
		FAIL(d, ST_AUTH, "the ceremony closes, and [%s] is not done",
		    v->step[v->at].name);
	TRY(check_closing(v, e, d));
	TRY(closing_line(v->now, e->time, &want, d));
	snprintf(plain, sizeof(plain), "record/%06lu.line",
	    (unsigned long)e->number);
	name = object_named(e, plain);
	if (name == NULL || e->n != 1 + (ended ? 0 : v->nsigners))
		FAIL(d, ST_AUTH, "FORMATS 7.8: its files are not the closing "
		    "line and a signature of each root");
	TRY(state_object(v->all, name, &line, d));
	if (!bytes_equal(&line, &want))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.8: not the closing line of "
		    "this record", name);
	for (size_t i = 0; i < v->nsigners && !ended; i++) {
		TRY(verify_signature(v, e, v->signer[i], &line, d));
		note_covered(v->report, v->signer[i], e->number);
	}
	if (v->nsigners > 0 && !ended)
		v->report->covered = e->number;
	v->report->ceremonies++;
out:
	bytes_free(&line);
	bytes_free(&want);
	return rc;
}

/* Files of entries that no row looks into. */
static enum status
verify_files(struct replay *v, const struct entry *e, struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc = ST_OK;

	for (size_t i = 0; i < e->n && rc == ST_OK; i++) {
		/* a desk copy does not have it */
		if (v->all->withheld > 0 &&
		    desk_is_private(e->objects[i].name))
			continue;
		rc = state_object(v->all, e->objects[i].name, &bytes, d);
		v->report->objects++;
	}
	bytes_free(&bytes);
	return rc;
}

static enum status
verify_entry(struct replay *v, const struct entry *e, struct diag *d)
{
	enum status rc;

	v->report->entries++;
	TRY(verify_files(v, e, d));
	if (strcmp(e->kind, "open") != 0)
		TRY(engine_who_and_when(v->plan, e, d));
	if (strcmp(e->kind, "closed") == 0)
		return verify_closed(v, e, d);
	if (state_is_event(e->kind))
		TRY(event_holds(v->plan, v->step, v->nsteps, v->now, e,
		    d));
	if (strcmp(e->kind, "custody") == 0 && v->all->withheld == 0)
		TRY(bag_holds(v->all, v->now, e, d));
	if (strcmp(e->kind, "void") == 0) /* and the step begins anew */
		v->item = 0;
	if (strcmp(e->kind, "open") != 0 && !state_is_event(e->kind))
		TRY(verify_item(v, e, d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
replay_entry(struct replay *v, const struct entry *e, struct diag *d)
{
	struct entry copy = { 0 };
	enum status rc;

	TRY(verify_entry(v, e, d));
	TRY(entry_read("entry", &e->text, &copy, d));
	TRY(state_apply(v->now, &copy, d));
	if (strcmp(e->kind, "open") == 0)
		TRY(plan_again(v, e, d));
out:
	entry_clear(&copy);
	return rc;
}

static enum status
replay_all(struct replay *v, struct diag *d)
{
	const struct entry *e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < v->all->n && rc == ST_OK; i++) {
		e = &v->all->entries[i];
		if ((rc = replay_entry(v, e, d)) != ST_OK)
			diag_prefix(d, "entry %lu (%s)",
			    (unsigned long)e->number, e->kind);
	}
	return rc;
}

static enum status
check_older(const struct state *now, const char *path,
    struct verify_report *out, struct diag *d)
{
	struct state *older = NULL;
	enum status rc;
	int fd = -1;

	TRY(state_load(path, &older, &fd, NULL, NULL, d));
	out->older = older->n;
	if (older->n > now->n)
		FAIL(d, ST_AUTH, "FORMATS 7.4: %s has %zu entries, and this "
		    "state only %zu: it was rolled back", path, older->n,
		    now->n);
	for (size_t i = 0; i < older->n; i++) {
		if (strcmp(older->entries[i].digest, now->entries[i].digest) !=
		    0)
			FAIL(d, ST_AUTH, "FORMATS 7.4: entry %zu is another "
			    "in %s", i + 1, path);
	}
	rc = ST_OK;
out:
	state_free(older);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* What a cut left of the last entry: a file of its number that is no whole
 * entry.  The next entry will name it. */
static bool
is_torn_end(const struct state *s, const char *name)
{
	char plain[OBJECT_NAME_SIZE];
	struct bytes text = { 0 };
	struct entry e = { 0 };
	bool torn;

	entry_name(s->n, 1, plain);
	torn = variant_of(name, plain) &&
	    folder_read(s->dirfd, name, ENTRY_MAX, &text, NULL) == ST_OK &&
	    entry_read(name, &text, &e, NULL) != ST_OK;
	entry_clear(&e);
	bytes_free(&text);
	return torn;
}

static enum status
check_strays(const struct state *s, const char *path, char **stray, size_t n,
    struct verify_report *out, struct diag *d)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_torn_end(s, stray[i]))
			return diag_set(d, ST_AUTH, "%s: FORMATS 7.6: %s is "
			    "not covered by the record", path, stray[i]);
		snprintf(out->torn, sizeof(out->torn), "%s", stray[i]);
	}
	return ST_OK;
}

enum status
verify_entries(const struct state *all, const struct step_kind *const *steps,
    struct verify_report *out, struct diag *d)
{
	struct replay v = { .steps = steps, .all = all, .requests = -1,
		.report = out };
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(state_new(&v.now, d));
	v.now->dirfd = all->dirfd;
	TRY(replay_all(&v, d));
	out->mode = all->mode;
	out->withheld = all->withheld;
	snprintf(out->head, sizeof(out->head), "%s", state_head(all));
out:
	plan_done(&v);
	state_free(v.now);
	return rc;
}

enum status
verify_state(const char *path, const char *older,
    const struct step_kind *const *steps, struct verify_report *out,
    struct diag *d)
{
	struct state *all = NULL;
	char **stray = NULL;
	size_t nstray = 0;
	enum status rc;
	int fd = -1;

	TRY(state_load(path, &all, &fd, &stray, &nstray, d));
	TRY(verify_entries(all, steps, out, d));
	TRY(check_strays(all, path, stray, nstray, out, d));
	if (state_open(all) != NULL)
		FAIL(d, ST_AUTH, "%s: ceremony %u is not closed", path,
		    state_open(all)->number);
	if (older != NULL)
		TRY(check_older(all, older, out, d));
out:
	state_free(all);
	strays_free(stray, nstray);
	if (fd >= 0)
		close(fd);
	return rc;
}
