/* see cmd.h: verbs of the noun "delegation". */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "delegation/examine.h"
#include "delegation/show.h"
#include "delegation/verify.h"
#include "lib/crypto/chain.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/record/chain.h"
#include "revocation/vouch.h"

/* What a certificate is held against: files, a state, or a store. */
struct trust {
	struct cert *anchor[CHAIN_MAX]; /* owned, and so are the lists */
	size_t nanchors;
	struct crl *list[CHAIN_MAX];
	size_t nlists;
	struct state *state; /* or NULL */
	struct store *store; /* or NULL */
	struct vouch vouch;  /* of it */
};

static void
trust_clear(struct trust *t)
{
	for (size_t i = 0; i < t->nanchors; i++)
		cert_free(t->anchor[i]);
	for (size_t i = 0; i < t->nlists; i++)
		crl_free(t->list[i]);
	state_free(t->state);
	store_free(t->store);
}

/* What was read is what is asked about. */
static void
ask_owned(const struct trust *t, struct verify_ask *ask)
{
	ask->anchors = (const struct cert *const *)t->anchor;
	ask->nanchors = t->nanchors;
	ask->lists = (const struct crl *const *)t->list;
	ask->nlists = t->nlists;
}

static enum status
trust_file(const struct call *c, struct trust *t, struct verify_ask *ask,
    struct diag *d)
{
	const char *ca = cmd_opt(c, "--ca", ""), *crl = cmd_opt(c, "--crl",
	    NULL);
	struct bytes bytes = { 0 };
	enum status rc;

	if (cmd_has(c, "--state") || cmd_has(c, "--store"))
		FAIL(d, ST_USAGE, "--ca goes with neither --state nor "
		    "--store");
	TRY(file_read(ca, CERT_MAX, &bytes, d));
	TRY(cert_read(ca, bytes.data, bytes.len, &t->anchor[0], d));
	t->nanchors = 1;
	if (crl != NULL) {
		TRY(file_read(crl, CRL_MAX, &bytes, d));
		TRY(crl_read(crl, bytes.data, bytes.len, &t->list[0], d));
		t->nlists = 1;
	}
	ask_owned(t, ask);
	ask->rehearsal = cmd_has(c, "--rehearsal");
	rc = ST_OK;
out:
	bytes_free(&bytes);
	return rc;
}

