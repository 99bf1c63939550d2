/* see adopt.h */
#include <stdlib.h>
#include <string.h>

#include "ceremony/adopt.h"
#include "ceremony/adopted.h"
#include "ceremony/certificate.h"
#include "ceremony/entropy.h"
#include "ceremony/split.h"
#include "lib/base/text.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/signer.h"

struct adopt {
	struct split split;
	size_t alg_line;
	const struct ini_entry *file; /* of the key; borrowed */
	struct certificate cert;
};

static const struct plan_key keys[] = {
	{ "algorithm", PT_WORD, true, false, NULL },
	{ "key", PT_KEY_FILE, true, false, NULL },
	{ "certificate", PT_FILE, false, false, NULL },
	CERTIFICATE_KEYS(false),
	SPLIT_KEYS,
	{ 0 }
};

/* --- the row's own reading --- */

static void
adopt_free(void *want)
{
	struct adopt *a = want;

	if (a == NULL)
		return;
	split_clear(&a->split);
	free(a);
}

/* The certificate is there, or it is made. */
static enum status
check_keys(const struct adopt *a, const struct plan *p, struct diag *d)
{
	const bool brought = a->cert.brought != NULL;
	enum status rc;

	if ((a->cert.subject != NULL) != (a->cert.years != 0) ||
	    (a->cert.subject != NULL) == brought)
		PLAN_FAIL(d, ST_FORMAT, p, a->split.line, "FORMATS 3.92: %s",
		    "the root's certificate is a file, or subject and years "
		    "say what a new one is: one of the two");
	if (a->cert.next != NULL && brought)
		PLAN_FAIL(d, ST_FORMAT, p, a->split.line, "FORMATS 3.92: %s",
		    "a certificate that is there already names no next root");
	rc = ST_OK;
out:
	return rc;
}

static enum status
adopt_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct adopt *a = NULL;
	enum status rc;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	a->split.root = s->name;
	a->split.line = s->line;
	a->split.alg = plan_text(s, "algorithm", "");
	a->alg_line = plan_entry(s, "algorithm", NULL)->line;
	a->file = plan_entry(s, "key", NULL);
	certificate_read(s, &a->cert);
	TRY(check_keys(a, p, d));
	TRY(split_read(p, s, &a->split, d));
	*want = a;
	a = NULL;
out:
	adopt_free(a);
	return rc;
}

/* --- before a key is open --- */

/* RULES C6: a key that everybody has is no root, and a real one is never put
 * under a seed that everybody has. */
static enum status
check_public(const struct adopt *a, const struct plan *p,
    const struct spki *k, struct diag *d)
{
	const bool real = p->mode == MODE_PRODUCTION;
	bool is_public = real;
	enum status rc;

	TRY(rehearsal_key(k, &is_public, d));
	if (is_public && real)
		PLAN_FAIL(d, ST_POLICY, p, a->split.line, "FORMATS 8.33: the "
		    "key of root %s comes from a public rehearsal seed: anyone "
		    "has it", a->split.root);
	if (!is_public && !real)
		PLAN_FAIL(d, ST_POLICY, p, a->split.line, "FORMATS 3.96: the "
		    "key of root %s may be a real one, and the seed of a "
		    "rehearsal is public: `anchorite rehearse --plan` puts "
		    "another in its place", a->split.root);
	rc = ST_OK;
out:
	return rc;
}

/* All that can be said of its public half, wherever that comes from. */
static enum status
check_key(const struct adopt *a, const struct plan *p,
    const struct state *state, const struct spki *k, struct diag *d)
{
	const char *seen;
	enum status rc;

	if (strcmp(k->alg, a->split.alg) != 0)
		PLAN_FAIL(d, ST_POLICY, p, a->alg_line, "FORMATS 3.92: the "
		    "key of root %s is %s, and the plan says %s",
		    a->split.root, k->alg, a->split.alg);
	TRY(plan_at(p, a->split.line, spki_check(k, KEY_RSA_BITS_MIN, d), d));
	if ((seen = state_key_seen(state, k->index)) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, a->split.line, "FORMATS 3.95: the "
		    "key of root %s is known already, from %s", a->split.root,
		    seen);
	TRY(check_public(a, p, k, d));
out:
	return rc;
}

static enum status
check_certificate(const struct adopt *a, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	struct cert *c = NULL;
	enum status rc;

	TRY(certificate_check(&a->cert, p, before, promises, d));
	if (a->cert.brought == NULL)
		return ST_OK;
	TRY(signer_brought(p, a->cert.brought, &c, d));
	TRY(check_key(a, p, before, &c->key, d));
out:
	cert_free(c);
	return rc;
}

