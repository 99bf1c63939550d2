/* see destroy.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/destroy.h"
#include "ceremony/loose.h"
#include "lib/base/text.h"

#define BURN_MAX 256 /* sheets of one section */
#define KEPT_SIZE 4096 /* bytes: two numbers of each */

/* What is destroyed.  FORMATS 3.72 is this table. */
enum what { WHAT_SHEETS, WHAT_FOUND, WHAT_ROOT };
static const char *const whats[] = { "sheets", SHEET_FOUND, "root" };
#define WHAT_CHOICES "sheets|" SHEET_FOUND "|root"

struct destroy {
	const struct ini_section *section; /* borrowed, as the next are */
	const char *root;
	enum what what;
	unsigned epoch; /* 0: of all */
	unsigned number[LOOSE_NUMBERS_MAX];
	size_t n; /* 0: all that are there */
	const char *waive; /* or NULL */
};

static const struct plan_key keys[] = {
	{ "root", PT_WORD, true, false, NULL },
	{ "what", PT_CHOICE, false, false, WHAT_CHOICES },
	{ "epoch", PT_INT, false, false, NULL },
	{ "sheets", PT_TEXT, false, false, NULL },
	LOOSE_KEYS,
	{ 0 }
};

/* --- the row's own reading --- */

static void
destroy_free(void *want)
{
	free(want);
}

static enum what
find_what(const char *word)
{
	for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++) {
		if (strcmp(whats[i], word) == 0)
			return (enum what)i;
	}
	return WHAT_SHEETS;
}

