/* see mint.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/certificate.h"
#include "ceremony/entropy.h"
#include "ceremony/mint.h"
#include "lib/base/text.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/signer.h"

#define MINT_GROUPS_MAX SLIP39_GROUPS_MAX
#define MINT_EXPONENT 1 /* without a passphrase a higher one buys nothing */
#define MINT_STREAM_MAX 16320 /* bytes: what one HKDF gives */
#define SHEET_TEXT_MAX 128 /* bytes: three words and three short numbers */

struct mint {
	const char *name; /* of the root; borrowed from the plan */
	size_t line;
	const char *alg;
	size_t alg_line;
	struct certificate cert; /* without a subject: a next root, and none */
	struct slip39_scheme scheme;
	struct plan_scheme group[MINT_GROUPS_MAX]; /* holders owned */
	size_t nsheets;
};

static const struct plan_key keys[] = {
	{ "algorithm", PT_WORD, true, false, NULL },
	CERTIFICATE_KEYS(false),
	{ "need", PT_TEXT, true, false, NULL },
	{ "group", PT_SCHEME, true, true, NULL },
	{ "extendable", PT_CHOICE, false, false, "yes|no" },
	{ 0 }
};

/* --- the row's own reading --- */

static void
mint_free(void *want)
{
	struct mint *m = want;

	if (m == NULL)
		return;
	for (size_t i = 0; i < m->scheme.groups; i++)
		free(m->group[i].holders);
	free(m);
}

static enum status
read_groups(const struct plan *p, const struct ini_section *s,
    struct mint *m, struct diag *d)
{
	struct plan_scheme *g;
	enum status rc;

	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->entries[i].key, "group") != 0)
			continue;
		if (m->scheme.groups == MINT_GROUPS_MAX)
			PLAN_FAIL(d, ST_FORMAT, p, s->entries[i].line,
			    "FORMATS 3.18: more than %d groups",
			    MINT_GROUPS_MAX);
		g = &m->group[m->scheme.groups];
		TRY(plan_scheme(p, &s->entries[i], g, d));
		m->scheme.group[m->scheme.groups].need = (uint8_t)g->need;
		m->scheme.group[m->scheme.groups].members = (uint8_t)g->n;
		m->scheme.groups++;
		m->nsheets += g->n;
	}
	rc = ST_OK;
out:
	return rc;
}

/* "1 group", "2 groups" */
static enum status
read_need(const struct plan *p, const struct ini_section *s, struct mint *m,
    struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "need", NULL);
	const size_t len = strcspn(e->value, " ");
	uint64_t need = 0;
	char number[4];
	enum status rc;

	snprintf(number, sizeof(number), "%.*s", (int)len, e->value);
	if (text_number(number, 1, SLIP39_GROUPS_MAX, &need, NULL) != ST_OK ||
	    (strcmp(e->value + len, " group") != 0 &&
	    strcmp(e->value + len, " groups") != 0))
		PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.18: %s",
		    "need is \"1 group\", \"2 groups\", ...");
	m->scheme.need = (uint8_t)need;
	rc = ST_OK;
out:
	return rc;
}

static enum status
mint_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct mint *m = NULL;
	enum status rc;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	m->name = s->name;
	m->line = s->line;
	m->alg = plan_text(s, "algorithm", "");
	m->alg_line = plan_entry(s, "algorithm", NULL)->line;
	certificate_read(s, &m->cert);
	m->scheme.extendable = strcmp(plan_text(s, "extendable", "yes"),
	    "yes") == 0;
	m->scheme.exponent = MINT_EXPONENT;
	if ((m->cert.subject != NULL) != (m->cert.years != 0))
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.19: %s",
		    "subject and years go together; a next root has neither");
	if (m->cert.next != NULL && m->cert.subject == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.30: %s",
		    "a root to come has no certificate to name the next in");
	TRY(read_need(p, s, m, d));
	TRY(read_groups(p, s, m, d));
	*want = m;
	m = NULL;
	rc = ST_OK;
