/* ur_pick.c -- which pieces a part of a UR sums: see ur.h.  Every step is in
 * the order of BCR-2024-001, doubles too: another order picks other pieces. */
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/hash.h"
#include "transfer/ur.h"

void
ur_random_seed(struct ur_random *r, const void *data, size_t len)
{
	uint8_t digest[SHA256_LEN];

	hash_sha256(data, len, digest);
	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < sizeof(digest); i++)
		r->s[i / 8] = r->s[i / 8] << 8 | digest[i];
}

static uint64_t
turn(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

uint64_t
ur_random_next(struct ur_random *r)
{
	uint64_t *s = r->s;
	const uint64_t out = turn(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = turn(s[3], 45);
	return out;
}

/* 0 to 1; 1 itself where the division rounds up. */
static double
next_double(struct ur_random *r)
{
	return (double)ur_random_next(r) / 0x1p64;
}

size_t
ur_random_below(struct ur_random *r, size_t n)
{
	const size_t v = (size_t)(next_double(r) * (double)n);

	return v < n ? v : n - 1;
}

struct ur_sampler {
	size_t n;
	struct {
		double p;    /* of staying with this one, */
		size_t alias; /* else it is that one */
	} row[];
};

/* A stack of numbers of rows. */
struct stack {
	size_t *at;
	size_t n;
};

/* Which stack a row belongs on: with less than its share, or not. */
static void
push(struct stack *low, struct stack *high, double p, size_t i)
{
	struct stack *s = p < 1 ? low : high;

	s->at[s->n++] = i;
}

/* Rows with less than their share are filled up from those with more. */
static void
fill_up(struct ur_sampler *s, struct stack *low, struct stack *high)
{
	size_t a, g;

	for (size_t i = s->n; i-- > 0;)
		push(low, high, s->row[i].p, i);
	while (low->n > 0 && high->n > 0) {
		a = low->at[--low->n];
		g = high->at[--high->n];
		s->row[a].alias = g;
		s->row[g].p += s->row[a].p - 1;
		push(low, high, s->row[g].p, g);
	}
	while (high->n > 0)
		s->row[high->at[--high->n]].p = 1;
	while (low->n > 0)
		s->row[low->at[--low->n]].p = 1;
}

enum status
ur_sampler_new(double (*weight)(size_t), size_t n, struct ur_sampler **out,
    struct diag *d)
{
	struct stack low = { 0 }, high = { 0 };
	struct ur_sampler *s = NULL;
	double sum = 0;
	enum status rc;

	*out = NULL;
	s = malloc(sizeof(*s) + n * sizeof(s->row[0]));
	low.at = calloc(n, sizeof(*low.at));
	high.at = calloc(n, sizeof(*high.at));
	if (s == NULL || low.at == NULL || high.at == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		sum += weight(i);
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		s->row[i].p = weight(i) * (double)n / sum;
		s->row[i].alias = i;
	}
	fill_up(s, &low, &high);

	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	free(high.at);
	free(low.at);
	ur_sampler_free(s);
	return rc;
}

size_t
ur_sample(const struct ur_sampler *s, struct ur_random *r)
{
	const size_t i = ur_random_below(r, s->n);

	return next_double(r) < s->row[i].p ? i : s->row[i].alias;
}

void
ur_sampler_free(struct ur_sampler *s)
{
	free(s);
}

void
ur_shuffle(struct ur_random *r, size_t n, size_t take, uint16_t *out)
{
	uint16_t left[UR_SHUFFLE_MAX];
	size_t i;

	for (size_t k = 0; k < n; k++)
		left[k] = (uint16_t)k;
	for (; take > 0 && n > 0; take--) {
		i = ur_random_below(r, n);
		*out++ = left[i];
		n--;
		memmove(left + i, left + i + 1, (n - i) * sizeof(*left));
	}
}

double
ur_harmonic(size_t i)
{
	return 1.0 / (double)(i + 1);
}

enum status
ur_pick(uint32_t seq, size_t k, uint32_t checksum, uint8_t *factor,
    struct diag *d)
{
	struct ur_sampler *s = NULL;
	uint16_t *picked = NULL;
	struct ur_random r;
	uint8_t seed[8];
	enum status rc;
	size_t degree;

	memset(factor, 0, k);
	if (seq <= k) {
		factor[seq - 1] = 1;
		return ST_OK;
	}
	for (unsigned i = 0; i < 4; i++) {
		seed[i] = (uint8_t)(seq >> (24 - 8 * i));
		seed[4 + i] = (uint8_t)(checksum >> (24 - 8 * i));
	}
	if ((picked = calloc(k, sizeof(*picked))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ur_sampler_new(ur_harmonic, k, &s, d));
	ur_random_seed(&r, seed, sizeof(seed));
	degree = ur_sample(s, &r) + 1;
	ur_shuffle(&r, k, degree, picked);
	for (size_t i = 0; i < degree; i++)
		factor[picked[i]] = 1;
	rc = ST_OK;
out:
	ur_sampler_free(s);
	free(picked);
	return rc;
}
