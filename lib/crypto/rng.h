/* rng.h -- the one door to randomness, and people's part in it. */
#ifndef ANCHORITE_RNG_H
#define ANCHORITE_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"

/**
 * rng_fill(out, len):
 * getrandom(2) through libsodium; blocks until the kernel is ready.
 */
void rng_fill(uint8_t *out, size_t len);

/**
 * rng_stream(key, out, len):
 * Numbers that look random and that anyone can compute again from ${key}, no
 * secrets: libsodium's deterministic stream, which is the ChaCha20 key stream
 * (RFC 8439, 2.4) of that key, the nonce "LibsodiumDRG" and counter 0.
 */
#define RNG_STREAM_KEY_LEN 32 /* bytes */
void rng_stream(const uint8_t key[RNG_STREAM_KEY_LEN], uint8_t *out,
    size_t len);

/* A kind of what people add to a seed: dice, coins, text.  Blanks and line
 * breaks never count: people write in groups of five. */
struct rng_people {
	const char *word;     /* "dice" */
	const char *how;      /* "Roll dice": what people do */
	const char *many, *one; /* "rolls", "roll" */
	const char *alphabet; /* what is taken; NULL: ASCII 33..126 */
	const char *also;     /* other spellings, each of ... */
	const char *as;	      /* ... what stands here at its place; or NULL */
	const char *is;	      /* "a digit of 1 to 6" */
	size_t mixed, alone;  /* at least so many; alone 0: never alone */
	unsigned most;	      /* of one character, in quarters of all */
	const char *uneven, *pattern; /* what is said of that, and of a block
				       * that is repeated throughout */
};
#define RNG_PEOPLE_MAX 4096 /* characters that people may add to one seed */

/**
 * rng_people_take(kind, typed, before, out, d):
 * What was typed without its blanks, each character in one spelling; the caller
 * frees it.  ${before}: how many there were already.
 * ST_FORMAT: a character of no such kind, by its number; or blanks alone.
 */
MUST_USE enum status rng_people_take(const struct rng_people *kind,
    const struct secret *typed, size_t before, struct secret **out,
    struct diag *d);

/**
 * rng_people_check(kind, taken, min, d):
 * ST_POLICY: less than ${min}; or what chance does not give: one character too
 * often, or a block repeated throughout.
 */
MUST_USE enum status rng_people_check(const struct rng_people *kind,
    const struct secret *taken, size_t min, struct diag *d);

/**
 * rng_seed_commit(system, out, d):
 * SHA-384 of "anchorite system entropy v1" and the 32 bytes: its words go on
 * paper before people contribute (RULES C7).
 */
MUST_USE enum status rng_seed_commit(const struct secret *system,
    uint8_t out[SHA384_LEN], struct diag *d);

/**
 * rng_seed_mix(system, people, out, d):
 * 32 bytes: system XOR HKDF-SHA-512(people, "anchorite people entropy v1",
 * "seed").  ${people} NULL: a copy of ${system}.
 */
MUST_USE enum status rng_seed_mix(const struct secret *system,
    const struct secret *people, struct secret **out, struct diag *d);

/**
 * rng_seed_unmix(seed, people, system, d):
 * The system part back again, for `reproduce`.
 */
MUST_USE enum status rng_seed_unmix(const struct secret *seed,
    const struct secret *people, struct secret **system, struct diag *d);

/**
 * rng_people_seed(taken, out, d):
 * Of dice or coins alone: the first 32 bytes of SHA-512 of the digits without
 * blanks, so that sha512sum shows the same on another machine.
 */
MUST_USE enum status rng_people_seed(const struct secret *taken,
    struct secret **out, struct diag *d);

#endif
