/* slip39.c, _points.c, _gather.c, _prove.c: a wrong secret never comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "lib/crypto/gf256.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_text.h"
#include "tests/support/shares.h"
#include "tests/support/vectors.h"

#define SHARES_MAX 256

/* Shares being put together, by any means. */
struct bag {
	struct slip39_share *share[SHARES_MAX];
	size_t n;
};

static void
bag_empty(struct bag *b)
{
	for (size_t i = 0; i < b->n; i++)
		slip39_share_free(b->share[i]);
	b->n = 0;
}

static void
bag_add(struct bag *b, const struct secret *mnemonic)
{
	b->share[b->n++] = shares_read(mnemonic);
}

/* Every share of a set, in order. */
static void
bag_set(struct bag *b, const struct slip39_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		bag_add(b, set->mnemonic[i]);
}

/* Gather the shares that ${mask} picks; on success the result is ${want}, on
 * refusal the sentence has ${said} in it and nothing comes out. */
static enum status
gather_some(const struct bag *b, uint64_t mask, const struct secret *want,
    const char *said)
{
	const struct slip39_share *some[SHARES_MAX];
	struct secret *ems = NULL;
	struct diag d = { 0 };
	enum status rc;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (mask >> i & 1)
			some[n++] = b->share[i];
	rc = slip39_gather(some, n, &ems, &d);
	if (said != NULL && strstr(d.text, said) == NULL)
		fail_msg("\"%s\" where \"%s\" was due", d.text, said);
	if (rc == ST_OK) {
		assert_non_null(ems);
		assert_true(want == NULL || secret_equal(ems, want));
	} else {
		assert_null(ems);
	}
	secret_free(ems);
	return rc;
}

static enum status
gather_all(const struct bag *b, const struct secret *want, const char *said)
{
	return gather_some(b, UINT64_MAX, want, said);
}

static struct secret *
random_secret(uint64_t seed, size_t len)
{
	struct prng prng = { seed };
	uint8_t data[64];

	prng_fill(&prng, data, len);
	return shares_secret(data, len);
}

/* --- the published vectors ------------------------------------------- */

/* What we answer to each reason; vectors name the reason. */
static const struct {
	const char *reason;
	enum status rc;
	const char *said;
} reasons[] = {
	{ "count", ST_FORMAT, "FORMATS 4.4: " },
	{ "checksum", ST_FORMAT, "FORMATS 4.6: the checksum" },
	{ "padding", ST_FORMAT, "FORMATS 4.5: the padding" },
	{ "group-order", ST_FORMAT, "FORMATS 4.5: it asks for" },
	{ "identifier", ST_AUTH, "their identifiers differ" },
	{ "exponent", ST_AUTH, "their iteration exponents differ" },
	{ "group-threshold", ST_AUTH, "their group thresholds differ" },
	{ "group-count", ST_AUTH, "their group counts differ" },
	{ "member-threshold", ST_AUTH, "their member thresholds differ" },
	{ "duplicate", ST_AUTH, "have the same place (member " },
	{ "few-groups", ST_FORMAT, "too few shares: 1 of 2 groups" },
	{ "few-members", ST_FORMAT, "shares of group " },
	{ "digest", ST_AUTH, "the digest of group 1 does not match" },
};

/* All that a person does: read each, gather, decrypt. */
static enum status
recover(const struct vector *v, struct secret **out, struct diag *d)
{
	struct bag b = { .n = 0 };
	struct secret *text, *ems = NULL, *pass = shares_text("TREZOR");
	const char *line;
	enum status rc;

	while ((line = vector_get(v, "share", b.n)) != NULL) {
		text = shares_text(line);
		rc = slip39_read(text, &b.share[b.n], d);
		secret_free(text);
		if (rc != ST_OK)
			goto out;
		b.n++;
	}
	TRY(slip39_gather((const struct slip39_share *const *)b.share, b.n,
	    &ems, d));
	TRY(slip39_decrypt(ems, pass, b.share[0], out, d));
out:
	secret_free(ems);
	secret_free(pass);
	bag_empty(&b);
	return rc;
}

