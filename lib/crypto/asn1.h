/* asn1.h -- private to lib/crypto: the ASN.1 that OpenSSL has no object for
 * which does what is wanted here, in its own template language.  (Its CMS
 * refuses keys that bring their own digest, and sets no nonce; its public keys
 * are decoded when they are read, which takes a quarter of a signature.)
 * An ASN1_STRING here is a whole SEQUENCE as it stands, tag and all. */
#ifndef ANCHORITE_ASN1_H
#define ANCHORITE_ASN1_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/asn1t.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h> /* STACK_OF(ASN1_STRING) */

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

/* In an ASN1_BIT_STRING's flags: how many bits of its last byte are unused. */
#define UNUSED_BITS 0x07

/* SIGNED{} of X.509: certificates, lists and requests alike; only read */
typedef struct {
	ASN1_STRING *tbs;
	ASN1_STRING *alg;
	ASN1_BIT_STRING *sig;
} ASN1_SIGNED;

typedef struct {
	ASN1_STRING *alg;
	ASN1_BIT_STRING *bits;
} ASN1_SPKI;

/* TBSCertificate, its key as it stands; only read */
typedef struct {
	ASN1_INTEGER *version; /* NULL: 1 */
	ASN1_INTEGER *serial;
	X509_ALGOR *alg;
	X509_NAME *issuer;
	X509_VAL *validity;
	X509_NAME *subject;
	ASN1_STRING *key;
	ASN1_BIT_STRING *issuer_id;
	ASN1_BIT_STRING *subject_id;
	STACK_OF(X509_EXTENSION) *exts;
} ASN1_TBS;

typedef struct {
	ASN1_TBS *tbs;
	X509_ALGOR *alg;
	ASN1_BIT_STRING *sig;
} ASN1_CERT;

/* CertificationRequestInfo, the same way */
typedef struct {
	ASN1_INTEGER *version;
	X509_NAME *subject;
	ASN1_STRING *key;
	STACK_OF(X509_ATTRIBUTE) *attrs;
} ASN1_REQUEST_INFO;

typedef struct {
	ASN1_REQUEST_INFO *info;
	X509_ALGOR *alg;
	ASN1_BIT_STRING *sig;
} ASN1_REQUEST;

/* TBSCertList, its entries as they stand; only read */
typedef struct {
	ASN1_INTEGER *version; /* NULL: 1 */
	X509_ALGOR *alg;
	X509_NAME *issuer;
	ASN1_TIME *this_update;
	ASN1_TIME *next_update; /* may be NULL */
	ASN1_STRING *entries;	/* may be NULL */
	STACK_OF(X509_EXTENSION) *exts;
} ASN1_TBS_LIST;

typedef struct {
	ASN1_TBS_LIST *tbs;
	X509_ALGOR *alg;
	ASN1_BIT_STRING *sig;
} ASN1_LIST;

typedef struct {
	ASN1_INTEGER *n;
	ASN1_INTEGER *e;
} ASN1_RSA;

/* SignerInfo by key identifier, without unsigned attributes */
typedef struct {
	ASN1_INTEGER *version;
	ASN1_OCTET_STRING *ski;
	ASN1_STRING *digest;
	STACK_OF(X509_ATTRIBUTE) *attrs;
	ASN1_STRING *alg;
	ASN1_OCTET_STRING *sig;
} ASN1_SIGNER;
/* cppcheck-suppress unknownMacro */
DEFINE_STACK_OF(ASN1_SIGNER)

/* EncapsulatedContentInfo whose content is elsewhere */
typedef struct {
	ASN1_OBJECT *type;
} ASN1_DETACHED;

/* SignedData without certificates and lists */
typedef struct {
	ASN1_INTEGER *version;
	STACK_OF(X509_ALGOR) *digests;
	ASN1_DETACHED *content;
	STACK_OF(ASN1_SIGNER) *signers;
} ASN1_SIGNED_DATA;

/* ContentInfo */
typedef struct {
	ASN1_OBJECT *type;
	ASN1_SIGNED_DATA *data;
} ASN1_MESSAGE;

/* SignedAttributes as they are signed: a SET, not its [0] */
typedef STACK_OF(X509_ATTRIBUTE) ASN1_ATTRIBUTES;

/* RFC 4073 around an RFC 5914 list: a trust bundle, FORMATS 9 */
typedef struct {
	ASN1_OBJECT *type;
	STACK_OF(ASN1_STRING) *anchors; /* certificates as they stand */
} ASN1_ANCHORS;