out:
	mint_free(m);
	return rc;
}

static const char *
person_of(const struct plan_holder *h)
{
	return h->person;
}

static const char *
place_of(const struct plan_holder *h)
{
	return h->place;
}

/* Groups of the scheme that one person alone, or whoever gets in at one place,
 * could complete. */
static unsigned
groups_in(const struct mint *m,
    const char *(*word)(const struct plan_holder *), const char *one)
{
	unsigned full = 0, there;

	for (size_t g = 0; g < m->scheme.groups; g++) {
		there = 0;
		for (size_t i = 0; i < m->group[g].n; i++)
			there += strcmp(word(&m->group[g].holders[i]),
			    one) == 0;
		full += there >= m->group[g].need;
	}
	return full;
}

/* Roots that the rows above make; they promise other things too. */
static size_t
promised_roots(const struct promises *promises)
{
	size_t n = 0;

	for (size_t i = 0; i < promises->n; i++)
		n += strcmp(promises->promise[i].kind, mint_step.makes) == 0;
	return n;
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
		if (q->by != NULL || signer_section(p, q->name) != NULL)
			PLAN_FAIL(d, ST_POLICY, p, m->line, "RULES B10: [mint "
			    "%s], a root to come, stands below %s, where a "
			    "present root is open", m->name, q->name);
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

	if (key_known(m->alg, &why) != ST_OK)
		PLAN_FAIL(d, ST_POLICY, p, m->alg_line, "FORMATS 3.19: %s",
		    why.text);
	TRY(plan_at(p, m->line, slip39_scheme_check(&m->scheme, d), d));
	for (size_t i = 0; i < p->npersons; i++) {
		if (groups_in(m, person_of, p->persons[i].word) >= m->scheme.need)
			PLAN_FAIL(d, ST_POLICY, p, m->line, "FORMATS 3.20: "
			    "the sheets of %s alone would open root %s",
			    p->persons[i].word, m->name);
	}
	if (before->nroots + promised_roots(promises) >= REHEARSAL_SEEDS)
		PLAN_FAIL(d, ST_POLICY, p, m->line, "FORMATS 3.19: more than "
		    "%d roots in one state", REHEARSAL_SEEDS);
	if (state_root(before, m->name) != NULL)
		PLAN_FAIL(d, ST_POLICY, p, m->line, "FORMATS 3.19: root %s is "
		    "there already", m->name);
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

	return m->nsheets + 2;
}

static size_t
mint_count(const void *want)
{
	const struct mint *m = want;

	return mint_together(want) + (m->cert.subject != NULL);
}

/* The sheet of number ${i}, 0..: its group, place in it, and holder. */
static const struct plan_holder *
sheet_place(const struct mint *m, size_t i, size_t *group, size_t *member)
{
	for (*group = 0; *group < m->scheme.groups; (*group)++) {
		if (i < m->group[*group].n)
			break;
		i -= m->group[*group].n;
	}
	*member = i;
	return &m->group[*group].holders[i];
}

/* A place named more than once is said once; of a sheet without one nobody
 * knows where it will lie. */
static enum status
mint_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct mint *m = want;
	const char *place;
	size_t group, member, first;
	enum status rc = ST_OK;

	(void)before;
	for (size_t i = 0; i < m->nsheets && rc == ST_OK; i++) {
		place = sheet_place(m, i, &group, &member)->place;
		for (first = 0; first < i; first++) {
			if (strcmp(sheet_place(m, first, &group,
			    &member)->place, place) == 0)
				break;
		}
		if (first == i && place[0] != '\0' &&
		    groups_in(m, place_of, place) >= m->scheme.need)
			rc = facts_add(out, d, "note", "at %s lie enough "
			    "sheets to open root %s", place, m->name);
	}
	return rc;
}

/* --- the set, computed from the seed alone --- */

