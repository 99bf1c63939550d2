/* ur.c -- frames as Uniform Resources: see frame.h and ur.h, FORMATS 10.40 to
 * 10.44. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/reader.h"
#include "transfer/crc32.h"
#include "transfer/frame.h"
#include "transfer/ur.h"

/* what stands around the bytes of a piece: the head of an array, four numbers,
 * the head of a string, and the check sum */
#define HEADS_MAX (1 + 4 * 5 + 5)
#define PART_MAX (HEADS_MAX + FRAME_PIECE_MAX + 4)
#define COUNT 999999 /* so that a number has at most six digits */

/* CBOR, RFC 8949: what a head says that it begins. */
enum major { CBOR_NUMBER = 0, CBOR_BYTES = 2, CBOR_ARRAY = 4 };

/* The head with the fewest bytes that hold ${v}; returns how many: 1 to 5. */
static size_t
put_head(uint8_t *out, enum major major, uint32_t v)
{
	const size_t n = v < 24 ? 0 : v < 0x100 ? 1 : v < 0x10000 ? 2 : 4;
	const unsigned says = n == 0 ? v : n == 1 ? 24 : n == 2 ? 25 : 26;

	out[0] = (uint8_t)((unsigned)major << 5 | says);
	for (size_t i = n; i > 0; i--) {
		out[i] = (uint8_t)v;
		v >>= 8;
	}
	return 1 + n;
}

/* Read a head and write it again: what differs is not the shortest form. */
static enum status
get_head(struct reader *r, enum major major, uint32_t *v, struct diag *d)
{
	uint8_t head[5] = { 0 }, again[5];
	size_t n = 0;
	enum status rc;

	TRY(reader_u8(r, head, d));
	*v = head[0] & 31;
	if (*v >= 24 && *v <= 26) {
		n = (size_t)1 << (*v - 24);
		TRY(reader_bytes(r, head + 1, n, d));
		*v = 0;
		for (size_t i = 1; i <= n; i++)
			*v = *v << 8 | head[i];
	}
	if (put_head(again, major, *v) != 1 + n ||
	    memcmp(head, again, 1 + n) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 10.43: %s: not the CBOR that it "
		    "must be", r->name);
	rc = ST_OK;
out:
	return rc;
}

/* In characters: prefix, numbers of six and four digits, bytes and check sum
 * as two letters each. */
static size_t
fits(size_t room)
{
	const size_t around = strlen(frame_ur.prefix) +
	    strlen("999999-4096/") + 2 * (size_t)(HEADS_MAX + 4);

	return room < around + 2 ? 0 : (room - around) / 2;
}

static enum status
wrap(const void *body, size_t len, struct bytes *message, uint32_t *session,
    struct diag *d)
{
	struct bytes sealed = { 0 };
	enum status rc;
	uint8_t *p;
	size_t n;

