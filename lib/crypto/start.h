/* start.h -- OpenSSL and libsodium ready before any medium is touched. */
#ifndef ANCHORITE_START_H
#define ANCHORITE_START_H

#include "lib/base/diag.h"

/**
 * crypto_start(d):
 * Once, in main, before any file is opened: OpenSSL's providers and secure
 * heap, its error strings, libsodium.  ST_SYSTEM: something is missing.  The
 * self-test comes before the first signature: key_proven.
 */
MUST_USE enum status crypto_start(struct diag *d);

/* The libraries this process runs on, as they name themselves. */
const char *crypto_openssl(void);
const char *crypto_sodium(void);

#endif
