/* ct_shares.c -- secrets decide no branch and no address.
 * Secrets are marked as never written; memcheck then reports each jump and
 * each address that depends on them.  What a function may tell, its result, is
 * marked as written before it is looked at.  The controls do what must be
 * reported: where they pass in silence, nothing here means anything. */
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <sodium.h>
#include <valgrind/memcheck.h>

#include "lib/base/secret.h"
#include "lib/crypto/gf256.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_points.h"
#include "lib/crypto/slip39_sum.h"
#include "lib/crypto/slip39_text.h"
#include "lib/crypto/slip39_words.h"
#include "lib/record/sheet.h"

#define LEN 32
#define NEED 3
#define SHARES 5

static void
hide(const void *p, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

static void
tell(const void *p, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, len);
}

/* 32 bytes that count up, in locked memory, hidden. */
static struct secret *
make_hidden(void)
{
	struct secret *s = NULL;

	if (secret_new(LEN, &s, NULL) != ST_OK)
		return NULL;
	for (uint8_t i = 0; i < LEN; i++)
		secret_bytes(s)[i] = (uint8_t)(i * 7 + 1);
	hide(secret_peek(s), LEN);
	return s;
}

static int
run_gf256(void)
{
	uint8_t a = 0x57, b = 0x83, product, inverse;

	hide(&a, 1);
	hide(&b, 1);
	product = gf256_mul(a, b);
	inverse = gf256_mul(gf256_inv(a), a);
	tell(&product, 1);
	tell(&inverse, 1);
	return product == 0xc1 && inverse == 1;
}

static enum status
draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	(void)cookie;
	(void)d;
	memset(out, 0x3c, len);
	hide(out, len);
	return ST_OK;
}

/* Split, join the last three, compare; the digest's answer is told. */
static int
run_points(void)
{
	const struct slip39_source source = { draw, NULL };
	struct secret *value = make_hidden();
	struct slip39_work work;
	struct gf256_point p[NEED];
	uint8_t shares[SHARES][LEN], out[LEN];
	int digest, same;

	if (value == NULL || slip39_points_split(secret_peek(value), LEN, NEED,
	    SHARES, &source, (uint8_t *)shares, NULL) != ST_OK)
		return 0;
	for (uint8_t i = 0; i < NEED; i++)
		p[i] = (struct gf256_point){ 2 + i, shares[2 + i] };
	digest = slip39_points_join(p, NEED, LEN, out, &work);
	same = sodium_memcmp(out, secret_peek(value), LEN);
	tell(&digest, sizeof(digest));
	tell(&same, sizeof(same));
	secret_free(value);
	return digest == 0 && same == 0;
}

/* Pack a share into numbers, check, unpack; the header is public. */
static int
run_text(void)
{
	struct slip39_share s = { .group_need = 1, .groups = 1, .need = 3,
		.extendable = true, .value = make_hidden() };
	struct slip39_mnemonic m;
	uint8_t back[LEN];
	uint32_t residue;
	unsigned padding;
	int same;

	if (s.value == NULL)
		return 0;
	slip39_text_pack(&s, &m);
	residue = slip39_sum(m.word, m.n, true);
	padding = slip39_text_unpack(&m, back, LEN);
	same = sodium_memcmp(back, secret_peek(s.value), LEN);
	tell(&residue, sizeof(residue));
	tell(&padding, sizeof(padding));
	tell(&same, sizeof(same));
	secret_free(s.value);
	return residue == 1 && padding == 0 && same == 0;
}

/* A word is altered, or two: which one that may be is told, no word is. */
static int
run_suspect(void)
{
	struct slip39_share s = { .group_need = 1, .groups = 1, .need = 3,
		.extendable = true, .value = make_hidden() };
	struct slip39_mnemonic m;
	size_t one, two, flag;

	if (s.value == NULL)
		return 0;
	slip39_text_pack(&s, &m);
	m.word[11] ^= 0x155;
	one = slip39_text_suspect(&m);
	m.word[29] ^= 0x2aa;
	two = slip39_text_suspect(&m);
	m.word[11] ^= 0x155;
	m.word[29] ^= 0x2aa;
	m.word[1] ^= 0x010; /* the ext flag */
	flag = slip39_text_suspect(&m);
	tell(&one, sizeof(one));
	tell(&two, sizeof(two));
	tell(&flag, sizeof(flag));
	secret_free(s.value);
	return one == 12 && two == 0 && flag == 2;
}

