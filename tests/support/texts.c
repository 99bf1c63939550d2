/* see texts.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/support/texts.h"

#define PREFIX "AN1:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define HEAD 10 /* digits: version and number */
#define LEAST 40

static enum status
cut(void *cookie, unsigned version, enum qr_level level, size_t *k,
    char session[SHOW_SESSION_SIZE], struct diag *d)
{
	const size_t fit = qr_digits(version, level, PREFIX_LEN);
	struct texts *t = cookie;

	t->opened++;
	if (fit < LEAST)
		return diag_set(d, ST_POLICY, "version %u is too small",
		    version);
	t->version = version;
	t->level = level;
	*k = (t->digits + fit - HEAD - 1) / (fit - HEAD);
	snprintf(session, SHOW_SESSION_SIZE, "cafe%04u", version);
	return ST_OK;
}

static enum status
text(void *cookie, uint32_t i, struct bytes *out, struct diag *d)
{
	const struct texts *t = cookie;
	const size_t fit = qr_digits(t->version, t->level, PREFIX_LEN);
	unsigned x = i * 2654435761U + t->version;
	enum status rc;

	TRY(text_format(out, d, PREFIX "%02u%08u%0*d", t->version, i,
	    (int)(fit - HEAD), 0));
	for (size_t n = PREFIX_LEN + HEAD; n < out->len; n++) {
		x = x * 1103515245U + 12345U;
		out->data[n] = (uint8_t)('0' + (x >> 16) % 10);
	}
out:
	return rc;
}

struct show_source
texts_source(struct texts *t)
{
	return (struct show_source){ t, cut, text };
}

static unsigned
number(const char *text, size_t from, size_t len)
{
	char digits[16] = { 0 };

	if (strlen(text) < PREFIX_LEN + LEAST)
		return 0;
	memcpy(digits, text + PREFIX_LEN + from, len);
	return (unsigned)strtoul(digits, NULL, 10);
}

unsigned
texts_version(const char *text)
{
	return number(text, 0, 2);
}

unsigned
texts_number(const char *text)
{
	return number(text, 2, 8);
}
