/* see quorum.h */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ceremony/adopted.h"
#include "ceremony/passphrase.h"
#include "ceremony/quorum.h"

#define MISSING_MAX 1280 /* bytes: 16 groups, each by name */

/* The sheets taken so far. */
struct pile {
	const struct sheet_set *set;
	struct slip39_share *share[SHEETS_MAX];
	unsigned number[SHEETS_MAX]; /* of the sheet */
	size_t n;
};

static void
pile_clear(struct pile *p)
{
	for (size_t i = 0; i < p->n; i++)
		slip39_share_free(p->share[i]);
	memset(p, 0, sizeof(*p));
}

/* How many sheets of a group are on the pile. */
static unsigned
have(const struct pile *p, unsigned group)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->share[i]->group == group;
	return n;
}

static const char *
group_name(const struct sheet_set *set, unsigned group)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->sheets[i].group == group)
			return set->sheets[i].group_name;
	}
	return "?";
}

static bool
is_whole(const struct pile *p, unsigned group)
{
	return have(p, group) >= p->set->scheme.group[group].need;
}

/* Text that ends where there is no more room. */
struct words {
	char *text;
	size_t at, size;
};

static void say(struct words *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->at >= w->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(w->text + w->at, w->size - w->at, fmt, ap);
	va_end(ap);
	w->at = n < 0 ? w->size : w->at + (size_t)n;
}

/* "1 more of these groups (board is whole): ", where there is a choice. */
static void
say_choice(const struct pile *p, unsigned whole, struct words *w)
{
	const struct slip39_scheme *s = &p->set->scheme;
	const char *before = " (";

	if (s->need == s->groups)
		return;
	say(w, "%u%s of these groups", s->need - whole,
	    whole == 0 ? "" : " more");
	for (unsigned g = 0; g < s->groups; g++) {
		if (!is_whole(p, g))
			continue;
		say(w, "%s%s", before, group_name(p->set, g));
		before = ", ";
	}
	if (whole > 0)
		say(w, whole == 1 ? " is whole)" : " are whole)");
	say(w, ": ");
}

/* Whether a quorum is there; else say in words what is missing. */
static bool
enough(const struct pile *p, char *missing, size_t size)
{
	const struct slip39_scheme *s = &p->set->scheme;
	/* where every group is needed, none is a choice */
	const char *joint = s->need == s->groups ? " and " : ", ";
	struct words w = { missing, 0, size };
	const char *before = "";
	unsigned whole = 0;

	for (unsigned g = 0; g < s->groups; g++)
		whole += is_whole(p, g);
	if (whole >= s->need)
		return true;
	missing[0] = '\0';
	say_choice(p, whole, &w);
	for (unsigned g = 0; g < s->groups; g++) {
		if (is_whole(p, g))
			continue;
		say(&w, "%s%u of %u sheets of group %s", before, have(p, g),
		    s->group[g].need, group_name(p->set, g));
		before = joint;
	}
	return false;
}

/* The sheet whose place a share claims for itself in one of the sets of
 * ${root}, or NULL: of any. */
static const struct sheet *
claimed(const struct state *state, const char *root,
    const struct slip39_share *share, const struct sheet_set **set)
{
	const struct sheet_set *s;

	for (size_t i = state->nsets; i-- > 0;) {
		s = &state->sets[i];
		if (share->id != s->id ||
		    share->extendable != s->scheme.extendable ||
		    share->exponent != s->scheme.exponent ||
		    (root != NULL && strcmp(s->root, root) != 0))
			continue;
		for (size_t k = 0; k < s->n; k++) {
			if (s->sheets[k].group != share->group ||
			    s->sheets[k].member != share->member)
				continue;
			*set = s;
			return &s->sheets[k];
		}
	}
	return NULL;
}

/* A share of no commitment of record, maybe in the place of one that is. */
static enum status
refuse_stranger(const struct state *state, const char *root,
    const struct secret *canonical, const struct sheet_set **set,
    const struct sheet **sheet, struct diag *d)
{
	struct slip39_share *share = NULL;
	enum status rc;

	TRY(slip39_read(canonical, &share, d));
	if ((*sheet = claimed(state, root, share, set)) != NULL)
		FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u of %zu, %s, is not the "
		    "sheet of record: its words were altered (root %s, epoch "
		    "%u)", (*sheet)->number, (*set)->n, (*sheet)->holder,
		    (*set)->root, (*set)->epoch);
	FAIL(d, ST_AUTH, "FORMATS 4.9: a share of another set, not of %s%s",
	    root == NULL ? "any root here" : "root ",
	    root == NULL ? "" : root);
