/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/record/entry.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"

#define NOON 1805155200 /* 2027-03-16T00:00:00Z */
#define BODY_MAX 4096

/* An entry with something in each field, not sealed yet. */
static void
fill(struct entry *e)
{
	char digest[SHA384_HEX_SIZE];

	memset(e, 0, sizeof(*e));
	e->number = 42;
	e->time = NOON;
	snprintf(e->kind, sizeof(e->kind), "drawn");
	snprintf(e->actor, sizeof(e->actor), "first");
	hash_sha384_hex("before", 6, e->previous);
	assert_int_equal(facts_set(&e->facts, NULL, "root", "g1"), ST_OK);
	assert_int_equal(facts_set(&e->facts, NULL, "org", "\xc3\xa9lan \"x\"\\"
	    "\n/"), ST_OK);
	assert_int_equal(facts_add(&e->facts, NULL, "sheets", "1 main"), ST_OK);
	assert_int_equal(facts_add(&e->facts, NULL, "sheets", "2 main"), ST_OK);
	hash_sha384_hex("object", 6, digest);
	assert_int_equal(entry_add_object(e, "issued/4C.a_b-2.crt", digest,
	    NULL), ST_OK);
	assert_int_equal(entry_add_leftover(e, "issued/4c.crt", NULL), ST_OK);
	assert_int_equal(entry_add_leftover(e, "\\u{e9} x", NULL), ST_OK);
}

static void
make(struct entry *e)
{
	fill(e);
	assert_int_equal(entry_seal(e, NULL), ST_OK);
}

static enum status
read_bytes(const uint8_t *data, size_t len, void *ctx)
{
	const struct bytes text = { (uint8_t *)(uintptr_t)data, len };
	struct entry e = { 0 };
	struct diag d = { 0 };
	enum status rc;

	(void)ctx;
	rc = entry_read("record/000042.json", &text, &e, &d);
	if (rc != ST_OK) {
		assert_memory_equal(d.text, "record/000042.json: ", 20);
		assert_int_equal(e.number, 0);
		assert_null(e.text.data);
	}
	entry_clear(&e);
	return rc;
}

/* Any body given a digest that holds, and read. */
static enum status
read_body(const char *body, struct diag *d)
{
	const size_t size = strlen(body) + SHA384_HEX_SIZE + 32;
	struct bytes text = { malloc(size), 0 };
	char digest[SHA384_HEX_SIZE];
	struct entry e = { 0 };
	enum status rc;

	assert_non_null(text.data);
	hash_sha384_hex(body, strlen(body), digest);
	text.len = (size_t)snprintf((char *)text.data, size,
	    "%s,\"digest\":\"%s\"}\n", body, digest);
	rc = entry_read("entry", &text, &e, d);
	if (rc != ST_OK)
		assert_null(e.text.data);
	entry_clear(&e);
	bytes_free(&text);
	return rc;
}

#define HEAD "{\"entry\":7,\"time\":\"2027-03-16T00:00:00Z\","
#define WHO "\"kind\":\"refused\",\"actor\":\"-\","
#define NOTHING "\"facts\":{},\"objects\":[],\"leftovers\":[],"
#define LAST "\"previous\":\"none\""
#define HEX12 "0123456789ab"
#define HEX96 HEX12 HEX12 HEX12 HEX12 HEX12 HEX12 HEX12 HEX12

