/* verify.h -- is this delegation good, for what, and until when?  FORMATS
 * 8.40 to 8.44. */
#ifndef ANCHORITE_DELEGATION_VERIFY_H
#define ANCHORITE_DELEGATION_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/pki/scope.h"
#include "lib/record/facts.h"

/* The question.  Everything is borrowed from who asks. */
struct verify_ask {
	const char *name; /* of the certificate, for messages */
	const struct bytes *cert;
	const struct cert *const *anchors;
	size_t nanchors;
	bool taken; /* a store verified each by its own key (9.10) */
	const struct crl *const *lists; /* any order, old ones too */
	size_t nlists;
	int64_t at;	     /* the time it is asked about */
	const char *arc;     /* or NULL: the one the certificate uses */
	const char *product; /* or NULL: any */
	const char *role;    /* or NULL: any */
	bool rehearsal;	     /* what a rehearsal made is good enough */
};

/* The answer, when it is yes. */
struct verify_verdict {
	struct scope scope;
	int64_t not_after;   /* of the certificate */
	int64_t next_update; /* of the list that proves it: ask again then */
	bool test;	     /* made by a rehearsal: to be said first */
	struct facts facts;  /* the same and more, for people: owned */
};

/**
 * verify_delegation(ask, out, d):
 * The caller clears ${out} (verify_clear), which is empty on refusal.
 * ST_FORMAT: not a certificate.  ST_AUTH: no path to an anchor, or revoked.
 * ST_POLICY: outside the profile, another product or role, or of a rehearsal.
 */
MUST_USE enum status verify_delegation(const struct verify_ask *ask,
    struct verify_verdict *out, struct diag *d);
void verify_clear(struct verify_verdict *v);

#endif
