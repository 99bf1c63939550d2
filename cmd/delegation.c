/* see cmd.h: verbs of the noun "delegation". */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "delegation/show.h"
#include "delegation/verify.h"
#include "lib/crypto/chain.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/record/chain.h"

/* What a certificate is held against. */
struct trust {
	struct cert *anchor[CHAIN_MAX];
	size_t nanchors;
	struct crl *list[CHAIN_MAX];
	size_t nlists;
	const char *arc;
	bool rehearsal;
	struct state *state; /* or NULL */
	int fd;
};

static void
trust_clear(struct trust *t)
{
	for (size_t i = 0; i < t->nanchors; i++)
		cert_free(t->anchor[i]);
	for (size_t i = 0; i < t->nlists; i++)
		crl_free(t->list[i]);
	state_free(t->state);
	if (t->fd >= 0)
		close(t->fd);
}

static enum status
trust_file(const struct call *c, struct trust *t, struct diag *d)
{
	const char *ca = cmd_opt(c, "--ca", ""), *crl = cmd_opt(c, "--crl",
	    NULL);
	struct bytes bytes = { 0 };
	enum status rc;

	if (cmd_has(c, "--state"))
		FAIL(d, ST_USAGE, "--ca and --state do not go together");
	TRY(file_read(ca, CERT_MAX, &bytes, d));
	TRY(cert_read(ca, bytes.data, bytes.len, &t->anchor[0], d));
	t->nanchors = 1;
	if (crl != NULL) {
		TRY(file_read(crl, CRL_MAX, &bytes, d));
		TRY(crl_read(crl, bytes.data, bytes.len, &t->list[0], d));
		t->nlists = 1;
	}
	t->rehearsal = cmd_has(c, "--rehearsal");
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

	if (r->object[0] == '\0')
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
trust_state(const struct call *c, struct trust *t, struct diag *d)
{
	enum status rc;

	/* a list that is passed over may be the one that revokes */
	if (cmd_has(c, "--crl") || cmd_has(c, "--rehearsal"))
		FAIL(d, ST_USAGE, "--crl and --rehearsal go with --ca alone");
	TRY(state_load(cmd_opt(c, "--state", "state"), &t->state, &t->fd,
	    NULL, NULL, d));
	for (size_t i = 0; i < t->state->nroots; i++)
		TRY(add_root(t, &t->state->roots[i], d));
	t->arc = t->state->arc;
	/* the state says itself that it is a rehearsal's */
	t->rehearsal = t->state->mode != MODE_PRODUCTION;
out:
	return rc;
}

enum status
cmd_delegation_verify(const struct call *c, struct diag *d)
{
	struct verify_verdict verdict = { 0 };
	struct trust t = { .fd = -1 };
	struct bytes cert = { 0 };
	struct verify_ask ask = { .name = c->arg[0], .cert = &cert };
	enum status rc;

	ask.at = clock_now();
	if (cmd_has(c, "--at"))
		TRY(clock_read(cmd_opt(c, "--at", ""), &ask.at, d));
	if (cmd_has(c, "--ca"))
		TRY(trust_file(c, &t, d));
	else
		TRY(trust_state(c, &t, d));
	TRY(file_read(c->arg[0], CERT_MAX, &cert, d));
	ask.anchors = (const struct cert *const *)t.anchor;
	ask.nanchors = t.nanchors;
	ask.lists = (const struct crl *const *)t.list;
	ask.nlists = t.nlists;
	ask.arc = t.arc;
	ask.rehearsal = t.rehearsal;
	TRY(verify_delegation(&ask, &verdict, d));
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
	int fd = -1;

	if (cmd_has(c, "--state"))
		TRY(state_load(cmd_opt(c, "--state", ""), &s, &fd, NULL, NULL,
		    d));
	TRY(file_read(c->arg[0], CERT_MAX, &bytes, d));
	TRY(show_file(c->arg[0], &bytes, s == NULL ? NULL : s->arc, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	bytes_free(&bytes);
	state_free(s);
	if (fd >= 0)
		close(fd);
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
	int fd = -1;

	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
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
	if (fd >= 0)
		close(fd);
	return rc;
}
