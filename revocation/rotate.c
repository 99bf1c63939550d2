/* see rotate.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/record/signer.h"
#include "revocation/accept.h"
#include "revocation/cross.h"
#include "revocation/make.h"
#include "revocation/offer.h"
#include "revocation/rotate.h"

/* Why a root goes.  FORMATS 3.43 is this table. */
enum old_signs { OLD_SIGNS, OLD_MAY_SIGN, OLD_CANNOT_SIGN };
static const struct reason {
	const char *word;
	enum old_signs old;
	bool blessed; /* new roots vouch for it (RULES B11) */
} reasons[] = {
	{ "routine", OLD_SIGNS, true },
	{ "algorithm", OLD_SIGNS, true },
	{ "lost", OLD_CANNOT_SIGN, true },
	{ ROOT_STOLEN, OLD_MAY_SIGN, false },
};
#define REASON_CHOICES_ROTATE "routine|algorithm|lost|" ROOT_STOLEN

struct rotate {
	const char *name, *old; /* borrowed from the plan */
	size_t line;
	struct offer_signers new, by;
	struct make_terms terms; /* without anchors: those are the state's */
	const struct reason *reason;
	bool old_signs;
};

static const struct plan_key keys[] = {
	{ "by", PT_WORDS, true, false, NULL },
	{ "old", PT_WORD, true, false, NULL },
	{ "new", PT_WORDS, true, false, NULL },
	{ "reason", PT_CHOICE, true, false, REASON_CHOICES_ROTATE },
	{ "days", PT_DAYS, true, false, NULL },
	MAKE_KEYS(true),
	{ 0 }
};

/* --- the row's own reading --- */

static void
rotate_free(void *want)
{
	free(want);
}

static bool
is_among(const struct offer_signers *roots, const char *word)
{
	for (size_t i = 0; i < roots->n; i++) {
		if (strcmp(roots->name[i], word) == 0)
			return true;
	}
	return false;
}

static const struct reason *
find_reason(const char *word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(reasons[i].word, word) == 0)
			return &reasons[i];
	}
	return NULL;
}

static enum status
rotate_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct rotate *w = NULL;
	enum status rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w->name = s->name;
	w->line = s->line;
	w->old = plan_text(s, "old", "");
	w->reason = find_reason(plan_text(s, "reason", ""));
	if (w->reason == NULL)
		FAIL(d, ST_BUG, "a reason that is none");
	TRY(plan_words(p, plan_entry(s, "new", NULL), w->new.name,
	    BUNDLE_ANCHORS_MAX, &w->new.n, d));
	TRY(offer_read(p, s, &w->by, d));
	TRY(make_read(p, s, &w->terms, d));
	w->terms.stolen = w->reason->blessed ? NULL : w->old;
	w->old_signs = is_among(&w->by, w->old);
	*want = w;
	w = NULL;
out:
	rotate_free(w);
	return rc;
}

/* --- items --- */

enum what { NEW_WITH_OLD, OLD_WITH_NEW, THE_BUNDLE, RETIREMENT };

/* Which item ${i} is, and of which cross certificate. */
static enum what
what_is(const struct rotate *w, size_t i, struct cross_terms *v)
{
	const size_t with_old = w->old_signs ? w->new.n : 0;
	const size_t with_new = w->reason->blessed ? w->new.n : 0;

	if (i < with_old) {
		*v = (struct cross_terms){ w->new.name[i], w->old };
		return NEW_WITH_OLD;
	}
	if ((i -= with_old) < with_new) {
		*v = (struct cross_terms){ w->old, w->new.name[i] };
		return OLD_WITH_NEW;
	}
	return i == with_new ? THE_BUNDLE : RETIREMENT;
}

static size_t
rotate_count(const void *want)
{
	const struct rotate *w = want;

	return (w->old_signs ? w->new.n : 0) +
	    (w->reason->blessed ? w->new.n : 0) + 2;
}

/* --- before a key is open --- */

