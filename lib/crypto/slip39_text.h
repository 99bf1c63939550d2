/* slip39_text.h -- a share as numbers of words, and as words.  SLIP-0039,
 * "Format of the share mnemonic"; FORMATS 4.3 to 4.6. */
#ifndef ANCHORITE_SLIP39_TEXT_H
#define ANCHORITE_SLIP39_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_words.h"

/* of 10 bits: the 40 bits before the value */
#define SLIP39_HEAD_WORDS SLIP39_CLAIM_WORDS
#define SLIP39_CHECK_WORDS 3
#define SLIP39_WORDS_MIN 20

/* A mnemonic being read or written; lives in locked memory. */
struct slip39_mnemonic {
	size_t n;
	uint16_t word[SLIP39_WORDS_MAX]; /* numbers of words, 0..1023 */
	uint8_t letters[SLIP39_WORD_MAX]; /* of the word being looked up */
	uint8_t mask[SLIP39_WORD_MAX];
	char text[SLIP39_TEXT_MAX];
};

/* How many words a value of ${len} bytes takes. */
size_t slip39_text_words(size_t len);

/* How many bytes a share of ${n} words holds, or 0: no such length. */
size_t slip39_text_len(size_t n);

/**
 * slip39_text_suspect(m):
 * slip39_suspect for words whose checksum does not hold.
 */
size_t slip39_text_suspect(const struct slip39_mnemonic *m);

/* slip39_suspect_of, likewise. */
size_t slip39_text_suspect_of(const struct slip39_mnemonic *m,
    bool extendable);

/* The numbers of a share's words, checksum and all. */
void slip39_text_pack(const struct slip39_share *s, struct slip39_mnemonic *m);

/* The value's bytes and, returned, its padding, which is 0 in a good share.
 * ${len} is slip39_text_len(m->n). */
MUST_USE unsigned slip39_text_unpack(const struct slip39_mnemonic *m,
    uint8_t *value, size_t len);

/**
 * slip39_text_write(share, out, d):
 * The share's mnemonic: lower-case words, single blanks, no NUL.
 */
MUST_USE enum status slip39_text_write(const struct slip39_share *share,
    struct secret **out, struct diag *d);

#endif
