/* see text.h */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#define SHORT_MAX 512 /* bytes; most texts are printed once */
#define PIECE_MAX 12 /* bytes; "\u{10ffff}" and NUL fit */
#define NAME_MAX_LEN 64 /* bytes; longer words are nobody's typing mistake */

static const char digits[] = "0123456789abcdef";

size_t
text_scalar(const void *data, size_t len, uint32_t *out)
{
	static const struct {
		size_t len;
		uint32_t least; /* what a shorter form could not say */
		uint8_t mask, lead;
	} forms[] = {
		{ 1, 0, 0x80, 0x00 },
		{ 2, 0x80, 0xe0, 0xc0 },
		{ 3, 0x800, 0xf0, 0xe0 },
		{ 4, 0x10000, 0xf8, 0xf0 },
	};
	const uint8_t *p = data;
	uint32_t c;
	size_t f;

	if (len == 0)
		return 0;
	for (f = 0; f < sizeof(forms) / sizeof(forms[0]); f++)
		if ((p[0] & forms[f].mask) == forms[f].lead)
			break;
	if (f == sizeof(forms) / sizeof(forms[0]) || len < forms[f].len)
		return 0;
	c = p[0] & (uint8_t)~forms[f].mask;
	for (size_t i = 1; i < forms[f].len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	/* overlong, surrogate, beyond Unicode: not UTF-8 */
	if (c < forms[f].least || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*out = c;
	return forms[f].len;
}

bool
text_is_blank(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} blanks[] = {
		{ 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200b },
		{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
		{ 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		if (c >= blanks[i].first && c <= blanks[i].last)
			return true;
	}
	return false;
}

/* One piece of escaped text; how many bytes of ${p} it stands for. */
static size_t
escape_one(const uint8_t *p, size_t left, char piece[PIECE_MAX], bool *plain)
{
	uint32_t c;
	size_t n;

	if ((n = text_scalar(p, left, &c)) == 0) {
		*plain = false;
		snprintf(piece, PIECE_MAX, "\\x%02x", p[0]);
		return 1;
	}
	if (c == '\\') {
		snprintf(piece, PIECE_MAX, "\\\\");
	} else if (c >= ' ' && c <= '~') {
		piece[0] = (char)c;
		piece[1] = '\0';
	} else {
		*plain = false;
		snprintf(piece, PIECE_MAX, "\\u{%" PRIx32 "}", c);
	}
	return n;
}

bool
text_escape(const void *data, size_t len, char *out, size_t size)
{
	const uint8_t *p = data;
	char piece[PIECE_MAX];
	bool plain = true, full = size == 0;
	size_t at = 0, mark = 0, n;

	for (size_t i = 0; i < len;) {
		i += escape_one(p + i, len - i, piece, &plain);
		if (full)
			continue;
		n = strlen(piece);
		if (at + n < size) {
			memcpy(out + at, piece, n);
			at += n;
			if (at + 3 < size)
				mark = at;
			continue;
		}
		/* no room: go back to where three dots fit, or what there is */
		full = true;
		for (at = mark; at < mark + 3 && at + 1 < size; at++)
			out[at] = '.';
	}
	if (size > 0)
		out[at] = '\0';
	return plain;
}

bool
text_is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x061c, 0x061c },
		{ 0x200e, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2066, 0x2069 },
		{ 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

bool
text_listed(const char *list, char between, const char *word)
{
	const size_t len = strlen(word);
	const char *at = strchr(word, between) == NULL ? list : NULL;

	for (; at != NULL; at = strchr(at, between)) {
		at += *at == between;
		if (strncmp(at, word, len) == 0 &&
		    (at[len] == between || at[len] == '\0'))
			return true;
	}
	return false;
}

bool
text_take_line(const char **at, const char *key, char *out, size_t size)
{
	const size_t klen = strlen(key), len = strcspn(*at, "\n");

	if (strncmp(*at, key, klen) != 0 || len < klen ||
	    len - klen >= size || (*at)[len] == '\0')
		return false;
	memcpy(out, *at + klen, len - klen);
	out[len - klen] = '\0';
	*at += len + 1;
	return true;
}

void
text_hex(const uint8_t *data, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

enum status
text_unhex(const char *hex, uint8_t *out, size_t len, struct diag *d)
{
	const char *high, *low;

	if (strlen(hex) != 2 * len)
		return diag_set(d, ST_FORMAT, "not %zu hex digits", 2 * len);
	for (size_t i = 0; i < len; i++) {
		high = strchr(digits, hex[2 * i]);
		low = strchr(digits, hex[2 * i + 1]);
		if (high == NULL || low == NULL)
			return diag_set(d, ST_FORMAT,
			    "not lower-case hex digits only");
		out[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return ST_OK;
}

enum status
text_number(const char *s, uint64_t min, uint64_t max, uint64_t *out,
    struct diag *d)
{
	uint64_t v = 0, digit;

	if (s[0] == '\0' || (s[0] == '0' && s[1] != '\0'))
		return diag_set(d, ST_FORMAT, "not a number");
	for (const char *p = s; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return diag_set(d, ST_FORMAT, "not a number");
		digit = (uint64_t)(*p - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return diag_set(d, ST_FORMAT, "number too large");
		v = 10 * v + digit;
	}
	if (v < min || v > max)
		return diag_set(d, ST_FORMAT, "%" PRIu64 " is not in %" PRIu64
		    "..%" PRIu64, v, min, max);
	*out = v;
	return ST_OK;
}

bool
text_is_word(const char *s)
{
	size_t n;

	for (n = 0; s[n] != '\0'; n++) {
		if (n >= TEXT_WORD_MAX)
			return false;
		if ((s[n] < 'a' || s[n] > 'z') && (s[n] < '0' || s[n] > '9') &&
		    (s[n] != '-' || n == 0))
			return false;
	}
	return n > 0;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters added, dropped or replaced between ${a} and ${b}, row by row. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_MAX_LEN + 1], corner, above;

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			above = row[j];
			row[j] = least(least(row[j - 1], above) + 1,
			    corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[b_len];
}

const char *
text_nearest(const char *s, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t s_len = strlen(s), len, far, limit;

	if (s_len > NAME_MAX_LEN)
		return NULL;
	limit = s_len / 3 > 2 ? s_len / 3 : 2;
	for (size_t i = 0; i < n; i++) {
		if ((len = strlen(names[i])) > NAME_MAX_LEN)
			continue;
		far = distance(s, s_len, names[i], len);
		if (far > limit || (best != NULL && far == limit))
			continue;
		best = names[i];
		limit = far;
	}
	return best;
}

/* What printf would print, in a block of its own. */
enum status
text_print(char **out, size_t *len, struct diag *d, const char *fmt,
    va_list ap)
{
	char most[SHORT_MAX];
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(most, sizeof(most), fmt, again);
	va_end(again);
	if (n < 0)
		return diag_set(d, ST_BUG, "text that cannot be formatted");
	*len = (size_t)n;
	if ((*out = malloc(*len + 1)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	if (*len < sizeof(most))
		memcpy(*out, most, *len + 1);
	else
		vsnprintf(*out, *len + 1, fmt, ap);
	return ST_OK;
}

enum status
text_format(struct bytes *out, struct diag *d, const char *fmt, ...)
{
	enum status rc;
	va_list ap;
	char *text;
	size_t len;

	va_start(ap, fmt);
	rc = text_print(&text, &len, d, fmt, ap);
	va_end(ap);
	if (rc != ST_OK)
		return rc;
	free(out->data);
	out->data = (uint8_t *)text;
	out->len = len;
	return ST_OK;
}

enum status
text_append(struct bytes *out, struct diag *d, const char *fmt, ...)
{
	char *text = NULL;
	uint8_t *longer;
	enum status rc;
	va_list ap;
	size_t len;

	/* printed aside first: what is there may be among the arguments */
	va_start(ap, fmt);
	rc = text_print(&text, &len, d, fmt, ap);
	va_end(ap);
	TRY(rc);
	if (len >= SIZE_MAX - out->len ||
	    (longer = realloc(out->data, out->len + len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	memcpy(longer + out->len, text, len + 1);
	out->data = longer;
	out->len += len;
	rc = ST_OK;
out:
	free(text);
	return rc;
}
