/* scan_job.h -- what lib/code/scan and its children say to one another.
 * Numbers are big-endian.  See FORMATS 10.76. */
#ifndef ANCHORITE_CODE_SCAN_JOB_H
#define ANCHORITE_CODE_SCAN_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/sandbox.h"
#include "lib/code/scan.h"

/* A part of a picture; no width is none. */
struct scan_box {
	unsigned x, y, width, height; /* below 65536 */
};

/* A question: this, then the picture's rows or the file. */
struct scan_ask {
	unsigned width, height;	 /* 0 0: a file */
	struct scan_box part;	 /* where to look; no width: the whole */
	unsigned way, ways;	 /* which way comes first, how many are tried */
	unsigned flags;		 /* SCAN_ALL, SCAN_WHOLE */
};

#define SCAN_ALL 1   /* do not stop at a way that finds something */
#define SCAN_WHOLE 2 /* where the part has nothing, the whole in all ways */

#define SCAN_ASK_HEAD 16 /* bytes */

void scan_ask_write(const struct scan_ask *ask, uint8_t out[SCAN_ASK_HEAD]);
MUST_USE enum status scan_ask_read(const uint8_t *data, size_t len,
    struct scan_ask *out, struct diag *d);

/* An answer: width, height, dark, bright, n; then for each text x, y, width,
 * height, way, len, bytes. */
#define SCAN_ANSWER_HEAD 7
#define SCAN_TEXT_HEAD 11
#define SCAN_ANSWER_MAX                                                       \
	(SCAN_ANSWER_HEAD + SCAN_TEXTS_MAX * (SCAN_TEXT_HEAD + SCAN_TEXT_MAX))

#define SCAN_WAYS 4 /* half size, full size, blurred, inverted */

extern const struct sandbox_job scan_job;

/**
 * scan_answer_read(data, len, seen, way, d):
 * What a child answered, which may be in a stranger's hand.  ${*way} found the
 * last text.  ST_FORMAT: not an answer.
 */
MUST_USE enum status scan_answer_read(const uint8_t *data, size_t len,
    struct scan_seen *seen, unsigned *way, struct diag *d);

#endif
