/* see send.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/record/desk.h"
#include "lib/record/parcel.h"
#include "lib/record/signer.h"
#include "transfer/send.h"

#define PURPOSE "result"
#define WORDS_MAX 8
#define SHOWN_SIZE 1024 /* bytes of a text, escaped */

/* Whose files can be sent: rows, by their word.  FORMATS 3.60 is this table. */
static const struct what {
	const char *word;
	bool certified; /* it makes a file only where it has a subject */
	bool alone; /* nothing else goes with it */
} whats[] = {
	{ "mint", true, false },
	{ "adopt", false, true },
	{ "certify", false, false },
	{ "crl", false, false },
	{ "delegate", false, false },
	{ "bundle", false, false },
	{ "rotate", false, false },
	{ "kill", false, true },
};
#define WHATS (sizeof(whats) / sizeof(whats[0]))

struct send {
	const char *name; /* borrowed from the plan */
	const char *to;	  /* for people; or NULL */
	size_t line;	  /* of what = ... */
	const struct what *what[WORDS_MAX];
	size_t n;
};

static const struct plan_key keys[] = {
	{ "what", PT_WORDS, true, false, NULL },
	{ "to", PT_TEXT, false, false, NULL },
	{ 0 }
};

/* --- the row's own reading --- */

static void
send_free(void *want)
{
	free(want);
}

static bool
is_among(const struct send *w, const struct what *what)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->what[i] == what)
			return true;
	}
	return false;
}

static enum status
take_word(const struct plan *p, const char *word, struct send *w,
    struct diag *d)
{
	const char *names[WHATS], *near;
	const struct what *found = NULL;
	enum status rc;

	for (size_t i = 0; i < WHATS; i++) {
		names[i] = whats[i].word;
		if (strcmp(whats[i].word, word) == 0)
			found = &whats[i];
	}
	near = text_nearest(word, names, WHATS);
	if (found == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, w->line, "FORMATS 3.60: %s makes "
		    "nothing that can be sent%s%s%s", word,
		    near == NULL ? "" : "; did you mean ",
		    near == NULL ? "" : near, near == NULL ? "" : "?");
	if (is_among(w, found))
		PLAN_FAIL(d, ST_FORMAT, p, w->line, "FORMATS 3.60: %s is there "
		    "twice", word);
	w->what[w->n++] = found;
	rc = ST_OK;
out:
	return rc;
}

static enum status
send_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "what", NULL);
	char word[WORDS_MAX][33];
	struct send *w = NULL;
	size_t n = 0;
	enum status rc;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	w->name = s->name;
	w->to = plan_text(s, "to", NULL);
	w->line = e->line;
	TRY(plan_words(p, e, word, WORDS_MAX, &n, d));
	for (size_t i = 0; i < n; i++)
		TRY(take_word(p, word[i], w, d));
	*want = w;
	w = NULL;
	rc = ST_OK;
out:
	send_free(w);
	return rc;
}

/* --- before a key is open --- */

static bool
is_promised(const struct what *what, const struct plan *p,
    const struct promises *promises)
{
	const struct promise *q;

	for (size_t i = 0; i < promises->n; i++) {
		q = &promises->promise[i];
		if (q->row != NULL && strcmp(q->row->word, what->word) == 0 &&
		    (!what->certified || signer_section(p, q->name) != NULL))
			return true;
	}
	return false;
}

static enum status
send_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	const struct send *w = want;
	enum status rc;

	(void)before;
	for (size_t i = 0; i < w->n; i++) {
		if (!is_promised(w->what[i], p, promises))
			PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.60: "
			    "[send %s]: no [%s] above it makes anything that "
			    "could be sent", w->name, w->what[i]->word);
		if (w->what[i]->alone && w->n > 1)
			PLAN_FAIL(d, ST_POLICY, p, w->line, "FORMATS 3.60: "
			    "[send %s]: what [%s] seals is for those who open "
			    "it: it goes in a parcel of its own", w->name,
			    w->what[i]->word);
	}
	rc = ST_OK;
out:
	return rc;
}

static size_t
send_count(const void *want)
{
	(void)want;
	return 1;
}

/* --- which files --- */

static bool
is_wanted(const struct send *w, const struct entry *e)
{
	const char *step = facts_get(&e->facts, "step");
	size_t len;

	for (size_t i = 0; step != NULL && i < w->n; i++) {
		len = strlen(w->what[i]->word);
		if (strncmp(step, w->what[i]->word, len) == 0 &&
		    step[len] == ' ')
			return true;
	}
	return false;
}

/* All that rows of these words made in this ceremony, in the order of the
 * record; what lies in private/ never leaves a stick. */
static enum status
find_files(const struct send *w, const struct state *s, struct facts *f,
    struct diag *d)
{
	const struct ceremony *c = state_open(s);
	const struct entry *e;
	enum status rc;

	if (c == NULL)
		FAIL(d, ST_BUG, "files of no ceremony");
	for (uint64_t i = c->first; i <= s->n; i++) {
		e = &s->entries[i - 1];
		for (size_t j = 0; is_wanted(w, e) && j < e->n; j++) {
			if (!desk_is_private(e->objects[j].name))
				TRY(facts_add(f, d, "files", "%s",
				    e->objects[j].name));
		}
	}
	rc = facts_count(f, "files") > 0 ? ST_OK : diag_set(d, ST_AUTH,
	    "FORMATS 3.60: [send %s]: nothing was made that it could send",
	    w->name);
out:
	return rc;
}

/* --- the parcel --- */

/* "issued/4c.crt" is "issued-4c.crt" in it: roots/ and cross/ have files of one
 * name. */
