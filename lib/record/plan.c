/* see plan.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/name.h"
#include "lib/crypto/slip39.h"
#include "lib/pki/arc.h"
#include "lib/record/entry.h"
#include "lib/record/plan.h"
#include "lib/record/step.h"

/* --- the sections that state facts; steps bring their own keys --- */

static const struct plan_key ceremony_keys[] = {
	{ "format", PT_INT, true, false, NULL },
	{ "org", PT_TEXT, true, false, NULL },
	{ "mode", PT_CHOICE, true, false, "rehearsal|production" },
	{ "number", PT_INT, true, false, NULL },
	{ "previous", PT_DIGEST, true, false, NULL },
	{ "effective", PT_DATE, true, false, NULL },
	{ "latest", PT_DATE, true, false, NULL },
	{ "oid-arc", PT_OID, true, false, NULL },
	{ "officer", PT_WORD, true, false, NULL },
	{ "witness", PT_WORD, true, false, NULL },
	{ "sheets", PT_CHOICE, false, false, "handwrite|print" },
	{ "entropy", PT_CHOICE, false, false, "system|system+dice|dice-only|"
	    "system+coins|coins-only|system+text" },
	{ "reproduce", PT_CHOICE, false, false, "required" },
	{ "custody", PT_CHOICE, false, false, "bags" },
	{ 0 }
};

static const struct plan_key person_keys[] = {
	{ "name", PT_TEXT, true, false, NULL },
	{ "deputy", PT_WORD, false, false, NULL },
	{ 0 }
};

static const struct plan_key profile_keys[] = {
	{ "base", PT_CHOICE, true, false, "fw-pki-v1" },
	{ "keys", PT_WORDS, true, false, NULL },
	{ "most-days", PT_DAYS, true, false, NULL },
	{ 0 }
};

static const struct plan_key responder_keys[] = {
	{ "cert", PT_FILE, true, false, NULL },
	{ "call", PT_TEXT, false, false, NULL },
	{ 0 }
};

static const struct fact_section {
	const char *kind;
	bool named;
	const struct plan_key *keys;
} fact_sections[] = {
	{ "ceremony", false, ceremony_keys },
	{ "person", true, person_keys },
	{ "profile", true, profile_keys },
	{ "responder", true, responder_keys },
};
#define NFACTS (sizeof(fact_sections) / sizeof(fact_sections[0]))
#define NAMES_MAX 64

/* --- one value --- */

static enum status
check_digest(const char *value, size_t bytes, struct diag *d)
{
	uint8_t raw[64];

	if (strlen(value) != 2 * bytes)
		return diag_set(d, ST_FORMAT, "a digest of another length");
	return text_unhex(value, raw, bytes, d);
}

/* The digests a file may be named with. */
static const struct file_digest {
	const char *prefix;
	size_t len;
	void (*hash)(const void *, size_t, uint8_t *);
} file_digests[] = {
	{ "sha384:", SHA384_LEN, hash_sha384 },
	{ "sha256:", SHA256_LEN, hash_sha256 },
};
#define NDIGESTS (sizeof(file_digests) / sizeof(file_digests[0]))

#define FILE_NAME_CHARS                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* "gateway.csr sha384:<96 hex>": a bare inbox name and what it must be. */
static enum status
split_file(const char *value, char name[65], const struct file_digest **how,
    const char **hex, struct diag *d)
{
	const size_t len = strspn(value, FILE_NAME_CHARS);
	const char *rest = value + len;

	if (len == 0 || len > 64 || value[0] == '.' || *rest != ' ')
		return diag_set(d, ST_FORMAT, "a file is named bare, with its "
		    "digest behind: NAME sha384:HEX");
	snprintf(name, 65, "%.*s", (int)len, value);
	rest += strspn(rest, " ");
	for (size_t i = 0; i < NDIGESTS; i++) {
		*how = &file_digests[i];
		*hex = rest + strlen((*how)->prefix);
		if (strncmp(rest, (*how)->prefix, strlen((*how)->prefix)) == 0)
			return check_digest(*hex, (*how)->len, d);
	}
	return diag_set(d, ST_FORMAT, "the digest of a file is sha384:HEX (or "
	    "sha256:HEX)");
}

