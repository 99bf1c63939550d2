/* see verify.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delegation/verify.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/chain.h"
#include "lib/pki/lint.h"
#include "lib/pki/profile.h"
#include "lib/pki/rehearsal.h"

/* --- the anchors --- */

/* What one that was altered, or is no root of ours, gives itself away by.
 * A root has nothing under the arc. */
static enum status
check_anchor(const struct verify_ask *ask, const struct cert *a,
    struct diag *d)
{
	bool is_public = false;
	enum status rc;

	if (!ask->rehearsal)
		TRY(rehearsal_key(&a->key, &is_public, d));
	if (is_public)
		FAIL(d, ST_POLICY, "FORMATS 8.40: root %s comes from a "
		    "public rehearsal seed: anyone can sign with it "
		    "(--rehearsal takes it for a test)",
		    a->subject);
	if ((rc = lint_anchor(a, "", d)) != ST_OK) {
		diag_prefix(d, "anchor %s", a->subject);
		goto out;
	}
	if (ask->taken)
		goto out;
	if ((rc = cert_signed_itself(a, NULL)) == ST_AUTH)
		FAIL(d, rc, "FORMATS 8.44: anchor %s is not signed by its own "
		    "key", a->subject);
	if (rc != ST_OK)
		FAIL(d, rc, "anchor %s could not be checked", a->subject);
out:
	return rc;
}

/* Among several, time is asked of those alone that may have issued it. */
static enum status
check_anchors(const struct verify_ask *ask, const struct cert *c,
    struct diag *d)
{
	const struct cert *a;
	enum status rc;

