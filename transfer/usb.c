/* see usb.h */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "transfer/usb.h"

#define VARIANTS 9	      /* names tried when torn folders took the first */
#define CLUSTER ((uint64_t)65536) /* bytes that the smallest file may take */
#define DONE_LEN SHA384_HEX_SIZE /* 96 digits and a line feed */
#define IGNORED_SHOWN 20
#define HEX "0123456789abcdef"

/* --- which sticks --- */

static bool
is_fat(const struct medium *m)
{
	return strcmp(m->fs, "vfat") == 0 || strcmp(m->fs, "exfat") == 0;
}

static enum status
check_flags(const struct medium *m, struct diag *d)
{
	const struct {
		bool is;
		const char *name;
	} flags[] = { { m->readonly, "ro" }, { m->nosuid, "nosuid" },
		{ m->nodev, "nodev" }, { m->noexec, "noexec" } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!flags[i].is)
			return diag_set(d, ST_POLICY, "FORMATS 10.51: it is "
			    "mounted without %s; a stick is read only when "
			    "mounted -o ro,nosuid,nodev,noexec",
			    flags[i].name);
	}
	return ST_OK;
}

static enum status
check_medium(const struct medium *m, bool write, struct diag *d)
{
	if (!is_fat(m))
		return diag_set(d, ST_POLICY, "FORMATS 10.51: its file system "
		    "is %s; a stick has vfat or exfat", m->fs);
	if (!write)
		return check_flags(m, d);
	if (m->readonly)
		return diag_set(d, ST_SYSTEM, "FORMATS 10.51: it is mounted "
		    "read only, or write-protected");
	return ST_OK;
}

enum status
usb_open(const char *path, bool write, int *fd, struct medium *m,
    struct diag *d)
{
	enum status rc;

