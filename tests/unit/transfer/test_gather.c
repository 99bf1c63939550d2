/* gather.c: what was sent, and never anything else. */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/frames.h"
#include "tests/support/oom.h"
#include "tests/support/shares.h"
#include "transfer/gather.h"

static struct gather *
new_gather(void)
{
	struct gather *g;

	assert_int_equal(gather_new(&g, NULL), ST_OK);
	return g;
}

static struct gather_report
take(struct gather *g, const struct frame *f)
{
	struct gather_report r;

	assert_int_equal(gather_take(g, f, &r, NULL), ST_OK);
	assert_int_equal(r.body.data != NULL, r.news == GATHER_WHOLE);
	return r;
}

static struct gather_report
take_at(struct gather *g, const struct frame_source *s, uint64_t i)
{
	const struct frame f = frames_take(s, i);

	return take(g, &f);
}

/* The report has the body that the source was made of; frees it. */
static void
assert_body(struct gather_report *r, size_t len, uint64_t seed)
{
	uint8_t *want = malloc(len);

	assert_non_null(want);
	frames_body(want, len, seed);
	assert_int_equal(r->news, GATHER_WHOLE);
	assert_int_equal(r->body.len, len);
	assert_memory_equal(r->body.data, want, len);
	bytes_free(&r->body);
	free(want);
}

/* From frame ${from} on, each lost that ${loss} of 100 says; how many were
 * taken until it was whole.  What is reported is exact. */
static size_t
receive(const struct frame_way *way, size_t len, size_t most, uint64_t from,
    unsigned loss, uint64_t seed)
{
	struct frame_source s = frames_source(way, len, most, seed);
	struct gather *g = new_gather();
	struct gather_report r = { 0 };
	struct prng p = { seed + 1 };
	size_t taken = 0, news = 0;

	while (r.news != GATHER_WHOLE) {
		assert_true(taken < 100 * s.as.pieces);
		from++;
		if (prng_next(&p) % 100 < loss)
			continue;
		r = take_at(g, &s, from - 1);
		taken++;
		if (r.news != GATHER_NOTHING)
			news++;
		assert_int_equal(r.have, news);
		assert_int_equal(r.want, s.as.pieces);
		assert_int_equal(r.session, s.as.session);
	}
	assert_int_equal(news, s.as.pieces);
	assert_body(&r, len, seed);
	gather_free(g);
	frame_source_close(&s);
	return taken;
}

static void
any_frames_from_any_point_complete(void **state)
{
	static const size_t lens[] = { 1, 30, 100, 2000, 2001, 9999 };
	static const uint64_t from[] = { 0, 1, 5, 70, 100000, 1U << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t k = 0; k < sizeof(from) / sizeof(from[0]); k++)
			for (unsigned loss = 0; loss <= 40; loss += 20) {
				receive(&frame_native, lens[i], 101, from[k],
				    loss, i + k + 1);
				receive(&frame_ur, lens[i], 101,
				    from[k] % 900000, loss, i + k + 1);
			}
}

/* All sums, none of the pieces themselves: k frames do, or one or two more. */
static void
hardly_a_frame_is_of_no_use(void **state)
{
	size_t more = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++)
		more += receive(&frame_native, 500, 40, 50, 30, seed) - 14;
	/* one in 256 is expected, and one in 65536 twice */
	assert_in_range(more, 0, 5);
}

/* From the last to the first, each twice: the second says nothing. */
static void
order_and_repetition_do_not_count(void **state)
{
	struct frame_source s = frames_source(&frame_native, 1000, 70, 9);
	struct gather *g = new_gather();
	struct gather_report r = { 0 };

	(void)state;
	for (uint64_t i = s.as.pieces; i-- > 0;) {
		r = take_at(g, &s, i);
		if (i == 0)
			break;
		assert_int_equal(r.news, GATHER_NEW);
		r = take_at(g, &s, i);
		assert_int_equal(r.news, GATHER_NOTHING);
		assert_int_equal(r.have, s.as.pieces - i);
	}
	assert_body(&r, 1000, 9);
	/* and what was delivered is not delivered again */
	for (uint64_t i = 0; i < 2 * (uint64_t)s.as.pieces; i++) {
		r = take_at(g, &s, i);
		assert_int_equal(r.news, GATHER_NOTHING);
		assert_int_equal(r.have, r.want);
	}
	gather_free(g);
	frame_source_close(&s);
}

/* Three screens on one desk, ours and UR, one in other pieces. */
static void
transfers_on_one_desk_never_mix(void **state)
{
	struct frame_source s[] = {
		frames_source(&frame_native, 1500, 70, 21),
		frames_source(&frame_native, 1500, 70, 22),
		frames_source(&frame_native, 1500, 71, 23),
		frames_source(&frame_ur, 1500, 70, 21),
	};
	struct gather *g = new_gather();
	struct gather_report r;
	size_t whole = 0;

	(void)state;
	for (uint64_t i = 10; i < 60; i++)
		for (size_t n = 0; n < 4; n++) {
			r = take_at(g, &s[n], i);
			if (r.news != GATHER_WHOLE)
				continue;
			assert_body(&r, 1500, n == 3 ? 21 : 21 + n);
			whole++;
		}
	assert_int_equal(whole, 4);
	gather_free(g);
	for (size_t n = 0; n < 4; n++)
		frame_source_close(&s[n]);
}

