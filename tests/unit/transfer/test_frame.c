/* frame.c, native.c: what was sent in pieces, and what must not pass for a
 * piece. */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/gf256.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/rng.h"
#include "tests/support/frames.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "transfer/frame.h"

/* FORMATS 10.30: "an example" and a line feed, in two pieces of at most 24;
 * frame 2 is the first sum. */
static const char *const example[] = {
	"AN1:656377234650562990000000391231319115130013362041104"
	"3804440585022203571086227567303893004",
	"AN1:656377234650562990000000475082133901006185206465121"
	"3099786762160881630510391109064001104",
	"AN1:656377234650562990000000903892942113598135521745498"
	"1371262586756333569649621204985924249",
};

static enum status
read_says(const char *text, const char *said)
{
	struct diag d = { 0 };
	struct frame f;
	const enum status rc = frame_read(text, strlen(text), &f, &d);

	if (strstr(d.text, said) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", said, d.text);
	return rc;
}

static void
example_of_formats_is_what_we_write(void **state)
{
	const char *root = getenv("ROOT");
	struct bytes path = { 0 }, page = { 0 };
	struct frame_source s;
	char text[FRAME_TEXT_SIZE];

	(void)state;
	assert_int_equal(text_format(&path, NULL, "%s/docs/FORMATS.md",
	    root == NULL ? "." : root), ST_OK);
	assert_int_equal(file_read((char *)path.data, FILE_MAX, &page, NULL),
	    ST_OK);
	assert_int_equal(frame_source_open(&s, &frame_native, "an example\n",
	    11, 93, NULL), ST_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(frame_source_text(&s, i, text, NULL), ST_OK);
		assert_string_equal(text, example[i]);
		assert_non_null(strstr((char *)page.data, text));
	}
	bytes_free(&page);
	bytes_free(&path);
	frame_source_close(&s);
}

/* Each number of digits holds as many bytes as 10^digits allows, groups of 17
 * alone; what we write never is longer than what was said to fit. */
static void
fits_is_what_is_written(void **state)
{
	uint8_t body[600] = { 0 };
	char text[FRAME_TEXT_SIZE];
	struct frame_source s;

	(void)state;
	for (size_t room = 0; room < 1200; room++) {
		const size_t most = frame_native.fits(room);

		if (frame_source_open(&s, &frame_native, body, sizeof(body),
		    room, NULL) != ST_OK) {
			assert_int_equal(most, 0);
			frame_source_close(&s);
			continue;
		}
		assert_true(s.as.len <= most);
		assert_int_equal(frame_source_text(&s, 1 << 20, text, NULL),
		    ST_OK);
		assert_true(strlen(text + 4) <= room);
		frame_source_close(&s);
	}
	assert_int_equal(frame_native.fits(2050), 830); /* version 20, level L */
	assert_int_equal(frame_native.fits(7077), FRAME_PIECE_MAX);
}

static void
fits_is_what_is_written_in_ur(void **state)
{
	uint8_t body[600] = { 0 };
	char text[FRAME_TEXT_SIZE];
	struct frame_source s;

	(void)state;
	for (size_t room = 0; room < 1500; room++) {
		if (frame_source_open(&s, &frame_ur, body, sizeof(body), room,
		    NULL) == ST_OK) {
			assert_true(s.as.len <= frame_ur.fits(room));
			assert_int_equal(frame_source_text(&s, 999998, text,
			    NULL), ST_OK);
			assert_true(strlen(text) <= room);
		}
		frame_source_close(&s);
	}
}

static void
source_refuses_what_it_cannot_send(void **state)
{
	uint8_t *large = calloc(1, FRAME_BODY_MAX + 1);
	struct diag d = { 0 };
	struct frame_source s;

	(void)state;
	assert_non_null(large);
	assert_int_equal(frame_source_open(&s, &frame_native, large, 0, 2050,
	    &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 10.20: 1 to 1048576 bytes go "
	    "through codes, not 0"));
	frame_source_close(&s);
	assert_int_equal(frame_source_open(&s, &frame_native, large,
	    FRAME_BODY_MAX + 1, 2050, NULL), ST_POLICY);
	frame_source_close(&s);
	assert_int_equal(frame_source_open(&s, &frame_native, large,
	    FRAME_BODY_MAX, 2050, NULL), ST_OK);
	frame_source_close(&s);
	diag_clear(&d);
	assert_int_equal(frame_source_open(&s, &frame_native, large, 9, 34,
	    &d), ST_POLICY);
	assert_non_null(strstr(d.text, "too small for a frame"));
	frame_source_close(&s);
	diag_clear(&d);
	assert_int_equal(frame_source_open(&s, &frame_native, large,
	    FRAME_BODY_MAX, 600, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 10.21: 4501 pieces where 1 to "
	    "4096 may be"));
	frame_source_close(&s);
	free(large);
}

/* The factors come from the stream of session and index; the sums are made by
 * hand, byte by byte. */
static void
sums_are_what_formats_says(void **state)
{
	struct frame_source s = frames_source(&frame_native, 500, 60, 3);
	uint8_t key[RNG_STREAM_KEY_LEN] = { 0 }, factor[16], want;
	const uint32_t at[] = { 9, 10, 300, 70000, (1U << 24) - 1 };
	struct frame f;

	(void)state;
	assert_int_equal(s.as.pieces, 9);
	memcpy(key, s.pieces.data, 4); /* of the digest */
	for (size_t n = 0; n < sizeof(at) / sizeof(at[0]); n++) {
		f = frames_take(&s, at[n]);
		assert_int_equal(f.index, at[n]);
		key[5] = (uint8_t)(at[n] >> 16);
		key[6] = (uint8_t)(at[n] >> 8);
		key[7] = (uint8_t)at[n];
		rng_stream(key, factor, s.as.pieces);
		for (size_t i = 0; i < f.len; i++) {
			want = 0;
			for (size_t j = 0; j < s.as.pieces; j++)
				want ^= gf256_mul(factor[j],
				    s.pieces.data[j * f.len + i]);
			assert_int_equal(f.data[i], want);
		}
	}
	/* after the last comes the first */
	assert_int_equal(frames_take(&s, 1U << 24).index, 0);
	assert_int_equal(frames_take(&s, ((uint64_t)1 << 32) + 5).index, 5);
	frame_source_close(&s);
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	struct frame f;

	(void)ctx;
	return frame_read((const char *)data, len, &f, NULL);
}

/* But for the case of letters, which says nothing. */
static enum status
read_mutant_by_case(const uint8_t *data, size_t len, void *good)
{
	if (strncasecmp((const char *)data, good, len) == 0 &&
	    memcmp(data, good, len) != 0)
		return ST_FORMAT;
	return read_mutant(data, len, NULL);
}

static void
frame_refuses_every_mutant(void **state)
{
	const struct frame_way *const ways[] = { &frame_native, &frame_ur };
	char text[FRAME_TEXT_SIZE];

	(void)state;
	for (size_t w = 0; w < 2; w++) {
		struct frame_source s = frames_source(ways[w], 80, 30, 5);

		for (uint64_t i = 0; i < 6; i++) {
			const uint8_t *good = (const uint8_t *)text;

			assert_int_equal(frame_source_text(&s, i, text, NULL),
			    ST_OK);
			assert_int_equal(mutate_truncations(good,
			    strlen(text), read_mutant, NULL), 0);
			assert_int_equal(mutate_bits(good, strlen(text),
			    read_mutant_by_case, text), 0);
			assert_int_equal(mutate_trailing(good, strlen(text),
			    read_mutant, NULL), 0);
		}
		frame_source_close(&s);
	}
}

static void
frame_says_what_is_wrong(void **state)
{
	char text[FRAME_TEXT_SIZE];

	(void)state;
	assert_int_equal(read_says("", "not a frame of ours"), ST_FORMAT);
	assert_int_equal(read_says("AN1", "not a frame of ours"), ST_FORMAT);
	assert_int_equal(read_says("AN2:123", "not a frame of ours"),
	    ST_FORMAT);
	assert_int_equal(read_says("ur:bytes/aeadaolazmjendeoti",
	    "not a frame of ours"), ST_FORMAT);
	assert_int_equal(read_says("AN1:", "0 digits are not"), ST_FORMAT);
	assert_int_equal(read_says("AN1:1234", "4 digits are not"), ST_FORMAT);
	snprintf(text, sizeof(text), "AN1:%068d", 0);
	assert_int_equal(read_says(text, "check sum is another"), ST_FORMAT);
	text[9] = ' ';
	assert_int_equal(read_says(text, "no digit"), ST_FORMAT);
	memset(text + 4, '9', 17);
	assert_int_equal(read_says(text, "too large for 7 bytes"), ST_FORMAT);
	memset(text + 4, '0', 7090);
	text[4 + 7090] = '\0';
	assert_int_equal(read_says(text, "digits are not"), ST_FORMAT);
}

/* Good check sums over what cannot be; nothing of it is allocated. */
static void
frame_refuses_what_cannot_be(void **state)
{
	struct frame_source s = frames_source(&frame_native, 500, 60, 3);
	const struct frame good = frames_take(&s, 4);
	struct frame f = good, out;

	(void)state;
	assert_int_equal(frames_forge(&f, &out), ST_OK);
	f.message_len = 0;
	assert_int_equal(frames_forge(&f, &out), ST_FORMAT);
	f.message_len = FRAME_MESSAGE_MAX + 1;
	f.len = FRAME_PIECE_MAX;
	assert_int_equal(frames_forge(&f, &out), ST_FORMAT);
	/* one byte a piece, 4096 and one more; then not as we divide it */
	f.len = 1;
	f.message_len = FRAME_PIECES_MAX;
	assert_int_equal(frames_forge(&f, &out), ST_OK);
	f.message_len++;
	assert_int_equal(frames_forge(&f, &out), ST_FORMAT);
	f = good;
	f.message_len = (uint32_t)(8 * f.len); /* 8 pieces of that */
	assert_int_equal(frames_forge(&f, &out), ST_OK);
	f.message_len = 61; /* would be 2 of 31 */
	assert_int_equal(frames_forge(&f, &out), ST_FORMAT);
	f.message_len = 10; /* less than one piece */
	assert_int_equal(frames_forge(&f, &out), ST_FORMAT);
	frame_source_close(&s);
}

static void
sealed_is_sha256_and_body(void **state)
{
	struct bytes sealed = { 0 }, body = { 0 };
	uint8_t digest[SHA256_LEN];

	(void)state;
	assert_int_equal(frame_seal("body", 4, &sealed, NULL), ST_OK);
	hash_sha256("body", 4, digest);
	assert_int_equal(sealed.len, 36);
	assert_memory_equal(sealed.data, digest, 32);
	assert_memory_equal(sealed.data + 32, "body", 4);
	assert_int_equal(frame_unseal(sealed.data, 36, &body, NULL), ST_OK);
	assert_int_equal(body.len, 4);
	assert_memory_equal(body.data, "body", 4);
	bytes_free(&body);
	assert_int_equal(frame_unseal(sealed.data, 32, &body, NULL),
	    ST_FORMAT);
	assert_int_equal(frame_unseal(sealed.data, 35, &body, NULL), ST_AUTH);
	assert_null(body.data);
	bytes_free(&sealed);
}

/* The session is the beginning of the digest: of another it is refused. */
static void
native_refuses_the_message_of_another_session(void **state)
{
	struct bytes m = { 0 }, body = { 0 };
	struct diag d = { 0 };
	uint32_t session;

	(void)state;
	assert_int_equal(frame_native.wrap("body", 4, &m, &session, NULL),
	    ST_OK);
	assert_int_equal(frame_native.unwrap(&m, session ^ 1, &body, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 10.22"));
	assert_null(body.data);
	assert_int_equal(frame_native.unwrap(&m, session, &body, NULL), ST_OK);
	bytes_free(&body);
	bytes_free(&m);
}

static enum status
open_and_write(void *way)
{
	char text[FRAME_TEXT_SIZE];
	struct frame_source s;
	enum status rc;

	TRY(frame_source_open(&s, way, "some body", 9, 200, NULL));
	TRY(frame_source_text(&s, 7, text, NULL));
out:
	frame_source_close(&s);
	return rc;
}

static void
source_says_when_memory_is_out(void **state)
{
	struct frame_way native = frame_native, ur = frame_ur;

	(void)state;
	assert_int_equal(oom_each(open_and_write, &native), 2);
	assert_true(oom_each(open_and_write, &ur) > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_of_formats_is_what_we_write),
		cmocka_unit_test(fits_is_what_is_written),
		cmocka_unit_test(fits_is_what_is_written_in_ur),
		cmocka_unit_test(source_refuses_what_it_cannot_send),
		cmocka_unit_test(sums_are_what_formats_says),
		cmocka_unit_test(frame_refuses_every_mutant),
		cmocka_unit_test(frame_says_what_is_wrong),
		cmocka_unit_test(frame_refuses_what_cannot_be),
		cmocka_unit_test(sealed_is_sha256_and_body),
		cmocka_unit_test(native_refuses_the_message_of_another_session),
		cmocka_unit_test(source_says_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
