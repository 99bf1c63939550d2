/* qr.h -- text as a QR code (ISO/IEC 18004:2015), by libqrencode. */
#ifndef ANCHORITE_QR_H
#define ANCHORITE_QR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

#define QR_VERSION_MAX 40
#define QR_SIZE(version) (17 + 4 * (version)) /* modules a side */
#define QR_SIZE_MAX QR_SIZE(QR_VERSION_MAX)
#define QR_QUIET 4 /* modules of white around a code (6.3.8) */
#define QR_TEXT_MAX 7089 /* characters: the digits of a 40-L */

/* How much of a code may be damaged: 7, 15, 25, 30 of 100. */
enum qr_level { QR_L, QR_M, QR_Q, QR_H };

/* One code.  ${module} has ${size} rows of ${size} bytes, 1 is dark; without
 * its quiet zone.  Owned by the caller (qr_free). */
struct qr {
	unsigned version; /* 1 to QR_VERSION_MAX */
	unsigned size;	  /* QR_SIZE(version) */
	uint8_t *module;
};

/**
 * qr_make(text, version, level, out, d):
 * The code of exactly this version.  ${text} is what QR calls alphanumeric,
 * [0-9A-Z $%*+./:-], so that it survives any reader and any line of text; the
 * digits at its end are packed as such (ten bits to three, not eleven to two)
 * where that is shorter.
 * ST_FORMAT: another character, or none.  ST_POLICY: it does not fit.
 */
MUST_USE enum status qr_make(const char *text, unsigned version,
    enum qr_level level, struct qr *out, struct diag *d);

/**
 * qr_lines(text, len, level, out, d):
 * Printable ASCII and line feeds, as bytes, in the smallest code that has room:
 * for what a stranger reads with any program, and is no frame.
 * ST_FORMAT: another character, or none.  ST_POLICY: it does not fit.
 */
MUST_USE enum status qr_lines(const char *text, size_t len,
    enum qr_level level, struct qr *out, struct diag *d);

/* Free what is owned; ${q} is empty afterwards.  qr_free(NULL) is allowed. */
void qr_free(struct qr *q);

/* How many digits fit behind a prefix of ${prefix} characters that ends in
 * none; 0 if there is no such version or the prefix alone is too long. */
size_t qr_digits(unsigned version, enum qr_level level, size_t prefix);

/* How many characters fit, digits or not; 0 if there is no such version. */
size_t qr_letters(unsigned version, enum qr_level level);

/**
 * qr_picture(q, scale, out, side, d):
 * The code in gray, ${scale} (1 to 64) pixels a module, its quiet zone around
 * it: ${*side} rows of ${*side} bytes, 0 is black and 255 white.
 */
MUST_USE enum status qr_picture(const struct qr *q, unsigned scale,
    struct bytes *out, unsigned *side, struct diag *d);

/**
 * qr_reader: what reads a picture back, before it is shown: one code is in
 * ${gray}, of which ${out} gets the text.  ST_FORMAT: there is none in it.
 */
typedef enum status qr_reader(void *cookie, unsigned width, unsigned height,
    const uint8_t *gray, struct bytes *out, struct diag *d);

/**
 * qr_prove(q, text, read, cookie, d):
 * That ${read} finds ${text} in the picture of ${q}.  ST_SYSTEM: it does not.
 */
MUST_USE enum status qr_prove(const struct qr *q, const char *text,
    qr_reader *read, void *cookie, struct diag *d);

#endif
