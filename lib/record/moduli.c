/* see moduli.h */
#include <stdio.h>
#include <stdlib.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/primes.h"
#include "lib/record/moduli.h"

/* Told of each key; false: that was enough. */
typedef enum status told(void *cookie, const struct spki *key,
    const char *kind, const char *name, struct diag *d);

static enum status
each_key(const struct state *s, told *tell, void *cookie, struct diag *d)
{
	const struct delegation *g;
	struct bytes pem = { 0 };
	struct cert *c = NULL;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nroots; i++)
		TRY(tell(cookie, &s->roots[i].key, "root", s->roots[i].name,
		    d));
	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		TRY(state_object(s, g->object, &pem, d));
		TRY(cert_read(g->object, pem.data, pem.len, &c, d));
		TRY(tell(cookie, &c->key, "delegation", g->name, d));
		cert_free(c);
		c = NULL;
	}
out:
	cert_free(c);
	bytes_free(&pem);
	return rc;
}

static enum status
take_in(void *cookie, const struct spki *key, const char *kind,
    const char *name, struct diag *d)
{
	(void)kind;
	(void)name;
	return primes_add(cookie, key, d);
}

/* One that is shared is looked for key by key. */
struct search {
	const struct spki *key;
	char *whose;
};

static enum status
compare(void *cookie, const struct spki *key, const char *kind,
    const char *name, struct diag *d)
{
	const struct search *s = cookie;
	struct primes *one = NULL;
	bool shared;
	enum status rc;

	TRY(primes_add(&one, key, d));
	TRY(primes_shared(one, s->key, &shared, d));
	if (shared)
		snprintf(s->whose, MODULI_WHOSE_SIZE, "%s %s", kind, name);
out:
	primes_free(one);
	return rc;
}

enum status
moduli_shared(const struct state *s, const struct spki *key,
    char whose[MODULI_WHOSE_SIZE], struct diag *d)
{
	struct search search = { key, whose };
	struct known_primes *k = s->known;
	bool shared = false;
	enum status rc;

	whose[0] = '\0';
	if (!k->read)
		TRY(each_key(s, take_in, &k->primes, d));
	k->read = true;
	TRY(primes_shared(k->primes, key, &shared, d));
	if (shared)
		TRY(each_key(s, compare, &search, d));
out:
	return rc;
}
