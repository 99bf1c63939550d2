/* The loop that shows codes, at a screen of its own and in a time of its own:
 * what each picture says to another reader, and when it came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/show.h"
#include "tests/support/cells.h"
#include "tests/support/eye.h"
#include "tests/support/texts.h"

#define PICTURES_MAX 64
#define WORDS                                                                 \
	"topmost istanbul pluto vagabond treadmill pacific brackish "         \
	"dictator goldfish medusa afflict bravado chatter revolver dupont "   \
	"midsummer"

/* What happens at the screen, in order of time. */
struct event {
	int64_t at_ms;
	unsigned cols, rows; /* the window from then on, or 0: */
	char key;
};

/* A picture as it was seen. */
struct seen {
	int64_t at_ms;
	char text[QR_TEXT_MAX + 1]; /* empty: there was no code in it */
};

struct desk {
	const struct event *events; /* ends with the key q */
	unsigned cols, rows;
	int64_t now, slow_ms; /* what making a code takes */
	struct seen pictures[PICTURES_MAX];
	size_t n;
	struct bytes last; /* what was sent for the last one */
	unsigned spoil;	   /* readings that fail */
	bool blind;
};

static struct desk desk; /* too large for the stack */

static void
happen(struct desk *k)
{
	while (k->events->at_ms <= k->now && k->events->cols > 0) {
		k->cols = k->events->cols;
		k->rows = k->events->rows;
		k->events++;
	}
}

static enum status
window(void *cookie, unsigned *cols, unsigned *rows, struct diag *d)
{
	struct desk *k = cookie;

	(void)d;
	happen(k);
	*cols = k->cols;
	*rows = k->rows;
	return ST_OK;
}

static enum status
paint(void *cookie, const void *data, size_t len, struct diag *d)
{
	struct desk *k = cookie;
	struct seen *s = &k->pictures[k->n++];
	struct bytes gray = { 0 }, got = { 0 };

	assert_true(k->n < PICTURES_MAX);
	s->at_ms = k->now;
	assert_int_equal(cells_picture(data, len, k->cols, k->rows, true,
	    &gray, d), ST_OK);
	if (eye_read(NULL, k->cols * CELLS_WIDE, k->rows * CELLS_HIGH,
		gray.data, &got, NULL) == ST_OK)
		snprintf(s->text, sizeof(s->text), "%s",
		    (const char *)got.data);
	assert_int_equal(bytes_set(&k->last, data, len, d), ST_OK);
	bytes_free(&gray);
	bytes_free(&got);
	return ST_OK;
}

static enum status
key(void *cookie, int wait_ms, uint8_t *out, struct diag *d)
{
	struct desk *k = cookie;

	*out = 0;
	happen(k);
	assert_in_range(wait_ms, 0, 1000);
	if (k->events->cols == 0 && k->events->at_ms <= k->now + wait_ms) {
		if (k->events->at_ms > k->now)
			k->now = k->events->at_ms;
		*out = (uint8_t)k->events++->key;
		if (*out == 3)
			return diag_set(d, ST_USAGE, "interrupted by ^C");
		return ST_OK;
	}
	k->now += wait_ms;
	return ST_OK;
}

static int64_t
now_ms(void *cookie)
{
	return ((const struct desk *)cookie)->now;
}

/* Reads as zbar does, in its own time, unless it is told to fail. */
static enum status
reader(void *cookie, unsigned width, unsigned height, const uint8_t *gray,
    struct bytes *out, struct diag *d)
{
	struct desk *k = cookie;

	k->now += k->slow_ms;
	if (k->blind || k->spoil > 0) {
		k->spoil -= !k->blind;
		return diag_set(d, ST_FORMAT, "nothing to be seen");
	}
	return eye_read(NULL, width, height, gray, out, d);
}

static struct texts texts;

static enum status
show(size_t digits, enum draw_form form, unsigned version,
    const struct event *events, struct diag *d)
{
	struct show s = { .purpose = "result",
		.from = "notary", .date = "2027-03-01T00:00:00Z",
		.words = WORDS, .level = QR_L, .version = version,
		.rate = SHOW_RATE, .read = reader, .reader = &desk };
	const struct show_screen screen = { &desk, form, window, paint, key,
		now_ms };

	texts = (struct texts){ .digits = digits };
	s.source = texts_source(&texts);
	desk.events = events;
	desk.now = 1000000;
	return show_run(&s, &screen, d);
}

