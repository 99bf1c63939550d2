/* see front.h: what the three have in common. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/front.h"

enum status
front_new(const struct front *like, void *cookie, struct front **out,
    struct diag *d)
{
	struct front *f;

	*out = NULL;
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	*f = *like;
	f->cookie = cookie;
	*out = f;
	return ST_OK;
}

void
front_free(struct front *f)
{
	if (f == NULL)
		return;
	f->free(f->cookie);
	free(f);
}

void
front_tell(const struct front *f, const char *text)
{
	(void)f;
	fprintf(stderr, "%s\n", text);
}

void
front_progress(const struct front *f, size_t i, size_t n, const char *text)
{
	(void)f;
	fprintf(stderr, "step %zu of %zu: %s\n", i, n, text);
}