static enum status
read_sheets(const struct plan *p, const struct ini_section *s,
    struct destroy *w, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "sheets", NULL);
	enum status rc;

	w->epoch = (unsigned)plan_int(s, "epoch", 0);
	if (w->what == WHAT_ROOT && (w->epoch != 0 || e != NULL))
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.72: %s",
		    "with what = root it is all sheets of all epochs");
	if (w->what != WHAT_ROOT && w->epoch == 0)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.72: %s",
		    "it needs epoch: the number that stands on the sheets");
	if (e != NULL && strcmp(e->value, "all") != 0)
		TRY(loose_numbers(p, e, w->number, &w->n, d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
destroy_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct destroy *w = NULL;
	enum status rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w->section = s;
	w->root = plan_text(s, "root", "");
	w->what = find_what(plan_text(s, "what", whats[WHAT_SHEETS]));
	TRY(read_sheets(p, s, w, d));
	TRY(loose_waive(p, s, &w->waive, d));
	*want = w;
	w = NULL;
	rc = ST_OK;
out:
	destroy_free(w);
	return rc;
}

/* --- which sheets, and whether they may --- */

struct pyre {
	const struct sheet_set *set[BURN_MAX];
	unsigned at[BURN_MAX]; /* 0.. in it */
	size_t n;
};

static bool
is_named(const struct destroy *w, size_t i)
{
	for (size_t k = 0; k < w->n; k++) {
		if (w->number[k] == i + 1)
			return true;
	}
	return w->n == 0;
}

static bool
can_burn(const struct destroy *w, const struct sheet_set *set, size_t i)
{
	return w->what == WHAT_FOUND ? set->sheets[i].lost > 0 :
				       sheet_there(set, i);
}

/* A sheet that the plan names, and that is not there to be burnt. */
static enum status
refuse_missing(const struct destroy *w, const struct sheet_set *set,
    struct diag *d)
{
	unsigned number;

	for (size_t k = 0; k < w->n; k++) {
		number = w->number[k];
		if (number > set->n)
			return diag_set(d, ST_POLICY, "FORMATS 3.72: root %s "
			    "has no sheet %u of epoch %u", w->root, number,
			    set->epoch);
		if (can_burn(w, set, number - 1))
			continue;
		if (w->what == WHAT_FOUND)
			return diag_set(d, ST_POLICY, "FORMATS 3.72: no copy "
			    "of sheet %u of root %s, epoch %u, was lost",
			    number, w->root, set->epoch);
		if (set->sheets[number - 1].destroyed != 0)
			return diag_set(d, ST_POLICY, "FORMATS 3.72: sheet %u "
			    "of root %s, epoch %u, was destroyed in ceremony "
			    "%u", number, w->root, set->epoch,
			    set->sheets[number - 1].destroyed);
		return diag_set(d, ST_POLICY, "FORMATS 3.72: sheet %u of root "
		    "%s, epoch %u, was never written", number, w->root,
		    set->epoch);
	}
	return ST_OK;
}

static enum status
gather(const struct destroy *w, const struct state *state, struct pyre *out,
    struct diag *d)
{
	const struct sheet_set *set;
	bool any = false;
	enum status rc;

	out->n = 0;
	for (size_t s = 0; s < state->nsets; s++) {
		set = &state->sets[s];
		if (strcmp(set->root, w->root) != 0 ||
		    (w->epoch != 0 && set->epoch != w->epoch))
			continue;
		any = true;
		TRY(refuse_missing(w, set, d));
		for (size_t i = 0; i < set->n; i++) {
			if (!is_named(w, i) || !can_burn(w, set, i))
				continue;
			if (out->n == BURN_MAX)
				FAIL(d, ST_POLICY, "FORMATS 3.72: more than "
				    "%d sheets", BURN_MAX);
			out->set[out->n] = set;
			out->at[out->n++] = (unsigned)i;
		}
	}
	if (!any)
		FAIL(d, ST_POLICY, "FORMATS 3.72: there are no sheets of root "
		    "%s%s from a ceremony before", w->root,
		    w->epoch == 0 ? "" : " of that epoch");
	if (out->n == 0)
		FAIL(d, ST_POLICY, "FORMATS 3.72: no sheet of root %s is there "
		    "to be destroyed", w->root);
	rc = ST_OK;
out:
	return rc;
}

/* Whether the live set, without what is burnt, still opens the root. */
static bool
leaves_quorum(const struct destroy *w, const struct pyre *pyre,
    const struct sheet_set *live)
{
	bool gone[SHEETS_MAX] = { false };

	if (live == NULL || w->what == WHAT_FOUND)
		return true;
	for (size_t i = 0; i < pyre->n; i++) {
		if (pyre->set[i] == live)
			gone[pyre->at[i]] = true;
	}
	return sheet_set_opens(live, gone);
}

/* As the last, by what people saw: a sheet that is missing or damaged opens
 * nothing.  Of what burns no sheet of the live set nothing is said. */
static enum status
check_left(const struct destroy *w, const struct pyre *pyre,
    const struct state *state, bool reshared, struct diag *d)
{
	const struct root *root = state_root(state, w->root);
	const struct sheet_set *live = reshared ? NULL :
	    state_live_set(state, w->root);
	bool gone[SHEETS_MAX] = { false }, any = false;

	if (w->waive != NULL || w->what != WHAT_SHEETS || live == NULL ||
	    root == NULL || root->retired != 0)
		return ST_OK;
	for (size_t i = 0; i < live->n; i++)
		gone[i] = sheet_amiss(&live->sheets[i]) &&
		    live->sheets[i].found != SHEET_ABSENT;
	for (size_t i = 0; i < pyre->n; i++) {
		if (pyre->set[i] != live)
			continue;
		gone[pyre->at[i]] = any = true;
	}
	if (!any || sheet_set_opens(live, gone))
		return ST_OK;
	return diag_set(d, ST_POLICY, "FORMATS 3.72: nothing would open root "
	    "%s any more: too few of its sheets are left, those not counted "
	    "that a check-up found missing or damaged, unless somebody answers "
	    "for it by name (waive)", w->root);
}

/* What would leave a root that is in use without a quorum is refused. */
static enum status
check_pyre(const struct destroy *w, const struct pyre *pyre,
    const struct state *state, bool reshared, struct diag *d)
{
	const struct root *root = state_root(state, w->root);
	const struct sheet_set *live = reshared ? NULL :
	    state_live_set(state, w->root);
	const bool retired = root == NULL || root->retired != 0;

	if (w->waive != NULL || retired)
		return ST_OK;
	if (w->what == WHAT_ROOT)
		return diag_set(d, ST_POLICY, "FORMATS 3.72: root %s is not "
		    "retired: its sheets are not all destroyed, unless "
		    "somebody answers for it by name (waive)", w->root);
	if (!leaves_quorum(w, pyre, live))
		return diag_set(d, ST_POLICY, "FORMATS 3.72: nothing would "
		    "open root %s any more: too few of its sheets are left, "
		    "unless somebody answers for it by name (waive)", w->root);
	return ST_OK;
}

/* --- before anything burns --- */

/* Whether a section has the root do something. */
static bool
uses_root(const struct ini_section *s, const char *root)
{
	static const char *const words[] = { "by", "old", "new", "root" };

	if (strcmp(s->kind, "destroy") == 0)
		return false;
	if (s->name != NULL && strcmp(s->name, root) == 0 &&
	    (strcmp(s->kind, "reshare") == 0 ||
	    strcmp(s->kind, "certify") == 0))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (plan_lists(s, words[i], root))
			return true;
	}
	return false;
}

