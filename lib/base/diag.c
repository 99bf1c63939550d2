/* see diag.h */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/diag.h"

/* Names of files, and what a record says, are other people's: what would move
 * the cursor or begin a second line is shown as the byte that it is. */
static void
tame(char text[DIAG_TEXT_MAX])
{
	char raw[DIAG_TEXT_MAX];
	size_t at = 0;

	memcpy(raw, text, sizeof(raw));
	for (const char *p = raw; *p != '\0' && at + 4 < sizeof(raw); p++) {
		if (*p >= ' ' && *p <= '~')
			text[at++] = *p;
		else
			at += (size_t)snprintf(text + at, 5, "\\x%02x",
			    (unsigned)(unsigned char)*p);
	}
	text[at] = '\0';
}

static bool
is_tame(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return *text == '\0';
}

void
diag_note(struct diag *d, enum status code, const char *fmt, ...)
{
	va_list ap;

	if (d == NULL || d->code != ST_OK)
		return;
	d->code = code;
	va_start(ap, fmt);
	vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	if (!is_tame(d->text))
		tame(d->text);
}

void
diag_prefix(struct diag *d, const char *fmt, ...)
{
	char old[DIAG_TEXT_MAX];
	va_list ap;
	size_t n;

	if (d == NULL)
		return;
	memcpy(old, d->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	n = strlen(d->text);
	snprintf(d->text + n, sizeof(d->text) - n, ": %.900s", old);
	if (!is_tame(d->text))
		tame(d->text);
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
