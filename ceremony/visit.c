/* see visit.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/bags.h"
#include "ceremony/event.h"
#include "ceremony/proof.h"
#include "ceremony/quorum.h"
#include "ceremony/visit.h"
#include "lib/base/text.h"

/* --- who may read what --- */

/* Whether a person once had a sheet, as its holder or in the holder's place. */
static bool
once_had(const struct state *s, const struct sheet_set *set,
    const struct sheet *sheet, const char *person)
{
	const struct facts *f;
	uint64_t epoch, number;
	const char *by, *holder, *root;

	for (size_t i = 0; i < s->n; i++) {
		f = &s->entries[i].facts;
		by = facts_get(f, "by");
		holder = facts_get(f, "holder");
		root = facts_get(f, "root");
		if (root == NULL || strcmp(root, set->root) != 0)
			continue;
		if (((by != NULL && strcmp(by, person) == 0) ||
		    (holder != NULL && strcmp(holder, person) == 0)) &&
		    facts_number(f, "epoch", set->epoch, set->epoch, &epoch,
		    NULL) == ST_OK && facts_number(f, "sheet", sheet->number,
		    sheet->number, &number, NULL) == ST_OK)
			return true;
	}
	return false;
}

static bool
reads(const struct plan *p, const struct state *s,
    const struct sheet_set *set, const struct sheet *sheet, const char *person)
{
	const char *deputy = plan_deputy(p, sheet->holder);

	return strcmp(sheet->holder, person) == 0 ||
	    (deputy != NULL && strcmp(deputy, person) == 0) ||
	    once_had(s, set, sheet, person);
}

/* Groups of a set that one person's reading completes. */
static unsigned
groups_read(const struct plan *p, const struct state *s,
    const struct sheet_set *set, const char *person)
{
	unsigned there[SLIP39_GROUPS_MAX] = { 0 }, full = 0;

	for (size_t i = 0; i < set->n; i++)
		there[set->sheets[i].group] += reads(p, s, set,
		    &set->sheets[i], person);
	for (size_t g = 0; g < set->scheme.groups; g++)
		full += there[g] >= set->scheme.group[g].need;
	return full;
}

/* Only who stands in for somebody can read more than a set gave out. */
static bool
is_deputy(const struct plan *p, const char *person)
{
	for (size_t i = 0; i < p->npersons; i++) {
		if (p->persons[i].deputy != NULL &&
		    strcmp(p->persons[i].deputy, person) == 0)
			return true;
	}
	return false;
}

enum status
visit_check_plan(const struct plan *p, const struct state *s, struct diag *d)
{
	const struct ini_section *section;
	const struct sheet_set *set;
	const char *person;

	for (size_t i = 0; i < p->npersons; i++) {
		person = p->persons[i].word;
		if (!is_deputy(p, person))
			continue;
		section = plan_section(p, "person", person);
		for (size_t j = 0; j < s->nsets; j++) {
			set = &s->sets[j];
			if (set->fate == SET_LIVE && groups_read(p, s, set,
			    person) >= set->scheme.need)
				return plan_at(p, section->line, diag_set(d,
				    ST_POLICY, "FORMATS 3.22: as holder and "
				    "as deputy %s alone would read enough "
				    "sheets to open root %s", person,
				    set->root), d);
		}
	}
	return ST_OK;
}

enum status
visit_tell(const struct plan *p, struct facts *out, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < p->npersons; i++) {
		for (size_t j = 0; j < i && rc == ST_OK; j++) {
			if (strcmp(p->persons[i].name, p->persons[j].name) == 0)
				rc = facts_add(out, d, "note", "%s and %s have "
				    "one name, %s: what one person has is "
				    "counted by the words", p->persons[j].word,
				    p->persons[i].word, p->persons[i].name);
		}
	}
	return rc;
}

enum status
visit_check_set(const struct plan *p, const struct state *s,
    const struct sheet_set *set, size_t line, struct diag *d)
{
	const char *person;

	for (size_t i = 0; i < p->npersons; i++) {
		person = p->persons[i].word;
		if (groups_read(p, s, set, person) >= set->scheme.need)
			return plan_at(p, line, diag_set(d, ST_POLICY,
			    "FORMATS 3.22: with what %s holds, reads and once "
			    "had %s alone would have enough sheets to open "
			    "root %s", person, person, set->root), d);
	}
	return ST_OK;
}

