/* split.h -- a seed split into sheets as a plan asks: the set of a root.  Rows
 * that give people sheets ([mint] and those after it) differ in where the seed
 * comes from and in what they commit at the end; the set is the same.
 * FORMATS 4; RULES S1, S2.
 *
 * Items of such a row: 0 the set is drawn; 1..n a sheet is proven; then its
 * own.  They count together: cut inside, they are void and start again. */
#ifndef ANCHORITE_SPLIT_H
#define ANCHORITE_SPLIT_H

#include "lib/record/step.h"

/* What a section says of it. */
#define SPLIT_KEYS                                                            \
	{ "need", PT_TEXT, true, false, NULL },                               \
	{ "group", PT_SCHEME, true, true, NULL },                             \
	{ "extendable", PT_CHOICE, false, false, "yes|no" },                  \
	{ "passphrase", PT_WORD, false, false, NULL }

struct split {
	const struct plan *plan; /* borrowed, as the next two are */
	const char *root;
	const char *alg;  /* of the root's key */
	const char *keeper; /* of its passphrase, likewise; NULL: it has none */
	size_t line;
	struct slip39_scheme scheme;
	struct plan_scheme group[SLIP39_GROUPS_MAX]; /* holders owned */
	size_t nsheets;
};

/**
 * split_read(p, s, out, d):
 * The keys of SPLIT_KEYS; the caller sets root and alg, and clears ${out}
 * (split_clear) after a refusal too.
 */
MUST_USE enum status split_read(const struct plan *p,
    const struct ini_section *s, struct split *out, struct diag *d);
void split_clear(struct split *s);

/**
 * split_check(s, p, d), split_tell(s, out, d):
 * A scheme that SLIP-39 forbids, or that one person's sheets would open, is
 * refused (ST_POLICY); places where enough sheets lie are told, and
 * that a passphrase is one person's to forget.
 */
MUST_USE enum status split_check(const struct split *s, const struct plan *p,
    struct diag *d);
MUST_USE enum status split_tell(const struct split *s, struct facts *out,
    struct diag *d);

/* One line for item ${item}, 0..n; ${verb}, "draw", is what is done to the
 * seed. */
MUST_USE enum status split_show(const struct split *s, size_t item,
    const char *verb, const struct state *state, struct bytes *out,
    struct diag *d);

/**
 * split_draw(s, seed, hands, o, d):
 * Item 0: the set of the root's next epoch, under the passphrase of its keeper
 * if it has one, every quorum of it proven in memory (4.12); an entry "drawn"
 * with all that is public of it.
 */
MUST_USE enum status split_draw(const struct split *s,
    const struct secret *seed, struct hands *hands, struct outcome *o,
    struct diag *d);

/**
 * split_sheet(s, i, seed, root, hands, o, d):
 * Items 1..n: sheet ${i}, 0.., of the set that was drawn last is written and
 * read back; an entry "read-back".  ${root} is the key that stands on it.
 */
MUST_USE enum status split_sheet(const struct split *s, size_t i,
    const struct secret *seed, const struct spki *root, struct hands *hands,
    struct outcome *o, struct diag *d);

/**
 * split_public(set, yes, d):
 * Whether the set is of a public rehearsal seed (FORMATS 5.4): its salt, which
 * follows from the seed, is computed of each (RULES C6).
 */
MUST_USE enum status split_public(const struct sheet_set *set, bool *yes,
    struct diag *d);

/**
 * split_of(p, set, alg, line, out, d):
 * How a set of record was split, with its holders of now and the deputies of
 * ${p}; split_clear.
 */
MUST_USE enum status split_of(const struct plan *p,
    const struct sheet_set *set, const char *alg, size_t line,
    struct split *out, struct diag *d);

/**
 * split_again(s, set, sheet, seed, root, hands, facts, d):
 * A sheet of that set once more, the very same share, for the holder that
 * ${sheet} names: written and read back.  ST_AUTH: the seed does not give the
 * share of record.
 */
MUST_USE enum status split_again(const struct split *s,
    const struct sheet_set *set, const struct sheet *sheet,
    const struct secret *seed, const struct spki *root, struct hands *hands,
    struct facts *facts, struct diag *d);

/**
 * split_recover(s, seed, hands, out, quorums, d):
 * The seed again, from what the holders read back and never from memory:
 * every quorum of the typed sheets, and then one of them to the end, by the
 * passphrase as its keeper types it once more (S2).  The caller frees ${*out},
 * and compares it.
 */
MUST_USE enum status split_recover(const struct split *s,
    const struct secret *seed, struct hands *hands, struct secret **out,
    uint64_t *quorums, struct diag *d);

/* How many quorums the scheme has, and the epoch of the set drawn last. */
uint64_t split_quorums(const struct split *s);
unsigned split_epoch(const struct split *s, const struct state *state);

/**
 * split_verify_drawn(s, state, o, except, d), split_verify_sheet(s, i, ...):
 * What anyone can check without a key: the entry is the plan's.  ${except}: the
 * facts that follow from the seed, and those that the row checks itself.
 */
#define SPLIT_OF_SEED "set-id", "salt", "sheets"
MUST_USE enum status split_verify_drawn(const struct split *s,
    const struct state *state, const struct outcome *o,
    const char *const *except, struct diag *d);
MUST_USE enum status split_verify_sheet(const struct split *s, size_t i,
    const struct state *state, const struct outcome *o, struct diag *d);

#endif
