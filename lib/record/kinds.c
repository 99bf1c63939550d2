/* see kinds.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/kinds.h"

enum status
kind_text(const struct facts *f, const char *key, char *out, size_t size,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	if (strlen(text) >= size)
		FAIL(d, ST_FORMAT, "%s is too long", key);
	snprintf(out, size, "%s", text);
out:
	return rc;
}

enum status
kind_number(const struct facts *f, const char *key, unsigned max,
    unsigned *out, struct diag *d)
{
	uint64_t n = 0;
	enum status rc;

	rc = facts_number(f, key, 0, max, &n, d);
	*out = (unsigned)n;
	return rc;
}

enum status
kind_hex(const struct facts *f, const char *key, uint8_t *out, size_t len,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	if ((rc = text_unhex(text, out, len, d)) != ST_OK)
		diag_prefix(d, "%s", key);
out:
	return rc;
}

enum status
kind_time(const struct facts *f, const char *key, int64_t *out,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	TRY(clock_read(text, out, d));
out:
	return rc;
}

/* Exactly ${n} words, one blank between each two. */
bool
kind_split(const char *text, char (*part)[SHA384_HEX_SIZE], size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i++) {
		len = strcspn(text, " ");
		if (len >= SHA384_HEX_SIZE)
			return false;
		memcpy(part[i], text, len);
		part[i][len] = '\0';
		text += len;
		if (*text++ != (i + 1 < n ? ' ' : '\0'))
			return false;
	}
	return true;
}

enum status
kind_read_number(const char *text, unsigned max, unsigned *out, struct diag *d)
{
	uint64_t n = 0;
	enum status rc;

	rc = text_number(text, 0, max, &n, d);
	*out = (unsigned)n;
	return rc;
}
/* --- of a ceremony itself --- */

static enum status
apply_open(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c;
	enum plan_mode mode;
	const char *word;
	enum status rc;

	if (state_open(s) != NULL)
		FAIL(d, ST_FORMAT, "a ceremony is open already");
	TRY(facts_need(&e->facts, "mode", &word, d));
	mode = strcmp(word, "production") == 0 ? MODE_PRODUCTION :
						 MODE_REHEARSAL;
	if (mode == MODE_REHEARSAL && strcmp(word, "rehearsal") != 0)
		FAIL(d, ST_FORMAT, "mode is neither rehearsal nor production");
	if (s->n > 0 && mode != s->mode)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: rehearsal and production in "
		    "one state");
	if (s->n == 0) {
		s->mode = mode;
		TRY(kind_text(&e->facts, "org", s->org, sizeof(s->org), d));
		TRY(kind_text(&e->facts, "arc", s->arc, sizeof(s->arc), d));
		snprintf(s->id, sizeof(s->id), "%.32s", e->digest);
	}
	if ((c = GROW(s->ceremonies, s->nceremonies)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_number(&e->facts, "ceremony", KIND_NUMBER_MAX, &c->number, d));
	if (c->number != s->nceremonies)
		FAIL(d, ST_FORMAT, "ceremony %u is not the %zuth", c->number,
		    s->nceremonies);
	TRY(kind_text(&e->facts, "plan", c->plan, sizeof(c->plan), d));
	snprintf(c->before, sizeof(c->before), "%s", e->previous);
	c->first = e->number;
out:
	return rc;
}

static enum status
apply_certificate(struct state *s, const struct entry *e, struct diag *d)
{
	char name[33] = "";
	enum status rc;

	TRY(kind_text(&e->facts, "root", name, sizeof(name), d));
	for (size_t i = 0; i < s->nroots; i++) {
		if (strcmp(s->roots[i].name, name) != 0)
			continue;
		if (e->n != 1 || s->roots[i].object[0] != '\0')
			FAIL(d, ST_FORMAT, "not one certificate");
		snprintf(s->roots[i].object, sizeof(s->roots[i].object), "%s",
		    e->objects[0].name);
		TRY(kind_text(&e->facts, "subject", s->roots[i].subject,
		    sizeof(s->roots[i].subject), d));
		TRY(kind_time(&e->facts, "not-after", &s->roots[i].not_after,
		    d));
		return ST_OK;
	}
	rc = diag_set(d, ST_FORMAT, "certificate of a root that is not there");
out:
	return rc;
}

static enum status
apply_undone(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c = &s->ceremonies[s->nceremonies - 1];

	(void)e;
	if (c->ended)
		return diag_set(d, ST_FORMAT, "FORMATS 7.5: it was ended "
		    "early already");
	c->ended = true;
	return ST_OK;
}

