/* recipe.h -- from a seed to a root's key without this program: what stands on
 * each sheet, and in FORMATS 5.9. */
#ifndef ANCHORITE_RECIPE_H
#define ANCHORITE_RECIPE_H

#include <stdbool.h>

#define RECIPE_WIDTH 76 /* columns at most */

/* Lines for a shell: they take the seed in hex from S and the salt from SALT,
 * leave the key in key.pem and show the SHA-384 of its public half. */
struct recipe {
	const char *alg;
	const char *needs;	 /* "openssl (3.0 or later) and bc" */
	const char *const *line; /* ends with NULL */
};

/* Of an algorithm (FORMATS 5.2), or NULL. */
const struct recipe *recipe_of(const char *alg);

/* The ${i}th, 0.., or NULL behind the last. */
const struct recipe *recipe_at(unsigned i);

/* Of a key that was there before its sheets: in a file, whose name is in F
 * (FORMATS 5.15). */
extern const struct recipe recipe_adopted;

/* The line that sets SALT; a rehearsal has one of its own (FORMATS 5.4). */
const char *recipe_salt(bool test);

#endif
