/* cases.h -- a root, or one to come, is lost or stolen: what can be done with
 * it, and what to do, case by case.  One const table; docs/CASES.md is printed
 * from it. */
#ifndef ANCHORITE_CASES_H
#define ANCHORITE_CASES_H

#include <stddef.h>

struct case_row {
	const char *word;     /* "root-stolen" */
	const char *what;     /* what has happened */
	const char *attacker; /* what can be done by whoever did it */
	const char *until;    /* till when */
	const char *todo;     /* in this order */
	const char *plan;     /* of [rotate], or of what is done instead */
	const char *beyond;   /* what no plan mends */
	const char *rule;     /* where it is written */
};

/* The ${i}th (0..), or NULL past the last. */
const struct case_row *case_row(size_t i);

/* The one of that word, or NULL. */
const struct case_row *case_find(const char *word);

#endif
