/* see source.h: a video or lines on standard input */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/code/picture.h"
#include "transfer/source_kind.h"

#define BUFFER 65536

/* Standard input, through a buffer of ours. */
struct input {
	size_t at, len; /* of what is in the buffer */
	uint8_t buffer[BUFFER];
};

static enum status
read_input(void *to, size_t size, size_t *got, struct diag *d)
{
	/* a signal that somebody catches ends a wait: he decides */
	const ssize_t n = read(STDIN_FILENO, to, size);

	if (n < 0)
		return diag_set(d, ST_SYSTEM, "standard input: %s",
		    strerror(errno));
	*got = (size_t)n;
	return ST_OK;
}

/* At least one byte is in the buffer, or ${*end}. */
static enum status
fill(struct input *in, bool *end, struct diag *d)
{
	enum status rc = ST_OK;

	if (in->at == in->len) {
		in->at = 0;
		TRY(read_input(in->buffer, sizeof(in->buffer), &in->len, d));
	}
	*end = in->len == 0;
out:
	return rc;
}

/* Up to ${size} bytes to ${out}; fewer at the end only.  What was read ahead
 * comes first, the rest takes no way through the buffer. */
static enum status
take(struct input *in, uint8_t *out, size_t size, size_t *got, struct diag *d)
{
	size_t n = in->len - in->at;
	enum status rc = ST_OK;

	*got = n < size ? n : size;
	memcpy(out, in->buffer + in->at, *got);
	in->at += *got;
	while (*got < size) {
		TRY(read_input(out + *got, size - *got, &n, d));
		if (n == 0)
			break;
		*got += n;
	}
out:
	return rc;
}

/* So many bytes, which nobody wants. */
static enum status
skip(struct input *in, size_t size, size_t *got, struct diag *d)
{
	size_t n;
	bool end = false;
	enum status rc = ST_OK;

	for (*got = 0; *got < size; *got += n) {
		TRY(fill(in, &end, d));
		if (end)
			break;
		n = in->len - in->at;
		n = n < size - *got ? n : size - *got;
		in->at += n;
	}
out:
	return rc;
}

/* Up to the next LF, which goes too; what is more than ${max} bytes is
 * counted and dropped.  ${*end}: nothing at all was there. */
static enum status
take_line(struct input *in, uint8_t *out, size_t max, size_t *len, bool *end,
    struct diag *d)
{
	uint8_t c;
	enum status rc;

	*len = 0;
	TRY(fill(in, end, d));
	while (!*end && (c = in->buffer[in->at++]) != '\n') {
		if (*len < max)
			out[*len] = c;
		(*len)++;
		TRY(fill(in, end, d));
	}
	*end = *end && *len == 0;
	rc = ST_OK;
out:
	return rc;
}

/* ---- a video ---- */

struct y4m {
	struct input in;
	struct picture_y4m form;
	uint64_t frames;
};

static enum status
y4m_open(const char *rest, void **self, struct diag *d)
{
	struct y4m *y = calloc(1, sizeof(*y));
	uint8_t line[PICTURE_Y4M_LINE + 1];
	size_t len;
	bool end;
	enum status rc;

	(void)rest;
	if (y == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	TRY(take_line(&y->in, line, sizeof(line), &len, &end, d));
	/* a longer one is too long by a byte already */
	len = len < sizeof(line) ? len : sizeof(line);
	TRY(picture_y4m((const char *)line, len, &y->form, d));

	*self = y;
	y = NULL;
out:
	free(y);
	return rc;
}

static enum status
y4m_next(void *self, uint8_t *room, size_t size, struct source_item *item,
    struct diag *d)
{
	static const char word[] = "FRAME";
	const size_t n = sizeof(word) - 1;
	struct y4m *y = self;
	const size_t luma = (size_t)y->form.width * y->form.height;
	uint8_t line[PICTURE_Y4M_LINE];
	size_t len, skipped;
	bool end;
	enum status rc;

	TRY(take_line(&y->in, line, sizeof(line), &len, &end, d));
	if (end)
		goto out;
	y->frames++;
	if (len < n || len > sizeof(line) || memcmp(line, word, n) != 0 ||
	    (len > n && line[n] != ' '))
		FAIL(d, ST_FORMAT, "FORMATS 10.75: frame %llu of the video "
		    "does not begin with FRAME", (unsigned long long)y->frames);
	if (luma > size)
		FAIL(d, ST_BUG, "a picture of %zu bytes in a room of %zu",
		    luma, size);
	TRY(take(&y->in, room, luma, &len, d));
	TRY(skip(&y->in, y->form.skip, &skipped, d));
	if (len + skipped != luma + y->form.skip)
		FAIL(d, ST_FORMAT, "FORMATS 10.75: the video stops within "
		    "frame %llu", (unsigned long long)y->frames);
	item->gives = SOURCE_GRAY;
	item->width = y->form.width;
	item->height = y->form.height;
	item->len = luma;
	snprintf(item->name, sizeof(item->name), "frame %llu",
	    (unsigned long long)y->frames);
out:
	return rc;
}

static int
y4m_fd(const void *self)
{
	const struct y4m *y = self;

	return y->in.at < y->in.len ? -1 : STDIN_FILENO;
}

const struct source_kind source_y4m = { "y4m", true, true, false, y4m_open,
	y4m_fd, y4m_next, NULL, free };

/* ---- lines ---- */

struct lines {
	struct input in;
	uint64_t n;
};

static enum status
lines_open(const char *rest, void **self, struct diag *d)
{
	(void)rest;
	if ((*self = calloc(1, sizeof(struct lines))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Blanks at both ends and a CR are what a scanner or a paste adds. */
static void
trim(uint8_t *line, size_t *len)
{
	size_t from = 0;

	while (*len > 0 && is_blank(line[*len - 1]))
		(*len)--;
	while (from < *len && is_blank(line[from]))
		from++;
	*len -= from;
	memmove(line, line + from, *len);
}

static enum status
line_check(const uint8_t *line, size_t len, struct diag *d)
{
	if (len > SOURCE_LINE_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 10.77: %zu bytes, at "
		    "most are %d", len, SOURCE_LINE_MAX);
	for (size_t i = 0; i < len; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			return diag_set(d, ST_FORMAT, "FORMATS 10.77: byte "
			    "%zu is not printable ASCII", i + 1);
	return ST_OK;
}

static enum status
lines_next(void *self, uint8_t *room, size_t size, struct source_item *item,
    struct diag *d)
{
	struct lines *l = self;
	bool end = false;
	enum status rc;

	if (size < SOURCE_LINE_MAX)
		FAIL(d, ST_BUG, "a room of %zu bytes for a line", size);
	do {
		TRY(take_line(&l->in, room, SOURCE_LINE_MAX, &item->len, &end,
		    d));
		if (end)
			goto out;
		l->n++;
		if (item->len <= SOURCE_LINE_MAX)
			trim(room, &item->len);
	} while (item->len == 0);
	snprintf(item->name, sizeof(item->name), "line %llu",
	    (unsigned long long)l->n);
	item->gives = line_check(room, item->len, &item->why) == ST_OK ?
	    SOURCE_LINE : SOURCE_BAD;
out:
	return rc;
}

static int
lines_fd(const void *self)
{
	const struct lines *l = self;

	return l->in.at < l->in.len ? -1 : STDIN_FILENO;
}

const struct source_kind source_lines = { "lines", true, false, true,
	lines_open, lines_fd, lines_next, NULL, free };