/* What the record has of a share, and the share against another. */
static int
run_commitment(void)
{
	const uint8_t salt[SHA256_LEN] = { 1 };
	struct secret *a = make_hidden(), *b = make_hidden();
	uint8_t one[SHA256_LEN], two[SHA256_LEN];
	bool same, other;

	if (a == NULL || b == NULL)
		return 0;
	sheet_commitment(salt, a, one);
	sheet_commitment(salt, b, two);
	same = secret_equal(a, b);
	secret_bytes(b)[0] ^= 1;
	other = secret_equal(a, b);
	tell(one, sizeof(one));
	tell(two, sizeof(two));
	tell(&same, sizeof(same));
	tell(&other, sizeof(other));
	secret_free(b);
	secret_free(a);
	return same && !other && memcmp(one, two, sizeof(one)) == 0;
}

/* Whether two secrets are equal is for the caller to know: a digest that holds,
 * a point that lies on the curve, a share that is there already. */
int __real_sodium_memcmp(const void *a, const void *b, size_t len);
int __wrap_sodium_memcmp(const void *a, const void *b, size_t len);

int
__wrap_sodium_memcmp(const void *a, const void *b, size_t len)
{
	int differ = __real_sodium_memcmp(a, b, len);

	tell(&differ, sizeof(differ));
	return differ;
}

/* ${n} of the hidden shares, one of them altered if that is wanted. */
static enum status
gather(uint8_t shares[SHARES][LEN], size_t n, bool alter,
    struct secret **out, struct diag *d)
{
	struct slip39_share share[SHARES];
	const struct slip39_share *all[SHARES];
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		share[i] = (struct slip39_share){ .group_need = 1,
			.groups = 1, .need = NEED, .member = (uint8_t)i };
		all[i] = &share[i];
		if (secret_new(LEN, &share[i].value, d) != ST_OK)
			return ST_SYSTEM;
		memcpy(secret_bytes(share[i].value), shares[i], LEN);
	}
	if (alter)
		secret_bytes(share[1].value)[7] ^= 0x10;
	rc = slip39_gather(all, n, out, d);
	for (size_t i = 0; i < n; i++)
		secret_free(share[i].value);
	return rc;
}

/* A quorum, one with shares to spare, and one whose second share is altered. */
static int
run_gather(void)
{
	const struct slip39_source source = { draw, NULL };
	struct secret *value = make_hidden(), *few = NULL, *more = NULL,
	    *bad = NULL;
	uint8_t shares[SHARES][LEN];
	struct diag d = { 0 };
	int good;

	if (value == NULL || slip39_points_split(secret_peek(value), LEN, NEED,
	    SHARES, &source, (uint8_t *)shares, NULL) != ST_OK ||
	    gather(shares, NEED, false, &few, NULL) != ST_OK ||
	    gather(shares, SHARES, false, &more, NULL) != ST_OK)
		return 0;
	good = gather(shares, SHARES, true, &bad, &d) == ST_AUTH &&
	    strstr(d.text, "share 2 does not belong") != NULL &&
	    secret_equal(few, value) && secret_equal(more, value);
	secret_free(bad);
	secret_free(more);
	secret_free(few);
	secret_free(value);
	return good;
}