static void
check_refusal(const struct vector *v, enum status rc, const struct diag *d)
{
	const char *reason = vector_need(v, "expect");

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].reason, reason) == 0) {
			assert_int_equal(rc, reasons[i].rc);
			if (strstr(d->text, reasons[i].said) == NULL)
				fail_msg("vector %s: %s",
				    vector_need(v, "vector"), d->text);
			return;
		}
	fail_msg("no such reason: %s", reason);
}

static void
published_vectors_each_for_its_own_reason(void **state)
{
	static struct vector v; /* too large for a stack */
	FILE *f = vectors_open("slip39.txt");
	uint8_t want[64];
	size_t n, len;

	(void)state;
	for (n = 0; vectors_next(f, &v); n++) {
		struct secret *got = NULL;
		struct diag d = { 0 };
		const enum status rc = recover(&v, &got, &d);

		if (strcmp(vector_need(&v, "expect"), "secret") != 0) {
			check_refusal(&v, rc, &d);
			assert_null(got);
			continue;
		}
		if (rc != ST_OK)
			fail_msg("vector %s: %s", vector_need(&v, "vector"),
			    d.text);
		len = vector_hex(&v, "secret", want, sizeof(want));
		assert_int_equal(secret_len(got), len);
		assert_memory_equal(secret_peek(got), want, len);
		secret_free(got);
	}
	fclose(f);
	assert_int_equal(n, 45);
}

/* --- quorums ----------------------------------------------------------- */

