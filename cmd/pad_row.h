/* pad_row.h -- private to the pad: what is there of its words, and the row of
 * them that is being filled, on the screen.  All that goes there is in the
 * pad's secret, and is written by tty_paint alone, never through printf. */
#ifndef ANCHORITE_CMD_PAD_ROW_H
#define ANCHORITE_CMD_PAD_ROW_H

#include "cmd/keys.h"
#include "cmd/pad.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_words.h"

#define PAD_TYPED_MAX 10 /* characters of a word that are kept */
#define PAD_PAINT_MAX 1024

/* In locked memory. */
struct pad_secret {
	uint16_t word[SLIP39_WORDS_MAX]; /* numbers in the list, 0.. */
	uint8_t typed[PAD_TYPED_MAX];	 /* of the next one, lower case */
	uint8_t letters[SLIP39_WORD_MAX], mask[SLIP39_WORD_MAX];
	char spelt[SLIP39_WORD_MAX + 1];
	char paint[PAD_PAINT_MAX];
	uint8_t key[4]; /* one character, in UTF-8 */
};

struct pad {
	const struct pad_ask *ask;
	struct keys keys;
	struct pad_secret *s;
	size_t n;   /* words that are there */
	size_t len; /* of s->typed */
	bool over;  /* more than PAD_TYPED_MAX were typed */
	size_t painted; /* bytes in s->paint */
	size_t column; /* of the cursor in the cell */
	unsigned in_row, cols;
	bool done;
	enum front_gave gave;
};

/* The number, on the sheet, of word ${i}, 0... */
unsigned pad_number(const struct pad *p, size_t i);

/* What is typed of a word, as it is looked up: 1 + its number in the list, or
 * 0. */
uint32_t pad_look_up(struct pad *p);

/* The first word of the row that is being filled; when all are there it is the
 * last row. */
size_t pad_row_start(const struct pad *p);

/* A row has as many words as the window is wide, four at most; whether that is
 * other than it was. */
bool pad_measure(struct pad *p);

/* What is typed; all of the row; another row of its own, below all that is
 * there; and the word that was taken last in place of what was typed of it. */
MUST_USE enum status pad_draw_typed(struct pad *p, struct diag *d);
MUST_USE enum status pad_draw_row(struct pad *p, struct diag *d);
MUST_USE enum status pad_draw_row_below(struct pad *p, struct diag *d);
MUST_USE enum status pad_draw_taken(struct pad *p, struct diag *d);

#endif
