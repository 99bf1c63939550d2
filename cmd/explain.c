/* see cmd.h: what a certificate, a list or a bundle is worth to others. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/pki/cases.h"
#include "lib/pki/explain.h"
#include "lib/pki/kind.h"
#include "lib/pki/profile.h"

static enum status
say_time(const struct explain_thing *t, int64_t now, struct facts *f,
    struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(t->from, from);
	clock_text(t->until, until);
	TRY(facts_set(f, d, "from", "%s", from));
	TRY(facts_set(f, d, "until", "%s", until));
	TRY(facts_set(f, d, "is", "%s", now < t->from ? "not valid yet" :
	    now > t->until ? "over" : "valid, if its signature is"));
out:
	return rc;
}

/* Until when an attacker can use it, or what it stands in place of. */
static enum status
say_exposure(const struct explain_thing *t, int64_t now, struct facts *f,
    struct diag *d)
{
	static const char *const how[EXPLAIN_KINDS] = {
		[EXPLAIN_AUTHORITY] = "until it is over: no list of its own "
		    "ends it sooner",
		[EXPLAIN_KEY] = "until it is over where no list is asked for; "
		    "elsewhere as long as a list without it is valid",
		[EXPLAIN_LIST] = "until it is over it can stand in place of a "
		    "newer one; who ignores lists, or their dates, trusts a "
		    "revoked key until its certificate is over",
		[EXPLAIN_BUNDLE] = "until it has expired a device can be held "
		    "here by who keeps newer ones from it",
	};

	return facts_set(f, d, "exposure", "%lld days: %s",
	    (long long)explain_days(t, now), how[t->kind]);
}

/* What every client does, an answer a key of the report. */
static enum status
say_clients(const struct explain_thing *t, struct facts *f, struct diag *d)
{
	const struct explain_row *r;
	enum status rc = ST_OK;

	for (int a = 0; a < EXPLAIN_ANSWERS; a++) {
		for (size_t i = 0; (r = explain_next(t, &i)) != NULL;) {
			if (r->answer != (enum explain_answer)a)
				continue;
			TRY(facts_add(f, d, explain_answer_text(r->answer),
			    "%s%s%s%s%s (%s)", r->client,
			    r->setting[0] == '\0' ? "" : ", ", r->setting,
			    r->why[0] == '\0' ? "" : ": ", r->why,
			    r->source));
		}
	}
out:
	return rc;
}

static enum status
say_notes(const struct explain_thing *t, struct facts *f, struct diag *d)
{
	const struct explain_note *n;
	enum status rc = ST_OK;

	for (size_t i = 0; (n = explain_note(i)) != NULL; i++) {
		if (explain_holds(n, t))
			TRY(facts_add(f, d, "note", "%s", n->text));
	}
out:
	return rc;
}

static enum status
say_parts(const struct cert *c, struct facts *f, struct diag *d)
{
	static const struct explain_part own = { "", "the issuer's own",
		"no stock client knows it", NULL };
	char value[EXPLAIN_VALUE_SIZE];
	const struct explain_part *p;
	const struct cert_ext *e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < c->nseen; i++) {
		e = &c->seen[i];
		if ((p = explain_part(e->oid)) == NULL)
			p = &own;
		value[0] = '\0';
		if (p->value != NULL)
			p->value(&c->spec, value, sizeof(value));
		TRY(facts_add(f, d, "part", "%s%s%s%s: %s%s%s", p->name,
		    p == &own ? ", " : "", p == &own ? e->oid : "",
		    e->critical ? ", critical" : "", p->means,
		    value[0] == '\0' ? "" : ": ", value));
	}
out:
	return rc;
}

static enum status
say_cert(const struct cert *c, const struct explain_thing *t, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "kind", "%s", explain_kind_text(t->kind)));
	if (profile_is_test(&c->spec.subject))
		TRY(facts_set(f, d, "mark", "TEST: made by a rehearsal"));
	TRY(facts_set(f, d, "subject", "%s", c->subject));
	TRY(facts_set(f, d, "issuer", "%s", c->issuer));
	TRY(facts_set(f, d, "key", "%s", c->key.alg));
	TRY(facts_set(f, d, "signed-with", "%s", c->alg));
	TRY(say_parts(c, f, d));
out:
	return rc;
}

static enum status
say_list(const struct crl *l, const struct explain_thing *t, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "kind", "%s", explain_kind_text(t->kind)));
	if (profile_is_test(&l->spec.issuer))
		TRY(facts_set(f, d, "mark", "TEST: made by a rehearsal"));
	TRY(facts_set(f, d, "issuer", "%s", l->issuer));
	TRY(facts_set(f, d, "signed-with", "%s", l->alg));
	TRY(facts_add(f, d, "part", "number %llu: list %lu of ceremony %lu, "
	    "where it is ours", (unsigned long long)l->spec.number,
	    (unsigned long)(l->spec.number & UINT32_MAX),
	    (unsigned long)(l->spec.number >> 32)));
	TRY(facts_add(f, d, "part", "%zu certificate(s) taken back",
	    l->spec.n));
	if (l->foreign_ext[0] != '\0')
		TRY(facts_add(f, d, "part", "%s: no complete, direct list has "
		    "that", l->foreign_ext));
