/* profile.h -- fw-pki-v1: what our certificates and lists are.  FORMATS 8. */
#ifndef ANCHORITE_PROFILE_H
#define ANCHORITE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"

#define PROFILE_YEARS_MAX 25	   /* of a root */
#define PROFILE_DAYS_MAX 400	   /* of a delegation */
#define PROFILE_REHEARSAL_DAYS 30  /* of anything in a rehearsal, RULES C6 */
#define PROFILE_RSA_BITS_MIN 3072

/* What a delegation may be used for: the scope extension. */
struct scope {
	char product[33];
	char role[33];
	char slot[8];	 /* "2027Q1" */
	char from[33];	 /* lowest version, [0-9a-z.+-] or empty */
	char to[33];	 /* highest, or empty: open */
};

/* What both kinds of certificate need to know of their surroundings. */
struct profile_room {
	const char *arc;
	const char *org;
	bool rehearsal; /* O and CN begin with TEST, 30 days at most */
};

/**
 * profile_root(room, common, key, from, to, out, d):
 * A self-signed root.  profile_delegation: an operational key under ${issuer},
 * the root's certificate; 90..400 days as the plan says.  ${to} is cut to
 * PROFILE_REHEARSAL_DAYS in a rehearsal.
 * ST_POLICY: outside the profile ("FORMATS 8.n: ...").
 */
MUST_USE enum status profile_root(const struct profile_room *room,
    const char *common, const struct spki *key, int64_t from, int64_t to,
    struct cert_spec *out, struct diag *d);
MUST_USE enum status profile_delegation(const struct profile_room *room,
    const struct scope *scope, const struct spki *key,
    const struct cert *issuer, int64_t from, int64_t to,
    struct cert_spec *out, struct diag *d);

/**
 * profile_scope(cert, arc, out, d):
 * Read the scope extension out of a certificate, strictly.
 */
MUST_USE enum status profile_scope(const struct cert *cert, const char *arc,
    struct scope *out, struct diag *d);

#endif
