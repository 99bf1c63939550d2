/* lint.h -- is this certificate or list what the profile says?  One const
 * table of named checks, each with its clause; run on the throw-away twin
 * before the root signs, and on the real one after. */
#ifndef ANCHORITE_LINT_H
#define ANCHORITE_LINT_H

#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/pki/profile.h"

enum lint_kind { LINT_ROOT, LINT_DELEGATION, LINT_LIST, LINT_CROSS,
	LINT_ADOPTED };

/* One row of the table, for `delegation lint` and the manual. */
struct lint_row {
	const char *name;   /* "basic-constraints-critical" */
	const char *clause; /* "FORMATS 8.4" */
};

/* The ${i}th row (0..) that is about this kind, or NULL past the last. */
const struct lint_row *lint_row(enum lint_kind kind, size_t i);

/* Told of each check, in order; ${wrong} is a sentence, or NULL: it holds.
 * False: that was enough. */
typedef bool lint_told(void *cookie, const struct lint_row *row,
    const char *wrong);

/**
 * lint_cert_each(kind, cert, arc, told, cookie, d), lint_crl_each(...):
 * All checks of that kind.  Refuses only what could not be examined.
 */
MUST_USE enum status lint_cert_each(enum lint_kind kind,
    const struct cert *cert, const char *arc, lint_told *told, void *cookie,
    struct diag *d);
MUST_USE enum status lint_crl_each(const struct crl *crl, lint_told *told,
    void *cookie, struct diag *d);

/**
 * lint_cert(kind, cert, arc, d):
 * ${kind} any but LINT_LIST.  Signatures are not looked at, and
 * the authority key identifier for its form only: who issued it is not known
 * here.  ST_POLICY: "FORMATS 8.n: sentence", the first check that fails.
 */
MUST_USE enum status lint_cert(enum lint_kind kind, const struct cert *cert,
    const char *arc, struct diag *d);

/**
 * lint_anchor(cert, arc, d):
 * A root that this program made, or one that it could adopt (FORMATS 8.60):
 * which of the two it is, nobody who is given it can know.  ST_POLICY as above.
 */
MUST_USE enum status lint_anchor(const struct cert *cert, const char *arc,
    struct diag *d);

/**
 * lint_brought(room, cert, from, d):
 * Whether a root's certificate that was there before can be that of a root
 * here: FORMATS 8.60, of this organisation and mode, valid at ${from}, signed
 * by its own key.  ST_POLICY, ST_AUTH: it is not.
 */
MUST_USE enum status lint_brought(const struct profile_room *room,
    const struct cert *cert, int64_t from, struct diag *d);
MUST_USE enum status lint_crl(const struct crl *crl, struct diag *d);

#endif
