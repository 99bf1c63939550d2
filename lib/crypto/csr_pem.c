/* see csr_job.h: PEM as strangers' tools write it, looked at as text. */
#include <string.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/csr_job.h"

const char *
csr_label(enum csr_form form)
{
	static const char *const labels[CSR_FORMS] = { NULL,
		"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" };

	return labels[form];
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text != NULL;
	     text = strstr(text + 1, what))
		n++;
	return n;
}

/* What `openssl req -text` writes before a request: its title, then printable
 * lines that are indented.  Nothing else may stand there. */
static bool
is_openssl_text(const char *text, const char *end)
{
	static const char title[] = "Certificate Request:\n";

	if (text == end)
		return true;
	if ((size_t)(end - text) < sizeof(title) - 1 ||
	    memcmp(text, title, sizeof(title) - 1) != 0)
		return false;
	text += sizeof(title) - 1;
	for (bool starts = true; text < end; text++) {
		if (starts && memcmp(text, "    ", 4) != 0)
			return false;
		starts = *text == '\n';
		if (!starts && (*text < ' ' || *text > '~'))
			return false;
	}
	return true;
}

enum status
csr_pem_before(const struct bytes *pem, struct diag *d)
{
	const char *text = (const char *)pem->data;

	if (memchr(text, 0, pem->len) != NULL ||
	    count(text, "-----BEGIN ") != 1 || count(text, "-----END ") != 1)
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: not exactly one "
		    "PEM block");
	if (!is_openssl_text(text, strstr(text, "-----BEGIN ")))
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: something stands "
		    "before its PEM block");
	return ST_OK;
}

static bool
same_but_for_blanks(const char *a, const char *b)
{
	static const char blanks[] = " \r\n";

	for (;; a++, b++) {
		a += strspn(a, blanks);
		b += strspn(b, blanks);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* Written again it is the same.  OpenSSL's reader passes over what stands
 * behind the padding, and over bytes that it takes for blanks. */
enum status
csr_pem_same(const struct bytes *pem, const char *label,
    const struct bytes *der, struct diag *d)
{
	struct bytes again = { 0 };
	enum status rc;

	TRY(cert_pem(der, label, &again, d));
	if (!same_but_for_blanks(strstr((const char *)pem->data,
	    "-----BEGIN "), (const char *)again.data))
		FAIL(d, ST_FORMAT, "FORMATS 6.2: something stands in its PEM "
		    "block or behind it that is not of the request");
out:
	bytes_free(&again);
	return rc;
}
