/* page.h -- pages of A4 as a PDF file, out of lines of text.
 *
 * Each line is a letter, a blank and what belongs to it, UTF-8 with one line
 * feed behind it; a tab is between two parts of it.  What is under one letter
 * in the table of page_kinds.c stands together; no such row is ever broken by
 * the end of a page.
 *
 *	D date		of the file: ISO 8601
 *	M mark		a black band at head and foot of every page
 *	H head		small, at the head of pages from here on
 *	T title		the first is the file's
 *	U text		under the title
 *	N label TAB name	what is to be seen from afar
 *	F label TAB value	facts, four in a row
 *	L label		small
 *	G heading
 *	P paragraph
 *	S step		numbered from 1 on each time
 *	V words		four in a row
 *	W words		the same, each with its number
 *	X line		in the type of commands, as it stands
 *	C side TAB code TAB caption	one or two codes, by index, each
 *			with its caption; side in points, made smaller where a
 *			page is full
 *	|line		a line beside the one code above it
 *	-		a rule
 *	~		what room is left on a page is shared among these
 *	B		the next page */
#ifndef ANCHORITE_PAGE_H
#define ANCHORITE_PAGE_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/code/qr.h"

#define PAGE_LINES_MAX 4096

/* All borrowed. */
struct page {
	const char *text; /* ${len} bytes */
	size_t len;
	const struct qr *code; /* those that C names */
	size_t ncodes;
};

/**
 * page_pdf(p, out, d):
 * Drawn by a child of this process that ends.  The same lines give the same
 * bytes.  ST_SYSTEM: no library, no font, or none that has a letter of it.
 * ST_FORMAT: these are no lines of pages.  ST_BUG: a secret is in memory,
 * which the child would inherit: press.h is for those.
 */
MUST_USE enum status page_pdf(const struct page *p, struct bytes *out,
    struct diag *d);

#endif