/* X.660: the first arc is 0, 1 or 2, and below 0 and 1 there are 40. */
static enum status
check_oid(const char *value, struct diag *d)
{
	unsigned long arc, first = 0;
	size_t arcs = 0;
	const char *at = value;

	for (;;) {
		const size_t digits = strspn(at, "0123456789");

		if (digits == 0 || digits > 10 || (digits > 1 && *at == '0'))
			break;
		arc = strtoul(at, NULL, 10);
		if ((arcs == 0 && arc > 2) ||
		    (arcs == 1 && first < 2 && arc > 39) || arc > UINT32_MAX)
			break;
		first = arcs++ == 0 ? arc : first;
		at += digits;
		if (*at == '\0' && arcs >= 3 && strlen(value) < 64)
			return ST_OK;
		if (*at++ != '.')
			break;
	}
	return diag_set(d, ST_FORMAT, "not an object identifier");
}

static enum status
check_words(const char *value, struct diag *d)
{
	char word[33];
	size_t len;

	for (;;) {
		value += strspn(value, " ");
		len = strcspn(value, ", ");
		snprintf(word, sizeof(word), "%.*s", (int)(len > 32 ? 32 : len),
		    value);
		if (len > 32 || !text_is_word(word))
			return diag_set(d, ST_FORMAT, "words with commas "
			    "between");
		value += len;
		value += strspn(value, " ");
		if (*value == '\0')
			return ST_OK;
		if (*value++ != ',')
			return diag_set(d, ST_FORMAT, "words with commas "
			    "between");
	}
}

static enum status
check_date(const char *value, struct diag *d)
{
	enum status rc;
	int64_t t;

	if ((rc = clock_read(value, &t, d)) == ST_OK && t % 60 != 0)
		return diag_set(d, ST_FORMAT, "times are whole minutes");
	return rc;
}

static enum status
check_value(const struct plan_key *k, const char *value, struct diag *d)
{
	const struct file_digest *how;
	const char *hex;
	uint64_t n;
	char name[65];

	switch (k->type) {
	case PT_WORD:
		return text_is_word(value) ? ST_OK :
		    diag_set(d, ST_FORMAT, "a word is [a-z0-9][a-z0-9-]*, at "
			"most 32");
	case PT_TEXT:
		return strlen(value) <= 200 ? ST_OK :
		    diag_set(d, ST_FORMAT, "text is at most 200 bytes");
	case PT_INT:
		return text_number(value, 0, 999999, &n, d);
	case PT_DAYS:
		return text_number(value, 1, 36600, &n, d);
	case PT_YEARS:
		return text_number(value, 1, 100, &n, d);
	case PT_DATE:
		return check_date(value, d);
	case PT_WORDS:
		return check_words(value, d);
	case PT_DIGEST:
		return strcmp(value, "none") == 0 ? ST_OK :
		    check_digest(value, SHA384_LEN, d);
	case PT_FILE:
	case PT_KEY_FILE:
		return split_file(value, name, &how, &hex, d);
	case PT_OID:
		return check_oid(value, d);
	case PT_CHOICE:
		return text_listed(k->choices, '|', value) ? ST_OK :
		    diag_set(d, ST_FORMAT, "one of %s", k->choices);
	case PT_SCHEME: /* plan_scheme reads it: the row's business */
	default:
		return ST_OK;
	}
}

/* --- one section --- */

static const struct plan_key *
find_key(const struct plan_key *keys, const struct ini_entry *e)
{
	for (; keys->name != NULL; keys++) {
		if (strcmp(keys->name, e->key) == 0 &&
		    keys->named == (e->name != NULL))
			return keys;
	}
	return NULL;
}

static const char *
nearest_key(const struct plan_key *keys, const char *key)
{
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (; keys->name != NULL && n < NAMES_MAX; keys++)
		names[n++] = keys->name;
	return text_nearest(key, names, n);
}

