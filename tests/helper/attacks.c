/* attacks.c -- what an attacker has who is shown here against stock tools.
 *
 *	attacks key CERT           the private key of a rehearsal's first root,
 *	                           in PEM: the one that openssl makes lists with
 *	attacks smuggle IN CRL OUT IN, a CMS message, with that list in it
 *
 * All but bundles are in PEM or DER as openssl writes them by default. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/pem.h>

#include "lib/crypto/ossl.h"
#include "tests/support/bundles.h"

#define NEED(ok)                                                              \
	do {                                                                  \
		if (!(ok)) {                                                  \
			fprintf(stderr, "attacks: line %d\n", __LINE__);      \
			exit(2);                                              \
		}                                                             \
	} while (0)

static int
print_key(const char *cert)
{
	bundles_start();
	bundles_rehearsal(cert);
	NEED(PEM_write_PrivateKey(stdout, ossl_private(bundles_key[0]), NULL,
	    NULL, 0, NULL, NULL) == 1);
	bundles_stop();
	return fflush(stdout) == 0 ? 0 : 2;
}

static int
smuggle(const char *in, const char *list, const char *out)
{
	BIO *message = BIO_new_file(in, "rb"), *crl = BIO_new_file(list, "rb"),
	    *made = BIO_new_file(out, "wb");
	CMS_ContentInfo *cms;
	X509_CRL *x;

	NEED(message != NULL && crl != NULL && made != NULL);
	NEED((cms = d2i_CMS_bio(message, NULL)) != NULL);
	NEED((x = PEM_read_bio_X509_CRL(crl, NULL, NULL, NULL)) != NULL);
	NEED(CMS_add1_crl(cms, x) == 1);
	NEED(i2d_CMS_bio(made, cms) == 1);
	X509_CRL_free(x);
	CMS_ContentInfo_free(cms);
	BIO_free(message);
	BIO_free(crl);
	NEED(BIO_flush(made) == 1);
	BIO_free(made);
	return 0;
}

int
main(int argc, char **argv)
{
	pkix_start(NULL);
	if (argc == 3 && strcmp(argv[1], "key") == 0)
		return print_key(argv[2]);
	if (argc == 5 && strcmp(argv[1], "smuggle") == 0)
		return smuggle(argv[2], argv[3], argv[4]);
	fprintf(stderr, "usage: attacks key CERT | smuggle IN CRL OUT\n");
	return 2;
}
