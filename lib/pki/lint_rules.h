/* lint_rules.h -- private to lib/pki: the rules of lint.h, a row each in
 * lint_rules.c. */
#ifndef ANCHORITE_LINT_RULES_H
#define ANCHORITE_LINT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/pki/lint.h"

/* What is looked at, gathered once. */
struct lint_subject {
	enum lint_kind kind;
	const struct cert *cert; /* NULL for a list */
	const struct crl *crl;
	const char *arc;
	char scope_oid[CERT_OID_SIZE];
	struct scope scope;
	bool has_scope;
	int version;	     /* as encoded: 2 is v3; -1 when absent */
	uint8_t time_tag[2]; /* of the two times */
	char text[CERT_OID_SIZE + 64]; /* a sentence made on the way */
	enum status trouble; /* the machine's, not the subject's */
};

/**
 * lint_run(s, told, cookie, d):
 * By all rules for what it is.  ${s->trouble}: it could not be told.
 */
MUST_USE enum status lint_run(struct lint_subject *s, lint_told *told,
    void *cookie, struct diag *d);

#endif
