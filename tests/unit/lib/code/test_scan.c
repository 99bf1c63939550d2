/* Pictures of codes, good and hostile, through readers that are locked in. */
#include <sys/stat.h>

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/code/picture.h"
#include "lib/code/scan.h"
#include "lib/code/scan_job.h"
#include "tests/support/codes.h"
#include "tests/support/mutate.h"

static struct scanner *scanner;

static int
start(void **state)
{
	struct diag d = { 0 };

	(void)state;
	if (scan_start(2, &scanner, &d) == ST_OK)
		return 0;
	print_message("%s\n", d.text);
	return 1;
}

static int
stop(void **state)
{
	(void)state;
	scan_free(scanner);
	scan_free(NULL);
	return 0;
}

/* A grey picture is given and taken. */
static void
see(const struct picture *p, enum scan_effort effort, struct scan_seen *seen)
{
	struct diag d = { 0 };
	uint8_t *room = scan_room(scanner);

	assert_non_null(room);
	memcpy(room, p->gray, (size_t)p->width * p->height);
	assert_int_equal(scan_gray(scanner, p->width, p->height, effort, &d),
	    ST_OK);
	assert_int_equal(scan_take(scanner, seen, &d), ST_OK);
}

static void
see_file(const void *data, size_t len, struct scan_seen *seen)
{
	struct diag d = { 0 };

	memcpy(scan_room(scanner), data, len);
	assert_int_equal(scan_file(scanner, len, SCAN_QUICK, &d), ST_OK);
	assert_int_equal(scan_take(scanner, seen, &d), ST_OK);
}

static bool
has(const struct scan_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->text[i].len == strlen(text) &&
		    memcmp(seen->text[i].text, text, strlen(text)) == 0)
			return true;
	return false;
}

static void
blank(unsigned width, unsigned height, uint8_t level, struct picture *p)
{
	assert_int_equal(picture_new(width, height, p, NULL), ST_OK);
	memset(p->gray, level, (size_t)width * height);
}

static void
scan_reads_a_code(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	char text[4096];
	unsigned side;

	(void)state;
	codes_text(1, CODES_V25, text);
	blank(1920, 1080, 120, &p);
	side = codes_draw(&p, text, 25, 400, 30, 7);
	see(&p, SCAN_QUICK, &seen);
	assert_int_equal(seen.status, ST_OK);
	assert_int_equal(seen.n, 1);
	assert_true(has(&seen, text));
	assert_int_equal(seen.width, 1920);
	assert_int_equal(seen.height, 1080);
	/* a box around the modules, and not much more */
	assert_in_range(seen.text[0].x, 400 + 4 * 7 - 8, 400 + 4 * 7 + 8);
	assert_in_range(seen.text[0].y, 30 + 4 * 7 - 8, 30 + 4 * 7 + 8);
	assert_in_range(seen.text[0].width, side - 8 * 7 - 16,
	    side - 8 * 7 + 16);
	assert_in_range(seen.text[0].height, side - 8 * 7 - 16,
	    side - 8 * 7 + 16);
	assert_int_equal(seen.dark, 0);
	assert_int_equal(seen.bright, 255);
	picture_free(&p);
}

