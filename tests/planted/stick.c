/* stick.c -- a program that takes a folder for a stick which is not there:
 *
 *	STICK=vfat		what file system every folder is on
 *	STICK_MOUNT=ro,...	how it is mounted
 *	STICK_SYSFS=DIR		where the kernel shows its devices
 *	STICK_LOSES=N		the Nth write is taken and lost: zeros are there
 *	STICK_TAKES=N		a write takes N bytes at the most
 *	STICK_CLOCK=SECONDS	what the time is
 *
 * What is not set is as it is.  Never installed. */
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "transfer/medium.h"

int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out);
const char *__real_medium_sysfs(void);
const char *__wrap_medium_sysfs(void);
ssize_t __real_write(int fd, const void *buf, size_t len);
ssize_t __wrap_write(int fd, const void *buf, size_t len);
ssize_t __real_pwrite(int fd, const void *buf, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t at);
int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);

static const struct {
	const char *name;
	uint32_t magic;
} types[] = { { "vfat", 0x4d44 }, { "exfat", 0x2011bab0 },
	{ "ext4", 0xef53 }, { "ntfs3", 0x7366746e }, { "odd", 0x1234 } };

static const struct {
	const char *name;
	long flag;
} flags[] = { { "ro", ST_RDONLY }, { "nosuid", ST_NOSUID },
	{ "nodev", ST_NODEV }, { "noexec", ST_NOEXEC } };

int
__wrap_fstatfs(int fd, struct statfs *out)
{
	const char *type = getenv("STICK"), *mount = getenv("STICK_MOUNT");
	const int rc = __real_fstatfs(fd, out);

	for (size_t i = 0; type != NULL && i < 5; i++) {
		if (strcmp(type, types[i].name) == 0)
			out->f_type = (__typeof__(out->f_type))types[i].magic;
	}
	for (size_t i = 0; mount != NULL && i < 4; i++) {
		out->f_flags &= ~flags[i].flag;
		if (strstr(mount, flags[i].name) != NULL)
			out->f_flags |= flags[i].flag;
	}
	return rc;
}

const char *
__wrap_medium_sysfs(void)
{
	const char *sysfs = getenv("STICK_SYSFS");

	return sysfs == NULL ? __real_medium_sysfs() : sysfs;
}

/* Whether this write is the one that is lost; what is printed is none. */
static bool
lost(int fd)
{
	const char *which = getenv("STICK_LOSES");
	static long count;

	return fd > 2 && which != NULL && ++count == strtol(which, NULL, 10);
}

/* As much of ${len} bytes as a write takes. */
static size_t
portion(int fd, size_t len)
{
	const char *takes = getenv("STICK_TAKES");
	const size_t most = takes == NULL ? 0 : strtoul(takes, NULL, 10);

	return fd > 2 && most > 0 && most < len ? most : len;
}

ssize_t
__wrap_write(int fd, const void *buf, size_t len)
{
	static const uint8_t zeros[65536];

	len = portion(fd, len);
	if (lost(fd))
		return __real_write(fd, zeros,
		    len < sizeof(zeros) ? len : sizeof(zeros));
	return __real_write(fd, buf, len);
}

ssize_t
__wrap_pwrite(int fd, const void *buf, size_t len, off_t at)
{
	len = portion(fd, len);
	return lost(fd) ? (ssize_t)len : __real_pwrite(fd, buf, len, at);
}

int64_t
__wrap_clock_now(void)
{
	const char *now = getenv("STICK_CLOCK");

	return now == NULL ? __real_clock_now() : strtoll(now, NULL, 10);
}
