/* see account.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/pki/lint.h"
#include "lib/record/signer.h"
#include "revocation/account.h"
#include "revocation/notice.h"
#include "revocation/reason.h"
#include "revocation/release.h"

#define PUBLISHED_MAX 1048576 /* bytes; as any file of a plan */
#define SERIAL_SIZE (2 * CRL_SERIAL_MAX + 1)
#define DIGITS 6	      /* of an envelope's number */
#define EPOCH_SHIFT 32	      /* FORMATS 8.23: the upper half of a number */

struct range {
	size_t from, to; /* envelopes, 1.. */
};

struct file {
	char name[65];
	struct bytes bytes; /* owned */
};

struct account {
	const char *name, *root; /* borrowed from the plan */
	const struct plan *plan;
	size_t line;
	bool all; /* are intact */
	struct range *intact; /* owned */
	size_t nintact;
	struct file *notice; /* owned */
	size_t nnotices;
	char published_name[65];
	struct crl *published; /* owned; NULL: none */
};

static const struct plan_key keys[] = {
	{ "by", PT_WORD, true, false, NULL },
	{ "intact", PT_TEXT, true, false, NULL },
	{ "journal", PT_FILE, false, true, NULL },
	{ "published", PT_FILE, false, false, NULL },
	{ 0 }
};

/* --- the row's own reading --- */

static void
account_free(void *want)
{
	struct account *w = want;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->nnotices; i++)
		bytes_free(&w->notice[i].bytes);
	free(w->notice);
	free(w->intact);
	crl_free(w->published);
	free(w);
}

/* "000004", as it stands on the envelope. */
static bool
read_envelope(const char **at, size_t *out)
{
	size_t n = 0;

	for (int i = 0; i < DIGITS; i++, ++*at) {
		if (**at < '0' || **at > '9')
			return false;
		n = 10 * n + (size_t)(**at - '0');
	}
	*out = n;
	return n > 0;
}

/* "000001-000003, 000007" */
static enum status
read_ranges(const char *at, struct account *w, struct diag *d)
{
	struct range *r;
	enum status rc;

	for (;;) {
		if ((r = GROW(w->intact, w->nintact)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		if (!read_envelope(&at, &r->from))
			break;
		r->to = r->from;
		if (*at == '-' && (at++, !read_envelope(&at, &r->to)))
			break;
		if (r->to < r->from)
			break;
		if (*at == '\0')
			return ST_OK;
		if (strncmp(at, ", ", 2) != 0)
			break;
		at += 2;
	}
	rc = diag_set(d, ST_FORMAT, "FORMATS 3.51: intact is \"all\", \"none\" "
	    "or numbers of %d digits, as in \"000001-000003, 000007\"",
	    DIGITS);
out:
	return rc;
}

static enum status
read_intact(const struct ini_section *s, struct account *w, struct diag *d)
{
	const char *text = plan_text(s, "intact", "");

	w->all = strcmp(text, "all") == 0;
	if (w->all || strcmp(text, "none") == 0)
		return ST_OK;
	return read_ranges(text, w, d);
}

static enum status
read_files(const struct plan *p, const struct ini_section *s,
    struct account *w, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "published", NULL);
	struct bytes bytes = { 0 };
	struct file *f;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->entries[i].key, "journal") != 0)
			continue;
		if ((f = GROW(w->notice, w->nnotices)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		TRY(plan_file(p, &s->entries[i], NOTICE_MAX, &f->bytes,
		    f->name, sizeof(f->name), d));
	}
	if (e == NULL)
		return ST_OK;
	TRY(plan_file(p, e, PUBLISHED_MAX, &bytes, w->published_name,
	    sizeof(w->published_name), d));
	TRY(crl_read(w->published_name, bytes.data, bytes.len, &w->published,
	    d));
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
account_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct account *w = NULL;
	enum status rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w->name = s->name;
	w->line = s->line;
	w->plan = p;
	w->root = plan_text(s, "by", "");
	TRY(plan_at(p, s->line, read_intact(s, w, d), d));
	TRY(read_files(p, s, w, d));
	*want = w;
	w = NULL;
out:
	account_free(w);
	return rc;
}