static enum status
adopt_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct adopt *a = want;
	enum status rc;
	struct diag why = { 0 };

	if (key_adoptable(a->split.alg, &why) != ST_OK)
		PLAN_FAIL(d, ST_POLICY, p, a->alg_line, "FORMATS 3.92: %s",
		    why.text);
	TRY(split_check(&a->split, p, d));
	TRY(split_check_new(&a->split, p, before, promises, d));
	TRY(check_certificate(a, p, before, promises, d));
out:
	return rc;
}

static size_t
adopt_together(const void *want)
{
	const struct adopt *a = want;

	return a->split.nsheets + 2;
}

static size_t
adopt_count(const void *want)
{
	return adopt_together(want) + 1;
}

static enum status
adopt_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct adopt *a = want;
	const int bare = (int)strcspn(a->file->value, " ");
	enum status rc;

	(void)before;
	TRY(facts_add(out, d, "note", "the key of root %s is read from %.*s in "
	    "the room's inbox when the ceremony is run, and from nowhere else; "
	    "behind it, every copy of that file is to be destroyed",
	    a->split.root, bare, a->file->value));
	TRY(split_tell(&a->split, out, d));
out:
	return rc;
}

static enum status
adopt_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct adopt *a = want;

	if (item <= a->split.nsheets)
		return split_show(&a->split, item, "read the key and draw",
		    state, out, d);
	if (item == a->split.nsheets + 1)
		return text_format(out, d, "commit root %s: its key, sealed "
		    "under the seed as the sheets were read back",
		    a->split.root);
	return certificate_show(&a->cert, p, state, out, d);
}

/* --- its items --- */

/* The seed that was drawn for it, and the key that was there. */
static enum status
lend(const struct adopt *a, struct hands *hands, struct facts *f,
    const struct secret **seed, const struct key **key, struct diag *d)
{
	enum status rc;

	TRY(hands->seed(hands, a->split.root, seed, f, d));
	TRY(hands->adopt(hands, a->split.root, a->file, key, d));
	if (*key == NULL)
		FAIL(d, ST_BUG, "root %s has a seed and no key",
		    a->split.root);
out:
	return rc;
}

/* The file comes first: what is wrong with it is found before dice are
 * rolled. */
static enum status
perform_draw(const struct adopt *a, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct secret *seed = NULL;
	const struct key *key = NULL;
	struct cert *c = NULL;
	enum status rc;

	TRY(hands->adopt(hands, a->split.root, a->file, &key, d));
	if (key != NULL)
		TRY(check_key(a, hands->plan, hands->state, key_public(key),
		    d));
	if (key != NULL && a->cert.brought != NULL)
		TRY(signer_brought(hands->plan, a->cert.brought, &c, d));
	if (c != NULL && memcmp(c->key.id, key_public(key)->id,
	    SHA384_LEN) != 0)
		PLAN_FAIL(d, ST_AUTH, hands->plan, a->file->line, "FORMATS "
		    "3.94: the certificate is not of the key of root %s",
		    a->split.root);
	TRY(lend(a, hands, &o->facts, &seed, &key, d));
	TRY(split_draw(&a->split, seed, hands, o, d));
out:
	cert_free(c);
	return rc;
}

static enum status
perform_sheet(const struct adopt *a, size_t i, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct secret *seed = NULL;
	const struct key *key = NULL;
	struct facts unused = { 0 };
	enum status rc;

	TRY(lend(a, hands, &unused, &seed, &key, d));
	TRY(split_sheet(&a->split, i, seed, key_public(key), hands, o, d));
out:
	facts_clear(&unused);
	return rc;
}

/* What its certificate calls the key: what delegations and lists say. */
static enum status
key_id_of(const struct adopt *a, const struct plan *p, const struct spki *k,
    char out[2 * CERT_KEY_ID_LEN + 1], struct diag *d)
{
	struct cert *c = NULL;
	enum status rc = ST_OK;

	if (a->cert.brought != NULL)
		TRY(signer_brought(p, a->cert.brought, &c, d));
	text_hex(c == NULL ? k->ski : c->ski, CERT_KEY_ID_LEN, out);
out:
	cert_free(c);
	return rc;
}

static enum status
say_adopted(const struct adopt *a, const struct plan *p,
    const struct state *state, const struct spki *k, uint64_t quorums,
    struct facts *f, struct diag *d)
{
	char id[SHA384_HEX_SIZE], ski[2 * CERT_KEY_ID_LEN + 1], *hex = NULL;
	enum status rc;