out:
	return rc;
}

/* What is left to whom, with the dates of this one. */
static enum status
say_thieves(const struct explain_thing *t, struct facts *f, struct diag *d)
{
	const struct explain_thief *thief;
	char at[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;
	int64_t end;

	for (size_t i = 0; (thief = explain_thief(i)) != NULL; i++) {
		if (!explain_steals(thief, t))
			continue;
		end = explain_end_time(thief->end, t);
		clock_text(end, at);
		TRY(facts_add(f, d, "thief", "with %s: %s%s%s%s%s (%s)",
		    thief->has, thief->can, thief->end == END_NOTHING ? "" :
		    "; ", explain_end_text(thief->end), end == 0 ? "" : ", ",
		    end == 0 ? "" : at, thief->source));
	}
out:
	return rc;
}

static enum status
say_bundle(const struct bundle *b, const struct explain_thing *t,
    struct facts *f, struct diag *d)
{
	bool test = false;
	enum status rc;

	TRY(facts_set(f, d, "kind", "%s", explain_kind_text(t->kind)));
	for (size_t i = 0; i < b->anchors; i++)
		test |= profile_is_test(&b->anchor[i]->spec.subject);
	if (test)
		TRY(facts_set(f, d, "mark", "TEST: made by a rehearsal"));
	TRY(cmd_say_bundle(b, f, d));
out:
	return rc;
}

static enum status
say_thing(const struct explain_thing *t, int64_t now, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(say_time(t, now, f, d));
	TRY(say_exposure(t, now, f, d));
	TRY(say_thieves(t, f, d));
	TRY(say_clients(t, f, d));
	TRY(say_notes(t, f, d));
out:
	return rc;
}

static enum status
explain_file(const char *name, const struct bytes *data, struct facts *f,
    struct diag *d)
{
	const int64_t now = clock_now();
	struct explain_thing thing = { 0 };
	struct bundle *bundle = NULL;
	struct cert *cert = NULL;
	struct crl *list = NULL;
	enum status rc;

	switch (pki_kind(data)) {
	case PKI_CERTIFICATE:
		TRY(cert_read(name, data->data, data->len, &cert, d));
		explain_cert(cert, now, &thing);
		TRY(say_cert(cert, &thing, f, d));
		break;
	case PKI_LIST:
		TRY(crl_read(name, data->data, data->len, &list, d));
		explain_list(list, now, &thing);
		TRY(say_list(list, &thing, f, d));
		break;
	case PKI_BUNDLE:
		TRY(bundle_read(name, data->data, data->len, &bundle, d));
		explain_bundle(bundle, now, &thing);
		TRY(say_bundle(bundle, &thing, f, d));
		break;
	case PKI_OTHER:
		FAIL(d, ST_FORMAT, "%s: neither a certificate, nor a "
		    "revocation list, nor a trust bundle", name);
	}
	TRY(say_thing(&thing, now, f, d));
out:
	bundle_free(bundle);
	cert_free(cert);
	crl_free(list);
	return rc;
}

static enum status
say_case(const struct case_row *r, struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "case", "%s: %s", r->word, r->what));
	TRY(facts_set(f, d, "attacker", "%s", r->attacker));
	TRY(facts_set(f, d, "until", "%s", r->until));
	TRY(facts_set(f, d, "do", "%s", r->todo));
	TRY(facts_set(f, d, "plan", "%s", r->plan));
	TRY(facts_set(f, d, "beyond", "%s", r->beyond));
	TRY(facts_set(f, d, "rule", "%s", r->rule));
out:
	return rc;
}

/* A case by its word, or all words; a file of such a name has a ./ before
 * it. */
static enum status
explain_case(const char *word, struct facts *f, struct diag *d)
{
	const struct case_row *r = case_find(word);
	enum status rc = ST_OK;

	if (r != NULL)
		return say_case(r, f, d);
	for (size_t i = 0; (r = case_row(i)) != NULL && rc == ST_OK; i++)
		rc = facts_add(f, d, "cases", "%s: %s", r->word, r->what);
	return rc;
}

enum status
cmd_explain(const struct call *c, struct diag *d)
{
	const char *what = c->arg[0];
	struct bytes data = { 0 };
	struct facts f = { 0 };
	enum status rc;

	if (strcmp(what, "cases") == 0 || case_find(what) != NULL) {
		TRY(explain_case(what, &f, d));
	} else {
		if (access(what, F_OK) != 0 && errno == ENOENT)
			FAIL(d, ST_SYSTEM, "%s: cannot be opened (%s), and no "
			    "case has that word: anchorite explain cases",
			    what, strerror(errno));
		TRY(file_read(what, FILE_MAX, &data, d));
		TRY(explain_file(what, &data, &f, d));
	}
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	bytes_free(&data);
	return rc;
}
