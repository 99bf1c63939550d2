/* see desk.h */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/record/chain.h"
#include "lib/record/desk.h"
#include "lib/record/folder.h"

bool
desk_is_private(const char *name)
{
	static const char folder[] = "private/";

	return strncmp(name, folder, sizeof(folder) - 1) == 0;
}

size_t
desk_count(const struct entry *entry, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < entry[i].n; j++)
			count += desk_is_private(entry[i].objects[j].name);
	}
	return count;
}

enum status
desk_whole(const char *path, int dirfd, const struct entry *entry, size_t n,
    struct diag *d)
{
	const char *name;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < entry[i].n; j++) {
			name = entry[i].objects[j].name;
			if (desk_is_private(name) && !folder_has(dirfd, name))
				return diag_set(d, ST_POLICY, "%s: FORMATS "
				    "7.12: %s is not in it: it is a desk "
				    "copy, and no stick is made of one", path,
				    name);
		}
	}
	return ST_OK;
}

/* --- publish --- */

static enum status
publish_entry(const struct state *s, const struct entry *e, int to,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	struct bytes bytes = { 0 };
	enum status rc;

	for (size_t i = 0; i < e->n; i++) {
		if (desk_is_private(e->objects[i].name))
			continue;
		TRY(state_object(s, e->objects[i].name, &bytes, d));
		TRY(folder_create(to, e->objects[i].name, bytes.data,
		    bytes.len, d));
	}
	entry_name(e->number, 1, name);
	TRY(folder_create(to, name, e->text.data, e->text.len, d));
out:
	bytes_free(&bytes);
	return rc;
}

/* What was written is a state, and this one. */
static enum status
check_copy(const struct state *s, const char *to, struct diag *d)
{
	struct state *copy = NULL;
	enum status rc;
	int fd = -1;

	TRY(state_load(to, &copy, &fd, NULL, NULL, d));
	if (strcmp(state_head(copy), state_head(s)) != 0)
		FAIL(d, ST_SYSTEM, "%s: it did not take the record", to);
out:
	state_free(copy);
	if (fd >= 0)
		close(fd);
	return rc;
}

enum status
desk_publish(const struct state *s, const char *to, struct diag *d)
{
	bool made = false;
	enum status rc;
	int fd = -1;

	if (state_open(s) != NULL)
		FAIL(d, ST_POLICY, "RULES C3: ceremony %u is not closed; "
		    "nothing leaves the room before", state_open(s)->number);
	made = mkdir(to, 0700) == 0;
	if (!made && errno == EEXIST)
		FAIL(d, ST_POLICY, "%s: it is there already; a desk copy is a "
		    "new folder", to);
	if (!made)
		FAIL(d, ST_SYSTEM, "%s: the folder cannot be made: %s", to,
		    strerror(errno));
	TRY(file_open_dir(to, true, &fd, d)); /* and its parent is synced */
	/* there it would be a stray for ever */
	if (file_lies_in(fd, s->dirfd))
		FAIL(d, ST_POLICY, "%s: FORMATS 7.1: it would lie inside the "
		    "state", to);
	for (size_t i = 0; i < s->n; i++)
		TRY(publish_entry(s, &s->entries[i], fd, d));
	TRY(check_copy(s, to, d));
out:
	if (fd >= 0)
		close(fd);
	if (rc != ST_OK && made)
		file_remove_tree(to);
	return rc;
}

/* --- compare --- */

enum desk_relation
desk_compare(const struct state *a, const struct state *b, size_t *at)
{
	const size_t n = a->n < b->n ? a->n : b->n;

	for (*at = 0; *at < n; ++*at) {
		if (strcmp(a->entries[*at].digest, b->entries[*at].digest) !=
		    0)
			return DESK_APART;
	}
	if (a->n == b->n)
		return DESK_EQUAL;
	return a->n < b->n ? DESK_A_FIRST : DESK_B_FIRST;
}

enum status
desk_object(const struct state *s, const struct object_ref *ref, bool *same,
    struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	struct bytes bytes = { 0 };
	enum status rc = ST_OK;

	*same = s->withheld > 0 && desk_is_private(ref->name);
	if (*same || !folder_has(s->dirfd, ref->name))
		return ST_OK;
	TRY(folder_read(s->dirfd, ref->name, FILE_MAX, &bytes, d));
	hash_sha384_hex(bytes.data, bytes.len, digest);
	*same = strcmp(digest, ref->digest) == 0;
out:
	bytes_free(&bytes);
	return rc;
}
