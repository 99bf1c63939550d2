/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=secret_new */
/* Shares where memory runs out, at every allocation: an honest refusal, no
 * crash, nothing half done. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/start.h"
#include "lib/crypto/words.h"
#include "tests/support/oom.h"
#include "tests/support/shares.h"

/* Locked memory runs out on its own count. */
enum status real_secret_new(size_t len, struct secret **out, struct diag *d)
    __asm__("__real_secret_new");
enum status wrap_secret_new(size_t len, struct secret **out, struct diag *d)
    __asm__("__wrap_secret_new");

static size_t locked_left; /* until the failing one; 0 is never */
static bool locked_struck;

enum status
wrap_secret_new(size_t len, struct secret **out, struct diag *d)
{
	if (locked_left == 0 || --locked_left > 0)
		return real_secret_new(len, out, d);
	locked_struck = true;
	*out = NULL;
	return diag_set(d, ST_SYSTEM, "no guarded memory for a secret");
}

/* What all calls work on, made once while memory is plentiful. */
static struct {
	struct secret *seed;
	struct secret *pass;
	struct secret *ems;
	struct slip39_scheme scheme;
	struct slip39_set set;
	struct slip39_share *share[8];
} good;

static enum status
call_encrypt(void *ctx)
{
	struct secret *out = NULL;
	const enum status rc = slip39_encrypt(good.seed, good.pass,
	    &good.scheme, 7, &out, NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (out != NULL));
	secret_free(out);
	return rc;
}

static enum status
call_decrypt(void *ctx)
{
	struct secret *out = NULL;
	const enum status rc = slip39_decrypt(good.ems, good.pass,
	    good.share[0], &out, NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (out != NULL));
	secret_free(out);
	return rc;
}

static enum status
call_split(void *ctx)
{
	struct prng prng = { 3 };
	const struct slip39_source source = prng_source(&prng);
	struct slip39_set set;
	const enum status rc = slip39_split(good.ems, &good.scheme, 7,
	    &source, &set, NULL);

	(void)ctx;
	if (rc != ST_OK) {
		assert_int_equal(set.n, 0);
		for (size_t i = 0; i < 8; i++)
			assert_null(set.mnemonic[i]);
	}
	slip39_set_clear(&set);
	return rc;
}

static enum status
call_prove(void *ctx)
{
	uint64_t count;
	const enum status rc = slip39_prove(&good.set, good.ems, &count, NULL);

	(void)ctx;
	assert_int_equal(count, rc == ST_OK ? 30 : 0);
	return rc;
}

static enum status
call_read(void *ctx)
{
	struct slip39_share *s = NULL;
	const enum status rc = slip39_read(good.set.mnemonic[0], &s, NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (s != NULL));
	slip39_share_free(s);
	return rc;
}

static enum status
call_canonical(void *ctx)
{
	struct secret *out = NULL;
	const enum status rc = slip39_canonical(good.set.mnemonic[0], &out,
	    NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (out != NULL));
	secret_free(out);
	return rc;
}

static enum status
call_suspect(void *ctx)
{
	size_t word = 9;
	const enum status rc = slip39_suspect(good.set.mnemonic[0], &word,
	    NULL);

	(void)ctx;
	assert_int_equal(word, 0);
	return rc;
}

static enum status
call_differ(void *ctx)
{
	size_t word = 9;
	const enum status rc = slip39_differ(good.set.mnemonic[0],
	    good.set.mnemonic[0], &word, NULL);

	(void)ctx;
	assert_int_equal(word, 0);
	return rc;
}

static enum status
call_some(void *ctx)
{
	static const uint8_t number[] = { 1, 20 };
	struct secret *out = NULL;
	const enum status rc = slip39_some(good.set.mnemonic[0], number, 2,
	    &out, NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (out != NULL));
	secret_free(out);
	return rc;
}

static enum status
call_gather(void *ctx)
{
	struct secret *ems = NULL;
	const enum status rc = slip39_gather(
	    (const struct slip39_share *const *)good.share, 8, &ems, NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (ems != NULL));
	secret_free(ems);
	return rc;
}

