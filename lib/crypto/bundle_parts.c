/* see bundle_parts.h */
#include <stdio.h>
#include <string.h>

#include "lib/crypto/bundle_parts.h"
#include "lib/crypto/ossl.h"

static bool
put_octets(ASN1_OCTET_STRING *s, const uint8_t *data, size_t len)
{
	return ASN1_OCTET_STRING_set(s, data, (int)len) == 1;
}

/* Exactly ${len} bytes. */
static bool
get_octets(const ASN1_OCTET_STRING *s, uint8_t *out, size_t len)
{
	if ((size_t)ASN1_STRING_length(s) != len)
		return false;
	memcpy(out, ASN1_STRING_get0_data(s), len);
	return true;
}

/* A digest, or nothing where there is none. */
static bool
put_digest(ASN1_OCTET_STRING *s, bool none, const uint8_t digest[SHA384_LEN])
{
	return put_octets(s, digest, none ? 0 : SHA384_LEN);
}

static bool
get_digest(const ASN1_OCTET_STRING *s, bool *none, uint8_t out[SHA384_LEN])
{
	*none = ASN1_STRING_length(s) == 0;
	return *none || get_octets(s, out, SHA384_LEN);
}

static bool
get_small(const ASN1_INTEGER *n, unsigned *out)
{
	uint64_t v;

	if (ASN1_INTEGER_get_uint64(&v, n) != 1 || v > BUNDLE_LEVEL_MAX)
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
put_place(const struct bundle *b, void *value)
{
	ASN1_PLACE *v = value;

	return ASN1_INTEGER_set_uint64(v->era, b->era) == 1 &&
	    ASN1_INTEGER_set_uint64(v->seq, b->seq) == 1 &&
	    put_digest(v->previous, b->first, b->previous);
}

static bool
get_place(const void *value, struct bundle *b)
{
	const ASN1_PLACE *v = value;

	return ASN1_INTEGER_get_uint64(&b->era, v->era) == 1 &&
	    ASN1_INTEGER_get_uint64(&b->seq, v->seq) == 1 &&
	    get_digest(v->previous, &b->first, b->previous);
}

static bool
put_time(ASN1_GENERALIZEDTIME *t, int64_t time)
{
	return ASN1_GENERALIZEDTIME_set(t, (time_t)time) != NULL;
}

static bool
put_dates(const struct bundle *b, void *value)
{
	ASN1_DATES *v = value;

	return put_time(v->not_before, b->not_before) &&
	    put_time(v->not_after, b->not_after) &&
	    put_time(v->horizon, b->horizon);
}

static bool
get_dates(const void *value, struct bundle *b)
{
	const ASN1_DATES *v = value;

	return ossl_time(v->not_before, &b->not_before, NULL) == ST_OK &&
	    ossl_time(v->not_after, &b->not_after, NULL) == ST_OK &&
	    ossl_time(v->horizon, &b->horizon, NULL) == ST_OK;
}

static bool
put_rules(const struct bundle *b, void *value)
{
	ASN1_RULES *v = value;

	v->break_glass = b->break_glass ? 0xff : 0;
	return ASN1_INTEGER_set_uint64(v->threshold, b->threshold) == 1 &&
	    ASN1_INTEGER_set_uint64(v->next_threshold,
	    b->next_threshold) == 1 &&
	    ASN1_INTEGER_set_uint64(v->level, b->level) == 1 &&
	    ASN1_ENUMERATED_set_int64(v->succession, b->succession) == 1 &&
	    ASN1_ENUMERATED_set_int64(v->expiry, b->expiry) == 1;
}

static bool
get_rules(const void *value, struct bundle *b)
{
	const ASN1_RULES *v = value;
	int64_t succession, expiry;

	if (!get_small(v->threshold, &b->threshold) ||
	    !get_small(v->next_threshold, &b->next_threshold) ||
	    !get_small(v->level, &b->level) ||
	    ASN1_ENUMERATED_get_int64(&succession, v->succession) != 1 ||
	    ASN1_ENUMERATED_get_int64(&expiry, v->expiry) != 1 ||
	    succession < 0 || succession > NEXT_ALONE_AFTER_HORIZON ||
	    expiry < 0 || expiry > EXPIRY_REFUSES)
		return false;
	b->break_glass = v->break_glass != 0;
	b->succession = (enum bundle_succession)succession;
	b->expiry = (enum bundle_expiry)expiry;
	return true;
}

static bool
put_next(const struct bundle *b, void *value)
{
	STACK_OF(ASN1_NEXT) *all = value;
	ASN1_NEXT *v;

	for (size_t i = 0; i < b->nexts; i++) {
		v = (ASN1_NEXT *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_NEXT));
		if (v == NULL || sk_ASN1_NEXT_push(all, v) <= 0) {
			ASN1_item_free((ASN1_VALUE *)v,
			    ASN1_ITEM_rptr(ASN1_NEXT));
			return false;
		}
		if (ASN1_STRING_set(v->alg, b->next[i].alg, -1) != 1 ||
		    !put_octets(v->key, b->next[i].key, SHA384_LEN))
			return false;
	}
	return true;
}

