/* frozen.h -- bytes from outside, copied once into memory that nobody can
 * change any more: what was digested is what is parsed. */
#ifndef ANCHORITE_FROZEN_H
#define ANCHORITE_FROZEN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/* A memfd; with its seals (fcntl(2), F_ADD_SEALS) neither this process nor who
 * else holds it can write, grow or shrink it.  Empty is FROZEN_NONE. */
#define FROZEN_NONE { .fd = -1 }
struct frozen {
	int fd; /* owned, or -1 */
	size_t len;
	const uint8_t *data; /* NULL until it is sealed, and where len is 0 */
};

/* Nothing in it yet.  ST_SYSTEM: the kernel gives none. */
MUST_USE enum status frozen_new(struct frozen *s, struct diag *d);

/**
 * frozen_add(s, data, len, d):
 * More bytes at its end.  The caller bounds them.  ST_SYSTEM: no memory.
 */
MUST_USE enum status frozen_add(struct frozen *s, const void *data, size_t len,
    struct diag *d);

/* Seal it, and map what is in it for reading alone. */
MUST_USE enum status frozen_close(struct frozen *s, struct diag *d);

/* FROZEN_NONE from then on. */
void frozen_free(struct frozen *s);

#endif