/* The stream that points are drawn from: HKDF of the seed under a label that
 * names epoch, scheme and the encrypted secret, so never one for two uses. */
struct stream {
	struct secret *bytes;
	size_t at;
};

static enum status
stream_draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	struct stream *s = cookie;

	if (len > secret_len(s->bytes) - s->at)
		return diag_set(d, ST_BUG, "the stream of points ran dry");
	memcpy(out, secret_peek(s->bytes) + s->at, len);
	s->at += len;
	return ST_OK;
}

/* "2:2/3,3/5" */
static void
scheme_text(const struct slip39_scheme *s, char *out, size_t size)
{
	size_t at = (size_t)snprintf(out, size, "%u:", s->need);

	for (size_t g = 0; g < s->groups && at < size; g++)
		at += (size_t)snprintf(out + at, size - at, "%s%u/%u",
		    g == 0 ? "" : ",", s->group[g].need, s->group[g].members);
}

/* A set of sheets as it is in memory while one item needs it. */
struct drawn {
	unsigned epoch;
	uint8_t salt[SHA256_LEN];
	struct secret *ems;
	struct slip39_set set;
};

static void
drawn_clear(struct drawn *w)
{
	secret_free(w->ems);
	slip39_set_clear(&w->set);
	memset(w, 0, sizeof(*w));
}

static enum status
split_points(const struct mint *m, const struct secret *seed,
    const char *scheme, uint16_t id, struct drawn *w, struct diag *d)
{
	struct stream stream = { 0 };
	const struct slip39_source source = { stream_draw, &stream };
	char label[512], ems[SHA384_HEX_SIZE];
	enum status rc;

	hash_sha384_hex(secret_peek(w->ems), secret_len(w->ems), ems);
	snprintf(label, sizeof(label), "set-points/%u/%s/%d/%u/%s", w->epoch,
	    scheme, m->scheme.extendable, m->scheme.exponent, ems);
	TRY(secret_new(MINT_STREAM_MAX, &stream.bytes, d));
	TRY(derive_label(seed, label, secret_bytes(stream.bytes),
	    MINT_STREAM_MAX, d));
	TRY(slip39_split(w->ems, &m->scheme, id, &source, &w->set, d));
out:
	secret_wipe(ems, sizeof(ems));
	secret_wipe(label, sizeof(label));
	secret_free(stream.bytes);
	return rc;
}

static enum status
draw_set(const struct mint *m, const struct secret *seed, unsigned epoch,
    struct drawn *w, struct diag *d)
{
	char scheme[160], label[256];
	uint8_t raw[2];
	uint16_t id;
	enum status rc;

	w->epoch = epoch;
	scheme_text(&m->scheme, scheme, sizeof(scheme));
	snprintf(label, sizeof(label), "set-id/%u/%s", epoch, scheme);
	TRY(derive_label(seed, label, raw, sizeof(raw), d));
	id = (uint16_t)((raw[0] << 8 | raw[1]) & 0x7fff);
	snprintf(label, sizeof(label), "set-salt/%u/%s", epoch, scheme);
	TRY(derive_label(seed, label, w->salt, sizeof(w->salt), d));
	TRY(slip39_encrypt(seed, NULL, &m->scheme, id, &w->ems, d));
	TRY(split_points(m, seed, scheme, id, w, d));
out:
	return rc;
}

/* The number of the set that is being made: the last one drawn counts. */
static unsigned
set_epoch(const struct state *s, const char *root, bool drawing)
{
	unsigned epoch = 0;

	for (size_t i = 0; i < s->nsets; i++) {
		if (strcmp(s->sets[i].root, root) == 0)
			epoch = s->sets[i].epoch;
	}
	return drawing ? epoch + 1 : epoch;
}

/* --- item 0: draw --- */

