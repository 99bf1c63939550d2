/* see diag.h */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/diag.h"

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
