/* see file.h */
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

#include "lib/base/file.h"
#include "lib/base/text.h"

#define INTERRUPTS_MAX 100    /* in a row; then it is no accident */
#define SHOWN_MAX 300	      /* bytes of a name in a refusal */
#define ALIGN ((size_t)4096)  /* bytes; what O_DIRECT wants at the most */
#define CHUNK ((size_t)65536) /* bytes read back at a time; n * ALIGN */
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* "name: what (why the machine says so)" */
static enum status
refuse(struct diag *d, const char *name, const char *what)
{
	const char *why = strerror(errno);
	char shown[SHOWN_MAX];

	text_escape(name, strlen(name), shown, sizeof(shown));
	return diag_set(d, ST_SYSTEM, "%s: %s (%s)", shown, what, why);
}

/* The same where the machine has no complaint, but we have. */
static enum status
object(struct diag *d, enum status code, const char *name, const char *what)
{
	char shown[SHOWN_MAX];

	text_escape(name, strlen(name), shown, sizeof(shown));
	return diag_set(d, code, "%s: %s", shown, what);
}

/* Whether a call was merely interrupted; not for ever. */
static bool
again(unsigned *tries)
{
	return errno == EINTR && ++*tries < INTERRUPTS_MAX;
}

static int
open_at(int dirfd, const char *name, int flags)
{
	unsigned tries = 0;
	int fd;

	/* readable as the user's umask says: a list that the web server cannot
	 * read revokes nothing */
	do {
		fd = openat(dirfd, name, flags, 0666);
	} while (fd < 0 && again(&tries));
	return fd;
}

static ssize_t
read_some(int fd, void *buf, size_t len)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n < 0 && again(&tries));
	return n;
}

static ssize_t
read_some_at(int fd, void *buf, size_t len, size_t at)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = pread(fd, buf, len, (off_t)at);
	} while (n < 0 && again(&tries));
	return n;
}

static ssize_t
write_some(int fd, const void *buf, size_t len)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = write(fd, buf, len);
	} while (n < 0 && again(&tries));
	return n;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* A name is one step: what a parcel says must not lead out of its folder. */
static enum status
check_name(const char *name, struct diag *d)
{
	if (name[0] == '\0' || strchr(name, '/') != NULL ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return object(d, ST_FORMAT, name, "not the plain name of a "
		    "file");
	return ST_OK;
}

/* The folder that ${path} ends in, and what it calls the last step (borrowed
 * from ${path}). */
static enum status
open_parent(const char *path, int *dirfd, const char **name, struct diag *d)
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
	*dirfd = open_at(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dirfd < 0)
		TRY(refuse(d, path, "its folder cannot be opened"));
	rc = ST_OK;
out:
	free(dir);
	return rc;
}

