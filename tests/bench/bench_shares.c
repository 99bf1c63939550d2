/* bench_shares.c -- what it costs to prove every quorum before printing, and to
 * look at a sheet.
 *	bench_shares			the table of bench-shares.sh, as follows
 *	bench_shares sheets FILE	16 mnemonics, 8 of them needed, to FILE
 *	bench_shares check FILE N	processor time of N checks, in us each
 *	bench_shares recover FILE N	likewise, of N recoveries from the first 8
 * For each scheme two lines.  The first: the sheets split and committed to,
 * every quorum of them proven, and the seed combined again from one, as a
 * ceremony does, the best of five runs.  The second, the ratio: what stands in
 * for the proof elsewhere is to recover each quorum by itself, PBKDF2 and all,
 * which is measured on a sample in the same run.  Processor time; wall beside
 * it. */
#include <sys/resource.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/crypto/rng.h"
#include "lib/crypto/slip39.h"
#include "lib/record/sheet.h"

#define RUNS 5
#define SAMPLE 50 /* quorums recovered one by one */

static const uint8_t salt[SHA256_LEN] = { 'b', 'e', 'n', 'c', 'h' };

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
    struct secret **out, struct diag *d)
{
	struct slip39_share *share[SLIP39_MEMBERS_MAX] = { NULL };
	struct secret *ems = NULL, *got = NULL;
	enum status rc;

	for (size_t i = 0; i < need; i++)
		TRY(slip39_read(set->mnemonic[i], &share[i], d));
	TRY(slip39_gather((const struct slip39_share *const *)share, need,
	    &ems, d));
	TRY(slip39_decrypt(ems, NULL, share[0], &got, d));
	if (want != NULL && !secret_equal(got, want))
		FAIL(d, ST_BUG, "another secret");
	if (out != NULL) {
		*out = got;
		got = NULL;
	}
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
	double split = 1e9, commit = 1e9, prove = 1e9, combine = 1e9,
	    all = 1e9, one, t = 0, wall;
	uint8_t commitment[SHA256_LEN];
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
		for (size_t k = 0; k < set.n; k++)
			sheet_commitment(salt, set.mnemonic[k], commitment);
		commit = lesser(commit, lap_ms(&t));
		TRY(slip39_prove(&set, ems, &count, d));
		prove = lesser(prove, lap_ms(&t));
		TRY(recover(&set, need, seed, NULL, d));
		combine = lesser(combine, lap_ms(&t));
		all = lesser(all, now_ms(CLOCK_MONOTONIC) - wall);
	}
	(void)lap_ms(&t);
	for (int i = 0; i < SAMPLE; i++)
		TRY(recover(&set, need, seed, NULL, d));
	one = lap_ms(&t) / SAMPLE;

	printf("%d of %d: split %.2f ms, commit %.2f ms, prove %llu quorums "
	    "%.1f ms, combine %.2f ms: CPU %.1f ms, wall %.1f ms\n", need,
	    members, split, commit, (unsigned long long)count, prove, combine,
	    split + commit + prove + combine, all);
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

/* ---- one sheet ---- */

#define NEED 8
#define MEMBERS 16

static const struct slip39_scheme scheme_16 = { .need = 1, .groups = 1,
	.group = { { NEED, MEMBERS } }, .extendable = true, .exponent = 1 };

/* A line each, as the peer reads them too. */
static enum status
write_sheets(const char *path, struct diag *d)
{
	const struct slip39_source source = { draw, NULL };
	struct secret *seed = NULL, *ems = NULL;
	struct slip39_set set = { .n = 0 };
	FILE *f = fopen(path, "we");
	enum status rc;

	if (f == NULL)
		FAIL(d, ST_SYSTEM, "%s cannot be written", path);
	TRY(secret_new(32, &seed, d));
	rng_fill(secret_bytes(seed), 32);
	TRY(slip39_encrypt(seed, NULL, &scheme_16, 4711, &ems, d));
	TRY(slip39_split(ems, &scheme_16, 4711, &source, &set, d));
	for (size_t i = 0; i < set.n; i++)
		fprintf(f, "%.*s\n", (int)secret_len(set.mnemonic[i]),
		    (const char *)secret_peek(set.mnemonic[i]));
out:
	if (f != NULL)
		fclose(f);
	slip39_set_clear(&set);
	secret_free(ems);
	secret_free(seed);
	return rc;
}

