/* see step.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/record/step.h"

enum status
outcome_add(struct outcome *o, const char *name, const struct bytes *bytes,
    struct diag *d)
{
	struct object *grown, *new;
	enum status rc;

	if (strlen(name) >= sizeof(grown->name))
		return diag_set(d, ST_BUG, "an object's name is too long");
	grown = reallocarray(o->objects, o->n + 1, sizeof(*grown));
	if (grown == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	o->objects = grown;
	new = &grown[o->n];
	memset(new, 0, sizeof(*new));
	snprintf(new->name, sizeof(new->name), "%s", name);
	if ((rc = bytes_set(&new->bytes, bytes->data, bytes->len, d)) == ST_OK)
		o->n++;
	return rc;
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
