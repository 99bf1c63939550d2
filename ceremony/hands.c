/* see hands.h */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ceremony/entropy.h"
#include "ceremony/hands.h"
#include "ceremony/quorum.h"
#include "lib/base/clock.h"
#include "lib/record/signer.h"

static struct engine *
engine_of(struct hands *h)
{
	return h->engine;
}

static enum status
note_refusal(void *cookie, const char *why, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc;

	TRY(facts_set(&f, d, "why", "%s", why));
	TRY(engine_event(cookie, "refused", &f, d));
out:
	facts_clear(&f);
	return rc;
}

static struct engine_root *
find_root(struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->nroots; i++) {
		if (strcmp(e->root[i].name, name) == 0)
			return &e->root[i];
	}
	return NULL;
}

static enum status
add_root(struct engine *e, const char *name, struct engine_root **out,
    struct diag *d)
{
	if (e->nroots == ENGINE_ROOTS_MAX)
		return diag_set(d, ST_POLICY, "more than %d roots open",
		    ENGINE_ROOTS_MAX);
	*out = &e->root[e->nroots++];
	snprintf((*out)->name, sizeof((*out)->name), "%s", name);
	return ST_OK;
}

/* From its sheets: the record that knows the root is the state so far, or,
 * while entries are compared, all that the stick had. */
static enum status
open_root(struct engine *e, const char *name, struct engine_root **out,
    struct diag *d)
{
	const struct quorum_watch watch = { note_refusal, e };
	const struct state *s = e->known != NULL &&
	    state_root(e->state, name) == NULL ? e->known : e->state;
	struct secret *seed = NULL;
	struct key *key = NULL;
	size_t used = 0;
	enum status rc;

	TRY(quorum_open(e->front, s, name, &watch, &seed, &key, &used, d));
	TRY(add_root(e, name, out, d));
	(*out)->seed = seed;
	(*out)->key = key;
	seed = NULL;
	key = NULL;
out:
	secret_free(seed);
	key_free(key);
	return rc;
}

static enum status
hand_root(struct hands *h, const char *name, const struct key **out,
    struct diag *d)
{
	struct engine *e = engine_of(h);
	struct engine_root *r = find_root(e, name);
	enum status rc = ST_OK;

	if (r == NULL)
		rc = open_root(e, name, &r, d);
	if (rc == ST_OK && r->key == NULL)
		return diag_set(d, ST_BUG, "root %s signs before it is "
		    "proven", name);
	if (rc == ST_OK)
		*out = r->key;
	return rc;
}

static enum status
hand_opened(struct hands *h, const char *name, const struct secret **out,
    struct diag *d)
{
	const struct engine_root *r;
	const struct key *key;
	enum status rc;

	TRY(hand_root(h, name, &key, d));
	if ((r = find_root(engine_of(h), name)) == NULL)
		FAIL(d, ST_BUG, "root %s is open and not there", name);
	*out = r->seed;
out:
	return rc;
}

static enum status
hand_derive(struct hands *h, const char *name, const char *label,
    uint8_t *out, size_t len, struct diag *d)
{
	const struct secret *seed;
	enum status rc;

	TRY(hand_opened(h, name, &seed, d));
	TRY(derive_label(seed, label, out, len, d));
out:
	return rc;
}

/* The same digits twice are refused (RULES C8).  What is kept tells two apart
 * and no more: of dice alone the digits are the seed (RULES B10). */
static enum status
keep_dice(struct engine *e, const struct secret *dice, struct diag *d)
{
	struct secret *mark = NULL;
	enum status rc;

	if (dice == NULL)
		return ST_OK;
	if (e->ndice == ENGINE_ROOTS_MAX)
		FAIL(d, ST_POLICY, "more than %d roots drawn",
		    ENGINE_ROOTS_MAX);
	TRY(secret_new(SHA256_LEN, &mark, d));
	hash_sha256(secret_peek(dice), secret_len(dice), secret_bytes(mark));
	for (size_t i = 0; i < e->ndice; i++) {
		if (secret_equal(e->dice[i], mark))
			FAIL(d, ST_POLICY, "FORMATS 5.7: these digits were "
			    "used in this ceremony already; roll again");
	}
	e->dice[e->ndice++] = mark;
	mark = NULL;
	rc = ST_OK;
out:
	secret_free(mark);
	return rc;
}

