/* verify.h -- replay a state without any key: every entry, digest, signature
 * and object against the plan that asked for it. */
#ifndef ANCHORITE_CEREMONY_VERIFY_H
#define ANCHORITE_CEREMONY_VERIFY_H

#include <stddef.h>

#include "ceremony/engine.h"
#include "lib/base/diag.h"
#include "lib/crypto/hash.h"
#include "lib/record/step.h"

/* A root and the last closing that it signed. */
struct verify_signer {
	char root[33];
	size_t to;
};

struct verify_report {
	struct verify_signer signer[ENGINE_ROOTS_MAX];
	size_t nsigners;
	size_t entries, objects, ceremonies, signatures;
	size_t covered; /* entries 1 to this are under a root's signature */
	enum plan_mode mode;
	size_t withheld; /* private objects that a desk copy does not have */
	char head[SHA384_HEX_SIZE];
	size_t older; /* entries that --against has */
	char torn[OBJECT_NAME_SIZE]; /* left of the last entry by a cut */
};

/**
 * verify_entries(all, steps, out, d):
 * All entries and their files, the last ceremony closed or open; not what lies
 * beside them.
 */
MUST_USE enum status verify_entries(const struct state *all,
    const struct step_kind *const *steps, struct verify_report *out,
    struct diag *d);

/**
 * verify_state(path, older, steps, out, d):
 * ${older} (may be NULL) is another copy of the state that this one must
 * continue.  ST_AUTH or ST_FORMAT: the first deviation, by name.
 */
MUST_USE enum status verify_state(const char *path, const char *older,
    const struct step_kind *const *steps, struct verify_report *out,
    struct diag *d);

#endif
