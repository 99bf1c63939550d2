/* file.h -- files that are never replaced, renamed or half believed.
 * See docs/DESIGN.md, "State on sticks". */
#ifndef ANCHORITE_FILE_H
#define ANCHORITE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"

/* Where a folder is open already, ${name} is one step: neither empty nor . nor
 * .. and without a slash (ST_FORMAT), so that no name leads out of it. */

#define FILE_MAX ((size_t)16 << 20) /* bytes; the most that is ever read */

/**
 * file_open_dir(path, create, fd, d):
 * A folder, not a link at its last step, as a file descriptor the caller
 * closes.  With ${create} it is made (0700) when absent, its parent synced.
 */
MUST_USE enum status file_open_dir(const char *path, bool create, int *fd,
    struct diag *d);

/**
 * file_open_sub(dirfd, name, create, fd, d):
 * The same for a folder inside an open one.
 */
MUST_USE enum status file_open_sub(int dirfd, const char *name, bool create,
    int *fd, struct diag *d);

/**
 * file_read(path, max, out, d):
 * All of a regular file of at most ${max} bytes.  Links are followed here:
 * for what a person named on the command line.
 * ST_SYSTEM: cannot be read.  ST_FORMAT: not a regular file, or too large.
 */
MUST_USE enum status file_read(const char *path, size_t max,
    struct bytes *out, struct diag *d);

/**
 * file_read_at(dirfd, name, max, out, d):
 * The same inside an open folder, without following a link at the last step.
 */
MUST_USE enum status file_read_at(int dirfd, const char *name, size_t max,
    struct bytes *out, struct diag *d);

/**
 * file_read_secret(path, max, out, d):
 * As file_read, straight into locked memory, never stdio.  At least 1 and at
 * most ${max} bytes, or ST_FORMAT.
 */
MUST_USE enum status file_read_secret(const char *path, size_t max,
    struct secret **out, struct diag *d);

/* The same as file_read_at. */
MUST_USE enum status file_read_secret_at(int dirfd, const char *name,
    size_t max, struct secret **out, struct diag *d);

/* The same from standard input, which may be a pipe or a terminal. */
MUST_USE enum status file_read_secret_stdin(size_t max, struct secret **out,
    struct diag *d);

/**
 * file_exists_at(dirfd, name):
 * Whether anything of that name is there, link or not.  What cannot be looked
 * at is taken to be there.
 */
bool file_exists_at(int dirfd, const char *name);

/**
 * file_create_at(dirfd, name, data, len, d):
 * A new file under its final name: O_EXCL, all bytes, file synced, folder
 * synced, read back from the medium past the cache and compared.  Only then
 * ST_OK.  What was torn by a failure stays there for the next to name.
 * ST_POLICY: the name is taken.  ST_SYSTEM: anything the medium refused,
 * after which it is not to be written to again.
 */
MUST_USE enum status file_create_at(int dirfd, const char *name,
    const void *data, size_t len, struct diag *d);

/**
 * file_same_at(dirfd, name, data, len, d):
 * Once more, past the cache: the file is these very bytes.  ST_SYSTEM: it is
 * not, or cannot be read.
 */
MUST_USE enum status file_same_at(int dirfd, const char *name,
    const void *data, size_t len, struct diag *d);

/**
 * file_create(path, data, len, d):
 * The same for an output that a person named, not part of a state: what was
 * torn by a failure is removed again, so that nothing partial is left.
 */
MUST_USE enum status file_create(const char *path, const void *data,
    size_t len, struct diag *d);

/* Whether an open folder is the open folder ${of}, or somewhere below it. */
bool file_lies_in(int dirfd, int of);

/**
 * file_remove_tree(path):
 * Take away a folder that this very call made and nobody will want, as far as
 * it can be.  Never a state that a ceremony wrote to.
 */
void file_remove_tree(const char *path);

/**
 * file_list_at(dirfd, names, n, d):
 * Names of all entries of a folder but . and .., sorted by byte value; the
 * caller frees with file_list_free.  At most FILE_LIST_MAX.
 */
#define FILE_LIST_MAX 1000000
MUST_USE enum status file_list_at(int dirfd, char ***names, size_t *n,
    struct diag *d);
void file_list_free(char **names, size_t n);

/**
 * file_is_memory(fd):
 * Whether the file system of ${fd} lives in RAM and dies with the machine, or
 * does not say.
 */
bool file_is_memory(int fd);

#endif