static int
clear_desk(void **state)
{
	(void)state;
	bytes_free(&desk.last);
	memset(&desk, 0, sizeof(desk));
	return 0;
}

static void
assert_said(const char *what)
{
	if (strstr((const char *)desk.last.data, what) == NULL)
		fail_msg("it does not say: %s", what);
}

#define T(ms) (1000000 + (ms))

/* One after the other, each for 200 ms, and no number twice. */
static void
show_is_steady(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(4100), 0, 0, 'q' } };
	struct diag d = { 0 };

	(void)state;
	desk.slow_ms = 20;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_OK);
	assert_in_range(desk.n, 20, 21);
	for (size_t i = 0; i < desk.n; i++) {
		assert_int_equal(texts_number(desk.pictures[i].text), i);
		if (i > 0)
			assert_int_equal(desk.pictures[i].at_ms -
			    desk.pictures[i - 1].at_ms, 200);
	}
	assert_said("A parcel from notary: result");
	assert_said("topmost istanbul pluto vagabond");
	assert_said("5 a second");
	assert_said("Session cafe00");
}

static void
show_takes_keys(void **state)
{
	static const struct event events[] = { { 0, 160, 70, 0 },
		{ T(2050), 0, 0, '-' }, { T(2060), 0, 0, '-' },
		{ T(2070), 0, 0, '-' }, { T(4050), 0, 0, ' ' },
		{ T(8000), 0, 0, 'n' }, { T(9000), 0, 0, ' ' },
		{ T(9010), 0, 0, '+' }, { T(9020), 0, 0, 'x' },
		{ T(9900), 0, 0, 'q' } };
	struct diag d = { 0 };
	unsigned n = 0, was = 0;

	(void)state;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_OK);
	/* a code for each of: 11 at 5 a second, 4 at 2, one by n, 2 at 3 */
	for (size_t i = 1; i < desk.n; i++) {
		n = texts_number(desk.pictures[i].text);
		assert_in_range(n, was, was + 1);
		was = n;
		if (desk.pictures[i].at_ms > T(4050) &&
		    desk.pictures[i].at_ms < T(8000))
			fail_msg("it is not paused");
	}
	assert_in_range(n, 16, 19);
	assert_said("3 a second");
}

/* One code that holds it all stands still, and is the smallest that does. */
static void
show_stands_still_when_one_is_enough(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(60000), 0, 0, 'q' } };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(show(900, DRAW_HALF, 0, events, &d), ST_OK);
	assert_int_equal(desk.n, 1);
	assert_int_equal(texts_number(desk.pictures[0].text), 0);
	assert_true(qr_digits(texts.version - 1, QR_L, 4) < 910);
	assert_said("stands still");
}

/* A window that changes: what fits stays of its size, what does not begins
 * anew when the window is at rest, and a window without room says so. */
static void
show_follows_the_window(void **state)
{
	static const struct event events[] = { { 0, 160, 50, 0 },
		{ T(1050), 240, 67, 0 }, { T(2050), 200, 60, 0 },
		{ T(3050), 20, 10, 0 }, { T(4050), 100, 40, 0 },
		{ T(4150), 90, 40, 0 }, { T(6000), 0, 0, 'q' } };
	unsigned last = 0, first, n, before = 0;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_OK);
	first = texts_version(desk.pictures[0].text);
	assert_true(first > 0);
	for (size_t i = 0; i < desk.n; i++) {
		const struct seen *s = &desk.pictures[i];

		n = texts_number(s->text);
		if (s->at_ms > T(3050) + 200 && s->at_ms < T(4050)) {
			assert_string_equal(s->text, "");
		} else if (s->at_ms < T(3000)) {
			assert_int_equal(texts_version(s->text), first);
			assert_in_range(n, before, before + 1);
			before = n;
		} else if (s->text[0] != '\0') {
			last = texts_version(s->text);
		}
	}
	assert_true(last > 0 && last < first);
	assert_said("the receiver begins");
}

