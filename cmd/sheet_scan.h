/* sheet_scan.h -- the code of a printed sheet, by a camera or from a picture.
 * Its reader is a child of lib/base/sandbox (FORMATS 10.70), so it is started
 * before there is any secret, and stays.  FORMATS 4.35. */
#ifndef ANCHORITE_CMD_SHEET_SCAN_H
#define ANCHORITE_CMD_SHEET_SCAN_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/base/tty.h"

struct sheet_scan;

/**
 * sheet_scan_open(source, camera, out, d):
 * ${source} (borrowed) is a ${camera}, as transfer/source.h names one, or a
 * picture, or a folder of pictures.  Owned by the caller (sheet_scan_close).
 * ST_SYSTEM: this machine cannot lock a reader in, or the place is not there.
 * ST_BUG: there is a secret.
 */
MUST_USE enum status sheet_scan_open(const char *source, bool camera,
    struct sheet_scan **out, struct diag *d);

/* Whether there still is a reader: one that a picture has stopped is not
 * replaced beside a secret. */
bool sheet_scan_works(const struct sheet_scan *s);

/**
 * sheet_scan_take(s, t, out, d):
 * Ask for a picture at ${t}, or look through the camera until a share is seen
 * or a key is pressed.  ${*out} is the text of its code, a share in capitals
 * or not, and the caller's.  ST_USAGE: as tty_ask.  Any other refusal can be
 * told and forgotten; nothing of what was seen is left in this process.
 */
MUST_USE enum status sheet_scan_take(struct sheet_scan *s, struct tty *t,
    struct secret **out, struct diag *d);

/* sheet_scan_close(NULL) is allowed. */
void sheet_scan_close(struct sheet_scan *s);

#endif
