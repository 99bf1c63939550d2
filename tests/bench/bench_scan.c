/* link: -lzbar */
/* bench_scan plain|WORKERS <VIDEO: a Y4M video of QR codes, read
 *
 *   plain    by libzbar as it comes: one process, each picture as a whole
 *   WORKERS  by transfer/receive with so many readers; 0: one a processor
 *
 * One line: pictures, those with a code, different codes, seconds of wall, of
 * processor time with that of the readers, pictures a second. */
#include <sys/resource.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zbar.h>

#include "lib/code/scan.h"
#include "transfer/receive.h"

#define CODES_MAX 4096

static struct {
	uint64_t pictures, with_code;
	size_t codes;
	uint64_t code[CODES_MAX]; /* FNV-1a of its text */
} sum;

static void
count(const char *text, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < sum.codes; i++)
		if (sum.code[i] == h)
			return;
	if (sum.codes < CODES_MAX)
		sum.code[sum.codes++] = h;
}

static enum status
on_text(void *self, const char *text, size_t len, bool *enough,
    struct diag *d)
{
	(void)self;
	(void)enough;
	(void)d;
	count(text, len);
	return ST_OK;
}

static bool
on_look(void *self, const struct receive_count *c, const struct diag *refused)
{
	(void)self;
	sum.pictures = c->pictures;
	sum.with_code = c->with_code;
	return refused == NULL;
}

static enum status
ours(struct source *s, unsigned workers, struct diag *d)
{
	const struct receive_front front = { NULL, on_text, on_look };
	bool enough;

	return receive_run(s, workers, &front, &enough, d);
}

static zbar_image_scanner_t *
plain_scanner(void)
{
	zbar_image_scanner_t *z = zbar_image_scanner_create();

	zbar_image_scanner_set_config(z, 0, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(z, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	return z;
}

static enum status
plain(struct source *s, struct diag *d)
{
	zbar_image_scanner_t *z = plain_scanner();
	struct source_item item;
	uint8_t *room = malloc(SCAN_ROOM);
	zbar_image_t *image;
	enum status rc = ST_OK;

	while (room != NULL && (rc = source_next(s, room, SCAN_ROOM, &item,
	    d)) == ST_OK && item.gives == SOURCE_GRAY) {
		image = zbar_image_create();
		zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
		zbar_image_set_size(image, item.width, item.height);
		zbar_image_set_data(image, room, item.len, NULL);
		sum.pictures++;
		sum.with_code += zbar_scan_image(z, image) > 0;
		for (const zbar_symbol_t *c = zbar_image_first_symbol(image);
		    c != NULL; c = zbar_symbol_next(c))
			count(zbar_symbol_get_data(c),
			    zbar_symbol_get_data_length(c));
		zbar_image_destroy(image);
	}
	zbar_image_scanner_destroy(z);
	free(room);
	return rc;
}

static double
wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
processor(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int
main(int argc, char **argv)
{
	const double from = wall();
	struct source *s = NULL;
	struct diag d = { 0 };
	double took;
	enum status rc = ST_OK;

	if (argc != 2)
		return 2;
	TRY(source_open("y4m:-", &s, &d));
	if (strcmp(argv[1], "plain") == 0)
		TRY(plain(s, &d));
	else
		TRY(ours(s, (unsigned)strtoul(argv[1], NULL, 10), &d));
	took = wall() - from;
	printf("%llu %llu %zu %.3f %.3f %.1f\n",
	    (unsigned long long)sum.pictures,
	    (unsigned long long)sum.with_code, sum.codes, took,
	    processor(RUSAGE_SELF) + processor(RUSAGE_CHILDREN),
	    (double)sum.pictures / took);
out:
	source_close(s);
	if (rc != ST_OK)
		fprintf(stderr, "bench_scan: %s\n", d.text);
	return diag_exit(rc);
}
