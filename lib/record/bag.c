/* see bag.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/record/bag.h"

#define OUT_TITLE "anchorite bag out v1"
#define IN_TITLE "anchorite bag in v1"

void
bag_name(uint64_t number, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "private/%06lu.txt",
	    (unsigned long)number);
}

enum status
bag_write(const struct bag *b, struct bytes *out, struct diag *d)
{
	char salt[2 * BAG_SALT_LEN + 1];
	enum status rc;

	text_hex(b->salt, sizeof(b->salt), salt);
	TRY(text_format(out, d, "%s\n", b->in ? IN_TITLE : OUT_TITLE));
	if (!b->in)
		TRY(text_append(out, d, "bag %s\n", b->bag));
	TRY(text_append(out, d, "seal %s\n", b->seal));
	if (!b->in)
		TRY(text_append(out, d, "carrier %s\n", b->carrier));
	TRY(text_append(out, d, "salt %s\n", salt));
out:
	return rc;
}

/* The line "KEY VALUE"; ${*at} is behind it then. */
static bool
take_line(const char **at, const char *key, char *out, size_t size)
{
	const size_t klen = strlen(key);
	size_t len;

	if (strncmp(*at, key, klen) != 0 || (*at)[klen] != ' ')
		return false;
	*at += klen + 1;
	len = strcspn(*at, "\n");
	if (len == 0 || len >= size || (*at)[len] != '\n')
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len + 1;
	return true;
}

static bool
take_all(const char *at, struct bag *b)
{
	const char *title = b->in ? IN_TITLE : OUT_TITLE;
	char salt[2 * BAG_SALT_LEN + 1];

	at += strlen(title) + 1;
	if (!b->in && !take_line(&at, "bag", b->bag, sizeof(b->bag)))
		return false;
	if (!take_line(&at, "seal", b->seal, sizeof(b->seal)))
		return false;
	if (!b->in &&
	    (!take_line(&at, "carrier", b->carrier, sizeof(b->carrier)) ||
	    !text_is_word(b->carrier)))
		return false;
	return take_line(&at, "salt", salt, sizeof(salt)) &&
	    text_unhex(salt, b->salt, BAG_SALT_LEN, NULL) == ST_OK;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

static bool
begins(const struct bytes *text, const char *with)
{
	const size_t len = strlen(with);

	return text->len >= len && memcmp(text->data, with, len) == 0;
}

enum status
bag_read(const char *name, const struct bytes *text, struct bag *out,
    struct diag *d)
{
	struct bytes again = { 0 };
	enum status rc;

	memset(out, 0, sizeof(*out));
	out->in = begins(text, IN_TITLE "\n");
	if ((!out->in && !begins(text, OUT_TITLE "\n")) ||
	    !take_all((const char *)text->data, out) ||
	    !is_plain(out->bag) || !is_plain(out->seal))
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.40: it is not of the form",
		    name);
	TRY(bag_write(out, &again, d));
	if (!bytes_equal(&again, text))
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.40: it is not of the form",
		    name);
out:
	bytes_free(&again);
	return rc;
}

static enum status
read_file(const struct state *files, const struct entry *e, struct bag *out,
    struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	if (strcmp(e->kind, "custody") != 0 || e->n != 1)
		FAIL(d, ST_BUG, "entry %lu has no bag",
		    (unsigned long)e->number);
	TRY(state_object(files, e->objects[0].name, &text, d));
	TRY(bag_read(e->objects[0].name, &text, out, d));
	if (out->in != (facts_get(&e->facts, "match") != NULL))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.40: it goes the other way",
		    e->objects[0].name);
out:
	bytes_free(&text);
	return rc;
}

enum status
bag_of(const struct state *s, uint64_t number, struct bag *out,
    struct diag *d)
{
	if (number < 1 || number > s->n)
		return diag_set(d, ST_BUG, "there is no entry %lu",
		    (unsigned long)number);
	return read_file(s, &s->entries[number - 1], out, d);
}

/* Of the entries of ${s}, whose files lie in ${files}. */
static enum status
check_new(const struct state *files, const struct state *s,
    const struct bag *b, struct diag *d)
{
	const struct entry *e;
	struct bag old;
	enum status rc;

	for (size_t i = 0; i < s->n; i++) {
		e = &s->entries[i];
		if (strcmp(e->kind, "custody") != 0 ||
		    facts_get(&e->facts, "match") != NULL)
			continue;
		TRY(read_file(files, e, &old, d));
		if (strcmp(old.bag, b->bag) == 0)
			FAIL(d, ST_POLICY, "FORMATS 7.41: a bag of this number "
			    "went out before (entry %lu)",
			    (unsigned long)e->number);
		if (strcmp(old.seal, b->seal) == 0)
			FAIL(d, ST_POLICY, "FORMATS 7.41: a seal of this "
			    "number went out before (entry %lu)",
			    (unsigned long)e->number);
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
bag_new(const struct state *s, const struct bag *b, struct diag *d)
{
	return check_new(s, s, b, d);
}

/* The sheet that the entry is about, as the record before it has it. */
static const struct sheet *
sheet_of(const struct state *before, const struct entry *e)
{
	const char *root = facts_get(&e->facts, "root");
	uint64_t epoch = 0, number = 0;

	if (root == NULL || facts_number(&e->facts, "epoch", 1, UINT32_MAX,
	    &epoch, NULL) != ST_OK || facts_number(&e->facts, "sheet", 1,
	    SHEETS_MAX, &number, NULL) != ST_OK)
		return NULL;
	return state_sheet(before, root, (unsigned)epoch, (unsigned)number);
}

enum status
bag_holds(const struct state *files, const struct state *before,
    const struct entry *e, struct diag *d)
{
	const struct sheet *sheet = sheet_of(before, e);
	const char *match = facts_get(&e->facts, "match");
	struct bag b, out;
	enum status rc;

	TRY(read_file(files, e, &b, d));
	if (!b.in)
		return check_new(files, before, &b, d);
	if (sheet == NULL || sheet->out == 0)
		FAIL(d, ST_AUTH, "FORMATS 7.40: no bag of it is out");
	TRY(read_file(files, &before->entries[sheet->out - 1], &out, d));
	if ((strcmp(b.seal, out.seal) == 0) !=
	    (strcmp(match, "yes") == 0))
		FAIL(d, ST_AUTH, "FORMATS 7.42: it says of the seal what is "
		    "not so");
out:
	return rc;
}
