/* see page_draw.h: what is where on a page. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/code/page_draw.h"

#define NO_DATE "1970-01-01T00:00:00Z" /* the same file whenever it is made */

/* All lengths are points. */
#define MARGIN 62.0
#define INNER (PEN_PAGE_W - 2 * MARGIN)
#define HEAD_Y 48.0
#define TOP 82.0
#define BOTTOM (PEN_PAGE_H - 56)
#define MARK_HIGH 15.0
#define MARK_Y 26.0 /* from the edge of the paper */
#define COLUMNS 4   /* of facts and of words */
#define LABEL_H 13.0
#define WORD_H 19.5
#define BESIDE_H 16.0
#define STEP_X 18.0
#define STEP_H 8.0 /* between two steps */
#define BELOW 7.0  /* from a code to its caption */
#define CAPTION_H 20.0
#define GAP 26.0     /* between two codes */
#define BESIDE 18.0  /* from a code to what stands beside it */
#define SIDE_MIN 90.0
#define CODES_ROW 2

struct line {
	char kind;
	bool beside;
	const char *at;
	size_t len;
};

/* Lines that stand together. */
struct block {
	size_t from, n;
};

/* Blocks of one page. */
struct sheet {
	size_t from, to;
	double squeeze; /* so much smaller is each code */
	double spring;	/* what each ~ takes */
	const struct line *head;
};

struct draw {
	const struct page *page;
	struct line *line;
	size_t nlines;
	struct block *block;
	size_t nblocks;
	struct sheet *sheet;
	size_t nsheets;
	const struct line *mark;
	double squeeze, spring;
	bool ink; /* false: only to know how high it is */
};

/* --- pieces --- */

static double
put(const struct draw *w, const struct pen_style *style, double x, double y,
    double wide, const char *text, size_t len)
{
	return w->ink ? pen_put(style, x, y, wide, text, len) :
			pen_height(style, wide, text, len);
}

/* The part of a line behind its ${n}th tab; empty if there is none. */
static const char *
part(const struct line *l, size_t n, size_t *len)
{
	const char *at = l->at, *end = l->at + l->len, *tab;

	for (; n > 0; n--) {
		tab = memchr(at, '\t', (size_t)(end - at));
		at = tab == NULL ? end : tab + 1;
	}
	tab = memchr(at, '\t', (size_t)(end - at));
	*len = (size_t)((tab == NULL ? end : tab) - at);
	return at;
}

static unsigned long
number(const struct line *l, size_t n)
{
	char text[16];
	size_t len;
	const char *at = part(l, n, &len);

	snprintf(text, sizeof(text), "%.*s", (int)(len > 15 ? 15 : len), at);
	return strtoul(text, NULL, 10);
}

/* --- what each kind of line is; all return how high it is --- */

typedef double drawer(const struct draw *w, const struct block *b, double x,
    double y, double wide);

static const struct pen_style small = { PEN_SMALL, PEN_SOFT, PEN_LEFT, true };
static const struct pen_style body = { PEN_BODY, PEN_INK, PEN_LEFT, false };

static double
plain(const struct draw *w, const struct block *b,
    const struct pen_style *style, double x, double y, double wide)
{
	const struct line *l = &w->line[b->from];

	return put(w, style, x, y, wide, l->at, l->len);
}

static double
draw_title(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	static const struct pen_style s = { PEN_TITLE, PEN_INK, PEN_LEFT,
		true };

	return plain(w, b, &s, x, y, wide);
}

static double
draw_under(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	static const struct pen_style s = { PEN_BODY, PEN_SOFT, PEN_LEFT,
		false };

	return plain(w, b, &s, x, y, wide);
}

static double
draw_label(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	return plain(w, b, &small, x, y, wide);
}

static double
draw_heading(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	static const struct pen_style s = { PEN_HEADING, PEN_INK, PEN_LEFT,
		false };

	return plain(w, b, &s, x, y, wide);
}

static double
draw_paragraph(const struct draw *w, const struct block *b, double x,
    double y, double wide)
{
	return plain(w, b, &body, x, y, wide);
}

