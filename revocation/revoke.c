/* see revoke.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/record/signer.h"
#include "revocation/reason.h"
#include "revocation/revoke.h"

#define EVIDENCE_MAX 1048576 /* bytes */

struct revoke {
	const char *name; /* of the delegation; all borrowed from the plan */
	size_t line;
	const char *root, *reason, *since, *asked;
	const char *serial; /* where the name alone is not enough, or NULL */
	char evidence[SHA384_HEX_SIZE]; /* of the file, or empty */
};

static const struct plan_key keys[] = {
	{ "by", PT_WORD, true, false, NULL },
	{ "serial", PT_TEXT, false, false, NULL },
	{ "reason", PT_CHOICE, true, false, REASON_CHOICES },
	{ "since", PT_DATE, false, false, NULL },
	{ "asked", PT_WORD, true, false, NULL },
	{ "evidence", PT_FILE, false, false, NULL },
	{ 0 }
};

static void
revoke_free(void *want)
{
	free(want);
}

/* What it was that made them ask: kept with the plan, and named by its
 * digest. */
static enum status
read_evidence(const struct plan *p, const struct ini_section *s,
    struct revoke *r, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "evidence", NULL);
	struct bytes file = { 0 };
	enum status rc = ST_OK;

	if (e == NULL)
		return ST_OK;
	TRY(plan_file(p, e, EVIDENCE_MAX, &file, NULL, 0, d));
	hash_sha384_hex(file.data, file.len, r->evidence);
out:
	bytes_free(&file);
	return rc;
}

static enum status
revoke_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct revoke *r = NULL;
	enum status rc;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	r->name = s->name;
	r->line = s->line;
	r->root = plan_text(s, "by", "");
	r->serial = plan_text(s, "serial", NULL);
	r->reason = plan_text(s, "reason", "");
	r->since = plan_text(s, "since", NULL);
	r->asked = plan_text(s, "asked", "");
	TRY(read_evidence(p, s, r, d));
	*want = r;
	r = NULL;
out:
	revoke_free(r);
	return rc;
}

static bool
is_meant(const struct revoke *r, const char *name, const char *root,
    const char *serial)
{
	return strcmp(name, r->name) == 0 && strcmp(root, r->root) == 0 &&
	    (r->serial == NULL || strcmp(serial, r->serial) == 0);
}

/* The delegations of that name that are not revoked yet, and the cross
 * certificates of a root of that name: of one root, and with that serial
 * number where the plan gives one. */
static size_t
find_live(const struct revoke *r, const struct state *s, const char **serial)
{
	const struct delegation *g;
	const struct cross *c;
	size_t n = 0;

	*serial = NULL;
	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		if (g->revoked || !is_meant(r, g->name, g->root, g->serial))
			continue;
		*serial = g->serial;
		n++;
	}
	for (size_t i = 0; i < s->ncrosses; i++) {
		c = &s->crosses[i];
		if (c->revoked || !is_meant(r, c->of, c->root, c->serial))
			continue;
		*serial = c->serial;
		n++;
	}
	return n;
}

static enum status
check_asked(const struct revoke *r, const struct plan *p, struct diag *d)
{
	enum status rc;

	for (size_t i = 0; i < p->npersons; i++) {
		if (strcmp(p->persons[i].word, r->asked) == 0)
			return ST_OK;
	}
	PLAN_FAIL(d, ST_FORMAT, p, r->line, "FORMATS 3.15: there is no "
	    "[person %s]", r->asked);
out:
	return rc;
}

static enum status
check_since(const struct revoke *r, const struct plan *p, struct diag *d)
{
	int64_t since = 0;
	enum status rc;

	if (r->since == NULL)
		return ST_OK;
	TRY(clock_read(r->since, &since, d));
	if (since > p->effective)
		PLAN_FAIL(d, ST_POLICY, p, r->line, "FORMATS 3.26: %s: it is "
		    "not known to be invalid in the future", r->since);
out:
	return rc;
}

