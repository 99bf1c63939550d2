/* see sandbox_lock.h */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
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

/* Of everything below the root. */
static bool
may_read(int ruleset)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
		    LANDLOCK_ACCESS_FS_READ_DIR
	};
	bool given;

	if ((rule.parent_fd = open("/", O_PATH | O_CLOEXEC)) < 0)
		return false;
	given = syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) == 0;
	close(rule.parent_fd);
	return given;
}

static enum status
no_paths(bool but_read, struct diag *d)
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

	/* all rights are handled, and no rule gives one back but to read */
	all.handled_access_fs = file_rights[version - 1];
	fd = syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0U);
	if (fd < 0)
		return diag_set(d, ST_SYSTEM, "landlock: %s", strerror(errno));
	if ((but_read && !may_read((int)fd)) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
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

	TRY(no_paths(false, d));
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
 * which the child may only read (MADV_REMOVE, Linux from 6.7 on), or, of a
 * root's child, have pages fail that are its parent's too (MADV_HWPOISON). */
static const unsigned advices[] = { MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE,
	MADV_NOHUGEPAGE, MADV_DONTDUMP };
#define NADVICES (sizeof(advices) / sizeof(advices[0]))

/* A filter that does so with all that it does not name. */
static enum status
new_filter(uint32_t otherwise, scmp_filter_ctx *out, struct diag *d)
{
	if (lib.seccomp_init == NULL)
		return diag_set(d, ST_BUG, "seccomp: it was not loaded");
	if ((*out = lib.seccomp_init(otherwise)) == NULL)
		return diag_set(d, ST_SYSTEM, "seccomp: no filter to be had");
	return ST_OK;
}

/* What any child may call, memory that is not to be run included. */
static int
allow_calls(scmp_filter_ctx filter)
{
	int no = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i],
		    0);
	for (size_t i = 0; i < NADVICES; i++)
		no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    SCMP_SYS(madvise), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, advices[i]));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mremap),
	    0);
	return no;
}

enum status
sandbox_lock_calls(struct diag *d)
{
	scmp_filter_ctx filter = NULL;
	enum status rc;
	int no;

	TRY(new_filter(SCMP_ACT_KILL_PROCESS, &filter, d));
	no = allow_calls(filter);
	if (no != 0 || (no = lib.seccomp_load(filter)) != 0)
		FAIL(d, ST_SYSTEM, "seccomp: %s", strerror(-no));
	rc = ST_OK;
out:
	if (filter != NULL)
		lib.seccomp_release(filter);
	return rc;
}

/* What is called besides by who looks for fonts and reads them. */
static const int reading[] = {
	SCMP_SYS(access),
	SCMP_SYS(close),
	SCMP_SYS(exit),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fstat),
	SCMP_SYS(fstatfs),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(lseek),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(pread64),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(stat),
	SCMP_SYS(statfs),
	SCMP_SYS(statx),
	SCMP_SYS(uname),
};

#define FOR_WRITING (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

/* Files to be read, threads of this process, and no code but what is here. */
static int
allow_reading(scmp_filter_ctx filter)
{
	int no = 0;

	for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++)
		no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, reading[i],
		    0);
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	    SCMP_A1(SCMP_CMP_MASKED_EQ, FOR_WRITING, O_RDONLY));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat),
	    1, SCMP_A2(SCMP_CMP_MASKED_EQ, FOR_WRITING, O_RDONLY));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect),
	    1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	/* its arguments cannot be looked at: the C library has another way */
	no |= lib.seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
	    SCMP_SYS(clone3), 0);
	return no;
}

enum status
sandbox_lock_reading(size_t memory, struct diag *d)
{
	scmp_filter_ctx filter = NULL;
	size_t now;
	enum status rc;
	int no;

	TRY(mapped_now(&now, d));
	TRY(limit(RLIMIT_AS, now + memory, d));
	TRY(limit(RLIMIT_CORE, 0, d));
	TRY(limit(RLIMIT_FSIZE, 0, d));
	TRY(no_paths(true, d));
	TRY(new_filter(SCMP_ACT_ERRNO(EPERM), &filter, d));
	no = allow_calls(filter);
	no |= allow_reading(filter);
	if (no != 0 || (no = lib.seccomp_load(filter)) != 0)
		FAIL(d, ST_SYSTEM, "seccomp: %s", strerror(-no));
	rc = ST_OK;
out:
	if (filter != NULL)
		lib.seccomp_release(filter);
	return rc;
}
