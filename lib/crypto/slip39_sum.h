/* slip39_sum.h -- RS1024, the checksum of a share's words, and which word it
 * points at.  SLIP-0039, "Checksum"; FORMATS 4.6.  No branch and no address
 * depends on a word. */
#ifndef ANCHORITE_SLIP39_SUM_H
#define ANCHORITE_SLIP39_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * slip39_sum(word, n, extendable):
 * Over the customization string and ${n} words of 10 bits: 1 when the checksum
 * among them holds.
 */
uint32_t slip39_sum(const uint16_t *word, size_t n, bool extendable);

/**
 * slip39_sum_locate(word, n, extendable, change):
 * Which of ${n} words, 1.., explains by itself that the sum is not 1, and by
 * what XOR; else 0.
 */
size_t slip39_sum_locate(const uint16_t *word, size_t n, bool extendable,
    uint16_t *change);

#endif
