/* rng.c: a seed is as random as its better half. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/start.h"

static struct secret *
make(const void *data, size_t len)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(len, &s, NULL), ST_OK);
	memcpy(secret_bytes(s), data, len);
	return s;
}

/* A die of six faces, and a coin that is written in two ways. */
static const struct rng_people dice = { .many = "rolls", .one = "roll",
	.alphabet = "123456", .is = "a digit of 1 to 6", .most = 2,
	.uneven = "more than half", .pattern = "one block" };
static const struct rng_people coins = { .many = "tosses", .one = "toss",
	.alphabet = "01", .also = "htHT", .as = "1010", .is = "h or t",
	.most = 3, .uneven = "one side", .pattern = "one block" };
static const struct rng_people prose = { .many = "characters",
	.one = "character", .is = "printable ASCII", .most = 2,
	.uneven = "more than half", .pattern = "one block" };

/* What is said to a text. */
static enum status
check_as(const struct rng_people *kind, const char *typed, size_t min,
    const char *said)
{
	struct secret *s = make(typed, strlen(typed)), *taken = NULL;
	struct diag d = { 0 };
	enum status rc;

	if ((rc = rng_people_take(kind, s, 0, &taken, &d)) == ST_OK)
		rc = rng_people_check(kind, taken, min, &d);
	if (strstr(d.text, said) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, said);
	secret_free(taken);
	secret_free(s);
	return rc;
}

static enum status
check(const char *rolls, size_t min, const char *said)
{
	return check_as(&dice, rolls, min, said);
}

static void
fill_reaches_both_ends_and_differs(void **state)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 }, seen[64] = { 0 };

	(void)state;
	for (int i = 0; i < 32; i++) {
		rng_fill(a, sizeof(a));
		assert_memory_not_equal(a, b, sizeof(a));
		memcpy(b, a, sizeof(b));
		for (size_t k = 0; k < sizeof(a); k++)
			seen[k] |= a[k];
	}
	for (size_t k = 0; k < sizeof(seen); k++)
		assert_int_not_equal(seen[k], 0);
}

/* OpenSSL's ChaCha20 begins with the counter, then the nonce. */
static void
stream_is_chacha20_of_a_named_nonce(void **state)
{
	static const uint8_t iv[] = "\0\0\0\0LibsodiumDRG";
	uint8_t key[RNG_STREAM_KEY_LEN], want[200] = { 0 }, got[200];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int len = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(3 * i);
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_chacha20(), NULL, key, iv),
	    1);
	assert_int_equal(EVP_EncryptUpdate(c, want, &len, want, sizeof(want)),
	    1);
	EVP_CIPHER_CTX_free(c);
	for (size_t n = 0; n <= sizeof(got); n += 25) {
		memset(got, 0, sizeof(got));
		rng_stream(key, got, n);
		assert_memory_equal(got, want, n);
	}
}

static void
dice_are_taken_when_they_look_fair(void **state)
{
	static const char fair[] = "31415263546152436136251425361432516243"
	    "6514326154321652";

	(void)state;
	assert_int_equal(check(fair, 50, ""), ST_OK);
	assert_int_equal(check("1213141516", 10, ""), ST_OK); /* half is ones */
}

static void
dice_are_refused_by_place_and_reason(void **state)
{
	(void)state;
	assert_int_equal(check("123406", 1, "roll 5 is not"), ST_FORMAT);
	assert_int_equal(check("723456", 1, "roll 1 is not"), ST_FORMAT);
	assert_int_equal(check("12 34\n5h", 1, "roll 6 is not"), ST_FORMAT);
	assert_int_equal(check("12345\303\251", 1, "roll 6 is"), ST_FORMAT);
	assert_int_equal(check(" \n\t ", 1, "no rolls, only blanks"),
	    ST_FORMAT);
	assert_int_equal(check("12354", 6, "5 rolls where at least 6"),
	    ST_POLICY);
	assert_int_equal(check("12131415112", 1, "more than half"), ST_POLICY);
	assert_int_equal(check("123456123456", 1, "one block"), ST_POLICY);
	assert_int_equal(check("123456123456123", 1, "one block"), ST_POLICY);
	assert_int_equal(check("1212", 1, "one block"), ST_POLICY);
}

static void
coins_and_text_are_refused_by_place_and_reason(void **state)
{
	(void)state;
	assert_int_equal(check_as(&coins, "htHT 0101 1001", 12, ""), ST_OK);
	assert_int_equal(check_as(&coins, "hthx", 1, "toss 4 is not h or t"),
	    ST_FORMAT);
	assert_int_equal(check_as(&coins, "ht0", 4, "3 tosses where at least "
	    "4"), ST_POLICY);
	/* a fair coin often gives more of one side; three quarters never */
	assert_int_equal(check_as(&coins, "hhhthhtt hhth", 1, ""), ST_OK);
	assert_int_equal(check_as(&coins, "hhhthhhh hhth", 1, "one side"),
	    ST_POLICY);
	/* it is the same block, however it is spelt */
	assert_int_equal(check_as(&coins, "htt 100 HTT", 1, "one block"),
	    ST_POLICY);
	assert_int_equal(check_as(&prose, "The quick brown fox", 16, ""),
	    ST_OK);
	assert_int_equal(check_as(&prose, "caf\303\251", 1, "character 4 is "
	    "not printable ASCII"), ST_FORMAT);
	assert_int_equal(check_as(&prose, "aaaaaaab", 1, "more than half"),
	    ST_POLICY);
	assert_int_equal(check_as(&prose, "asdf asdf", 1, "one block"),
	    ST_POLICY);
}

