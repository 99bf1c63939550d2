/* see pbes2.h */
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/pbes2.h"

enum status
pbes2_scheme(int rounds, uint8_t *salt, size_t len, uint8_t iv[PBES2_IV_LEN],
    X509_ALGOR **out, struct diag *d)
{
	*out = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds, salt, (int)len, iv,
	    NID_hmacWithSHA512);
	return *out != NULL ? ST_OK :
	    ossl_fail(d, ST_SYSTEM, "an encryption scheme");
}

enum status
pbes2_pem(const X509_ALGOR *scheme, const uint8_t *text, size_t len,
    struct bytes *out, struct diag *d)
{
	X509_SIG *sig = X509_SIG_new();
	ASN1_OCTET_STRING *octets = NULL;
	unsigned char *der = NULL;
	X509_ALGOR *alg = NULL;
	struct bytes all = { 0 };
	enum status rc;
	int n;

	if (sig == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	X509_SIG_getm(sig, &alg, &octets);
	if (X509_ALGOR_copy(alg, scheme) != 1 ||
	    ASN1_OCTET_STRING_set(octets, text, (int)len) != 1 ||
	    (n = i2d_X509_SIG(sig, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "an encrypted private key");
		goto out;
	}
	TRY(bytes_set(&all, der, (size_t)n, d));
	TRY(cert_pem(&all, PBES2_LABEL, out, d));
out:
	OPENSSL_free(der);
	X509_SIG_free(sig);
	bytes_free(&all);
	return rc;
}
