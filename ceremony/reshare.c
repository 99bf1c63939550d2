/* see reshare.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/loose.h"
#include "ceremony/reshare.h"
#include "ceremony/split.h"
#include "lib/base/text.h"

struct reshare {
	struct split split; /* alg is the record's: see with_alg */
	const struct ini_section *section; /* borrowed, as the next is */
	const char *waive; /* or NULL */
	unsigned lost[LOOSE_NUMBERS_MAX]; /* of the old set */
	size_t nlost;
};

static const struct plan_key keys[] = {
	SPLIT_KEYS,
	{ "lost", PT_TEXT, false, false, NULL },
	LOOSE_KEYS,
	{ 0 }
};

/* --- the row's own reading --- */

static void
reshare_free(void *want)
{
	struct reshare *r = want;

	if (r == NULL)
		return;
	split_clear(&r->split);
	free(r);
}

static enum status
reshare_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct reshare *r = NULL;
	enum status rc;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	r->section = s;
	r->split.root = s->name;
	TRY(split_read(p, s, &r->split, d));
	TRY(loose_numbers(p, plan_entry(s, "lost", NULL), r->lost, &r->nlost,
	    d));
	TRY(loose_waive(p, s, &r->waive, d));
	*want = r;
	r = NULL;
out:
	reshare_free(r);
	return rc;
}

/* The scheme of the plan, with the algorithm of the root of record. */
static struct split
with_alg(const struct reshare *r, const struct state *state)
{
	const struct root *root = state_root(state, r->split.root);
	struct split s = r->split; /* its holders stay the row's */

	s.alg = root == NULL ? "" : root->alg;
	return s;
}

static enum status
reshare_check(const void *want, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	const struct reshare *r = want;
	const struct sheet_set *live = state_live_set(before, r->split.root);
	enum status rc;

	(void)promises;
	if (state_root(before, r->split.root) == NULL || live == NULL)
		PLAN_FAIL(d, ST_POLICY, p, r->split.line, "FORMATS 3.70: there "
		    "is no root %s with sheets from a ceremony before",
		    r->split.root);
	if (!sheet_set_opens(live, NULL))
		PLAN_FAIL(d, ST_POLICY, p, r->split.line, "FORMATS 4.33: "
		    "nothing opens root %s any more: its sheets were destroyed",
		    r->split.root);
	if (r->nlost > 0 && r->lost[r->nlost - 1] > live->n)
		PLAN_FAIL(d, ST_POLICY, p, r->split.line, "FORMATS 3.70: root "
		    "%s has no sheet %u", r->split.root,
		    r->lost[r->nlost - 1]);
	TRY(split_check(&r->split, p, d));
	TRY(loose_check(r->section, p, before, r->split.root, d));
out:
	return rc;
}

static size_t
reshare_count(const void *want)
{
	const struct reshare *r = want;

	return r->split.nsheets + 2;
}

static bool
is_lost(const struct reshare *r, const struct sheet_set *old, size_t i)
{
	for (size_t k = 0; k < r->nlost; k++) {
		if (r->lost[k] == old->sheets[i].number)
			return true;
	}
	return false;
}

/* Of the set that goes: which sheets there are, and how many may be left. */
static enum status
tell_old(const struct reshare *r, const struct sheet_set *old,
    struct facts *out, struct diag *d)
{
	char survive[SHEET_SURVIVE_SIZE];
	enum status rc;

	for (size_t i = 0; i < old->n; i++) {
		if (sheet_there(old, i) && !is_lost(r, old, i))
			TRY(loose_tell(old, i, out, d));
	}
	sheet_set_may_survive(old, survive);
	rc = facts_add(out, d, "may-survive", "root %s, epoch %u, lost ones "
	    "counted: %s", old->root, old->epoch, survive);
out:
	return rc;
}

static enum status
reshare_tell(const void *want, const struct state *before, struct facts *out,
    struct diag *d)
{
	const struct reshare *r = want;
	const struct sheet_set *old = state_live_set(before, r->split.root);
	enum status rc;

	TRY(split_tell(&r->split, out, d));
	if (old != NULL && old->keeper[0] != '\0' && r->split.keeper == NULL)
		TRY(facts_add(out, d, "note", "the new sheets of root %s open "
		    "it without a passphrase: those of epoch %u need the one "
		    "that %s keeps", r->split.root, old->epoch, old->keeper));
	if (old != NULL)
		TRY(tell_old(r, old, out, d));
out:
	return rc;
}

/* --- its items --- */

static enum status
perform_draw(const struct reshare *r, struct hands *hands, struct outcome *o,
    struct diag *d)
{
	const struct split s = with_alg(r, hands->state);
	const struct secret *seed = NULL;
	enum status rc;

	TRY(hands->opened(hands, s.root, &seed, d));
	TRY(split_draw(&s, seed, hands, o, d));
out:
	return rc;
}