/* Groups of five, lines, and letters for sides: the same digits. */
static void
people_are_taken_without_blanks_in_one_spelling(void **state)
{
	struct secret *typed = make("hTt1 0\r\n\tH", 10), *out = NULL;

	(void)state;
	assert_int_equal(rng_people_take(&coins, typed, 0, &out, NULL),
	    ST_OK);
	assert_int_equal(secret_len(out), 6);
	assert_memory_equal(secret_peek(out), "100101", 6);
	secret_free(out);
	secret_free(typed);
}

/* No refusal quotes a roll: with dice alone the rolls are the seed. */
static void
dice_refusals_quote_nothing(void **state)
{
	struct secret *s = make("6666666666x", 11), *out = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(rng_people_take(&dice, s, 0, &out, &d), ST_FORMAT);
	assert_null(out);
	assert_null(strstr(d.text, "66"));
	assert_null(strchr(d.text, 'x'));
	secret_free(s);
}

/* printf 'anchorite system entropy v1' and 32 zero bytes | sha384sum */
static void
commitment_is_sha384_of_label_and_bytes(void **state)
{
	const uint8_t zero[SEED_LEN] = { 0 };
	struct secret *system = make(zero, sizeof(zero));
	struct secret *part = make(zero, 31);
	uint8_t out[SHA384_LEN];
	char hex[SHA384_HEX_SIZE];

	(void)state;
	assert_int_equal(rng_seed_commit(system, out, NULL), ST_OK);
	sodium_bin2hex(hex, sizeof(hex), out, sizeof(out));
	assert_string_equal(hex,
	    "6648154a09cc4c7356cffd6380f32fe552d88af5afffef2d"
	    "202fa0cace0c2fa9940de128b455e9e832b09e16cc74b09f");
	assert_int_equal(rng_seed_commit(part, out, NULL), ST_BUG);
	secret_free(part);
	secret_free(system);
}

static void
mix_is_undone_by_unmix(void **state)
{
	uint8_t data[SEED_LEN];
	struct secret *system, *people = make("4216", 4);
	struct secret *seed = NULL, *back = NULL;

	(void)state;
	rng_fill(data, sizeof(data));
	system = make(data, sizeof(data));
	assert_int_equal(rng_seed_mix(system, people, &seed, NULL), ST_OK);
	assert_false(secret_equal(seed, system));
	assert_int_equal(rng_seed_unmix(seed, people, &back, NULL), ST_OK);
	assert_true(secret_equal(back, system));
	secret_free(back);
	secret_free(seed);
	assert_int_equal(rng_seed_mix(system, NULL, &seed, NULL), ST_OK);
	assert_true(secret_equal(seed, system));
	secret_free(seed);
	secret_free(people);
	secret_free(system);
}

/* A system that is all zero leaves the people's part alone, and that part is
 * the HKDF that FORMATS 5 names. */
static void
mix_takes_the_documented_part_of_people(void **state)
{
	const uint8_t zero[SEED_LEN] = { 0 };
	struct secret *system = make(zero, sizeof(zero));
	struct secret *people = make("a line of text", 14), *seed = NULL;
	uint8_t want[SEED_LEN];

	(void)state;
	assert_int_equal(hash_hkdf(people, "anchorite people entropy v1",
	    "seed", want, sizeof(want), NULL), ST_OK);
	assert_int_equal(rng_seed_mix(system, people, &seed, NULL), ST_OK);
	assert_memory_equal(secret_peek(seed), want, sizeof(want));
	secret_free(seed);
	secret_free(people);
	people = make(zero, 31);
	assert_int_equal(rng_seed_mix(people, NULL, &seed, NULL), ST_BUG);
	assert_null(seed);
	secret_free(people);
	secret_free(system);
}

/* printf 123456 | sha512sum | cut -c1-64 */
static void
dice_seed_is_what_sha512sum_shows(void **state)
{
	struct secret *digits = make("123456", 6), *seed = NULL;
	char hex[65];

	(void)state;
	assert_int_equal(rng_people_seed(digits, &seed, NULL), ST_OK);
	assert_int_equal(secret_len(seed), SEED_LEN);
	sodium_bin2hex(hex, sizeof(hex), secret_peek(seed), SEED_LEN);
	assert_string_equal(hex, "ba3253876aed6bc22d4a6ff53d8406c6"
	    "ad864195ed144ab5c87621b6c233b548");
	secret_free(seed);
	secret_free(digits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fill_reaches_both_ends_and_differs),
		cmocka_unit_test(stream_is_chacha20_of_a_named_nonce),
		cmocka_unit_test(dice_are_taken_when_they_look_fair),
		cmocka_unit_test(dice_are_refused_by_place_and_reason),
		cmocka_unit_test(
		    coins_and_text_are_refused_by_place_and_reason),
		cmocka_unit_test(
		    people_are_taken_without_blanks_in_one_spelling),
		cmocka_unit_test(dice_refusals_quote_nothing),
		cmocka_unit_test(commitment_is_sha384_of_label_and_bytes),
		cmocka_unit_test(mix_is_undone_by_unmix),
		cmocka_unit_test(mix_takes_the_documented_part_of_people),
		cmocka_unit_test(dice_seed_is_what_sha512sum_shows),
	};

	if (crypto_start(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
