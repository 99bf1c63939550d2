/* parcel.h -- named files that travel as one: through a picture, on a stick.
 * FORMATS 10. */
#ifndef ANCHORITE_PARCEL_H
#define ANCHORITE_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/hash.h"

#define PARCEL_MAX FILE_MAX	   /* bytes of a parcel, manifest and all */
#define PARCEL_FILES_MAX 4096	   /* files in it */
#define PARCEL_NAME_MAX 64	   /* bytes of a file's name */
#define PARCEL_MANIFEST_MAX 1048576 /* bytes: PARCEL_FILES_MAX lines and more */
#define PARCEL_WORD_SIZE (TEXT_WORD_MAX + 1)
#define PARCEL_ENDING ".parcel"	   /* by which a file is known for one */

struct parcel_file {
	char name[PARCEL_NAME_MAX + 1];
	uint8_t sha256[SHA256_LEN]; /* as the manifest has it */
	size_t len;		    /* bytes, as it stands in the parcel */
	const uint8_t *data;	    /* borrowed from the parcel's bytes */
};

/* A view of a parcel's bytes, which outlive it. */
struct parcel {
	char purpose[PARCEL_WORD_SIZE];
	char from[PARCEL_WORD_SIZE]; /* a word; who packed it says so himself */
	int64_t not_before;	     /* whole minutes, or -1: none is said */
	struct parcel_file *file;    /* owned; sorted as FORMATS 10.4 */
	size_t n;
	size_t manifest_len;	 /* the first bytes */
	size_t size;		 /* of all files together */
	uint8_t id[SHA384_LEN]; /* SHA-384 of the manifest: its digest */
};

/**
 * parcel_seal(p, out, d):
 * The bytes of a parcel of purpose, from, not_before and files (names and
 * data; everything else is filled in, and they are sorted).  The same files
 * give the same bytes.  It is read, checked and held against the policy
 * before it is given out: as parcel_read, parcel_check and parcel_policy.
 */
MUST_USE enum status parcel_seal(struct parcel *p, struct bytes *out,
    struct diag *d);

/**
 * parcel_manifest(name, data, len, out, d):
 * The manifest alone, all of ${len} bytes: its files have no data yet.
 * ST_FORMAT: not of the form, the whole of it.
 */
MUST_USE enum status parcel_manifest(const char *name, const void *data,
    size_t len, struct parcel *out, struct diag *d);

/**
 * parcel_read(name, data, len, out, d):
 * Shape: a manifest, and behind it as many bytes as it says.  ${out} borrows
 * ${data}; the caller calls parcel_clear.  ST_FORMAT: not so.
 */
MUST_USE enum status parcel_read(const char *name, const void *data,
    size_t len, struct parcel *out, struct diag *d);

/**
 * parcel_check(name, p, d):
 * Self-consistency: each file has the digest that the manifest says.
 * ST_AUTH: not so.
 */
MUST_USE enum status parcel_check(const char *name, const struct parcel *p,
    struct diag *d);

/**
 * parcel_policy(name, p, d):
 * What a parcel of its purpose may hold: a table of endings, each with how
 * many and with the reader that must take the bytes (FORMATS 10.6).  With no
 * data yet (parcel_manifest) the names, counts and sizes alone.
 * ST_POLICY: not wanted in it.  Or as the reader of that kind says.
 */
MUST_USE enum status parcel_policy(const char *name, const struct parcel *p,
    struct diag *d);

/**
 * parcel_names(name, p, d):
 * The names, counts and sizes alone: no file is read, for that is for who wants
 * one.  ST_POLICY: not wanted in it.
 */
MUST_USE enum status parcel_names(const char *name, const struct parcel *p,
    struct diag *d);

/**
 * parcel_due(name, p, now, d):
 * ST_POLICY: it says not to be used before a later time than ${now}.
 */
MUST_USE enum status parcel_due(const char *name, const struct parcel *p,
    int64_t now, struct diag *d);

/**
 * parcel_unpack(p, data, to, d):
 * Its files and its MANIFEST, which comes last, into the new folder ${to};
 * ${data} is the parcel's bytes.  On refusal ${to} is not there.
 * ST_POLICY: ${to} is there already.
 */
MUST_USE enum status parcel_unpack(const struct parcel *p, const void *data,
    const char *to, struct diag *d);

/* Whether a parcel can have a file of that name.  FORMATS 10.3. */
bool parcel_is_name(const char *name);

/* The ${i}th purpose there is, or NULL behind the last. */
const char *parcel_purpose(size_t i);

void parcel_clear(struct parcel *p);

#endif
