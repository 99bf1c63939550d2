/* arc.h -- object identifiers under an organisation's arc: FORMATS 8.
 * A word becomes arcs as RFC 2578 7.7 indexes a string: its length, then one
 * arc a character. */
#ifndef ANCHORITE_ARC_H
#define ANCHORITE_ARC_H

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"

/* The documentation arc (RFC 5612): rehearsals only. */
#define ARC_TEST "1.3.6.1.4.1.32473"

enum arc_use {
	ARC_SCOPE = 1,	 /* <arc>.1: the scope extension */
	ARC_ROLE = 2,	 /* <arc>.2.<word>: extended key usage of a role */
	ARC_POLICY = 3,	 /* <arc>.3.<word>: certificate policy of a role */
	/* from 4 on: content types, lib/crypto/cms.h */
};

/**
 * arc_oid(arc, use, word, out, d):
 * ${word} NULL for none.  ST_POLICY: too long.
 */
MUST_USE enum status arc_oid(const char *arc, enum arc_use use,
    const char *word, char out[CERT_OID_SIZE], struct diag *d);

#endif
