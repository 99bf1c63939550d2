/* stick.h -- the state folder on one or two media: read as a chain, written
 * as new files only.  docs/DESIGN.md "State on sticks"; FORMATS 7. */
#ifndef ANCHORITE_STICK_H
#define ANCHORITE_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/entry.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

#define STICKS_MAX 2

/* A state folder as found: the longest chain of whole entries, and the files
 * that no entry of it commits or names. */
struct chain {
	struct entry *entry; /* owned */
	size_t n;
	char **stray; /* owned; folder/file, escaped, sorted */
	size_t nstray;
};

struct stick {
	char *path; /* as the room names it */
	int dirfd;
	dev_t dev; /* of the folder when it was opened */
	ino_t ino;
	bool made; /* it was not there before */
	struct chain chain;
};

struct sticks {
	struct stick stick[STICKS_MAX]; /* A, then B */
	size_t n;
	bool failed; /* a write went wrong: nothing more is written */
};

/**
 * variant_of(name, plain):
 * Whether an object or entry is ${plain} or what it is called where torn files
 * had taken its names: ${plain} with -2 ... -9 before its first dot.
 */
bool variant_of(const char *name, const char *plain);

/**
 * chain_read(dirfd, name, out, d):
 * Read record/000001.json and on.  An entry whose name a torn file has taken
 * stands under 000001-2.json, -3 ... -9.  A torn last entry never happened: it
 * is a stray.  ST_AUTH: an entry is missing or altered and later ones are
 * there, a whole one does not follow, or two claim one number.
 */
MUST_USE enum status chain_read(int dirfd, const char *name,
    struct chain *out, struct diag *d);
void chain_clear(struct chain *c);
void strays_free(char **stray, size_t n);

/**
 * chain_prefix(a, b):
 * Whether all of ${a} is the beginning of ${b}.
 */
bool chain_prefix(const struct chain *a, const struct chain *b);

/**
 * state_load(path, out, dirfd, strays, d):
 * For readers: the chain of one folder replayed; ${*dirfd} is the caller's to
 * close after state_free.  ${strays} (may be NULL) gets files outside the
 * record's coverage; the caller frees with strays_free.
 */
MUST_USE enum status state_load(const char *path, struct state **out,
    int *dirfd, char ***strays, size_t *nstrays, struct diag *d);

/**
 * sticks_open(paths, n, create, memory, out, d):
 * For the engine: open 1 or 2 folders (made when absent, with ${create}) and
 * lock them (FORMATS 7.10), have the kernel write out what it still holds of
 * them, read their chains; one must be the beginning of the other, and the
 * shorter is brought forward.
 * ST_POLICY: a file system in RAM, unless ${memory}; another program has it; a
 * desk copy (desk.h).  ST_AUTH: two histories.
 */
MUST_USE enum status sticks_open(const char *const *paths, size_t n,
    bool create, bool memory, struct sticks **out, struct diag *d);
void sticks_free(struct sticks *s);

/* The longest chain among them. */
const struct chain *sticks_chain(const struct sticks *s);

/**
 * sticks_commit(s, e, o, d):
 * Write the objects of ${o} (may be NULL) to each stick, then the entry ${e},
 * which gets their final names and digests and is sealed here; a name that a
 * torn file has taken gets -2, -3 ... before its ending.  ST_OK only after all
 * of it was synced and read back from every medium.  ST_SYSTEM: a medium failed
 * or is another than the one that was opened; nothing more may be written.
 */
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
