/* codes.h -- a parcel as codes: shown to a camera, and received from one.
 * FORMATS 10.20 to 10.49, 10.70 to 10.87. */
#ifndef ANCHORITE_CMD_CODES_H
#define ANCHORITE_CMD_CODES_H

#include "cmd/cmd.h"
#include "lib/base/frozen.h"
#include "lib/code/scan.h"
#include "lib/record/parcel.h"

/* The three gates of a parcel, for bytes that stay where they are. */
MUST_USE enum status cmd_open_parcel(const char *name, const void *data,
    size_t len, struct parcel *out, struct diag *d);

/**
 * codes_send(c, reader, p, data, len, f, d):
 * Show the parcel ${p}, whose ${len} bytes are ${data}, as --qr, --ur,
 * --qr-version and --rate of ${c} say; each code is read back by ${reader}
 * before.  Ends when somebody presses q, or the files are written; ${f} gets
 * what was made.  ST_USAGE: another word.  ST_POLICY: it is too large.
 */
MUST_USE enum status codes_send(const struct call *c, struct scanner *reader,
    const struct parcel *p, const void *data, size_t len, struct facts *f,
    struct diag *d);

/**
 * codes_receive(c, from, out, f, d):
 * The first whole parcel that comes from a source (source_open), sealed
 * (${out} is FROZEN_NONE before), with what is in the folder --resume of ${c}.
 * A message that is whole and passes no gate of a parcel is told, and
 * reception goes on.  How it goes is said on stderr.
 * ST_FORMAT: it ended before; or as what came was refused.  ST_USAGE: a signal
 * said stop.  Either way what came is in the folder.
 */
MUST_USE enum status codes_receive(const struct call *c, const char *from,
    struct frozen *out, struct facts *f, struct diag *d);

#endif
