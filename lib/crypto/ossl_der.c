/* see ossl.h: DER out of PEM, and PEM out of DER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sodium.h>

#include "lib/base/reader.h"
#include "lib/base/text.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/ossl.h"

#define LINE_LEN 64   /* characters of base64, RFC 7468 */
#define LABEL_SIZE 64 /* bytes of a whole "-----BEGIN ...-----" */
#define TEXT_LINE_MAX 4096 /* bytes; openssl's own text of an RSA key */

/* What `openssl req -text` writes before a request. */
#define TEXT_TITLE "Certificate Request:"

/* One line without its end, LF or CR LF; the last may lack it. */
static bool
next_line(struct reader *r, const char **line, size_t *len)
{
	const char *start = (const char *)r->data + r->at;
	const size_t left = r->len - r->at;
	const char *lf;

	if (left == 0)
		return false;
	lf = memchr(start, '\n', left);
	*line = start;
	*len = lf == NULL ? left : (size_t)(lf - start);
	r->at += *len + (lf == NULL ? 0 : 1);
	if (*len > 0 && start[*len - 1] == '\r')
		--*len;
	return true;
}

static bool
is_line(const char *line, size_t len, const char *mark, const char *label)
{
	char want[LABEL_SIZE];
	const int n = snprintf(want, sizeof(want), "-----%s %s-----", mark,
	    label);

	return n > 0 && (size_t)n < sizeof(want) && (size_t)n == len &&
	    memcmp(line, want, len) == 0;
}

/* Lines of base64 up to the end mark, into ${out} without line ends. */
static bool
collect(struct reader *r, const char *label, char *out, size_t *used)
{
	const char *line;
	size_t len;
	bool last = false;

	*used = 0;
	while (next_line(r, &line, &len)) {
		if (is_line(line, len, "END", label))
			return r->at == r->len;
		/* full lines, and one short one at the end */
		if (last || len == 0 || len > LINE_LEN)
			return false;
		last = len < LINE_LEN;
		memcpy(out + *used, line, len);
		*used += len;
	}
	return false;
}

static enum status
decode(const char *text, size_t len, struct bytes *out, struct diag *d)
{
	uint8_t *der;
	size_t n = 0;
	enum status rc;

	if ((der = malloc(len + 1)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	if (sodium_base642bin(der, len, text, len, NULL, &n, NULL,
	    sodium_base64_VARIANT_ORIGINAL) != 0)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.1: its base64 is not "
		    "canonical");
	else
		rc = bytes_set(out, der, n, d);
	free(der);
	return rc;
}

static enum status
read_block(struct reader *r, const char *label, struct bytes *out,
    struct diag *d)
{
	char *text = NULL;
	size_t used;
	enum status rc;

	if ((text = malloc(r->len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (!collect(r, label, text, &used))
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not one PEM block and "
		    "nothing behind it");
	TRY(decode(text, used, out, d));
out:
	free(text);
	return rc;
}

/* Text as openssl writes it: its title, then indented printable lines. */
static bool
skip_text(struct reader *r, const char **line, size_t *len)
{
	if (*len != strlen(TEXT_TITLE) ||
	    memcmp(*line, TEXT_TITLE, *len) != 0)
		return true;
	while (next_line(r, line, len) && *len > 4 &&
	    *len <= TEXT_LINE_MAX && memcmp(*line, "    ", 4) == 0)
		for (size_t i = 0; i < *len; i++)
			if ((*line)[i] < ' ' || (*line)[i] > '~')
				return false;
	return true;
}

static enum status
read_pem(const char *name, const char *label, const char *label2,
    const void *data, size_t len, struct bytes *out, struct diag *d)
{
	const char *line = NULL;
	struct reader r;
	size_t n = 0;

	reader_init(&r, name, data, len);
	if (!next_line(&r, &line, &n))
		return diag_set(d, ST_FORMAT, "FORMATS 6.1: empty");
	/* only requests have a second label, and text before them */
	if (label2 != NULL && !skip_text(&r, &line, &n))
		return diag_set(d, ST_FORMAT, "FORMATS 6.1: the text before "
		    "it is not openssl's");
	if (is_line(line, n, "BEGIN", label))
		return read_block(&r, label, out, d);
	if (label2 != NULL && is_line(line, n, "BEGIN", label2))
		return read_block(&r, label2, out, d);
	return diag_set(d, ST_FORMAT, "FORMATS 6.1: neither DER nor PEM that "
	    "begins with %s", label);
}

enum status
ossl_der(const char *name, const char *label, const char *label2,
    const void *data, size_t len, struct bytes *out, struct diag *d)
{
	if (len > 0 && *(const uint8_t *)data == 0x30)
		return bytes_set(out, data, len, d);
	return read_pem(name, label, label2, data, len, out, d);
}

enum status
cert_pem(const struct bytes *der, const char *label, struct bytes *out,
    struct diag *d)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	enum status rc;
	long len;

	if (bio == NULL || PEM_write_bio(bio, label, "", der->data,
	    (long)der->len) <= 0 || (len = BIO_get_mem_data(bio, &text)) <= 0)
		rc = ossl_fail(d, ST_SYSTEM, "PEM could not be written");
	else
		rc = bytes_set(out, text, (size_t)len, d);
	BIO_free(bio);
	return rc;
}
