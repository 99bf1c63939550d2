/* see codes.h */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "tests/support/codes.h"

static QRcode *
encode(const char *text, int version)
{
	QRcode *code = QRcode_encodeString(text, version, QR_ECLEVEL_L,
	    QR_MODE_8, 1);

	if (code == NULL)
		abort();
	return code;
}

static unsigned
draw(struct picture *p, const QRcode *code, unsigned x, unsigned y,
    unsigned scale)
{
	const unsigned modules = (unsigned)code->width;
	const unsigned side = (modules + 8) * scale;
	unsigned at;

	if (x + side > p->width || y + side > p->height)
		abort();
	for (unsigned j = 0; j < side; j++)
		memset(p->gray + (size_t)(y + j) * p->width + x, 255, side);
	for (unsigned j = 0; j < modules * scale; j++)
		for (unsigned i = 0; i < modules; i++) {
			at = (y + 4 * scale + j) * p->width + x +
			    (4 + i) * scale;
			if (code->data[j / scale * modules + i] & 1)
				memset(p->gray + at, 0, scale);
		}
	return side;
}

unsigned
codes_draw(struct picture *p, const char *text, int version, unsigned x,
    unsigned y, unsigned scale)
{
	QRcode *code = encode(text, version);
	const unsigned side = draw(p, code, x, y, scale);

	QRcode_free(code);
	return side;
}

void
codes_picture(const char *text, int version, unsigned scale,
    struct picture *out)
{
	QRcode *code = encode(text, version);
	const unsigned side = ((unsigned)code->width + 8) * scale;

	if (picture_new(side, side, out, NULL) != ST_OK)
		abort();
	draw(out, code, 0, 0, scale);
	QRcode_free(code);
}

void
codes_text(unsigned seed, unsigned len, char *out)
{
	uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	memcpy(out, "AN1:", 4);
	for (unsigned i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[4 + i] = (char)('0' + (x >> 33) % 10);
	}
	out[4 + len] = 0;
}