static enum status
check_entry(const struct plan *p, const struct ini_section *s,
    const struct plan_key *keys, const struct ini_entry *e, struct diag *d)
{
	const struct plan_key *k = find_key(keys, e);
	const char *near;
	enum status rc;

	if (k != NULL) {
		if ((rc = check_value(k, e->value, d)) != ST_OK)
			diag_prefix(d, "%s:%zu: FORMATS 3.12: %s", p->file,
			    e->line, e->key);
		return rc;
	}
	near = nearest_key(keys, e->key);
	if (near != NULL && strcmp(near, e->key) == 0)
		return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.11: %s %s",
		    p->file, e->line, e->key, e->name == NULL ?
		    "needs a name: KEY.NAME" : "takes no name");
	return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.11: [%s] has no key "
	    "%s%s%s%s", p->file, e->line, s->kind, e->key,
	    near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
}

static enum status
check_section(const struct plan *p, const struct ini_section *s,
    const struct plan_key *keys, struct diag *d)
{
	bool there;
	enum status rc;

	for (size_t i = 0; i < s->n; i++)
		TRY(check_entry(p, s, keys, &s->entries[i], d));
	for (; keys->name != NULL; keys++) {
		there = false;
		for (size_t i = 0; i < s->n; i++)
			there |= strcmp(s->entries[i].key, keys->name) == 0;
		if (keys->required && !there)
			PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.13: "
			    "[%s%s%s] needs %s", s->kind,
			    s->name == NULL ? "" : " ",
			    s->name == NULL ? "" : s->name, keys->name);
	}
	rc = ST_OK;
out:
	return rc;
}

const struct step_kind *
plan_step(const struct ini_section *s, const struct step_kind *const *steps)
{
	for (; *steps != NULL; steps++) {
		if (strcmp((*steps)->word, s->kind) == 0)
			return *steps;
	}
	return NULL;
}

/* The keys of a section's kind, and whether the kind takes a name. */
static const struct plan_key *
section_keys(const struct ini_section *s,
    const struct step_kind *const *steps, bool *named)
{
	const struct step_kind *step = plan_step(s, steps);

	*named = true;
	if (step != NULL)
		return step->keys;
	for (size_t i = 0; i < NFACTS; i++) {
		if (strcmp(fact_sections[i].kind, s->kind) == 0) {
			*named = fact_sections[i].named;
			return fact_sections[i].keys;
		}
	}
	return NULL;
}

static const char *
nearest_section(const char *kind, const struct step_kind *const *steps)
{
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < NFACTS; i++)
		names[n++] = fact_sections[i].kind;
	for (; *steps != NULL && n < NAMES_MAX; steps++)
		names[n++] = (*steps)->word;
	return text_nearest(kind, names, n);
}

static enum status
check_sections(const struct plan *p, const struct step_kind *const *steps,
    struct diag *d)
{
	const struct ini_section *s;
	const struct plan_key *keys;
	const char *near;
	bool named;
	enum status rc;

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		if ((keys = section_keys(s, steps, &named)) == NULL) {
			near = nearest_section(s->kind, steps);
			PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.10: no "
			    "such section: %s%s%s%s", s->kind,
			    near == NULL ? "" : "; did you mean ",
			    near == NULL ? "" : near,
			    near == NULL ? "" : "?");
		}
		if (named != (s->name != NULL))
			PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.10: "
			    "[%s] %s", s->kind, named ? "needs a name" :
			    "takes no name");
		TRY(check_section(p, s, keys, d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- the ceremony's own section --- */

static enum status
take_person(struct plan *p, const struct ini_section *s, const char *key,
    const char **out, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, key, NULL);

	*out = e->value;
	if (plan_section(p, "person", e->value) != NULL)
		return ST_OK;
	return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.15: no [person %s]",
	    p->file, e->line, e->value);
}

static enum status
take_deputy(struct plan *p, const struct ini_section *s, const char **out,
    struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "deputy", NULL);

	if (e == NULL)
		return ST_OK;
	if (strcmp(e->value, s->name) == 0)
		return diag_set(d, ST_POLICY, "%s:%zu: FORMATS 3.22: %s cannot "
		    "be the deputy of %s", p->file, e->line, e->value,
		    s->name);
	return take_person(p, s, "deputy", out, d);
}