/* A label, and below it what it is of. */
static double
labelled(const struct draw *w, const struct line *l,
    const struct pen_style *style, double x, double y, double wide)
{
	const char *at;
	size_t len;

	at = part(l, 0, &len);
	put(w, &small, x, y, wide, at, len);
	at = part(l, 1, &len);
	return LABEL_H + put(w, style, x, y + LABEL_H, wide, at, len);
}

static double
draw_name(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	static const struct pen_style s = { PEN_NAME, PEN_INK, PEN_LEFT,
		true };

	return labelled(w, &w->line[b->from], &s, x, y, wide);
}

/* In columns of one width, each row as high as its highest, between rules. */
static double
draw_facts(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	const double column = wide / COLUMNS, from = y;
	double high = 0, h;
	size_t at;

	y += 8;
	for (size_t i = 0; i < b->n; i++) {
		at = i % COLUMNS;
		if (at == 0 && i > 0) {
			y += high + 9;
			high = 0;
		}
		h = labelled(w, &w->line[b->from + i], &body,
		    x + (double)at * column, y, column - 8);
		high = h > high ? h : high;
	}
	y += high + 8;
	if (w->ink) {
		pen_rule(x, from, wide);
		pen_rule(x, y, wide);
	}
	return y - from;
}

/* Words in rows, with their numbers or without. */
static double
draw_words(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	const struct pen_style word = { w->line[b->from].beside ? PEN_BODY :
		PEN_WORD, PEN_INK, PEN_LEFT, true };
	static const struct pen_style count = { PEN_SMALL, PEN_SOFT,
		PEN_RIGHT, false };
	const struct line *l = &w->line[b->from];
	const char *at = l->at, *end = l->at + l->len, *stop;
	const double column = wide / COLUMNS;
	const double indent = l->kind == 'W' ? 22 : 0;
	const double row = l->beside ? BESIDE_H : WORD_H;
	double left, top;
	char digits[8];
	size_t n = 0;

	for (; at < end; at = stop + 1, n++) {
		stop = memchr(at, ' ', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		left = x + column * (double)(n % COLUMNS);
		top = y + row * (double)(n / COLUMNS);
		if (indent > 0) {
			snprintf(digits, sizeof(digits), "%zu", n + 1);
			put(w, &count, left, top + 4, indent - 7, digits,
			    strlen(digits));
		}
		put(w, &word, left + indent, top, column - indent - 4, at,
		    (size_t)(stop - at));
	}
	return row * (double)((n + COLUMNS - 1) / COLUMNS);
}

static double
draw_steps(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	static const struct pen_style count = { PEN_BODY, PEN_SOFT, PEN_LEFT,
		false };
	const struct line *l = &w->line[b->from];
	const double from = y;
	char digits[24];

	for (size_t i = 0; i < b->n; i++) {
		snprintf(digits, sizeof(digits), "%zu", i + 1);
		put(w, &count, x, y, STEP_X, digits, strlen(digits));
		y += put(w, &body, x + STEP_X, y, wide - STEP_X, l[i].at,
		    l[i].len) + STEP_H;
	}
	return y - from - STEP_H;
}

static double
draw_commands(const struct draw *w, const struct block *b, double x,
    double y, double wide)
{
	static const struct pen_style s = { PEN_MONO, PEN_INK, PEN_LEFT,
		true };
	const double from = y;

	for (size_t i = 0; i < b->n; i++)
		y += put(w, &s, x, y, wide, w->line[b->from + i].at,
		    w->line[b->from + i].len) + 2;
	return y - from - 2;
}

static double
draw_rule(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	(void)b;
	if (w->ink)
		pen_rule(x, y, wide);
	return 0;
}

static double
draw_spring(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	(void)b;
	(void)x;
	(void)y;
	(void)wide;
	return w->spring;
}

static double
draw_nothing(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	(void)w;
	(void)b;
	(void)x;
	(void)y;
	(void)wide;
	return 0;
}

static drawer draw_codes;

/* By the letter that a line begins with.  Lines of ${many} follow one another
 * in one block; ${after} is the room behind it. */
static const struct kind {
	char letter;
	bool many;
	bool keep; /* not the last of a page */
	double after;
	drawer *draw;
} kinds[] = {
	{ 'D', false, false, 0, draw_nothing },
	{ 'M', false, false, 0, draw_nothing },
	{ 'H', false, false, 0, draw_nothing },
	{ 'T', false, true, 8, draw_title },
	{ 'U', false, true, 12, draw_under },
	{ 'N', false, true, 12, draw_name },
	{ 'F', true, false, 14, draw_facts },
	{ 'L', false, true, 3, draw_label },
	{ 'G', false, true, 3, draw_heading },
	{ 'P', false, false, 9, draw_paragraph },
	{ 'S', true, false, 8, draw_steps },
	{ 'V', false, false, 4, draw_words },
	{ 'W', false, false, 4, draw_words },
	{ 'X', true, false, 10, draw_commands },
	{ 'C', false, false, 0, draw_codes },
	{ '-', false, true, 12, draw_rule },
	{ '~', false, false, 0, draw_spring },
	{ 'B', false, false, 0, draw_nothing },
};

static const struct kind *
kind_of(char letter)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].letter == letter)
			return &kinds[i];
	}
	return NULL;
}

