/* start.c: what everything else in lib/crypto stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "lib/crypto/ossl.h"
#include "lib/crypto/start.h"

static void
start_gives_heap_and_provider(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(crypto_start(&d), ST_OK);
	assert_string_equal(d.text, "");
	assert_int_equal(CRYPTO_secure_malloc_initialized(), 1);
	assert_int_equal(OSSL_PROVIDER_available(NULL, "default"), 1);
}

/* Of 256 bits, and with its state where nothing is paged out. */
static void
start_chooses_a_generator_without_ciphers(void **state)
{
	const size_t before = CRYPTO_secure_used();
	EVP_RAND_CTX *r = RAND_get0_private(NULL);

	(void)state;
	assert_non_null(r);
	assert_string_equal(EVP_RAND_get0_name(EVP_RAND_CTX_get0_rand(r)),
	    "HASH-DRBG");
	assert_int_equal(EVP_RAND_get_strength(r), 256);
	assert_true(CRYPTO_secure_used() > before);
}

/* OpenSSL's own generator may stay in it; no key of the self-test does. */
static void
start_twice_leaves_no_key_behind(void **state)
{
	const size_t before = CRYPTO_secure_used();

	(void)state;
	assert_int_equal(crypto_start(NULL), ST_OK);
	assert_int_equal(CRYPTO_secure_used(), before);
}

static void
failure_empties_the_queue_and_names_the_oldest_reason(void **state)
{
	struct diag d = { 0 };

	(void)state;
	ERR_raise(ERR_LIB_PEM, ERR_R_PASSED_NULL_PARAMETER);
	ERR_raise(ERR_LIB_PEM, ERR_R_INTERNAL_ERROR);
	assert_int_equal(ossl_fail(&d, ST_FORMAT, "a thing"), ST_FORMAT);
	assert_string_equal(d.text, "a thing: passed a null parameter");
	assert_int_equal(ERR_peek_error(), 0);

	d = (struct diag){ 0 };
	assert_int_equal(ossl_fail(&d, ST_AUTH, "a thing"), ST_AUTH);
	assert_string_equal(d.text, "a thing: no reason given");

	d = (struct diag){ 0 };
	ERR_raise(ERR_LIB_PEM, ERR_R_MALLOC_FAILURE);
	assert_int_equal(ossl_fail(&d, ST_FORMAT, "a thing"), ST_SYSTEM);
	assert_string_equal(d.text, "out of memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_gives_heap_and_provider),
		cmocka_unit_test(start_chooses_a_generator_without_ciphers),
		cmocka_unit_test(start_twice_leaves_no_key_behind),
		cmocka_unit_test(
		    failure_empties_the_queue_and_names_the_oldest_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
