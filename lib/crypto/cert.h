/* cert.h -- certificates (RFC 5280), built and read by OpenSSL.
 * What a certificate must be is lib/pki's business. */
#ifndef ANCHORITE_CERT_H
#define ANCHORITE_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/key.h"
#include "lib/crypto/name.h"
#include "lib/crypto/spki.h"

#define CERT_MAX 65536 /* bytes */
#define CERT_SERIAL_LEN 16
#define CERT_OIDS_MAX 8
#define CERT_OID_SIZE 320 /* dotted text */
#define CERT_EXTS_MAX 16
#define CERT_VERSION_3 2   /* as RFC 5280 counts */
#define CERT_KEY_ID_LEN 20 /* bytes */
#define CERT_USAGE_BITS 9  /* RFC 5280 4.2.1.3 */

/* RFC 5280 4.2.1.3, bit 0 first */
enum cert_usage {
	USAGE_DIGITAL_SIGNATURE = 1 << 0,
	USAGE_KEY_CERT_SIGN = 1 << 5,
	USAGE_CRL_SIGN = 1 << 6
};

/* One more extension, value as DER. */
struct cert_ext {
	char oid[CERT_OID_SIZE];
	bool critical;
	struct bytes value; /* owned */
};

/* What goes into a certificate.  v3; serial apart; SKI and, unless
 * self-issued, AKI (keyIdentifier only) always; basicConstraints and keyUsage
 * always critical; no pathLen unless path_len >= 0. */
struct cert_spec {
	struct name subject;
	struct name issuer;
	uint8_t issuer_ski[CERT_KEY_ID_LEN];
	bool self_issued;
	int64_t not_before; /* inclusive */
	int64_t not_after;  /* inclusive */
	struct bytes spki;  /* owned */
	bool ca;
	int path_len; /* -1: none */
	unsigned usage;
	char eku[CERT_OIDS_MAX][CERT_OID_SIZE];
	size_t ekus;
	bool eku_critical;
	char policy[CERT_OIDS_MAX][CERT_OID_SIZE]; /* non-critical */
	size_t policies;
	struct cert_ext ext[CERT_EXTS_MAX];
	size_t exts;
};
void cert_spec_clear(struct cert_spec *s);

/* What was read out of a certificate. */
struct cert {
	struct bytes der; /* owned */
	uint8_t id[SHA384_LEN];	 /* SHA-384 of der: the fingerprint */
	uint8_t tbs[SHA384_LEN]; /* SHA-384 of the TBSCertificate */
	struct cert_spec spec;	 /* names exact where they have our form */
	bool plain_names;	 /* both names have our form */
	char subject[512];	 /* whole name, escaped, for people */
	char issuer[512];
	uint8_t serial[20];
	size_t serial_len;
	char alg[SPKI_ALG_SIZE]; /* of the signature: "ecdsa-p384" ... */
	struct spki key;
	bool has_aki;
	bool has_ski;
	uint8_t ski[CERT_KEY_ID_LEN];
	/* every extension in file order, the standard ones too */
	struct cert_ext seen[CERT_EXTS_MAX];
	size_t nseen;
};

/**
 * cert_serial_digest(spec, alg, out, d):
 * SHA-384 of the TBSCertificate that ${spec} gives under a key of ${alg}, with
 * serial number 0: what a serial is derived from (RULES C10).
 */
MUST_USE enum status cert_serial_digest(const struct cert_spec *spec,
    const char *alg, uint8_t out[SHA384_LEN], struct diag *d);

/* The same with that serial: what a certificate of ${spec} has as its tbs. */
MUST_USE enum status cert_tbs_digest(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const char *alg,
    uint8_t out[SHA384_LEN], struct diag *d);

/**
 * cert_rehearse(spec, serial, alg, out, d):
 * The certificate under the throw-away key of ${alg}: for the lint.
 */
MUST_USE enum status cert_rehearse(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const char *alg,
    struct bytes *out, struct diag *d);

/**
 * cert_sign(spec, serial, key, recorded, linted, out, d):
 * Sign for real: build, refuse unless the TBS equals that of ${linted} (the
 * DER of cert_rehearse), sign twice, compare, open the bytes again, verify
 * them as they stand with ${recorded} (the root's public key as the record has
 * it).  ST_BUG: any of these.
 * On refusal ${out} stays empty and the signature made is wiped.
 */
MUST_USE enum status cert_sign(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d);

/**
 * cert_read(name, data, len, out, d):
 * Exactly one certificate, PEM ("CERTIFICATE", nothing around it) or DER, its
 * encoding canonical, every extension once, names printable.  The caller frees
 * (cert_free).  ST_FORMAT: "${name}: ..." 
 */
MUST_USE enum status cert_read(const char *name, const void *data, size_t len,
    struct cert **out, struct diag *d);
void cert_free(struct cert *c);

/**
 * cert_signed_by(c, key, d):
 * The signature alone.  ST_AUTH: it is not of ${key}.
 */
MUST_USE enum status cert_signed_by(const struct cert *c,
    const struct spki *key, struct diag *d);

/**
 * cert_signed_itself(c, d):
 * The same of its own key, and by any row of alg.h: a root that was there
 * before may have been signed with another digest than ours are.
 */
MUST_USE enum status cert_signed_itself(const struct cert *c,
    struct diag *d);

/**
 * cert_signed(c, der):
 * ${c}, read from the twin that cert_sign was shown, becomes the certificate
 * ${der} that it made over the same TBS; ${der} moves into it.
 */
void cert_signed(struct cert *c, struct bytes *der);

/**
 * cert_pem(der, label, out, d):
 * PEM text of DER bytes; ${label} "CERTIFICATE", "X509 CRL", ...
 */
MUST_USE enum status cert_pem(const struct bytes *der, const char *label,
    struct bytes *out, struct diag *d);

#endif