/* The block at ${from}; what stands beside a code is in its block. */
static struct block
block_at(const struct draw *w, size_t from, size_t end)
{
	const struct line *first = &w->line[from];
	const bool many = kind_of(first->kind)->many;
	struct block b = { from, 1 };

	while (from + b.n < end && ((many &&
	    w->line[from + b.n].kind == first->kind &&
	    w->line[from + b.n].beside == first->beside) ||
	    (first->kind == 'C' && w->line[from + b.n].beside)))
		b.n++;
	return b;
}

/* What is beside a code, from top to bottom. */
static double
draw_column(const struct draw *w, const struct block *of, double x, double y,
    double wide)
{
	const size_t end = of->from + of->n;
	const struct kind *k = NULL;
	const double from = y;
	struct block b;

	for (size_t i = of->from + 1; i < end; i += b.n) {
		if (k != NULL)
			y += k->after;
		b = block_at(w, i, end);
		k = kind_of(w->line[i].kind);
		y += k->draw(w, &b, x, y, wide);
	}
	return y - from;
}

static const struct qr *
code_of(const struct draw *w, const struct line *l, size_t nth)
{
	return &w->page->code[number(l, 1 + 2 * nth)];
}

/* How much of a side is white. */
static double
quiet(const struct draw *w, const struct line *l, size_t nth, double side)
{
	return side * QR_QUIET / (code_of(w, l, nth)->size + 2 * QR_QUIET);
}

/* One code with its caption; returns how high both are. */
static double
put_code(const struct draw *w, const struct line *l, size_t nth, double x,
    double y, double side)
{
	static const struct pen_style caption = { PEN_SMALL, PEN_SOFT,
		PEN_CENTER, true };
	const char *at;
	size_t len;

	if (w->ink)
		pen_code(code_of(w, l, nth), x, y, side);
	at = part(l, 2 + 2 * nth, &len);
	if (len == 0)
		return side;
	put(w, &caption, x, y + side + BELOW - quiet(w, l, nth, side), side, at,
	    len);
	return side + CAPTION_H;
}

/* One in the middle, two beside one another, or one and a column of text. */
static double
draw_codes(const struct draw *w, const struct block *b, double x, double y,
    double wide)
{
	const struct line *l = &w->line[b->from];
	const double asked = (double)number(l, 0);
	double side = asked - w->squeeze, high = 0, h, left;
	size_t n, len;

	if (side < SIDE_MIN)
		side = asked < SIDE_MIN ? asked : SIDE_MIN;
	for (n = 1; n < CODES_ROW && *part(l, 1 + 2 * n, &len) != '\0' &&
	    len > 0; n++)
		;
	left = x + (wide - (double)n * side - (double)(n - 1) * GAP) / 2;
	if (b->n > 1) /* its ink is flush with what is above */
		left = x - quiet(w, l, 0, side);
	for (size_t i = 0; i < n; i++) {
		h = put_code(w, l, i, left + (double)i * (side + GAP), y,
		    side);
		high = h > high ? h : high;
	}
	if (b->n > 1) {
		left = side - quiet(w, l, 0, side) + BESIDE;
		h = draw_column(w, b, x + left, y, wide - left);
		high = h > high ? h : high;
	}
	return high;
}