static void
every_subset_of_3_of_5_opens_or_says_what_is_missing(void **state)
{
	struct secret *ems = random_secret(1, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };
	char said[64];

	(void)state;
	shares_split(ems, &c, 42, &set);
	bag_set(&b, &set);
	assert_int_equal(b.n, 5);
	for (unsigned mask = 1; mask < 32; mask++) {
		const int n = __builtin_popcount(mask);

		snprintf(said, sizeof(said), "too few shares: %d of 3 shares "
		    "of group 1", n);
		assert_int_equal(gather_some(&b, mask, ems,
		    n < 3 ? said : ""), n < 3 ? ST_FORMAT : ST_OK);
	}
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* 2 of { 2 of 3, 3 of 5 }: all 255 subsets; a group that is complete is not
 * enough, one that is not complete says what it lacks. */
static void
every_subset_of_two_groups_opens_or_says_what_is_missing(void **state)
{
	struct secret *ems = random_secret(2, 32);
	const struct slip39_scheme c = shares_scheme(2, 2, 3, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };
	size_t opened = 0;

	(void)state;
	shares_split(ems, &c, 43, &set);
	bag_set(&b, &set);
	assert_int_equal(b.n, 8);
	for (unsigned mask = 1; mask < 256; mask++) {
		const int a = __builtin_popcount(mask & 7);
		const int z = __builtin_popcount(mask >> 3);
		const char *said = "";

		if (a == 0 || z == 0)
			said = "too few shares: 1 of 2 groups";
		else if (a == 1)
			said = "too few shares: 1 of 2 shares of group 1";
		else if (z < 3)
			said = z == 1 ? ": 1 of 3 shares of group 2" :
			    ": 2 of 3 shares of group 2";
		opened += *said == '\0';
		assert_int_equal(gather_some(&b, mask, ems, said),
		    *said == '\0' ? ST_OK : ST_FORMAT);
	}
	assert_int_equal(opened, 4 * 16);
	assert_int_equal(gather_some(&b, 0x09, ems, "too few shares: 1 of 2 "
	    "shares of group 1, 1 of 3 shares of group 2"), ST_FORMAT);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

static void
order_does_not_matter(void **state)
{
	struct secret *ems = random_secret(3, 16);
	const struct slip39_scheme c = shares_scheme(2, 1, 1, 2, 2, 3, 4, 0);
	struct prng prng = { 99 };
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 44, &set);
	bag_set(&b, &set);
	for (int turn = 0; turn < 200; turn++) {
		for (size_t i = b.n - 1; i > 0; i--) {
			const size_t k = prng_next(&prng) % (i + 1);
			struct slip39_share *s = b.share[i];

			b.share[i] = b.share[k];
			b.share[k] = s;
		}
		assert_int_equal(gather_all(&b, ems, ""), ST_OK);
	}
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* Fewer shares than needed tell nothing: with T - 1 shares given, the last one
 * can still be chosen to make any secret, digest and all. */
static void
fewer_shares_leave_all_but_the_digest_open(void **state)
{
	struct secret *ems = random_secret(4, 32);
	struct secret *other = random_secret(5, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };
	uint8_t digest[32], mac[32];
	struct gf256_point p[4];

	(void)state;
	shares_split(ems, &c, 45, &set);
	bag_set(&b, &set);
	/* two true shares and another secret determine a third share */
	p[0] = (struct gf256_point){ 0, secret_peek(b.share[0]->value) };
	p[1] = (struct gf256_point){ 1, secret_peek(b.share[1]->value) };
	p[2] = (struct gf256_point){ 255, secret_peek(other) };
	gf256_at(p, 3, 254, digest, 32);
	hash_hmac_sha256(digest + 4, 28, secret_peek(other), 32, mac);
	gf256_at(p, 3, 2, secret_bytes(b.share[2]->value), 32);
	/* all but the digest's 32 bits: this is what a digest costs */
	assert_int_equal(gather_some(&b, 7, other, NULL),
	    memcmp(digest, mac, 4) == 0 ? ST_OK : ST_AUTH);
	assert_false(secret_equal(ems, other));
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(other);
	secret_free(ems);
}

/* No share, and no byte of a share, is the secret in clear: over many splits
 * each byte of each share takes all values, equal to the secret's or not. */
static void
shares_are_spread_over_all_bytes(void **state)
{
	struct secret *ems = random_secret(6, 16);
	static const struct slip39_group shapes[] = { { 2, 3 }, { 3, 5 } };
	static uint8_t seen[5][256];

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		const struct slip39_scheme c = shares_scheme(1,
		    shapes[k].need, shapes[k].members, 0);

		memset(seen, 0, sizeof(seen));
		for (uint64_t turn = 1; turn <= 300; turn++) {
			struct slip39_set set;
			struct bag b = { .n = 0 };

			shares_split(ems, &c, turn * 0x9e3779b97f4a7c15,
			    &set);
			bag_set(&b, &set);
			for (size_t i = 0; i < b.n; i++)
				for (size_t j = 0; j < 16; j++)
					seen[i][secret_peek(
					    b.share[i]->value)[j] ^
					    secret_peek(ems)[j]] = 1;
			bag_empty(&b);
			slip39_set_clear(&set);
		}
		for (size_t i = 0; i < shapes[k].members; i++)
			for (size_t v = 0; v < 256; v++)
				assert_int_equal(seen[i][v], 1);
	}
	secret_free(ems);
}

/* --- shares that do not belong ------------------------------------------ */

/* Two shares of a 256-bit 2-of-3 with one field of the second changed; every
 * field, both flags: the vectors have these for 128 bits without the flag. */
static void
one_field_apart_is_another_set(void **state)
{
	static const struct {
		size_t field;
		const char *said;
	} cases[] = {
		{ 0, "share 2 is of another set than share 1: their "
		    "identifiers differ" },
		{ 1, "their ext flags differ" },
		{ 2, "their iteration exponents differ" },
		{ 3, "their group thresholds differ" },
		{ 4, "their group counts differ" },
		{ 5, "their member thresholds differ" },
		{ 6, "their lengths differ" },
	};
	struct slip39_scheme c = shares_scheme(1, 2, 3, 2, 3, 0);
	struct secret *ems = random_secret(7, 32);

	(void)state;
	for (int ext = 0; ext < 2; ext++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]);
		    i++) {
			struct slip39_set set;
			struct bag b = { .n = 0 };
			struct slip39_share *s;
			struct secret *text = NULL;

			c.extendable = ext != 0;
			shares_split(ems, &c, 46, &set);
			bag_add(&b, set.mnemonic[0]);
			bag_add(&b, set.mnemonic[1]);
			s = b.share[1];
			s->id ^= cases[i].field == 0 ? 0x4000 : 0;
			s->extendable ^= cases[i].field == 1;
			s->exponent ^= cases[i].field == 2 ? 8 : 0;
			s->group_need ^= cases[i].field == 3 ? 3 : 0;
			s->groups ^= cases[i].field == 4 ? 1 : 0;
			s->need ^= cases[i].field == 5 ? 1 : 0;
			if (cases[i].field == 6) {
				secret_free(s->value);
				s->value = random_secret(8, 16);
			}
			/* what was changed is a share in its own right */
			assert_int_equal(slip39_text_write(s, &text, NULL),
			    ST_OK);
			slip39_share_free(s);
			b.share[1] = shares_read(text);
			secret_free(text);
			assert_int_equal(gather_all(&b, NULL, cases[i].said),
			    ST_AUTH);
			bag_empty(&b);
			slip39_set_clear(&set);
		}
	secret_free(ems);
}

