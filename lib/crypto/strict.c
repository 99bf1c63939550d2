/* see strict.h */
#include <string.h>

#include "lib/crypto/strict.h"

#define DEPTH_MAX 16

#define CLASS_MASK 0xc0 /* 00 is universal */
#define CONSTRUCTED 0x20

enum tag {
	TAG_BOOLEAN = 0x01,
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_NULL = 0x05,
	TAG_OID = 0x06,
	TAG_ENUMERATED = 0x0a,
	TAG_LONG = 0x1f, /* tag numbers over 30: nothing we read has one */
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31
};

/* The header at ${p}, its length the shortest and within ${left}. */
static bool
open_element(const uint8_t *p, size_t left, struct strict_element *e)
{
	size_t n, len = 0;

	if (left < 2 || (p[0] & TAG_LONG) == TAG_LONG)
		return false;
	e->tag = p[0];
	e->start = p;
	n = p[1] < 0x80 ? 0 : p[1] & 0x7fU;
	if (p[1] == 0x80 || n > 4 || left < 2 + n)
		return false;
	if (n == 0)
		len = p[1];
	for (size_t i = 0; i < n; i++)
		len = len << 8 | p[2 + i];
	if (n > 0 && (len < 0x80 || p[2] == 0))
		return false;
	e->body = p + 2 + n;
	e->len = len;
	return len <= left - 2 - n;
}

bool
strict_next(const uint8_t **at, size_t *left, struct strict_element *out)
{
	if (!open_element(*at, *left, out))
		return false;
	*left -= (size_t)(out->body - *at) + out->len;
	*at = out->body + out->len;
	return true;
}

static bool
is_integer(const struct strict_element *e)
{
	const uint8_t *p = e->body;

	if (e->len == 0)
		return false;
	if (e->len == 1)
		return true;
	return !(p[0] == 0x00 && p[1] < 0x80) &&
	    !(p[0] == 0xff && p[1] >= 0x80);
}

static bool
is_bit_string(const struct strict_element *e)
{
	const uint8_t unused = e->len == 0 ? 8 : e->body[0];

	if (unused > 7 || (e->len == 1 && unused != 0))
		return false;
	return (e->body[e->len - 1] & ((1U << unused) - 1)) == 0 ||
	    e->len == 1;
}

static bool
is_oid(const struct strict_element *e)
{
	bool first = true; /* byte of an arc */

	if (e->len == 0 || e->body[e->len - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < e->len; i++) {
		if (first && e->body[i] == 0x80)
			return false;
		first = e->body[i] < 0x80;
	}
	return true;
}

static bool
is_primitive(const struct strict_element *e)
{
	switch (e->tag) {
	case TAG_BOOLEAN:
		return e->len == 1 &&
		    (e->body[0] == 0x00 || e->body[0] == 0xff);
	case TAG_INTEGER:
	case TAG_ENUMERATED:
		return is_integer(e);
	case TAG_BIT_STRING:
		return is_bit_string(e);
	case TAG_NULL:
		return e->len == 0;
	case TAG_OID:
		return is_oid(e);
	case 0x00: /* end of contents */
	case TAG_SEQUENCE & ~CONSTRUCTED:
	case TAG_SET & ~CONSTRUCTED:
		return false;
	default:
		return true; /* strings, times, tags of a context */
	}
}

/* X.690 11.6: ascending as octet strings, the shorter one padded with 0. */
static bool
in_order(const struct strict_element *a, const struct strict_element *b)
{
	const size_t al = (size_t)(a->body - a->start) + a->len;
	const size_t bl = (size_t)(b->body - b->start) + b->len;
	const int c = memcmp(a->start, b->start, al < bl ? al : bl);

	return c < 0 || (c == 0 && al <= bl);
}

/* The elements between ${p} and ${p} + ${left}; bounded by DEPTH_MAX. */
static bool
are_elements(const uint8_t *p, size_t left, bool set, unsigned depth)
{
	struct strict_element e, before = { 0 };

	while (left > 0) {
		if (!strict_next(&p, &left, &e))
			return false;
		if (set && before.start != NULL && !in_order(&before, &e))
			return false;
		if ((e.tag & CONSTRUCTED) == 0) {
			if (!is_primitive(&e))
				return false;
		} else if (depth == 0 || ((e.tag & CLASS_MASK) == 0 &&
		    e.tag != TAG_SEQUENCE && e.tag != TAG_SET) ||
		    !are_elements(e.body, e.len, e.tag == TAG_SET, depth - 1))
			return false;
		before = e;
	}
	return true;
}

bool
strict_der(const void *data, size_t len)
{
	struct strict_element e;

	return open_element(data, len, &e) &&
	    (size_t)(e.body - e.start) + e.len == len &&
	    are_elements(data, len, false, DEPTH_MAX);
}
