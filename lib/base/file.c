/* see file.h: folders, and what is read. */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/magic.h>

#include "lib/base/file_own.h"
#include "lib/base/text.h"

#define INTERRUPTS_MAX 100 /* in a row; then it is no accident */
#define SHOWN_MAX 300	   /* bytes of a name in a refusal */
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

enum status
file_refuse(struct diag *d, const char *name, const char *what)
{
	const char *why = strerror(errno);
	char shown[SHOWN_MAX];

	text_escape(name, strlen(name), shown, sizeof(shown));
	return diag_set(d, ST_SYSTEM, "%s: %s (%s)", shown, what, why);
}

enum status
file_object(struct diag *d, enum status code, const char *name,
    const char *what)
{
	char shown[SHOWN_MAX];

	text_escape(name, strlen(name), shown, sizeof(shown));
	return diag_set(d, code, "%s: %s", shown, what);
}

bool
file_again(unsigned *tries)
{
	return errno == EINTR && ++*tries < INTERRUPTS_MAX;
}

int
file_step(int dirfd, const char *name, int flags)
{
	unsigned tries = 0;
	int fd;

	/* readable as the user's umask says: a list that the web server cannot
	 * read revokes nothing */
	do {
		fd = openat(dirfd, name, flags, 0666);
	} while (fd < 0 && file_again(&tries));
	return fd;
}

static ssize_t
read_some(int fd, void *buf, size_t len)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n < 0 && file_again(&tries));
	return n;
}

void
file_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

