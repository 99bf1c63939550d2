/* see entry.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/entry.h"

/* Field names in their only order; "digest" is put behind by hand. */
static const char *const fields[] = { "entry", "time", "kind", "actor",
	"facts", "objects", "leftovers", "previous", "digest" };
#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

/* What lacks a part is not sealed: nothing at all rather than less. */
static json_t *
whole(json_t *v, int bad)
{
	if (bad == 0)
		return v;
	json_decref(v);
	return NULL;
}

static json_t *
texts_json(char *const *text, size_t n)
{
	json_t *a = json_array();
	int bad = a == NULL;

	for (size_t i = 0; i < n && bad == 0; i++)
		bad = json_array_append_new(a, json_string(text[i]));
	return whole(a, bad);
}

static json_t *
facts_json(const struct facts *f)
{
	const struct fact *fact;
	json_t *o = json_object(), *v;
	int bad = o == NULL;

	for (size_t i = 0; i < f->n && bad == 0; i++) {
		fact = &f->fact[i];
		v = fact->list ? texts_json(fact->value, fact->n) :
				 json_string(facts_get(f, fact->key));
		bad = json_object_set_new(o, fact->key, v);
	}
	return whole(o, bad);
}

static json_t *
objects_json(const struct entry *e)
{
	json_t *a = json_array();
	int bad = a == NULL;

	for (size_t i = 0; i < e->n && bad == 0; i++)
		bad = json_array_append_new(a, json_pack("{s:s,s:s}", "name",
		    e->objects[i].name, "sha384", e->objects[i].digest));
	return whole(a, bad);
}

enum status
entry_seal(struct entry *e, struct diag *d)
{
	char when[CLOCK_TEXT_SIZE], own[SHA384_HEX_SIZE];
	char *body = NULL;
	json_t *o = NULL;
	enum status rc;
	size_t len;

	if (e->number < 1 || e->number > ENTRY_NUMBER_MAX)
		FAIL(d, ST_POLICY, "FORMATS 7.2: no entry has the number %lu",
		    (unsigned long)e->number);
	clock_text(e->time, when);
	o = json_pack("{s:I,s:s,s:s,s:s,s:o,s:o,s:o,s:s}", "entry",
	    (json_int_t)e->number, "time", when, "kind", e->kind, "actor",
	    e->actor, "facts", facts_json(&e->facts), "objects",
	    objects_json(e), "leftovers",
	    texts_json(e->leftovers, e->nleft), "previous", e->previous);
	if (o == NULL || (body = json_dumps(o, JSON_COMPACT)) == NULL)
		FAIL(d, ST_SYSTEM, "entry %lu: out of memory, or text that is "
		    "not UTF-8", (unsigned long)e->number);

	/* the closing brace goes behind the digest */
	len = strlen(body) - 1;
	hash_sha384_hex(body, len, own);
	bytes_free(&e->text);
	TRY(text_format(&e->text, d, "%.*s,\"digest\":\"%s\"}\n", (int)len,
	    body, own));
	if (e->text.len > ENTRY_MAX)
		FAIL(d, ST_POLICY, "entry %lu: FORMATS 7.2: more than %d bytes",
		    (unsigned long)e->number, ENTRY_MAX);
	hash_sha384_hex(e->text.data, e->text.len, e->digest);
	rc = ST_OK;
out:
	free(body);
	json_decref(o);
	return rc;
}

