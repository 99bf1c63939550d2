/* see key_pem.h */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/crypto/key_pem.h"
#include "lib/crypto/pbes2.h"

static const char *const labels[] = { "PRIVATE KEY", PBES2_LABEL,
	"EC PRIVATE KEY", "RSA PRIVATE KEY" };
#define NLABELS (sizeof(labels) / sizeof(labels[0]))

/* ${text} in ${[at, at + len)}, or NULL. */
static const char *
find(const char *at, size_t len, const char *text)
{
	return memmem(at, len, text, strlen(text));
}

/* Behind the end of a line, LF or CR LF; NULL: none is here. */
static const char *
past_line(const char *at, size_t len)
{
	const size_t cr = len > 0 && *at == '\r';

	return len > cr && at[cr] == '\n' ? at + cr + 1 : NULL;
}

/* The block called ${label}, if there is one; it is empty where there are
 * two. */
static bool
find_block(const struct secret *file, const char *label, struct key_pem *out)
{
	const char *text = (const char *)secret_peek(file), *end;
	const char *const last = text + secret_len(file);
	char mark[64];

	snprintf(mark, sizeof(mark), "-----BEGIN %s-----", label);
	if ((out->at = find(text, secret_len(file), mark)) == NULL)
		return false;
	out->at += strlen(mark);
	out->at = past_line(out->at, (size_t)(last - out->at));
	if (out->at == NULL)
		return false;
	if (find(out->at, (size_t)(last - out->at), mark) != NULL)
		return true;
	snprintf(mark, sizeof(mark), "\n-----END %s-----", label);
	end = find(out->at, (size_t)(last - out->at), mark);
	out->len = end == NULL ? 0 : (size_t)(end - out->at);
	return true;
}

/* The lines up to an empty one, when the first is one of them. */
static bool
split_headers(struct key_pem *b)
{
	const char *const last = b->at + b->len;
	const char *at = b->at, *next;
	size_t n = 0;

	if (b->len < 10 || memcmp(b->at, "Proc-Type:", 10) != 0)
		return true;
	while ((next = past_line(at, (size_t)(last - at))) == NULL) {
		for (; at < last && past_line(at, (size_t)(last - at)) == NULL;
		     at++) {
			if (n + 2 >= sizeof(b->headers))
				return false;
			b->headers[n++] = *at;
		}
		if (at == last)
			return false;
		b->headers[n++] = '\n';
		at = past_line(at, (size_t)(last - at));
	}
	b->headers[n] = '\0';
	b->len = (size_t)(last - next);
	b->at = next;
	return true;
}

bool
key_pem_find(const struct secret *file, struct key_pem *out)
{
	struct key_pem b;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < NLABELS; i++) {
		memset(&b, 0, sizeof(b));
		if (!find_block(file, labels[i], &b))
			continue;
		n++;
		*out = b;
		out->sealed = strcmp(labels[i], PBES2_LABEL) == 0;
	}
	return n == 1 && out->len > 0 && split_headers(out);
}

/* EVP_DecodeBlock keeps nothing. */
enum status
key_pem_decode(const struct key_pem *b, struct secret **out, struct diag *d)
{
	struct secret *text = NULL, *room = NULL;
	size_t n = 0, pad = 0;
	enum status rc;
	int got;

	TRY(secret_new(b->len, &text, d));
	for (size_t i = 0; i < b->len; i++) {
		if (b->at[i] != '\n' && b->at[i] != '\r')
			secret_bytes(text)[n++] = (uint8_t)b->at[i];
	}
	while (pad < 2 && pad < n && secret_peek(text)[n - 1 - pad] == '=')
		pad++;
	TRY(secret_new(n + 1, &room, d));
	got = n % 4 != 0 ? -1 : EVP_DecodeBlock(secret_bytes(room),
	    secret_peek(text), (int)n);
	if (got <= (int)pad)
		FAIL(d, ST_FORMAT, "its PEM is not base64");
	TRY(secret_new((size_t)got - pad, out, d));
	memcpy(secret_bytes(*out), secret_peek(room), (size_t)got - pad);
out:
	secret_free(text);
	secret_free(room);
	return rc;
}
