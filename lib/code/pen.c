/* see pen.h */
#include <pango/pangocairo.h>
#include <cairo-pdf.h>

#include "lib/base/library.h"
#include "lib/code/pen.h"

#define SMALLEST 0.5 /* of its size, before a line is wrapped */
#define STEP (PANGO_SCALE / 4)

/* What is called there, by the type and name it has in the headers. */
static struct {
	LIBRARY_CALL(cairo_create);
	LIBRARY_CALL(cairo_destroy);
	LIBRARY_CALL(cairo_fill);
	LIBRARY_CALL(cairo_line_to);
	LIBRARY_CALL(cairo_move_to);
	LIBRARY_CALL(cairo_new_path);
	LIBRARY_CALL(cairo_pdf_surface_create_for_stream);
	LIBRARY_CALL(cairo_pdf_surface_set_metadata);
	LIBRARY_CALL(cairo_rectangle);
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
	LIBRARY_CALL(pango_font_description_get_size);
	LIBRARY_CALL(pango_font_description_set_size);
	LIBRARY_CALL(pango_font_map_create_context);
	LIBRARY_CALL(pango_font_map_load_font);
	LIBRARY_CALL(pango_layout_get_extents);
	LIBRARY_CALL(pango_layout_get_unknown_glyphs_count);
	LIBRARY_CALL(pango_layout_set_alignment);
	LIBRARY_CALL(pango_layout_set_auto_dir);
	LIBRARY_CALL(pango_layout_set_font_description);
	LIBRARY_CALL(pango_layout_set_line_spacing);
	LIBRARY_CALL(pango_layout_set_text);
	LIBRARY_CALL(pango_layout_set_width);
	LIBRARY_CALL(pango_layout_set_wrap);
} lib;

static const struct library_entry entries[] = {
	LIBRARY_ENTRY(lib, cairo_create),
	LIBRARY_ENTRY(lib, cairo_destroy),
	LIBRARY_ENTRY(lib, cairo_fill),
	LIBRARY_ENTRY(lib, cairo_line_to),
	LIBRARY_ENTRY(lib, cairo_move_to),
	LIBRARY_ENTRY(lib, cairo_new_path),
	LIBRARY_ENTRY(lib, cairo_pdf_surface_create_for_stream),
	LIBRARY_ENTRY(lib, cairo_pdf_surface_set_metadata),
	LIBRARY_ENTRY(lib, cairo_rectangle),
	LIBRARY_ENTRY(lib, cairo_set_line_width),
	LIBRARY_ENTRY(lib, cairo_set_source_rgb),
	LIBRARY_ENTRY(lib, cairo_show_page),
	LIBRARY_ENTRY(lib, cairo_status_to_string),
	LIBRARY_ENTRY(lib, cairo_stroke),
	LIBRARY_ENTRY(lib, cairo_surface_finish),
	LIBRARY_ENTRY(lib, cairo_surface_status),
	LIBRARY_ENTRY(lib, g_object_unref),
	LIBRARY_ENTRY(lib, pango_cairo_create_layout),
	LIBRARY_ENTRY(lib, pango_cairo_font_map_get_default),
	LIBRARY_ENTRY(lib, pango_cairo_show_layout),
	LIBRARY_ENTRY(lib, pango_font_description_free),
	LIBRARY_ENTRY(lib, pango_font_description_from_string),
	LIBRARY_ENTRY(lib, pango_font_description_get_size),
	LIBRARY_ENTRY(lib, pango_font_description_set_size),
	LIBRARY_ENTRY(lib, pango_font_map_create_context),
	LIBRARY_ENTRY(lib, pango_font_map_load_font),
	LIBRARY_ENTRY(lib, pango_layout_get_extents),
	LIBRARY_ENTRY(lib, pango_layout_get_unknown_glyphs_count),
	LIBRARY_ENTRY(lib, pango_layout_set_alignment),
	LIBRARY_ENTRY(lib, pango_layout_set_auto_dir),
	LIBRARY_ENTRY(lib, pango_layout_set_font_description),
	LIBRARY_ENTRY(lib, pango_layout_set_line_spacing),
	LIBRARY_ENTRY(lib, pango_layout_set_text),
	LIBRARY_ENTRY(lib, pango_layout_set_width),
	LIBRARY_ENTRY(lib, pango_layout_set_wrap),
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))
LIBRARY_WHOLE(lib, ENTRIES);

