/* see gf256.h */
#include <string.h>

#include "lib/crypto/gf256.h"
#include "lib/crypto/mask.h"

#define LANES 8 /* bytes in a word */
#define LOW_BITS 0x7f7f7f7f7f7f7f7f
#define TOP_DOWN 0x0101010101010101

/* x^8 = x^4 + x^3 + x + 1: what stands in place of the bits that leave. */
static uint64_t
reduce(uint64_t high)
{
	return high << 4 ^ high << 3 ^ high << 1 ^ high;
}

uint8_t
gf256_mul(uint8_t a, uint8_t b)
{
	uint64_t product = 0;

	for (unsigned i = 0; i < 8; i++)
		product ^= (uint64_t)a << i & mask_bit(b, i);
	/* 15 bits, then 11, then 8 */
	product = (product & 0xff) ^ reduce(product >> 8);
	product = (product & 0xff) ^ reduce(product >> 8);
	return (uint8_t)product;
}

/* ${out} += w y, a word of eight bytes at a time: y, 2y, 4y and so on, as the
 * bits of w say. */
static void
add_multiple(uint8_t *out, const uint8_t *y, uint8_t w, size_t len)
{
	uint64_t sum, power;
	size_t n;

	for (size_t k = 0; k < len; k += n) {
		n = len - k < LANES ? len - k : LANES;
		sum = power = 0;
		memcpy(&sum, out + k, n);
		memcpy(&power, y + k, n);
		for (unsigned i = 0; i < 8; i++) {
			sum ^= power & mask_bit(w, i);
			power = (power & LOW_BITS) << 1 ^
			    reduce(power >> 7 & TOP_DOWN);
		}
		memcpy(out + k, &sum, n);
	}
}

/* Adding alone, a word at a time: half of what there is to do where rows are
 * of ones and zeros. */
static void
add_once(uint8_t *out, const uint8_t *y, size_t len)
{
	uint64_t sum, more;
	size_t n;

	for (size_t k = 0; k < len; k += n) {
		n = len - k < LANES ? len - k : LANES;
		sum = more = 0;
		memcpy(&sum, out + k, n);
		memcpy(&more, y + k, n);
		sum ^= more;
		memcpy(out + k, &sum, n);
	}
}

void
gf256_add_public(uint8_t *out, const uint8_t *y, uint8_t w, size_t len)
{
	uint8_t times[256] = { 0 };

	if (w == 1) {
		add_once(out, y, len);
		return;
	}
	/* w x for each x: from those below 2^i the ones below 2^(i + 1) */
	for (size_t bit = 1; bit < sizeof(times); bit <<= 1) {
		times[bit] = gf256_mul(w, (uint8_t)bit);
		for (size_t x = 1; x < bit; x++)
			times[bit + x] = times[bit] ^ times[x];
	}
	for (size_t k = 0; k < len; k++)
		out[k] ^= times[y[k]];
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
	memset(out, 0, len);
	for (size_t i = 0; i < n; i++)
		add_multiple(out, p[i].y, weight(p, n, i, x), len);
}
