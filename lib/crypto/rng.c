/* see rng.h */
#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"

#define FACES 6

static const char commit_label[] = "anchorite system entropy v1";

void
rng_fill(uint8_t *out, size_t len)
{
	randombytes_buf(out, len);
}

void
rng_stream(const uint8_t key[RNG_STREAM_KEY_LEN], uint8_t *out, size_t len)
{
	randombytes_buf_deterministic(out, len, key);
}

/* Whether the rolls are one block over and over, twice or more. */
static bool
is_repeated(const uint8_t *rolls, size_t n)
{
	for (size_t block = 1; block <= n / 2; block++)
		if (sodium_memcmp(rolls, rolls + block, n - block) == 0)
			return true;
	return false;
}

enum status
rng_dice_check(const struct secret *digits, size_t min, struct diag *d)
{
	const uint8_t *rolls = secret_peek(digits);
	const size_t n = secret_len(digits);
	size_t count[FACES] = { 0 };
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		if (rolls[i] < '1' || rolls[i] > '6')
			FAIL(d, ST_FORMAT, "roll %zu is not a digit of 1 to 6",
			    i + 1);
		count[rolls[i] - '1']++;
	}
	if (n < min)
		FAIL(d, ST_POLICY, "%zu rolls where at least %zu are needed",
		    n, min);
	for (size_t face = 0; face < FACES; face++)
		if (count[face] > n / 2)
			FAIL(d, ST_POLICY, "one face on more than half of the "
			    "rolls: no fair die gives that");
	if (is_repeated(rolls, n))
		FAIL(d, ST_POLICY, "the rolls repeat one block throughout: no "
		    "fair die gives that");
	rc = ST_OK;
out:
	secret_wipe(count, sizeof(count));
	return rc;
}

/* Both parts of a seed are as long as a seed. */
static enum status
check_len(const struct secret *part, struct diag *d)
{
	if (secret_len(part) != SEED_LEN)
		return diag_set(d, ST_BUG, "%zu bytes of a seed's %d",
		    secret_len(part), SEED_LEN);
	return ST_OK;
}

enum status
rng_seed_commit(const struct secret *system, uint8_t out[SHA384_LEN],
    struct diag *d)
{
	const size_t label_len = sizeof(commit_label) - 1;
	struct secret *text = NULL;
	enum status rc;

	TRY(check_len(system, d));
	TRY(secret_new(label_len + SEED_LEN, &text, d));
	memcpy(secret_bytes(text), commit_label, label_len);
	memcpy(secret_bytes(text) + label_len, secret_peek(system), SEED_LEN);
	hash_sha384(secret_peek(text), secret_len(text), out);
	rc = ST_OK;
out:
	secret_free(text);
	return rc;
}

enum status
rng_seed_mix(const struct secret *system, const struct secret *people,
    struct secret **out, struct diag *d)
{
	struct secret *seed = NULL;
	enum status rc;

	*out = NULL;
	TRY(check_len(system, d));
	TRY(secret_new(SEED_LEN, &seed, d));
	if (people != NULL)
		TRY(hash_hkdf(people, "anchorite people entropy v1", "seed",
		    secret_bytes(seed), SEED_LEN, d));
	for (size_t i = 0; i < SEED_LEN; i++)
		secret_bytes(seed)[i] ^= secret_peek(system)[i];

	*out = seed;
	seed = NULL;
	rc = ST_OK;
out:
	secret_free(seed);
	return rc;
}

enum status
rng_seed_unmix(const struct secret *seed, const struct secret *people,
    struct secret **system, struct diag *d)
{
	/* XOR is its own way back */
	return rng_seed_mix(seed, people, system, d);
}

enum status
rng_dice_seed(const struct secret *digits, struct secret **out,
    struct diag *d)
{
	struct secret *full = NULL, *seed = NULL;
	enum status rc;

	*out = NULL;
	TRY(secret_new(crypto_hash_sha512_BYTES, &full, d));
	TRY(secret_new(SEED_LEN, &seed, d));
	hash_sha512(secret_peek(digits), secret_len(digits),
	    secret_bytes(full));
	memcpy(secret_bytes(seed), secret_peek(full), SEED_LEN);

	*out = seed;
	seed = NULL;
	rc = ST_OK;
out:
	secret_free(seed);
	secret_free(full);
	return rc;
}
