/* see ini.h; the clauses are those of docs/FORMATS.md 3 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ini.h"
#include "lib/base/table.h"
#include "lib/base/text.h"

#define SHOWN_MAX 200 /* bytes of a file's name in a refusal */

/* A stretch of the text. */
struct span {
	const char *at;
	size_t len;
};

/* Where the reader is, for refusals. */
struct place {
	char at[SHOWN_MAX + 24]; /* "plan.ini:12:" */
	size_t line;		 /* 1..; 0 is the file as a whole */
	struct diag *d;
};

static void
go_to(struct place *p, const char *file, size_t line)
{
	char shown[SHOWN_MAX];

	text_escape(file, strlen(file), shown, sizeof(shown));
	p->line = line;
	if (line == 0)
		snprintf(p->at, sizeof(p->at), "%s:", shown);
	else
		snprintf(p->at, sizeof(p->at), "%s:%zu:", shown, line);
}

static enum status
check_characters(const struct place *p, struct span line)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < line.len; i += n) {
		n = text_scalar(line.at + i, line.len - i, &c);
		if (n == 0)
			return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.2: "
			    "byte %zu is not UTF-8", p->at, i + 1);
		if (text_is_hidden(c))
			return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.2: "
			    "character U+%04X at byte %zu", p->at, (unsigned)c,
			    i + 1);
	}
	if (line.len > 0 && line.at[line.len - 1] == ' ')
		return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.3: a blank at "
		    "the end", p->at);
	return ST_OK;
}

/* A copy of ${s} as a string. */
static enum status
keep(const struct place *p, struct span s, char **out)
{
	if ((*out = malloc(s.len + 1)) == NULL)
		return diag_set(p->d, ST_SYSTEM, "out of memory");
	memcpy(*out, s.at, s.len);
	(*out)[s.len] = '\0';
	return ST_OK;
}

/* Cut ${s} at the first ${c}; what is behind it goes to ${rest}. */
static bool
split(struct span *s, char c, struct span *rest)
{
	const char *cut = memchr(s->at, c, s->len);

	if (cut == NULL)
		return false;
	rest->at = cut + 1;
	rest->len = s->len - (size_t)(rest->at - s->at);
	s->len = (size_t)(cut - s->at);
	return true;
}

/* `kind`, `kind name`, `key`, `key.name`: two words with ${gap} between. */
static enum status
read_pair(const struct place *p, const char *clause, struct span s, char gap,
    char **first, char **name)
{
	struct span rest;
	enum status rc;
	bool named;

	named = split(&s, gap, &rest);
	TRY(keep(p, s, first));
	if (!text_is_word(*first) || **first < 'a')
		FAIL(p->d, ST_FORMAT, "%s FORMATS %s: the %s is not of the "
		    "form [a-z][a-z0-9-]*, at most %d characters", p->at,
		    clause, gap == '.' ? "key" : "kind", TEXT_WORD_MAX);
	if (named) {
		TRY(keep(p, rest, name));
		if (!text_is_word(*name))
			FAIL(p->d, ST_FORMAT, "%s FORMATS %s: the name of "
			    "'%s' is not of the form [a-z0-9][a-z0-9-]*, at "
			    "most %d characters", p->at, clause, *first,
			    TEXT_WORD_MAX);
	}
	rc = ST_OK;
out:
	return rc;
}

static bool
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static enum status
read_section(const struct place *p, struct span line, struct ini *ini)
{
	struct ini_section *s;
	enum status rc;

	if ((s = GROW(ini->sections, ini->n)) == NULL)
		FAIL(p->d, ST_SYSTEM, "out of memory");
	s->line = p->line;

	if (line.len < 2 || line.at[line.len - 1] != ']')
		FAIL(p->d, ST_FORMAT, "%s FORMATS 3.5: a section without its "
		    "last bracket", p->at);
	line.at++;
	line.len -= 2;
	TRY(read_pair(p, "3.5", line, ' ', &s->kind, &s->name));
	for (const struct ini_section *o = ini->sections; o < s; o++)
		if (same(o->kind, s->kind) && same(o->name, s->name))
			FAIL(p->d, ST_FORMAT, "%s FORMATS 3.6: this section "
			    "is in line %zu already", p->at, o->line);
	rc = ST_OK;
out:
	return rc;
}

