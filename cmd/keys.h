/* keys.h -- what somebody types at a terminal, one character after the other,
 * also of keyboards that have other scripts.  FORMATS 4.34. */
#ifndef ANCHORITE_CMD_KEYS_H
#define ANCHORITE_CMD_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/tty.h"

#define KEYS_QUIET_MS 80  /* a paste is over when nothing came for so long */
#define KEYS_FOREIGN '~' /* for a character of another script */

struct keys {
	struct tty *t; /* borrowed */
	uint8_t *key;  /* borrowed, 4 bytes, locked: one character in UTF-8 */
	uint8_t ahead; /* a byte that was read already, or 0 */
};

/**
 * keys_next(k, wait_ms, out, d):
 * The next character: small for a capital, ASCII for one that is wide as East
 * Asian keyboards send it, a blank for a blank of any script, KEYS_FOREIGN for
 * any other above ASCII.  0: none came in time, or a key that sends a sequence.
 * ST_USAGE: as tty_key.
 */
MUST_USE enum status keys_next(struct keys *k, int wait_ms, char *out,
    struct diag *d);

/* Whether something follows at once, as in a paste; it is the next one. */
MUST_USE enum status keys_follow(struct keys *k, bool *more, struct diag *d);

/* Whatever of a paste is still to come does nothing. */
MUST_USE enum status keys_drop(struct keys *k, int wait_ms, struct diag *d);

#endif
