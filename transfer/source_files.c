/* see source.h: one file, or the pictures of a folder in the order of their
 * names */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "transfer/source_kind.h"

/* What a name in a folder ends in; the rest of a folder does not count. */
static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".pgm",
	".ppm" };

struct files {
	char *path; /* of the one file */
	int dirfd;  /* of the folder; -1: one file */
	char **names;
	size_t n, at;
};

static void
files_close(void *self)
{
	struct files *f = self;

	if (f == NULL)
		return;
	if (f->dirfd >= 0)
		close(f->dirfd);
	file_list_free(f->names, f->n);
	free(f->path);
	free(f);
}

static enum status
files_open(const char *rest, void **self, struct diag *d)
{
	struct files *f = NULL;
	struct stat st;
	enum status rc;

	if (stat(rest, &st) != 0 && strchr(rest, ':') != NULL)
		return diag_set(d, ST_USAGE, "%s: from where? camera[:DEV], "
		    "y4m:-, lines:-, or a file or folder that is there", rest);
	if (stat(rest, &st) != 0)
		return diag_set(d, ST_SYSTEM, "%s: %s", rest, strerror(errno));
	if ((f = calloc(1, sizeof(*f))) == NULL ||
	    (f->path = strdup(rest)) == NULL) {
		files_close(f);
		return diag_set(d, ST_SYSTEM, "out of memory");
	}
	f->dirfd = -1;
	if (S_ISDIR(st.st_mode)) {
		TRY(file_open_dir(rest, false, &f->dirfd, d));
		TRY(file_list_at(f->dirfd, &f->names, &f->n, d));
	}

	*self = f;
	f = NULL;
	rc = ST_OK;
out:
	files_close(f);
	return rc;
}

static bool
is_picture(const char *name)
{
	const size_t n = strlen(name);
	size_t m;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		m = strlen(endings[i]);
		if (n > m && strcasecmp(name + n - m, endings[i]) == 0)
			return true;
	}
	return false;
}

/* Which comes next, and one further; NULL: none. */
static const char *
next_name(struct files *f)
{
	if (f->dirfd < 0)
		return f->at++ == 0 ? f->path : NULL;
	while (f->at < f->n && !is_picture(f->names[f->at]))
		f->at++;
	return f->at < f->n ? f->names[f->at++] : NULL;
}

static enum status
files_next(void *self, uint8_t *room, size_t size, struct source_item *item,
    struct diag *d)
{
	struct files *f = self;
	struct bytes all = { NULL, 0 };
	const char *name = next_name(f);
	enum status rc;

	(void)d;
	if (name == NULL)
		return ST_OK;
	text_escape(name, strlen(name), item->name, sizeof(item->name));
	/* a link or device of that name, or one too large: not this one */
	if (size > FILE_MAX)
		size = FILE_MAX;
	if (f->dirfd < 0)
		rc = file_read(name, size, &all, &item->why);
	else
		rc = file_read_at(f->dirfd, name, size, &all, &item->why);
	item->gives = rc == ST_OK ? SOURCE_FILE : SOURCE_BAD;
	item->len = all.len;
	if (all.len > 0)
		memcpy(room, all.data, all.len);
	bytes_free(&all);
	return ST_OK;
}

static bool
files_again(void *self)
{
	struct files *f = self;

	f->at = 0;
	return true;
}

const struct source_kind source_files = { NULL, false, false, false,
	files_open, NULL, files_next, files_again, files_close };
