/* see secret.h */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "lib/base/secret.h"

struct secret {
	size_t len;
	uint8_t *data;
	uint8_t *map;	/* memfd_secret: guard, pages, guard; else NULL */
	size_t map_len; /* bytes, guards included */
	bool shared;	/* with a child; not counted */
};

static size_t alive;

/* Mappings of one page that are free: nobody can touch them till they are used
 * again.  To make one and to give it back is dear: the kernel takes the page out
 * of its own map, and tells all processors. */
#define KEPT_MAX 32
static struct secret kept[KEPT_MAX];
static size_t nkept;

/* In a child they are not there (MADV_DONTFORK), and something else may be. */
static void
forget_kept(void)
{
	nkept = 0;
}

enum status
secret_process(struct diag *d)
{
	const struct rlimit none = { 0, 0 };

	if (sodium_init() < 0)
		return diag_set(d, ST_SYSTEM, "libsodium could not start");
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return diag_set(d, ST_SYSTEM, "core dumps could not be "
		    "switched off");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return diag_set(d, ST_SYSTEM, "the process could not be made "
		    "unreadable to others");
	return ST_OK;
}

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Pages of ${fd}, or of no file (-1), between two guard pages. */
static bool
map_between(struct secret *s, int fd)
{
	const size_t page = page_size();
	const size_t body = (s->len + page - 1) / page * page;
	uint8_t *map = MAP_FAILED;
	void *at;

	if (fd < 0 || ftruncate(fd, (off_t)body) == 0)
		map = mmap(NULL, body + 2 * page, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return false;
	at = mmap(map + page, body, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_FIXED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	if (at == MAP_FAILED) {
		munmap(map, body + 2 * page);
		return false;
	}
	s->map = map;
	s->map_len = body + 2 * page;
	/* the end of the secret touches the guard behind it */
	s->data = map + page + body - s->len;
	return true;
}

/* Pages that the kernel itself cannot read. */
static bool
map_secret(struct secret *s)
{
	const int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	bool mapped;

	if (fd < 0)
		return false;
	mapped = map_between(s, fd);
	close(fd);
	return mapped;
}

/* A mapping that was free, zeroed, for ${s}. */
static bool
take_kept(struct secret *s)
{
	const size_t page = page_size();
	uint8_t *map;

	if (nkept == 0 || s->len > page)
		return false;
	map = kept[nkept - 1].map;
	if (mprotect(map + page, page, PROT_READ | PROT_WRITE) != 0)
		return false;
	s->map_len = kept[--nkept].map_len;
	s->map = map;
	s->data = map + 2 * page - s->len;
	return true;
}

/* What ${s}, wiped, had is free; false: it is to be unmapped. */
static bool
keep(const struct secret *s)
{
	static bool watched;
	const size_t page = page_size();

	if (!watched && pthread_atfork(NULL, NULL, forget_kept) != 0)
		return false;
	watched = true;
	if (s->shared || nkept == KEPT_MAX || s->map_len != 3 * page ||
	    mprotect(s->map + page, page, PROT_NONE) != 0)
		return false;
	kept[nkept++] = (struct secret){ .map = s->map,
		.map_len = s->map_len };
	return true;
}

/* One of our own: no child inherits it, for it will hold other secrets. */
static bool
map_own(struct secret *s)
{
	if (take_kept(s))
		return true;
	if (!map_secret(s))
		return false;
	if (madvise(s->map, s->map_len, MADV_DONTFORK) == 0)
		return true;
	munmap(s->map, s->map_len);
	s->map = NULL;
	return false;
}

/* Where the kernel has none: locked, and in no dump. */
static enum status
map_locked(struct secret *s, struct diag *d)
{
	if (!map_between(s, -1))
		return diag_set(d, ST_SYSTEM, "no guarded memory for a secret");
	if (mlock(s->data, s->len) != 0 ||
	    madvise(s->map, s->map_len, MADV_DONTDUMP) != 0)
		return diag_set(d, ST_SYSTEM, "memory for a secret could not "
		    "be locked (see ulimit -l)");
	return ST_OK;
}

/* sodium_malloc succeeds unlocked: lock again, and refuse if that fails. */
static enum status
lock_secret(struct secret *s, struct diag *d)
{
	/* sodium_malloc before sodium_init aborts; a second one does nothing */
	if (sodium_init() < 0)
		return diag_set(d, ST_SYSTEM, "libsodium could not start");
	if ((s->data = sodium_malloc(s->len)) == NULL)
		return diag_set(d, ST_SYSTEM, "no guarded memory for a secret");
	if (sodium_mlock(s->data, s->len) != 0)
		return diag_set(d, ST_SYSTEM, "memory for a secret could not "
		    "be locked (see ulimit -l)");
	memset(s->data, 0, s->len);
	return ST_OK;
}

static enum status
make(size_t len, bool shared, struct secret **out, struct diag *d)
{
	struct secret *s = NULL;
	enum status rc = ST_OK;

	*out = NULL;
	if (len == 0 || len > (shared ? SECRET_SHARED_MAX : SECRET_MAX))
		FAIL(d, ST_BUG, "a secret of %zu bytes", len);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	alive += !shared;
	s->len = len;
	s->shared = shared;
	if (!(shared ? map_secret(s) : map_own(s)))
		TRY(shared ? map_locked(s, d) : lock_secret(s, d));

	*out = s;
	s = NULL;
out:
	secret_free(s);
	return rc;
}

enum status
secret_new(size_t len, struct secret **out, struct diag *d)
{
	return make(len, false, out, d);
}

enum status
secret_shared(size_t len, struct secret **out, struct diag *d)
{
	return make(len, true, out, d);
}

enum status
secret_unshare(struct secret *s, struct diag *d)
{
	if (madvise(s->map, s->map_len, MADV_DONTFORK) != 0)
		return diag_set(d, ST_SYSTEM, "memory for a secret could not "
		    "be kept from children");
	return ST_OK;
}

enum status
secret_copy(const struct secret *s, struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(secret_new(s->len, out, d));
	memcpy((*out)->data, s->data, s->len);
	rc = ST_OK;
out:
	return rc;
}

uint8_t *
secret_bytes(struct secret *s)
{
	return s->data;
}

const uint8_t *
secret_peek(const struct secret *s)
{
	return s->data;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	if (a->len != b->len)
		return false;
	return sodium_memcmp(a->data, b->data, a->len) == 0;
}

void
secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	if (s->map != NULL) {
		sodium_memzero(s->data, s->len);
		if (!keep(s))
			munmap(s->map, s->map_len);
	} else if (s->data != NULL) {
		sodium_free(s->data);
	}
	alive -= !s->shared;
	free(s);
}

size_t
secret_alive(void)
{
	return alive;
}

void
secret_wipe(void *data, size_t len)
{
	sodium_memzero(data, len);
}
