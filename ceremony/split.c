/* see split.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/drawn.h"
#include "ceremony/split.h"
#include "ceremony/visit.h"
#include "lib/base/text.h"

/* What stretching costs whoever guesses (FORMATS 4.2): without a passphrase it
 * buys nothing. */
#define SPLIT_EXPONENT 1
#define SPLIT_EXPONENT_PASSPHRASE 10
#define SHEET_TEXT_MAX 128 /* bytes: three words and three short numbers */

/* --- what a section says --- */

void
split_clear(struct split *s)
{
	for (size_t i = 0; i < s->scheme.groups; i++)
		free(s->group[i].holders);
	memset(s, 0, sizeof(*s));
}

static enum status
read_groups(const struct plan *p, const struct ini_section *s,
    struct split *out, struct diag *d)
{
	struct plan_scheme *g;
	enum status rc;

	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->entries[i].key, "group") != 0)
			continue;
		if (out->scheme.groups == SLIP39_GROUPS_MAX)
			PLAN_FAIL(d, ST_FORMAT, p, s->entries[i].line,
			    "FORMATS 3.18: more than %d groups",
			    SLIP39_GROUPS_MAX);
		g = &out->group[out->scheme.groups];
		TRY(plan_scheme(p, &s->entries[i], g, d));
		out->scheme.group[out->scheme.groups].need = (uint8_t)g->need;
		out->scheme.group[out->scheme.groups].members = (uint8_t)g->n;
		out->scheme.groups++;
		out->nsheets += g->n;
	}
	rc = ST_OK;
out:
	return rc;
}

/* "1 group", "2 groups" */
static enum status
read_need(const struct plan *p, const struct ini_section *s,
    struct split *out, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "need", NULL);
	const size_t len = strcspn(e->value, " ");
	uint64_t need = 0;
	char number[4];
	enum status rc;

	snprintf(number, sizeof(number), "%.*s", (int)len, e->value);
	if (text_number(number, 1, SLIP39_GROUPS_MAX, &need, NULL) != ST_OK ||
	    (strcmp(e->value + len, " group") != 0 &&
	    strcmp(e->value + len, " groups") != 0))
		PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.18: %s",
		    "need is \"1 group\", \"2 groups\", ...");
	out->scheme.need = (uint8_t)need;
	rc = ST_OK;
out:
	return rc;
}

/* Who keeps the passphrase, a person of the plan. */
static enum status
read_keeper(const struct plan *p, const struct ini_section *s,
    struct split *out, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "passphrase", NULL);
	enum status rc;

	out->scheme.exponent = SPLIT_EXPONENT;
	if (e == NULL)
		return ST_OK;
	if (plan_section(p, "person", e->value) == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.90: no [person "
		    "%s], who would keep the passphrase", e->value);
	out->keeper = e->value;
	out->scheme.exponent = SPLIT_EXPONENT_PASSPHRASE;
	rc = ST_OK;
out:
	return rc;
}

enum status
split_read(const struct plan *p, const struct ini_section *s,
    struct split *out, struct diag *d)
{
	enum status rc;

	out->plan = p;
	out->line = s->line;
	out->scheme.extendable = strcmp(plan_text(s, "extendable", "yes"),
	    "yes") == 0;
	TRY(read_keeper(p, s, out, d));
	TRY(read_need(p, s, out, d));
	TRY(read_groups(p, s, out, d));
out:
	return rc;
}

/* --- who holds what --- */

static bool
holds(const struct split *s, const struct plan_holder *h, const char *person)
{
	(void)s;
	return strcmp(h->person, person) == 0;
}

/* Or is the deputy of who does. */
static bool
reads(const struct split *s, const struct plan_holder *h, const char *person)
{
	const char *deputy = plan_deputy(s->plan, h->person);

	return holds(s, h, person) ||
	    (deputy != NULL && strcmp(deputy, person) == 0);
}

static bool
lies_at(const struct split *s, const struct plan_holder *h, const char *place)
{
	(void)s;
	return strcmp(h->place, place) == 0;
}

