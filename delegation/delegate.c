/* see delegate.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delegation/delegate.h"
#include "delegation/request.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/primes.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"

struct delegate {
	const char *name; /* of the step; borrowed from the plan, as all text */
	size_t line;
	const char *root;
	const char *profile;
	struct scope scope;
	uint64_t days;
	char request_name[65];
	struct csr *request; /* owned */
	char request_digest[SHA384_HEX_SIZE]; /* of the file */
};

static const struct plan_key keys[] = {
	{ "by", PT_WORD, true, false, NULL },
	{ "profile", PT_WORD, true, false, NULL },
	{ "product", PT_WORD, true, false, NULL },
	{ "role", PT_WORD, true, false, NULL },
	{ "versions", PT_TEXT, true, false, NULL },
	{ "request", PT_FILE, true, false, NULL },
	{ "days", PT_DAYS, true, false, NULL },
	{ 0 }
};

/* --- the row's own reading --- */

static void
delegate_free(void *want)
{
	struct delegate *g = want;

	if (g == NULL)
		return;
	csr_free(g->request);
	free(g);
}

/* Gates one and two. */
static enum status
read_request(const struct plan *p, const struct ini_section *s,
    struct delegate *g, struct diag *d)
{
	struct bytes file = { 0 };
	enum status rc;

	TRY(plan_file(p, plan_entry(s, "request", NULL), CSR_MAX, &file,
	    g->request_name, sizeof(g->request_name), d));
	hash_sha384_hex(file.data, file.len, g->request_digest);
	TRY(request_read(g->request_name, &file, &g->request, d));
	TRY(request_check(g->request_name, g->request, d));
out:
	bytes_free(&file);
	return rc;
}

static enum status
delegate_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct delegate *g = NULL;
	enum status rc;

	if ((g = calloc(1, sizeof(*g))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	g->name = s->name;
	g->line = s->line;
	g->root = plan_text(s, "by", "");
	g->profile = plan_text(s, "profile", "");
	g->days = plan_int(s, "days", 0);
	snprintf(g->scope.product, sizeof(g->scope.product), "%s",
	    plan_text(s, "product", ""));
	snprintf(g->scope.role, sizeof(g->scope.role), "%s",
	    plan_text(s, "role", ""));
	clock_quarter(p->effective, g->scope.slot);
	TRY(plan_at(p, plan_entry(s, "versions", NULL)->line,
	    scope_versions(plan_text(s, "versions", ""), &g->scope, d), d));
	TRY(read_request(p, s, g, d));
	*want = g;
	g = NULL;
	rc = ST_OK;
out:
	delegate_free(g);
	return rc;
}

/* --- what the plan, the state and the profile say to it --- */

/* The [profile NAME] of the plan: its algorithms, and how many days. */
static enum status
check_profile(const struct delegate *g, const struct plan *p,
    struct request_rules *rules, struct diag *d)
{
	const struct ini_section *s = plan_section(p, "profile", g->profile);
	const struct ini_entry *algs;
	uint64_t most;
	enum status rc;

	if (s == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, g->line, "FORMATS 3.15: no "
		    "[profile %s]", g->profile);
	algs = plan_entry(s, "keys", NULL);
	TRY(plan_words(p, algs, rules->keys, REQUEST_ALGS_MAX, &rules->nkeys,
	    d));
	for (size_t i = 0; i < rules->nkeys; i++)
		TRY(plan_at(p, algs->line, profile_key(rules->keys[i], d), d));
	most = plan_int(s, "most-days", 0);
	if (most > PROFILE_DAYS_MAX)
		PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 8.35: profile %s "
		    "allows more than %d days", g->profile, PROFILE_DAYS_MAX);
	if (g->days > most)
		PLAN_FAIL(d, ST_POLICY, p, g->line, "FORMATS 8.35: %llu days, "
		    "and profile %s allows %llu", (unsigned long long)g->days,
		    g->profile, (unsigned long long)most);
	rc = ST_OK;
out:
	return rc;
}

/* Nobody has this product, role and slot already, or he is out of service, or
 * his root is: the new root's key comes beside it. */
