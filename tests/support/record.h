/* record.h -- entries made by hand, and folders to put a state in. */
#ifndef ANCHORITE_TESTS_RECORD_H
#define ANCHORITE_TESTS_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "lib/record/entry.h"
#include "lib/record/state.h"
#include "lib/record/stick.h"

#define RECORD_TIME 1805155200 /* 2027-03-16T00:00:00Z; entries a minute on */

/* A folder of the test's own below the present one, entered; and left, with
 * all that it holds removed. */
void record_room(void);
void record_leave(void);

/* A file of text, made, or made to hold something else. */
void record_file(const char *path, const char *text);

/* The same with the byte in the middle of what is there flipped. */
void record_flip(const char *path);

/**
 * record_entry(e, number, previous, kind, facts):
 * An entry, not sealed yet.  ${facts} (may be NULL) is key and value in turn,
 * NULL-ended; a key that begins with + adds to a list.
 */
void record_entry(struct entry *e, uint64_t number, const char *previous,
    const char *kind, const char *const *facts);

/* Add an entry with one object to the state in one or two folders (${b} may be
 * NULL); ${object} NULL: none.  Fails the test where it is refused. */
void record_grow(const char *a, const char *b, const char *object,
    const char *bytes);

/* ${n} entries, each with issued/%06u.crt. */
void record_fill(const char *a, const char *b, unsigned n);

/* The next entry of a state in memory, sealed and taken in. */
enum status record_apply(struct state *s, const char *kind,
    const char *const *facts, const char *object, struct diag *d);

/* The facts that open a ceremony in ${mode}. */
enum status record_open(struct state *s, unsigned number, const char *mode,
    struct diag *d);

#endif
