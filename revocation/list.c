/* see list.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/pki/issue.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"
#include "revocation/list.h"
#include "revocation/reason.h"

#define CEREMONY_SHIFT 32 /* the upper half of a list's number */

struct crl_want {
	const char *root; /* borrowed from the plan */
	size_t line;
	uint64_t days;
};

static const struct plan_key keys[] = {
	{ "by", PT_WORD, true, false, NULL },
	{ "days", PT_DAYS, true, false, NULL },
	{ 0 }
};

/* --- the row's own reading --- */

static void
list_free(void *want)
{
	free(want);
}

static enum status
list_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct crl_want *w;

	(void)p;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	w->root = plan_text(s, "by", "");
	w->line = s->line;
	w->days = plan_int(s, "days", 0);
	*want = w;
	return ST_OK;
}

static int64_t
next_update(const struct crl_want *w, const struct plan *p)
{
	return p->effective + (int64_t)w->days * CLOCK_DAY;
}

/* RULES L4: a list that was sealed may be out, and this one must not take it
 * back. */
static enum status
check_accounted(const struct crl_want *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const size_t n = state_unaccounted(before, w->root);
	enum status rc;

	if (n > 0 && promise_find(promises, "account", w->root, NULL) == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "RULES L4: %zu sealed "
		    "lists of root %s are not accounted for: an [account] "
		    "belongs above it, which says what became of them", n,
		    w->root);
	rc = ST_OK;
out:
	return rc;
}

/* The date of a list of ${root}, of a ceremony before, if it is later. */
static void
later(int64_t *latest, const struct plan *p, const char *root, const char *of,
    uint64_t number, int64_t dated)
{
	if (strcmp(of, root) == 0 && number >> CEREMONY_SHIFT != p->number &&
	    dated > *latest)
		*latest = dated;
}

/* RULES L1: in stock clients the newest date wins, so that a list of a ceremony
 * before, sealed ones too, would take this one's revocations back. */
static enum status
check_later(const struct crl_want *w, const struct plan *p,
    const struct state *before, struct diag *d)
{
	char last[CLOCK_TEXT_SIZE];
	int64_t latest = INT64_MIN;
	enum status rc;

	for (size_t i = 0; i < before->nlists; i++)
		later(&latest, p, w->root, before->lists[i].root,
		    before->lists[i].number, before->lists[i].this_update);
	for (size_t i = 0; i < before->nsealed; i++)
		later(&latest, p, w->root, before->sealed[i].root,
		    before->sealed[i].number, before->sealed[i].this_update);
	if (p->effective <= latest) {
		clock_text(latest, last);
		PLAN_FAIL(d, ST_POLICY, p, w->line, "RULES L1: the last list "
		    "of root %s is dated %s: the plan must be effective later, "
		    "or clients would take that for the newer one", w->root,
		    last);
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
list_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	const struct crl_want *w = want;
	const struct promise *kill;
	enum status rc;

	TRY(signer_check(p, w->line, before, promises, w->root,
	    next_update(w, p), d));
	kill = promise_find(promises, "kill", w->root, NULL);
	if (kill != NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "RULES L1: a list behind "
		    "[kill %s] would take back what that revokes",
		    kill->name);
	TRY(check_accounted(w, p, before, promises, d));
	TRY(check_later(w, p, before, d));
	if (w->days > PROFILE_DAYS_MAX)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 8.24: a list "
		    "lasts at most %d days", PROFILE_DAYS_MAX);
	rc = ST_OK;
out:
	return rc;
}

static size_t
list_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- what is asked for --- */

/* How many lists of this root this ceremony has made so far, sealed ones
 * too. */
static unsigned
made_before(const struct state *s, const char *root, unsigned ceremony)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->nlists; i++) {
		if (strcmp(s->lists[i].root, root) == 0 &&
		    s->lists[i].number >> CEREMONY_SHIFT == ceremony)
			n++;
	}
	for (size_t i = 0; i < s->nsealed; i++) {
		if (strcmp(s->sealed[i].root, root) == 0 &&
		    s->sealed[i].number >> CEREMONY_SHIFT == ceremony)
			n++;
	}
	return n;
}