static enum status
check_slot(const struct delegate *g, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct delegation *other;
	enum status rc;

	for (size_t i = 0; i < before->ndelegations; i++) {
		other = &before->delegations[i];
		if (strcmp(other->product, g->scope.product) != 0 ||
		    strcmp(other->role, g->scope.role) != 0 ||
		    strcmp(other->slot, g->scope.slot) != 0 ||
		    other->revoked ||
		    promise_revokes(promises, before, other) ||
		    signer_issues(p, g->line, before, other->root, NULL) !=
		    ST_OK)
			continue;
		PLAN_FAIL(d, ST_POLICY, p, g->line, "FORMATS 8.34: %s %s has "
		    "a delegation for %s already: %s", g->scope.product,
		    g->scope.role, g->scope.slot, other->name);
	}
	rc = ST_OK;
out:
	return rc;
}

/* Two RSA keys of one plan: both are open to everybody. */
static enum status
check_pair(const struct delegate *g, const struct delegate *other,
    const struct plan *p, struct diag *d)
{
	struct primes *primes = NULL;
	bool shared;
	enum status rc;

	TRY(primes_add(&primes, &other->request->key, d));
	TRY(primes_shared(primes, &g->request->key, &shared, d));
	if (shared)
		PLAN_FAIL(d, ST_POLICY, p, g->line, "FORMATS 8.31: its key "
		    "has a prime in common with that of [delegate %s]: anyone "
		    "can compute both", other->name);
out:
	primes_free(primes);
	return rc;
}

/* Against the [delegate] sections above this one. */
static enum status
check_siblings(const struct delegate *g, const struct plan *p,
    const struct promises *promises, struct diag *d)
{
	const struct delegate *other;
	enum status rc;

	for (size_t i = 0; i < promises->n; i++) {
		if (strcmp(promises->promise[i].kind, delegate_step.makes) !=
		    0)
			continue;
		other = promises->promise[i].want;
		if (strcmp(other->scope.product, g->scope.product) == 0 &&
		    strcmp(other->scope.role, g->scope.role) == 0)
			PLAN_FAIL(d, ST_POLICY, p, g->line, "FORMATS 8.34: "
			    "[delegate %s] is for the same product and role",
			    other->name);
		if (memcmp(other->request->key.index, g->request->key.index,
		    SHA384_LEN) == 0)
			PLAN_FAIL(d, ST_POLICY, p, g->line, "FORMATS 8.32: "
			    "[delegate %s] is for the same key", other->name);
		TRY(check_pair(g, other, p, d));
	}
	rc = ST_OK;
out:
	return rc;
}

static int64_t
last_second(const struct delegate *g, const struct plan *p)
{
	return p->effective + (int64_t)g->days * CLOCK_DAY - 1;
}

static enum status
delegate_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct delegate *g = want;
	const struct profile_room room = signer_room(p);
	struct request_rules rules = { 0 };
	struct name subject;
	enum status rc;

	TRY(signer_check(p, g->line, before, promises, g->root,
	    last_second(g, p), d));
	TRY(signer_issues(p, g->line, before, g->root, d));
	TRY(check_profile(g, p, &rules, d));
	TRY(plan_at(p, g->line, profile_delegation_name(&room, &g->scope,
	    &subject, d), d));
	rules.state = before;
	rules.production = p->mode == MODE_PRODUCTION;
	TRY(request_policy(g->request_name, g->request, &rules, d));
	TRY(check_slot(g, p, before, promises, d));
	TRY(check_siblings(g, p, promises, d));
out:
	return rc;
}

static size_t
delegate_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- what is asked for, and what came out, as the record says it --- */

static enum status
want_spec(const struct delegate *g, const struct plan *p,
    const struct state *state, struct cert_spec *spec, struct diag *d)
{
	const struct profile_room room = signer_room(p);
	const struct cert *issuer;
	enum status rc;

	TRY(signer_issuer(state, g->root, &issuer, d));
	TRY(profile_delegation(&room, &g->scope, &g->request->key, issuer,
	    p->effective, last_second(g, p), spec, d));
out:
	return rc;
}

