/* paper.h -- a sheet's text, as it is written by hand or printed, and as it is
 * read again.  FORMATS 4.11, 4.21. */
#ifndef ANCHORITE_PAPER_H
#define ANCHORITE_PAPER_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/record/front.h"

#define PAPER_SHEET_MAX 16384 /* bytes */
#define PAPER_WIDTH 76	      /* columns */
#define PAPER_SCREEN_ROWS 22

/**
 * paper_sheet(view, out, d):
 * The sheet as lines of at most PAPER_WIDTH columns (a name may be longer):
 * title, words numbered in fours, what belongs beside them, how the key is
 * made without this program, and last the words once more on one line after
 * "share: ", which is what programs read.  In locked memory; caller frees.
 */
MUST_USE enum status paper_sheet(const struct sheet_view *view,
    struct secret **out, struct diag *d);

/**
 * paper_page(view, text, code, d):
 * The same for lib/code/press: lines of pages, the words of which are on the
 * first alone, and what stands in their code.  In locked memory; caller frees.
 */
MUST_USE enum status paper_page(const struct sheet_view *view,
    struct secret **text, struct secret **code, struct diag *d);

/**
 * paper_recovery(view, file, out, d):
 * What lies beside a sheet that is written by hand, and is no secret, as PDF:
 * which sheets open the root, its public key, how the key is made without this
 * program; and the file of an adopted key (${view->adopted}) in codes that any
 * program reads, else ${file} is NULL.  ${view} has no sheet and no words.
 */
MUST_USE enum status paper_recovery(const struct sheet_view *view,
    const struct bytes *file, struct bytes *out, struct diag *d);

/**
 * paper_screen(view, out, d):
 * What a holder copies to the sheet by hand: the same without what only
 * programs read.  At most PAPER_SCREEN_ROWS rows of 80 columns, so that it
 * stands on a console with two rows to spare for the prompt.  In locked memory;
 * caller frees.
 */
MUST_USE enum status paper_screen(const struct sheet_view *view,
    struct secret **out, struct diag *d);

/**
 * paper_shares(text, share, max, n, d):
 * The shares in a file: lines after "share: ", or, when there is no such
 * line, every line that is not empty.  The caller frees each.
 * ST_FORMAT: there is none, or more than ${max}.
 */
MUST_USE enum status paper_shares(const struct secret *text,
    struct secret **share, size_t max, size_t *n, struct diag *d);

/* All lines of a file that are not empty, without blanks at their ends;
 * likewise. */
MUST_USE enum status paper_lines(const struct secret *text,
    struct secret **line, size_t max, size_t *n, struct diag *d);

#endif