static enum status
call_derive(void *ctx)
{
	struct secret *key = NULL, *seed = NULL;
	uint8_t label[32];
	enum status rc;

	(void)ctx;
	TRY(derive_scalar(good.seed, DERIVE_REAL, "ecdsa-p384", "root", 0,
	    &key, NULL));
	secret_free(key);
	key = NULL;
	TRY(derive_seed(good.seed, DERIVE_REAL, "ed25519", "root", 0, 32, &key,
	    NULL));
	TRY(derive_label(good.seed, "label", label, sizeof(label), NULL));
	TRY(derive_rehearsal_seed(0, &seed, NULL));
out:
	secret_free(seed);
	secret_free(key);
	return rc;
}

static enum status
call_mix(void *ctx)
{
	struct secret *a = NULL, *b = NULL, *c = NULL;
	uint8_t words[SHA384_LEN];
	enum status rc;

	(void)ctx;
	TRY(rng_seed_commit(good.seed, words, NULL));
	TRY(rng_seed_mix(good.seed, good.pass, &a, NULL));
	TRY(rng_seed_unmix(a, good.pass, &b, NULL));
	TRY(rng_people_seed(good.pass, &c, NULL));
out:
	secret_free(c);
	secret_free(b);
	secret_free(a);
	return rc;
}

static enum status
call_words(void *ctx)
{
	struct bytes text = { 0 };
	const enum status rc = words_text(secret_peek(good.seed), 32, &text,
	    NULL);

	(void)ctx;
	assert_true((rc == ST_OK) == (text.data != NULL));
	bytes_free(&text);
	return rc;
}

static const struct {
	const char *name;
	enum status (*call)(void *ctx);
	size_t locked; /* pieces of locked memory it takes */
} calls[] = {
	{ "encrypt", call_encrypt, 2 },
	{ "decrypt", call_decrypt, 2 },
	{ "split", call_split, 23 },
	{ "prove", call_prove, 17 },
	{ "read", call_read, 2 },
	{ "canonical", call_canonical, 4 },
	{ "suspect", call_suspect, 1 },
	{ "differ", call_differ, 1 },
	{ "some", call_some, 2 },
	{ "gather", call_gather, 2 },
	{ "derive", call_derive, 4 },
	{ "mix", call_mix, 5 },
	{ "words", call_words, 0 },
};

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert_true(oom_each(calls[i].call, NULL) > 0);
}

static void
every_piece_of_locked_memory_may_fail(void **state)
{
	enum status rc;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (n = 1;; n++) {
			locked_left = n;
			locked_struck = false;
			rc = calls[i].call(NULL);
			locked_left = 0;
			if (!locked_struck)
				break;
			assert_int_equal(rc, ST_SYSTEM);
		}
		assert_int_equal(rc, ST_OK);
		if (n - 1 != calls[i].locked)
			fail_msg("%s takes %zu, not %zu", calls[i].name, n - 1,
			    calls[i].locked);
	}
}

static int
make_good(void **state)
{
	uint8_t data[32] = { 1, 2, 3 };

	(void)state;
	good.seed = shares_secret(data, sizeof(data));
	good.pass = shares_text("a passphrase");
	good.scheme = shares_scheme(2, 2, 3, 3, 5, 0);
	if (slip39_encrypt(good.seed, good.pass, &good.scheme, 7, &good.ems,
	    NULL) != ST_OK)
		return -1;
	shares_split(good.ems, &good.scheme, 7, &good.set);
	for (size_t i = 0; i < 8; i++)
		good.share[i] = shares_read(good.set.mnemonic[i]);
	return 0;
}

static int
free_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < 8; i++)
		slip39_share_free(good.share[i]);
	slip39_set_clear(&good.set);
	secret_free(good.ems);
	secret_free(good.pass);
	secret_free(good.seed);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(every_piece_of_locked_memory_may_fail),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, make_good, free_good);
}
