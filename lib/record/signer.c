/* see signer.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/pki/issue.h"
#include "lib/record/signer.h"

static bool
says(const struct ini_section *s, const char *key, const char *name)
{
	const char *is = plan_text(s, key, NULL);

	return is != NULL && strcmp(is, name) == 0;
}

const struct ini_section *
signer_section(const struct plan *p, const char *name)
{
	const struct ini_section *s;

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		if (s->name != NULL && strcmp(s->name, name) == 0 &&
		    (plan_entry(s, "subject", NULL) != NULL ||
		    plan_entry(s, "certificate", NULL) != NULL))
			return s;
	}
	return NULL;
}

enum status
signer_issues(const struct plan *p, size_t line, const struct state *before,
    const char *name, struct diag *d)
{
	const struct root *root = state_root(before, name);
	bool retired = root != NULL && root->retired != 0;
	enum status rc;

	for (size_t i = 0; i < p->ini->n && !retired; i++)
		retired = p->ini->sections[i].line < line &&
		    says(&p->ini->sections[i], "old", name);
	if (retired)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 8.51: root %s is "
		    "retired: it signs lists, and nothing else", name);
	rc = ST_OK;
out:
	return rc;
}

enum status
signer_brought(const struct plan *p, const struct ini_section *s,
    struct cert **out, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "certificate", NULL);
	char name[PLAN_FILE_NAME_SIZE] = "";
	struct bytes bytes = { 0 };
	enum status rc;

	*out = NULL;
	if (e == NULL)
		return ST_OK;
	TRY(plan_file(p, e, CERT_MAX, &bytes, name, sizeof(name), d));
	TRY(plan_at(p, e->line, cert_read(name, bytes.data, bytes.len, out, d),
	    d));
out:
	bytes_free(&bytes);
	return rc;
}

/* What is not there yet lasts as long as its plan says, at least; what is
 * brought, as long as it says itself. */
static enum status
promised_end(const struct plan *p, const struct ini_section *s, int64_t *end,
    struct diag *d)
{
	struct cert *c = NULL;
	enum status rc;

	TRY(signer_brought(p, s, &c, d));
	*end = c != NULL ? c->spec.not_after : p->effective +
	    (int64_t)plan_int(s, "years", 0) * 365 * CLOCK_DAY;
out:
	cert_free(c);
	return rc;
}

enum status
signer_check(const struct plan *p, size_t line, const struct state *before,
    const struct promises *promises, const char *name, int64_t until,
    struct diag *d)
{
	const struct root *root = state_root(before, name);
	const struct ini_section *s = signer_section(p, name);
	const bool certified = root != NULL && root->object[0] != '\0';
	const struct sheet_set *set;
	int64_t end = certified ? root->not_after : 0;
	enum status rc;

	if (root == NULL && promise_find(promises, "root", NULL, name) ==
	    NULL)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 8.18: no root %s is "
		    "there, and no row above makes it", name);
	set = state_live_set(before, name);
	if (set != NULL && !sheet_set_opens(set, NULL))
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 4.33: nothing opens "
		    "root %s any more: its sheets were destroyed", name);
	if (!certified && (s == NULL || s->line > line))
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 8.18: root %s has no "
		    "certificate: a next root signs nothing yet", name);
	if (!certified)
		TRY(promised_end(p, s, &end, d));
	if (p->mode != MODE_PRODUCTION)
		until = p->effective + 1;
	if (until > end)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 8.2: it would "
		    "outlive root %s", name);
	rc = ST_OK;
out:
	return rc;
}

enum status
signer_next(const struct plan *p, size_t line, const struct state *before,
    const struct promises *promises, const char *name, struct diag *d)
{
	const struct root *root = state_root(before, name);
	enum status rc;

	if (root == NULL && promise_find(promises, "root", NULL, name) ==
	    NULL)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 3.30: no root %s is "
		    "there, and no row above makes it", name);
	if ((root != NULL && root->object[0] != '\0') ||
	    signer_section(p, name) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, line, "FORMATS 3.30: root %s has a "
		    "certificate: it is no root to come", name);
	rc = ST_OK;
out:
	return rc;
}

enum status
signer_cert(const struct state *state, const char *name, struct cert **out,
    struct diag *d)
{
	const struct root *root = state_root(state, name);
	struct bytes pem = { 0 };
	struct cert *c = NULL;
	enum status rc;

