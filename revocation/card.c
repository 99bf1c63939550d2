/* see card.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "revocation/card.h"
#include "revocation/release.h"
#include "revocation/responder.h"

/* What is typed, whole: it is night. */
#define COMMAND(key)                                                          \
	"\n  anchorite revocation release " key " \\\n"                        \
	"      --with YOUR.key --to publish --state state\n"

static bool
is_open(const struct sealed *q, const char *root)
{
	return strcmp(q->root, root) == 0 && !q->accounted;
}

/* Its last sealed list: that of all keys, where there is one. */
static const struct sealed *
last_open(const struct state *s, const char *root)
{
	const struct sealed *last = NULL;

	for (size_t i = 0; i < s->nsealed; i++) {
		if (is_open(&s->sealed[i], root))
			last = &s->sealed[i];
	}
	return last;
}

/* By its name, or where two have it by its number. */
static const char *
word_for(const struct state *s, const struct delegation *g)
{
	size_t n = 0;

	for (size_t i = 0; i < s->ndelegations; i++)
		n += !s->delegations[i].revoked &&
		    strcmp(s->delegations[i].name, g->name) == 0;
	return n > 1 ? g->serial : g->name;
}

/* --- who --- */

static enum status
say_people(const struct responders *all, struct bytes *out, struct diag *d)
{
	const struct responder *r;
	enum status rc;

	TRY(text_append(out, d, "Who can open them:\n"));
	for (size_t i = 0; i < all->n; i++) {
		r = &all->one[i];
		TRY(text_append(out, d, "  %s%s%s\n", r->word,
		    r->call[0] == '\0' ? "" : ": ", r->call));
	}
	TRY(text_append(out, d, "Who must publish: %s\n",
	    all->publish[0] == '\0' ? "________________________" :
	    all->publish));
out:
	return rc;
}

/* --- what --- */

/* The first delegation of the same product and role that the list of ${g} does
 * not stop, by when it begins. */
static const struct delegation *
next_of(const struct state *s, const struct sealed *q,
    const struct delegation *g)
{
	const struct delegation *h, *next = NULL;

	for (size_t i = 0; i < s->ndelegations; i++) {
		h = &s->delegations[i];
		if (h != g && !h->revoked && !sealed_stops(s, q, h) &&
		    h->not_after > q->this_update &&
		    strcmp(h->product, g->product) == 0 &&
		    strcmp(h->role, g->role) == 0 &&
		    (next == NULL || h->not_before < next->not_before))
			next = h;
	}
	return next;
}

static enum status
say_key(const struct state *s, const struct sealed *q,
    const struct delegation *g, struct bytes *out, struct diag *d)
{
	const struct delegation *next = next_of(s, q, g);
	char until[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(g->not_after, until);
	TRY(text_append(out, d, COMMAND("%s"), word_for(s, g)));
	TRY(text_append(out, d, "      stops %s of %s, slot %s, until %s\n",
	    g->role, g->product, g->slot, until));
	TRY(text_append(out, d, "      serial %s, %s\n", g->serial,
	    q->object));
	TRY(text_append(out, d, "      who takes over: %s\n",
	    next == NULL ? "nobody, until a new key is delegated" :
	    next->name));
out:
	return rc;
}

static enum status
say_keys(const struct state *s, const char *root, struct bytes *out,
    struct diag *d)
{
	const struct delegation *g;
	const struct sealed *q;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsealed; i++) {
		q = &s->sealed[i];
		g = is_open(q, root) ? state_delegation(s, q->target) : NULL;
		if (g != NULL)
			TRY(say_key(s, q, g, out, d));
	}
out:
	return rc;
}

/* The key that even "all" leaves, or NULL. */
static const struct delegation *
spare_of(const struct state *s, const struct sealed *all)
{
	return sealed_spare(all) == NULL ? NULL :
	    state_delegation(s, sealed_spare(all));
}