static bool
get_next(const void *value, struct bundle *b)
{
	const STACK_OF(ASN1_NEXT) *all = value;
	const ASN1_NEXT *v;
	size_t len;

	if (sk_ASN1_NEXT_num(all) > BUNDLE_NEXT_MAX)
		return false;
	for (int i = 0; i < sk_ASN1_NEXT_num(all); i++) {
		v = sk_ASN1_NEXT_value(all, i);
		len = (size_t)ASN1_STRING_length(v->alg);
		if (len >= sizeof(b->next[i].alg) ||
		    memchr(ASN1_STRING_get0_data(v->alg), 0, len) != NULL ||
		    !get_octets(v->key, b->next[i].key, SHA384_LEN))
			return false;
		memcpy(b->next[i].alg, ASN1_STRING_get0_data(v->alg), len);
		b->nexts++;
	}
	return true;
}

static bool
put_former(const struct bundle *b, void *value)
{
	STACK_OF(ASN1_FORMER) *all = value;
	ASN1_FORMER *v;

	for (size_t i = 0; i < b->formers; i++) {
		v = (ASN1_FORMER *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_FORMER));
		if (v == NULL || sk_ASN1_FORMER_push(all, v) <= 0) {
			ASN1_item_free((ASN1_VALUE *)v,
			    ASN1_ITEM_rptr(ASN1_FORMER));
			return false;
		}
		v->revoked = b->former[i].revoked ? 0xff : 0;
		if (!put_octets(v->key, b->former[i].key, SHA384_LEN))
			return false;
	}
	return true;
}

static bool
get_former(const void *value, struct bundle *b)
{
	const STACK_OF(ASN1_FORMER) *all = value;
	const ASN1_FORMER *v;

	if (sk_ASN1_FORMER_num(all) > BUNDLE_FORMER_MAX)
		return false;
	for (int i = 0; i < sk_ASN1_FORMER_num(all); i++) {
		v = sk_ASN1_FORMER_value(all, i);
		if (!get_octets(v->key, b->former[i].key, SHA384_LEN))
			return false;
		b->former[i].revoked = v->revoked != 0;
		b->formers++;
	}
	return true;
}

static bool
put_floor(const struct bundle *b, void *value)
{
	STACK_OF(ASN1_FLOOR) *all = value;
	ASN1_FLOOR *v;

	for (size_t i = 0; i < b->floors; i++) {
		v = (ASN1_FLOOR *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_FLOOR));
		if (v == NULL || sk_ASN1_FLOOR_push(all, v) <= 0) {
			ASN1_item_free((ASN1_VALUE *)v,
			    ASN1_ITEM_rptr(ASN1_FLOOR));
			return false;
		}
		if (!put_octets(v->issuer, b->floor[i].issuer,
		    BUNDLE_ISSUER_LEN) ||
		    ASN1_INTEGER_set_uint64(v->number,
		    b->floor[i].number) != 1)
			return false;
	}
	return true;
}

static bool
get_floor(const void *value, struct bundle *b)
{
	const STACK_OF(ASN1_FLOOR) *all = value;
	const ASN1_FLOOR *v;

	if (sk_ASN1_FLOOR_num(all) > BUNDLE_FLOORS_MAX)
		return false;
	for (int i = 0; i < sk_ASN1_FLOOR_num(all); i++) {
		v = sk_ASN1_FLOOR_value(all, i);
		if (!get_octets(v->issuer, b->floor[i].issuer,
		    BUNDLE_ISSUER_LEN) ||
		    ASN1_INTEGER_get_uint64(&b->floor[i].number,
		    v->number) != 1)
			return false;
		b->floors++;
	}
	return true;
}

static bool
put_made(const struct bundle *b, void *value)
{
	ASN1_MADE *v = value;

	return put_octets(v->plan, b->plan, SHA384_LEN) &&
	    put_digest(v->head, b->no_head, b->head);
}

static bool
get_made(const void *value, struct bundle *b)
{
	const ASN1_MADE *v = value;

	return get_octets(v->plan, b->plan, SHA384_LEN) &&
	    get_digest(v->head, &b->no_head, b->head);
}

const struct bundle_part bundle_parts[BUNDLE_PARTS] = {
	{ ASN1_ITEM_ref(ASN1_PLACE), put_place, get_place, "place" },
	{ ASN1_ITEM_ref(ASN1_DATES), put_dates, get_dates, "dates" },
	{ ASN1_ITEM_ref(ASN1_RULES), put_rules, get_rules, "rules" },
	{ ASN1_ITEM_ref(ASN1_NEXTS), put_next, get_next, "next keys" },
	{ ASN1_ITEM_ref(ASN1_FORMERS), put_former, get_former,
	    "former keys" },
	{ ASN1_ITEM_ref(ASN1_FLOORS), put_floor, get_floor, "floors" },
	{ ASN1_ITEM_ref(ASN1_MADE), put_made, get_made, "origin" },
};
