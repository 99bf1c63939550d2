/* paper_text.h -- text that holds words of a share, as it grows. */
#ifndef ANCHORITE_PAPER_TEXT_H
#define ANCHORITE_PAPER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/recipe.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/spki.h"
#include "lib/record/front.h"

/* Behind it stand the words once more, for programs; no other line of a sheet
 * begins so. */
#define PAPER_SHARE_MARK "share: "

/* Inside one secret of fixed size. */
struct paper_text {
	struct secret *s; /* owned; paper_text_clear */
	size_t at;
	bool full;
};

MUST_USE enum status paper_text_new(size_t size, struct paper_text *t,
    struct diag *d);
void paper_text_clear(struct paper_text *t);

/* What is no secret: printf. */
void paper_add(struct paper_text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Words of a share: never through printf, which may keep a copy. */
void paper_add_secret(struct paper_text *t, const char *text, size_t len);

/* What is wrapped at blanks, with a line feed behind each line of at most
 * ${width} bytes, and a blank before one that would begin with the mark. */
void paper_add_wrapped(struct paper_text *t, size_t width, const char *fmt,
    ...) PRINTF_LIKE(3, 4);

/**
 * paper_text_take(t, out, d):
 * As much of it as was written, in a secret of just that length.
 * ST_BUG: not all of it had room.
 */
MUST_USE enum status paper_text_take(const struct paper_text *t,
    struct secret **out, struct diag *d);

/* --- what a stranger is told, the same on every kind of sheet --- */

#define PAPER_SAID_MAX 1024 /* bytes, with NUL */

/* How many sheets open the root; what to do with a sheet that was found; what
 * it is to a program. */
void paper_say_quorum(const struct sheet_view *v, char out[PAPER_SAID_MAX]);
void paper_say_found(const struct sheet_view *v, char out[PAPER_SAID_MAX]);
void paper_say_share(const struct sheet_view *v, char out[PAPER_SAID_MAX]);

/* The commands of the recovery, or NULL; and the line that stands before
 * them. */
const struct recipe *paper_recipe(const struct sheet_view *v);
void paper_say_first(const struct sheet_view *v, char out[PAPER_SAID_MAX]);

/* Step ${i}, 0..PAPER_STEPS - 1, of the recovery, before the commands; and what
 * is to be seen behind them. */
#define PAPER_STEPS 3
void paper_say_step(const struct sheet_view *v, unsigned i,
    char out[PAPER_SAID_MAX]);
void paper_say_last(const struct sheet_view *v, char out[PAPER_SAID_MAX]);

/* --- lines of pages that more than one kind of page has --- */

#define PAPER_MARK                                                            \
	"TEST    TEST    TEST    not a real key, never to be trusted    "     \
	"TEST    TEST    TEST"
#define PAPER_HEX_LINE 48 /* digits */

/* The root's key in words and as its digest; each line begins with ${bar}. */
MUST_USE enum status paper_add_root(struct paper_text *t,
    const struct spki *root, const char *bar, struct diag *d);

/* What it takes to make the key: sentences, steps and commands. */
void paper_add_steps(struct paper_text *t, const struct sheet_view *v);

#endif
