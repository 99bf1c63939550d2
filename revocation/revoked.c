/* see revoked.h */
#include <stdlib.h>
#include <string.h>

#include "revocation/revoked.h"

struct revoked_key {
	uint8_t issuer[20];
	uint8_t serial[20];
	size_t len;
};

static int
compare(const void *a, const void *b)
{
	const struct revoked_key *x = a, *y = b;
	int order = memcmp(x->issuer, y->issuer, sizeof(x->issuer));

	if (order == 0)
		order = memcmp(x->serial, y->serial, sizeof(x->serial));
	return order != 0 ? order : x->len < y->len ? -1 : x->len > y->len;
}

static void
make_key(const uint8_t issuer[20], const uint8_t *serial, size_t len,
    struct revoked_key *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->issuer, issuer, sizeof(out->issuer));
	memcpy(out->serial, serial, len);
	out->len = len;
}

/* Those of one list come in order.  What is left is each once. */
static size_t
sort(struct revoked_key *key, size_t n)
{
	bool sorted = true;
	size_t kept = 0;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = compare(&key[i - 1], &key[i]) <= 0;
	if (!sorted)
		qsort(key, n, sizeof(*key), compare);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || compare(&key[kept - 1], &key[i]) != 0)
			key[kept++] = key[i];
	}
	return kept;
}

enum status
revoked_gather(struct revoked *r, struct crl *const *list, size_t n,
    struct diag *d)
{
	const struct crl_spec *l;
	struct revoked_key *key;
	size_t all = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		all += list[i]->spec.n;
	if ((key = calloc(all + 1, sizeof(*key))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		l = &list[i]->spec;
		for (size_t j = 0; j < l->n; j++)
			make_key(l->issuer_ski, l->entries[j].serial,
			    l->entries[j].serial_len, &key[at++]);
	}
	revoked_clear(r);
	r->key = key;
	r->n = sort(key, all);
	return ST_OK;
}

void
revoked_clear(struct revoked *r)
{
	free(r->key);
	memset(r, 0, sizeof(*r));
}

bool
revoked_has(const struct revoked *r, const uint8_t issuer[20],
    const uint8_t *serial, size_t len)
{
	struct revoked_key key;

	if (len > sizeof(key.serial) || r->n == 0)
		return false;
	make_key(issuer, serial, len, &key);
	return bsearch(&key, r->key, r->n, sizeof(key), compare) != NULL;
}

size_t
revoked_count(const struct revoked *r, const uint8_t issuer[20])
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += memcmp(r->key[i].issuer, issuer, 20) == 0;
	return n;
}
