/* book.h -- the book of media: which stick was used when, and which way.
 * FORMATS 10.65. */
#ifndef ANCHORITE_BOOK_H
#define ANCHORITE_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/record/facts.h"
#include "transfer/medium.h"

#define BOOK_USES_MAX 100000

/**
 * book_note(path, label, m, out, now, f, d):
 * Write into folder ${path}, made when absent, that the medium ${m} with
 * ${label} (a word) on it goes out with something, or comes in with it, and
 * say in ${f}, as `warning`, what a person should know: it went the other way
 * before, it had another label, the label was on another medium.
 * Noted before the medium is written or read: contact is what counts.
 * ST_SYSTEM: the book cannot be written.
 */
MUST_USE enum status book_note(const char *path, const char *label,
    const struct medium *m, bool out, int64_t now, struct facts *f,
    struct diag *d);

#endif
