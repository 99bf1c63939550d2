/* see bundle.h */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "lib/base/text.h"
#include "lib/crypto/bundle_parts.h"
#include "lib/crypto/ossl.h"

#define OID_ANCHORS "1.2.840.113549.1.9.16.1.34" /* id-ct-trustAnchorList */
#define ARC_BUNDLE 5 /* FORMATS 8.15: <arc>.5.N, N a row of parts */
#define TIME_LAST INT64_C(253402300799) /* year 9999 */

enum status
bundle_new(struct bundle **out, struct diag *d)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? ST_OK : diag_set(d, ST_SYSTEM, "out of memory");
}

void
bundle_free(struct bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->anchors; i++)
		cert_free(b->anchor[i]);
	bytes_free(&b->der);
	free(b);
}

/* --- looking up --- */

const struct cert *
bundle_anchor(const struct bundle *b, const uint8_t key[SHA384_LEN])
{
	for (size_t i = 0; i < b->anchors; i++) {
		if (memcmp(b->anchor[i]->key.id, key, SHA384_LEN) == 0)
			return b->anchor[i];
	}
	return NULL;
}

const struct cert *
bundle_anchor_index(const struct bundle *b, const uint8_t index[SHA384_LEN])
{
	for (size_t i = 0; i < b->anchors; i++) {
		if (memcmp(b->anchor[i]->key.index, index, SHA384_LEN) == 0)
			return b->anchor[i];
	}
	return NULL;
}

const struct bundle_next *
bundle_next(const struct bundle *b, const uint8_t key[SHA384_LEN])
{
	for (size_t i = 0; i < b->nexts; i++) {
		if (memcmp(b->next[i].key, key, SHA384_LEN) == 0)
			return &b->next[i];
	}
	return NULL;
}

const struct bundle_former *
bundle_former(const struct bundle *b, const uint8_t key[SHA384_LEN])
{
	for (size_t i = 0; i < b->formers; i++) {
		if (memcmp(b->former[i].key, key, SHA384_LEN) == 0)
			return &b->former[i];
	}
	return NULL;
}

const struct bundle_floor *
bundle_floor(const struct bundle *b, const uint8_t issuer[BUNDLE_ISSUER_LEN])
{
	for (size_t i = 0; i < b->floors; i++) {
		if (memcmp(b->floor[i].issuer, issuer, BUNDLE_ISSUER_LEN) == 0)
			return &b->floor[i];
	}
	return NULL;
}

/* --- bounds and order --- */

static int
by_anchor(const void *a, const void *b)
{
	const struct cert *const *x = a, *const *y = b;

	return memcmp((*x)->key.id, (*y)->key.id, SHA384_LEN);
}

static int
by_next(const void *a, const void *b)
{
	const struct bundle_next *x = a, *y = b;

	return memcmp(x->key, y->key, SHA384_LEN);
}

static int
by_former(const void *a, const void *b)
{
	const struct bundle_former *x = a, *y = b;

	return memcmp(x->key, y->key, SHA384_LEN);
}

static int
by_floor(const void *a, const void *b)
{
	const struct bundle_floor *x = a, *y = b;

	return memcmp(x->issuer, y->issuer, BUNDLE_ISSUER_LEN);
}

/* Sorts ${n} things of ${size} bytes; whether each is there once. */
static bool
sort_once(void *at, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	const char *p = at;

	if (n > 1)
		qsort(at, n, size, compare);
	for (size_t i = 1; i < n; i++) {
		if (compare(p + (i - 1) * size, p + i * size) == 0)
			return false;
	}
	return true;
}

static enum status
check_counts(struct bundle *b, struct diag *d)
{
	if (b->anchors < 1 || b->anchors > BUNDLE_ANCHORS_MAX ||
	    b->nexts < 1 || b->nexts > BUNDLE_NEXT_MAX ||
	    b->formers > BUNDLE_FORMER_MAX || b->floors > BUNDLE_FLOORS_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 9.4: too few or too "
		    "many anchors, next keys, former keys or floors");
	if (!sort_once(b->anchor, b->anchors, sizeof(struct cert *),
	    by_anchor) ||
	    !sort_once(b->next, b->nexts, sizeof(b->next[0]), by_next) ||
	    !sort_once(b->former, b->formers, sizeof(b->former[0]),
	    by_former) ||
	    !sort_once(b->floor, b->floors, sizeof(b->floor[0]), by_floor))
		return diag_set(d, ST_POLICY, "FORMATS 9.4: an anchor, a next "
		    "key, a former key or a floor is there twice");
	return ST_OK;
}