typedef struct {
	ASN1_ANCHORS *content;
	STACK_OF(X509_ATTRIBUTE) *attrs; /* each value one of those below */
} ASN1_BUNDLE;

typedef struct {
	ASN1_INTEGER *era;
	ASN1_INTEGER *seq;
	ASN1_OCTET_STRING *previous;
} ASN1_PLACE;

typedef struct {
	ASN1_GENERALIZEDTIME *not_before;
	ASN1_GENERALIZEDTIME *not_after;
	ASN1_GENERALIZEDTIME *horizon;
} ASN1_DATES;

typedef struct {
	ASN1_INTEGER *threshold;
	ASN1_INTEGER *next_threshold;
	ASN1_INTEGER *level;
	ASN1_ENUMERATED *succession;
	ASN1_BOOLEAN break_glass;
	ASN1_ENUMERATED *expiry;
} ASN1_RULES;

typedef struct {
	ASN1_UTF8STRING *alg;
	ASN1_OCTET_STRING *key;
} ASN1_NEXT;
DEFINE_STACK_OF(ASN1_NEXT)
typedef STACK_OF(ASN1_NEXT) ASN1_NEXTS;

typedef struct {
	ASN1_OCTET_STRING *key;
	ASN1_BOOLEAN revoked;
} ASN1_FORMER;
DEFINE_STACK_OF(ASN1_FORMER)
typedef STACK_OF(ASN1_FORMER) ASN1_FORMERS;

typedef struct {
	ASN1_OCTET_STRING *issuer;
	ASN1_INTEGER *number;
} ASN1_FLOOR;
DEFINE_STACK_OF(ASN1_FLOOR)
typedef STACK_OF(ASN1_FLOOR) ASN1_FLOORS;

typedef struct {
	ASN1_OCTET_STRING *plan;
	ASN1_OCTET_STRING *head;
} ASN1_MADE;

DECLARE_ASN1_ITEM(ASN1_SIGNED)
DECLARE_ASN1_ITEM(ASN1_SPKI)
DECLARE_ASN1_ITEM(ASN1_TBS)
DECLARE_ASN1_ITEM(ASN1_CERT)
DECLARE_ASN1_ITEM(ASN1_REQUEST_INFO)
DECLARE_ASN1_ITEM(ASN1_REQUEST)
DECLARE_ASN1_ITEM(ASN1_TBS_LIST)
DECLARE_ASN1_ITEM(ASN1_LIST)
DECLARE_ASN1_ITEM(ASN1_RSA)
DECLARE_ASN1_ITEM(ASN1_SIGNER)
DECLARE_ASN1_ITEM(ASN1_DETACHED)
DECLARE_ASN1_ITEM(ASN1_SIGNED_DATA)
DECLARE_ASN1_ITEM(ASN1_MESSAGE)
DECLARE_ASN1_ITEM(ASN1_ATTRIBUTES)
DECLARE_ASN1_ITEM(ASN1_ANCHORS)
DECLARE_ASN1_ITEM(ASN1_BUNDLE)
DECLARE_ASN1_ITEM(ASN1_PLACE)
DECLARE_ASN1_ITEM(ASN1_DATES)
DECLARE_ASN1_ITEM(ASN1_RULES)
DECLARE_ASN1_ITEM(ASN1_NEXT)
DECLARE_ASN1_ITEM(ASN1_NEXTS)
DECLARE_ASN1_ITEM(ASN1_FORMER)
DECLARE_ASN1_ITEM(ASN1_FORMERS)
DECLARE_ASN1_ITEM(ASN1_FLOOR)
DECLARE_ASN1_ITEM(ASN1_FLOORS)
DECLARE_ASN1_ITEM(ASN1_MADE)

/**
 * asn1_read(it, data, len):
 * Exactly one value of ${it}: strict DER (strict.h) that is also what OpenSSL
 * writes for what it read, so that defaults are absent and sets in order.
 * NULL: not so.  The caller frees (ASN1_item_free).
 */
void *asn1_read(const ASN1_ITEM *it, const void *data, size_t len);

/**
 * asn1_write(value, it, out, d):
 * Its DER.  ST_SYSTEM: no memory.
 */
MUST_USE enum status asn1_write(const void *value, const ASN1_ITEM *it,
    struct bytes *out, struct diag *d);

/* A whole SEQUENCE into a template's field; false: no memory. */
bool asn1_set(ASN1_STRING *field, const void *der, size_t len);

#endif