	if (ask->nanchors == 0 || ask->nanchors > CHAIN_MAX)
		FAIL(d, ST_POLICY, "%s: there are no anchors, or more than %d",
		    ask->name, CHAIN_MAX);
	for (size_t i = 0; i < ask->nanchors; i++) {
		a = ask->anchors[i];
		TRY(check_anchor(ask, a, d));
		if (memcmp(a->ski, c->spec.issuer_ski, sizeof(a->ski)) != 0)
			continue;
		if (ask->at < a->spec.not_before)
			FAIL(d, ST_AUTH, "FORMATS 8.44: anchor %s is not "
			    "valid yet", a->subject);
		if (ask->at > a->spec.not_after)
			FAIL(d, ST_AUTH, "FORMATS 8.44: anchor %s has "
			    "expired", a->subject);
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- the lists --- */

/* A list, and the anchor that genuinely signed it. */
struct signed_list {
	const struct crl *list;
	const struct cert *signer;
};

/* Who signed it; none of the anchors: NULL, and it counts for nothing.  But a
 * list is not passed over because the machine could not tell. */
static enum status
find_signer(const struct verify_ask *ask, const struct crl *list,
    const struct cert **out, struct diag *d)
{
	const struct cert *a;
	enum status rc;

	*out = NULL;
	for (size_t i = 0; i < ask->nanchors && *out == NULL; i++) {
		a = ask->anchors[i];
		if (memcmp(a->ski, list->spec.issuer_ski, sizeof(a->ski)) != 0)
			continue;
		rc = crl_signed_by(list, &a->key, NULL);
		if (rc == ST_OK)
			*out = a;
		else if (rc != ST_AUTH)
			FAIL(d, rc, "a list of %s could not be checked",
			    list->issuer);
	}
	rc = ST_OK;
out:
	return rc;
}

/* Those lists that count.  The caller frees. */
static enum status
gather_lists(const struct verify_ask *ask, struct signed_list **out,
    size_t *n, struct diag *d)
{
	struct signed_list *l;
	enum status rc;

	*n = 0;
	if ((*out = calloc(ask->nlists + 1, sizeof(**out))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < ask->nlists; i++) {
		l = &(*out)[*n];
		l->list = ask->lists[i];
		TRY(find_signer(ask, l->list, &l->signer, d));
		*n += l->signer != NULL;
	}
	rc = ST_OK;
out:
	return rc;
}

/* Revocation is for good: every list that an anchor signed counts. */
static enum status
check_entries(const struct verify_ask *ask, const struct cert *c,
    const struct signed_list *lists, size_t n, struct diag *d)
{
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		if (memcmp(lists[i].signer->ski, c->spec.issuer_ski,
		    sizeof(c->spec.issuer_ski)) == 0 &&
		    crl_has(lists[i].list, c->serial, c->serial_len))
			FAIL(d, ST_AUTH, "FORMATS 8.41: %s: certificate "
			    "revoked, says list %llu of %s", ask->name,
			    (unsigned long long)lists[i].list->spec.number,
			    lists[i].signer->subject);
	}
	rc = ST_OK;
out:
	return rc;
}

/* Whether ${a} rather than ${b} (may be NULL) proves a key good at that time:
 * one that has begun before one that has not, then the higher number. */
static bool
is_better(const struct crl *a, const struct crl *b, int64_t at)
{
	bool begun;

	if (b == NULL)
		return true;
	begun = a->spec.this_update <= at;
	if (begun != (b->spec.this_update <= at))
		return begun;
	return a->spec.number > b->spec.number;
}

/* One list an anchor. */
static size_t
choose_lists(const struct verify_ask *ask, const struct signed_list *lists,
    size_t n, const struct crl **out)
{
	const struct crl *best;
	size_t chosen = 0;

	for (size_t i = 0; i < ask->nanchors; i++) {
		best = NULL;
		for (size_t j = 0; j < n; j++) {
			if (lists[j].signer == ask->anchors[i] &&
			    is_better(lists[j].list, best, ask->at))
				best = lists[j].list;
		}
		if (best != NULL)
			out[chosen++] = best;
	}
	return chosen;
}

/* --- the scope --- */

static enum status
check_scope(const struct verify_ask *ask, const struct cert *c,
    struct scope *out, struct diag *d)
{
	char arc[CERT_OID_SIZE] = "";
	enum status rc;

	if (ask->arc != NULL)
		snprintf(arc, sizeof(arc), "%s", ask->arc);
	else
		TRY(profile_arc(c, arc, d));
	TRY(lint_cert(LINT_DELEGATION, c, arc, d));
	TRY(profile_scope(c, arc, out, d));
	if (ask->product != NULL && strcmp(ask->product, out->product) != 0)
		FAIL(d, ST_POLICY, "FORMATS 8.43: it is for product %s, not "
		    "%s", out->product, ask->product);
	if (ask->role != NULL && strcmp(ask->role, out->role) != 0)
		FAIL(d, ST_POLICY, "FORMATS 8.43: it is for role %s, not %s",
		    out->role, ask->role);
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", ask->name);
	return rc;
}

/* --- the answer --- */

static enum status
say(const struct cert *c, const struct crl *list, struct verify_verdict *v,
    struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE], next[CLOCK_TEXT_SIZE],
	    serial[41], id[SHA384_HEX_SIZE];
	struct facts *f = &v->facts;
	enum status rc;

	clock_text(c->spec.not_before, from);
	clock_text(c->spec.not_after, to);
	clock_text(list->spec.next_update, next);
	text_hex(c->serial, c->serial_len, serial);
	text_hex(c->key.id, sizeof(c->key.id), id);
	if (v->test)
		TRY(facts_set(f, d, "mark", "TEST: made by a rehearsal"));
	TRY(facts_set(f, d, "subject", "%s", c->subject));
	TRY(facts_set(f, d, "issuer", "%s", c->issuer));
	TRY(facts_set(f, d, "product", "%s", v->scope.product));
	TRY(facts_set(f, d, "role", "%s", v->scope.role));
	TRY(facts_set(f, d, "versions", "%s..%s", v->scope.from,
	    v->scope.to));
	TRY(facts_set(f, d, "slot", "%s", v->scope.slot));
	TRY(facts_set(f, d, "not-before", "%s", from));
	TRY(facts_set(f, d, "not-after", "%s", to));
	TRY(facts_set(f, d, "serial", "%s", serial));
	TRY(facts_set(f, d, "key-id", "%s", id));
	TRY(facts_set(f, d, "list", "%llu",
	    (unsigned long long)list->spec.number));
	TRY(facts_set(f, d, "list-until", "%s", next));
out:
	return rc;
}

/* The chosen list of who issued it; chain_verify found that there is one. */
static const struct crl *
proving_list(const struct cert *c, const struct crl *const *lists, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(lists[i]->spec.issuer_ski, c->spec.issuer_ski,
		    sizeof(c->spec.issuer_ski)) == 0)
			return lists[i];
	}
	return NULL;
}

enum status
verify_delegation(const struct verify_ask *ask, struct verify_verdict *out,
    struct diag *d)
{
	const struct crl *chosen[CHAIN_MAX];
	struct signed_list *lists = NULL;
	const struct crl *list;
	struct cert *c = NULL;
	size_t n, m;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(cert_read(ask->name, ask->cert->data, ask->cert->len, &c, d));
	TRY(check_anchors(ask, c, d));
	TRY(gather_lists(ask, &lists, &n, d));
	TRY(check_entries(ask, c, lists, n, d));
	m = choose_lists(ask, lists, n, chosen);
	if ((rc = chain_verify(c, ask->anchors, ask->nanchors, chosen, m,
	    ask->at, d)) != ST_OK) {
		diag_prefix(d, "FORMATS 8.41: %s", ask->name);
		goto out;
	}
	TRY(check_scope(ask, c, &out->scope, d));
	if ((list = proving_list(c, chosen, m)) == NULL)
		FAIL(d, ST_AUTH, "FORMATS 8.41: %s: no list of its issuer",
		    ask->name);
	out->not_after = c->spec.not_after;
	out->next_update = list->spec.next_update;
	out->test = profile_is_test(&c->spec.subject);
	TRY(say(c, list, out, d));
out:
	free(lists);
	cert_free(c);
	if (rc != ST_OK)
		verify_clear(out);
	return rc;
}

void
verify_clear(struct verify_verdict *v)
{
	if (v == NULL)
		return;
	facts_clear(&v->facts);
	memset(v, 0, sizeof(*v));
}
