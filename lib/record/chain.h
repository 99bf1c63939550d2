/* chain.h -- a state folder as it is read: the chain of its entries, and what
 * is not of it.  docs/DESIGN.md "State on sticks"; FORMATS 7. */
#ifndef ANCHORITE_RECORD_CHAIN_H
#define ANCHORITE_RECORD_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/record/entry.h"
#include "lib/record/state.h"

/* A state folder as found: the longest chain of whole entries, and the files
 * that no entry of it commits or names. */
struct chain {
	struct entry *entry; /* owned */
	size_t n;
	char **stray; /* owned; folder/file, escaped, sorted */
	size_t nstray;
};

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
 * chain_replay(c, dirfd, out, d):
 * The state that the entries of ${c} give, which move into it; ${dirfd} is
 * borrowed by it, to read objects.  The caller frees (state_free).
 */
MUST_USE enum status chain_replay(struct chain *c, int dirfd,
    struct state **out, struct diag *d);

/**
 * state_load(path, out, dirfd, strays, d):
 * For readers: the chain of one folder replayed; ${*dirfd} is the caller's to
 * close after state_free.  ${strays} (may be NULL) gets files outside the
 * record's coverage; the caller frees with strays_free.
 */
MUST_USE enum status state_load(const char *path, struct state **out,
    int *dirfd, char ***strays, size_t *nstrays, struct diag *d);

/* The same where the folder is the state's own, which state_free closes. */
MUST_USE enum status state_from(const char *path, struct state **out,
    struct diag *d);

#endif
