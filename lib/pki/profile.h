/* profile.h -- fw-pki-v1: what our certificates and lists are.  FORMATS 8. */
#ifndef ANCHORITE_PROFILE_H
#define ANCHORITE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/pki/scope.h"

#define PROFILE_YEARS_MAX 25	   /* of a root */
#define PROFILE_DAYS_MAX 400	   /* of a delegation, and of a list */
#define PROFILE_REHEARSAL_DAYS 30  /* of anything in a rehearsal, RULES C6 */
#define PROFILE_RSA_BITS_MIN 3072
/* Most days of a root: with the leap days of any PROFILE_YEARS_MAX years. */
#define PROFILE_ROOT_DAYS                                                     \
	((int64_t)PROFILE_YEARS_MAX * 365 + PROFILE_YEARS_MAX / 4 + 1)

/* How O and CN of what a rehearsal makes begin. */
#define PROFILE_TEST_ORG "TEST "
#define PROFILE_TEST_COMMON "TEST-"

#define PROFILE_EKU_CODE_SIGNING "1.3.6.1.5.5.7.3.3"
#define PROFILE_NEXT_ROOT "1.3.6.1.4.1.51483.2.1" /* RFC 8649 4 */

/* What everything made in one ceremony needs to know of its surroundings. */
struct profile_room {
	const char *arc;
	const char *org;
	bool rehearsal; /* O and CN begin with TEST, 30 days at most */
};

/**
 * profile_root_name(room, common, out, d), profile_delegation_name(room,
 * scope, out, d):
 * The subject alone: for checks before there is a key.
 * ST_POLICY: outside the alphabet, or too long.
 */
MUST_USE enum status profile_root_name(const struct profile_room *room,
    const char *common, struct name *out, struct diag *d);
MUST_USE enum status profile_delegation_name(const struct profile_room *room,
    const struct scope *scope, struct name *out, struct diag *d);

/**
 * profile_root(room, common, key, from, to, out, d):
 * A self-signed root, valid from ${from} to ${to}, both inclusive.
 * profile_cross: the key and name of ${root} as ${issuer} vouches for them, as
 * long as both are valid (RFC 4210 4.4: new with old, old with new).
 * profile_delegation: an operational key under ${issuer}, the root's
 * certificate.  profile_list: a list of ${issuer} without entries yet; ${from}
 * and ${to} are thisUpdate and nextUpdate.
 * In a rehearsal ${to} is cut to PROFILE_REHEARSAL_DAYS and to the end of the
 * issuer; in production nothing may outlive its issuer.
 * The caller clears ${out} (cert_spec_clear, crl_spec_clear).
 * ST_POLICY: outside the profile ("FORMATS 8.n: ...").
 */
MUST_USE enum status profile_root(const struct profile_room *room,
    const char *common, const struct spki *key, int64_t from, int64_t to,
    struct cert_spec *out, struct diag *d);
MUST_USE enum status profile_cross(const struct profile_room *room,
    const struct cert *root, const struct cert *issuer, int64_t from,
    struct cert_spec *out, struct diag *d);
MUST_USE enum status profile_delegation(const struct profile_room *room,
    const struct scope *scope, const struct spki *key,
    const struct cert *issuer, int64_t from, int64_t to,
    struct cert_spec *out, struct diag *d);
MUST_USE enum status profile_list(const struct profile_room *room,
    const struct cert *issuer, int64_t from, int64_t to, uint64_t number,
    struct crl_spec *out, struct diag *d);

/**
 * profile_next_root(spec, key, d):
 * Into the spec of a root: the name of the key (SHA-384 of its SPKI) that is to
 * come after it, as RFC 8649 has it.
 * profile_names_next(cert, key): what a certificate says of that; false: it has
 * no such extension, or another form.
 */
MUST_USE enum status profile_next_root(struct cert_spec *spec,
    const uint8_t key[SHA384_LEN], struct diag *d);
bool profile_names_next(const struct cert *cert, uint8_t key[SHA384_LEN]);

/**
 * profile_key(alg, d):
 * Whether an operational key of this algorithm can sign what stock clients
 * verify.  ST_POLICY: it cannot, or there is no such algorithm.
 */
MUST_USE enum status profile_key(const char *alg, struct diag *d);

/* Whether a name bears the mark of a rehearsal, in O or in CN. */
bool profile_is_test(const struct name *name);

/* Whether all parts are of the closed alphabet, CN and O not empty. */
bool profile_is_plain(const struct name *name);

/**
 * profile_arc(cert, out, d):
 * The arc that a delegation was made under, where nothing else says it: what
 * the role in the subject leaves of the second key usage.  ST_POLICY: it is no
 * delegation.
 */
MUST_USE enum status profile_arc(const struct cert *cert,
    char out[CERT_OID_SIZE], struct diag *d);

/**
 * profile_scope(cert, arc, out, d):
 * Read the scope extension out of a certificate, strictly.  ST_POLICY: it is
 * not there, or critical.  ST_FORMAT: not of the form.
 */
MUST_USE enum status profile_scope(const struct cert *cert, const char *arc,
    struct scope *out, struct diag *d);

#endif
