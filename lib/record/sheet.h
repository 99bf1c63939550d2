/* sheet.h -- one share as its holder has it, and the set it belongs to. */
#ifndef ANCHORITE_SHEET_H
#define ANCHORITE_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"

#define SHEETS_MAX 256
#define SHEET_WORDS 33 /* of a seed of 32 bytes: FORMATS 4.4 */

/* What a check-up found. */
enum sheet_found { SHEET_GOOD, SHEET_ABSENT, SHEET_MISSING, SHEET_DAMAGED };
#define SHEET_FOUND_MAX 4

/* "good", "absent", "missing", "damaged": as the record has it. */
const char *sheet_found_word(enum sheet_found found);

/* What is known of a sheet without its words: all public. */
struct sheet {
	unsigned number; /* 1.. in its set */
	unsigned group;	 /* 0.. */
	unsigned member; /* 0.. */
	char group_name[33];
	char holder[33];
	char place[33];
	uint8_t commitment[SHA256_LEN]; /* HMAC-SHA256(salt, mnemonic) */
	unsigned lost; /* copies of it that nobody keeps, beside the holder's */
	unsigned destroyed; /* in this ceremony; 0: not */
	/* what people did with it since; entries by number, 0: never */
	uint64_t proven;   /* its words were right: written, or checked */
	int64_t own;	   /* when its holder last read it */
	int64_t deputy;	   /* when a deputy first did since then */
	char by[33];	   /* who did last, a deputy; or empty */
	uint64_t checked;  /* the last check-up */
	enum sheet_found found;	 /* in it */
	uint64_t in, out;  /* its bag came in, and went out */
};

enum set_fate { SET_DRAWN, SET_LIVE, SET_VOID, SET_REPLACED };

/* A set of sheets of one root: FORMATS 4. */
struct sheet_set {
	char root[33];
	unsigned epoch; /* 1.. per root; consumed when drawn */
	enum set_fate fate;
	unsigned by; /* the epoch that took its place; 0: none */
	unsigned proven; /* sheets 1.. that were read back */
	uint16_t id;
	struct slip39_scheme scheme;
	char keeper[33]; /* of its passphrase; empty: it has none */
	uint8_t salt[SHA256_LEN];
	struct sheet *sheets; /* owned */
	size_t n;
};

/**
 * sheet_commitment(salt, canonical, out):
 * HMAC-SHA256 under the set's salt of the canonical mnemonic.
 */
void sheet_commitment(const uint8_t salt[SHA256_LEN],
    const struct secret *canonical, uint8_t out[SHA256_LEN]);

/* The sheet of a set that these words are, or NULL. */
const struct sheet *sheet_of_words(const struct sheet_set *set,
    const struct secret *canonical);

/* The three words (30 bits) of a commitment that stand on the sheet: they
 * catch accidents only (RULES C4).  ${out} takes 32 bytes. */
void sheet_check_words(const uint8_t commitment[SHA256_LEN], char out[32]);

void sheet_set_clear(struct sheet_set *s);

/* --- what became of them: FORMATS 4.30 to 4.33 --- */

/* Whether sheet ${i}, 0.., may ever have been written: of a set that was cut
 * the first may, and the one behind each that was read back. */
bool sheet_written(const struct sheet_set *s, size_t i);

/* Why a sheet is written once more, and whether the other copy is out of
 * control then: a damaged one is burnt under the eyes of the witness. */
#define SHEET_REASONS "lost|damaged|holder-left"
bool sheet_reason_loses(const char *reason);

/* What is destroyed that was lost and turned up: a copy beside the holder's. */
#define SHEET_FOUND "found"

/* Written, and not destroyed on record: somebody has it, or had. */
bool sheet_there(const struct sheet_set *s, size_t i);

/* The last look at it did not find it good, and it was not read since. */
bool sheet_amiss(const struct sheet *s);

/* Out of control: a copy of it was lost, or it is there and of no live set. */
bool sheet_loose(const struct sheet_set *s, size_t i);
size_t sheet_set_loose(const struct sheet_set *s);

/* Whether the sheets that are there open the root; ${without} (NULL: none) says
 * of each of them whether it is taken for gone. */
bool sheet_set_opens(const struct sheet_set *s, const bool *without);

/* The fewest sheets that open the root. */
unsigned sheet_set_quorum(const struct sheet_set *s);

/* "of group main at most 1 of 3": how many of a set may be left, lost ones
 * counted, so that they do not open the root. */
#define SHEET_SURVIVE_SIZE 1024
void sheet_set_may_survive(const struct sheet_set *s,
    char out[SHEET_SURVIVE_SIZE]);

/* "sheet 2 of root g1, epoch 1, anna at office, group main" */
#define SHEET_LINE_SIZE 256
void sheet_line(const struct sheet_set *s, size_t i,
    char out[SHEET_LINE_SIZE]);

#endif
