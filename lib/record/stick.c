/* see stick.h */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/record/desk.h"
#include "lib/record/folder.h"
#include "lib/record/stick.h"

/* A folder that was unmounted or swapped must not take a ceremony into RAM:
 * the path still leads to the very folder that was opened. */
static enum status
same_medium(const struct stick *s, struct diag *d)
{
	struct stat now;

	if (stat(s->path, &now) != 0 || now.st_dev != s->dev ||
	    now.st_ino != s->ino)
		return diag_set(d, ST_SYSTEM, "it is no longer the medium that "
		    "this ceremony opened");
	return ST_OK;
}

/* The folder of ${name}, if it is open already; else -1. */
static int
open_folder(const struct stick *k, const char *name, size_t len)
{
	for (size_t i = 0; i < k->nfolders; i++) {
		if (strncmp(k->folder[i].name, name, len) == 0 &&
		    k->folder[i].name[len] == '\0')
			return k->folder[i].fd;
	}
	return -1;
}

/* The same, opened now if it is not, and made when it is absent; ${*file} is
 * what is left of the name.  It is durable from then on: what was there when
 * the stick was taken is on the medium, and so is what is made here. */
static enum status
folder_of(struct stick *k, const char *name, int *fd, const char **file,
    struct diag *d)
{
	const size_t len = strcspn(name, "/");
	char *place;
	enum status rc;

	if (name[len] != '/' || len >= sizeof(k->folder[0].name))
		FAIL(d, ST_BUG, "%s: no folder of a state", name);
	*file = name + len + 1;
	if ((*fd = open_folder(k, name, len)) >= 0)
		return ST_OK;
	if (k->nfolders == STICK_FOLDERS_MAX)
		FAIL(d, ST_BUG, "%s: one folder too many", name);
	place = k->folder[k->nfolders].name;
	memcpy(place, name, len);
	place[len] = '\0';
	TRY(folder_open(k->dirfd, place, true, fd, d));
	k->folder[k->nfolders++].fd = *fd;
out:
	return rc;
}

/* Nothing is made by looking. */
static bool
stick_has(const struct stick *k, const char *name)
{
	const size_t len = strcspn(name, "/");
	const int fd = open_folder(k, name, len);

	return fd >= 0 ? file_exists_at(fd, name + len + 1) :
			 folder_has(k->dirfd, name);
}

/* The variant of ${name} that every stick can take: absent, or (a leftover of
 * a cut) there with these very bytes. */
static enum status
free_variant(struct sticks *s, const char *name, const struct bytes *bytes,
    char out[OBJECT_NAME_SIZE], struct diag *d)
{
	struct bytes there = { 0 };
	bool fits;

	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		object_variant(name, v, out);
		fits = true;
		for (size_t i = 0; i < s->n && fits; i++) {
			if (!stick_has(&s->stick[i], out))
				continue;
			fits = folder_read(s->stick[i].dirfd, out, FILE_MAX,
			    &there, NULL) == ST_OK &&
			    bytes_equal(&there, bytes);
		}
		bytes_free(&there);
		if (fits)
			return ST_OK;
	}
	return diag_set(d, ST_SYSTEM, "%s: torn files have taken all its "
	    "names; make a new stick with `anchorite state copy`", name);
}

/* What is there already must be these very bytes: that a file cannot be looked
 * at does not mean that it was written. */
static enum status
write_one(struct stick *k, const char *name, const struct bytes *bytes,
    struct diag *d)
{
	struct bytes there = { 0 };
	const char *file;
	enum status rc;
	int fd = -1;

	TRY(same_medium(k, d));
	TRY(folder_of(k, name, &fd, &file, d));
	if (!file_exists_at(fd, file)) {
		TRY(file_create_at(fd, file, bytes->data, bytes->len, d));
		return ST_OK;
	}
	TRY(file_read_at(fd, file, FILE_MAX, &there, d));
	if (!bytes_equal(&there, bytes))
		FAIL(d, ST_SYSTEM, "%s: it is there, and another", name);
out:
	bytes_free(&there);
	return rc;
}

