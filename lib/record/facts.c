/* see facts.h */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/facts.h"

bool
facts_is_key(const char *key)
{
	return text_is_word(key) && (*key < '0' || *key > '9');
}

static struct fact *
find(const struct facts *f, const char *key)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fact[i].key, key) == 0)
			return &f->fact[i];
	}
	return NULL;
}

/* One more fact without a value. */
static enum status
new_fact(struct facts *f, const char *key, bool list, struct fact **out,
    struct diag *d)
{
	char *name;

	if ((name = strdup(key)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	if ((*out = GROW(f->fact, f->n)) == NULL) {
		free(name);
		return diag_set(d, ST_SYSTEM, "out of memory");
	}
	**out = (struct fact) { .key = name, .list = list };
	return ST_OK;
}

static enum status new_value(struct fact *fact, const char *fmt, va_list ap,
    struct diag *d) PRINTF_LIKE(2, 0);

static enum status
new_value(struct fact *fact, const char *fmt, va_list ap, struct diag *d)
{
	char **place, *text;
	enum status rc;
	size_t len;

	if ((rc = text_print(&text, &len, d, fmt, ap)) != ST_OK)
		return rc;
	if ((place = GROW(fact->value, fact->n)) == NULL) {
		free(text);
		return diag_set(d, ST_SYSTEM, "out of memory");
	}
	*place = text;
	return ST_OK;
}

enum status
facts_set(struct facts *f, struct diag *d, const char *key, const char *fmt,
    ...)
{
	struct fact *fact = NULL;
	enum status rc;
	va_list ap;

	if (find(f, key) != NULL)
		return diag_set(d, ST_BUG, "fact %s is set twice", key);
	if ((rc = new_fact(f, key, false, &fact, d)) != ST_OK)
		return rc;
	va_start(ap, fmt);
	rc = new_value(fact, fmt, ap, d);
	va_end(ap);
	return rc;
}

enum status
facts_add(struct facts *f, struct diag *d, const char *key, const char *fmt,
    ...)
{
	struct fact *fact;
	enum status rc;
	va_list ap;

	if ((fact = find(f, key)) == NULL) {
		if ((rc = new_fact(f, key, true, &fact, d)) != ST_OK)
			return rc;
	}
	if (!fact->list)
		return diag_set(d, ST_BUG, "fact %s is not a list", key);
	va_start(ap, fmt);
	rc = new_value(fact, fmt, ap, d);
	va_end(ap);
	return rc;
}

const char *
facts_get(const struct facts *f, const char *key)
{
	const struct fact *fact = find(f, key);

	if (fact == NULL || fact->list || fact->n == 0)
		return NULL;
	return fact->value[0];
}

size_t
facts_count(const struct facts *f, const char *key)
{
	const struct fact *fact = find(f, key);

	return fact == NULL ? 0 : fact->n;
}

const char *
facts_at(const struct facts *f, const char *key, size_t i)
{
	const struct fact *fact = find(f, key);

	return fact == NULL || i >= fact->n ? NULL : fact->value[i];
}

enum status
facts_need(const struct facts *f, const char *key, const char **out,
    struct diag *d)
{
	if ((*out = facts_get(f, key)) == NULL)
		return diag_set(d, ST_FORMAT, "%s is not said", key);
	return ST_OK;
}

enum status
facts_number(const struct facts *f, const char *key, uint64_t min,
    uint64_t max, uint64_t *out, struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	if ((rc = text_number(text, min, max, out, d)) != ST_OK)
		diag_prefix(d, "%s", key);
out:
	return rc;
}

static bool
same(const struct fact *a, const struct fact *b)
{
	if (a->list != b->list || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->value[i], b->value[i]) != 0)
			return false;
	}
	return true;
}

static bool
listed(const char *const *names, const char *key)
{
	for (; names != NULL && *names != NULL; names++) {
		if (strcmp(*names, key) == 0)
			return true;
	}
	return false;
}

/* The next fact from ${i} on whose key is not in ${except}, or NULL. */
static const struct fact *
next_fact(const struct facts *f, size_t *i, const char *const *except)
{
	while (*i < f->n && listed(except, f->fact[*i].key))
		(*i)++;
	return *i < f->n ? &f->fact[(*i)++] : NULL;
}

const char *
facts_differ(const struct facts *a, const struct facts *b,
    const char *const *except)
{
	const struct fact *x, *y;
	size_t i = 0, j = 0;

	for (;;) {
		x = next_fact(a, &i, except);
		y = next_fact(b, &j, except);
		if (x == NULL && y == NULL)
			return NULL;
		if (x == NULL || y == NULL)
			return x == NULL ? y->key : x->key;
		if (strcmp(x->key, y->key) != 0)
			return find(b, x->key) == NULL ? x->key : y->key;
		if (!same(x, y))
			return x->key;
	}
}

enum status
facts_copy(const struct facts *f, struct facts *out, struct diag *d)
{
	const struct fact *fact;
	struct facts copy = { 0 };
	enum status rc;

	for (size_t i = 0; i < f->n; i++) {
		fact = &f->fact[i];
		for (size_t j = 0; j < fact->n; j++) {
			if (fact->list)
				TRY(facts_add(&copy, d, fact->key, "%s",
				    fact->value[j]));
			else
				TRY(facts_set(&copy, d, fact->key, "%s",
				    fact->value[j]));
		}
	}
	*out = copy;
	memset(&copy, 0, sizeof(copy));
	rc = ST_OK;
out:
	facts_clear(&copy);
	return rc;
}

enum status
facts_take(const struct facts *from, const char *const *keys,
    struct facts *out, struct diag *d)
{
	const char *value;
	enum status rc = ST_OK;

	for (; keys != NULL && *keys != NULL; keys++) {
		if ((value = facts_get(from, *keys)) == NULL)
			continue;
		facts_drop(out, *keys);
		TRY(facts_set(out, d, *keys, "%s", value));
	}
out:
	return rc;
}

static void
free_fact(struct fact *fact)
{
	for (size_t i = 0; i < fact->n; i++)
		free(fact->value[i]);
	free(fact->value);
	free(fact->key);
}

void
facts_drop(struct facts *f, const char *key)
{
	struct fact *fact = find(f, key);

	if (fact == NULL)
		return;
	free_fact(fact);
	f->n--;
	memmove(fact, fact + 1,
	    (size_t)(f->fact + f->n - fact) * sizeof(*fact));
}

void
facts_clear(struct facts *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		free_fact(&f->fact[i]);
	free(f->fact);
	memset(f, 0, sizeof(*f));
}
