/* reason.h -- why something is revoked: RFC 5280 5.3.1, in words of a plan. */
#ifndef ANCHORITE_REASON_H
#define ANCHORITE_REASON_H

#include "lib/crypto/crl.h"

#define REASON_CHOICES                                                        \
	"key-compromise|affiliation-changed|superseded|cessation"

/* REASON_UNSPECIFIED: not one of them.  "?": not one that we write. */
enum crl_reason reason_read(const char *word);
const char *reason_word(enum crl_reason reason);

#endif
