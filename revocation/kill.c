/* see kill.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/seal.h"
#include "lib/pki/issue.h"
#include "lib/record/signer.h"
#include "revocation/kill.h"
#include "revocation/list.h"

#define RESPONDER_MAX 65536 /* bytes of a certificate */
#define ALL "all"
#define LABEL_SIZE 192

/* Who can open: any one of them, or any two together (RULES L6). */
struct openers {
	unsigned need; /* 1 or 2; 0: not read */
	char name[SEAL_OPENERS_MAX][33];
	struct cert *cert[SEAL_OPENERS_MAX]; /* owned */
	size_t n;
};

struct kill {
	const char *name, *root; /* borrowed from the plan */
	size_t line;
	bool all; /* a list of all keys too */
	const char *spare; /* but for this one (RULES L6); or NULL */
	struct openers keys_by, all_by; /* of keys and pairs; of all */
};

static const struct plan_key keys[] = {
	{ "by", PT_WORD, true, false, NULL },
	{ "keys", PT_CHOICE, true, false, "all" },
	{ "also", PT_CHOICE, false, false, "revoke-all" },
	{ "spare", PT_WORD, false, false, NULL },
	{ "open", PT_TEXT, true, false, NULL },
	{ "open-all", PT_TEXT, false, false, NULL },
	{ "publish", PT_TEXT, false, false, NULL },
	{ 0 }
};

/* --- the row's own reading --- */

static void
openers_clear(struct openers *o)
{
	for (size_t i = 0; i < o->n; i++)
		cert_free(o->cert[i]);
}

static void
kill_free(void *want)
{
	struct kill *k = want;

	if (k == NULL)
		return;
	openers_clear(&k->keys_by);
	openers_clear(&k->all_by);
	free(k);
}

static enum status
read_responder(const struct plan *p, const char *word, struct cert **out,
    struct diag *d)
{
	const struct ini_section *s = plan_section(p, "responder", word);
	struct bytes file = { 0 };
	char name[65];
	enum status rc;

	if (s == NULL)
		return diag_set(d, ST_FORMAT, "FORMATS 3.15: there is no "
		    "[responder %s]", word);
	TRY(plan_file(p, plan_entry(s, "cert", NULL), RESPONDER_MAX, &file,
	    name, sizeof(name), d));
	TRY(cert_read(name, file.data, file.len, out, d));
	TRY(seal_check(name, *out, d));
out:
	bytes_free(&file);
	return rc;
}

/* Each once: nobody is two people. */
static enum status
add_opener(const struct plan *p, const char *word, struct openers *o,
    struct diag *d)
{
	enum status rc;

	TRY(read_responder(p, word, &o->cert[o->n], d));
	o->n++;
	for (size_t i = 0; i + 1 < o->n; i++) {
		if (memcmp(o->cert[i]->key.id, o->cert[o->n - 1]->key.id,
		    SHA384_LEN) == 0)
			FAIL(d, ST_POLICY, "FORMATS 3.28: %s and %s have one "
			    "key", o->name[i], word);
	}
out:
	return rc;
}

/* "1 of night, day", "2 of ..." */
static enum status
read_open(const struct plan *p, const char *at, struct openers *o,
    struct diag *d)
{
	char *word;
	enum status rc;
	size_t len;

	if ((at[0] != '1' && at[0] != '2') || strncmp(at + 1, " of ", 4) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 3.28: open is \"1 of NAME, ...\" "
		    "or \"2 of NAME, NAME, ...\"");
	o->need = (unsigned)(at[0] - '0');
	for (at += 5; *at != '\0';) {
		len = strcspn(at, ",");
		if (o->n == SEAL_OPENERS_MAX || len >= sizeof(o->name[0]))
			FAIL(d, ST_FORMAT, "FORMATS 3.28: open names 1 to %d "
			    "responders", SEAL_OPENERS_MAX);
		word = o->name[o->n];
		memcpy(word, at, len);
		if (!text_is_word(word))
			FAIL(d, ST_FORMAT, "FORMATS 3.28: open is \"1 of NAME, "
			    "...\" or \"2 of NAME, NAME, ...\"");
		TRY(add_opener(p, word, o, d));
		at += len;
		at += strspn(at, ", ");
	}
	rc = o->n >= o->need ? ST_OK : diag_set(d, ST_FORMAT, "FORMATS 3.28: "
	    "open names too few");
out:
	return rc;
}