	TRY(file_open_dir(path, false, fd, d));
	if ((rc = medium_of_folder(*fd, m, d)) == ST_OK)
		rc = check_medium(m, write, d);
	if (rc != ST_OK)
		diag_prefix(d, "%s", path);
out:
	if (rc != ST_OK && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

/* --- send --- */

static void
done_text(const struct parcel *p, char out[DONE_LEN + 1])
{
	text_hex(p->id, SHA384_LEN, out);
	memcpy(out + DONE_LEN - 1, "\n", 2);
}

/* Twice what is needed: a stick that is nearly full is a bad stick. */
static enum status
check_room(const struct medium *m, const struct parcel *p, struct diag *d)
{
	const uint64_t need = 2 * ((uint64_t)p->size + p->manifest_len +
	    (p->n + 3) * CLUSTER);

	if (m->room < need)
		return diag_set(d, ST_SYSTEM, "FORMATS 10.52: %llu bytes are "
		    "free, and room for %llu is wanted",
		    (unsigned long long)m->room, (unsigned long long)need);
	return ST_OK;
}

/* A name that no folder has: one that was torn keeps its own. */
static enum status
free_name(int fd, const struct parcel *p, char out[USB_FOLDER_SIZE],
    struct diag *d)
{
	char hex[9];

	text_hex(p->id, 4, hex);
	for (unsigned v = 1; v <= VARIANTS; v++) {
		if (v == 1)
			snprintf(out, USB_FOLDER_SIZE, "%s", hex);
		else
			snprintf(out, USB_FOLDER_SIZE, "%s-%u", hex, v);
		if (!file_exists_at(fd, out))
			return ST_OK;
	}
	return diag_set(d, ST_POLICY, "FORMATS 10.52: it has %s to %s already; "
	    "take another stick", hex, out);
}

/* A file as it lies on a stick: those of the parcel, MANIFEST, DONE. */
struct on_stick {
	const char *name;
	const void *data;
	size_t len;
};

static struct on_stick
on_stick(const struct parcel *p, const void *data, const char *done, size_t i)
{
	if (i < p->n)
		return (struct on_stick) { p->file[i].name, p->file[i].data,
			p->file[i].len };
	if (i == p->n)
		return (struct on_stick) { "MANIFEST", data, p->manifest_len };
	return (struct on_stick) { "DONE", done, DONE_LEN };
}

static enum status
write_all(int fd, const struct parcel *p, const void *data, struct diag *d)
{
	char done[DONE_LEN + 1];
	struct on_stick s;
	enum status rc;

	done_text(p, done);
	for (size_t i = 0; i < p->n + 2; i++) {
		s = on_stick(p, data, done, i);
		TRY(file_create_at(fd, s.name, s.data, s.len, d));
	}
	if (syncfs(fd) != 0)
		FAIL(d, ST_SYSTEM, "it cannot be synced: %s", strerror(errno));
	/* once more, all of it: a stick that is smaller than it says gives
	 * back the last thing written, and not the first */
	for (size_t i = 0; i < p->n + 2; i++) {
		s = on_stick(p, data, done, i);
		TRY(file_same_at(fd, s.name, s.data, s.len, d));
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
usb_send(int fd, const struct medium *m, const struct parcel *p,
    const void *data, char folder[USB_FOLDER_SIZE], struct diag *d)
{
	enum status rc;
	int sub = -1;

	TRY(check_room(m, p, d));
	TRY(free_name(fd, p, folder, d));
	if ((rc = file_open_sub(fd, folder, true, &sub, d)) == ST_OK)
		rc = write_all(sub, p, data, d);
	if (rc != ST_OK)
		diag_prefix(d, "FORMATS 10.53: the stick failed, and %s on it "
		    "is not proven whole; take another stick", folder);
out:
	if (sub >= 0)
		close(sub);
	return rc;
}

/* --- receive --- */

struct names {
	char **name;
	size_t n;
};

static enum status
list(int fd, struct names *out, struct diag *d)
{
	enum status rc;

	TRY(file_list_at(fd, &out->name, &out->n, d));
	if (out->n > USB_NAMES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.54: %zu names in one folder, "
		    "and at most %d are looked at", out->n, USB_NAMES_MAX);
out:
	return rc;
}

static int
by_bytes(const void *key, const void *name)
{
	return strcmp(key, *(char *const *)name);
}

/* By the very bytes of its name: FAT would open "MANIFEST" for "manifest", and
 * a file by its short name. */
static bool
has(const struct names *names, const char *name)
{
	return names->n > 0 && bsearch(name, names->name, names->n,
	    sizeof(*names->name), by_bytes) != NULL;
}

/* Whether usb_send could have made a folder of that name. */
static bool
is_folder_name(const char *name)
{
	if (strspn(name, HEX) != 8)
		return false;
	return name[8] == '\0' || (name[8] == '-' && name[9] >= '2' &&
	    name[9] <= '9' && name[10] == '\0');
}

static enum status
ignore(const char *name, size_t *ignored, struct facts *f, struct diag *d)
{
	char shown[256];

	if (++*ignored > IGNORED_SHOWN)
		return ST_OK;
	text_escape(name, strlen(name), shown, sizeof(shown));
	return facts_add(f, d, "ignored", "%s", shown);
}

static enum status
ignore_rest(size_t ignored, struct facts *f, struct diag *d)
{
	if (ignored <= IGNORED_SHOWN)
		return ST_OK;
	return facts_add(f, d, "ignored", "and %zu more",
	    ignored - IGNORED_SHOWN);
}

/* What it is instead of a file, or NULL. */
static const char *
no_file(int fd, const char *name, struct stat *st)
{
	if (fstatat(fd, name, st, AT_SYMLINK_NOFOLLOW) != 0)
		return NULL; /* the reader will say */
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return NULL;
	case S_IFLNK:
		return "a link";
	case S_IFDIR:
		return "a folder";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "a pipe or a socket";
	}
}

/* At most, or where ${exact} exactly ${len} bytes of a plain file. */
static enum status
read_plain(int fd, const struct names *names, const char *name, size_t len,
    bool exact, struct bytes *out, struct diag *d)
{
	struct stat st = { 0 };
	const char *what;
	enum status rc;

	if (!has(names, name))
		FAIL(d, ST_FORMAT, "FORMATS 10.55: %s is not there", name);
	if ((what = no_file(fd, name, &st)) != NULL)
		FAIL(d, ST_FORMAT, "FORMATS 10.55: %s is %s, and not a file",
		    name, what);
	if (S_ISREG(st.st_mode) && ((uintmax_t)st.st_size > len ||
	    (exact && (uintmax_t)st.st_size != len)))
		FAIL(d, ST_FORMAT, "FORMATS 10.55: %s has %llu bytes, and %zu "
		    "%s", name, (unsigned long long)st.st_size, len, exact ?
		    "are promised" : "are the most that it may have");
	TRY(file_read_at(fd, name, len, out, d));
	if (exact && out->len != len)
		FAIL(d, ST_FORMAT, "FORMATS 10.55: %s gave %zu bytes, and %zu "
		    "are promised", name, out->len, len);
out:
	return rc;
}

/* The manifest that DONE names, held against the policy by names and sizes. */
static enum status
read_manifest(int fd, const struct names *names, struct bytes *text,
    struct parcel *p, struct diag *d)
{
	char want[DONE_LEN + 1];
	struct bytes done = { 0 };
	enum status rc;

	if (!has(names, "DONE"))
		FAIL(d, ST_FORMAT, "FORMATS 10.53: it is not complete, as DONE "
		    "is not there; it was pulled too early, or the stick "
		    "failed");
	TRY(read_plain(fd, names, "DONE", DONE_LEN, true, &done, d));
	TRY(read_plain(fd, names, "MANIFEST", PARCEL_MANIFEST_MAX, false, text,
	    d));
	TRY(parcel_manifest("MANIFEST", text->data, text->len, p, d));
	done_text(p, want);
	if (memcmp(done.data, want, DONE_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 10.53: DONE does not name this "
		    "MANIFEST");
	TRY(parcel_policy("MANIFEST", p, d));
out:
	bytes_free(&done);
	return rc;
}

static enum status
name_others(const struct names *names, const struct parcel *p, struct facts *f,
    struct diag *d)
{
	enum status rc = ST_OK;
	size_t ignored = 0;
	bool ours;

	for (size_t i = 0; i < names->n; i++) {
		ours = strcmp(names->name[i], "MANIFEST") == 0 ||
		    strcmp(names->name[i], "DONE") == 0;
		for (size_t j = 0; j < p->n && !ours; j++)
			ours = strcmp(names->name[i], p->file[j].name) == 0;
		if (!ours)
			TRY(ignore(names->name[i], &ignored, f, d));
	}
	TRY(ignore_rest(ignored, f, d));
out:
	return rc;
}

/* Each byte is read from the stick once, and goes into the sealed copy. */
static enum status
copy(int fd, const struct names *names, struct frozen *out, struct facts *f,
    struct diag *d)
{
	struct bytes text = { 0 }, file = { 0 };
	struct parcel p = { 0 };
	enum status rc;

	TRY(read_manifest(fd, names, &text, &p, d));
	TRY(name_others(names, &p, f, d));
	TRY(frozen_new(out, d));
	TRY(frozen_add(out, text.data, text.len, d));
	for (size_t i = 0; i < p.n; i++) {
		TRY(read_plain(fd, names, p.file[i].name, p.file[i].len, true,
		    &file, d));
		TRY(frozen_add(out, file.data, file.len, d));
	}
	TRY(frozen_close(out, d));
out:
	parcel_clear(&p);
	bytes_free(&text);
	bytes_free(&file);
	return rc;
}

/* One folder of the stick, on the stick: nothing else was mounted there. */
static enum status
open_below(int fd, const char *name, int *sub, struct diag *d)
{
	struct stat up = { 0 }, st = { 0 };
	struct medium m;
	enum status rc;

	TRY(file_open_sub(fd, name, false, sub, d));
	TRY(medium_of_folder(*sub, &m, d));
	TRY(check_medium(&m, false, d));
	if (fstat(fd, &up) != 0 || fstat(*sub, &st) != 0 ||
	    up.st_dev != st.st_dev)
		FAIL(d, ST_POLICY, "FORMATS 10.51: %s is on another medium",
		    name);
out:
	return rc;
}

/* Whether that name has a DONE in it; links are not followed. */
static bool
is_done(int fd, const char *name)
{
	struct stat st;
	bool done = false;
	int sub = -1;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode) &&
	    file_open_sub(fd, name, false, &sub, NULL) == ST_OK)
		done = file_exists_at(sub, "DONE");
	if (sub >= 0)
		close(sub);
	return done;
}

/* The only complete one. */
static enum status
choose(int fd, const struct names *names, const char **out, struct facts *f,
    struct diag *d)
{
	const char *torn = NULL;
	size_t ignored = 0;
	enum status rc;

	*out = NULL;
	for (size_t i = 0; i < names->n; i++) {
		if (!is_folder_name(names->name[i])) {
			TRY(ignore(names->name[i], &ignored, f, d));
			continue;
		}
		if (!is_done(fd, names->name[i])) {
			torn = names->name[i];
			TRY(ignore(torn, &ignored, f, d));
			continue;
		}
		if (*out != NULL)
			FAIL(d, ST_POLICY, "FORMATS 10.54: both %s and %s are "
			    "parcels; name the one that is wanted", *out,
			    names->name[i]);
		*out = names->name[i];
	}
	if (*out == NULL && torn != NULL)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.53: it is not complete, as "
		    "DONE is not there; it was pulled too early, or the stick "
		    "failed", torn);
	if (*out == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 10.54: no parcel is there");
	TRY(ignore_rest(ignored, f, d));
out:
	return rc;
}

enum status
usb_receive(int fd, const struct medium *m, struct frozen *out,
    struct facts *f, struct diag *d)
{
	struct names top = { 0 }, below = { 0 };
	const char *folder = NULL;
	enum status rc;
	int sub = -1;

	TRY(check_medium(m, false, d));
	TRY(list(fd, &top, d));
	if (has(&top, "MANIFEST") || has(&top, "DONE")) {
		TRY(copy(fd, &top, out, f, d));
		goto out;
	}
	TRY(choose(fd, &top, &folder, f, d));
	if ((rc = open_below(fd, folder, &sub, d)) == ST_OK &&
	    (rc = list(sub, &below, d)) == ST_OK)
		rc = copy(sub, &below, out, f, d);
	if (rc != ST_OK)
		diag_prefix(d, "%s", folder);
out:
	if (rc != ST_OK)
		frozen_free(out);
	file_list_free(top.name, top.n);
	file_list_free(below.name, below.n);
	if (sub >= 0)
		close(sub);
	return rc;
}