static enum status
say_more(const struct state *s, const char *root, const char *first,
    struct bytes *out, struct diag *d)
{
	const struct sealed *q;
	const struct sealed *all = NULL;
	bool two = false, alone = false;
	size_t pairs = 0;
	enum status rc;

	for (size_t i = 0; i < s->nsealed; i++) {
		q = &s->sealed[i];
		pairs += is_open(q, root) && strchr(q->target, '+') != NULL;
		if (is_open(q, root) && sealed_is_all(q))
			all = q;
		two |= is_open(q, root) && q->need > 1;
		alone |= is_open(q, root) && q->need == 1;
	}
	if (pairs > 0)
		TRY(text_append(out, d, COMMAND("KEY+KEY") "      stops both, "
		    "at once or the second after the first (pairs: %zu)\n",
		    pairs));
	if (all != NULL)
		TRY(text_append(out, d, COMMAND("all") "      stops every key "
		    "above%s%s\n", spare_of(s, all) == NULL ? "" :
		    " but ", spare_of(s, all) == NULL ? "" :
		    spare_of(s, all)->name));
	if (two)
		TRY(text_append(out, d, "\n  %s two together. The first types "
		    "the command and hands the file\n  that comes out, for "
		    "example %s.%s.half, to the one it is for, who\n  types "
		    "it again, with --half FILE behind it.\n", alone ? "That "
		    "of all takes" : "Each takes", root, first));
	rc = ST_OK;
out:
	return rc;
}

/* --- the card --- */

static enum status
say_root(const struct state *s, const struct step_kind *const *steps,
    const char *root, struct bytes *out, struct diag *d)
{
	const struct sealed *last = last_open(s, root);
	struct responders all = { 0 };
	char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	enum status rc;

	if (last == NULL)
		return ST_OK;
	TRY(responders_read(s, last, steps, &all, d));
	clock_text(all.effective, from);
	clock_text(last->next_update, until);
	TRY(text_append(out, d, "\nROOT %s: lists of ceremony %u, good from "
	    "%s\nto %s.\nTo that day, %lld days, an older list can be shown "
	    "to a client that\nhas not seen the released one: publish at "
	    "once, and everywhere.\n\n", root, last->ceremony, from, until,
	    (long long)((last->next_update - all.effective + CLOCK_DAY - 1) /
	    CLOCK_DAY)));
	TRY(say_people(&all, out, d));
	TRY(text_append(out, d, "\nType one of these, both lines of it, with "
	    "the file of your own key:\n"));
	TRY(say_keys(s, root, out, d));
	TRY(say_more(s, root, all.one[0].word, out, d));
out:
	responders_clear(&all);
	return rc;
}

static enum status
say_after(struct bytes *out, struct diag *d)
{
	return text_append(out, d, "\nTHEN\n"
	    "  1  Read what it says: what stops, what is to be withheld.\n"
	    "  2  Have the files of the folder publish put wherever the old "
	    "list is.\n"
	    "  3  Call who signs with the key, and the other responders.\n"
	    "  4  Keep the folder journal: the next ceremony wants its signed "
	    "files.\n"
	    "  5  Say to the officer that it has to come soon.\n"
	    "\nThe next ceremony that seals lists makes a new card: burn this "
	    "one then.\n");
}

enum status
card_make(const struct state *s, const struct step_kind *const *steps,
    struct bytes *out, struct diag *d)
{
	size_t open = 0;
	enum status rc;

	for (size_t i = 0; i < s->nroots; i++)
		open += state_unaccounted(s, s->roots[i].name);
	if (open == 0)
		FAIL(d, ST_POLICY, "no list is sealed in this state that is "
		    "not accounted for: there is no card");
	TRY(text_format(out, d, "%sRESPONDERS' CARD\nstate %s, %s\n",
	    s->mode == MODE_PRODUCTION ? "" : "TEST: a rehearsal. Nothing here "
	    "is good for real use.\n", s->id, s->org));
	for (size_t i = 0; i < s->nroots; i++)
		TRY(say_root(s, steps, s->roots[i].name, out, d));
	TRY(say_after(out, d));
out:
	return rc;
}
