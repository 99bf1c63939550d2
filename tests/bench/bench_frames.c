/* bench_frames.c -- frames that must be shown until a message is there, and
 * what putting it together costs.
 *   bench_frames need native|ur SIZE ROOM LOSS late|start TRIALS
 *       k, and of as many trials the mean, the 95th percentile, and the mean
 *       over that of the k-th frame that was not lost in the same trial: what
 *       no code can do better
 *   bench_frames cost SIZE ROOM
 *       processor time for frames that all are sums: the worst case
 * ROOM is digits for native, characters for ur. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/crypto/rng.h"
#include "transfer/gather.h"

#define TRIALS_MAX 100000

/* How the frames of one trial are lost, and where it begins. */
struct trial {
	uint64_t from;
	unsigned loss; /* of 100 */
	size_t shown, least;
};

static uint32_t
random_below(uint32_t n)
{
	uint32_t v;

	rng_fill((uint8_t *)&v, sizeof(v));
	return (uint32_t)((uint64_t)v * n >> 32);
}

static enum status
one(const struct frame_source *s, struct trial *t, struct diag *d)
{
	char text[FRAME_TEXT_SIZE];
	struct gather_report r = { 0 };
	struct gather *g = NULL;
	size_t taken = 0;
	struct frame f;
	enum status rc;

	TRY(gather_new(&g, d));
	for (t->shown = 0; r.body.data == NULL; ) {
		t->shown++;
		if (random_below(100) < t->loss)
			continue;
		if (++taken == s->as.pieces)
			t->least = t->shown;
		TRY(frame_source_text(s, t->from + t->shown - 1, text, d));
		TRY(frame_read(text, strlen(text), &f, d));
		TRY(gather_take(g, &f, &r, d));
	}
out:
	bytes_free(&r.body);
	gather_free(g);
	return rc;
}

static int
compare(const void *a, const void *b)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/* A source of random bytes. */
static enum status
open_source(struct frame_source *s, const struct frame_way *way, size_t size,
    size_t room, struct diag *d)
{
	uint8_t *body = malloc(size);
	enum status rc;

	if (body == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	rng_fill(body, size);
	TRY(frame_source_open(s, way, body, size, room, d));
out:
	free(body);
	return rc;
}

static enum status
need(char **argv, struct diag *d)
{
	const struct frame_way *way =
	    strcmp(argv[0], "ur") == 0 ? &frame_ur : &frame_native;
	const size_t size = strtoul(argv[1], NULL, 10),
	    room = strtoul(argv[2], NULL, 10),
	    trials = strtoul(argv[5], NULL, 10);
	struct trial t = { .loss = (unsigned)strtoul(argv[3], NULL, 10) };
	const bool late = strcmp(argv[4], "late") == 0;
	static size_t shown[TRIALS_MAX];
	double sum = 0, least = 0;
	struct frame_source s = { 0 };
	enum status rc;

	if (trials == 0 || trials > TRIALS_MAX)
		FAIL(d, ST_USAGE, "1 to %d trials", TRIALS_MAX);
	for (size_t i = 0; i < trials; i++) {
		frame_source_close(&s);
		TRY(open_source(&s, way, size, room, d));
		t.from = late ? 1 + random_below(3 * s.as.pieces) : 0;
		TRY(one(&s, &t, d));
		shown[i] = t.shown;
		sum += (double)t.shown;
		least += (double)t.least;
	}
	qsort(shown, trials, sizeof(shown[0]), compare);
	printf("%u %.2f %zu %.4f\n", s.as.pieces, sum / (double)trials,
	    shown[trials * 95 / 100], sum / least);
	rc = ST_OK;
out:
	frame_source_close(&s);
	return rc;
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Reading, gathering and the last step apart from making the frames. */
static enum status
cost(char **argv, struct diag *d)
{
	char text[FRAME_TEXT_SIZE];
	struct gather_report r = { 0 };
	struct frame_source s = { 0 };
	struct gather *g = NULL;
	double all = 0, last = 0, make = 0, t;
	uint64_t i = 1 << 20;
	struct frame f;
	enum status rc;

	TRY(open_source(&s, &frame_native, strtoul(argv[0], NULL, 10),
	    strtoul(argv[1], NULL, 10), d));
	TRY(gather_new(&g, d));
	for (; r.body.data == NULL; i++) {
		t = now_ms();
		TRY(frame_source_text(&s, i, text, d));
		make += now_ms() - t;
		t = now_ms();
		TRY(frame_read(text, strlen(text), &f, d));
		TRY(gather_take(g, &f, &r, d));
		last = now_ms() - t;
		all += last;
	}
	printf("%s bytes, k %u: received in %.0f ms, %.2f ms a frame, the last "
	    "one %.0f ms; made in %.2f ms a frame\n", argv[0], s.as.pieces, all,
	    (all - last) / (double)(i - (1 << 20)), last,
	    make / (double)(i - (1 << 20)));
out:
	bytes_free(&r.body);
	gather_free(g);
	frame_source_close(&s);
	return rc;
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	enum status rc;

	if (argc == 8 && strcmp(argv[1], "need") == 0)
		rc = need(argv + 2, &d);
	else if (argc == 4 && strcmp(argv[1], "cost") == 0)
		rc = cost(argv + 2, &d);
	else
		rc = diag_set(&d, ST_USAGE, "bench_frames need WAY SIZE ROOM "
		    "LOSS late|start TRIALS | cost SIZE ROOM");
	if (rc != ST_OK)
		fprintf(stderr, "bench_frames: %s\n", d.text);
	return diag_exit(rc);
}
