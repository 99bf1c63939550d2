/* words.h -- a digest as words that are read aloud.  docs/FORMATS.md 2.
 * The PGP word list (P. Juola, P. Zimmermann, 1995): one byte a word, two
 * syllables at even places and three at odd ones, so that a word dropped or
 * swapped is heard.  Not a list whose words look like a share's. */
#ifndef ANCHORITE_WORDS_H
#define ANCHORITE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

#define WORDS_FULL 32  /* plans and heads: 256 bits, the digest's first bytes */
#define WORDS_SHORT 16 /* requests, parcels, roots: 128 bits */
#define WORDS_LINE 4   /* words in a line on paper and screen */

/**
 * words_text(digest, n, out, d):
 * The words of the first ${n} bytes, lower case, single blanks, no line feed.
 */
MUST_USE enum status words_text(const uint8_t *digest, size_t n,
    struct bytes *out, struct diag *d);

/**
 * words_read(text, n, out, d):
 * Exactly ${n} words back into bytes: any case, any blanks and line feeds;
 * each word whole, or its first letters if at least four and no other word of
 * that place begins so.  ST_FORMAT names the first bad word by its number.
 */
MUST_USE enum status words_read(const char *text, size_t n, uint8_t *out,
    struct diag *d);

/**
 * words_read_line(text, first, n, out, d):
 * The same of one line: ${n} words from number ${first} on, 0.., of many.  What
 * is refused has the number that it has among all of them.
 */
MUST_USE enum status words_read_line(const char *text, size_t first, size_t n,
    uint8_t *out, struct diag *d);

#endif
