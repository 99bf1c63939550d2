/* key_pem.h -- private to lib/crypto: a private key's block of PEM (RFC 7468)
 * in a file of others, found without a copy of it anywhere. */
#ifndef ANCHORITE_KEY_PEM_H
#define ANCHORITE_KEY_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"

#define KEY_PEM_HEADERS_MAX 256 /* bytes: Proc-Type and DEK-Info, RFC 1421 */

/* Where its text is, in the file, and what stands above it. */
struct key_pem {
	const char *at; /* borrowed */
	size_t len;
	char headers[KEY_PEM_HEADERS_MAX]; /* lines; empty: none */
	bool sealed; /* by its label */
};

/* The one key of a file.  false: it is no PEM of ours, or of more than one. */
bool key_pem_find(const struct secret *file, struct key_pem *out);

/**
 * key_pem_decode(b, out, d):
 * What its lines of base64 say.  The caller frees.  ST_FORMAT: they are none.
 */
MUST_USE enum status key_pem_decode(const struct key_pem *b,
    struct secret **out, struct diag *d);

#endif
