/* see csr.h
 *
 * The parent's side.  It reads no DER of a stranger's: it writes the request
 * again, out of what its child answered, and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "lib/base/sandbox.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/csr_job.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/tlv.h"

#define MEMORY ((size_t)64 << 20) /* bytes */
#define CPU_S 2
#define WAIT_MS 60000
#define WRITE_ROOM 128 /* bytes around the parts of a request */

static const struct sandbox_job job = { "request reader", CSR_MAX,
	CSR_ANSWER_MAX, MEMORY, CPU_S, WAIT_MS, NULL, csr_shape };

/* The one of this process, from its first request on; NULL: none. */
static struct sandbox *child;

void
csr_free(struct csr *c)
{
	if (c == NULL)
		return;
	bytes_free(&c->der);
	bytes_free(&c->sig);
	spki_clear(&c->key);
	free(c);
}

/* --- what is answered is in the file --- */

/* As it is in DER: two numbers of ECDSA, else as it is. */
static void
write_signature(struct tlv *w, const struct csr_answer *a)
{
	const size_t end = w->at, half = a->sig.len / 2;

	if (a->alg->family != ALG_EC) {
		tlv_put(w, a->sig.data, a->sig.len);
		return;
	}
	tlv_number(w, a->sig.data + half, half);
	tlv_number(w, a->sig.data, half);
	tlv_wrap(w, TLV_SEQUENCE, end);
}

/* What is signed. */
static void
write_info(struct tlv *w, const struct csr_answer *a, const struct spki *key)
{
	static const uint8_t version[] = { 0 };
	const size_t end = w->at;
	size_t part;

	if (a->has_attributes) {
		tlv_put(w, a->attributes.data, a->attributes.len);
		tlv_wrap(w, TLV_CONTEXT_0, end);
	}
	tlv_put(w, key->der.data, key->der.len);
	part = w->at;
	tlv_put(w, a->subject.data, a->subject.len);
	tlv_wrap(w, TLV_SEQUENCE, part);
	tlv_number(w, version, sizeof(version));
	tlv_wrap(w, TLV_SEQUENCE, end);
}

/* The one request in DER that has these parts. */
static enum status
write_request(struct tlv *w, const struct csr_answer *a, struct csr *out,
    struct diag *d)
{
	const size_t room = w->at;
	size_t end;
	enum status rc;

	write_signature(w, a);
	TRY(bytes_set(&out->sig, w->data + w->at, room - w->at, d));
	tlv_bits(w, room);
	tlv_put(w, a->alg->id.der, a->alg->id.len);
	end = w->at;
	write_info(w, a, &out->key);
	out->info_len = end - w->at;
	end = w->at;
	tlv_wrap(w, TLV_SEQUENCE, room);
	out->info_at = end - w->at;
	if (w->full)
		FAIL(d, ST_FORMAT, "FORMATS 6.22: more than a request has "
		    "room for");
	TRY(bytes_set(&out->der, w->data + w->at, room - w->at, d));
out:
	return rc;
}

static enum status
compare(const struct bytes *file, enum csr_form form, const struct bytes *der,
    struct diag *d)
{
	enum status rc;

	if (form == CSR_DER)
		return bytes_equal(file, der) ? ST_OK : ST_FORMAT;
	TRY(csr_pem_before(file, d));
	TRY(csr_pem_same(file, csr_label(form), der, d));
out:
	return rc;
}

/* The file is that request, and nothing but it. */
static enum status
find_in_file(const struct bytes *file, enum csr_form form,
    const struct bytes *der, struct diag *d)
{
	const enum status rc = compare(file, form, der, NULL);

	if (rc == ST_SYSTEM)
		return diag_set(d, rc, "out of memory");
	if (rc != ST_OK)
		return diag_set(d, ST_FORMAT, "FORMATS 6.22: the request "
		    "reader answered for another request than this one");
	return ST_OK;
}

enum status
csr_believe(const struct csr_answer *answer, const struct bytes *file,
    struct csr *out, struct diag *d)
{
	const size_t room = CSR_MAX + WRITE_ROOM;
	struct tlv w = { NULL, room, false };
	enum status rc;

	TRY(spki_join(&answer->key, &out->key, d));
	snprintf(out->alg, sizeof(out->alg), "%s",
	    answer->alg == NULL ? "?" : answer->alg->name);
	memcpy(out->subject, answer->text.data, answer->text.len);
	/* csr_check refuses it, whatever else is in it */
	if (answer->alg == NULL || answer->sig.len == 0)
		return ST_OK;
	if ((w.data = malloc(room)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(write_request(&w, answer, out, d));
	TRY(find_in_file(file, answer->form, &out->der, d));
	hash_sha384(out->der.data, out->der.len, out->id);
out:
	free(w.data);
	return rc;
}

/* --- shape --- */

/* What the child says of the file; borrowed from it. */
static enum status
ask(const struct bytes *file, const uint8_t **said, size_t *len,
    struct diag *d)
{
	enum status rc;

	if (child == NULL)
		TRY(sandbox_start(&job, &child, d));
	memcpy(sandbox_desk(child), file->data, file->len);
	TRY(sandbox_send(child, file->len, d));
	TRY(sandbox_receive(child, said, len, d));
out:
	return rc;
}

void
csr_rest(void)
{
	sandbox_free(child);
	child = NULL;
}

static enum status
read_file(const struct bytes *file, struct csr *c, struct diag *d)
{
	struct csr_answer a = { 0 };
	const uint8_t *said = NULL;
	size_t len = 0;
	enum status rc;

	TRY(ask(file, &said, &len, d));
	TRY(csr_answer_read(said, len, &a, d));
	TRY(csr_believe(&a, file, c, d));
out:
	csr_answer_clear(&a);
	return rc;
}

enum status
csr_read(const char *name, const void *data, size_t len, struct csr **out,
    struct diag *d)
{
	struct bytes file = { 0 };
	struct csr *c = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CSR_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: a request has 1 to %d bytes",
		    CSR_MAX);
	TRY(bytes_set(&file, data, len, d));
	TRY(read_file(&file, c, d));
	*out = c;
	c = NULL;
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	bytes_free(&file);
	csr_free(c);
	return rc;
}

/* --- self-consistency --- */

enum status
csr_check(const char *name, const struct csr *c, struct diag *d)
{
	const struct alg_sig *alg = alg_sig(c->alg);

	if (alg == NULL)
		return diag_set(d, ST_AUTH, "%s: FORMATS 6.10: it is signed "
		    "by an algorithm that is not known here, or is weaker "
		    "than SHA-256", name);
	if (c->sig.len == 0 || sign_verify(&c->key, alg,
	    c->der.data + c->info_at, c->info_len, c->sig.data, c->sig.len,
	    NULL) != ST_OK)
		return diag_set(d, ST_AUTH, "%s: FORMATS 6.10: it is not "
		    "signed with its own key", name);
	return ST_OK;
}
