/* strict.c: what BER allows and DER does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/strict.h"

struct sample {
	const char *what;
	size_t len;
	const char *der;
};

#define SAMPLE(what, der) { (what), sizeof(der) - 1, (der) }

static const struct sample good[] = {
	SAMPLE("empty sequence", "\x30\x00"),
	SAMPLE("integers", "\x30\x09\x02\x01\x00\x02\x01\x80\x02\x01\x7f"),
	SAMPLE("integer with its sign", "\x02\x02\x00\x80"),
	SAMPLE("negative integer", "\x02\x02\xff\x7f"),
	SAMPLE("true and false", "\x30\x06\x01\x01\xff\x01\x01\x00"),
	SAMPLE("bits", "\x03\x02\x04\xf0"),
	SAMPLE("no bits", "\x03\x01\x00"),
	SAMPLE("null", "\x05\x00"),
	SAMPLE("oid", "\x06\x03\x2a\x86\x48"),
	SAMPLE("set in order", "\x31\x06\x02\x01\x01\x02\x01\x02"),
	SAMPLE("tag of a context", "\xa0\x03\x02\x01\x01"),
	SAMPLE("string of a context", "\x80\x01\x00"),
};

static const struct sample bad[] = {
	SAMPLE("nothing", ""),
	SAMPLE("a tag alone", "\x30"),
	SAMPLE("bytes behind", "\x30\x00\x00"),
	SAMPLE("less than it says", "\x30\x01"),
	SAMPLE("indefinite length", "\x30\x80\x00\x00"),
	SAMPLE("long length of a short one", "\x30\x81\x00"),
	SAMPLE("length with a leading zero", "\x04\x82\x00\x80"),
	SAMPLE("length of five bytes", "\x30\x85\x00\x00\x00\x00\x00"),
	SAMPLE("long tag", "\x1f\x81\x00\x00"),
	SAMPLE("end of contents", "\x00\x00"),
	SAMPLE("end of contents inside", "\x30\x02\x00\x00"),
	SAMPLE("primitive sequence", "\x10\x00"),
	SAMPLE("primitive set", "\x11\x00"),
	SAMPLE("constructed string", "\x24\x03\x04\x01\x00"),
	SAMPLE("constructed integer", "\x22\x03\x02\x01\x00"),
	SAMPLE("boolean of 1", "\x01\x01\x01"),
	SAMPLE("boolean of two bytes", "\x01\x02\xff\xff"),
	SAMPLE("integer of nothing", "\x02\x00"),
	SAMPLE("integer with a zero too many", "\x02\x02\x00\x7f"),
	SAMPLE("integer with a sign too many", "\x02\x02\xff\x80"),
	SAMPLE("enumerated with a zero too many", "\x0a\x02\x00\x01"),
	SAMPLE("bits of nothing", "\x03\x00"),
	SAMPLE("eight unused bits", "\x03\x02\x08\x00"),
	SAMPLE("unused bits of no bits", "\x03\x01\x01"),
	SAMPLE("an unused bit that is set", "\x03\x02\x04\xf8"),
	SAMPLE("null with something in it", "\x05\x01\x00"),
	SAMPLE("oid of nothing", "\x06\x00"),
	SAMPLE("oid without its end", "\x06\x02\x2a\x86"),
	SAMPLE("oid with a leading 80", "\x06\x03\x2a\x80\x01"),
	SAMPLE("set out of order", "\x31\x06\x02\x01\x02\x02\x01\x01"),
	SAMPLE("set out of order, shorter last",
	    "\x31\x06\x04\x02\x00\x00\x04\x00"),
	SAMPLE("broken inside a context", "\xa0\x03\x02\x02\x00"),
};

/* In a block of its own length, so that reading past it is seen. */
static bool
judge(const struct sample *s)
{
	void *copy = malloc(s->len == 0 ? 1 : s->len);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, s->der, s->len);
	ok = strict_der(copy, s->len);
	free(copy);
	return ok;
}

static void
strict_takes_der(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!judge(&good[i]))
			fail_msg("refused: %s", good[i].what);
}

static void
strict_refuses_what_is_only_ber(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (judge(&bad[i]))
			fail_msg("taken: %s", bad[i].what);
}

static void
strict_refuses_depth(void **state)
{
	uint8_t der[64];
	size_t taken = 0;

	(void)state;
	for (size_t n = 1; n <= 32; n++) {
		for (size_t i = 0; i < n; i++) {
			der[2 * i] = 0x30;
			der[2 * i + 1] = (uint8_t)(2 * (n - i - 1));
		}
		taken += strict_der(der, 2 * n) ? 1 : 0;
	}
	assert_int_equal(taken, 16);
}

/* Wide and hostile, 1 MiB: a set of the smallest members. */
static void
strict_is_linear(void **state)
{
	const size_t len = 1 << 20;
	uint8_t *der = calloc(1, len + 5);

	(void)state;
	assert_non_null(der);
	memcpy(der, "\x31\x83\x10\x00\x00", 5);
	for (size_t i = 0; i < len; i += 2)
		der[5 + i] = 0x05;
	assert_true(strict_der(der, len + 5));
	free(der);
}

static void
algorithm_rows_are_der(void **state)
{
	static const char *const names[] = { "ecdsa-p256", "ecdsa-p384",
	    "ecdsa-p521", "rsa-3072", "ed25519", "ml-dsa-44", "ml-dsa-65",
	    "ml-dsa-87", "slh-dsa-sha2-128s", "slh-dsa-sha2-192s",
	    "slh-dsa-sha2-256s" };
	static const char *const md[] = { "sha256", "sha384", "sha512" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct alg_key *a = alg_key(names[i]);

		assert_non_null(a);
		assert_true(strict_der(a->id.der, a->id.len));
		assert_ptr_equal(alg_key_id(a->id.der, a->id.len), a);
		assert_null(alg_key_id(a->id.der, a->id.len - 1));
		/* whoever derives a root can sign with it */
		assert_true(a->seed_len == 0 || alg_sig(a->name) != NULL);
	}
	for (size_t i = 0; i < sizeof(md) / sizeof(md[0]); i++)
		assert_true(strict_der(alg_digest(md[i])->der,
		    alg_digest(md[i])->len));
	assert_null(alg_digest("sha1"));
	assert_null(alg_key("none"));
	assert_null(alg_sig("ecdsa-sha1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_takes_der),
		cmocka_unit_test(strict_refuses_what_is_only_ber),
		cmocka_unit_test(strict_refuses_depth),
		cmocka_unit_test(strict_is_linear),
		cmocka_unit_test(algorithm_rows_are_der),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