out:
	slip39_share_free(share);
	return rc;
}

static size_t
count_words(const struct secret *mnemonic)
{
	const uint8_t *at = secret_peek(mnemonic);
	bool inside = false;
	size_t n = 0;

	for (size_t i = 0; i < secret_len(mnemonic) && at[i] != '\0'; i++) {
		n += !inside && !isspace(at[i]);
		inside = !isspace(at[i]);
	}
	return n;
}

/* Whether all sets of record have the same ext flag, and which. */
static bool
known_flag(const struct state *state, bool *extendable)
{
	for (size_t i = 0; i < state->nsets; i++) {
		if (i > 0 && state->sets[i].scheme.extendable != *extendable)
			return false;
		*extendable = state->sets[i].scheme.extendable;
	}
	return state->nsets > 0;
}

/* Words whose checksum does not hold: what is known of them nevertheless. */
static void
explain_checksum(const struct state *state, const struct secret *mnemonic,
    struct diag *d)
{
	struct slip39_share says;
	const struct sheet_set *set;
	const struct sheet *sheet = NULL;
	bool flag = true, known = known_flag(state, &flag);
	char word_text[80] = "", claim[160] = "";
	size_t word = 0;
	enum status rc;

	rc = known ? slip39_suspect_of(mnemonic, flag, &word, NULL) :
		     slip39_suspect(mnemonic, &word, NULL);
	if (rc != ST_OK)
		return;
	if (word != 0)
		snprintf(word_text, sizeof(word_text), "; if only one word is "
		    "wrong, it is word %zu", word);
	else if (known)
		snprintf(word_text, sizeof(word_text), "; more than one word "
		    "is wrong");
	if ((word == 0 || word > SLIP39_CLAIM_WORDS) &&
	    slip39_claim(mnemonic, &says, NULL) == ST_OK)
		sheet = claimed(state, NULL, &says, &set);
	if (sheet != NULL)
		snprintf(claim, sizeof(claim), "; by its first four words it "
		    "is sheet %u of %zu of root %s, epoch %u, %s",
		    sheet->number, set->n, set->root, set->epoch,
		    sheet->holder);
	diag_clear(d);
	diag_note(d, ST_FORMAT, "FORMATS 4.6: the checksum of the share does "
	    "not hold%s%s", word_text, claim);
}

static enum status
read_share(const struct state *state, const struct secret *mnemonic,
    struct secret **canonical, struct diag *d)
{
	struct slip39_share *share = NULL;
	size_t n = count_words(mnemonic);
	bool holds = false;
	enum status rc;

	TRY(slip39_read(mnemonic, &share, d));
	TRY(slip39_canonical(mnemonic, canonical, d));
out:
	slip39_share_free(share);
	if (rc == ST_FORMAT && d != NULL && n != SHEET_WORDS) {
		diag_clear(d);
		diag_note(d, ST_FORMAT, "FORMATS 4.4: %zu words, and a sheet "
		    "has %d", n, SHEET_WORDS);
	} else if (rc == ST_FORMAT && d != NULL &&
	    slip39_holds(mnemonic, &holds, NULL) == ST_OK && !holds) {
		explain_checksum(state, mnemonic, d);
	}
	return rc;
}

/* A sheet that is of record: whether it may be taken for ${root}. */
static enum status
check_fit(const struct sheet_set *set, const struct sheet *sheet,
    const char *root, struct diag *d)
{
	char line[96];

	snprintf(line, sizeof(line), "sheet %u of root %s, epoch %u, %s",
	    sheet->number, set->root, set->epoch, sheet->holder);
	if (sheet->destroyed != 0 && sheet->lost > 0)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: %s, was destroyed on "
		    "record in ceremony %u: this is the copy of it that was "
		    "lost, or that one was not destroyed", line,
		    sheet->destroyed);
	if (sheet->destroyed != 0)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: %s, was destroyed on "
		    "record in ceremony %u: it was not", line,
		    sheet->destroyed);
	if (set->fate == SET_REPLACED)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: %s, was replaced by "
		    "epoch %u: destroy it", line, set->by);
	if (set->fate != SET_LIVE)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: %s, is %s", line,
		    set->fate == SET_VOID ? "void" :
		    "of a set that was never committed");
	if (root != NULL && strcmp(set->root, root) != 0)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: sheet %u of root %s, "
		    "%s, is not a sheet of root %s", sheet->number, set->root,
		    sheet->holder, root);
	return ST_OK;
}