static void
assert_too_small(enum draw_form form, unsigned version, unsigned cols,
    unsigned rows)
{
	const struct event events[] = { { 0, cols, rows, 0 },
		{ T(99), 0, 0, 'q' } };
	struct diag d = { 0 };

	assert_int_equal(show(20000, form, version, events, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "cells is too small for the code and "
	    "its words: make it larger"));
	assert_int_equal(desk.n, 0);
}

static void
show_refuses_a_small_window(void **state)
{
	(void)state;
	assert_too_small(DRAW_HALF, 0, 20, 10);
	assert_too_small(DRAW_HALF, 0, 1, 1);
	assert_too_small(DRAW_HALF, 0, 1000, 4);
	assert_too_small(DRAW_BLANK, 0, 80, 24);
	assert_too_small(DRAW_HALF, 33, 156, 200);
}

/* From the smallest window that works on, each shows a code that is read. */
static void
show_uses_every_window(void **state)
{
	static const struct {
		enum draw_form form;
		unsigned cols, rows, least; /* version */
	} window[] = {
		{ DRAW_HALF, 80, 24, 5 }, { DRAW_HALF, 80, 50, 13 },
		{ DRAW_HALF, 240, 67, 25 }, { DRAW_HALF, 132, 43, 15 },
		{ DRAW_HALF, 60, 60, 8 }, { DRAW_BLANK, 120, 50, 4 },
		{ DRAW_BLANK, 240, 67, 10 }, { DRAW_BLANK, 400, 140, 25 },
	};
	struct diag d = { 0 };

	for (size_t i = 0; i < sizeof(window) / sizeof(window[0]); i++) {
		const struct event events[] = { { 0, window[i].cols,
			window[i].rows, 0 }, { T(300), 0, 0, 'q' } };

		clear_desk(state);
		assert_int_equal(show(2000000, window[i].form, 0, events, &d),
		    ST_OK);
		assert_int_equal(desk.n, 2);
		if (texts_version(desk.pictures[1].text) < window[i].least)
			fail_msg("version %u in %u by %u", texts_version(
			    desk.pictures[1].text), window[i].cols,
			    window[i].rows);
		assert_said("midsummer");
		assert_said("Session");
		assert_said("q end");
	}
}

static void
show_takes_the_version_asked_for(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(300), 0, 0, 'q' } };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(show(20000, DRAW_HALF, 12, events, &d), ST_OK);
	assert_int_equal(texts_version(desk.pictures[0].text), 12);
}

/* What cannot be read back is not shown; where nothing can, that is said. */
static void
show_passes_over_what_cannot_be_read(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(500), 0, 0, 'q' } };
	struct diag d = { 0 };

	(void)state;
	desk.spoil = 15;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_OK);
	assert_int_equal(texts_number(desk.pictures[0].text), 15);
	diag_clear(&d);
	desk.n = 0;
	desk.blind = true;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "16 codes in a row: FORMATS 10.81"));
	assert_int_equal(desk.n, 0);
}

/* A machine that is slow shows each code for its whole time, none in a rush. */
static void
show_does_not_catch_up(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(4000), 0, 0, 'q' } };
	struct diag d = { 0 };

	(void)state;
	desk.slow_ms = 350;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_OK);
	for (size_t i = 1; i < desk.n; i++)
		assert_true(desk.pictures[i].at_ms -
		    desk.pictures[i - 1].at_ms >= 200);
}

static void
show_ends_by_interrupt(void **state)
{
	static const struct event events[] = { { 0, 240, 67, 0 },
		{ T(500), 0, 0, 3 } };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(show(20000, DRAW_HALF, 0, events, &d), ST_USAGE);
	assert_string_equal(d.text, "interrupted by ^C");
}

#define AT_DESK(f) cmocka_unit_test_setup_teardown(f, clear_desk, clear_desk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(show_is_steady),
		AT_DESK(show_takes_keys),
		AT_DESK(show_stands_still_when_one_is_enough),
		AT_DESK(show_follows_the_window),
		AT_DESK(show_refuses_a_small_window),
		AT_DESK(show_uses_every_window),
		AT_DESK(show_takes_the_version_asked_for),
		AT_DESK(show_passes_over_what_cannot_be_read),
		AT_DESK(show_does_not_catch_up),
		AT_DESK(show_ends_by_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
