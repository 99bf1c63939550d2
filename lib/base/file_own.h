/* file_own.h -- private to lib/base: what reading and making a file share. */
#ifndef ANCHORITE_FILE_OWN_H
#define ANCHORITE_FILE_OWN_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/base/file.h"

/* ST_SYSTEM: "name: what (why the machine says so)"; and the same by ${code},
 * where the machine has no complaint, but we have. */
enum status file_refuse(struct diag *d, const char *name, const char *what);
enum status file_object(struct diag *d, enum status code, const char *name,
    const char *what);

/* Whether a call was merely interrupted; not for ever. */
bool file_again(unsigned *tries);

/* openat(2) of one step, interrupted or not; -1: see errno. */
int file_step(int dirfd, const char *name, int flags);

/* Unless it is negative. */
void file_close(int fd);

/* A name is one step: what a parcel says must not lead out of its folder. */
MUST_USE enum status file_check_name(const char *name, struct diag *d);

/* The folder that ${path} ends in, which the caller closes, and what it calls
 * the last step (borrowed from ${path}). */
MUST_USE enum status file_open_parent(const char *path, int *dirfd,
    const char **name, struct diag *d);

MUST_USE enum status file_sync_folder(int dirfd, const char *name,
    struct diag *d);

#endif
