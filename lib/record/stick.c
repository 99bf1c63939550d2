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
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/desk.h"
#include "lib/record/folder.h"
#include "lib/record/stick.h"

/* Every folder a state has. */
static const char *const folders[] = { "bundles", "cross", "issued", "lists",
	"plans", "private", "record", "requests", "roots", "sealed" };
#define NFOLDERS (sizeof(folders) / sizeof(folders[0]))

bool
variant_of(const char *name, const char *plain)
{
	char is[OBJECT_NAME_SIZE];

	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		object_variant(plain, v, is);
		if (strcmp(name, is) == 0)
			return true;
	}
	return false;
}

/* --- reading --- */

/* A whole entry where it does not belong is no torn one. */
static enum status
check_follows(const char *file, const struct entry *e, uint64_t number,
    const char *previous, struct diag *d)
{
	if (e->number != number)
		return diag_set(d, ST_AUTH, "%s: FORMATS 7.4: it is entry %lu",
		    file, (unsigned long)e->number);
	if (strcmp(e->previous, previous) != 0)
		return diag_set(d, ST_AUTH, "%s: FORMATS 7.4: it does not "
		    "follow the entry before it: one of them was altered",
		    file);
	return ST_OK;
}

/* A sorted list of names that is looked up often. */
struct names {
	char **name;
	size_t n;
};

