/* see stores.h */
#include <stdio.h>
#include <stdlib.h>

#include "lib/crypto/words.h"
#include "tests/support/stores.h"

#define SIGNERS 4

const struct accept_clock stores_noon = { PKIX_NOW, false };

static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "refused: %s\n", d->text);
	abort();
}

void
stores_give(struct store_gift *g, const struct bundle *b,
    const unsigned *keys, size_t n)
{
	struct bytes sig[SIGNERS] = { { 0 } };
	struct diag d = { 0 };

	if (n > SIGNERS)
		abort();
	for (size_t i = 0; i < n; i++)
		bundles_sign(b, keys[i], &sig[i]);
	must(store_gift_add(g, "b", &b->der, sig, n, &d), &d);
	for (size_t i = 0; i < n; i++)
		bytes_free(&sig[i]);
}

void
stores_give_list(struct store_gift *g, unsigned root, uint64_t number,
    size_t n)
{
	struct pkix p = { .root = bundles_cert[root] };
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct diag d = { 0 };

	pkix_list_spec(&p, &s);
	s.number = number;
	s.n = n;
	pkix_sign_list(bundles_key[root], &s, &der);
	must(store_gift_list(g, "l", &der, &d), &d);
	bytes_free(&der);
	crl_spec_clear(&s);
}

void
stores_begin(const char *path, const struct bundle *b)
{
	const unsigned root = 0;
	struct store_gift g = { 0 };
	struct bytes words = { 0 };
	struct diag d = { 0 };

	must(words_text(b->id, WORDS_SHORT, &words, &d), &d);
	stores_give(&g, b, &root, 1);
	must(store_init(path, (const char *)words.data, true, &g,
	    &stores_noon, &d), &d);
	store_gift_clear(&g);
	bytes_free(&words);
}

struct store *
stores_open(const char *path, bool write)
{
	struct store *s = NULL;
	struct diag d = { 0 };

	must(store_open(path, write, &s, &d), &d);
	return s;
}
