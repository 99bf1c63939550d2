/* see page_kinds.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/code/page_kinds.h"

/* All lengths are points. */
#define COLUMNS 4 /* of facts and of words */
#define LABEL_H 13.0
#define WORD_H 19.5
#define BESIDE_H 16.0
#define STEP_X 18.0
#define STEP_H 8.0 /* between two steps */
#define BELOW 7.0  /* from a code to its caption */
#define CAPTION_H 20.0
#define GAP 26.0    /* between two codes */
#define BESIDE 18.0 /* from a code to what stands beside it */

/* --- pieces --- */

static double
put(const struct page_view *w, const struct pen_style *style, double x,
    double y, double wide, const char *text, size_t len)
{
	return w->ink ? pen_put(style, x, y, wide, text, len) :
			pen_height(style, wide, text, len);
}

const char *
page_part(const struct page_line *l, size_t n, size_t *len)
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

unsigned long
page_number(const struct page_line *l, size_t n)
{
	char text[16];
	size_t len;
	const char *at = page_part(l, n, &len);

	snprintf(text, sizeof(text), "%.*s", (int)(len > 15 ? 15 : len), at);
	return strtoul(text, NULL, 10);
}

/* --- what each kind of line is; all return how high it is --- */

static const struct pen_style title = { PEN_TITLE, PEN_INK, PEN_LEFT, true };
static const struct pen_style under = { PEN_BODY, PEN_SOFT, PEN_LEFT, false };
static const struct pen_style name = { PEN_NAME, PEN_INK, PEN_LEFT, true };
static const struct pen_style small = { PEN_SMALL, PEN_SOFT, PEN_LEFT, true };
static const struct pen_style heading = { PEN_HEADING, PEN_INK, PEN_LEFT,
	false };
static const struct pen_style body = { PEN_BODY, PEN_INK, PEN_LEFT, false };
static const struct pen_style mono = { PEN_MONO, PEN_INK, PEN_LEFT, true };

static double
draw_text(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	const struct page_line *l = &w->line[b->from];

	return put(w, l->kind->style, x, y, wide, l->at, l->len);
}

/* A label, and below it what it is of. */
static double
labelled(const struct page_view *w, const struct page_line *l,
    const struct pen_style *style, double x, double y, double wide)
{
	const char *at;
	size_t len;

	at = page_part(l, 0, &len);
	put(w, &small, x, y, wide, at, len);
	at = page_part(l, 1, &len);
	return LABEL_H + put(w, style, x, y + LABEL_H, wide, at, len);
}

static double
draw_name(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	return labelled(w, &w->line[b->from], &name, x, y, wide);
}

/* In columns of one width, each row as high as its highest, between rules. */
static double
draw_facts(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
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
draw_words(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	const struct pen_style word = { w->line[b->from].beside ? PEN_BODY :
		PEN_WORD, PEN_INK, PEN_LEFT, true };
	static const struct pen_style count = { PEN_SMALL, PEN_SOFT,
		PEN_RIGHT, false };
	const struct page_line *l = &w->line[b->from];
	const char *at = l->at, *end = l->at + l->len, *stop;
	const double column = wide / COLUMNS;
	const double indent = l->kind->letter == 'W' ? 22 : 0;
	const double row = l->beside ? BESIDE_H : WORD_H;
	double left, top;
	char digits[8];
	size_t n = 0, line;

	for (; at < end; at = stop + 1, n++) {
		stop = memchr(at, ' ', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		left = x + column * (double)(n % COLUMNS);
		line = n / COLUMNS;
		top = y + row * (double)line;
		if (indent > 0) {
			snprintf(digits, sizeof(digits), "%zu", n + 1);
			put(w, &count, left, top + 4, indent - 7, digits,
			    strlen(digits));
		}
		put(w, &word, left + indent, top, column - indent - 4, at,
		    (size_t)(stop - at));
	}
	line = (n + COLUMNS - 1) / COLUMNS;
	return row * (double)line;
}

static double
draw_steps(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	const struct page_line *l = &w->line[b->from];
	const double from = y;
	char digits[24];

	for (size_t i = 0; i < b->n; i++) {
		snprintf(digits, sizeof(digits), "%zu", i + 1);
		put(w, &under, x, y, STEP_X, digits, strlen(digits));
		y += put(w, &body, x + STEP_X, y, wide - STEP_X, l[i].at,
		    l[i].len) + STEP_H;
	}
	return y - from - STEP_H;
}

static double
draw_commands(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	const double from = y;

	for (size_t i = 0; i < b->n; i++)
		y += put(w, &mono, x, y, wide, w->line[b->from + i].at,
		    w->line[b->from + i].len) + 2;
	return y - from - 2;
}

static double
draw_rule(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	(void)b;
	if (w->ink)
		pen_rule(x, y, wide);
	return 0;
}

static double
draw_spring(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	(void)b;
	(void)x;
	(void)y;
	(void)wide;
	return w->spring;
}

static page_drawer draw_codes;

static const struct page_kind kinds[] = {
	{ 'D', false, false, 0, NULL, NULL },
	{ 'M', false, false, 0, NULL, NULL },
	{ 'H', false, false, 0, NULL, NULL },
	{ 'T', false, true, 8, draw_text, &title },
	{ 'U', false, true, 12, draw_text, &under },
	{ 'N', false, true, 12, draw_name, NULL },
	{ 'F', true, false, 14, draw_facts, NULL },
	{ 'L', false, true, 3, draw_text, &small },
	{ 'G', false, true, 3, draw_text, &heading },
	{ 'P', false, false, 9, draw_text, &body },
	{ 'S', true, false, 8, draw_steps, NULL },
	{ 'V', false, false, 4, draw_words, NULL },
	{ 'W', false, false, 4, draw_words, NULL },
	{ 'X', true, false, 10, draw_commands, NULL },
	{ 'C', false, false, 0, draw_codes, NULL },
	{ '-', false, true, 12, draw_rule, NULL },
	{ '~', false, false, 0, draw_spring, NULL },
	{ 'B', false, false, 0, NULL, NULL },
};

const struct page_kind *
page_kind(char letter)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].letter == letter)
			return &kinds[i];
	}
	return NULL;
}

