/* facts.h -- what an entry of the record says: words with values, in order. */
#ifndef ANCHORITE_FACTS_H
#define ANCHORITE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define FACTS_MAX 128 /* keys that an entry may have */

/* key: [a-z][a-z0-9-]{0,31}; values: UTF-8 text, never a secret. */
struct fact {
	char *key;
	char **value; /* one, or any number of a list */
	size_t n;
	bool list;
};

struct facts { /* all zero is empty */
	struct fact *fact;
	size_t n;
};

/* Whether ${key} has that form. */
bool facts_is_key(const char *key);

/* One value; a key is set once.  ST_BUG: it is there already. */
MUST_USE enum status facts_set(struct facts *f, struct diag *d,
    const char *key, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* One more value at the end of a list, made when it is not there. */
MUST_USE enum status facts_add(struct facts *f, struct diag *d,
    const char *key, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The single value of ${key}, or NULL. */
const char *facts_get(const struct facts *f, const char *key);

/* How many values ${key} has, and the ${i}th (0..), or NULL. */
size_t facts_count(const struct facts *f, const char *key);
const char *facts_at(const struct facts *f, const char *key, size_t i);

/**
 * facts_need(f, key, out, d):
 * As facts_get.  ST_FORMAT: it is not there.
 */
MUST_USE enum status facts_need(const struct facts *f, const char *key,
    const char **out, struct diag *d);

/* The same as a number in min..max. */
MUST_USE enum status facts_number(const struct facts *f, const char *key,
    uint64_t min, uint64_t max, uint64_t *out, struct diag *d);

/**
 * facts_differ(a, b, except):
 * The first key whose values differ or that is at another place (an order
 * could carry a message), NULL when none is; keys in the NULL-ended ${except}
 * (may be NULL) are not looked at.
 */
const char *facts_differ(const struct facts *a, const struct facts *b,
    const char *const *except);

/**
 * facts_take(from, keys, out, d):
 * The single values that ${from} has of ${keys} take the place of ${out}'s.
 */
MUST_USE enum status facts_take(const struct facts *from,
    const char *const *keys, struct facts *out, struct diag *d);

/* Take out ${key}, if it is there. */
void facts_drop(struct facts *f, const char *key);

MUST_USE enum status facts_copy(const struct facts *f, struct facts *out,
    struct diag *d);
void facts_clear(struct facts *f);

#endif