/* Frames that bear the session's name, but each something else in which the
 * frames of one session agree. */
static void
lies_about_the_shape_reset_nothing(void **state)
{
	struct frame_source s = frames_source(&frame_native, 1500, 70, 31);
	struct gather *g = new_gather();
	struct gather_report r = { 0 };
	struct frame f, lie;

	(void)state;
	for (uint64_t i = 0; i < s.as.pieces; i++) {
		f = frames_take(&s, i);
		lie = f;
		lie.session++;
		assert_int_equal(take(g, &lie).have, i + 1);
		lie = f;
		lie.way = &frame_ur;
		assert_int_equal(take(g, &lie).have, i + 1);
		lie = f;
		lie.message_len--;
		assert_int_equal(frames_forge(&lie, &lie), ST_OK);
		assert_int_equal(take(g, &lie).have, i + 1);
		lie = f;
		lie.len--;
		lie.message_len = (uint32_t)(2 * lie.len);
		assert_int_equal(frames_forge(&lie, &lie), ST_OK);
		take(g, &lie);
		r = take(g, &f);
		assert_int_equal(r.have, i + 1);
	}
	assert_body(&r, 1500, 31);
	gather_free(g);
	frame_source_close(&s);
}

/* RULES X1: a frame of the session with a piece that is not its.  All is
 * dropped once it is complete, and what comes after completes it. */
static void
lie_about_a_piece_spoils_once(void **state)
{
	const struct frame_way *const ways[] = { &frame_native, &frame_ur };

	(void)state;
	for (size_t w = 0; w < 2; w++) {
		struct frame_source s = frames_source(ways[w], 1500, 70, 41);
		struct gather *g = new_gather();
		struct frame lie = frames_take(&s, 3);
		struct gather_report r;
		uint64_t i = 0;

		lie.data[7] ^= 1;
		assert_int_equal(frames_forge(&lie, &lie), ST_OK);
		assert_int_equal(take(g, &lie).news, GATHER_NEW);
		do {
			r = take_at(g, &s, i++);
			assert_int_not_equal(r.news, GATHER_WHOLE);
		} while (r.news != GATHER_SPOILED);
		assert_int_equal(r.have, s.as.pieces);
		r = take_at(g, &s, i);
		assert_int_equal(r.news, GATHER_NEW);
		assert_int_equal(r.have, 1);
		while (r.news != GATHER_WHOLE)
			r = take_at(g, &s, ++i);
		assert_body(&r, 1500, 41);
		gather_free(g);
		frame_source_close(&s);
	}
}

/* What is behind the message is in no digest: it must be zeros. */
static void
something_behind_the_message_spoils(void **state)
{
	struct frame_source s = frames_source(&frame_native, 1500, 70, 43);
	struct gather *g = new_gather();
	struct gather_report r = { 0 };
	struct frame f;

	(void)state;
	assert_true(s.pieces.len > s.as.message_len);
	for (uint64_t i = 0; i < s.as.pieces; i++) {
		f = frames_take(&s, i);
		if (i == s.as.pieces - 1)
			f.data[f.len - 1] = 1;
		r = take(g, &f);
	}
	assert_int_equal(r.news, GATHER_SPOILED);
	gather_free(g);
	frame_source_close(&s);
}

/* Between any two frames of ours, sessions that are never seen again, more than
 * there is room for once ours has begun: and it goes on. */
static void
flood_of_strangers_stops_nobody(void **state)
{
	struct frame_source s = frames_source(&frame_native, 1500, 70, 51);
	struct gather *g = new_gather();
	struct gather_report r = { 0 };
	struct frame f, junk;

	(void)state;
	junk = frames_take(&s, 5);
	for (uint64_t i = 0; i < s.as.pieces; i++) {
		f = frames_take(&s, i);
		for (uint32_t n = 0; i > 1 && n < 50; n++) {
			junk.session = (uint32_t)i * 50 + n;
			take(g, &junk);
		}
		r = take(g, &f);
		assert_int_equal(r.have, i + 1);
	}
	assert_body(&r, 1500, 51);
	gather_free(g);
	frame_source_close(&s);
}

/* Four messages of as many pieces as may be do not fit at a time: the least
 * advanced is let go, again and again, and the others stay. */
static void
memory_is_bounded_by_bytes(void **state)
{
	struct frame f = { .way = &frame_native, .len = 257, .pieces = 4081,
		.message_len = (uint32_t)FRAME_BODY_MAX };
	struct gather *g = new_gather();
	size_t sum = 0, most = 0, have;

	(void)state;
	for (f.index = 0; f.index < f.pieces - 1; f.index++)
		for (f.session = 0; f.session < 4; f.session++)
			take(g, &f);
	f.index = 0;
	for (f.session = 0; f.session < 4; f.session++) {
		have = take(g, &f).have;
		sum += have;
		most = have > most ? have : most;
	}
	assert_int_equal(most, f.pieces - 1);
	assert_true(sum > 3 * most);
	assert_true((sum - 1) * (f.pieces + f.len) <= GATHER_MEMORY);
	gather_free(g);
}