	if ((hex = malloc(2 * k->der.len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	text_hex(k->der.data, k->der.len, hex);
	text_hex(k->id, sizeof(k->id), id);
	TRY(key_id_of(a, p, k, ski, d));
	TRY(facts_set(f, d, "root", "%s", a->split.root));
	TRY(facts_set(f, d, "number", "%zu", state->nroots + 1));
	TRY(facts_set(f, d, "algorithm", "%s", k->alg));
	TRY(facts_set(f, d, "public", "%s", hex));
	TRY(facts_set(f, d, "key-id", "%s", id));
	TRY(facts_set(f, d, "ski", "%s", ski));
	TRY(facts_set(f, d, "epoch", "%u", split_epoch(&a->split, state)));
	TRY(facts_set(f, d, "quorums", "%llu", (unsigned long long)quorums));
out:
	free(hex);
	return rc;
}

/* The seed that seals it is the one that came back from paper. */
static enum status
perform_commit(const struct adopt *a, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct secret *seed = NULL;
	struct secret *proven = NULL;
	struct facts unused = { 0 };
	const struct key *key = NULL;
	struct bytes pem = { 0 };
	char name[OBJECT_NAME_SIZE];
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "adopted";
	TRY(lend(a, hands, &unused, &seed, &key, d));
	TRY(split_recover(&a->split, seed, hands, &proven, &quorums, d));
	TRY(hands->proven(hands, a->split.root, proven, d));
	TRY(adopted_seal(key, proven, &pem, d));
	adopted_name(hands->state->nroots + 1, name);
	TRY(outcome_add(o, name, &pem, d));
	TRY(say_adopted(a, hands->plan, hands->state, key_public(key), quorums,
	    &o->facts, d));
out:
	facts_clear(&unused);
	secret_free(proven);
	bytes_free(&pem);
	return rc;
}

static enum status
adopt_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct adopt *a = want;

	if (item == 0)
		return perform_draw(a, hands, o, d);
	if (item <= a->split.nsheets)
		return perform_sheet(a, item - 1, hands, o, d);
	if (item == a->split.nsheets + 1)
		return perform_commit(a, hands, o, d);
	return certificate_perform(&a->cert, hands, o, d);
}

/* --- what anyone can check without a key --- */

static enum status
verify_drawn(const struct adopt *a, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	static const char *const except[] = { SPLIT_OF_SEED, ENTROPY_FACTS,
		NULL };
	enum status rc;

	TRY(split_verify_drawn(&a->split, state, o, except, d));
	TRY(entropy_check(p, &o->facts, d));
out:
	return rc;
}

/* All that is said of the root follows from its key, its scheme and the
 * certificate that it has.  What is in its file, its seed alone knows. */
static enum status
verify_adopted(const struct adopt *a, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const char *key, *hex = facts_get(&o->facts, "public");
	char name[OBJECT_NAME_SIZE];
	struct facts said = { 0 };
	struct diag why = { 0 };
	struct spki k = { 0 };
	enum status rc;

	adopted_name(state->nroots + 1, name);
	TRY(outcome_is(o, name, d));
	rc = spki_unhex(hex == NULL ? "" : hex, &k, &why);
	if (rc != ST_OK)
		FAIL(d, rc == ST_SYSTEM ? rc : ST_AUTH, "root %s has no public "
		    "key: %s", a->split.root, why.text);
	TRY(check_key(a, p, state, &k, d));
	TRY(say_adopted(a, p, state, &k, split_quorums(&a->split), &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the key "
		    "and the scheme of root %s", key, a->split.root);
out:
	spki_clear(&k);
	facts_clear(&said);
	return rc;
}

static enum status
adopt_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct adopt *a = want;
	const char *kind = item == 0 ? "drawn" :
	    item <= a->split.nsheets ? "read-back" :
	    item == a->split.nsheets + 1 ? "adopted" : "certificate";
	const char *root = facts_get(&o->facts, "root");

	if (strcmp(o->kind, kind) != 0 || root == NULL ||
	    strcmp(root, a->split.root) != 0)
		return diag_set(d, ST_AUTH, "item %zu of [adopt %s] is a "
		    "\"%s\" of its own root", item, a->split.root, kind);
	if (item == 0)
		return verify_drawn(a, p, state, o, d);
	if (item <= a->split.nsheets)
		return split_verify_sheet(&a->split, item - 1, state, o, d);
	if (item == a->split.nsheets + 1)
		return verify_adopted(a, p, state, o, d);
	return certificate_verify(&a->cert, p, state, o, d);
}

const struct step_kind adopt_step = {
	.word = "adopt",
	.title = "Adopt a root that was there before",
	.keys = keys,
	.makes = "root",
	.read = adopt_read,
	.check = adopt_check,
	.tell = adopt_tell,
	.count = adopt_count,
	.together = adopt_together,
	.show = adopt_show,
	.perform = adopt_perform,
	.verify = adopt_verify,
	.free = adopt_free,
};
