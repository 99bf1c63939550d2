/* see folder.h */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/record/folder.h"

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
	return file_open_sub(dirfd, folder, create, fd, d);
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
