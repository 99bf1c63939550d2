/* see checkup.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/checkup.h"
#include "ceremony/loose.h"
#include "ceremony/visit.h"
#include "lib/base/text.h"

struct checkup {
	const char *root; /* borrowed, as the next is */
	const char *waive; /* a person's word, or NULL */
	size_t line;
	bool all; /* of the live set: the state says how many */
	unsigned epoch; /* of that set; 0: there is none */
	unsigned number[SHEETS_MAX];
	size_t n;
};

static const struct plan_key keys[] = {
	{ "root", PT_WORD, true, false, NULL },
	{ "sheets", PT_TEXT, false, false, NULL },
	LOOSE_KEYS,
	{ 0 }
};

static void
checkup_free(void *want)
{
	free(want);
}

static enum status
checkup_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	const struct ini_entry *sheets = plan_entry(s, "sheets", NULL);
	struct checkup *c = NULL;
	enum status rc;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	c->root = plan_text(s, "root", "");
	c->line = s->line;
	c->all = sheets == NULL || strcmp(sheets->value, "all") == 0;
	TRY(loose_waive(p, s, &c->waive, d));
	if (!c->all)
		TRY(loose_numbers(p, sheets, c->number, &c->n, d));
	*want = c;
	c = NULL;
	rc = ST_OK;
out:
	checkup_free(c);
	return rc;
}

/* How many sheets there are is known from the state alone. */
static enum status
checkup_settle(void *want, const struct plan *p, const struct state *before,
    struct diag *d)
{
	struct checkup *c = want;
	const struct sheet_set *set = state_live_set(before, c->root);
	enum status rc;

	if (set == NULL)
		PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: root %s has "
		    "no live sheets", c->root);
	c->epoch = set->epoch;
	if (c->all)
		c->n = 0;
	for (size_t i = 0; c->all && i < set->n; i++) {
		if (set->sheets[i].destroyed == 0)
			c->number[c->n++] = set->sheets[i].number;
	}
	if (c->n == 0)
		PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: all sheets "
		    "of root %s were destroyed", c->root);
	if (c->number[c->n - 1] > set->n)
		PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: root %s has "
		    "%zu sheets, and no sheet %u", c->root, set->n,
		    c->number[c->n - 1]);
	rc = ST_OK;
out:
	return rc;
}

/* Whether a row of the plan opens that root: its sheets meet then anyway. */
static bool
opens(const struct plan *p, const char *root)
{
	for (size_t i = 0; i < p->ini->n; i++) {
		if (plan_lists(&p->ini->sections[i], "by", root))
			return true;
	}
	return false;
}

/* Sheets of this root that this row and those above it look at, by group. */
static enum status
count_together(const struct checkup *c, const struct sheet_set *set,
    const struct promises *promises, const struct plan *p,
    unsigned there[SLIP39_GROUPS_MAX], bool *waived, struct diag *d)
{
	bool seen[SHEETS_MAX + 1] = { false };
	const struct checkup *o;
	const struct promise *q;
	enum status rc;

	*waived = c->waive != NULL;
	for (size_t i = 0; i <= promises->n; i++) {
		q = i < promises->n ? &promises->promise[i] : NULL;
		if (q != NULL && q->row != &checkup_step)
			continue;
		o = q == NULL ? c : q->want;
		if (strcmp(o->root, c->root) != 0)
			continue;
		*waived = *waived || o->waive != NULL;
		for (size_t j = 0; j < o->n; j++) {
			if (seen[o->number[j]])
				PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS "
				    "3.80: sheet %u of root %s is looked at "
				    "twice", o->number[j], c->root);
			seen[o->number[j]] = true;
			there[set->sheets[o->number[j] - 1].group]++;
		}
	}
	rc = ST_OK;
out:
	return rc;
}

/* What rows above leave nothing of cannot be looked at: such a plan would never
 * come to its end. */
static enum status
check_above(const struct checkup *c, const struct sheet_set *set,
    const struct plan *p, struct diag *d)
{
	enum status rc;

	if (loose_above(p, c->line, "reshare", c->root) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: [reshare "
		    "%s] above replaces all sheets of it", c->root);
	for (size_t i = 0; i < c->n; i++) {
		if (set->sheets[c->number[i] - 1].destroyed != 0)
			PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: "
			    "sheet %u of root %s was destroyed in ceremony %u",
			    c->number[i], c->root,
			    set->sheets[c->number[i] - 1].destroyed);
		if (loose_burnt_above(p, c->line, set, c->number[i]))
			PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.80: "
			    "sheet %u of root %s is destroyed above",
			    c->number[i], c->root);
	}
	rc = ST_OK;
out:
	return rc;
}

/* One machine that reads enough sheets to open a root, one after another, could
 * keep them (RULES S4). */
