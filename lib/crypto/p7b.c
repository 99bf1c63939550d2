/* see p7b.h */
#include <openssl/err.h>
#include <openssl/pkcs7.h>

#include "lib/crypto/ossl.h"
#include "lib/crypto/p7b.h"

static enum status
add(PKCS7 *p, const struct cert *c, struct diag *d)
{
	const unsigned char *at = c->der.data;
	X509 *x = d2i_X509(NULL, &at, (long)c->der.len);
	const bool ok = x != NULL && PKCS7_add_certificate(p, x) == 1;

	X509_free(x);
	return ok ? ST_OK : ossl_fail(d, ST_SYSTEM, "certificates");
}

enum status
p7b_write(struct cert *const *cert, size_t n, struct bytes *out,
    struct diag *d)
{
	PKCS7 *p = PKCS7_new();
	unsigned char *der = NULL;
	enum status rc;
	int len;

	if (p == NULL || PKCS7_set_type(p, NID_pkcs7_signed) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "certificates");
		goto out;
	}
	ASN1_OBJECT_free(p->d.sign->contents->type);
	p->d.sign->contents->type = OBJ_nid2obj(NID_pkcs7_data);
	for (size_t i = 0; i < n; i++)
		TRY(add(p, cert[i], d));
	if ((len = i2d_PKCS7(p, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "certificates");
		goto out;
	}
	TRY(bytes_set(out, der, (size_t)len, d));
out:
	ERR_clear_error();
	OPENSSL_free(der);
	PKCS7_free(p);
	return rc;
}
