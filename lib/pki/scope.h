/* scope.h -- what an operational key may be used for, and how a certificate
 * says so: FORMATS 8.9, 8.16. */
#ifndef ANCHORITE_SCOPE_H
#define ANCHORITE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

#define SCOPE_VERSION_SIZE 33
#define SCOPE_DER_MAX 160 /* bytes */

struct scope {
	char product[33];
	char role[33];
	char slot[8]; /* "2027Q1" */
	char from[SCOPE_VERSION_SIZE]; /* lowest version, or empty */
	char to[SCOPE_VERSION_SIZE];   /* highest, or empty: open */
};

/**
 * scope_versions(text, out, d):
 * "4.0..", "1.2..3.0", "..3.0" or ".." into from and to of ${out}.
 * ST_FORMAT: not of that form.  ST_POLICY: the range is empty.
 */
MUST_USE enum status scope_versions(const char *text, struct scope *out,
    struct diag *d);

/**
 * scope_compare(a, b):
 * Order of two versions, <0, 0, >0: runs of digits by value, all else by byte.
 */
int scope_compare(const char *a, const char *b);

/**
 * scope_write(s, out, d):
 * The value of the extension.  ST_POLICY: a part is not of its alphabet.
 */
MUST_USE enum status scope_write(const struct scope *s, struct bytes *out,
    struct diag *d);

/**
 * scope_read(data, len, out, d):
 * Exactly what scope_write gives, nothing behind it.  ST_FORMAT else.
 */
MUST_USE enum status scope_read(const uint8_t *data, size_t len,
    struct scope *out, struct diag *d);

bool scope_equal(const struct scope *a, const struct scope *b);

#endif