static enum status
names_add(struct names *l, const char *name, struct diag *d)
{
	char **place = GROW(l->name, l->n);

	if (place == NULL || (*place = strdup(name)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

void
strays_free(char **stray, size_t n)
{
	for (size_t i = 0; stray != NULL && i < n; i++)
		free(stray[i]);
	free(stray);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static bool
names_have(const struct names *l, const char *name)
{
	return l->n > 0 && bsearch(&name, l->name, l->n, sizeof(*l->name),
	    by_name) != NULL;
}

/* The whole entry of this number that follows ${previous}, if there is one
 * among the ${files}.  ${*name} gets the file it was found in. */
static enum status
find_entry(int dirfd, const struct names *files, uint64_t number,
    const char *previous, struct entry *out, char name[OBJECT_NAME_SIZE],
    bool *found, struct diag *d)
{
	char try[OBJECT_NAME_SIZE];
	struct bytes text = { 0 };
	struct entry e = { 0 };
	enum status rc;

	*found = false;
	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		entry_name(number, v, try);
		/* the torn file that took a name may lie on the other stick */
		if (!names_have(files, strchr(try, '/') + 1))
			continue;
		TRY(folder_read(dirfd, try, ENTRY_MAX, &text, d));
		if ((rc = entry_read(try, &text, &e, NULL)) == ST_SYSTEM)
			FAIL(d, rc, "%s: out of memory", try);
		if (rc != ST_OK)
			continue; /* torn */
		TRY(check_follows(try, &e, number, previous, d));
		if (*found && strcmp(e.digest, out->digest) != 0)
			FAIL(d, ST_AUTH, "FORMATS 7.4: two entries claim "
			    "number %lu", (unsigned long)number);
		if (*found) {
			entry_clear(&e);
			continue;
		}
		*out = e;
		memset(&e, 0, sizeof(e));
		snprintf(name, OBJECT_NAME_SIZE, "%s", try);
		*found = true;
	}
	rc = ST_OK;
out:
	entry_clear(&e);
	bytes_free(&text);
	return rc;
}

/* What the chain accounts for: entries, objects, leftovers named before. */
static enum status
covered(const struct chain *c, struct names *out, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < c->n && rc == ST_OK; i++) {
		for (size_t j = 0; j < c->entry[i].n && rc == ST_OK; j++)
			rc = names_add(out, c->entry[i].objects[j].name, d);
		for (size_t j = 0; j < c->entry[i].nleft && rc == ST_OK; j++)
			rc = names_add(out, c->entry[i].leftovers[j], d);
	}
	return rc;
}

/* Foreign names come in escaped, and stay so in the record. */
static void
stray_name(const char *folder, const char *file, char out[LEFTOVER_MAX + 1])
{
	const int at = snprintf(out, LEFTOVER_MAX + 1, "%s%s", folder,
	    folder[0] == '\0' ? "" : "/");

	text_escape(file, strlen(file), out + at,
	    LEFTOVER_MAX + 1 - (size_t)at);
}

/* Files of one folder that nothing accounts for. */
static enum status
folder_strays(int dirfd, const char *folder, const struct names *known,
    struct names *out, struct diag *d)
{
	char name[LEFTOVER_MAX + 1], **names = NULL;
	enum status rc;
	size_t n = 0;
	int fd = -1;

	TRY(file_open_sub(dirfd, folder, false, &fd, d));
	TRY(file_list_at(fd, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		stray_name(folder, names[i], name);
		if (!names_have(known, name))
			TRY(names_add(out, name, d));
	}
out:
	file_list_free(names, n);
	if (fd >= 0)
		close(fd);
	return rc;
}

static bool
is_folder(const char *name)
{
	for (size_t i = 0; i < NFOLDERS; i++) {
		if (strcmp(folders[i], name) == 0)
			return true;
	}
	return false;
}

static enum status
find_strays(int dirfd, struct names *known, struct chain *c, struct diag *d)
{
	char name[LEFTOVER_MAX + 1], **top = NULL;
	struct names strays = { 0 };
	enum status rc;
	size_t n = 0;

	TRY(covered(c, known, d));
	if (known->n > 0)
		qsort(known->name, known->n, sizeof(*known->name), by_name);
	TRY(file_list_at(dirfd, &top, &n, d));
	for (size_t i = 0; i < n; i++) {
		if (is_folder(top[i])) {
			TRY(folder_strays(dirfd, top[i], known, &strays, d));
			continue;
		}
		stray_name("", top[i], name);
		if (!names_have(known, name))
			TRY(names_add(&strays, name, d));
	}
	c->stray = strays.name;
	c->nstray = strays.n;
	memset(&strays, 0, sizeof(strays));
	rc = ST_OK;
out:
	file_list_free(top, n);
	strays_free(strays.name, strays.n);
	return rc;
}

/* The number in the name of an entry's file, any of its variants; else 0. */
static uint64_t
entry_number(const char *file)
{
	char digits[7], plain[OBJECT_NAME_SIZE], full[OBJECT_NAME_SIZE];
	uint64_t number = 0;

	if (snprintf(full, sizeof(full), "record/%s", file) >=
	    (int)sizeof(full))
		return 0;
	snprintf(digits, sizeof(digits), "%s", file);
	number = strtoull(digits, NULL, 10);
	entry_name(number, 1, plain);
	return variant_of(full, plain) ? number : 0;
}

/* A file of a number behind the one that could be torn, whole or not, means
 * that an entry before it is gone: that is no torn end. */
static enum status
check_end(const struct names *files, const struct chain *c, struct diag *d)
{
	char first[OBJECT_NAME_SIZE];

	entry_name(c->n + 1, 1, first);
	for (size_t i = 0; i < files->n; i++) {
		if (entry_number(files->name[i]) > c->n + 1)
			return diag_set(d, ST_AUTH, "%s: FORMATS 7.4: missing "
			    "or altered, and later entries are there", first);
	}
	return ST_OK;
}

/* The files of entries, and whatever else is there; none without a folder. */
static enum status
list_record(int dirfd, struct names *out, struct diag *d)
{
	enum status rc;
	int fd = -1;

	if (!folder_has(dirfd, "record"))
		return ST_OK;
	TRY(file_open_sub(dirfd, "record", false, &fd, d));
	TRY(file_list_at(fd, &out->name, &out->n, d));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

void
chain_clear(struct chain *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		entry_clear(&c->entry[i]);
	free(c->entry);
	strays_free(c->stray, c->nstray);
	memset(c, 0, sizeof(*c));
}

enum status
chain_read(int dirfd, const char *name, struct chain *out, struct diag *d)
{
	char file[OBJECT_NAME_SIZE];
	struct names files = { 0 }, known = { 0 };
	struct chain c = { 0 };
	struct entry e = { 0 };
	const char *previous;
	struct entry *place;
	bool found;
	enum status rc;

	TRY(list_record(dirfd, &files, d));
	for (;;) {
		previous = c.n == 0 ? "none" : c.entry[c.n - 1].digest;
		TRY(find_entry(dirfd, &files, c.n + 1, previous, &e, file,
		    &found, d));
		if (!found)
			break;
		TRY(names_add(&known, file, d));
		if ((place = GROW(c.entry, c.n)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		*place = e;
		memset(&e, 0, sizeof(e));
	}
	TRY(check_end(&files, &c, d));
	TRY(find_strays(dirfd, &known, &c, d));
	*out = c;
	memset(&c, 0, sizeof(c));
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	entry_clear(&e);
	chain_clear(&c);
	file_list_free(files.name, files.n);
	strays_free(known.name, known.n);
	return rc;
}

bool
chain_prefix(const struct chain *a, const struct chain *b)
{
	if (a->n > b->n)
		return false;
	return a->n == 0 ||
	    strcmp(a->entry[a->n - 1].digest, b->entry[a->n - 1].digest) == 0;
}

enum status
state_load(const char *path, struct state **out, int *dirfd, char ***strays,
    size_t *nstrays, struct diag *d)
{
	struct state *s = NULL;
	struct chain c = { 0 };
	enum status rc;
	int fd = -1;

	*out = NULL;
	TRY(file_open_dir(path, false, &fd, d));
	TRY(chain_read(fd, path, &c, d));
	if (c.n == 0)
		FAIL(d, ST_FORMAT, "%s: no record is there", path);
	TRY(state_new(&s, d));
	for (size_t i = 0; i < c.n; i++)
		TRY(state_apply(s, &c.entry[i], d));
	if (strays != NULL) {
		*strays = c.stray;
		*nstrays = c.nstray;
		c.stray = NULL;
		c.nstray = 0;
	}
	if (!folder_has(fd, "private"))
		s->withheld = desk_count(s->entries, s->n);
	s->dirfd = fd;
	*dirfd = fd;
	fd = -1;
	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	state_free(s);
	chain_clear(&c);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- writing --- */

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

/* The variant of ${name} that every stick can take: absent, or (a leftover of
 * a cut) there with these very bytes. */
static enum status
free_variant(const struct sticks *s, const char *name,
    const struct bytes *bytes, char out[OBJECT_NAME_SIZE], struct diag *d)
{
	struct bytes there = { 0 };
	bool fits;

	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		object_variant(name, v, out);
		fits = true;
		for (size_t i = 0; i < s->n && fits; i++) {
			if (!folder_has(s->stick[i].dirfd, out))
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
write_one(const struct stick *k, const char *name, const struct bytes *bytes,
    struct diag *d)
{
	struct bytes there = { 0 };
	enum status rc;

	TRY(same_medium(k, d));
	if (!folder_has(k->dirfd, name)) {
		TRY(folder_create(k->dirfd, name, bytes->data, bytes->len, d));
		return ST_OK;
	}
	TRY(folder_read(k->dirfd, name, FILE_MAX, &there, d));
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

enum status
sticks_commit(struct sticks *s, struct entry *e, const struct outcome *o,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE], plain[OBJECT_NAME_SIZE],
	    digest[SHA384_HEX_SIZE];
	enum status rc;

	if (s->failed)
		FAIL(d, ST_SYSTEM, "a medium has failed; nothing more is "
		    "written to it");
	for (size_t i = 0; o != NULL && i < o->n; i++) {
		TRY(free_variant(s, o->objects[i].name, &o->objects[i].bytes,
		    name, d));
		TRY(write_all(s, name, &o->objects[i].bytes, d));
		hash_sha384_hex(o->objects[i].bytes.data,
		    o->objects[i].bytes.len, digest);
		TRY(entry_add_object(e, name, digest, d));
	}
	TRY(name_leftovers(s, e, d));
	TRY(entry_seal(e, d));
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

static enum status
open_stick(const char *path, bool create, bool memory, struct stick *out,
    struct diag *d)
{
	struct stat st;
	enum status rc;

	if ((out->path = strdup(path)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	/* before it is made: a refusal leaves nothing behind */
	if (!memory && in_memory(path))
		FAIL(d, ST_POLICY, "%s: FORMATS 7.1: a state is kept on a "
		    "medium, and this is memory", path);
	out->made = create && access(path, F_OK) != 0 && errno == ENOENT;
	TRY(file_open_dir(path, create, &out->dirfd, d));
	if (fstat(out->dirfd, &st) != 0)
		FAIL(d, ST_SYSTEM, "%s: %s", path, strerror(errno));
	out->dev = st.st_dev;
	out->ino = st.st_ino;
out:
	return rc;
}

/* From here on it is ours alone, and what is read of it is on the medium. */
static enum status
take_stick(struct stick *s, struct diag *d)
{
	enum status rc;

	TRY(lock_folder(s, d));
	/* a killed run may have left pages that are not on the medium */
	if (syncfs(s->dirfd) != 0)
		FAIL(d, ST_SYSTEM, "%s: %s", s->path, strerror(errno));
	TRY(chain_read(s->dirfd, s->path, &s->chain, d));
	TRY(desk_whole(s->path, s->dirfd, s->chain.entry, s->chain.n, d));
out:
	return rc;
}

/* An object as its entry commits it, or not at all. */
static enum status
object_read(const struct stick *from, const struct object_ref *ref,
    struct bytes *out, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	TRY(folder_read(from->dirfd, ref->name, FILE_MAX, out, d));
	hash_sha384_hex(out->data, out->len, digest);
	if (strcmp(digest, ref->digest) != 0)
		FAIL(d, ST_AUTH, "%s: %s: FORMATS 7.3: its digest is not the "
		    "one the record has", from->path, ref->name);
out:
	return rc;
}

/* Entries and objects of ${from} beyond ${to}'s chain, written to ${to}. */
static enum status
bring_forward(const struct stick *from, struct stick *to, struct diag *d)
{
	struct sticks one = { .n = 1 };
	char name[OBJECT_NAME_SIZE], plain[OBJECT_NAME_SIZE];
	struct bytes bytes = { 0 };
	const struct entry *e;
	enum status rc;

	one.stick[0] = *to; /* borrowed for the writing */
	for (size_t i = to->chain.n; i < from->chain.n; i++) {
		e = &from->chain.entry[i];
		for (size_t j = 0; j < e->n; j++) {
			TRY(object_read(from, &e->objects[j], &bytes, d));
			TRY(free_variant(&one, e->objects[j].name, &bytes,
			    name, d));
			if (strcmp(name, e->objects[j].name) != 0)
				FAIL(d, ST_SYSTEM, "%s: a torn %s is in the "
				    "way; make a new stick with `anchorite "
				    "state copy`", to->path,
				    e->objects[j].name);
			TRY(write_all(&one, name, &bytes, d));
		}
		entry_name(e->number, 1, plain);
		TRY(free_variant(&one, plain, &e->text, name, d));
		TRY(write_all(&one, name, &e->text, d));
	}
	chain_clear(&to->chain);
	TRY(chain_read(to->dirfd, to->path, &to->chain, d));
	if (to->chain.n != from->chain.n ||
	    !chain_prefix(&to->chain, &from->chain))
		FAIL(d, ST_SYSTEM, "%s: it did not take the record", to->path);
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
agree(struct stick *a, struct stick *b, struct diag *d)
{
	if (chain_prefix(&a->chain, &b->chain))
		return a->chain.n == b->chain.n ? ST_OK :
						  bring_forward(b, a, d);
	if (chain_prefix(&b->chain, &a->chain))
		return bring_forward(a, b, d);
	return diag_set(d, ST_AUTH, "%s and %s: FORMATS 7.4: two different "
	    "histories; neither is written to", a->path, b->path);
}

enum status
sticks_open(const char *const *paths, size_t n, bool create, bool memory,
    struct sticks **out, struct diag *d)
{
	struct sticks *s = NULL;
	enum status rc;

	*out = NULL;
	if (n < 1 || n > STICKS_MAX)
		FAIL(d, ST_BUG, "%zu sticks", n);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		s->stick[i].dirfd = -1;
		s->n = i + 1;
		TRY(open_stick(paths[i], create, memory, &s->stick[i], d));
		if (i == 1 && s->stick[0].dev == s->stick[1].dev &&
		    s->stick[0].ino == s->stick[1].ino)
			FAIL(d, ST_POLICY, "%s and %s are one folder",
			    paths[0], paths[1]);
		TRY(take_stick(&s->stick[i], d));
	}
	if (n == 2)
		TRY(agree(&s->stick[0], &s->stick[1], d));
	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	/* what was made for nothing is empty yet, or it stays */
	for (size_t i = 0; s != NULL && i < s->n; i++) {
		if (s->stick[i].made && s->stick[i].dirfd >= 0)
			rmdir(s->stick[i].path);
	}
	sticks_free(s);
	return rc;
}

void
sticks_free(struct sticks *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		free(s->stick[i].path);
		if (s->stick[i].dirfd >= 0)
			close(s->stick[i].dirfd);
		chain_clear(&s->stick[i].chain);
	}
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
	struct stick a = { .dirfd = -1 }, b = { .dirfd = -1 };
	const char *mode;
	enum status rc;

	TRY(open_stick(from, false, true, &a, d));
	TRY(take_stick(&a, d));
	if (a.chain.n == 0)
		FAIL(d, ST_FORMAT, "%s: no record is there", from);
	/* only a rehearsal's may die with the machine */
	mode = facts_get(&a.chain.entry[0].facts, "mode");
	TRY(open_stick(to, true, mode == NULL ||
	    strcmp(mode, "production") != 0, &b, d));
	TRY(take_stick(&b, d));
	for (size_t i = 0; b.chain.n == 0 && i < b.chain.nstray; i++) {
		if (strchr(b.chain.stray[i], '/') == NULL)
			FAIL(d, ST_POLICY, "%s: FORMATS 7.1: it is there, and "
			    "is no state folder", to);
	}
	if (!chain_prefix(&b.chain, &a.chain))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.4: it has entries that %s has "
		    "not; a state never goes back", to, from);
	TRY(bring_forward(&a, &b, d));
out:
	free(a.path);
	free(b.path);
	if (a.dirfd >= 0)
		close(a.dirfd);
	if (b.dirfd >= 0)
		close(b.dirfd);
	chain_clear(&a.chain);
	chain_clear(&b.chain);
	return rc;
}
