/* explain.h -- what a certificate or a list is worth to others: who accepts
 * it, who ignores what, and until when an old one can be used.  One const table
 * of what was measured; docs/CLIENTS.md is printed from it. */
#ifndef ANCHORITE_EXPLAIN_H
#define ANCHORITE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"

enum explain_kind { EXPLAIN_AUTHORITY, EXPLAIN_KEY, EXPLAIN_LIST };
#define EXPLAIN_KINDS 3

enum explain_answer {
	EXPLAIN_ACCEPTS,
	EXPLAIN_REFUSES,
	EXPLAIN_IGNORES,
	EXPLAIN_UNMEASURED /* nobody tried: say so */
};
#define EXPLAIN_ANSWERS 4

/* What about a thing decides who takes it; bits. */
enum explain_trait {
	TRAIT_UNKNOWN_CRITICAL = 1 << 0,
	TRAIT_POLICIES_CRITICAL = 1 << 1,
	TRAIT_CONSTRAINTS_CRITICAL = 1 << 2,
	TRAIT_NAMES_CRITICAL = 1 << 3,
	TRAIT_NO_EKU = 1 << 4,
	TRAIT_NO_CODE_SIGNING = 1 << 5, /* there are others */
	TRAIT_EMAIL = 1 << 6,
	TRAIT_ED25519_KEY = 1 << 7,
	TRAIT_ED25519_SIGNED = 1 << 8,
	TRAIT_PQ_KEY = 1 << 9,
	TRAIT_PQ_SIGNED = 1 << 10,
	TRAIT_BELOW_A_ROOT = 1 << 11,
	TRAIT_NO_SIGNATURES = 1 << 12,
	TRAIT_PARTIAL = 1 << 13,
	TRAIT_EARLY = 1 << 14,
	TRAIT_EXPIRED = 1 << 15,
	TRAIT_DELTA = 1 << 16 /* and TRAIT_PARTIAL */
};
#define EXPLAIN_TRAITS 17

/* One fact.  Rows of one kind, client and setting stand together; the first
 * that has a trait of the thing counts, and the last one asks for none. */
struct explain_row {
	enum explain_kind kind;
	const char *client;  /* "RAUC" */
	const char *setting; /* how it is set up: "check-crl=true" */
	unsigned traits;     /* any of them; 0: whatever it is */
	enum explain_answer answer;
	const char *why;    /* for a person */
	const char *source; /* who found it, with what */
};

/* What is true of a kind whoever looks at it, where it has a trait or, with 0,
 * always. */
struct explain_note {
	enum explain_kind kind;
	unsigned traits;
	const char *text;
};

/* A part of a certificate by its object identifier; ${value} (may be NULL)
 * says in words what this one has of it. */
struct explain_part {
	const char *oid;
	const char *name;
	const char *means;
	void (*value)(const struct cert_spec *, char *out, size_t size);
};
#define EXPLAIN_VALUE_SIZE 128

/* A thing as the table sees it. */
struct explain_thing {
	enum explain_kind kind;
	unsigned traits;
	int64_t from, until; /* notAfter or nextUpdate */
};

/* The ${i}th (0..), or NULL past the last. */
const struct explain_row *explain_row(size_t i);
const struct explain_note *explain_note(size_t i);

/* The part with this object identifier, or NULL. */
const struct explain_part *explain_part(const char *oid);

/* In words: "a root or another authority", "accepts", "it is a delta ...". */
const char *explain_kind_text(enum explain_kind kind);
const char *explain_answer_text(enum explain_answer answer);
const char *explain_trait_text(size_t bit);

/* Of a certificate or list that was read; ${now} decides what is over. */
void explain_cert(const struct cert *c, int64_t now,
    struct explain_thing *out);
void explain_list(const struct crl *l, int64_t now,
    struct explain_thing *out);

/**
 * explain_next(thing, i):
 * The row from the ${*i}th on that counts for ${thing} with the next client
 * and setting, NULL when there is none; ${*i} moves past them.
 */
const struct explain_row *explain_next(const struct explain_thing *thing,
    size_t *i);

/* Whether a note is about ${thing}. */
bool explain_holds(const struct explain_note *n,
    const struct explain_thing *thing);

/* Whole days from ${now} to the end, begun ones too; 0 when it is over. */
int64_t explain_days(const struct explain_thing *thing, int64_t now);

#endif
