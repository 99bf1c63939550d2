/* see frame.h */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/crypto/gf256.h"
#include "lib/crypto/hash.h"
#include "transfer/frame.h"

static const struct frame_way *const ways[] = { &frame_native, &frame_ur };
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static size_t
divide_up(size_t a, size_t b)
{
	return (a + b - 1) / b;
}

enum status
frame_seal(const void *body, size_t len, struct bytes *out, struct diag *d)
{
	uint8_t *sealed;

	if (len == 0 || len > FRAME_BODY_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 10.20: 1 to %zu bytes "
		    "go through codes, not %zu: take a stick", FRAME_BODY_MAX,
		    len);
	/* one NUL behind it, as bytes.h has it */
	if ((sealed = calloc(1, FRAME_DIGEST_LEN + len + 1)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	hash_sha256(body, len, sealed);
	memcpy(sealed + FRAME_DIGEST_LEN, body, len);
	*out = (struct bytes){ sealed, FRAME_DIGEST_LEN + len };
	return ST_OK;
}

enum status
frame_unseal(const uint8_t *sealed, size_t len, struct bytes *body,
    struct diag *d)
{
	uint8_t digest[FRAME_DIGEST_LEN];
	const uint8_t *rest;

	if (len <= FRAME_DIGEST_LEN)
		return diag_set(d, ST_FORMAT, "FORMATS 10.20: a message of "
		    "%zu bytes is nothing behind a digest", len);
	rest = sealed + FRAME_DIGEST_LEN;
	hash_sha256(rest, len - FRAME_DIGEST_LEN, digest);
	if (memcmp(digest, sealed, sizeof(digest)) != 0)
		return diag_set(d, ST_AUTH, "FORMATS 10.20: the message is not "
		    "what its digest says");
	return bytes_set(body, rest, len - FRAME_DIGEST_LEN, d);
}

enum status
frame_shape(const struct frame *f, struct diag *d)
{
	const size_t m = f->message_len, k = f->pieces;

	if (m == 0 || m > FRAME_MESSAGE_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 10.20: a message of %zu "
		    "bytes", m);
	if (k == 0 || k > FRAME_PIECES_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 10.21: %zu pieces where "
		    "1 to %d may be", k, FRAME_PIECES_MAX);
	if (f->len != divide_up(m, k) || k != divide_up(m, f->len))
		return diag_set(d, ST_FORMAT, "FORMATS 10.21: %zu bytes are "
		    "not %zu pieces of %zu", m, k, f->len);
	return ST_OK;
}

enum status
frame_source_open(struct frame_source *s, const struct frame_way *way,
    const void *body, size_t len, size_t room, struct diag *d)
{
	const size_t most = way->fits(room);
	struct bytes message = { 0 };
	enum status rc;
	size_t k;

	*s = (struct frame_source){ .as.way = way };
	TRY(way->wrap(body, len, &message, &s->as.session, d));
	if (most == 0)
		FAIL(d, ST_POLICY, "a code that takes %zu characters is too "
		    "small for a frame", room);
	k = divide_up(message.len, most < FRAME_PIECE_MAX ? most :
	    FRAME_PIECE_MAX);
	if (k > FRAME_PIECES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.21: %zu pieces where 1 to %d "
		    "may be: take a larger code, or a stick", k,
		    FRAME_PIECES_MAX);
	s->as.message_len = (uint32_t)message.len;
	s->as.pieces = (uint32_t)k;
	s->as.len = divide_up(message.len, k);
	if ((s->pieces.data = calloc(k, s->as.len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	s->pieces.len = k * s->as.len;
	memcpy(s->pieces.data, message.data, message.len);
	rc = ST_OK;
out:
	bytes_free(&message);
	return rc;
}

void
frame_source_close(struct frame_source *s)
{
	bytes_free(&s->pieces);
}

enum status
frame_source_text(const struct frame_source *s, uint64_t i,
    char out[FRAME_TEXT_SIZE], struct diag *d)
{
	uint8_t factor[FRAME_PIECES_MAX];
	struct frame f = s->as;
	enum status rc;

	f.index = (uint32_t)(i % f.way->count);
	TRY(f.way->factors(&f, factor, d));
	for (size_t j = 0; j < f.pieces; j++)
		if (factor[j] != 0)
			gf256_add_public(f.data, s->pieces.data + j * f.len,
			    factor[j], f.len);
	f.way->text(&f, out);
	rc = ST_OK;
out:
	return rc;
}

enum status
frame_read(const char *text, size_t len, struct frame *out, struct diag *d)
{
	size_t n;

	for (size_t i = 0; i < WAYS; i++) {
		n = strlen(ways[i]->prefix);
		if (len < n || strncasecmp(text, ways[i]->prefix, n) != 0)
			continue;
		*out = (struct frame){ .way = ways[i] };
		return ways[i]->read(text + n, len - n, out, d);
	}
	return diag_set(d, ST_FORMAT, "FORMATS 10.23: not a frame of ours");
}
