/* opkey.h -- an operational key for a team that has no device to make one:
 * drawn by this machine, encrypted, with the request for it.  FORMATS 5.19 to
 * 5.21. */
#ifndef ANCHORITE_OPKEY_H
#define ANCHORITE_OPKEY_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/spki.h"

#define OPKEY_NAME_MAX 64 /* characters: RFC 5280, ub-common-name */

struct opkey {
	struct bytes key;     /* PKCS #8 in PEM, encrypted as 5.16 */
	struct bytes request; /* PKCS #10 in PEM */
	struct spki public;
};

/**
 * opkey_check(alg, common, d):
 * What opkey_make would say of the two, before a passphrase is asked for.
 */
MUST_USE enum status opkey_check(const char *alg, const char *common,
    struct diag *d);

/**
 * opkey_make(alg, common, passphrase, out, d):
 * ${alg} "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-3072" or "rsa-4096",
 * which takes seconds.  ${common} is what the request calls itself, a claim: of
 * the alphabet of name.h.  The caller clears ${out} (opkey_clear).
 * ST_USAGE: another algorithm, or such a name.  ST_POLICY: see
 * key_export_passphrase.
 */
MUST_USE enum status opkey_make(const char *alg, const char *common,
    const struct secret *passphrase, struct opkey *out, struct diag *d);

/**
 * opkey_opens(file, passphrase, is, d):
 * Whether that file, with that passphrase, holds the private half of ${is}.
 * ST_AUTH: it does not.
 */
MUST_USE enum status opkey_opens(const struct bytes *file,
    const struct secret *passphrase, const struct spki *is, struct diag *d);

void opkey_clear(struct opkey *k);

#endif
