/* see parcel.h: what a parcel may hold depends on what it is for. */
#include <string.h>

#include "lib/base/ini.h"
#include "lib/crypto/bundle.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/key_file.h"
#include "lib/crypto/seal.h"
#include "lib/pki/der.h"
#include "lib/record/entry.h"
#include "lib/record/parcel.h"

/* Each takes a file by its own reader, so that nobody opens a parcel of
 * requests and finds something else. */
typedef enum status take(const struct parcel_file *f, struct diag *d);

static enum status
take_csr(const struct parcel_file *f, struct diag *d)
{
	struct csr *c = NULL;
	enum status rc;

	TRY(csr_read(f->name, f->data, f->len, &c, d));
	TRY(csr_check(f->name, c, d));
out:
	csr_free(c);
	return rc;
}

static enum status
take_cert(const struct parcel_file *f, struct diag *d)
{
	struct cert *c = NULL;
	enum status rc;

	rc = cert_read(f->name, f->data, f->len, &c, d);
	cert_free(c);
	return rc;
}

static enum status
take_list(const struct parcel_file *f, struct diag *d)
{
	struct crl *c = NULL;
	enum status rc;

	rc = crl_read(f->name, f->data, f->len, &c, d);
	crl_free(c);
	return rc;
}

static enum status
take_bundle(const struct parcel_file *f, struct diag *d)
{
	struct bundle *b = NULL;
	enum status rc;

	rc = bundle_read(f->name, f->data, f->len, &b, d);
	bundle_free(b);
	return rc;
}

static enum status
take_entry(const struct parcel_file *f, struct diag *d)
{
	struct bytes text = { 0 };
	struct entry e = { 0 };
	enum status rc;

	TRY(bytes_set(&text, f->data, f->len, d));
	TRY(entry_read(f->name, &text, &e, d));
out:
	entry_clear(&e);
	bytes_free(&text);
	return rc;
}

/* Signatures and envelopes are read with the keys that they are for; here one
 * element of DER is enough. */
static enum status
take_der(const struct parcel_file *f, struct diag *d)
{
	struct reader r = { 0 }, in = { 0 };

	reader_init(&r, f->name, f->data, f->len);
	if (der_open(&r, DER_SEQUENCE, &in, NULL) != ST_OK ||
	    reader_done(&r, NULL) != ST_OK)
		return diag_set(d, ST_FORMAT, "%s: FORMATS 10.6: not one "
		    "element of DER, or something behind it", f->name);
	return ST_OK;
}

/* Text that people and later readers judge: UTF-8 without control characters
 * but the line feed. */
static enum status
take_text(const struct parcel_file *f, struct diag *d)
{
	const char *text = (const char *)f->data;
	uint32_t c = 0;
	size_t n;

	for (size_t i = 0; i < f->len; i += n) {
		n = text_scalar(text + i, f->len - i, &c);
		if (n == 0 || c == 0x7f || (c < ' ' && c != '\n') ||
		    (c >= 0x80 && c < 0xa0))
			return diag_set(d, ST_FORMAT, "%s: FORMATS 10.6: not "
			    "plain text at byte %zu", f->name, i);
	}
	return ST_OK;
}

