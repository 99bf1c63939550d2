/* receive.h -- from a source to texts: pictures go to all readers at once,
 * what they find comes back one by one, and so do the numbers that a person
 * wants to see meanwhile.  See FORMATS 10.70 to 10.79. */
#ifndef ANCHORITE_TRANSFER_RECEIVE_H
#define ANCHORITE_TRANSFER_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "transfer/source.h"

/* How it goes.  Times are of clock_steady. */
struct receive_count {
	uint64_t pictures;  /* looked at */
	uint64_t with_code; /* of these */
	uint64_t refused;   /* pictures and lines that could not be read */
	uint64_t texts;	    /* given on */
	int64_t start_ms, code_ms; /* of now, and of the last code; 0: none */
	unsigned recent;	   /* of the last 32 pictures, with a code */
	unsigned width, height;	   /* of the last picture, pixels */
	unsigned code;		   /* of the last code, pixels a side */
	uint8_t dark, bright;	   /* of the last picture, see scan.h */
};

struct receive_front {
	void *self;
	/**
	 * A text, ${len} bytes of any value.  ${*enough}: nothing more is
	 * wanted.  Not ST_OK: reception stops with that.
	 */
	enum status (*text)(void *self, const char *text, size_t len,
	    bool *enough, struct diag *d);
	/**
	 * After each picture or line; ${refused} says why it was, or is NULL.
	 * False: stop here.
	 */
	bool (*look)(void *self, const struct receive_count *count,
	    const struct diag *refused);
};

/**
 * receive_run(source, workers, front, enough, d):
 * Until ${front} has enough (${*enough}) or says stop, or nothing more comes.
 * Files are looked at once quickly, and if that is not enough, a second time
 * thoroughly.  A picture that is refused is counted and told, and the next
 * one is looked at.  ${workers} as in scan_start.
 */
MUST_USE enum status receive_run(struct source *source, unsigned workers,
    const struct receive_front *front, bool *enough, struct diag *d);

/**
 * receive_advice(count, now_ms):
 * What a person at the camera might do, as a sentence; NULL: nothing, it goes
 * well.
 */
const char *receive_advice(const struct receive_count *count, int64_t now_ms);

#endif
