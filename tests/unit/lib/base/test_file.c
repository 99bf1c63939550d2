/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* link: -Wl,--wrap=openat,--wrap=read,--wrap=pread,--wrap=write */
/* link: -Wl,--wrap=fsync,--wrap=close,--wrap=mkdirat */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/magic.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/support/oom.h"

/* A medium that fails as told. */
enum call { OPENAT, READ, PREAD, WRITE, FSYNC, CLOSE, MKDIRAT, CALLS };

static const char *const call_names[] = { "openat", "read", "pread", "write",
	"fsync", "close", "mkdirat" };

static struct {
	enum call call;
	size_t from, to; /* the calls that fail, 1..; 0 is none */
	int error;
	size_t portion;	 /* bytes a write takes at the most; 0 is all */
	uint8_t *lie;	 /* what a write writes instead; NULL is the truth */
	size_t surplus;	 /* bytes that a write writes and does not say */
	size_t gives;	 /* bytes a read past the cache gives; 0 is all */
} medium;
static size_t seen[CALLS];

static void
medium_is_good(void)
{
	memset(&medium, 0, sizeof(medium));
	memset(seen, 0, sizeof(seen));
}

static void
medium_fails(enum call call, size_t from, size_t to, int error)
{
	medium_is_good();
	medium.call = call;
	medium.from = from;
	medium.to = to;
	medium.error = error;
}

static bool
fails(enum call call)
{
	seen[call]++;
	if (medium.call != call || medium.from == 0 ||
	    seen[call] < medium.from || seen[call] > medium.to)
		return false;
	errno = medium.error;
	return true;
}

/* The linker's names for the two sides of --wrap. */
int real_openat(int dirfd, const char *path, int flags, mode_t mode)
    __asm__("__real_openat");
ssize_t real_read(int fd, void *buf, size_t len) __asm__("__real_read");
ssize_t real_pread(int fd, void *buf, size_t len, off_t at)
    __asm__("__real_pread");
ssize_t real_write(int fd, const void *buf, size_t len)
    __asm__("__real_write");
int real_fsync(int fd) __asm__("__real_fsync");
int real_close(int fd) __asm__("__real_close");
int real_mkdirat(int dirfd, const char *path, mode_t mode)
    __asm__("__real_mkdirat");
int wrap_openat(int dirfd, const char *path, int flags, mode_t mode)
    __asm__("__wrap_openat");
ssize_t wrap_read(int fd, void *buf, size_t len) __asm__("__wrap_read");
ssize_t wrap_pread(int fd, void *buf, size_t len, off_t at)
    __asm__("__wrap_pread");
ssize_t wrap_write(int fd, const void *buf, size_t len)
    __asm__("__wrap_write");
int wrap_fsync(int fd) __asm__("__wrap_fsync");
int wrap_close(int fd) __asm__("__wrap_close");
int wrap_mkdirat(int dirfd, const char *path, mode_t mode)
    __asm__("__wrap_mkdirat");

int
wrap_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return fails(OPENAT) ? -1 : real_openat(dirfd, path, flags, mode);
}

ssize_t
wrap_read(int fd, void *buf, size_t len)
{
	return fails(READ) ? -1 : real_read(fd, buf, len);
}

ssize_t
wrap_pread(int fd, void *buf, size_t len, off_t at)
{
	if (fails(PREAD))
		return -1;
	/* some media take no other */
	assert_int_equal(at % 4096, 0);
	if (medium.gives > 0 && len > medium.gives)
		len = medium.gives;
	return real_pread(fd, buf, len, at);
}

ssize_t
wrap_write(int fd, const void *buf, size_t len)
{
	if (fails(WRITE))
		return -1;
	if (medium.portion > 0 && len > medium.portion)
		len = medium.portion;
	if (medium.lie != NULL) {
		if (real_write(fd, medium.lie, len) != (ssize_t)len)
			return -1;
		return (ssize_t)len;
	}
	if (medium.surplus > 0 &&
	    pwrite(fd, buf, medium.surplus, (off_t)len) < 0)
		return -1;
	return real_write(fd, buf, len);
}

