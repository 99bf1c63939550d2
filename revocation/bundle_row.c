/* see bundle_row.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/record/signer.h"
#include "revocation/accept.h"
#include "revocation/bundle_row.h"
#include "revocation/make.h"
#include "revocation/offer.h"

struct bundle_want {
	struct offer_signers by;
	struct make_terms terms; /* of a renewal its days alone */
	const struct ini_section *section; /* borrowed from the plan */
};

static const struct plan_key keys[] = {
	{ "by", PT_WORDS, true, false, NULL },
	{ "days", PT_DAYS, true, false, NULL },
	{ "anchors", PT_WORDS, false, false, NULL },
	MAKE_KEYS(false),
	{ 0 }
};

/* What an establishment says in any case; of the next keys, one or more. */
static const char *const needed[] = { "anchors", "threshold",
	"next-threshold", "succession" };

/* --- the row's own reading --- */

static void
row_free(void *want)
{
	free(want);
}

static const struct ini_entry *
anchors_entry(const struct ini_section *s)
{
	return plan_entry(s, "anchors", NULL);
}

static enum status
row_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct bundle_want *w = NULL;
	enum status rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w->section = s;
	TRY(offer_read(p, s, &w->by, d));
	TRY(make_read(p, s, &w->terms, d));
	if (anchors_entry(s) != NULL)
		TRY(plan_words(p, anchors_entry(s), w->terms.anchor,
		    BUNDLE_ANCHORS_MAX, &w->terms.anchors, d));
	*want = w;
	w = NULL;
out:
	row_free(w);
	return rc;
}

/* --- an establishment, before a key is open --- */

static enum status
check_complete(const struct bundle_want *w, const struct plan *p,
    struct diag *d)
{
	const struct ini_section *s = w->section;
	enum status rc;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (plan_entry(s, needed[i], NULL) == NULL)
			PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.31: "
			    "[bundle %s], the first of its state, says no %s",
			    s->name, needed[i]);
	}
	rc = ST_OK;
out:
	return rc;
}

static bool
is_anchor(const struct make_terms *t, const char *name)
{
	for (size_t i = 0; i < t->anchors; i++) {
		if (strcmp(t->anchor[i], name) == 0)
			return true;
	}
	return false;
}

static enum status
check_first(const struct bundle_want *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const size_t line = w->section->line;
	enum status rc;

	TRY(check_complete(w, p, d));
	TRY(make_check(&w->terms, p, before, promises, d));
	for (size_t i = 0; i < w->by.n; i++) {
		if (!is_anchor(&w->terms, w->by.name[i]))
			PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 9.28: root "
			    "%s is no anchor of it: its signature would count "
			    "for nothing", w->by.name[i]);
	}
	if (w->by.n < w->terms.threshold)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 9.28: %zu of its own "
		    "anchors sign it, and %u must", w->by.n,
		    w->terms.threshold);
	rc = ST_OK;
out:
	return rc;
}

/* --- a renewal, before a key is open --- */

static enum status
check_dates(const struct bundle_want *w, const struct plan *p,
    const struct bundle *last, struct diag *d)
{
	const int64_t to = make_days(p, w->terms.days, last->horizon);
	char text[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(last->horizon, text);
	if (to > last->horizon || to <= p->effective)
		PLAN_FAIL(d, ST_POLICY, p, w->section->line, "FORMATS 9.5: it "
		    "would end beyond its horizon, %s: what comes then is an "
		    "establishment", text);
	rc = ST_OK;
out:
	return rc;
}

static enum status
check_signers(const struct bundle_want *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    const struct bundle *last, struct diag *d)
{
	const size_t line = w->section->line;
	const struct root *root;
	enum status rc;

	for (size_t i = 0; i < w->by.n; i++) {
		TRY(signer_check(p, line, before, promises, w->by.name[i],
		    make_days(p, w->terms.days, last->horizon), d));
		root = state_root(before, w->by.name[i]);
		if (root == NULL || bundle_anchor(last, root->key.id) == NULL)
			PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 9.22: root "
			    "%s is no anchor of the bundle before: its "
			    "signature would count for nothing",
			    w->by.name[i]);
	}
	if (w->by.n < last->threshold)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 9.22: %zu of its "
		    "anchors sign it, and %u must", w->by.n, last->threshold);
	rc = ST_OK;
out:
	return rc;
}

static enum status
check_renewal(const struct bundle_want *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct ini_entry *e = anchors_entry(w->section);
	struct bundle *last = NULL;
	enum status rc;

	if (e != NULL || (e = make_entry(w->section)) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, e->line, "FORMATS 3.32: [bundle %s] "
		    "is a renewal, for this state has a bundle: it cannot say "
		    "%s", w->section->name, e->key);
	TRY(make_held(before, state_last_bundle(before), &last, d));
	TRY(check_dates(w, p, last, d));
	TRY(check_signers(w, p, before, promises, last, d));
out:
	bundle_free(last);
	return rc;
}

static enum status
row_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	const struct bundle_want *w = want;
	const struct promise *other;
	enum status rc;

	other = promise_find(promises, bundle_step.makes, NULL, NULL);
	if (other != NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->section->line, "FORMATS 3.31: a "
		    "ceremony makes one bundle, and %s is above", other->name);
	if (before->nbundles == 0)
		return check_first(w, p, before, promises, d);
	return check_renewal(w, p, before, promises, d);
out:
	return rc;
}

static size_t
row_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- the one item --- */

static enum status
make(const struct bundle_want *w, const struct plan *p,
    const struct state *state, struct bundle **out, struct diag *d)
{
	struct bundle *last = NULL;
	enum status rc;

	TRY(make_held(state, state_last_bundle(state), &last, d));
	if (last == NULL)
		TRY(make_establishment(&w->terms, p, state, NULL, out, d));
	else
		TRY(make_renewal(p, w->terms.days, state, last, out, d));
out:
	bundle_free(last);
	return rc;
}

static enum status
row_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct bundle_want *w = want;
	struct bundle *b = NULL;
	enum status rc;

	(void)item;
	TRY(make(w, p, state, &b, d));
	TRY(offer_show(b, w->terms.days, p, state, out, d));
out:
	bundle_free(b);
	return rc;
}

static enum status
row_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct bundle_want *w = want;
	struct bundle *b = NULL;
	enum status rc;

	(void)item;
	o->kind = "bundle";
	TRY(make(w, hands->plan, hands->state, &b, d));
	TRY(offer_sign(b, &w->by, hands, o, d));
out:
	bundle_free(b);
	return rc;
}

static enum status
row_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct bundle_want *w = want;
	struct bundle *b = NULL;
	enum status rc;

	(void)item;
	TRY(make(w, p, state, &b, d));
	TRY(offer_verify(b, &w->by, p, state, o, d));
out:
	bundle_free(b);
	return rc;
}

const struct step_kind bundle_step = {
	.word = "bundle",
	.title = "Sign the trust bundle",
	.keys = keys,
	.makes = "bundle",
	.read = row_read,
	.check = row_check,
	.count = row_count,
	.show = row_show,
	.perform = row_perform,
	.verify = row_verify,
	.free = row_free,
};
