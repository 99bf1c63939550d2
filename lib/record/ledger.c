/* see ledger.h */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/record/ledger.h"

struct seen {
	uint8_t index[SHA384_LEN];
	char where[LEDGER_TEXT_SIZE];
};

static int
by_index(const void *a, const void *b)
{
	return memcmp(a, b, SHA384_LEN);
}

enum status
ledger_add(void **ledger, const uint8_t index[SHA384_LEN], const char *where,
    struct diag *d)
{
	struct seen *seen, **there;

	if ((seen = calloc(1, sizeof(*seen))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	memcpy(seen->index, index, SHA384_LEN);
	snprintf(seen->where, sizeof(seen->where), "%s", where);
	there = tsearch(seen, ledger, by_index);
	if (there == NULL || *there != seen)
		free(seen);
	if (there == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

const char *
ledger_find(void *const *ledger, const uint8_t index[SHA384_LEN])
{
	struct seen *const *found;

	found = tfind(index, ledger, by_index);
	return found == NULL ? NULL : (*found)->where;
}

void
ledger_free(void *ledger)
{
	tdestroy(ledger, free);
}