enum status
file_check_name(const char *name, struct diag *d)
{
	if (name[0] == '\0' || strchr(name, '/') != NULL ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return file_object(d, ST_FORMAT, name, "not the plain name of "
		    "a file");
	return ST_OK;
}

enum status
file_open_parent(const char *path, int *dirfd, const char **name,
    struct diag *d)
{
	const char *slash = strrchr(path, '/');
	const size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	enum status rc;
	char *dir;

	*name = path + len;
	if ((dir = malloc(len + 2)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	memcpy(dir, path, len);
	memcpy(dir + len, ".", 2);
	*dirfd = file_step(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dirfd < 0)
		TRY(file_refuse(d, path, "its folder cannot be opened"));
	rc = ST_OK;
out:
	free(dir);
	return rc;
}

enum status
file_sync_folder(int dirfd, const char *name, struct diag *d)
{
	if (fsync(dirfd) != 0)
		return file_refuse(d, name, "the folder that holds it cannot "
		    "be synced");
	return ST_OK;
}

/* Whether a folder lies on the medium of the one that holds it. */
static bool
same_medium(int dirfd, int fd)
{
	struct stat a, b;

	return fstat(dirfd, &a) == 0 && fstat(fd, &b) == 0 &&
	    a.st_dev == b.st_dev;
}

/* One step down.  A folder that is there already may be what a process left
 * that died before its sync: so the parent is synced in either case.  One that
 * was made and cannot be used is taken away, still empty. */
static enum status
open_step(int dirfd, const char *name, bool create, int *fd, struct diag *d)
{
	const bool made = create && mkdirat(dirfd, name, 0700) == 0;
	enum status rc;

	if (create && !made && errno != EEXIST)
		TRY(file_refuse(d, name, "the folder cannot be made"));
	if ((*fd = file_step(dirfd, name, FOLDER)) < 0) {
		rc = file_refuse(d, name, "not a folder that can be opened");
		if (made)
			unlinkat(dirfd, name, AT_REMOVEDIR);
		goto out;
	}
	if (create && same_medium(dirfd, *fd))
		TRY(file_sync_folder(dirfd, name, d));
	rc = ST_OK;
out:
	if (rc != ST_OK) {
		file_close(*fd);
		*fd = -1;
	}
	return rc;
}

enum status
file_open_sub(int dirfd, const char *name, bool create, int *fd,
    struct diag *d)
{
	enum status rc;

	*fd = -1;
	TRY(file_check_name(name, d));
	TRY(open_step(dirfd, name, create, fd, d));
out:
	return rc;
}

enum status
file_open_dir(const char *path, bool create, int *fd, struct diag *d)
{
	struct bytes bare = { NULL, 0 };
	const char *name;
	int parent = -1;
	enum status rc;

	*fd = -1;
	/* a slash at the end would follow a link in the last step */
	TRY(bytes_set(&bare, path, strlen(path), d));
	while (bare.len > 1 && bare.data[bare.len - 1] == '/')
		bare.data[--bare.len] = '\0';
	path = (const char *)bare.data;
	if (create)
		TRY(file_open_parent(path, &parent, &name, d));
	/* what ends in /, . or .. is there, and has no name to make it by */
	if (create && file_check_name(name, NULL) == ST_OK)
		TRY(open_step(parent, name, true, fd, d));
	else
		TRY(open_step(AT_FDCWD, path, false, fd, d));
	rc = ST_OK;
out:
	file_close(parent);
	bytes_free(&bare);
	return rc;
}

static enum status
too_large(struct diag *d, const char *name, size_t max)
{
	char text[48];

	snprintf(text, sizeof(text), "larger than %zu bytes", max);
	return file_object(d, ST_FORMAT, name, text);
}

/* To its end; one byte more than ${max} is enough to refuse. */
static enum status
read_all(int fd, const char *name, size_t max, size_t guess,
    struct bytes *out, struct diag *d)
{
	size_t size = guess + 1, len = 0;
	uint8_t *data = NULL, *more;
	enum status rc;
	ssize_t n;

	for (;;) {
		if ((more = realloc(data, size)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		data = more;
		while (len < size &&
		    (n = read_some(fd, data + len, size - len)) > 0)
			len += (size_t)n;
		if (len < size)
			break;
		if (len > max)
			TRY(too_large(d, name, max));
		size = size < max / 2 ? 2 * size : max + 1;
	}
	if (n < 0)
		TRY(file_refuse(d, name, "cannot be read"));

	/* less than ${size} was read: there is room for the NUL */
	data[len] = 0;
	bytes_free(out);
	out->data = data;
	out->len = len;
	data = NULL;
	rc = ST_OK;
out:
	free(data);
	return rc;
}

/* A regular file: what else a name may lead to is refused at once. */
static enum status
open_regular(int dirfd, const char *name, int flags, struct stat *st, int *fd,
    struct diag *d)
{
	enum status rc;

	/* a pipe or a device must not keep us waiting before it is refused */
	*fd = file_step(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC | flags);
	if (*fd < 0)
		TRY(file_refuse(d, name, "cannot be opened"));
	if (fstat(*fd, st) != 0)
		TRY(file_refuse(d, name, "cannot be read"));
	if (!S_ISREG(st->st_mode))
		TRY(file_object(d, ST_FORMAT, name, "not a regular file"));
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_file(int dirfd, const char *name, int flags, size_t max,
    struct bytes *out, struct diag *d)
{
	struct stat st;
	enum status rc;
	int fd = -1;

	if (max > FILE_MAX)
		max = FILE_MAX;
	TRY(open_regular(dirfd, name, flags, &st, &fd, d));
	if ((uintmax_t)st.st_size > max)
		TRY(too_large(d, name, max));
	TRY(read_all(fd, name, max, (size_t)st.st_size, out, d));
out:
	file_close(fd);
	return rc;
}

enum status
file_read(const char *path, size_t max, struct bytes *out, struct diag *d)
{
	return read_file(AT_FDCWD, path, 0, max, out, d);
}

enum status
file_read_at(int dirfd, const char *name, size_t max, struct bytes *out,
    struct diag *d)
{
	enum status rc;

	TRY(file_check_name(name, d));
	TRY(read_file(dirfd, name, O_NOFOLLOW, max, out, d));
out:
	return rc;
}

static enum status
read_secret(int fd, const char *name, size_t max, struct secret **out,
    struct diag *d)
{
	struct secret *all = NULL;
	size_t len = 0;
	uint8_t extra;
	enum status rc;
	ssize_t n;

	*out = NULL;
	TRY(secret_new(max, &all, d));
	while ((n = len < max ?
	    read_some(fd, secret_bytes(all) + len, max - len) :
	    read_some(fd, &extra, 1)) > 0) {
		if (len == max) {
			secret_wipe(&extra, 1);
			TRY(too_large(d, name, max));
		}
		len += (size_t)n;
	}
	if (n < 0)
		TRY(file_refuse(d, name, "cannot be read"));
	if (len == 0)
		TRY(file_object(d, ST_FORMAT, name, "empty"));
	TRY(secret_new(len, out, d));
	memcpy(secret_bytes(*out), secret_peek(all), len);
	rc = ST_OK;
out:
	secret_free(all);
	return rc;
}

static enum status
read_secret_file(int dirfd, const char *name, int flags, size_t max,
    struct secret **out, struct diag *d)
{
	struct stat st;
	enum status rc;
	int fd = -1;

	TRY(open_regular(dirfd, name, flags, &st, &fd, d));
	TRY(read_secret(fd, name, max, out, d));
out:
	file_close(fd);
	return rc;
}

enum status
file_read_secret(const char *path, size_t max, struct secret **out,
    struct diag *d)
{
	*out = NULL;
	return read_secret_file(AT_FDCWD, path, 0, max, out, d);
}

enum status
file_read_secret_at(int dirfd, const char *name, size_t max,
    struct secret **out, struct diag *d)
{
	enum status rc;

	*out = NULL;
	TRY(file_check_name(name, d));
	TRY(read_secret_file(dirfd, name, O_NOFOLLOW, max, out, d));
out:
	return rc;
}

enum status
file_read_secret_stdin(size_t max, struct secret **out, struct diag *d)
{
	return read_secret(STDIN_FILENO, "standard input", max, out, d);
}

bool
file_exists_at(int dirfd, const char *name)
{
	struct stat st;

	/* what cannot be looked at is taken to be there */
	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ${n} names, each with a slash behind it, become strings in one block with
 * the sorted pointers to them. */
static enum status
sort_names(const struct bytes *all, size_t n, char ***names, struct diag *d)
{
	char **list, *at;

	if (n == 0)
		return ST_OK;
	if ((list = malloc(n * sizeof(*list) + all->len)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	at = memcpy(list + n, all->data, all->len);
	for (size_t i = 0; i < n; i++) {
		list[i] = at;
		at += strcspn(at, "/");
		*at++ = '\0';
	}
	qsort(list, n, sizeof(*list), by_bytes);
	*names = list;
	return ST_OK;
}

enum status
file_list_at(int dirfd, char ***names, size_t *n, struct diag *d)
{
	struct bytes all = { NULL, 0 };
	struct dirent *entry;
	size_t count = 0;
	DIR *dir = NULL;
	enum status rc;
	int fd;

	*names = NULL;
	*n = 0;
	/* opened anew, as reading moves the place in a folder */
	if ((fd = file_step(dirfd, ".", FOLDER)) >= 0)
		dir = fdopendir(fd);
	if (dir == NULL)
		TRY(file_refuse(d, "a folder", "cannot be listed"));
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (count++ == FILE_LIST_MAX)
			FAIL(d, ST_FORMAT, "a folder of more than %d files",
			    FILE_LIST_MAX);
		TRY(text_append(&all, d, "%s/", entry->d_name));
	}
	if (errno != 0)
		TRY(file_refuse(d, "a folder", "cannot be listed"));
	TRY(sort_names(&all, count, names, d));
	*n = count;
out:
	bytes_free(&all);
	if (dir != NULL)
		closedir(dir);
	else
		file_close(fd);
	return rc;
}

void
file_list_free(char **names, size_t n)
{
	/* one block, see sort_names */
	(void)n;
	free(names);
}

bool
file_is_memory(int fd)
{
	struct statfs fs;

	/* a medium that does not say what it is, is not one to trust */
	if (fstatfs(fd, &fs) != 0)
		return true;
	return (uint32_t)fs.f_type == TMPFS_MAGIC ||
	    (uint32_t)fs.f_type == RAMFS_MAGIC;
}

bool
file_lies_in(int dirfd, int of)
{
	struct stat want, is, up = { 0 };
	bool found = false;
	int fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 0), next;

	while (fstat(of, &want) == 0 && !found && fd >= 0 &&
	    fstat(fd, &is) == 0 &&
	    (is.st_dev != up.st_dev || is.st_ino != up.st_ino)) {
		found = is.st_dev == want.st_dev && is.st_ino == want.st_ino;
		up = is; /* the root is its own parent */
		next = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	if (fd >= 0)
		close(fd);
	return found;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
file_remove_tree(const char *path)
{
	/* of what could not be removed nothing more can be said */
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
