/* ur.h -- the parts that frame_ur is made of: Uniform Resources of type
 * x-anchorite, for desks and phones without this program.
 * BCR-2020-005 (UR), BCR-2020-012 (bytewords), BCR-2024-001 (which pieces). */
#ifndef ANCHORITE_UR_H
#define ANCHORITE_UR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/**
 * ur_words(data, len, out):
 * Minimal bytewords in capitals, CRC-32 behind: 2 * (${len} + 4) letters and a
 * NUL.
 */
void ur_words(const uint8_t *data, size_t len, char *out);

/**
 * ur_unwords(text, len, out, size, out_len, d):
 * Back, in any case; ${size} has room for the check sum too.
 * ST_FORMAT: anything else, or another check sum.
 */
MUST_USE enum status ur_unwords(const char *text, size_t len, uint8_t *out,
    size_t size, size_t *out_len, struct diag *d);

/* Xoshiro256**, begun with the SHA-256 of some bytes. */
struct ur_random {
	uint64_t s[4];
};
void ur_random_seed(struct ur_random *r, const void *data, size_t len);
uint64_t ur_random_next(struct ur_random *r);

/* 0..n - 1, by way of a double as the standard has it; ${n} below 2^31. */
size_t ur_random_below(struct ur_random *r, size_t n);

/* One of 0..n - 1, each as often as its weight says, by the alias method. */
struct ur_sampler;
MUST_USE enum status ur_sampler_new(double (*weight)(size_t), size_t n,
    struct ur_sampler **out, struct diag *d);
size_t ur_sample(const struct ur_sampler *s, struct ur_random *r);
void ur_sampler_free(struct ur_sampler *s);

/* Numbers 0..n - 1 shuffled, the first ${take} of them. */
#define UR_SHUFFLE_MAX 4096
void ur_shuffle(struct ur_random *r, size_t n, size_t take, uint16_t *out);

/* The weight of i for how many pieces, less one, a part sums: 1/(i + 1). */
double ur_harmonic(size_t i);

/**
 * ur_pick(seq, k, checksum, factor, d):
 * Which of ${k} pieces are in part ${seq}, from 1: ones and zeros.
 * 1 <= k <= UR_SHUFFLE_MAX.  ST_SYSTEM: out of memory.
 */
MUST_USE enum status ur_pick(uint32_t seq, size_t k, uint32_t checksum,
    uint8_t *factor, struct diag *d);

#endif
