/* hash.c: a digest is the one that everybody else computes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "lib/crypto/hash.h"
#include "lib/crypto/start.h"

#define LENGTHS 300 /* bytes; past two blocks of SHA-512 */

static void
hash_agrees_with_openssl_at_every_length(void **state)
{
	uint8_t data[LENGTHS], ours[64], theirs[64];
	unsigned n;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 3);
	for (size_t len = 0; len < sizeof(data); len++) {
		hash_sha256(data, len, ours);
		EVP_Digest(data, len, theirs, &n, EVP_sha256(), NULL);
		assert_memory_equal(ours, theirs, 32);
		hash_sha384(data, len, ours);
		EVP_Digest(data, len, theirs, &n, EVP_sha384(), NULL);
		assert_memory_equal(ours, theirs, 48);
		hash_sha512(data, len, ours);
		EVP_Digest(data, len, theirs, &n, EVP_sha512(), NULL);
		assert_memory_equal(ours, theirs, 64);
	}
}

/* FIPS 180-4 example "abc", as NIST's CSRC publishes it. */
static void
hash_sha384_hex_is_lower_case_and_ends(void **state)
{
	char hex[SHA384_HEX_SIZE];

	(void)state;
	hash_sha384_hex("abc", 3, hex);
	assert_string_equal(hex, "cb00753f45a35e8bb5a03d699ac65007272c32ab0ede"
	    "d1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
}

static void
hash_takes_nothing_as_an_empty_string(void **state)
{
	uint8_t a[48], b[48];

	(void)state;
	hash_sha384(NULL, 0, a);
	hash_sha384("", 0, b);
	assert_memory_equal(a, b, sizeof(a));
	hash_sha256(NULL, 0, a);
	hash_sha256("", 0, b);
	assert_memory_equal(a, b, 32);
}

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void
hmac_matches_rfc_4231(void **state)
{
	uint8_t key[131], out[SHA256_LEN];
	char hex[65];

	(void)state;
	memset(key, 0x0b, 20);
	hash_hmac_sha256(key, 20, "Hi There", 8, out);
	sodium_bin2hex(hex, sizeof(hex), out, sizeof(out));
	assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	hash_hmac_sha256((const uint8_t *)"Jefe", 4,
	    "what do ya want for nothing?", 28, out);
	sodium_bin2hex(hex, sizeof(hex), out, sizeof(out));
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	hash_hmac_sha256(key, sizeof(key),
	    "Test Using Larger Than Block-Size Key - Hash Key First", 54, out);
	sodium_bin2hex(hex, sizeof(hex), out, sizeof(out));
	assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

/* The same bytes whatever the length: an output is a prefix of a longer. */
static void
hkdf_gives_every_length_up_to_its_end(void **state)
{
	static uint8_t all[255 * 64], part[255 * 64 + 1];
	struct secret *ikm = NULL;

	(void)state;
	assert_int_equal(secret_new(32, &ikm, NULL), ST_OK);
	assert_int_equal(hash_hkdf(ikm, "salt", "info", all, sizeof(all),
	    NULL), ST_OK);
	for (size_t n = 1; n < 200; n++) {
		memset(part, 0xee, sizeof(part));
		assert_int_equal(hash_hkdf(ikm, "salt", "info", part, n, NULL),
		    ST_OK);
		assert_memory_equal(part, all, n);
		assert_int_equal(part[n], 0xee);
	}
	assert_int_equal(hash_hkdf(ikm, "salt", "info", part, 0, NULL),
	    ST_BUG);
	assert_int_equal(hash_hkdf(ikm, "salt", "info", part, sizeof(part),
	    NULL), ST_BUG);
	secret_free(ikm);
}

/* Before crypto_start there is no heap that is locked. */
static void
hkdf_refuses_memory_that_is_not_locked(void **state)
{
	struct secret *ikm = NULL;
	struct diag d = { 0 };
	uint8_t out[8] = { 0 }, none[8] = { 0 };

	(void)state;
	assert_int_equal(secret_new(32, &ikm, NULL), ST_OK);
	assert_int_equal(hash_hkdf(ikm, "salt", "info", out, sizeof(out),
	    &d), ST_SYSTEM);
	assert_string_equal(d.text, "no locked memory for a derivation");
	assert_memory_equal(out, none, sizeof(out));
	secret_free(ikm);
}

int
main(void)
{
	const struct CMUnitTest before[] = {
		cmocka_unit_test(hkdf_refuses_memory_that_is_not_locked),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_agrees_with_openssl_at_every_length),
		cmocka_unit_test(hash_sha384_hex_is_lower_case_and_ends),
		cmocka_unit_test(hash_takes_nothing_as_an_empty_string),
		cmocka_unit_test(hmac_matches_rfc_4231),
		cmocka_unit_test(hkdf_gives_every_length_up_to_its_end),
	};

	if (cmocka_run_group_tests(before, NULL, NULL) != 0 ||
	    crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
