/* strict.h -- private to lib/crypto: whether bytes are DER, all the way down.
 * OpenSSL reads BER; we do not. */
#ifndef ANCHORITE_STRICT_H
#define ANCHORITE_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * strict_der(data, len):
 * One element and nothing behind it; shortest definite lengths; universal
 * types written the one way X.690 10 and 11 leave them: strings primitive,
 * integers shortest, booleans 00 or FF, unused bits 0, members of a SET in
 * order; nested at most 16 deep.  Linear in ${len}.
 */
bool strict_der(const void *data, size_t len);

/* An element where it lies. */
struct strict_element {
	uint8_t tag;
	const uint8_t *start; /* of the header */
	const uint8_t *body;
	size_t len; /* of the body */
};

/**
 * strict_next(at, left, out):
 * The element at ${*at}, of at most ${*left} bytes; both move behind it.
 * false: there is none, or its header is not strict.  What is in it is not
 * looked at.
 */
bool strict_next(const uint8_t **at, size_t *left,
    struct strict_element *out);

#endif
