/* see cmd.h: verbs of the noun "state". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/record/bag.h"
#include "lib/record/desk.h"
#include "lib/record/due.h"
#include "lib/record/stick.h"

static enum status
say_ceremonies(const struct state *s, struct facts *f, struct diag *d)
{
	const struct ceremony *c;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nceremonies && rc == ST_OK; i++) {
		c = &s->ceremonies[i];
		rc = facts_add(f, d, "ceremonies", "%u: entries %lu to %lu, %s",
		    c->number, (unsigned long)c->first,
		    (unsigned long)(c->last == 0 ? s->n : c->last),
		    c->last == 0 ? "open" : c->ended ? "closed early" :
		    c->is_signed ? "closed and signed" : "closed");
	}
	return rc;
}

static enum status
say_roots(const struct state *s, struct facts *f, struct diag *d)
{
	const struct root *r;
	struct bytes words = { 0 };
	char to[CLOCK_TEXT_SIZE], id[SHA384_HEX_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nroots; i++) {
		r = &s->roots[i];
		clock_text(r->not_after, to);
		text_hex(r->key.id, SHA384_LEN, id);
		TRY(words_text(r->key.id, WORDS_SHORT, &words, d));
		if (r->object[0] == '\0')
			TRY(facts_add(f, d, "roots", "%s: %s, to come, not "
			    "certified", r->name, r->alg));
		else
			TRY(facts_add(f, d, "roots", "%s: %s, %s, %s, until %s",
			    r->name, r->alg, r->object, r->subject, to));
		if (r->retired != 0)
			TRY(facts_add(f, d, "retired", "%s, in ceremony %u: "
			    "%s; %s came", r->name, r->retired, r->reason,
			    r->successor));
		TRY(facts_add(f, d, "root-keys", "%s: %s", r->name, id));
		TRY(facts_add(f, d, "root-words", "%s: %s", r->name,
		    (const char *)words.data));
	}
out:
	bytes_free(&words);
	return rc;
}

/* "live", "replaced by epoch 2" */
static void
set_fate(const struct sheet_set *set, char out[32])
{
	static const char *const fates[] = { "drawn", "live", "void",
		"replaced" };

	snprintf(out, 32, "%s", fates[set->fate]);
	if (set->fate == SET_REPLACED)
		snprintf(out, 32, "replaced by epoch %u", set->by);
}

static enum status
say_sheet(const struct sheet_set *set, size_t i, struct facts *f,
    struct diag *d)
{
	const struct sheet *s = &set->sheets[i];
	char fate[32], gone[48] = "";

	set_fate(set, fate);
	if (s->destroyed != 0)
		snprintf(gone, sizeof(gone), "; destroyed in ceremony %u",
		    s->destroyed);
	return facts_add(f, d, "sheets", "%s, epoch %u (%s): sheet %u, group "
	    "%s, %s%s%s%s%s", set->root, set->epoch, fate, s->number,
	    s->group_name, s->holder, s->place[0] == '\0' ? "" : " at ",
	    s->place, s->lost > 0 ? "; a copy was lost" : "", gone);
}

static enum status
say_sets(const struct state *s, struct facts *f, struct diag *d)
{
	const struct sheet_set *set;
	enum status rc = ST_OK;
	char fate[32];

	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		set_fate(set, fate);
		if (set->keeper[0] != '\0')
			TRY(facts_add(f, d, "passphrases", "%s, epoch %u (%s): "
			    "kept by %s", set->root, set->epoch, fate,
			    set->keeper));
		for (size_t j = 0; j < set->n; j++)
			TRY(say_sheet(set, j, f, d));
	}
out:
	return rc;
}

/* Sheets of a set that has no use: each is a task until it is burnt. */
static enum status
say_old(const struct sheet_set *set, struct facts *f, struct diag *d)
{
	char line[SHEET_LINE_SIZE], fate[32];
	enum status rc = ST_OK;

	set_fate(set, fate);
	for (size_t i = 0; i < set->n && rc == ST_OK; i++) {
		if (!sheet_there(set, i))
			continue;
		sheet_line(set, i, line);
		rc = facts_add(f, d, "open-tasks", "destroy %s: %s", line,
		    fate);
	}
	return rc;
}

/* How many sheets of a root there are, of any set. */
static size_t
count_there(const struct state *s, const char *root)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nsets; i++) {
		for (size_t j = 0; strcmp(s->sets[i].root, root) == 0 &&
		    j < s->sets[i].n; j++)
			n += sheet_there(&s->sets[i], j);
	}
	return n;
}

