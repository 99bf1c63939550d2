/* issue.h -- the one way anything is signed with a root: serial from the seed,
 * throw-away twin, lint, equal TBS, sign twice, verify, read again, lint. */
#ifndef ANCHORITE_ISSUE_H
#define ANCHORITE_ISSUE_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/key.h"
#include "lib/pki/lint.h"

/* HKDF of the signing root's seed; see struct hands. */
struct issue_serial {
	enum status (*derive)(void *cookie, const char *label, uint8_t *out,
	    size_t len, struct diag *d);
	void *cookie;
};

/**
 * issue_cert(kind, arc, spec, serial, key, recorded, out, d):
 * Serial number: 16 bytes of HKDF(seed, "serial/<SHA-384 of the TBS with
 * serial 0>"), first byte made 0x40..0x7f (RULES C10).  ${out} gets PEM, and
 * only when everything held.
 */
MUST_USE enum status issue_cert(enum lint_kind kind, const char *arc,
    const struct cert_spec *spec, const struct issue_serial *serial,
    const struct key *key, const struct spki *recorded, struct bytes *out,
    struct diag *d);

MUST_USE enum status issue_crl(const struct crl_spec *spec,
    const struct key *key, const struct spki *recorded, struct bytes *out,
    struct diag *d);

#endif
