/* see reader.h */
#include <string.h>

#include "lib/base/reader.h"

void
reader_init(struct reader *r, const char *name, const void *data, size_t len)
{
	r->name = name;
	r->data = data;
	r->len = len;
	r->at = 0;
}

enum status
reader_bytes(struct reader *r, void *out, size_t len, struct diag *d)
{
	if (len > r->len - r->at)
		return diag_set(d, ST_FORMAT, "%s: cut short: %zu bytes wanted "
		    "at byte %zu of %zu", r->name, len, r->at, r->len);
	if (len > 0)
		memcpy(out, r->data + r->at, len);
	r->at += len;
	return ST_OK;
}

enum status
reader_u8(struct reader *r, uint8_t *out, struct diag *d)
{
	return reader_bytes(r, out, 1, d);
}

enum status
reader_u16(struct reader *r, uint16_t *out, struct diag *d)
{
	uint8_t b[2];
	enum status rc;

	TRY(reader_bytes(r, b, sizeof(b), d));
	*out = (uint16_t)(b[0] << 8 | b[1]);
	rc = ST_OK;
out:
	return rc;
}

enum status
reader_u32(struct reader *r, uint32_t *out, struct diag *d)
{
	uint8_t b[4];
	enum status rc;

	TRY(reader_bytes(r, b, sizeof(b), d));
	*out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
	rc = ST_OK;
out:
	return rc;
}

enum status
reader_line(struct reader *r, size_t max, const char **line, size_t *len,
    struct diag *d)
{
	const uint8_t *from = NULL, *lf = NULL;
	size_t left = r->len - r->at;

	if (left > 0 && max < left)
		left = max + 1;
	if (left > 0) {
		from = r->data + r->at;
		lf = memchr(from, '\n', left);
	}
	if (lf == NULL)
		return diag_set(d, ST_FORMAT, "%s: the line at byte %zu has no "
		    "end within %zu bytes", r->name, r->at, max);
	*line = (const char *)from;
	*len = (size_t)(lf - from);
	r->at += *len + 1;
	return ST_OK;
}

enum status
reader_done(const struct reader *r, struct diag *d)
{
	if (r->at != r->len)
		return diag_set(d, ST_FORMAT, "%s: %zu bytes too many at its "
		    "end", r->name, r->len - r->at);
	return ST_OK;
}
