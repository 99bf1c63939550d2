/* see slip39.h: between the master secret and the encrypted one.
 * A Feistel network of four rounds, each of them PBKDF2-HMAC-SHA256 of at most
 * one block: so it is written out here, where OpenSSL's would leave its salt,
 * which is half of a secret, behind in freed memory. */
#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_points.h"

#define ROUNDS 4
#define ITERATIONS 2500U /* of a round, at exponent 0 */
#define HALF_MAX (SLIP39_VALUE_MAX / 2)
#define ID_MAX 0x7fff

/* All that a run holds, in locked memory. */
struct cipher {
	crypto_auth_hmacsha256_state keyed; /* by round and passphrase */
	crypto_auth_hmacsha256_state mac;
	uint8_t u[crypto_auth_hmacsha256_BYTES];
	uint8_t sum[crypto_auth_hmacsha256_BYTES];
	uint8_t left[HALF_MAX];
	uint8_t right[HALF_MAX];
	/* the round's number goes first */
	uint8_t key[1 + SLIP39_PASSPHRASE_MAX];
	size_t key_len;
};

/* What a run is told of the set, all public. */
struct terms {
	uint16_t id;
	bool extendable;
	uint8_t exponent;
};

/* U1 of RFC 8018, 5.2.  FORMATS 4.16: the salt is "shamir", the id and the
 * right half; of an extendable set, the right half alone. */
static void
first_block(struct cipher *c, const struct terms *t, size_t half)
{
	static const uint8_t number[4] = { 0, 0, 0, 1 };
	const uint8_t id[2] = { (uint8_t)(t->id >> 8), (uint8_t)t->id };

	c->mac = c->keyed;
	if (!t->extendable) {
		crypto_auth_hmacsha256_update(&c->mac,
		    (const uint8_t *)"shamir", 6);
		crypto_auth_hmacsha256_update(&c->mac, id, sizeof(id));
	}
	crypto_auth_hmacsha256_update(&c->mac, c->right, half);
	crypto_auth_hmacsha256_update(&c->mac, number, sizeof(number));
	crypto_auth_hmacsha256_final(&c->mac, c->u);
}

/* ${sum} is PBKDF2(round and passphrase, salt), one block of it. */
static void
stretch(struct cipher *c, const struct terms *t, uint8_t round, size_t half)
{
	const uint32_t n = ITERATIONS << t->exponent;

	c->key[0] = round;
	crypto_auth_hmacsha256_init(&c->keyed, c->key, c->key_len);
	first_block(c, t, half);
	memcpy(c->sum, c->u, sizeof(c->sum));
	for (uint32_t i = 1; i < n; i++) {
		c->mac = c->keyed;
		crypto_auth_hmacsha256_update(&c->mac, c->u, sizeof(c->u));
		crypto_auth_hmacsha256_final(&c->mac, c->u);
		for (size_t k = 0; k < half; k++)
			c->sum[k] ^= c->u[k];
	}
}

/* Left and right change places, left with the round's block upon it. */
static void
turn(struct cipher *c, size_t half)
{
	uint8_t mixed;

	for (size_t k = 0; k < half; k++) {
		mixed = c->left[k] ^ c->sum[k];
		c->left[k] = c->right[k];
		c->right[k] = mixed;
	}
}

/* FORMATS 4.17: what other software can type is ASCII. */
enum status
slip39_passphrase_check(const struct secret *passphrase, struct diag *d)
{
	const uint8_t *text = secret_peek(passphrase);
	const size_t len = secret_len(passphrase);

	if (len > SLIP39_PASSPHRASE_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 4.17: a passphrase of "
		    "more than %d characters", SLIP39_PASSPHRASE_MAX);
	for (size_t i = 0; i < len; i++)
		if (text[i] < 32 || text[i] > 126)
			return diag_set(d, ST_POLICY, "FORMATS 4.17: character "
			    "%zu of the passphrase is not printable ASCII",
			    i + 1);
	return ST_OK;
}

static enum status
take_passphrase(const struct secret *passphrase, struct cipher *c,
    struct diag *d)
{
	enum status rc;

	c->key_len = 1;
	if (passphrase == NULL)
		return ST_OK;
	TRY(slip39_passphrase_check(passphrase, d));
	memcpy(c->key + 1, secret_peek(passphrase), secret_len(passphrase));
	c->key_len = 1 + secret_len(passphrase);
out:
	return rc;
}

/* Both directions: only the order of the rounds differs. */
static enum status
run(const struct secret *in, const struct secret *passphrase,
    const struct terms *t, bool backwards, struct secret **out,
    struct diag *d)
{
	const size_t half = secret_len(in) / 2;
	struct secret *hold = NULL;
	struct cipher *c;
	enum status rc;

	*out = NULL;
	if (t->id > ID_MAX || t->exponent > SLIP39_EXPONENT_MAX)
		FAIL(d, ST_BUG, "a set's id or exponent is out of bounds");
	TRY(secret_new(sizeof(*c), &hold, d));
	c = (void *)secret_bytes(hold);
	TRY(take_passphrase(passphrase, c, d));

	memcpy(c->left, secret_peek(in), half);
	memcpy(c->right, secret_peek(in) + half, half);
	for (uint8_t i = 0; i < ROUNDS; i++) {
		stretch(c, t, backwards ? ROUNDS - 1 - i : i, half);
		turn(c, half);
	}
	TRY(secret_new(2 * half, out, d));
	memcpy(secret_bytes(*out), c->right, half);
	memcpy(secret_bytes(*out) + half, c->left, half);
	rc = ST_OK;
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_encrypt(const struct secret *secret, const struct secret *passphrase,
    const struct slip39_scheme *scheme, uint16_t id, struct secret **out,
    struct diag *d)
{
	const struct terms t = { id, scheme->extendable, scheme->exponent };
	const size_t len = secret_len(secret);

	*out = NULL;
	if (len < SLIP39_SECRET_MIN || len > SLIP39_SECRET_MAX || len % 2 != 0)
		return diag_set(d, ST_POLICY, "FORMATS 4.1: a secret of %zu "
		    "bytes is not split", len);
	return run(secret, passphrase, &t, false, out, d);
}

enum status
slip39_decrypt(const struct secret *ems, const struct secret *passphrase,
    const struct slip39_share *share, struct secret **out, struct diag *d)
{
	const struct terms t = { share->id, share->extendable,
		share->exponent };
	const size_t len = secret_len(ems);

	*out = NULL;
	if (len < SLIP39_SECRET_MIN || len > SLIP39_VALUE_MAX || len % 2 != 0)
		return diag_set(d, ST_BUG, "an encrypted secret of %zu bytes",
		    len);
	return run(ems, passphrase, &t, true, out, d);
}
