/* slip39_cipher.c: the secret comes back under its own terms, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "lib/crypto/slip39.h"
#include "tests/support/shares.h"

static struct secret *
encrypt(const struct secret *secret, const char *pass, bool ext,
    unsigned exponent, uint16_t id)
{
	struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	struct secret *out = NULL, *p = pass ? shares_text(pass) : NULL;

	c.extendable = ext;
	c.exponent = (uint8_t)exponent;
	assert_int_equal(slip39_encrypt(secret, p, &c, id, &out, NULL), ST_OK);
	secret_free(p);
	return out;
}

static struct secret *
decrypt(const struct secret *ems, const char *pass, bool ext,
    unsigned exponent, uint16_t id)
{
	const struct slip39_share s = { .id = id, .extendable = ext,
		.exponent = (uint8_t)exponent };
	struct secret *out = NULL, *p = pass ? shares_text(pass) : NULL;

	assert_int_equal(slip39_decrypt(ems, p, &s, &out, NULL), ST_OK);
	secret_free(p);
	return out;
}

/* The same cipher on OpenSSL's PBKDF2. */
static void
encrypt_by_openssl(const uint8_t *in, size_t len, const char *pass, bool ext,
    unsigned exponent, uint16_t id, uint8_t *out)
{
	const size_t half = len / 2, prefix = ext ? 0 : 8;
	uint8_t l[32], r[32], f[32], key[64], salt[64];

	memcpy(l, in, half);
	memcpy(r, in + half, half);
	snprintf((char *)salt, sizeof(salt), "shamir%c%c", id >> 8, id & 0xff);
	for (uint8_t i = 0; i < 4; i++) {
		key[0] = i;
		snprintf((char *)key + 1, sizeof(key) - 1, "%s", pass);
		memcpy(salt + prefix, r, half);
		assert_int_equal(PKCS5_PBKDF2_HMAC((const char *)key,
		    (int)(1 + strlen(pass)), salt, (int)(prefix + half),
		    2500 << exponent, EVP_sha256(), (int)half, f), 1);
		for (size_t k = 0; k < half; k++)
			f[k] ^= l[k];
		memcpy(l, r, half);
		memcpy(r, f, half);
	}
	memcpy(out, r, half);
	memcpy(out + half, l, half);
}

static void
cipher_agrees_with_openssl(void **state)
{
	static const struct {
		size_t len;
		const char *pass;
		unsigned exponent;
		uint16_t id;
		bool ext;
	} cases[] = {
		{ 16, "TREZOR", 0, 0x1234, false },
		{ 32, "TREZOR", 0, 0x7fff, true },
		{ 32, "", 1, 0, true },
		{ 32, "", 0, 0x00ff, false },
		{ 18, " ~", 2, 0x7f00, false },
		{ 30, "a passphrase of many more than thirty-two characters",
		    0, 1, true },
	};
	uint8_t data[32], want[32];
	struct prng prng = { 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret *s, *e, *back;

		prng_fill(&prng, data, cases[i].len);
		s = shares_secret(data, cases[i].len);
		encrypt_by_openssl(data, cases[i].len, cases[i].pass,
		    cases[i].ext, cases[i].exponent, cases[i].id, want);
		e = encrypt(s, cases[i].pass[0] ? cases[i].pass : NULL,
		    cases[i].ext, cases[i].exponent, cases[i].id);
		assert_memory_equal(secret_peek(e), want, cases[i].len);
		back = decrypt(e, cases[i].pass[0] ? cases[i].pass : NULL,
		    cases[i].ext, cases[i].exponent, cases[i].id);
		assert_true(secret_equal(back, s));
		secret_free(back);
		secret_free(e);
		secret_free(s);
	}
}

