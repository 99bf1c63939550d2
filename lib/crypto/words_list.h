/* words_list.h -- the 512 words of words.h, by place and byte. */
#ifndef ANCHORITE_WORDS_LIST_H
#define ANCHORITE_WORDS_LIST_H

#define WORDS_LIST_PLACES 2 /* even places: two syllables; odd: three */
#define WORDS_LIST_BYTES 256
#define WORDS_LIST_SIZE 12 /* the longest word and its NUL */

extern const char
    words_list[WORDS_LIST_PLACES][WORDS_LIST_BYTES][WORDS_LIST_SIZE];

#endif
