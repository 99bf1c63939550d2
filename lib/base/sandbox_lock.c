/* see sandbox_lock.h */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/landlock.h>

#include <seccomp.h>

#include "lib/base/library.h"
#include "lib/base/sandbox_lock.h"

/* What is called of libseccomp.  Few processes start a child. */
static struct {
	LIBRARY_CALL(seccomp_init);
	LIBRARY_CALL(seccomp_load);
	LIBRARY_CALL(seccomp_release);
	LIBRARY_CALL(seccomp_rule_add);
} lib;

static const struct library_entry entries[] = {
	LIBRARY_ENTRY(lib, seccomp_init),
	LIBRARY_ENTRY(lib, seccomp_load),
	LIBRARY_ENTRY(lib, seccomp_release),
	LIBRARY_ENTRY(lib, seccomp_rule_add),
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(lib, ENTRIES);

static const struct library library = { "libseccomp.so.2", "libseccomp2",
	entries, ENTRIES };

enum status
sandbox_lock_load(struct diag *d)
{
	return library_load(&library, &lib, d);
}

/* Bytes of address space in use: the first number of statm, in pages.  The
 * limit is relative to them: sanitizers map terabytes before main. */
static enum status
mapped_now(size_t *bytes, struct diag *d)
{
	char text[64] = { 0 };
	unsigned long long pages;
	ssize_t n;
	int fd;

	if ((fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) < 0)
		return diag_set(d, ST_SYSTEM, "/proc/self/statm: %s",
		    strerror(errno));
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0 || (pages = strtoull(text, NULL, 10)) == 0)
		return diag_set(d, ST_SYSTEM, "/proc/self/statm: no number "
		    "of pages");
	*bytes = (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
	return ST_OK;
}

static enum status
limit(__rlimit_resource_t what, size_t most, struct diag *d)
{
	struct rlimit r;
	int no;

	/* one that is lower already stays */
	if ((no = getrlimit(what, &r)) == 0 && most < r.rlim_max) {
		r.rlim_cur = r.rlim_max = most;
		no = setrlimit(what, &r);
	}
	if (no != 0)
		return diag_set(d, ST_SYSTEM, "a limit of the child cannot be "
		    "set: %s", strerror(errno));
	return ST_OK;
}

enum status
sandbox_lock_limits(size_t memory, struct diag *d)
{
	size_t now;
	enum status rc;

	TRY(mapped_now(&now, d));
	TRY(limit(RLIMIT_AS, now + memory, d));
	TRY(limit(RLIMIT_CORE, 0, d));
	TRY(limit(RLIMIT_FSIZE, 0, d));
	TRY(limit(RLIMIT_NPROC, 0, d));
out:
	return rc;
}

/* The rights over files that version 1, 2, 3 ... of Landlock can take: the
 * lowest bits, a few more each time (landlock(7)). */
static const uint64_t file_rights[] = { 0x1fff, 0x3fff, 0x7fff, 0x7fff,
	0xffff };
#define NFILE_RIGHTS (sizeof(file_rights) / sizeof(file_rights[0]))

static enum status
no_paths(struct diag *d)
{
	struct landlock_ruleset_attr all = { 0 };
	long version, fd;
	enum status rc;

	version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return ST_OK;
	if (version < 1)
		return diag_set(d, ST_SYSTEM, "landlock: %s", strerror(errno));
	if ((size_t)version > NFILE_RIGHTS)
		version = (long)NFILE_RIGHTS;

	/* all rights are handled, and no rule gives one back */
	all.handled_access_fs = file_rights[version - 1];
	fd = syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0U);
	if (fd < 0)
		return diag_set(d, ST_SYSTEM, "landlock: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_landlock_restrict_self, (int)fd, 0U) != 0)
		FAIL(d, ST_SYSTEM, "landlock: %s", strerror(errno));
	rc = ST_OK;
out:
	close((int)fd);
	return rc;
}

enum status
sandbox_lock_files(struct diag *d)
{
	enum status rc;

	TRY(no_paths(d));
	TRY(limit(RLIMIT_NOFILE, 0, d));
out:
	return rc;
}

/* All that decoding wants, and what malloc and qsort of glibc want; and what a
 * sanitizer asks at a long jump, so that its builds refuse as others do. */
static const int calls[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(exit_group),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(futex),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo),
	SCMP_SYS(sigaltstack),
};

/* What malloc says of its own memory.  Others would take pages from the desk,
 * which the child may only read (MADV_REMOVE, Linux from 6.7 on), or, of a root's
 * child, have pages fail that are its parent's too (MADV_HWPOISON). */
static const unsigned advices[] = { MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE,
	MADV_NOHUGEPAGE, MADV_DONTDUMP };
#define NADVICES (sizeof(advices) / sizeof(advices[0]))

enum status
sandbox_lock_calls(struct diag *d)
{
	scmp_filter_ctx filter;
	enum status rc;
	int no = 0;

	if (lib.seccomp_init == NULL)
		return diag_set(d, ST_BUG, "seccomp: it was not loaded");
	if ((filter = lib.seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		return diag_set(d, ST_SYSTEM, "seccomp: no filter to be had");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i],
		    0);
	for (size_t i = 0; i < NADVICES; i++)
		no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    SCMP_SYS(madvise), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, advices[i]));
	/* memory, but not to be run */
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mremap),
	    0);
	if (no != 0 || (no = lib.seccomp_load(filter)) != 0)
		FAIL(d, ST_SYSTEM, "seccomp: %s", strerror(-no));
	rc = ST_OK;
out:
	lib.seccomp_release(filter);
	return rc;
}