/* Four transfers that ended in the middle hold their places for a while, not
 * for ever: two new ones in turn still get one each. */
static void
places_of_the_dead_are_given_away(void **state)
{
	struct frame_source s = frames_source(&frame_native, 30000, 70, 61);
	struct frame_source t = frames_source(&frame_native, 30000, 70, 62);
	struct gather *g = new_gather();
	struct frame dead;
	size_t whole = 0;

	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		for (uint32_t n = 0; n < GATHER_SESSIONS; n++) {
			dead = frames_take(&s, i);
			dead.session = n;
			assert_int_equal(take(g, &dead).have, i + 1);
		}
	for (uint64_t i = 0; i < 2 * GATHER_STALE + s.as.pieces; i++) {
		struct gather_report r = take_at(g, &s, i);

		whole += r.news == GATHER_WHOLE;
		bytes_free(&r.body);
		r = take_at(g, &t, i);
		whole += r.news == GATHER_WHOLE;
		bytes_free(&r.body);
	}
	assert_int_equal(whole, 2);
	gather_free(g);
	frame_source_close(&s);
	frame_source_close(&t);
}

/* Each allocation failing once, at any point of a reception: it says so, and
 * the next frames complete it all the same. */
static void
memory_that_runs_out_loses_at_most_a_frame(void **state)
{
	const struct frame_way *const ways[] = { &frame_native, &frame_ur };
	struct gather_report r = { 0 };
	bool struck = true;

	(void)state;
	for (size_t nth = 1; struck; nth++) {
		struct frame_source s = frames_source(ways[nth % 2], 300, 70,
		    71);
		struct gather *g = new_gather();
		uint64_t i = 5;
		struct frame f;

		struck = false;
		for (r.news = GATHER_NOTHING; r.news != GATHER_WHOLE; i++) {
			assert_true(i < 100);
			f = frames_take(&s, i);
			if (i == 5)
				oom_arm(nth);
			if (gather_take(g, &f, &r, NULL) == ST_SYSTEM)
				assert_null(r.body.data);
			/* frames_take is not to be struck */
			if (i == 5)
				struck = oom_disarm();
		}
		assert_body(&r, 300, 71);
		gather_free(g);
		frame_source_close(&s);
	}
}

/* The same at the last frame of all, where the message is put together. */
static void
memory_that_runs_out_at_the_end_loses_nothing(void **state)
{
	const struct frame_way *const ways[] = { &frame_native, &frame_ur };
	const uint64_t from[] = { 50, 0 }; /* sums, and pieces themselves */

	(void)state;
	for (size_t w = 0; w < 2; w++) {
		struct frame_source s = frames_source(ways[w], 300, 70, 73);
		struct gather_report r;
		bool struck = true;
		size_t strikes = 0;

		for (size_t nth = 1; struck; nth++) {
			struct gather *g = new_gather();
			struct frame f;

			for (uint64_t i = 0; i + 1 < s.as.pieces; i++)
				take_at(g, &s, from[w] + i);
			f = frames_take(&s, from[w] + s.as.pieces - 1);
			oom_arm(nth);
			if (gather_take(g, &f, &r, NULL) != ST_OK)
				strikes++;
			if ((struck = oom_disarm()))
				r = take(g, &f);
			assert_body(&r, 300, 73);
			gather_free(g);
		}
		assert_int_equal(strikes, 3);
		frame_source_close(&s);
	}
}

static enum status
make(void *ctx)
{
	struct gather *g;
	const enum status rc = gather_new(&g, NULL);

	(void)ctx;
	gather_free(g);
	return rc;
}

static void
gather_says_when_there_is_no_memory(void **state)
{
	(void)state;
	assert_int_equal(oom_each(make, NULL), 1);
	gather_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_frames_from_any_point_complete),
		cmocka_unit_test(hardly_a_frame_is_of_no_use),
		cmocka_unit_test(order_and_repetition_do_not_count),
		cmocka_unit_test(transfers_on_one_desk_never_mix),
		cmocka_unit_test(lies_about_the_shape_reset_nothing),
		cmocka_unit_test(lie_about_a_piece_spoils_once),
		cmocka_unit_test(something_behind_the_message_spoils),
		cmocka_unit_test(flood_of_strangers_stops_nobody),
		cmocka_unit_test(memory_is_bounded_by_bytes),
		cmocka_unit_test(places_of_the_dead_are_given_away),
		cmocka_unit_test(memory_that_runs_out_loses_at_most_a_frame),
		cmocka_unit_test(memory_that_runs_out_at_the_end_loses_nothing),
		cmocka_unit_test(gather_says_when_there_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
