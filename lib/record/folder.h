/* folder.h -- "folder/file" inside an open state folder; a name without a
 * slash is a file at its top.  No step of it follows a link. */
#ifndef ANCHORITE_FOLDER_H
#define ANCHORITE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/entry.h"

/**
 * folder_open(dirfd, folder, create, fd, d):
 * One folder of a state, on the very medium of the state: what is mounted over
 * it would take the record elsewhere (ST_POLICY).
 */
MUST_USE enum status folder_open(int dirfd, const char *folder, bool create,
    int *fd, struct diag *d);

/* As file_read_at, file_exists_at and file_create_at of file.h; the folder is
 * made when it is absent. */
MUST_USE enum status folder_read(int dirfd, const char *name, size_t max,
    struct bytes *out, struct diag *d);
bool folder_has(int dirfd, const char *name);
MUST_USE enum status folder_create(int dirfd, const char *name,
    const void *data, size_t len, struct diag *d);

/* An object as its entry commits it.  ST_AUTH: other bytes; ${out} is empty. */
MUST_USE enum status folder_object(int dirfd, const struct object_ref *o,
    struct bytes *out, struct diag *d);

#endif
