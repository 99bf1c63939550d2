/* bench_show.c -- what it costs to show codes.  For some versions, one line
 * each: how long a code takes that is full of digits, to make, to read back
 * by zbar, to paint as cells; and how many cells that is in a second.
 * Processor time, the mean of RUNS. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/code/draw.h"
#include "tests/support/eye.h"

#define RUNS 40
#define PREFIX "AN1:"

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
lap_ms(double *t)
{
	const double before = *t;

	*t = now_ms();
	return *t - before;
}

static void
digits(size_t n, unsigned seed, char *out)
{
	out = stpcpy(out, PREFIX);
	while (n-- > 0) {
		seed = seed * 1103515245U + 12345U;
		*out++ = (char)('0' + (seed >> 16) % 10);
	}
	*out = '\0';
}

static enum status
bench(unsigned version, struct diag *d)
{
	const unsigned cols = QR_SIZE(version) + 2 * QR_QUIET;
	const unsigned rows = (cols + 1) / 2;
	const size_t n = qr_digits(version, QR_L, sizeof(PREFIX) - 1);
	double t, make = 0, prove = 0, paint = 0;
	char text[QR_TEXT_MAX + 1];
	struct bytes cells = { 0 };
	struct qr q = { 0 };
	size_t sent = 0;
	enum status rc;

	for (unsigned i = 0; i < RUNS; i++) {
		digits(n, i, text);
		cells.len = 0;
		t = now_ms();
		TRY(qr_make(text, version, QR_L, &q, d));
		make += lap_ms(&t);
		TRY(qr_prove(&q, text, eye_read, NULL, d));
		prove += lap_ms(&t);
		TRY(draw_cells(&q, DRAW_HALF, cols, rows, &cells, d));
		paint += lap_ms(&t);
		sent += cells.len;
		qr_free(&q);
	}
	printf("%2u-L  %4zu digits  made in %5.2f ms  read back in %6.2f ms  "
	    "painted in %5.2f ms: %.1f million cells a second, %zu kB\n",
	    version, n, make / RUNS, prove / RUNS, paint / RUNS,
	    (double)cols * rows * RUNS / paint / 1e3, sent / RUNS / 1000);
out:
	qr_free(&q);
	bytes_free(&cells);
	return rc;
}

int
main(void)
{
	static const unsigned version[] = { 5, 10, 15, 20, 25, 27, 33, 40 };
	struct diag d = { 0 };

	for (size_t i = 0; i < sizeof(version) / sizeof(version[0]); i++) {
		if (bench(version[i], &d) != ST_OK) {
			fprintf(stderr, "bench: %s\n", d.text);
			return 1;
		}
	}
	return 0;
}
