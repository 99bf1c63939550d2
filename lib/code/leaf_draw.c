/* see leaf_draw.h
 *
 * The child's side: what is where on a page.  Pango, cairo and the forty
 * libraries that they bring along are loaded here, in the child, so that no
 * process that opens a root ever has them. */
#include <pango/pangocairo.h>
#include <cairo-pdf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/library.h"
#include "lib/code/leaf_draw.h"

#define NO_DATE "1970-01-01T00:00:00Z" /* the same file whenever it is made */
#define INTERRUPTS_MAX 100 /* in a row; then it is no accident */

/* All lengths are points: 72 to an inch. */
#define PAGE_W 595.28
#define PAGE_H 841.89
#define MARGIN 62.0
#define INNER (PAGE_W - 2 * MARGIN)
#define HEAD_Y 48.0
#define TITLE_Y 82.0
#define FACTS_Y 132.0
#define WORDS_Y 196.0
#define WORDS_LINE 4 /* words to a line */
#define WORD_H 19.0
#define STEP_H 8.0    /* between two steps of what to do */
#define BELOW 7.0     /* from a code to its number */
#define NUMBER_H 20.0 /* room for that */
#define ONE_MAX 330.0 /* side of a code that is alone */
#define GAP 26.0      /* between two codes */
#define PAIR ((INNER - GAP) / 2)
#define GRID_Y 84.0
#define GRID 214.0 /* side of one of six */
#define FIRST 2	   /* codes on the first page, if there are several */
#define EACH 6	   /* on each of the others */

/* What is called there, by the type and name it has in the headers. */
static struct {
	LIBRARY_CALL(cairo_clip);
	LIBRARY_CALL(cairo_create);
	LIBRARY_CALL(cairo_destroy);
	LIBRARY_CALL(cairo_fill);
	LIBRARY_CALL(cairo_line_to);
	LIBRARY_CALL(cairo_move_to);
	LIBRARY_CALL(cairo_new_path);
	LIBRARY_CALL(cairo_pdf_surface_create_for_stream);
	LIBRARY_CALL(cairo_pdf_surface_set_metadata);
	LIBRARY_CALL(cairo_rectangle);
	LIBRARY_CALL(cairo_restore);
	LIBRARY_CALL(cairo_save);
	LIBRARY_CALL(cairo_set_line_width);
	LIBRARY_CALL(cairo_set_source_rgb);
	LIBRARY_CALL(cairo_show_page);
	LIBRARY_CALL(cairo_status_to_string);
	LIBRARY_CALL(cairo_stroke);
	LIBRARY_CALL(cairo_surface_finish);
	LIBRARY_CALL(cairo_surface_status);
	LIBRARY_CALL(g_object_unref);
	LIBRARY_CALL(pango_cairo_create_layout);
	LIBRARY_CALL(pango_cairo_font_map_get_default);
	LIBRARY_CALL(pango_cairo_show_layout);
	LIBRARY_CALL(pango_font_description_free);
	LIBRARY_CALL(pango_font_description_from_string);
	LIBRARY_CALL(pango_font_map_create_context);
	LIBRARY_CALL(pango_font_map_load_font);
	LIBRARY_CALL(pango_layout_get_extents);
	LIBRARY_CALL(pango_layout_set_alignment);
	LIBRARY_CALL(pango_layout_set_font_description);
	LIBRARY_CALL(pango_layout_set_line_spacing);
	LIBRARY_CALL(pango_layout_set_text);
	LIBRARY_CALL(pango_layout_set_width);
	LIBRARY_CALL(pango_layout_set_wrap);
} pen;

