/* see quorum.h */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ceremony/quorum.h"
#include "lib/record/signer.h"

#define SHEET_WORDS 33 /* of a seed of 32 bytes: FORMATS 4.4 */

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

/* Whether a quorum is there; else say in words what is missing. */
static bool
enough(const struct pile *p, char *missing, size_t size)
{
	const struct slip39_scheme *s = &p->set->scheme;
	/* where every group is needed, none is a choice */
	const char *joint = s->need == s->groups ? " and " : " or ";
	unsigned full = 0;
	size_t at = 0;

	for (unsigned g = 0; g < s->groups; g++)
		full += have(p, g) >= s->group[g].need;
	if (full >= s->need)
		return true;
	missing[0] = '\0';
	for (unsigned g = 0; g < s->groups && at < size; g++) {
		if (have(p, g) >= s->group[g].need)
			continue;
		at += (size_t)snprintf(missing + at, size - at,
		    "%s%u of %u sheets of group %s", at == 0 ? "" : joint,
		    have(p, g), s->group[g].need, group_name(p->set, g));
	}
	return false;
}

/* The sheet of a set whose commitment these words meet. */
static const struct sheet *
match(const struct sheet_set *set, const struct secret *canonical)
{
	uint8_t is[SHA256_LEN];

	sheet_commitment(set->salt, canonical, is);
	for (size_t i = 0; i < set->n; i++) {
		if (memcmp(set->sheets[i].commitment, is, sizeof(is)) == 0)
			return &set->sheets[i];
	}
	return NULL;
}

/* What its holder is told of a sheet of such a set; NULL: it is good. */
static const char *const fates[] = {
	[SET_DRAWN] = "of a set that was never committed",
	[SET_LIVE] = NULL,
	[SET_VOID] = "void",
};

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
	if (fates[set->fate] != NULL)
		return diag_set(d, ST_AUTH, "FORMATS 4.9: sheet %u of root %s, "
		    "epoch %u, %s, is %s", sheet->number, set->root,
		    set->epoch, sheet->holder, fates[set->fate]);
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
		*sheet = match(*set, *canonical);
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

/* One share onto the pile, or why not. */
static enum status
take(struct pile *p, const struct state *state, const char *root,
    const struct secret *mnemonic, struct diag *d)
{
	const struct sheet *sheet = NULL;
	const struct sheet_set *set = NULL;
	struct secret *canonical = NULL;
	enum status rc;

	TRY(quorum_identify(state, root, mnemonic, &set, &sheet, &canonical,
	    d));
	for (size_t i = 0; i < p->n; i++) {
		if (p->number[i] == sheet->number)
			FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u, %s, was "
			    "entered already", sheet->number, sheet->holder);
	}
	if (p->n == SHEETS_MAX)
		FAIL(d, ST_BUG, "more sheets than there are");
	TRY(slip39_read(canonical, &p->share[p->n], d));
	p->number[p->n++] = sheet->number;
out:
	secret_free(canonical);
	return rc;
}

/* The pile is a quorum: combine, derive, and compare with the record. */
static enum status
combine(const struct pile *p, const struct state *state,
    const struct root *root, struct secret **seed, struct key **key,
    struct diag *d)
{
	struct secret *ems = NULL, *s = NULL;
	struct key *k = NULL;
	enum status rc;

	TRY(slip39_gather((const struct slip39_share *const *)p->share, p->n,
	    &ems, d));
	TRY(slip39_decrypt(ems, NULL, p->share[0], &s, d));
	TRY(key_from_seed(s, signer_derive_mode(state->mode), root->alg, "root",
	    root->counter, &k, d));
	if (memcmp(key_public(k)->id, root->key.id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 4.10: the sheets combine, but not to "
		    "the key of record of root %s: a passphrase is missing, or "
		    "they are not its sheets", root->name);
	*seed = s;
	*key = k;
	s = NULL;
	k = NULL;
out:
	secret_free(ems);
	secret_free(s);
	key_free(k);
	return rc;
}

/* Refused: say it, record it, and go on if the people can. */
static enum status
refuse(const struct front *front, const struct quorum_watch *watch,
    struct diag *why, struct diag *d)
{
	enum status rc;

	/* no share's fault: nothing to record, and nothing to try again */
	if (why->code == ST_SYSTEM || why->code == ST_BUG)
		FAIL(d, why->code, "%s", why->text);
	if (watch != NULL)
		TRY(watch->refused(watch->cookie, why->text, d));
	if (!front->refused(front, why))
		FAIL(d, why->code, "%s", why->text);
	rc = ST_OK;
out:
	return rc;
}

enum status
quorum_open(const struct front *front, const struct state *state,
    const char *root, const struct quorum_watch *watch, struct secret **seed,
    struct key **key, size_t *used, struct diag *d)
{
	const struct root *r = state_root(state, root);
	struct secret *mnemonic = NULL;
	struct pile pile = { 0 };
	struct diag why = { 0 };
	char missing[512];
	size_t asked = 0;
	enum status rc;

	*seed = NULL;
	*key = NULL;
	if (r == NULL || (pile.set = state_live_set(state, root)) == NULL)
		FAIL(d, ST_POLICY, "there is no root %s with live sheets",
		    root);
	while (!enough(&pile, missing, sizeof(missing))) {
		rc = front->ask_share(front, root, asked++, missing, &mnemonic,
		    d);
		if (rc == ST_AUTH) {
			diag_clear(d);
			FAIL(d, ST_AUTH, "FORMATS 4.8: too few sheets of root "
			    "%s: %s", root, missing);
		}
		if (rc != ST_OK)
			goto out;
		diag_clear(&why);
		if (take(&pile, state, root, mnemonic, &why) != ST_OK)
			TRY(refuse(front, watch, &why, d));
		secret_free(mnemonic);
		mnemonic = NULL;
	}
	TRY(combine(&pile, state, r, seed, key, d));
	*used = pile.n;
out:
	secret_free(mnemonic);
	pile_clear(&pile);
	return rc;
}
