/* bench_shares.c -- what it costs to prove every quorum before printing.
 * For each scheme two lines.  The first: the sheets split, every quorum of
 * them proven, and the seed combined again from one, as a ceremony does, the
 * best of five runs.  The second, the ratio: what stands in for the proof
 * elsewhere is to recover each quorum by itself, PBKDF2 and all, which is
 * measured on a sample in the same run.  Processor time; wall beside it. */
#include <sys/resource.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/crypto/rng.h"
#include "lib/crypto/slip39.h"

#define RUNS 5
#define SAMPLE 50 /* quorums recovered one by one */

static double
now_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static enum status
draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	(void)cookie;
	(void)d;
	rng_fill(out, len);
	return ST_OK;
}

/* Read, gather and decrypt the first quorum, as a recovery does. */
static enum status
recover(const struct slip39_set *set, size_t need, const struct secret *want,
    struct diag *d)
{
	struct slip39_share *share[SLIP39_MEMBERS_MAX] = { NULL };
	struct secret *ems = NULL, *got = NULL;
	enum status rc;

	for (size_t i = 0; i < need; i++)
		TRY(slip39_read(set->mnemonic[i], &share[i], d));
	TRY(slip39_gather((const struct slip39_share *const *)share, need,
	    &ems, d));
	TRY(slip39_decrypt(ems, NULL, share[0], &got, d));
	if (!secret_equal(got, want))
		FAIL(d, ST_BUG, "another secret");
	rc = ST_OK;
out:
	secret_free(got);
	secret_free(ems);
	for (size_t i = 0; i < need; i++)
		slip39_share_free(share[i]);
	return rc;
}

/* Processor time since ${*t}, which moves to now. */
static double
lap_ms(double *t)
{
	const double before = *t;

	*t = now_ms(CLOCK_PROCESS_CPUTIME_ID);
	return *t - before;
}

static double
lesser(double a, double b)
{
	return a < b ? a : b;
}

/* One scheme: the best of RUNS for each part. */
static enum status
bench(uint8_t need, uint8_t members, struct diag *d)
{
	const struct slip39_scheme scheme = { .need = 1, .groups = 1,
		.group = { { need, members } }, .extendable = true,
		.exponent = 1 };
	const struct slip39_source source = { draw, NULL };
	double split = 1e9, prove = 1e9, combine = 1e9, all = 1e9, one,
	    t = 0, wall;
	struct secret *seed = NULL, *ems = NULL;
	struct slip39_set set = { .n = 0 };
	uint64_t count = 0;
	enum status rc;

	TRY(secret_new(32, &seed, d));
	rng_fill(secret_bytes(seed), 32);
	TRY(slip39_encrypt(seed, NULL, &scheme, 4711, &ems, d));
	for (int i = 0; i < RUNS; i++) {
		slip39_set_clear(&set);
		wall = now_ms(CLOCK_MONOTONIC);
		(void)lap_ms(&t);
		TRY(slip39_split(ems, &scheme, 4711, &source, &set, d));
		split = lesser(split, lap_ms(&t));
		TRY(slip39_prove(&set, ems, &count, d));
		prove = lesser(prove, lap_ms(&t));
		TRY(recover(&set, need, seed, d));
		combine = lesser(combine, lap_ms(&t));
		all = lesser(all, now_ms(CLOCK_MONOTONIC) - wall);
	}
	(void)lap_ms(&t);
	for (int i = 0; i < SAMPLE; i++)
		TRY(recover(&set, need, seed, d));
	one = lap_ms(&t) / SAMPLE;

	printf("%d of %d: split %.2f ms, prove %llu quorums %.1f ms, combine "
	    "%.2f ms: CPU %.1f ms, wall %.1f ms\n", need, members, split,
	    (unsigned long long)count, prove, combine, split + prove + combine,
	    all);
	printf("%d of %d: proving all costs as much as recovering %.1f; one by "
	    "one they would take %.0f ms: ratio %.4f\n", need, members,
	    prove / one, one * (double)count, prove / (one * (double)count));
	rc = ST_OK;
out:
	slip39_set_clear(&set);
	secret_free(ems);
	secret_free(seed);
	return rc;
}

int
main(void)
{
	struct rusage use;
	struct diag d = { 0 };
	enum status rc;

	TRY(secret_process(&d));
	TRY(bench(3, 5, &d));
	TRY(bench(8, 16, &d));
	getrusage(RUSAGE_SELF, &use);
	printf("peak memory %ld KiB\n", use.ru_maxrss);
	rc = ST_OK;
out:
	if (rc != ST_OK)
		fprintf(stderr, "bench_shares: %s\n", d.text);
	return diag_exit(rc);
}
