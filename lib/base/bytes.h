/* bytes.h -- public bytes that somebody owns: DER, PEM, a file's contents.
 * Never a secret: those are struct secret. */
#ifndef ANCHORITE_BYTES_H
#define ANCHORITE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/* All zero is empty and needs no free.  ${data} holds ${len} bytes and, for
 * the ease of text readers, one NUL behind them that does not count. */
struct bytes {
	uint8_t *data;
	size_t len;
};

/**
 * bytes_set(b, data, len, d):
 * Make ${b} a copy of ${len} bytes; what it held before is freed.
 * ST_SYSTEM: out of memory.
 */
MUST_USE enum status bytes_set(struct bytes *b, const void *data, size_t len,
    struct diag *d);

/**
 * bytes_equal(a, b):
 * Same length and same bytes (public data: not constant time).
 */
bool bytes_equal(const struct bytes *a, const struct bytes *b);

/**
 * bytes_free(b):
 * Free what is owned; ${b} is empty afterwards.  bytes_free(NULL) is allowed.
 */
void bytes_free(struct bytes *b);

#endif
