/* press.h -- pages that hold a secret, as PDF files.
 *
 * The press is a process that is started before there is any secret.  For each
 * file it forks a child, which thus has nothing in memory but what it is given,
 * can read files and write none, draws, reads its own code back, and ends.
 * What goes in and comes out lies in memory that parent, press and child share,
 * locked as secrets are.  See FORMATS 4.22. */
#ifndef ANCHORITE_PRESS_H
#define ANCHORITE_PRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"

#define PRESS_TEXT_MAX 32768 /* bytes of lines */
#define PRESS_PDF_MAX 720896 /* bytes of a file */

struct press;

/**
 * press_start(real, out, d):
 * A press that has made a page already, so that it can; owned by the caller
 * (press_free).  With ${real}, whoever draws is locked in memory altogether.
 * ST_BUG: a secret is in memory.  ST_SYSTEM: this machine has no library or no
 * font for it, or cannot lock it.
 */
MUST_USE enum status press_start(bool real, struct press **out,
    struct diag *d);

/**
 * press_draw(p, text, code, pdf, len, d):
 * The pages that ${text} is lines of (page.h), with the code of ${code} (level
 * Q; NULL: none), which was read back, as code 0.  ${*pdf} is the press's,
 * locked, and gone with the next call and with press_free.
 * ST_SYSTEM: it could not be drawn, or a letter is in no font of this machine.
 */
MUST_USE enum status press_draw(struct press *p, const struct secret *text,
    const struct secret *code, const uint8_t **pdf, size_t *len,
    struct diag *d);

/* What was drawn is wiped; press_free(NULL) is allowed. */
void press_free(struct press *p);

#endif