static void
the_odd_share_is_named_wherever_it_lies(void **state)
{
	struct secret *ems = random_secret(9, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set a, z;
	char said[64];

	(void)state;
	shares_split(ems, &c, 47, &a);
	shares_split(ems, &c, 48, &z);
	for (size_t odd = 0; odd < 3; odd++) {
		struct bag b = { .n = 0 };

		for (size_t i = 0; i < 3; i++)
			bag_add(&b, i == odd ? z.mnemonic[i] : a.mnemonic[i]);
		snprintf(said, sizeof(said), "share %zu is of another set",
		    odd + 1);
		assert_int_equal(gather_all(&b, NULL, said), ST_AUTH);
		bag_empty(&b);
	}
	slip39_set_clear(&z);
	slip39_set_clear(&a);
	secret_free(ems);
}

static void
the_same_place_twice_is_refused(void **state)
{
	struct secret *ems = random_secret(10, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 49, &set);
	bag_add(&b, set.mnemonic[0]);
	bag_add(&b, set.mnemonic[1]);
	bag_add(&b, set.mnemonic[0]);
	assert_int_equal(gather_all(&b, NULL, "share 3 is share 1 once more"),
	    ST_FORMAT);
	secret_bytes(b.share[2]->value)[31] ^= 1;
	assert_int_equal(gather_all(&b, NULL, "shares 1 and 3 have the same "
	    "place (member 1 of group 1) and differ"), ST_AUTH);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* One forged share of a 3-of-5: among three it is known that one is wrong,
 * with a fourth or fifth it is known which. */
static void
surplus_names_the_forged_share(void **state)
{
	struct secret *ems = random_secret(11, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };
	char said[96];

	(void)state;
	shares_split(ems, &c, 50, &set);
	bag_set(&b, &set);
	for (size_t bad = 0; bad < 5; bad++) {
		secret_bytes(b.share[bad]->value)[7 * bad / 2] ^= 0x40;
		for (unsigned mask = 0; mask < 32; mask++) {
			const int n = __builtin_popcount(mask);

			if ((mask >> bad & 1) == 0 || n < 3)
				continue;
			snprintf(said, sizeof(said), n == 3 ?
			    "one of these shares is not of the set" :
			    "share %d does not belong with the others of "
			    "group 1", __builtin_popcount(mask &
			    ((1U << bad) - 1)) + 1);
			assert_int_equal(gather_some(&b, mask, NULL, said),
			    ST_AUTH);
		}
		secret_bytes(b.share[bad]->value)[7 * bad / 2] ^= 0x40;
	}
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* By its file's name, where it has one. */
static void
refusals_call_a_share_by_its_name(void **state)
{
	struct secret *ems = random_secret(11, 32);
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 61, &set);
	bag_set(&b, &set);
	b.share[0]->name = "anna.txt";
	b.share[2]->name = "carla.txt";
	secret_bytes(b.share[2]->value)[3] ^= 0x40;
	assert_int_equal(gather_all(&b, NULL, "FORMATS 4.15: share carla.txt "
	    "does not belong with the others of group 1"), ST_AUTH);
	b.share[2]->member = 0;
	assert_int_equal(gather_all(&b, NULL, "FORMATS 4.14: shares anna.txt "
	    "and carla.txt have the same place"), ST_AUTH);
	b.share[2]->id ^= 1;
	assert_int_equal(gather_all(&b, NULL, "FORMATS 4.13: share carla.txt "
	    "is of another set than share anna.txt"), ST_AUTH);
	b.share[1]->id ^= 1;
	assert_int_equal(gather_all(&b, NULL, "FORMATS 4.13: share anna.txt "
	    "is of another set than share 2"), ST_AUTH);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* Two forged shares: never laid on one, whichever they are. */
static void
two_forged_shares_are_not_laid_on_one(void **state)
{
	struct secret *ems = random_secret(12, 32);
	const struct slip39_scheme c = shares_scheme(1, 3, 5, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 51, &set);
	bag_set(&b, &set);
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < i; k++) {
			secret_bytes(b.share[i]->value)[0] ^= 0x01;
			secret_bytes(b.share[k]->value)[0] ^= 0x80;
			assert_int_equal(gather_all(&b, NULL, "more than one "
			    "of the shares of group 1 is not of the set"),
			    ST_AUTH);
			secret_bytes(b.share[i]->value)[0] ^= 0x01;
			secret_bytes(b.share[k]->value)[0] ^= 0x80;
		}
	assert_int_equal(gather_all(&b, ems, ""), ST_OK);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* A group of one has no digest of its own: the one over the groups catches
 * it, and names it where a third group is there. */
static void
digest_over_the_groups_catches_a_lone_share(void **state)
{
	struct secret *ems = random_secret(13, 32);
	const struct slip39_scheme c = shares_scheme(2, 1, 1, 2, 3, 1, 1, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 52, &set);
	bag_set(&b, &set); /* 0 | 1 2 3 | 4 */
	secret_bytes(b.share[4]->value)[3] ^= 4;
	assert_int_equal(gather_some(&b, 0x11, NULL, "the digest over the "
	    "groups does not match: one of these shares is not of the set"),
	    ST_AUTH);
	assert_int_equal(gather_some(&b, 0x16, NULL, "the digest over the "
	    "groups does not match"), ST_AUTH);
	assert_int_equal(gather_all(&b, NULL, "share 5 does not belong with "
	    "the others"), ST_AUTH);
	assert_int_equal(gather_some(&b, 0x0f, ems, ""), ST_OK);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* A whole group of another split whose header is the same. */
static void
digest_over_the_groups_catches_a_foreign_group(void **state)
{
	struct secret *ems = random_secret(14, 32);
	struct secret *foreign = random_secret(15, 32);
	const struct slip39_scheme c = shares_scheme(2, 2, 2, 2, 2, 2, 2, 0);
	struct slip39_set a, z;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 53, &a);
	shares_split(foreign, &c, 54, &z);
	for (size_t i = 0; i < 6; i++) {
		bag_add(&b, i < 4 ? a.mnemonic[i] : z.mnemonic[i]);
		b.share[i]->id = a.id;
	}
	assert_int_equal(gather_some(&b, 0x33, NULL, "the digest over the "
	    "groups does not match"), ST_AUTH);
	assert_int_equal(gather_all(&b, NULL, "the shares of group 3 do not "
	    "belong with the others"), ST_AUTH);
	bag_empty(&b);
	slip39_set_clear(&z);
	slip39_set_clear(&a);
	secret_free(foreign);
	secret_free(ems);
}

/* With one group needed there is no digest over them: two that differ leave
 * nobody to name, and nothing comes out. */
static void
groups_that_each_open_must_agree(void **state)
{
	struct secret *ems = random_secret(16, 32);
	struct secret *foreign = random_secret(17, 32);
	const struct slip39_scheme c = shares_scheme(1, 2, 2, 2, 2, 0);
	struct slip39_set a, z;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 55, &a);
	shares_split(foreign, &c, 56, &z);
	for (size_t i = 0; i < 4; i++) {
		bag_add(&b, i < 2 ? a.mnemonic[i] : z.mnemonic[i]);
		b.share[i]->id = a.id;
	}
	assert_int_equal(gather_some(&b, 0x3, ems, ""), ST_OK);
	assert_int_equal(gather_some(&b, 0xc, foreign, ""), ST_OK);
	assert_int_equal(gather_all(&b, NULL, "one of these shares is not of "
	    "the set"), ST_AUTH);
	bag_empty(&b);
	slip39_set_clear(&z);
	slip39_set_clear(&a);
	secret_free(foreign);
	secret_free(ems);
}

/* What cannot be checked is not passed over in silence. */
static void
a_surplus_group_is_checked_or_refused(void **state)
{
	struct secret *ems = random_secret(18, 32);
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 3, 3, 0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 57, &set);
	bag_set(&b, &set);
	assert_int_equal(gather_all(&b, ems, ""), ST_OK);
	assert_int_equal(gather_some(&b, 0x1b, NULL, "2 of 3 shares of group "
	    "2 cannot be checked"), ST_FORMAT);
	secret_bytes(b.share[5]->value)[0] ^= 1;
	assert_int_equal(gather_all(&b, NULL, "the digest of group 2"),
	    ST_AUTH);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* A group number past the count is read, and joins at its own x: SLIP-39 does
 * not forbid it. */
static void
group_numbers_past_the_count_are_joined(void **state)
{
	struct secret *ems = random_secret(19, 32);
	const struct slip39_scheme c = shares_scheme(2, 1, 1, 1, 1, 1, 1, 1, 1,
	    0);
	struct slip39_set set;
	struct bag b = { .n = 0 };

	(void)state;
	shares_split(ems, &c, 58, &set);
	bag_set(&b, &set);
	for (size_t i = 0; i < b.n; i++)
		b.share[i]->groups = 2;
	assert_int_equal(gather_some(&b, 0xc, ems, ""), ST_OK);
	bag_empty(&b);
	slip39_set_clear(&set);
	secret_free(ems);
}

static void
gather_refuses_none_and_too_many(void **state)
{
	const struct slip39_share *shares[257] = { NULL };
	struct secret *ems = NULL;

	(void)state;
	assert_int_equal(slip39_gather(shares, 0, &ems, NULL), ST_FORMAT);
	assert_int_equal(slip39_gather(shares, 257, &ems, NULL), ST_FORMAT);
	assert_null(ems);
}

/* --- schemes and splitting ---------------------------------------------- */

static void
schemes_that_protect_nothing_are_refused(void **state)
{
	static const struct {
		uint8_t need, groups, exponent;
		struct slip39_group g[2];
		const char *said;
	} bad[] = {
		{ 1, 0, 0, { { 0, 0 } }, "0 groups" },
		{ 1, 17, 0, { { 2, 3 } }, "17 groups" },
		{ 0, 1, 0, { { 2, 3 } }, "no group is needed" },
		{ 2, 1, 0, { { 2, 3 } }, "2 of 1 groups" },
		{ 1, 1, 16, { { 2, 3 } }, "exponent 16" },
		{ 1, 1, 0, { { 2, 0 } }, "group 1 has 0 members" },
		{ 1, 1, 0, { { 2, 17 } }, "group 1 has 17 members" },
		{ 1, 1, 0, { { 0, 3 } }, "group 1 needs nobody" },
		{ 1, 1, 0, { { 4, 3 } }, "group 1 needs 4 of 3" },
		{ 2, 2, 0, { { 2, 3 }, { 1, 2 } }, "group 2 needs 1 of 2" },
		{ 1, 1, 0, { { 1, 1 } }, "group 1 opens alone" },
		{ 1, 2, 0, { { 2, 3 }, { 1, 1 } }, "group 2 opens alone" },
	};
	struct secret *ems = random_secret(20, 32);
	struct prng prng = { 1 };
	const struct slip39_source source = prng_source(&prng);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slip39_scheme c = { .need = bad[i].need,
			.groups = bad[i].groups, .exponent = bad[i].exponent };
		struct slip39_set set;
		struct diag d = { 0 };

		memcpy(c.group, bad[i].g, sizeof(bad[i].g));
		assert_int_equal(slip39_scheme_check(&c, &d), ST_POLICY);
		if (strstr(d.text, bad[i].said) == NULL)
			fail_msg("row %zu: %s", i, d.text);
		assert_int_equal(slip39_split(ems, &c, 0, &source, &set,
		    NULL), ST_POLICY);
		assert_int_equal(set.n, 0);
	}
	secret_free(ems);
}

static enum status
draw_nothing(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	size_t *left = cookie;

	if (*left == 0)
		return diag_set(d, ST_SYSTEM, "the source ran dry");
	(*left)--;
	memset(out, 0x5c, len);
	return ST_OK;
}

/* Whichever draw fails, no share comes out. */
static void
split_gives_nothing_when_the_source_fails(void **state)
{
	struct secret *ems = random_secret(21, 32);
	const struct slip39_scheme c = shares_scheme(2, 2, 3, 3, 5, 0);
	size_t left, draws;

	(void)state;
	for (draws = 0;; draws++) {
		const struct slip39_source source = { draw_nothing, &left };
		struct slip39_set set;
		struct diag d = { 0 };

		left = draws;
		if (slip39_split(ems, &c, 1, &source, &set, &d) == ST_OK) {
			slip39_set_clear(&set);
			break;
		}
		assert_string_equal(d.text, "the source ran dry");
		assert_int_equal(set.n, 0);
		assert_null(set.mnemonic[0]);
	}
	/* the groups' digest; one group's; the other's share and digest */
	assert_int_equal(draws, 4);
	secret_free(ems);
}

static void
split_refuses_lengths_and_identifiers_out_of_bounds(void **state)
{
	static const size_t bad[] = { 14, 17, 33, 34 };
	const struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
	struct prng prng = { 1 };
	const struct slip39_source source = prng_source(&prng);
	struct slip39_set set;
	struct secret *ems;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ems = random_secret(22, bad[i]);
		assert_int_equal(slip39_split(ems, &c, 0, &source, &set,
		    NULL), ST_POLICY);
		secret_free(ems);
	}
	ems = random_secret(22, 32);
	assert_int_equal(slip39_split(ems, &c, 0x8000, &source, &set, NULL),
	    ST_BUG);
	assert_int_equal(set.n, 0);
	secret_free(ems);
	slip39_set_clear(NULL);
}

