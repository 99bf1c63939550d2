/* pad.h -- words of a sheet, entered at the terminal in the rows that they
 * have on paper, judged one by one.  FORMATS 4.34. */
#ifndef ANCHORITE_CMD_PAD_H
#define ANCHORITE_CMD_PAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/base/tty.h"
#include "lib/record/front.h"

/* What is asked for, and what may be answered instead; all borrowed. */
struct pad_ask {
	const char *title;     /* lines; what people are told first */
	const uint8_t *number; /* of the words, 1..; NULL: 1 to ${n} */
	size_t n;	       /* words, 1 to SLIP39_WORDS_MAX */
	bool show;	       /* the sheet can be shown again */
	bool scan;	       /* its code can be scanned */
	const char *give_up;   /* lines: what giving up does; NULL: it cannot */
	bool anew;	       /* after ^C there are new sheets */
};

/**
 * pad_ask(t, ask, gave, out, d):
 * Ask until all words are there, or until something else is wanted: to see the
 * sheet, to scan it (FRONT_SCANNED), to give up, which is asked twice.
 * ${*out}: the words spelt out, single blanks, of FRONT_TYPED alone; the
 * caller frees it, and wipes the screen, whatever came of it.
 * ST_USAGE: ^C, or ^D where a word begins, or the terminal is gone.
 */
MUST_USE enum status pad_ask(struct tty *t, const struct pad_ask *ask,
    enum front_gave *gave, struct secret **out, struct diag *d);

#endif