static enum status
take_persons(struct plan *p, struct diag *d)
{
	const struct ini_section *s;
	enum status rc;

	if ((p->persons = calloc(p->ini->n, sizeof(*p->persons))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		if (strcmp(s->kind, "person") != 0)
			continue;
		p->persons[p->npersons].word = s->name;
		p->persons[p->npersons].name = plan_text(s, "name", "");
		TRY(take_deputy(p, s, &p->persons[p->npersons++].deputy, d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* Whether ${oid} is ${arc} or an arc below it. */
static bool
below_arc(const char *oid, const char *arc)
{
	const size_t len = strlen(arc);

	return strncmp(oid, arc, len) == 0 &&
	    (oid[len] == '\0' || oid[len] == '.');
}

/* What stands in [ceremony] agrees with itself. */
static enum status
take_ceremony(struct plan *p, struct diag *d)
{
	const struct ini_section *s = plan_section(p, "ceremony", NULL);
	enum status rc;

	if (s == NULL)
		FAIL(d, ST_FORMAT, "%s: FORMATS 3.13: there is no [ceremony]",
		    p->file);
	if (plan_int(s, "format", 0) != 1)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.14: %s",
		    "format is 1");
	p->org = plan_text(s, "org", "");
	if (strlen(p->org) >= NAME_PART_SIZE)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.14: org is more "
		    "than %d bytes", NAME_PART_SIZE - 1);
	p->mode = strcmp(plan_text(s, "mode", ""), "production") == 0 ?
	    MODE_PRODUCTION : MODE_REHEARSAL;
	p->number = (unsigned)plan_int(s, "number", 0);
	snprintf(p->previous, sizeof(p->previous), "%s",
	    plan_text(s, "previous", "none"));
	p->arc = plan_text(s, "oid-arc", "");
	p->entropy = plan_text(s, "entropy", "system");
	p->second_machine = plan_entry(s, "reproduce", NULL) != NULL;
	p->bags = plan_entry(s, "custody", NULL) != NULL;
	p->print = strcmp(plan_text(s, "sheets", "handwrite"), "print") == 0;
	TRY(clock_read(plan_text(s, "effective", ""), &p->effective, d));
	TRY(clock_read(plan_text(s, "latest", ""), &p->latest, d));
	if (strchr(plan_text(s, "latest", ""), 'T') == NULL)
		p->latest += CLOCK_DAY - 60; /* a day is meant to its end */
	TRY(take_persons(p, d));
	TRY(take_person(p, s, "officer", &p->officer, d));
	TRY(take_person(p, s, "witness", &p->witness, d));
	if (p->number < 1 || (p->number == 1) !=
	    (strcmp(p->previous, "none") == 0))
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.14: %s",
		    "number is 1 with previous = none, and only then");
	if (p->latest < p->effective)
		PLAN_FAIL(d, ST_FORMAT, p, s->line, "FORMATS 3.14: %s",
		    "latest is before effective");
	if (strcmp(p->officer, p->witness) == 0)
		PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.15: %s",
		    "officer and witness are one person");
	if (p->mode == MODE_PRODUCTION && below_arc(p->arc, ARC_TEST))
		PLAN_FAIL(d, ST_POLICY, p, s->line, "FORMATS 3.16: %s",
		    "oid-arc is the documentation arc; production needs your "
		    "own");
out:
	return rc;
}

enum status
plan_read(const char *file, const struct bytes *text,
    const struct step_kind *const *steps, const struct inbox *inbox,
    struct plan **out, struct diag *d)
{
	struct plan *p = NULL;
	enum status rc;

	*out = NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL ||
	    (p->file = strdup(file)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	p->inbox = inbox;
	p->steps = steps;
	TRY(bytes_set(&p->text, text->data, text->len, d));
	hash_sha384(text->data, text->len, p->digest);
	TRY(ini_read(file, (const char *)p->text.data, p->text.len, &p->ini,
	    d));
	TRY(check_sections(p, steps, d));
	TRY(take_ceremony(p, d));
	*out = p;
	p = NULL;
	rc = ST_OK;
out:
	plan_free(p);
	return rc;
}

void
plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	free(p->file);
	bytes_free(&p->text);
	ini_free(p->ini);
	free(p->persons);
	free(p);
}

/* --- what rows ask --- */

const struct plan_key *
plan_keys(const struct plan *p, const struct ini_section *s)
{
	bool named;

	return section_keys(s, p->steps, &named);
}

const struct ini_section *
plan_section(const struct plan *p, const char *kind, const char *name)
{
	const struct ini_section *s;

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		if (strcmp(s->kind, kind) != 0)
			continue;
		if (name == NULL ||
		    (s->name != NULL && strcmp(s->name, name) == 0))
			return s;
	}
	return NULL;
}

