/* slip39_words.h -- words of shares (the list of SLIP-0039, FORMATS 4.3) and
 * their numbers, without telling which by time or address: each look goes over
 * the whole list.  What is told is a word's length: a mnemonic is text, and
 * text has blanks at public places. */
#ifndef ANCHORITE_SLIP39_WORDS_H
#define ANCHORITE_SLIP39_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define SLIP39_LIST_LEN 1024
#define SLIP39_WORD_MIN 4 /* letters; the first four tell all words apart */
#define SLIP39_WORD_MAX 8

extern const char slip39_words_list[SLIP39_LIST_LEN][SLIP39_WORD_MAX + 1];

/* A letter in lower case; what is none is no NUL either, which fills up the
 * words of the list. */
uint8_t slip39_words_letter(uint8_t c);

/**
 * slip39_words_find(letters, mask):
 * 1 + the number of the word that has ${letters} wherever ${mask} is 0xff,
 * or 0.  At least the first SLIP39_WORD_MIN bytes of ${mask} are 0xff, where
 * it is 0 so are ${letters}.
 */
uint32_t slip39_words_find(const uint8_t letters[SLIP39_WORD_MAX],
    const uint8_t mask[SLIP39_WORD_MAX]);

/**
 * slip39_words_pick(index, out):
 * The word of that number, 0..1023, filled up with NUL.
 */
void slip39_words_pick(uint16_t index, char out[SLIP39_WORD_MAX + 1]);

#endif
