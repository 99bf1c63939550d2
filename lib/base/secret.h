/* secret.h -- bytes that must be locked in memory and wiped. */
#ifndef ANCHORITE_SECRET_H
#define ANCHORITE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

/* Guarded pages, locked, never in a core dump: memfd_secret(2) where the
 * kernel has it (not even root reads it), sodium_malloc(3) else.
 * Never grown, never printed. */
struct secret;

#define SECRET_MAX 65536

/**
 * secret_process(d):
 * Once, first in main: no core dump, not dumpable, libsodium ready.
 * ST_SYSTEM: one of these was refused.
 */
MUST_USE enum status secret_process(struct diag *d);

/**
 * secret_new(len, out, d):
 * ${len} zero bytes, 1..SECRET_MAX, owned by the caller (secret_free).
 * ST_SYSTEM: the memory could not be had or could not be locked.
 */
MUST_USE enum status secret_new(size_t len, struct secret **out,
    struct diag *d);

/**
 * secret_copy(s, out, d):
 * A second secret with the same bytes.
 */
MUST_USE enum status secret_copy(const struct secret *s, struct secret **out,
    struct diag *d);

/**
 * secret_shared(len, out, d):
 * The same of up to SECRET_SHARED_MAX bytes, which a child that is forked now
 * sees too, and what either writes; secret_unshare ends that for children
 * forked later.  It has no secret yet and is not counted by secret_alive.
 */
#define SECRET_SHARED_MAX ((size_t)1 << 20)
MUST_USE enum status secret_shared(size_t len, struct secret **out,
    struct diag *d);
MUST_USE enum status secret_unshare(struct secret *s, struct diag *d);

/* The bytes and how many; valid until secret_free. */
uint8_t *secret_bytes(struct secret *s);
const uint8_t *secret_peek(const struct secret *s);
size_t secret_len(const struct secret *s);

/* How many there are: a child process of now would have them too. */
size_t secret_alive(void);

/**
 * secret_equal(a, b):
 * Constant time in the bytes; lengths are public.
 */
bool secret_equal(const struct secret *a, const struct secret *b);

/**
 * secret_free(s):
 * Wipe and free.  secret_free(NULL) is allowed.
 */
void secret_free(struct secret *s);

/**
 * secret_wipe(data, len):
 * Zero bytes on the stack that were secret; not optimised away.
 */
void secret_wipe(void *data, size_t len);

#endif