static void
entry_read_gives_what_was_sealed(void **state)
{
	struct entry e, r = { 0 };
	struct diag d = { 0 };

	(void)state;
	make(&e);
	if (entry_read("x", &e.text, &r, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(r.number, 42);
	assert_true(r.time == NOON);
	assert_string_equal(r.kind, "drawn");
	assert_string_equal(r.actor, "first");
	assert_string_equal(r.previous, e.previous);
	assert_string_equal(r.digest, e.digest);
	assert_null(facts_differ(&e.facts, &r.facts, NULL));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.objects[0].name, "issued/4C.a_b-2.crt");
	assert_string_equal(r.objects[0].digest, e.objects[0].digest);
	assert_int_equal(r.nleft, 2);
	assert_string_equal(r.leftovers[1], "\\u{e9} x");
	/* and sealed once more, the same bytes */
	assert_int_equal(entry_seal(&r, NULL), ST_OK);
	assert_true(bytes_equal(&e.text, &r.text));
	entry_clear(&e);
	entry_clear(&r);
	entry_clear(NULL);
}

/* The bytes that FORMATS 7.2 promises, written by hand. */
static void
entry_is_spelt_as_the_format_says(void **state)
{
	static const char body[] = HEAD WHO NOTHING LAST;
	char want[1024], digest[SHA384_HEX_SIZE];
	struct entry e = { .number = 7, .time = NOON, .kind = "refused",
		.actor = "-", .previous = "none" };

	(void)state;
	hash_sha384_hex(body, strlen(body), digest);
	snprintf(want, sizeof(want), "%s,\"digest\":\"%s\"}\n", body, digest);
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_string_equal((char *)e.text.data, want);
	/* the head is what sha384sum says of the file */
	hash_sha384_hex(want, strlen(want), digest);
	assert_string_equal(e.digest, digest);
	assert_int_equal(read_body(body, NULL), ST_OK);
	entry_clear(&e);
}

static void
entry_refuses_every_truncation(void **state)
{
	struct entry e;

	(void)state;
	make(&e);
	assert_int_equal(mutate_truncations(e.text.data, e.text.len,
	    read_bytes, NULL), 0);
	entry_clear(&e);
}

static void
entry_refuses_every_flipped_bit(void **state)
{
	struct entry e;

	(void)state;
	make(&e);
	assert_int_equal(mutate_bits(e.text.data, e.text.len, read_bytes,
	    NULL), 0);
	entry_clear(&e);
}

static void
entry_refuses_trailing_bytes(void **state)
{
	struct entry e;

	(void)state;
	make(&e);
	assert_int_equal(mutate_trailing(e.text.data, e.text.len, read_bytes,
	    NULL), 0);
	entry_clear(&e);
}

/* Each of these has a digest of its own that holds. */
static void
entry_refuses_another_spelling(void **state)
{
	static const char *const bad[] = {
		/* blanks */
		" " HEAD WHO NOTHING LAST,
		"{ " "\"entry\":7,\"time\":\"2027-03-16T00:00:00Z\"," WHO
		    NOTHING LAST,
		HEAD WHO NOTHING LAST " ",
		HEAD WHO NOTHING "\n" LAST,
		/* order */
		HEAD "\"actor\":\"-\",\"kind\":\"refused\"," NOTHING LAST,
		"{\"time\":\"2027-03-16T00:00:00Z\",\"entry\":7," WHO NOTHING
		    LAST,
		/* escapes */
		HEAD "\"kind\":\"refuse\\u0064\",\"actor\":\"-\"," NOTHING
		    LAST,
		HEAD WHO "\"facts\":{\"why\":\"\\/\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"why\":\"\\u00e9\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		/* numbers */
		"{\"entry\":7.0,\"time\":\"2027-03-16T00:00:00Z\"," WHO NOTHING
		    LAST,
		"{\"entry\":7e0,\"time\":\"2027-03-16T00:00:00Z\"," WHO NOTHING
		    LAST,
		"{\"entry\":\"7\",\"time\":\"2027-03-16T00:00:00Z\"," WHO
		    NOTHING LAST,
		/* dates */
		"{\"entry\":7,\"time\":\"2027-03-16\"," WHO NOTHING LAST,
		"{\"entry\":7,\"time\":\"2027-03-16T00:00:01Z\"," WHO NOTHING
		    LAST,
		"{\"entry\":7,\"time\":\"2027-02-29T00:00:00Z\"," WHO NOTHING
		    LAST,
	};
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		diag_clear(&d);
		if (read_body(bad[i], &d) != ST_FORMAT)
			fail_msg("taken: %s", bad[i]);
	}
}