static void
scan_reads_every_code_of_a_picture(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	char text[3][200];

	(void)state;
	blank(1200, 700, 255, &p);
	for (unsigned i = 0; i < 3; i++) {
		codes_text(i, 150, text[i]);
		codes_draw(&p, text[i], 7, 10 + i * 390, 20 + i * 90, 6);
	}
	see(&p, SCAN_THOROUGH, &seen);
	assert_int_equal(seen.n, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_true(has(&seen, text[i]));
	picture_free(&p);
}

static void
scan_climbs_the_ladder(void **state)
{
	struct picture p = { 0 }, small = { 0 };
	struct scan_seen seen;
	char text[200];

	(void)state;
	codes_text(9, 150, text);
	/* two pixels a module: halves lose it */
	codes_picture(text, 7, 2, &small);
	see(&small, SCAN_QUICK, &seen);
	assert_true(has(&seen, text));
	/* white on black */
	codes_picture(text, 7, 5, &p);
	for (size_t i = 0; i < (size_t)p.width * p.height; i++)
		p.gray[i] = (uint8_t)(255 - p.gray[i]);
	see(&p, SCAN_QUICK, &seen);
	assert_true(has(&seen, text));
	picture_free(&small);
	picture_free(&p);
}

static void
scan_gives_bytes_as_they_are(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	char text[129] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 128; i++)
		text[i] = (char)(i + 128);
	codes_picture(text, 8, 4, &p);
	see(&p, SCAN_QUICK, &seen);
	assert_true(has(&seen, text));
	picture_free(&p);
}

static void
scan_sees_nothing_where_nothing_is(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	uint32_t x = 1;

	(void)state;
	blank(640, 480, 60, &p);
	see(&p, SCAN_THOROUGH, &seen);
	assert_int_equal(seen.status, ST_OK);
	assert_int_equal(seen.n, 0);
	assert_int_equal(seen.dark, 60);
	assert_int_equal(seen.bright, 60);
	for (size_t i = 0; i < (size_t)640 * 480; i++) {
		x = x * 1664525 + 1013904223;
		p.gray[i] = (uint8_t)(x >> 24);
	}
	see(&p, SCAN_THOROUGH, &seen);
	assert_int_equal(seen.status, ST_OK);
	assert_int_equal(seen.n, 0);
	picture_free(&p);
	/* the smallest of pictures */
	blank(1, 1, 255, &p);
	see(&p, SCAN_THOROUGH, &seen);
	assert_int_equal(seen.status, ST_OK);
	picture_free(&p);
}

/* A video: the code moves, leaves and comes back elsewhere, beside another. */
static void
scan_follows_a_video(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	char text[200], poster[200];
	size_t with = 0, both = 0;

	(void)state;
	codes_text(3, 150, text);
	codes_text(4, 150, poster);
	for (unsigned i = 0; i < 30; i++) {
		blank(1000, 600, 200, &p);
		codes_draw(&p, text, 7, 20 + 8 * i, 40 + 3 * i, 4);
		see(&p, SCAN_LIVE, &seen);
		with += has(&seen, text);
		picture_free(&p);
	}
	assert_int_equal(with, 30);
	/* far from where it was: soon found again */
	for (unsigned i = 0; i < 20; i++) {
		blank(1000, 600, 200, &p);
		codes_draw(&p, text, 7, 740, 350, 4);
		see(&p, SCAN_LIVE, &seen);
		with += has(&seen, text);
		picture_free(&p);
	}
	assert_in_range(with, 41, 50);
	/* a poster in the corner was there all the time */
	for (unsigned i = 0; i < 60; i++) {
		blank(1000, 600, 200, &p);
		codes_draw(&p, text, 7, 740, 350, 4);
		codes_draw(&p, poster, 7, 0, 0, 4);
		see(&p, SCAN_LIVE, &seen);
		both += has(&seen, text) && has(&seen, poster);
		picture_free(&p);
	}
	assert_in_range(both, 44, 60);
}

static void
scan_uses_all_its_readers(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	struct diag d = { 0 };
	char text[200];
	uint64_t numbers = 0;
	uint8_t *room;

	(void)state;
	codes_text(5, 150, text);
	codes_picture(text, 7, 4, &p);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(scan_busy(scanner), i);
		room = scan_room(scanner);
		assert_non_null(room);
		memcpy(room, p.gray, (size_t)p.width * p.height);
		assert_int_equal(scan_gray(scanner, p.width, p.height,
		    SCAN_QUICK, &d), ST_OK);
	}
	assert_null(scan_room(scanner));
	assert_int_equal(scan_gray(scanner, p.width, p.height, SCAN_QUICK,
	    &d), ST_BUG);
	assert_true(scan_wait(scanner, -1, -1));
	for (unsigned i = 0; i < 2; i++) {
		diag_clear(&d);
		assert_int_equal(scan_take(scanner, &seen, &d), ST_OK);
		assert_true(has(&seen, text));
		numbers += seen.number % 2;
	}
	assert_int_equal(numbers, 1);
	assert_int_equal(scan_take(scanner, &seen, &d), ST_BUG);
	picture_free(&p);
}