/* What stops everything takes two, where there are two. */
static enum status
read_openers(const struct plan *p, const struct ini_section *s,
    struct kill *k, struct diag *d)
{
	const char *open = plan_text(s, "open", ""),
		   *all = plan_text(s, "open-all", NULL);
	enum status rc;

	if (all != NULL && !k->all)
		FAIL(d, ST_FORMAT, "FORMATS 3.28: open-all without also = "
		    "revoke-all");
	TRY(read_open(p, open, &k->keys_by, d));
	if (!k->all)
		return ST_OK;
	TRY(read_open(p, all == NULL ? open : all, &k->all_by, d));
	if (all == NULL && k->all_by.n > 1)
		k->all_by.need = 2;
out:
	return rc;
}

static enum status
kill_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct kill *k = NULL;
	enum status rc;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	k->name = s->name;
	k->line = s->line;
	k->root = plan_text(s, "by", "");
	k->all = plan_entry(s, "also", NULL) != NULL;
	k->spare = plan_text(s, "spare", NULL);
	if (k->spare != NULL && !k->all)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.28: %s without "
		    "also = revoke-all", "spare");
	TRY(plan_at(p, s->line, read_openers(p, s, k, d), d));
	*want = k;
	k = NULL;
out:
	kill_free(k);
	return rc;
}

static bool
is_live(const struct kill *k, const struct plan *p,
    const struct delegation *g)
{
	return !g->revoked && strcmp(g->root, k->root) == 0 &&
	    g->not_after > p->effective;
}

/* Whether a key is live when this row's turn comes: rows above make keys, and
 * revoke them. */
static bool
will_live(const struct kill *k, const struct plan *p,
    const struct state *before, const struct promises *promises)
{
	const struct delegation *g;

	for (size_t i = 0; i < before->ndelegations; i++) {
		g = &before->delegations[i];
		if (is_live(k, p, g) && !promise_revokes(promises, before, g))
			return true;
	}
	return promise_find(promises, "delegation", k->root, NULL) != NULL;
}

/* RULES L6: one key that is left when all others are stopped. */
static enum status
check_spare(const struct kill *k, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	size_t n = promise_find(promises, "delegation", k->root, k->spare) !=
	    NULL;
	const struct delegation *g;

	for (size_t i = 0; i < before->ndelegations; i++) {
		g = &before->delegations[i];
		n += is_live(k, p, g) && strcmp(g->name, k->spare) == 0 &&
		    !promise_revokes(promises, before, g);
	}
	if (n == 1)
		return ST_OK;
	return diag_set(d, ST_POLICY, "FORMATS 3.28: root %s has %s key %s to "
	    "be spared", k->root, n == 0 ? "no" : "more than one", k->spare);
}

static enum status
kill_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	const struct kill *k = want;
	enum status rc;

	TRY(signer_check(p, k->line, before, promises, k->root, p->effective,
	    d));
	if (promise_find(promises, "list", k->root, NULL) == NULL)
		PLAN_FAIL(d, ST_POLICY, p, k->line, "RULES L2: [kill %s] wants "
		    "a [crl] of root %s above it, which it lasts as long as",
		    k->name, k->root);
	if (!k->all && !will_live(k, p, before, promises))
		PLAN_FAIL(d, ST_POLICY, p, k->line, "FORMATS 3.28: root %s has "
		    "no key that could be revoked", k->root);
	rc = k->spare == NULL ? ST_OK : plan_at(p, k->line, check_spare(k, p,
	    before, promises, d), d);
out:
	return rc;
}

static size_t
kill_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- what is sealed: each key, each pair, all of them --- */

struct target {
	const size_t *key; /* of the state's delegations: in a list below */
	size_t n;
	bool all;
	char text[80]; /* as the record has it */
};

struct targets {
	size_t *live;  /* owned */
	size_t *pairs; /* owned: two and two */
	size_t *rest;  /* owned: the live ones but for the spare */
	size_t nlive, nrest;
	struct target *target; /* owned */
	size_t n;
};

static void
targets_clear(struct targets *t)
{
	free(t->live);
	free(t->pairs);
	free(t->rest);
	free(t->target);
	memset(t, 0, sizeof(*t));
}

