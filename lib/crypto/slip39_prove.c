/* see slip39.h: every quorum of a set, before a word of it is shown. */
#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_points.h"

#define SHARES_MAX ((size_t)SLIP39_GROUPS_MAX * SLIP39_MEMBERS_MAX)

/* The values at work, in locked memory. */
struct hold {
	struct slip39_work work;
	uint8_t value[SLIP39_VALUE_MAX]; /* of the quorum at hand */
	uint8_t group[SLIP39_GROUPS_MAX][SLIP39_VALUE_MAX];
};

/* The next choice of ${k} out of ${n} in ascending order; false at the end. */
static bool
next_choice(size_t *choice, size_t k, size_t n)
{
	size_t i = k;

	while (i > 0 && choice[i - 1] == n - k + i - 1)
		i--;
	if (i == 0)
		return false;
	choice[i - 1]++;
	for (; i < k; i++)
		choice[i] = choice[i - 1] + 1;
	return true;
}

/* Join every ${need} of ${n} points; all must give ${want}.  ${*count} says
 * how many there were. */
static enum status
prove_level(const struct gf256_point *p, size_t n, size_t need,
    const uint8_t *want, size_t len, struct hold *h, uint64_t *count,
    struct diag *d)
{
	struct gf256_point q[GF256_POINTS_MAX];
	size_t choice[GF256_POINTS_MAX];

	*count = 0;
	for (size_t i = 0; i < need; i++)
		choice[i] = i;
	do {
		for (size_t i = 0; i < need; i++)
			q[i] = p[choice[i]];
		if (slip39_points_join(q, need, len, h->value, &h->work) != 0 ||
		    sodium_memcmp(h->value, want, len) != 0)
			return diag_set(d, ST_BUG, "FORMATS 4.12: a quorum of "
			    "the new shares does not give the secret back");
		(*count)++;
	} while (next_choice(choice, need, n));
	return ST_OK;
}

/* The shares of a set as its words say them, in their places. */
static enum status
read_set(const struct slip39_set *set, struct slip39_share **shares,
    size_t len, struct diag *d)
{
	const struct slip39_scheme *c = &set->scheme;
	const struct slip39_share *s;
	size_t at = 0;
	enum status rc;

	for (uint8_t i = 0; i < c->groups; i++)
		for (uint8_t k = 0; k < c->group[i].members; k++, at++) {
			if (at >= set->n)
				FAIL(d, ST_BUG, "FORMATS 4.12: shares are "
				    "missing from a set");
			TRY(slip39_read(set->mnemonic[at], &shares[at], d));
			s = shares[at];
			if (s->id != set->id || s->member != k ||
			    s->group != i || s->groups != c->groups ||
			    s->group_need != c->need ||
			    s->need != c->group[i].need ||
			    s->extendable != c->extendable ||
			    s->exponent != c->exponent ||
			    secret_len(s->value) != len)
				FAIL(d, ST_BUG, "FORMATS 4.12: new share %zu "
				    "does not say what it is", at + 1);
		}
	if (at != set->n)
		FAIL(d, ST_BUG, "FORMATS 4.12: a set has too many shares");
	rc = ST_OK;
out:
	return rc;
}

/* How many quorums: for every choice of ${need} of ${n} groups the product of
 * their counts; no more than UINT64_MAX is told. */
static uint64_t
count_quorums(const uint64_t *count, size_t n, size_t need)
{
	uint64_t sum[SLIP39_GROUPS_MAX + 1] = { 1 }, more;

	for (size_t i = 0; i < n; i++)
		for (size_t k = need; k > 0; k--)
			if (__builtin_mul_overflow(sum[k - 1], count[i],
			    &more) ||
			    __builtin_add_overflow(sum[k], more, &sum[k]))
				sum[k] = UINT64_MAX;
	return sum[need];
}

/* n over k, for 0 <= k <= n <= 16 */
static uint64_t
choices(unsigned n, unsigned k)
{
	uint64_t c = 1;

	for (unsigned i = 0; i < k; i++)
		c = c * (n - i) / (i + 1);
	return c;
}

uint64_t
slip39_quorums(const struct slip39_scheme *c)
{
	uint64_t count[SLIP39_GROUPS_MAX];

	for (uint8_t i = 0; i < c->groups; i++)
		count[i] = choices(c->group[i].members, c->group[i].need);
	return count_quorums(count, c->groups, c->need);
}

/*
 * Each quorum of members must give its group's value, each quorum of groups
 * the encrypted secret: so every quorum of the whole gives it, without a walk
 * through their product.
 */
static enum status
prove_groups(const struct slip39_scheme *c,
    struct slip39_share *const *shares, const struct secret *ems,
    struct hold *h, uint64_t *count, struct diag *d)
{
	struct gf256_point p[GF256_POINTS_MAX], top[GF256_POINTS_MAX];
	uint64_t quorums[SLIP39_GROUPS_MAX], of_groups;
	const size_t len = secret_len(ems);
	size_t at = 0;
	enum status rc;

	for (uint8_t i = 0; i < c->groups; i++) {
		for (size_t k = 0; k < c->group[i].members; k++, at++)
			p[k] = (struct gf256_point){ shares[at]->member,
				secret_peek(shares[at]->value) };
		/* what the first quorum gives, digest and all, is asked of
		 * every other */
		if (slip39_points_join(p, c->group[i].need, len, h->group[i],
		    &h->work) != 0)
			FAIL(d, ST_BUG, "FORMATS 4.12: the digest of a new "
			    "group %d does not hold", i + 1);
		TRY(prove_level(p, c->group[i].members, c->group[i].need,
		    h->group[i], len, h, &quorums[i], d));
		top[i] = (struct gf256_point){ i, h->group[i] };
	}
	TRY(prove_level(top, c->groups, c->need, secret_peek(ems), len, h,
	    &of_groups, d));
	*count = count_quorums(quorums, c->groups, c->need);
	rc = ST_OK;
out:
	return rc;
}

enum status
slip39_prove(const struct slip39_set *set, const struct secret *ems,
    uint64_t *count, struct diag *d)
{
	struct slip39_share *shares[SHARES_MAX] = { NULL };
	struct secret *hold = NULL;
	enum status rc;

	*count = 0;
	TRY(slip39_scheme_check(&set->scheme, d));
	TRY(read_set(set, shares, secret_len(ems), d));
	TRY(secret_new(sizeof(struct hold), &hold, d));
	TRY(prove_groups(&set->scheme, shares, ems,
	    (void *)secret_bytes(hold), count, d));
	rc = ST_OK;
out:
	secret_free(hold);
	for (size_t i = 0; i < SHARES_MAX; i++)
		slip39_share_free(shares[i]);
	return rc;
}
