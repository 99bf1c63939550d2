/* bundle.h -- a trust bundle: who is a root, and who may say who comes next.
 * FORMATS 9.  RFC 4073 around an RFC 5914 list of certificates. */
#ifndef ANCHORITE_BUNDLE_H
#define ANCHORITE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"

#define BUNDLE_MAX 524288 /* bytes */
#define BUNDLE_ANCHORS_MAX 16
#define BUNDLE_NEXT_MAX 16
#define BUNDLE_FORMER_MAX 64
#define BUNDLE_FLOORS_MAX 64
#define BUNDLE_ISSUER_LEN 20 /* bytes */
#define BUNDLE_ERA_MAX 2147483647
#define BUNDLE_SEQ_MAX INT64_MAX
#define BUNDLE_TYPE "1.2.840.113549.1.9.16.1.20" /* contentWithAttrs */

enum bundle_succession { NEXT_BOTH = 0, NEXT_ALONE_AFTER_HORIZON = 1 };
enum bundle_expiry { EXPIRY_WARNS = 0, EXPIRY_REFUSES = 1 };

/* A key that may become a root. */
struct bundle_next {
	char alg[SPKI_ALG_SIZE]; /* "ecdsa-p384" ... */
	uint8_t key[SHA384_LEN]; /* SHA-384 of its SPKI */
};

/* A key that can be a root no more. */
struct bundle_former {
	uint8_t key[SHA384_LEN];
	bool revoked; /* not even by a cross certificate */
};

/* No list of that issuer with a lower number proves a key good. */
struct bundle_floor {
	uint8_t issuer[BUNDLE_ISSUER_LEN]; /* key identifier */
	uint64_t number;
};

struct bundle {
	struct bytes der;	/* owned; from read or seal */
	uint8_t id[SHA384_LEN]; /* SHA-384 of der: the bundle's name */
	char arc[CERT_OID_SIZE]; /* the organisation's */
	uint64_t era, seq; /* 1..; seq 1 is an establishment */
	bool first;	   /* no bundle before it */
	uint8_t previous[SHA384_LEN]; /* RULES B1: what it follows */
	int64_t not_before, not_after, horizon; /* inclusive */
	unsigned threshold, next_threshold;
	unsigned level; /* no algorithm below: FORMATS 9.12 */
	enum bundle_succession succession;
	bool break_glass;
	enum bundle_expiry expiry;
	bool no_head; /* its ceremony was the first */
	uint8_t plan[SHA384_LEN], head[SHA384_LEN];
	struct cert *anchor[BUNDLE_ANCHORS_MAX]; /* owned; by key's name */
	size_t anchors; /* 1.. */
	struct bundle_next next[BUNDLE_NEXT_MAX]; /* by key */
	size_t nexts;
	struct bundle_former former[BUNDLE_FORMER_MAX]; /* by key */
	size_t formers;
	struct bundle_floor floor[BUNDLE_FLOORS_MAX]; /* by issuer */
	size_t floors;
};

/**
 * bundle_new(out, d):
 * All zero, to be filled.  The caller frees (bundle_free).
 */
MUST_USE enum status bundle_new(struct bundle **out, struct diag *d);
void bundle_free(struct bundle *b);

/**
 * bundle_seal(b, d):
 * Sort what has an order, and make der and id of all other fields: the same
 * fields, the same bytes.  ST_POLICY: a count or a value outside its bounds,
 * or one thing twice.
 */
MUST_USE enum status bundle_seal(struct bundle *b, struct diag *d);

/**
 * bundle_read(name, data, len, out, d):
 * Exactly one bundle in DER; its fields sealed again give the same bytes.
 * ST_FORMAT: "${name}: ..."
 */
MUST_USE enum status bundle_read(const char *name, const void *data,
    size_t len, struct bundle **out, struct diag *d);

/* Whether bytes have the outer form of a bundle: what the content type of its
 * signatures (RULES B9) promises. */
bool bundle_shaped(const struct bytes *content);

/* The anchor with this key, by name or by index (struct spki); or NULL. */
const struct cert *bundle_anchor(const struct bundle *b,
    const uint8_t key[SHA384_LEN]);
const struct cert *bundle_anchor_index(const struct bundle *b,
    const uint8_t index[SHA384_LEN]);
const struct bundle_next *bundle_next(const struct bundle *b,
    const uint8_t key[SHA384_LEN]);
const struct bundle_former *bundle_former(const struct bundle *b,
    const uint8_t key[SHA384_LEN]);
const struct bundle_floor *bundle_floor(const struct bundle *b,
    const uint8_t issuer[BUNDLE_ISSUER_LEN]);

#endif