/* Of a video, the region where a code was is all that is searched, until the
 * whole has its turn: a second code far from it is not seen before. */
static void
scan_searches_no_more_than_the_region(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen = { .n = 0 };
	struct scanner *before = scanner;
	char text[200], second[200];
	unsigned n = 1;

	(void)state;
	scanner = NULL;
	assert_int_equal(scan_start(1, &scanner, NULL), ST_OK);
	codes_text(11, 150, text);
	codes_text(12, 150, second);
	blank(1000, 600, 200, &p);
	codes_draw(&p, text, 7, 740, 350, 4);
	see(&p, SCAN_LIVE, &seen);
	assert_true(has(&seen, text));
	codes_draw(&p, second, 7, 0, 0, 4);
	for (; n < 40 && !has(&seen, second); n++) {
		see(&p, SCAN_LIVE, &seen);
		assert_true(has(&seen, text));
	}
	/* FORMATS 10.79: of each 15 pictures one is searched as a whole */
	assert_int_equal(n, 1 + 15);
	picture_free(&p);
	scan_free(scanner);
	scanner = before;
}

/* As many pictures are looked at at a time as there are processors. */
static void
scan_has_a_reader_a_processor(void **state)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct scanner *s = NULL;
	struct diag d = { 0 };
	uint8_t *room;
	long n = 0;

	(void)state;
	assert_int_equal(scan_start(0, &s, &d), ST_OK);
	for (; (room = scan_room(s)) != NULL; n++) {
		memset(room, 255, (size_t)100 * 100);
		assert_int_equal(scan_gray(s, 100, 100, SCAN_QUICK, &d),
		    ST_OK);
	}
	assert_int_equal(n, cpus < SCAN_WORKERS_MAX ? cpus : SCAN_WORKERS_MAX);
	scan_free(s);
}

static void
scan_refuses_what_is_no_picture(void **state)
{
	struct scan_seen seen;
	struct diag d = { 0 };

	(void)state;
	see_file("GIF89a", 6, &seen);
	assert_int_equal(seen.status, ST_FORMAT);
	assert_string_equal(seen.why.text, "FORMATS 10.74: neither PNG, JPEG, "
	    "PGM nor PPM");
	see_file("P5 12000 12000 255\n", 19, &seen);
	assert_int_equal(seen.status, ST_FORMAT);
	assert_string_equal(seen.why.text, "FORMATS 10.74: a picture of 12000 "
	    "x 12000 pixels; at most 16384 a side and 67108864 in all are "
	    "read");
	assert_int_equal(scan_gray(scanner, 4096, 1025, SCAN_QUICK, &d),
	    ST_FORMAT);
	assert_string_equal(d.text, "FORMATS 10.74: a picture of 4096 x 1025 "
	    "pixels; at most 4194304 are looked at");
	assert_int_equal(scan_busy(scanner), 0);
}

/* A child of ours, by what the system says. */
static pid_t
a_child(void)
{
	char path[64], line[256] = { 0 };
	pid_t child = 0, parent;
	struct dirent *e;
	DIR *proc = opendir("/proc");
	FILE *f;

	assert_non_null(proc);
	while (child == 0 && (e = readdir(proc)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%.20s/stat", e->d_name);
		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    (f = fopen(path, "r")) == NULL)
			continue;
		parent = 0;
		if (fgets(line, sizeof(line), f) != NULL &&
		    strrchr(line, ')') != NULL)
			parent = (pid_t)strtol(strrchr(line, ')') + 3, NULL,
			    10);
		if (parent == getpid())
			child = (pid_t)strtol(e->d_name, NULL, 10);
		fclose(f);
	}
	closedir(proc);
	return child;
}