static enum status
check_values(const struct bundle *b, struct diag *d)
{
	if (b->era < 1 || b->era > BUNDLE_ERA_MAX || b->seq < 1 ||
	    b->seq > BUNDLE_SEQ_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 9.5: its era or its "
		    "number in it is out of bounds");
	if (b->first != (b->era == 1 && b->seq == 1))
		return diag_set(d, ST_POLICY, "FORMATS 9.3: it names no bundle "
		    "before it and is not the first, or the other way round");
	if (b->not_before < 0 || b->not_before >= b->not_after ||
	    b->not_after > b->horizon || b->horizon > TIME_LAST)
		return diag_set(d, ST_POLICY, "FORMATS 9.5: its dates are not "
		    "in order");
	if (b->threshold > BUNDLE_ANCHORS_MAX || b->level > BUNDLE_LEVEL_MAX ||
	    b->next_threshold > BUNDLE_NEXT_MAX ||
	    (unsigned)b->succession > NEXT_ALONE_AFTER_HORIZON ||
	    (unsigned)b->expiry > EXPIRY_REFUSES)
		return diag_set(d, ST_POLICY, "FORMATS 9.2: a rule of it is "
		    "out of bounds");
	for (size_t i = 0; i < b->nexts; i++) {
		if (!text_is_word(b->next[i].alg))
			return diag_set(d, ST_POLICY, "FORMATS 9.5: a next "
			    "key's algorithm is no word");
	}
	return ST_OK;
}

/* --- writing --- */

static enum status
add_part(const struct bundle *b, size_t i, STACK_OF(X509_ATTRIBUTE) *all,
    struct diag *d)
{
	const ASN1_ITEM *it = bundle_parts[i].item();
	X509_ATTRIBUTE *a = NULL;
	ASN1_OBJECT *type = NULL;
	char oid[CERT_OID_SIZE];
	struct bytes der = { 0 };
	ASN1_VALUE *v = NULL;
	enum status rc;
	int n;

	n = snprintf(oid, sizeof(oid), "%s.%d.%zu", b->arc, ARC_BUNDLE, i + 1);
	if (n < 0 || n >= (int)sizeof(oid) ||
	    (type = OBJ_txt2obj(oid, 1)) == NULL)
		FAIL(d, ST_POLICY, "FORMATS 8.15: its arc is none");
	if ((v = ASN1_item_new(it)) == NULL || !bundle_parts[i].put(b, v))
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(asn1_write(v, it, &der, d));
	a = X509_ATTRIBUTE_create_by_OBJ(NULL, type, V_ASN1_SEQUENCE,
	    der.data, (int)der.len);
	if (a == NULL || sk_X509_ATTRIBUTE_push(all, a) <= 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	a = NULL;
out:
	X509_ATTRIBUTE_free(a);
	ASN1_OBJECT_free(type);
	ASN1_item_free(v, it);
	bytes_free(&der);
	return rc;
}

static enum status
add_anchor(const struct cert *c, STACK_OF(ASN1_STRING) *all, struct diag *d)
{
	ASN1_STRING *s = ASN1_STRING_type_new(V_ASN1_SEQUENCE);

	if (s != NULL && asn1_set(s, c->der.data, c->der.len) &&
	    sk_ASN1_STRING_push(all, s) > 0)
		return ST_OK;
	ASN1_STRING_free(s);
	return diag_set(d, ST_SYSTEM, "out of memory");
}

enum status
bundle_seal(struct bundle *b, struct diag *d)
{
	ASN1_BUNDLE *t = NULL;
	struct bytes der = { 0 };
	enum status rc;

	TRY(check_counts(b, d));
	TRY(check_values(b, d));
	t = (ASN1_BUNDLE *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_BUNDLE));
	if (t == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	ASN1_OBJECT_free(t->content->type);
	if ((t->content->type = OBJ_txt2obj(OID_ANCHORS, 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < b->anchors; i++)
		TRY(add_anchor(b->anchor[i], t->content->anchors, d));
	for (size_t i = 0; i < BUNDLE_PARTS; i++)
		TRY(add_part(b, i, t->attrs, d));
	TRY(asn1_write(t, ASN1_ITEM_rptr(ASN1_BUNDLE), &der, d));
	if (der.len > BUNDLE_MAX)
		FAIL(d, ST_POLICY, "FORMATS 9.1: it has more than %d bytes",
		    BUNDLE_MAX);
	bytes_free(&b->der);
	b->der = der;
	der = (struct bytes){ 0 };
	hash_sha384(b->der.data, b->der.len, b->id);
	rc = ST_OK;
out:
	ERR_clear_error();
	bytes_free(&der);
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_BUNDLE));
	return rc;
}

/* --- reading --- */

static bool
is_list(const ASN1_BUNDLE *t)
{
	char oid[CERT_OID_SIZE];

	return OBJ_obj2txt(oid, sizeof(oid), t->content->type, 1) > 0 &&
	    strcmp(oid, OID_ANCHORS) == 0;
}

bool
bundle_shaped(const struct bytes *content)
{
	ASN1_BUNDLE *t = NULL;
	bool yes;

	if (content->len == 0 || content->len > BUNDLE_MAX)
		return false;
	t = asn1_read(ASN1_ITEM_rptr(ASN1_BUNDLE), content->data,
	    content->len);
	yes = t != NULL && is_list(t);
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_BUNDLE));
	return yes;
}