int
wrap_fsync(int fd)
{
	return fails(FSYNC) ? -1 : real_fsync(fd);
}

int
wrap_close(int fd)
{
	const bool failed = fails(CLOSE);

	/* Linux closes the descriptor whatever it answers */
	return real_close(fd) == 0 && !failed ? 0 : -1;
}

int
wrap_mkdirat(int dirfd, const char *path, mode_t mode)
{
	return fails(MKDIRAT) ? -1 : real_mkdirat(dirfd, path, mode);
}

/* A folder of its own for every test, which is then the current one. */
struct room {
	char path[40];
	int fd;
};

static int
room_open(void **state)
{
	static struct room room;

	medium_is_good();
	snprintf(room.path, sizeof(room.path), "/tmp/anchorite-file-XXXXXX");
	if (mkdtemp(room.path) == NULL || chdir(room.path) != 0)
		return -1;
	room.fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &room;
	return room.fd < 0 ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
room_close(void **state)
{
	struct room *room = *state;

	medium_is_good();
	close(room->fd);
	if (chdir("/") != 0)
		return -1;
	return nftw(room->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int
dir_of(void **state)
{
	return ((struct room *)*state)->fd;
}

static void
put(const char *name, const void *data, size_t len)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
assert_holds(const char *name, const void *data, size_t len)
{
	struct bytes got = { 0 };

	assert_int_equal(file_read(name, FILE_MAX, &got, NULL), ST_OK);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, data, len);
	bytes_free(&got);
}

static uint8_t *
pattern(size_t len)
{
	uint8_t *p = malloc(len + 1);

	assert_non_null(p);
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 7 + i / 251);
	return p;
}

static void
create_gives_back_every_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 4095, 4096, 4097,
		65535, 65536, 65537, 131072, 200001 };
	uint8_t *data = pattern(200001);
	char name[32];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(name, sizeof(name), "%06zu", sizes[i]);
		assert_int_equal(file_create_at(dir_of(state), name, data,
		    sizes[i], NULL), ST_OK);
		assert_holds(name, data, sizes[i]);
	}
	free(data);
}

static void
create_syncs_file_and_folder_once_each(void **state)
{
	assert_int_equal(file_create_at(dir_of(state), "a", "abc", 3, NULL),
	    ST_OK);
	assert_int_equal(seen[FSYNC], 2);
	assert_true(seen[PREAD] > 0);
}

static void
create_never_replaces(void **state)
{
	struct diag d = { 0 };

	put("taken", "old", 3);
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(file_create_at(dir_of(state), "taken", "new!", 4, &d),
	    ST_POLICY);
	assert_string_equal(d.text,
	    "taken: is there already; nothing is ever replaced");
	assert_int_equal(file_create_at(dir_of(state), "link", "x", 1, NULL),
	    ST_POLICY);
	assert_int_equal(file_create_at(dir_of(state), "folder", "x", 1, NULL),
	    ST_POLICY);
	assert_int_equal(file_create("taken", "new!", 4, NULL), ST_POLICY);
	assert_int_equal(file_create("link", "x", 1, NULL), ST_POLICY);
	assert_holds("taken", "old", 3);
	assert_false(file_exists_at(dir_of(state), "nowhere"));
}

static void
create_goes_on_after_short_writes(void **state)
{
	uint8_t *data = pattern(10000);
	char name[32];

	for (size_t n = 1; n < 5000; n += 997) {
		medium_is_good();
		medium.portion = n;
		snprintf(name, sizeof(name), "%06zu", n);
		assert_int_equal(file_create_at(dir_of(state), name, data,
		    10000, NULL), ST_OK);
		assert_true(seen[WRITE] >= 10000 / n);
		assert_holds(name, data, 10000);
	}
	free(data);
}

