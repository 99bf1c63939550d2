/* see book.h */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/ini.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "transfer/book.h"

struct use {
	char label[TEXT_WORD_MAX + 1];
	char serial[MEDIUM_SERIAL_SIZE];
	uint64_t capacity;
	bool out;
	char time[CLOCK_TEXT_SIZE];
};

static const char *
value(const struct ini_section *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->entries[i].name == NULL &&
		    strcmp(s->entries[i].key, key) == 0)
			return s->entries[i].value;
	}
	return "";
}

/* Exactly what write_use makes. */
static bool
read_use(const char *name, const struct bytes *text, struct use *u)
{
	const struct ini_section *s;
	struct ini *ini = NULL;
	int64_t time;
	bool good;

	if (ini_read(name, (const char *)text->data, text->len, &ini, NULL) !=
	    ST_OK)
		return false;
	s = &ini->sections[0];
	u->out = strcmp(value(s, "way"), "out") == 0;
	good = ini->n == 1 && strcmp(s->kind, "medium") == 0 &&
	    s->name != NULL && s->n == 4 &&
	    (u->out || strcmp(value(s, "way"), "in") == 0) &&
	    text_number(value(s, "capacity"), 0, UINT64_MAX, &u->capacity,
	    NULL) == ST_OK &&
	    clock_read(value(s, "time"), &time, NULL) == ST_OK &&
	    strlen(value(s, "time")) < sizeof(u->time) &&
	    strlen(value(s, "serial")) < sizeof(u->serial);
	if (good) {
		snprintf(u->label, sizeof(u->label), "%s", s->name);
		snprintf(u->serial, sizeof(u->serial), "%s",
		    value(s, "serial"));
		snprintf(u->time, sizeof(u->time), "%s", value(s, "time"));
	}
	ini_free(ini);
	return good;
}

static enum status
read_book(int fd, struct use **uses, size_t *n, uint64_t *next,
    struct facts *f, struct diag *d)
{
	struct bytes text = { 0 };
	char **names = NULL;
	size_t count = 0;
	struct use *u;
	enum status rc;

	*next = 1;
	TRY(file_list_at(fd, &names, &count, d));
	if (count > BOOK_USES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.65: more than %d uses",
		    BOOK_USES_MAX);
	for (size_t i = 0; i < count; i++) {
		/* whatever its name is, no later one gets it */
		if (strtoull(names[i], NULL, 10) >= *next &&
		    strlen(names[i]) == strlen("000001.ini"))
			*next = strtoull(names[i], NULL, 10) + 1;
		if ((u = GROW(*uses, *n)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		if (file_read_at(fd, names[i], INI_FILE_MAX, &text, NULL) ==
		    ST_OK && read_use(names[i], &text, u))
			continue;
		--*n;
		TRY(facts_add(f, d, "warning", "%s in the book of media is "
		    "not whole, and was not looked at", names[i]));
	}
	rc = ST_OK;
out:
	bytes_free(&text);
	file_list_free(names, count);
	return rc;
}

/* One medium, as far as can be told. */
static bool
same_medium(const struct use *a, const struct use *b)
{
	if (strcmp(a->serial, "none") == 0 || strcmp(b->serial, "none") == 0)
		return strcmp(a->label, b->label) == 0 &&
		    a->capacity == b->capacity;
	return strcmp(a->serial, b->serial) == 0;
}

/* Each kind of warning once, for the last use that gives it. */
static enum status
warn(const struct use *uses, size_t n, const struct use *now, struct facts *f,
    struct diag *d)
{
	const struct use *way = NULL, *label = NULL, *other = NULL;
	enum status rc = ST_OK;

	for (size_t i = 0; i < n; i++) {
		if (!same_medium(&uses[i], now)) {
			if (strcmp(uses[i].label, now->label) == 0)
				other = &uses[i];
			continue;
		}
		if (uses[i].out != now->out)
			way = &uses[i];
		if (strcmp(uses[i].label, now->label) != 0)
			label = &uses[i];
	}
	if (way != NULL)
		TRY(facts_add(f, d, "warning", "this stick went %s on %s; a "
		    "stick for each way, never one for both (FORMATS 10.65)",
		    way->out ? "out" : "in", way->time));
	if (label != NULL)
		TRY(facts_add(f, d, "warning", "this stick was called %s on "
		    "%s", label->label, label->time));
	if (other != NULL)
		TRY(facts_add(f, d, "warning", "on %s %s was another stick, "
		    "with serial number %s and %llu bytes", other->time,
		    other->label, other->serial,
		    (unsigned long long)other->capacity));
out:
	return rc;
}

static enum status
write_use(int fd, const struct use *u, uint64_t number, struct diag *d)
{
	struct bytes text = { 0 };
	char name[32];
	enum status rc;

	snprintf(name, sizeof(name), "%06llu.ini", (unsigned long long)number);
	TRY(text_format(&text, d, "[medium %s]\nway = %s\nserial = %s\n"
	    "capacity = %llu\ntime = %s\n", u->label, u->out ? "out" : "in",
	    u->serial, (unsigned long long)u->capacity, u->time));
	TRY(file_create_at(fd, name, text.data, text.len, d));
out:
	bytes_free(&text);
	return rc;
}

enum status
book_note(const char *path, const char *label, const struct medium *m,
    bool out, int64_t now, struct facts *f, struct diag *d)
{
	struct use *uses = NULL, use = { .out = out, .capacity = m->capacity };
	uint64_t next = 1;
	enum status rc;
	size_t n = 0;
	int fd = -1;

	if (!text_is_word(label))
		FAIL(d, ST_USAGE, "\"%s\" is no label: small letters, digits "
		    "and dashes, at most %d", label, TEXT_WORD_MAX);
	snprintf(use.label, sizeof(use.label), "%s", label);
	memcpy(use.serial, m->serial, sizeof(use.serial));
	clock_text(now, use.time);
	TRY(file_open_dir(path, true, &fd, d));
	TRY(read_book(fd, &uses, &n, &next, f, d));
	TRY(warn(uses, n, &use, f, d));
	TRY(write_use(fd, &use, next, d));
	TRY(facts_set(f, d, "label", "%s", label));
	TRY(facts_set(f, d, "serial", "%s", m->serial));
	TRY(facts_set(f, d, "capacity", "%llu bytes",
	    (unsigned long long)m->capacity));
out:
	if (rc != ST_OK && rc != ST_USAGE)
		diag_prefix(d, "%s: the book of media", path);
	free(uses);
	if (fd >= 0)
		close(fd);
	return rc;
}
