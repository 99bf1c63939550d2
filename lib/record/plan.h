/* plan.h -- what a ceremony will do, as typed text.  docs/FORMATS.md 3. */
#ifndef ANCHORITE_PLAN_H
#define ANCHORITE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/ini.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"
#include "lib/record/inbox.h"

enum plan_type {
	PT_WORD,   /* [a-z0-9][a-z0-9-]{0,31} */
	PT_TEXT,   /* printable UTF-8, 200 bytes */
	PT_INT,	   /* 0..999999 */
	PT_DAYS,   /* 1..36600 */
	PT_YEARS,  /* 1..100 */
	PT_DATE,   /* YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, whole minutes */
	PT_WORDS,  /* words, comma between */
	PT_DIGEST, /* 96 hex, or "none" */
	PT_FILE,   /* NAME sha384:HEX (or sha256:HEX), in the inbox */
	PT_KEY_FILE, /* the same, of a secret: no record keeps it */
	PT_SCHEME, /* K of N: person[@place], ... */
	PT_OID,	   /* dotted */
	PT_CHOICE  /* one of `choices` */
};

#define PLAN_FILE_NAME_SIZE 65 /* bytes of a bare name, and NUL */

/* One key that a section may have.  A table of these ends with name NULL. */
struct plan_key {
	const char *name;
	enum plan_type type;
	bool required;
	bool named; /* key.NAME = value, any number, at least one if required */
	const char *choices; /* PT_CHOICE: "a|b|c" */
};

struct person {
	const char *word; /* borrowed from the plan */
	const char *name;
	const char *deputy; /* another person's word, or NULL */
};

struct step_kind;

enum plan_mode { MODE_REHEARSAL, MODE_PRODUCTION };

struct plan {
	char *file; /* its name, for messages */
	struct bytes text;
	uint8_t digest[SHA384_LEN]; /* of text */
	struct ini *ini;
	const struct inbox *inbox; /* borrowed; NULL: digests of files unread */
	const struct step_kind *const *steps; /* borrowed */
	enum plan_mode mode;
	const char *org;
	unsigned number;
	char previous[SHA384_HEX_SIZE]; /* or "none" */
	int64_t effective, latest;
	const char *arc;
	const char *officer, *witness;
	const char *entropy;
	bool second_machine; /* reproduce = required */
	bool bags; /* custody = bags */
	bool print;	     /* sheets = print */
	struct person *persons;
	size_t npersons;
};

/* k of n sheets of one group, with their holders. */
struct plan_holder {
	char person[33];
	char place[33]; /* or empty */
};
struct plan_scheme {
	char name[33]; /* of the group */
	unsigned need;
	struct plan_holder *holders; /* owned */
	size_t n;
};

/**
 * plan_read(file, text, steps, inbox, out, d):
 * Grammar, types, names, repeats; every section a fact or one of the ${steps}
 * (NULL-ended); the ceremony's own section complete.  What a row says about
 * its own keys is the row's to read.  Refusals: "FILE:LINE: FORMATS 3.n: ...",
 * with the nearest known name where one is misspelt.
 */
MUST_USE enum status plan_read(const char *file, const struct bytes *text,
    const struct step_kind *const *steps, const struct inbox *inbox,
    struct plan **out, struct diag *d);
void plan_free(struct plan *p);

/* Whether a section is a step, by its kind. */
const struct step_kind *plan_step(const struct ini_section *s,
    const struct step_kind *const *steps);

/* The keys that a section of this plan may have. */
const struct plan_key *plan_keys(const struct plan *p,
    const struct ini_section *s);

/* A section by kind and name, or NULL. */
const struct ini_section *plan_section(const struct plan *p, const char *kind,
    const char *name);

/* The entry of a key (name NULL) or a named key, or NULL. */
const struct ini_entry *plan_entry(const struct ini_section *s,
    const char *key, const char *name);

/* The person who stands in for a holder, or NULL: nobody does. */
const char *plan_deputy(const struct plan *p, const char *holder);

/* As plan, record and closing line have it: "production", "rehearsal". */
const char *plan_mode_word(enum plan_mode mode);

/* Values, after plan_read has checked their type.  ${dflt} when absent. */
const char *plan_text(const struct ini_section *s, const char *key,
    const char *dflt);
uint64_t plan_int(const struct ini_section *s, const char *key,
    uint64_t dflt);

/* Whether the value of a key, a word or a list of them, has this word. */
bool plan_lists(const struct ini_section *s, const char *key,
    const char *word);

/* Split a list at its commas into at most ${max} words; ST_FORMAT beyond. */
MUST_USE enum status plan_words(const struct plan *p,
    const struct ini_entry *e, char (*out)[33], size_t max, size_t *n,
    struct diag *d);

/* The bytes of a file that a PT_FILE value names, from the folder of the inbox
 * or from one of its parcels, its digest checked.  ${name} (may be NULL) gets
 * the name.  ST_AUTH: the digest is another.  ST_SYSTEM: there is none. */
MUST_USE enum status plan_file(const struct plan *p,
    const struct ini_entry *e, size_t max, struct bytes *out, char *name,
    size_t size, struct diag *d);

/**
 * plan_key_file(p, e, max, out, d):
 * The bytes of a file that a PT_KEY_FILE value names, straight into locked
 * memory: from the folder of the inbox, never from a parcel or a state.
 * ST_AUTH: its digest is another.  ST_SYSTEM: it is not there.
 */
MUST_USE enum status plan_key_file(const struct plan *p,
    const struct ini_entry *e, size_t max, struct secret **out,
    struct diag *d);

/* Whether it is there at all; its bare name goes into ${name}. */
bool plan_key_file_there(const struct plan *p, const struct ini_entry *e,
    char name[PLAN_FILE_NAME_SIZE]);

/* A PT_SCHEME value; the caller frees holders. */
MUST_USE enum status plan_scheme(const struct plan *p,
    const struct ini_entry *e, struct plan_scheme *out, struct diag *d);

/* "person@place", a single one. */
MUST_USE enum status plan_holder(const struct plan *p,
    const struct ini_entry *e, struct plan_holder *out, struct diag *d);

/* ${rc} as it is, and before a refusal the place: "plan.ini:12: sentence". */
MUST_USE enum status plan_at(const struct plan *p, size_t line,
    enum status rc, struct diag *d);

/* FAIL text with the place. */
#define PLAN_FAIL(d, code, p, line, fmt, ...)                                 \
	FAIL((d), (code), "%s:%zu: " fmt, (p)->file, (size_t)(line),         \
	    __VA_ARGS__)

#endif
