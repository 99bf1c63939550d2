/* mutate.h -- good bytes made bad, one way after another, for every parser.
 * Each mutant lies in a heap block of exactly its length, so that a read past
 * its end is seen by the sanitizers. */
#ifndef ANCHORITE_TESTS_MUTATE_H
#define ANCHORITE_TESTS_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/* The parser under test; it frees what it was given. */
typedef enum status mutate_call(const uint8_t *data, size_t len, void *ctx);

/*
 * Each returns how many mutants were *not* refused, and prints which.  Refused
 * is ST_FORMAT, ST_AUTH or ST_POLICY: a parser that answers ST_SYSTEM or
 * ST_BUG to bytes from outside is as wrong as one that takes them.
 */

/* Every proper prefix, the empty one too. */
size_t mutate_truncations(const uint8_t *good, size_t len, mutate_call *call,
    void *ctx);

/* Every single bit flipped. */
size_t mutate_bits(const uint8_t *good, size_t len, mutate_call *call,
    void *ctx);

/* Every value of one byte more at the end. */
size_t mutate_trailing(const uint8_t *good, size_t len, mutate_call *call,
    void *ctx);

#endif