static void
entry_refuses_fields_that_are_not_its_own(void **state)
{
	static const char *const bad[] = {
		"{", "{}", "[]", "\"x\"", "null", "",
		/* one missing, one more, one twice, one of another type */
		HEAD NOTHING LAST,
		HEAD WHO NOTHING LAST ",\"note\":\"x\"",
		HEAD WHO NOTHING LAST ",\"previous\":\"none\"",
		HEAD WHO WHO NOTHING LAST,
		HEAD WHO "\"facts\":[],\"objects\":[],\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":null,\"objects\":[],\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{},\"objects\":{},\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{},\"objects\":[],\"leftovers\":\"\"," LAST,
		HEAD "\"kind\":null,\"actor\":\"-\"," NOTHING LAST,
		/* facts */
		HEAD WHO "\"facts\":{\"a\":1},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":[]},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":[\"x\",1]},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":[[\"x\"]]},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":\"x\",\"a\":\"x\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"\":\"x\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"A\":\"x\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a b\":\"x\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":\"\\u0000\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":\"\xff\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		HEAD WHO "\"facts\":{\"a\":\"\xed\xa0\x80\"},\"objects\":[],"
		    "\"leftovers\":[]," LAST,
		/* leftovers */
		HEAD WHO "\"facts\":{},\"objects\":[],\"leftovers\":[1],"
		    LAST,
		HEAD WHO "\"facts\":{},\"objects\":[],\"leftovers\":[\"\"],"
		    LAST,
		HEAD WHO "\"facts\":{},\"objects\":[],\"leftovers\":"
		    "[\"\\u001b[2J\"]," LAST,
		HEAD WHO "\"facts\":{},\"objects\":[],\"leftovers\":"
		    "[\"\xc3\xa9\"]," LAST,
		/* words and digests */
		HEAD "\"kind\":\"\\u001b[2J\",\"actor\":\"-\"," NOTHING LAST,
		HEAD "\"kind\":\"sixteen-letters-\",\"actor\":\"-\"," NOTHING
		    LAST,
		HEAD "\"kind\":\"refused\",\"actor\":\"No One\"," NOTHING LAST,
		HEAD "\"kind\":\"refused\",\"actor\":\"\"," NOTHING LAST,
		HEAD WHO NOTHING "\"previous\":\"\"",
		HEAD WHO NOTHING "\"previous\":\"None\"",
		HEAD WHO NOTHING "\"previous\":\"" HEX12 "\"",
		HEAD WHO NOTHING "\"previous\":\"" HEX96 "0\"",
	};
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		diag_clear(&d);
		if (read_body(bad[i], &d) != ST_FORMAT)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(d.text, "entry: ", 7);
	}
	assert_int_equal(read_body(HEAD WHO NOTHING "\"previous\":\"" HEX96
	    "\"", NULL), ST_OK);
}

static void
entry_refuses_numbers_out_of_range(void **state)
{
	static const char *const bad[] = { "0", "-1", "1000000",
		"4294967297", "9223372036854775807", "9223372036854775808",
		"18446744073709551617", "1e400", "1e3", "007",
		"99999999999999999999999999999999999999999999999999" };
	char body[BODY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(body, sizeof(body), "{\"entry\":%s,\"time\":"
		    "\"2027-03-16T00:00:00Z\"," WHO NOTHING LAST, bad[i]);
		assert_int_equal(read_body(body, NULL), ST_FORMAT);
	}
	assert_int_equal(read_body("{\"entry\":999999,\"time\":"
	    "\"2027-03-16T00:00:00Z\"," WHO NOTHING LAST, NULL), ST_OK);
}

static void
entry_refuses_object_names_that_climb(void **state)
{
	static const char *const bad[] = { "", "/", "x", "x/", "/x", ".x",
		"../x", "x/..", "x/.", "x/.y", "x/../y", "a/b/c", "./x",
		"x/-y", "X/y", "x1/y", "a//b", "a/b\\c", "a/b c", "a/\xc3\xa9",
		"a/b\n", "a-b/c", "a/*" };
	char body[BODY_MAX];
	struct entry e = { 0 };
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		diag_clear(&d);
		assert_int_equal(entry_add_object(&e, bad[i], HEX96, &d),
		    ST_FORMAT);
		assert_non_null(strstr(d.text, "FORMATS 7.3"));
		assert_int_equal(e.n, 0);
		if (strpbrk(bad[i], "\\\n") != NULL)
			continue;
		snprintf(body, sizeof(body), HEAD WHO "\"facts\":{},"
		    "\"objects\":[{\"name\":\"%s\",\"sha384\":\"" HEX96
		    "\"}],\"leftovers\":[]," LAST, bad[i]);
		assert_int_equal(read_body(body, NULL), ST_FORMAT);
	}
}

