/* see bundles.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/derive.h"
#include "tests/support/bundles.h"

#define SEEDS 8 /* of a rehearsal, that are tried */

struct key *bundles_key[BUNDLES_KEYS];
struct cert *bundles_cert[BUNDLES_KEYS];

/* Helper programs use this too, so it is not cmocka that complains. */
static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "refused: %s\n", d->text);
	abort();
}

static struct cert *
make_root(const struct key *key, unsigned number)
{
	struct cert_spec *s = calloc(1, sizeof(*s));
	struct bytes der = { 0 };
	struct cert *c = NULL;
	struct diag d = { 0 };

	if (s == NULL)
		abort();
	pkix_root_spec(key, s);
	snprintf(s->subject.common, sizeof(s->subject.common),
	    "example-firmware-root-g%u", number + 1);
	s->issuer = s->subject;
	/* stock tools ask the machine's clock */
	s->not_before = PKIX_FROM - 5 * BUNDLES_YEAR;
	s->not_after = s->not_before + 20 * BUNDLES_YEAR - 1;
	pkix_sign_cert(key, s, &der);
	must(cert_read("root", der.data, der.len, &c, &d), &d);
	bytes_free(&der);
	cert_spec_clear(s);
	free(s);
	return c;
}

void
bundles_start(void)
{
	for (unsigned i = 0; i < BUNDLES_KEYS; i++) {
		bundles_key[i] = pkix_key(i < BUNDLES_STRONG ? "ecdsa-p256" :
		    "ecdsa-p384", i);
		bundles_cert[i] = make_root(bundles_key[i], i);
	}
}

void
bundles_stop(void)
{
	for (unsigned i = 0; i < BUNDLES_KEYS; i++) {
		key_free(bundles_key[i]);
		cert_free(bundles_cert[i]);
	}
}

/* The key that this one of the public seeds gives, as a rehearsal does. */
static struct key *
rehearsal_root(const char *alg, unsigned n)
{
	struct secret *seed = NULL;
	struct key *k = NULL;
	struct diag d = { 0 };

	must(derive_rehearsal_seed(n, &seed, &d), &d);
	must(key_from_seed(seed, DERIVE_REHEARSAL, alg, "root", 0, &k, &d),
	    &d);
	secret_free(seed);
	return k;
}

void
bundles_rehearsal(const char *path)
{
	struct bytes pem = { 0 };
	struct cert *c = NULL;
	struct key *k = NULL;
	struct diag d = { 0 };

	must(file_read(path, CERT_MAX, &pem, &d), &d);
	must(cert_read(path, pem.data, pem.len, &c, &d), &d);
	for (unsigned n = 0; n < SEEDS && k == NULL; n++) {
		k = rehearsal_root(c->key.alg, n);
		if (!bytes_equal(&key_public(k)->der, &c->key.der)) {
			key_free(k);
			k = NULL;
		}
	}
	if (k == NULL)
		must(diag_set(&d, ST_AUTH, "%s: no root of a rehearsal",
		    path), &d);
	cert_free(bundles_cert[0]);
	key_free(bundles_key[0]);
	bundles_cert[0] = c;
	bundles_key[0] = k;
	bytes_free(&pem);
}

void
bundles_anchor(struct bundle *b, unsigned key)
{
	const struct bytes *der = &bundles_cert[key]->der;
	struct diag d = { 0 };

	must(cert_read("root", der->data, der->len, &b->anchor[b->anchors],
	    &d), &d);
	b->anchors++;
}

void
bundles_next(struct bundle *b, unsigned key)
{
	struct bundle_next *n = &b->next[b->nexts++];

	snprintf(n->alg, sizeof(n->alg), "%s", key_alg(bundles_key[key]));
	memcpy(n->key, bundles_cert[key]->key.id, SHA384_LEN);
}

void
bundles_former(struct bundle *b, unsigned key, bool revoked)
{
	struct bundle_former *f = &b->former[b->formers++];

	memcpy(f->key, bundles_cert[key]->key.id, SHA384_LEN);
	f->revoked = revoked;
}

void
bundles_make(const unsigned *anchors, size_t n, const unsigned *next,
    size_t m, struct bundle **out)
{
	struct diag d = { 0 };
	struct bundle *b;

	must(bundle_new(&b, &d), &d);
	snprintf(b->arc, sizeof(b->arc), "%s", PKIX_ARC);
	b->era = b->seq = 1;
	b->first = b->no_head = true;
	b->not_before = PKIX_FROM;
	b->not_after = PKIX_FROM + BUNDLES_YEAR;
	b->horizon = PKIX_FROM + 2 * BUNDLES_YEAR;
	b->threshold = b->next_threshold = b->level = 1;
	hash_sha384("plan", 4, b->plan);
	for (size_t i = 0; i < n; i++)
		bundles_anchor(b, anchors[i]);
	for (size_t i = 0; i < m; i++)
		bundles_next(b, next[i]);
	*out = b;
}

void
bundles_seal(struct bundle *b)
{
	struct diag d = { 0 };

	must(bundle_seal(b, &d), &d);
}

void
bundles_renewal(const struct bundle *last, struct bundle **out)
{
	struct bytes der = { 0 };
	struct diag d = { 0 };

	must(bundle_renew(last, last, &der, &d), &d);
	must(bundle_read("renewal", der.data, der.len, out, &d), &d);
	bytes_free(&der);
}

void
bundles_sign(const struct bundle *b, unsigned key, struct bytes *p7s)
{
	struct diag d = { 0 };

	must(cms_sign(bundles_key[key], bundles_cert[key], b->arc, CMS_BUNDLE,
	    b->not_before, &b->der, p7s, &d), &d);
}

void
bundles_by(struct accept_signers *by, const unsigned *keys, size_t n)
{
	by->n = n;
	for (size_t i = 0; i < n; i++)
		memcpy(by->key[i], bundles_cert[keys[i]]->key.id, SHA384_LEN);
}
