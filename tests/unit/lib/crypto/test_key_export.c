/* key_export.c: what comes out is the root's key, and opens for nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "lib/crypto/key_export.h"
#include "lib/crypto/spki.h"
#include "lib/crypto/start.h"
#include "tests/support/shares.h"

#define PASS "correct horse battery"

static const char *const algs[] = { "ecdsa-p256", "ecdsa-p384", "ed25519",
	"ml-dsa-65", "ml-dsa-87", "slh-dsa-sha2-128s", "slh-dsa-sha2-192s" };
#define NALGS (sizeof(algs) / sizeof(algs[0]))

/* One root; ${pass} and ${seed} owned. */
struct made {
	struct export_root root;
	struct secret *seed, *pass;
	struct key *key;
};

static void
make(struct made *m, const char *alg, unsigned n)
{
	memset(m, 0, sizeof(*m));
	assert_int_equal(derive_rehearsal_seed(n, &m->seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(m->seed, DERIVE_REHEARSAL, alg, "root",
	    0, &m->key, NULL), ST_OK);
	m->pass = shares_text(PASS);
	m->root = (struct export_root){ m->seed, DERIVE_REHEARSAL, m->key, 0 };
}

static void
unmake(struct made *m)
{
	key_free(m->key);
	secret_free(m->seed);
	secret_free(m->pass);
}

/* As `openssl pkey -in FILE -passin pass:...` would: the public half. */
static void
stock_opens(const struct bytes *pem, const struct spki *want)
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
	EVP_PKEY *k = PEM_read_bio_PrivateKey(bio, NULL, NULL,
	    (void *)(uintptr_t)PASS);
	unsigned char *der = NULL;
	int len;

	assert_non_null(k);
	len = i2d_PUBKEY(k, &der);
	assert_int_equal(len, want->der.len);
	assert_memory_equal(der, want->der.data, want->der.len);
	OPENSSL_free(der);
	EVP_PKEY_free(k);
	BIO_free(bio);
}

/* Every algorithm that this OpenSSL has. */
static void
export_is_opened_by_stock_tools(void **state)
{
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < NALGS; i++) {
		struct bytes pem = { 0 }, again = { 0 };
		struct made m;
		struct diag d = { 0 };

		if (key_known(algs[i], NULL) != ST_OK)
			continue;
		make(&m, algs[i], (unsigned)i);
		if (key_export(&m.root, m.pass, &pem, &d) != ST_OK)
			fail_msg("%s: %s", algs[i], d.text);
		stock_opens(&pem, key_public(m.key));
		assert_int_equal(key_export_opens(&m.root, &pem, m.pass,
		    NULL), ST_OK);
		/* nothing in it is anybody's choice */
		assert_int_equal(key_export(&m.root, m.pass, &again, NULL),
		    ST_OK);
		assert_true(bytes_equal(&pem, &again));
		bytes_free(&pem);
		bytes_free(&again);
		unmake(&m);
		tried++;
	}
	assert_true(tried >= 2);
}

static void
export_opens_for_nobody_else(void **state)
{
	struct made m, other;
	struct bytes pem = { 0 };
	struct secret *wrong = shares_text(PASS "!");

	(void)state;
	make(&m, "ecdsa-p256", 1);
	make(&other, "ecdsa-p256", 2);
	assert_int_equal(key_export(&m.root, m.pass, &pem, NULL), ST_OK);
	assert_int_equal(key_export_opens(&m.root, &pem, wrong, NULL),
	    ST_AUTH);
	assert_int_equal(key_export_opens(&other.root, &pem, m.pass, NULL),
	    ST_AUTH);
	/* some of its bytes altered, each in turn; cut short */
	for (size_t i = 0; i < pem.len; i += 97) {
		pem.data[i] ^= 1;
		assert_int_equal(key_export_opens(&m.root, &pem, m.pass,
		    NULL), ST_AUTH);
		pem.data[i] ^= 1;
	}
	pem.len--;
	assert_int_equal(key_export_opens(&m.root, &pem, m.pass, NULL),
	    ST_AUTH);
	bytes_free(&pem);
	secret_free(wrong);
	unmake(&m);
	unmake(&other);
}

static void
export_refuses_a_key_that_is_not_of_the_seed(void **state)
{
	struct made m, other;
	struct bytes pem = { 0 };
	struct diag d = { 0 };

	(void)state;
	make(&m, "ecdsa-p256", 1);
	make(&other, "ecdsa-p256", 2);
	m.root.key = other.key;
	assert_int_equal(key_export(&m.root, m.pass, &pem, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 5.16"));
	assert_int_equal(pem.len, 0);
	unmake(&m);
	unmake(&other);
}

static void
export_refuses_weak_and_foreign_passphrases(void **state)
{
	static const struct {
		const char *pass;
		const char *why;
	} cases[] = {
		{ "short", "FORMATS 5.17: a passphrase of 5 characters, where "
		    "12 to 1024 can be" },
		{ "eleven char", "of 11 characters" },
		{ "twelve\tchars", "FORMATS 5.17: character 7 of the "
		    "passphrase is not printable ASCII" },
		{ "caf\xc3\xa9 au lait, please", "character 4 of" },
	};
	struct bytes pem = { 0 };
	struct made m;

	(void)state;
	make(&m, "ecdsa-p256", 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret *p = shares_text(cases[i].pass);
		struct diag d = { 0 };

		assert_int_equal(key_export(&m.root, p, &pem, &d), ST_POLICY);
		if (strstr(d.text, cases[i].why) == NULL)
			fail_msg("%s", d.text);
		assert_null(strstr(d.text, "caf"));
		assert_int_equal(pem.len, 0);
		secret_free(p);
	}
	unmake(&m);
}

static void
export_mac_is_of_one_seed_and_text(void **state)
{
	struct made m, other;
	uint8_t a[SHA256_LEN], b[SHA256_LEN];

	(void)state;
	make(&m, "ecdsa-p256", 4);
	make(&other, "ecdsa-p256", 5);
	assert_int_equal(key_export_mac(m.seed, "one", 3, a, NULL), ST_OK);
	assert_int_equal(key_export_mac(m.seed, "one", 3, b, NULL), ST_OK);
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(key_export_mac(m.seed, "two", 3, b, NULL), ST_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(key_export_mac(other.seed, "one", 3, b, NULL),
	    ST_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	unmake(&m);
	unmake(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(export_is_opened_by_stock_tools),
		cmocka_unit_test(export_opens_for_nobody_else),
		cmocka_unit_test(export_refuses_a_key_that_is_not_of_the_seed),
		cmocka_unit_test(export_refuses_weak_and_foreign_passphrases),
		cmocka_unit_test(export_mac_is_of_one_seed_and_text),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests_name("key_export", tests, NULL, NULL);
}