/* After a cut all of a ceremony is computed again: a root that signed in it is
 * opened once more. */
static enum status
check_unused(const struct destroy *w, const struct plan *p, struct diag *d)
{
	const struct ini_section *s;
	enum status rc;

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		if (uses_root(s, w->root))
			PLAN_FAIL(d, ST_POLICY, p, w->section->line, "FORMATS "
			    "3.72: [%s %s] opens root %s in this ceremony, "
			    "which after a cut it takes a quorum to go on "
			    "with: destroy its sheets in the next", s->kind,
			    s->name == NULL ? "" : s->name, w->root);
	}
	rc = ST_OK;
out:
	return rc;
}

/* Two sections would each count what the other burns. */
static enum status
check_once(const struct destroy *w, const struct plan *p, struct diag *d)
{
	const struct ini_section *s = w->section;
	enum status rc;

	while ((s = loose_above(p, s->line, "destroy", w->root)) != NULL) {
		if (w->epoch == 0 || plan_int(s, "epoch", 0) == 0 ||
		    plan_int(s, "epoch", 0) == w->epoch)
			PLAN_FAIL(d, ST_POLICY, p, w->section->line, "FORMATS "
			    "3.72: [destroy %s] above is of these sheets too: "
			    "one section for one epoch", s->name);
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
destroy_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct destroy *w = want;
	const size_t line = w->section->line;
	const bool reshared = loose_above(p, line, "reshare", w->root) != NULL;
	struct pyre pyre;
	enum status rc;

	(void)promises;
	TRY(plan_at(p, line, gather(w, before, &pyre, d), d));
	TRY(plan_at(p, line, check_pyre(w, &pyre, before, reshared, d), d));
	TRY(plan_at(p, line, check_left(w, &pyre, before, reshared, d), d));
	TRY(check_once(w, p, d));
	if (w->what == WHAT_ROOT || (!reshared && !leaves_quorum(w, &pyre,
	    state_live_set(before, w->root))))
		TRY(check_unused(w, p, d));
out:
	return rc;
}

static enum status
destroy_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct destroy *w = want;
	struct pyre pyre;
	enum status rc;

	TRY(gather(w, before, &pyre, d));
	for (size_t i = 0; i < pyre.n; i++)
		TRY(loose_tell(pyre.set[i], pyre.at[i], out, d));
out:
	return rc;
}

static size_t
destroy_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- its item --- */

static enum status
destroy_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct destroy *w = want;
	struct pyre pyre;
	enum status rc;

	(void)item;
	TRY(gather(w, state, &pyre, d));
	TRY(text_format(out, d, "destroy %zu %s of root %s; %s sees each of "
	    "them burnt", pyre.n, w->what == WHAT_FOUND ?
	    "sheets that were lost and found" : "sheets", w->root,
	    p->witness));
out:
	return rc;
}

/* "Did bruno see it burnt: sheet 2 of root g1, ..., check words acid acne
 * acquire?" */
static enum status
ask(const struct destroy *w, const struct sheet_set *set, unsigned i,
    struct hands *hands, struct diag *d)
{
	char line[SHEET_LINE_SIZE], check[32];
	struct bytes question = { 0 };
	enum status rc;

	sheet_line(set, i, line);
	sheet_check_words(set->sheets[i].commitment, check);
	TRY(text_format(&question, d, "Did %s see it burnt: %s%s, check words "
	    "%s?", hands->plan->witness, w->what == WHAT_FOUND ?
	    "the copy that was lost of " : "", line, check));
	TRY(hands->confirm(hands, (const char *)question.data, d));
out:
	bytes_free(&question);
	return rc;
}

static enum status
say_pyre(const struct destroy *w, const struct pyre *pyre,
    const struct plan *p, struct facts *f, struct diag *d)
{
	const struct sheet *s;
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", w->root));
	TRY(facts_set(f, d, "what", "%s", whats[w->what]));
	for (size_t i = 0; i < pyre->n; i++) {
		s = &pyre->set[i]->sheets[pyre->at[i]];
		TRY(facts_add(f, d, "sheets", "%u %u %s %s",
		    pyre->set[i]->epoch, s->number, s->holder,
		    s->place[0] == '\0' ? "-" : s->place));
	}
	TRY(facts_set(f, d, "witness", "%s", p->witness));
	if (w->waive != NULL)
		TRY(facts_set(f, d, "waived", "%s", w->waive));
out:
	return rc;
}

