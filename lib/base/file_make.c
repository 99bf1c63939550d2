/* see file.h: a file that is made, and read back past the cache. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file_own.h"

#define ALIGN ((size_t)4096)  /* bytes; what O_DIRECT wants at the most */
#define CHUNK ((size_t)65536) /* bytes read back at a time; n * ALIGN */

static ssize_t
write_some(int fd, const void *buf, size_t len)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = write(fd, buf, len);
	} while (n < 0 && file_again(&tries));
	return n;
}

static ssize_t
read_some_at(int fd, void *buf, size_t len, size_t at)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = pread(fd, buf, len, (off_t)at);
	} while (n < 0 && file_again(&tries));
	return n;
}

/* All of it, however little at a time.  A write of nothing is an error. */
static enum status
write_all(int fd, const char *name, const uint8_t *data, size_t len,
    struct diag *d)
{
	ssize_t n;

	while (len > 0) {
		if ((n = write_some(fd, data, len)) < 0)
			return file_refuse(d, name, "cannot be written");
		if (n == 0)
			return file_object(d, ST_SYSTEM, name, "the medium "
			    "takes nothing");
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
		return file_step(dirfd, name, flags | O_DIRECT);
	if ((fd = file_step(dirfd, name, flags)) >= 0)
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
		file_close(fd);
		if ((fd = open_raw(dirfd, name, false)) >= 0)
			same = compare_raw(fd, data, len, chunk);
	}
	if (same < 0)
		TRY(file_refuse(d, name, "cannot be read back"));
	if (same == 0)
		TRY(file_object(d, ST_SYSTEM, name, "the medium does not give "
		    "back what was written"));
	rc = ST_OK;
out:
	file_close(fd);
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
	TRY(file_check_name(name, d));
	if (len > FILE_MAX)
		TRY(file_object(d, ST_BUG, name, "too large to be read again"));
	/* memory first: afterwards only the medium can fail */
	if ((block = new_chunk(&chunk)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");

	fd = file_step(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd < 0 && errno == EEXIST)
		TRY(file_object(d, ST_POLICY, name, "is there already; nothing "
		    "is ever replaced"));
	if (fd < 0)
		TRY(file_refuse(d, name, "cannot be created"));
	*made = true;
	TRY(write_all(fd, name, data, len, d));
	/* a sync that failed has lost data, and a second one would not say */
	if (fsync(fd) != 0)
		TRY(file_refuse(d, name, "cannot be synced"));
	rc = close(fd) == 0 ? ST_OK : file_refuse(d, name, "cannot be closed");
	fd = -1;
	TRY(rc);
	TRY(file_sync_folder(dirfd, name, d));
	TRY(read_back(dirfd, name, data, len, chunk, d));
out:
	file_close(fd);
	free(block);
	return rc;
}

enum status
file_same_at(int dirfd, const char *name, const void *data, size_t len,
    struct diag *d)
{
	uint8_t *block = NULL, *chunk = NULL;
	enum status rc;

	TRY(file_check_name(name, d));
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

	TRY(file_open_parent(path, &dirfd, &name, d));
	if (file_check_name(name, NULL) != ST_OK)
		TRY(file_object(d, ST_FORMAT, path, "not the name of a file"));
	TRY(create(dirfd, name, data, len, &made, d));
out:
	/* what was said already matters more than how the removal goes */
	if (rc != ST_OK && made && unlinkat(dirfd, name, 0) == 0)
		(void)fsync(dirfd);
	file_close(dirfd);
	return rc;
}