/* "1 main 0 0 first office ": what a sheet's fact says before its commitment */
static void
sheet_text(const struct mint *m, size_t i, char *out, size_t size)
{
	size_t group, member;
	const struct plan_holder *h = sheet_place(m, i, &group, &member);

	snprintf(out, size, "%zu %s %zu %zu %s %s ", i + 1,
	    m->group[group].name, group, member, h->person,
	    h->place[0] == '\0' ? "-" : h->place);
}

static enum status
say_set(const struct mint *m, const struct drawn *w, uint64_t quorums,
    struct facts *f, struct diag *d)
{
	char salt[2 * SHA256_LEN + 1], hex[2 * SHA256_LEN + 1];
	uint8_t commitment[SHA256_LEN];
	char sheet[SHEET_TEXT_MAX];
	enum status rc;

	text_hex(w->salt, sizeof(w->salt), salt);
	TRY(facts_set(f, d, "root", "%s", m->name));
	TRY(facts_set(f, d, "epoch", "%u", w->epoch));
	TRY(facts_set(f, d, "algorithm", "%s", m->alg));
	TRY(facts_set(f, d, "set-id", "%u", w->set.id));
	TRY(facts_set(f, d, "groups-needed", "%u", m->scheme.need));
	for (size_t g = 0; g < m->scheme.groups; g++)
		TRY(facts_add(f, d, "groups", "%u/%u",
		    m->scheme.group[g].need, m->scheme.group[g].members));
	TRY(facts_set(f, d, "extendable", "%s",
	    m->scheme.extendable ? "yes" : "no"));
	TRY(facts_set(f, d, "exponent", "%u", m->scheme.exponent));
	TRY(facts_set(f, d, "salt", "%s", salt));
	for (size_t i = 0; i < w->set.n; i++) {
		sheet_commitment(w->salt, w->set.mnemonic[i], commitment);
		text_hex(commitment, sizeof(commitment), hex);
		sheet_text(m, i, sheet, sizeof(sheet));
		TRY(facts_add(f, d, "sheets", "%s%s", sheet, hex));
	}
	TRY(facts_set(f, d, "quorums", "%llu", (unsigned long long)quorums));
out:
	return rc;
}

static enum status
perform_draw(const struct mint *m, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct secret *seed = NULL;
	struct drawn w = { 0 };
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "drawn";
	TRY(hands->seed(hands, m->name, &seed, &o->facts, d));
	TRY(draw_set(m, seed, set_epoch(hands->state, m->name, true), &w, d));
	TRY(slip39_prove(&w.set, w.ems, &quorums, d));
	TRY(say_set(m, &w, quorums, &o->facts, d));
out:
	drawn_clear(&w);
	return rc;
}

/* --- items 1..n: a sheet is written and read back --- */

static enum status
say_sheet(const struct mint *m, size_t i, const struct state *state,
    struct facts *f, struct diag *d)
{
	size_t group, member;
	enum status rc;

	TRY(facts_set(f, d, "root", "%s", m->name));
	TRY(facts_set(f, d, "epoch", "%u", set_epoch(state, m->name, false)));
	TRY(facts_set(f, d, "sheet", "%zu", i + 1));
	TRY(facts_set(f, d, "holder", "%s",
	    sheet_place(m, i, &group, &member)->person));
out:
	return rc;
}

static enum status
perform_sheet(const struct mint *m, size_t i, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct sheet_set *set =
	    &hands->state->sets[hands->state->nsets - 1];
	const struct secret *seed = NULL;
	struct sheet_view view = { 0 };
	struct facts unused = { 0 };
	struct drawn w = { 0 };
	struct key *key = NULL;
	char ceremony[160];
	enum status rc;

	o->kind = "read-back";
	TRY(hands->seed(hands, m->name, &seed, &unused, d));
	TRY(draw_set(m, seed, set->epoch, &w, d));
	TRY(key_from_seed(seed, signer_derive_mode(hands->plan->mode), m->alg,
	    "root", 0, &key, d));
	snprintf(ceremony, sizeof(ceremony), "%.100s, ceremony %u",
	    hands->plan->org, hands->plan->number);
	view.set = set;
	view.sheet = &set->sheets[i];
	view.root = key_public(key);
	view.mnemonic = w.set.mnemonic[i];
	view.test = hands->plan->mode != MODE_PRODUCTION;
	view.ceremony = ceremony;
	TRY(say_sheet(m, i, hands->state, &o->facts, d));
	TRY(hands->prove(hands, &view, &o->facts, d));
out:
	facts_clear(&unused);
	drawn_clear(&w);
	key_free(key);
	return rc;
}

