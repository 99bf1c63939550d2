/* inbox.h -- where the files of a plan come from: the room's inbox, its parcels
 * too, or, years later, the state that keeps them.  FORMATS 3.17. */
#ifndef ANCHORITE_INBOX_H
#define ANCHORITE_INBOX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/facts.h"
#include "lib/record/parcel.h"

#define INBOX_PARCELS_MAX 64	     /* that are opened, good or not */
#define INBOX_BYTES_MAX ((size_t)64 << 20) /* of all of them together */

struct inbox_parcel {
	char *name;	   /* of its file, escaped; owned */
	struct bytes bytes; /* owned; ${view} is of them */
	struct parcel view;
};

struct inbox {
	int dirfd;	 /* borrowed */
	char prefix[16]; /* before each name: "" or "000001-" */
	struct inbox_parcel *parcel; /* owned, by inbox_look */
	size_t n;
	struct facts passed; /* "passed-over": each with the reason */
};

/**
 * inbox_look(box, now, d):
 * Open the parcels of the folder, its files *.parcel in the order of their
 * names.  Each is read once, passes parcel_read, parcel_check and parcel_names,
 * and may be used at ${now}; or it is passed over, and ${box->passed} says
 * which and why, of all that are not opened in one line.  The caller calls
 * inbox_clear.  ST_SYSTEM: the folder cannot be listed.
 */
MUST_USE enum status inbox_look(struct inbox *box, int64_t now,
    struct diag *d);
void inbox_clear(struct inbox *box);

/**
 * inbox_next(box, name, at):
 * The next file of that name in the parcels from ${*at} on, which begins with
 * 0; or NULL.  Whether it is the wanted one is for its digest to say.
 */
const struct parcel_file *inbox_next(const struct inbox *box,
    const char *name, size_t *at);

#endif
