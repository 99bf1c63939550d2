/* stick.h -- the state folder on one or two media, written as new files only.
 * docs/DESIGN.md "State on sticks"; FORMATS 7. */
#ifndef ANCHORITE_STICK_H
#define ANCHORITE_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/diag.h"
#include "lib/record/chain.h"
#include "lib/record/entry.h"
#include "lib/record/step.h"

#define STICKS_MAX 2
#define STICK_FOLDERS_MAX 16

struct stick {
	const char *path; /* as the room names it; borrowed */
	int dirfd;
	dev_t dev; /* of the folder when it was opened */
	ino_t ino;
	bool made; /* it was not there before */
	/* its folders, each opened once: durable from then on */
	struct {
		char name[16];
		int fd;
	} folder[STICK_FOLDERS_MAX];
	size_t nfolders;
	struct chain chain;
};

struct sticks {
	struct stick stick[STICKS_MAX]; /* A, then B */
	size_t n;
	bool failed; /* a write went wrong: nothing more is written */
};

/**
 * sticks_look(paths, n, memory, out, d):
 * For the engine: open those of 1 or 2 folders that are there, lock them
 * (FORMATS 7.10) and read their chains, of which one must be the beginning of
 * the other.  Nothing is made or written.
 * ST_POLICY: a file system in RAM, unless ${memory}; another program has it; it
 * is no state folder, or a desk copy (desk.h).  ST_AUTH: two histories.
 */
MUST_USE enum status sticks_look(const char *const *paths, size_t n,
    bool memory, struct sticks **out, struct diag *d);

/* The longest chain among them: its entries may be moved away (chain_replay),
 * and are given back to sticks_begin; and its folder, or -1. */
struct chain *sticks_longest(struct sticks *s, int *dirfd);

/**
 * sticks_begin(s, e, n, d):
 * To write to them from here on: make those that are absent, have the kernel
 * write out what it still holds of them, and bring each forward to the ${n}
 * entries ${e} of the longest.  Nothing that was made is left of a refusal.
 */
MUST_USE enum status sticks_begin(struct sticks *s, const struct entry *e,
    size_t n, struct diag *d);

/**
 * sticks_open(paths, n, create, memory, out, d):
 * Both at once; ST_SYSTEM where one is absent, unless ${create}.
 */
MUST_USE enum status sticks_open(const char *const *paths, size_t n,
    bool create, bool memory, struct sticks **out, struct diag *d);
void sticks_free(struct sticks *s);

/* The chain of each, after sticks_open. */
const struct chain *sticks_chain(const struct sticks *s);

/**
 * sticks_seal(s, e, o, d):
 * Give the entry ${e} the final names and digests of the objects of ${o} (may
 * be NULL), and seal it; a name that a torn file has taken gets -2, -3 ...
 * before its ending.  Nothing is written.
 */
MUST_USE enum status sticks_seal(struct sticks *s, struct entry *e,
    const struct outcome *o, struct diag *d);

/**
 * sticks_write(s, e, o, d):
 * Write the objects to each stick, then the sealed entry.  ST_OK only after all
 * of it was synced and read back from every medium.  ST_SYSTEM: a medium failed
 * or is another than the one that was opened; nothing more may be written.
 *
 * sticks_commit(s, e, o, d): both.
 */
MUST_USE enum status sticks_write(struct sticks *s, const struct entry *e,
    const struct outcome *o, struct diag *d);
MUST_USE enum status sticks_commit(struct sticks *s, struct entry *e,
    const struct outcome *o, struct diag *d);

/**
 * sticks_copy(from, to, d):
 * Bring folder ${to} (new, empty, or a beginning of ${from}) up to ${from}.
 * ST_AUTH: it has something that ${from} has not: never back; or an object is
 * not the one of record.  ST_POLICY: it is no state folder, or one of the two
 * is a desk copy (desk.h).
 */
MUST_USE enum status sticks_copy(const char *from, const char *to,
    struct diag *d);

#endif