/* Write to each stick under one name. */
static enum status
write_all(struct sticks *s, const char *name, const struct bytes *bytes,
    struct diag *d)
{
	enum status rc;

	s->failed = true; /* until all of it is there */
	for (size_t i = 0; i < s->n; i++) {
		if ((rc = write_one(&s->stick[i], name, bytes, d)) != ST_OK) {
			diag_prefix(d, "%s", s->stick[i].path);
			goto out;
		}
	}
	s->failed = false;
	rc = ST_OK;
out:
	return rc;
}

/* Name what a cut left behind, once: the entry being made covers it. */
static enum status
name_leftovers(struct sticks *s, struct entry *e, struct diag *d)
{
	struct chain *c;
	enum status rc;
	bool again;

	for (size_t i = 0; i < s->n; i++) {
		c = &s->stick[i].chain;
		for (size_t j = 0; j < c->nstray; j++) {
			again = false;
			for (size_t k = 0; k < e->n; k++)
				again |= strcmp(e->objects[k].name,
				    c->stray[j]) == 0;
			for (size_t k = 0; k < e->nleft; k++)
				again |= strcmp(e->leftovers[k],
				    c->stray[j]) == 0;
			if (!again)
				TRY(entry_add_leftover(e, c->stray[j], d));
		}
	}
	rc = ST_OK;
out:
	return rc;
}

/* Before anything is written: what is refused leaves no file. */
static enum status
check_sound(const struct sticks *s, struct diag *d)
{
	if (s->failed)
		return diag_set(d, ST_SYSTEM, "a medium has failed; nothing "
		    "more is written to it");
	return ST_OK;
}

enum status
sticks_seal(struct sticks *s, struct entry *e, const struct outcome *o,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE], digest[SHA384_HEX_SIZE];
	const struct bytes *bytes;
	enum status rc;

	TRY(check_sound(s, d));
	for (size_t i = 0; o != NULL && i < o->n; i++) {
		bytes = &o->objects[i].bytes;
		TRY(free_variant(s, o->objects[i].name, bytes, name, d));
		hash_sha384_hex(bytes->data, bytes->len, digest);
		TRY(entry_add_object(e, name, digest, d));
	}
	TRY(name_leftovers(s, e, d));
	TRY(entry_seal(e, d));
out:
	return rc;
}

