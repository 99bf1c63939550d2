/* see page_draw.h: which lines are on which page. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/code/page_draw.h"
#include "lib/code/page_kinds.h"

#define NO_DATE "1970-01-01T00:00:00Z" /* the same file whenever it is made */

/* All lengths are points. */
#define MARGIN 62.0
#define INNER (PEN_PAGE_W - 2 * MARGIN)
#define HEAD_Y 48.0
#define TOP 82.0
#define BOTTOM (PEN_PAGE_H - 56)
#define MARK_HIGH 15.0
#define MARK_Y 26.0 /* from the edge of the paper */

/* Blocks of one page. */
struct sheet {
	size_t from, to;
	double squeeze; /* so much smaller is each code */
	double spring;	/* what each ~ takes */
	const struct page_line *head;
};

struct draw {
	struct page_view view;
	struct page_line *line;
	size_t nlines;
	struct page_block *block;
	size_t nblocks;
	struct sheet *sheet;
	size_t nsheets;
	const struct page_line *mark;
};

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
names_codes(const struct draw *w, const struct page_line *l)
{
	size_t len, n = 0;

	for (page_part(l, 1, &len); len > 0; page_part(l, 1 + 2 * n, &len)) {
		if (page_number(l, 1 + 2 * n) >= w->view.page->ncodes ||
		    ++n > PAGE_CODES_ROW)
			return false;
	}
	return n > 0 && page_number(l, 0) > 0;
}

/* ${l}, of a letter that was looked up, and is not counted yet. */
static bool
is_line(const struct draw *w, const struct page_line *l, const char *at,
    size_t len)
{
	bool code;

	if ((len > 1 && at[1] != ' ') || !is_printable(at, len))
		return false;
	code = l->kind->letter == 'C';
	if (l->beside && (code || w->nlines == 0 ||
	    (!l[-1].beside && l[-1].kind->letter != 'C')))
		return false;
	return !code || names_codes(w, l);
}

static enum status
take_line(struct draw *w, const char *at, size_t len, struct diag *d)
{
	struct page_line *l = &w->line[w->nlines];

	if (w->nlines == PAGE_LINES_MAX)
		return diag_set(d, ST_FORMAT, "a page of more than %d lines",
		    PAGE_LINES_MAX);
	l->beside = len > 0 && at[0] == '|';
	at += l->beside;
	len -= l->beside;
	l->kind = len > 0 ? page_kind(at[0]) : NULL;
	l->at = len > 2 ? at + 2 : at + len;
	l->len = len > 2 ? len - 2 : 0;
	if (l->kind == NULL || !is_line(w, l, at, len))
		return diag_set(d, ST_FORMAT, "line %zu is none of a page",
		    w->nlines + 1);
	if (l->kind->letter == 'M')
		w->mark = l;
	w->nlines++;
	return ST_OK;
}

static enum status
take_lines(struct draw *w, struct diag *d)
{
	const struct page *p = w->view.page;
	const char *at = p->text, *end = at + p->len, *stop;
	enum status rc = ST_OK;

	for (; at < end && rc == ST_OK; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		rc = take_line(w, at, (size_t)(stop - at), d);
	}
	for (size_t i = 0; i < w->nlines; i += w->block[w->nblocks++].n)
		w->block[w->nblocks] = page_block_at(w->line, i, w->nlines);
	return rc;
}

/* --- pages --- */

static const struct page_kind *
kind_at(const struct draw *w, size_t block)
{
	return w->line[w->block[block].from].kind;
}

static bool
is_at(const struct draw *w, size_t block, char letter)
{
	return block < w->nblocks && kind_at(w, block)->letter == letter;
}

/* How high a block is with what is behind it. */
static double
height(const struct draw *w, size_t block)
{
	return page_block_draw(&w->view, &w->block[block], MARGIN, 0, INNER) +
	    kind_at(w, block)->after;
}

/* From ${from} on to a break or the end: how high, and what could be given. */
static double
measure(const struct draw *w, size_t from, size_t *to, double *codes,
    size_t *ncodes, size_t *springs)
{
	double high = 0;

	*codes = 0;
	*ncodes = *springs = 0;
	for (*to = from; *to < w->nblocks && !is_at(w, *to, 'B'); ++*to) {
		high += height(w, *to);
		*springs += is_at(w, *to, '~');
		if (!is_at(w, *to, 'C'))
			continue;
		++*ncodes;
		*codes += (double)page_number(&w->line[w->block[*to].from], 0) -
		    PAGE_SIDE_MIN;
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
		if (high - kind_at(w, i)->after > BOTTOM - TOP)
			break;
	}
	while (i > from + 1 && i < to && kind_at(w, i - 1)->keep)
		i--;
	return i > from ? i : from + 1;
}

/* Which blocks are on the next page. */
static void
next_sheet(struct draw *w, size_t from)
{
	struct sheet *s = &w->sheet[w->nsheets++];
	double high, codes;
	size_t ncodes, springs;

	if (w->nsheets > 1)
		s->head = s[-1].head;
	s->from = from;
	for (size_t i = from; i < w->nblocks && !is_at(w, i, 'B') &&
	    kind_at(w, i)->draw == NULL; i++) {
		if (is_at(w, i, 'H'))
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
		at += is_at(w, at, 'B');
	} while (at < w->nblocks);
}

/* What every page says at its head and foot. */
static void
draw_frame(const struct draw *w, size_t nth)
{
	static const struct pen_style left = { PEN_SMALL, PEN_SOFT, PEN_LEFT,
		true };
	static const struct pen_style right = { PEN_SMALL, PEN_SOFT,
		PEN_RIGHT, false };
	static const struct pen_style mark = { PEN_MARK, PEN_WHITE,
		PEN_CENTER, true };
	const double y[] = { MARK_Y, PEN_PAGE_H - MARK_Y - MARK_HIGH };
	const struct page_line *head = w->sheet[nth].head;
	char text[64];

	if (head != NULL)
		pen_put(&left, MARGIN, HEAD_Y, INNER * 0.8, head->at,
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
	double y = TOP;

	w->view.squeeze = s->squeeze;
	w->view.spring = s->spring;
	w->view.ink = true;
	draw_frame(w, nth);
	for (size_t i = s->from; i < s->to; i++)
		y += page_block_draw(&w->view, &w->block[i], MARGIN, y, INNER) +
		    kind_at(w, i)->after;
}

/* The first line of a kind as text, or what is said instead. */
static void
first_of(const struct draw *w, char kind, const char *none, char out[256])
{
	snprintf(out, 256, "%s", none);
	for (size_t i = 0; i < w->nlines; i++) {
		if (w->line[i].kind->letter != kind || w->line[i].len > 255)
			continue;
		snprintf(out, 256, "%.*s", (int)w->line[i].len,
		    w->line[i].at);
		return;
	}
}

enum status
page_draw(const struct page *p, pen_sink *sink, void *cookie, struct diag *d)
{
	struct draw w = { .view.page = p };
	char title[256], date[256];
	enum status rc;

	if ((w.line = calloc(PAGE_LINES_MAX, sizeof(*w.line))) == NULL ||
	    (w.block = calloc(PAGE_LINES_MAX, sizeof(*w.block))) == NULL ||
	    (w.sheet = calloc(PAGE_LINES_MAX, sizeof(*w.sheet))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w.view.line = w.line;
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
