/* count.c -- a program that counts what it signs and verifies.  The bench
 * runs it beside the one that ships: the figures stand on stderr, last.
 * Linked with --wrap of the three calls that lib/crypto makes for it. */
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

int __real_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx);
int __wrap_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx);
int __real_EVP_DigestSign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *n,
    const unsigned char *data, size_t len);
int __wrap_EVP_DigestSign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *n,
    const unsigned char *data, size_t len);
int __real_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig,
    size_t n, const unsigned char *data, size_t len);
int __wrap_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig,
    size_t n, const unsigned char *data, size_t len);

static unsigned signatures, verifications;

int
__wrap_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx)
{
	signatures++;
	return __real_X509_sign_ctx(x, ctx);
}

int
__wrap_EVP_DigestSign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *n,
    const unsigned char *data, size_t len)
{
	signatures++;
	return __real_EVP_DigestSign(ctx, sig, n, data, len);
}

int
__wrap_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t n,
    const unsigned char *data, size_t len)
{
	verifications++;
	return __real_EVP_DigestVerify(ctx, sig, n, data, len);
}

__attribute__((destructor)) static void
say(void)
{
	fprintf(stderr, "%u %u\n", signatures, verifications);
}