/* --- item n + 1: the root is committed --- */

/* Recover the seed from what the holders read back, never from memory: every
 * quorum of the typed sheets, and then one of them to the end. */
static enum status
recover_typed(const struct mint *m, struct hands *hands,
    const struct secret *ems, struct secret **seed, uint64_t *quorums,
    struct diag *d)
{
	struct slip39_share *share[SHEETS_MAX] = { 0 };
	struct slip39_set typed = { 0 };
	struct secret *again = NULL;
	enum status rc;

	if (m->nsheets == 0)
		FAIL(d, ST_BUG, "root %s without a sheet", m->name);
	typed.scheme = m->scheme;
	for (typed.n = 0; typed.n < m->nsheets;) {
		TRY(secret_copy(hands->typed(hands, typed.n),
		    &typed.mnemonic[typed.n], d));
		typed.n++;
		TRY(slip39_read(typed.mnemonic[typed.n - 1],
		    &share[typed.n - 1], d));
	}
	typed.id = share[0]->id;
	TRY(slip39_prove(&typed, ems, quorums, d));
	TRY(slip39_gather((const struct slip39_share *const *)share, typed.n,
	    &again, d));
	TRY(slip39_decrypt(again, NULL, share[0], seed, d));
out:
	for (size_t i = 0; i < m->nsheets; i++)
		slip39_share_free(share[i]);
	slip39_set_clear(&typed);
	secret_free(again);
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
	TRY(facts_set(f, d, "root", "%s", m->name));
	TRY(facts_set(f, d, "number", "%zu", state->nroots + 1));
	TRY(facts_set(f, d, "algorithm", "%s", k->alg));
	TRY(facts_set(f, d, "counter", "0"));
	TRY(facts_set(f, d, "public", "%s", hex));
	TRY(facts_set(f, d, "key-id", "%s", id));
	TRY(facts_set(f, d, "epoch", "%u", set_epoch(state, m->name, false)));
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
	struct drawn w = { 0 };
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "root";
	TRY(hands->seed(hands, m->name, &seed, &unused, d));
	TRY(draw_set(m, seed, set_epoch(hands->state, m->name, false), &w, d));
	TRY(recover_typed(m, hands, w.ems, &proven, &quorums, d));
	TRY(hands->proven(hands, m->name, proven, d));
	TRY(hands->root(hands, m->name, &key, d));
	TRY(say_root(m, hands->state, key_public(key), quorums, &o->facts,
	    d));
out:
	facts_clear(&unused);
	secret_free(proven);
	drawn_clear(&w);
	return rc;
}

/* Does somebody hold sheets of this root that a cut made void? */
static bool
has_void_sheets(const struct state *state, const char *root)
{
	for (size_t i = 0; i < state->nsets; i++) {
		if (state->sets[i].fate == SET_VOID &&
		    strcmp(state->sets[i].root, root) == 0)
			return true;
	}
	return false;
}