/* Groups of the scheme that one person alone, or whoever gets in at one place,
 * could complete. */
static unsigned
groups_in(const struct split *s, bool (*counts)(const struct split *,
    const struct plan_holder *, const char *), const char *one)
{
	unsigned full = 0, there;

	for (size_t g = 0; g < s->scheme.groups; g++) {
		there = 0;
		for (size_t i = 0; i < s->group[g].n; i++)
			there += counts(s, &s->group[g].holders[i], one);
		full += there >= s->group[g].need;
	}
	return full;
}

/* The sheet of number ${i}, 0..: its group, place in it, and holder. */
static const struct plan_holder *
sheet_place(const struct split *s, size_t i, size_t *group, size_t *member)
{
	for (*group = 0; *group < s->scheme.groups; (*group)++) {
		if (i < s->group[*group].n)
			break;
		i -= s->group[*group].n;
	}
	*member = i;
	return &s->group[*group].holders[i];
}

enum status
split_check(const struct split *s, const struct plan *p, struct diag *d)
{
	enum status rc;

	TRY(plan_at(p, s->line, slip39_scheme_check(&s->scheme, d), d));
	for (size_t i = 0; i < p->npersons; i++) {
		if (groups_in(s, holds, p->persons[i].word) >= s->scheme.need)
			PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.20: "
			    "the sheets of %s alone would open root %s",
			    p->persons[i].word, s->root);
		if (groups_in(s, reads, p->persons[i].word) >= s->scheme.need)
			PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.20: "
			    "as holder and as deputy %s alone would read "
			    "enough sheets to open root %s",
			    p->persons[i].word, s->root);
	}
out:
	return rc;
}

enum status
split_check_new(const struct split *s, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	size_t n = before->nroots;
	enum status rc;

	/* the rows above promise other things too */
	for (size_t i = 0; i < promises->n; i++)
		n += strcmp(promises->promise[i].kind, "root") == 0;
	if (n >= REHEARSAL_SEEDS)
		PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.19: more than "
		    "%d roots in one state", REHEARSAL_SEEDS);
	if (state_root(before, s->root) != NULL ||
	    promise_find(promises, "root", NULL, s->root) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.19: root %s is "
		    "there already", s->root);
	rc = ST_OK;
out:
	return rc;
}

/* A place named more than once is said once; of a sheet without one nobody
 * knows where it will lie. */
enum status
split_tell(const struct split *s, struct facts *out, struct diag *d)
{
	const char *place;
	size_t group, member, first;
	enum status rc = ST_OK;

	if (s->keeper != NULL)
		rc = facts_add(out, d, "note", "the passphrase of root %s is "
		    "kept by %s: if it is forgotten, no sheets open the root",
		    s->root, s->keeper);
	for (size_t i = 0; i < s->nsheets && rc == ST_OK; i++) {
		place = sheet_place(s, i, &group, &member)->place;
		for (first = 0; first < i; first++) {
			if (strcmp(sheet_place(s, first, &group,
			    &member)->place, place) == 0)
				break;
		}
		if (first == i && place[0] != '\0' &&
		    groups_in(s, lies_at, place) >= s->scheme.need)
			rc = facts_add(out, d, "note", "at %s lie enough "
			    "sheets to open root %s", place, s->root);
	}
	return rc;
}

/* Does somebody hold sheets of this root that a cut made void? */
static bool
has_void_sheets(const struct state *state, const char *root)
{
	for (size_t i = 0; i < state->nsets; i++) {
		if (state->sets[i].fate == SET_VOID &&
		    strcmp(state->sets[i].root, root) == 0 &&
		    sheet_set_loose(&state->sets[i]) > 0)
			return true;
	}
	return false;
}

