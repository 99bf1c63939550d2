/* responder.h -- who can open what a ceremony sealed: the [responder] sections
 * of its plan that the envelope is sealed to.  FORMATS 3.28, 3.29. */
#ifndef ANCHORITE_RESPONDER_H
#define ANCHORITE_RESPONDER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

#define RESPONDER_TEXT 256 /* bytes of what people are told; escaped */

struct responder {
	char word[33];
	char call[RESPONDER_TEXT]; /* how to reach them, or empty */
	struct cert *cert; /* owned */
};
struct responders { /* all zero is nobody */
	struct responder *one; /* owned */
	size_t n;
	int64_t effective; /* when that ceremony was */
	char publish[RESPONDER_TEXT]; /* who puts a list where it is fetched */
};
void responders_clear(struct responders *r);

/**
 * responders_read(s, sealed, steps, out, d):
 * Those that can open ${sealed}, as the plan and the files that the state
 * keeps of that ceremony have them.  The caller clears.
 * ST_FORMAT, ST_AUTH: these are not what the record says.
 */
MUST_USE enum status responders_read(const struct state *s,
    const struct sealed *sealed, const struct step_kind *const *steps,
    struct responders *out, struct diag *d);

/* The one with this key, or NULL. */
const struct responder *responders_find(const struct responders *r,
    const struct spki *key);

#endif
