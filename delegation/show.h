/* show.h -- what a request or a certificate says, before anybody believes it:
 * foreign text is escaped, nothing is judged but the shape. */
#ifndef ANCHORITE_SHOW_H
#define ANCHORITE_SHOW_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/csr.h"
#include "lib/record/facts.h"

/**
 * show_request(r, out, d), show_cert(c, arc, out, d):
 * Facts for people, "kind" first.  ${arc} (may be NULL) finds the scope.
 */
MUST_USE enum status show_request(const struct csr *r, struct facts *out,
    struct diag *d);
MUST_USE enum status show_cert(const struct cert *c, const char *arc,
    struct facts *out, struct diag *d);

/**
 * show_file(name, data, arc, out, d):
 * Whichever of the two it is.  A request must be signed by its own key
 * (ST_AUTH); "file-sha384" is the digest that a plan names it by.  ST_FORMAT:
 * neither.  The caller clears ${out}, which is empty on refusal.
 */
MUST_USE enum status show_file(const char *name, const struct bytes *data,
    const char *arc, struct facts *out, struct diag *d);

#endif
