/* keyout.h -- what the desk's journal keeps of a root's private key that left
 * the ceremony: a text of fixed form, with a code that who has the root's
 * sheets can check.  FORMATS 7.25, 7.26. */
#ifndef ANCHORITE_KEYOUT_H
#define ANCHORITE_KEYOUT_H

#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/hash.h"
#include "lib/record/state.h"

#define KEYOUT_MAX 1024 /* bytes of its file */

struct keyout {
	enum plan_mode mode;
	char state[33];
	char head[SHA384_HEX_SIZE]; /* of the copy that it was read from */
	char root[33];
	char key[SHA384_HEX_SIZE];  /* SHA-384 of its SubjectPublicKeyInfo */
	char file[SHA384_HEX_SIZE]; /* SHA-384 of what was written */
	char mac[2 * SHA256_LEN + 1]; /* over all lines above it */
	int64_t time; /* whole minutes, of the clock of that machine */
};

/* What is to be said of ${file}, a key of ${root}, at ${now}; no code yet. */
void keyout_make(const struct state *s, const struct root *root,
    const struct bytes *file, int64_t now, struct keyout *out);

/* The lines above its code. */
MUST_USE enum status keyout_text(const struct keyout *k, struct bytes *out,
    struct diag *d);

/* The file: these lines, and the code. */
MUST_USE enum status keyout_file(const struct keyout *k, struct bytes *out,
    struct diag *d);

/**
 * keyout_check(name, file, s, out, d):
 * All of a file: its shape; that it is of this state, of a head of it, and of a
 * root of it with that key.  The code is for who has the seed.
 * ST_FORMAT: not such a text.  ST_AUTH: of another state or root.
 */
MUST_USE enum status keyout_check(const char *name, const struct bytes *file,
    const struct state *s, struct keyout *out, struct diag *d);

#endif