static enum status
sync_folder(int dirfd, const char *name, struct diag *d)
{
	if (fsync(dirfd) != 0)
		return refuse(d, name, "the folder that holds it cannot be "
		    "synced");
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
		TRY(refuse(d, name, "the folder cannot be made"));
	if ((*fd = open_at(dirfd, name, FOLDER)) < 0) {
		rc = refuse(d, name, "not a folder that can be opened");
		if (made)
			unlinkat(dirfd, name, AT_REMOVEDIR);
		goto out;
	}
	if (create && same_medium(dirfd, *fd))
		TRY(sync_folder(dirfd, name, d));
	rc = ST_OK;
out:
	if (rc != ST_OK) {
		close_fd(*fd);
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
	TRY(check_name(name, d));
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
		TRY(open_parent(path, &parent, &name, d));
	/* what ends in /, . or .. is there, and has no name to make it by */
	if (create && check_name(name, NULL) == ST_OK)
		TRY(open_step(parent, name, true, fd, d));
	else
		TRY(open_step(AT_FDCWD, path, false, fd, d));
	rc = ST_OK;
out:
	close_fd(parent);
	bytes_free(&bare);
	return rc;
}

static enum status
too_large(struct diag *d, const char *name, size_t max)
{
	char text[48];

	snprintf(text, sizeof(text), "larger than %zu bytes", max);
	return object(d, ST_FORMAT, name, text);
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
		TRY(refuse(d, name, "cannot be read"));

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
	*fd = open_at(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC | flags);
	if (*fd < 0)
		TRY(refuse(d, name, "cannot be opened"));
	if (fstat(*fd, st) != 0)
		TRY(refuse(d, name, "cannot be read"));
	if (!S_ISREG(st->st_mode))
		TRY(object(d, ST_FORMAT, name, "not a regular file"));
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
	close_fd(fd);
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

	TRY(check_name(name, d));
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
		TRY(refuse(d, name, "cannot be read"));
	if (len == 0)
		TRY(object(d, ST_FORMAT, name, "empty"));
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
	close_fd(fd);
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
	TRY(check_name(name, d));
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

/* All of it, however little at a time.  A write of nothing is an error. */
static enum status
write_all(int fd, const char *name, const uint8_t *data, size_t len,
    struct diag *d)
{
	ssize_t n;

	while (len > 0) {
		if ((n = write_some(fd, data, len)) < 0)
			return refuse(d, name, "cannot be written");
		if (n == 0)
			return object(d, ST_SYSTEM, name, "the medium takes "
			    "nothing");
		data += n;
		len -= (size_t)n;
	}
	return ST_OK;
}

/* Past the cache from here on: what is read comes from the medium. */
static int
open_raw(int dirfd, const char *name, bool direct)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
	int fd;

	if (direct)
		return open_at(dirfd, name, flags | O_DIRECT);
	if ((fd = open_at(dirfd, name, flags)) >= 0)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

/*
 * Read back and compare.  Reads begin at a multiple of ALIGN even after a
 * short one, as O_DIRECT asks.  1: the same.  0: not the same.
 * -1: no answer, see errno; EINVAL is a file system without O_DIRECT.
 */
static int
compare_raw(int fd, const uint8_t *data, size_t len, uint8_t *chunk)
{
	size_t done = 0, at, got;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return -1;
	if ((uintmax_t)st.st_size != len)
		return 0;
	while (done < len) {
		at = done / ALIGN * ALIGN;
		if ((n = read_some_at(fd, chunk, CHUNK, at)) < 0)
			return -1;
		got = at + (size_t)n;
		if (got <= done || got > len)
			return 0;
		if (memcmp(chunk + (done - at), data + done, got - done) != 0)
			return 0;
		done = got;
	}
	return 1;
}

static enum status
read_back(int dirfd, const char *name, const uint8_t *data, size_t len,
    uint8_t *chunk, struct diag *d)
{
	int fd, same = -1;
	enum status rc;

	if ((fd = open_raw(dirfd, name, true)) >= 0)
		same = compare_raw(fd, data, len, chunk);
	if (same < 0 && errno == EINVAL) {
		close_fd(fd);
		if ((fd = open_raw(dirfd, name, false)) >= 0)
			same = compare_raw(fd, data, len, chunk);
	}
	if (same < 0)
		TRY(refuse(d, name, "cannot be read back"));
	if (same == 0)
		TRY(object(d, ST_SYSTEM, name, "the medium does not give back "
		    "what was written"));
	rc = ST_OK;
out:
	close_fd(fd);
	return rc;
}

/* CHUNK bytes at ${*chunk}, aligned; the caller frees what is returned. */
static uint8_t *
new_chunk(uint8_t **chunk)
{
	uint8_t *block = malloc(CHUNK + ALIGN);

	if (block != NULL)
		*chunk = block + (ALIGN - (uintptr_t)block % ALIGN);
	return block;
}

/* ${made} says whether the file is ours, whatever came after. */
static enum status
create(int dirfd, const char *name, const uint8_t *data, size_t len,
    bool *made, struct diag *d)
{
	uint8_t *block = NULL, *chunk = NULL;
	enum status rc;
	int fd = -1;

	*made = false;
	TRY(check_name(name, d));
	if (len > FILE_MAX)
		TRY(object(d, ST_BUG, name, "too large to be read again"));
	/* memory first: afterwards only the medium can fail */
	if ((block = new_chunk(&chunk)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");

	fd = open_at(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd < 0 && errno == EEXIST)
		TRY(object(d, ST_POLICY, name, "is there already; nothing is "
		    "ever replaced"));
	if (fd < 0)
		TRY(refuse(d, name, "cannot be created"));
	*made = true;
	TRY(write_all(fd, name, data, len, d));
	/* a sync that failed has lost data, and a second one would not say */
	if (fsync(fd) != 0)
		TRY(refuse(d, name, "cannot be synced"));
	rc = close(fd) == 0 ? ST_OK : refuse(d, name, "cannot be closed");
	fd = -1;
	TRY(rc);
	TRY(sync_folder(dirfd, name, d));
	TRY(read_back(dirfd, name, data, len, chunk, d));
out:
	close_fd(fd);
	free(block);
	return rc;
}

enum status
file_same_at(int dirfd, const char *name, const void *data, size_t len,
    struct diag *d)
{
	uint8_t *block = NULL, *chunk = NULL;
	enum status rc;

	TRY(check_name(name, d));
	if ((block = new_chunk(&chunk)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(read_back(dirfd, name, data, len, chunk, d));
out:
	free(block);
	return rc;
}

enum status
file_create_at(int dirfd, const char *name, const void *data, size_t len,
    struct diag *d)
{
	bool made;

	return create(dirfd, name, data, len, &made, d);
}

enum status
file_create(const char *path, const void *data, size_t len, struct diag *d)
{
	const char *name;
	bool made = false;
	enum status rc;
	int dirfd = -1;

	TRY(open_parent(path, &dirfd, &name, d));
	if (check_name(name, NULL) != ST_OK)
		TRY(object(d, ST_FORMAT, path, "not the name of a file"));
	TRY(create(dirfd, name, data, len, &made, d));
out:
	/* what was said already matters more than how the removal goes */
	if (rc != ST_OK && made && unlinkat(dirfd, name, 0) == 0)
		(void)fsync(dirfd);
	close_fd(dirfd);
	return rc;
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
	if ((fd = open_at(dirfd, ".", FOLDER)) >= 0)
		dir = fdopendir(fd);
	if (dir == NULL)
		TRY(refuse(d, "a folder", "cannot be listed"));
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
		TRY(refuse(d, "a folder", "cannot be listed"));
	TRY(sort_names(&all, count, names, d));
	*n = count;
out:
	bytes_free(&all);
	if (dir != NULL)
		closedir(dir);
	else
		close_fd(fd);
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