/* What is still to be done, and nobody has witnessed (RULES B11). */
static enum status
say_tasks(const struct state *s, struct facts *f, struct diag *d)
{
	const struct root *r;
	size_t there;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nroots && rc == ST_OK; i++) {
		r = &s->roots[i];
		there = r->retired == 0 ? 0 : count_there(s, r->name);
		if (there > 0)
			rc = facts_add(f, d, "open-tasks", "destroy the sheets "
			    "of root %s: it was retired in ceremony %u (%zu "
			    "left)", r->name, r->retired, there);
	}
	for (size_t i = 0; i < s->nsets && rc == ST_OK; i++) {
		r = state_root(s, s->sets[i].root);
		if (s->sets[i].fate != SET_LIVE &&
		    (r == NULL || r->retired == 0))
			rc = say_old(&s->sets[i], f, d);
	}
	return rc;
}

/* What holders owe, and nobody has to work out. */
static enum status
say_due(const struct state *s, struct facts *f, struct diag *d)
{
	const int64_t now = clock_now();
	char day[CLOCK_TEXT_SIZE];
	struct due *due = NULL;
	const struct sheet *h;
	size_t n = 0;
	enum status rc;

	TRY(due_sheets(s, now + DUE_SOON_DAYS * CLOCK_DAY + 1, &due, &n, d));
	for (size_t i = 0; i < n; i++) {
		h = due[i].sheet;
		clock_text(due[i].at, day);
		TRY(facts_add(f, d, "check-ups", "%s, epoch %u: sheet %u, %s, "
		    "%s %.10s%s%s%s", due[i].set->root, due[i].set->epoch,
		    h->number, h->holder, due[i].at < now ? "overdue since" :
		    "due on", day, h->deputy == 0 ? "" : ", for ",
		    h->deputy == 0 ? "" : h->by,
		    h->deputy == 0 ? "" : " stood in"));
	}
	rc = ST_OK;
out:
	free(due);
	return rc;
}

/* Sheets that the last look did not find good. */
static enum status
say_found(const struct state *s, struct facts *f, struct diag *d)
{
	const struct sheet_set *set;
	const struct sheet *h;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		for (size_t j = 0; set->fate == SET_LIVE && j < set->n; j++) {
			h = &set->sheets[j];
			if (!sheet_amiss(h))
				continue;
			TRY(facts_add(f, d, "not-found-good", "%s, epoch %u: "
			    "sheet %u, %s: %s in ceremony %u", set->root,
			    set->epoch, h->number, h->holder,
			    sheet_found_word(h->found),
			    state_ceremony_of(s, h->checked)));
		}
	}
out:
	return rc;
}

/* In which bag which sheet went out; the numbers are on the sticks alone. */
static enum status
say_bag(const struct state *s, const struct sheet_set *set,
    const struct sheet *h, struct facts *f, struct diag *d)
{
	const struct facts *in = h->in == 0 ? NULL :
	    &s->entries[h->in - 1].facts;
	struct bytes numbers = { 0 };
	char day[CLOCK_TEXT_SIZE];
	struct bag b;
	enum status rc;

	clock_text(s->entries[h->out - 1].time, day);
	if (s->withheld == 0) {
		TRY(bag_of(s, h->out, &b, d));
		TRY(text_format(&numbers, d, ", bag %s, seal %s, carried by %s",
		    b.bag, b.seal, b.carrier));
	}
	TRY(facts_add(f, d, "bags", "%s, epoch %u%s: sheet %u, %s, out on "
	    "%.10s%s%s", set->root, set->epoch,
	    set->fate == SET_LIVE ? "" : " (void)", h->number, h->holder, day,
	    numbers.len == 0 ? "" : (const char *)numbers.data,
	    in == NULL || strcmp(facts_get(in, "match"), "yes") == 0 ? "" :
	    "; its last seal was not the one of record"));
out:
	bytes_free(&numbers);
	return rc;
}

static enum status
say_bags(const struct state *s, struct facts *f, struct diag *d)
{
	const struct sheet_set *set;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		for (size_t j = 0; j < set->n; j++) {
			if (set->sheets[j].out != 0)
				TRY(say_bag(s, set, &set->sheets[j], f, d));
		}
	}
out:
	return rc;
}

