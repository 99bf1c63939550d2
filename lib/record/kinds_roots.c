/* see kinds.h: roots, drawn or adopted. */
#include <stdio.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/record/kinds.h"
#include "lib/record/ledger.h"

/* What is said of every root: its sheets are its, and its key is new. */
static enum status
add_root(struct state *s, const struct facts *f, struct root **out,
    struct diag *d)
{
	struct sheet_set *set;
	const char *hex;
	struct root *r;
	enum status rc;
	char where[96];

	if (state_root(s, facts_get(f, "root")) != NULL)
		FAIL(d, ST_FORMAT, "root %s is there already",
		    facts_get(f, "root"));
	if ((r = GROW(s->roots, s->nroots)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "root", r->name, sizeof(r->name), d));
	TRY(kind_text(f, "algorithm", r->alg, sizeof(r->alg), d));
	TRY(kind_number(f, "number", KIND_NUMBER_MAX, &r->number, d));
	if (r->number != s->nroots)
		FAIL(d, ST_FORMAT, "root %u is not the %zuth", r->number,
		    s->nroots);
	TRY(facts_need(f, "public", &hex, d));
	TRY(spki_unhex(hex, &r->key, d));
	if (strcmp(r->alg, r->key.alg) != 0)
		FAIL(d, ST_FORMAT, "algorithm is not that of the public key");
	if ((set = kind_newest_set(s, r->name)) == NULL ||
	    set->fate != SET_DRAWN)
		FAIL(d, ST_FORMAT, "root %s has no drawn set", r->name);
	set->fate = SET_LIVE;
	snprintf(where, sizeof(where), "root %s", r->name);
	TRY(ledger_add(&s->keys, r->key.index, where, d));
	*out = r;
out:
	return rc;
}

enum status
kind_root(struct state *s, const struct entry *e, struct diag *d)
{
	struct root *r = NULL;
	enum status rc;

	TRY(add_root(s, &e->facts, &r, d));
	TRY(kind_number(&e->facts, "counter", KIND_NUMBER_MAX, &r->counter,
	    d));
out:
	return rc;
}

enum status
kind_adopted(struct state *s, const struct entry *e, struct diag *d)
{
	struct root *r = NULL;
	enum status rc;

	TRY(add_root(s, &e->facts, &r, d));
	TRY(kind_hex(&e->facts, "ski", r->key.ski, sizeof(r->key.ski), d));
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one file with its key");
	snprintf(r->adopted, sizeof(r->adopted), "%s", e->objects[0].name);
out:
	return rc;
}