static enum status
read_facts(json_t *o, struct facts *f, struct diag *d)
{
	const char *key;
	json_t *v, *one;
	enum status rc;
	size_t i;

	if (json_object_size(o) > FACTS_MAX)
		FAIL(d, ST_FORMAT, "more than %d facts", FACTS_MAX);
	json_object_foreach(o, key, v) {
		if (!facts_is_key(key))
			FAIL(d, ST_FORMAT, "a fact's key is not of the form");
		if (json_is_string(v)) {
			TRY(facts_set(f, d, key, "%s", json_string_value(v)));
			continue;
		}
		if (!json_is_array(v) || json_array_size(v) == 0)
			FAIL(d, ST_FORMAT, "a fact is neither text nor list");
		json_array_foreach(v, i, one) {
			if (!json_is_string(one))
				FAIL(d, ST_FORMAT, "a fact is not text");
			TRY(facts_add(f, d, key, "%s",
			    json_string_value(one)));
		}
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_objects(json_t *objects, json_t *leftovers, struct entry *e,
    struct diag *d)
{
	const char *name, *digest;
	enum status rc;
	json_t *one;
	size_t i;

	json_array_foreach(objects, i, one) {
		if (json_unpack(one, "{s:s,s:s!}", "name", &name, "sha384",
		    &digest) != 0)
			FAIL(d, ST_FORMAT, "an object is not name and digest");
		TRY(entry_add_object(e, name, digest, d));
	}
	json_array_foreach(leftovers, i, one) {
		if (!json_is_string(one))
			FAIL(d, ST_FORMAT, "a leftover is not a name");
		TRY(entry_add_leftover(e, json_string_value(one), d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* A word, or the one that stands for none. */
static enum status
take_word(const char *text, const char *none, char *out, size_t size,
    struct diag *d)
{
	if (strlen(text) >= size ||
	    (strcmp(text, none) != 0 && !text_is_word(text)))
		return diag_set(d, ST_FORMAT, "a field is not a word");
	snprintf(out, size, "%s", text);
	return ST_OK;
}

static enum status
take_digest(const char *text, const char *none, char out[SHA384_HEX_SIZE],
    struct diag *d)
{
	uint8_t raw[SHA384_LEN];

	if (strcmp(text, none) != 0 &&
	    text_unhex(text, raw, sizeof(raw), NULL) != ST_OK)
		return diag_set(d, ST_FORMAT, "a digest is not of the form");
	snprintf(out, SHA384_HEX_SIZE, "%s", text);
	return ST_OK;
}

static enum status
read_fields(json_t *o, struct entry *e, struct diag *d)
{
	const char *when, *kind, *actor, *previous, *digest;
	json_t *facts, *objects, *leftovers;
	json_int_t number;
	enum status rc;

	if (json_object_size(o) != NFIELDS ||
	    json_unpack(o, "{s:I,s:s,s:s,s:s,s:o,s:o,s:o,s:s,s:s!}", fields[0],
	    &number, fields[1], &when, fields[2], &kind, fields[3], &actor,
	    fields[4], &facts, fields[5], &objects, fields[6], &leftovers,
	    fields[7], &previous, fields[8], &digest) != 0 ||
	    !json_is_object(facts) || !json_is_array(objects) ||
	    !json_is_array(leftovers))
		FAIL(d, ST_FORMAT, "the fields are not those of an entry");
	if (number < 1 || number > ENTRY_NUMBER_MAX)
		FAIL(d, ST_FORMAT, "entry number out of range");
	e->number = (uint64_t)number;
	TRY(clock_read(when, &e->time, d));
	if (e->time % 60 != 0)
		FAIL(d, ST_FORMAT, "times are whole minutes");
	TRY(take_word(kind, "", e->kind, sizeof(e->kind), d));
	TRY(take_word(actor, "-", e->actor, sizeof(e->actor), d));
	TRY(take_digest(previous, "none", e->previous, d));
	TRY(read_facts(facts, &e->facts, d));
	TRY(read_objects(objects, leftovers, e, d));
out:
	return rc;
}

enum status
entry_read(const char *name, const struct bytes *text, struct entry *out,
    struct diag *d)
{
	struct entry e = { 0 };
	json_error_t why;
	json_t *o = NULL;
	enum status rc;

	if (text->len == 0 || text->len > ENTRY_MAX ||
	    memchr(text->data, 0, text->len) != NULL)
		FAIL(d, ST_FORMAT, "FORMATS 7.2: not the size of an entry");
	o = json_loadb((const char *)text->data, text->len,
	    JSON_REJECT_DUPLICATES, &why);
	if (o == NULL && json_error_code(&why) == json_error_out_of_memory)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (o == NULL || !json_is_object(o))
		FAIL(d, ST_FORMAT, "FORMATS 7.2: not a whole entry");
	TRY(read_fields(o, &e, d));

	/* canonical or not at all: sealing again gives the very bytes */
	TRY(entry_seal(&e, d));
	if (!bytes_equal(&e.text, text))
		FAIL(d, ST_FORMAT, "FORMATS 7.2: the entry's own digest or "
		    "spelling does not hold");
	*out = e;
	memset(&e, 0, sizeof(e));
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	entry_clear(&e);
	json_decref(o);
	return rc;
}

/* folder/file, from a closed alphabet: nothing that climbs or hides. */
static bool
name_is_plain(const char *name)
{
	const size_t folder = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	const char *file = name + folder + 1;

	if (folder == 0 || name[folder] != '/' || *file == '.' || *file == '-')
		return false;
	return *file != '\0' &&
	    strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789._-") == strlen(file);
}

enum status
entry_add_object(struct entry *e, const char *name, const char *digest,
    struct diag *d)
{
	uint8_t raw[SHA384_LEN];
	struct object_ref *o;

	if (strlen(name) >= sizeof(o->name) || !name_is_plain(name) ||
	    text_unhex(digest, raw, sizeof(raw), NULL) != ST_OK)
		return diag_set(d, ST_FORMAT, "FORMATS 7.3: an object's name "
		    "or digest is not of the form");
	if ((o = GROW(e->objects, e->n)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	snprintf(o->name, sizeof(o->name), "%s", name);
	snprintf(o->digest, sizeof(o->digest), "%s", digest);
	return ST_OK;
}

enum status
entry_add_leftover(struct entry *e, const char *name, struct diag *d)
{
	char plain[2];
	char **place;

	if (name[0] == '\0' || strlen(name) > LEFTOVER_MAX ||
	    !text_escape(name, strlen(name), plain, sizeof(plain)))
		return diag_set(d, ST_FORMAT, "FORMATS 7.2: a leftover's name "
		    "is empty, too long or not escaped");
	if ((place = GROW(e->leftovers, e->nleft)) == NULL ||
	    (*place = strdup(name)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

void
entry_clear(struct entry *e)
{
	if (e == NULL)
		return;
	facts_clear(&e->facts);
	free(e->objects);
	for (size_t i = 0; i < e->nleft; i++)
		free(e->leftovers[i]);
	free(e->leftovers);
	bytes_free(&e->text);
	memset(e, 0, sizeof(*e));
}

void
object_variant(const char *name, unsigned variant,
    char out[OBJECT_NAME_SIZE])
{
	/* the first dot: what stands behind it may be a root's name */
	const char *dot = strchr(name, '.');
	const int stem = dot == NULL ? (int)strlen(name) : (int)(dot - name);

	if (variant == 1)
		snprintf(out, OBJECT_NAME_SIZE, "%s", name);
	else
		snprintf(out, OBJECT_NAME_SIZE, "%.*s-%u%s", stem, name,
		    variant, dot == NULL ? "" : dot);
}

bool
variant_of(const char *name, const char *plain)
{
	char is[OBJECT_NAME_SIZE];

	for (unsigned v = 1; v <= OBJECT_VARIANTS; v++) {
		object_variant(plain, v, is);
		if (strcmp(name, is) == 0)
			return true;
	}
	return false;
}

void
entry_name(uint64_t number, unsigned variant, char out[OBJECT_NAME_SIZE])
{
	char plain[OBJECT_NAME_SIZE];

	snprintf(plain, sizeof(plain), "record/%06lu.json",
	    (unsigned long)number);
	object_variant(plain, variant, out);
}
