/* ur*.c: the standard's own vectors, and what must not pass for a part. */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/vectors.h"
#include "transfer/crc32.h"
#include "transfer/frame.h"
#include "transfer/ur.h"

#define MESSAGE_MAX 1024
#define NUMBERS_MAX 1000

/* The message that the vectors are about. */
static void
make_message(uint8_t *out, size_t len)
{
	struct ur_random r;

	ur_random_seed(&r, "Wolf", 4);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)ur_random_below(&r, 256);
}

/* Numbers of one line, after those of the lines before. */
static size_t
read_numbers(const char *line, unsigned *out, size_t n)
{
	char *end;

	for (; *line != '\0'; line = *end == ',' ? end + 1 : end) {
		assert_true(n < NUMBERS_MAX);
		out[n++] = (unsigned)strtoul(line, &end, 10);
	}
	return n;
}

static size_t
all_numbers(const struct vector *v, unsigned *out)
{
	const char *line;
	size_t n = 0;

	for (size_t i = 0; (line = vector_get(v, "numbers", i)) != NULL; i++)
		n = read_numbers(line, out, n);
	assert_true(n > 0);
	return n;
}

static void
begin(const struct vector *v, struct ur_random *r)
{
	const char *seed = vector_get(v, "seed", 0);
	uint8_t bytes[8];

	if (seed != NULL)
		ur_random_seed(r, seed, strlen(seed));
	else
		ur_random_seed(r, bytes,
		    vector_hex(v, "hexseed", bytes, sizeof(bytes)));
}

static void
show_crc32(const struct vector *v)
{
	const char *text, *sum;
	char got[9];

	for (size_t i = 0; (text = vector_get(v, "text", i)) != NULL; i++) {
		sum = vector_get(v, "sum", i);
		snprintf(got, sizeof(got), "%08x",
		    crc32_of(text, strlen(text)));
		assert_string_equal(got, sum);
	}
}

static void
show_words(const struct vector *v)
{
	const char *minimal = vector_need(v, "minimal"), *wrong;
	uint8_t bytes[128], got[128 + 4];
	const size_t len = vector_hex(v, "bytes", bytes, sizeof(bytes));
	char text[2 * sizeof(got) + 1];
	size_t n;

	ur_words(bytes, len, text);
	assert_int_equal(strcasecmp(text, minimal), 0);
	assert_int_equal(ur_unwords(minimal, strlen(minimal), got,
	    sizeof(got), &n, NULL), ST_OK);
	assert_int_equal(n, len);
	assert_memory_equal(got, bytes, n);
	for (size_t i = 0; (wrong = vector_get(v, "wrong", i)) != NULL; i++)
		assert_int_equal(ur_unwords(wrong, strlen(wrong), got,
		    sizeof(got), &n, NULL), ST_FORMAT);
}

static void
show_random(const struct vector *v)
{
	unsigned want[NUMBERS_MAX];
	const size_t n = all_numbers(v, want);
	struct ur_random r;

	begin(v, &r);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ur_random_next(&r) % 100, want[i]);
}

static void
show_below(const struct vector *v)
{
	unsigned want[NUMBERS_MAX];
	const size_t n = all_numbers(v, want);
	struct ur_random r;

	begin(v, &r);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ur_random_below(&r, 10) + 1, want[i]);
}

static double
doubling(size_t i)
{
	return (double)(1U << i);
}

static void
show_samples(const struct vector *v, double (*weight)(size_t), size_t of,
    size_t first)
{
	unsigned want[NUMBERS_MAX];
	const size_t n = all_numbers(v, want);
	struct ur_sampler *s;
	struct ur_random r;

	begin(v, &r);
	assert_int_equal(ur_sampler_new(weight, of, &s, NULL), ST_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ur_sample(s, &r) + first, want[i]);
	ur_sampler_free(s);
}

static void
show_sampler(const struct vector *v)
{
	show_samples(v, doubling, 4, 0);
}

static void
show_degrees(const struct vector *v)
{
	show_samples(v, ur_harmonic, strtoul(vector_need(v, "of"), NULL, 10),
	    1);
}