static void
add_target(struct targets *t, const size_t *key, size_t n,
    const char *text)
{
	struct target *new = &t->target[t->n++];

	new->key = key;
	new->n = n;
	snprintf(new->text, sizeof(new->text), "%s", text);
}

static void
add_all(const struct kill *k, const struct state *s, struct targets *t)
{
	const struct delegation *g;
	char text[80] = ALL;

	for (size_t i = 0; i < t->nlive; i++) {
		g = &s->delegations[t->live[i]];
		if (k->spare != NULL && strcmp(g->name, k->spare) == 0)
			snprintf(text, sizeof(text), ALL "-%s", g->serial);
		else
			t->rest[t->nrest++] = t->live[i];
	}
	add_target(t, t->rest, t->nrest, text);
	t->target[t->n - 1].all = true;
}

/* In the order of RULES L1: what revokes more comes later, and so wins. */
static enum status
find_targets(const struct kill *k, const struct plan *p,
    const struct state *s, struct targets *t, struct diag *d)
{
	const size_t most = s->ndelegations + 1;
	const size_t pairs = (size_t)KILL_PAIRED_MAX * KILL_PAIRED_MAX;
	char text[80];
	size_t at = 0;

	t->live = calloc(most, sizeof(*t->live));
	t->pairs = calloc(2 * pairs, sizeof(*t->pairs));
	t->rest = calloc(most, sizeof(*t->rest));
	t->target = calloc(most + pairs + 1, sizeof(*t->target));
	if (t->live == NULL || t->pairs == NULL || t->rest == NULL ||
	    t->target == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < s->ndelegations; i++) {
		if (is_live(k, p, &s->delegations[i]))
			t->live[t->nlive++] = i;
	}
	for (size_t i = 0; i < t->nlive; i++)
		add_target(t, &t->live[i], 1,
		    s->delegations[t->live[i]].serial);
	for (size_t i = 0; i < t->nlive && t->nlive <= KILL_PAIRED_MAX; i++) {
		for (size_t j = i + 1; j < t->nlive; j++, at += 2) {
			t->pairs[at] = t->live[i];
			t->pairs[at + 1] = t->live[j];
			snprintf(text, sizeof(text), "%s+%s",
			    s->delegations[t->live[i]].serial,
			    s->delegations[t->live[j]].serial);
			add_target(t, &t->pairs[at], 2, text);
		}
	}
	if (k->all)
		add_all(k, s, t);
	return ST_OK;
}

/* What the list of ${t} says: the regular one, and these keys too. */
static enum status
kill_spec(const struct kill *k, const struct target *t, size_t nth,
    const struct plan *p, const struct state *s, struct crl_spec *spec,
    struct diag *d)
{
	const struct list *regular = state_last_list(s, k->root);
	struct crl_entry e;
	enum status rc;

	if (regular == NULL)
		FAIL(d, ST_BUG, "root %s has no list", k->root);
	TRY(list_spec(k->root, nth, regular->next_update, p, s, spec, d));
	for (size_t i = 0; i < t->n; i++) {
		e = (struct crl_entry) { .serial_len = CERT_SERIAL_LEN,
			.date = p->effective,
			.reason = REASON_KEY_COMPROMISE, .invalid_since = -1 };
		TRY(text_unhex(s->delegations[t->key[i]].serial, e.serial,
		    CERT_SERIAL_LEN, d));
		TRY(crl_spec_add(spec, &e, d));
	}
out:
	return rc;
}

static const char *
count_word(unsigned need)
{
	return need == 1 ? "one" : "two together";
}

static enum status
kill_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct kill *k = want;
	struct targets t = { 0 };
	enum status rc;

	(void)item;
	TRY(find_targets(k, p, state, &t, d));
	TRY(text_format(out, d, "sign and seal %zu lists of root %s that "
	    "revoke each of %zu keys, each pair of them%s; to be opened by "
	    "any %s of %zu responders", t.n, k->root, t.nlive,
	    k->all ? ", and all" : "", count_word(k->keys_by.need),
	    k->keys_by.n));
	if (k->all)
		TRY(text_append(out, d, ", that of all%s%s by any %s of %zu",
		    k->spare == NULL ? "" : " but ",
		    k->spare == NULL ? "" : k->spare,
		    count_word(k->all_by.need), k->all_by.n));
out:
	targets_clear(&t);
	return rc;
}

/* --- the one item --- */

