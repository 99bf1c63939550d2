/* notice.h -- what a responder signs when a sealed list is opened: a text of
 * fixed form (RULES C2, C5), with the signature below it in PEM.  The next
 * ceremony takes it as proof of what was released.  FORMATS 7.21. */
#ifndef ANCHORITE_NOTICE_H
#define ANCHORITE_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/crypto/seal.h"
#include "lib/record/state.h"
#include "revocation/responder.h"

#define NOTICE_MAX 65536 /* bytes of its file */

struct notice {
	enum plan_mode mode;
	char state[33];
	char head[SHA384_HEX_SIZE]; /* of the desk copy that it was read from */
	/* root, number, digest and target alone, until it was checked */
	struct sealed list;
	bool again;
	int64_t time; /* whole minutes, of the desk's clock */
	char by[33];  /* the responder; empty until it was checked */
};

/* What is to be said of a release of ${sealed} at ${now}. */
void notice_make(const struct state *s, const struct sealed *sealed,
    bool again, int64_t now, struct notice *out);

/**
 * notice_sign(n, who, by, arc, out, d):
 * The file, signed with the key of responder ${by}.
 */
MUST_USE enum status notice_sign(const struct notice *n,
    const struct opener *who, const struct responder *by, const char *arc,
    struct bytes *out, struct diag *d);

/**
 * notice_check(name, file, s, steps, out, sealed, d):
 * All of a file: shape; it is of this state and of a head of it, and of a list
 * that is sealed there, ${*sealed}; who can open that one signed it.
 * ST_FORMAT: not a notice.  ST_AUTH: of another state or list, or not signed by
 * any of its responders.
 */
MUST_USE enum status notice_check(const char *name, const struct bytes *file,
    const struct state *s, const struct step_kind *const *steps,
    struct notice *out, const struct sealed **sealed, struct diag *d);

#endif
