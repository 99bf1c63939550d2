/* see show_place.h */
#include <string.h>

#include "cmd/show_place.h"
#include "lib/base/text.h"

#define MARGIN 2 /* cells at either side of words */
#define LINES_MAX 100

/* Widths of the words beside the code, tried in this order; 0 is below it. */
static const unsigned beside[] = { 48, 32, 0 };

struct lines {
	struct {
		const char *at;
		unsigned len;
	} line[LINES_MAX];
	unsigned n;
};

/* Where the last blank of that kind is before ${wide}; 0 if nowhere. */
static size_t
last(const char *s, unsigned wide, char blank)
{
	size_t i = wide;

	while (i > 0 && s[i] != blank)
		i--;
	return i;
}

/* How much of ${s} goes into a line, and how much is taken off with it. */
static unsigned
wrap(const char *s, unsigned wide, size_t *taken)
{
	const size_t len = strcspn(s, "\n");
	size_t cut = len;

	if (len > wide && (cut = last(s, wide, ' ')) == 0 &&
	    (cut = last(s, wide, '\t')) == 0)
		cut = wide; /* a word that no line holds */
	*taken = cut + (s[cut] == ' ' || s[cut] == '\t' || s[cut] == '\n');
	return (unsigned)cut;
}

static void
split(const char *text, unsigned wide, bool tight, struct lines *out)
{
	size_t taken;

	for (out->n = 0; *text != '\0' && out->n < LINES_MAX; text += taken) {
		out->line[out->n].at = text;
		out->line[out->n].len = wrap(text, wide, &taken);
		if (!tight || out->line[out->n].len > 0)
			out->n++;
	}
}

/* The lines of ${text} in a part ${wide} by at most ${high}; without the empty
 * ones, if it is too many otherwise. */
static void
fill(const char *text, unsigned wide, unsigned high, struct lines *out)
{
	const unsigned room = wide > 2 * MARGIN ? wide - 2 * MARGIN : 1;

	split(text, room, false, out);
	if (out->n > high)
		split(text, room, true, out);
}

static struct place
try_place(enum draw_form form, unsigned cols, unsigned rows, unsigned version,
    const char *text, unsigned right)
{
	const unsigned wide = right == 0 ? cols : right;
	struct place p = { 0 };
	struct lines lines;

	if (wide > cols || wide <= 2 * MARGIN)
		return p;
	fill(text, wide, right == 0 ? 0 : rows, &lines);
	if (lines.n > rows)
		return p;
	p = (struct place){ .cols = cols, .rows = rows, .wide = wide };
	if (right > 0) {
		p.cols = p.left = cols - right;
		p.high = rows;
	} else {
		p.rows = p.top = rows - lines.n;
		p.high = lines.n;
	}
	p.scale = draw_scale(form, version, p.cols, p.rows);
	return p;
}

struct place
place_find(enum draw_form form, unsigned cols, unsigned rows,
    unsigned version, const char *text)
{
	struct place best = { 0 }, p;

	cols = cols > DRAW_SIDE_MAX ? DRAW_SIDE_MAX : cols;
	rows = rows > DRAW_SIDE_MAX ? DRAW_SIDE_MAX : rows;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		p = try_place(form, cols, rows, version, text, beside[i]);
		if (p.scale > best.scale)
			best = p;
	}
	return best;
}

/* One line of the part, to its edges. */
static enum status
put_line(const struct place *p, unsigned row, const char *text, unsigned len,
    struct bytes *out, struct diag *d)
{
	char line[DRAW_SIDE_MAX + 1];

	memset(line, ' ', p->wide);
	line[p->wide] = '\0';
	for (unsigned i = 0; i < len && MARGIN + i < p->wide; i++)
		if (text[i] > ' ' && text[i] < 0x7f)
			line[MARGIN + i] = text[i];
	return text_append(out, d, "\033[%u;%uH" DRAW_LIGHT "%s",
	    p->top + row + 1, p->left + 1, line);
}

enum status
place_words(const struct place *p, const char *text, struct bytes *out,
    struct diag *d)
{
	struct lines lines;
	unsigned first = 0, i;
	enum status rc;

	if (p->wide > DRAW_SIDE_MAX)
		FAIL(d, ST_BUG, "words of %u columns", p->wide);
	fill(text, p->wide, p->high, &lines);
	/* beside a code, they stand at half its height */
	if (p->top == 0 && p->high > lines.n)
		first = (p->high - lines.n) / 2;
	for (unsigned r = 0; r < p->high; r++) {
		i = r - first;
		if (r >= first && i < lines.n)
			TRY(put_line(p, r, lines.line[i].at, lines.line[i].len,
			    out, d));
		else
			TRY(put_line(p, r, "", 0, out, d));
	}
	rc = ST_OK;
out:
	return rc;
}
