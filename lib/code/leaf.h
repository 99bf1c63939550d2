/* leaf.h -- codes on paper: pages of A4 as a PDF file (lib/code/page). */
#ifndef ANCHORITE_LEAF_H
#define ANCHORITE_LEAF_H

#include "lib/code/qr.h"

#define LEAF_FACTS_MAX 4
#define LEAF_CODES_MAX 1000

/* What the pages say; all borrowed, all printable ASCII. */
struct leaf {
	const char *title; /* "Result parcel" */
	struct {
		const char *label, *value;
	} fact[LEAF_FACTS_MAX]; /* in one row; up to one without a label */
	const char *words;	/* single blanks; four to a line */
	const char *head;	/* of pages but the first, which has it all */
	const char *date;	/* what the file says of its making; or NULL */
	const char *const *todo; /* what to do, step by step; ends NULL */
	const struct qr *code;	 /* 1 to LEAF_CODES_MAX */
	size_t n;
};

/**
 * leaf_pdf(l, out, d):
 * One page where there is one code; else two codes on the first page and six
 * on each of the others.  The same leaf gives the same bytes.
 * ST_SYSTEM: there is no font, or no memory.  ST_BUG: a secret is in memory,
 * which the child that draws would inherit.
 */
MUST_USE enum status leaf_pdf(const struct leaf *l, struct bytes *out,
    struct diag *d);

#endif
