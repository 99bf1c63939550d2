/* file_passphrase.h -- the passphrase of a file that is about to be made.
 * FORMATS 5.17. */
#ifndef ANCHORITE_CMD_FILE_PASSPHRASE_H
#define ANCHORITE_CMD_FILE_PASSPHRASE_H

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/base/tty.h"

/**
 * file_passphrase(t, first, second, d):
 * Asked for until it is one, and is typed twice the same.  In ${first} and in
 * ${second}: the file is made with one and opened with the other.  The caller
 * frees both.  ST_USAGE: as tty_ask.
 */
MUST_USE enum status file_passphrase(struct tty *t, struct secret **first,
    struct secret **second, struct diag *d);

#endif