static enum status
checkup_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct checkup *c = want;
	const struct sheet_set *set = state_live_set(before, c->root);
	unsigned there[SLIP39_GROUPS_MAX] = { 0 }, full = 0;
	bool waived = false;
	enum status rc;

	if (set == NULL)
		FAIL(d, ST_BUG, "a check-up of root %s was not settled",
		    c->root);
	TRY(check_above(c, set, p, d));
	TRY(count_together(c, set, promises, p, there, &waived, d));
	for (size_t g = 0; g < set->scheme.groups; g++)
		full += there[g] >= set->scheme.group[g].need;
	if (full >= set->scheme.need && !waived && !opens(p, c->root))
		PLAN_FAIL(d, ST_POLICY, p, c->line, "FORMATS 3.81: enough "
		    "sheets to open root %s would be read on one machine: "
		    "name fewer in `sheets`, or say `waive = PERSON`",
		    c->root);
out:
	return rc;
}

static enum status
checkup_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct checkup *c = want;

	(void)before;
	if (c->waive == NULL)
		return ST_OK;
	return facts_add(out, d, "note", "by the word of %s, enough sheets to "
	    "open root %s may be read on one machine (RULES S4)", c->waive,
	    c->root);
}

static size_t
checkup_count(const void *want)
{
	const struct checkup *c = want;

	return c->n;
}

/* The sheet of item ${item}, in the state as it is now. */
static enum status
find_sheet(const struct checkup *c, size_t item, const struct state *state,
    const struct sheet_set **set, const struct sheet **sheet, struct diag *d)
{
	*set = state_live_set(state, c->root);
	if (*set == NULL || (*set)->epoch != c->epoch ||
	    c->number[item] > (*set)->n)
		return diag_set(d, ST_AUTH, "FORMATS 3.80: sheet %u of epoch "
		    "%u of root %s is no live sheet any more", c->number[item],
		    c->epoch, c->root);
	*sheet = &(*set)->sheets[c->number[item] - 1];
	return ST_OK;
}

static enum status
checkup_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct checkup *c = want;
	const struct sheet_set *set;
	const struct sheet *sheet;
	enum status rc;

	(void)p;
	TRY(find_sheet(c, item, state, &set, &sheet, d));
	TRY(text_format(out, d, "sheet %u of root %s, epoch %u: %s%s%s looks "
	    "at it alone", sheet->number, c->root, c->epoch, sheet->holder,
	    sheet->place[0] == '\0' ? "" : " of ", sheet->place));
out:
	return rc;
}

static enum status
say_sheet(const struct checkup *c, const struct sheet *sheet,
    struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", c->root));
	TRY(facts_set(f, d, "epoch", "%u", c->epoch));
	TRY(facts_set(f, d, "sheet", "%u", sheet->number));
	TRY(facts_set(f, d, "holder", "%s", sheet->holder));
out:
	return rc;
}

static enum status
checkup_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct checkup *c = want;
	const struct sheet_set *set;
	const struct sheet *sheet;
	enum status rc;

	o->kind = "checked";
	TRY(find_sheet(c, item, hands->state, &set, &sheet, d));
	TRY(say_sheet(c, sheet, &o->facts, d));
	TRY(hands->check_up(hands, set, sheet, &o->facts, d));
out:
	return rc;
}

/* How and how often is said of words that were right, and of nothing else. */
static enum status
check_result(const struct facts *f, struct diag *d)
{
	const char *result = facts_get(f, "result");
	const bool good = result != NULL &&
	    strcmp(result, sheet_found_word(SHEET_GOOD)) == 0;
	uint64_t tries = 0;

	if (good && facts_get(f, "how") != NULL &&
	    facts_number(f, "tries", 1, UINT32_MAX, &tries, NULL) == ST_OK)
		return ST_OK;
	if (!good && facts_get(f, "how") == NULL &&
	    facts_get(f, "tries") == NULL && facts_get(f, "by") == NULL)
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 7.5: how and how often stand "
	    "beside a sheet that was found good, and beside no other");
}

static enum status
checkup_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct checkup *c = want;
	const struct sheet_set *set;
	const struct sheet *sheet;
	struct facts said = { 0 };
	enum status rc;

	TRY(find_sheet(c, item, state, &set, &sheet, d));
	TRY(say_sheet(c, sheet, &said, d));
	if (strcmp(o->kind, "checked") != 0 || o->n != 0 ||
	    facts_differ(&said, &o->facts, state_trusted(o->kind)) != NULL)
		FAIL(d, ST_AUTH, "it is not the check-up of sheet %u of root "
		    "%s", sheet->number, c->root);
	TRY(check_result(&o->facts, d));
	if (facts_get(&o->facts, "how") != NULL)
		TRY(visit_how_holds(p, &o->facts, d));
	TRY(visit_by_holds(p, &o->facts, d));
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind checkup_step = {
	.word = "checkup",
	.title = "Look at sheets",
	.keys = keys,
	.makes = "check-up",
	.read = checkup_read,
	.settle = checkup_settle,
	.check = checkup_check,
	.tell = checkup_tell,
	.count = checkup_count,
	.show = checkup_show,
	.perform = checkup_perform,
	.verify = checkup_verify,
	.free = checkup_free,
};
