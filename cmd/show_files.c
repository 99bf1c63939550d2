/* see show.h: codes as files. */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/show.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/code/leaf.h"

#define PNG_SCALE 8 /* pixels a module */
#define FILES_MAX 9999

static const char *const todo[] = {
	"On the other side, enter: anchorite transfer receive camera --to "
	"FILE, and hold the codes before the camera, one after the other. Or "
	"put pictures of all of them into a folder, and enter its name "
	"instead of camera.",
	"Compare all words with those that are shown there, and ask the sender "
	"for them by telephone: whoever changes this page changes its words. "
	"If one is another, stop: it is not this parcel.",
	"Keep this page with the record.",
	NULL,
};

/* How many are written where ${k} are enough: of several, some may be lost. */
static size_t
with_spare(size_t k)
{
	return k == 1 ? 1 : k + k / 5 + 2;
}

static enum status
write_png(const struct show *s, struct show_cut *cut, int fd, size_t n,
    struct diag *d)
{
	char name[sizeof("frame-0000.png")];
	struct bytes png = { 0 };
	struct qr q = { 0 };
	enum status rc;
	uint32_t i;

	TRY(show_next(s, cut, &q, &i, d));
	TRY(draw_png(&q, PNG_SCALE, &png, d));
	snprintf(name, sizeof(name), "frame-%04zu.png", n % (FILES_MAX + 1));
	TRY(file_create_at(fd, name, png.data, png.len, d));
out:
	qr_free(&q);
	bytes_free(&png);
	return rc;
}

enum status
show_png(const struct show *s, const char *dir, size_t *n, struct diag *d)
{
	struct show_cut cut;
	bool made = false;
	enum status rc;
	int fd = -1;

	TRY(show_cut(s, SHOW_VERSION_SCREEN, &cut, d));
	*n = with_spare(cut.k);
	if (*n > FILES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.86: %zu pictures are too many "
		    "to hand over: use a stick", *n);
	made = mkdir(dir, 0700) == 0;
	if (!made && errno == EEXIST)
		FAIL(d, ST_POLICY, "%s: it is there already; pictures get a "
		    "new folder", dir);
	if (!made)
		FAIL(d, ST_SYSTEM, "%s: the folder cannot be made: %s", dir,
		    strerror(errno));
	TRY(file_open_dir(dir, true, &fd, d)); /* its parent is synced */
	for (size_t i = 1; i <= *n; i++)
		TRY(write_png(s, &cut, fd, i, d));
	rc = ST_OK;
out:
	if (fd >= 0)
		close(fd);
	if (rc != ST_OK && made)
		file_remove_tree(dir);
	return rc;
}

/* The codes of a page or more. */
static enum status
make_codes(const struct show *s, struct show_cut *cut, size_t n,
    struct qr **out, struct diag *d)
{
	struct qr *q = calloc(n, sizeof(*q));
	enum status rc = ST_OK;
	uint32_t at;

	*out = q;
	if (q == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		TRY(show_next(s, cut, &q[i], &at, d));
out:
	return rc;
}

static void
free_codes(struct qr *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		qr_free(&q[i]);
	free(q);
}

/* What the pages say; the caller frees. */
struct said {
	struct bytes title, head, codes, date;
};

static void
said_free(struct said *t)
{
	bytes_free(&t->title);
	bytes_free(&t->head);
	bytes_free(&t->codes);
	bytes_free(&t->date);
}

/* A day by itself where it is midnight. */
static enum status
say_date(const char *date, struct bytes *out, struct diag *d)
{
	const char *const time = date == NULL ? NULL : strchr(date, 'T');
	enum status rc;

	TRY(text_format(out, d, "%.10s", date == NULL ? "any day" : date));
	if (time != NULL && strncmp(time, "T00:00", 6) != 0)
		TRY(text_append(out, d, " %.5s UTC", time + 1));
out:
	return rc;
}

static enum status
say(const struct show *s, const struct show_cut *cut, size_t n,
    struct said *out, struct diag *d)
{
	enum status rc;

	TRY(text_format(&out->title, d, "%s parcel", s->purpose));
	if (out->title.data[0] >= 'a' && out->title.data[0] <= 'z')
		out->title.data[0] -= 'a' - 'A';
	TRY(text_format(&out->head, d, "%s from %s, session %s",
	    (const char *)out->title.data, s->from, cut->session));
	TRY(say_date(s->date, &out->date, d));
	TRY(n == 1 ? text_format(&out->codes, d, "one") :
	    text_format(&out->codes, d, "any %zu of %zu", cut->k, n));
out:
	return rc;
}

enum status
show_pdf(const struct show *s, const char *path, size_t *n, struct diag *d)
{
	struct bytes pdf = { 0 };
	struct said said = { 0 };
	struct qr *made = NULL;
	struct show_cut cut;
	struct leaf leaf;
	enum status rc;

	TRY(show_cut(s, SHOW_VERSION_PAPER, &cut, d));
	*n = with_spare(cut.k);
	if (*n > LEAF_CODES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.86: %zu codes are too many for "
		    "paper: use a stick", *n);
	TRY(make_codes(s, &cut, *n, &made, d));
	TRY(say(s, &cut, *n, &said, d));
	leaf = (struct leaf){ .title = (const char *)said.title.data,
		.fact = { { "From", s->from },
		    { "Not before", (const char *)said.date.data },
		    { "Codes", (const char *)said.codes.data },
		    { "Session", cut.session } },
		.words = s->words, .head = (const char *)said.head.data,
		.date = s->date, .todo = todo, .code = made, .n = *n };
	TRY(leaf_pdf(&leaf, &pdf, d));
	TRY(file_create(path, pdf.data, pdf.len, d));
out:
	if (made != NULL)
		free_codes(made, *n);
	said_free(&said);
	bytes_free(&pdf);
	return rc;
}