struct page_block
page_block_at(const struct page_line *line, size_t from, size_t end)
{
	const struct page_line *first = &line[from], *l;
	struct page_block b = { from, 1 };

	for (; from + b.n < end; b.n++) {
		l = &first[b.n];
		if (!(first->kind->many && l->kind == first->kind &&
		    l->beside == first->beside) &&
		    !(first->kind->letter == 'C' && l->beside))
			break;
	}
	return b;
}

double
page_block_draw(const struct page_view *w, const struct page_block *b,
    double x, double y, double wide)
{
	page_drawer *draw = w->line[b->from].kind->draw;

	return draw == NULL ? 0 : draw(w, b, x, y, wide);
}

/* What is beside a code, from top to bottom. */
static double
draw_column(const struct page_view *w, const struct page_block *of, double x,
    double y, double wide)
{
	const size_t end = of->from + of->n;
	const struct page_kind *k = NULL;
	const double from = y;
	struct page_block b;

	for (size_t i = of->from + 1; i < end; i += b.n) {
		if (k != NULL)
			y += k->after;
		b = page_block_at(w->line, i, end);
		k = w->line[i].kind;
		y += page_block_draw(w, &b, x, y, wide);
	}
	return y - from;
}

static const struct qr *
code_of(const struct page_view *w, const struct page_line *l, size_t nth)
{
	return &w->page->code[page_number(l, 1 + 2 * nth)];
}

/* How much of a side is white. */
static double
quiet(const struct page_view *w, const struct page_line *l, size_t nth,
    double side)
{
	return side * QR_QUIET / (code_of(w, l, nth)->size + 2 * QR_QUIET);
}

/* One code with its caption; returns how high both are. */
static double
put_code(const struct page_view *w, const struct page_line *l, size_t nth,
    double x, double y, double side)
{
	static const struct pen_style caption = { PEN_SMALL, PEN_SOFT,
		PEN_CENTER, true };
	const char *at;
	size_t len;

	if (w->ink)
		pen_code(code_of(w, l, nth), x, y, side);
	at = page_part(l, 2 + 2 * nth, &len);
	if (len == 0)
		return side;
	put(w, &caption, x, y + side + BELOW - quiet(w, l, nth, side), side, at,
	    len);
	return side + CAPTION_H;
}

/* One in the middle, two beside one another, or one and a column of text. */
static double
draw_codes(const struct page_view *w, const struct page_block *b, double x,
    double y, double wide)
{
	const struct page_line *l = &w->line[b->from];
	const double asked = (double)page_number(l, 0);
	double side = asked - w->squeeze, high = 0, h, left;
	size_t n, len;

	if (side < PAGE_SIDE_MIN)
		side = asked < PAGE_SIDE_MIN ? asked : PAGE_SIDE_MIN;
	for (n = 1; n < PAGE_CODES_ROW &&
	    *page_part(l, 1 + 2 * n, &len) != '\0' && len > 0; n++)
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