/* All entries of the root's list before: revocation is for good. */
static enum status
take_over(const struct state *state, const struct list *last,
    struct crl_spec *spec, struct diag *d)
{
	struct bytes file = { 0 };
	struct crl *before = NULL;
	enum status rc;

	TRY(state_object(state, last->object, &file, d));
	TRY(crl_read(last->object, file.data, file.len, &before, d));
	TRY(crl_signed_by(before, &state_root(state, last->root)->key, d));
	if (before->spec.number != last->number ||
	    spec->number <= before->spec.number)
		FAIL(d, ST_POLICY, "FORMATS 8.23: number %llu is not greater "
		    "than that of the list before",
		    (unsigned long long)spec->number);
	spec->entries = before->spec.entries;
	spec->n = before->spec.n;
	before->spec.entries = NULL;
	before->spec.n = 0;
out:
	crl_free(before);
	bytes_free(&file);
	return rc;
}

static enum status
empty_spec(const char *root, size_t nth, int64_t until, const struct plan *p,
    const struct state *state, struct crl_spec *spec, struct diag *d)
{
	const size_t made = made_before(state, root, p->number) + nth;
	const struct profile_room room = signer_room(p);
	const struct cert *issuer;
	enum status rc;

	TRY(signer_issuer(state, root, &issuer, d));
	TRY(profile_list(&room, issuer, p->effective + (int64_t)made, until,
	    ((uint64_t)p->number << CEREMONY_SHIFT) + made + 1, spec, d));
out:
	return rc;
}

/* What was revoked since, each in its place: entries are in order. */
static enum status
add_revoked(const struct state *state, const char *root,
    struct crl_spec *spec, struct diag *d)
{
	const struct revocation *r;
	struct crl_entry e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < state->nrevocations; i++) {
		r = &state->revocations[i];
		if (strcmp(r->root, root) != 0)
			continue;
		e = (struct crl_entry) { .serial_len = strlen(r->serial) / 2,
			.date = r->date, .reason = reason_read(r->reason),
			.invalid_since = r->since };
		TRY(text_unhex(r->serial, e.serial, e.serial_len, d));
		TRY(crl_spec_add(spec, &e, d));
	}
out:
	return rc;
}

enum status
list_spec(const char *root, size_t nth, int64_t until, const struct plan *p,
    const struct state *state, struct crl_spec *spec, struct diag *d)
{
	const struct list *last = state_last_list(state, root);
	enum status rc;

	TRY(empty_spec(root, nth, until, p, state, spec, d));
	if (last != NULL)
		TRY(take_over(state, last, spec, d));
	TRY(add_revoked(state, root, spec, d));
out:
	return rc;
}

static enum status
want_spec(const struct crl_want *w, const struct plan *p,
    const struct state *state, struct crl_spec *spec, struct diag *d)
{
	return list_spec(w->root, 0, next_update(w, p), p, state, spec, d);
}

/* One line for people: what is written there is what will be made. */
static enum status
list_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct crl_want *w = want;
	char span[SIGNER_SPAN_SIZE];
	struct crl_spec spec = { 0 };
	enum status rc;

	(void)item;
	TRY(want_spec(w, p, state, &spec, d));
	signer_span(p, spec.next_update, next_update(w, p), w->days, "days",
	    span);
	TRY(text_format(out, d, "sign the %slist of root %s, which revokes %zu "
	    "certificates, for %s", state_last_list(state, w->root) == NULL ?
	    "first " : "", w->root, spec.n, span));
out:
	crl_spec_clear(&spec);
	return rc;
}

/* Every entry of the list before is in this one, as it was: looked for, not
 * taken from how the list was built. */
static enum status
lost_none(const struct state *state, const char *root, const struct crl *crl,
    struct diag *d)
{
	const struct list *last = state_last_list(state, root);
	const struct crl_entry *old;
	struct bytes file = { 0 };
	struct crl *before = NULL;
	size_t at = 0;
	enum status rc;