/* A source that remembers what it gave. */
struct recorder {
	struct prng prng;
	uint8_t given[8][64];
	size_t len[8];
	size_t n;
};

static enum status
draw_recorded(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	struct recorder *r = cookie;

	(void)d;
	assert_true(r->n < 8 && len <= 64);
	prng_fill(&r->prng, out, len);
	memcpy(r->given[r->n], out, len);
	r->len[r->n++] = len;
	return ST_OK;
}

/* The random shares are the source's bytes as they come (4.18): of 5 of 7 the
 * first draws are shares 1 to 3, the fourth the digest's key. */
static void
split_uses_the_source_as_it_comes(void **state)
{
	struct secret *ems = random_secret(23, 32);
	const struct slip39_scheme c = shares_scheme(1, 5, 7, 0);
	struct recorder r = { .prng = { 60 } };
	const struct slip39_source source = { draw_recorded, &r };
	struct slip39_share *share[5];
	struct slip39_set set;
	struct gf256_point p[5];
	uint8_t digest[32];

	(void)state;
	assert_int_equal(slip39_split(ems, &c, 60, &source, &set, NULL),
	    ST_OK);
	assert_int_equal(r.n, 4);
	for (uint8_t i = 0; i < 5; i++) {
		share[i] = shares_read(set.mnemonic[i]);
		p[i] = (struct gf256_point){ i, secret_peek(share[i]->value) };
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(r.len[i], 32);
		assert_memory_equal(p[i].y, r.given[i], 32);
	}
	gf256_at(p, 5, 254, digest, 32);
	assert_int_equal(r.len[3], 28);
	assert_memory_equal(digest + 4, r.given[3], 28);
	for (size_t i = 0; i < 5; i++)
		slip39_share_free(share[i]);
	slip39_set_clear(&set);
	secret_free(ems);
}

