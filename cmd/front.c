/* see front.h: what the three have in common. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/front.h"

enum status
front_new(void *cookie, void (*free_cookie)(void *), struct front **out,
    struct diag *d)
{
	struct front_box *box;

	if ((box = calloc(1, sizeof(*box))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	box->front.cookie = cookie;
	box->front.progress = front_progress;
	box->free = free_cookie;
	*out = &box->front;
	return ST_OK;
}

void
front_free(struct front *f)
{
	struct front_box *box = (struct front_box *)f;

	if (f == NULL)
		return;
	box->free(f->cookie);
	free(box);
}

void
front_progress(const struct front *f, size_t i, size_t n, const char *text)
{
	(void)f;
	fprintf(stderr, "step %zu of %zu: %s\n", i, n, text);
}