/* The anchors that stay, and those that come. */
static enum status
set_anchors(const struct rotate *w, const struct state *state,
    const struct bundle *last, struct make_terms *t, struct diag *d)
{
	const struct root *root;
	enum status rc;

	*t = w->terms;
	for (size_t i = 0; i < last->anchors; i++) {
		root = make_root(state, last->anchor[i]->key.id);
		if (root == NULL)
			FAIL(d, ST_POLICY, "FORMATS 3.41: anchor %s is no root "
			    "of this state", last->anchor[i]->subject);
		if (strcmp(root->name, w->old) != 0)
			memcpy(t->anchor[t->anchors++], root->name,
			    sizeof(root->name));
	}
	if (t->anchors + w->new.n > BUNDLE_ANCHORS_MAX)
		FAIL(d, ST_POLICY, "FORMATS 9.4: more than %d anchors",
		    BUNDLE_ANCHORS_MAX);
	for (size_t i = 0; i < w->new.n; i++)
		memcpy(t->anchor[t->anchors++], w->new.name[i],
		    sizeof(w->new.name[i]));
	rc = ST_OK;
out:
	return rc;
}

static bool
is_anchor(const struct bundle *last, const struct root *root)
{
	return root != NULL && bundle_anchor(last, root->key.id) != NULL;
}

static enum status
check_old(const struct rotate *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    const struct bundle *last, struct diag *d)
{
	enum status rc;

	if (!is_anchor(last, state_root(before, w->old)))
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.41: root %s is "
		    "no anchor of the last establishment: it cannot go",
		    w->old);
	if (w->reason->old == OLD_SIGNS && !w->old_signs)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.43: root %s "
		    "does not sign: devices that know it alone would not come "
		    "along; if it cannot, the reason is lost", w->old);
	if (w->reason->old == OLD_CANNOT_SIGN && w->old_signs)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.43: root %s "
		    "signs: it is not lost", w->old);
	if (w->old_signs &&
	    promise_find(promises, "list", w->old, NULL) == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.42: [rotate %s] "
		    "wants a [crl] of root %s above it: its last", w->name,
		    w->old);
	rc = ST_OK;
out:
	return rc;
}

static enum status
check_new(const struct rotate *w, const char *name, const struct plan *p,
    const struct state *before, const struct bundle *last, struct diag *d)
{
	const struct root *root = state_root(before, name);
	enum status rc;

	if (root == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.41: no root %s "
		    "is there from a ceremony before: it is committed in no "
		    "bundle", name);
	if (is_anchor(last, root))
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.41: root %s is "
		    "an anchor already", name);
	if (bundle_next(last, root->key.id) == NULL && !last->break_glass)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 9.23: root %s is "
		    "not committed in the last establishment: no device would "
		    "take it", name);
	if (!is_among(&w->by, name))
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.41: root %s "
		    "comes, and does not sign", name);
	rc = ST_OK;
out:
	return rc;
}

/* Keys in the place of signatures: what a device would count. */
static enum status
check_signers(const struct rotate *w, const struct plan *p,
    const struct state *before, const struct bundle *last,
    struct accept_signers *out, struct diag *d)
{
	const struct root *root;
	const char *name;
	enum status rc;

	out->n = 0;
	for (size_t i = 0; i < w->by.n; i++) {
		name = w->by.name[i];
		TRY(signer_issues(p, w->line, before, name, d));
		root = state_root(before, name);
		if (root == NULL || (!is_anchor(last, root) &&
		    !is_among(&w->new, name)))
			PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 9.23: "
			    "root %s is neither an anchor nor a new one: its "
			    "signature would count for nothing", name);
		memcpy(out->key[out->n++], root->key.id, SHA384_LEN);
	}
	rc = ST_OK;
out:
	return rc;
}

/* As a device will judge it that holds the last establishment. */
static enum status
check_taken(const struct make_terms *t, const struct accept_signers *by,
    const struct plan *p, const struct state *before,
    const struct bundle *last, struct diag *d)
{
	const struct accept_clock clock = { p->effective, true };
	struct bundle *dry = NULL;
	enum status rc;

	TRY(make_dry(t, p, before, last, &dry, d));
	TRY(accept_follows(last, dry, by, &clock, d));
out:
	bundle_free(dry);
	return rc;
}

static enum status
check_roots(const struct rotate *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    const struct bundle *last, struct diag *d)
{
	struct accept_signers by;
	struct make_terms t;
	enum status rc;

	TRY(check_old(w, p, before, promises, last, d));
	for (size_t i = 0; i < w->new.n; i++)
		TRY(check_new(w, w->new.name[i], p, before, last, d));
	TRY(check_signers(w, p, before, last, &by, d));
	TRY(set_anchors(w, before, last, &t, d));
	TRY(make_check(&t, p, before, promises, d));
	TRY(plan_at(p, w->line, check_taken(&t, &by, p, before, last, d), d));
out:
	return rc;
}

