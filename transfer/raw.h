/* raw.h -- a parcel in the blocks of a device, without a file system that
 * somebody's driver would have to read.  FORMATS 10.60. */
#ifndef ANCHORITE_RAW_H
#define ANCHORITE_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/frozen.h"
#include "transfer/medium.h"

#define RAW_BLOCK 4096		      /* bytes: reads and writes are of these */
#define RAW_AT ((uint64_t)1 << 20)    /* where the header is, from the start */
#define RAW_MIN ((uint64_t)2 << 20)   /* bytes of the smallest device */

/**
 * raw_open(path, write, fd, m, d):
 * A block device, never made where there is none; the caller closes.  To be
 * written it is a whole device that the kernel calls removable, and that
 * nothing has mounted or holds.  ST_POLICY: not so, by name.
 */
MUST_USE enum status raw_open(const char *path, bool write, int *fd,
    struct medium *m, struct diag *d);

/**
 * raw_empty(fd, m, what, d):
 * What lies in the first MiB and the last, or at the header's place:
 * ${*what} is NULL where that is zeros, else what it looks like.
 */
MUST_USE enum status raw_empty(int fd, const struct medium *m,
    const char **what, struct diag *d);

/**
 * raw_send(fd, m, erase, data, len, d):
 * ${len} bytes, 1..PARCEL_MAX, with a header in front that is written last;
 * each synced and read back past the cache.  With ${erase} the first MiB and
 * the last become zeros before.  ST_POLICY: it is too small.  ST_SYSTEM: it
 * failed, and what is there has no whole header and is never taken.
 */
MUST_USE enum status raw_send(int fd, const struct medium *m, bool erase,
    const void *data, size_t len, struct diag *d);

/**
 * raw_receive(fd, m, out, d):
 * The bytes that the header names, copied once into sealed memory, where their
 * digest is checked.  ${out} is FROZEN_NONE before.
 * ST_FORMAT: no parcel.  ST_AUTH: not the bytes that were sent.
 */
MUST_USE enum status raw_receive(int fd, const struct medium *m,
    struct frozen *out, struct diag *d);

#endif