static enum status
mint_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct mint *m = want;
	const struct plan_holder *h;
	size_t group, member;

	if (item == 0)
		return text_format(out, d, "draw the seed of root %s (%s), "
		    "split it into %zu sheets, prove every quorum%s", m->name,
		    m->alg, m->nsheets, has_void_sheets(state, m->name) ?
		    "; those written before are void: burn them" : "");
	if (item <= m->nsheets) {
		h = sheet_place(m, item - 1, &group, &member);
		return text_format(out, d, "sheet %zu of %zu, %s%s%s: write it "
		    "and read it back", item, m->nsheets, h->person,
		    h->place[0] == '\0' ? "" : " at ", h->place);
	}
	if (item == m->nsheets + 1)
		return text_format(out, d, "commit root %s: proven from the "
		    "sheets as they were read back%s", m->name,
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
	if (item <= m->nsheets)
		return perform_sheet(m, item - 1, hands, o, d);
	if (item == m->nsheets + 1)
		return perform_root(m, hands, o, d);
	return certificate_perform(&m->cert, hands, o, d);
}

/* --- what anyone can check without a key --- */

/* Sheet ${i}, 0.., is of the place and holder that the plan gives it. */
static bool
is_placed(const struct mint *m, size_t i, const char *fact)
{
	char want[SHEET_TEXT_MAX];

	sheet_text(m, i, want, sizeof(want));
	return fact != NULL && strncmp(fact, want, strlen(want)) == 0;
}

/* The set is the plan's, whatever the seed gave beside. */
static enum status
verify_drawn(const struct mint *m, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	static const char *const of_seed[] = { "set-id", "salt", "sheets",
		"entropy", "rolls", "people-mac", "system", NULL };
	const struct drawn w = { .epoch = set_epoch(state, m->name, true) };
	const size_t n = facts_count(&o->facts, "sheets");
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	TRY(say_set(m, &w, slip39_quorums(&m->scheme), &said, d));
	if ((key = facts_differ(&said, &o->facts, of_seed)) != NULL)
		FAIL(d, ST_AUTH, "root %s was not split as the plan says: %s",
		    m->name, key);
	if (n != m->nsheets)
		FAIL(d, ST_AUTH, "root %s was not split as the plan says: %zu "
		    "sheets", m->name, n);
	for (size_t i = 0; i < m->nsheets; i++) {
		if (!is_placed(m, i, facts_at(&o->facts, "sheets", i)))
			FAIL(d, ST_AUTH, "sheet %zu of root %s is not of the "
			    "holder in the plan", i + 1, m->name);
	}
	TRY(entropy_check(p, &o->facts, d));
out:
	facts_clear(&said);
	return rc;
}

/* Item ${i} read back sheet ${i}, by its holder. */
static enum status
verify_sheet(const struct mint *m, size_t i, const struct state *state,
    const struct outcome *o, struct diag *d)
{
	struct facts said = { 0 };
	enum status rc;

	TRY(say_sheet(m, i - 1, state, &said, d));
	if (facts_differ(&said, &o->facts, state_trusted(o->kind)) != NULL)
		FAIL(d, ST_AUTH, "it is not sheet %zu of root %s, read back "
		    "by its holder", i, m->name);
out:
	facts_clear(&said);
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
		    "rehearsal seed: anyone has it", m->name);
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
		    "key: %s", m->name, why.text);
	if (strcmp(k.alg, m->alg) != 0)
		FAIL(d, ST_AUTH, "root %s is not of the algorithm in the plan",
		    m->name);
	TRY(say_root(m, state, &k, slip39_quorums(&m->scheme), &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the key "
		    "and the scheme of root %s", key, m->name);
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
	    item <= m->nsheets ? "read-back" :
	    item == m->nsheets + 1 ? "root" : "certificate";
	const char *root = facts_get(&o->facts, "root");

	if (strcmp(o->kind, kind) != 0 || root == NULL ||
	    strcmp(root, m->name) != 0)
		return diag_set(d, ST_AUTH, "item %zu of [mint %s] is a \"%s\" "
		    "of its own root", item, m->name, kind);
	if (item == 0)
		return verify_drawn(m, p, state, o, d);
	if (item <= m->nsheets)
		return verify_sheet(m, item, state, o, d);
	if (item == m->nsheets + 1)
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