static void
create_finds_a_medium_that_lies(void **state)
{
	static const size_t at[] = { 0, 1, 4095, 4096, 65535, 65536, 69999 };
	uint8_t *data = pattern(70000), *lie = pattern(70000);
	struct diag d = { 0 };
	char name[32];

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		lie[at[i]] ^= 0x10;
		medium.lie = lie;
		snprintf(name, sizeof(name), "%06zu", at[i]);
		diag_clear(&d);
		assert_int_equal(file_create_at(dir_of(state), name, data,
		    70000, &d), ST_SYSTEM);
		assert_non_null(strstr(d.text,
		    "the medium does not give back what was written"));
		/* an output is gone again, a part of a state stays */
		assert_true(file_exists_at(dir_of(state), name));
		assert_int_equal(file_create("output", data, 70000, NULL),
		    ST_SYSTEM);
		assert_false(file_exists_at(dir_of(state), "output"));
		lie[at[i]] ^= 0x10;
	}
	free(data);
	free(lie);
}

/* What was the same once need not be so for ever. */
static void
same_is_asked_of_the_medium(void **state)
{
	const int fd = dir_of(state);
	struct diag d = { 0 };
	uint8_t *data = pattern(70000);

	assert_int_equal(file_create_at(fd, "a", data, 70000, NULL), ST_OK);
	assert_int_equal(file_same_at(fd, "a", data, 70000, NULL), ST_OK);
	assert_int_equal(file_same_at(fd, "a", data, 69999, NULL), ST_SYSTEM);
	data[69999] ^= 1;
	assert_int_equal(file_same_at(fd, "a", data, 70000, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "a: the medium does not give back what "
	    "was written"));
	assert_int_equal(file_same_at(fd, "b", data, 70000, NULL), ST_SYSTEM);
	assert_int_equal(file_same_at(fd, "../a", data, 70000, NULL),
	    ST_FORMAT);
	free(data);
}

static void
create_finds_a_medium_that_adds(void **state)
{
	uint8_t *data = pattern(9000);

	medium.surplus = 1;
	assert_int_equal(file_create_at(dir_of(state), "a", data, 9000, NULL),
	    ST_SYSTEM);
	assert_int_equal(file_create_at(dir_of(state), "b", data, 8192, NULL),
	    ST_SYSTEM);
	free(data);
}

static void
create_compares_all_however_little_comes_back(void **state)
{
	uint8_t *data = pattern(30000), *lie = pattern(30000);

	/* neither a whole number of blocks nor of anything */
	medium.gives = 8192 + 17;
	assert_int_equal(file_create_at(dir_of(state), "a", data, 30000, NULL),
	    ST_OK);
	lie[8192 + 16] ^= 1;
	medium.lie = lie;
	assert_int_equal(file_create_at(dir_of(state), "b", data, 30000, NULL),
	    ST_SYSTEM);
	free(data);
	free(lie);
}

/* Each call, at each of its turns, with each error, once and for ever. */
static void
create_reports_every_failure(void **state)
{
	static const struct {
		enum call call;
		int error;
	} rows[] = {
		{ OPENAT, EIO }, { OPENAT, ENOSPC }, { OPENAT, EMFILE },
		{ OPENAT, EROFS }, { WRITE, ENOSPC }, { WRITE, EIO },
		{ WRITE, EDQUOT }, { FSYNC, EIO }, { FSYNC, ENOSPC },
		{ FSYNC, EINTR }, { PREAD, EIO }, { CLOSE, EIO },
	};
	uint8_t *data = pattern(9000);
	struct diag d;
	size_t runs = 0;

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t n = 1;; n++) {
			medium_fails(rows[i / 2].call, n,
			    i % 2 ? SIZE_MAX : n, rows[i / 2].error);
			medium.portion = 3000;
			memset(&d, 0, sizeof(d));
			(void)state;
			if (file_create("file", data, 9000, &d) == ST_OK) {
				/* late closes are of what was only read */
				if (seen[medium.call] >= n)
					assert_int_equal(medium.call, CLOSE);
				assert_int_equal(unlink("file"), 0);
				if (seen[medium.call] < n)
					break;
				continue;
			}
			runs++;
			assert_int_equal(d.code, ST_SYSTEM);
			assert_non_null(strstr(d.text, strerror(
			    rows[i / 2].error)));
			assert_memory_equal(d.text, "file: ", 6);
			medium_is_good();
			assert_false(file_exists_at(dir_of(state), "file"));
		}
	assert_true(runs > 30);
	free(data);
}

