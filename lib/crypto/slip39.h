/* slip39.h -- SLIP-39 shares: split, and combine.  docs/FORMATS.md 4.
 * Source: SLIP-0039 (satoshilabs/slips), status Final, with the ext flag. */
#ifndef ANCHORITE_SLIP39_H
#define ANCHORITE_SLIP39_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"

#define SLIP39_GROUPS_MAX 16
#define SLIP39_MEMBERS_MAX 16
#define SLIP39_PASSPHRASE_MAX 1024 /* characters: FORMATS 4.17 */
#define SLIP39_EXPONENT_MAX 15
#define SLIP39_SECRET_MIN 16 /* bytes; even */
#define SLIP39_SECRET_MAX 32
#define SLIP39_WORDS_MAX 43  /* read; 33 for our 32-byte secrets */
#define SLIP39_TEXT_MAX 512  /* bytes of a mnemonic as text, NUL included */

/* k of n; a group of need 1 has exactly 1 member. */
struct slip39_group {
	uint8_t need;	 /* 1..16 */
	uint8_t members; /* need..16 */
};

/* How a secret is split. */
struct slip39_scheme {
	uint8_t need;	/* groups needed, 1..groups */
	uint8_t groups; /* 1..16 */
	struct slip39_group group[SLIP39_GROUPS_MAX];
	bool extendable;  /* the ext flag; true by default */
	uint8_t exponent; /* PBKDF2 rounds are 10000 << exponent; 0..15 */
};

/* What a single share says of itself, all public but for the value. */
struct slip39_share {
	uint16_t id;	  /* 15 bits, the same in a set */
	bool extendable;
	uint8_t exponent;
	uint8_t group;	  /* x of the group, 0.. */
	uint8_t group_need;
	uint8_t groups;
	uint8_t member;	  /* x of the member, 0.. */
	uint8_t need;	  /* members needed in this group */
	struct secret *value; /* owned; NULL of slip39_claim */
	/* what refusals call it; borrowed; NULL: its number in the array */
	const char *name;
};

/* Where the split takes its random points from: SLIP-39 asks for uniform
 * bytes, used as they come, never filtered.  ${label} names the use. */
struct slip39_source {
	enum status (*draw)(void *cookie, uint8_t *out, size_t len,
	    struct diag *d);
	void *cookie;
};

/* Mnemonics of a set, group after group, member after member; each secret
 * holds lower-case words, single blanks, no NUL. */
struct slip39_set {
	struct slip39_scheme scheme;
	uint16_t id;
	size_t n;
	struct secret *mnemonic[SLIP39_GROUPS_MAX * SLIP39_MEMBERS_MAX];
};

/**
 * slip39_scheme_check(s, d):
 * ST_POLICY: a scheme SLIP-39 forbids (1 of many, need above members or
 * groups), or that protects nothing.
 */
MUST_USE enum status slip39_scheme_check(const struct slip39_scheme *s,
    struct diag *d);

/**
 * slip39_passphrase_check(passphrase, d):
 * ST_POLICY: more than 1024 characters, or one that is not ASCII 32..126, by
 * its place.
 */
MUST_USE enum status slip39_passphrase_check(const struct secret *passphrase,
    struct diag *d);

/**
 * slip39_encrypt(secret, passphrase, scheme, id, out, d):
 * The encrypted master secret (EMS), the same length as ${secret}.
 * ${passphrase} may be NULL for none; ASCII 32..126 only (ST_POLICY).
 */
MUST_USE enum status slip39_encrypt(const struct secret *secret,
    const struct secret *passphrase, const struct slip39_scheme *scheme,
    uint16_t id, struct secret **out, struct diag *d);

/**
 * slip39_split(ems, scheme, id, source, out, d):
 * Split an encrypted master secret into the mnemonics of a set.
 * The caller owns what ${out} holds (slip39_set_clear).
 */
MUST_USE enum status slip39_split(const struct secret *ems,
    const struct slip39_scheme *scheme, uint16_t id,
    const struct slip39_source *source, struct slip39_set *out,
    struct diag *d);

void slip39_set_clear(struct slip39_set *set);

/* Quorums of the whole that a sound scheme has, at most UINT64_MAX. */
uint64_t slip39_quorums(const struct slip39_scheme *s);

/**
 * slip39_prove(set, ems, count, d):
 * Recombine from the words, in memory, every choice of exactly `need` members
 * of each group, then every choice of exactly `need` groups, and compare with
 * ${ems}.  ${*count} says how many quorums of the whole that covers, at most
 * UINT64_MAX.  ST_BUG: one does not match.
 */
MUST_USE enum status slip39_prove(const struct slip39_set *set,
    const struct secret *ems, uint64_t *count, struct diag *d);

