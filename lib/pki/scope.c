/* see scope.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/reader.h"
#include "lib/base/text.h"
#include "lib/pki/der.h"
#include "lib/pki/scope.h"

#define FORMAT_VERSION 1
#define DIGITS "0123456789"
#define VERSION_CHARS DIGITS "abcdefghijklmnopqrstuvwxyz.+-"

/* [0-9a-z][0-9a-z.+-]*, no two dots in a row, no dot at the end; or empty. */
static bool
is_version(const char *s)
{
	const size_t len = strlen(s);

	if (len == 0)
		return true;
	return len < SCOPE_VERSION_SIZE && strspn(s, VERSION_CHARS) == len &&
	    strchr(".+-", s[0]) == NULL && s[len - 1] != '.' &&
	    strstr(s, "..") == NULL;
}

/* "2027Q1" */
static bool
is_slot(const char *s)
{
	return strlen(s) == 6 && strspn(s, DIGITS) == 4 && s[4] == 'Q' &&
	    s[5] >= '1' && s[5] <= '4';
}

/* A run of digits, past its leading zeros: where it ends, how long it is. */
static size_t
number_len(const char **at)
{
	const size_t zeros = strspn(*at, "0");
	const size_t digits = strspn(*at + zeros, DIGITS);

	*at += zeros + digits;
	return digits;
}

int
scope_compare(const char *a, const char *b)
{
	size_t n, m;
	int order;

	while (*a != '\0' || *b != '\0') {
		if (strspn(a, DIGITS) == 0 || strspn(b, DIGITS) == 0) {
			if (*a != *b)
				return (unsigned char)*a - (unsigned char)*b;
			a++;
			b++;
			continue;
		}
		/* without leading zeros the longer number is the greater */
		n = number_len(&a);
		m = number_len(&b);
		if (n != m)
			return n < m ? -1 : 1;
		if ((order = memcmp(a - n, b - m, n)) != 0)
			return order;
	}
	return 0;
}

enum status
scope_versions(const char *text, struct scope *out, struct diag *d)
{
	const char *dots = strstr(text, "..");
	enum status rc;

	if (dots == NULL || (size_t)(dots - text) >= sizeof(out->from) ||
	    strlen(dots + 2) >= sizeof(out->to))
		FAIL(d, ST_FORMAT, "FORMATS 8.16: versions are FROM..TO, and "
		    "TO may be left out");
	snprintf(out->from, sizeof(out->from), "%.*s", (int)(dots - text),
	    text);
	snprintf(out->to, sizeof(out->to), "%s", dots + 2);
	if (!is_version(out->from) || !is_version(out->to))
		FAIL(d, ST_FORMAT, "FORMATS 8.16: a version is of [0-9a-z.+-]"
		    " and begins with a digit or letter");
	if (out->to[0] != '\0' && scope_compare(out->from, out->to) > 0)
		FAIL(d, ST_POLICY, "FORMATS 8.16: no version is from %s to %s",
		    out->from, out->to);
	rc = ST_OK;
out:
	return rc;
}

static enum status
check(const struct scope *s, enum status code, struct diag *d)
{
	if (!text_is_word(s->product) || !text_is_word(s->role))
		return diag_set(d, code, "FORMATS 8.9: product and role are "
		    "words");
	if (!is_slot(s->slot))
		return diag_set(d, code, "FORMATS 8.9: the slot is not a "
		    "quarter of a year");
	if (!is_version(s->from) || !is_version(s->to))
		return diag_set(d, code, "FORMATS 8.16: a version is not of "
		    "its alphabet");
	return ST_OK;
}

enum status
scope_write(const struct scope *s, struct bytes *out, struct diag *d)
{
	const uint8_t version = FORMAT_VERSION;
	uint8_t body[SCOPE_DER_MAX], der[SCOPE_DER_MAX];
	size_t n = 0, len = 0;
	enum status rc;

	TRY(check(s, ST_POLICY, d));
	TRY(der_put(body, sizeof(body), &n, DER_INTEGER, &version, 1, d));
	TRY(der_put(body, sizeof(body), &n, DER_UTF8, s->product,
	    strlen(s->product), d));
	TRY(der_put(body, sizeof(body), &n, DER_UTF8, s->role,
	    strlen(s->role), d));
	TRY(der_put(body, sizeof(body), &n, DER_UTF8, s->from,
	    strlen(s->from), d));
	if (s->to[0] != '\0')
		TRY(der_put(body, sizeof(body), &n, DER_CONTEXT_0, s->to,
		    strlen(s->to), d));
	TRY(der_put(body, sizeof(body), &n, DER_UTF8, s->slot,
	    strlen(s->slot), d));
	TRY(der_put(der, sizeof(der), &len, DER_SEQUENCE, body, n, d));
	TRY(bytes_set(out, der, len, d));
out:
	return rc;
}

/* A string that fits ${size} with its NUL and has none inside. */
static enum status
read_text(struct reader *r, uint8_t tag, char *out, size_t size,
    struct diag *d)
{
	struct reader in = { 0 };
	enum status rc;

	TRY(der_open(r, tag, &in, d));
	if (in.len >= size || memchr(in.data, 0, in.len) != NULL)
		FAIL(d, ST_FORMAT, "FORMATS 8.9: a part of the scope is too "
		    "long");
	memcpy(out, in.data, in.len);
	out[in.len] = '\0';
	rc = ST_OK;
out:
	return rc;
}

enum status
scope_read(const uint8_t *data, size_t len, struct scope *out,
    struct diag *d)
{
	struct reader r = { 0 }, seq = { 0 }, number = { 0 };
	uint8_t version;
	enum status rc;

	memset(out, 0, sizeof(*out));
	reader_init(&r, "scope", data, len);
	TRY(der_open(&r, DER_SEQUENCE, &seq, d));
	TRY(reader_done(&r, d));
	TRY(der_open(&seq, DER_INTEGER, &number, d));
	TRY(reader_u8(&number, &version, d));
	TRY(reader_done(&number, d));
	if (version != FORMAT_VERSION)
		FAIL(d, ST_FORMAT, "FORMATS 8.9: scope of version %d",
		    version);
	TRY(read_text(&seq, DER_UTF8, out->product, sizeof(out->product), d));
	TRY(read_text(&seq, DER_UTF8, out->role, sizeof(out->role), d));
	TRY(read_text(&seq, DER_UTF8, out->from, sizeof(out->from), d));
	if (der_peek(&seq) == DER_CONTEXT_0) {
		TRY(read_text(&seq, DER_CONTEXT_0, out->to, sizeof(out->to),
		    d));
		if (out->to[0] == '\0')
			FAIL(d, ST_FORMAT, "FORMATS 8.9: an empty highest "
			    "version is left out");
	}
	TRY(read_text(&seq, DER_UTF8, out->slot, sizeof(out->slot), d));
	TRY(reader_done(&seq, d));
	TRY(check(out, ST_FORMAT, d));
out:
	if (rc != ST_OK)
		memset(out, 0, sizeof(*out));
	return rc;
}

bool
scope_equal(const struct scope *a, const struct scope *b)
{
	return strcmp(a->product, b->product) == 0 &&
	    strcmp(a->role, b->role) == 0 && strcmp(a->slot, b->slot) == 0 &&
	    strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0;
}