/* --- proving -------------------------------------------------------------- */

static void
prove_counts_every_quorum(void **state)
{
	static const struct {
		unsigned need;
		struct slip39_group g[4];
		uint64_t count;
	} cases[] = {
		{ 1, { { 2, 3 } }, 3 },
		{ 1, { { 3, 5 } }, 10 },
		{ 1, { { 16, 16 } }, 1 },
		{ 1, { { 8, 16 } }, 12870 },
		{ 2, { { 2, 3 }, { 3, 5 } }, 30 },
		{ 2, { { 2, 3 }, { 3, 5 }, { 1, 1 } }, 30 + 3 + 10 },
		{ 1, { { 2, 3 }, { 3, 5 } }, 3 + 10 },
		{ 4, { { 8, 16 }, { 8, 16 }, { 8, 16 }, { 8, 16 } },
		    UINT64_C(27435582641610000) },
	};
	struct secret *ems = random_secret(24, 32);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slip39_scheme c = { .need = (uint8_t)cases[i].need };
		struct slip39_set set;
		uint64_t count = 0;
		struct diag d = { 0 };

		memcpy(c.group, cases[i].g, sizeof(cases[i].g));
		while (c.groups < 4 && c.group[c.groups].need != 0)
			c.groups++;
		shares_split(ems, &c, 61 + i, &set);
		if (slip39_prove(&set, ems, &count, &d) != ST_OK)
			fail_msg("row %zu: %s", i, d.text);
		assert_int_equal(count, cases[i].count);
		assert_int_equal(slip39_quorums(&c), count);
		slip39_set_clear(&set);
	}
	secret_free(ems);
}

