/* see table.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"

void *
table_grow(void *table, size_t *n, size_t size)
{
	char *base, *grown;

	/* the table's own type is not ours to read it by */
	memcpy(&base, table, sizeof(base));
	/* powers of two: growing is linear in the whole */
	if ((*n & (*n - 1)) == 0) {
		grown = reallocarray(base, *n == 0 ? 1 : 2 * *n, size);
		if (grown == NULL)
			return NULL;
		base = grown;
		memcpy(table, &base, sizeof(base));
	}
	memset(base + *n * size, 0, size);
	return base + (*n)++ * size;
}