const struct ini_entry *
plan_entry(const struct ini_section *s, const char *key, const char *name)
{
	const struct ini_entry *e;

	for (size_t i = 0; i < s->n; i++) {
		e = &s->entries[i];
		if (strcmp(e->key, key) != 0 ||
		    (name == NULL) != (e->name == NULL))
			continue;
		if (name == NULL || strcmp(e->name, name) == 0)
			return e;
	}
	return NULL;
}

enum status
plan_at(const struct plan *p, size_t line, enum status rc, struct diag *d)
{
	if (rc != ST_OK)
		diag_prefix(d, "%s:%zu", p->file, line);
	return rc;
}

const char *
plan_deputy(const struct plan *p, const char *holder)
{
	for (size_t i = 0; i < p->npersons; i++) {
		if (strcmp(p->persons[i].word, holder) == 0)
			return p->persons[i].deputy;
	}
	return NULL;
}

const char *
plan_mode_word(enum plan_mode mode)
{
	return mode == MODE_PRODUCTION ? "production" : "rehearsal";
}

const char *
plan_text(const struct ini_section *s, const char *key, const char *dflt)
{
	const struct ini_entry *e = plan_entry(s, key, NULL);

	return e == NULL ? dflt : e->value;
}

uint64_t
plan_int(const struct ini_section *s, const char *key, uint64_t dflt)
{
	const struct ini_entry *e = plan_entry(s, key, NULL);
	uint64_t n;

	/* checked by plan_read already */
	if (e == NULL ||
	    text_number(e->value, 0, UINT64_MAX, &n, NULL) != ST_OK)
		return dflt;
	return n;
}

bool
plan_lists(const struct ini_section *s, const char *key, const char *word)
{
	const char *at = plan_text(s, key, "");
	size_t len;

	for (; *at != '\0'; at += strspn(at, ", ")) {
		len = strcspn(at, ", ");
		if (len == strlen(word) && strncmp(at, word, len) == 0)
			return true;
		at += len;
	}
	return false;
}

enum status
plan_words(const struct plan *p, const struct ini_entry *e,
    char (*out)[33], size_t max, size_t *n, struct diag *d)
{
	const char *at = e->value;
	size_t len;

	for (*n = 0; *at != '\0'; at += strspn(at, ", ")) {
		len = strcspn(at, ", ");
		if (*n == max)
			return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.12: "
			    "more than %zu words", p->file, e->line, max);
		snprintf(out[(*n)++], 33, "%.*s", (int)len, at);
		at += len;
	}
	return ST_OK;
}

/* A file that a plan names. */
struct wanted {
	char bare[65];
	const struct file_digest *how;
	uint8_t digest[64];
	size_t max; /* bytes */
};

static bool
is_wanted(const struct wanted *w, const void *data, size_t len)
{
	uint8_t is[64];

	w->how->hash(data, len, is);
	return len <= w->max && memcmp(is, w->digest, w->how->len) == 0;
}

/* In a state that keeps it, a torn one may have taken its name. */
static enum status
from_folder(const struct inbox *box, const struct wanted *w,
    struct bytes *out, struct diag *d)
{
	const bool kept = box->prefix[0] != '\0';
	char plain[OBJECT_NAME_SIZE], path[OBJECT_NAME_SIZE];
	enum status rc;