	TRY(frame_seal(body, len, &sealed, d));
	if ((p = calloc(1, 5 + sealed.len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	n = put_head(p, CBOR_BYTES, (uint32_t)sealed.len);
	memcpy(p + n, sealed.data, sealed.len);
	*message = (struct bytes){ p, n + sealed.len };
	*session = crc32_of(message->data, message->len);
	rc = ST_OK;
out:
	bytes_free(&sealed);
	return rc;
}

static enum status
unwrap(const struct bytes *message, uint32_t session, struct bytes *body,
    struct diag *d)
{
	struct reader r;
	enum status rc;
	uint32_t len;

	if (crc32_of(message->data, message->len) != session)
		FAIL(d, ST_AUTH, "FORMATS 10.43: the message's check sum is "
		    "another");
	reader_init(&r, "message", message->data, message->len);
	TRY(get_head(&r, CBOR_BYTES, &len, d));
	if (r.len - r.at != len)
		FAIL(d, ST_FORMAT, "FORMATS 10.41: a message that is not one "
		    "string of bytes");
	TRY(frame_unseal(r.data + r.at, len, body, d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
factors(const struct frame *f, uint8_t *factor, struct diag *d)
{
	return ur_pick(f->index + 1, f->pieces, f->session, factor, d);
}

static void
write_text(const struct frame *f, char out[FRAME_TEXT_SIZE])
{
	const uint32_t numbers[] = { f->index + 1, f->pieces, f->message_len,
		f->session };
	uint8_t part[PART_MAX];
	size_t n, at;

	at = (size_t)snprintf(out, FRAME_TEXT_SIZE, "%s", frame_ur.prefix);
	if (f->pieces == 1) {
		ur_words(f->data, f->len, out + at);
		return;
	}
	at += (size_t)snprintf(out + at, FRAME_TEXT_SIZE - at, "%u-%u/",
	    f->index + 1, f->pieces);
	n = put_head(part, CBOR_ARRAY, 5);
	for (size_t i = 0; i < 4; i++)
		n += put_head(part + n, CBOR_NUMBER, numbers[i]);
	n += put_head(part + n, CBOR_BYTES, (uint32_t)f->len);
	memcpy(part + n, f->data, f->len);
	ur_words(part, n + f->len, out + at);
}

/* The whole message in one part. */
static enum status
read_single(const char *text, size_t len, struct frame *f, struct diag *d)
{
	uint8_t part[FRAME_PIECE_MAX + 4];
	enum status rc;

	TRY(ur_unwords(text, len, part, sizeof(part), &f->len, d));
	f->pieces = 1;
	f->message_len = (uint32_t)f->len;
	f->session = crc32_of(part, f->len);
	memcpy(f->data, part, f->len);
	rc = ST_OK;
out:
	return rc;
}

/* What the letters hold: five things in CBOR. */
static enum status
read_part(const uint8_t *part, size_t len, struct frame *f, struct diag *d)
{
	uint32_t five, seq, n;
	struct reader r;
	enum status rc;

	reader_init(&r, "part", part, len);
	TRY(get_head(&r, CBOR_ARRAY, &five, d));
	TRY(get_head(&r, CBOR_NUMBER, &seq, d));
	TRY(get_head(&r, CBOR_NUMBER, &f->pieces, d));
	TRY(get_head(&r, CBOR_NUMBER, &f->message_len, d));
	TRY(get_head(&r, CBOR_NUMBER, &f->session, d));
	TRY(get_head(&r, CBOR_BYTES, &n, d));
	if (five != 5 || seq == 0 || n > sizeof(f->data))
		FAIL(d, ST_FORMAT, "FORMATS 10.43: part: not the five things "
		    "that it must be");
	f->index = seq - 1;
	f->len = n;
	TRY(reader_bytes(&r, f->data, n, d));
	TRY(reader_done(&r, d));
	TRY(frame_shape(f, d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_text(const char *text, size_t len, struct frame *f, struct diag *d)
{
	uint8_t part[PART_MAX];
	char says[24]; /* "4294967295-4096/" */
	const char *slash = memchr(text, '/', len);
	enum status rc;
	size_t n;

	if (slash == NULL)
		return read_single(text, len, f, d);
	slash++;
	TRY(ur_unwords(slash, len - (size_t)(slash - text), part,
	    sizeof(part), &n, d));
	TRY(read_part(part, n, f, d));
	/* the numbers in clear are those within, or none is believed */
	n = (size_t)snprintf(says, sizeof(says), "%u-%u/", f->index + 1,
	    f->pieces);
	if (n != (size_t)(slash - text) || memcmp(says, text, n) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 10.43: a part whose number is "
		    "another in clear");
	rc = ST_OK;
out:
	return rc;
}

const struct frame_way frame_ur = {
	.name = "ur",
	.prefix = "UR:X-ANCHORITE/",
	.count = COUNT,
	.fits = fits,
	.wrap = wrap,
	.unwrap = unwrap,
	.factors = factors,
	.text = write_text,
	.read = read_text,
};