static enum status
rotate_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct rotate *w = want;
	const struct promise *other;
	struct bundle *last = NULL;
	enum status rc;

	other = promise_find(promises, rotate_step.makes, NULL, NULL);
	if (other != NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.31: a ceremony "
		    "makes one bundle, and %s is above", other->name);
	if (before->nbundles == 0)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.41: [rotate %s] "
		    "follows a bundle, and there is none: [bundle] makes the "
		    "first", w->name);
	TRY(make_held(before, state_established(before), &last, d));
	TRY(check_roots(w, p, before, promises, last, d));
out:
	bundle_free(last);
	return rc;
}

/* --- the bundle --- */

static enum status
make(const struct rotate *w, const struct plan *p, const struct state *state,
    struct bundle **out, struct diag *d)
{
	struct bundle *last = NULL;
	struct make_terms t;
	enum status rc;

	*out = NULL;
	TRY(make_held(state, state_established(state), &last, d));
	if (last == NULL)
		FAIL(d, ST_AUTH, "FORMATS 3.41: there is no bundle to follow");
	TRY(set_anchors(w, state, last, &t, d));
	TRY(make_establishment(&t, p, state, last, out, d));
out:
	bundle_free(last);
	return rc;
}

static enum status
show_bundle(const struct rotate *w, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	struct bundle *b = NULL;
	enum status rc;

	TRY(make(w, p, state, &b, d));
	TRY(offer_show(b, w->terms.days, p, state, out, d));
out:
	bundle_free(b);
	return rc;
}

static enum status
perform_bundle(const struct rotate *w, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	struct bundle *b = NULL;
	enum status rc;

	TRY(make(w, hands->plan, hands->state, &b, d));
	TRY(offer_sign(b, &w->by, hands, o, d));
out:
	bundle_free(b);
	return rc;
}

static enum status
verify_bundle(const struct rotate *w, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	struct bundle *b = NULL;
	enum status rc;

	TRY(make(w, p, state, &b, d));
	TRY(offer_verify(b, &w->by, p, state, o, d));
out:
	bundle_free(b);
	return rc;
}

/* --- the retirement --- */

static enum status
say_retired(const struct rotate *w, struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", w->old));
	TRY(facts_set(f, d, "reason", "%s", w->reason->word));
	TRY(facts_set(f, d, "successor", "%s", w->new.name[0]));
out:
	return rc;
}

static enum status
verify_retired(const struct rotate *w, const struct outcome *o,
    struct diag *d)
{
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	if (strcmp(o->kind, "retired") != 0 || o->n != 0)
		FAIL(d, ST_AUTH, "it does not retire root %s", w->old);
	TRY(say_retired(w, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the plan "
		    "for the retirement of root %s", key, w->old);
out:
	facts_clear(&said);
	return rc;
}

/* --- the row --- */

static enum status
rotate_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct rotate *w = want;
	struct cross_terms v;

	switch (what_is(w, item, &v)) {
	case NEW_WITH_OLD:
	case OLD_WITH_NEW:
		return cross_show(&v, p, state, out, d);
	case THE_BUNDLE:
		return show_bundle(w, p, state, out, d);
	case RETIREMENT:
	default:
		return text_format(out, d, "retire root %s (%s): from here on "
		    "it signs lists alone; its sheets are to be destroyed",
		    w->old, w->reason->word);
	}
}

static enum status
rotate_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct rotate *w = want;
	struct cross_terms v;

	switch (what_is(w, item, &v)) {
	case NEW_WITH_OLD:
	case OLD_WITH_NEW:
		return cross_perform(&v, hands, o, d);
	case THE_BUNDLE:
		return perform_bundle(w, hands, o, d);
	case RETIREMENT:
	default:
		o->kind = "retired";
		return say_retired(w, &o->facts, d);
	}
}

static enum status
rotate_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct rotate *w = want;
	struct cross_terms v;

	switch (what_is(w, item, &v)) {
	case NEW_WITH_OLD:
	case OLD_WITH_NEW:
		return cross_verify(&v, p, state, o, d);
	case THE_BUNDLE:
		return verify_bundle(w, p, state, o, d);
	case RETIREMENT:
	default:
		return verify_retired(w, o, d);
	}
}

const struct step_kind rotate_step = {
	.word = "rotate",
	.title = "Replace a root",
	.keys = keys,
	.makes = "bundle",
	.read = rotate_read,
	.check = rotate_check,
	.count = rotate_count,
	.show = rotate_show,
	.perform = rotate_perform,
	.verify = rotate_verify,
	.free = rotate_free,
};