/* A reader that dies is a refused picture, and the next one is read. */
static void
scan_survives_the_death_of_a_reader(void **state)
{
	struct picture p = { 0 };
	struct scan_seen seen;
	struct diag d = { 0 };
	char text[200];
	size_t refused = 0;

	(void)state;
	codes_text(6, 150, text);
	codes_picture(text, 7, 4, &p);
	for (unsigned i = 0; i < 2; i++) {
		const pid_t child = a_child();

		assert_true(child > 0);
		/* it is stopped, asked, and killed while it is asked */
		assert_int_equal(kill(child, SIGSTOP), 0);
		for (unsigned j = 0; j < 2; j++) {
			memcpy(scan_room(scanner), p.gray,
			    (size_t)p.width * p.height);
			assert_int_equal(scan_gray(scanner, p.width, p.height,
			    SCAN_QUICK, &d), ST_OK);
		}
		assert_int_equal(kill(child, SIGKILL), 0);
		for (unsigned j = 0; j < 2; j++) {
			assert_int_equal(scan_take(scanner, &seen, &d),
			    ST_OK);
			refused += seen.status != ST_OK;
			if (seen.status == ST_OK)
				assert_true(has(&seen, text));
			else
				assert_string_equal(seen.why.text, "the "
				    "picture reader ended by signal 9");
		}
	}
	assert_int_equal(refused, 2);
	picture_free(&p);
}

/* What a reader says that is in a stranger's hand. */
static enum status
read_answer(const uint8_t *data, size_t len, void *ctx)
{
	struct scan_seen seen;
	unsigned way;

	(void)ctx;
	return scan_answer_read(data, len, &seen, &way, NULL);
}

static void
scan_refuses_answers_that_cannot_be(void **state)
{
	static const uint8_t good[] = { 0, 100, 0, 50, 0, 255, 1, 0, 10, 0, 10,
		0, 90, 0, 40, 1, 0, 3, 'o', 'n', 'e' };
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
		{ 0, 0x41 },  /* 16640 pixels wide */
		{ 6, 2 },     /* a text that is not there */
		{ 6, 17 },    /* too many */
		{ 12, 91 },   /* beyond the right edge */
		{ 14, 41 },   /* beyond the lower one */
		{ 15, 4 },    /* another way */
		{ 17, 0 },    /* empty */
		{ 17, 2 },    /* something behind it */
		{ 16, 0x1c }, /* longer than any code */
	};
	uint8_t copy[sizeof(good)];

	(void)state;
	assert_int_equal(read_answer(good, sizeof(good), NULL), ST_OK);
	assert_int_equal(mutate_truncations(good, sizeof(good), read_answer,
	    NULL), 0);
	assert_int_equal(mutate_trailing(good, sizeof(good), read_answer,
	    NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(copy, good, sizeof(good));
		copy[bad[i].at] = bad[i].value;
		assert_int_equal(read_answer(copy, sizeof(copy), NULL),
		    ST_FORMAT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_reads_a_code),
		cmocka_unit_test(scan_reads_every_code_of_a_picture),
		cmocka_unit_test(scan_climbs_the_ladder),
		cmocka_unit_test(scan_gives_bytes_as_they_are),
		cmocka_unit_test(scan_sees_nothing_where_nothing_is),
		cmocka_unit_test(scan_follows_a_video),
		cmocka_unit_test(scan_uses_all_its_readers),
		cmocka_unit_test(scan_searches_no_more_than_the_region),
		cmocka_unit_test(scan_has_a_reader_a_processor),
		cmocka_unit_test(scan_refuses_what_is_no_picture),
		cmocka_unit_test(scan_survives_the_death_of_a_reader),
		cmocka_unit_test(scan_refuses_answers_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