static enum status
perform_sheet(const struct reshare *r, size_t i, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct split s = with_alg(r, hands->state);
	const struct secret *seed = NULL;
	const struct key *key = NULL;
	enum status rc;

	TRY(hands->opened(hands, s.root, &seed, d));
	TRY(hands->root(hands, s.root, &key, d));
	TRY(split_sheet(&s, i, seed, key_public(key), hands, o, d));
out:
	return rc;
}

static enum status
say_reshared(const struct reshare *r, const struct state *state,
    uint64_t quorums, struct facts *f, struct diag *d)
{
	const struct sheet_set *old = state_live_set(state, r->split.root);
	enum status rc;

	if (old == NULL)
		FAIL(d, ST_AUTH, "root %s has no live sheets", r->split.root);
	TRY(facts_set(f, d, "root", "%s", r->split.root));
	TRY(facts_set(f, d, "epoch", "%u", split_epoch(&r->split, state)));
	TRY(facts_set(f, d, "replaces", "%u", old->epoch));
	TRY(facts_set(f, d, "quorums", "%llu", (unsigned long long)quorums));
	for (size_t i = 0; i < r->nlost; i++)
		TRY(facts_add(f, d, "lost", "%u", r->lost[i]));
	if (r->waive != NULL)
		TRY(facts_set(f, d, "waived", "%s", r->waive));
out:
	return rc;
}

static enum status
perform_commit(const struct reshare *r, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct split s = with_alg(r, hands->state);
	const struct secret *seed = NULL;
	struct secret *proven = NULL;
	uint64_t quorums = 0;
	enum status rc;

	o->kind = "reshared";
	TRY(hands->opened(hands, s.root, &seed, d));
	TRY(split_recover(&s, seed, hands, &proven, &quorums, d));
	TRY(hands->proven(hands, s.root, proven, d));
	TRY(say_reshared(r, hands->state, quorums, &o->facts, d));
out:
	secret_free(proven);
	return rc;
}

/* What the room hears before the old sheets are worth nothing but harm. */
static enum status
show_commit(const struct reshare *r, const struct state *state,
    struct bytes *out, struct diag *d)
{
	const struct sheet_set *old = state_live_set(state, r->split.root);
	char survive[SHEET_SURVIVE_SIZE] = "";

	if (old != NULL)
		sheet_set_may_survive(old, survive);
	return text_format(out, d, "make epoch %u of root %s live, proven from "
	    "the sheets as they were read back; the %zu sheets of epoch %u are "
	    "to be destroyed then: %s may survive, lost ones counted",
	    split_epoch(&r->split, state), r->split.root,
	    old == NULL ? 0 : old->n, old == NULL ? 0 : old->epoch, survive);
}

static enum status
reshare_show(const void *want, size_t item, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	const struct reshare *r = want;
	const struct split s = with_alg(r, state);

	(void)p;
	if (item <= s.nsheets)
		return split_show(&s, item, "recover", state, out, d);
	return show_commit(r, state, out, d);
}

static enum status
reshare_perform(const void *want, size_t item, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct reshare *r = want;

	if (item == 0)
		return perform_draw(r, hands, o, d);
	if (item <= r->split.nsheets)
		return perform_sheet(r, item - 1, hands, o, d);
	return perform_commit(r, hands, o, d);
}

/* --- what anyone can check without a key --- */

static enum status
verify_commit(const struct reshare *r, const struct state *state,
    const struct outcome *o, struct diag *d)
{
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	TRY(say_reshared(r, state, split_quorums(&r->split), &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the plan "
		    "for the new sheets of root %s", key, r->split.root);
out:
	facts_clear(&said);
	return rc;
}

static enum status
reshare_verify(const void *want, size_t item, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	static const char *const except[] = { SPLIT_OF_SEED, NULL };
	const struct reshare *r = want;
	const struct split s = with_alg(r, state);
	const char *kind = item == 0 ? "drawn" :
	    item <= s.nsheets ? "read-back" : "reshared";

	(void)p;
	if (strcmp(o->kind, kind) != 0 || o->n != 0)
		return diag_set(d, ST_AUTH, "item %zu of [reshare %s] is a "
		    "\"%s\" without files", item, s.root, kind);
	if (item == 0)
		return split_verify_drawn(&s, state, o, except, d);
	if (item <= s.nsheets)
		return split_verify_sheet(&s, item - 1, state, o, d);
	return verify_commit(r, state, o, d);
}

const struct step_kind reshare_step = {
	.word = "reshare",
	.title = "Split the root once more",
	.keys = keys,
	.makes = "sheets",
	.opens = true,
	.read = reshare_read,
	.check = reshare_check,
	.tell = reshare_tell,
	.count = reshare_count,
	.together = reshare_count,
	.show = reshare_show,
	.perform = reshare_perform,
	.verify = reshare_verify,
	.free = reshare_free,
};