static void
create_never_syncs_again_after_a_failed_sync(void **state)
{
	medium_fails(FSYNC, 1, 1, EIO);
	assert_int_equal(file_create_at(dir_of(state), "a", "abc", 3, NULL),
	    ST_SYSTEM);
	assert_int_equal(seen[FSYNC], 1);
	assert_int_equal(seen[WRITE], 1);
}

static void
create_bears_an_interrupt_but_not_for_ever(void **state)
{
	static const enum call calls[] = { OPENAT, WRITE, PREAD };
	char name[32];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		snprintf(name, sizeof(name), "%s", call_names[calls[i]]);
		medium_fails(calls[i], 1, 99, EINTR);
		assert_int_equal(file_create_at(dir_of(state), name, "abc", 3,
		    NULL), ST_OK);
		assert_holds(name, "abc", 3);
		medium_fails(calls[i], 1, SIZE_MAX, EINTR);
		assert_int_equal(file_create_at(dir_of(state), "never", "abc",
		    3, NULL), ST_SYSTEM);
		assert_true(seen[calls[i]] < 500);
		unlink("never");
	}
}

static void
create_reads_back_where_nothing_goes_past_the_cache(void **state)
{
	uint8_t *data = pattern(70000), *lie = pattern(70000);

	/* the second opening is the one past the cache */
	medium_fails(OPENAT, 2, 2, EINVAL);
	assert_int_equal(file_create_at(dir_of(state), "a", data, 70000, NULL),
	    ST_OK);
	assert_int_equal(seen[OPENAT], 3);
	medium_fails(PREAD, 1, 1, EINVAL);
	assert_int_equal(file_create_at(dir_of(state), "b", data, 70000, NULL),
	    ST_OK);
	medium_fails(PREAD, 2, 2, EINVAL);
	assert_int_equal(file_create_at(dir_of(state), "c", data, 70000, NULL),
	    ST_OK);
	medium_fails(PREAD, 1, SIZE_MAX, EINVAL);
	assert_int_equal(file_create_at(dir_of(state), "d", data, 70000, NULL),
	    ST_SYSTEM);
	lie[69999] ^= 1;
	medium_fails(OPENAT, 2, 2, EINVAL);
	medium.lie = lie;
	assert_int_equal(file_create_at(dir_of(state), "e", data, 70000, NULL),
	    ST_SYSTEM);
	free(data);
	free(lie);
}

static void
names_never_lead_out_of_their_folder(void **state)
{
	static const char *const bad[] = { "", ".", "..", "/", "a/b", "/a",
		"../a", "a/", "a/../b" };
	struct bytes out = { 0 };
	int fd;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_create_at(dir_of(state), bad[i], "x", 1,
		    NULL), ST_FORMAT);
		assert_int_equal(file_read_at(dir_of(state), bad[i], 9, &out,
		    NULL), ST_FORMAT);
		assert_int_equal(file_open_sub(dir_of(state), bad[i], true,
		    &fd, NULL), ST_FORMAT);
		assert_int_equal(fd, -1);
	}
	assert_int_equal(seen[MKDIRAT], 0);
	assert_int_equal(file_create("folder/", "x", 1, NULL), ST_SYSTEM);
	assert_int_equal(file_create("./", "x", 1, NULL), ST_FORMAT);
	assert_int_equal(file_create("..", "x", 1, NULL), ST_FORMAT);
	assert_int_equal(file_create("", "x", 1, NULL), ST_FORMAT);
}