enum status
sticks_write(struct sticks *s, const struct entry *e,
    const struct outcome *o, struct diag *d)
{
	char name[OBJECT_NAME_SIZE], plain[OBJECT_NAME_SIZE];
	enum status rc;

	TRY(check_sound(s, d));
	for (size_t i = 0; o != NULL && i < o->n; i++)
		TRY(write_all(s, e->objects[i].name, &o->objects[i].bytes,
		    d));
	entry_name(e->number, 1, plain);
	TRY(free_variant(s, plain, &e->text, name, d));
	TRY(write_all(s, name, &e->text, d));
	for (size_t i = 0; i < s->n; i++) {
		strays_free(s->stick[i].chain.stray,
		    s->stick[i].chain.nstray);
		s->stick[i].chain.stray = NULL;
		s->stick[i].chain.nstray = 0;
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
sticks_commit(struct sticks *s, struct entry *e, const struct outcome *o,
    struct diag *d)
{
	enum status rc;

	TRY(sticks_seal(s, e, o, d));
	TRY(sticks_write(s, e, o, d));
out:
	return rc;
}

/* Whether a folder is in memory, or would be made there. */
static bool
in_memory(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct bytes up = { 0 };
	bool memory = false; /* what cannot be opened is refused later */
	int fd = -1;

	if (file_open_dir(path, false, &fd, NULL) != ST_OK &&
	    text_format(&up, NULL, "%.*s.", slash == NULL ? 0 :
	    (int)(slash + 1 - path), path) == ST_OK &&
	    file_open_dir((const char *)up.data, false, &fd, NULL) != ST_OK)
		fd = -1;
	if (fd >= 0) {
		memory = file_is_memory(fd);
		close(fd);
	}
	bytes_free(&up);
	return memory;
}

/* Two programs that write to one state would make two histories of it.  The
 * kernel holds the lock: it ends with the process, and writes nothing. */
static enum status
lock_folder(struct stick *s, struct diag *d)
{
	if (flock(s->dirfd, LOCK_EX | LOCK_NB) == 0)
		return ST_OK;
	s->made = false; /* whoever has it goes on in it */
	if (errno == EWOULDBLOCK)
		return diag_set(d, ST_POLICY, "%s: FORMATS 7.10: another "
		    "program writes to it", s->path);
	return diag_set(d, ST_SYSTEM, "%s: it cannot be locked: %s", s->path,
	    strerror(errno));
}

/* One that is absent stays so, unless ${create}. */
static enum status
open_stick(struct stick *out, bool create, bool memory, struct diag *d)
{
	const char *path = out->path;
	struct stat st;
	enum status rc;

	/* before it is made: a refusal leaves nothing behind */
	if (!memory && in_memory(path))
		FAIL(d, ST_POLICY, "%s: FORMATS 7.1: a state is kept on a "
		    "medium, and this is memory", path);
	out->made = access(path, F_OK) != 0 && errno == ENOENT;
	if (out->made && !create)
		return ST_OK;
	TRY(file_open_dir(path, create, &out->dirfd, d));
	if (fstat(out->dirfd, &st) != 0)
		FAIL(d, ST_SYSTEM, "%s: %s", path, strerror(errno));
	out->dev = st.st_dev;
	out->ino = st.st_ino;
out:
	return rc;
}

/* From here on it is ours alone. */
static enum status
take_stick(struct stick *s, struct diag *d)
{
	enum status rc;

	TRY(lock_folder(s, d));
	TRY(chain_read(s->dirfd, s->path, &s->chain, d));
	TRY(desk_whole(s->path, s->dirfd, s->chain.entry, s->chain.n, d));
out:
	return rc;
}

/* Without any entry it may hold only what a cut genesis left, or it is
 * somebody's folder and no state. */
static enum status
check_is_state(const struct stick *s, struct diag *d)
{
	for (size_t i = 0; s->chain.n == 0 && i < s->chain.nstray; i++) {
		if (strchr(s->chain.stray[i], '/') == NULL)
			return diag_set(d, ST_POLICY, "%s: FORMATS 7.1: it is "
			    "there, and is no state folder", s->path);
	}
	return ST_OK;
}

/* One inside the other would be a stray in it. */
static enum status
check_apart(const struct stick *a, const struct stick *b, struct diag *d)
{
	if (file_lies_in(a->dirfd, b->dirfd) ||
	    file_lies_in(b->dirfd, a->dirfd))
		return diag_set(d, ST_POLICY, "FORMATS 7.1: %s and %s are one "
		    "folder, or one lies in the other", a->path, b->path);
	return ST_OK;
}

static enum status
object_of(const struct stick *from, const struct object_ref *ref,
    struct bytes *out, struct diag *d)
{
	const enum status rc = folder_object(from->dirfd, ref, out, d);

	if (rc == ST_AUTH)
		diag_prefix(d, "%s", from->path);
	return rc;
}

/* The ${n} entries ${e} of ${from} and their objects, as far as ${to} has them
 * not, written to ${to}. */
static enum status
bring_forward(const struct stick *from, const struct entry *e, size_t n,
    struct stick *to, struct diag *d)
{
	struct sticks one = { .n = 1 };
	char name[OBJECT_NAME_SIZE], plain[OBJECT_NAME_SIZE];
	struct bytes bytes = { 0 };
	enum status rc;

	one.stick[0] = *to; /* borrowed for the writing */
	for (size_t i = to->chain.n; i < n; i++) {
		for (size_t j = 0; j < e[i].n; j++) {
			TRY(object_of(from, &e[i].objects[j], &bytes, d));
			TRY(free_variant(&one, e[i].objects[j].name, &bytes,
			    name, d));
			if (strcmp(name, e[i].objects[j].name) != 0)
				FAIL(d, ST_SYSTEM, "%s: a torn %s is in the "
				    "way; make a new stick with `anchorite "
				    "state copy`", to->path,
				    e[i].objects[j].name);
			TRY(write_all(&one, name, &bytes, d));
		}
		entry_name(e[i].number, 1, plain);
		TRY(free_variant(&one, plain, &e[i].text, name, d));
		TRY(write_all(&one, name, &e[i].text, d));
	}
	chain_clear(&one.stick[0].chain);
	TRY(chain_read(to->dirfd, to->path, &one.stick[0].chain, d));
	if (one.stick[0].chain.n != n || strcmp(e[n - 1].digest,
	    one.stick[0].chain.entry[n - 1].digest) != 0)
		FAIL(d, ST_SYSTEM, "%s: it did not take the record", to->path);
out:
	*to = one.stick[0];
	bytes_free(&bytes);
	return rc;
}

static enum status
check_agree(const struct stick *a, const struct stick *b, struct diag *d)
{
	if (chain_prefix(&a->chain, &b->chain) ||
	    chain_prefix(&b->chain, &a->chain))
		return ST_OK;
	return diag_set(d, ST_AUTH, "%s and %s: FORMATS 7.4: two different "
	    "histories; neither is written to", a->path, b->path);
}

/* What was made for nothing is empty yet, or it stays. */
static void
unmake(const struct sticks *s)
{
	for (size_t i = s->n; i-- > 0;) {
		if (s->stick[i].made && s->stick[i].dirfd >= 0)
			rmdir(s->stick[i].path);
	}
}

static enum status
look_at_all(const char *const *paths, size_t n, bool memory, struct sticks *s,
    struct diag *d)
{
	struct stick *k;
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		k = &s->stick[i];
		*k = (struct stick) { .path = paths[i], .dirfd = -1 };
		s->n = i + 1;
		TRY(open_stick(k, false, memory, d));
		if (i == 1)
			TRY(check_apart(&s->stick[0], k, d));
		if (k->dirfd >= 0)
			TRY(take_stick(k, d));
	}
	if (n == 2)
		TRY(check_agree(&s->stick[0], &s->stick[1], d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
look(const char *const *paths, size_t n, bool memory, struct sticks **out,
    struct diag *d)
{
	struct sticks *s = NULL;
	enum status rc;

	*out = NULL;
	if (n < 1 || n > STICKS_MAX)
		FAIL(d, ST_BUG, "%zu sticks", n);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(look_at_all(paths, n, memory, s, d));
	*out = s;
	s = NULL;
out:
	sticks_free(s);
	return rc;
}

enum status
sticks_look(const char *const *paths, size_t n, bool memory,
    struct sticks **out, struct diag *d)
{
	struct sticks *s = NULL;
	enum status rc;

	*out = NULL;
	TRY(look(paths, n, memory, &s, d));
	for (size_t i = 0; i < n; i++)
		TRY(check_is_state(&s->stick[i], d));
	*out = s;
	s = NULL;
out:
	sticks_free(s);
	return rc;
}

/* The one that has most; of two that have as much, the first. */
static struct stick *
longest(struct sticks *s)
{
	return s->n == 2 && s->stick[1].chain.n > s->stick[0].chain.n ?
	    &s->stick[1] : &s->stick[0];
}

struct chain *
sticks_longest(struct sticks *s, int *dirfd)
{
	struct stick *k = longest(s);

	*dirfd = k->dirfd;
	return &k->chain;
}

/* Made now, where it was absent; and empty still. */
static enum status
begin_stick(struct sticks *s, struct stick *k, struct diag *d)
{
	enum status rc;

	if (k->dirfd < 0) {
		TRY(open_stick(k, true, true, d));
		if (s->n == 2)
			TRY(check_apart(&s->stick[0], &s->stick[1], d));
		TRY(take_stick(k, d));
		if (k->chain.n > 0 || k->chain.nstray > 0)
			FAIL(d, ST_SYSTEM, "%s: it was not there before",
			    k->path);
	}
	/* a killed run may have left pages that are not on the medium */
	if (syncfs(k->dirfd) != 0)
		FAIL(d, ST_SYSTEM, "%s: %s", k->path, strerror(errno));
	rc = ST_OK;
out:
	return rc;
}

enum status
sticks_begin(struct sticks *s, const struct entry *e, size_t n,
    struct diag *d)
{
	struct stick *from = longest(s);
	enum status rc;

	for (size_t i = 0; i < s->n; i++)
		TRY(begin_stick(s, &s->stick[i], d));
	for (size_t i = 0; i < s->n; i++) {
		if (s->stick[i].chain.n < n)
			TRY(bring_forward(from, e, n, &s->stick[i], d));
	}
	rc = ST_OK;
out:
	if (rc != ST_OK)
		unmake(s);
	return rc;
}

enum status
sticks_open(const char *const *paths, size_t n, bool create, bool memory,
    struct sticks **out, struct diag *d)
{
	const struct chain *c;
	struct sticks *s = NULL;
	enum status rc;
	int fd;

	*out = NULL;
	TRY(look(paths, n, memory, &s, d));
	for (size_t i = 0; i < n && !create; i++) {
		if (s->stick[i].dirfd < 0)
			FAIL(d, ST_SYSTEM, "%s: it is not there", paths[i]);
	}
	c = sticks_longest(s, &fd);
	TRY(sticks_begin(s, c->entry, c->n, d));
	*out = s;
	s = NULL;
out:
	sticks_free(s);
	return rc;
}

static void
stick_clear(struct stick *k)
{
	for (size_t i = 0; i < k->nfolders; i++)
		close(k->folder[i].fd);
	if (k->dirfd >= 0)
		close(k->dirfd);
	chain_clear(&k->chain);
}

void
sticks_free(struct sticks *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		stick_clear(&s->stick[i]);
	free(s);
}

const struct chain *
sticks_chain(const struct sticks *s)
{
	return &s->stick[0].chain; /* equal by now */
}

enum status
sticks_copy(const char *from, const char *to, struct diag *d)
{
	struct sticks pair = { .n = 2, .stick = { { .path = from,
		.dirfd = -1 }, { .path = to, .dirfd = -1 } } };
	struct stick *a = &pair.stick[0], *b = &pair.stick[1];
	const char *mode;
	enum status rc;

	TRY(open_stick(a, false, true, d));
	if (a->dirfd >= 0)
		TRY(take_stick(a, d));
	if (a->chain.n == 0)
		FAIL(d, ST_FORMAT, "%s: no record is there", from);
	/* only a rehearsal's may die with the machine */
	mode = facts_get(&a->chain.entry[0].facts, "mode");
	TRY(open_stick(b, true, mode == NULL ||
	    strcmp(mode, "production") != 0, d));
	TRY(check_apart(a, b, d));
	TRY(take_stick(b, d));
	TRY(check_is_state(b, d));
	if (!chain_prefix(&b->chain, &a->chain))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.4: it has entries that %s has "
		    "not; a state never goes back", to, from);
	TRY(sticks_begin(&pair, a->chain.entry, a->chain.n, d));
out:
	if (rc != ST_OK)
		unmake(&pair);
	stick_clear(a);
	stick_clear(b);
	return rc;
}