enum status
visit_by_holds(const struct plan *p, const struct facts *f, struct diag *d)
{
	const char *by = facts_get(f, "by"), *holder = facts_get(f, "holder");
	const char *deputy = holder == NULL ? NULL : plan_deputy(p, holder);

	if (by == NULL || (deputy != NULL && strcmp(by, deputy) == 0))
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 3.22: %s is not the deputy of %s "
	    "in the plan", by, holder == NULL ? "anybody" : holder);
}

/* How it was read back is a trusted fact, and yet one of the ways there are. */
enum status
visit_how_holds(const struct plan *p, const struct facts *f, struct diag *d)
{
	const char *how = facts_get(f, "how");
	uint64_t tries = 0;
	char scanned[64];

	snprintf(scanned, sizeof(scanned), "scanned, %d of %d words typed",
	    PROOF_THIRD, SHEET_WORDS);
	if (how == NULL || (strcmp(how, "typed") != 0 &&
	    strcmp(how, scanned) != 0 && (p->mode == MODE_PRODUCTION ||
	    strcmp(how, "rehearsed") != 0)))
		return diag_set(d, ST_AUTH, "FORMATS 7.5: a sheet is typed, or "
		    "scanned and a third of it typed");
	return facts_number(f, "tries", 1, UINT32_MAX, &tries, NULL) == ST_OK ?
	    ST_OK : diag_set(d, ST_AUTH, "FORMATS 7.5: tries is no number "
	    "from 1 on");
}

/* --- who comes --- */

#define HOLDER 0 /* in the lists of answers below */
#define DEPUTY 1

/* "Sheet 2 of root g1, epoch 1, is held by bruno", and what is asked. */
static enum status
ask_about(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, const char *question, const char *const *word,
    size_t n, size_t *out, struct diag *d)
{
	const char *deputy = plan_deputy(e->plan, sheet->holder);
	struct bytes text = { 0 };
	enum status rc;

	TRY(text_format(&text, d, "Sheet %u of root %s, epoch %u, is held by "
	    "%s%s%s. %s", sheet->number, set->root, set->epoch, sheet->holder,
	    deputy == NULL ? "" : "; the deputy is ",
	    deputy == NULL ? "" : deputy, question));
	TRY(e->front->ask_one(e->front, (const char *)text.data, word, n,
	    HOLDER, out, d));
out:
	bytes_free(&text);
	return rc;
}

enum status
visit_reader(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct facts *facts, struct diag *d)
{
	static const char *const words[] = { "holder", "deputy" };
	const char *deputy = plan_deputy(e->plan, sheet->holder);
	size_t who = HOLDER;
	enum status rc = ST_OK;

	if (deputy == NULL || e->front->ask_one == NULL)
		return ST_OK;
	TRY(ask_about(e, set, sheet, "Who reads it?", words, 2, &who, d));
	if (who == DEPUTY)
		TRY(facts_set(facts, d, "by", "%s", deputy));
out:
	return rc;
}

/* --- a sheet that is looked at alone --- */

/* What is typed is this sheet: in its canonical spelling, which the caller
 * frees. */
static enum status
hold_against(const struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, const struct secret *typed,
    struct secret **canonical, struct diag *d)
{
	const struct sheet_set *of = NULL;
	const struct sheet *is = NULL;
	enum status rc;

	TRY(quorum_identify(e->state, set->root, typed, &of, &is, canonical,
	    d));
	if (of->epoch != set->epoch || is->number != sheet->number)
		FAIL(d, ST_AUTH, "FORMATS 4.43: it is sheet %u, %s, and not "
		    "sheet %u", is->number, is->holder, sheet->number);
out:
	return rc;
}

static enum status
read_alone(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, bool *scanned, struct diag *d)
{
	const struct sheet_view view = { .set = set, .sheet = sheet,
		.test = e->plan->mode != MODE_PRODUCTION, .alone = true };
	struct secret *typed = NULL, *canonical = NULL;
	enum front_gave gave = FRONT_TYPED;
	enum status rc;

	TRY(e->front->read_back(e->front, &view, NULL, 0, &gave, &typed, d));
	if (typed == NULL)
		FAIL(d, ST_BUG, "a sheet that nobody can show was to be shown");
	TRY(hold_against(e, set, sheet, typed, &canonical, d));
	*scanned = gave == FRONT_SCANNED;
	if (*scanned)
		TRY(proof_third(e, &view, canonical, d));
out:
	secret_free(typed);
	secret_free(canonical);
	return rc;
}

