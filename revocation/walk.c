/* see walk.h */
#include <stdlib.h>
#include <string.h>

#include "revocation/walk.h"

void
walk_item_clear(struct walk_item *i)
{
	if (i == NULL)
		return;
	bundle_free(i->bundle);
	for (size_t k = 0; k < i->n; k++)
		bytes_free(&i->sig[k]);
	free(i->sig);
	memset(i, 0, sizeof(*i));
}

static bool
leads_on(const struct bundle *b, const struct bundle *last)
{
	return b->era > last->era ||
	    (b->era == last->era && b->seq > last->seq);
}

/* Which of them claims to follow: the renewal, or else the establishment. */
static enum status
find_next(const struct accept_state *s, const struct walk_item *item,
    size_t n, const struct walk_item **out, struct diag *d)
{
	const struct walk_item *found[2] = { NULL, NULL };
	const struct bundle *b, *before;
	bool first;

	*out = NULL;
	for (size_t i = 0; i < n; i++) {
		b = item[i].bundle;
		first = b->seq == 1;
		before = first ? s->established : s->last;
		if (b->first || !leads_on(b, s->last) ||
		    memcmp(b->previous, before->id, SHA384_LEN) != 0)
			continue;
		if (found[first] != NULL && memcmp(found[first]->bundle->id,
		    b->id, SHA384_LEN) != 0)
			return diag_set(d, ST_AUTH, "FORMATS 9.28: two bundles "
			    "say that they follow bundle %llu of era %llu",
			    (unsigned long long)before->seq,
			    (unsigned long long)before->era);
		found[first] = &item[i];
	}
	*out = found[0] != NULL ? found[0] : found[1];
	return ST_OK;
}

/* Nothing follows any more: then nothing may be left that is later. */
static enum status
check_left(const struct accept_state *s, const struct walk_item *item,
    size_t n, struct diag *d)
{
	const struct bundle *b, *last = s->last;

	for (size_t i = 0; i < n; i++) {
		b = item[i].bundle;
		if (leads_on(b, last))
			return diag_set(d, ST_AUTH, "FORMATS 9.28: bundle %llu "
			    "of era %llu does not follow bundle %llu of era "
			    "%llu: one is missing, or it is of another "
			    "history", (unsigned long long)b->seq,
			    (unsigned long long)b->era,
			    (unsigned long long)last->seq,
			    (unsigned long long)last->era);
		if (b->era == last->era && b->seq == last->seq &&
		    memcmp(b->id, last->id, SHA384_LEN) != 0)
			return diag_set(d, ST_AUTH, "FORMATS 9.20: it is "
			    "another bundle %llu of era %llu than the one "
			    "here", (unsigned long long)b->seq,
			    (unsigned long long)b->era);
	}
	return ST_OK;
}

enum status
walk_all(const struct accept_state *from, const struct walk_item *item,
    size_t n, const struct accept_clock *clock, struct walk_step *step,
    size_t *taken, struct diag *d)
{
	struct accept_state s = *from;
	const struct walk_item *next;
	struct accept_signers by;
	enum status rc;

	*taken = 0;
	for (;;) {
		TRY(find_next(&s, item, n, &next, d));
		if (next == NULL)
			break;
		TRY(bundle_signers(next->bundle, s.established, next->sig,
		    next->n, &by, d));
		TRY(accept_next(&s, next->bundle, &by, clock, &s, d));
		step[(*taken)++] = (struct walk_step){ next, s };
	}
	TRY(check_left(&s, item, n, d));
	TRY(accept_alive(&s, clock, d));
out:
	if (rc != ST_OK)
		*taken = 0;
	return rc;
}
