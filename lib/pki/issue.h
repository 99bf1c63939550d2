/* issue.h -- the one way anything is signed with a root: serial from the seed,
 * throw-away twin, lint, equal TBS, sign twice, verify.  What is published is
 * read and linted again by the row that made it. */
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
 * serial 0>"), first byte made 0x40..0x7f (RULES C10).  The caller frees
 * ${*out} (cert_free); it is NULL unless everything held.  ST_POLICY: the
 * lint.  ST_AUTH, ST_BUG: ${key} is not the ${recorded} one, or signed what it
 * should not have.
 */
MUST_USE enum status issue_cert(enum lint_kind kind, const char *arc,
    const struct cert_spec *spec, const struct issue_serial *serial,
    const struct key *key, const struct spki *recorded, struct cert **out,
    struct diag *d);

/**
 * issue_crl(spec, key, recorded, out, d):
 * The same for a list, which has no serial number of its own.
 */
MUST_USE enum status issue_crl(const struct crl_spec *spec,
    const struct key *key, const struct spki *recorded, struct crl **out,
    struct diag *d);

/**
 * issue_same_cert(cert, spec, d), issue_same_crl(crl, spec, d):
 * Whether ${spec}, with the serial number and algorithm that were read, gives
 * the very TBS that was read: what a plan asks for, computed again without a
 * key.  ST_AUTH: it does not.
 */
MUST_USE enum status issue_same_cert(const struct cert *cert,
    const struct cert_spec *spec, struct diag *d);
MUST_USE enum status issue_same_crl(const struct crl *crl,
    const struct crl_spec *spec, struct diag *d);

#endif
