/* crl.h -- certificate revocation lists (RFC 5280 5): complete, direct. */
#ifndef ANCHORITE_CRL_H
#define ANCHORITE_CRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/key.h"
#include "lib/crypto/name.h"
#include "lib/crypto/spki.h"

#define CRL_MAX 16777216 /* bytes */
#define CRL_ENTRIES_MAX 200000
#define CRL_SERIAL_MAX 20 /* bytes */
#define CERT_FOREIGN_SIZE 80

enum crl_reason { /* RFC 5280 5.3.1; the only ones we write */
	REASON_UNSPECIFIED = 0, /* read only: no reason code is present */
	REASON_KEY_COMPROMISE = 1,
	REASON_AFFILIATION_CHANGED = 3,
	REASON_SUPERSEDED = 4,
	REASON_CESSATION = 5
};

struct crl_entry {
	uint8_t serial[CRL_SERIAL_MAX];
	size_t serial_len;
	int64_t date;
	enum crl_reason reason;
	int64_t invalid_since; /* invalidityDate, or -1 */
};

struct crl_spec {
	struct name issuer;
	uint8_t issuer_ski[20]; /* AKI, keyIdentifier only */
	int64_t this_update;
	int64_t next_update;
	uint64_t number; /* cRLNumber: epoch << 32 | count */
	struct crl_entry *entries; /* owned; sorted by serial, each once */
	size_t n;
};
void crl_spec_clear(struct crl_spec *s);

/**
 * crl_spec_add(s, e, d):
 * One entry more, in its place; a serial number that is there already stays as
 * it was: revocation is for good, and so is its reason.
 */
MUST_USE enum status crl_spec_add(struct crl_spec *s,
    const struct crl_entry *e, struct diag *d);

/**
 * crl_spec_sort(s, sorted, d):
 * By serial number; ${*sorted}: whether they were.  ST_FORMAT: one is there
 * twice.
 */
MUST_USE enum status crl_spec_sort(struct crl_spec *s, bool *sorted,
    struct diag *d);

struct crl {
	struct bytes der; /* owned */
	uint8_t id[SHA384_LEN];
	uint8_t tbs[SHA384_LEN];
	struct crl_spec spec;
	bool plain_names;
	char issuer[512]; /* escaped, for people */
	char alg[SPKI_ALG_SIZE];
	bool has_aki;
	bool sorted; /* as entries stand in it; those of spec always are */
	/* what a complete, direct list never has, if it was there: its name */
	char foreign_ext[CERT_FOREIGN_SIZE];
};

/* As cert_rehearse, cert_sign, cert_read, cert_signed_by. */
MUST_USE enum status crl_rehearse(const struct crl_spec *spec,
    const char *alg, struct bytes *out, struct diag *d);
MUST_USE enum status crl_sign(const struct crl_spec *spec,
    const struct key *key, const struct spki *recorded,
    const struct bytes *linted, struct bytes *out, struct diag *d);
MUST_USE enum status crl_read(const char *name, const void *data, size_t len,
    struct crl **out, struct diag *d);
void crl_free(struct crl *c);

/* The same once more; the caller frees.  ST_SYSTEM. */
MUST_USE enum status crl_copy(const struct crl *c, struct crl **out,
    struct diag *d);

/* Whether it has an entry for this serial number, of at most 20 bytes. */
bool crl_has(const struct crl *c, const uint8_t *serial, size_t len);
MUST_USE enum status crl_signed_by(const struct crl *c,
    const struct spki *key, struct diag *d);

#endif
