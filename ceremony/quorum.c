/* see quorum.h */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ceremony/adopted.h"
#include "ceremony/quorum.h"

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

/* The place in the live set that a share claims for itself. */
static const struct sheet *
claimed(const struct sheet_set *set, const struct slip39_share *share)
{
	if (set == NULL || share->id != set->id)
		return NULL;
	for (size_t i = 0; i < set->n; i++) {
		if (set->sheets[i].group == share->group &&
		    set->sheets[i].member == share->member)
			return &set->sheets[i];
	}
	return NULL;
}

/* A share of no commitment of record, but in the place of one that is. */
static enum status
refuse_altered(const struct state *state, const char *root,
    const struct secret *canonical, struct diag *d)
{
	const struct sheet_set *set = state_live_set(state, root);
	struct slip39_share *share = NULL;
	const struct sheet *s;
	enum status rc;

	TRY(slip39_read(canonical, &share, d));
	if ((s = claimed(set, share)) != NULL)
		FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u of %zu, %s, is not the "
		    "sheet of record: its words were altered", s->number,
		    set->n, s->holder);
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

static enum status
read_share(const struct secret *mnemonic, struct secret **canonical,
    struct diag *d)
{
	struct slip39_share *share = NULL;
	size_t word = 0;
	enum status rc;

	TRY(slip39_read(mnemonic, &share, d));
	TRY(slip39_canonical(mnemonic, canonical, d));
out:
	slip39_share_free(share);
	if (rc == ST_FORMAT && count_words(mnemonic) != SHEET_WORDS) {
		diag_clear(d);
		return diag_set(d, ST_FORMAT, "FORMATS 4.4: %zu words, and a "
		    "sheet has %d", count_words(mnemonic), SHEET_WORDS);
	}
	if (rc == ST_FORMAT && d != NULL &&
	    slip39_suspect(mnemonic, &word, NULL) == ST_OK && word != 0) {
		diag_clear(d);
		return diag_set(d, ST_FORMAT, "FORMATS 4.6: the checksum of "
		    "the share does not hold; if only one word is wrong, it "
		    "is word %zu", word);
	}
	return rc;
}

enum status
quorum_identify(const struct state *state, const char *root,
    const struct secret *mnemonic, const struct sheet_set **set,
    const struct sheet **sheet, struct secret **canonical, struct diag *d)
{
	const struct sheet_set *s;
	enum status rc;

	*canonical = NULL;
	TRY(read_share(mnemonic, canonical, d));
	for (size_t i = 0; i < state->nsets; i++) {
		s = &state->sets[i];
		if ((*sheet = match(s, *canonical)) == NULL)
			continue;
		*set = s;
		if (s->fate != SET_LIVE)
			FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u of root %s, "
			    "epoch %u, %s, is %s", (*sheet)->number, s->root,
			    s->epoch, (*sheet)->holder, s->fate == SET_VOID ?
			    "void" : "of a set that was never committed");
		if (root != NULL && strcmp(s->root, root) != 0)
			FAIL(d, ST_AUTH, "FORMATS 4.9: sheet %u of root %s, "
			    "%s, is not a sheet of root %s", (*sheet)->number,
			    s->root, (*sheet)->holder, root);
		return ST_OK;
	}
	for (size_t i = 0; i < state->nroots; i++) {
		if (root == NULL || strcmp(root, state->roots[i].name) == 0)
			TRY(refuse_altered(state, state->roots[i].name,
			    *canonical, d));
	}
	FAIL(d, ST_AUTH, "FORMATS 4.9: a share of another set, not of %s%s",
	    root == NULL ? "any root here" : "root ",
	    root == NULL ? "" : root);
out:
	secret_free(*canonical);
	*canonical = NULL;
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
	TRY(adopted_or_derived(state, root, s, &k, d));
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
	TRY(adopted_look(state, r, d));
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
