/* pen.h -- text, lines and codes on pages of A4, by cairo and pango.
 *
 * Both, and the forty libraries that they bring along, are loaded by a child
 * process that draws and ends: see page.h and press.h.  Nothing is freed that
 * ends with it. */
#ifndef ANCHORITE_PEN_H
#define ANCHORITE_PEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/code/qr.h"

/* All lengths are points: 72 to an inch.  y goes down. */
#define PEN_PAGE_W 595.28
#define PEN_PAGE_H 841.89

enum pen_ink { PEN_INK, PEN_SOFT, PEN_HAIR, PEN_WHITE };

/* The hands that text is written in. */
enum pen_hand {
	PEN_TITLE,
	PEN_NAME,
	PEN_HEADING,
	PEN_BODY,
	PEN_WORD,
	PEN_SMALL,
	PEN_MARK,
	PEN_MONO
};

enum pen_align { PEN_LEFT, PEN_CENTER, PEN_RIGHT };

/* How a piece of text is set. */
struct pen_style {
	enum pen_hand hand;
	enum pen_ink ink;
	enum pen_align align;
	bool line; /* made smaller, to half, before it is wrapped */
};

/* Where the bytes of the file go; false: they cannot. */
typedef bool pen_sink(void *cookie, const void *data, size_t len);

/**
 * pen_link(d), pen_load(d):
 * The libraries, none of which is called; and that there is a font.
 * ST_SYSTEM: one is missing.
 */
MUST_USE enum status pen_link(struct diag *d);
MUST_USE enum status pen_load(struct diag *d);

/**
 * pen_begin(title, date, sink, cookie, d):
 * A new file; ${title} and ${date} (ISO 8601) are what it says of itself.
 */
MUST_USE enum status pen_begin(const char *title, const char *date,
    pen_sink *sink, void *cookie, struct diag *d);

/* What follows is on the next page. */
void pen_next_page(void);

/**
 * pen_end(d):
 * The rest of the file goes to its sink.  ST_SYSTEM: it could not be made, or
 * there was a letter that no font of this machine has.
 */
MUST_USE enum status pen_end(struct diag *d);

/* ${len} bytes of UTF-8 with their top at ${y}, wrapped at ${wide}; returns how
 * high it is. */
double pen_put(const struct pen_style *style, double x, double y, double wide,
    const char *text, size_t len);

/* The same without a trace. */
double pen_height(const struct pen_style *style, double wide,
    const char *text, size_t len);

void pen_rule(double x, double y, double wide);
void pen_box(enum pen_ink ink, double x, double y, double wide, double high);

/* A code and its quiet zone in a square. */
void pen_code(const struct qr *q, double x, double y, double side);

#endif