static enum status
read_sheets(const char *path, struct slip39_set *set, struct diag *d)
{
	char line[SLIP39_TEXT_MAX];
	FILE *f = fopen(path, "re");
	size_t len;
	enum status rc = ST_OK;

	if (f == NULL)
		FAIL(d, ST_SYSTEM, "%s cannot be read", path);
	while (set->n < MEMBERS && fgets(line, sizeof(line), f) != NULL) {
		len = strcspn(line, "\n");
		TRY(secret_new(len, &set->mnemonic[set->n], d));
		memcpy(secret_bytes(set->mnemonic[set->n++]), line, len);
	}
	if (set->n != MEMBERS)
		FAIL(d, ST_FORMAT, "%s: not %d sheets", path, MEMBERS);
out:
	if (f != NULL)
		fclose(f);
	return rc;
}

/* As `share check`: read, spell out, commit, find among those of record. */
static enum status
check_one(const struct secret *typed, const uint8_t all[][SHA256_LEN],
    size_t want, struct diag *d)
{
	struct secret *canonical = NULL;
	uint8_t is[SHA256_LEN];
	size_t i = 0;
	enum status rc;

	TRY(slip39_canonical(typed, &canonical, d));
	sheet_commitment(salt, canonical, is);
	while (i < MEMBERS && memcmp(all[i], is, sizeof(is)) != 0)
		i++;
	if (i != want)
		FAIL(d, ST_BUG, "another sheet");
out:
	secret_free(canonical);
	return rc;
}

static enum status
time_sheets(const char *what, const char *path, unsigned n, struct diag *d)
{
	uint8_t all[MEMBERS][SHA256_LEN];
	struct secret *seed = NULL;
	struct slip39_set set = { .n = 0 };
	double t = 0;
	enum status rc;

	TRY(read_sheets(path, &set, d));
	for (size_t i = 0; i < set.n; i++)
		sheet_commitment(salt, set.mnemonic[i], all[i]);
	/* once for the seed that the others are to give */
	TRY(recover(&set, NEED, NULL, &seed, d));
	(void)lap_ms(&t);
	for (unsigned i = 0; i < n; i++)
		if (strcmp(what, "check") == 0)
			TRY(check_one(set.mnemonic[i % MEMBERS],
			    (const uint8_t (*)[SHA256_LEN])all, i % MEMBERS,
			    d));
		else
			TRY(recover(&set, NEED, seed, NULL, d));
	printf("%.3f\n", lap_ms(&t) * 1e3 / n);
out:
	slip39_set_clear(&set);
	secret_free(seed);
	return rc;
}

static enum status
table(struct diag *d)
{
	struct rusage use;
	enum status rc;

	TRY(bench(3, 5, d));
	TRY(bench(NEED, MEMBERS, d));
	getrusage(RUSAGE_SELF, &use);
	printf("peak memory %ld KiB\n", use.ru_maxrss);
	rc = ST_OK;
out:
	return rc;
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	enum status rc;

	TRY(secret_process(&d));
	if (argc == 1)
		TRY(table(&d));
	else if (argc == 3 && strcmp(argv[1], "sheets") == 0)
		TRY(write_sheets(argv[2], &d));
	else if (argc == 4)
		TRY(time_sheets(argv[1], argv[2],
		    (unsigned)strtoul(argv[3], NULL, 10), &d));
	else
		FAIL(&d, ST_USAGE, "see its first lines");
out:
	if (rc != ST_OK)
		fprintf(stderr, "bench_shares: %s\n", d.text);
	return diag_exit(rc);
}