	*out = NULL;
	if (root == NULL || root->object[0] == '\0')
		FAIL(d, ST_POLICY, "root %s has no certificate", name);
	TRY(state_object(state, root->object, &pem, d));
	TRY(cert_read(root->object, pem.data, pem.len, &c, d));
	if (memcmp(c->key.id, root->key.id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "%s is not of the key that is recorded",
		    root->object);
	*out = c;
	c = NULL;
	rc = ST_OK;
out:
	cert_free(c);
	bytes_free(&pem);
	return rc;
}

enum status
signer_issuer(const struct state *state, const char *name,
    const struct cert **out, struct diag *d)
{
	static struct {
		char digest[SHA384_HEX_SIZE];
		struct cert *cert;
	} last;
	const struct root *root = state_root(state, name);
	const char *digest = root == NULL ? NULL :
	    state_object_digest(state, root->object);
	enum status rc;

	*out = NULL;
	if (last.cert == NULL || digest == NULL ||
	    strcmp(last.digest, digest) != 0 ||
	    memcmp(last.cert->key.id, root->key.id, SHA384_LEN) != 0) {
		cert_free(last.cert);
		last.cert = NULL;
		TRY(signer_cert(state, name, &last.cert, d));
		snprintf(last.digest, sizeof(last.digest), "%s",
		    state_object_digest(state, root->object));
	}
	*out = last.cert;
	rc = ST_OK;
out:
	return rc;
}

enum status
signer_say(const struct cert *c, struct facts *f, struct diag *d)
{
	char serial[2 * sizeof(c->serial) + 1], digest[SHA384_HEX_SIZE],
	    from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	enum status rc;

	text_hex(c->serial, c->serial_len, serial);
	text_hex(c->id, sizeof(c->id), digest);
	clock_text(c->spec.not_before, from);
	clock_text(c->spec.not_after, to);
	TRY(facts_set(f, d, "serial", "%s", serial));
	TRY(facts_set(f, d, "not-before", "%s", from));
	TRY(facts_set(f, d, "not-after", "%s", to));
	TRY(facts_set(f, d, "certificate", "%s", digest));
out:
	return rc;
}

/* Whose seed a serial number comes from. */
struct source {
	struct hands *hands;
	const char *root;
};

static enum status
draw_serial(void *cookie, const char *label, uint8_t *out, size_t len,
    struct diag *d)
{
	const struct source *s = cookie;

	return s->hands->derive(s->hands, s->root, label, out, len, d);
}

enum status
signer_sign(enum lint_kind kind, struct hands *hands, const char *root,
    const struct cert_spec *spec, struct cert **out, struct bytes *pem,
    struct diag *d)
{
	const struct root *r = state_root(hands->state, root);
	struct source source = { hands, root };
	const struct issue_serial serial = { draw_serial, &source };
	const struct key *key = NULL;
	enum status rc;

	*out = NULL;
	if (r == NULL)
		FAIL(d, ST_BUG, "root %s is not committed", root);
	TRY(hands->root(hands, root, &key, d));
	TRY(issue_cert(kind, hands->plan->arc, spec, &serial, key, &r->key,
	    out, d));
	TRY(cert_pem(&(*out)->der, "CERTIFICATE", pem, d));
out:
	return rc;
}

enum status
signer_holds(enum lint_kind kind, const struct plan *p,
    const struct state *state, const char *root, const struct cert_spec *spec,
    const struct outcome *o, struct cert **out, struct diag *d)
{
	const struct root *r = state_root(state, root);
	struct cert *c = NULL;
	enum status rc;

	*out = NULL;
	if (r == NULL || o->n != 1)
		FAIL(d, ST_AUTH, "it is not one certificate, or root %s is not "
		    "committed", root);
	TRY(cert_read(o->objects[0].name, o->objects[0].bytes.data,
	    o->objects[0].bytes.len, &c, d));
	TRY(cert_signed_by(c, &r->key, d));
	TRY(lint_cert(kind, c, p->arc, d));
	TRY(issue_same_cert(c, spec, d));
	*out = c;
	c = NULL;
out:
	cert_free(c);
	return rc;
}

/* The last second of a day is of that day. */
static int64_t
days_to(const struct plan *p, int64_t to)
{
	return (to - p->effective + CLOCK_DAY - 1) / CLOCK_DAY;
}

void
signer_span(const struct plan *p, int64_t to, int64_t wanted, uint64_t n,
    const char *unit, char out[SIGNER_SPAN_SIZE])
{
	const unsigned long long asked = n;

	if (days_to(p, to) >= days_to(p, wanted))
		snprintf(out, SIGNER_SPAN_SIZE, "%llu %s", asked, unit);
	else
		snprintf(out, SIGNER_SPAN_SIZE, "%lld days, cut from %llu %s: "
		    "a rehearsal", (long long)days_to(p, to), asked, unit);
}

enum derive_mode
signer_derive_mode(enum plan_mode mode)
{
	return mode == MODE_PRODUCTION ? DERIVE_REAL : DERIVE_REHEARSAL;
}

struct profile_room
signer_room(const struct plan *p)
{
	const struct profile_room room = { p->arc, p->org,
		p->mode != MODE_PRODUCTION };

	return room;
}
