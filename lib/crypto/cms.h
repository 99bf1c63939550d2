/* cms.h -- detached signatures (RFC 5652) of a root, or of a responder: exactly
 * one signer, by key identifier, no certificates, no lists inside. */
#ifndef ANCHORITE_CMS_H
#define ANCHORITE_CMS_H

#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/key.h"
#include "lib/crypto/seal.h"

#define CMS_MAX 131072 /* bytes */

/* RULES B9: what a root signs by CMS, and what a responder does.  Each has a
 * content type of its own, and a form that no other can have: nobody can ask
 * for anything else. */
enum cms_kind {
	CMS_CLOSING = 4, /* <arc>.4: a record's closing line, FORMATS 7.8 */
	CMS_RELEASE = 6, /* <arc>.6: a responder's notice, FORMATS 7.21 */
	CMS_BUNDLE = 20, /* 1.2.840.113549.1.9.16.1.20: FORMATS 9 */
};
#define CMS_CLOSING_HEAD "anchorite closing v1\n"
#define CMS_RELEASE_HEAD "anchorite release v1\n"

/**
 * cms_sign(key, cert, arc, kind, time, content, out, d):
 * A detached SignedData in DER over ${content}: eContentType that of ${kind}
 * (where it is an arc of ours, under ${arc}, dotted), signed attributes
 * contentType, signingTime (${time}) and messageDigest and no others.  ${cert}
 * names the signer (its SKI) and holds the recorded public key.  Made twice,
 * compared, verified, read again (RULES C9).  ST_POLICY: ${content} is not of
 * that kind.
 */
MUST_USE enum status cms_sign(const struct key *key, const struct cert *cert,
    const char *arc, enum cms_kind kind, int64_t time,
    const struct bytes *content, struct bytes *out, struct diag *d);

/**
 * cms_sign_release(who, cert, arc, time, content, out, d):
 * The same of a responder over a CMS_RELEASE.  The key is not ours and lives at
 * a desk: neither derived nor deterministic, so signed once, then verified with
 * the key of ${cert}.
 */
MUST_USE enum status cms_sign_release(const struct opener *who,
    const struct cert *cert, const char *arc, int64_t time,
    const struct bytes *content, struct bytes *out, struct diag *d);

/**
 * cms_der(data, len, out, d):
 * The DER of a signature in PEM: one block "CMS", as OpenSSL writes it, and
 * nothing around it.  ST_FORMAT else.
 */
MUST_USE enum status cms_der(const void *data, size_t len, struct bytes *out,
    struct diag *d);

/**
 * cms_verify(name, p7s, cert, arc, kind, content, time, d):
 * All of the above holds for ${p7s}; it is rebuilt from its parts and the bytes
 * must be equal (stock tools pass some altered bytes and trailing garbage).
 * ${*time} is the signingTime.  ST_FORMAT: not of the form.  ST_AUTH: the
 * signature, key or content is not the right one.  ST_POLICY: as above.
 */
MUST_USE enum status cms_verify(const char *name, const struct bytes *p7s,
    const struct cert *cert, const char *arc, enum cms_kind kind,
    const struct bytes *content, int64_t *time, struct diag *d);

#endif
