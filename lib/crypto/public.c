/* see public.h */
#include <string.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/public.h"

enum status
public_read(const char *name, const void *data, size_t len, struct spki *out,
    struct diag *d)
{
	struct bytes der = { 0 };
	struct cert *cert = NULL;
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (ossl_der("PUBLIC KEY", NULL, data, len, &der, NULL) == ST_OK &&
	    spki_read(der.data, der.len, out, NULL) == ST_OK) {
		rc = ST_OK;
		goto out;
	}
	spki_clear(out);
	if (cert_read(name, data, len, &cert, NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: neither a certificate nor a public "
		    "key", name);
	TRY(spki_read(cert->key.der.data, cert->key.der.len, out, d));
out:
	bytes_free(&der);
	cert_free(cert);
	return rc;
}
