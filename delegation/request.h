/* request.h -- intake of a request for an operational key: three gates, in
 * this order.  FORMATS 6 and 8.30 to 8.33. */
#ifndef ANCHORITE_REQUEST_H
#define ANCHORITE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/csr.h"
#include "lib/record/state.h"

#define REQUEST_ALGS_MAX 16

/* What the plan and the state allow. */
struct request_rules {
	char keys[REQUEST_ALGS_MAX][33]; /* algorithms */
	size_t nkeys;
	const struct state *state; /* keys seen before; NULL: none */
	bool production;
};

/**
 * request_read(name, data, out, d):
 * Gate one, shape: exactly one request.  ST_FORMAT.  csr_free.
 */
MUST_USE enum status request_read(const char *name, const struct bytes *data,
    struct csr **out, struct diag *d);

/**
 * request_check(name, r, d):
 * Gate two, self-consistency: signed by the key that it carries.  ST_AUTH.
 */
MUST_USE enum status request_check(const char *name, const struct csr *r,
    struct diag *d);

/**
 * request_policy(name, r, rules, d):
 * Gate three, do we want it: algorithm, strength, never seen before, not
 * derivable from a public seed.  ST_POLICY.
 */
MUST_USE enum status request_policy(const char *name, const struct csr *r,
    const struct request_rules *rules, struct diag *d);

#endif
