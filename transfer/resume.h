/* resume.h -- what a reception has so far, on a medium, so that one that was
 * cut goes on.  FORMATS 10.29; new files only (docs/DESIGN.md 3). */
#ifndef ANCHORITE_RESUME_H
#define ANCHORITE_RESUME_H

#include <stddef.h>

#include "lib/base/diag.h"
#include "transfer/gather.h"

#define JOURNAL_BATCH 16	/* frames to a file: so many a cut may lose */
#define JOURNAL_FILES_MAX 1024

struct resume;

/**
 * resume_open(path, out, d):
 * The folder ${path}, made if it is not there.  resume_close frees, and
 * writes nothing.
 */
MUST_USE enum status resume_open(const char *path, struct resume **out,
    struct diag *d);
void resume_close(struct resume *j);

/**
 * resume_replay(j, g, out, d):
 * Gather what earlier runs wrote, as if it were received again, and believed
 * no more than that: lines that are no frame are passed over.  It ends where a
 * message is whole; ${*out} is the last frame's report, news NOTHING if there
 * was none.
 */
MUST_USE enum status resume_replay(struct resume *j, struct gather *g,
    struct gather_report *out, struct diag *d);

/**
 * resume_add(j, text, len, d):
 * A frame that was news.  Every JOURNAL_BATCH of them become a file, synced
 * and read back.  ST_POLICY: the journal is full.  ST_SYSTEM: the medium; it
 * is not to be written to again, and reception can go on without.
 */
MUST_USE enum status resume_add(struct resume *j, const char *text,
    size_t len, struct diag *d);

/**
 * resume_flush(j, d):
 * What is not on the medium yet, as a file: before one goes.
 */
MUST_USE enum status resume_flush(struct resume *j, struct diag *d);

#endif