static enum status
apply_closed(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c = &s->ceremonies[s->nceremonies - 1];

	(void)d;
	c->last = e->number;
	c->is_signed = e->n > 1; /* the line, and a signature over it */
	return ST_OK;
}

static enum status
apply_nothing(struct state *s, const struct entry *e, struct diag *d)
{
	(void)s;
	(void)e;
	(void)d;
	return ST_OK;
}
static const char *const trust_nothing[] = { NULL };
static const char *const trust_open[] = { "program", NULL };
static const char *const trust_drawn[] = { "entropy", "rolls", "tosses",
	"characters", "people-mac", "system", NULL };
static const char *const trust_read_back[] = { "how", "tries", "by", NULL };
static const char *const trust_destroyed[] = { "kept", NULL };
static const char *const trust_checked[] = { "result", "how", "tries", "by",
	NULL };

/* One row per kind of entry; FORMATS 7.5 is this table in words. */
static const struct kind kinds[] = {
	{ "open", false, "ceremony mode org arc plan program",
	    trust_open, apply_open },
	{ "drawn", false, "step item root epoch algorithm set-id "
	    "groups-needed groups extendable exponent passphrase salt sheets "
	    "quorums entropy rolls tosses characters people-mac system",
	    trust_drawn, kind_drawn },
	{ "read-back", false, "step item root epoch sheet holder how tries "
	    "by", trust_read_back, kind_read_back },
	{ "reshared", false, "step item root epoch replaces quorums lost "
	    "waived", trust_nothing, kind_reshared },
	{ "begun", false, "step item root epoch sheet reason holder place "
	    "commitment waived", trust_nothing, kind_begun },
	{ "replaced", false, "step item root epoch sheet reason holder place "
	    "commitment waived how tries by", trust_read_back, kind_replaced },
	{ "destroyed", false, "step item root what sheets witness waived kept",
	    trust_destroyed, kind_destroyed },
	{ "checked", false, "step item root epoch sheet holder result how "
	    "tries by", trust_checked, kind_checked },
	{ "root", false, "step item root number algorithm counter public "
	    "key-id epoch quorums", trust_nothing, kind_root },
	{ "adopted", false, "step item root number algorithm public key-id "
	    "ski epoch quorums", trust_nothing, kind_adopted },
	{ "certificate", false, "step item root subject serial not-before "
	    "not-after certificate", trust_nothing, apply_certificate },
	{ "cross", false, "step item root of serial not-before not-after "
	    "certificate", trust_nothing, kind_cross },
	{ "retired", false, "step item root reason successor", trust_nothing,
	    kind_retired },
	{ "list", false, "step item root file number this-update next-update "
	    "entries list", trust_nothing, kind_list },
	{ "delegation", false, "step item name root product role slot "
	    "versions serial key-id key-index not-before not-after request "
	    "certificate", trust_nothing, kind_delegation },
	{ "revocation", false, "step item root name serial reason date since "
	    "asked evidence", trust_nothing, kind_revocation },
	{ "account", false, "step item root intact released unaccounted "
	    "published revoked", trust_nothing, kind_account },
	{ "kill", false, "step item root until need openers all-need "
	    "all-openers lists", trust_nothing, kind_kill },
	{ "bundle", false, "step item file era seq id not-before not-after "
	    "horizon anchors next signers", trust_nothing, kind_bundle },
	{ "sent", false, "step item name to what files parcel why",
	    trust_nothing, kind_sent },
	{ "closed", false, "ceremony", trust_nothing, apply_closed },
	{ "void", true, "step root entries sheets", NULL, kind_void },
	{ "refused", true, "why", NULL, apply_nothing },
	{ "resumed", true, "program", NULL, apply_nothing },
	{ "stood-in", true, "root epoch sheet holder by", NULL,
	    kind_stood_in },
	{ "custody", true, "root epoch sheet way match", NULL,
	    kind_custody },
	{ "undone", true, "reason steps", NULL, apply_undone },
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct kind *
kind_row(const char *word)
{
	for (size_t i = 0; i < NKINDS; i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	}
	return NULL;
}

const char *const *
state_trusted(const char *kind)
{
	const struct kind *row = kind_row(kind);

	return row == NULL ? NULL : row->trusted;
}

bool
state_is_event(const char *kind)
{
	const struct kind *row = kind_row(kind);

	return row != NULL && row->event;
}

/* What no kind of entry says is nothing that anyone checks. */
enum status
kind_says(const struct kind *row, const struct facts *f, struct diag *d)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!text_listed(row->says, ' ', f->fact[i].key))
			return diag_set(d, ST_FORMAT, "FORMATS 7.5: it says "
			    "\"%s\", which no entry of its kind does",
			    f->fact[i].key);
	}
	return ST_OK;
}
