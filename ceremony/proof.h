/* proof.h -- a sheet is shown to its holder and read back until it is right:
 * all words typed, or its code scanned and a third of them typed (RULES S2).
 * FORMATS 4.7. */
#ifndef ANCHORITE_PROOF_H
#define ANCHORITE_PROOF_H

#include "ceremony/engine.h"

#define PROOF_THIRD 11 /* words that are typed after a scan */

/**
 * proof_take(e, view, canonical, facts, d):
 * Ask until what comes back is the sheet of ${view}; each refusal goes into
 * the record.  The caller frees ${*canonical}, which is what was read back;
 * ${facts} gets how, and after how many tries.
 * ST_AUTH: the front does not ask again.  ST_POLICY with e->given_up: the
 * holder wants the ceremony to end.
 */
MUST_USE enum status proof_take(struct engine *e,
    const struct sheet_view *view, struct secret **canonical,
    struct facts *facts, struct diag *d);

/**
 * proof_third(e, view, canonical, d):
 * After a scan of the sheet of ${view}, whose words are ${canonical}: a third
 * of them, typed from the paper (RULES S2).  ST_AUTH: others.
 */
MUST_USE enum status proof_third(struct engine *e,
    const struct sheet_view *view, struct secret *canonical, struct diag *d);

/**
 * proof_refuse(e, sheet, why, d):
 * What came is not this sheet: said, recorded, and asked again (ST_OK) if the
 * people can; else ${why} as it is.
 */
MUST_USE enum status proof_refuse(struct engine *e, const struct sheet *sheet,
    struct diag *why, struct diag *d);

/* How a sheet was read, and after how many tries. */
MUST_USE enum status proof_how(const struct engine *e, bool scanned,
    unsigned tries, struct facts *facts, struct diag *d);

#endif
