/* front.h -- the three ways a ceremony meets people. */
#ifndef ANCHORITE_CMD_FRONT_H
#define ANCHORITE_CMD_FRONT_H

#include "ceremony/room.h"
#include "lib/base/diag.h"
#include "lib/record/front.h"
#include "lib/record/state.h"

/**
 * front_tty(out, d):
 * The controlling terminal.  ST_SYSTEM: there is none.
 */
MUST_USE enum status front_tty(struct front **out, struct diag *d);

/**
 * front_rehearsal(room, out, d):
 * TEST only: paper and sheets are folders of ${room}, borrowed.
 */
MUST_USE enum status front_rehearsal(const struct room *room,
    struct front **out, struct diag *d);

/**
 * front_files(files, n, state, out, d):
 * Shares from files ("-": standard input) and nobody to ask; ${state}
 * (borrowed) tells which share belongs to which root.
 */
MUST_USE enum status front_files(const char *const *files, size_t n,
    const struct state *state, struct front **out, struct diag *d);

/**
 * front_files_rest(f, root, d):
 * Every share that was not used is of ${root} too.  ST_AUTH: one is not.
 */
MUST_USE enum status front_files_rest(const struct front *f,
    const char *root, struct diag *d);

/* All shares that the files hold; the caller frees each. */
MUST_USE enum status front_read_shares(const char *file,
    struct secret **share, size_t max, size_t *n, struct diag *d);

/**
 * front_print(f, room, plan, d):
 * Where the plan of that name wants sheets printed and ${room} names a folder,
 * ${f} prints them there.  As printer_open and printer_try.
 */
MUST_USE enum status front_print(struct front *f, const struct room *room,
    const char *plan, struct diag *d);

void front_free(struct front *f);

/* On the heap, as ${like} says, with this cookie; front_free. */
MUST_USE enum status front_new(const struct front *like, void *cookie,
    struct front **out, struct diag *d);

/* A line that people should know, and one of progress, the same for all:
 * "step 3 of 7: ...". */
void front_tell(const struct front *f, const char *text);
void front_progress(const struct front *f, size_t i, size_t n,
    const char *text);

#endif