/* Put one share's words in another's place, or alter its value: either is
 * seen, whichever share it is. */
static void
prove_finds_every_share_that_is_wrong(void **state)
{
	struct secret *ems = random_secret(25, 32);
	struct secret *other = random_secret(26, 32);
	const struct slip39_scheme c = shares_scheme(2, 2, 3, 3, 5, 1, 1, 0);
	struct slip39_set set;
	uint64_t count;

	(void)state;
	shares_split(ems, &c, 70, &set);
	assert_int_equal(slip39_prove(&set, other, &count, NULL), ST_BUG);
	for (size_t i = 0; i < set.n; i++) {
		struct secret *good = set.mnemonic[i];
		struct slip39_share *s = shares_read(good);

		secret_bytes(s->value)[i] ^= 1;
		assert_int_equal(slip39_text_write(s, &set.mnemonic[i], NULL),
		    ST_OK);
		assert_int_equal(slip39_prove(&set, ems, &count, NULL),
		    ST_BUG);
		secret_free(set.mnemonic[i]);
		set.mnemonic[i] = set.mnemonic[(i + 1) % set.n];
		assert_int_equal(slip39_prove(&set, ems, &count, NULL),
		    ST_BUG);
		set.mnemonic[i] = good;
		slip39_share_free(s);
	}
	set.n--;
	assert_int_equal(slip39_prove(&set, ems, &count, NULL), ST_BUG);
	set.n++;
	set.id ^= 1;
	assert_int_equal(slip39_prove(&set, ems, &count, NULL), ST_BUG);
	set.id ^= 1;
	assert_int_equal(slip39_prove(&set, ems, &count, NULL), ST_OK);
	slip39_set_clear(&set);
	secret_free(other);
	secret_free(ems);
}

