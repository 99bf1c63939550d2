/* text.h -- text for people, and text from people. */
#ifndef ANCHORITE_TEXT_H
#define ANCHORITE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

/**
 * text_escape(data, len, out, size):
 * The one door for foreign text: printable ASCII as it is, backslash doubled,
 * any other valid UTF-8 scalar as \u{hex}, a byte that is not UTF-8 as \x hex.
 * Truncated with "..." when ${size} is short; always ends in NUL.
 * Returns true if the text was plain ASCII and printable as it stood.
 */
bool text_escape(const void *data, size_t len, char *out, size_t size);

/**
 * text_scalar(data, len, out):
 * The Unicode scalar that ${data} begins with and how many bytes it takes:
 * strict UTF-8, nothing overlong, no surrogate.  0 if there is none.
 */
size_t text_scalar(const void *data, size_t len, uint32_t *out);

/* Whether it is a blank above ASCII: of whatever width, or that does not break,
 * as keyboards and pages put one between words. */
bool text_is_blank(uint32_t scalar);
/* What cannot be seen, or makes the rest look like something else: controls,
 * separators of lines, what turns the direction of text (FORMATS 3.2). */
bool text_is_hidden(uint32_t c);

/* Whether ${word} is one of the words of ${list}, which has one ${between}
 * two of them. */
bool text_listed(const char *list, char between, const char *word);

/**
 * text_take_line(at, key, out, size):
 * The rest of the line that ${*at} is at, if it begins with ${key} and has its
 * line feed; ${*at} is behind that then.  false: not so, or longer than what
 * ${out} takes.
 */
bool text_take_line(const char **at, const char *key, char *out, size_t size);

/**
 * text_hex(data, len, out):
 * Lower-case hex; ${out} takes 2 * ${len} + 1 bytes.
 */
void text_hex(const uint8_t *data, size_t len, char *out);

/**
 * text_unhex(hex, out, len, d):
 * Exactly 2 * ${len} lower-case hex digits.  ST_FORMAT: anything else.
 */
MUST_USE enum status text_unhex(const char *hex, uint8_t *out, size_t len,
    struct diag *d);

/**
 * text_number(s, min, max, out, d):
 * Decimal digits only, no sign, no leading zero (but "0"), in min..max.
 */
MUST_USE enum status text_number(const char *s, uint64_t min, uint64_t max,
    uint64_t *out, struct diag *d);

/**
 * text_is_word(s):
 * [a-z0-9][a-z0-9-]{0,31}: names of people, roots, products, roles.
 */
#define TEXT_WORD_MAX 32 /* bytes */
bool text_is_word(const char *s);

/**
 * text_nearest(s, names, n):
 * Of ${n} names the one nearest to ${s} by edit distance, or NULL when none
 * is within a third of its length (at least 2): for "did you mean".
 */
const char *text_nearest(const char *s, const char *const *names, size_t n);

/**
 * text_print(out, len, d, fmt, ap):
 * printf into memory that the caller frees; ${*len} is without the NUL.
 */
MUST_USE enum status text_print(char **out, size_t *len, struct diag *d,
    const char *fmt, va_list ap) PRINTF_LIKE(4, 0);

/**
 * text_format(out, d, fmt, ...):
 * printf into bytes that the caller owns (bytes_free).
 */
MUST_USE enum status text_format(struct bytes *out, struct diag *d,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

/**
 * text_append(out, d, fmt, ...):
 * The same, after what is there.
 */
MUST_USE enum status text_append(struct bytes *out, struct diag *d,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
