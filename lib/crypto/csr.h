/* csr.h -- a PKCS#10 request (RFC 2986) from a stranger.  FORMATS 6.
 * It is read in a child that is locked in (lib/base/sandbox); this process
 * reads the answer, and writes the request again to see that it is the file's:
 * no DER of a stranger's is read where a root may be opened later. */
#ifndef ANCHORITE_CSR_H
#define ANCHORITE_CSR_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/spki.h"

#define CSR_MAX 65536 /* bytes */
#define CSR_ATTRIBUTES_MAX 16
#define CSR_SUBJECT_SIZE 512 /* of the subject, escaped, for people */

/* Nothing but the key is ever taken from a request; the subject is kept
 * (escaped) for people to look at. */
struct csr {
	struct bytes der; /* owned; as the next, empty if nothing signs it */
	struct bytes sig; /* as OpenSSL verifies it; owned */
	size_t info_at, info_len; /* what is signed, in der */
	uint8_t id[SHA384_LEN];
	char subject[CSR_SUBJECT_SIZE]; /* a claim, and the child's word */
	char alg[SPKI_ALG_SIZE]; /* of its signature; "?": none known here */
	struct spki key;
};

/**
 * csr_read(name, data, len, out, d):
 * Shape: one request, PEM ("CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST",
 * text before it allowed only where `openssl req -text` puts it) or DER; no
 * trailing bytes; version 1; canonical; attributes once each.
 * ST_FORMAT "${name}: FORMATS 6.n: ...", or what became of the child.  The
 * caller frees (csr_free).  The first one in a process starts its child:
 * ST_BUG where a secret is in memory, ST_SYSTEM where it cannot be locked in.
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

/* Nothing more is read for now: the child ends, and is not there while keys
 * are.  The next csr_read starts another. */
void csr_rest(void);

#endif
