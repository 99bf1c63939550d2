/* see certificate.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/certificate.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"

void
certificate_read(const struct ini_section *s, struct certificate *out)
{
	out->root = s->name;
	out->line = s->line;
	out->subject = plan_text(s, "subject", NULL);
	out->years = plan_int(s, "years", 0);
	out->next = plan_text(s, "next", NULL);
	out->brought = plan_entry(s, "certificate", NULL) == NULL ? NULL : s;
}

/* --- one that was there before --- */

/* From the inbox, or, later, from the requests of the state. */
static enum status
read_brought(const struct certificate *w, const struct plan *p,
    struct cert **out, struct diag *d)
{
	const struct profile_room room = signer_room(p);
	const size_t line = plan_entry(w->brought, "certificate", NULL)->line;
	struct cert *c = NULL;
	enum status rc;

	TRY(signer_brought(p, w->brought, &c, d));
	TRY(plan_at(p, line, lint_brought(&room, c, p->effective, d), d));
	*out = c;
	c = NULL;
out:
	cert_free(c);
	return rc;
}

/* It is of the key that the record has, and nothing is made of it but PEM. */
static enum status
take_brought(const struct certificate *w, const struct plan *p,
    const struct root *r, struct cert **out, struct bytes *pem,
    struct diag *d)
{
	struct cert *c = NULL;
	enum status rc;

	TRY(read_brought(w, p, &c, d));
	if (memcmp(c->key.id, r->key.id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 3.94: the certificate is not of the "
		    "key of root %s", w->root);
	TRY(cert_pem(&c->der, "CERTIFICATE", pem, d));
	*out = c;
	c = NULL;
out:
	cert_free(c);
	return rc;
}

/* --- one that is signed here --- */

enum status
certificate_check(const struct certificate *w, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct profile_room room = signer_room(p);
	struct name subject;
	struct cert *c = NULL;
	enum status rc;

	if (w->brought != NULL) {
		rc = read_brought(w, p, &c, d);
		cert_free(c);
		return rc;
	}
	TRY(plan_at(p, w->line, profile_root_name(&room, w->subject, &subject,
	    d), d));
	if (w->next != NULL)
		TRY(signer_next(p, w->line, before, promises, w->next, d));
	if (w->years > PROFILE_YEARS_MAX)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 8.2: more than "
		    "%d years", PROFILE_YEARS_MAX);
	rc = ST_OK;
out:
	return rc;
}

/* The same day and minute, so many years on (1 March for 29 February). */
static enum status
years_on(int64_t from, uint64_t years, int64_t *out, struct diag *d)
{
	char text[CLOCK_TEXT_SIZE], moved[64];
	unsigned long year;

	clock_text(from, text);
	year = strtoul(text, NULL, 10) + years; /* up to the first dash */
	snprintf(moved, sizeof(moved), "%04lu%s", year, text + 4);
	if (clock_read(moved, out, NULL) == ST_OK)
		return ST_OK;
	snprintf(moved, sizeof(moved), "%04lu-03-01%s", year, text + 10);
	return clock_read(moved, out, d);
}

static enum status
root_spec(const struct certificate *w, const struct plan *p,
    const struct state *state, struct cert_spec *spec, struct diag *d)
{
	const struct root *r = state_root(state, w->root),
	    *next = state_root(state, w->next);
	const struct profile_room room = signer_room(p);
	int64_t to = 0;
	enum status rc;

	if (r == NULL || (w->next != NULL && next == NULL))
		FAIL(d, ST_AUTH, "root %s is not committed", r == NULL ?
		    w->root : w->next);
	TRY(years_on(p->effective, w->years, &to, d));
	TRY(profile_root(&room, w->subject, &r->key, p->effective, to - 1,
	    spec, d));
	if (next != NULL)
		TRY(profile_next_root(spec, next->key.id, d));
out:
	return rc;
}

/* "sign the certificate of root g1, for 20 years" */
enum status
certificate_show(const struct certificate *w, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	char span[SIGNER_SPAN_SIZE];
	struct cert_spec spec = { 0 };
	int64_t to = 0;
	enum status rc;

	if (w->brought != NULL)
		return text_format(out, d, "take in the certificate of root "
		    "%s, as it was before", w->root);
	TRY(root_spec(w, p, state, &spec, d));
	TRY(years_on(p->effective, w->years, &to, d));
	signer_span(p, spec.not_after, to - 1, w->years, "years", span);
	TRY(text_format(out, d, "sign the certificate of root %s, for %s%s%s",
	    w->root, span, w->next == NULL ? "" : "; it names the next, ",
	    w->next == NULL ? "" : w->next));
out:
	cert_spec_clear(&spec);
	return rc;
}

/* As the record says it. */
static enum status
say(const struct certificate *w, const struct cert *c, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", w->root));
	TRY(facts_set(f, d, "subject", "%s", c->spec.subject.common));
	TRY(signer_say(c, f, d));
out:
	return rc;
}

static void
file_name(const struct root *r, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "roots/%06u.crt", r->number);
}

enum status
certificate_perform(const struct certificate *w, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct root *r = state_root(hands->state, w->root);
	struct cert_spec spec = { 0 };
	struct bytes pem = { 0 };
	struct cert *made = NULL;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	o->kind = "certificate";
	if (r == NULL)
		FAIL(d, ST_BUG, "root %s is not committed", w->root);
	if (w->brought != NULL) {
		TRY(take_brought(w, hands->plan, r, &made, &pem, d));
	} else {
		TRY(root_spec(w, hands->plan, hands->state, &spec, d));
		TRY(signer_sign(LINT_ROOT, hands, w->root, &spec, &made, &pem,
		    d));
	}
	file_name(r, name);
	TRY(outcome_add(o, name, &pem, d));
	TRY(say(w, made, &o->facts, d));
out:
	cert_free(made);
	cert_spec_clear(&spec);
	bytes_free(&pem);
	return rc;
}

/* The certificate that the outcome has is the one that was asked for. */
static enum status
check_made(const struct certificate *w, const struct plan *p,
    const struct state *state, const struct root *r, const struct outcome *o,
    struct cert **out, struct diag *d)
{
	struct cert_spec spec = { 0 };
	struct bytes pem = { 0 };
	enum status rc;

	if (w->brought == NULL) {
		TRY(root_spec(w, p, state, &spec, d));
		TRY(signer_holds(LINT_ROOT, p, state, w->root, &spec, o, out,
		    d));
		goto out;
	}
	TRY(take_brought(w, p, r, out, &pem, d));
	if (!bytes_equal(&pem, &o->objects[0].bytes))
		FAIL(d, ST_AUTH, "%s is not the certificate in the plan",
		    o->objects[0].name);
out:
	bytes_free(&pem);
	cert_spec_clear(&spec);
	return rc;
}

enum status
certificate_verify(const struct certificate *w, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct root *r = state_root(state, w->root);
	struct facts said = { 0 };
	struct cert *c = NULL;
	char name[OBJECT_NAME_SIZE];
	const char *key;
	enum status rc;

	if (r == NULL)
		FAIL(d, ST_AUTH, "root %s is not committed", w->root);
	file_name(r, name);
	TRY(outcome_is(o, name, d));
	TRY(check_made(w, p, state, r, o, &c, d));
	TRY(say(w, c, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the "
		    "certificate of root %s", key, w->root);
out:
	facts_clear(&said);
	cert_free(c);
	return rc;
}
