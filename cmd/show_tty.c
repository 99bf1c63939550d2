/* see show.h: the controlling terminal as a screen. */
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "cmd/show.h"
#include "lib/base/clock.h"
#include "lib/base/tty.h"

#define HALF_BLOCK 0x2580

static enum status
window(void *cookie, unsigned *cols, unsigned *rows, struct diag *d)
{
	return tty_window(cookie, cols, rows, d);
}

static enum status
paint(void *cookie, const void *data, size_t len, struct diag *d)
{
	return tty_paint(cookie, data, len, d);
}

static enum status
key(void *cookie, int wait_ms, uint8_t *out, struct diag *d)
{
	return tty_key(cookie, wait_ms, out, d);
}

static int64_t
now_ms(void *cookie)
{
	(void)cookie;
	return clock_steady();
}

/* Whether text goes out as UTF-8 here, by the locale. */
static bool
is_utf8(void)
{
	const locale_t l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool yes = false;

	if (l != (locale_t)0) {
		yes = strcmp(nl_langinfo_l(CODESET, l), "UTF-8") == 0;
		freelocale(l);
	}
	return yes;
}

/* Most fonts of consoles have no half blocks; blanks are always there. */
static enum draw_form
form_of(const struct tty *t, bool plain)
{
	const enum tty_font font = tty_font(t, HALF_BLOCK);

	if (plain || font == TTY_FONT_LACKS)
		return DRAW_BLANK;
	return font == TTY_FONT_HAS || is_utf8() ? DRAW_HALF : DRAW_BLANK;
}

enum status
show_terminal(const struct show *s, bool plain, struct diag *d)
{
	struct show_screen screen = { .window = window, .paint = paint,
		.key = key, .now_ms = now_ms };
	struct tty *t = NULL;
	enum status rc;

	TRY(tty_open("/dev/tty", &t, d));
	screen.cookie = t;
	screen.form = form_of(t, plain);
	TRY(tty_stage(t, d));
	TRY(show_run(s, &screen, d));
out:
	tty_close(t);
	return rc;
}