/* As the record says it, but for the digest. */
static void
sealed_text(const struct target *t, const struct crl_spec *spec,
    char out[160])
{
	char from[CLOCK_TEXT_SIZE];

	clock_text(spec->this_update, from);
	snprintf(out, 160, "%s %llu %s ", t->text,
	    (unsigned long long)spec->number, from);
}

static const struct openers *
openers_of(const struct kill *k, const struct target *t)
{
	return t->all ? &k->all_by : &k->keys_by;
}

/* Of two together each but the last is once the one who opens last. */
static size_t
envelopes(const struct openers *o)
{
	return o->need == 1 ? 1 : o->n - 1;
}

static size_t
envelopes_of(const struct kill *k, const struct targets *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += envelopes(openers_of(k, &t->target[i]));
	return n;
}

/* "sealed/000004.p7m"; of two together "sealed/000004.night.p7m", to be opened
 * by anybody named behind night, and then by night. */
static void
sealed_name(const struct state *s, size_t nth, const struct openers *o,
    size_t i, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "sealed/%06zu%s%s.p7m",
	    s->nsealed + nth + 1, o->need == 1 ? "" : ".",
	    o->need == 1 ? "" : o->name[i]);
}

/* One stream for one envelope: what is in it is in the label. */
static enum status
seal(const struct kill *k, struct hands *hands, const char *label,
    struct cert *const *cert, size_t n, const struct bytes *plain,
    struct bytes *out, struct diag *d)
{
	const struct cert *to[SEAL_OPENERS_MAX];
	struct secret *stream = NULL;
	enum status rc;

	for (size_t i = 0; i < n; i++)
		to[i] = cert[i];
	TRY(secret_new(SEAL_STREAM, &stream, d));
	TRY(hands->derive(hands, k->root, label, secret_bytes(stream),
	    SEAL_STREAM, d));
	TRY(seal_write(to, n, stream, plain, out, d));
out:
	secret_free(stream);
	return rc;
}

/* To the ${i}th, and around that to any behind it. */
static enum status
seal_twice(const struct kill *k, struct hands *hands, const char *label,
    const struct openers *o, size_t i, const struct bytes *pem,
    struct bytes *out, struct diag *d)
{
	struct bytes inner = { 0 };
	char in[LABEL_SIZE], around[LABEL_SIZE];
	enum status rc;

	snprintf(in, sizeof(in), "%.150s/%zu/inner", label, i + 1);
	snprintf(around, sizeof(around), "%.150s/%zu/outer", label, i + 1);
	TRY(seal(k, hands, in, &o->cert[i], 1, pem, &inner, d));
	TRY(seal(k, hands, around, &o->cert[i + 1], o->n - i - 1, &inner, out,
	    d));
out:
	bytes_free(&inner);
	return rc;
}

static enum status
seal_list(const struct kill *k, const struct openers *by, size_t nth,
    struct hands *hands, const char *label, const struct bytes *pem,
    struct outcome *o, struct diag *d)
{
	struct bytes sealed = { 0 };
	char name[OBJECT_NAME_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < envelopes(by); i++) {
		TRY(by->need == 1 ?
		    seal(k, hands, label, by->cert, by->n, pem, &sealed, d) :
		    seal_twice(k, hands, label, by, i, pem, &sealed, d));
		sealed_name(hands->state, nth, by, i, name);
		TRY(outcome_add(o, name, &sealed, d));
	}
out:
	bytes_free(&sealed);
	return rc;
}

static enum status
perform_one(const struct kill *k, const struct target *t, size_t nth,
    const struct key *key, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct root *root = state_root(hands->state, k->root);
	char text[160], digest[SHA384_HEX_SIZE], label[LABEL_SIZE];
	struct bytes pem = { 0 };
	struct crl_spec spec = { 0 };
	struct crl *made = NULL;
	enum status rc;

	TRY(kill_spec(k, t, nth, hands->plan, hands->state, &spec, d));
	TRY(issue_crl(&spec, key, &root->key, &made, d));
	TRY(cert_pem(&made->der, "X509 CRL", &pem, d));
	hash_sha384_hex(pem.data, pem.len, digest);
	snprintf(label, sizeof(label), "seal/%llu/%s",
	    (unsigned long long)spec.number, digest);
	TRY(seal_list(k, openers_of(k, t), nth, hands, label, &pem, o, d));
	sealed_text(t, &spec, text);
	TRY(facts_add(&o->facts, d, "lists", "%s%s", text, digest));
out:
	crl_free(made);
	crl_spec_clear(&spec);
	bytes_free(&pem);
	return rc;
}

