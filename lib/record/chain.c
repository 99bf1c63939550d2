/* see chain.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/chain.h"
#include "lib/record/desk.h"
#include "lib/record/folder.h"

/* Every folder a state has. */
static const char *const folders[] = { "adopted", "bundles", "cross", "issued",
	"lists", "plans", "private", "record", "requests", "roots", "sealed",
	"signed" };
#define NFOLDERS (sizeof(folders) / sizeof(folders[0]))

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

/* The folder of the entries, opened once, and what is in it. */
struct drawer {
	int fd; /* -1: there is none */
	struct names files;
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

/* The whole entry of this number that follows ${previous}, if there is one.
 * ${*name} gets the file it was found in. */
static enum status
find_entry(const struct drawer *in, uint64_t number, const char *previous,
    struct entry *out, char name[OBJECT_NAME_SIZE], bool *found,
    struct diag *d)
{
	char try[OBJECT_NAME_SIZE];
	const char *file;
	struct bytes text = { 0 };
	struct entry e = { 0 };
	enum status rc;

	*found = false;
	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		entry_name(number, v, try);
		file = strchr(try, '/') + 1;
		/* the torn file that took a name may lie on the other stick */
		if (!names_have(&in->files, file))
			continue;
		TRY(file_read_at(in->fd, file, ENTRY_MAX, &text, d));
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

	TRY(folder_open(dirfd, folder, false, &fd, d));
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
open_drawer(int dirfd, struct drawer *out, struct diag *d)
{
	enum status rc;

	if (!folder_has(dirfd, "record"))
		return ST_OK;
	TRY(folder_open(dirfd, "record", false, &out->fd, d));
	TRY(file_list_at(out->fd, &out->files.name, &out->files.n, d));
out:
	return rc;
}

static void
close_drawer(struct drawer *r)
{
	file_list_free(r->files.name, r->files.n);
	if (r->fd >= 0)
		close(r->fd);
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
	struct drawer in = { .fd = -1 };
	struct names known = { 0 };
	struct chain c = { 0 };
	struct entry e = { 0 };
	const char *previous;
	struct entry *place;
	bool found;
	enum status rc;

	TRY(open_drawer(dirfd, &in, d));
	for (;;) {
		previous = c.n == 0 ? "none" : c.entry[c.n - 1].digest;
		TRY(find_entry(&in, c.n + 1, previous, &e, file, &found, d));
		if (!found)
			break;
		TRY(names_add(&known, file, d));
		if ((place = GROW(c.entry, c.n)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		*place = e;
		memset(&e, 0, sizeof(e));
	}
	TRY(check_end(&in.files, &c, d));
	TRY(find_strays(dirfd, &known, &c, d));
	*out = c;
	memset(&c, 0, sizeof(c));
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	entry_clear(&e);
	chain_clear(&c);
	strays_free(known.name, known.n);
	close_drawer(&in);
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
chain_replay(struct chain *c, int dirfd, struct state **out, struct diag *d)
{
	struct state *s = NULL;
	enum status rc;

	*out = NULL;
	TRY(state_new(&s, d));
	s->dirfd = dirfd;
	for (size_t i = 0; i < c->n; i++)
		TRY(state_apply(s, &c->entry[i], d));
	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	state_free(s);
	return rc;
}

enum status
state_load(const char *path, struct state **out, int *dirfd, char ***strays,
    size_t *nstrays, struct diag *d)
{
	struct chain c = { 0 };
	enum status rc;
	int fd = -1;

	*out = NULL;
	TRY(file_open_dir(path, false, &fd, d));
	TRY(chain_read(fd, path, &c, d));
	if (c.n == 0)
		FAIL(d, ST_FORMAT, "%s: no record is there", path);
	TRY(chain_replay(&c, fd, out, d));
	if (!folder_has(fd, "private"))
		(*out)->withheld = desk_count((*out)->entries, (*out)->n);
	if (strays != NULL) {
		*strays = c.stray;
		*nstrays = c.nstray;
		c.stray = NULL;
		c.nstray = 0;
	}
	*dirfd = fd;
	fd = -1;
	rc = ST_OK;
out:
	chain_clear(&c);
	if (fd >= 0)
		close(fd);
	return rc;
}

enum status
state_from(const char *path, struct state **out, struct diag *d)
{
	enum status rc;
	int fd = -1;

	TRY(state_load(path, out, &fd, NULL, NULL, d));
	(*out)->folder = fd;
out:
	return rc;
}
