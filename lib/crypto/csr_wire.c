/* see csr_job.h: an answer, written and read.  FORMATS 6.21 has its form. */
#include <string.h>

#include "lib/base/reader.h"
#include "lib/crypto/csr_job.h"

/* --- written --- */

struct page {
	uint8_t *out;
	size_t size, len;
	bool full;
};

static void
put(struct page *p, const void *data, size_t len)
{
	if (p->full || len > p->size - p->len) {
		p->full = true;
		return;
	}
	if (len > 0)
		memcpy(p->out + p->len, data, len);
	p->len += len;
}

static void
put8(struct page *p, unsigned value)
{
	const uint8_t byte = (uint8_t)value;

	put(p, &byte, 1);
}

static void
put_part(struct page *p, const uint8_t *data, size_t len)
{
	if (len > UINT16_MAX)
		p->full = true;
	put8(p, (unsigned)(len >> 8));
	put8(p, (unsigned)len);
	put(p, data, len);
}

bool
csr_answer_write(const struct csr_answer *a, uint8_t *out, size_t size,
    size_t *len)
{
	struct page p = { out, size, 0, false };

	put8(&p, a->form);
	put8(&p, alg_key_number(a->key.alg));
	put8(&p, a->alg == NULL ? 0 : alg_sig_number(a->alg));
	put8(&p, a->has_attributes);
	put_part(&p, a->key.a.data, a->key.a.len);
	put_part(&p, a->key.b.data, a->key.b.len);
	put_part(&p, a->subject.data, a->subject.len);
	put_part(&p, a->attributes.data, a->attributes.len);
	put_part(&p, a->sig.data, a->sig.len);
	put_part(&p, a->text.data, a->text.len);
	*len = p.len;
	return !p.full;
}

/* --- read --- */

static enum status
read_part(struct reader *r, struct csr_part *out, struct diag *d)
{
	uint16_t len = 0;
	enum status rc;

	TRY(reader_u16(r, &len, d));
	if (len > r->len - r->at)
		FAIL(d, ST_FORMAT, "%s: it ends too early", r->name);
	*out = (struct csr_part){ r->data + r->at, len };
	r->at += len;
out:
	return rc;
}

static enum status
read_numbers(struct reader *r, struct spki_raw *key, struct diag *d)
{
	struct csr_part a = { 0 }, b = { 0 };
	enum status rc;

	TRY(read_part(r, &a, d));
	TRY(read_part(r, &b, d));
	TRY(bytes_set(&key->a, a.data, a.len, d));
	TRY(bytes_set(&key->b, b.data, b.len, d));
out:
	return rc;
}

static enum status
read_kinds(struct reader *r, struct csr_answer *a, struct diag *d)
{
	uint8_t form = 0, key = 0, sig = 0, attributes = 0;
	enum status rc;

	TRY(reader_u8(r, &form, d));
	TRY(reader_u8(r, &key, d));
	TRY(reader_u8(r, &sig, d));
	TRY(reader_u8(r, &attributes, d));
	a->form = (enum csr_form)form;
	a->key.alg = alg_key_at(key);
	a->alg = alg_sig_at(sig);
	a->has_attributes = attributes == 1;
	if (form >= CSR_FORMS || a->key.alg == NULL ||
	    (a->alg == NULL) != (sig == 0) || attributes > 1)
		FAIL(d, ST_FORMAT, "%s: it has a number that is none",
		    r->name);
out:
	return rc;
}

/* The numbers of a key are as long as it has them. */
static bool
key_fits(const struct spki_raw *key)
{
	const struct alg_key *a = key->alg;

	if (a->family == ALG_RSA)
		return key->a.len > 0 && key->b.len > 0;
	return key->b.len == 0 && key->a.len == (a->family == ALG_EC ?
	    2 * alg_half(a) : a->bits_len);
}

static bool
sig_fits(const struct csr_answer *a)
{
	if (a->alg == NULL)
		return a->sig.len == 0;
	if (a->alg->family != ALG_EC || a->sig.len == 0)
		return true;
	return a->key.alg->family == ALG_EC &&
	    a->sig.len == 2 * alg_half(a->key.alg);
}

/* ASCII that was escaped already. */
static bool
is_printable(const struct csr_part *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] < ' ' || text->data[i] > '~')
			return false;
	}
	return text->len < CSR_SUBJECT_SIZE;
}

enum status
csr_answer_read(const uint8_t *data, size_t len, struct csr_answer *out,
    struct diag *d)
{
	struct reader r;
	enum status rc;

	memset(out, 0, sizeof(*out));
	reader_init(&r, "FORMATS 6.21: answer of the request reader", data,
	    len);
	TRY(read_kinds(&r, out, d));
	TRY(read_numbers(&r, &out->key, d));
	TRY(read_part(&r, &out->subject, d));
	TRY(read_part(&r, &out->attributes, d));
	TRY(read_part(&r, &out->sig, d));
	TRY(read_part(&r, &out->text, d));
	TRY(reader_done(&r, d));
	if (!key_fits(&out->key) || !sig_fits(out) ||
	    !is_printable(&out->text) ||
	    (!out->has_attributes && out->attributes.len > 0))
		FAIL(d, ST_FORMAT, "%s: it has a part that cannot be", r.name);
out:
	if (rc != ST_OK)
		csr_answer_clear(out);
	return rc;
}

void
csr_answer_clear(struct csr_answer *a)
{
	spki_raw_clear(&a->key);
	memset(a, 0, sizeof(*a));
}
