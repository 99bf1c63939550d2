/* see picture.h */
#include <stdbool.h>
#include <string.h>

#include "lib/code/picture.h"

/* Colour planes behind the luma: how many pixels wide and high each of their
 * bytes is, and how many planes there are. */
static const struct colour {
	const char *name;
	unsigned across, down, planes;
} colours[] = {
	{ "420", 2, 2, 2 },
	{ "420jpeg", 2, 2, 2 },
	{ "420mpeg2", 2, 2, 2 },
	{ "420paldv", 2, 2, 2 },
	{ "422", 2, 1, 2 },
	{ "444", 1, 1, 2 },
	{ "444alpha", 1, 1, 3 },
	{ "mono", 1, 1, 0 },
};
#define NCOLOURS (sizeof(colours) / sizeof(colours[0]))

/* One word of the line. */
struct word {
	const char *text;
	size_t len;
};

static bool
word_is(const struct word *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->text, text, w->len) == 0;
}

/* Digits, 1 to 5 of them. */
static bool
word_number(const struct word *w, unsigned *out)
{
	*out = 0;
	if (w->len == 0 || w->len > 5)
		return false;
	for (size_t i = 0; i < w->len; i++) {
		if (w->text[i] < '0' || w->text[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(w->text[i] - '0');
	}
	return true;
}

/* A letter and its value.  Rate, aspect and remarks change no pixel. */
static bool
parameter(char letter, const struct word *value, struct picture_y4m *out,
    const struct colour **colour)
{
	switch (letter) {
	case 'W':
		return out->width == 0 && word_number(value, &out->width);
	case 'H':
		return out->height == 0 && word_number(value, &out->height);
	case 'I':
		return word_is(value, "p") || word_is(value, "?");
	case 'C':
		for (size_t i = 0; i < NCOLOURS; i++)
			if (word_is(value, colours[i].name)) {
				*colour = &colours[i];
				return true;
			}
		return false;
	case 'F':
	case 'A':
	case 'X':
		return true;
	default:
		return false;
	}
}

static size_t
colour_bytes(const struct colour *c, unsigned width, unsigned height)
{
	return (size_t)c->planes * ((width + c->across - 1) / c->across) *
	    ((height + c->down - 1) / c->down);
}

enum status
picture_y4m(const char *line, size_t len, struct picture_y4m *out,
    struct diag *d)
{
	static const char magic[] = "YUV4MPEG2";
	const size_t skip = sizeof(magic) - 1;
	const struct colour *colour = &colours[0];
	const char *end = line + len, *next;
	struct word value;
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (len > PICTURE_Y4M_LINE || len < skip ||
	    memcmp(line, magic, skip) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 10.75: not a Y4M stream");
	for (line += skip; line < end; line = next) {
		if (*line != ' ' || ++line == end)
			FAIL(d, ST_FORMAT, "FORMATS 10.75: a Y4M stream with "
			    "a word that is none");
		if ((next = memchr(line, ' ', (size_t)(end - line))) == NULL)
			next = end;
		value.text = line + 1;
		value.len = next > line ? (size_t)(next - line) - 1 : 0;
		if (!parameter(*line, &value, out, &colour))
			FAIL(d, ST_FORMAT, "FORMATS 10.75: a Y4M stream of "
			    "%.*s, which is not read", (int)(next - line),
			    line);
	}
	if (out->width == 0 || out->height == 0 ||
	    out->width > PICTURE_SIDE_MAX || out->height > PICTURE_SIDE_MAX ||
	    out->width * out->height > PICTURE_PIXELS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 10.75: a Y4M stream of %u x %u "
		    "pixels; 1 to %u are read", out->width, out->height,
		    PICTURE_PIXELS_MAX);
	out->skip = colour_bytes(colour, out->width, out->height);
	rc = ST_OK;
out:
	return rc;
}