enum status
split_show(const struct split *s, size_t item, const char *verb,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct plan_holder *h;
	size_t group, member;

	if (item == 0)
		return text_format(out, d, "%s the seed of root %s (%s), "
		    "split it into %zu sheets%s%s, prove every quorum%s", verb,
		    s->root, s->alg, s->nsheets, s->keeper == NULL ? "" :
		    " and a passphrase of ", s->keeper == NULL ? "" : s->keeper,
		    has_void_sheets(state, s->root) ?
		    "; those written before are void: burn them" : "");
	h = sheet_place(s, item - 1, &group, &member);
	return text_format(out, d, "sheet %zu of %zu, %s%s%s: write it and "
	    "read it back", item, s->nsheets, h->person,
	    h->place[0] == '\0' ? "" : " at ", h->place);
}

/* --- item 0: draw --- */

uint64_t
split_quorums(const struct split *s)
{
	return slip39_quorums(&s->scheme);
}

unsigned
split_epoch(const struct split *s, const struct state *state)
{
	unsigned epoch = 0;

	for (size_t i = 0; i < state->nsets; i++) {
		if (strcmp(state->sets[i].root, s->root) == 0)
			epoch = state->sets[i].epoch;
	}
	return epoch;
}

/* "1 main 0 0 first office ": what a sheet's fact says before its commitment */
static void
sheet_text(const struct split *s, size_t i, char *out, size_t size)
{
	size_t group, member;
	const struct plan_holder *h = sheet_place(s, i, &group, &member);

	snprintf(out, size, "%zu %s %zu %zu %s %s ", i + 1,
	    s->group[group].name, group, member, h->person,
	    h->place[0] == '\0' ? "-" : h->place);
}

static enum status
say_set(const struct split *s, const struct drawn *w, uint64_t quorums,
    struct facts *f, struct diag *d)
{
	char salt[2 * SHA256_LEN + 1], hex[2 * SHA256_LEN + 1];
	uint8_t commitment[SHA256_LEN];
	char sheet[SHEET_TEXT_MAX];
	enum status rc;

	text_hex(w->salt, sizeof(w->salt), salt);
	TRY(facts_set(f, d, "root", "%s", s->root));
	TRY(facts_set(f, d, "epoch", "%u", w->epoch));
	TRY(facts_set(f, d, "algorithm", "%s", s->alg));
	TRY(facts_set(f, d, "set-id", "%u", w->set.id));
	TRY(facts_set(f, d, "groups-needed", "%u", s->scheme.need));
	for (size_t g = 0; g < s->scheme.groups; g++)
		TRY(facts_add(f, d, "groups", "%u/%u",
		    s->scheme.group[g].need, s->scheme.group[g].members));
	TRY(facts_set(f, d, "extendable", "%s",
	    s->scheme.extendable ? "yes" : "no"));
	TRY(facts_set(f, d, "exponent", "%u", s->scheme.exponent));
	if (s->keeper != NULL)
		TRY(facts_set(f, d, "passphrase", "%s", s->keeper));
	TRY(facts_set(f, d, "salt", "%s", salt));
	for (size_t i = 0; i < w->set.n; i++) {
		sheet_commitment(w->salt, w->set.mnemonic[i], commitment);
		text_hex(commitment, sizeof(commitment), hex);
		sheet_text(s, i, sheet, sizeof(sheet));
		TRY(facts_add(f, d, "sheets", "%s%s", sheet, hex));
	}
	TRY(facts_set(f, d, "quorums", "%llu", (unsigned long long)quorums));
out:
	return rc;
}

enum status
split_draw(const struct split *s, const struct secret *seed,
    struct hands *hands, struct outcome *o, struct diag *d)
{
	struct drawn w = { 0 };
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "drawn";
	TRY(drawn_set(s, seed, split_epoch(s, hands->state) + 1, hands, &w,
	    d));
	TRY(slip39_prove(&w.set, w.ems, &quorums, d));
	TRY(say_set(s, &w, quorums, &o->facts, d));
out:
	drawn_clear(&w);
	return rc;
}

/* --- items 1..n: a sheet is written and read back --- */

