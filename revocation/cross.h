/* cross.h -- one root vouches for another: a cross certificate, as an item of
 * a step.  FORMATS 8.50.  An entry "cross" with cross/<number of the file>.crt.
 */
#ifndef ANCHORITE_CROSS_H
#define ANCHORITE_CROSS_H

#include "lib/record/step.h"

struct cross_terms {
	const char *of; /* whose key and name it has */
	const char *by; /* who signs it */
};

/* What a step_kind does (lib/record/step.h), for this one item; both roots have
 * their certificates then. */
MUST_USE enum status cross_show(const struct cross_terms *w,
    const struct plan *p, const struct state *state, struct bytes *out,
    struct diag *d);
MUST_USE enum status cross_perform(const struct cross_terms *w,
    struct hands *hands, struct outcome *o, struct diag *d);
MUST_USE enum status cross_verify(const struct cross_terms *w,
    const struct plan *p, const struct state *state, const struct outcome *o,
    struct diag *d);

#endif
