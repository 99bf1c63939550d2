/* see folder.h */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/record/folder.h"

/* Whether a state and its folder are on one medium: what is mounted over a
 * folder would take the record elsewhere, and perhaps into memory. */
static bool
one_medium(int dirfd, int fd)
{
	struct stat a, b;

	return fstat(dirfd, &a) == 0 && fstat(fd, &b) == 0 &&
	    a.st_dev == b.st_dev;
}

enum status
folder_open(int dirfd, const char *folder, bool create, int *fd,
    struct diag *d)
{
	enum status rc;

	TRY(file_open_sub(dirfd, folder, create, fd, d));
	if (!one_medium(dirfd, *fd)) {
		close(*fd);
		*fd = -1;
		FAIL(d, ST_POLICY, "FORMATS 7.1: %s is on another medium than "
		    "its state", folder);
	}
out:
	return rc;
}

/* Open the folder of ${name}; ${*file} is what is left of it. */
static enum status
enter(int dirfd, const char *name, bool create, int *fd, const char **file,
    struct diag *d)
{
	const char *slash = strchr(name, '/');
	char folder[64];

	*file = slash == NULL ? name : slash + 1;
	if (slash == NULL) {
		*fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);
		return *fd >= 0 ? ST_OK : diag_set(d, ST_SYSTEM, "%s: the "
		    "folder cannot be reached", name);
	}
	if ((size_t)(slash - name) >= sizeof(folder))
		return diag_set(d, ST_FORMAT, "%s: no such folder", name);
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name), name);
	return folder_open(dirfd, folder, create, fd, d);
}

enum status
folder_read(int dirfd, const char *name, size_t max, struct bytes *out,
    struct diag *d)
{
	const char *file;
	enum status rc;
	int fd = -1;

	TRY(enter(dirfd, name, false, &fd, &file, d));
	TRY(file_read_at(fd, file, max, out, d));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

enum status
folder_object(int dirfd, const struct object_ref *o, struct bytes *out,
    struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	TRY(folder_read(dirfd, o->name, FILE_MAX, out, d));
	hash_sha384_hex(out->data, out->len, digest);
	if (strcmp(digest, o->digest) != 0) {
		bytes_free(out);
		FAIL(d, ST_AUTH, "%s: FORMATS 7.3: its digest is not the one "
		    "the record has", o->name);
	}
out:
	return rc;
}

/* A folder that is there and cannot be entered may hold anything. */
static bool
folder_is_there(int dirfd, const char *name)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "%.*s", (int)strcspn(name, "/"),
	    name);
	return file_exists_at(dirfd, folder);
}

bool
folder_has(int dirfd, const char *name)
{
	const char *file;
	bool there = false;
	int fd = -1;

	if (enter(dirfd, name, false, &fd, &file, NULL) == ST_OK)
		there = file_exists_at(fd, file);
	else
		there = folder_is_there(dirfd, name);
	if (fd >= 0)
		close(fd);
	return there;
}

enum status
folder_create(int dirfd, const char *name, const void *data, size_t len,
    struct diag *d)
{
	const char *file;
	enum status rc;
	int fd = -1;

	TRY(enter(dirfd, name, true, &fd, &file, d));
	TRY(file_create_at(fd, file, data, len, d));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}
