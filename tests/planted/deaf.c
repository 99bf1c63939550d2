/* deaf.c -- a program with a defect that the tests of cuts and faults must
 * find.  $DEAF names it:
 *
 *	hears-no-sync	takes a sync that failed for done
 *	hears-no-write	takes a write that failed for done: the cache has it,
 *			the medium has not
 *	syncs-no-file	never syncs a file
 *	syncs-no-folder	never syncs a folder
 *	tidies-up	removes what a cut left empty
 *
 * Linked with --wrap=fsync,--wrap=write and never installed. */
#include <sys/stat.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOST_MAX 256

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_write(int fd, const void *buf, size_t len);
ssize_t __wrap_write(int fd, const void *buf, size_t len);

static int lost[LOST_MAX]; /* files that only the cache has */
static size_t nlost;

static bool
deaf(const char *how)
{
	const char *value = getenv("DEAF");

	return value != NULL && strcmp(value, how) == 0;
}

static bool
is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int
__wrap_fsync(int fd)
{
	if (deaf(is_folder(fd) ? "syncs-no-folder" : "syncs-no-file"))
		return 0;
	return deaf("hears-no-sync") ? (__real_fsync(fd), 0) : __real_fsync(fd);
}

static void
lose(void)
{
	while (nlost > 0) {
		if (ftruncate(lost[--nlost], 0) != 0)
			abort();
	}
}

ssize_t
__wrap_write(int fd, const void *buf, size_t len)
{
	const ssize_t n = __real_write(fd, buf, len);

	if (n >= 0 || !deaf("hears-no-write"))
		return n;
	if (nlost == 0)
		atexit(lose);
	if (nlost < LOST_MAX && (lost[nlost] = dup(fd)) >= 0)
		nlost++;
	return pwrite(fd, buf, len, 0);
}

static int
remove_empty(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)w;
	return type == FTW_F && st->st_size == 0 ? unlink(path) : 0;
}

__attribute__((constructor)) static void
tidy_up(void)
{
	if (!deaf("tidies-up"))
		return;
	(void)nftw("state-a", remove_empty, 16, FTW_PHYS);
	(void)nftw("state-b", remove_empty, 16, FTW_PHYS);
}
