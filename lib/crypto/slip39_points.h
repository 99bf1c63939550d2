/* slip39_points.h -- one level of SLIP-0039 ("Sharing a secret"): a value, its
 * digest, its points.  At x = 255 lies the value, at x = 254 its digest,
 * elsewhere the shares.  No branch and no address depends on a value. */
#ifndef ANCHORITE_SLIP39_POINTS_H
#define ANCHORITE_SLIP39_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/gf256.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"

#define SLIP39_VALUE_MAX 44 /* bytes; what 43 words hold */

/* What joining holds meanwhile; the caller keeps it in locked memory. */
struct slip39_work {
	uint8_t digest[SLIP39_VALUE_MAX];
	uint8_t mac[SHA256_LEN];
};

/**
 * slip39_points_split(value, len, need, n, source, out, d):
 * ${n} shares of ${len} bytes, one behind the other, for x = 0..${n} - 1.
 * Drawn from ${source} in this order (FORMATS 4.18): the shares of x = 0 to
 * ${need} - 3, then the digest's ${len} - 4 bytes.  ${need} 1: copies of
 * ${value}, nothing drawn.
 */
MUST_USE enum status slip39_points_split(const uint8_t *value, size_t len,
    uint8_t need, uint8_t n, const struct slip39_source *source, uint8_t *out,
    struct diag *d);

/**
 * slip39_points_join(p, need, len, out, work):
 * The value that ${need} points of different x determine.  0 when its digest
 * holds (with ${need} 1 there is none); the caller decides what to tell.
 */
MUST_USE int slip39_points_join(const struct gf256_point *p, size_t need,
    size_t len, uint8_t *out, struct slip39_work *work);

#endif
