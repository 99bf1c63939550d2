/* see examine.h */
#include <stdio.h>
#include <string.h>

#include "delegation/examine.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/pki/kind.h"
#include "lib/pki/lint.h"

#define NO_ARC "0" /* nothing is under it */

static const struct {
	const char *word;
	enum lint_kind kind;
	const char *said;
} kinds[] = {
	{ "root", LINT_ROOT, "root that was minted" },
	{ "adopted", LINT_ADOPTED, "root that was there before" },
	{ "cross", LINT_CROSS, "root, as another one vouches for it" },
	{ "delegation", LINT_DELEGATION, "delegation" },
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

/* By its looks: what may not sign certificates is a delegation. */
static const char *
looks_like(const struct cert *c)
{
	if (!c->spec.ca)
		return "delegation";
	return strcmp(c->subject, c->issuer) == 0 ? "root" : "cross";
}

/* One of the table; a refusal names them all. */
static enum status
find_kind(const char *word, size_t *out, struct diag *d)
{
	char all[80] = "";
	size_t at = 0;

	for (size_t i = 0; i < NKINDS; i++) {
		*out = i;
		if (strcmp(kinds[i].word, word) == 0)
			return ST_OK;
		at += (size_t)snprintf(all + at, sizeof(all) - at, " %s",
		    kinds[i].word);
	}
	return diag_set(d, ST_USAGE, "it is examined as one of:%s", all);
}

/* What is told, check by check. */
struct tally {
	struct facts *out;
	size_t n, wrong;
	enum status rc;
	struct diag *d;
};

static bool
told(void *cookie, const struct lint_row *row, const char *wrong)
{
	struct tally *t = cookie;

	t->n++;
	if (wrong == NULL) {
		t->rc = facts_add(t->out, t->d, "holds", "%s: %s", row->name,
		    row->clause);
	} else {
		t->wrong++;
		t->rc = facts_add(t->out, t->d, "wrong", "%s: %s: %s",
		    row->name, row->clause, wrong);
	}
	return t->rc == ST_OK;
}

static enum status
say_verdict(const struct tally *t, struct diag *d)
{
	if (t->wrong == 0)
		return facts_set(t->out, d, "verdict", "all %zu checks hold",
		    t->n);
	return facts_set(t->out, d, "verdict", "%zu of %zu checks fail",
	    t->wrong, t->n);
}

static enum status
examine_cert(const struct examine_ask *ask, struct tally *t, struct diag *d)
{
	char arc[CERT_OID_SIZE] = NO_ARC;
	const char *const as = ask->as;
	struct cert *c = NULL;
	size_t k;
	enum status rc;

	TRY(cert_read(ask->name, ask->data->data, ask->data->len, &c, d));
	TRY(find_kind(as == NULL ? looks_like(c) : as, &k, d));
	if (ask->arc != NULL)
		snprintf(arc, sizeof(arc), "%s", ask->arc);
	else if (profile_arc(c, arc, NULL) != ST_OK)
		snprintf(arc, sizeof(arc), NO_ARC);
	TRY(facts_set(t->out, d, "examined-as", "%s", kinds[k].said));
	TRY(facts_set(t->out, d, "subject", "%s", c->subject));
	TRY(lint_cert_each(kinds[k].kind, c, arc, told, t, d));
	rc = t->rc;
out:
	cert_free(c);
	return rc;
}

static enum status
examine_list(const struct examine_ask *ask, struct tally *t, struct diag *d)
{
	struct crl *c = NULL;
	enum status rc;

	if (ask->as != NULL)
		FAIL(d, ST_USAGE, "a list is examined as a list");
	TRY(crl_read(ask->name, ask->data->data, ask->data->len, &c, d));
	TRY(facts_set(t->out, d, "examined-as", "list"));
	TRY(facts_set(t->out, d, "issuer", "%s", c->issuer));
	TRY(lint_crl_each(c, told, t, d));
	rc = t->rc;
out:
	crl_free(c);
	return rc;
}

enum status
examine(const struct examine_ask *ask, struct facts *out, size_t *wrong,
    struct diag *d)
{
	struct tally t = { .out = out, .rc = ST_OK, .d = d };
	enum status rc;

	TRY(pki_kind(ask->data) == PKI_LIST ? examine_list(ask, &t, d) :
	    examine_cert(ask, &t, d));
	TRY(say_verdict(&t, d));
	*wrong = t.wrong;
out:
	return rc;
}
