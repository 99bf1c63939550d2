/* streams.h -- the standard streams: there, and answered for. */
#ifndef ANCHORITE_CMD_STREAMS_H
#define ANCHORITE_CMD_STREAMS_H

#include "lib/base/diag.h"

/**
 * streams_start(d):
 * Before anything is opened.  A number of 0 to 2 that nobody opened is taken,
 * so that no file of a state gets it and then what was meant for people; each
 * use of such a stream fails.  A pipe that nobody reads and a file that may
 * not grow are errors from now on, not the end of the program.
 * There is room for the files of a ceremony, or it is made.
 * ST_SYSTEM: it cannot be.
 */
MUST_USE enum status streams_start(struct diag *d);

/* In a child, before it becomes another program: signals as it expects. */
void streams_child(void);

/**
 * streams_end(d):
 * After everything was printed: all of it went out.  ST_SYSTEM: it did not.
 */
MUST_USE enum status streams_end(struct diag *d);

#endif
