/* native.c -- our own frames: see frame.h, FORMATS 10.22 to 10.24. */
#include <string.h>

#include "lib/base/reader.h"
#include "lib/crypto/rng.h"
#include "transfer/crc32.h"
#include "transfer/frame.h"

#define HEAD 10	      /* bytes: session 4, message 3, index 3 */
#define TAIL 4	      /* bytes: CRC-32 */
#define RECORD_MAX (HEAD + FRAME_PIECE_MAX + TAIL)
#define GROUP 7	      /* bytes, and */
#define GROUP_DIGITS 17
#define COUNT (1U << 24)

/* How many digits a group of 0 to 7 bytes takes: the fewest that do. */
static const uint8_t digits_of[GROUP + 1] = { 0, 3, 5, 8, 10, 13, 15, 17 };

static void
put(uint8_t *out, uint32_t v, size_t len)
{
	while (len-- > 0) {
		out[len] = (uint8_t)v;
		v >>= 8;
	}
}

static uint32_t
get(const uint8_t *in, size_t len)
{
	uint32_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 8 | in[i];
	return v;
}

/* The most bytes that ${digits} digits hold. */
static size_t
bytes_in(size_t digits)
{
	size_t rest = GROUP;

	while (digits_of[rest] > digits % GROUP_DIGITS)
		rest--;
	return digits / GROUP_DIGITS * GROUP + rest;
}

static size_t
fits(size_t room)
{
	const size_t n = bytes_in(room);

	return n > HEAD + TAIL ? n - HEAD - TAIL : 0;
}

static enum status
wrap(const void *body, size_t len, struct bytes *message, uint32_t *session,
    struct diag *d)
{
	enum status rc;

	TRY(frame_seal(body, len, message, d));
	*session = get(message->data, sizeof(*session));
	rc = ST_OK;
out:
	return rc;
}

static enum status
unwrap(const struct bytes *message, uint32_t session, struct bytes *body,
    struct diag *d)
{
	if (message->len < sizeof(session) ||
	    get(message->data, sizeof(session)) != session)
		return diag_set(d, ST_AUTH, "FORMATS 10.22: the message is of "
		    "another session");
	return frame_unseal(message->data, message->len, body, d);
}

static enum status
factors(const struct frame *f, uint8_t *factor, struct diag *d)
{
	uint8_t key[RNG_STREAM_KEY_LEN] = { 0 };

	(void)d;

	if (f->index < f->pieces) {
		memset(factor, 0, f->pieces);
		factor[f->index] = 1;
		return ST_OK;
	}
	put(key, f->session, 4);
	put(key + 4, f->index, 4);
	rng_stream(key, factor, f->pieces);
	return ST_OK;
}

/* A group of bytes as one number in decimal. */
static void
put_digits(const uint8_t *in, size_t len, char *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 8 | in[i];
	for (size_t i = digits_of[len]; i-- > 0; v /= 10)
		out[i] = (char)('0' + v % 10);
}

static enum status
get_digits(const char *in, size_t len, uint8_t *out, struct diag *d)
{
	uint64_t v = 0;

	for (size_t i = 0; i < digits_of[len]; i++) {
		if (in[i] < '0' || in[i] > '9')
			return diag_set(d, ST_FORMAT, "FORMATS 10.23: a "
			    "character that is no digit");
		v = v * 10 + (uint64_t)(in[i] - '0');
	}
	for (size_t i = len; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
	if (v != 0)
		return diag_set(d, ST_FORMAT, "FORMATS 10.23: a number too "
		    "large for %zu bytes", len);
	return ST_OK;
}

static void
write_text(const struct frame *f, char out[FRAME_TEXT_SIZE])
{
	const size_t len = HEAD + f->len + TAIL;
	uint8_t record[RECORD_MAX];
	size_t n;

	put(record, f->session, 4);
	put(record + 4, f->message_len, 3);
	put(record + 7, f->index, 3);
	memcpy(record + HEAD, f->data, f->len);
	put(record + HEAD + f->len, crc32_of(record, HEAD + f->len), TAIL);

	memcpy(out, frame_native.prefix, strlen(frame_native.prefix));
	out += strlen(frame_native.prefix);
	for (size_t at = 0; at < len; at += n) {
		n = len - at < GROUP ? len - at : GROUP;
		put_digits(record + at, n, out);
		out += digits_of[n];
	}
	*out = '\0';
}

/* The record that digits spell. */
static enum status
read_record(const char *text, size_t len, uint8_t record[RECORD_MAX],
    size_t *record_len, struct diag *d)
{
	const size_t have = bytes_in(len);
	enum status rc;
	size_t n;

	if (have <= HEAD + TAIL || have > RECORD_MAX ||
	    have / GROUP * GROUP_DIGITS + digits_of[have % GROUP] != len)
		FAIL(d, ST_FORMAT, "FORMATS 10.23: %zu digits are not a frame",
		    len);
	for (size_t at = 0; at < have; at += n) {
		n = have - at < GROUP ? have - at : GROUP;
		TRY(get_digits(text, n, record + at, d));
		text += digits_of[n];
	}
	*record_len = have;
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_text(const char *text, size_t len, struct frame *f, struct diag *d)
{
	uint8_t record[RECORD_MAX] = { 0 };
	enum status rc;
	size_t n;

	TRY(read_record(text, len, record, &n, d));
	n -= TAIL;
	if (crc32_of(record, n) != get(record + n, TAIL))
		FAIL(d, ST_FORMAT, "FORMATS 10.22: the frame's check sum is "
		    "another");
	f->session = get(record, 4);
	f->message_len = get(record + 4, 3);
	f->index = get(record + 7, 3);
	f->len = n - HEAD;
	f->pieces = (uint32_t)((f->message_len + f->len - 1) / f->len);
	TRY(frame_shape(f, d));
	memcpy(f->data, record + HEAD, f->len);
	rc = ST_OK;
out:
	return rc;
}

const struct frame_way frame_native = {
	.name = "native",
	.prefix = "AN1:",
	.count = COUNT,
	.fits = fits,
	.wrap = wrap,
	.unwrap = unwrap,
	.factors = factors,
	.text = write_text,
	.read = read_text,
};
