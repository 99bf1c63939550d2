/* shares.h -- what the tests of shares have in common. */
#ifndef ANCHORITE_TESTS_SHARES_H
#define ANCHORITE_TESTS_SHARES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/secret.h"
#include "lib/crypto/slip39.h"

/* Numbers that look random and are the same in every run (xorshift64). */
struct prng {
	uint64_t state; /* not 0 */
};
uint64_t prng_next(struct prng *p);
void prng_fill(struct prng *p, uint8_t *out, size_t len);

/* The same as a source for splitting. */
struct slip39_source prng_source(struct prng *p);

/* Bytes or text as a secret; the test fails where it cannot be had. */
struct secret *shares_secret(const void *data, size_t len);
struct secret *shares_text(const char *text);

/* A scheme of ${need} groups, given as need and members in turn, ending in 0;
 * extendable, exponent 0. */
struct slip39_scheme shares_scheme(unsigned need, ...);

/* Split ${ems} without refusal. */
void shares_split(const struct secret *ems,
    const struct slip39_scheme *scheme, uint64_t seed,
    struct slip39_set *out);

/* Read without refusal. */
struct slip39_share *shares_read(const struct secret *mnemonic);

#endif