	snprintf(plain, sizeof(plain), "%s%s", box->prefix, w->bare);
	for (unsigned v = 1; v <= (kept ? OBJECT_VARIANTS : 1); v++) {
		object_variant(plain, v, path);
		if (kept && !file_exists_at(box->dirfd, path))
			continue;
		TRY(file_read_at(box->dirfd, path, w->max, out, d));
		if (is_wanted(w, out->data, out->len))
			return ST_OK;
	}
	bytes_free(out);
	FAIL(d, ST_AUTH, "%s is not the file that was reviewed: its digest is "
	    "another", w->bare);
out:
	return rc;
}

/* One of that name that is another file is no match. */
static bool
from_parcels(const struct inbox *box, const struct wanted *w,
    const struct parcel_file **out)
{
	size_t at = 0;

	while ((*out = inbox_next(box, w->bare, &at)) != NULL) {
		if (is_wanted(w, (*out)->data, (*out)->len))
			return true;
	}
	return false;
}

/* The file with the digest that was reviewed, wherever it lies.  A parcel that
 * was passed over may be the one that has it. */
static enum status
read_reviewed(const struct plan *p, const struct ini_entry *e,
    const struct wanted *w, struct bytes *out, struct diag *d)
{
	const struct inbox *box = p->inbox;
	const size_t n = facts_count(&box->passed, "passed-over");
	const struct parcel_file *f;
	char more[48] = "";
	struct diag why = { 0 };
	const char *passed;
	enum status rc;

	if ((rc = from_folder(box, w, out, &why)) == ST_OK)
		return ST_OK;
	if (from_parcels(box, w, &f))
		return bytes_set(out, f->data, f->len, d);
	passed = facts_at(&box->passed, "passed-over", 0);
	if (n > 1)
		snprintf(more, sizeof(more), "; and %zu more", n - 1);
	PLAN_FAIL(d, rc, p, e->line, "FORMATS 3.17: %s%s%s%s%s", why.text,
	    box->n == 0 ? "" : ", and it is in none of the parcels there",
	    passed == NULL ? "" : "; passed over: ",
	    passed == NULL ? "" : passed, more);
out:
	return rc;
}

enum status
plan_file(const struct plan *p, const struct ini_entry *e, size_t max,
    struct bytes *out, char *name, size_t size, struct diag *d)
{
	struct wanted w = { .max = max };
	const char *hex;
	enum status rc;

	TRY(split_file(e->value, w.bare, &w.how, &hex, d));
	TRY(text_unhex(hex, w.digest, w.how->len, d));
	if (name != NULL)
		snprintf(name, size, "%s", w.bare);
	if (p->inbox == NULL)
		FAIL(d, ST_SYSTEM, "%s:%zu: there is no inbox to read %s from",
		    p->file, e->line, w.bare);
	TRY(read_reviewed(p, e, &w, out, d));
out:
	return rc;
}

/* Only a room has one: a state keeps none, nor does the desk's copy of it. */
static bool
has_key_files(const struct plan *p)
{
	return p->inbox != NULL && p->inbox->prefix[0] == '\0' &&
	    p->inbox->dirfd >= 0;
}

enum status
plan_key_file(const struct plan *p, const struct ini_entry *e, size_t max,
    struct secret **out, struct diag *d)
{
	struct wanted w = { .max = max };
	struct secret *s = NULL;
	const char *hex;
	enum status rc;

	TRY(split_file(e->value, w.bare, &w.how, &hex, d));
	TRY(text_unhex(hex, w.digest, w.how->len, d));
	if (!has_key_files(p))
		PLAN_FAIL(d, ST_SYSTEM, p, e->line, "FORMATS 3.93: there is no "
		    "inbox to read %s from", w.bare);
	if ((rc = file_read_secret_at(p->inbox->dirfd, w.bare, max, &s, d)) !=
	    ST_OK) {
		rc = plan_at(p, e->line, rc, d);
		goto out;
	}
	if (!is_wanted(&w, secret_peek(s), secret_len(s)))
		PLAN_FAIL(d, ST_AUTH, p, e->line, "FORMATS 3.93: %s is not the "
		    "file that was reviewed: its digest is another", w.bare);
	*out = s;
	s = NULL;
out:
	secret_free(s);
	return rc;
}