static enum status
draw_seed(struct engine *e, const char *name, struct facts *facts,
    struct engine_root **out, struct diag *d)
{
	struct secret *seed = NULL, *dice = NULL;
	enum status rc;

	TRY(entropy_draw(e->plan, e->front, name, e->state->nroots, &seed,
	    &dice, facts, d));
	TRY(keep_dice(e, dice, d));
	TRY(add_root(e, name, out, d));
	(*out)->seed = seed;
	seed = NULL;
out:
	secret_free(seed);
	secret_free(dice);
	return rc;
}

static enum status
hand_seed(struct hands *h, const char *name, const struct secret **out,
    struct facts *facts, struct diag *d)
{
	struct engine *e = engine_of(h);
	struct engine_root *r = find_root(e, name);
	bool told = false;
	enum status rc;

	if (r == NULL && engine_comparing(e)) {
		TRY(open_root(e, name, &r, d));
		TRY(entropy_again(r->seed, &e->people, &e->tail[e->at].facts,
		    &told, d));
		e->untold += !told;
	} else if (r == NULL) {
		TRY(draw_seed(e, name, facts, &r, d));
	}
	*out = r->seed;
	rc = ST_OK;
out:
	return rc;
}

/* What came back equals the sheet's commitment, in canonical spelling. */
static enum status
check_typed(const struct sheet_view *view, const struct secret *typed,
    struct secret **canonical, struct diag *d)
{
	const struct secret *want = view->mnemonic;
	uint8_t is[SHA256_LEN];
	enum status rc;

	TRY(slip39_canonical(typed, canonical, d));
	sheet_commitment(view->set->salt, *canonical, is);
	if (memcmp(is, view->sheet->commitment, sizeof(is)) != 0 ||
	    !secret_equal(*canonical, want)) {
		secret_free(*canonical);
		*canonical = NULL;
		FAIL(d, ST_AUTH, "FORMATS 4.7: what was read back is another "
		    "share");
	}
out:
	return rc;
}

/* The word that is no share. */
static bool
wants_to_see(const struct secret *typed)
{
	return secret_len(typed) == strlen(HANDS_SHOW) &&
	    strncasecmp((const char *)secret_peek(typed), HANDS_SHOW,
	    strlen(HANDS_SHOW)) == 0;
}

/* To its holder's eyes, or on a printer's paper, as the plan says. */
static enum status
show_sheet(const struct front *f, const struct sheet_view *view,
    struct diag *d)
{
	if (!view->print)
		return f->show_sheet(f, view, d);
	if (f->print_sheet == NULL)
		return diag_set(d, ST_POLICY, "FORMATS 3.21: the plan has its "
		    "sheets printed, and nobody here has a place for them");
	return f->print_sheet(f, view, d);
}

/* The sheet as its holder types it, seen again as often as asked for: what
 * proves it is all of its words, typed after it was wiped (RULES S2). */
static enum status
read_back(struct engine *e, const struct sheet_view *view,
    struct secret **canonical, struct diag *d)
{
	struct sheet_view blind = *view;
	struct secret *typed = NULL;
	enum status rc;

	blind.mnemonic = NULL;
	TRY(e->front->read_back(e->front, &blind, &typed, d));
	while (wants_to_see(typed)) {
		secret_free(typed);
		typed = NULL;
		TRY(show_sheet(e->front, view, d));
		TRY(e->front->read_back(e->front, &blind, &typed, d));
	}
	TRY(check_typed(view, typed, canonical, d));
out:
	secret_free(typed);
	return rc;
}

/* What stands on a sheet besides, of the plan. */
static struct sheet_view
complete(const struct plan *p, const struct sheet_view *view,
    char date[CLOCK_TEXT_SIZE])
{
	struct sheet_view v = *view;

	v.print = p->print;
	clock_text(p->effective, date);
	date[strcspn(date, "T")] = '\0';
	v.date = date;
	for (size_t i = 0; i < p->npersons; i++) {
		if (strcmp(p->persons[i].word, v.sheet->holder) == 0)
			v.name = p->persons[i].name;
	}
	return v;
}