/* --- lines --- */

/* Nothing that moves a pen or turns the direction of what others wrote. */
static bool
is_printable(const char *text, size_t len)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if ((n = text_scalar(text + i, len - i, &c)) == 0 ||
		    (text_is_hidden(c) && c != '\t'))
			return false;
	}
	return true;
}

/* A code that is there, of a line that names one or two. */
static bool
names_codes(const struct draw *w, const struct line *l)
{
	size_t len, n = 0;

	for (part(l, 1, &len); len > 0; part(l, 1 + 2 * n, &len)) {
		if (number(l, 1 + 2 * n) >= w->page->ncodes || ++n > CODES_ROW)
			return false;
	}
	return n > 0 && number(l, 0) > 0;
}

static enum status
take_line(struct draw *w, const char *at, size_t len, struct diag *d)
{
	struct line *l = &w->line[w->nlines];

	if (w->nlines == PAGE_LINES_MAX)
		return diag_set(d, ST_FORMAT, "a page of more than %d lines",
		    PAGE_LINES_MAX);
	l->beside = len > 0 && at[0] == '|';
	at += l->beside;
	len -= l->beside;
	l->kind = len > 0 ? at[0] : '\0';
	l->at = len > 2 ? at + 2 : at + len;
	l->len = len > 2 ? len - 2 : 0;
	if (kind_of(l->kind) == NULL || (len > 1 && at[1] != ' ') ||
	    !is_printable(at, len) || (l->beside && (w->nlines == 0 ||
	    (!l[-1].beside && l[-1].kind != 'C') || l->kind == 'C')) ||
	    (l->kind == 'C' && !names_codes(w, l)))
		return diag_set(d, ST_FORMAT, "line %zu is none of a page",
		    w->nlines + 1);
	if (l->kind == 'M')
		w->mark = l;
	w->nlines++;
	return ST_OK;
}

static enum status
take_lines(struct draw *w, struct diag *d)
{
	const char *at = w->page->text, *end = at + w->page->len, *stop;
	enum status rc = ST_OK;

	for (; at < end && rc == ST_OK; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		rc = take_line(w, at, (size_t)(stop - at), d);
	}
	for (size_t i = 0; i < w->nlines; i += w->block[w->nblocks++].n)
		w->block[w->nblocks] = block_at(w, i, w->nlines);
	return rc;
}

/* --- pages --- */

static char
kind_at(const struct draw *w, size_t block)
{
	return w->line[w->block[block].from].kind;
}

/* How high a block is with what is behind it. */
static double
height(const struct draw *w, size_t block)
{
	const struct kind *k = kind_of(kind_at(w, block));

	return k->draw(w, &w->block[block], MARGIN, 0, INNER) + k->after;
}

/* From ${from} on to a break or the end: how high, and what could be given. */
static double
measure(const struct draw *w, size_t from, size_t *to, double *codes,
    size_t *ncodes, size_t *springs)
{
	double high = 0;

	*codes = 0;
	*ncodes = *springs = 0;
	for (*to = from; *to < w->nblocks && kind_at(w, *to) != 'B'; ++*to) {
		high += height(w, *to);
		*springs += kind_at(w, *to) == '~';
		if (kind_at(w, *to) != 'C')
			continue;
		++*ncodes;
		*codes += (double)number(&w->line[w->block[*to].from], 0) -
		    SIDE_MIN;
	}
	return high;
}

/* As much of what is there as fits; at least one block. */
static size_t
fill(const struct draw *w, size_t from, size_t to)
{
	double high = 0;
	size_t i;

	for (i = from; i < to; i++) {
		high += height(w, i);
		if (high - kind_of(kind_at(w, i))->after > BOTTOM - TOP)
			break;
	}
	while (i > from + 1 && i < to && kind_of(kind_at(w, i - 1))->keep)
		i--;
	return i > from ? i : from + 1;
}