static enum status
say_openers(const struct openers *o, const char *need, const char *names,
    struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, need, "%u", o->need));
	for (size_t i = 0; i < o->n; i++)
		TRY(facts_add(f, d, names, "%s", o->name[i]));
out:
	return rc;
}

/* What does not hang on the lists. */
static enum status
say(const struct kill *k, const struct state *s, struct facts *f,
    struct diag *d)
{
	const struct list *regular = state_last_list(s, k->root);
	char until[CLOCK_TEXT_SIZE];
	enum status rc;

	if (regular == NULL)
		FAIL(d, ST_AUTH, "root %s has no list", k->root);
	clock_text(regular->next_update, until);
	TRY(facts_set(f, d, "root", "%s", k->root));
	TRY(facts_set(f, d, "until", "%s", until));
	TRY(say_openers(&k->keys_by, "need", "openers", f, d));
	if (k->all)
		TRY(say_openers(&k->all_by, "all-need", "all-openers", f, d));
out:
	return rc;
}

static enum status
kill_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct kill *k = want;
	const struct key *key = NULL;
	struct targets t = { 0 };
	enum status rc;

	(void)item;
	o->kind = "kill";
	TRY(find_targets(k, hands->plan, hands->state, &t, d));
	TRY(say(k, hands->state, &o->facts, d));
	TRY(hands->root(hands, k->root, &key, d));
	for (size_t i = 0; i < t.n; i++)
		TRY(perform_one(k, &t.target[i], i, key, hands, o, d));
out:
	targets_clear(&t);
	return rc;
}

/* What is inside nobody here can see; it is signed, computed again by the
 * second machine, and held against this by who opens it.  Its envelopes are the
 * objects from ${*at} on. */
static enum status
verify_one(const struct kill *k, const struct target *t, size_t nth,
    size_t *at, const struct plan *p, const struct state *s,
    const struct outcome *o, struct diag *d)
{
	const struct openers *by = openers_of(k, t);
	char text[160], name[OBJECT_NAME_SIZE];
	struct crl_spec spec = { 0 };
	const char *is;
	enum status rc;

	TRY(kill_spec(k, t, nth, p, s, &spec, d));
	sealed_text(t, &spec, text);
	is = facts_at(&o->facts, "lists", nth);
	if (is == NULL || strncmp(is, text, strlen(text)) != 0)
		FAIL(d, ST_AUTH, "sealed list %zu of root %s is not the one "
		    "that revokes %s", nth + 1, k->root, t->text);
	for (size_t i = 0; i < envelopes(by); i++, ++*at) {
		sealed_name(s, nth, by, i, name);
		if (!variant_of(o->objects[*at].name, name))
			FAIL(d, ST_AUTH, "%s is not called %s",
			    o->objects[*at].name, name);
	}
out:
	crl_spec_clear(&spec);
	return rc;
}

static enum status
kill_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	static const char *const lists[] = { "lists", NULL };
	const struct kill *k = want;
	struct targets t = { 0 };
	struct facts said = { 0 };
	const char *key;
	size_t at = 0;
	enum status rc;

	(void)item;
	TRY(find_targets(k, p, state, &t, d));
	if (strcmp(o->kind, "kill") != 0 || o->n != envelopes_of(k, &t) ||
	    facts_count(&o->facts, "lists") != t.n)
		FAIL(d, ST_AUTH, "root %s has %zu keys, pairs and all, and as "
		    "many sealed lists", k->root, t.n);
	TRY(say(k, state, &said, d));
	if ((key = facts_differ(&said, &o->facts, lists)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the plan "
		    "for the sealed lists of root %s", key, k->root);
	for (size_t i = 0; i < t.n; i++)
		TRY(verify_one(k, &t.target[i], i, &at, p, state, o, d));
out:
	facts_clear(&said);
	targets_clear(&t);
	return rc;
}

const struct step_kind kill_step = {
	.word = "kill",
	.title = "Seal the lists for the bad day",
	.keys = keys,
	.makes = "kill",
	.read = kill_read,
	.check = kill_check,
	.count = kill_count,
	.show = kill_show,
	.perform = kill_perform,
	.verify = kill_verify,
	.free = kill_free,
};