static void
entry_refuses_object_names_too_long_and_takes_the_longest(void **state)
{
	char name[OBJECT_NAME_SIZE + 1] = "issued/";
	struct entry e = { 0 };

	(void)state;
	memset(name + 7, 'x', OBJECT_NAME_SIZE - 7);
	assert_int_equal(entry_add_object(&e, name, HEX96, NULL), ST_FORMAT);
	name[OBJECT_NAME_SIZE - 1] = '\0';
	assert_int_equal(entry_add_object(&e, name, HEX96, NULL), ST_OK);
	assert_string_equal(e.objects[0].name, name);
	entry_clear(&e);
}

static void
entry_refuses_objects_without_a_digest(void **state)
{
	static const char *const bad[] = { "", "none", HEX12, HEX96 "0",
		"g123456789ab" HEX12 HEX12 HEX12 HEX12 HEX12 HEX12 HEX12,
		"A123456789ab" HEX12 HEX12 HEX12 HEX12 HEX12 HEX12 HEX12 };
	static const char *const shape[] = { "\"x\"", "{}", "[]",
		"{\"name\":\"a/b\"}", "{\"sha384\":\"" HEX96 "\"}",
		"{\"name\":\"a/b\",\"sha384\":\"" HEX96 "\",\"x\":1}",
		"{\"sha384\":\"" HEX96 "\",\"name\":\"a/b\"}" };
	char body[BODY_MAX];
	struct entry e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(entry_add_object(&e, "a/b", bad[i], NULL),
		    ST_FORMAT);
	for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++) {
		snprintf(body, sizeof(body), HEAD WHO "\"facts\":{},"
		    "\"objects\":[%s],\"leftovers\":[]," LAST, shape[i]);
		assert_int_equal(read_body(body, NULL), ST_FORMAT);
	}
}

static void
entry_refuses_leftovers_that_are_not_escaped(void **state)
{
	char name[LEFTOVER_MAX + 2];
	struct entry e = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(entry_add_leftover(&e, "", NULL), ST_FORMAT);
	assert_int_equal(entry_add_leftover(&e, "a\nb", NULL), ST_FORMAT);
	assert_int_equal(entry_add_leftover(&e, "\xff", &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "a leftover's name"));
	memset(name, 'x', sizeof(name));
	name[LEFTOVER_MAX + 1] = '\0';
	assert_int_equal(entry_add_leftover(&e, name, NULL), ST_FORMAT);
	name[LEFTOVER_MAX] = '\0';
	assert_int_equal(entry_add_leftover(&e, name, NULL), ST_OK);
	assert_int_equal(e.nleft, 1);
	entry_clear(&e);
}

/* What cannot be said in JSON is not left out of it. */
/* What could not be read again is not written. */
static void
entry_seal_refuses_a_number_that_no_entry_has(void **state)
{
	static const uint64_t numbers[] = { 0, ENTRY_NUMBER_MAX + 1 };
	struct diag d = { 0 };
	struct entry e;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fill(&e);
		e.number = numbers[i];
		diag_clear(&d);
		assert_int_equal(entry_seal(&e, &d), ST_POLICY);
		assert_non_null(strstr(d.text, "FORMATS 7.2: no entry has"));
		entry_clear(&e);
	}
}

static void
entry_seals_all_or_nothing(void **state)
{
	struct entry e;

	(void)state;
	make(&e);
	assert_int_equal(facts_set(&e.facts, NULL, "why", "\xff"), ST_OK);
	assert_int_equal(entry_seal(&e, NULL), ST_SYSTEM);
	entry_clear(&e);
	make(&e);
	assert_int_equal(facts_add(&e.facts, NULL, "sheets", "3 \xff"), ST_OK);
	assert_int_equal(entry_seal(&e, NULL), ST_SYSTEM);
	entry_clear(&e);
}