static void
show_degree(const struct vector *v)
{
	unsigned want[NUMBERS_MAX];
	const size_t n = all_numbers(v, want);
	struct ur_sampler *s;
	struct ur_random r;
	char seed[32];

	assert_int_equal(ur_sampler_new(ur_harmonic, 11, &s, NULL), ST_OK);
	for (size_t i = 0; i < n; i++) {
		snprintf(seed, sizeof(seed), "Wolf-%zu", i + 1);
		ur_random_seed(&r, seed, strlen(seed));
		assert_int_equal(ur_sample(s, &r) + 1, want[i]);
	}
	ur_sampler_free(s);
}

static void
show_shuffle(const struct vector *v)
{
	unsigned want[NUMBERS_MAX];
	const size_t n = all_numbers(v, want);
	struct ur_random r;
	uint16_t got[10];

	begin(v, &r);
	for (size_t i = 0; i < n; i++) {
		if (i % 10 == 0)
			ur_shuffle(&r, 10, 10, got);
		assert_int_equal(got[i % 10] + 1, want[i]);
	}
}

/* A list of pieces as factors. */
static void
show_pick(const struct vector *v)
{
	const size_t k = strtoul(vector_need(v, "of"), NULL, 10);
	const char *from = vector_get(v, "from", 0), *line;
	uint32_t seq = from == NULL ? 1 : (uint32_t)strtoul(from, NULL, 10);
	const uint32_t sum = (uint32_t)strtoul(vector_need(v, "sum"), NULL,
	    16);
	unsigned list[NUMBERS_MAX];
	uint8_t want[16], got[16];

	for (size_t i = 0; (line = vector_get(v, "numbers", i)) != NULL; i++) {
		memset(want, 0, sizeof(want));
		for (size_t n = read_numbers(line, list, 0); n > 0; n--)
			want[list[n - 1]] = 1;
		assert_int_equal(ur_pick(seq++, k, sum, got, NULL), ST_OK);
		assert_memory_equal(got, want, k);
	}
}

/* A source of a bare message, as the vectors' are: without our digest. */
static struct frame_source
bare_source(const uint8_t *message, size_t len, size_t most)
{
	struct frame_source s = { 0 };
	const size_t k = (len + most - 1) / most;

	s.as.way = &frame_ur;
	s.as.message_len = (uint32_t)len;
	s.as.pieces = (uint32_t)k;
	s.as.len = (len + k - 1) / k;
	s.as.session = crc32_of(message, len);
	s.pieces.len = k * s.as.len;
	assert_non_null(s.pieces.data = calloc(1, s.pieces.len));
	memcpy(s.pieces.data, message, len);
	return s;
}

/* The message of ${len} bytes as a string of bytes in CBOR. */
static size_t
make_cbor(uint8_t *out, size_t len)
{
	size_t n = 0;

	out[n++] = len < 256 ? 0x58 : 0x59;
	if (len >= 256)
		out[n++] = (uint8_t)(len >> 8);
	out[n++] = (uint8_t)len;
	make_message(out + n, len);
	return n + len;
}

static void
show_divide(const struct vector *v)
{
	unsigned n[NUMBERS_MAX];
	struct frame_source s;
	uint8_t *body;
	size_t room = 0, len;

	all_numbers(v, n);
	len = n[0] - 3 - FRAME_DIGEST_LEN; /* our message is a CBOR string */
	assert_non_null(body = calloc(1, len));
	while (frame_ur.fits(room) < n[2])
		room++;
	assert_int_equal(frame_source_open(&s, &frame_ur, body, len, room,
	    NULL), ST_OK);
	assert_int_equal(s.as.message_len, n[0]);
	assert_int_equal(s.as.len, n[3]);
	frame_source_close(&s);
	free(body);
}

