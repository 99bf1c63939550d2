/* csr.h -- a PKCS#10 request (RFC 2986) from a stranger.  FORMATS 6. */
#ifndef ANCHORITE_CSR_H
#define ANCHORITE_CSR_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/spki.h"

#define CSR_MAX 65536 /* bytes */
#define CSR_ATTRIBUTES_MAX 16

/* Nothing but the key is ever taken from a request; the subject is kept
 * (escaped) for people to look at. */
struct csr {
	struct bytes der; /* owned */
	uint8_t id[SHA384_LEN];
	char subject[512];
	char alg[SPKI_ALG_SIZE]; /* of its signature */
	struct spki key;
};

/**
 * csr_read(name, data, len, out, d):
 * Shape: one request, PEM ("CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST",
 * text before it allowed only where `openssl req -text` puts it) or DER; no
 * trailing bytes; version 1; canonical; attributes once each.
 * ST_FORMAT "${name}: FORMATS 6.n: ...".  The caller frees (csr_free).
 */
MUST_USE enum status csr_read(const char *name, const void *data, size_t len,
    struct csr **out, struct diag *d);

/**
 * csr_check(name, c, d):
 * Self-consistency: signed with its own key, by an algorithm not weaker than
 * SHA-256.  ST_AUTH: it is not.
 */
MUST_USE enum status csr_check(const char *name, const struct csr *c,
    struct diag *d);

void csr_free(struct csr *c);

#endif