/* Of the terms each one counts; the id only where it is in the salt. */
static void
other_terms_give_another_secret(void **state)
{
	const uint8_t zero[32] = { 0 };
	struct secret *s = shares_secret(zero, 32);
	struct secret *e = encrypt(s, "pass", false, 0, 77);
	struct secret *back[5];

	(void)state;
	back[0] = decrypt(e, "Pass", false, 0, 77);
	back[1] = decrypt(e, NULL, false, 0, 77);
	back[2] = decrypt(e, "pass", true, 0, 77);
	back[3] = decrypt(e, "pass", false, 1, 77);
	back[4] = decrypt(e, "pass", false, 0, 78);
	for (size_t i = 0; i < 5; i++) {
		assert_false(secret_equal(back[i], s));
		secret_free(back[i]);
	}
	secret_free(e);
	e = encrypt(s, "pass", true, 0, 77);
	back[0] = decrypt(e, "pass", true, 0, 78);
	assert_true(secret_equal(back[0], s));
	secret_free(back[0]);
	secret_free(e);
	secret_free(s);
}

static void
encrypt_refuses_what_others_cannot_type(void **state)
{
	static const uint8_t bad[] = { 0, '\n', 31, 127, 128, 0xc3, 0xff };
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	const uint8_t zero[32] = { 0 };
	struct secret *s = shares_secret(zero, 32), *p, *out = NULL;
	uint8_t text[1025];

	(void)state;
	for (size_t i = 0; i < sizeof(bad); i++) {
		struct diag d = { 0 };

		p = shares_text("abcdef");
		secret_bytes(p)[4] = bad[i];
		assert_int_equal(slip39_encrypt(s, p, &c, 0, &out, &d),
		    ST_POLICY);
		assert_string_equal(d.text, "FORMATS 4.17: character 5 of the "
		    "passphrase is not printable ASCII");
		assert_null(out);
		secret_free(p);
	}
	/* the first and the last character too */
	for (size_t i = 0; i < 6; i += 5) {
		p = shares_text("abcdef");
		secret_bytes(p)[i] = 9;
		assert_int_equal(slip39_encrypt(s, p, &c, 0, &out, NULL),
		    ST_POLICY);
		secret_free(p);
	}
	memset(text, 'x', sizeof(text));
	p = shares_secret(text, sizeof(text));
	assert_int_equal(slip39_encrypt(s, p, &c, 0, &out, NULL), ST_POLICY);
	assert_null(out);
	secret_free(p);
	p = shares_secret(text, sizeof(text) - 1);
	assert_int_equal(slip39_encrypt(s, p, &c, 0, &out, NULL), ST_OK);
	secret_free(out);
	secret_free(p);
	secret_free(s);
}

static void
encrypt_refuses_lengths_and_terms_out_of_bounds(void **state)
{
	static const size_t bad[] = { 1, 14, 15, 17, 31, 33, 34, 64 };
	struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	const uint8_t zero[64] = { 0 };
	struct secret *s, *out = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s = shares_secret(zero, bad[i]);
		assert_int_equal(slip39_encrypt(s, NULL, &c, 0, &out, NULL),
		    ST_POLICY);
		assert_null(out);
		secret_free(s);
	}
	s = shares_secret(zero, 32);
	assert_int_equal(slip39_encrypt(s, NULL, &c, 0x8000, &out, NULL),
	    ST_BUG);
	c.exponent = 16;
	assert_int_equal(slip39_encrypt(s, NULL, &c, 0, &out, NULL), ST_BUG);
	assert_null(out);
	secret_free(s);
}

static void
decrypt_refuses_lengths_that_no_share_has(void **state)
{
	static const size_t bad[] = { 1, 14, 15, 17, 43, 45, 46, 64 };
	const struct slip39_share terms = { .id = 7 };
	const uint8_t zero[64] = { 0 };
	struct secret *s, *out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s = shares_secret(zero, bad[i]);
		out = s; /* to be taken away */
		assert_int_equal(slip39_decrypt(s, NULL, &terms, &out, NULL),
		    ST_BUG);
		assert_null(out);
		secret_free(s);
	}
	for (size_t len = 16; len <= 44; len += 14) {
		s = shares_secret(zero, len);
		assert_int_equal(slip39_decrypt(s, NULL, &terms, &out, NULL),
		    ST_OK);
		assert_int_equal(secret_len(out), len);
		secret_free(out);
		secret_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cipher_agrees_with_openssl),
		cmocka_unit_test(other_terms_give_another_secret),
		cmocka_unit_test(encrypt_refuses_what_others_cannot_type),
		cmocka_unit_test(
		    encrypt_refuses_lengths_and_terms_out_of_bounds),
		cmocka_unit_test(decrypt_refuses_lengths_that_no_share_has),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
