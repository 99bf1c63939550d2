/* entry.h -- one entry of the record: an immutable, numbered file that names
 * what it commits, the entry before it, and itself.  docs/FORMATS.md 7. */
#ifndef ANCHORITE_ENTRY_H
#define ANCHORITE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/hash.h"
#include "lib/record/facts.h"

#define ENTRY_MAX 1048576 /* bytes of an entry's file */
#define ENTRY_NUMBER_MAX 999999
#define OBJECT_NAME_SIZE 160
#define LEFTOVER_MAX 1600 /* bytes: any file name, escaped, in its folder */
#define OBJECT_VARIANTS 9 /* names tried when torn files have taken them */

/* A file that an entry commits. */
struct object_ref {
	char name[OBJECT_NAME_SIZE]; /* "issued/4c....crt" */
	char digest[SHA384_HEX_SIZE];
};

struct entry {
	uint64_t number; /* 1.. */
	int64_t time;	 /* whole minutes */
	char kind[16];	 /* a row of state.c */
	char actor[33];	 /* a person's word, or "-" */
	struct facts facts;
	struct object_ref *objects; /* owned */
	size_t n;
	char **leftovers; /* owned; files that no entry ever committed,
			    * as text_escape shows them */
	size_t nleft;
	char previous[SHA384_HEX_SIZE]; /* of the file before, or "none" */
	struct bytes text;		/* the file, once sealed */
	char digest[SHA384_HEX_SIZE];	/* SHA-384 of the file: a head */
};

/**
 * entry_seal(e, d):
 * Make the file's bytes from the fields: canonical JSON on one line, the last
 * field being the SHA-384 of all bytes before it; set text and digest.
 */
MUST_USE enum status entry_seal(struct entry *e, struct diag *d);

/**
 * entry_read(name, text, out, d):
 * Exactly one entry; the fields sealed again must give the same bytes.
 * ST_FORMAT: not so, which is what a torn entry looks like.  ST_SYSTEM: out of
 * memory, which says nothing of the entry.
 */
MUST_USE enum status entry_read(const char *name, const struct bytes *text,
    struct entry *out, struct diag *d);

/* ST_FORMAT: a name that climbs or hides (FORMATS 7.3), or no digest. */
MUST_USE enum status entry_add_object(struct entry *e, const char *name,
    const char *digest, struct diag *d);
/* ST_FORMAT: anything but printable ASCII. */
MUST_USE enum status entry_add_leftover(struct entry *e, const char *name,
    struct diag *d);
void entry_clear(struct entry *e);

/**
 * object_variant(name, variant, out):
 * The name that is tried when torn files have taken those before: of
 * "issued/4c.crt" the third is "issued/4c-3.crt", the first the name itself.
 */
void object_variant(const char *name, unsigned variant,
    char out[OBJECT_NAME_SIZE]);

/**
 * variant_of(name, plain):
 * Whether an object or entry is ${plain} or what it is called where torn files
 * had taken its names: ${plain} with -2 ... -9 before its first dot.
 */
bool variant_of(const char *name, const char *plain);

/* The file of an entry: of 12 the second variant is "record/000012-2.json". */
void entry_name(uint64_t number, unsigned variant,
    char out[OBJECT_NAME_SIZE]);

#endif
