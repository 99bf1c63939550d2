/* signer.h -- a root as the rows see it that have something signed by it. */
#ifndef ANCHORITE_SIGNER_H
#define ANCHORITE_SIGNER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/derive.h"
#include "lib/pki/lint.h"
#include "lib/pki/profile.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

/**
 * signer_check(p, line, before, promises, name, until, d):
 * Root ${name} has a certificate, or gets it by a row above, whose section has
 * a subject: without one it cannot issue.  The certificate lasts
 * to the second ${until}, or in a rehearsal, where what is issued is cut, past
 * the beginning.  ST_POLICY with the place in the plan.
 */
MUST_USE enum status signer_check(const struct plan *p, size_t line,
    const struct state *before, const struct promises *promises,
    const char *name, int64_t until, struct diag *d);

/**
 * signer_next(p, line, before, promises, name, d):
 * Root ${name} is one to come: it has no certificate, or a row above promises
 * it and its section has no subject.  ST_POLICY with the place in the plan.
 */
MUST_USE enum status signer_next(const struct plan *p, size_t line,
    const struct state *before, const struct promises *promises,
    const char *name, struct diag *d);

/* The section of a root that a row of this plan makes with a certificate: then
 * there is a subject in it, or the file of one.  NULL: there is none. */
const struct ini_section *signer_section(const struct plan *p,
    const char *name);

/**
 * signer_brought(p, s, out, d):
 * The certificate that the section names as a file; NULL: it names none.  Its
 * shape alone is looked at.  The caller frees (cert_free).
 */
MUST_USE enum status signer_brought(const struct plan *p,
    const struct ini_section *s, struct cert **out, struct diag *d);

/**
 * signer_issues(p, line, before, name, d):
 * Root ${name} is not retired, and no row above retires it: what it signs from
 * then on is lists, which only take away.  ST_POLICY with the place.
 */
MUST_USE enum status signer_issues(const struct plan *p, size_t line,
    const struct state *before, const char *name, struct diag *d);

/**
 * signer_cert(state, name, out, d):
 * The root's certificate from the state, of the recorded key.  ST_AUTH: it is
 * not.  The caller frees (cert_free).
 */
MUST_USE enum status signer_cert(const struct state *state, const char *name,
    struct cert **out, struct diag *d);

/**
 * signer_issuer(state, name, out, d):
 * The same, borrowed until the next call.  Read once for a whole batch: the
 * last one is kept, and known again by the digest that the record has of it.
 */
MUST_USE enum status signer_issuer(const struct state *state,
    const char *name, const struct cert **out, struct diag *d);

/**
 * signer_say(c, f, d):
 * As entries say a certificate: serial, not-before, not-after, certificate.
 */
MUST_USE enum status signer_say(const struct cert *c, struct facts *f,
    struct diag *d);

/**
 * signer_sign(kind, hands, root, spec, out, pem, d):
 * The certificate ${spec}, by ${root}, with a serial number of its seed.  The
 * caller frees ${*out} (cert_free) and ${pem}.  Refusals: issue_cert's.
 */
MUST_USE enum status signer_sign(enum lint_kind kind, struct hands *hands,
    const char *root, const struct cert_spec *spec, struct cert **out,
    struct bytes *pem, struct diag *d);

/**
 * signer_holds(kind, p, state, root, spec, o, out, d):
 * The one file of ${o} is that certificate: signed by ${root}, by the profile,
 * and what ${spec} asks for.  The caller frees ${*out}.  ST_AUTH: it is not.
 */
MUST_USE enum status signer_holds(enum lint_kind kind, const struct plan *p,
    const struct state *state, const char *root, const struct cert_spec *spec,
    const struct outcome *o, struct cert **out, struct diag *d);

/**
 * signer_span(p, to, wanted, n, unit, out):
 * How long something lasts that begins when the plan is effective, ends at
 * ${to} and was asked to last ${n} "days" or "years", to ${wanted}: "400 days",
 * or "30 days, cut from 400 days: a rehearsal".
 */
#define SIGNER_SPAN_SIZE 96
void signer_span(const struct plan *p, int64_t to, int64_t wanted, uint64_t n,
    const char *unit, char out[SIGNER_SPAN_SIZE]);

/* Real and rehearsed keys of one seed are never the same (RULES C6). */
enum derive_mode signer_derive_mode(enum plan_mode mode);

/* What the profile needs to know of a plan. */
struct profile_room signer_room(const struct plan *p);

#endif
