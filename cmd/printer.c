/* see printer.h */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/paper.h"
#include "ceremony/room.h"
#include "cmd/printer.h"
#include "cmd/spool.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/code/press.h"

#define ENDING ".pdf"
#define ZEROS 4096
#define VERSIONS_MAX 99 /* of one sheet that a rehearsal leaves */

struct printer {
	struct press *press;
	char place[ROOM_PATH_SIZE]; /* a folder, or lp's */
	int fd; /* of the folder; -1: it is lp's */
	bool real;
};

/* A stick that has somebody's sheet on it is not written to. */
static enum status
check_empty(const struct printer *p, struct diag *d)
{
	char **names = NULL;
	size_t n = 0, len;
	enum status rc;

	TRY(file_list_at(p->fd, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		len = strlen(names[i]);
		if (len >= strlen(ENDING) &&
		    strcmp(names[i] + len - strlen(ENDING), ENDING) == 0)
			FAIL(d, ST_POLICY, "%s: FORMATS 4.22: a PDF file is "
			    "there, which may be somebody's sheet; sheets go "
			    "where there is none", p->place);
	}
	rc = ST_OK;
out:
	file_list_free(names, n);
	return rc;
}

enum status
printer_open(const struct room *room, bool real, struct printer **out,
    struct diag *d)
{
	struct printer *p;
	enum status rc;

	*out = NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	p->fd = -1;
	p->real = real;
	snprintf(p->place, sizeof(p->place), "%s", room->print);
	if (room_has_spooler(room))
		TRY(spool_find(p->place, d));
	else
		TRY(file_open_dir(p->place, false, &p->fd, d));
	if (real && p->fd >= 0)
		TRY(check_empty(p, d));
	TRY(press_start(real, &p->press, d));

	*out = p;
	p = NULL;
out:
	printer_free(p);
	return rc;
}

enum status
printer_try(struct printer *p, const struct plan *plan, struct diag *d)
{
	struct bytes lines = { 0 };
	struct secret *text = NULL;
	const uint8_t *pdf;
	enum status rc;
	size_t len;

	TRY(text_format(&lines, d, "P %s\n", plan->org));
	for (size_t i = 0; i < plan->npersons; i++)
		TRY(text_append(&lines, d, "N a\t%s\n",
		    plan->persons[i].name));
	TRY(secret_new(lines.len, &text, d));
	memcpy(secret_bytes(text), lines.data, lines.len);
	TRY(press_draw(p->press, text, NULL, &pdf, &len, d));
out:
	secret_free(text);
	bytes_free(&lines);
	return rc;
}

/* Over what is there, in place, as far as the medium lets one. */
static bool
overwrite(int fd)
{
	static const uint8_t zeros[ZEROS];
	struct stat st;
	off_t at;
	size_t n;

	if (fstat(fd, &st) != 0)
		return false;
	for (at = 0; at < st.st_size; at += (off_t)n) {
		n = st.st_size - at < ZEROS ? (size_t)(st.st_size - at) :
					      ZEROS;
		if (pwrite(fd, zeros, n, at) != (ssize_t)n)
			return false;
	}
	return fsync(fd) == 0;
}

static enum status
take_away(const struct printer *p, const char *name, struct diag *d)
{
	const int fd = openat(p->fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	bool gone = fd >= 0 && overwrite(fd);

	if (fd >= 0)
		close(fd);
	gone &= unlinkat(p->fd, name, 0) == 0 && fsync(p->fd) == 0;
	if (gone)
		return ST_OK;
	return diag_set(d, ST_SYSTEM, "%s/%s: the sheet could not be taken "
	    "away again (%s): destroy the medium", p->place, name,
	    strerror(errno));
}

/* Of a file that could not be written whole no piece is left: its words are
 * those of the sheet.  One that was there before is not ours. */
static enum status
create(const struct printer *p, const char *name, const uint8_t *pdf,
    size_t len, struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	rc = file_create_at(p->fd, name, pdf, len, d);
	if (rc != ST_OK && rc != ST_POLICY && file_exists_at(p->fd, name) &&
	    take_away(p, name, &why) != ST_OK)
		diag_prefix(d, "%s", why.text);
	return rc;
}

/* "g1-e1-sheet02-bruno.pdf", or with ".v2" and on where a rehearsal left one.
 * Of a real sheet none is left, and what is there is refused. */
static void
name_file(const struct printer *p, const struct sheet_view *v, char *name)
{
	char again[16] = "";

	for (unsigned n = 2;; n++) {
		snprintf(name, PRINTER_NAME_SIZE, "%s-e%u-sheet%02u-%s%s"
		    ENDING, v->set->root, v->set->epoch, v->sheet->number,
		    v->sheet->holder, again);
		if (p->real || p->fd < 0 || n > VERSIONS_MAX ||
		    !file_exists_at(p->fd, name))
			return;
		snprintf(again, sizeof(again), ".v%u", n);
	}
}

enum status
printer_write(struct printer *p, const struct sheet_view *v, char *name,
    struct diag *d)
{
	struct secret *text = NULL, *code = NULL;
	const uint8_t *pdf;
	enum status rc;
	mode_t others;
	size_t len;

	name_file(p, v, name);
	TRY(paper_page(v, &text, &code, d));
	TRY(press_draw(p->press, text, code, &pdf, &len, d));
	if (p->fd < 0) {
		TRY(spool_print(p->place, name, pdf, len, d));
		goto out;
	}
	others = umask(077);
	rc = create(p, name, pdf, len, d);
	umask(others);
out:
	secret_free(text);
	secret_free(code);
	return rc;
}

/* Only yes ends it; what else ends it is for who called. */
static enum status
wait_printed(const struct front *f, struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	do {
		diag_clear(&why);
		rc = f->confirm(f, "Is it printed, and has its holder the "
		    "paper in hand?", &why);
	} while (rc == ST_POLICY);
	return rc == ST_OK ? rc : diag_set(d, rc, "%s", why.text);
}

static enum status
say_where(const struct printer *p, const struct sheet_view *v,
    const char *name, struct bytes *out, struct diag *d)
{
	return text_format(out, d, "Sheet %u of %zu is for %s. It %s %s,\nas "
	    "%s.\nThe holder %s two pages, while everybody else looks away.",
	    v->sheet->number, v->set->n, v->sheet->holder,
	    p->fd < 0 ? "went to the printer" : "is in", p->place, name,
	    p->fd < 0 ? "takes its" : "prints it, on");
}

enum status
printer_show(const struct front *f, const struct sheet_view *v,
    struct diag *d)
{
	struct printer *p = f->printer;
	char name[PRINTER_NAME_SIZE];
	struct bytes said = { 0 };
	enum status rc, gone;

	TRY(printer_write(p, v, name, d));
	if ((rc = say_where(p, v, name, &said, d)) == ST_OK) {
		f->tell(f, (const char *)said.data);
		rc = wait_printed(f, d);
	}
	if (p->fd < 0)
		goto out; /* what lp has is not ours to take away */
	gone = take_away(p, name, rc == ST_OK ? d : NULL);
	rc = rc == ST_OK ? gone : rc;
out:
	bytes_free(&said);
	return rc;
}

void
printer_free(struct printer *p)
{
	if (p == NULL)
		return;
	press_free(p->press);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}
