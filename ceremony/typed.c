/* see typed.h */
#include <string.h>

#include "ceremony/typed.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

/* What words must be. */
struct wanted {
	const char *what;
	enum status (*is)(const struct wanted *, const uint8_t *typed,
	    struct diag *);
	const struct plan *plan;
	const struct state *state;
	uint64_t first; /* entry that a head may be of */
	uint64_t from;	/* entry that it must not be older than */
	bool none_yet;	/* it may be that there is no such paper */
};

static enum status
ask(const struct front *front, const struct wanted *w, struct diag *d)
{
	uint8_t typed[WORDS_FULL];
	struct diag why = { 0 };
	bool none = false;
	enum status rc;

	for (;;) {
		TRY(front->ask_words(front, w->what, WORDS_FULL,
		    w->none_yet ? &none : NULL, typed, d));
		if (none)
			return ST_OK;
		diag_clear(&why);
		if ((rc = w->is(w, typed, &why)) == ST_OK)
			return ST_OK;
		if (!front->refused(front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

/* --- the plan --- */

static enum status
is_plan(const struct wanted *w, const uint8_t *typed, struct diag *d)
{
	return memcmp(typed, w->plan->digest, WORDS_FULL) == 0 ? ST_OK :
	    diag_set(d, ST_AUTH, "%s: RULES C4: these are not the words of "
	    "this plan: it is not the one that was reviewed", w->plan->file);
}

enum status
typed_plan(const struct front *front, const struct plan *p, struct diag *d)
{
	const struct wanted w = { .what = "the plan", .is = is_plan,
		.plan = p };

	return ask(front, &w, d);
}

/* --- the head --- */

/* The entry, from ${first} on, that typed words are the head at; 0: none. */
static uint64_t
head_at(const struct state *s, uint64_t first, const uint8_t *typed)
{
	uint8_t head[SHA384_LEN];

	for (size_t i = s->n; i-- > 0 && i + 1 >= first;) {
		if (text_unhex(s->entries[i].digest, head, sizeof(head),
		    NULL) == ST_OK && memcmp(head, typed, WORDS_FULL) == 0)
			return i + 1;
	}
	return 0;
}

static enum status
is_head(const struct wanted *w, const uint8_t *typed, struct diag *d)
{
	const uint64_t at = head_at(w->state, w->first, typed);

	if (at == 0)
		return diag_set(d, ST_AUTH, "RULES C3: the head on paper is "
		    "not in this state: it is an older, another or an edited "
		    "one");
	if (at < w->from)
		return diag_set(d, ST_AUTH, "RULES C3: the head on paper is "
		    "older than any root that signed what is behind it: a "
		    "later one is needed");
	return ST_OK;
}

enum status
typed_head(const struct front *front, const struct state *s, struct diag *d)
{
	const struct ceremony *open = state_open(s);
	struct wanted w = { .what = "the head of the record", .is = is_head,
		.state = s, .first = s->n };

	if (s->n == 0)
		return ST_OK;
	if (open != NULL) {
		/* while only its opening is there, and no head of it was
		 * noted, the last on paper is the one before */
		w.none_yet = s->n == open->first;
		w.first = w.none_yet ? open->first - 1 : open->first;
	}
	return ask(front, &w, d);
}

/* --- the head of one that is closed --- */

/* Where a root came into the state; behind all, if it did not. */
static uint64_t
root_entry(const struct state *s, const char *root)
{
	const struct entry *e = s->entries;
	const char *name;

	for (; e < s->entries + s->n; e++) {
		name = facts_get(&e->facts, "root");
		if (strcmp(e->kind, "root") == 0 && name != NULL &&
		    strcmp(name, root) == 0)
			break;
	}
	return (uint64_t)(e - s->entries) + 1;
}

/* From which entry on a head on paper vouches for the last ceremony to its end:
 * that of a root which signed its closing line, for else whoever has the sticks
 * goes on behind the head with a root of his own. */
static uint64_t
vouched_from(const struct state *s, const struct verify_report *seen)
{
	const struct ceremony *c = &s->ceremonies[s->nceremonies - 1];
	uint64_t from = c->last, at;

	for (size_t i = 0; i < seen->nsigners; i++) {
		at = root_entry(s, seen->signer[i].root);
		if (seen->signer[i].to == c->last && at < from)
			from = at;
	}
	return from;
}

enum status
typed_vouching(const struct front *front, const struct state *s,
    const struct verify_report *seen, struct diag *d)
{
	const struct wanted w = { .what = "the head of the record",
		.is = is_head, .state = s,
		.first = s->ceremonies[s->nceremonies - 1].first,
		.from = vouched_from(s, seen) };

	return ask(front, &w, d);
}

/* --- the second machine's --- */

static enum status
is_second(const struct wanted *w, const uint8_t *typed, struct diag *d)
{
	return head_at(w->state, w->state->n, typed) > 0 ? ST_OK :
	    diag_set(d, ST_AUTH, "RULES C7: the second machine came to "
	    "another head: nothing may leave the room");
}

enum status
typed_second(const struct front *front, const struct state *s, struct diag *d)
{
	const struct wanted w = {
		.what = "the head, as the second machine shows it",
		.is = is_second, .state = s };

	return ask(front, &w, d);
}
