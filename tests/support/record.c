/* see record.h */
#include <sys/stat.h>

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/support/record.h"

static char room[] = "record-XXXXXX";

void
record_room(void)
{
	snprintf(room, sizeof(room), "record-XXXXXX");
	assert_non_null(mkdtemp(room));
	assert_int_equal(chdir(room), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
record_leave(void)
{
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(nftw(room, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void
record_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

void
record_flip(const char *path)
{
	struct bytes b = { 0 };
	FILE *f;

	assert_int_equal(file_read(path, FILE_MAX, &b, NULL), ST_OK);
	b.data[b.len / 2] ^= 1;
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
	assert_int_equal(fclose(f), 0);
	bytes_free(&b);
}

void
record_entry(struct entry *e, uint64_t number, const char *previous,
    const char *kind, const char *const *facts)
{
	memset(e, 0, sizeof(*e));
	e->number = number;
	e->time = RECORD_TIME + 60 * (int64_t)number;
	snprintf(e->kind, sizeof(e->kind), "%s", kind);
	snprintf(e->actor, sizeof(e->actor), "first");
	snprintf(e->previous, sizeof(e->previous), "%s", previous);
	for (; facts != NULL && facts[0] != NULL; facts += 2) {
		if (facts[0][0] == '+')
			assert_int_equal(facts_add(&e->facts, NULL,
			    facts[0] + 1, "%s", facts[1]), ST_OK);
		else
			assert_int_equal(facts_set(&e->facts, NULL, facts[0],
			    "%s", facts[1]), ST_OK);
	}
}

void
record_grow(const char *a, const char *b, const char *object,
    const char *bytes)
{
	const char *paths[] = { a, b };
	const struct bytes data = { (uint8_t *)(uintptr_t)bytes,
		bytes == NULL ? 0 : strlen(bytes) };
	struct outcome o = { .kind = "refused" };
	struct sticks *s = NULL;
	const struct chain *c;
	struct entry e;
	struct diag d = { 0 };

	if (sticks_open(paths, b == NULL ? 1 : 2, true, true, &s, &d) != ST_OK)
		fail_msg("%s", d.text);
	c = sticks_chain(s);
	record_entry(&e, c->n + 1, c->n == 0 ? "none" :
	    c->entry[c->n - 1].digest, "refused", NULL);
	if (object != NULL)
		assert_int_equal(outcome_add(&o, object, &data, NULL), ST_OK);
	if (sticks_commit(s, &e, &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	outcome_clear(&o);
	entry_clear(&e);
	sticks_free(s);
}

void
record_fill(const char *a, const char *b, unsigned n)
{
	char object[OBJECT_NAME_SIZE];

	for (unsigned i = 1; i <= n; i++) {
		snprintf(object, sizeof(object), "issued/%06u.crt", i);
		record_grow(a, b, object, object);
	}
}

enum status
record_apply(struct state *s, const char *kind, const char *const *facts,
    const char *object, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	struct entry e;
	enum status rc;

	record_entry(&e, s->n + 1, state_head(s), kind, facts);
	if (object != NULL) {
		hash_sha384_hex(object, strlen(object), digest);
		assert_int_equal(entry_add_object(&e, object, digest, NULL),
		    ST_OK);
	}
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	rc = state_apply(s, &e, d);
	entry_clear(&e);
	return rc;
}

enum status
record_open(struct state *s, unsigned number, const char *mode,
    struct diag *d)
{
	char text[8];
	const char *const facts[] = { "ceremony", text, "mode", mode, "org",
		"example", "arc", "1.3.6.1.4.1.32473", "plan", "p", NULL };

	snprintf(text, sizeof(text), "%u", number);
	return record_apply(s, "open", facts, NULL, d);
}