enum status
quorum_identify(const struct state *state, const char *root,
    const struct secret *mnemonic, const struct sheet_set **set,
    const struct sheet **sheet, struct secret **canonical, struct diag *d)
{
	enum status rc;

	*set = NULL;
	*sheet = NULL;
	*canonical = NULL;
	TRY(read_share(state, mnemonic, canonical, d));
	for (size_t i = 0; i < state->nsets && *sheet == NULL; i++) {
		*set = &state->sets[i];
		*sheet = sheet_of_words(*set, *canonical);
	}
	if (*sheet == NULL) {
		*set = NULL;
		TRY(refuse_stranger(state, root, *canonical, set, sheet, d));
	}
	TRY(check_fit(*set, *sheet, root, d));
	return ST_OK;
out:
	secret_free(*canonical);
	*canonical = NULL;
	return rc;
}

/* What a share says of its set is what the record says; else a forged record
 * could have us stretch for minutes, or in another way. */
static enum status
check_terms(const struct slip39_share *share, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d)
{
	if (share->id == set->id && share->exponent == set->scheme.exponent &&
	    share->extendable == set->scheme.extendable)
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 4.13: sheet %u, %s, has another "
	    "id, ext or exponent than the record", sheet->number,
	    sheet->holder);
}

enum status
quorum_claim(const struct state *state, const struct secret *words,
    const struct sheet_set **set, const struct sheet **sheet, struct diag *d)
{
	struct slip39_share says;
	enum status rc;

	*set = NULL;
	*sheet = NULL;
	TRY(slip39_claim(words, &says, d));
	if ((*sheet = claimed(state, NULL, &says, set)) == NULL)
		FAIL(d, ST_AUTH, "FORMATS 4.9: by these words it is a share of "
		    "another set, not of any root here");
out:
	return rc;
}

/* One share onto the pile, or why not; it is ${*out}, and that of the number
 * ${comes}, where it was said which one comes. */
static enum status
take(struct pile *p, const struct state *state, const char *root,
    const struct secret *mnemonic, unsigned comes, const struct sheet **out,
    struct diag *d)
{
	const struct sheet *sheet = NULL;
	const struct sheet_set *set = NULL;
	struct secret *canonical = NULL;
	struct slip39_share *share = NULL;
	enum status rc;

	TRY(quorum_identify(state, root, mnemonic, &set, &sheet, &canonical,
	    d));
	if (comes != 0 && comes != sheet->number)
		FAIL(d, ST_AUTH, "FORMATS 4.44: sheet %u was to come, and this "
		    "is sheet %u, %s", comes, sheet->number, sheet->holder);
	for (size_t i = 0; i < p->n; i++) {
		if (p->number[i] == sheet->number)
			FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u, %s, was "
			    "entered already", sheet->number, sheet->holder);
	}
	if (p->n == SHEETS_MAX)
		FAIL(d, ST_BUG, "more sheets than there are");
	TRY(slip39_read(canonical, &share, d));
	TRY(check_terms(share, set, sheet, d));
	p->share[p->n] = share;
	p->number[p->n++] = sheet->number;
	share = NULL;
	*out = sheet;
out:
	slip39_share_free(share);
	secret_free(canonical);
	return rc;
}

enum status
quorum_refuse(const struct front *front, const struct quorum_watch *watch,
    struct diag *why, struct diag *d)
{
	enum status rc;

	/* no share's fault: nothing to record, and nothing to try again */
	if (why->code == ST_SYSTEM || why->code == ST_BUG ||
	    why->code == ST_USAGE)
		FAIL(d, why->code, "%s", why->text);
	if (watch != NULL)
		TRY(watch->refused(watch->cookie, why->text, d));
	if (!front->refused(front, why))
		FAIL(d, why->code, "%s", why->text);
	rc = ST_OK;
out:
	return rc;
}

/* A quorum that is being opened. */
struct opening {
	const struct front *front;
	const struct state *state;
	const struct root *root;
	const struct sheet_set *set;
	const struct slip39_share *share; /* any of the quorum */
	struct secret *ems, *seed;
	struct key *key;
};