static enum status
name_file(const char *object, struct parcel_file *out, struct diag *d)
{
	char *slash;

	if (strlen(object) > PARCEL_NAME_MAX)
		return diag_set(d, ST_POLICY, "%s: FORMATS 10.3: too long a "
		    "name for a parcel", object);
	snprintf(out->name, sizeof(out->name), "%s", object);
	if ((slash = strchr(out->name, '/')) != NULL)
		*slash = '-';
	return ST_OK;
}

/* Of the files that ${f} names, by ceremony ${number}; of ${p} its digest alone
 * is good afterwards. */
static enum status
pack(const struct state *s, unsigned number, const struct facts *f,
    struct parcel *p, struct bytes *out, struct diag *d)
{
	const size_t n = facts_count(f, "files");
	struct bytes *bytes = NULL;
	const char *object;
	enum status rc;

	snprintf(p->purpose, sizeof(p->purpose), PURPOSE);
	snprintf(p->from, sizeof(p->from), "%s-%u",
	    s->mode == MODE_PRODUCTION ? "ceremony" : "rehearsal", number);
	p->not_before = -1;
	bytes = calloc(n, sizeof(*bytes));
	p->file = calloc(n, sizeof(*p->file));
	if (bytes == NULL || p->file == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (; p->n < n; p->n++) {
		object = facts_at(f, "files", p->n);
		TRY(state_object(s, object, &bytes[p->n], d));
		TRY(name_file(object, &p->file[p->n], d));
		p->file[p->n].data = bytes[p->n].data;
		p->file[p->n].len = bytes[p->n].len;
	}
	TRY(parcel_seal(p, out, d));
out:
	for (size_t i = 0; bytes != NULL && i < n; i++)
		bytes_free(&bytes[i]);
	free(bytes);
	return rc;
}

enum status
send_again(const struct state *s, const struct sent *sent, struct bytes *out,
    struct diag *d)
{
	const struct facts *f = &s->entries[sent->entry - 1].facts;
	char digest[SHA384_HEX_SIZE];
	struct parcel p = { 0 };
	enum status rc;

	if (sent->parcel[0] == '\0')
		FAIL(d, ST_POLICY, "parcel %s was not made: %s", sent->name,
		    facts_get(f, "why"));
	TRY(pack(s, sent->ceremony, f, &p, out, d));
	text_hex(p.id, sizeof(p.id), digest);
	if (strcmp(digest, sent->parcel) != 0)
		FAIL(d, ST_AUTH, "parcel %s: FORMATS 3.60: its digest is not "
		    "the one of record", sent->name);
out:
	parcel_clear(&p);
	if (rc != ST_OK)
		bytes_free(out);
	return rc;
}

/* --- the one item --- */

/* What is too much for a parcel is told, and the ceremony goes on: what it has
 * signed lies in the state. */
static enum status
say_parcel(const struct state *s, struct facts *f, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	struct bytes bytes = { 0 };
	struct parcel p = { 0 };
	struct diag why = { 0 };
	enum status rc;

	rc = pack(s, (unsigned)s->nceremonies, f, &p, &bytes, &why);
	if (rc != ST_OK && rc != ST_POLICY && rc != ST_FORMAT)
		FAIL(d, rc, "%s", why.text);
	text_hex(p.id, sizeof(p.id), digest);
	if (rc == ST_OK) {
		TRY(facts_set(f, d, "parcel", "%s", digest));
	} else {
		TRY(facts_set(f, d, "parcel", "none"));
		TRY(facts_set(f, d, "why", "%s", why.text));
	}
out:
	parcel_clear(&p);
	bytes_free(&bytes);
	return rc;
}

static enum status
say(const struct send *w, const struct state *s, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "name", "%s", w->name));
	if (w->to != NULL)
		TRY(facts_set(f, d, "to", "%s", w->to));
	for (size_t i = 0; i < w->n; i++)
		TRY(facts_add(f, d, "what", "%s", w->what[i]->word));
	TRY(find_files(w, s, f, d));
	TRY(say_parcel(s, f, d));
out:
	return rc;
}

static enum status
send_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct send *w = want;
	struct facts f = { 0 };
	char to[SHOWN_SIZE] = "";
	enum status rc;

	(void)item;
	(void)p;
	if (w->to != NULL)
		text_escape(w->to, strlen(w->to), to, sizeof(to));
	TRY(find_files(w, state, &f, d));
	TRY(text_format(out, d, "pack the parcel %s%s%s: files: %zu, of",
	    w->name, w->to == NULL ? "" : " for ", to,
	    facts_count(&f, "files")));
	for (size_t i = 0; i < w->n; i++)
		TRY(text_append(out, d, " [%s]", w->what[i]->word));
out:
	facts_clear(&f);
	return rc;
}

static enum status
send_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	(void)item;
	o->kind = "sent";
	return say(want, hands->state, &o->facts, d);
}

static enum status
send_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	const struct send *w = want;
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	(void)item;
	(void)p;
	if (strcmp(o->kind, "sent") != 0 || o->n != 0)
		FAIL(d, ST_AUTH, "it does not send parcel %s", w->name);
	TRY(say(w, state, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than its files "
		    "for parcel %s", key, w->name);
out:
	facts_clear(&said);
	return rc;
}

const struct step_kind send_step = {
	.word = "send",
	.title = "Pack what goes out",
	.keys = keys,
	.makes = "parcel",
	.read = send_read,
	.check = send_check,
	.count = send_count,
	.show = send_show,
	.perform = send_perform,
	.verify = send_verify,
	.free = send_free,
};
