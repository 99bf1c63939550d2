/* visit.h -- somebody comes with a sheet: its holder, or the deputy that the
 * plan names.  FORMATS 3.22, 4.43, 4.44. */
#ifndef ANCHORITE_VISIT_H
#define ANCHORITE_VISIT_H

#include "ceremony/engine.h"

/**
 * visit_check_plan(p, s, d):
 * No deputy reads enough sheets of a live set, as holder, as a deputy of this
 * plan, or as one that once was either, to open its root.  ST_POLICY: one does.
 */
MUST_USE enum status visit_check_plan(const struct plan *p,
    const struct state *s, struct diag *d);

/**
 * visit_tell(p, out, d):
 * A note of persons who have one name: what one person has is counted by words.
 */
MUST_USE enum status visit_tell(const struct plan *p, struct facts *out,
    struct diag *d);

/**
 * visit_check_set(p, s, set, line, d):
 * The same of everybody in the plan, of a set as it will be held; ${line} is
 * where the plan wants it so.  ST_POLICY: one person has had enough of it.
 */
MUST_USE enum status visit_check_set(const struct plan *p,
    const struct state *s, const struct sheet_set *set, size_t line,
    struct diag *d);

/**
 * visit_by_holds(p, f, d):
 * Who stood in, if anybody did, is the deputy that the plan gives the holder.
 * ST_AUTH: another.
 */
MUST_USE enum status visit_by_holds(const struct plan *p,
    const struct facts *f, struct diag *d);

/* That it was read back in a way of FORMATS 7.5, after one try or more; nobody
 * is played in production.  ST_AUTH: not so. */
MUST_USE enum status visit_how_holds(const struct plan *p,
    const struct facts *f, struct diag *d);

/**
 * visit_reader(e, set, sheet, facts, d):
 * Ask, where the plan has a deputy, which of the two reads: ${facts} gets `by`.
 */
MUST_USE enum status visit_reader(struct engine *e,
    const struct sheet_set *set, const struct sheet *sheet,
    struct facts *facts, struct diag *d);

/**
 * visit_check_up(e, set, sheet, facts, d):
 * A sheet alone: who comes with it, its words, held against its commitment;
 * ${facts} gets result, how, tries, by.  ST_AUTH: the front asks no more.
 */
MUST_USE enum status visit_check_up(struct engine *e,
    const struct sheet_set *set, const struct sheet *sheet,
    struct facts *facts, struct diag *d);

/* For a quorum (struct quorum_watch): which sheet comes, ${*number} 1.. or 0,
 * any, and what its bag's seal is; and who brought the one that was taken. */
MUST_USE enum status visit_comes(struct engine *e, const struct sheet_set *set,
    size_t nth, unsigned *number, struct diag *d);
MUST_USE enum status visit_taken(struct engine *e, const struct sheet_set *set,
    const struct sheet *sheet, struct diag *d);

#endif
