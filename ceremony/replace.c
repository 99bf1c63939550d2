/* see replace.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/loose.h"
#include "ceremony/replace.h"
#include "ceremony/split.h"
#include "ceremony/visit.h"
#include "lib/base/text.h"

struct replace {
	const struct plan *plan; /* borrowed */
	const struct ini_section *section; /* borrowed, as the next are */
	const char *root, *reason;
	unsigned sheet; /* 1.. */
	bool moves; /* to the holder of the plan, not the one of record */
	struct plan_holder holder;
	const char *waive; /* or NULL */
};

static const struct plan_key keys[] = {
	{ "root", PT_WORD, true, false, NULL },
	{ "sheet", PT_INT, true, false, NULL },
	{ "holder", PT_TEXT, false, false, NULL },
	{ "reason", PT_CHOICE, true, false, SHEET_REASONS },
	LOOSE_KEYS,
	{ 0 }
};

/* --- the row's own reading --- */

static void
replace_free(void *want)
{
	free(want);
}

static enum status
replace_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	const struct ini_entry *holder = plan_entry(s, "holder", NULL);
	struct replace *r = NULL;
	enum status rc;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	r->plan = p;
	r->section = s;
	r->root = plan_text(s, "root", "");
	r->reason = plan_text(s, "reason", "");
	r->sheet = (unsigned)plan_int(s, "sheet", 0);
	r->moves = holder != NULL;
	if (holder != NULL)
		TRY(plan_holder(p, holder, &r->holder, d));
	TRY(loose_waive(p, s, &r->waive, d));
	*want = r;
	r = NULL;
	rc = ST_OK;
out:
	replace_free(r);
	return rc;
}

/* The sheet as it will be held, and the set that it is of. */
static enum status
find_sheet(const struct replace *r, const struct state *state,
    const struct sheet_set **set, struct sheet *out, struct diag *d)
{
	enum status rc;

	*set = state_live_set(state, r->root);
	if (state_root(state, r->root) == NULL || *set == NULL)
		FAIL(d, ST_POLICY, "FORMATS 3.71: there is no root %s with "
		    "sheets from a ceremony before", r->root);
	if (!sheet_set_opens(*set, NULL))
		FAIL(d, ST_POLICY, "FORMATS 4.33: nothing opens root %s any "
		    "more: its sheets were destroyed", r->root);
	if (r->sheet < 1 || r->sheet > (*set)->n)
		FAIL(d, ST_POLICY, "FORMATS 3.71: root %s has no sheet %u",
		    r->root, r->sheet);
	*out = (*set)->sheets[r->sheet - 1];
	if (out->destroyed != 0)
		FAIL(d, ST_POLICY, "FORMATS 3.71: sheet %u of root %s was "
		    "destroyed in ceremony %u, and is not written again",
		    r->sheet, r->root, out->destroyed);
	if (r->moves) {
		memcpy(out->holder, r->holder.person, sizeof(out->holder));
		memcpy(out->place, r->holder.place, sizeof(out->place));
	}
	rc = ST_OK;
out:
	return rc;
}

/* Sheets as they will be held: where this row wants its own, and those above
 * theirs. */
