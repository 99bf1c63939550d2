/* desk.h -- the desk copy: a state without what is private, for everybody who
 * checks and nobody who signs; and where two copies part.  FORMATS 7.12. */
#ifndef ANCHORITE_DESK_H
#define ANCHORITE_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/record/entry.h"
#include "lib/record/state.h"

/* Whether an object is one that never leaves the sticks. */
bool desk_is_private(const char *name);

/* How many private objects ${n} entries commit. */
size_t desk_count(const struct entry *entry, size_t n);

/**
 * desk_whole(path, dirfd, entry, n, d):
 * A stick has every private object of its record.
 * ST_POLICY: one is not there, by name: it is a desk copy.
 */
MUST_USE enum status desk_whole(const char *path, int dirfd,
    const struct entry *entry, size_t n, struct diag *d);

/**
 * desk_publish(s, to, d):
 * Write all of ${s} but what is private into the new folder ${to}, each file
 * held against the record and read back; the copy is then read as a state.
 * ${s} has its folder.  On refusal ${to} is not there.
 * ST_POLICY: a ceremony is open; ${to} is there, or would lie inside the
 * state.  ST_AUTH: an object is not the one of record.
 */
MUST_USE enum status desk_publish(const struct state *s, const char *to,
    struct diag *d);

enum desk_relation {
	DESK_EQUAL,
	DESK_A_FIRST, /* a is the beginning of b */
	DESK_B_FIRST,
	DESK_APART
};

/**
 * desk_compare(a, b, at):
 * How two records stand to each other; ${*at} is the number of entries, from
 * the first on, that they have in common.
 */
enum desk_relation desk_compare(const struct state *a, const struct state *b,
    size_t *at);

/**
 * desk_object(s, ref, same, d):
 * Whether the file of ${s} is the object of record, all of it.  What a desk
 * copy does not have is not looked at, and the same.  ST_SYSTEM, ST_FORMAT:
 * it is there, and cannot be read.
 */
MUST_USE enum status desk_object(const struct state *s,
    const struct object_ref *ref, bool *same, struct diag *d);

#endif