static void
show_pieces(const struct vector *v)
{
	uint8_t message[MESSAGE_MAX], want[128];
	struct frame_source s;
	const char *line;
	size_t i;

	make_message(message, MESSAGE_MAX);
	s = bare_source(message, MESSAGE_MAX, 100);
	for (i = 0; (line = vector_get(v, "piece", i)) != NULL; i++) {
		assert_int_equal(text_unhex(line, want, s.as.len, NULL),
		    ST_OK);
		assert_memory_equal(s.pieces.data + i * s.as.len, want,
		    s.as.len);
	}
	assert_int_equal(i, s.as.pieces);
	frame_source_close(&s);
}

/* What is behind the last slash, as bytes. */
static size_t
part_bytes(const char *text, uint8_t *out, size_t size)
{
	const char *at = strrchr(text, '/') + 1;
	size_t n;

	assert_int_equal(ur_unwords(at, strlen(at), out, size, &n, NULL),
	    ST_OK);
	return n;
}

static void
show_cbor(const struct vector *v)
{
	uint8_t message[256], want[128], got[128];
	char text[FRAME_TEXT_SIZE];
	struct frame_source s;
	const char *line;
	size_t n;

	make_message(message, sizeof(message));
	s = bare_source(message, sizeof(message), 30);
	for (size_t i = 0; (line = vector_get(v, "part", i)) != NULL; i++) {
		assert_int_equal(frame_source_text(&s, i, text, NULL), ST_OK);
		n = part_bytes(text, got, sizeof(got));
		assert_int_equal(text_unhex(line, want, n, NULL), ST_OK);
		assert_memory_equal(got, want, n);
	}
	frame_source_close(&s);
}

/* The vectors are of type `bytes`; what comes behind it is the same. */
static void
same_behind_type(const char *ours, const char *theirs)
{
	assert_int_equal(strncmp(theirs, "ur:bytes/", 9), 0);
	assert_int_equal(strcasecmp(ours + strlen(frame_ur.prefix),
	    theirs + 9), 0);
}

static void
show_texts(const struct vector *v, size_t len, size_t most)
{
	uint8_t message[MESSAGE_MAX];
	const size_t n = make_cbor(message, len);
	struct frame_source s = bare_source(message, n, most);
	char text[FRAME_TEXT_SIZE];
	const char *line;
	struct frame f;

	for (size_t i = 0; (line = vector_get(v, "text", i)) != NULL; i++) {
		assert_int_equal(frame_source_text(&s, i, text, NULL), ST_OK);
		same_behind_type(text, line);
		assert_int_equal(frame_read(text, strlen(text), &f, NULL),
		    ST_OK);
		assert_int_equal(f.index, s.as.pieces == 1 ? 0 : i);
		assert_int_equal(f.message_len, n);
	}
	frame_source_close(&s);
}

static void
show_single(const struct vector *v)
{
	show_texts(v, 50, 1000);
}

static void
show_multi(const struct vector *v)
{
	show_texts(v, 256, 30);
}

/* Part 12 of 8 pieces of 5 bytes: not 100 bytes, and so no shape of ours; but
 * written as the standard does. */
static void
show_part(const struct vector *v)
{
	struct frame f = { .way = &frame_ur, .index = 11, .pieces = 8,
		.message_len = 100, .session = 0x12345678, .len = 5,
		.data = { 1, 5, 3, 3, 5 } };
	uint8_t want[32], got[32];
	char text[FRAME_TEXT_SIZE];
	size_t n;

	frame_ur.text(&f, text);
	n = part_bytes(text, got, sizeof(got));
	assert_int_equal(vector_hex(v, "bytes", want, sizeof(want)), n);
	assert_memory_equal(got, want, n);
	assert_int_equal(frame_read(text, strlen(text), &f, NULL), ST_FORMAT);
}

