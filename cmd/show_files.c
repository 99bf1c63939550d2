/* see show.h: codes as files. */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/show.h"
#include "lib/base/file.h"

#define PNG_SCALE 8 /* pixels a module */
#define FILES_MAX 9999

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
