/* sheet.h -- one share as its holder has it, and the set it belongs to. */
#ifndef ANCHORITE_SHEET_H
#define ANCHORITE_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/slip39.h"

#define SHEETS_MAX 256

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
	/* what people did with it since; entries by number, 0: never */
	uint64_t proven;   /* its words were right: written, or checked */
	int64_t own;	   /* when its holder last read it */
	int64_t deputy;	   /* when a deputy first did since then */
	char by[33];	   /* who did last, a deputy; or empty */
	uint64_t checked;  /* the last check-up */
	enum sheet_found found;	 /* in it */
	uint64_t in, out;  /* its bag came in, and went out */
};

enum set_fate { SET_DRAWN, SET_LIVE, SET_VOID };

/* A set of sheets of one root: FORMATS 4. */
struct sheet_set {
	char root[33];
	unsigned epoch; /* 1.. per root; consumed when drawn */
	enum set_fate fate;
	uint16_t id;
	struct slip39_scheme scheme;
	uint8_t salt[SHA256_LEN];
	struct sheet *sheets; /* owned */
	size_t n;
};

/**
 * sheet_commitment(salt, mnemonic, out):
 * HMAC-SHA256 under the set's salt of the canonical mnemonic.
 */
void sheet_commitment(const uint8_t salt[SHA256_LEN],
    const struct secret *canonical, uint8_t out[SHA256_LEN]);

/* The three words (30 bits) of a commitment that stand on the sheet: they
 * catch accidents only (RULES C4).  ${out} takes 32 bytes. */
void sheet_check_words(const uint8_t commitment[SHA256_LEN], char out[32]);

void sheet_set_clear(struct sheet_set *s);

#endif