/* What can be said of a sheet, the deputy's word left out where there is
 * none: the last three are what was found. */
struct answers {
	const char *word[5];
	enum sheet_found found[5];
	size_t n;
};

static struct answers
answers_of(const char *deputy)
{
	struct answers a = { { "holder" }, { SHEET_GOOD }, 1 };

	if (deputy != NULL)
		a.word[a.n++] = "deputy"; /* and good */
	for (unsigned f = SHEET_ABSENT; f < SHEET_FOUND_MAX; f++) {
		a.word[a.n] = sheet_found_word((enum sheet_found)f);
		a.found[a.n++] = (enum sheet_found)f;
	}
	return a;
}

static enum status
say_good(const struct engine *e, bool scanned, unsigned tries,
    const char *by, struct facts *facts, struct diag *d)
{
	enum status rc;

	TRY(facts_set(facts, d, "result", "%s", sheet_found_word(SHEET_GOOD)));
	TRY(proof_how(e, scanned, tries, facts, d));
	if (by != NULL)
		TRY(facts_set(facts, d, "by", "%s", by));
out:
	return rc;
}

enum status
visit_check_up(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct facts *facts, struct diag *d)
{
	const char *deputy = plan_deputy(e->plan, sheet->holder);
	const struct answers a = answers_of(deputy);
	struct diag why = { 0 };
	unsigned tries = 0;
	size_t who = HOLDER;
	bool scanned = false;
	enum status rc;

	if (e->front->ask_one == NULL)
		FAIL(d, ST_USAGE, "nobody is here to check a sheet");
	for (;;) {
		TRY(ask_about(e, set, sheet, "Who comes with it, or what of "
		    "it?", a.word, a.n, &who, d));
		if (a.found[who] != SHEET_GOOD)
			return facts_set(facts, d, "result", "%s",
			    sheet_found_word(a.found[who]));
		if (tries++ == 0)
			TRY(bags_in(e, set, sheet, d));
		diag_clear(&why);
		if (read_alone(e, set, sheet, &scanned, &why) == ST_OK)
			break;
		TRY(proof_refuse(e, sheet, &why, d));
	}
	TRY(say_good(e, scanned, tries, who == DEPUTY && deputy != NULL ?
	    deputy : NULL, facts, d));
out:
	return rc;
}

/* --- a quorum --- */

/* Only where a bag is asked for has anybody to say which sheet comes. */
enum status
visit_comes(struct engine *e, const struct sheet_set *set, size_t nth,
    unsigned *number, struct diag *d)
{
	char text[SHEETS_MAX][4], question[96];
	const char *word[SHEETS_MAX];
	size_t which = 0;
	enum status rc;

	*number = 0;
	if (!bags_wanted(e, set) || e->front->ask_one == NULL)
		return ST_OK;
	for (size_t i = 0; i < set->n; i++) {
		snprintf(text[i], sizeof(text[i]), "%u",
		    set->sheets[i].number % 1000);
		word[i] = text[i];
	}
	snprintf(question, sizeof(question), "Which sheet of root %s comes "
	    "next, still in its bag?", set->root);
	TRY(e->front->ask_one(e->front, question, word, set->n, nth % set->n,
	    &which, d));
	*number = set->sheets[which].number;
	TRY(bags_in(e, set, &set->sheets[which], d));
out:
	return rc;
}

enum status
visit_taken(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	struct outcome o = { .kind = "stood-in" };
	struct facts who = { 0 };
	const char *by;
	enum status rc;

	if (e->sticks == NULL) /* nobody is asked who only computes again */
		return ST_OK;
	TRY(visit_reader(e, set, sheet, &who, d));
	if ((by = facts_get(&who, "by")) == NULL)
		goto out;
	TRY(facts_set(&o.facts, d, "root", "%s", set->root));
	TRY(facts_set(&o.facts, d, "epoch", "%u", set->epoch));
	TRY(facts_set(&o.facts, d, "sheet", "%u", sheet->number));
	TRY(facts_set(&o.facts, d, "holder", "%s", sheet->holder));
	TRY(facts_set(&o.facts, d, "by", "%s", by));
	TRY(event_say(e, &o, d));
out:
	facts_clear(&who);
	outcome_clear(&o);
	return rc;
}
