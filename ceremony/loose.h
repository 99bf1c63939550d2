/* loose.h -- sheets that are out of control, as the rows see it that write new
 * ones.  FORMATS 4.30, 3.73; RULES S3. */
#ifndef ANCHORITE_LOOSE_H
#define ANCHORITE_LOOSE_H

#include "lib/record/plan.h"
#include "lib/record/state.h"

/* What a section says of it: who answers for more than the rule allows. */
#define LOOSE_KEYS { "waive", PT_WORD, false, false, NULL }

#define LOOSE_NUMBERS_MAX SHEETS_MAX

/**
 * loose_numbers(p, e, out, n, d):
 * "1-3, 5": numbers of sheets, rising, none twice.  NULL: there are none.
 */
MUST_USE enum status loose_numbers(const struct plan *p,
    const struct ini_entry *e, unsigned out[LOOSE_NUMBERS_MAX], size_t *n,
    struct diag *d);

/* The person who answers for it, or NULL.  ST_FORMAT: not of the plan. */
MUST_USE enum status loose_waive(const struct plan *p,
    const struct ini_section *s, const char **out, struct diag *d);

/**
 * loose_check(s, p, before, root, d):
 * RULES S3: with what the record has, what rows above say was lost, and what
 * section ${s} does itself, fewer sheets of ${root} are out of control than its
 * smallest quorum less one; or somebody answers for it by name.  ST_POLICY.
 */
MUST_USE enum status loose_check(const struct ini_section *s,
    const struct plan *p, const struct state *before, const char *root,
    struct diag *d);

/* The nearest section above ${line} of that kind which is about that root, or
 * NULL. */
const struct ini_section *loose_above(const struct plan *p, size_t line,
    const char *kind, const char *root);

/* Whether a [destroy] above ${line} burns that sheet: below it there is none to
 * be written again or looked at. */
bool loose_burnt_above(const struct plan *p, size_t line,
    const struct sheet_set *set, unsigned number);

/* Sheet ${i}, 0.., of a set is to be destroyed, as the desk is told; once where
 * two rows say so. */
MUST_USE enum status loose_tell(const struct sheet_set *set, size_t i,
    struct facts *out, struct diag *d);

#endif
