/* see rehearsal.h */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/pki/rehearsal.h"

#define RSA "rsa-"  /* begins the names of all its lengths */
#define ALGS_MAX 16 /* algorithms that a root may have */

static const enum derive_mode modes[] = { DERIVE_REAL, DERIVE_REHEARSAL };
#define NMODES (sizeof(modes) / sizeof(modes[0]))

/* The keys of one algorithm that everybody can make.  The index, not the
 * name, where there is one: the negated point is the same key. */
struct table {
	char alg[SPKI_ALG_SIZE]; /* empty until the table is complete */
	uint8_t index[REHEARSAL_SEEDS * NMODES + 1][SHA384_LEN];
	uint8_t name[REHEARSAL_SEEDS * NMODES + 1][SHA384_LEN];
	size_t n;
};

static void
add_key(struct table *t, const struct key *key)
{
	memcpy(t->index[t->n], key_public(key)->index, SHA384_LEN);
	memcpy(t->name[t->n++], key_public(key)->id, SHA384_LEN);
}

static enum status
add_seed(struct table *t, unsigned number, const char *alg, struct diag *d)
{
	struct secret *seed = NULL;
	struct key *key = NULL;
	enum status rc;

	TRY(derive_rehearsal_seed(number, &seed, d));
	for (size_t m = 0; m < NMODES; m++) {
		TRY(key_from_seed(seed, modes[m], alg, "root", 0, &key, d));
		add_key(t, key);
		key_free(key);
		key = NULL;
	}
out:
	secret_free(seed);
	return rc;
}

static enum status
fill(struct table *t, const char *alg, struct diag *d)
{
	const struct key *throwaway;
	enum status rc;

	t->n = 0;
	TRY(key_throwaway(alg, &throwaway, d));
	add_key(t, throwaway);
	for (unsigned i = 0; i < REHEARSAL_SEEDS; i++)
		TRY(add_seed(t, i, alg, d));
	snprintf(t->alg, sizeof(t->alg), "%s", alg);
out:
	return rc;
}

static enum status
find_table(const char *alg, const struct table **out, struct diag *d)
{
	static struct table known[ALGS_MAX];
	enum status rc;
	size_t i = 0;

	while (i < ALGS_MAX && known[i].alg[0] != '\0' &&
	    strcmp(known[i].alg, alg) != 0)
		i++;
	if (i == ALGS_MAX)
		FAIL(d, ST_BUG, "more tables of keys than algorithms");
	if (known[i].alg[0] == '\0')
		TRY(fill(&known[i], alg, d));
	*out = &known[i];
	rc = ST_OK;
out:
	return rc;
}

/* No seed gives a key of RSA: the throw-away one is all that there is. */
static enum status
is_throwaway(const uint8_t is[SHA384_LEN], bool names, bool *yes,
    struct diag *d)
{
	const struct key *key;
	const struct spki *pub;
	enum status rc;

	TRY(key_throwaway(key_signs_by(RSA), &key, d));
	pub = key_public(key);
	*yes = memcmp(names ? pub->id : pub->index, is, SHA384_LEN) == 0;
out:
	return rc;
}

/* Is ${is} in one of the columns?  ${names}: in that of names. */
static enum status
look_up(const char *alg, const uint8_t is[SHA384_LEN], bool names, bool *yes,
    struct diag *d)
{
	const struct table *t;
	enum status rc;

	*yes = true;
	if (strncmp(alg, RSA, strlen(RSA)) == 0)
		return is_throwaway(is, names, yes, d);
	*yes = false;
	/* no seed makes a key of it, here or anywhere */
	if (key_known(alg, NULL) == ST_USAGE)
		return ST_OK;
	*yes = true;
	TRY(key_known(alg, d));
	TRY(find_table(alg, &t, d));
	*yes = false;
	for (size_t i = 0; i < t->n; i++)
		*yes |= memcmp(names ? t->name[i] : t->index[i], is,
		    SHA384_LEN) == 0;
out:
	return rc;
}

enum status
rehearsal_key(const struct spki *key, bool *yes, struct diag *d)
{
	return look_up(key->alg, key->index, false, yes, d);
}

enum status
rehearsal_name(const char *alg, const uint8_t name[SHA384_LEN], bool *yes,
    struct diag *d)
{
	return look_up(alg, name, true, yes, d);
}
