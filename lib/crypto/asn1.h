/* asn1.h -- private to lib/crypto: the ASN.1 of RFC 5280, 2986 and 5652 as far
 * as it is read or written here, in OpenSSL's own template language.  (Its
 * X509 decodes every public key on reading, which takes a quarter of the time
 * of a signature, and lets nobody name the algorithm without signing.)
 * An ASN1_STRING here is a whole SEQUENCE as it stands, tag and all. */
#ifndef ANCHORITE_ASN1_H
#define ANCHORITE_ASN1_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/asn1t.h>
#include <openssl/x509.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

/* SIGNED{} of X.509: certificates, lists and requests alike */
typedef struct {
	ASN1_STRING *tbs;
	ASN1_STRING *alg;
	ASN1_BIT_STRING *sig;
} ASN1_SIGNED;

typedef struct {
	ASN1_STRING *alg;
	ASN1_BIT_STRING *bits;
} ASN1_SPKI;

typedef struct {
	ASN1_INTEGER *n;
	ASN1_INTEGER *e;
} ASN1_RSA;

/* TBSCertificate without the unique identifiers, which nobody has */
typedef struct {
	ASN1_INTEGER *version;
	ASN1_INTEGER *serial;
	ASN1_STRING *alg;
	ASN1_STRING *issuer;
	X509_VAL *validity;
	ASN1_STRING *subject;
	ASN1_STRING *key;
	STACK_OF(X509_EXTENSION) *exts;
} ASN1_CERT;

/* CertificationRequestInfo */
typedef struct {
	ASN1_INTEGER *version;
	ASN1_STRING *subject;
	ASN1_STRING *key;
	STACK_OF(X509_ATTRIBUTE) *attrs;
} ASN1_REQUEST;

DECLARE_ASN1_ITEM(ASN1_SIGNED)
DECLARE_ASN1_ITEM(ASN1_SPKI)
DECLARE_ASN1_ITEM(ASN1_RSA)
DECLARE_ASN1_ITEM(ASN1_CERT)
DECLARE_ASN1_ITEM(ASN1_REQUEST)

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
