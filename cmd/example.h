/* example.h -- plans to begin from. */
#ifndef ANCHORITE_CMD_EXAMPLE_H
#define ANCHORITE_CMD_EXAMPLE_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

/* The text of an example by name, or NULL. */
const char *example_plan(const char *name);

/**
 * example_rehearsal(now, csr_sha384, crt_sha384, out, d):
 * The plan of `rehearse`: two roots to come, one of them of another algorithm,
 * 2 of 3; a root 3 of 5, a list, a delegation for gateway.csr, lists sealed to
 * who has night.crt, and the first trust bundle.
 */
MUST_USE enum status example_rehearsal(int64_t now, const char *csr_sha384,
    const char *crt_sha384, struct bytes *out, struct diag *d);

#endif
