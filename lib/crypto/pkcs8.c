/* see pkcs8.h */
#include <string.h>

#include "lib/crypto/pkcs8.h"
#include "lib/crypto/strict.h"
#include "lib/crypto/tlv.h"

#define TAG_INTEGER 0x02
#define TAG_OCTETS 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SEED 0x80 /* [0], primitive: RFC 9881 */
#define TAG_CONTEXT_0 0xa0
#define TAG_CONTEXT_1 0xa1

#define NOT_A_KEY "not one private key in DER: PKCS #8, SEC 1 or PKCS #1"
#define WHICH "a root's key is ecdsa-p256, ecdsa-p384, ed25519, or RSA"
#define WRITE_ROOM 64 /* bytes of headers, more than enough */
#define ML_DSA_SEED 32

void
pkcs8_clear(struct pkcs8 *p)
{
	for (size_t i = 0; i < PKCS8_PARTS; i++)
		secret_free(p->part[i]);
	memset(p, 0, sizeof(*p));
}

/* --- reading --- */

struct walk {
	const uint8_t *at;
	size_t left;
};

/* The next element, if it has that tag. */
static bool
take(struct walk *w, uint8_t tag, struct strict_element *e)
{
	struct walk ahead = *w;

	if (!strict_next(&ahead.at, &ahead.left, e) || e->tag != tag)
		return false;
	*w = ahead;
	return true;
}

/* The tag of the next element; 0: there is none. */
static uint8_t
peek(const struct walk *w)
{
	return w->left == 0 ? 0 : w->at[0];
}

static struct walk
into(const struct strict_element *e)
{
	return (struct walk){ e->body, e->len };
}

static enum status
add_part(struct pkcs8 *p, const uint8_t *data, size_t len, struct diag *d)
{
	enum status rc;

	if (p->n == PKCS8_PARTS || len == 0)
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	TRY(secret_new(len, &p->part[p->n], d));
	memcpy(secret_bytes(p->part[p->n++]), data, len);
out:
	return rc;
}

/* A number above 0. */
static enum status
add_number(struct pkcs8 *p, struct walk *w, struct diag *d)
{
	struct strict_element e;

	if (!take(w, TAG_INTEGER, &e) || e.len == 0 || e.body[0] >= 0x80)
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	if (e.body[0] == 0) {
		e.body++;
		e.len--;
	}
	return add_part(p, e.body, e.len, d);
}

/* A DSA key as OpenSSL once wrote it begins like one of RSA. */
static enum status
read_rsa(struct walk w, struct pkcs8 *p, struct diag *d)
{
	struct strict_element version;
	enum status rc;

	if (!take(&w, TAG_INTEGER, &version) || version.len != 1)
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	if (version.body[0] != 0)
		FAIL(d, ST_POLICY, "an RSA key of more than two primes");
	p->alg = alg_key("rsa");
	for (size_t i = 0; i < PKCS8_PARTS; i++) {
		if (w.left == 0 && i == 5)
			FAIL(d, ST_POLICY, "a DSA key: " WHICH);
		TRY(add_number(p, &w, d));
	}
	if (w.left != 0)
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	rc = ST_OK;
out:
	return rc;
}

/* The curve whose AlgorithmIdentifier ends with this object identifier. */
static const struct alg_key *
curve_of(const struct strict_element *oid)
{
	static const char *const names[] = { "ecdsa-p256", "ecdsa-p384",
		"ecdsa-p521" };
	const size_t len = (size_t)(oid->body - oid->start) + oid->len;
	const struct alg_key *a;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		a = alg_key(names[i]);
		if (len < a->id.len && memcmp(a->id.der + a->id.len - len,
		    oid->start, len) == 0)
			return a;
	}
	return NULL;
}

/* ${named}: the curve as it was said outside, or NULL. */
static enum status
read_ec(struct walk w, const struct alg_key *named, struct pkcs8 *p,
    struct diag *d)
{
	struct strict_element version, scalar, e, oid = { 0 };
	struct walk in;
	enum status rc;

	if (!take(&w, TAG_INTEGER, &version) || version.len != 1 ||
	    version.body[0] != 1 || !take(&w, TAG_OCTETS, &scalar))
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	p->alg = named;
	if (take(&w, TAG_CONTEXT_0, &e)) {
		in = into(&e);
		p->alg = take(&in, TAG_OID, &oid) && in.left == 0 ?
		    curve_of(&oid) : NULL;
	}
	if (p->alg == NULL || (named != NULL && p->alg != named))
		FAIL(d, ST_POLICY, "its curve is not named, or none of P-256 "
		    "and P-384");
	/* its public half, if it is there, and nothing else */
	if (w.left > 0 && !take(&w, TAG_CONTEXT_1, &e))
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	if (w.left != 0 || scalar.len != alg_half(p->alg))
		FAIL(d, ST_FORMAT, NOT_A_KEY);
	TRY(add_part(p, scalar.body, scalar.len, d));
out:
	return rc;
}

static enum status
read_edwards(struct walk w, const struct alg_key *a, struct pkcs8 *p,
    struct diag *d)
{
	struct strict_element seed;

	if (!take(&w, TAG_OCTETS, &seed) || w.left != 0 ||
	    seed.len != a->seed_len)
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	p->alg = a;
	return add_part(p, seed.body, seed.len, d);
}