/* A key that its root's seed opens: what is in it nobody here can know. */
static enum status
take_key(const struct parcel_file *f, struct diag *d)
{
	static const char head[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n";

	if (f->len < strlen(head) || memcmp(f->data, head, strlen(head)) != 0)
		return diag_set(d, ST_FORMAT, "%s: FORMATS 10.6: not an "
		    "encrypted private key in PEM", f->name);
	return take_text(f, d);
}

static const struct kind {
	const char *ending;
	size_t max; /* bytes of one file */
	take *take;
} kinds[] = {
	{ ".csr", CSR_MAX, take_csr },
	{ ".crt", CERT_MAX, take_cert },
	{ ".crl", CRL_MAX, take_list },
	{ ".crl.pem", CRL_MAX, take_list },
	{ ".der", BUNDLE_MAX, take_bundle },
	{ ".p7s", 65536, take_der },
	{ ".p7m", SEAL_MAX, take_der },
	{ ".p8", KEY_FILE_MAX, take_key },
	{ ".ini", INI_FILE_MAX, take_text },
	{ ".json", ENTRY_MAX, take_entry },
	{ ".line", 4096, take_text },
	{ ".minisig", 4096, take_text },
	{ ".txt", 65536, take_text },
};

/* FORMATS 10.6 has this table for people. */
static const struct purpose {
	const char *name;
	size_t files;		/* at most */
	const char *needs;	/* an ending that a file must have, or NULL */
	size_t most;		/* files of that ending */
	const char *endings;	/* that files may have, a blank between two */
} purposes[] = {
	{ "plan", 256, ".ini", 1, ".ini .csr .crt .p7s .minisig .txt" },
	{ "request", 256, ".csr", 256, ".csr" },
	{ "result", 1024, NULL, 0, ".crt .crl .crl.pem .der .p7s .p7m "
	    ".p8" },
	{ "countersign", 64, NULL, 0, ".line .p7s .minisig" },
	{ "release", 64, NULL, 0, ".crl .crl.pem" },
	{ "state", PARCEL_FILES_MAX, ".json", PARCEL_FILES_MAX,
	    ".json .line .p7s .ini .csr .crt .crl .p7m .p8 .der .minisig "
	    ".txt" },
};
#define PURPOSES (sizeof(purposes) / sizeof(purposes[0]))

const char *
parcel_purpose(size_t i)
{
	return i < PURPOSES ? purposes[i].name : NULL;
}

/* The longest ending that a name has: "g1.crl.pem" is no ".pem". */
static const struct kind *
kind_of(const char *name)
{
	const struct kind *best = NULL;
	size_t len;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		len = strlen(kinds[i].ending);
		if (strlen(name) > len &&
		    strcmp(name + strlen(name) - len, kinds[i].ending) == 0 &&
		    (best == NULL || len > strlen(best->ending)))
			best = &kinds[i];
	}
	return best;
}

static enum status
check_file(const struct purpose *u, const struct parcel_file *f,
    const struct kind **kind, struct diag *d)
{
	const struct kind *k = kind_of(f->name);

	if (k == NULL || !text_listed(u->endings, ' ', k->ending))
		return diag_set(d, ST_POLICY, "%s: FORMATS 10.6: a parcel of "
		    "purpose %s has files in %s only", f->name, u->name,
		    u->endings);
	if (f->len > k->max)
		return diag_set(d, ST_POLICY, "%s: FORMATS 10.6: %zu bytes; a "
		    "file in %s has at most %zu", f->name, f->len, k->ending,
		    k->max);
	*kind = k;
	return ST_OK;
}

/* Names, counts and sizes. */
static enum status
check_names(const struct purpose *u, const struct parcel *p, struct diag *d)
{
	const struct kind *k = NULL;
	size_t needed = 0;
	enum status rc;

	if (p->n > u->files)
		FAIL(d, ST_POLICY, "FORMATS 10.6: %zu files; one of purpose "
		    "%s has at most %zu", p->n, u->name, u->files);
	for (size_t i = 0; i < p->n; i++) {
		TRY(check_file(u, &p->file[i], &k, d));
		needed += u->needs != NULL && strcmp(k->ending, u->needs) == 0;
	}
	if (u->needs != NULL && (needed < 1 || needed > u->most))
		FAIL(d, ST_POLICY, "FORMATS 10.6: %zu files in %s; one of "
		    "purpose %s has 1 to %zu", needed, u->needs, u->name,
		    u->most);
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_files(const struct purpose *u, const struct parcel *p, struct diag *d)
{
	const struct kind *k = NULL;
	enum status rc;

	for (size_t i = 0; i < p->n && p->file[i].data != NULL; i++) {
		TRY(check_file(u, &p->file[i], &k, d));
		TRY(k->take(&p->file[i], d));
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
find_purpose(const char *name, const struct parcel *p,
    const struct purpose **out, struct diag *d)
{
	for (size_t i = 0; i < PURPOSES; i++) {
		*out = &purposes[i];
		if (strcmp(purposes[i].name, p->purpose) == 0)
			return ST_OK;
	}
	return diag_set(d, ST_POLICY, "%s: FORMATS 10.6: there is no purpose "
	    "\"%s\"", name, p->purpose);
}

enum status
parcel_names(const char *name, const struct parcel *p, struct diag *d)
{
	const struct purpose *u;
	enum status rc;

	TRY(find_purpose(name, p, &u, d));
	if ((rc = check_names(u, p, d)) != ST_OK)
		diag_prefix(d, "%s", name);
out:
	return rc;
}

enum status
parcel_policy(const char *name, const struct parcel *p, struct diag *d)
{
	const struct purpose *u;
	enum status rc;

	/* of all files, before any is read */
	TRY(parcel_names(name, p, d));
	TRY(find_purpose(name, p, &u, d));
	if ((rc = read_files(u, p, d)) != ST_OK)
		diag_prefix(d, "%s", name);
out:
	return rc;
}