static const struct library_entry entries[] = {
	LIBRARY_ENTRY(pen, cairo_clip),
	LIBRARY_ENTRY(pen, cairo_create),
	LIBRARY_ENTRY(pen, cairo_destroy),
	LIBRARY_ENTRY(pen, cairo_fill),
	LIBRARY_ENTRY(pen, cairo_line_to),
	LIBRARY_ENTRY(pen, cairo_move_to),
	LIBRARY_ENTRY(pen, cairo_new_path),
	LIBRARY_ENTRY(pen, cairo_pdf_surface_create_for_stream),
	LIBRARY_ENTRY(pen, cairo_pdf_surface_set_metadata),
	LIBRARY_ENTRY(pen, cairo_rectangle),
	LIBRARY_ENTRY(pen, cairo_restore),
	LIBRARY_ENTRY(pen, cairo_save),
	LIBRARY_ENTRY(pen, cairo_set_line_width),
	LIBRARY_ENTRY(pen, cairo_set_source_rgb),
	LIBRARY_ENTRY(pen, cairo_show_page),
	LIBRARY_ENTRY(pen, cairo_status_to_string),
	LIBRARY_ENTRY(pen, cairo_stroke),
	LIBRARY_ENTRY(pen, cairo_surface_finish),
	LIBRARY_ENTRY(pen, cairo_surface_status),
	LIBRARY_ENTRY(pen, g_object_unref),
	LIBRARY_ENTRY(pen, pango_cairo_create_layout),
	LIBRARY_ENTRY(pen, pango_cairo_font_map_get_default),
	LIBRARY_ENTRY(pen, pango_cairo_show_layout),
	LIBRARY_ENTRY(pen, pango_font_description_free),
	LIBRARY_ENTRY(pen, pango_font_description_from_string),
	LIBRARY_ENTRY(pen, pango_font_map_create_context),
	LIBRARY_ENTRY(pen, pango_font_map_load_font),
	LIBRARY_ENTRY(pen, pango_layout_get_extents),
	LIBRARY_ENTRY(pen, pango_layout_set_alignment),
	LIBRARY_ENTRY(pen, pango_layout_set_font_description),
	LIBRARY_ENTRY(pen, pango_layout_set_line_spacing),
	LIBRARY_ENTRY(pen, pango_layout_set_text),
	LIBRARY_ENTRY(pen, pango_layout_set_width),
	LIBRARY_ENTRY(pen, pango_layout_set_wrap),
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(pen, ENTRIES);

static const struct library library = { "libpangocairo-1.0.so.0",
	"libpangocairo-1.0-0", entries, ENTRIES };

enum ink { INK, SOFT, HAIR };
static const double gray[] = { [INK] = 0.08, [SOFT] = 0.45, [HAIR] = 0.8 };

/* The hands that text is written in. */
enum hand { TITLE, BODY, WORD, SMALL };
static const char *const font[] = {
	[TITLE] = "DejaVu Serif 23",
	[BODY] = "DejaVu Sans 9.5",
	[WORD] = "DejaVu Sans 11.5",
	[SMALL] = "DejaVu Sans 7.5",
};

struct page {
	cairo_t *cr;
	const struct leaf *l;
	size_t pages, no;
};

static void
set_ink(cairo_t *cr, enum ink ink)
{
	pen.cairo_set_source_rgb(cr, gray[ink], gray[ink], gray[ink]);
}

/* ${text} with its top at ${y}, wrapped at ${wide}; returns how high it is. */
static double
put(const struct page *p, enum hand hand, enum ink ink, double x, double y,
    double wide, PangoAlignment align, const char *text)
{
	PangoFontDescription *f = pen.pango_font_description_from_string(
	    font[hand]);
	PangoLayout *layout = pen.pango_cairo_create_layout(p->cr);
	PangoRectangle r;

	pen.pango_layout_set_font_description(layout, f);
	pen.pango_layout_set_width(layout, (int)(wide * PANGO_SCALE));
	pen.pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pen.pango_layout_set_alignment(layout, align);
	pen.pango_layout_set_line_spacing(layout, hand == BODY ? 1.25F : 1.0F);
	pen.pango_layout_set_text(layout, text, -1);
	pen.pango_layout_get_extents(layout, NULL, &r);
	set_ink(p->cr, ink);
	pen.cairo_move_to(p->cr, x, y);
	pen.pango_cairo_show_layout(p->cr, layout);
	pen.g_object_unref(layout);
	pen.pango_font_description_free(f);
	return (double)r.height / PANGO_SCALE;
}

/* The same without a trace, to know how high it is. */
static double
height(const struct page *p, enum hand hand, double wide, const char *text)
{
	double h;

	pen.cairo_save(p->cr);
	pen.cairo_rectangle(p->cr, 0, 0, 0, 0);
	pen.cairo_clip(p->cr);
	h = put(p, hand, INK, 0, 0, wide, PANGO_ALIGN_LEFT, text);
	pen.cairo_restore(p->cr);
	return h;
}

static void
rule(const struct page *p, double y)
{
	set_ink(p->cr, HAIR);
	pen.cairo_set_line_width(p->cr, 0.6);
	pen.cairo_move_to(p->cr, MARGIN, y);
	pen.cairo_line_to(p->cr, PAGE_W - MARGIN, y);
	pen.cairo_stroke(p->cr);
}

/* A code and its quiet zone in a square; one path, so that no hair of white
 * is between two modules. */
static void
put_code(const struct page *p, size_t i, double x, double y, double side)
{
	const struct qr *q = &p->l->code[i];
	const double m = side / (q->size + 2 * QR_QUIET);
	char text[64];
	unsigned to;

	pen.cairo_new_path(p->cr);
	for (unsigned r = 0; r < q->size; r++) {
		for (unsigned c = 0; c < q->size; c = to + 1) {
			for (to = c; to < q->size &&
			    q->module[r * q->size + to]; to++)
				;
			if (to > c)
				pen.cairo_rectangle(p->cr,
				    x + m * (c + QR_QUIET),
				    y + m * (r + QR_QUIET), m * (to - c), m);
		}
	}
	pen.cairo_set_source_rgb(p->cr, 0, 0, 0);
	pen.cairo_fill(p->cr);
	if (p->l->n == 1)
		return;
	snprintf(text, sizeof(text), "code %zu of %zu", i + 1, p->l->n);
	put(p, SMALL, SOFT, x, y + side + BELOW - m * QR_QUIET, side,
	    PANGO_ALIGN_CENTER, text);
}

/* What every page says at its head. */
static void
put_head(const struct page *p, const char *left)
{
	char text[64];

	put(p, SMALL, SOFT, MARGIN, HEAD_Y, INNER, PANGO_ALIGN_LEFT, left);
	if (p->pages == 1)
		return;
	snprintf(text, sizeof(text), "page %zu of %zu", p->no, p->pages);
	put(p, SMALL, SOFT, MARGIN, HEAD_Y, INNER, PANGO_ALIGN_RIGHT, text);
}

/* In columns of one width, a label above each. */
static void
put_facts(const struct page *p)
{
	const double wide = INNER / LEAF_FACTS_MAX;
	double x;

	rule(p, FACTS_Y - 8);
	for (size_t i = 0; i < LEAF_FACTS_MAX && p->l->fact[i].label != NULL;
	    i++) {
		x = MARGIN + (double)i * wide;
		put(p, SMALL, SOFT, x, FACTS_Y, wide - 8, PANGO_ALIGN_LEFT,
		    p->l->fact[i].label);
		put(p, BODY, INK, x, FACTS_Y + 14, wide - 8, PANGO_ALIGN_LEFT,
		    p->l->fact[i].value);
	}
	rule(p, WORDS_Y - 14);
}

/* Four to a line; returns where they end. */
static double
put_words(const struct page *p)
{
	const double wide = INNER / WORDS_LINE;
	const char *at = p->l->words;
	size_t len, row, n = 0;
	char word[32];

	put(p, SMALL, SOFT, MARGIN, WORDS_Y, INNER, PANGO_ALIGN_LEFT,
	    "Words, the same on both sides");
	for (; *at != '\0'; at += len + (at[len] == ' '), n++) {
		len = strcspn(at, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		row = n / WORDS_LINE;
		put(p, WORD, INK, MARGIN + wide * (double)(n % WORDS_LINE),
		    WORDS_Y + 15 + WORD_H * (double)row, wide,
		    PANGO_ALIGN_LEFT, word);
	}
	row = (n + WORDS_LINE - 1) / WORDS_LINE;
	return WORDS_Y + 15 + WORD_H * (double)row;
}

/* The steps, down to the lower margin; returns where they begin. */
static double
put_todo(const struct page *p)
{
	const double indent = 18;
	double y = PAGE_H - MARGIN, top;
	char number[24];
	size_t n;

	for (n = 0; p->l->todo[n] != NULL; n++)
		y -= height(p, BODY, INNER - indent, p->l->todo[n]) + STEP_H;
	top = y -= 12;
	rule(p, top);
	y += 14;
	for (size_t i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "%zu", i + 1);
		put(p, BODY, SOFT, MARGIN, y, indent, PANGO_ALIGN_LEFT,
		    number);
		y += put(p, BODY, INK, MARGIN + indent, y, INNER - indent,
		    PANGO_ALIGN_LEFT, p->l->todo[i]) + STEP_H;
	}
	return top;
}

static void
first_page(const struct page *p)
{
	double top, bottom, side, y;

	put_head(p, "Anchorite");
	put(p, TITLE, INK, MARGIN, TITLE_Y, INNER, PANGO_ALIGN_LEFT,
	    p->l->title);
	put_facts(p);
	top = put_words(p);
	bottom = put_todo(p) - NUMBER_H;
	side = p->l->n == 1 ? ONE_MAX : PAIR;
	side = side > bottom - top ? bottom - top : side;
	y = top + (bottom - top - side) / 2;
	if (p->l->n == 1) {
		put_code(p, 0, (PAGE_W - side) / 2, y, side);
		return;
	}
	for (size_t i = 0; i < FIRST; i++)
		put_code(p, i, MARGIN + (double)i * (PAIR + GAP), y, side);
}

static void
grid_page(const struct page *p)
{
	const size_t from = FIRST + (p->no - 2) * EACH;
	const double left = (PAGE_W - 2 * GRID - GAP) / 2;
	size_t row;

	put_head(p, p->l->head);
	for (size_t i = 0; i < EACH && from + i < p->l->n; i++) {
		row = i / 2;
		put_code(p, from + i, left + (double)(i % 2) * (GRID + GAP),
		    GRID_Y + (double)row * (GRID + NUMBER_H), GRID);
	}
}

/* --- the file --- */

static cairo_status_t
write_out(void *cookie, const unsigned char *data, unsigned len)
{
	const int fd = *(const int *)cookie;
	unsigned tries = 0;
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX)
			continue;
		if (n <= 0)
			return CAIRO_STATUS_WRITE_ERROR;
		data += n;
		len -= (unsigned)n;
	}
	return CAIRO_STATUS_SUCCESS;
}

