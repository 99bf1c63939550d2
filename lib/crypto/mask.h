/* mask.h -- choosing without a branch: masks of all ones or all zeros that the
 * compiler cannot see through.  Without the empty asm, clang 14 turns such a
 * mask back into a jump on the secret. */
#ifndef ANCHORITE_MASK_H
#define ANCHORITE_MASK_H

#include <stdint.h>

/* The same value, of which the compiler knows nothing. */
static inline uint64_t
mask_opaque(uint64_t v)
{
	__asm__("" : "+r"(v));
	return v;
}

/* All ones when bit ${i} of ${v} is set, else zero. */
static inline uint64_t
mask_bit(uint64_t v, unsigned i)
{
	return 0 - mask_opaque(v >> i & 1);
}

/* All ones when ${v} is zero, else zero. */
static inline uint64_t
mask_zero(uint64_t v)
{
	return mask_opaque((v | (0 - v)) >> 63) - 1;
}

#endif
