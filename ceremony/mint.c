/* see mint.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/certificate.h"
#include "ceremony/entropy.h"
#include "ceremony/mint.h"
#include "ceremony/split.h"
#include "lib/base/text.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/signer.h"

struct mint {
	struct split split;
	size_t alg_line;
	struct certificate cert; /* without a subject: a next root, and none */
};

static const struct plan_key keys[] = {
	{ "algorithm", PT_WORD, true, false, NULL },
	CERTIFICATE_KEYS(false),
	SPLIT_KEYS,
	{ 0 }
};

/* --- the row's own reading --- */

static void
mint_free(void *want)
{
	struct mint *m = want;

	if (m == NULL)
		return;
	split_clear(&m->split);
	free(m);
}

static enum status
mint_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct mint *m = NULL;
	enum status rc;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	m->split.root = s->name;
	m->split.alg = plan_text(s, "algorithm", "");
	m->alg_line = plan_entry(s, "algorithm", NULL)->line;
	certificate_read(s, &m->cert);
	if ((m->cert.subject != NULL) != (m->cert.years != 0))
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.19: %s",
		    "subject and years go together; a next root has neither");
	if (m->cert.next != NULL && m->cert.subject == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.30: %s",
		    "a root to come has no certificate to name the next in");
	TRY(split_read(p, s, &m->split, d));
	*want = m;
	m = NULL;
	rc = ST_OK;
out:
	mint_free(m);
	return rc;
}

/* RULES B10: in one room the roots to come are made, proven and wiped before a
 * present one is there.  A row with `by` opens one. */
static enum status
check_order(const struct mint *m, const struct plan *p,
    const struct promises *promises, struct diag *d)
{
	const struct promise *q;
	enum status rc;

	for (size_t i = 0; i < promises->n && m->cert.subject == NULL; i++) {
		q = &promises->promise[i];
		if (q->by != NULL || (q->row != NULL && q->row->opens) ||
		    signer_section(p, q->name) != NULL)
			PLAN_FAIL(d, ST_POLICY, p, m->split.line, "RULES B10: "
			    "[mint %s], a root to come, stands below %s, where "
			    "a present root is open", m->split.root, q->name);
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
mint_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	const struct mint *m = want;
	struct diag why = { 0 };
	enum status rc;

	if (key_known(m->split.alg, &why) != ST_OK)
		PLAN_FAIL(d, ST_POLICY, p, m->alg_line, "FORMATS 3.19: %s",
		    why.text);
	TRY(split_check(&m->split, p, d));
	TRY(split_check_new(&m->split, p, before, promises, d));
	TRY(check_order(m, p, promises, d));
	if (m->cert.subject != NULL)
		TRY(certificate_check(&m->cert, p, before, promises, d));
out:
	return rc;
}

static size_t
mint_together(const void *want)
{
	const struct mint *m = want;

	return m->split.nsheets + 2;
}

static size_t
mint_count(const void *want)
{
	const struct mint *m = want;

	return mint_together(want) + (m->cert.subject != NULL);
}

static enum status
mint_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct mint *m = want;

	(void)before;
	return split_tell(&m->split, out, d);
}

/* --- its items --- */

static enum status
perform_draw(const struct mint *m, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct secret *seed = NULL;
	enum status rc;

	TRY(hands->seed(hands, m->split.root, &seed, &o->facts, d));
	TRY(split_draw(&m->split, seed, hands, o, d));
out:
	return rc;
}

static enum status
perform_sheet(const struct mint *m, size_t i, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct secret *seed = NULL;
	struct facts unused = { 0 };
	struct key *key = NULL;
	enum status rc;

	TRY(hands->seed(hands, m->split.root, &seed, &unused, d));
	TRY(key_from_seed(seed, signer_derive_mode(hands->plan->mode),
	    m->split.alg, "root", 0, &key, d));
	TRY(split_sheet(&m->split, i, seed, key_public(key), hands, o, d));
out:
	facts_clear(&unused);
	key_free(key);
	return rc;
}

