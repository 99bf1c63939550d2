/* see resume.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "transfer/resume.h"

#define NAME_SIZE sizeof("0001.frames")

struct resume {
	int dir;
	unsigned files; /* the number of the last one */
	size_t frames;	/* in ${text}, a line each */
	size_t len;
	char text[JOURNAL_BATCH * FRAME_TEXT_SIZE];
};

static void
name_of(unsigned n, char out[NAME_SIZE])
{
	snprintf(out, NAME_SIZE, "%04u.frames", n % 10000);
}

enum status
resume_open(const char *path, struct resume **out, struct diag *d)
{
	struct resume *j = NULL;
	char name[NAME_SIZE];
	enum status rc;

	*out = NULL;
	if ((j = calloc(1, sizeof(*j))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	j->dir = -1;
	TRY(file_open_dir(path, true, &j->dir, d));
	/* numbered from 1 without a gap */
	for (; j->files < JOURNAL_FILES_MAX; j->files++) {
		name_of(j->files + 1, name);
		if (!file_exists_at(j->dir, name))
			break;
	}
	*out = j;
	j = NULL;
	rc = ST_OK;
out:
	resume_close(j);
	return rc;
}

void
resume_close(struct resume *j)
{
	if (j == NULL)
		return;
	if (j->dir >= 0)
		close(j->dir);
	free(j);
}

/* One file's lines; what a cut left of the last is no frame. */
static enum status
replay_lines(const struct bytes *file, struct gather *g,
    struct gather_report *out, struct diag *d)
{
	const char *line = (const char *)file->data, *end = line + file->len;
	const char *lf;
	struct frame f;
	enum status rc;

	for (; line < end && out->news != GATHER_WHOLE; line = lf + 1) {
		if ((lf = memchr(line, '\n', (size_t)(end - line))) == NULL)
			lf = end;
		if (frame_read(line, (size_t)(lf - line), &f, NULL) == ST_OK)
			TRY(gather_take(g, &f, out, d));
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
resume_replay(struct resume *j, struct gather *g, struct gather_report *out,
    struct diag *d)
{
	struct bytes file = { 0 };
	char name[NAME_SIZE];
	enum status rc;

	*out = (struct gather_report){ .news = GATHER_NOTHING };
	for (unsigned n = 1; n <= j->files && out->news != GATHER_WHOLE; n++) {
		name_of(n, name);
		TRY(file_read_at(j->dir, name, sizeof(j->text), &file, d));
		TRY(replay_lines(&file, g, out, d));
	}
	rc = ST_OK;
out:
	bytes_free(&file);
	return rc;
}

enum status
resume_flush(struct resume *j, struct diag *d)
{
	char name[NAME_SIZE];
	enum status rc;

	if (j->frames == 0)
		return ST_OK;
	if (j->files == JOURNAL_FILES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.29: the journal has %d files "
		    "and takes no more", JOURNAL_FILES_MAX);
	name_of(j->files + 1, name);
	TRY(file_create_at(j->dir, name, j->text, j->len, d));
	j->files++;
	j->frames = j->len = 0;
	rc = ST_OK;
out:
	return rc;
}

enum status
resume_add(struct resume *j, const char *text, size_t len, struct diag *d)
{
	enum status rc;

	if (len >= FRAME_TEXT_SIZE)
		FAIL(d, ST_BUG, "%zu characters in a frame", len);
	if (j->frames == JOURNAL_BATCH)
		TRY(resume_flush(j, d));
	memcpy(j->text + j->len, text, len);
	j->text[j->len + len] = '\n';
	j->len += len + 1;
	if (++j->frames == JOURNAL_BATCH)
		TRY(resume_flush(j, d));
	rc = ST_OK;
out:
	return rc;
}
