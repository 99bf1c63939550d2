/* see rehearsal.h */
#include <stdint.h>
#include <string.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/pki/rehearsal.h"

static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384" };
static const enum derive_mode modes[] = { DERIVE_REAL, DERIVE_REHEARSAL };
#define NALGS (sizeof(algs) / sizeof(algs[0]))
#define NMODES (sizeof(modes) / sizeof(modes[0]))

/* The index, not the digest: the negated point is the same key. */
struct table {
	uint8_t index[REHEARSAL_SEEDS * NALGS * NMODES][SHA384_LEN];
	size_t n;
};

static enum status
add_key(struct table *t, const struct secret *seed, enum derive_mode mode,
    const char *alg, struct diag *d)
{
	struct key *key = NULL;
	enum status rc;

	TRY(key_from_seed(seed, mode, alg, "root", 0, &key, d));
	memcpy(t->index[t->n++], key_public(key)->index, SHA384_LEN);
out:
	key_free(key);
	return rc;
}

static enum status
add_seed(struct table *t, unsigned number, struct diag *d)
{
	struct secret *seed = NULL;
	enum status rc;

	TRY(derive_rehearsal_seed(number, &seed, d));
	for (size_t a = 0; a < NALGS; a++)
		for (size_t m = 0; m < NMODES; m++)
			TRY(add_key(t, seed, modes[m], algs[a], d));
out:
	secret_free(seed);
	return rc;
}

enum status
rehearsal_key(const struct spki *key, bool *yes, struct diag *d)
{
	static struct table known;
	static bool ready;
	enum status rc;

	*yes = true;
	if (!ready) {
		known.n = 0;
		for (unsigned i = 0; i < REHEARSAL_SEEDS; i++)
			TRY(add_seed(&known, i, d));
		ready = true;
	}
	*yes = false;
	for (size_t i = 0; i < known.n; i++)
		*yes |= memcmp(known.index[i], key->index, SHA384_LEN) == 0;
	rc = ST_OK;
out:
	return rc;
}
