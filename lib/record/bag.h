/* bag.h -- the bag that a sheet lies in: which numbers went out with it, and
 * which seal came in.  In private/, on the sticks alone.  FORMATS 7.40. */
#ifndef ANCHORITE_BAG_H
#define ANCHORITE_BAG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/entry.h"
#include "lib/record/front.h"
#include "lib/record/state.h"

#define BAG_SALT_LEN 32 /* bytes: the numbers are short (RULES C11) */

struct bag {
	bool in;
	char bag[FRONT_TEXT_SIZE]; /* going out; else empty, as the carrier */
	char seal[FRONT_TEXT_SIZE];
	char carrier[33]; /* a person's word */
	uint8_t salt[BAG_SALT_LEN];
};

/* The file of entry ${number}: "private/000012.txt". */
void bag_name(uint64_t number, char out[OBJECT_NAME_SIZE]);

/**
 * bag_write(b, out, d), bag_read(name, text, out, d):
 * A file's bytes, which have one spelling.  ST_FORMAT: they are none.
 */
MUST_USE enum status bag_write(const struct bag *b, struct bytes *out,
    struct diag *d);
MUST_USE enum status bag_read(const char *name, const struct bytes *text,
    struct bag *out, struct diag *d);

/**
 * bag_of(s, number, out, d):
 * What the "custody" entry of that number has.  ST_AUTH: its file is another.
 */
MUST_USE enum status bag_of(const struct state *s, uint64_t number,
    struct bag *out, struct diag *d);

/**
 * bag_new(s, b, d):
 * Neither number went out before.  ST_POLICY: one did.
 */
MUST_USE enum status bag_new(const struct state *s, const struct bag *b,
    struct diag *d);

/**
 * bag_holds(files, before, e, d):
 * What the file of entry ${e}, read from ${files}, says is what the entry does,
 * over the record ${before} it.  ST_AUTH: not so.  ST_POLICY: see bag_new.
 */
MUST_USE enum status bag_holds(const struct state *files,
    const struct state *before, const struct entry *e, struct diag *d);

#endif