/* Every list of a root, old ones too: what one of them revokes stays so. */
static enum status
add_lists(struct trust *t, const char *root, struct diag *d)
{
	const struct list *l;
	struct bytes bytes = { 0 };
	enum status rc;

	for (size_t i = 0; i < t->state->nlists; i++) {
		l = &t->state->lists[i];
		if (strcmp(l->root, root) != 0)
			continue;
		if (t->nlists == CHAIN_MAX)
			FAIL(d, ST_POLICY, "more than %d lists in one state",
			    CHAIN_MAX);
		TRY(state_object(t->state, l->object, &bytes, d));
		TRY(crl_read(l->object, bytes.data, bytes.len,
		    &t->list[t->nlists], d));
		t->nlists++;
	}
	rc = ST_OK;
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
add_root(struct trust *t, const struct root *r, struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc;

	/* FORMATS 8.45: of a stolen root nobody knows who signed */
	if (r->object[0] == '\0' || state_stolen(t->state, r))
		return ST_OK;
	if (t->nanchors == CHAIN_MAX)
		FAIL(d, ST_POLICY, "more than %d roots in one state",
		    CHAIN_MAX);
	TRY(state_object(t->state, r->object, &bytes, d));
	TRY(cert_read(r->object, bytes.data, bytes.len,
	    &t->anchor[t->nanchors], d));
	t->nanchors++;
	TRY(add_lists(t, r->name, d));
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
trust_state(const struct call *c, struct trust *t, struct verify_ask *ask,
    struct diag *d)
{
	enum status rc;

	if (cmd_has(c, "--rehearsal"))
		FAIL(d, ST_USAGE, "a state says itself whether it is a "
		    "rehearsal's: --rehearsal goes with --ca or --store");
	if (!cmd_has(c, "--state") && access("state", F_OK) != 0)
		FAIL(d, ST_SYSTEM, "there is no folder state here: say what "
		    "it is held against, by --state, --store, or --ca and "
		    "--crl");
	TRY(state_from(cmd_opt(c, "--state", "state"), &t->state, d));
	for (size_t i = 0; i < t->state->nroots; i++)
		TRY(add_root(t, &t->state->roots[i], d));
	ask_owned(t, ask);
	ask->arc = t->state->arc;
	ask->rehearsal = t->state->mode != MODE_PRODUCTION;
out:
	return rc;
}

/* FORMATS 9.48 */
static enum status
trust_store(const struct call *c, struct trust *t, struct verify_ask *ask,
    struct diag *d)
{
	const struct accept_clock clock = { ask->at, false };
	const char *path = cmd_opt(c, "--store", "");
	struct cert *cert = NULL;
	enum status rc;

	if (cmd_has(c, "--state"))
		FAIL(d, ST_USAGE, "--state and --store do not go together");
	TRY(cert_read(ask->name, ask->cert->data, ask->cert->len, &cert, d));
	TRY(store_open(path, false, &t->store, d));
	ask->rehearsal = cmd_has(c, "--rehearsal");
	if ((rc = vouch_for(t->store, cert, &clock, ask->rehearsal, &t->vouch,
	    d)) != ST_OK) {
		diag_prefix(d, "%s", ask->name);
		goto out;
	}
	ask->anchors = t->vouch.anchor;
	ask->nanchors = t->vouch.anchors;
	ask->taken = true;
	ask->lists = &t->vouch.list;
	ask->nlists = t->vouch.list != NULL;
	ask->arc = t->vouch.arc;
	ask->at = t->vouch.at;
out:
	cert_free(cert);
	return rc;
}

/* What was asked, and by which of the three it is answered. */
static enum status
make_ask(const struct call *c, struct trust *t, struct verify_ask *ask,
    struct diag *d)
{
	enum status rc;

	ask->at = clock_now();
	if (cmd_has(c, "--at"))
		TRY(clock_read(cmd_opt(c, "--at", ""), &ask->at, d));
	/* a list that is passed over may be the one that revokes */
	if (cmd_has(c, "--crl") && !cmd_has(c, "--ca"))
		FAIL(d, ST_USAGE, "--crl goes with --ca alone");
	if (cmd_has(c, "--ca"))
		TRY(trust_file(c, t, ask, d));
	else if (cmd_has(c, "--store"))
		TRY(trust_store(c, t, ask, d));
	else
		TRY(trust_state(c, t, ask, d));
	rc = ST_OK;
out:
	return rc;
}

/* Which bundle it was, where it was one. */
static enum status
say_bundle(const struct trust *t, struct facts *f, struct diag *d)
{
	const struct bundle *b;
	char to[CLOCK_TEXT_SIZE];

	if (t->store == NULL)
		return ST_OK;
	b = store_state(t->store)->last;
	clock_text(b->not_after, to);
	return facts_set(f, d, "bundle", "era %llu, number %llu, until %s%s",
	    (unsigned long long)b->era, (unsigned long long)b->seq, to,
	    t->vouch.expired ? ": it has expired; ask for a later one" : "");
}

enum status
cmd_delegation_verify(const struct call *c, struct diag *d)
{
	struct verify_verdict verdict = { 0 };
	struct trust t = { 0 };
	struct bytes cert = { 0 };
	struct verify_ask ask = { .name = c->arg[0], .cert = &cert };
	enum status rc;

	TRY(file_read(c->arg[0], CERT_MAX, &cert, d));
	TRY(make_ask(c, &t, &ask, d));
	TRY(verify_delegation(&ask, &verdict, d));
	TRY(say_bundle(&t, &verdict.facts, d));
	TRY(facts_set(&verdict.facts, d, "verdict", "it is good"));
	TRY(cmd_report(c, &verdict.facts, d));
out:
	verify_clear(&verdict);
	bytes_free(&cert);
	trust_clear(&t);
	return rc;
}

enum status
cmd_delegation_show(const struct call *c, struct diag *d)
{
	struct bytes bytes = { 0 };
	struct facts f = { 0 };
	struct state *s = NULL;
	enum status rc;

	if (cmd_has(c, "--state"))
		TRY(state_from(cmd_opt(c, "--state", ""), &s, d));
	TRY(file_read(c->arg[0], CERT_MAX, &bytes, d));
	TRY(show_file(c->arg[0], &bytes, s == NULL ? NULL : s->arc, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	bytes_free(&bytes);
	state_free(s);
	return rc;
}

/* What fails is a report too: it is printed, and then refused. */
enum status
cmd_delegation_lint(const struct call *c, struct diag *d)
{
	struct bytes data = { 0 };
	struct examine_ask ask = { .name = c->arg[0], .data = &data,
		.as = cmd_opt(c, "--as", NULL) };
	struct facts f = { 0 };
	struct state *s = NULL;
	size_t wrong;
	enum status rc;

	if (cmd_has(c, "--state")) {
		TRY(state_from(cmd_opt(c, "--state", ""), &s, d));
		ask.arc = s->arc;
	}
	TRY(file_read(c->arg[0], CRL_MAX, &data, d));
	TRY(examine(&ask, &f, &wrong, d));
	TRY(cmd_report(c, &f, d));
	if (wrong > 0)
		FAIL(d, ST_POLICY, "%s: %s", c->arg[0],
		    facts_get(&f, "verdict"));
out:
	facts_clear(&f);
	bytes_free(&data);
	state_free(s);
	return rc;
}

enum status
cmd_delegation_list(const struct call *c, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	const struct delegation *g;
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &s, d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(facts_set(&f, d, "count", "%zu", s->ndelegations));
	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		clock_text(g->not_before, from);
		clock_text(g->not_after, to);
		TRY(facts_add(&f, d, "delegations", "%s: %s of %s, slot %s, "
		    "by %s, %s to %s, serial %s%s", g->name, g->role,
		    g->product, g->slot, g->root, from, to, g->serial,
		    g->revoked ? ", revoked" : ""));
	}
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	return rc;
}
