/* see rng.h */
#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"

#define CHARACTERS 256
#define QUARTERS 4

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

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A character in the one spelling that it has; 0: it is of no such kind. */
static uint8_t
spell(const struct rng_people *kind, uint8_t c)
{
	const char *at = kind->also == NULL || c == 0 ? NULL :
	    strchr(kind->also, c);

	if (at != NULL)
		return (uint8_t)kind->as[at - kind->also];
	if (kind->alphabet == NULL)
		return c > ' ' && c < 0x7f ? c : 0;
	return c != 0 && strchr(kind->alphabet, c) != NULL ? c : 0;
}

enum status
rng_people_take(const struct rng_people *kind, const struct secret *typed,
    size_t before, struct secret **out, struct diag *d)
{
	const uint8_t *text = secret_peek(typed);
	struct secret *all = NULL;
	size_t n = 0;
	enum status rc;

	*out = NULL;
	TRY(secret_new(secret_len(typed), &all, d));
	for (size_t i = 0; i < secret_len(typed); i++) {
		if (is_blank(text[i]))
			continue;
		secret_bytes(all)[n++] = spell(kind, text[i]);
		if (secret_peek(all)[n - 1] == 0)
			FAIL(d, ST_FORMAT, "%s %zu is not %s", kind->one,
			    before + n, kind->is);
	}
	if (n == 0)
		FAIL(d, ST_FORMAT, "there are no %s, only blanks",
		    kind->many);
	TRY(secret_new(n, out, d));
	memcpy(secret_bytes(*out), secret_peek(all), n);
out:
	secret_free(all);
	return rc;
}

/* Whether they are one block over and over, twice or more. */
static bool
is_repeated(const uint8_t *taken, size_t n)
{
	for (size_t block = 1; block <= n / 2; block++)
		if (sodium_memcmp(taken, taken + block, n - block) == 0)
			return true;
	return false;
}

enum status
rng_people_check(const struct rng_people *kind, const struct secret *taken,
    size_t min, struct diag *d)
{
	const uint8_t *text = secret_peek(taken);
	const size_t n = secret_len(taken);
	size_t count[CHARACTERS] = { 0 };
	enum status rc;

	if (n < min)
		FAIL(d, ST_POLICY, "%zu %s where at least %zu are needed", n,
		    kind->many, min);
	for (size_t i = 0; i < n; i++)
		count[text[i]]++;
	for (size_t c = 0; c < CHARACTERS; c++)
		if (count[c] > n * kind->most / QUARTERS)
			FAIL(d, ST_POLICY, "%s", kind->uneven);
	if (is_repeated(text, n))
		FAIL(d, ST_POLICY, "%s", kind->pattern);
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
rng_people_seed(const struct secret *taken, struct secret **out,
    struct diag *d)
{
	struct secret *full = NULL, *seed = NULL;
	enum status rc;

	*out = NULL;
	TRY(secret_new(crypto_hash_sha512_BYTES, &full, d));
	TRY(secret_new(SEED_LEN, &seed, d));
	hash_sha512(secret_peek(taken), secret_len(taken),
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
