/* front.h -- the three ways a ceremony meets people. */
#ifndef ANCHORITE_CMD_FRONT_H
#define ANCHORITE_CMD_FRONT_H

#include "ceremony/room.h"
#include "lib/base/diag.h"
#include "lib/record/front.h"
#include "lib/record/state.h"

/**
 * front_tty(room, out, d):
 * The controlling terminal.  Where ${room} (borrowed, or NULL) has `scan`, the
 * codes of sheets can be scanned; so it comes before any secret.
 * ST_SYSTEM: there is none, or as sheet_scan_open.
 */
MUST_USE enum status front_tty(const struct room *room, struct front **out,
    struct diag *d);

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

/**
 * front_files_passphrases(f, file, d):
 * Passphrases for it, a line each, tried in turn ("-": standard input).
 */
MUST_USE enum status front_files_passphrases(struct front *f,
    const char *file, struct diag *d);

/* All shares that the files hold, and all lines; the caller frees each. */
MUST_USE enum status front_read_shares(const char *file,
    struct secret **share, size_t max, size_t *n, struct diag *d);
MUST_USE enum status front_read_lines(const char *file,
    struct secret **line, size_t max, size_t *n, struct diag *d);

/**
 * front_of(files, n, passphrases, state, out, d):
 * front_files with the passphrases of a file (NULL: none), or, where there is
 * no file of shares, front_tty.  ST_USAGE: people type, and so does who keeps
 * the passphrase.
 */
MUST_USE enum status front_of(const char *const *files, size_t n,
    const char *passphrases, const struct state *state, struct front **out,
    struct diag *d);

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