/* --- what became of each envelope --- */

enum fate { NOT_OURS, INTACT, RELEASED, UNACCOUNTED };

struct tally {
	enum fate *fate;	/* owned; by place in the state's table */
	struct notice *notice;	/* owned; the earliest of each released one */
	struct crl_spec revoked; /* what lists revoke and the state did not */
	size_t n[UNACCOUNTED + 1];
};

static void
tally_clear(struct tally *t)
{
	free(t->fate);
	free(t->notice);
	crl_spec_clear(&t->revoked);
	memset(t, 0, sizeof(*t));
}

static bool
is_intact(const struct account *w, size_t envelope)
{
	if (w->all)
		return true;
	for (size_t i = 0; i < w->nintact; i++) {
		if (envelope >= w->intact[i].from &&
		    envelope <= w->intact[i].to)
			return true;
	}
	return false;
}

/* By what the plan says alone: seals were looked at. */
static enum status
take_intact(const struct account *w, const struct state *s, struct tally *t,
    struct diag *d)
{
	const struct sealed *q;

	for (size_t i = 0; i < w->nintact; i++) {
		for (size_t e = w->intact[i].from; e <= w->intact[i].to; e++) {
			q = e <= s->nsealed ? &s->sealed[e - 1] : NULL;
			if (q == NULL || q->accounted ||
			    strcmp(q->root, w->root) != 0)
				return diag_set(d, ST_POLICY, "FORMATS 3.51: "
				    "%06zu is no envelope of root %s that is "
				    "to be accounted for", e, w->root);
		}
	}
	for (size_t i = 0; i < s->nsealed; i++) {
		q = &s->sealed[i];
		if (strcmp(q->root, w->root) == 0 && !q->accounted)
			t->fate[i] = is_intact(w, i + 1) ? INTACT :
							   UNACCOUNTED;
	}
	return ST_OK;
}

static enum status
take_notice(const struct account *w, const struct file *f,
    const struct state *s, struct tally *t, struct diag *d)
{
	const struct sealed *q = NULL;
	struct notice n;
	enum status rc;
	size_t at;

	TRY(notice_check(f->name, &f->bytes, s, w->plan->steps, &n, &q, d));
	at = (size_t)(q - s->sealed);
	if (t->fate[at] == NOT_OURS)
		FAIL(d, ST_POLICY, "%s: FORMATS 3.52: it is of %s, which root "
		    "%s has not to account for", f->name, q->object, w->root);
	if (t->fate[at] == INTACT)
		FAIL(d, ST_POLICY, "%s: FORMATS 3.52: %s released %s, which "
		    "the plan says is intact", f->name, n.by, q->object);
	if (t->fate[at] != RELEASED || n.time < t->notice[at].time)
		t->notice[at] = n;
	t->fate[at] = RELEASED;
out:
	return rc;
}

/* FORMATS 8.24, 8.27: the n-th list of a ceremony is dated n - 1 seconds after
 * it was effective, and its entries at that moment. */
static int64_t
effective_of(const struct sealed *q)
{
	return q->this_update - (int64_t)(q->number & UINT32_MAX) + 1;
}

/* What the lists that are out, or may be, revoke. */
static enum status
add_stopped(const struct state *s, struct tally *t, struct diag *d)
{
	const struct delegation *g;
	struct crl_entry e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsealed; i++) {
		if (t->fate[i] != RELEASED && t->fate[i] != UNACCOUNTED)
			continue;
		for (size_t j = 0; j < s->ndelegations; j++) {
			g = &s->delegations[j];
			if (g->revoked || !sealed_stops(s, &s->sealed[i], g))
				continue;
			e = (struct crl_entry) { .serial_len = CERT_SERIAL_LEN,
				.date = effective_of(&s->sealed[i]),
				.reason = REASON_KEY_COMPROMISE,
				.invalid_since = -1 };
			TRY(text_unhex(g->serial, e.serial, CERT_SERIAL_LEN,
			    d));
			TRY(crl_spec_add(&t->revoked, &e, d));
		}
	}