static enum status
hold_then(const struct replace *r, const struct sheet_set *set,
    const struct sheet *sheet, struct sheet_set *then, struct diag *d)
{
	const struct ini_section *s = r->section;
	const struct ini_entry *e;
	struct plan_holder h;
	uint64_t number;
	enum status rc;

	*then = *set;
	then->sheets = calloc(set->n, sizeof(*then->sheets));
	if (then->sheets == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	memcpy(then->sheets, set->sheets, set->n * sizeof(*then->sheets));
	then->sheets[r->sheet - 1] = *sheet;
	while ((s = loose_above(r->plan, s->line, "replace-share",
	    r->root)) != NULL) {
		number = plan_int(s, "sheet", 0);
		e = plan_entry(s, "holder", NULL);
		if (e == NULL || number < 1 || number > set->n)
			continue;
		TRY(plan_holder(r->plan, e, &h, d));
		memcpy(then->sheets[number - 1].holder, h.person,
		    sizeof(h.person));
		memcpy(then->sheets[number - 1].place, h.place,
		    sizeof(h.place));
	}
	rc = ST_OK;
out:
	return rc;
}

/* How the set is held then; both are the caller's. */
static enum status
split_then(const struct replace *r, const struct sheet_set *set,
    const struct sheet *sheet, const struct state *state,
    struct sheet_set *then, struct split *out, struct diag *d)
{
	enum status rc;

	TRY(hold_then(r, set, sheet, then, d));
	TRY(split_of(r->plan, then, state_root(state, r->root)->alg,
	    r->section->line, out, d));
out:
	return rc;
}

static enum status
check_above(const struct replace *r, const struct sheet_set *set,
    const struct plan *p, struct diag *d)
{
	const struct ini_section *s = r->section;
	const size_t line = s->line;
	enum status rc;

	if (loose_above(p, line, "reshare", r->root) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 3.71: [reshare %s] "
		    "above replaces all sheets of it", r->root);
	if (loose_burnt_above(p, line, set, r->sheet))
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 3.71: sheet %u of "
		    "root %s is destroyed above", r->sheet, r->root);
	while ((s = loose_above(p, s->line, "replace-share",
	    r->root)) != NULL) {
		if (plan_int(s, "sheet", 0) == r->sheet)
			PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 3.71: sheet "
			    "%u of root %s is replaced above", r->sheet,
			    r->root);
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
replace_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct replace *r = want;
	const struct sheet_set *set;
	struct sheet_set held = { 0 };
	struct split then = { 0 };
	struct sheet sheet;
	enum status rc;

	(void)promises;
	TRY(plan_at(p, r->section->line, find_sheet(r, before, &set, &sheet, d),
	    d));
	TRY(check_above(r, set, p, d));
	TRY(split_then(r, set, &sheet, before, &held, &then, d));
	TRY(split_check(&then, p, d));
	TRY(visit_check_set(p, before, &held, r->section->line, d));
	TRY(loose_check(r->section, p, before, r->root, d));
out:
	free(held.sheets);
	split_clear(&then);
	return rc;
}

static enum status
replace_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct replace *r = want;
	const struct sheet_set *set;
	struct sheet_set held = { 0 };
	struct split then = { 0 };
	char line[SHEET_LINE_SIZE];
	struct sheet sheet;
	enum status rc;

	TRY(find_sheet(r, before, &set, &sheet, d));
	TRY(split_then(r, set, &sheet, before, &held, &then, d));
	TRY(split_tell(&then, out, d));
	sheet_line(set, r->sheet - 1, line);
	if (sheet_reason_loses(r->reason))
		TRY(facts_add(out, d, "out-of-control", "%s: %s", line,
		    r->reason));
	else
		TRY(facts_add(out, d, "to-destroy", "%s: %s", line,
		    r->reason));
out:
	free(held.sheets);
	split_clear(&then);
	return rc;
}

/* From the first on there may be a copy; by the second it is the sheet. */
enum item { ITEM_BEGUN, ITEM_REPLACED, NITEMS };
static const char *const item_kinds[NITEMS] = { "begun", "replaced" };

static size_t
replace_count(const void *want)
{
	(void)want;
	return NITEMS;
}

/* --- its items --- */

static enum status
say_replaced(const struct replace *r, const struct sheet_set *set,
    const struct sheet *sheet, struct facts *f, struct diag *d)
{
	char hex[2 * SHA256_LEN + 1];
	enum status rc;

	text_hex(sheet->commitment, SHA256_LEN, hex);
	TRY(facts_set(f, d, "root", "%s", r->root));
	TRY(facts_set(f, d, "epoch", "%u", set->epoch));
	TRY(facts_set(f, d, "sheet", "%u", sheet->number));
	TRY(facts_set(f, d, "reason", "%s", r->reason));
	TRY(facts_set(f, d, "holder", "%s", sheet->holder));
	TRY(facts_set(f, d, "place", "%s",
	    sheet->place[0] == '\0' ? "-" : sheet->place));
	TRY(facts_set(f, d, "commitment", "%s", hex));
	if (r->waive != NULL)
		TRY(facts_set(f, d, "waived", "%s", r->waive));
out:
	return rc;
}

