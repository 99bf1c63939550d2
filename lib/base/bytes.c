/* see bytes.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"

enum status
bytes_set(struct bytes *b, const void *data, size_t len, struct diag *d)
{
	uint8_t *copy;

	if (len >= SIZE_MAX || (copy = malloc(len + 1)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = 0;
	free(b->data);
	b->data = copy;
	b->len = len;
	return ST_OK;
}

bool
bytes_equal(const struct bytes *a, const struct bytes *b)
{
	if (a->len != b->len)
		return false;
	return a->len == 0 || memcmp(a->data, b->data, a->len) == 0;
}

void
bytes_free(struct bytes *b)
{
	if (b == NULL)
		return;
	free(b->data);
	b->data = NULL;
	b->len = 0;
}