/* Which blocks are on the next page. */
static void
next_sheet(struct draw *w, size_t from)
{
	struct sheet *s = &w->sheet[w->nsheets++];
	const struct sheet *before = w->nsheets > 1 ? s - 1 : NULL;
	double high, codes;
	size_t ncodes, springs;

	s->head = before == NULL ? NULL : before->head;
	s->from = from;
	for (size_t i = from; i < w->nblocks && kind_of(kind_at(w, i))->draw ==
	    draw_nothing && kind_at(w, i) != 'B'; i++) {
		if (kind_at(w, i) == 'H')
			s->head = &w->line[w->block[i].from];
	}
	high = measure(w, from, &s->to, &codes, &ncodes, &springs) -
	    (BOTTOM - TOP);
	if (high <= 0 && springs > 0)
		s->spring = -high / (double)springs;
	else if (high > 0 && ncodes > 0 && codes >= high)
		s->squeeze = high / (double)ncodes;
	else if (high > 0)
		s->to = fill(w, from, s->to);
}

static void
lay_out(struct draw *w)
{
	size_t at = 0;

	do {
		next_sheet(w, at);
		at = w->sheet[w->nsheets - 1].to;
		at += at < w->nblocks && kind_at(w, at) == 'B';
	} while (at < w->nblocks);
}

/* What every page says at its head and foot. */
static void
draw_frame(const struct draw *w, size_t nth)
{
	static const struct pen_style right = { PEN_SMALL, PEN_SOFT,
		PEN_RIGHT, false };
	static const struct pen_style mark = { PEN_MARK, PEN_WHITE,
		PEN_CENTER, true };
	const double y[] = { MARK_Y, PEN_PAGE_H - MARK_Y - MARK_HIGH };
	const struct line *head = w->sheet[nth].head;
	char text[64];

	if (head != NULL)
		pen_put(&small, MARGIN, HEAD_Y, INNER * 0.8, head->at,
		    head->len);
	if (w->nsheets > 1) {
		snprintf(text, sizeof(text), "page %zu of %zu", nth + 1,
		    w->nsheets);
		pen_put(&right, MARGIN, HEAD_Y, INNER, text, strlen(text));
	}
	for (size_t i = 0; w->mark != NULL && i < 2; i++) {
		pen_box(PEN_INK, MARGIN, y[i], INNER, MARK_HIGH);
		pen_put(&mark, MARGIN + 8, y[i] + 2.3, INNER - 16,
		    w->mark->at, w->mark->len);
	}
}

static void
draw_sheet(struct draw *w, size_t nth)
{
	const struct sheet *s = &w->sheet[nth];
	const struct kind *k;
	double y = TOP;

	w->squeeze = s->squeeze;
	w->spring = s->spring;
	w->ink = true;
	draw_frame(w, nth);
	for (size_t i = s->from; i < s->to; i++) {
		k = kind_of(kind_at(w, i));
		y += k->draw(w, &w->block[i], MARGIN, y, INNER) + k->after;
	}
}

/* The first line of a kind as text, or what is said instead. */
static void
first_of(const struct draw *w, char kind, const char *none, char out[256])
{
	snprintf(out, 256, "%s", none);
	for (size_t i = 0; i < w->nlines; i++) {
		if (w->line[i].kind != kind || w->line[i].len > 255)
			continue;
		snprintf(out, 256, "%.*s", (int)w->line[i].len,
		    w->line[i].at);
		return;
	}
}

enum status
page_draw(const struct page *p, pen_sink *sink, void *cookie, struct diag *d)
{
	struct draw w = { .page = p };
	char title[256], date[256];
	enum status rc;

	if ((w.line = calloc(PAGE_LINES_MAX, sizeof(*w.line))) == NULL ||
	    (w.block = calloc(PAGE_LINES_MAX, sizeof(*w.block))) == NULL ||
	    (w.sheet = calloc(PAGE_LINES_MAX, sizeof(*w.sheet))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take_lines(&w, d));
	if (w.nlines == 0)
		FAIL(d, ST_FORMAT, "there is no line for a page");
	first_of(&w, 'T', "Anchorite", title);
	first_of(&w, 'D', NO_DATE, date);
	TRY(pen_begin(title, date, sink, cookie, d));
	lay_out(&w);
	for (size_t i = 0; i < w.nsheets; i++) {
		if (i > 0)
			pen_next_page();
		draw_sheet(&w, i);
	}
	TRY(pen_end(d));
out:
	free(w.line);
	free(w.block);
	free(w.sheet);
	return rc;
}
