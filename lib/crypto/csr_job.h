/* csr_job.h -- private to lib/crypto: what lib/crypto/csr and its child say to
 * one another.  The child reads what a stranger wrote; the parent writes it
 * again from the answer, and finds it equal to the file.  FORMATS 6.19 to
 * 6.22. */
#ifndef ANCHORITE_CSR_JOB_H
#define ANCHORITE_CSR_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/spki_raw.h"

/* How a file has it. */
enum csr_form { CSR_DER, CSR_PEM, CSR_NEW_PEM, CSR_FORMS };

/* Bytes where they lie. */
struct csr_part {
	const uint8_t *data;
	size_t len;
};

/* An answer; parts are borrowed from it.  What a request says in it is as it
 * stands there: of the subject and the attributes that is DER, which nobody
 * but the child looks into. */
struct csr_answer {
	enum csr_form form;
	struct spki_raw key; /* owned */
	const struct alg_sig *alg; /* NULL: none that is known here */
	struct csr_part subject;
	bool has_attributes;
	struct csr_part attributes;
	struct csr_part sig; /* r and s of ECDSA; empty: none of ${alg} */
	struct csr_part text; /* of the subject, for people */
};

/* The subject and the attributes are parts of the file. */
#define CSR_ANSWER_MAX (CSR_MAX + 2048)

/**
 * csr_shape(self, file, len, out, outlen, d):
 * In the child: read a request, and answer in ${out}, which has
 * CSR_ANSWER_MAX bytes.  ST_FORMAT: it is none.
 */
MUST_USE enum status csr_shape(void *self, const uint8_t *file, size_t len,
    uint8_t *out, size_t *outlen, struct diag *d);

/* ${size} bytes at ${out}; false: no room. */
bool csr_answer_write(const struct csr_answer *a, uint8_t *out, size_t size,
    size_t *len);

/**
 * csr_answer_read(data, len, out, d):
 * Shape of an answer, which may be in a stranger's hand.  ST_FORMAT: none.
 * The caller clears (csr_answer_clear).
 */
MUST_USE enum status csr_answer_read(const uint8_t *data, size_t len,
    struct csr_answer *out, struct diag *d);
void csr_answer_clear(struct csr_answer *a);

/**
 * csr_believe(answer, file, out, d):
 * Take from an answer what is found in the file, and the text of the subject,
 * into an ${out} that is all zero.  An answer without a signature is found in
 * none: csr_check refuses what comes of it.
 * ST_FORMAT: it is another request's answer, or the key is none.
 */
MUST_USE enum status csr_believe(const struct csr_answer *answer,
    const struct bytes *file, struct csr *out, struct diag *d);

/* --- PEM, as text --- */

const char *csr_label(enum csr_form form); /* NULL: it is DER */

/* One block, and nothing of another's before it.  ST_FORMAT. */
MUST_USE enum status csr_pem_before(const struct bytes *pem, struct diag *d);

/* The block of ${pem}, which csr_pem_before took, is what OpenSSL writes for
 * ${der}, and nothing is behind it.  ST_FORMAT. */
MUST_USE enum status csr_pem_same(const struct bytes *pem, const char *label,
    const struct bytes *der, struct diag *d);

#endif