static void
entry_refuses_to_be_larger_than_can_be_read(void **state)
{
	char *big = calloc(1, ENTRY_MAX + 1);
	struct bytes text = { (uint8_t *)big, ENTRY_MAX + 1 };
	struct entry e;
	struct diag d = { 0 };

	(void)state;
	assert_non_null(big);
	memset(big, 'x', ENTRY_MAX);
	make(&e);
	assert_int_equal(facts_set(&e.facts, NULL, "why", "%s", big), ST_OK);
	assert_int_equal(entry_seal(&e, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 7.2: more than 1048576"));
	entry_clear(&e);

	memset(big, ' ', ENTRY_MAX + 1);
	diag_clear(&d);
	assert_int_equal(entry_read("x", &text, &e, &d), ST_FORMAT);
	assert_string_equal(d.text, "x: FORMATS 7.2: not the size of an "
	    "entry");
	free(big);
}

static void
entry_refuses_nesting_without_end(void **state)
{
	char *deep = calloc(1, 500001);
	struct bytes text = { (uint8_t *)deep, 500000 };
	struct entry e = { 0 };

	(void)state;
	assert_non_null(deep);
	memset(deep, '[', 500000);
	assert_int_equal(entry_read("x", &text, &e, NULL), ST_FORMAT);
	for (size_t i = 0; i < 500000; i += 5)
		memcpy(deep + i, "{\"a\":", 5);
	assert_int_equal(entry_read("x", &text, &e, NULL), ST_FORMAT);
	assert_null(e.text.data);
	free(deep);
}

static void
entry_refuses_more_facts_than_there_are_words_for(void **state)
{
	char body[BODY_MAX] = HEAD WHO "\"facts\":{";
	size_t at = strlen(body), full;
	struct diag d = { 0 };

	(void)state;
	for (unsigned i = 0; i < FACTS_MAX; i++)
		at += (size_t)snprintf(body + at, sizeof(body) - at,
		    "%s\"a%u\":\"\"", i == 0 ? "" : ",", i);
	full = at;
	snprintf(body + full, sizeof(body) - full, "},\"objects\":[],"
	    "\"leftovers\":[]," LAST);
	assert_int_equal(read_body(body, NULL), ST_OK);
	snprintf(body + full, sizeof(body) - full, ",\"b\":\"\"},\"objects\":"
	    "[],\"leftovers\":[]," LAST);
	assert_int_equal(read_body(body, &d), ST_FORMAT);
	assert_string_equal(d.text, "entry: more than 128 facts");
}

static void
entry_refuses_a_byte_of_nothing(void **state)
{
	struct entry e, r = { 0 };

	(void)state;
	make(&e);
	e.text.data[20] = 0;
	assert_int_equal(entry_read("x", &e.text, &r, NULL), ST_FORMAT);
	entry_clear(&e);
}

static enum status
seal_and_read(void *ctx)
{
	const struct bytes *text = ctx;
	struct entry e = { 0 }, r = { 0 };
	enum status rc;

	TRY(entry_read("x", text, &e, NULL));
	TRY(entry_add_object(&e, "a/b", HEX96, NULL));
	TRY(entry_add_leftover(&e, "a/c", NULL));
	TRY(entry_seal(&e, NULL));
	TRY(entry_read("y", &e.text, &r, NULL));
out:
	assert_true((rc == ST_OK) == (r.text.data != NULL));
	entry_clear(&e);
	entry_clear(&r);
	return rc;
}

static void
entry_survives_every_allocation_failing(void **state)
{
	struct entry e;

	(void)state;
	make(&e);
	assert_true(oom_each(seal_and_read, &e.text) > 20);
	entry_clear(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_read_gives_what_was_sealed),
		cmocka_unit_test(entry_is_spelt_as_the_format_says),
		cmocka_unit_test(entry_refuses_every_truncation),
		cmocka_unit_test(entry_refuses_every_flipped_bit),
		cmocka_unit_test(entry_refuses_trailing_bytes),
		cmocka_unit_test(entry_refuses_another_spelling),
		cmocka_unit_test(entry_refuses_fields_that_are_not_its_own),
		cmocka_unit_test(entry_refuses_numbers_out_of_range),
		cmocka_unit_test(entry_refuses_object_names_that_climb),
		cmocka_unit_test(
		    entry_refuses_object_names_too_long_and_takes_the_longest),
		cmocka_unit_test(entry_refuses_objects_without_a_digest),
		cmocka_unit_test(entry_refuses_leftovers_that_are_not_escaped),
		cmocka_unit_test(entry_seals_all_or_nothing),
		cmocka_unit_test(entry_refuses_to_be_larger_than_can_be_read),
		cmocka_unit_test(entry_refuses_nesting_without_end),
		cmocka_unit_test(
		    entry_refuses_more_facts_than_there_are_words_for),
		cmocka_unit_test(entry_refuses_a_byte_of_nothing),
		cmocka_unit_test(entry_seal_refuses_a_number_that_no_entry_has),
		cmocka_unit_test(entry_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
