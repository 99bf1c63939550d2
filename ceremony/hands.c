/* see hands.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/adopted.h"
#include "ceremony/bags.h"
#include "ceremony/entropy.h"
#include "ceremony/event.h"
#include "ceremony/hands.h"
#include "ceremony/passphrase.h"
#include "ceremony/proof.h"
#include "ceremony/quorum.h"
#include "ceremony/visit.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/key_file.h"
#include "lib/record/signer.h"

static struct engine *
engine_of(struct hands *h)
{
	return h->engine;
}

static enum status
note_refusal(void *cookie, const char *why, struct diag *d)
{
	return event_refused(cookie, why, d);
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

/* Until the root is added, with what its set is encrypted to. */
struct opened {
	struct engine *e;
	struct secret *ems;
	unsigned epoch;
};

static enum status
refused_at_opening(void *cookie, const char *why, struct diag *d)
{
	const struct opened *o = cookie;

	return note_refusal(o->e, why, d);
}

static enum status
keep_encrypted(void *cookie, const struct sheet_set *set,
    const struct secret *ems, struct diag *d)
{
	struct opened *o = cookie;

	o->epoch = set->epoch;
	return secret_copy(ems, &o->ems, d);
}

static enum status
sheet_comes(void *cookie, const struct sheet_set *set, size_t nth,
    unsigned *number, struct diag *d)
{
	const struct opened *o = cookie;

	return visit_comes(o->e, set, nth, number, d);
}

static enum status
sheet_taken(void *cookie, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	const struct opened *o = cookie;

	return visit_taken(o->e, set, sheet, d);
}

/* From its sheets: those of the state so far or, while entries are compared, of
 * all that the stick had: a set that was replaced later may be burnt. */
static enum status
open_root(struct engine *e, const char *name, struct engine_root **out,
    struct diag *d)
{
	struct opened o = { .e = e };
	const struct quorum_watch watch = {
		.refused = refused_at_opening,
		.opened = keep_encrypted,
		.comes = sheet_comes,
		.taken = sheet_taken,
		.cookie = &o,
	};
	struct secret *seed = NULL;
	struct key *key = NULL;
	size_t used = 0;
	enum status rc;

	TRY(quorum_open(e->front, engine_known(e), name, &watch, &seed, &key,
	    &used, d));
	TRY(add_root(e, name, out, d));
	(*out)->seed = seed;
	(*out)->key = key;
	(*out)->ems = o.ems;
	(*out)->epoch = o.epoch;
	seed = NULL;
	key = NULL;
	o.ems = NULL;
out:
	secret_free(seed);
	secret_free(o.ems);
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
			FAIL(d, ST_POLICY, "FORMATS 5.7: the same was added "
			    "to another seed of this ceremony; roll, toss or "
			    "type anew");
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
	if (*out == NULL) /* or its key is there already */
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
	} else if (r == NULL || r->seed == NULL) {
		TRY(draw_seed(e, name, facts, &r, d));
	}
	*out = r->seed;
	rc = ST_OK;
out:
	return rc;
}

/* --- a key that was there before --- */

/* Asked for until it opens the file, or nobody knows it. */
static enum status
ask_passphrase(struct engine *e, const char *name, const struct secret *file,
    struct key **out, struct diag *d)
{
	struct secret *pass = NULL;
	struct diag why = { 0 };
	enum status rc;

	if (e->front->ask_file_passphrase == NULL)
		FAIL(d, ST_AUTH, "it is encrypted, and there is nobody to ask");
	for (;;) {
		diag_clear(&why);
		TRY(e->front->ask_file_passphrase(e->front, name, &pass, d));
		rc = key_file_open(file, pass, out, &why);
		secret_free(pass);
		pass = NULL;
		if (rc != ST_AUTH)
			break;
		diag_prefix(&why, "%s", name);
		TRY(note_refusal(e, why.text, d));
		if (!e->front->refused(e->front, &why))
			FAIL(d, ST_AUTH, "%s", why.text);
	}
	if (rc != ST_OK)
		FAIL(d, rc, "%s", why.text);
out:
	return rc;
}

static enum status
open_key_file(struct engine *e, const struct ini_entry *of, struct key **out,
    struct diag *d)
{
	char name[PLAN_FILE_NAME_SIZE];
	struct secret *file = NULL;
	struct diag why = { 0 };
	enum status rc;

