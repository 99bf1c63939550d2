/* see certify.h */
#include <stdlib.h>
#include <string.h>

#include "ceremony/certificate.h"
#include "ceremony/certify.h"

#define COMES_BY "rotate" /* the row that brings a root into use */
#define NEW_MAX 16

static const struct plan_key keys[] = {
	CERTIFICATE_KEYS(true),
	{ 0 }
};

static void
certify_free(void *want)
{
	free(want);
}

static enum status
certify_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct certificate *w;

	(void)p;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	certificate_read(s, w);
	*want = w;
	return ST_OK;
}

/* Whether a section is the row that brings the root, behind this one. */
static enum status
is_brought(const struct certificate *w, const struct plan *p,
    const struct ini_section *s, bool *yes, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "new", NULL);
	char name[NEW_MAX][33];
	size_t n = 0;
	enum status rc = ST_OK;

	if (s->line < w->line || strcmp(s->kind, COMES_BY) != 0 || e == NULL)
		return ST_OK;
	TRY(plan_words(p, e, name, NEW_MAX, &n, d));
	for (size_t i = 0; i < n; i++)
		*yes |= strcmp(name[i], w->root) == 0;
out:
	return rc;
}

/* A root with a certificate can sign: it has one no earlier than it is in
 * use. */
static enum status
check_brought(const struct certificate *w, const struct plan *p,
    struct diag *d)
{
	bool yes = false;
	enum status rc;

	for (size_t i = 0; i < p->ini->n; i++)
		TRY(is_brought(w, p, &p->ini->sections[i], &yes, d));
	if (!yes)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.40: [certify "
		    "%s] wants a [" COMES_BY "] behind it whose new root it "
		    "is", w->root);
	rc = ST_OK;
out:
	return rc;
}

static enum status
certify_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct certificate *w = want;
	const struct root *root = state_root(before, w->root);
	enum status rc;

	if (root == NULL)
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.40: no root %s "
		    "is there from a ceremony before", w->root);
	if (root->object[0] != '\0')
		PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.40: root %s has "
		    "its certificate", w->root);
	TRY(check_brought(w, p, d));
	TRY(certificate_check(w, p, before, promises, d));
out:
	return rc;
}

static size_t
certify_count(const void *want)
{
	(void)want;
	return 1;
}

static enum status
certify_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	(void)item;
	return certificate_show(want, p, state, out, d);
}

static enum status
certify_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	(void)item;
	return certificate_perform(want, hands, o, d);
}

static enum status
certify_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	(void)item;
	return certificate_verify(want, p, state, o, d);
}

const struct step_kind certify_step = {
	.word = "certify",
	.title = "Sign the certificate of a root to come",
	.keys = keys,
	.makes = "certificate",
	.read = certify_read,
	.check = certify_check,
	.count = certify_count,
	.show = certify_show,
	.perform = certify_perform,
	.verify = certify_verify,
	.free = certify_free,
};