static enum status
replace_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct replace *r = want;
	const struct sheet_set *set;
	struct sheet sheet;
	enum status rc;

	(void)p;
	TRY(find_sheet(r, state, &set, &sheet, d));
	TRY(text_format(out, d, "sheet %u of root %s, epoch %u, once more "
	    "(%s), for %s%s%s: %s", sheet.number, r->root, set->epoch,
	    r->reason, sheet.holder, sheet.place[0] == '\0' ? "" : " at ",
	    sheet.place, item == ITEM_BEGUN ?
	    "recorded, for a copy of it may be there from now on" :
	    "write it and read it back"));
out:
	return rc;
}

/* A damaged sheet is there, and burnt; else it is lost. */
static enum status
burn_damaged(const struct replace *r, const struct sheet_set *set,
    struct hands *hands, struct diag *d)
{
	char line[SHEET_LINE_SIZE], question[SHEET_LINE_SIZE + 64];
	enum status rc;

	if (sheet_reason_loses(r->reason))
		return ST_OK;
	sheet_line(set, r->sheet - 1, line);
	snprintf(question, sizeof(question), "Did the witness see the damaged "
	    "%s, burnt?", line);
	rc = hands->confirm(hands, question, d);
	if (rc == ST_POLICY) {
		diag_clear(d);
		return diag_set(d, ST_POLICY, "FORMATS 3.71: a damaged sheet "
		    "that is not burnt is lost: sheet %u of root %s", r->sheet,
		    r->root);
	}
	return rc;
}

static enum status
write_again(const struct replace *r, const struct sheet_set *set,
    const struct sheet *sheet, struct hands *hands, struct facts *facts,
    struct diag *d)
{
	const struct secret *seed = NULL;
	const struct key *key = NULL;
	struct split s = { 0 };
	enum status rc;

	TRY(hands->opened(hands, r->root, &seed, d));
	TRY(hands->root(hands, r->root, &key, d));
	TRY(split_of(r->plan, set, state_root(hands->state,
	    r->root)->alg, r->section->line, &s, d));
	TRY(split_again(&s, set, sheet, seed, key_public(key), hands, facts,
	    d));
	TRY(burn_damaged(r, set, hands, d));
out:
	split_clear(&s);
	return rc;
}

static enum status
replace_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct replace *r = want;
	const struct secret *seed = NULL;
	const struct sheet_set *set;
	struct sheet sheet;
	enum status rc;

	o->kind = item_kinds[item];
	/* without a quorum there is no copy that could be out of control */
	TRY(hands->opened(hands, r->root, &seed, d));
	TRY(find_sheet(r, hands->state, &set, &sheet, d));
	TRY(say_replaced(r, set, &sheet, &o->facts, d));
	if (item == ITEM_REPLACED)
		TRY(write_again(r, set, &sheet, hands, &o->facts, d));
out:
	return rc;
}

static enum status
replace_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct replace *r = want;
	const struct sheet_set *set;
	struct facts said = { 0 };
	struct sheet sheet;
	const char *key;
	enum status rc;

	if (strcmp(o->kind, item_kinds[item]) != 0 || o->n != 0)
		FAIL(d, ST_AUTH, "it does not replace sheet %u of root %s",
		    r->sheet, r->root);
	TRY(find_sheet(r, state, &set, &sheet, d));
	TRY(say_replaced(r, set, &sheet, &said, d));
	if ((key = facts_differ(&said, &o->facts, state_trusted(o->kind))) !=
	    NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than plan and "
		    "set for sheet %u of root %s", key, r->sheet, r->root);
	if (item == ITEM_REPLACED)
		TRY(visit_how_holds(p, &o->facts, d));
	TRY(visit_by_holds(p, &o->facts, d));
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind replace_step = {
	.word = "replace-share",
	.title = "Write a sheet once more",
	.keys = keys,
	.makes = "sheets",
	.opens = true,
	.read = replace_read,
	.check = replace_check,
	.tell = replace_tell,
	.count = replace_count,
	.show = replace_show,
	.perform = replace_perform,
	.verify = replace_verify,
	.free = replace_free,
};
