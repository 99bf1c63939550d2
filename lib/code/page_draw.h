/* page_draw.h -- page.h, in the process that draws. */
#ifndef ANCHORITE_PAGE_DRAW_H
#define ANCHORITE_PAGE_DRAW_H

#include "lib/code/page.h"
#include "lib/code/pen.h"

/**
 * page_draw(p, sink, cookie, d):
 * The PDF file goes to ${sink}.  After pen_load.
 * ST_SYSTEM: it could not be made.  ST_FORMAT: these are no lines of pages.
 */
MUST_USE enum status page_draw(const struct page *p, pen_sink *sink,
    void *cookie, struct diag *d);

#endif