static void
official_vectors_are_met(void **state)
{
	const struct {
		const char *name;
		void (*show)(const struct vector *);
		unsigned times;
	} tests[] = {
		{ "crc32", show_crc32, 1 },	{ "words", show_words, 2 },
		{ "random", show_random, 2 },	{ "below", show_below, 1 },
		{ "sampler", show_sampler, 1 }, { "shuffle", show_shuffle, 1 },
		{ "divide", show_divide, 1 },	{ "pieces", show_pieces, 1 },
		{ "degree", show_degree, 1 },	{ "degrees", show_degrees, 1 },
		{ "pick", show_pick, 2 },	{ "cbor", show_cbor, 1 },
		{ "single", show_single, 1 },	{ "multi", show_multi, 1 },
		{ "part", show_part, 1 },
	};
	const size_t n = sizeof(tests) / sizeof(tests[0]);
	unsigned seen[sizeof(tests) / sizeof(tests[0])] = { 0 };
	FILE *f = vectors_open("ur.txt");
	static struct vector v;

	(void)state;
	while (vectors_next(f, &v)) {
		size_t i = 0;

		while (i < n && strcmp(tests[i].name,
		    vector_need(&v, "test")) != 0)
			i++;
		assert_true(i < n);
		tests[i].show(&v);
		seen[i]++;
	}
	fclose(f);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(seen[i], tests[i].times);
}

/* A number so large that as a double it is 2^64: one of n all the same. */
static void
random_never_is_past_the_end(void **state)
{
	/* 5, 7 bits to the left, 9: the other way round */
	uint64_t s = UINT64_MAX * 0x8e38e38e38e38e39;
	struct ur_random r, again;

	(void)state;
	s = (s >> 7 | s << 57) * 0xcccccccccccccccd;
	r = again = (struct ur_random){ { 1, s, 2, 3 } };
	assert_true(ur_random_next(&again) == UINT64_MAX);
	assert_int_equal(ur_random_below(&r, 11), 10);
}

/* As a part of ${seq} of ${k}, in clear the same or otherwise. */
static enum status
read_as(const char *clear, const uint8_t *part, size_t len)
{
	char text[FRAME_TEXT_SIZE], words[256];
	struct frame f;

	ur_words(part, len, words);
	snprintf(text, sizeof(text), "ur:x-anchorite/%s%s", clear, words);
	return frame_read(text, strlen(text), &f, NULL);
}

/* 3 of 2 pieces of 5, ten bytes together. */
static const uint8_t good_part[] = { 0x85, 3, 2, 10, 0x1a, 0x12, 0x34, 0x56,
	0x78, 0x45, 1, 2, 3, 4, 5 };

static void
ur_refuses_numbers_in_clear_that_differ(void **state)
{
	const size_t len = sizeof(good_part);

	(void)state;
	assert_int_equal(read_as("3-2/", good_part, len), ST_OK);
	assert_int_equal(read_as("4-2/", good_part, len), ST_FORMAT);
	assert_int_equal(read_as("3-3/", good_part, len), ST_FORMAT);
	assert_int_equal(read_as("03-2/", good_part, len), ST_FORMAT);
	assert_int_equal(read_as("3-2", good_part, len), ST_FORMAT);
	assert_int_equal(read_as("/", good_part, len), ST_FORMAT);
	assert_int_equal(read_as("3-2/3-2/", good_part, len), ST_FORMAT);
}

static enum status
read_changed(size_t at, uint8_t value)
{
	uint8_t part[sizeof(good_part)];

	memcpy(part, good_part, sizeof(part));
	part[at] = value;
	return read_as("3-2/", part, sizeof(part));
}

static void
ur_refuses_a_part_that_is_not_five_things(void **state)
{
	uint8_t more[sizeof(good_part) + 1] = { 0 };

	(void)state;
	assert_int_equal(read_changed(0, 0x84), ST_FORMAT); /* an array of 4 */
	assert_int_equal(read_changed(0, 0xa5), ST_FORMAT); /* a map */
	assert_int_equal(read_changed(1, 0x20), ST_FORMAT); /* -1 */
	assert_int_equal(read_changed(3, 11), ST_FORMAT);   /* 6 bytes each */
	assert_int_equal(read_changed(3, 0), ST_FORMAT);
	assert_int_equal(read_changed(9, 0x65), ST_FORMAT); /* text */
	assert_int_equal(read_changed(9, 0x44), ST_FORMAT);
	assert_int_equal(read_changed(9, 0x46), ST_FORMAT);
	assert_int_equal(read_changed(9, 0x5f), ST_FORMAT); /* no length */
	memcpy(more, good_part, sizeof(good_part));
	assert_int_equal(read_as("3-2/", more, sizeof(more)), ST_FORMAT);
	for (size_t n = 1; n < sizeof(good_part); n++)
		assert_int_equal(read_as("3-2/", good_part, n), ST_FORMAT);
}