bool
plan_key_file_there(const struct plan *p, const struct ini_entry *e,
    char name[PLAN_FILE_NAME_SIZE])
{
	const struct file_digest *how;
	const char *hex;

	if (split_file(e->value, name, &how, &hex, NULL) != ST_OK)
		return false;
	return has_key_files(p) && file_exists_at(p->inbox->dirfd, name);
}

/* "first@office": a person of the plan, and where the sheet is kept. */
static enum status
take_holder(const struct plan *p, const struct ini_entry *e, const char *text,
    struct plan_holder *out, struct diag *d)
{
	const char *at = strchr(text, '@');
	const size_t len = at == NULL ? strlen(text) : (size_t)(at - text);

	if (len > 32 || (at != NULL && strlen(at + 1) > 32))
		return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.18: a "
		    "holder's name is too long", p->file, e->line);
	snprintf(out->person, sizeof(out->person), "%.*s", (int)len, text);
	snprintf(out->place, sizeof(out->place), "%s",
	    at == NULL ? "" : at + 1);
	if ((at != NULL && !text_is_word(out->place)) ||
	    plan_section(p, "person", out->person) == NULL)
		return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.18: no "
		    "[person %s], or its place is no word", p->file, e->line,
		    out->person);
	return ST_OK;
}

enum status
plan_holder(const struct plan *p, const struct ini_entry *e,
    struct plan_holder *out, struct diag *d)
{
	return take_holder(p, e, e->value, out, d);
}

/* Without the blanks around it. */
static char *
trim(char *text)
{
	char *end;

	text += strspn(text, " ");
	for (end = text + strlen(text); end > text && end[-1] == ' '; end--)
		;
	*end = '\0';
	return text;
}

/* "K of N:"; ${*rest} is what stands behind the colon. */
static enum status
split_scheme(const struct plan *p, const struct ini_entry *e, char *text,
    unsigned *need, unsigned *members, char **rest, struct diag *d)
{
	char *of = strstr(text, " of "), *colon = strchr(text, ':');
	uint64_t k, n;

	if (of != NULL && colon != NULL && of < colon) {
		*of = *colon = '\0';
		*rest = colon + 1;
		if (text_number(text, 1, SLIP39_MEMBERS_MAX, &k, NULL) ==
		    ST_OK && text_number(of + strlen(" of "), k,
		    SLIP39_MEMBERS_MAX, &n, NULL) == ST_OK) {
			*need = (unsigned)k;
			*members = (unsigned)n;
			return ST_OK;
		}
	}
	return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.18: a scheme is K of "
	    "N: person[@place], ..., N at most %d", p->file, e->line,
	    SLIP39_MEMBERS_MAX);
}

enum status
plan_scheme(const struct plan *p, const struct ini_entry *e,
    struct plan_scheme *out, struct diag *d)
{
	char text[INI_LINE_MAX + 1], *at, *comma;
	unsigned members = 0;
	enum status rc;

	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s",
	    e->name == NULL ? "" : e->name);
	snprintf(text, sizeof(text), "%s", e->value);
	TRY(split_scheme(p, e, text, &out->need, &members, &at, d));
	if ((out->holders = calloc(members, sizeof(*out->holders))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	do {
		if ((comma = strchr(at, ',')) != NULL)
			*comma = '\0';
		if (out->n == members)
			PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.18: "
			    "more than %u holders", members);
		TRY(take_holder(p, e, trim(at), &out->holders[out->n], d));
		out->n++;
		at = comma == NULL ? NULL : comma + 1;
	} while (at != NULL);
	if (out->n != members)
		PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.18: %zu "
		    "holders for %u sheets", out->n, members);
out:
	if (rc != ST_OK) {
		free(out->holders);
		memset(out, 0, sizeof(*out));
	}
	return rc;
}