/* What stands behind the version of a PrivateKeyInfo. */
static enum status
read_info(struct walk w, struct pkcs8 *p, struct diag *d)
{
	struct strict_element id, key;
	const struct alg_key *a;
	struct walk in;
	size_t len;

	if (!take(&w, TAG_SEQUENCE, &id) || !take(&w, TAG_OCTETS, &key))
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	len = (size_t)(id.body - id.start) + id.len;
	if ((a = alg_key_id(id.start, len)) == NULL || a->family == ALG_PQ)
		return diag_set(d, ST_POLICY, "of an algorithm that no root "
		    "is adopted with: " WHICH);
	in = into(&key);
	if (a->family == ALG_EDWARDS)
		return read_edwards(in, a, p, d);
	if (!take(&in, TAG_SEQUENCE, &key) || in.left != 0)
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	return a->family == ALG_RSA ? read_rsa(into(&key), p, d) :
				      read_ec(into(&key), a, p, d);
}

static enum status
read_any(const struct secret *der, struct pkcs8 *p, struct diag *d)
{
	struct walk w = { secret_peek(der), secret_len(der) }, inside;
	struct strict_element whole, version;

	if (!strict_der(w.at, w.left) || !take(&w, TAG_SEQUENCE, &whole))
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	inside = w = into(&whole);
	if (!take(&w, TAG_INTEGER, &version) || version.len != 1)
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	switch (peek(&w)) {
	case TAG_SEQUENCE:
		return read_info(w, p, d);
	case TAG_OCTETS:
		return read_ec(inside, NULL, p, d);
	case TAG_INTEGER:
		return read_rsa(inside, p, d);
	default:
		return diag_set(d, ST_FORMAT, NOT_A_KEY);
	}
}

enum status
pkcs8_read(const struct secret *der, struct pkcs8 *out, struct diag *d)
{
	enum status rc;

	memset(out, 0, sizeof(*out));
	if ((rc = read_any(der, out, d)) != ST_OK)
		pkcs8_clear(out);
	return rc;
}

/* --- writing, from the end --- */

static void
put_part(struct tlv *w, const struct secret *s)
{
	const size_t end = w->at;

	tlv_put(w, secret_peek(s), secret_len(s));
	tlv_wrap(w, TAG_OCTETS, end);
}

static void
put_ec(struct tlv *w, const struct pkcs8 *p, const struct spki *pub)
{
	static const uint8_t one = 1;
	const size_t len = p->alg->bits_len, end = w->at;

	/* the key bits end a SubjectPublicKeyInfo */
	tlv_put(w, pub->der.data + pub->der.len - len, len);
	tlv_bits(w, end);
	tlv_wrap(w, TAG_CONTEXT_1, end);
	put_part(w, p->part[0]);
	tlv_number(w, &one, 1);
	tlv_wrap(w, TAG_SEQUENCE, end);
}

static void
put_rsa(struct tlv *w, const struct pkcs8 *p)
{
	const size_t end = w->at;

	for (size_t i = p->n; i-- > 0;)
		tlv_number(w, secret_peek(p->part[i]),
		    secret_len(p->part[i]));
	tlv_number(w, NULL, 0);
	tlv_wrap(w, TAG_SEQUENCE, end);
}

/* Of ML-DSA the seed alone (RFC 9881); of SLH-DSA all three, and behind them
 * the last part of the public key (RFC 9909). */
static void
put_pq(struct tlv *w, const struct secret *seed, const struct spki *pub)
{
	const size_t len = secret_len(seed), end = w->at;
	const size_t root = len == ML_DSA_SEED ? 0 : len / 3;

	tlv_put(w, pub->der.data + pub->der.len - root, root);
	tlv_put(w, secret_peek(seed), len);
	if (root == 0)
		tlv_wrap(w, TAG_SEED, end);
}

static void
put_info(struct tlv *w, const struct pkcs8 *p, const struct spki *pub)
{
	const size_t end = w->at;

	switch (p->alg->family) {
	case ALG_EC:
		put_ec(w, p, pub);
		break;
	case ALG_RSA:
		put_rsa(w, p);
		break;
	case ALG_EDWARDS:
		put_part(w, p->part[0]);
		break;
	case ALG_PQ:
		put_pq(w, p->part[0], pub);
		break;
	}
	tlv_wrap(w, TAG_OCTETS, end);
	tlv_put(w, p->alg->id.der, p->alg->id.len);
	tlv_number(w, NULL, 0);
	tlv_wrap(w, TAG_SEQUENCE, end);
}

enum status
pkcs8_write(const struct pkcs8 *p, const struct spki *pub,
    struct secret **out, struct diag *d)
{
	struct secret *room = NULL;
	size_t len = WRITE_ROOM + pub->der.len;
	struct tlv w = { 0 };
	enum status rc;

	for (size_t i = 0; i < p->n; i++)
		len += secret_len(p->part[i]) + 8;
	TRY(secret_new(len, &room, d));
	w.data = secret_bytes(room);
	w.at = len;
	put_info(&w, p, pub);
	if (w.full)
		FAIL(d, ST_BUG, "a private key has no room");
	TRY(secret_new(len - w.at, out, d));
	memcpy(secret_bytes(*out), w.data + w.at, len - w.at);
out:
	secret_free(room);
	return rc;
}