	if (last == NULL)
		return ST_OK;
	TRY(state_object(state, last->object, &file, d));
	TRY(crl_read(last->object, file.data, file.len, &before, d));
	/* both are in order, so one walk finds them all */
	for (size_t i = 0; i < before->spec.n; i++) {
		old = &before->spec.entries[i];
		while (at < crl->spec.n &&
		    (crl->spec.entries[at].serial_len != old->serial_len ||
		    memcmp(crl->spec.entries[at].serial, old->serial,
		    old->serial_len) != 0))
			at++;
		if (at == crl->spec.n)
			FAIL(d, ST_AUTH, "FORMATS 8.25: entry %zu of the list "
			    "before is lost", i + 1);
	}
	if (crl->spec.number <= before->spec.number)
		FAIL(d, ST_AUTH, "FORMATS 8.23: its number is not greater than "
		    "that of the list before");
out:
	crl_free(before);
	bytes_free(&file);
	return rc;
}

/* As the record says it. */
static enum status
say(const struct crl_want *w, size_t file, const struct crl *c,
    struct facts *f, struct diag *d)
{
	char digest[SHA384_HEX_SIZE], from[CLOCK_TEXT_SIZE],
	    to[CLOCK_TEXT_SIZE];
	enum status rc;

	text_hex(c->id, sizeof(c->id), digest);
	clock_text(c->spec.this_update, from);
	clock_text(c->spec.next_update, to);
	TRY(facts_set(f, d, "root", "%s", w->root));
	TRY(facts_set(f, d, "file", "%zu", file));
	TRY(facts_set(f, d, "number", "%llu",
	    (unsigned long long)c->spec.number));
	TRY(facts_set(f, d, "this-update", "%s", from));
	TRY(facts_set(f, d, "next-update", "%s", to));
	TRY(facts_set(f, d, "entries", "%zu", c->spec.n));
	TRY(facts_set(f, d, "list", "%s", digest));
out:
	return rc;
}

static void
list_name(size_t file, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "lists/%06zu.crl", file);
}

/* --- the one item --- */

static enum status
list_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct crl_want *w = want;
	const struct root *root = state_root(hands->state, w->root);
	const size_t file = hands->state->nlists + 1;
	const struct key *key = NULL;
	struct crl_spec spec = { 0 };
	struct bytes pem = { 0 };
	struct crl *made = NULL;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	(void)item;
	o->kind = "list";
	TRY(want_spec(w, hands->plan, hands->state, &spec, d));
	TRY(hands->root(hands, w->root, &key, d));
	TRY(issue_crl(&spec, key, &root->key, &made, d));
	TRY(cert_pem(&made->der, "X509 CRL", &pem, d));
	TRY(say(w, file, made, &o->facts, d));
	list_name(file, name);
	TRY(outcome_add(o, name, &pem, d));
out:
	crl_free(made);
	crl_spec_clear(&spec);
	bytes_free(&pem);
	return rc;
}

static enum status
list_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct crl_want *w = want;
	const struct root *root = state_root(state, w->root);
	struct crl_spec spec = { 0 };
	struct facts said = { 0 };
	struct crl *c = NULL;
	char name[OBJECT_NAME_SIZE];
	const char *key;
	enum status rc;

	(void)item;
	if (root == NULL)
		FAIL(d, ST_AUTH, "there is no root %s", w->root);
	list_name(state->nlists + 1, name);
	TRY(outcome_is(o, name, d));
	TRY(crl_read(o->objects[0].name, o->objects[0].bytes.data,
	    o->objects[0].bytes.len, &c, d));
	TRY(crl_signed_by(c, &root->key, d));
	TRY(lint_crl(c, d));
	TRY(lost_none(state, w->root, c, d));
	TRY(want_spec(w, p, state, &spec, d));
	TRY(issue_same_crl(c, &spec, d));
	TRY(say(w, state->nlists + 1, c, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the list "
		    "of root %s", key, w->root);
out:
	crl_spec_clear(&spec);
	facts_clear(&said);
	crl_free(c);
	return rc;
}

const struct step_kind crl_step = {
	.word = "crl",
	.title = "Sign the list",
	.keys = keys,
	.makes = "list",
	.read = list_read,
	.check = list_check,
	.count = list_count,
	.show = list_show,
	.perform = list_perform,
	.verify = list_verify,
	.free = list_free,
};