out:
	return rc;
}

/* What is published and the state does not know, as it is there. */
static enum status
add_published(const struct account *w, const struct state *s,
    struct tally *t, struct diag *d)
{
	char serial[SERIAL_SIZE];
	const struct crl_entry *e;
	enum status rc = ST_OK;

	for (size_t i = 0; w->published != NULL && i < w->published->spec.n;
	     i++) {
		e = &w->published->spec.entries[i];
		text_hex(e->serial, e->serial_len, serial);
		if (!state_revoked(s, w->root, serial))
			TRY(crl_spec_add(&t->revoked, e, d));
	}
out:
	return rc;
}

static enum status
make_tally(const struct account *w, const struct state *s, struct tally *t,
    struct diag *d)
{
	enum status rc;

	t->fate = calloc(s->nsealed + 1, sizeof(*t->fate));
	t->notice = calloc(s->nsealed + 1, sizeof(*t->notice));
	if (t->fate == NULL || t->notice == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take_intact(w, s, t, d));
	for (size_t i = 0; i < w->nnotices; i++)
		TRY(take_notice(w, &w->notice[i], s, t, d));
	for (size_t i = 0; i < s->nsealed; i++)
		t->n[t->fate[i]]++;
	TRY(add_published(w, s, t, d));
	TRY(add_stopped(s, t, d));
out:
	return rc;
}

/* --- check --- */

/* Genuine, and of a ceremony before this one. */
static enum status
check_published(const struct account *w, const struct plan *p,
    const struct root *root, struct diag *d)
{
	const struct crl *c = w->published;
	enum status rc;

	if (c == NULL)
		return ST_OK;
	if ((rc = crl_signed_by(c, &root->key, d)) != ST_OK ||
	    (rc = lint_crl(c, d)) != ST_OK) {
		diag_prefix(d, "%s: FORMATS 3.53", w->published_name);
		goto out;
	}
	if (c->spec.number >> EPOCH_SHIFT >= p->number)
		FAIL(d, ST_POLICY, "%s: FORMATS 3.53: root %s signed it in a "
		    "ceremony %llu: this state is an older one, or somebody "
		    "else has the root", w->published_name, w->root,
		    (unsigned long long)(c->spec.number >> EPOCH_SHIFT));
out:
	return rc;
}

static enum status
account_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct account *w = want;
	const struct root *root = state_root(before, w->root);
	const struct promise *other;
	struct tally t = { 0 };
	enum status rc;

	TRY(signer_check(p, w->line, before, promises, w->root, p->effective,
	    d));
	other = promise_find(promises, account_step.makes, w->root, NULL);
	if (other != NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.50: [account "
		    "%s] has accounted for the lists of root %s", other->name,
		    w->root);
	if (root == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.50: root %s is "
		    "new, and has nothing to account for", w->root);
	TRY(plan_at(p, w->line, check_published(w, p, root, d), d));
	TRY(plan_at(p, w->line, make_tally(w, before, &t, d), d));
	if (t.n[NOT_OURS] == before->nsealed && w->published == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.50: root %s has "
		    "nothing to account for", w->root);
out:
	tally_clear(&t);
	return rc;
}

static bool
account_revokes(const void *want, const struct state *before,
    const struct delegation *g)
{
	const struct account *w = want;
	char serial[SERIAL_SIZE];
	struct tally t = { 0 };
	bool found = false;

	if (make_tally(w, before, &t, NULL) != ST_OK)
		t.revoked.n = 0; /* which account_check has refused */
	for (size_t i = 0; i < t.revoked.n && !found; i++) {
		text_hex(t.revoked.entries[i].serial,
		    t.revoked.entries[i].serial_len, serial);
		found = strcmp(g->root, w->root) == 0 &&
		    strcmp(g->serial, serial) == 0;
	}
	tally_clear(&t);
	return found;
}

static size_t
account_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- for people --- */

static const char *
name_of(const struct state *s, const char *root, const char *serial)
{
	const struct delegation *g = state_delegation(s, serial);

	return g == NULL || strcmp(g->root, root) != 0 ? "-" : g->name;
}

