/* alg.h -- private to lib/crypto: the algorithms, one row each. */
#ifndef ANCHORITE_ALG_H
#define ANCHORITE_ALG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define ALG_ID_MAX 24 /* bytes of an AlgorithmIdentifier */

enum alg_family { ALG_EC, ALG_RSA, ALG_EDWARDS, ALG_PQ };

/* An AlgorithmIdentifier in DER: compared, never parsed. */
struct alg_id {
	size_t len;
	uint8_t der[ALG_ID_MAX];
};

/* What a key may be. */
struct alg_key {
	const char *name; /* "ecdsa-p384"; all of RSA is "rsa" */
	enum alg_family family;
	const char *fetch; /* what OpenSSL calls it; for EC its curve */
	size_t bits_len;   /* bytes of the key bits, 0 when they vary */
	size_t seed_len;   /* bytes it is derived from, 0: never a root */
	const char *digest; /* its own, NULL when it brings one itself */
	struct alg_id id;
};

/* What a signature may be. */
struct alg_sig {
	const char *name; /* by the key that makes it: "ecdsa-p384" */
	const char *by;   /* by itself: "ecdsa-sha384" */
	enum alg_family family;
	const char *digest; /* NULL: none beside the key's own */
	struct alg_id id;
};

/* Each is NULL when there is no such row. */
const struct alg_key *alg_key(const char *name);
const struct alg_key *alg_key_id(const uint8_t *der, size_t len);
const struct alg_sig *alg_sig(const char *name);
const struct alg_sig *alg_sig_id(const uint8_t *der, size_t len);

/* Their numbers in FORMATS 6.21, from 1 in the order of their rows; NULL when
 * there is no such row. */
unsigned alg_key_number(const struct alg_key *a);
unsigned alg_sig_number(const struct alg_sig *a);
const struct alg_key *alg_key_at(unsigned number);
const struct alg_sig *alg_sig_at(unsigned number);

/* Bytes of a coordinate of an ALG_EC key, and of a half of its signature. */
#define ALG_HALF_MAX 66
size_t alg_half(const struct alg_key *a);

/* Of all that an RSA key can sign by, the one that ours do (PKCS #1 v1.5: the
 * same bytes give the same signature); any other key has one. */
#define ALG_RSA_SIG "rsa-sha256"

/* The AlgorithmIdentifier of "sha256", "sha384", "sha512"; NULL otherwise. */
const struct alg_id *alg_digest(const char *name);

/* The names of root algorithms, for "did you mean"; ${n} of them at most. */
size_t alg_roots(const char **names, size_t n);

#endif
