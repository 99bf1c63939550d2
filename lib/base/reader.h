/* reader.h -- a cursor over bytes from outside. */
#ifndef ANCHORITE_READER_H
#define ANCHORITE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

struct reader {
	const char *name; /* of the thing, for messages; borrowed */
	const uint8_t *data; /* borrowed */
	size_t len;
	size_t at;
};

/* A reader over ${len} bytes that outlive it. */
void reader_init(struct reader *r, const char *name, const void *data,
    size_t len);

/* Each refuses with ST_FORMAT when too few bytes are left. Big-endian. */
MUST_USE enum status reader_u8(struct reader *r, uint8_t *out, struct diag *d);
MUST_USE enum status reader_u16(struct reader *r, uint16_t *out,
    struct diag *d);
MUST_USE enum status reader_u32(struct reader *r, uint32_t *out,
    struct diag *d);
MUST_USE enum status reader_bytes(struct reader *r, void *out, size_t len,
    struct diag *d);

/**
 * reader_line(r, max, line, len, d):
 * The bytes up to the next LF, which is consumed and not counted; borrowed.
 * ST_FORMAT: no LF within ${max} + 1 bytes.
 */
MUST_USE enum status reader_line(struct reader *r, size_t max,
    const char **line, size_t *len, struct diag *d);

/* ST_FORMAT unless every byte was consumed. */
MUST_USE enum status reader_done(const struct reader *r, struct diag *d);

#endif