static enum status
say_root(const struct mint *m, const struct state *state,
    const struct spki *k, uint64_t quorums, struct facts *f, struct diag *d)
{
	char id[SHA384_HEX_SIZE], *hex = NULL;
	enum status rc;

	if ((hex = malloc(2 * k->der.len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	text_hex(k->der.data, k->der.len, hex);
	text_hex(k->id, sizeof(k->id), id);
	TRY(facts_set(f, d, "root", "%s", m->split.root));
	TRY(facts_set(f, d, "number", "%zu", state->nroots + 1));
	TRY(facts_set(f, d, "algorithm", "%s", k->alg));
	TRY(facts_set(f, d, "counter", "0"));
	TRY(facts_set(f, d, "public", "%s", hex));
	TRY(facts_set(f, d, "key-id", "%s", id));
	TRY(facts_set(f, d, "epoch", "%u", split_epoch(&m->split, state)));
	TRY(facts_set(f, d, "quorums", "%llu", (unsigned long long)quorums));
out:
	free(hex);
	return rc;
}

static enum status
perform_root(const struct mint *m, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct secret *seed = NULL;
	struct secret *proven = NULL;
	struct facts unused = { 0 };
	const struct key *key = NULL;
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "root";
	TRY(hands->seed(hands, m->split.root, &seed, &unused, d));
	TRY(split_recover(&m->split, seed, hands, &proven, &quorums, d));
	TRY(hands->proven(hands, m->split.root, proven, d));
	TRY(hands->root(hands, m->split.root, &key, d));
	TRY(say_root(m, hands->state, key_public(key), quorums, &o->facts,
	    d));
out:
	facts_clear(&unused);
	secret_free(proven);
	return rc;
}

static enum status
mint_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct mint *m = want;

	if (item <= m->split.nsheets)
		return split_show(&m->split, item, "draw", state, out, d);
	if (item == m->split.nsheets + 1)
		return text_format(out, d, "commit root %s: proven from the "
		    "sheets as they were read back%s", m->split.root,
		    m->cert.subject != NULL ? "" :
		    "; it is to come, and is wiped");
	return certificate_show(&m->cert, p, state, out, d);
}

static enum status
mint_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct mint *m = want;

	if (item == 0)
		return perform_draw(m, hands, o, d);
	if (item <= m->split.nsheets)
		return perform_sheet(m, item - 1, hands, o, d);
	if (item == m->split.nsheets + 1)
		return perform_root(m, hands, o, d);
	return certificate_perform(&m->cert, hands, o, d);
}

/* --- what anyone can check without a key --- */

static enum status
verify_drawn(const struct mint *m, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	static const char *const except[] = { SPLIT_OF_SEED, ENTROPY_FACTS,
		NULL };
	enum status rc;

	TRY(split_verify_drawn(&m->split, state, o, except, d));
	TRY(entropy_check(p, &o->facts, d));
out:
	return rc;
}

/* A rehearsal's record may be called a real one, and signed again by anyone;
 * its keys are what they are (RULES C6). */
static enum status
check_not_public(const struct mint *m, const struct plan *p,
    const struct spki *k, struct diag *d)
{
	bool is_public = true;
	enum status rc;

	if (p->mode != MODE_PRODUCTION)
		return ST_OK;
	TRY(rehearsal_key(k, &is_public, d));
	if (is_public)
		FAIL(d, ST_POLICY, "FORMATS 8.33: root %s comes from a public "
		    "rehearsal seed: anyone has it", m->split.root);
out:
	return rc;
}

/* All that is said of the root follows from its key and its scheme. */
static enum status
verify_root(const struct mint *m, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const char *key, *hex = facts_get(&o->facts, "public");
	struct facts said = { 0 };
	struct diag why = { 0 };
	struct spki k = { 0 };
	enum status rc;

	rc = spki_unhex(hex == NULL ? "" : hex, &k, &why);
	if (rc != ST_OK)
		FAIL(d, rc == ST_SYSTEM ? rc : ST_AUTH, "root %s has no public "
		    "key: %s", m->split.root, why.text);
	if (strcmp(k.alg, m->split.alg) != 0)
		FAIL(d, ST_AUTH, "root %s is not of the algorithm in the plan",
		    m->split.root);
	TRY(say_root(m, state, &k, split_quorums(&m->split), &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the key "
		    "and the scheme of root %s", key, m->split.root);
	TRY(check_not_public(m, p, &k, d));
out:
	spki_clear(&k);
	facts_clear(&said);
	return rc;
}

static enum status
mint_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct mint *m = want;
	const char *kind = item == 0 ? "drawn" :
	    item <= m->split.nsheets ? "read-back" :
	    item == m->split.nsheets + 1 ? "root" : "certificate";
	const char *root = facts_get(&o->facts, "root");

	if (strcmp(o->kind, kind) != 0 || root == NULL ||
	    strcmp(root, m->split.root) != 0)
		return diag_set(d, ST_AUTH, "item %zu of [mint %s] is a \"%s\" "
		    "of its own root", item, m->split.root, kind);
	if (item == 0)
		return verify_drawn(m, p, state, o, d);
	if (item <= m->split.nsheets)
		return split_verify_sheet(&m->split, item - 1, state, o, d);
	if (item == m->split.nsheets + 1)
		return verify_root(m, p, state, o, d);
	return certificate_verify(&m->cert, p, state, o, d);
}

const struct step_kind mint_step = {
	.word = "mint",
	.title = "Mint the root",
	.keys = keys,
	.makes = "root",
	.read = mint_read,
	.check = mint_check,
	.tell = mint_tell,
	.count = mint_count,
	.together = mint_together,
	.show = mint_show,
	.perform = mint_perform,
	.verify = mint_verify,
	.free = mint_free,
};
