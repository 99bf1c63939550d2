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

#define ENTROPY_DICE_MIN 50	  /* rolls mixed in: 129 bits */
#define ENTROPY_DICE_ONLY_MIN 100 /* rolls alone: 258 bits */

/**
 * rng_dice_check(digits, min, d):
 * Digits 1..6 and nothing else, at least ${min}.  ST_FORMAT: another
 * character, by its place.  ST_POLICY: too few, or what no fair die gives:
 * one face on more than half of the rolls, or a block repeated throughout.
 */
MUST_USE enum status rng_dice_check(const struct secret *digits, size_t min,
    struct diag *d);

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
 * rng_dice_seed(digits, out, d):
 * dice-only: the first 32 bytes of SHA-512 of the digits as typed, so that
 * `printf DIGITS | sha512sum` shows the same on another machine.
 */
MUST_USE enum status rng_dice_seed(const struct secret *digits,
    struct secret **out, struct diag *d);

#endif