static enum status
say_sheet(const struct split *s, size_t i, const struct state *state,
    struct facts *f, struct diag *d)
{
	size_t group, member;
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", s->root));
	TRY(facts_set(f, d, "epoch", "%u", split_epoch(s, state)));
	TRY(facts_set(f, d, "sheet", "%zu", i + 1));
	TRY(facts_set(f, d, "holder", "%s",
	    sheet_place(s, i, &group, &member)->person));
out:
	return rc;
}

/* Its holder writes it and reads it back. */
static enum status
prove_sheet(const struct sheet_set *set, const struct sheet *sheet,
    const struct secret *mnemonic, const struct spki *root,
    struct hands *hands, struct facts *facts, struct diag *d)
{
	struct sheet_view view = { 0 };
	char ceremony[160];

	snprintf(ceremony, sizeof(ceremony), "%.100s, ceremony %u",
	    hands->plan->org, hands->plan->number);
	view.set = set;
	view.sheet = sheet;
	view.root = root;
	view.mnemonic = mnemonic;
	view.test = hands->plan->mode != MODE_PRODUCTION;
	view.ceremony = ceremony;
	return hands->prove(hands, &view, facts, d);
}

enum status
split_sheet(const struct split *s, size_t i, const struct secret *seed,
    const struct spki *root, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct sheet_set *set =
	    &hands->state->sets[hands->state->nsets - 1];
	struct drawn w = { 0 };
	enum status rc;

	o->kind = "read-back";
	TRY(drawn_set(s, seed, set->epoch, hands, &w, d));
	TRY(say_sheet(s, i, hands->state, &o->facts, d));
	TRY(prove_sheet(set, &set->sheets[i], w.set.mnemonic[i], root, hands,
	    &o->facts, d));
out:
	drawn_clear(&w);
	return rc;
}

/* --- a set of record once more --- */

