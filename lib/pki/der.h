/* der.h -- the little DER that no library template covers: walking into
 * elements whose tags are known, and writing short ones. */
#ifndef ANCHORITE_DER_H
#define ANCHORITE_DER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/reader.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_CONTEXT_0 = 0x80,	/* [0] IMPLICIT of a string */
	DER_EXPLICIT_0 = 0xa0	/* [0] EXPLICIT */
};

/**
 * der_open(r, tag, in, d):
 * The next element of ${r} must have ${tag} and a definite length in its
 * shortest form; ${r} moves past it and ${in} reads its content (borrowed).
 * ST_FORMAT: not so.
 */
MUST_USE enum status der_open(struct reader *r, uint8_t tag,
    struct reader *in, struct diag *d);

/* The tag of the next element, or -1 at the end. */
int der_peek(const struct reader *r);

/**
 * der_put(out, size, at, tag, data, len, d):
 * Append one element of at most 255 bytes of content at ${*at}, which moves.
 * ST_BUG: it does not fit.
 */
MUST_USE enum status der_put(uint8_t *out, size_t size, size_t *at,
    uint8_t tag, const void *data, size_t len, struct diag *d);

#endif