static void
create_takes_paths_of_every_shape(void **state)
{
	char path[80];

	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(file_create("plain", "1", 1, NULL), ST_OK);
	assert_int_equal(file_create("sub/in", "2", 1, NULL), ST_OK);
	assert_int_equal(file_create("sub//in2", "3", 1, NULL), ST_OK);
	snprintf(path, sizeof(path), "%s/sub/whole",
	    ((struct room *)*state)->path);
	assert_int_equal(file_create(path, "4", 1, NULL), ST_OK);
	assert_holds("plain", "1", 1);
	assert_holds("sub/in", "2", 1);
	assert_holds("sub/in2", "3", 1);
	assert_holds("sub/whole", "4", 1);
	assert_int_equal(file_create("absent/in", "5", 1, NULL), ST_SYSTEM);
}

static void
refusals_escape_hostile_names(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	assert_int_equal(file_read_at(dir_of(state), "\x1b[3J", 9, &out, &d),
	    ST_SYSTEM);
	assert_string_equal(d.text,
	    "\\u{1b}[3J: cannot be opened (No such file or directory)");
}

static void
open_dir_refuses_a_link_even_with_a_slash(void **state)
{
	static const char *const paths[] = { "link", "link/", "link//" };
	int fd;

	(void)state;
	assert_int_equal(mkdir("real", 0700), 0);
	assert_int_equal(symlink("real", "link"), 0);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(file_open_dir(paths[i / 2], i % 2, &fd, NULL),
		    ST_SYSTEM);
		assert_int_equal(fd, -1);
	}
	assert_int_equal(file_open_dir("real//", false, &fd, NULL), ST_OK);
	close(fd);
}

static void
open_dir_makes_and_syncs_what_is_absent(void **state)
{
	struct stat st;
	int fd;

	assert_int_equal(file_open_dir("new", false, &fd, NULL), ST_SYSTEM);
	assert_int_equal(file_open_dir("new/", true, &fd, NULL), ST_OK);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(seen[FSYNC], 1);
	close(fd);
	/* there, but perhaps not yet on the medium */
	assert_int_equal(file_open_dir("new", true, &fd, NULL), ST_OK);
	assert_int_equal(seen[FSYNC], 2);
	close(fd);
	assert_int_equal(file_open_sub(dir_of(state), "sub", true, &fd, NULL),
	    ST_OK);
	assert_int_equal(seen[FSYNC], 3);
	close(fd);
	assert_int_equal(file_open_sub(dir_of(state), "sub", false, &fd, NULL),
	    ST_OK);
	assert_int_equal(seen[FSYNC], 3);
	close(fd);
	assert_int_equal(file_open_dir("no/new", true, &fd, NULL), ST_SYSTEM);
	assert_int_equal(file_open_dir("", true, &fd, NULL), ST_SYSTEM);
}

static void
open_dir_takes_what_has_no_name(void **state)
{
	static const char *const paths[] = { ".", "..", "/", "./", "//",
		"/.." };
	int fd;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(file_open_dir(paths[i / 2], i % 2, &fd, NULL),
		    ST_OK);
		close(fd);
	}
}

static void
open_dir_reports_every_failure(void **state)
{
	static const struct {
		enum call call;
		int error;
	} rows[] = { { OPENAT, EIO }, { FSYNC, EIO }, { MKDIRAT, EROFS } };
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t n = 1;; n++) {
			medium_fails(rows[i].call, n, n, rows[i].error);
			if (file_open_dir("new", true, &fd, NULL) == ST_OK) {
				assert_true(seen[rows[i].call] < n);
				close(fd);
				rmdir("new");
				break;
			}
			assert_int_equal(fd, -1);
			/* made and not to be used: it is taken away */
			assert_true(rows[i].call == FSYNC ||
			    access("new", F_OK) != 0);
			rmdir("new");
		}
	put("file", "x", 1);
	assert_int_equal(file_open_dir("file", true, &fd, NULL), ST_SYSTEM);
}