static enum status
revoke_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct revoke *r = want;
	const struct delegation *g;
	const char *serial;
	size_t n;
	enum status rc;

	TRY(signer_check(p, r->line, before, promises, r->root, p->effective,
	    d));
	TRY(check_asked(r, p, d));
	TRY(check_since(r, p, d));
	n = find_live(r, before, &serial);
	if (n == 0)
		PLAN_FAIL(d, ST_POLICY, p, r->line, "FORMATS 3.26: root %s has "
		    "no delegation %s%s%s that is not revoked yet", r->root,
		    r->name, r->serial == NULL ? "" : " of serial number ",
		    r->serial == NULL ? "" : r->serial);
	if (n > 1)
		PLAN_FAIL(d, ST_POLICY, p, r->line, "FORMATS 3.26: root %s has "
		    "%zu delegations %s: say which by its serial number",
		    r->root, n, r->name);
	g = state_delegation(before, serial);
	if (g != NULL && promise_revokes(promises, before, g))
		PLAN_FAIL(d, ST_POLICY, p, r->line, "FORMATS 3.26: a row above "
		    "revokes delegation %s of root %s: this one belongs above "
		    "that, or is not needed", r->name, r->root);
	rc = ST_OK;
out:
	return rc;
}

static bool
revoke_revokes(const void *want, const struct state *before,
    const struct delegation *g)
{
	const struct revoke *r = want;

	(void)before;
	return is_meant(r, g->name, g->root, g->serial);
}

static size_t
revoke_count(const void *want)
{
	(void)want;
	return 1;
}

static enum status
revoke_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct revoke *r = want;
	const char *serial;

	(void)item;
	(void)p;
	if (find_live(r, state, &serial) != 1)
		return diag_set(d, ST_BUG, "no delegation %s", r->name);
	return text_format(out, d, "revoke %s %s of root %s, serial number "
	    "%s, for good: %s", state_cross(state, serial) == NULL ?
	    "delegation" : "cross certificate", r->name, r->root, serial,
	    r->reason);
}

/* As the record says it. */
static enum status
say(const struct revoke *r, const struct plan *p, const char *serial,
    struct facts *f, struct diag *d)
{
	char date[CLOCK_TEXT_SIZE], since[CLOCK_TEXT_SIZE];
	int64_t t = 0;
	enum status rc;

	clock_text(p->effective, date);
	TRY(facts_set(f, d, "root", "%s", r->root));
	TRY(facts_set(f, d, "name", "%s", r->name));
	TRY(facts_set(f, d, "serial", "%s", serial));
	TRY(facts_set(f, d, "reason", "%s", r->reason));
	TRY(facts_set(f, d, "date", "%s", date));
	if (r->since != NULL) {
		TRY(clock_read(r->since, &t, d));
		clock_text(t, since);
		TRY(facts_set(f, d, "since", "%s", since));
	}
	TRY(facts_set(f, d, "asked", "%s", r->asked));
	if (r->evidence[0] != '\0')
		TRY(facts_set(f, d, "evidence", "%s", r->evidence));
out:
	return rc;
}

static enum status
revoke_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct revoke *r = want;
	const char *serial;

	(void)item;
	o->kind = "revocation";
	if (find_live(r, hands->state, &serial) != 1)
		return diag_set(d, ST_BUG, "no delegation %s", r->name);
	return say(r, hands->plan, serial, &o->facts, d);
}

static enum status
revoke_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct revoke *r = want;
	const char *serial;
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	(void)item;
	if (strcmp(o->kind, "revocation") != 0 ||
	    find_live(r, state, &serial) != 1)
		FAIL(d, ST_AUTH, "it does not revoke delegation %s of root %s",
		    r->name, r->root);
	TRY(say(r, p, serial, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the plan "
		    "for delegation %s", key, r->name);
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind revoke_step = {
	.word = "revoke",
	.title = "Take a delegation out of service",
	.keys = keys,
	.makes = "revocation",
	.then = "crl",
	.read = revoke_read,
	.check = revoke_check,
	.revokes = revoke_revokes,
	.count = revoke_count,
	.show = revoke_show,
	.perform = revoke_perform,
	.verify = revoke_verify,
	.free = revoke_free,
};
