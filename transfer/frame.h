/* frame.h -- a message in pieces, each the text of one QR code, of which any k
 * or little more give it back.  FORMATS 10.20 to 10.49. */
#ifndef ANCHORITE_FRAME_H
#define ANCHORITE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

#define FRAME_BODY_MAX ((size_t)1 << 20) /* bytes; a larger one goes by stick */
#define FRAME_MESSAGE_MAX (FRAME_BODY_MAX + 64) /* with what is put before it */
#define FRAME_PIECES_MAX 4096
#define FRAME_PIECE_MAX 2900  /* bytes; what the largest code takes */
#define FRAME_TEXT_SIZE 7168  /* characters of any frame, and NUL */

struct frame_way;

/* One frame as it was read: its shape is right, and its check sum.  Nothing in
 * it is to be believed for that. */
struct frame {
	const struct frame_way *way;
	uint32_t session;     /* of which message, as far as 32 bits tell */
	uint32_t message_len; /* bytes, 1..FRAME_MESSAGE_MAX */
	uint32_t pieces;      /* k, 1..FRAME_PIECES_MAX */
	uint32_t index;	      /* below k the piece itself, else a sum of some */
	size_t len;	      /* bytes of each piece, 1..FRAME_PIECE_MAX */
	uint8_t data[FRAME_PIECE_MAX];
};

/* A way to write frames down: const, one row each. */
struct frame_way {
	const char *name;
	const char *prefix;    /* that a text begins with, in any case */
	uint32_t count;	       /* frames are 0..count - 1, then 0 again */
	/* Bytes of a piece where a code holds ${room} digits (native) or
	 * characters (UR); 0: not one. */
	size_t (*fits)(size_t room);
	/* The message that carries a body, and which session it is. */
	enum status (*wrap)(const void *body, size_t len, struct bytes *message,
	    uint32_t *session, struct diag *);
	/* The body of a message, if it is that session's and its digest is
	 * right: else ST_FORMAT or ST_AUTH. */
	enum status (*unwrap)(const struct bytes *message, uint32_t session,
	    struct bytes *body, struct diag *);
	/* What each piece counts in frame ${index}: k factors.  ST_SYSTEM. */
	enum status (*factors)(const struct frame *, uint8_t *factor,
	    struct diag *);
	/* One frame as text, and back. */
	void (*text)(const struct frame *, char out[FRAME_TEXT_SIZE]);
	enum status (*read)(const char *text, size_t len, struct frame *,
	    struct diag *);
};
extern const struct frame_way frame_native, frame_ur;

/* A sender: stateless but for what it sends. */
struct frame_source {
	struct frame as;      /* what all frames have in common */
	struct bytes pieces;  /* the message, zeros behind it; owned */
};

/**
 * frame_source_open(s, way, body, len, room, d):
 * Get ${len} bytes ready, in pieces as large as a code of ${room} takes and no
 * larger than it must; pieces are equal.  frame_source_close frees.
 * ST_POLICY: nothing, too much, or more pieces than there may be.
 */
MUST_USE enum status frame_source_open(struct frame_source *s,
    const struct frame_way *way, const void *body, size_t len, size_t room,
    struct diag *d);
void frame_source_close(struct frame_source *s);

/**
 * frame_source_text(s, i, out, d):
 * The text of frame ${i}, any number: after the last comes the first.
 * ST_SYSTEM: out of memory.
 */
MUST_USE enum status frame_source_text(const struct frame_source *s,
    uint64_t i, char out[FRAME_TEXT_SIZE], struct diag *d);

/**
 * frame_read(text, len, out, d):
 * Any text from outside, without a NUL at its end.  ST_FORMAT: not a frame, or
 * a damaged one.  Nothing is allocated.
 */
MUST_USE enum status frame_read(const char *text, size_t len,
    struct frame *out, struct diag *d);

/**
 * frame_shape(f, d):
 * Whether length of message, number and length of pieces go together as a
 * sender divides them (FORMATS 10.21); for ways, and before any allocation.
 */
MUST_USE enum status frame_shape(const struct frame *f, struct diag *d);

/**
 * frame_seal(body, len, out, d), frame_unseal(sealed, len, body, d):
 * A body behind its SHA-256, and back (FORMATS 10.20).
 * ST_POLICY: too much of it or nothing.  ST_FORMAT: no digest with something
 * behind it.  ST_AUTH: another digest.
 */
#define FRAME_DIGEST_LEN 32 /* bytes */
MUST_USE enum status frame_seal(const void *body, size_t len,
    struct bytes *out, struct diag *d);
MUST_USE enum status frame_unseal(const uint8_t *sealed, size_t len,
    struct bytes *body, struct diag *d);

#endif
