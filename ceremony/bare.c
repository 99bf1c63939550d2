/* see bare.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/bare.h"
#include "lib/crypto/slip39_text.h"

enum status
bare_new(struct bare **out, struct diag *d)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

void
bare_free(struct bare *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++)
		slip39_share_free(b->share[i]);
	free(b);
}

static const struct slip39_share *const *
shares_of(const struct bare *b)
{
	return (const struct slip39_share *const *)b->share;
}

/* Words that are no share: which of them, when one alone would explain it. */
static enum status
read_share(const struct secret *mnemonic, struct slip39_share **out,
    struct diag *d)
{
	size_t word = 0;
	enum status rc;

	rc = slip39_read(mnemonic, out, d);
	if (rc == ST_FORMAT && d != NULL &&
	    slip39_suspect(mnemonic, &word, NULL) == ST_OK && word != 0) {
		diag_clear(d);
		diag_note(d, ST_FORMAT, "FORMATS 4.6: the checksum of the "
		    "share does not hold; if only one word is wrong, it is "
		    "word %zu", word);
	}
	return rc;
}

enum status
bare_put(struct bare *b, const struct secret *mnemonic, const char *name,
    struct diag *d)
{
	enum status rc;

	if (b->n == SHEETS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 4.8: more than %d shares",
		    SHEETS_MAX);
	if ((rc = read_share(mnemonic, &b->share[b->n], d)) != ST_OK) {
		if (name != NULL)
			diag_prefix(d, "%s", name);
		goto out;
	}
	if (name != NULL) {
		snprintf(b->name[b->n], BARE_NAME_SIZE, "%s", name);
		b->share[b->n]->name = b->name[b->n];
	}
	b->n++;
out:
	return rc;
}

enum status
bare_add(struct bare *b, const struct secret *mnemonic, const char *name,
    struct diag *d)
{
	enum status rc;

	TRY(bare_put(b, mnemonic, name, d));
	if ((rc = slip39_fit(shares_of(b), b->n, d)) != ST_OK) {
		slip39_share_free(b->share[--b->n]);
		b->share[b->n] = NULL;
	}
out:
	return rc;
}

enum status
bare_enough(const struct bare *b, struct diag *d)
{
	return slip39_enough(shares_of(b), b->n, d);
}

enum status
bare_agree(const struct bare *b, struct diag *d)
{
	struct secret *ems = NULL;
	enum status rc;

	TRY(slip39_gather(shares_of(b), b->n, &ems, d));
out:
	secret_free(ems);
	return rc;
}

enum status
bare_seed(const struct bare *b, const struct secret *passphrase,
    struct secret **seed, struct diag *d)
{
	struct secret *ems = NULL;
	enum status rc;

	*seed = NULL;
	TRY(slip39_gather(shares_of(b), b->n, &ems, d));
	TRY(slip39_decrypt(ems, passphrase, b->share[0], seed, d));
out:
	secret_free(ems);
	return rc;
}

enum status
bare_fits(const struct spki *want, struct diag *d)
{
	if (key_known(want->alg, NULL) == ST_USAGE)
		return diag_set(d, ST_POLICY, "FORMATS 5.2: no root's key of "
		    "%s comes from a seed", want->alg);
	return ST_OK;
}

/* Which key, and by whose salt: nothing else tells a rehearsal's from a real
 * one. */
enum status
bare_key(const struct secret *seed, const struct spki *want,
    enum derive_mode *mode, struct diag *d)
{
	static const enum derive_mode modes[] = { DERIVE_REAL,
		DERIVE_REHEARSAL };
	struct key *key = NULL;
	bool is_it = false;
	enum status rc;

	if (secret_len(seed) != SEED_LEN)
		FAIL(d, ST_AUTH, "FORMATS 5.1: the shares give %zu bytes, and "
		    "a root's seed has %d", secret_len(seed), SEED_LEN);
	TRY(bare_fits(want, d));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]) && !is_it;
	     i++) {
		TRY(key_from_seed(seed, modes[i], want->alg, "root", 0, &key,
		    d));
		*mode = modes[i];
		is_it = memcmp(key_public(key)->id, want->id, SHA384_LEN) == 0;
		key_free(key);
		key = NULL;
	}
	if (!is_it)
		FAIL(d, ST_AUTH, "FORMATS 4.10: the shares combine, but not to "
		    "this key: a passphrase is missing, or they are of another "
		    "root");
	rc = ST_OK;
out:
	return rc;
}

static enum status
say_share(const struct bare *b, size_t i, struct facts *f, struct diag *d)
{
	const struct slip39_share *s = b->share[i];
	char number[24];

	snprintf(number, sizeof(number), "%zu", i + 1);
	return facts_add(f, d, "shares", "%s: member %d of group %d, %zu "
	    "words, checksum holds; its group needs %d", s->name != NULL ?
	    s->name : number, s->member + 1, s->group + 1,
	    slip39_text_words(secret_len(s->value)), s->need);
}

enum status
bare_say(const struct bare *b, struct facts *f, struct diag *d)
{
	const struct slip39_share *s = b->share[0];
	struct diag missing = { 0 };
	enum status rc;

	if (b->n == 0)
		FAIL(d, ST_FORMAT, "FORMATS 4.8: there is no share");
	TRY(facts_set(f, d, "set-id", "%u", s->id));
	TRY(facts_set(f, d, "extendable", "%s", s->extendable ? "yes" : "no"));
	TRY(facts_set(f, d, "exponent", "%u", s->exponent));
	TRY(facts_set(f, d, "groups", "%d of %d are needed", s->group_need,
	    s->groups));
	for (size_t i = 0; i < b->n; i++)
		TRY(say_share(b, i, f, d));
	if (bare_enough(b, &missing) != ST_OK)
		TRY(facts_set(f, d, "missing", "%s", missing.text));
out:
	return rc;
}