static void
read_takes_the_most_and_not_one_byte_more(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	put("f", "12345", 5);
	assert_int_equal(file_read("f", 5, &out, NULL), ST_OK);
	assert_int_equal(out.len, 5);
	assert_memory_equal(out.data, "12345", 6);
	assert_int_equal(file_read("f", 4, &out, &d), ST_FORMAT);
	assert_string_equal(d.text, "f: larger than 4 bytes");
	assert_memory_equal(out.data, "12345", 6);
	assert_int_equal(file_read_at(dir_of(state), "f", 0, &out, NULL),
	    ST_FORMAT);
	put("e", "", 0);
	assert_int_equal(file_read_at(dir_of(state), "e", 0, &out, NULL),
	    ST_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(out.data[0], 0);
	assert_int_equal(truncate("f", (off_t)FILE_MAX + 1), 0);
	assert_int_equal(file_read("f", SIZE_MAX, &out, NULL), ST_FORMAT);
	bytes_free(&out);
}

static void
read_follows_links_only_for_people(void **state)
{
	struct bytes out = { 0 };

	put("real", "x", 1);
	assert_int_equal(symlink("real", "link"), 0);
	assert_int_equal(file_read("link", 9, &out, NULL), ST_OK);
	assert_int_equal(file_read_at(dir_of(state), "link", 9, &out, NULL),
	    ST_SYSTEM);
	bytes_free(&out);
}

static void
read_refuses_what_is_no_file_without_waiting(void **state)
{
	struct bytes out = { 0 };

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(file_read("pipe", 9, &out, NULL), ST_FORMAT);
	assert_int_equal(file_read_at(dir_of(state), "pipe", 9, &out, NULL),
	    ST_FORMAT);
	assert_int_equal(file_read("folder", 9, &out, NULL), ST_FORMAT);
	assert_int_equal(file_read("/dev/zero", 9, &out, NULL), ST_FORMAT);
	assert_int_equal(file_read("absent", 9, &out, NULL), ST_SYSTEM);
}

/* Files of the kernel say that they are empty, and are not. */
static void
read_goes_on_where_the_size_is_not_known(void **state)
{
	struct bytes out = { 0 };

	(void)state;
	assert_int_equal(file_read("/proc/self/status", 65536, &out, NULL),
	    ST_OK);
	assert_true(out.len > 100);
	assert_memory_equal(out.data, "Name:", 5);
	assert_int_equal(file_read("/proc/self/status", out.len - 1, &out,
	    NULL), ST_FORMAT);
	bytes_free(&out);
}

static void
read_reports_every_failure(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	(void)state;
	put("f", "12345", 5);
	medium_fails(READ, 1, 1, EIO);
	assert_int_equal(file_read("f", 9, &out, &d), ST_SYSTEM);
	assert_string_equal(d.text, "f: cannot be read (Input/output error)");
	medium_fails(READ, 2, 2, EIO);
	assert_int_equal(file_read("f", 9, &out, NULL), ST_SYSTEM);
	medium_fails(READ, 1, 5, EINTR);
	assert_int_equal(file_read("f", 9, &out, NULL), ST_OK);
	medium_fails(READ, 1, SIZE_MAX, EINTR);
	assert_int_equal(file_read("f", 9, &out, NULL), ST_SYSTEM);
	medium_fails(OPENAT, 1, 1, EACCES);
	assert_int_equal(file_read("f", 9, &out, NULL), ST_SYSTEM);
	bytes_free(&out);
}

/* By its name, by its name in a folder and from standard input. */
static enum status
secret_from_a_file(int dir, const void *data, size_t len, size_t max)
{
	const int old = dup(STDIN_FILENO);
	struct secret *s[3];
	enum status rc[3];
	int fd;

	unlink("secret");
	fd = open("secret", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	rc[0] = file_read_secret("secret", max, &s[0], NULL);
	rc[1] = file_read_secret_at(dir, "secret", max, &s[1], NULL);
	rc[2] = file_read_secret_stdin(max, &s[2], NULL);
	assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
	close(old);
	for (size_t i = 0; i < 3; i++) {
		assert_true((rc[i] == ST_OK) == (s[i] != NULL));
		if (rc[i] == ST_OK) {
			assert_int_equal(secret_len(s[i]), len);
			assert_memory_equal(secret_peek(s[i]), data, len);
		}
		secret_free(s[i]);
	}
	assert_int_equal(rc[1], rc[2]);
	return rc[0] == ST_OK ? rc[1] : rc[0];
}

static void
read_secret_keeps_its_bounds(void **state)
{
	const int dir = dir_of(state);

	assert_int_equal(secret_from_a_file(dir, "", 0, 9), ST_FORMAT);
	assert_int_equal(secret_from_a_file(dir, "1", 1, 9), ST_OK);
	assert_int_equal(secret_from_a_file(dir, "123456789", 9, 9), ST_OK);
	assert_int_equal(secret_from_a_file(dir, "123456789x", 10, 9),
	    ST_FORMAT);
	assert_int_equal(secret_from_a_file(dir, "x", 1, 0), ST_BUG);
}

/* A pipe that nobody writes to would keep the reader for ever. */
static void
read_secret_refuses_what_is_no_file(void **state)
{
	const int dir = dir_of(state);
	struct secret *s;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(file_read_secret("pipe", 9, &s, NULL), ST_FORMAT);
	assert_int_equal(file_read_secret_at(dir, "pipe", 9, &s, NULL),
	    ST_FORMAT);
	assert_int_equal(file_read_secret(".", 9, &s, NULL), ST_FORMAT);
	assert_int_equal(file_read_secret("/dev/zero", 9, &s, NULL),
	    ST_FORMAT);
	assert_int_equal(file_read_secret_at(dir, "../pipe", 9, &s, NULL),
	    ST_FORMAT);
	assert_int_equal(file_read_secret("absent", 9, &s, NULL), ST_SYSTEM);
	assert_int_equal(symlink("/etc/passwd", "elsewhere"), 0);
	assert_int_equal(file_read_secret_at(dir, "elsewhere", 9, &s, NULL),
	    ST_SYSTEM);
	assert_null(s);
}

static void
read_secret_reports_every_failure(void **state)
{
	const int dir = dir_of(state);

	for (size_t n = 1; n <= 6; n++) {
		medium_fails(READ, n, n, EINTR);
		assert_int_equal(secret_from_a_file(dir, "abc", 3, 9), ST_OK);
	}
	for (size_t n = 1; n <= 2; n++) {
		medium_fails(READ, n, n, EIO);
		assert_int_equal(secret_from_a_file(dir, "abc", 3, 9),
		    ST_SYSTEM);
		medium_fails(READ, n, SIZE_MAX, EINTR);
		assert_int_equal(secret_from_a_file(dir, "abc", 3, 9),
		    ST_SYSTEM);
	}
}

static void
exists_sees_links_to_nowhere(void **state)
{
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_true(file_exists_at(dir_of(state), "link"));
	assert_false(file_exists_at(dir_of(state), "nowhere"));
	assert_true(file_exists_at(-1, "unseen"));
}

static void
list_is_sorted_by_byte(void **state)
{
	static const char *const want[] = { ".hidden", "000001", "000002",
		"000010", "A", "Z", "a", "\xc3\xa9" };
	const size_t count = sizeof(want) / sizeof(want[0]);
	char **names;
	size_t n;

	assert_int_equal(file_list_at(dir_of(state), &names, &n, NULL), ST_OK);
	assert_int_equal(n, 0);
	file_list_free(names, n);
	for (size_t i = 0; i < count; i++)
		put(want[count - 1 - i], "", 0);
	/* twice: the place in the folder is not left at its end */
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(file_list_at(dir_of(state), &names, &n, NULL),
		    ST_OK);
		assert_int_equal(n, count);
		for (size_t i = 0; i < n; i++)
			assert_string_equal(names[i], want[i]);
		file_list_free(names, n);
	}
	file_list_free(NULL, 0);
	assert_int_equal(file_list_at(-1, &names, &n, NULL), ST_SYSTEM);
	assert_null(names);
}

static void
memory_is_told_from_a_medium(void **state)
{
	struct statfs fs;
	int fd;

	(void)state;
	assert_true(file_is_memory(-1));
	fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_false(file_is_memory(fd));
	close(fd);
	if (statfs("/dev/shm", &fs) != 0 || fs.f_type != TMPFS_MAGIC) {
		print_message("no tmpfs at /dev/shm\n");
		skip();
	}
	fd = open("/dev/shm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(file_is_memory(fd));
	close(fd);
}

static enum status
use_all(void *ctx)
{
	struct bytes out = { 0 };
	struct secret *s = NULL;
	char **names = NULL;
	enum status rc;
	size_t n = 0;
	int fd = -1;

	(void)ctx;
	TRY(file_open_dir("dir", true, &fd, NULL));
	TRY(file_create_at(fd, "a", "abc", 3, NULL));
	TRY(file_create("dir/b", "abc", 3, NULL));
	TRY(file_read_at(fd, "a", 9, &out, NULL));
	TRY(file_list_at(fd, &names, &n, NULL));
	TRY(file_read_secret("dir/a", 9, &s, NULL));
	secret_free(s);
	TRY(file_read_secret_at(fd, "a", 9, &s, NULL));
out:
	unlink("dir/a");
	unlink("dir/b");
	if (fd >= 0)
		close(fd);
	bytes_free(&out);
	secret_free(s);
	file_list_free(names, n);
	return rc;
}

static void
file_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_true(oom_each(use_all, NULL) > 8);
}

#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(create_gives_back_every_size),
		IN_ROOM(create_syncs_file_and_folder_once_each),
		IN_ROOM(create_never_replaces),
		IN_ROOM(create_goes_on_after_short_writes),
		IN_ROOM(create_finds_a_medium_that_lies),
		IN_ROOM(same_is_asked_of_the_medium),
		IN_ROOM(create_finds_a_medium_that_adds),
		IN_ROOM(create_compares_all_however_little_comes_back),
		IN_ROOM(create_reports_every_failure),
		IN_ROOM(create_never_syncs_again_after_a_failed_sync),
		IN_ROOM(create_bears_an_interrupt_but_not_for_ever),
		IN_ROOM(create_reads_back_where_nothing_goes_past_the_cache),
		IN_ROOM(names_never_lead_out_of_their_folder),
		IN_ROOM(create_takes_paths_of_every_shape),
		IN_ROOM(refusals_escape_hostile_names),
		IN_ROOM(open_dir_refuses_a_link_even_with_a_slash),
		IN_ROOM(open_dir_makes_and_syncs_what_is_absent),
		IN_ROOM(open_dir_takes_what_has_no_name),
		IN_ROOM(open_dir_reports_every_failure),
		IN_ROOM(read_takes_the_most_and_not_one_byte_more),
		IN_ROOM(read_follows_links_only_for_people),
		IN_ROOM(read_refuses_what_is_no_file_without_waiting),
		IN_ROOM(read_goes_on_where_the_size_is_not_known),
		IN_ROOM(read_reports_every_failure),
		IN_ROOM(read_secret_keeps_its_bounds),
		IN_ROOM(read_secret_refuses_what_is_no_file),
		IN_ROOM(read_secret_reports_every_failure),
		IN_ROOM(exists_sees_links_to_nowhere),
		IN_ROOM(list_is_sorted_by_byte),
		IN_ROOM(memory_is_told_from_a_medium),
		IN_ROOM(file_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
