/* scan.h -- pictures in, the texts of the QR codes in them out.  The reading
 * is done by children of lib/base/sandbox, one a processor; they hand back
 * texts and nothing else.  After a hit the region of the code is searched
 * first.  See FORMATS 10.70 to 10.76. */
#ifndef ANCHORITE_CODE_SCAN_H
#define ANCHORITE_CODE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define SCAN_TEXTS_MAX 16   /* codes in a picture */
#define SCAN_TEXT_MAX 7089  /* bytes of a code, version 40-L in digits */
#define SCAN_ROOM ((size_t)16 << 20) /* bytes of a picture, or its file */
#define SCAN_WORKERS_MAX 16

/* A code as it was found; a box around it, in pixels of the picture. */
struct scan_text {
	const char *text; /* ${len} bytes, any; borrowed, see scan_take */
	size_t len;
	unsigned x, y, width, height;
};

/* How hard to look. */
enum scan_effort {
	SCAN_LIVE,    /* of a video, where the next picture comes anyway: where
		       * codes were before, and the whole now and then */
	SCAN_QUICK,   /* the whole too, till one way finds something */
	SCAN_THOROUGH /* the whole in every way, and all that is found */
};

/* What became of a picture. */
struct scan_seen {
	uint64_t number; /* 1, 2, ... in the order they were given */
	enum status status;
	struct diag why; /* unless ST_OK: why it was refused */
	unsigned width, height; /* pixels */
	uint8_t dark, bright;	/* a twentieth is darker, and brighter */
	size_t n;
	struct scan_text text[SCAN_TEXTS_MAX];
};

struct scanner;

/**
 * scan_start(workers, out, d):
 * ${workers} children, 1 to SCAN_WORKERS_MAX; 0 is one a processor.  Owned by
 * the caller (scan_free).
 * ST_SYSTEM, ST_BUG: as sandbox_start; libzbar cannot be loaded.
 */
MUST_USE enum status scan_start(unsigned workers, struct scanner **out,
    struct diag *d);

/* SCAN_ROOM bytes for the next picture, or NULL when all are at work.  The
 * same until scan_gray or scan_file was called. */
uint8_t *scan_room(struct scanner *s);

/**
 * scan_gray(s, width, height, effort, d), scan_file(s, len, effort, d):
 * What lies in the room is a picture of that size (rows of bytes, 0 black), or
 * a file that lib/code/picture reads.  It is looked at from now on.
 * ST_FORMAT: it is larger than a picture may be.  ST_SYSTEM: as sandbox_send.
 */
MUST_USE enum status scan_gray(struct scanner *s, unsigned width,
    unsigned height, enum scan_effort effort, struct diag *d);
MUST_USE enum status scan_file(struct scanner *s, size_t len,
    enum scan_effort effort, struct diag *d);

/* How many pictures are looked at. */
size_t scan_busy(const struct scanner *s);

/**
 * scan_wait(s, fd, ms):
 * Wait till a picture is done (true), or till ${fd} can be read (-1: none),
 * for at most ${ms} (-1: as long as it takes) or till a signal came (false).
 */
bool scan_wait(struct scanner *s, int fd, int ms);

/**
 * scan_take(s, seen, d):
 * A picture that is done; waits for one.  A picture that cannot be read, or
 * that ends its reader, is refused in ${seen} and is no error here.  What
 * ${seen} points to lasts until the next call of any of these.
 * ST_BUG: none is looked at.
 */
MUST_USE enum status scan_take(struct scanner *s, struct scan_seen *seen,
    struct diag *d);

/* Nothing of what was looked at, or found, is left here: where a picture shows
 * a secret.  The children may still know it, until they end. */
void scan_forget(struct scanner *s);

/* The children end; scan_free(NULL) is allowed. */
void scan_free(struct scanner *s);

#endif