	TRY(plan_key_file(e->plan, of, KEY_FILE_MAX, &file, d));
	if (!plan_key_file_there(e->plan, of, name))
		FAIL(d, ST_SYSTEM, "%s went away", name);
	rc = key_file_locked(file) ? ask_passphrase(e, name, file, out, &why) :
	    key_file_open(file, NULL, out, &why);
	if (rc != ST_OK)
		FAIL(d, rc, "%s:%zu: FORMATS 3.93: %s", e->plan->file,
		    of->line, why.text);
out:
	secret_free(file);
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
hand_adopt(struct hands *h, const char *name, const struct ini_entry *file,
    const struct key **out, struct diag *d)
{
	struct engine *e = engine_of(h);
	struct engine_root *r = find_root(e, name);
	struct key *key = NULL;
	enum status rc = ST_OK;

	*out = NULL;
	/* computed again, its sheets will give it: no file, and nobody asked */
	if (r == NULL && engine_comparing(e))
		return ST_OK;
	if (r == NULL) {
		TRY(open_key_file(e, file, &key, d));
		TRY(add_root(e, name, &r, d));
		r->key = key;
		key = NULL;
	}
	*out = r->key;
out:
	key_free(key);
	return rc;
}

/* --- sheets that are proven --- */

/* The file that a sheet of an adopted root opens nothing without. */
struct key_file {
	char name[OBJECT_NAME_SIZE]; /* empty: there is none */
	char digest[2 * SHA256_LEN + 1];
};

/* Of the record, or, while the root is adopted, what it will be. */
static enum status
find_key_file(struct engine *e, const char *name, struct key_file *out,
    struct diag *d)
{
	const struct root *root = state_root(e->state, name);
	const struct engine_root *r = find_root(e, name);
	uint8_t hash[SHA256_LEN];
	struct bytes pem = { 0 };
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (root != NULL && root->adopted[0] != '\0') {
		TRY(state_object(e->state, root->adopted, &pem, d));
		snprintf(out->name, sizeof(out->name), "%s", root->adopted);
	} else if (root == NULL && r != NULL && key_file_has(r->key)) {
		TRY(adopted_seal(r->key, r->seed, &pem, d));
		adopted_name(e->state->nroots + 1, out->name);
	} else {
		return ST_OK;
	}
	hash_sha256(pem.data, pem.len, hash);
	text_hex(hash, sizeof(hash), out->digest);
out:
	bytes_free(&pem);
	return rc;
}

static enum status
hand_prove(struct hands *h, const struct sheet_view *sheet,
    struct facts *facts, struct diag *d)
{
	struct engine *e = engine_of(h);
	struct secret **typed = &e->typed[sheet->sheet->number - 1];
	char date[CLOCK_TEXT_SIZE];
	struct sheet_view view = complete(e->plan, sheet, date);
	struct key_file file;
	enum status rc;

	secret_free(*typed);
	*typed = NULL;
	if (engine_comparing(e))
		return secret_copy(view.mnemonic, typed, d);
	TRY(find_key_file(e, view.set->root, &file, d));
	if (file.name[0] != '\0') {
		view.adopted = file.name;
		view.adopted_sha256 = file.digest;
	}
	view.live = state_live_set(e->state, view.set->root);
	TRY(visit_reader(e, view.set, view.sheet, facts, d));
	TRY(proof_take(e, &view, typed, facts, d));
out:
	return rc;
}

/* What is recorded is not looked at again: that was people's. */
static enum status
hand_check_up(struct hands *h, const struct sheet_set *set,
    const struct sheet *sheet, struct facts *facts, struct diag *d)
{
	struct engine *e = engine_of(h);

	return engine_comparing(e) ? ST_OK :
	    visit_check_up(e, set, sheet, facts, d);
}

/* Nor is what was burnt fetched again. */
static enum status
hand_fetched(struct hands *h, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	struct engine *e = engine_of(h);

	return engine_comparing(e) ? ST_OK : bags_in(e, set, sheet, d);
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

/* --- passphrases --- */

/* The sheets that the record has of a set: while entries are compared, it was
 * drawn before. */
static const struct sheet_set *
known_set(const struct engine *e, const struct split_terms *t)
{
	const struct state *s = engine_comparing(e) ? e->known : NULL;

	for (size_t i = 0; s != NULL && i < s->nsets; i++) {
		if (s->sets[i].epoch == t->epoch &&
		    strcmp(s->sets[i].root, t->root) == 0)
			return &s->sets[i];
	}
	return NULL;
}

static enum status
hand_encrypted(struct hands *h, const struct split_terms *t,
    const struct secret *seed, const struct secret **ems, struct diag *d)
{
	struct engine *e = engine_of(h);
	struct engine_root *r = find_root(e, t->root);
	struct secret *made = NULL;
	enum status rc;

	if (r == NULL)
		FAIL(d, ST_BUG, "root %s is split and not there", t->root);
	if (r->ems == NULL || r->epoch != t->epoch) {
		TRY(passphrase_encrypt(e->front, t, seed, known_set(e, t),
		    &made, d));
		secret_free(r->ems);
		r->ems = made;
		r->epoch = t->epoch;
	}
	*ems = r->ems;
	rc = ST_OK;
out:
	return rc;
}

static enum status
hand_decrypted(struct hands *h, const struct split_terms *t,
    const struct secret *ems, const struct secret *seed, struct secret **out,
    struct diag *d)
{
	struct engine *e = engine_of(h);
	const struct quorum_watch watch = { .refused = note_refusal,
		.cookie = e };

	/* nobody types again what the record says was typed */
	if (engine_comparing(e))
		return secret_copy(seed, out, d);
	return passphrase_prove(e->front, t, ems, seed, &watch, out, d);
}

static enum status
hand_confirm(struct hands *h, const char *question, struct diag *d)
{
	struct engine *e = engine_of(h);

	return engine_comparing(e) ? ST_OK :
				     e->front->confirm(e->front, question, d);
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
		.check_up = hand_check_up,
		.fetched = hand_fetched,
		.proven = hand_proven,
		.encrypted = hand_encrypted,
		.decrypted = hand_decrypted,
		.confirm = hand_confirm,
		.adopt = hand_adopt,
		.engine = e,
	};
}

static void
drop_root(struct engine_root *r)
{
	secret_free(r->seed);
	secret_free(r->ems);
	key_free(r->key);
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
		drop_root(&e->root[i]);
	}
	memset(&e->root[n], 0, (e->nroots - n) * sizeof(e->root[0]));
	e->nroots = n;
}

void
hands_forget(struct engine *e)
{
	for (size_t i = 0; i < e->nroots; i++)
		drop_root(&e->root[i]);
	e->nroots = 0;
	wipe_typed(e);
	for (size_t i = 0; i < e->ndice; i++)
		secret_free(e->dice[i]);
	e->ndice = 0;
}
