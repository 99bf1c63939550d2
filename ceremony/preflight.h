/* preflight.h -- what a machine must be before secrets are typed into it: one
 * row for each check.  RULES S4. */
#ifndef ANCHORITE_PREFLIGHT_H
#define ANCHORITE_PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"

#define PREFLIGHT_MAX 16 /* checks */
#define PREFLIGHT_TEXT_SIZE 256

/* Where the kernel says what it has. */
struct preflight_at {
	const char *net;   /* a folder of interfaces */
	const char *swaps; /* a table of swap areas */
};

/* Of this machine; tests have folders of their own. */
extern const struct preflight_at preflight_here;

/* What one check found: "eth0 is up". */
struct finding {
	const char *name; /* "network" */
	bool good;
	char text[PREFLIGHT_TEXT_SIZE];
};

struct preflight {
	struct finding found[PREFLIGHT_MAX];
	size_t n;
};

/* The name of the ${i}th check, 0.., or NULL. */
const char *preflight_name(size_t i);

/**
 * preflight_look(at, out, d):
 * Make all checks.  ST_SYSTEM: one of them cannot tell.
 */
MUST_USE enum status preflight_look(const struct preflight_at *at,
    struct preflight *out, struct diag *d);

/**
 * preflight_judge(p, waived, d):
 * ${waived} has the names of checks that do not count, a comma between two.
 * ST_POLICY: another one found something, all that were found in one sentence.
 */
MUST_USE enum status preflight_judge(const struct preflight *p,
    const char *waived, struct diag *d);

#endif
