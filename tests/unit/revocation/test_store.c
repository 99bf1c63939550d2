/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* store.c and walk.c: what was taken is kept, whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto/words.h"
#include "revocation/export.h"
#include "tests/support/oom.h"
#include "tests/support/record.h"
#include "tests/support/stores.h"

static const unsigned root[] = { 0 }, next[] = { 1, 18 };
static struct bundle *one, *two, *three;
static struct bytes words;

static int
start(void **state)
{
	struct diag d = { 0 };

	pkix_start(state);
	bundles_start();
	bundles_make(root, 1, next, 2, &one);
	bundles_seal(one);
	bundles_renewal(one, &two);
	bundles_renewal(two, &three);
	assert_int_equal(words_text(one->id, WORDS_SHORT, &words, &d), ST_OK);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bundle_free(one);
	bundle_free(two);
	bundle_free(three);
	bytes_free(&words);
	bundles_stop();
	return 0;
}

static void
give(struct store_gift *g, const struct bundle *b)
{
	stores_give(g, b, root, 1);
}

static void
give_list(struct store_gift *g, uint64_t number, size_t n)
{
	stores_give_list(g, 0, number, n);
}

static void
apply(struct store *s, const struct store_gift *g, size_t bundles,
    size_t lists)
{
	struct diag d = { 0 };
	struct store_taken t;

	if (store_apply(s, g, &stores_noon, &t, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(t.bundles, bundles);
	assert_int_equal(t.lists, lists);
	assert_int_equal(t.passed, 0);
}

static void
store_holds_after_opening_what_it_held_before(void **state)
{
	struct store_gift g = { 0 };
	struct store *s;

	(void)state;
	record_room();
	stores_begin("s", one);
	s = stores_open("s", true);
	/* in whatever order they are given */
	give(&g, three);
	give(&g, one);
	give(&g, two);
	apply(s, &g, 2, 0);
	assert_memory_equal(store_state(s)->last->id, three->id, SHA384_LEN);
	store_free(s);
	s = stores_open("s", false);
	assert_memory_equal(store_state(s)->last->id, three->id, SHA384_LEN);
	assert_memory_equal(store_state(s)->established->id, one->id,
	    SHA384_LEN);
	assert_true(store_state(s)->floor == three->not_before);
	assert_true(store_rehearsal(s));
	store_free(s);
	store_gift_clear(&g);
	record_leave();
}

/* Of a walk its end is kept, and the establishment that it is of. */
static void
store_keeps_of_a_walk_its_end_alone(void **state)
{
	static const unsigned later[] = { 2, 19 }, both[] = { 0, 1 };
	struct bundle *est = NULL, *b = NULL, *c = NULL;
	struct store_gift g = { 0 };
	struct diag d = { 0 };
	struct store *s;

	(void)state;
	bundles_make(&both[1], 1, later, 2, &est);
	assert_int_equal(bundle_succeed(one, est, &d), ST_OK);
	bundles_seal(est);
	bundles_renewal(est, &b);
	bundles_renewal(b, &c);
	record_room();
	stores_begin("s", one);
	s = stores_open("s", true);
	give(&g, two);
	stores_give(&g, est, both, 2);
	stores_give(&g, b, &both[1], 1);
	stores_give(&g, c, &both[1], 1);
	apply(s, &g, 4, 0);
	store_free(s);
	s = stores_open("s", false);
	assert_memory_equal(store_state(s)->last->id, c->id, SHA384_LEN);
	assert_memory_equal(store_state(s)->established->id, est->id,
	    SHA384_LEN);
	assert_int_equal(access("s/record/000003.json", F_OK), 0);
	assert_int_not_equal(access("s/record/000004.json", F_OK), 0);
	store_free(s);
	store_gift_clear(&g);
	bundle_free(est);
	bundle_free(b);
	bundle_free(c);
	record_leave();
}

static void
what_a_list_revoked_stays_revoked(void **state)
{
	const struct crl *list = NULL;
	struct store_gift g = { 0 };
	struct diag d = { 0 };
	uint8_t serial[CERT_SERIAL_LEN] = { 0x42 };
	struct store *s;

	(void)state;
	record_room();
	stores_begin("s", one);
	s = stores_open("s", true);
	give_list(&g, 9, 0); /* newer, and knows of nothing */
	give_list(&g, 3, 2);
	give_list(&g, 3, 2);
	apply(s, &g, 0, 2);
	store_free(s);
	s = stores_open("s", false);
	assert_int_equal(store_revocations(s), 2);
	assert_true(store_revoked(s, bundles_cert[0]->ski, serial, 16));
	assert_false(store_revoked(s, bundles_cert[1]->ski, serial, 16));
	assert_false(store_revoked(s, bundles_cert[0]->ski, serial, 15));
	assert_int_equal(store_list(s, bundles_cert[0], &list, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "RULES L5: list 9"));
	assert_null(list);
	store_free(s);
	store_gift_clear(&g);
	record_leave();
}

static void
a_list_below_the_floor_proves_nothing(void **state)
{
	struct bundle *b = NULL;
	const struct crl *list = NULL;
	struct store_gift g = { 0 };
	struct diag d = { 0 };
	struct store *s;

	(void)state;
	record_room();
	stores_begin("s", one);
	bundles_renewal(one, &b);
	b->floors = 1;
	memcpy(b->floor[0].issuer, bundles_cert[0]->ski, 20);
	b->floor[0].number = 8;
	bundles_seal(b);
	s = stores_open("s", true);
	give(&g, b);
	give_list(&g, 7, 1);
	apply(s, &g, 1, 1);
	assert_int_equal(store_list(s, bundles_cert[0], &list, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.46: list 7"));
	assert_int_equal(store_revocations(s), 1);
	store_free(s);
	store_gift_clear(&g);
	bundle_free(b);
	record_leave();
}

/* One bad thing in a gift, and nothing of it is taken. */
static void
store_takes_all_of_a_gift_or_nothing(void **state)
{
	struct store_gift g = { 0 };
	struct diag d = { 0 };
	struct store_taken t;
	struct store *s;

	(void)state;
	record_room();
	stores_begin("s", one);
	s = stores_open("s", true);
	give(&g, two);
	give_list(&g, 1, 0);
	give_list(&g, 2, 1);
	g.list[1]->der.data[g.list[1]->der.len - 1] ^= 1;
	assert_int_equal(store_apply(s, &g, &stores_noon, &t, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 9.45"));
	assert_true(t.bundles == 0 && t.lists == 0);
	assert_memory_equal(store_state(s)->last->id, one->id, SHA384_LEN);
	assert_int_not_equal(access("s/bundles/1-2.der", F_OK), 0);
	assert_int_not_equal(access("s/lists", F_OK), 0);
	store_free(s);
	store_gift_clear(&g);
	record_leave();
}

static void
store_refuses_a_second_writer_and_a_folder_of_others(void **state)
{
	struct store_gift g = { 0 };
	struct store *s, *again = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	stores_begin("s", one);
	s = stores_open("s", true);
	assert_int_equal(store_open("s", true, &again, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 7.10"));
	assert_null(again);
	store_free(s);
	assert_int_equal(mkdir("other", 0700), 0);
	record_file("other/thing", "x");
	give(&g, one);
	diag_clear(&d);
	assert_int_equal(store_init("other", (const char *)words.data, true,
	    &g, &stores_noon, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 9.42"));
	diag_clear(&d);
	assert_int_equal(store_open("other", false, &again, &d), ST_FORMAT);
	store_gift_clear(&g);
	record_leave();
}

struct hungry {
	struct store_gift first, rest;
	unsigned times;
};

/* A store of its own each time: what a failure left would be in the way. */
static enum status
starve(void *ctx)
{
	struct hungry *h = ctx;
	struct store *s = NULL;
	struct bytes out = { 0 };
	struct store_taken t;
	char path[16];
	enum status rc;

	snprintf(path, sizeof(path), "s%u", h->times++);
	TRY(store_init(path, (const char *)words.data, true, &h->first, &stores_noon,
	    NULL));
	TRY(store_open(path, true, &s, NULL));
	TRY(store_apply(s, &h->rest, &stores_noon, &t, NULL));
	TRY(export_make(s, "rauc", &stores_noon, true, &out, NULL));
	assert_true(out.len > 0);
out:
	bytes_free(&out);
	store_free(s);
	return rc;
}

static void
store_says_so_when_memory_runs_out(void **state)
{
	struct hungry h = { .times = 0 };

	(void)state;
	record_room();
	give(&h.first, one);
	give(&h.rest, two);
	give_list(&h.rest, 1, 1);
	assert_true(oom_each(starve, &h) > 0);
	store_gift_clear(&h.first);
	store_gift_clear(&h.rest);
	record_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_holds_after_opening_what_it_held_before),
		cmocka_unit_test(store_keeps_of_a_walk_its_end_alone),
		cmocka_unit_test(what_a_list_revoked_stays_revoked),
		cmocka_unit_test(a_list_below_the_floor_proves_nothing),
		cmocka_unit_test(store_takes_all_of_a_gift_or_nothing),
		cmocka_unit_test(
		    store_refuses_a_second_writer_and_a_folder_of_others),
		cmocka_unit_test(store_says_so_when_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