static enum status
append_revoked(const struct account *w, const struct state *s,
    const struct tally *t, struct bytes *out, struct diag *d)
{
	char serial[SERIAL_SIZE];
	const struct crl_entry *e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < t->revoked.n; i++) {
		e = &t->revoked.entries[i];
		text_hex(e->serial, e->serial_len, serial);
		TRY(text_append(out, d, "%s%s (%s)", i == 0 ? "" : ", ",
		    name_of(s, w->root, serial), serial));
	}
	if (t->revoked.n == 0)
		TRY(text_append(out, d, "nothing"));
out:
	return rc;
}

static enum status
account_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct account *w = want;
	struct tally t = { 0 };
	enum status rc;

	(void)item;
	(void)p;
	TRY(make_tally(w, state, &t, d));
	TRY(text_format(out, d, "account for %zu sealed lists of root %s: %zu "
	    "intact, %zu released, %zu not accounted for%s; revoke for good ",
	    t.n[INTACT] + t.n[RELEASED] + t.n[UNACCOUNTED], w->root,
	    t.n[INTACT], t.n[RELEASED], t.n[UNACCOUNTED],
	    w->published == NULL ? "" : ", and the published list"));
	TRY(append_revoked(w, state, &t, out, d));
out:
	tally_clear(&t);
	return rc;
}

/* One line for each list that is out or may be, and what that costs. */
static enum status
tell_one(const struct state *s, const struct tally *t, size_t i,
    struct facts *f, struct diag *d)
{
	const struct sealed *q = &s->sealed[i];
	const struct delegation *g;
	char how[96] = "is not accounted for, and is taken for released";
	struct bytes names = { 0 };
	enum status rc;

	if (t->fate[i] == RELEASED)
		snprintf(how, sizeof(how), "was released by %s",
		    t->notice[i].by);
	TRY(text_format(&names, d, "%s", ""));
	for (size_t j = 0; j < s->ndelegations; j++) {
		g = &s->delegations[j];
		if (!g->revoked && sealed_stops(s, q, g))
			TRY(text_append(&names, d, "%s%s",
			    names.len == 0 ? "" : ", ", g->name));
	}
	TRY(facts_add(f, d, "account", "%s %s: revokes for good: %s",
	    q->object, how, names.len == 0 ? "nothing more" :
	    (const char *)names.data));
out:
	bytes_free(&names);
	return rc;
}

/* A list of this root that its ceremonies made. */
static bool
is_known(const struct state *s, const char *root, uint64_t number)
{
	for (size_t i = 0; i < s->nlists; i++) {
		if (s->lists[i].number == number &&
		    strcmp(s->lists[i].root, root) == 0)
			return true;
	}
	for (size_t i = 0; i < s->nsealed; i++) {
		if (s->sealed[i].number == number &&
		    strcmp(s->sealed[i].root, root) == 0)
			return true;
	}
	return false;
}

/* What is published stays revoked, whoever made it. */
static enum status
tell_published(const struct account *w, const struct state *s,
    struct facts *f, struct diag *d)
{
	const struct crl_spec *list = &w->published->spec;
	char serial[2 * sizeof(list->entries[0].serial) + 1];
	const struct delegation *g;
	struct bytes names = { 0 };
	enum status rc;

	TRY(text_format(&names, d, "%s", ""));
	for (size_t i = 0; i < list->n; i++) {
		text_hex(list->entries[i].serial, list->entries[i].serial_len,
		    serial);
		g = state_delegation(s, serial);
		if (g != NULL && !g->revoked)
			TRY(text_append(&names, d, "%s%s",
			    names.len == 0 ? "" : ", ", g->name));
	}
	TRY(facts_add(f, d, "account", "%s is published: revokes for good: %s",
	    w->published_name, names.len == 0 ? "nothing more" :
	    (const char *)names.data));
	if (!is_known(s, w->root, list->number))
		TRY(facts_add(f, d, "account", "%s: root %s signed it, and no "
		    "ceremony of this state did: find out who has the root",
		    w->published_name, w->root));
out:
	bytes_free(&names);
	return rc;
}

