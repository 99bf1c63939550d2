/* see step.h */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/record/step.h"

enum status
outcome_add(struct outcome *o, const char *name, const struct bytes *bytes,
    struct diag *d)
{
	struct bytes copy = { 0 };
	struct object *new;
	enum status rc;

	if (strlen(name) >= sizeof(new->name))
		FAIL(d, ST_BUG, "an object's name is too long");
	TRY(bytes_set(&copy, bytes->data, bytes->len, d));
	if ((new = GROW(o->objects, o->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	snprintf(new->name, sizeof(new->name), "%s", name);
	new->bytes = copy;
	copy = (struct bytes){ 0 };
out:
	bytes_free(&copy);
	return rc;
}

enum status
outcome_is(const struct outcome *o, const char *name, struct diag *d)
{
	char is[OBJECT_NAME_SIZE];

	for (unsigned v = 1; o->n == 1 && v <= OBJECT_VARIANTS; v++) {
		object_variant(name, v, is);
		if (strcmp(o->objects[0].name, is) == 0)
			return ST_OK;
	}
	return diag_set(d, ST_AUTH, "FORMATS 7.5: its one file should be %s",
	    name);
}

void
outcome_clear(struct outcome *o)
{
	if (o == NULL)
		return;
	facts_clear(&o->facts);
	for (size_t i = 0; i < o->n; i++)
		bytes_free(&o->objects[i].bytes);
	free(o->objects);
	memset(o, 0, sizeof(*o));
}

static bool
is_or_any(const char *is, const char *wanted)
{
	return wanted == NULL || (is != NULL && strcmp(is, wanted) == 0);
}

const struct promise *
promise_find(const struct promises *promises, const char *kind,
    const char *by, const char *name)
{
	const struct promise *q;

	for (size_t i = 0; i < promises->n; i++) {
		q = &promises->promise[i];
		if (is_or_any(q->kind, kind) && is_or_any(q->by, by) &&
		    is_or_any(q->name, name))
			return q;
	}
	return NULL;
}

bool
promise_revokes(const struct promises *promises, const struct state *before,
    const struct delegation *g)
{
	const struct promise *q;

	for (size_t i = 0; i < promises->n; i++) {
		q = &promises->promise[i];
		if (q->row != NULL && q->row->revokes != NULL &&
		    q->row->revokes(q->want, before, g))
			return true;
	}
	return false;
}