/* The organisation's arc is what the first type has before its ".5.1". */
static enum status
get_arc(const ASN1_BUNDLE *t, struct bundle *b, struct diag *d)
{
	X509_ATTRIBUTE *a = sk_X509_ATTRIBUTE_value(t->attrs, 0);
	char tail[16];
	size_t len, end;
	int n;

	n = OBJ_obj2txt(b->arc, sizeof(b->arc),
	    X509_ATTRIBUTE_get0_object(a), 1);
	snprintf(tail, sizeof(tail), ".%d.1", ARC_BUNDLE);
	end = strlen(tail);
	len = n < 0 ? 0 : (size_t)n;
	if (len >= sizeof(b->arc) || len <= end ||
	    strcmp(b->arc + len - end, tail) != 0)
		return diag_set(d, ST_FORMAT, "FORMATS 9.2: its first "
		    "attribute is not its place");
	b->arc[len - end] = '\0';
	return ST_OK;
}

static enum status
get_part(const ASN1_BUNDLE *t, size_t i, struct bundle *b, struct diag *d)
{
	X509_ATTRIBUTE *a = sk_X509_ATTRIBUTE_value(t->attrs, (int)i);
	const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(a, 0);
	const ASN1_ITEM *it = bundle_parts[i].item();
	char oid[CERT_OID_SIZE], want[CERT_OID_SIZE];
	ASN1_VALUE *v = NULL;
	enum status rc;
	int n;

	n = snprintf(want, sizeof(want), "%s.%d.%zu", b->arc, ARC_BUNDLE,
	    i + 1);
	if (n < 0 || n >= (int)sizeof(want) ||
	    OBJ_obj2txt(oid, sizeof(oid), X509_ATTRIBUTE_get0_object(a),
	    1) != n || strcmp(oid, want) != 0 ||
	    X509_ATTRIBUTE_count(a) != 1 || value == NULL ||
	    value->type != V_ASN1_SEQUENCE)
		FAIL(d, ST_FORMAT, "FORMATS 9.2: attribute %zu is not its %s, "
		    "once", i + 1, bundle_parts[i].name);
	v = asn1_read(it, ASN1_STRING_get0_data(value->value.sequence),
	    (size_t)ASN1_STRING_length(value->value.sequence));
	if (v == NULL || !bundle_parts[i].get(v, b))
		FAIL(d, ST_FORMAT, "FORMATS 9.2: what it says of its %s is not "
		    "of that form", bundle_parts[i].name);
	rc = ST_OK;
out:
	ASN1_item_free(v, it);
	return rc;
}

static enum status
get_anchors(const ASN1_BUNDLE *t, struct bundle *b, struct diag *d)
{
	const int n = sk_ASN1_STRING_num(t->content->anchors);
	const ASN1_STRING *s;
	enum status rc;

	if (n < 1 || n > BUNDLE_ANCHORS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 9.4: not 1 to %d anchors",
		    BUNDLE_ANCHORS_MAX);
	for (int i = 0; i < n; i++) {
		s = sk_ASN1_STRING_value(t->content->anchors, i);
		TRY(cert_read("an anchor", ASN1_STRING_get0_data(s),
		    (size_t)ASN1_STRING_length(s), &b->anchor[i], d));
		b->anchors++;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
get_all(const ASN1_BUNDLE *t, struct bundle *b, struct diag *d)
{
	enum status rc;

	if (!is_list(t))
		FAIL(d, ST_FORMAT, "FORMATS 9.1: what is in it is no list of "
		    "trust anchors");
	if (sk_X509_ATTRIBUTE_num(t->attrs) != (int)BUNDLE_PARTS)
		FAIL(d, ST_FORMAT, "FORMATS 9.2: it has not exactly %d "
		    "attributes", BUNDLE_PARTS);
	TRY(get_anchors(t, b, d));
	TRY(get_arc(t, b, d));
	for (size_t i = 0; i < BUNDLE_PARTS; i++)
		TRY(get_part(t, i, b, d));
out:
	return rc;
}

enum status
bundle_read(const char *name, const void *data, size_t len,
    struct bundle **out, struct diag *d)
{
	struct bundle *b = NULL;
	ASN1_BUNDLE *t = NULL;
	enum status rc;

	*out = NULL;
	TRY(bundle_new(&b, d));
	if (len == 0 || len > BUNDLE_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 9.1: not 1 to %d bytes",
		    BUNDLE_MAX);
	t = asn1_read(ASN1_ITEM_rptr(ASN1_BUNDLE), data, len);
	if (t == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 9.1: not exactly one bundle in "
		    "canonical DER");
	TRY(get_all(t, b, d));
	if ((rc = bundle_seal(b, d)) == ST_POLICY)
		rc = ST_FORMAT;
	if (rc != ST_OK)
		goto out;
	if (b->der.len != len || memcmp(b->der.data, data, len) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 9.4: its parts are not in order, "
		    "or not written as they are here");
	*out = b;
	b = NULL;
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_BUNDLE));
	bundle_free(b);
	return rc;
}