static enum status
account_tell(const void *want, const struct state *before, struct facts *f,
    struct diag *d)
{
	const struct account *w = want;
	struct bytes line = { 0 };
	struct tally t = { 0 };
	enum status rc;

	TRY(make_tally(w, before, &t, d));
	for (size_t i = 0; i < before->nsealed; i++) {
		if (t.fate[i] == RELEASED || t.fate[i] == UNACCOUNTED)
			TRY(tell_one(before, &t, i, f, d));
	}
	if (w->published != NULL)
		TRY(tell_published(w, before, f, d));
	TRY(text_format(&line, d, "root %s: %zu intact; in all, revoked for "
	    "good: ", w->root, t.n[INTACT]));
	TRY(append_revoked(w, before, &t, &line, d));
	TRY(facts_add(f, d, "account", "%s", (const char *)line.data));
out:
	bytes_free(&line);
	tally_clear(&t);
	return rc;
}

/* --- the one item --- */

static enum status
say_fates(const struct state *s, const struct tally *t, struct facts *f,
    struct diag *d)
{
	static const char *const words[] = { NULL, "intact", NULL,
		"unaccounted" };
	char time[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsealed; i++) {
		if (t->fate[i] == RELEASED) {
			clock_text(t->notice[i].time, time);
			TRY(facts_add(f, d, "released", "%06zu %s %s", i + 1,
			    t->notice[i].by, time));
		} else if (t->fate[i] != NOT_OURS) {
			TRY(facts_add(f, d, words[t->fate[i]], "%06zu",
			    i + 1));
		}
	}
out:
	return rc;
}

/* "4c.. key-compromise 2027-03-01T00:00:00Z - gateway" */
static enum status
say_revoked(const struct account *w, const struct state *s,
    const struct crl_entry *e, struct facts *f, struct diag *d)
{
	char serial[SERIAL_SIZE], date[CLOCK_TEXT_SIZE],
	    since[CLOCK_TEXT_SIZE] = "-";

	text_hex(e->serial, e->serial_len, serial);
	clock_text(e->date, date);
	if (e->invalid_since >= 0)
		clock_text(e->invalid_since, since);
	return facts_add(f, d, "revoked", "%s %s %s %s %s", serial,
	    reason_word(e->reason), date, since,
	    name_of(s, w->root, serial));
}

/* As the record says it. */
static enum status
say(const struct account *w, const struct state *s, struct facts *f,
    struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	struct tally t = { 0 };
	enum status rc;

	TRY(make_tally(w, s, &t, d));
	TRY(facts_set(f, d, "root", "%s", w->root));
	TRY(say_fates(s, &t, f, d));
	if (w->published != NULL) {
		text_hex(w->published->id, sizeof(w->published->id), digest);
		TRY(facts_set(f, d, "published", "%llu %s",
		    (unsigned long long)w->published->spec.number, digest));
	}
	for (size_t i = 0; i < t.revoked.n; i++)
		TRY(say_revoked(w, s, &t.revoked.entries[i], f, d));
out:
	tally_clear(&t);
	return rc;
}

static enum status
account_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	(void)item;
	o->kind = "account";
	return say(want, hands->state, &o->facts, d);
}

static enum status
account_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct account *w = want;
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	(void)item;
	(void)p;
	if (strcmp(o->kind, "account") != 0 || o->n != 0)
		FAIL(d, ST_AUTH, "it does not account for the lists of root "
		    "%s", w->root);
	TRY(say(w, state, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the plan "
		    "for the sealed lists of root %s", key, w->root);
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind account_step = {
	.word = "account",
	.title = "Account for the sealed lists",
	.keys = keys,
	.makes = "account",
	.then = "crl",
	.read = account_read,
	.check = account_check,
	.revokes = account_revokes,
	.tell = account_tell,
	.count = account_count,
	.show = account_show,
	.perform = account_perform,
	.verify = account_verify,
	.free = account_free,
};
