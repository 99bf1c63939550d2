/* see request.h */
#include <string.h>

#include "delegation/request.h"
#include "lib/pki/profile.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/moduli.h"

enum status
request_read(const char *name, const struct bytes *data, struct csr **out,
    struct diag *d)
{
	return csr_read(name, data->data, data->len, out, d);
}

enum status
request_check(const char *name, const struct csr *r, struct diag *d)
{
	return csr_check(name, r, d);
}

static bool
is_wanted(const char *alg, const struct request_rules *rules)
{
	for (size_t i = 0; i < rules->nkeys; i++) {
		if (strcmp(rules->keys[i], alg) == 0)
			return true;
	}
	return false;
}

/* An RSA key that shares a prime with another is nobody's secret. */
static enum status
check_primes(const struct csr *r, const struct request_rules *rules,
    struct diag *d)
{
	char whose[MODULI_WHOSE_SIZE];
	enum status rc;

	if (rules->state == NULL || strncmp(r->key.alg, "rsa-", 4) != 0)
		return ST_OK;
	TRY(moduli_shared(rules->state, &r->key, whose, d));
	if (whose[0] != '\0')
		FAIL(d, ST_POLICY, "FORMATS 8.31: its key has a prime in "
		    "common with that of %s: anyone can compute both", whose);
out:
	return rc;
}

enum status
request_policy(const char *name, const struct csr *r,
    const struct request_rules *rules, struct diag *d)
{
	const char *seen = NULL;
	bool is_public = true;
	enum status rc;

	if (!is_wanted(r->key.alg, rules))
		FAIL(d, ST_POLICY, "FORMATS 8.30: the profile takes no key of "
		    "%s", r->key.alg);
	TRY(profile_key(r->key.alg, d));
	TRY(spki_check(&r->key, PROFILE_RSA_BITS_MIN, d));
	if (rules->state != NULL)
		seen = state_key_seen(rules->state, r->key.index);
	if (seen != NULL)
		FAIL(d, ST_POLICY, "FORMATS 8.32: its key was seen before: %s",
		    seen);
	TRY(check_primes(r, rules, d));
	if (rules->production)
		TRY(rehearsal_key(&r->key, &is_public, d));
	if (rules->production && is_public)
		FAIL(d, ST_POLICY, "FORMATS 8.33: its key comes from a public "
		    "rehearsal seed: anyone has it");
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	return rc;
}