static enum status
say_issued(const struct state *s, struct facts *f, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nlists; i++) {
		clock_text(s->lists[i].this_update, from);
		clock_text(s->lists[i].next_update, to);
		TRY(facts_add(f, d, "lists", "%s: number %llu (ceremony %u, "
		    "list %u) of root %s, %s to %s", s->lists[i].object,
		    (unsigned long long)s->lists[i].number,
		    (unsigned)(s->lists[i].number >> 32),
		    (unsigned)(s->lists[i].number & UINT32_MAX),
		    s->lists[i].root, from, to));
	}
	for (size_t i = 0; i < s->ndelegations; i++) {
		clock_text(s->delegations[i].not_after, to);
		TRY(facts_add(f, d, "delegations", "%s: %s, %s of %s, until "
		    "%s", s->delegations[i].object, s->delegations[i].name,
		    s->delegations[i].role, s->delegations[i].product, to));
	}
	for (size_t i = 0; i < s->nroots; i++) {
		if (state_unaccounted(s, s->roots[i].name) > 0)
			TRY(facts_add(f, d, "sealed", "%zu lists of root %s, "
			    "not accounted for: its next [crl] wants an "
			    "[account] above it", state_unaccounted(s,
			    s->roots[i].name), s->roots[i].name));
	}
out:
	return rc;
}

static enum status
say_sent(const struct state *s, struct facts *f, struct diag *d)
{
	const struct sent *p;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->nsent && rc == ST_OK; i++) {
		p = &s->sent[i];
		rc = facts_add(f, d, "parcels", "%s: ceremony %u, files: %zu, "
		    "%s", p->name, p->ceremony,
		    facts_count(&s->entries[p->entry - 1].facts, "files"),
		    p->parcel[0] == '\0' ? "not made" : p->parcel);
	}
	return rc;
}

/* The words are those of the bundle that a new device begins with. */
static enum status
say_bundles(const struct state *s, struct facts *f, struct diag *d)
{
	const struct state_bundle *b = state_established(s);
	char to[CLOCK_TEXT_SIZE], horizon[CLOCK_TEXT_SIZE];
	struct bytes words = { 0 };
	uint8_t id[SHA384_LEN];
	enum status rc;

	if (b == NULL)
		return ST_OK;
	TRY(text_unhex(b->id, id, sizeof(id), d));
	TRY(words_text(id, WORDS_FULL, &words, d));
	for (size_t i = 0; i < s->nbundles; i++) {
		clock_text(s->bundles[i].not_after, to);
		clock_text(s->bundles[i].horizon, horizon);
		TRY(facts_add(f, d, "bundles", "%s: era %llu, number %llu, "
		    "until %s, horizon %s", s->bundles[i].object,
		    (unsigned long long)s->bundles[i].era,
		    (unsigned long long)s->bundles[i].seq, to, horizon));
	}
	TRY(facts_set(f, d, "bundle-words", "%s", (const char *)words.data));
out:
	bytes_free(&words);
	return rc;
}

enum status
cmd_say_withheld(size_t withheld, struct facts *f, struct diag *d)
{
	if (withheld == 0)
		return ST_OK;
	return facts_set(f, d, "desk-copy", "without %zu private file(s), "
	    "which are on the sticks alone", withheld);
}

