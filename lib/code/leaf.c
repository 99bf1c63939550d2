/* see leaf.h: a parcel's codes as lines of pages. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/code/leaf.h"
#include "lib/code/page.h"

/* Sides of a code in points: one alone, one of two, one of six. */
#define ONE 330
#define PAIR 222
#define GRID 212
#define FIRST 2 /* codes on the first page, if there are several */
#define EACH 6	/* on each of the others */
#define ROW 2

/* One row of codes, the ${i}th the first. */
static enum status
add_codes(const struct leaf *l, struct bytes *t, unsigned side, size_t i,
    struct diag *d)
{
	const size_t end = i + ROW < l->n ? i + ROW : l->n;
	enum status rc;

	TRY(text_append(t, d, "C %u", side));
	for (; i < end; i++)
		TRY(text_append(t, d, "\t%zu\tcode %zu of %zu", i, i + 1,
		    l->n));
	TRY(text_append(t, d, "\n"));
out:
	return rc;
}

static enum status
add_first(const struct leaf *l, struct bytes *t, struct diag *d)
{
	enum status rc;

	TRY(text_append(t, d, "H Anchorite\nT %s\n", l->title));
	for (size_t i = 0; i < LEAF_FACTS_MAX && l->fact[i].label != NULL;
	    i++)
		TRY(text_append(t, d, "F %s\t%s\n", l->fact[i].label,
		    l->fact[i].value));
	TRY(text_append(t, d, "L Words, the same on both sides\nV %s\n~\n",
	    l->words));
	if (l->n == 1)
		TRY(text_append(t, d, "C %d\t0\n", ONE));
	else
		TRY(add_codes(l, t, PAIR, 0, d));
	TRY(text_append(t, d, "~\n-\n"));
	for (size_t i = 0; l->todo[i] != NULL; i++)
		TRY(text_append(t, d, "S %s\n", l->todo[i]));
out:
	return rc;
}

/* Pages of six, each of them said to be one. */
static enum status
add_rest(const struct leaf *l, struct bytes *t, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = FIRST; i < l->n; i += ROW) {
		if ((i - FIRST) % EACH == 0)
			TRY(text_append(t, d, "B\n"));
		if (i == FIRST)
			TRY(text_append(t, d, "H %s\n", l->head));
		TRY(add_codes(l, t, GRID, i, d));
	}
out:
	return rc;
}

enum status
leaf_pdf(const struct leaf *l, struct bytes *out, struct diag *d)
{
	struct bytes t = { 0 };
	struct page p = { .code = l->code, .ncodes = l->n };
	enum status rc;

	bytes_free(out);
	if (l->n < 1 || l->n > LEAF_CODES_MAX)
		FAIL(d, ST_POLICY, "FORMATS 10.87: %zu codes do not go on "
		    "paper", l->n);
	if (l->date != NULL)
		TRY(text_format(&t, d, "D %s\n", l->date));
	TRY(add_first(l, &t, d));
	TRY(add_rest(l, &t, d));
	p.text = (const char *)t.data;
	p.len = t.len;
	TRY(page_pdf(&p, out, d));
out:
	bytes_free(&t);
	return rc;
}
