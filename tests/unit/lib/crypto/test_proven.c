/* link: -Wl,--wrap=EVP_DigestSign */
/* key.c: a process whose self-test fails signs nothing, then and later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/crypto/sign.h"
#include "tests/support/pkix.h"

int real_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__real_EVP_DigestSign");
int wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n) __asm__("__wrap_EVP_DigestSign");

static bool faulty = true;
static unsigned made;

int
wrap_sign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *len,
    const unsigned char *data, size_t n)
{
	const int ok = real_sign(ctx, sig, len, data, n);

	made++;
	if (ok == 1 && faulty)
		sig[*len - 1] ^= 1;
	return ok;
}

static void
nothing_is_signed_after_a_self_test_that_failed(void **state)
{
	struct bytes sig = { 0 };
	struct diag d = { 0 };
	struct key *k;

	pkix_start(state);
	k = pkix_key("ecdsa-p256", 0);
	assert_int_equal(made, 0);
	assert_int_equal(sign_once(k, "x", 1, &sig, &d), ST_BUG);
	assert_null(sig.data);
	/* the self-test's own, which the fault was found in */
	assert_true(made > 0);
	made = 0;
	faulty = false;
	d = (struct diag) { 0 };
	assert_int_equal(sign_once(k, "x", 1, &sig, &d), ST_BUG);
	assert_string_equal(d.text,
	    "no signature is made: the self-test has failed");
	assert_null(sig.data);
	assert_int_equal(made, 0);
	key_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    nothing_is_signed_after_a_self_test_that_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
