/* clock.h -- time: whole seconds since 1970, UTC, and its one spelling. */
#ifndef ANCHORITE_CLOCK_H
#define ANCHORITE_CLOCK_H

#include <stdint.h>

#include "lib/base/diag.h"

#define CLOCK_TEXT_SIZE 21 /* "2027-03-01T00:00:00Z" and NUL */
#define CLOCK_DAY ((int64_t)86400)

/**
 * clock_now():
 * The machine's clock, in seconds.
 */
int64_t clock_now(void);

/**
 * clock_steady():
 * Milliseconds since some moment; whoever sets the clock does not move it.
 */
int64_t clock_steady(void);

/**
 * clock_text(t, out):
 * RFC 3339 in UTC with seconds.  ${t} in 0..253402300799 (year 9999).
 */
void clock_text(int64_t t, char out[CLOCK_TEXT_SIZE]);

/**
 * clock_read(s, out, d):
 * "YYYY-MM-DDThh:mm:ssZ", or "YYYY-MM-DD" for its midnight.  Every field is
 * checked, days of the month too.  ST_FORMAT: anything else.
 */
MUST_USE enum status clock_read(const char *s, int64_t *out, struct diag *d);

/**
 * clock_quarter(t, out):
 * The slot that ${t} lies in: "2027Q1".
 */
void clock_quarter(int64_t t, char out[7]);

#endif
