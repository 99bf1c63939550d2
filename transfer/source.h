/* source.h -- where pictures and lines come from: a camera, files, a folder of
 * them, a video or lines on standard input.  A source gives bytes as they are;
 * what is in them is read by lib/code/scan.  See FORMATS 10.74 to 10.78. */
#ifndef ANCHORITE_TRANSFER_SOURCE_H
#define ANCHORITE_TRANSFER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define SOURCE_LINE_MAX 8192 /* bytes of a line, without its end */

enum source_gives {
	SOURCE_END,  /* nothing any more */
	SOURCE_GRAY, /* rows of a picture */
	SOURCE_FILE, /* a file of a picture */
	SOURCE_LINE, /* a text */
	SOURCE_BAD   /* something that is refused; there may be more */
};

/* What a source gave; ${len} bytes lie in the room. */
struct source_item {
	enum source_gives gives;
	size_t len;
	unsigned width, height; /* of SOURCE_GRAY */
	char name[128];	 /* for sentences: "photo.png", "line 7"; escaped */
	struct diag why; /* of SOURCE_BAD */
};

struct source;

/**
 * source_open(spec, out, d):
 * "camera", "camera:DEVICE", "y4m:-", "lines:-", or the name of a file or
 * folder.  Owned by the caller (source_close).
 * ST_USAGE: another word before a colon, and no such file.  ST_SYSTEM: it is
 * not there.  ST_FORMAT: not a Y4M stream.  ST_POLICY: no camera that gives
 * pictures.
 */
MUST_USE enum status source_open(const char *spec, struct source **out,
    struct diag *d);

/* Whether pictures come by themselves, one after another: a video. */
bool source_live(const struct source *s);

/* Whether it gives lines, and no pictures. */
bool source_has_lines(const struct source *s);

/* What poll(2) finds readable when there is something; -1: always. */
int source_fd(const struct source *s);

/**
 * source_next(s, room, size, item, d):
 * The next picture or line, into the ${size} bytes of ${room}, at least
 * SOURCE_LINE_MAX.
 * ST_SYSTEM: the source itself is broken, or a signal that somebody catches
 * came while it was waited for.  ST_FORMAT: a video that stops
 * within a picture.
 */
MUST_USE enum status source_next(struct source *s, uint8_t *room, size_t size,
    struct source_item *item, struct diag *d);

/* From its first picture on again: whether it can. */
bool source_again(struct source *s);

/* source_close(NULL) is allowed. */
void source_close(struct source *s);

#endif