/* No refusal quotes a word or a byte of a share. */
static void
refusals_quote_nothing(void **state)
{
	struct secret *m = shares_text("academic acid acne abandonned");
	struct slip39_share *s = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(slip39_read(m, &s, &d), ST_FORMAT);
	assert_string_equal(d.text, "FORMATS 4.3: word 4 is not of the list");
	assert_null(s);
	secret_free(m);
	slip39_share_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors_each_for_its_own_reason),
		cmocka_unit_test(
		    every_subset_of_3_of_5_opens_or_says_what_is_missing),
		cmocka_unit_test(
		    every_subset_of_two_groups_opens_or_says_what_is_missing),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(fewer_shares_leave_all_but_the_digest_open),
		cmocka_unit_test(shares_are_spread_over_all_bytes),
		cmocka_unit_test(one_field_apart_is_another_set),
		cmocka_unit_test(the_odd_share_is_named_wherever_it_lies),
		cmocka_unit_test(the_same_place_twice_is_refused),
		cmocka_unit_test(surplus_names_the_forged_share),
		cmocka_unit_test(refusals_call_a_share_by_its_name),
		cmocka_unit_test(two_forged_shares_are_not_laid_on_one),
		cmocka_unit_test(digest_over_the_groups_catches_a_lone_share),
		cmocka_unit_test(
		    digest_over_the_groups_catches_a_foreign_group),
		cmocka_unit_test(groups_that_each_open_must_agree),
		cmocka_unit_test(a_surplus_group_is_checked_or_refused),
		cmocka_unit_test(group_numbers_past_the_count_are_joined),
		cmocka_unit_test(gather_refuses_none_and_too_many),
		cmocka_unit_test(schemes_that_protect_nothing_are_refused),
		cmocka_unit_test(split_gives_nothing_when_the_source_fails),
		cmocka_unit_test(
		    split_refuses_lengths_and_identifiers_out_of_bounds),
		cmocka_unit_test(split_uses_the_source_as_it_comes),
		cmocka_unit_test(prove_counts_every_quorum),
		cmocka_unit_test(prove_finds_every_share_that_is_wrong),
		cmocka_unit_test(refusals_quote_nothing),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
