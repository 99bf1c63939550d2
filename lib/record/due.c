/* see due.h */
#include <stdlib.h>

#include "lib/base/table.h"
#include "lib/record/due.h"

/* What a deputy reads puts off nothing: the holder's own look is asked for. */
static int64_t
due_at(const struct sheet *s)
{
	if (s->deputy != 0)
		return s->deputy + DUE_DEPUTY_DAYS * CLOCK_DAY;
	return s->own + DUE_OWN_DAYS * CLOCK_DAY;
}

static int
earlier(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	return x->sheet < y->sheet ? -1 : x->sheet > y->sheet;
}

enum status
due_sheets(const struct state *s, int64_t before, struct due **out, size_t *n,
    struct diag *d)
{
	const struct sheet_set *set;
	struct due *all = NULL, *new;
	enum status rc;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		for (size_t j = 0; set->fate == SET_LIVE && j < set->n; j++) {
			if (set->sheets[j].destroyed != 0 ||
			    due_at(&set->sheets[j]) >= before)
				continue;
			if ((new = GROW(all, *n)) == NULL)
				FAIL(d, ST_SYSTEM, "out of memory");
			new->set = set;
			new->sheet = &set->sheets[j];
			new->at = due_at(new->sheet);
		}
	}
	if (*n > 0)
		qsort(all, *n, sizeof(*all), earlier);
	*out = all;
	all = NULL;
	rc = ST_OK;
out:
	free(all);
	return rc;
}