/* Derive, and compare with the record. */
static enum status
takes(void *cookie, const struct secret *passphrase, struct diag *d)
{
	struct opening *o = cookie;
	struct secret *seed = NULL;
	struct key *k = NULL;
	enum status rc;

	TRY(slip39_decrypt(o->ems, passphrase, o->share, &seed, d));
	TRY(adopted_or_derived(o->state, o->root, seed, &k, d));
	if (memcmp(key_public(k)->id, o->root->key.id, SHA384_LEN) != 0 &&
	    passphrase != NULL)
		FAIL(d, ST_AUTH, "FORMATS 4.10: with this passphrase the "
		    "sheets give another key than that of record of root %s: "
		    "it is not the one that %s keeps", o->root->name,
		    o->set->keeper);
	if (memcmp(key_public(k)->id, o->root->key.id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 4.10: the sheets combine, but not to "
		    "the key of record of root %s: a passphrase is missing, or "
		    "they are not its sheets", o->root->name);
	o->seed = seed;
	o->key = k;
	seed = NULL;
	k = NULL;
out:
	secret_free(seed);
	key_free(k);
	return rc;
}

/* The pile is a quorum: combine, and decrypt.  It stays while its passphrase is
 * asked for again. */
static enum status
combine(const struct pile *p, struct opening *o,
    const struct quorum_watch *watch, struct diag *d)
{
	const struct pass_view view = { o->root->name, o->set->keeper,
		PASS_OPEN };
	const struct passphrase_test test = { takes, o };
	const struct slip39_share *share[SHEETS_MAX] = { NULL };
	size_t n = 0;
	enum status rc;

	/* a group that was begun and is not whole says nothing (4.15) */
	for (size_t i = 0; i < p->n; i++) {
		if (is_whole(p, p->share[i]->group))
			share[n++] = p->share[i];
	}
	TRY(slip39_gather(share, n, &o->ems, d));
	o->share = share[0];
	if (o->set->keeper[0] == '\0')
		TRY(takes(o, NULL, d));
	else
		TRY(passphrase_ask(o->front, &view, &test, watch, d));
	if (watch != NULL && watch->opened != NULL)
		TRY(watch->opened(watch->cookie, o->set, o->ems, d));
out:
	secret_free(o->ems);
	o->ems = NULL;
	return rc;
}

/* One share: asked for, and onto the pile or refused. */
static enum status
ask_one(const struct front *front, const struct state *state,
    const char *root, const struct quorum_watch *watch, struct pile *pile,
    size_t nth, const char *missing, struct diag *d)
{
	struct secret *mnemonic = NULL;
	const struct sheet *sheet = NULL;
	struct diag why = { 0 };
	unsigned comes = 0;
	enum status rc;

	if (watch != NULL && watch->comes != NULL)
		TRY(watch->comes(watch->cookie, pile->set, nth, &comes, d));
	rc = front->ask_share(front, pile->set, nth, missing, &mnemonic, d);
	if (rc == ST_AUTH) {
		diag_clear(d);
		FAIL(d, ST_AUTH, "FORMATS 4.8: too few sheets of root %s: %s",
		    root, missing);
	}
	if (rc != ST_OK)
		goto out;
	if (take(pile, state, root, mnemonic, comes, &sheet, &why) != ST_OK)
		TRY(quorum_refuse(front, watch, &why, d));
	secret_free(mnemonic);
	mnemonic = NULL;
	if (sheet != NULL && watch != NULL && watch->taken != NULL)
		TRY(watch->taken(watch->cookie, pile->set, sheet, d));
out:
	secret_free(mnemonic);
	return rc;
}

enum status
quorum_open(const struct front *front, const struct state *state,
    const char *root, const struct quorum_watch *watch, struct secret **seed,
    struct key **key, size_t *used, struct diag *d)
{
	const struct root *r = state_root(state, root);
	struct opening o = { .front = front, .state = state, .root = r };
	struct pile pile = { 0 };
	char missing[MISSING_MAX];
	size_t asked = 0;
	enum status rc;

	*seed = NULL;
	*key = NULL;
	if (r == NULL || (pile.set = state_live_set(state, root)) == NULL)
		FAIL(d, ST_POLICY, "there is no root %s with live sheets",
		    root);
	if (!sheet_set_opens(pile.set, NULL))
		FAIL(d, ST_POLICY, "FORMATS 4.33: nothing opens root %s any "
		    "more: its sheets were destroyed", root);
	TRY(adopted_look(state, r, d));
	o.set = pile.set;
	while (!enough(&pile, missing, sizeof(missing)))
		TRY(ask_one(front, state, root, watch, &pile, asked++, missing,
		    d));
	TRY(combine(&pile, &o, watch, d));
	*used = pile.n;
	*seed = o.seed;
	*key = o.key;
	o = (struct opening) { 0 };
out:
	secret_free(o.seed);
	key_free(o.key);
	pile_clear(&pile);
	return rc;
}
