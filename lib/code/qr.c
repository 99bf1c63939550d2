/* see qr.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "lib/base/library.h"
#include "lib/code/qr.h"

#define ALNUM "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
#define DIGITS "0123456789"
#define PROVE_SCALE 4 /* pixels a module: enough for any reader */
#define SCALE_MAX 64

/* Codewords (bytes) for data, by version and level (ISO/IEC 18004:2015, table
 * 7).  The tests try each of them at its edge. */
/* clang-format off */
static const uint16_t codewords[QR_VERSION_MAX][4] = {
	{ 19, 16, 13, 9 }, { 34, 28, 22, 16 },
	{ 55, 44, 34, 26 }, { 80, 64, 48, 36 },
	{ 108, 86, 62, 46 }, { 136, 108, 76, 60 },
	{ 156, 124, 88, 66 }, { 194, 154, 110, 86 },
	{ 232, 182, 132, 100 }, { 274, 216, 154, 122 },
	{ 324, 254, 180, 140 }, { 370, 290, 206, 158 },
	{ 428, 334, 244, 180 }, { 461, 365, 261, 197 },
	{ 523, 415, 295, 223 }, { 589, 453, 325, 253 },
	{ 647, 507, 367, 283 }, { 721, 563, 397, 313 },
	{ 795, 627, 445, 341 }, { 861, 669, 485, 385 },
	{ 932, 714, 512, 406 }, { 1006, 782, 568, 442 },
	{ 1094, 860, 614, 464 }, { 1174, 914, 664, 514 },
	{ 1276, 1000, 718, 538 }, { 1370, 1062, 754, 596 },
	{ 1468, 1128, 808, 628 }, { 1531, 1193, 871, 661 },
	{ 1631, 1267, 911, 701 }, { 1735, 1373, 985, 745 },
	{ 1843, 1455, 1033, 793 }, { 1955, 1541, 1115, 845 },
	{ 2071, 1631, 1171, 901 }, { 2191, 1725, 1231, 961 },
	{ 2306, 1812, 1286, 986 }, { 2434, 1914, 1354, 1054 },
	{ 2566, 1992, 1426, 1096 }, { 2702, 2102, 1502, 1142 },
	{ 2812, 2216, 1582, 1222 }, { 2956, 2334, 1666, 1276 },
};
/* clang-format on */

/* Bits of the number of characters in front of a segment (table 3), by
 * version: up to 9, up to 26, and above. */
static const struct {
	unsigned upto, alnum, digits;
} counts[] = { { 9, 9, 10 }, { 26, 11, 12 }, { QR_VERSION_MAX, 13, 14 } };
#define MODE_BITS 4

static const QRecLevel levels[] = {
	[QR_L] = QR_ECLEVEL_L,
	[QR_M] = QR_ECLEVEL_M,
	[QR_Q] = QR_ECLEVEL_Q,
	[QR_H] = QR_ECLEVEL_H,
};

/* Bits of ${n} characters with what is in front of them; 0 of none. */
static size_t
alnum_bits(unsigned version, size_t n)
{
	size_t i = 0;

	while (counts[i].upto < version)
		i++;
	return n == 0 ? 0 : MODE_BITS + counts[i].alnum + n / 2 * 11 +
	    n % 2 * 6;
}

static size_t
digit_bits(unsigned version, size_t n)
{
	static const unsigned rest[] = { 0, 4, 7 };
	size_t i = 0;

	while (counts[i].upto < version)
		i++;
	return n == 0 ? 0 : MODE_BITS + counts[i].digits + n / 3 * 10 +
	    rest[n % 3];
}

size_t
qr_digits(unsigned version, enum qr_level level, size_t prefix)
{
	size_t bits, n = 0;

	if (version < 1 || version > QR_VERSION_MAX || level > QR_H ||
	    prefix > QR_TEXT_MAX)
		return 0;
	bits = (size_t)codewords[version - 1][level] * 8;
	while (alnum_bits(version, prefix) + digit_bits(version, n + 1) <=
	    bits)
		n++;
	return n;
}

size_t
qr_letters(unsigned version, enum qr_level level)
{
	size_t n = 0;

	if (version < 1 || version > QR_VERSION_MAX || level > QR_H)
		return 0;
	while (alnum_bits(version, n + 1) <=
	    (size_t)codewords[version - 1][level] * 8)
		n++;
	return n;
}

/* What is called of libqrencode, by the type it has in its header. */
static struct {
	LIBRARY_CALL(QRcode_encodeInput);
	LIBRARY_CALL(QRcode_free);
	LIBRARY_CALL(QRinput_append);
	LIBRARY_CALL(QRinput_free);
	LIBRARY_CALL(QRinput_new2);
} lib;

