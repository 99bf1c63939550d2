/* see asn1.h */
#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/strict.h"

ASN1_SEQUENCE(ASN1_SIGNED) = {
	ASN1_SIMPLE(ASN1_SIGNED, tbs, ASN1_SEQUENCE),
	ASN1_SIMPLE(ASN1_SIGNED, alg, ASN1_SEQUENCE),
	ASN1_SIMPLE(ASN1_SIGNED, sig, ASN1_BIT_STRING)
} ASN1_SEQUENCE_END(ASN1_SIGNED)

ASN1_SEQUENCE(ASN1_SPKI) = {
	ASN1_SIMPLE(ASN1_SPKI, alg, ASN1_SEQUENCE),
	ASN1_SIMPLE(ASN1_SPKI, bits, ASN1_BIT_STRING)
} ASN1_SEQUENCE_END(ASN1_SPKI)

ASN1_SEQUENCE(ASN1_RSA) = {
	ASN1_SIMPLE(ASN1_RSA, n, ASN1_INTEGER),
	ASN1_SIMPLE(ASN1_RSA, e, ASN1_INTEGER)
} ASN1_SEQUENCE_END(ASN1_RSA)

ASN1_SEQUENCE(ASN1_SIGNER) = {
	ASN1_SIMPLE(ASN1_SIGNER, version, ASN1_INTEGER),
	ASN1_IMP(ASN1_SIGNER, ski, ASN1_OCTET_STRING, 0),
	ASN1_SIMPLE(ASN1_SIGNER, digest, ASN1_SEQUENCE),
	ASN1_IMP_SET_OF(ASN1_SIGNER, attrs, X509_ATTRIBUTE, 0),
	ASN1_SIMPLE(ASN1_SIGNER, alg, ASN1_SEQUENCE),
	ASN1_SIMPLE(ASN1_SIGNER, sig, ASN1_OCTET_STRING)
} ASN1_SEQUENCE_END(ASN1_SIGNER)

ASN1_SEQUENCE(ASN1_DETACHED) = {
	ASN1_SIMPLE(ASN1_DETACHED, type, ASN1_OBJECT)
} ASN1_SEQUENCE_END(ASN1_DETACHED)

ASN1_SEQUENCE(ASN1_SIGNED_DATA) = {
	ASN1_SIMPLE(ASN1_SIGNED_DATA, version, ASN1_INTEGER),
	ASN1_SET_OF(ASN1_SIGNED_DATA, digests, X509_ALGOR),
	ASN1_SIMPLE(ASN1_SIGNED_DATA, content, ASN1_DETACHED),
	ASN1_SET_OF(ASN1_SIGNED_DATA, signers, ASN1_SIGNER)
} ASN1_SEQUENCE_END(ASN1_SIGNED_DATA)

ASN1_SEQUENCE(ASN1_MESSAGE) = {
	ASN1_SIMPLE(ASN1_MESSAGE, type, ASN1_OBJECT),
	ASN1_EXP(ASN1_MESSAGE, data, ASN1_SIGNED_DATA, 0)
} ASN1_SEQUENCE_END(ASN1_MESSAGE)

ASN1_ITEM_TEMPLATE(ASN1_ATTRIBUTES) =
	ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SET_OF, 0, attrs, X509_ATTRIBUTE)
ASN1_ITEM_TEMPLATE_END(ASN1_ATTRIBUTES)

enum status
asn1_write(const void *value, const ASN1_ITEM *it, struct bytes *out,
    struct diag *d)
{
	unsigned char *der = NULL;
	enum status rc;
	int len;

	if ((len = ASN1_item_i2d(value, &der, it)) <= 0)
		return ossl_fail(d, ST_SYSTEM, "DER could not be written");
	rc = bytes_set(out, der, (size_t)len, d);
	OPENSSL_free(der);
	return rc;
}

void *
asn1_read(const ASN1_ITEM *it, const void *data, size_t len)
{
	const unsigned char *at = data;
	unsigned char *again = NULL;
	ASN1_VALUE *value = NULL;

	if (len == 0 || len > LONG_MAX || !strict_der(data, len))
		return NULL;
	value = ASN1_item_d2i(NULL, &at, (long)len, it);
	if (value != NULL && (ASN1_item_i2d(value, &again, it) != (int)len ||
	    memcmp(again, data, len) != 0)) {
		ASN1_item_free(value, it);
		value = NULL;
	}
	OPENSSL_free(again);
	return value;
}

bool
asn1_set(ASN1_STRING *field, const void *der, size_t len)
{
	return len <= INT_MAX && ASN1_STRING_set(field, der, (int)len) == 1;
}
