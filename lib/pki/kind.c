/* see kind.h */
#include <string.h>

#include "lib/crypto/bundle.h"
#include "lib/pki/der.h"
#include "lib/pki/kind.h"

static enum pki_kind
pem_kind(const struct bytes *data)
{
	static const struct {
		const char *label;
		enum pki_kind kind;
	} labels[] = {
		{ "-----BEGIN CERTIFICATE-----", PKI_CERTIFICATE },
		{ "-----BEGIN X509 CRL-----", PKI_LIST },
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (memmem(data->data, data->len, labels[i].label,
		    strlen(labels[i].label)) != NULL)
			return labels[i].kind;
	}
	return PKI_OTHER;
}

/* A certificate begins with [0], its version; a list with the number 1, and a
 * request with 0. */
enum pki_kind
pki_kind(const struct bytes *data)
{
	struct reader r = { 0 }, all = { 0 }, body = { 0 }, number = { 0 };

	if (data->len == 0)
		return PKI_OTHER;
	if (data->data[0] != DER_SEQUENCE)
		return pem_kind(data);
	reader_init(&r, "", data->data, data->len);
	if (der_open(&r, DER_SEQUENCE, &all, NULL) != ST_OK ||
	    der_open(&all, DER_SEQUENCE, &body, NULL) != ST_OK)
		return PKI_OTHER;
	if (der_peek(&body) == DER_EXPLICIT_0)
		return PKI_CERTIFICATE;
	if (der_open(&body, DER_INTEGER, &number, NULL) == ST_OK &&
	    number.len == 1 && number.data[0] == 1)
		return PKI_LIST;
	return bundle_shaped(data) ? PKI_BUNDLE : PKI_OTHER;
}
