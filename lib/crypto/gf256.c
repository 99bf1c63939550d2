/* see gf256.h */
#include <string.h>

#include "lib/crypto/gf256.h"

#define REDUCE 0x1b /* x^8 = x^4 + x^3 + x + 1 */

/* All ones when the lowest bit of ${bit} is set, else zero. */
static uint8_t
mask(unsigned bit)
{
	return (uint8_t)(0U - (bit & 1U));
}

uint8_t
gf256_mul(uint8_t a, uint8_t b)
{
	unsigned r = 0, power = a; /* a, 2a, 4a, ... */

	for (unsigned i = 0; i < 8; i++) {
		r ^= power & mask((unsigned)b >> i);
		power = (power << 1 & 0xff) ^ (REDUCE & mask(power >> 7));
	}
	return (uint8_t)r;
}

/* a^254: every element but 0 to the 255th is 1. */
uint8_t
gf256_inv(uint8_t a)
{
	uint8_t power = a, r = 1;

	for (int i = 0; i < 7; i++) {
		power = gf256_mul(power, power);
		r = gf256_mul(r, power);
	}
	return r;
}

/* How much the ${i}th point counts at ${x}; x alone goes in, all public. */
static uint8_t
weight(const struct gf256_point *p, size_t n, size_t i, uint8_t x)
{
	uint8_t above = 1, below = 1;

	for (size_t j = 0; j < n; j++) {
		if (j == i)
			continue;
		above = gf256_mul(above, x ^ p[j].x);
		below = gf256_mul(below, p[i].x ^ p[j].x);
	}
	return gf256_mul(above, gf256_inv(below));
}

void
gf256_at(const struct gf256_point *p, size_t n, uint8_t x, uint8_t *out,
    size_t len)
{
	uint8_t w;

	memset(out, 0, len);
	for (size_t i = 0; i < n; i++) {
		w = weight(p, n, i, x);
		for (size_t k = 0; k < len; k++)
			out[k] ^= gf256_mul(p[i].y[k], w);
	}
}
