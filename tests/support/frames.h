/* frames.h -- what the tests of frames have in common. */
#ifndef ANCHORITE_TESTS_FRAMES_H
#define ANCHORITE_TESTS_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "transfer/frame.h"

/* Bytes that look random and are the same in every run. */
void frames_body(uint8_t *out, size_t len, uint64_t seed);

/* A source of such a body, in pieces of at most ${most}; the test fails where
 * it cannot be had. */
struct frame_source frames_source(const struct frame_way *way, size_t len,
    size_t most, uint64_t seed);

/* Frame ${i} of it, written and read again. */
struct frame frames_take(const struct frame_source *s, uint64_t i);

/* A frame as a liar writes it: what was changed in it has a good check sum. */
enum status frames_forge(const struct frame *f, struct frame *out);

#endif
