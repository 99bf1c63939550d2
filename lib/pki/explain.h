/* explain.h -- what a certificate, a list or a trust bundle is worth to others:
 * who accepts it, who ignores what, until when an old one can be used, and what
 * a thief can do.  Const tables of what was measured and of what the rules
 * leave open; docs/CLIENTS.md is printed from them. */
#ifndef ANCHORITE_EXPLAIN_H
#define ANCHORITE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crypto/bundle.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"

enum explain_kind {
	EXPLAIN_AUTHORITY,
	EXPLAIN_KEY,
	EXPLAIN_LIST,
	EXPLAIN_BUNDLE
};
#define EXPLAIN_KINDS 4

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
	TRAIT_DELTA = 1 << 16, /* and TRAIT_PARTIAL */
	/* of a bundle, from here on */
	TRAIT_RENEWAL = 1 << 17,
	TRAIT_SEVERAL_SIGN = 1 << 18, /* to renew it */
	TRAIT_BOTH = 1 << 19,	      /* or: */
	TRAIT_NEXT_ALONE = 1 << 20,
	TRAIT_BREAK_GLASS = 1 << 21,
	TRAIT_WARNS = 1 << 22, /* when it has expired; or: */
	TRAIT_REFUSES = 1 << 23
};
#define EXPLAIN_TRAITS 24

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
	int64_t horizon;     /* of a bundle */
};

/* When it is over, or begins, what a thief can do. */
enum explain_end {
	END_NOTHING, /* there is nothing to end */
	END_EXPIRY,
	END_HORIZON, /* or before it, as the next: */
	END_ESTABLISHED, /* with the next establishment */
	END_BEGINS_AT_HORIZON,
	END_NEVER
};
#define EXPLAIN_ENDS 6

/* RULES B4, B6, B7, B8: of a bundle that has one of the traits, or 0. */
struct explain_thief {
	const char *has;
	unsigned traits;
	const char *can;
	enum explain_end end;
	const char *source;
};

/* The ${i}th (0..), or NULL past the last. */
const struct explain_row *explain_row(size_t i);
const struct explain_note *explain_note(size_t i);
const struct explain_thief *explain_thief(size_t i);

/* The part with this object identifier, or NULL. */
const struct explain_part *explain_part(const char *oid);

/* In words: "a root or another authority", "accepts", "it is a delta ...". */
const char *explain_kind_text(enum explain_kind kind);
const char *explain_answer_text(enum explain_answer answer);
const char *explain_trait_text(size_t bit);
const char *explain_end_text(enum explain_end end);

/* Of a certificate, list or bundle that was read; by ${now} some are over. */
void explain_cert(const struct cert *c, int64_t now,
    struct explain_thing *out);
void explain_list(const struct crl *l, int64_t now,
    struct explain_thing *out);
void explain_bundle(const struct bundle *b, int64_t now,
    struct explain_thing *out);

/**
 * explain_next(thing, i):
 * The row from the ${*i}th on that counts for ${thing} with the next client
 * and setting, NULL when there is none; ${*i} moves past them.
 */
const struct explain_row *explain_next(const struct explain_thing *thing,
    size_t *i);

/* Whether a note is about ${thing}, and a thief about that bundle. */
bool explain_holds(const struct explain_note *n,
    const struct explain_thing *thing);
bool explain_steals(const struct explain_thief *t,
    const struct explain_thing *thing);

/* The date that ${end} means for ${thing}; 0: it is none. */
int64_t explain_end_time(enum explain_end end,
    const struct explain_thing *thing);

/* Whole days from ${now} to the end, begun ones too; 0 when it is over. */
int64_t explain_days(const struct explain_thing *thing, int64_t now);

#endif
