/* kinds.h -- what each kind of entry says, and does to the tables of a state.
 * Inside lib/record alone: state.h is for everybody else. */
#ifndef ANCHORITE_RECORD_KINDS_H
#define ANCHORITE_RECORD_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/record/entry.h"
#include "lib/record/facts.h"
#include "lib/record/state.h"

#define KIND_NUMBER_MAX 999999

struct kind {
	const char *word;
	bool event; /* between the items: nothing to compute again */
	const char *says; /* facts that it may have; an item its place too */
	const char *const *trusted;
	enum status (*apply)(struct state *, const struct entry *,
	    struct diag *);
};

/* The row of a kind, or NULL. */
const struct kind *kind_row(const char *word);

/* ST_FORMAT: a fact that no entry of this kind has. */
MUST_USE enum status kind_says(const struct kind *row, const struct facts *f,
    struct diag *d);

/* A fact that must be there, of its form. */
MUST_USE enum status kind_text(const struct facts *f, const char *key,
    char *out, size_t size, struct diag *d);
MUST_USE enum status kind_number(const struct facts *f, const char *key,
    unsigned max, unsigned *out, struct diag *d);
MUST_USE enum status kind_hex(const struct facts *f, const char *key,
    uint8_t *out, size_t len, struct diag *d);
MUST_USE enum status kind_time(const struct facts *f, const char *key,
    int64_t *out, struct diag *d);
MUST_USE enum status kind_read_number(const char *text, unsigned max,
    unsigned *out, struct diag *d);

/* Exactly ${n} words, one blank between each two. */
bool kind_split(const char *text, char (*part)[SHA384_HEX_SIZE], size_t n);

/* The newest set of a root, whatever its fate; NULL: it never had one. */
struct sheet_set *kind_newest_set(const struct state *s, const char *root);

/* The sheet that the facts root, epoch and sheet name, and its set. */
MUST_USE enum status kind_sheet(const struct state *s, const struct facts *f,
    struct sheet_set **set, struct sheet **out, struct diag *d);

/* Seeds and sheets: kinds_sheets.c. */
MUST_USE enum status kind_drawn(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_void(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_read_back(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_reshared(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_begun(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_replaced(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_destroyed(struct state *s, const struct entry *e,
    struct diag *d);

/* Roots, drawn or adopted: kinds_roots.c. */
MUST_USE enum status kind_root(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_adopted(struct state *s, const struct entry *e,
    struct diag *d);

/* What people do with sheets: kinds_people.c. */
MUST_USE enum status kind_sheet_read(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_checked(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_stood_in(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_custody(struct state *s, const struct entry *e,
    struct diag *d);

/* What roots sign, what becomes of it, and to whom it goes: kinds_signed.c. */
MUST_USE enum status kind_delegation(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_cross(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_retired(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_list(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_revocation(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_kill(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_bundle(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_account(struct state *s, const struct entry *e,
    struct diag *d);
MUST_USE enum status kind_sent(struct state *s, const struct entry *e,
    struct diag *d);

#endif