static void
ur_refuses_a_longer_spelling_of_a_number(void **state)
{
	static const uint8_t wide[] = { 0x85, 0x18, 3, 2, 10, 0x1a, 0x12, 0x34,
		0x56, 0x78, 0x45, 1, 2, 3, 4, 5 };
	static const uint8_t wider[] = { 0x85, 3, 2, 0x19, 0, 10, 0x1a, 0x12,
		0x34, 0x56, 0x78, 0x45, 1, 2, 3, 4, 5 };
	static const uint8_t eight[] = { 0x85, 0x1b, 0, 0, 0, 0, 0, 0, 0, 3, 2,
		10, 0x1a, 0x12, 0x34, 0x56, 0x78, 0x45, 1, 2, 3, 4, 5 };

	(void)state;
	assert_int_equal(read_as("3-2/", wide, sizeof(wide)), ST_FORMAT);
	assert_int_equal(read_as("3-2/", wider, sizeof(wider)), ST_FORMAT);
	assert_int_equal(read_as("3-2/", eight, sizeof(eight)), ST_FORMAT);
}

/* A message that a stranger made, of one part. */
static enum status
unwrap(const uint8_t *data, size_t len, uint32_t session)
{
	struct bytes message = { 0 }, body = { 0 };
	enum status rc;

	assert_int_equal(bytes_set(&message, data, len, NULL), ST_OK);
	rc = frame_ur.unwrap(&message, session, &body, NULL);
	if (rc != ST_OK)
		assert_null(body.data);
	bytes_free(&message);
	bytes_free(&body);
	return rc;
}

static enum status
unwrap_mutant(const uint8_t *data, size_t len, void *ctx)
{
	(void)ctx;
	return unwrap(data, len, crc32_of(data, len));
}

/* Its CRC-32 is right each time: the shape and the digest are what is left. */
static void
ur_refuses_every_mutant_of_a_message(void **state)
{
	struct bytes m = { 0 };
	uint32_t session;

	(void)state;
	assert_int_equal(frame_ur.wrap("a body", 6, &m, &session, NULL),
	    ST_OK);
	assert_int_equal(unwrap(m.data, m.len, session), ST_OK);
	assert_int_equal(unwrap(m.data, m.len, session ^ 1), ST_AUTH);
	assert_int_equal(mutate_truncations(m.data, m.len, unwrap_mutant,
	    NULL), 0);
	assert_int_equal(mutate_bits(m.data, m.len, unwrap_mutant, NULL), 0);
	assert_int_equal(mutate_trailing(m.data, m.len, unwrap_mutant, NULL),
	    0);
	bytes_free(&m);
}

static enum status
pick(void *ctx)
{
	uint8_t factor[100];

	(void)ctx;
	return ur_pick(101, sizeof(factor), 7, factor, NULL);
}

static enum status
wrap(void *ctx)
{
	struct bytes m = { 0 };
	uint32_t session;
	enum status rc;

	(void)ctx;
	rc = frame_ur.wrap("a body", 6, &m, &session, NULL);
	bytes_free(&m);
	return rc;
}

static void
ur_says_when_memory_is_out(void **state)
{
	(void)state;
	assert_int_equal(oom_each(pick, NULL), 4);
	assert_int_equal(oom_each(wrap, NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(official_vectors_are_met),
		cmocka_unit_test(random_never_is_past_the_end),
		cmocka_unit_test(ur_refuses_numbers_in_clear_that_differ),
		cmocka_unit_test(ur_refuses_a_part_that_is_not_five_things),
		cmocka_unit_test(ur_refuses_a_longer_spelling_of_a_number),
		cmocka_unit_test(ur_refuses_every_mutant_of_a_message),
		cmocka_unit_test(ur_says_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
