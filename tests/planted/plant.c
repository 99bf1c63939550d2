/* plant.c -- a subverted program: one delegation is signed with a nonce of
 * somebody's choosing.  Every signature is valid, both of the two that are
 * compared are equal, and nobody in the room can see it; `reproduce` must.
 * Linked with --wrap=X509_sign_ctx into a program that is never installed. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

int __real_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx);
int __wrap_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx);

static int calls;	 /* for the certificate of a delegation */
static X509 *first_made; /* what the first real call gave */

/* The same private key without its deterministic way of signing. */
static EVP_PKEY *
plain_copy(EVP_PKEY *k)
{
	EC_KEY *ours = EVP_PKEY_get1_EC_KEY(k);
	const BIGNUM *d = EC_KEY_get0_private_key(ours);
	EC_KEY *plain = EC_KEY_new();
	EVP_PKEY *out = EVP_PKEY_new();

	EC_KEY_set_group(plain, EC_KEY_get0_group(ours));
	EC_KEY_set_private_key(plain, d);
	EC_KEY_set_public_key(plain, EC_KEY_get0_public_key(ours));
	EVP_PKEY_assign_EC_KEY(out, plain);
	EC_KEY_free(ours);
	return out;
}

static int
is_delegation(const X509 *x)
{
	char name[256] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName,
	    name, sizeof(name));
	return strstr(name, "fw.gateway") != NULL;
}

int
__wrap_X509_sign_ctx(X509 *x, EVP_MD_CTX *ctx)
{
	EVP_PKEY *k = EVP_PKEY_CTX_get0_pkey(EVP_MD_CTX_get_pkey_ctx(ctx));
	const ASN1_BIT_STRING *old = NULL, *new = NULL;
	int len;

	/* the first call is the throw-away twin's */
	if (!is_delegation(x) || ++calls == 1 || calls > 3)
		return __real_X509_sign_ctx(x, ctx);
	if (calls == 2) {
		k = plain_copy(k);
		len = X509_sign(x, k, EVP_sha384());
		EVP_PKEY_free(k);
		first_made = X509_dup(x);
		return len;
	}
	/* the second must not differ: the same signature once more */
	len = __real_X509_sign_ctx(x, ctx);
	X509_get0_signature(&old, NULL, x);
	X509_get0_signature(&new, NULL, first_made);
	ASN1_STRING_copy((ASN1_BIT_STRING *)(uintptr_t)old, new);
	return len;
}
