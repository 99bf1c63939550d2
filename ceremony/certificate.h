/* certificate.h -- a root's own certificate: the item of [mint] that a present
 * root ends with, of [certify] for one that was to come, and of [adopt], which
 * may bring one that was there before.  An entry "certificate" with
 * roots/<number of the root>.crt. */
#ifndef ANCHORITE_CERTIFICATE_H
#define ANCHORITE_CERTIFICATE_H

#include "lib/record/step.h"

/* What a plan says of it: rows of the keys of a section. */
#define CERTIFICATE_KEYS(required)                                            \
	{ "subject", PT_WORD, (required), false, NULL },                      \
	{ "years", PT_YEARS, (required), false, NULL },                       \
	{ "next", PT_WORD, false, false, NULL }

struct certificate {
	const char *root; /* all borrowed from the plan */
	size_t line;
	const char *subject; /* or NULL: there is to be none */
	const char *next;    /* the root to come that it names, or NULL */
	uint64_t years;
	/* or it is there already, in a file of the plan ("certificate") */
	const struct ini_section *brought;
};

/* The section is named as the root. */
void certificate_read(const struct ini_section *s, struct certificate *out);

/* What a step_kind does (lib/record/step.h), for this one item. */
MUST_USE enum status certificate_check(const struct certificate *w,
    const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d);
MUST_USE enum status certificate_show(const struct certificate *w,
    const struct plan *p, const struct state *state, struct bytes *out,
    struct diag *d);
MUST_USE enum status certificate_perform(const struct certificate *w,
    struct hands *hands, struct outcome *o, struct diag *d);
MUST_USE enum status certificate_verify(const struct certificate *w,
    const struct plan *p, const struct state *state, const struct outcome *o,
    struct diag *d);

#endif