/* "1/2 1/3": sheets that nobody saw burnt, or "none". */
static void
kept_text(const struct pyre *pyre, const bool kept[BURN_MAX],
    char out[KEPT_SIZE])
{
	size_t at = 0;

	for (size_t i = 0; i < pyre->n && at < KEPT_SIZE; i++) {
		if (kept[i])
			at += (size_t)snprintf(out + at, KEPT_SIZE - at,
			    "%s%u/%u", at == 0 ? "" : " ", pyre->set[i]->epoch,
			    pyre->at[i] + 1);
	}
	if (at == 0)
		snprintf(out, KEPT_SIZE, "none");
}

static enum status
destroy_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct destroy *w = want;
	bool kept[BURN_MAX] = { false };
	const struct sheet *sheet;
	char text[KEPT_SIZE];
	struct pyre pyre;
	size_t left = 0;
	enum status rc;

	(void)item;
	o->kind = "destroyed";
	TRY(gather(w, hands->state, &pyre, d));
	TRY(check_pyre(w, &pyre, hands->state, false, d));
	TRY(check_left(w, &pyre, hands->state, false, d));
	for (size_t i = 0; i < pyre.n; i++) {
		sheet = &pyre.set[i]->sheets[pyre.at[i]];
		if (w->what != WHAT_FOUND)
			TRY(hands->fetched(hands, pyre.set[i], sheet, d));
		rc = ask(w, pyre.set[i], pyre.at[i], hands, d);
		if (rc != ST_OK && rc != ST_POLICY)
			goto out;
		kept[i] = rc == ST_POLICY;
		left += kept[i];
		diag_clear(d);
	}
	if (left == pyre.n)
		FAIL(d, ST_POLICY, "FORMATS 3.72: no sheet of root %s was "
		    "burnt", w->root);
	TRY(say_pyre(w, &pyre, hands->plan, &o->facts, d));
	kept_text(&pyre, kept, text);
	TRY(facts_set(&o->facts, d, "kept", "%s", text));
out:
	return rc;
}

/* What was kept is sheets of the plan, not all of them, in one spelling. */
static enum status
verify_kept(const struct destroy *w, const struct pyre *pyre,
    const char *said, struct diag *d)
{
	bool kept[BURN_MAX] = { false };
	char one[32], text[KEPT_SIZE];
	size_t left = 0;

	for (size_t i = 0; i < pyre->n; i++) {
		snprintf(one, sizeof(one), "%u/%u", pyre->set[i]->epoch,
		    pyre->at[i] + 1);
		kept[i] = text_listed(said, ' ', one);
		left += kept[i];
	}
	kept_text(pyre, kept, text);
	if (left == pyre->n || strcmp(text, said) != 0)
		return diag_set(d, ST_AUTH, "sheets of root %s were kept that "
		    "the plan does not have", w->root);
	return ST_OK;
}

static enum status
destroy_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct destroy *w = want;
	const char *key, *kept;
	struct facts said = { 0 };
	struct pyre pyre;
	enum status rc;

	(void)item;
	if (strcmp(o->kind, "destroyed") != 0 || o->n != 0)
		FAIL(d, ST_AUTH, "it does not destroy sheets of root %s",
		    w->root);
	TRY(gather(w, state, &pyre, d));
	TRY(check_pyre(w, &pyre, state, false, d));
	TRY(say_pyre(w, &pyre, p, &said, d));
	if ((key = facts_differ(&said, &o->facts, state_trusted(o->kind))) !=
	    NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than plan and "
		    "state for what is destroyed of root %s", key, w->root);
	TRY(facts_need(&o->facts, "kept", &kept, d));
	TRY(verify_kept(w, &pyre, kept, d));
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind destroy_step = {
	.word = "destroy",
	.title = "Destroy sheets",
	.keys = keys,
	.makes = "ashes",
	.read = destroy_read,
	.check = destroy_check,
	.tell = destroy_tell,
	.count = destroy_count,
	.show = destroy_show,
	.perform = destroy_perform,
	.verify = destroy_verify,
	.free = destroy_free,
};
