/* gf256.h -- arithmetic in the field of 256 elements that SLIP-39 shares live
 * in: x^8 + x^4 + x^3 + x + 1.  No branch and no address depends on a value,
 * but for gf256_add_public. */
#ifndef ANCHORITE_GF256_H
#define ANCHORITE_GF256_H

#include <stddef.h>
#include <stdint.h>

#define GF256_POINTS_MAX 16

/* A point of a polynomial whose values are strings of bytes, each byte its own
 * polynomial.  ${x} is public, the bytes at ${y} are not; borrowed. */
struct gf256_point {
	uint8_t x;
	const uint8_t *y;
};

uint8_t gf256_mul(uint8_t a, uint8_t b);

/* 1 / a; for 0 it is 0, so callers make sure that no two x are the same. */
uint8_t gf256_inv(uint8_t a);

/**
 * gf256_at(p, n, x, out, len):
 * The value at ${x} of the one polynomial of degree below ${n} through ${n}
 * points of different x, 1..GF256_POINTS_MAX (Lagrange).  ${out} takes ${len}
 * bytes and is none of the points' values.
 */
void gf256_at(const struct gf256_point *p, size_t n, uint8_t x, uint8_t *out,
    size_t len);

/**
 * gf256_add_public(out, y, w, len):
 * ${out} += ${w} ${y}, ${len} bytes each, by a table that ${w} and ${y} index:
 * several times as fast, and for what is no secret alone.
 */
void gf256_add_public(uint8_t *out, const uint8_t *y, uint8_t w, size_t len);

#endif