enum status
cmd_state_show(const struct call *c, struct diag *d)
{
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &s, d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(facts_set(&f, d, "org", "%s", s->org));
	TRY(facts_set(&f, d, "state", "%s", s->id));
	TRY(facts_set(&f, d, "entries", "%zu", s->n));
	TRY(cmd_say_withheld(s->withheld, &f, d));
	TRY(cmd_say_head(state_head(s), &f, d));
	TRY(say_ceremonies(s, &f, d));
	TRY(say_roots(s, &f, d));
	TRY(say_sets(s, &f, d));
	TRY(say_due(s, &f, d));
	TRY(say_found(s, &f, d));
	TRY(say_bags(s, &f, d));
	TRY(say_issued(s, &f, d));
	TRY(say_bundles(s, &f, d));
	TRY(say_sent(s, &f, d));
	TRY(say_tasks(s, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	return rc;
}

enum status
cmd_state_copy(const struct call *c, struct diag *d)
{
	const char *from = cmd_opt(c, "--from", ""), *to = cmd_opt(c, "--to",
	    "");
	struct facts f = { 0 };
	enum status rc;

	TRY(sticks_copy(from, to, d));
	TRY(facts_set(&f, d, "copied", "%s", from));
	TRY(facts_set(&f, d, "to", "%s", to));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}

/* --- the desk copy --- */

/* Who publishes is told: he was not in the room. */
enum status
cmd_say_reproduce(const struct state *s, const struct ceremony *c,
    struct facts *f, struct diag *d)
{
	const struct entry *open = &s->entries[c->first - 1];
	struct bytes text = { 0 };
	struct plan *p = NULL;
	enum status rc;

	if (open->n == 0)
		FAIL(d, ST_FORMAT, "entry %lu (open) has no plan",
		    (unsigned long)c->first);
	TRY(state_object(s, open->objects[0].name, &text, d));
	TRY(plan_read(open->objects[0].name, &text, cmd_steps, NULL, &p, d));
	if (p->second_machine)
		TRY(facts_set(f, d, "reproduce", "required by the plan of "
		    "ceremony %u: give this to nobody before a second machine "
		    "showed the same head", c->number));
out:
	plan_free(p);
	bytes_free(&text);
	return rc;
}

enum status
cmd_state_publish(const struct call *c, struct diag *d)
{
	const char *from = cmd_opt(c, "--state", "state"),
		   *to = cmd_opt(c, "--to", "");
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(from, &s, d));
	TRY(facts_set(&f, d, "published", "%s", from));
	TRY(facts_set(&f, d, "to", "%s", to));
	TRY(facts_set(&f, d, "entries", "%zu", s->n));
	TRY(cmd_say_withheld(desk_count(s->entries, s->n), &f, d));
	TRY(cmd_say_reproduce(s, &s->ceremonies[s->nceremonies - 1], &f, d));
	TRY(cmd_say_head(state_head(s), &f, d));
	TRY(desk_publish(s, to, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	return rc;
}

/* --- compare --- */

/* The two sides of a comparison, and what their facts are called. */
struct side {
	const char *path;
	const char *key; /* "first" */
	const char *words; /* "first-words" */
	struct state *s;
};

static enum status
say_entry(const struct side *side, size_t at, struct facts *f, struct diag *d)
{
	const struct entry *e = &side->s->entries[at];
	char time[CLOCK_TEXT_SIZE];
	struct bytes words = { 0 };
	uint8_t digest[SHA384_LEN];
	enum status rc;

	clock_text(e->time, time);
	TRY(text_unhex(e->digest, digest, sizeof(digest), d));
	TRY(words_text(digest, WORDS_FULL, &words, d));
	TRY(facts_set(f, d, side->key, "%s: %s by %s at %s, %s", side->path,
	    e->kind, e->actor, time, e->digest));
	TRY(facts_set(f, d, side->words, "%s", (const char *)words.data));
out:
	bytes_free(&words);
	return rc;
}

/* Files of the entries that both have: the record says which one is right. */
static enum status
say_objects(const struct side *side, size_t n, struct facts *f, size_t *bad,
    struct diag *d)
{
	const struct entry *e;
	bool same = false;
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		e = &side->s->entries[i];
		for (size_t j = 0; j < e->n; j++) {
			TRY(desk_object(side->s, &e->objects[j], &same, d));
			if (same)
				continue;
			++*bad;
			TRY(facts_add(f, d, "not-of-record", "%s/%s, of entry "
			    "%zu", side->path, e->objects[j].name, i + 1));
		}
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
say_relation(const struct side side[2], enum desk_relation is, size_t at,
    struct facts *f, struct diag *d)
{
	const int less = is == DESK_B_FIRST, more = 1 - less;
	enum status rc;

	TRY(facts_set(f, d, "in-common", "%zu entries", at));
	if (is == DESK_EQUAL)
		return facts_set(f, d, "verdict", "equal");
	if (is != DESK_APART)
		return facts_set(f, d, "verdict", "%s is the beginning of %s: "
		    "%zu entries less", side[less].path, side[more].path,
		    side[more].s->n - side[less].s->n);
	TRY(say_entry(&side[0], at, f, d));
	TRY(say_entry(&side[1], at, f, d));
	TRY(facts_set(f, d, "verdict", "two histories from entry %zu on",
	    at + 1));
out:
	return rc;
}

enum status
cmd_state_compare(const struct call *c, struct diag *d)
{
	struct side side[2] = { { c->arg[0], "first", "first-words", NULL },
		{ c->arg[1], "second", "second-words", NULL } };
	enum desk_relation is;
	struct facts f = { 0 };
	size_t at = 0, bad = 0;
	enum status rc;

	for (size_t i = 0; i < 2; i++)
		TRY(state_from(side[i].path, &side[i].s, d));
	is = desk_compare(side[0].s, side[1].s, &at);
	for (size_t i = 0; i < 2; i++)
		TRY(say_objects(&side[i], at, &f, &bad, d));
	TRY(say_relation(side, is, at, &f, d));
	TRY(cmd_report(c, &f, d));
	if (is == DESK_APART)
		FAIL(d, ST_AUTH, "%s and %s: FORMATS 7.4: two histories from "
		    "entry %zu on; neither is ever merged into the other",
		    side[0].path, side[1].path, at + 1);
	if (bad > 0)
		FAIL(d, ST_AUTH, "%s and %s: FORMATS 7.3: the entries agree, "
		    "and %zu file(s) are not those of record", side[0].path,
		    side[1].path, bad);
out:
	facts_clear(&f);
	for (size_t i = 0; i < 2; i++)
		state_free(side[i].s);
	return rc;
}