enum status
split_of(const struct plan *p, const struct sheet_set *set, const char *alg,
    size_t line, struct split *out, struct diag *d)
{
	const struct sheet *sheet;
	struct plan_scheme *g;
	enum status rc;

	memset(out, 0, sizeof(*out));
	out->plan = p;
	out->root = set->root;
	out->alg = alg;
	out->keeper = set->keeper[0] == '\0' ? NULL : set->keeper;
	out->line = line;
	out->scheme = set->scheme;
	for (size_t i = 0; i < set->scheme.groups; i++) {
		g = &out->group[i];
		g->need = set->scheme.group[i].need;
		g->holders = calloc(set->scheme.group[i].members,
		    sizeof(*g->holders));
		if (g->holders == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
	}
	for (size_t i = 0; i < set->n; i++) {
		sheet = &set->sheets[i];
		g = &out->group[sheet->group];
		memcpy(g->name, sheet->group_name, sizeof(g->name));
		memcpy(g->holders[g->n].person, sheet->holder,
		    sizeof(sheet->holder));
		memcpy(g->holders[g->n++].place, sheet->place,
		    sizeof(sheet->place));
	}
	out->nsheets = set->n;
	rc = ST_OK;
out:
	if (rc != ST_OK)
		split_clear(out);
	return rc;
}

enum status
split_again(const struct split *s, const struct sheet_set *set,
    const struct sheet *sheet, const struct secret *seed,
    const struct spki *root, struct hands *hands, struct facts *facts,
    struct diag *d)
{
	const size_t i = sheet->number - 1;
	uint8_t is[SHA256_LEN];
	struct drawn w = { 0 };
	enum status rc;

	TRY(drawn_set(s, seed, set->epoch, hands, &w, d));
	sheet_commitment(set->salt, w.set.mnemonic[i], is);
	if (w.set.n != set->n || w.set.id != set->id ||
	    memcmp(is, sheet->commitment, sizeof(is)) != 0)
		FAIL(d, ST_AUTH, "FORMATS 4.32: the seed of root %s does not "
		    "give sheet %u of epoch %u as the record has it", s->root,
		    sheet->number, set->epoch);
	TRY(prove_sheet(set, sheet, w.set.mnemonic[i], root, hands, facts,
	    d));
out:
	drawn_clear(&w);
	return rc;
}

/* --- all sheets were read back --- */

/* Every quorum of what was typed gives the set's secret, and one of them the
 * seed. */
static enum status
recover_typed(const struct split *s, const struct secret *seed,
    struct hands *hands, const struct drawn *w, struct secret **out,
    uint64_t *quorums, struct diag *d)
{
	struct slip39_share *share[SHEETS_MAX] = { 0 };
	struct slip39_set typed = { 0 };
	struct secret *again = NULL;
	enum status rc;

	if (s->nsheets == 0)
		FAIL(d, ST_BUG, "root %s without a sheet", s->root);
	typed.scheme = s->scheme;
	for (typed.n = 0; typed.n < s->nsheets;) {
		TRY(secret_copy(hands->typed(hands, typed.n),
		    &typed.mnemonic[typed.n], d));
		typed.n++;
		TRY(slip39_read(typed.mnemonic[typed.n - 1],
		    &share[typed.n - 1], d));
	}
	typed.id = share[0]->id;
	TRY(slip39_prove(&typed, w->ems, quorums, d));
	TRY(slip39_gather((const struct slip39_share *const *)share, typed.n,
	    &again, d));
	TRY(drawn_decrypt(s, seed, hands, w, share[0], again, out, d));
out:
	for (size_t i = 0; i < s->nsheets; i++)
		slip39_share_free(share[i]);
	slip39_set_clear(&typed);
	secret_free(again);
	return rc;
}

enum status
split_recover(const struct split *s, const struct secret *seed,
    struct hands *hands, struct secret **out, uint64_t *quorums,
    struct diag *d)
{
	struct drawn w = { 0 };
	enum status rc;

	TRY(drawn_set(s, seed, split_epoch(s, hands->state), hands, &w, d));
	TRY(recover_typed(s, seed, hands, &w, out, quorums, d));
out:
	drawn_clear(&w);
	return rc;
}

/* --- what anyone can check without a key --- */

/* Sheet ${i}, 0.., is of the place and holder that the plan gives it. */
static bool
is_placed(const struct split *s, size_t i, const char *fact)
{
	char want[SHEET_TEXT_MAX];

	sheet_text(s, i, want, sizeof(want));
	return fact != NULL && strncmp(fact, want, strlen(want)) == 0;
}

/* The set is the plan's, whatever the seed gave beside. */
enum status
split_verify_drawn(const struct split *s, const struct state *state,
    const struct outcome *o, const char *const *except, struct diag *d)
{
	const struct drawn w = { .epoch = split_epoch(s, state) + 1 };
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	TRY(say_set(s, &w, split_quorums(s), &said, d));
	if ((key = facts_differ(&said, &o->facts, except)) != NULL)
		FAIL(d, ST_AUTH, "root %s was not split as the plan says: %s",
		    s->root, key);
	if (facts_count(&o->facts, "sheets") != s->nsheets)
		FAIL(d, ST_AUTH, "root %s was not split as the plan says: %zu "
		    "sheets", s->root, facts_count(&o->facts, "sheets"));
	for (size_t i = 0; i < s->nsheets; i++) {
		if (!is_placed(s, i, facts_at(&o->facts, "sheets", i)))
			FAIL(d, ST_AUTH, "sheet %zu of root %s is not of the "
			    "holder in the plan", i + 1, s->root);
	}
out:
	facts_clear(&said);
	return rc;
}

enum status
split_verify_sheet(const struct split *s, size_t i, const struct state *state,
    const struct outcome *o, struct diag *d)
{
	struct facts said = { 0 };
	enum status rc;

	TRY(say_sheet(s, i, state, &said, d));
	if (facts_differ(&said, &o->facts, state_trusted(o->kind)) != NULL)
		FAIL(d, ST_AUTH, "it is not sheet %zu of root %s, read back "
		    "by its holder", i + 1, s->root);
	TRY(visit_how_holds(s->plan, &o->facts, d));
	TRY(visit_by_holds(s->plan, &o->facts, d));
out:
	facts_clear(&said);
	return rc;
}
