/* see der.h */
#include <string.h>

#include "lib/pki/der.h"

#define LONG_FORM 0x80
#define LENGTH_BYTES_MAX 4

/* A length in the shortest form that holds it. */
static enum status
read_length(struct reader *r, size_t *out, struct diag *d)
{
	size_t bytes, len = 0;
	uint8_t b;
	enum status rc;

	TRY(reader_u8(r, &b, d));
	if (b < LONG_FORM) {
		*out = b;
		return ST_OK;
	}
	bytes = b & ~(unsigned)LONG_FORM;
	if (bytes == 0 || bytes > LENGTH_BYTES_MAX)
		FAIL(d, ST_FORMAT, "%s: an element without a definite length",
		    r->name);
	for (size_t i = 0; i < bytes; i++) {
		TRY(reader_u8(r, &b, d));
		if (i == 0 && b == 0)
			break;
		len = len << 8 | b;
	}
	if (len < LONG_FORM || len >> (8 * (bytes - 1)) == 0)
		FAIL(d, ST_FORMAT, "%s: a length that is not in its shortest "
		    "form", r->name);
	*out = len;
	rc = ST_OK;
out:
	return rc;
}

enum status
der_open(struct reader *r, uint8_t tag, struct reader *in, struct diag *d)
{
	size_t len = 0;
	uint8_t seen;
	enum status rc;

	TRY(reader_u8(r, &seen, d));
	if (seen != tag)
		FAIL(d, ST_FORMAT, "%s: tag %02x where %02x belongs", r->name,
		    seen, tag);
	TRY(read_length(r, &len, d));
	if (len > r->len - r->at)
		FAIL(d, ST_FORMAT, "%s: an element longer than what holds it",
		    r->name);
	reader_init(in, r->name, r->data + r->at, len);
	r->at += len;
	rc = ST_OK;
out:
	return rc;
}

int
der_peek(const struct reader *r)
{
	return r->at < r->len ? r->data[r->at] : -1;
}

enum status
der_put(uint8_t *out, size_t size, size_t *at, uint8_t tag, const void *data,
    size_t len, struct diag *d)
{
	const size_t head = len < LONG_FORM ? 2 : 3;

	if (len > UINT8_MAX || *at > size || size - *at < head + len)
		return diag_set(d, ST_BUG, "an element of %zu bytes does not "
		    "fit", len);
	out[(*at)++] = tag;
	if (len >= LONG_FORM)
		out[(*at)++] = LONG_FORM | 1;
	out[(*at)++] = (uint8_t)len;
	if (len > 0)
		memcpy(out + *at, data, len);
	*at += len;
	return ST_OK;
}