/* One line for people: what is written there is what will be made. */
static enum status
delegate_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct delegate *g = want;
	char span[SIGNER_SPAN_SIZE];
	struct cert_spec spec = { 0 };
	enum status rc;

	(void)item;
	TRY(want_spec(g, p, state, &spec, d));
	signer_span(p, spec.not_after, last_second(g, p), g->days, "days",
	    span);
	TRY(text_format(out, d, "sign the delegation %s: %s %s, versions "
	    "%s..%s, %s, %s, key %s of %s, by root %s", g->name,
	    g->scope.product, g->scope.role, g->scope.from, g->scope.to,
	    g->scope.slot, span, g->request->key.alg, g->request_name,
	    g->root));
out:
	cert_spec_clear(&spec);
	return rc;
}

static enum status
say(const struct delegate *g, const struct cert *c, struct facts *f,
    struct diag *d)
{
	char serial[41], id[SHA384_HEX_SIZE], index[SHA384_HEX_SIZE],
	    digest[SHA384_HEX_SIZE], from[CLOCK_TEXT_SIZE],
	    to[CLOCK_TEXT_SIZE];
	enum status rc;

	text_hex(c->serial, c->serial_len, serial);
	text_hex(c->key.id, sizeof(c->key.id), id);
	text_hex(c->key.index, sizeof(c->key.index), index);
	text_hex(c->id, sizeof(c->id), digest);
	clock_text(c->spec.not_before, from);
	clock_text(c->spec.not_after, to);
	TRY(facts_set(f, d, "name", "%s", g->name));
	TRY(facts_set(f, d, "root", "%s", g->root));
	TRY(facts_set(f, d, "product", "%s", g->scope.product));
	TRY(facts_set(f, d, "role", "%s", g->scope.role));
	TRY(facts_set(f, d, "slot", "%s", g->scope.slot));
	TRY(facts_set(f, d, "versions", "%s..%s", g->scope.from,
	    g->scope.to));
	TRY(facts_set(f, d, "serial", "%s", serial));
	TRY(facts_set(f, d, "key-id", "%s", id));
	TRY(facts_set(f, d, "key-index", "%s", index));
	TRY(facts_set(f, d, "not-before", "%s", from));
	TRY(facts_set(f, d, "not-after", "%s", to));
	TRY(facts_set(f, d, "request", "%s", g->request_digest));
	TRY(facts_set(f, d, "certificate", "%s", digest));
out:
	return rc;
}

static void
certificate_name(const struct facts *said, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "issued/%s.crt",
	    facts_get(said, "serial"));
}

/* --- the one item --- */

static enum status
delegate_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct delegate *g = want;
	struct cert_spec spec = { 0 };
	struct bytes pem = { 0 };
	struct cert *made = NULL;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	(void)item;
	o->kind = "delegation";
	TRY(want_spec(g, hands->plan, hands->state, &spec, d));
	TRY(signer_sign(LINT_DELEGATION, hands, g->root, &spec, &made, &pem,
	    d));
	TRY(say(g, made, &o->facts, d));
	certificate_name(&o->facts, name);
	TRY(outcome_add(o, name, &pem, d));
out:
	cert_free(made);
	cert_spec_clear(&spec);
	bytes_free(&pem);
	return rc;
}

static enum status
delegate_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct delegate *g = want;
	struct cert_spec spec = { 0 };
	struct facts said = { 0 };
	struct cert *c = NULL;
	char name[OBJECT_NAME_SIZE];
	const char *key;
	enum status rc;

	(void)item;
	TRY(want_spec(g, p, state, &spec, d));
	TRY(signer_holds(LINT_DELEGATION, p, state, g->root, &spec, o, &c, d));
	TRY(say(g, c, &said, d));
	certificate_name(&said, name);
	TRY(outcome_is(o, name, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the "
		    "certificate of delegation %s", key, g->name);
out:
	cert_spec_clear(&spec);
	facts_clear(&said);
	cert_free(c);
	return rc;
}

const struct step_kind delegate_step = {
	.word = "delegate",
	.title = "Sign the delegation",
	.keys = keys,
	.makes = "delegation",
	.read = delegate_read,
	.check = delegate_check,
	.count = delegate_count,
	.show = delegate_show,
	.perform = delegate_perform,
	.verify = delegate_verify,
	.free = delegate_free,
};
