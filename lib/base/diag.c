/* see diag.h */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/diag.h"

#define WHOLE_MAX (4096 + 2 * DIAG_TEXT_MAX) /* bytes; any path, and why */
#define HEAD_MAX 300 /* bytes of what is too long that its end comes after */

/* What is too long gives up its middle: it is a name that is long, and behind
 * it stands what is wrong. */
static void
cut(const char *whole, char out[DIAG_TEXT_MAX])
{
	const size_t len = strlen(whole);
	const size_t tail = DIAG_TEXT_MAX - 1 - HEAD_MAX - 3;

	if (len < DIAG_TEXT_MAX)
		snprintf(out, DIAG_TEXT_MAX, "%s", whole);
	else
		snprintf(out, DIAG_TEXT_MAX, "%.*s...%s", HEAD_MAX, whole,
		    whole + len - tail);
}

/* Names of files, and what a record says, are other people's: what would move
 * the cursor or begin a second line is shown as the byte that it is. */
static void
set_text(struct diag *d, const char *whole)
{
	char shown[4 * DIAG_TEXT_MAX];
	size_t at = 0;

	cut(whole, d->text);
	for (const char *p = d->text; *p != '\0'; p++) {
		if (*p >= ' ' && *p <= '~')
			shown[at++] = *p;
		else
			at += (size_t)snprintf(shown + at, 5, "\\x%02x",
			    (unsigned)(unsigned char)*p);
	}
	shown[at] = '\0';
	cut(shown, d->text);
}

void
diag_note(struct diag *d, enum status code, const char *fmt, ...)
{
	char whole[WHOLE_MAX];
	va_list ap;

	if (d == NULL || d->code != ST_OK)
		return;
	d->code = code;
	va_start(ap, fmt);
	vsnprintf(whole, sizeof(whole), fmt, ap);
	va_end(ap);
	set_text(d, whole);
}

void
diag_prefix(struct diag *d, const char *fmt, ...)
{
	char whole[WHOLE_MAX];
	va_list ap;
	size_t n;

	if (d == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(whole, sizeof(whole) - DIAG_TEXT_MAX - 2, fmt, ap);
	va_end(ap);
	n = strlen(whole);
	snprintf(whole + n, sizeof(whole) - n, ": %s", d->text);
	set_text(d, whole);
}

void
diag_clear(struct diag *d)
{
	if (d == NULL)
		return;
	d->code = ST_OK;
	d->text[0] = '\0';
}

int
diag_exit(enum status code)
{
	switch (code) {
	case ST_OK:
		return 0;
	case ST_FORMAT:
	case ST_AUTH:
	case ST_POLICY:
		return 1;
	case ST_USAGE:
	case ST_SYSTEM:
	case ST_BUG:
	default:
		return 2;
	}
}
