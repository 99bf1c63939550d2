/* mark.h -- of which set one holder's words were typed into this installed
 * system: no second holder's are.  FORMATS 4.40; RULES S4. */
#ifndef ANCHORITE_MARK_H
#define ANCHORITE_MARK_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/record/state.h"

#define MARKS_DIR "/var/lib/anchorite" /* goes when the system goes */
#define MARKS_MACHINE "/etc/machine-id" /* machine-id(5) */
#define MARKS_ID_MAX 64 /* bytes */

struct marks {
	const char *path; /* borrowed */
	int dirfd;
	char machine[MARKS_ID_MAX + 1];
};

/**
 * marks_open(path, machine, apart, out, d):
 * The folder of marks, made where it is not there, and which system this is:
 * the first line of the file ${machine}, or "none".  The caller closes.
 * ST_POLICY: it would lie in the folder ${apart} (-1: in none).  ST_SYSTEM: it
 * cannot be made.
 */
MUST_USE enum status marks_open(const char *path, const char *machine,
    int apart, struct marks *out, struct diag *d);
void marks_close(struct marks *m);

/* Whether there is one of any set of ${s}; what cannot be looked at is one. */
bool marks_any(const struct marks *m, const struct state *s);

/**
 * marks_check(m, set, holder, d):
 * Whether words of this holder may be taken.  ST_POLICY: another holder's of
 * the same set were, in this system.  ST_FORMAT: the mark is torn.
 */
MUST_USE enum status marks_check(const struct marks *m,
    const struct sheet_set *set, const char *holder, struct diag *d);

/* One for this holder, on the medium, where there is none of the set; else
 * refusals are marks_check's. */
MUST_USE enum status marks_leave(const struct marks *m,
    const struct sheet_set *set, const char *holder, struct diag *d);

#endif
