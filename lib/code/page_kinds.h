/* page_kinds.h -- what the kinds of lines of page.h look like, one row each,
 * and how high they are; in the process that draws.  Lengths are points. */
#ifndef ANCHORITE_PAGE_KINDS_H
#define ANCHORITE_PAGE_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/code/page.h"
#include "lib/code/pen.h"

#define PAGE_CODES_ROW 2   /* codes beside one another */
#define PAGE_SIDE_MIN 90.0 /* of a code that is made smaller */

/* A line; ${at} is behind its letter, in the text of the page. */
struct page_line {
	const struct page_kind *kind;
	bool beside; /* a code */
	const char *at;
	size_t len;
};

/* Lines that stand together. */
struct page_block {
	size_t from, n;
};

/* What is drawn, and how; all borrowed. */
struct page_view {
	const struct page *page;
	const struct page_line *line;
	double squeeze; /* so much smaller is each code */
	double spring;	/* what each ~ takes */
	bool ink;	/* false: only to know how high it is */
};

typedef double page_drawer(const struct page_view *w,
    const struct page_block *b, double x, double y, double wide);

/* By the letter that a line begins with. */
struct page_kind {
	char letter;
	bool many;    /* those that follow one another are one block */
	bool keep;    /* not the last of a page */
	double after; /* room behind it */
	page_drawer *draw; /* NULL: it is nowhere on the page */
	const struct pen_style *style; /* of draw_text */
};

/* The row of a letter, or NULL. */
const struct page_kind *page_kind(char letter);

/* The part of a line behind its ${n}th tab, ${*len} bytes; empty if there is
 * none.  And as a number, 0 if it is none. */
const char *page_part(const struct page_line *l, size_t n, size_t *len);
unsigned long page_number(const struct page_line *l, size_t n);

/* The block at ${from} of lines up to ${end}; what stands beside a code is in
 * its block. */
struct page_block page_block_at(const struct page_line *line, size_t from,
    size_t end);

/* One block with its top at ${y}; returns how high it is. */
page_drawer page_block_draw;

#endif
