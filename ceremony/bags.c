/* see bags.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/bags.h"
#include "ceremony/event.h"
#include "ceremony/loose.h"
#include "lib/base/text.h"
#include "lib/crypto/rng.h"
#include "lib/record/bag.h"

static bool
keeps_bags(const struct engine *e)
{
	return e->plan->bags && e->sticks != NULL &&
	    e->front->ask_text != NULL && e->front->ask_one != NULL;
}

bool
bags_wanted(const struct engine *e, const struct sheet_set *set)
{
	const struct sheet *s;

	for (size_t i = 0; keeps_bags(e) && i < set->n; i++) {
		s = state_sheet(engine_known(e), set->root, set->epoch,
		    set->sheets[i].number);
		if (s != NULL && s->out != 0)
			return true;
	}
	return false;
}

/* An entry "custody" with its file, which is named when it is written. */
static enum status
say(struct engine *e, const struct sheet_set *set, const struct sheet *sheet,
    struct bag *b, const char *match, struct diag *d)
{
	struct outcome o = { .kind = "custody" };
	struct bytes text = { 0 };
	enum status rc;

	rng_fill(b->salt, sizeof(b->salt));
	TRY(facts_set(&o.facts, d, "root", "%s", set->root));
	TRY(facts_set(&o.facts, d, "epoch", "%u", set->epoch));
	TRY(facts_set(&o.facts, d, "sheet", "%u", sheet->number));
	TRY(facts_set(&o.facts, d, "way", "%s", b->in ? "in" : "out"));
	if (match != NULL)
		TRY(facts_set(&o.facts, d, "match", "%s", match));
	TRY(bag_write(b, &text, d));
	TRY(outcome_add(&o, "private/", &text, d));
	TRY(event_say(e, &o, d));
out:
	bytes_free(&text);
	outcome_clear(&o);
	return rc;
}

/* "the seal on the bag of sheet 2 of root g1, epoch 1, of bruno" */
static enum status
ask_number(struct engine *e, const char *thing, const struct sheet_set *set,
    const struct sheet *sheet, bool known, char out[FRONT_TEXT_SIZE],
    struct diag *d)
{
	char what[160];

	snprintf(what, sizeof(what), "the %s of sheet %u of root %s, epoch %u, "
	    "of %s", thing, sheet->number, set->root, set->epoch,
	    sheet->holder);
	return e->front->ask_text(e->front, what, known, out, d);
}

/* --- in --- */

static enum status
ask_whether_on(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	TRY(text_format(&text, d, "FORMATS 7.42: the seal of sheet %u of root "
	    "%s is not the one of record: somebody may have had the sheet. "
	    "Is it taken all the same?", sheet->number, set->root));
	TRY(e->front->confirm(e->front, (const char *)text.data, d));
out:
	bytes_free(&text);
	return rc;
}

/* Whether in this ceremony a seal of that sheet was another one: a cut may have
 * come before the answer, or the answer was no, and the sheet is in a new bag. */
static bool
was_another(const struct state *s, size_t from, const struct sheet_set *set,
    const struct sheet *sheet)
{
	const struct facts *f;
	uint64_t number;

	for (size_t i = from; i < s->n; i++) {
		f = &s->entries[i].facts;
		if (strcmp(s->entries[i].kind, "custody") == 0 &&
		    facts_get(f, "match") != NULL &&
		    strcmp(facts_get(f, "match"), "no") == 0 &&
		    strcmp(facts_get(f, "root"), set->root) == 0 &&
		    facts_number(f, "epoch", set->epoch, set->epoch, &number,
		    NULL) == ST_OK && facts_number(f, "sheet", sheet->number,
		    sheet->number, &number, NULL) == ST_OK)
			return true;
	}
	return false;
}

enum status
bags_in(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	const struct sheet *known = state_sheet(engine_known(e), set->root,
	    set->epoch, sheet->number);
	const struct ceremony *open = state_open(engine_known(e));
	struct bag old = { 0 }, b = { .in = true };
	bool match, another;
	enum status rc;

	if (!keeps_bags(e) || open == NULL || known == NULL ||
	    known->out == 0)
		return ST_OK;
	another = was_another(engine_known(e), open->first, set, sheet);
	/* or it is in the room, and in no bag yet */
	if (known->in <= known->out || known->in < open->first) {
		TRY(bag_of(engine_known(e), known->out, &old, d));
		TRY(ask_number(e, "seal", set, sheet, true, b.seal, d));
		match = strcmp(b.seal, old.seal) == 0;
		TRY(say(e, set, sheet, &b, match ? "yes" : "no", d));
		another |= !match;
	}
	if (another)
		TRY(ask_whether_on(e, set, sheet, d));
	rc = ST_OK;
out:
	return rc;
}

/* --- out --- */

static enum status
ask_carrier(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, char out[33], struct diag *d)
{
	const struct plan *p = e->plan;
	const char *who = sheet->by[0] == '\0' ? sheet->holder : sheet->by;
	const char *word[SHEETS_MAX];
	size_t n = 0, usual = 0, which = 0;
	char question[128];
	enum status rc;

	for (; n < p->npersons && n < SHEETS_MAX; n++) {
		word[n] = p->persons[n].word;
		if (strcmp(word[n], who) == 0)
			usual = n;
	}
	snprintf(question, sizeof(question), "Who carries sheet %u of root %s "
	    "out?", sheet->number, set->root);
	TRY(e->front->ask_one(e->front, question, word, n, usual, &which, d));
	snprintf(out, 33, "%.32s", word[which]);
out:
	return rc;
}

/* Numbers that never went out before. */
static enum status
ask_bag(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct bag *b, struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(ask_number(e, "bag", set, sheet, false, b->bag, d));
		TRY(ask_number(e, "seal", set, sheet, false, b->seal, d));
		diag_clear(&why);
		if ((rc = bag_new(e->state, b, &why)) == ST_OK)
			return ST_OK;
		if (rc != ST_POLICY || !e->front->refused(e->front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

static enum status
bag_out(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	struct bag b = { .in = false };
	enum status rc;

	TRY(ask_bag(e, set, sheet, &b, d));
	TRY(ask_carrier(e, set, sheet, b.carrier, d));
	TRY(say(e, set, sheet, &b, NULL, d));
out:
	return rc;
}

static bool
lies_open(const struct sheet *s, uint64_t since)
{
	if (s->destroyed != 0)
		return false;
	return (s->proven >= since && s->proven > s->out) ||
	    (s->in >= since && s->in > s->out);
}

/* A row of the plan burns it: it is not put away before. */
static bool
is_to_burn(const struct plan *p, const struct sheet_set *set, size_t i)
{
	return loose_burnt_above(p, SIZE_MAX, set, set->sheets[i].number);
}

enum status
bags_settle(struct engine *e, bool all, struct diag *d)
{
	const struct ceremony *open = state_open(e->state);
	const struct sheet_set *set;
	enum status rc = ST_OK;

	if (!keeps_bags(e) || engine_comparing(e) || open == NULL ||
	    open->ended)
		return ST_OK;
	for (size_t i = 0; i < e->state->nsets; i++) {
		set = &e->state->sets[i];
		for (size_t j = 0; set->fate != SET_VOID && j < set->n; j++) {
			if (lies_open(&set->sheets[j], open->first) &&
			    (all || !is_to_burn(e->plan, set, j)))
				TRY(bag_out(e, set, &set->sheets[j], d));
		}
	}
out:
	return rc;
}