/* Names of families are there without any font; so one is asked for. */
static bool
has_font(void)
{
	PangoFontDescription *f = pen.pango_font_description_from_string(
	    font[BODY]);
	PangoFontMap *map = pen.pango_cairo_font_map_get_default();
	PangoContext *context = pen.pango_font_map_create_context(map);
	PangoFont *found = pen.pango_font_map_load_font(map, context, f);
	const bool has = found != NULL;

	if (has)
		pen.g_object_unref(found);
	pen.g_object_unref(context);
	pen.pango_font_description_free(f);
	return has;
}

static void
draw(const struct leaf *l, cairo_surface_t *pdf)
{
	struct page p = { .l = l, .pages = 1, .no = 1 };

	if (l->n > 1)
		p.pages += (l->n - FIRST + EACH - 1) / EACH;
	pen.cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE,
	    l->title);
	pen.cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE,
	    l->date != NULL ? l->date : NO_DATE);
	p.cr = pen.cairo_create(pdf);
	first_page(&p);
	pen.cairo_show_page(p.cr);
	for (p.no = 2; p.no <= p.pages; p.no++) {
		grid_page(&p);
		pen.cairo_show_page(p.cr);
	}
	pen.cairo_destroy(p.cr);
}

enum status
leaf_draw(const struct leaf *l, int fd, struct diag *d)
{
	cairo_surface_t *pdf;
	cairo_status_t status;
	enum status rc;

	TRY(library_load(&library, &pen, d));
	if (!has_font())
		FAIL(d, ST_SYSTEM, "this machine has no font to write with: "
		    "Debian's package fonts-dejavu-core has one");
	pdf = pen.cairo_pdf_surface_create_for_stream(write_out, &fd, PAGE_W,
	    PAGE_H);
	if (pen.cairo_surface_status(pdf) == CAIRO_STATUS_SUCCESS)
		draw(l, pdf);
	pen.cairo_surface_finish(pdf);
	if ((status = pen.cairo_surface_status(pdf)) != CAIRO_STATUS_SUCCESS)
		FAIL(d, ST_SYSTEM, "no page could be made: %s",
		    pen.cairo_status_to_string(status));
	rc = ST_OK;
out:
	return rc;
}