static const struct library library = { "libpangocairo-1.0.so.0",
	"libpangocairo-1.0-0", entries, ENTRIES };

static const double grays[] = { [PEN_INK] = 0.08, [PEN_SOFT] = 0.42,
	[PEN_HAIR] = 0.8, [PEN_WHITE] = 1 };

static const struct {
	const char *font;
	float spacing; /* of lines */
} hands[] = {
	[PEN_TITLE] = { "DejaVu Serif 21", 1.05F },
	[PEN_NAME] = { "DejaVu Serif 14", 1.1F },
	[PEN_HEADING] = { "DejaVu Sans Bold 8.5", 1.2F },
	[PEN_BODY] = { "DejaVu Sans 8.5", 1.25F },
	[PEN_WORD] = { "DejaVu Sans 11", 1.0F },
	[PEN_SMALL] = { "DejaVu Sans 6.8", 1.15F },
	[PEN_MARK] = { "DejaVu Sans Bold 8", 1.0F },
	[PEN_MONO] = { "DejaVu Sans Mono 7.2", 1.25F },
};

static const PangoAlignment aligns[] = { [PEN_LEFT] = PANGO_ALIGN_LEFT,
	[PEN_CENTER] = PANGO_ALIGN_CENTER, [PEN_RIGHT] = PANGO_ALIGN_RIGHT };

/* The file that is being drawn: one at a time, in a process of its own. */
static struct {
	cairo_surface_t *pdf;
	cairo_t *cr;
	pen_sink *sink;
	void *cookie;
	int unknown; /* letters that no font has */
} now;

/* Names of families are there without any font; so one is asked for. */
static bool
has_font(void)
{
	PangoFontDescription *f = lib.pango_font_description_from_string(
	    hands[PEN_BODY].font);
	PangoFontMap *map = lib.pango_cairo_font_map_get_default();
	PangoContext *context = lib.pango_font_map_create_context(map);
	PangoFont *found = lib.pango_font_map_load_font(map, context, f);
	const bool has = found != NULL;

	if (has)
		lib.g_object_unref(found);
	lib.g_object_unref(context);
	lib.pango_font_description_free(f);
	return has;
}

enum status
pen_link(struct diag *d)
{
	return library_load(&library, &lib, d);
}

enum status
pen_load(struct diag *d)
{
	enum status rc;

	TRY(pen_link(d));
	if (!has_font())
		FAIL(d, ST_SYSTEM, "this machine has no font to write with: "
		    "Debian's package fonts-dejavu-core has one");
out:
	return rc;
}

static cairo_status_t
write_out(void *cookie, const unsigned char *data, unsigned len)
{
	(void)cookie;
	return now.sink(now.cookie, data, len) ? CAIRO_STATUS_SUCCESS :
						 CAIRO_STATUS_WRITE_ERROR;
}

enum status
pen_begin(const char *title, const char *date, pen_sink *sink, void *cookie,
    struct diag *d)
{
	cairo_status_t status;

	now.sink = sink;
	now.cookie = cookie;
	now.unknown = 0;
	now.pdf = lib.cairo_pdf_surface_create_for_stream(write_out, NULL,
	    PEN_PAGE_W, PEN_PAGE_H);
	status = lib.cairo_surface_status(now.pdf);
	if (status != CAIRO_STATUS_SUCCESS)
		return diag_set(d, ST_SYSTEM, "no page can be made: %s",
		    lib.cairo_status_to_string(status));
	lib.cairo_pdf_surface_set_metadata(now.pdf, CAIRO_PDF_METADATA_TITLE,
	    title);
	lib.cairo_pdf_surface_set_metadata(now.pdf,
	    CAIRO_PDF_METADATA_CREATE_DATE, date);
	now.cr = lib.cairo_create(now.pdf);
	return ST_OK;
}

void
pen_next_page(void)
{
	lib.cairo_show_page(now.cr);
}

