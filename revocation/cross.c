/* see cross.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/record/signer.h"
#include "revocation/cross.h"

static enum status
spec_of(const struct cross_terms *w, const struct plan *p,
    const struct state *state, struct cert_spec *spec, struct diag *d)
{
	const struct profile_room room = signer_room(p);
	struct cert *of = NULL, *by = NULL;
	enum status rc;

	TRY(signer_cert(state, w->of, &of, d));
	TRY(signer_cert(state, w->by, &by, d));
	TRY(profile_cross(&room, of, by, p->effective, spec, d));
out:
	cert_free(of);
	cert_free(by);
	return rc;
}

enum status
cross_show(const struct cross_terms *w, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	struct cert_spec spec = { 0 };
	char to[CLOCK_TEXT_SIZE];
	enum status rc;

	TRY(spec_of(w, p, state, &spec, d));
	clock_text(spec.not_after, to);
	TRY(text_format(out, d, "let root %s vouch for root %s, for devices "
	    "that know %s alone, until %s", w->by, w->of, w->by, to));
out:
	cert_spec_clear(&spec);
	return rc;
}

/* As the record says it. */
static enum status
say(const struct cross_terms *w, const struct cert *c, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", w->by));
	TRY(facts_set(f, d, "of", "%s", w->of));
	TRY(signer_say(c, f, d));
out:
	return rc;
}

static void
file_name(const struct state *s, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "cross/%06zu.crt", s->ncrosses + 1);
}

enum status
cross_perform(const struct cross_terms *w, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	struct cert_spec spec = { 0 };
	struct bytes pem = { 0 };
	struct cert *made = NULL;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	o->kind = "cross";
	TRY(spec_of(w, hands->plan, hands->state, &spec, d));
	TRY(signer_sign(LINT_CROSS, hands, w->by, &spec, &made, &pem, d));
	file_name(hands->state, name);
	TRY(outcome_add(o, name, &pem, d));
	TRY(say(w, made, &o->facts, d));
out:
	cert_free(made);
	cert_spec_clear(&spec);
	bytes_free(&pem);
	return rc;
}

enum status
cross_verify(const struct cross_terms *w, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	struct cert_spec spec = { 0 };
	struct facts said = { 0 };
	struct cert *c = NULL;
	char name[OBJECT_NAME_SIZE];
	const char *key;
	enum status rc;

	file_name(state, name);
	if (strcmp(o->kind, "cross") != 0)
		FAIL(d, ST_AUTH, "it is not root %s as %s vouches for it",
		    w->of, w->by);
	TRY(outcome_is(o, name, d));
	TRY(spec_of(w, p, state, &spec, d));
	TRY(signer_holds(LINT_CROSS, p, state, w->by, &spec, o, &c, d));
	TRY(say(w, c, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the cross "
		    "certificate of root %s by %s", key, w->of, w->by);
out:
	cert_spec_clear(&spec);
	facts_clear(&said);
	cert_free(c);
	return rc;
}
