/* see scan_job.h */
#include <string.h>

#include "lib/base/reader.h"
#include "lib/code/picture.h"
#include "lib/code/scan_job.h"

static uint8_t *
put16(uint8_t *out, unsigned value)
{
	*out++ = (uint8_t)(value >> 8);
	*out++ = (uint8_t)value;
	return out;
}

void
scan_ask_write(const struct scan_ask *ask, uint8_t out[SCAN_ASK_HEAD])
{
	out = put16(out, ask->width);
	out = put16(out, ask->height);
	out = put16(out, ask->part.x);
	out = put16(out, ask->part.y);
	out = put16(out, ask->part.width);
	out = put16(out, ask->part.height);
	out = put16(out, ask->way << 8 | ask->ways);
	put16(out, ask->flags);
}

static enum status
read16(struct reader *r, unsigned *out, struct diag *d)
{
	uint16_t v = 0;
	const enum status rc = reader_u16(r, &v, d);

	*out = v;
	return rc;
}

static enum status
read_box(struct reader *r, struct scan_box *box, struct diag *d)
{
	enum status rc;

	TRY(read16(r, &box->x, d));
	TRY(read16(r, &box->y, d));
	TRY(read16(r, &box->width, d));
	TRY(read16(r, &box->height, d));
out:
	return rc;
}

enum status
scan_ask_read(const uint8_t *data, size_t len, struct scan_ask *out,
    struct diag *d)
{
	struct reader r;
	enum status rc;

	reader_init(&r, "question", data, len);
	TRY(read16(&r, &out->width, d));
	TRY(read16(&r, &out->height, d));
	TRY(read_box(&r, &out->part, d));
	TRY(read16(&r, &out->ways, d));
	TRY(read16(&r, &out->flags, d));
	out->way = out->ways >> 8;
	out->ways &= 0xff;
	if (out->way >= SCAN_WAYS || out->ways > SCAN_WAYS ||
	    out->flags > (SCAN_ALL | SCAN_WHOLE) ||
	    (out->width == 0) != (out->height == 0) || (out->width != 0 &&
	    (size_t)out->width * out->height != len - SCAN_ASK_HEAD))
		FAIL(d, ST_FORMAT, "a question that nobody asks");
out:
	return rc;
}

static enum status
read_text(struct reader *r, const struct scan_seen *seen,
    struct scan_text *text, unsigned *way, struct diag *d)
{
	struct scan_box box;
	uint16_t len;
	uint8_t by;
	enum status rc;

	TRY(read_box(r, &box, d));
	TRY(reader_u8(r, &by, d));
	TRY(reader_u16(r, &len, d));
	if (by >= SCAN_WAYS || len == 0 || len > SCAN_TEXT_MAX ||
	    len > r->len - r->at || box.x + box.width > seen->width ||
	    box.y + box.height > seen->height)
		FAIL(d, ST_FORMAT, "the picture reader found a code that "
		    "cannot be");
	text->text = (const char *)r->data + r->at;
	r->at += len;
	text->len = len;
	text->x = box.x;
	text->y = box.y;
	text->width = box.width;
	text->height = box.height;
	*way = by;
out:
	return rc;
}

enum status
scan_answer_read(const uint8_t *data, size_t len, struct scan_seen *seen,
    unsigned *way, struct diag *d)
{
	struct reader r;
	uint8_t n;
	enum status rc;

	reader_init(&r, "answer of the picture reader", data, len);
	*way = 0;
	seen->n = 0;
	TRY(read16(&r, &seen->width, d));
	TRY(read16(&r, &seen->height, d));
	TRY(reader_u8(&r, &seen->dark, d));
	TRY(reader_u8(&r, &seen->bright, d));
	TRY(reader_u8(&r, &n, d));
	if (n > SCAN_TEXTS_MAX || seen->width > PICTURE_SIDE_MAX ||
	    seen->height > PICTURE_SIDE_MAX)
		FAIL(d, ST_FORMAT, "the picture reader saw what cannot be");
	for (uint8_t i = 0; i < n; i++)
		TRY(read_text(&r, seen, &seen->text[i], way, d));
	TRY(reader_done(&r, d));
	seen->n = n;
out:
	return rc;
}
