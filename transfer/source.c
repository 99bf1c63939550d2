/* see source.h */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "transfer/source_kind.h"

/* The last takes whatever the others do not. */
static const struct source_kind *const kinds[] = {
	&source_camera,
	&source_y4m,
	&source_lines,
	&source_files,
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

struct source {
	const struct source_kind *kind;
	void *self;
};

/* Whether ${spec} is of that kind; ${*rest} is behind the colon. */
static bool
is_kind(const struct source_kind *k, const char *spec, const char **rest)
{
	size_t n;

	*rest = spec;
	if (k->word == NULL)
		return true;
	n = strlen(k->word);
	if (strncmp(spec, k->word, n) != 0 ||
	    (spec[n] != 0 && spec[n] != ':'))
		return false;
	*rest = spec[n] == 0 ? NULL : spec + n + 1;
	return true;
}

enum status
source_open(const char *spec, struct source **out, struct diag *d)
{
	const char *rest = NULL;
	struct source *s = NULL;
	size_t i = 0;
	enum status rc;

	*out = NULL;
	while (!is_kind(kinds[i], spec, &rest))
		i++;
	if (kinds[i]->only_input && (rest == NULL || strcmp(rest, "-") != 0))
		FAIL(d, ST_USAGE, "%s: a %s source is standard input, %s:-",
		    spec, kinds[i]->word, kinds[i]->word);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	s->kind = kinds[i];
	TRY(s->kind->open(rest, &s->self, d));

	*out = s;
	s = NULL;
out:
	source_close(s);
	return rc;
}

bool
source_live(const struct source *s)
{
	return s->kind->live;
}

bool
source_has_lines(const struct source *s)
{
	return s->kind->lines;
}

int
source_fd(const struct source *s)
{
	return s->kind->fd == NULL ? -1 : s->kind->fd(s->self);
}

enum status
source_next(struct source *s, uint8_t *room, size_t size,
    struct source_item *item, struct diag *d)
{
	memset(item, 0, sizeof(*item));
	return s->kind->next(s->self, room, size, item, d);
}

bool
source_again(struct source *s)
{
	return s->kind->again != NULL && s->kind->again(s->self);
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	s->kind->close(s->self);
	free(s);
}