static const struct library_entry entries[] = {
	LIBRARY_ENTRY(lib, QRcode_encodeInput),
	LIBRARY_ENTRY(lib, QRcode_free),
	LIBRARY_ENTRY(lib, QRinput_append),
	LIBRARY_ENTRY(lib, QRinput_free),
	LIBRARY_ENTRY(lib, QRinput_new2),
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(lib, ENTRIES);

static const struct library library = { "libqrencode.so.4", "libqrencode4",
	entries, ENTRIES };

/* One segment of a code; none if it is empty. */
static int
append(QRinput *in, QRencodeMode mode, const char *text, size_t len)
{
	uint8_t copy[QR_TEXT_MAX];

	if (len == 0)
		return 0;
	memcpy(copy, text, len);
	return lib.QRinput_append(in, mode, (int)len, copy);
}

/* What libqrencode made, copied. */
static enum status
take(const QRcode *code, struct qr *out, struct diag *d)
{
	const unsigned version = (unsigned)code->version;
	size_t n;
	enum status rc;

	if (version < 1 || version > QR_VERSION_MAX ||
	    code->width != (int)QR_SIZE(version))
		FAIL(d, ST_BUG, "a code of version %u, of %d modules", version,
		    code->width);
	n = (size_t)QR_SIZE(version) * QR_SIZE(version);
	if ((out->module = malloc(n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		out->module[i] = code->data[i] & 1;
	out->version = version;
	out->size = QR_SIZE(version);
	rc = ST_OK;
out:
	return rc;
}

static enum status
encode(QRinput *in, struct qr *out, struct diag *d)
{
	QRcode *code = lib.QRcode_encodeInput(in);
	enum status rc;

	if (code == NULL && errno == ERANGE)
		FAIL(d, ST_POLICY, "the text is longer than any code");
	if (code == NULL)
		FAIL(d, ST_SYSTEM, "no code could be made (%s)",
		    strerror(errno));
	TRY(take(code, out, d));
out:
	if (code != NULL)
		lib.QRcode_free(code);
	return rc;
}

/* Where the digits at the end begin; at the end, if a segment of their own
 * makes it no shorter. */
static size_t
prefix_len(const char *text, size_t len, unsigned version)
{
	size_t n = len;

	while (n > 0 && strchr(DIGITS, text[n - 1]) != NULL)
		n--;
	return alnum_bits(version, n) + digit_bits(version, len - n) <
	    alnum_bits(version, len) ? n : len;
}

enum status
qr_make(const char *text, unsigned version, enum qr_level level,
    struct qr *out, struct diag *d)
{
	const size_t len = strnlen(text, QR_TEXT_MAX + 1);
	size_t prefix;
	QRinput *in = NULL;
	enum status rc;

	*out = (struct qr){ 0 };
	if (version < 1 || version > QR_VERSION_MAX || level > QR_H)
		FAIL(d, ST_BUG, "a code of version %u", version);
	if (len == 0 || text[strspn(text, ALNUM)] != '\0')
		FAIL(d, ST_FORMAT, "FORMATS 10.80: the text of a code is "
		    "neither empty nor of other characters than QR calls "
		    "alphanumeric");
	if (len > QR_TEXT_MAX)
		FAIL(d, ST_POLICY, "the text is longer than any code");
	TRY(library_load(&library, &lib, d));
	prefix = prefix_len(text, len, version);
	if ((in = lib.QRinput_new2((int)version, levels[level])) == NULL ||
	    append(in, QR_MODE_AN, text, prefix) != 0 ||
	    append(in, QR_MODE_NUM, text + prefix, len - prefix) != 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(encode(in, out, d));
	/* the version that it is given is only the least that it takes */
	if (out->version != version) {
		qr_free(out);
		FAIL(d, ST_POLICY, "the text does not fit a code of version "
		    "%u", version);
	}
out:
	if (in != NULL)
		lib.QRinput_free(in);
	return rc;
}

enum status
qr_lines(const char *text, size_t len, enum qr_level level, struct qr *out,
    struct diag *d)
{
	QRinput *in = NULL;
	enum status rc;

	*out = (struct qr){ 0 };
	if (len == 0)
		FAIL(d, ST_FORMAT, "a code of nothing");
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			FAIL(d, ST_FORMAT, "a code of other characters than "
			    "those of ASCII");
	}
	if (len > QR_TEXT_MAX)
		FAIL(d, ST_POLICY, "the text is longer than any code");
	TRY(library_load(&library, &lib, d));
	if ((in = lib.QRinput_new2(0, levels[level])) == NULL ||
	    append(in, QR_MODE_8, text, len) != 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(encode(in, out, d));
out:
	if (in != NULL)
		lib.QRinput_free(in);
	return rc;
}

void
qr_free(struct qr *q)
{
	if (q == NULL)
		return;
	free(q->module);
	*q = (struct qr){ 0 };
}

enum status
qr_picture(const struct qr *q, unsigned scale, struct bytes *out,
    unsigned *side, struct diag *d)
{
	const size_t n = (size_t)(q->size + 2 * QR_QUIET) * scale;
	const size_t quiet = (size_t)QR_QUIET * scale, ink = n - 2 * quiet;
	enum status rc;
	uint8_t *row;

	bytes_free(out);
	if (scale < 1 || scale > SCALE_MAX)
		FAIL(d, ST_BUG, "%u pixels a module", scale);
	if ((out->data = malloc(n * n + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	out->len = n * n;
	memset(out->data, 0xff, n * n);
	out->data[n * n] = '\0';
	for (size_t y = 0; y < ink; y++) {
		row = out->data + (y + quiet) * n + quiet;
		for (size_t x = 0; x < ink; x++)
			if (q->module[y / scale * q->size + x / scale])
				row[x] = 0;
	}
	*side = (unsigned)n;
	rc = ST_OK;
out:
	return rc;
}

enum status
qr_prove(const struct qr *q, const char *text, qr_reader *read, void *cookie,
    struct diag *d)
{
	struct bytes gray = { 0 }, got = { 0 };
	enum status rc;
	unsigned side;

	TRY(qr_picture(q, PROVE_SCALE, &gray, &side, d));
	if (read(cookie, side, side, gray.data, &got, NULL) != ST_OK)
		FAIL(d, ST_SYSTEM, "FORMATS 10.81: the code that was made "
		    "cannot be read back");
	if (got.len != strlen(text) || memcmp(got.data, text, got.len) != 0)
		FAIL(d, ST_SYSTEM, "FORMATS 10.81: the code that was made "
		    "reads back as another text");
	rc = ST_OK;
out:
	bytes_free(&gray);
	bytes_free(&got);
	return rc;
}