static int
run_words(void)
{
	uint8_t letters[SLIP39_WORD_MAX] = "aCiD", mask[SLIP39_WORD_MAX];
	char word[SLIP39_WORD_MAX + 1];
	uint32_t found;
	uint16_t index;

	memset(mask, 0, sizeof(mask));
	memset(mask, 0xff, 4);
	hide(letters, sizeof(letters));
	for (size_t i = 0; i < 4; i++)
		letters[i] = slip39_words_letter(letters[i]);
	found = slip39_words_find(letters, mask);
	index = (uint16_t)(found - 1);
	slip39_words_pick(index, word);
	tell(word, sizeof(word));
	tell(&index, sizeof(index));
	return strcmp(word, "acid") == 0 && index == 1;
}

static int
run_cipher(void)
{
	const struct slip39_scheme scheme = { .need = 1 };
	const struct slip39_share terms = { .id = 77 };
	struct secret *s = make_hidden(), *ems = NULL, *back = NULL;
	bool same;

	if (s == NULL || slip39_encrypt(s, NULL, &scheme, 77, &ems, NULL) !=
	    ST_OK || slip39_decrypt(ems, NULL, &terms, &back, NULL) != ST_OK)
		return 0;
	same = secret_equal(s, back);
	tell(&same, sizeof(same));
	secret_free(back);
	secret_free(ems);
	secret_free(s);
	return same;
}

static int
run_hkdf(void)
{
	struct secret *s = make_hidden();
	uint8_t out[100];

	if (s == NULL || hash_hkdf(s, "salt", "info", out, sizeof(out),
	    NULL) != ST_OK)
		return 0;
	secret_free(s);
	tell(out, sizeof(out));
	return 1;
}

/* Must be reported: an address that depends on a secret. */
static int
run_control_address(void)
{
	volatile uint8_t table[256] = { 0 };
	uint8_t a = 0x57;

	hide(&a, 1);
	return table[a] == 0;
}

/* Must be reported: shares compared as if they were public. */
static int
run_control_compare(void)
{
	/* clang knows how to compare 32 bytes without a branch */
	int (*volatile compare)(const void *, const void *, size_t) = memcmp;
	struct secret *s = make_hidden(), *t = make_hidden();
	int differ;

	if (s == NULL || t == NULL)
		return 0;
	differ = compare(secret_peek(s), secret_peek(t), LEN);
	tell(&differ, sizeof(differ));
	secret_free(t);
	secret_free(s);
	return 1;
}

/* Must be reported: a search that ends at the word it looks for. */
static int
run_control_search(void)
{
	struct secret *s = make_hidden();
	volatile size_t at = 0;

	if (s == NULL)
		return 0;
	while (at < LEN && secret_peek(s)[at] > 0)
		at++;
	secret_free(s);
	return 1;
}

/* Must be reported: a loop that ends where two secrets differ. */
static int
run_control_branch(void)
{
	struct secret *s = make_hidden(), *t = make_hidden();
	volatile size_t same = 0;

	if (s == NULL || t == NULL)
		return 0;
	while (same < LEN && secret_peek(s)[same] == secret_peek(t)[same])
		same++;
	secret_free(t);
	secret_free(s);
	return 1;
}

static const struct {
	const char *name;
	int (*run)(void);
} cases[] = {
	{ "gf256", run_gf256 },
	{ "points", run_points },
	{ "text", run_text },
	{ "suspect", run_suspect },
	{ "commitment", run_commitment },
	{ "gather", run_gather },
	{ "words", run_words },
	{ "cipher", run_cipher },
	{ "hkdf", run_hkdf },
	{ "control-address", run_control_address },
	{ "control-branch", run_control_branch },
	{ "control-compare", run_control_compare },
	{ "control-search", run_control_search },
};

/* Arguments: the cases to run. */
int
main(int argc, char **argv)
{
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	size_t k;

	if (sodium_init() < 0 || CRYPTO_secure_malloc_init(65536, 32) != 1)
		return 2;
	for (int i = 1; i < argc; i++) {
		for (k = 0; k < n && strcmp(cases[k].name, argv[i]) != 0; k++)
			;
		if (k == n || !cases[k].run()) {
			fprintf(stderr, "ct_shares: %s\n", argv[i]);
			return 2;
		}
	}
	return 0;
}