static enum status
hand_prove(struct hands *h, const struct sheet_view *sheet,
    struct facts *facts, struct diag *d)
{
	struct engine *e = engine_of(h);
	char date[CLOCK_TEXT_SIZE];
	const struct sheet_view whole = complete(e->plan, sheet, date);
	const struct sheet_view *view = &whole;
	const size_t i = view->sheet->number - 1;
	struct secret *canonical = NULL;
	struct diag why = { 0 };
	unsigned tries = 0;
	enum status rc;

	secret_free(e->typed[i]);
	e->typed[i] = NULL;
	if (engine_comparing(e))
		return secret_copy(view->mnemonic, &e->typed[i], d);
	TRY(show_sheet(e->front, view, d));
	for (;;) {
		diag_clear(&why);
		tries++;
		rc = read_back(e, view, &canonical, &why);
		if (rc == ST_OK)
			break;
		if (rc == ST_USAGE || rc == ST_SYSTEM || rc == ST_BUG)
			FAIL(d, rc, "%s", why.text);
		diag_prefix(&why, "sheet %u of %s", view->sheet->number,
		    view->sheet->holder);
		TRY(note_refusal(e, why.text, d));
		if (!e->front->refused(e->front, &why))
			FAIL(d, rc, "%s", why.text);
	}
	e->typed[i] = canonical;
	TRY(facts_set(facts, d, "how", "%s", e->front->how));
	TRY(facts_set(facts, d, "tries", "%u", tries));
out:
	return rc;
}

static const struct secret *
hand_typed(struct hands *h, size_t sheet)
{
	return engine_of(h)->typed[sheet];
}

/* The recovered seed takes the place of the drawn one. */
static enum status
hand_proven(struct hands *h, const char *name, const struct secret *seed,
    struct diag *d)
{
	struct engine *e = engine_of(h);
	struct engine_root *r = find_root(e, name);
	struct secret *copy = NULL;
	const struct ini_section *s;
	enum status rc;

	if (r == NULL || !secret_equal(r->seed, seed))
		FAIL(d, ST_BUG, "root %s: the sheets that were read back do "
		    "not give its seed", name);
	TRY(secret_copy(seed, &copy, d));
	secret_free(r->seed);
	r->seed = copy;
	if (r->key != NULL)
		return ST_OK;
	s = plan_section(e->plan, "mint", name);
	TRY(key_from_seed(r->seed, signer_derive_mode(e->plan->mode),
	    plan_text(s, "algorithm", ""), "root", 0, &r->key, d));
out:
	return rc;
}

void
hands_start(struct engine *e)
{
	e->hands = (struct hands) {
		.plan = e->plan,
		.state = e->state,
		.root = hand_root,
		.derive = hand_derive,
		.opened = hand_opened,
		.seed = hand_seed,
		.prove = hand_prove,
		.typed = hand_typed,
		.proven = hand_proven,
		.engine = e,
	};
}

static void
wipe_typed(struct engine *e)
{
	for (size_t i = 0; i < SHEETS_MAX; i++) {
		secret_free(e->typed[i]);
		e->typed[i] = NULL;
	}
}

void
hands_rest(struct engine *e)
{
	const struct root *r;
	size_t n = 0;

	wipe_typed(e);
	for (size_t i = 0; i < e->nroots; i++) {
		r = state_root(e->state, e->root[i].name);
		if (r != NULL && r->object[0] != '\0') {
			e->root[n++] = e->root[i];
			continue;
		}
		secret_free(e->root[i].seed);
		key_free(e->root[i].key);
	}
	memset(&e->root[n], 0, (e->nroots - n) * sizeof(e->root[0]));
	e->nroots = n;
}

void
hands_forget(struct engine *e)
{
	for (size_t i = 0; i < e->nroots; i++) {
		secret_free(e->root[i].seed);
		key_free(e->root[i].key);
	}
	e->nroots = 0;
	wipe_typed(e);
	for (size_t i = 0; i < e->ndice; i++)
		secret_free(e->dice[i]);
	e->ndice = 0;
}