static void
trim(struct span *s)
{
	while (s->len > 0 && s->at[0] == ' ') {
		s->at++;
		s->len--;
	}
	while (s->len > 0 && s->at[s->len - 1] == ' ')
		s->len--;
}

static enum status
read_entry(const struct place *p, struct span line, struct ini_section *s)
{
	struct ini_entry *e;
	struct span value = { NULL, 0 };
	enum status rc;

	if ((e = GROW(s->entries, s->n)) == NULL)
		FAIL(p->d, ST_SYSTEM, "out of memory");
	e->line = p->line;

	if (line.at[0] == ' ')
		FAIL(p->d, ST_FORMAT, "%s FORMATS 3.4: a blank in the first "
		    "column", p->at);
	if (!split(&line, '=', &value))
		FAIL(p->d, ST_FORMAT, "%s FORMATS 3.4: neither a section, an "
		    "entry nor a comment", p->at);
	trim(&line);
	trim(&value);
	TRY(read_pair(p, "3.4", line, '.', &e->key, &e->name));
	if (value.len == 0)
		FAIL(p->d, ST_FORMAT, "%s FORMATS 3.4: no value", p->at);
	TRY(keep(p, value, &e->value));
	for (const struct ini_entry *o = s->entries; o < e; o++)
		if (same(o->key, e->key) && same(o->name, e->name))
			FAIL(p->d, ST_FORMAT, "%s FORMATS 3.6: this key is in "
			    "line %zu already", p->at, o->line);
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_line(const struct place *p, struct span line, struct ini *ini)
{
	enum status rc;

	rc = check_characters(p, line);
	if (rc != ST_OK || line.len == 0 || line.at[0] == '#')
		return rc;
	if (line.at[0] == '[')
		return read_section(p, line, ini);
	if (ini->n == 0)
		return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.4: an entry "
		    "before the first section", p->at);
	return read_entry(p, line, &ini->sections[ini->n - 1]);
}

/* The next line; ${left} is what follows it. */
static enum status
cut_line(const struct place *p, struct span *left, struct span *line)
{
	bool whole;

	*line = *left;
	whole = split(line, '\n', left);
	if (line->len > INI_LINE_MAX)
		return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.3: longer than "
		    "%d bytes", p->at, INI_LINE_MAX);
	if (!whole)
		return diag_set(p->d, ST_FORMAT, "%s FORMATS 3.3: the last "
		    "line has no end: the file is torn", p->at);
	return ST_OK;
}

enum status
ini_read(const char *file, const char *text, size_t len, struct ini **out,
    struct diag *d)
{
	struct place p = { .d = d };
	struct span left = { text, len }, line;
	struct ini *ini = NULL;
	enum status rc;

	*out = NULL;
	go_to(&p, file, 0);
	if (len == 0 || len > INI_FILE_MAX)
		FAIL(d, ST_FORMAT, "%s FORMATS 3.1: %zu bytes, where 1 to %d "
		    "are allowed", p.at, len, INI_FILE_MAX);
	if ((ini = calloc(1, sizeof(*ini))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(keep(&p, (struct span){ file, strlen(file) }, &ini->file));
	while (left.len > 0) {
		go_to(&p, file, p.line + 1);
		TRY(cut_line(&p, &left, &line));
		TRY(read_line(&p, line, ini));
	}
	go_to(&p, file, 0);
	if (ini->n == 0)
		FAIL(d, ST_FORMAT, "%s FORMATS 3.1: no section", p.at);

	*out = ini;
	ini = NULL;
	rc = ST_OK;
out:
	ini_free(ini);
	return rc;
}

void
ini_free(struct ini *ini)
{
	struct ini_section *s;

	if (ini == NULL)
		return;
	for (size_t k = 0; k < ini->n; k++) {
		s = &ini->sections[k];
		for (size_t i = 0; i < s->n; i++) {
			free(s->entries[i].key);
			free(s->entries[i].name);
			free(s->entries[i].value);
		}
		free(s->entries);
		free(s->kind);
		free(s->name);
	}
	free(ini->sections);
	free(ini->file);
	free(ini);
}