/**
 * slip39_read(mnemonic, out, d):
 * One share from text: any case, any run of blanks, whole words or their first
 * four letters and more.  ST_FORMAT names the word by number and never quotes
 * it: not of the list, wrong count, padding, "the checksum does not hold".
 * On success ${*out} is the caller's (slip39_share_free).
 */
MUST_USE enum status slip39_read(const struct secret *mnemonic,
    struct slip39_share **out, struct diag *d);
void slip39_share_free(struct slip39_share *s);

/**
 * slip39_canonical(mnemonic, out, d):
 * The same share spelt out: lower case, single blanks, whole words.
 */
MUST_USE enum status slip39_canonical(const struct secret *mnemonic,
    struct secret **out, struct diag *d);

/**
 * slip39_holds(mnemonic, holds, d):
 * Whether the checksum over these words holds.  ST_FORMAT: as of slip39_read,
 * before it comes to that.
 */
MUST_USE enum status slip39_holds(const struct secret *mnemonic, bool *holds,
    struct diag *d);

/**
 * slip39_suspect(mnemonic, word, d):
 * When the checksum does not hold and one altered word would explain it:
 * its number, 1.., else 0.  Never which word it should be.  For a checksum
 * that holds: 0.
 */
MUST_USE enum status slip39_suspect(const struct secret *mnemonic,
    size_t *word, struct diag *d);

/**
 * slip39_suspect_of(mnemonic, extendable, word, d):
 * The same where the set's ext flag is known from elsewhere.  Then two wrong
 * words are never laid on one, whichever they are; where it is not known,
 * and the flag is one of the two, once in some 30 000 times.
 */
MUST_USE enum status slip39_suspect_of(const struct secret *mnemonic,
    bool extendable, size_t *word, struct diag *d);

/**
 * slip39_claim(mnemonic, out, d):
 * What the first four words say: they hold no part of a value, and a checksum
 * may be none or wrong.  ${out} has no value and needs no freeing.
 * ST_FORMAT: fewer words, or one that is not of the list, by its number.
 */
#define SLIP39_CLAIM_WORDS 4
MUST_USE enum status slip39_claim(const struct secret *mnemonic,
    struct slip39_share *out, struct diag *d);

/**
 * slip39_differ(typed, is, word, d):
 * The number, 1.., of the first word of ${typed} that is not the word of
 * ${is} there, or that one of them has no more; 0: they are the same.  Up to
 * SLIP39_WORDS_MAX words, spelt as slip39_read takes them; whether it is a
 * share is not looked at.  ST_FORMAT: a word is not of the list.
 */
MUST_USE enum status slip39_differ(const struct secret *typed,
    const struct secret *is, size_t *word, struct diag *d);

/**
 * slip39_some(mnemonic, number, n, out, d):
 * The words of these ${n} numbers, 1.., spelt out, single blanks.
 * ST_BUG: there is no word of a number.
 */
MUST_USE enum status slip39_some(const struct secret *mnemonic,
    const uint8_t *number, size_t n, struct secret **out, struct diag *d);

/**
 * slip39_gather(shares, n, ems, d):
 * Combine shares to the encrypted master secret.  All of one set; surplus
 * ones must agree with the others; order does not matter.  Refusals are
 * ST_AUTH or ST_FORMAT and say which share by its name or number, 1..:
 * another set (id, ext, exponent, thresholds, length), the same share twice,
 * too few ("2 of 3 shares of group 1"), a digest that does not match.
 */
MUST_USE enum status slip39_gather(
    const struct slip39_share *const *shares, size_t n, struct secret **ems,
    struct diag *d);

/**
 * slip39_fit(shares, n, d), slip39_enough(shares, n, d):
 * The first steps of it, which look at no value but to tell a copy: whether
 * all can be of one set, each with a place of its own; and whether there are
 * as many as it takes, and no group is left half.  Refusals: slip39_gather's.
 */
MUST_USE enum status slip39_fit(const struct slip39_share *const *shares,
    size_t n, struct diag *d);
MUST_USE enum status slip39_enough(const struct slip39_share *const *shares,
    size_t n, struct diag *d);

/**
 * slip39_decrypt(ems, passphrase, share, out, d):
 * The master secret; ${share} gives id, ext and exponent.  A wrong passphrase
 * gives a wrong secret: the caller must compare with what it knows.
 */
MUST_USE enum status slip39_decrypt(const struct secret *ems,
    const struct secret *passphrase, const struct slip39_share *share,
    struct secret **out, struct diag *d);

/**
 * slip39_word(index):
 * One of the 1024 words; ${index} 0..1023.
 */
const char *slip39_word(size_t index);

#endif