enum status
pen_end(struct diag *d)
{
	cairo_status_t status;

	lib.cairo_show_page(now.cr);
	lib.cairo_destroy(now.cr);
	lib.cairo_surface_finish(now.pdf);
	status = lib.cairo_surface_status(now.pdf);
	if (status != CAIRO_STATUS_SUCCESS)
		return diag_set(d, ST_SYSTEM, "no page could be made: %s",
		    lib.cairo_status_to_string(status));
	if (now.unknown > 0)
		return diag_set(d, ST_SYSTEM, "no font of this machine has "
		    "every letter of the page (Debian's fonts-dejavu-core and "
		    "fonts-droid-fallback have most)");
	return ST_OK;
}

static void
set_ink(enum pen_ink ink)
{
	const double gray = grays[ink];

	lib.cairo_set_source_rgb(now.cr, gray, gray, gray);
}

/* Text as it is set: in one line where that is wanted and possible. */
static PangoLayout *
lay(const struct pen_style *style, double wide, const char *text, size_t len,
    double *high)
{
	PangoFontDescription *f = lib.pango_font_description_from_string(
	    hands[style->hand].font);
	PangoLayout *l = lib.pango_cairo_create_layout(now.cr);
	const int size = lib.pango_font_description_get_size(f);
	const double most = wide * PANGO_SCALE;
	PangoRectangle r;

	lib.pango_layout_set_auto_dir(l, FALSE);
	lib.pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	lib.pango_layout_set_alignment(l, aligns[style->align]);
	lib.pango_layout_set_line_spacing(l, hands[style->hand].spacing);
	lib.pango_layout_set_font_description(l, f);
	lib.pango_layout_set_text(l, text, (int)len);
	lib.pango_layout_get_extents(l, NULL, &r);
	for (int to = size - STEP; style->line && r.width > most &&
	    to >= size * SMALLEST; to -= STEP) {
		lib.pango_font_description_set_size(f, to);
		lib.pango_layout_set_font_description(l, f);
		lib.pango_layout_get_extents(l, NULL, &r);
	}
	lib.pango_layout_set_width(l, (int)most);
	lib.pango_layout_get_extents(l, NULL, &r);
	*high = (double)r.height / PANGO_SCALE;
	lib.pango_font_description_free(f);
	return l;
}

double
pen_put(const struct pen_style *style, double x, double y, double wide,
    const char *text, size_t len)
{
	double high;
	PangoLayout *l = lay(style, wide, text, len, &high);

	now.unknown += lib.pango_layout_get_unknown_glyphs_count(l);
	set_ink(style->ink);
	lib.cairo_move_to(now.cr, x, y);
	lib.pango_cairo_show_layout(now.cr, l);
	lib.g_object_unref(l);
	return high;
}

double
pen_height(const struct pen_style *style, double wide, const char *text,
    size_t len)
{
	double high;

	lib.g_object_unref(lay(style, wide, text, len, &high));
	return high;
}

void
pen_rule(double x, double y, double wide)
{
	set_ink(PEN_HAIR);
	lib.cairo_set_line_width(now.cr, 0.6);
	lib.cairo_move_to(now.cr, x, y);
	lib.cairo_line_to(now.cr, x + wide, y);
	lib.cairo_stroke(now.cr);
}

void
pen_box(enum pen_ink ink, double x, double y, double wide, double high)
{
	set_ink(ink);
	lib.cairo_rectangle(now.cr, x, y, wide, high);
	lib.cairo_fill(now.cr);
}

/* One path, so that no hair of white is between two modules. */
void
pen_code(const struct qr *q, double x, double y, double side)
{
	const double m = side / (q->size + 2 * QR_QUIET);
	unsigned to;

	lib.cairo_new_path(now.cr);
	for (unsigned r = 0; r < q->size; r++) {
		for (unsigned c = 0; c < q->size; c = to + 1) {
			for (to = c; to < q->size &&
			    q->module[r * q->size + to]; to++)
				;
			if (to > c)
				lib.cairo_rectangle(now.cr,
				    x + m * (c + QR_QUIET),
				    y + m * (r + QR_QUIET), m * (to - c), m);
		}
	}
	lib.cairo_set_source_rgb(now.cr, 0, 0, 0);
	lib.cairo_fill(now.cr);
}
