/* see signed.h */
#include <string.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/signed.h"

#define UNUSED_BITS 0x07 /* ASN1_BIT_STRING flags: bits not used */

static void
frame_free(ASN1_SIGNED *s)
{
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
}

static enum status
frame(const struct bytes *tbs, const struct alg_sig *alg,
    const struct bytes *sig, struct bytes *out, struct diag *d)
{
	ASN1_SIGNED *s;
	enum status rc;

	s = (ASN1_SIGNED *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_SIGNED));
	if (s == NULL || !asn1_set(s->tbs, tbs->data, tbs->len) ||
	    !asn1_set(s->alg, alg->id.der, alg->id.len) ||
	    !asn1_set(s->sig, sig->data, sig->len))
		FAIL(d, ST_SYSTEM, "out of memory");
	/* whole bytes, none of their bits unused */
	s->sig->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	TRY(asn1_write(s, ASN1_ITEM_rptr(ASN1_SIGNED), out, d));
out:
	frame_free(s);
	return rc;
}

enum status
signed_rehearse(const struct bytes *tbs, const char *alg, struct bytes *out,
    struct diag *d)
{
	const struct alg_sig *by = alg_sig(alg);
	const struct key *key;
	struct bytes sig = { 0 };
	enum status rc;

	TRY(key_throwaway(alg, &key, d));
	if (by == NULL)
		FAIL(d, ST_BUG, "a key that signs by no algorithm");
	TRY(sign_once(key, tbs->data, tbs->len, &sig, d));
	TRY(frame(tbs, by, &sig, out, d));
out:
	bytes_free(&sig);
	return rc;
}

static bool
holds(const struct bytes *der, const struct bytes *tbs)
{
	ASN1_SIGNED *s;
	bool same;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), der->data, der->len);
	same = s != NULL && (size_t)ASN1_STRING_length(s->tbs) == tbs->len &&
	    memcmp(ASN1_STRING_get0_data(s->tbs), tbs->data, tbs->len) == 0;
	frame_free(s);
	return same;
}

enum status
signed_make(const struct bytes *tbs, const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	const struct alg_sig *by = alg_sig(key_alg(key));
	struct bytes sig = { 0 };
	enum status rc;

	if (by == NULL)
		FAIL(d, ST_BUG, "a key that signs by no algorithm");
	if (!bytes_equal(&key_public(key)->der, &recorded->der))
		FAIL(d, ST_BUG, "RULES C9: the key is not the one of record");
	if (!holds(linted, tbs))
		FAIL(d, ST_BUG, "what is to be signed is not what was linted");
	TRY(sign_twice(key, tbs->data, tbs->len, &sig, d));
	TRY(frame(tbs, by, &sig, out, d));
out:
	sign_wipe(&sig);
	return rc;
}

const struct alg_sig *
signed_alg(const ASN1_SIGNED *s)
{
	return alg_sig_id(ASN1_STRING_get0_data(s->alg),
	    (size_t)ASN1_STRING_length(s->alg));
}

enum status
signed_verify(const ASN1_SIGNED *s, const struct spki *key, struct diag *d)
{
	const struct alg_sig *alg = signed_alg(s);

	if (alg == NULL)
		return diag_set(d, ST_AUTH, "signed by an algorithm that is "
		    "not known here");
	if ((s->sig->flags & UNUSED_BITS) != 0)
		return diag_set(d, ST_AUTH, "a signature that is not whole "
		    "bytes");
	return sign_verify(key, alg, ASN1_STRING_get0_data(s->tbs),
	    (size_t)ASN1_STRING_length(s->tbs),
	    ASN1_STRING_get0_data(s->sig), (size_t)ASN1_STRING_length(s->sig),
	    d);
}

/* Whether a key of ours signs by that algorithm and no other. */
static bool
is_own(const struct spki *key, const struct alg_sig *alg)
{
	return alg != NULL && (alg->family == ALG_RSA ||
	    strcmp(alg->name, key->alg) == 0);
}

enum status
signed_by(const struct bytes *der, const struct spki *key, struct diag *d)
{
	ASN1_SIGNED *s;
	enum status rc;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), der->data, der->len);
	if (s == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (!is_own(key, signed_alg(s)))
		FAIL(d, ST_AUTH, "not signed by the algorithm of a key of %s",
		    key->alg);
	TRY(signed_verify(s, key, d));
out:
	frame_free(s);
	return rc;
}
