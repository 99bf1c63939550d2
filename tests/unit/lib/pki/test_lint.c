#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/crypto/start.h"
#include "lib/pki/arc.h"
#include "lib/pki/lint.h"
#include "lib/pki/profile.h"

#define EFFECTIVE 1803859200 /* 2027-03-01 */
#define ARC "1.3.6.1.4.1.55555"

static const uint8_t number[CERT_SERIAL_LEN] = { 0x40, 1, 2, 3 };

/* One good certificate of each kind, and one list, for all tests. */
static struct cert *root, *next, *delegation;
static struct crl *list;

static struct cert *
rehearse(const struct cert_spec *spec)
{
	struct bytes der = { 0 };
	struct diag d = { 0 };
	struct cert *c = NULL;

	if (cert_rehearse(spec, number, "ecdsa-p384", &der, &d) != ST_OK ||
	    cert_read("twin", der.data, der.len, &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	bytes_free(&der);
	return c;
}

static void
key_of(unsigned n, struct key **out)
{
	struct secret *seed = NULL;

	assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, DERIVE_REAL, "ecdsa-p384", "root",
	    0, out, NULL), ST_OK);
	secret_free(seed);
}

static void
root_of(unsigned n, const char *common, struct cert_spec *spec)
{
	const struct profile_room room = { ARC, "example", false };
	struct key *key = NULL;

	key_of(n, &key);
	assert_int_equal(profile_root(&room, common, key_public(key),
	    EFFECTIVE, EFFECTIVE + 7300 * CLOCK_DAY - 1, spec, NULL), ST_OK);
	key_free(key);
}

static void
root_spec(struct cert_spec *spec)
{
	root_of(0, "root-g1", spec);
}

/* The root as the next one vouches for it. */
static void
cross_spec(struct cert_spec *spec)
{
	const struct profile_room room = { ARC, "example", false };

	assert_int_equal(profile_cross(&room, root, next, EFFECTIVE, spec,
	    NULL), ST_OK);
}

static void
delegation_spec(struct cert_spec *spec)
{
	const struct profile_room room = { ARC, "example", false };
	const struct scope scope = { "gateway", "release", "2027Q1", "4.0",
		"" };
	struct key *key = NULL;

	key_of(1, &key);
	assert_int_equal(profile_delegation(&room, &scope, key_public(key),
	    root, EFFECTIVE, EFFECTIVE + 400 * CLOCK_DAY - 1, spec, NULL),
	    ST_OK);
	key_free(key);
}

static void
list_spec(struct crl_spec *spec)
{
	const struct profile_room room = { ARC, "example", false };

	assert_int_equal(profile_list(&room, root, EFFECTIVE,
	    EFFECTIVE + 400 * CLOCK_DAY, 1, spec, NULL), ST_OK);
	spec->entries = calloc(2, sizeof(*spec->entries));
	assert_non_null(spec->entries);
	spec->n = 2;
	for (size_t i = 0; i < 2; i++) {
		spec->entries[i].serial_len = CERT_SERIAL_LEN;
		spec->entries[i].serial[0] = (uint8_t)(0x41 + i);
		spec->entries[i].date = EFFECTIVE;
		spec->entries[i].reason = REASON_SUPERSEDED;
		spec->entries[i].invalid_since = -1;
	}
}

static struct crl *
rehearse_list(const struct crl_spec *spec)
{
	struct bytes der = { 0 };
	struct diag d = { 0 };
	struct crl *c = NULL;

	if (crl_rehearse(spec, "ecdsa-p384", &der, &d) != ST_OK ||
	    crl_read("twin", der.data, der.len, &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	bytes_free(&der);
	return c;
}

static int
start(void **state)
{
	struct cert_spec spec = { 0 };
	struct crl_spec crl = { 0 };

	(void)state;
	if (crypto_start(NULL) != ST_OK)
		return -1;
	root_spec(&spec);
	root = rehearse(&spec);
	cert_spec_clear(&spec);
	root_of(2, "root-g2", &spec);
	next = rehearse(&spec);
	cert_spec_clear(&spec);
	delegation_spec(&spec);
	delegation = rehearse(&spec);
	cert_spec_clear(&spec);
	list_spec(&crl);
	list = rehearse_list(&crl);
	crl_spec_clear(&crl);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	cert_free(root);
	cert_free(next);
	cert_free(delegation);
	crl_free(list);
	return 0;
}

static void
make_spec(enum lint_kind kind, struct cert_spec *spec)
{
	if (kind == LINT_ROOT || kind == LINT_ADOPTED)
		root_spec(spec);
	else if (kind == LINT_CROSS)
		cross_spec(spec);
	else
		delegation_spec(spec);
}

static void
lint_takes_what_the_profile_makes(void **state)
{
	struct cert_spec spec = { 0 };
	struct cert *cross;
	struct diag d = { 0 };

	(void)state;
	cross_spec(&spec);
	cross = rehearse(&spec);
	if (lint_cert(LINT_CROSS, cross, ARC, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(lint_cert(LINT_ROOT, cross, ARC, NULL), ST_POLICY);
	assert_int_equal(lint_cert(LINT_CROSS, root, ARC, NULL), ST_POLICY);
	cert_free(cross);
	cert_spec_clear(&spec);
	if (lint_cert(LINT_ROOT, root, ARC, &d) != ST_OK ||
	    lint_cert(LINT_DELEGATION, delegation, ARC, &d) != ST_OK ||
	    lint_crl(list, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
lint_refuses_one_kind_for_the_other(void **state)
{
	(void)state;
	assert_int_equal(lint_cert(LINT_DELEGATION, root, ARC, NULL),
	    ST_POLICY);
	assert_int_equal(lint_cert(LINT_ROOT, delegation, ARC, NULL),
	    ST_POLICY);
	/* and under another arc the scope is an unknown extension */
	assert_int_equal(lint_cert(LINT_DELEGATION, delegation, "1.3.6.1",
	    NULL), ST_POLICY);
}

/* --- what the builder can be told to do wrong --- */

static void
wrong_ca(struct cert_spec *s)
{
	s->ca = true;
}

static void
wrong_path_len(struct cert_spec *s)
{
	s->ca = true;
	s->path_len = 0;
}

static void
wrong_usage(struct cert_spec *s)
{
	s->usage |= USAGE_CRL_SIGN;
}

/* without it stock tools refuse what the root signs as a message */
static void
wrong_usage_less(struct cert_spec *s)
{
	s->usage &= ~(unsigned)USAGE_DIGITAL_SIGNATURE;
}

static void
wrong_eku_plain(struct cert_spec *s)
{
	s->eku_critical = false;
}

static void
wrong_eku_more(struct cert_spec *s)
{
	snprintf(s->eku[s->ekus++], CERT_OID_SIZE, "1.3.6.1.5.5.7.3.4");
}

static void
wrong_eku_less(struct cert_spec *s)
{
	s->ekus = 1;
}

static void
wrong_eku_role(struct cert_spec *s)
{
	assert_int_equal(arc_oid(ARC, ARC_ROLE, "debug", s->eku[1], NULL),
	    ST_OK);
}

static void
wrong_policy(struct cert_spec *s)
{
	assert_int_equal(arc_oid(ARC, ARC_POLICY, "debug", s->policy[0],
	    NULL), ST_OK);
}

static void
wrong_policies(struct cert_spec *s)
{
	s->policies = 0;
}

static void
wrong_scope_critical(struct cert_spec *s)
{
	s->ext[0].critical = true;
}

static void
wrong_scope_gone(struct cert_spec *s)
{
	bytes_free(&s->ext[0].value);
	s->exts = 0;
}

static void
wrong_scope_bytes(struct cert_spec *s)
{
	s->ext[0].value.data[4] = 2;
}

static void
wrong_unit(struct cert_spec *s)
{
	snprintf(s->subject.unit, sizeof(s->subject.unit), "router");
}

static void
wrong_common(struct cert_spec *s)
{
	snprintf(s->subject.common, sizeof(s->subject.common),
	    "fw.gateway.debug.2027Q1");
}

static void
wrong_org(struct cert_spec *s)
{
	snprintf(s->subject.org, sizeof(s->subject.org), "exemple");
}

static void
wrong_slot(struct cert_spec *s)
{
	s->not_before += 31 * CLOCK_DAY;
}

static void
wrong_long(struct cert_spec *s)
{
	s->not_after++;
}

static void
wrong_backwards(struct cert_spec *s)
{
	s->not_after = s->not_before - 1;
}

static void
wrong_half_marked(struct cert_spec *s)
{
	snprintf(s->subject.org, sizeof(s->subject.org), "TEST example");
	s->issuer = s->subject;
}

static void
wrong_issuer(struct cert_spec *s)
{
	snprintf(s->issuer.common, sizeof(s->issuer.common), "another");
}

static void
add_ext(struct cert_spec *s, const char *oid, bool critical,
    const char *value, size_t len)
{
	struct cert_ext *e = &s->ext[s->exts++];

	snprintf(e->oid, sizeof(e->oid), "%s", oid);
	e->critical = critical;
	assert_int_equal(bytes_set(&e->value, value, len, NULL), ST_OK);
}

static void
wrong_unknown(struct cert_spec *s)
{
	add_ext(s, ARC ".99", false, "\x05\x00", 2);
}

static void
wrong_unknown_critical(struct cert_spec *s)
{
	add_ext(s, ARC ".99", true, "\x05\x00", 2);
}

/* policyConstraints { requireExplicitPolicy 0 } */
static void
wrong_policy_constraints(struct cert_spec *s)
{
	add_ext(s, "2.5.29.36", true, "\x30\x03\x80\x01\x00", 5);
}

/* Of a root that is to come; ${own}: of the root itself. */
static void
name_next(struct cert_spec *s, bool own)
{
	uint8_t key[SHA384_LEN] = { 1, 2, 3 };

	if (own)
		memcpy(key, root->key.id, sizeof(key));
	assert_int_equal(profile_next_root(s, key, NULL), ST_OK);
}

static void
wrong_next_critical(struct cert_spec *s)
{
	name_next(s, false);
	s->ext[0].critical = true;
}

static void
wrong_next_own(struct cert_spec *s)
{
	name_next(s, true);
}

/* SHA-512 it says, and has 48 bytes */
static void
wrong_next_hash(struct cert_spec *s)
{
	name_next(s, false);
	s->ext[0].value.data[14] = 3;
}

/* canonical, and of 47 bytes */
static void
wrong_next_short(struct cert_spec *s)
{
	struct bytes *v = &s->ext[0].value;

	name_next(s, false);
	v->data[1]--;
	v->data[16]--;
	v->len--;
}

static void
wrong_next_of_a_delegation(struct cert_spec *s)
{
	add_ext(s, PROFILE_NEXT_ROOT, false, "\x30\x00", 2);
}

static void
wrong_no_list_sign(struct cert_spec *s)
{
	s->usage &= (unsigned)~USAGE_CRL_SIGN;
}

static void
wrong_no_cert_sign(struct cert_spec *s)
{
	s->usage &= (unsigned)~USAGE_KEY_CERT_SIGN;
}

static const struct bad_spec {
	enum lint_kind kind;
	void (*spoil)(struct cert_spec *);
	const char *why;
} bad_specs[] = {
	{ LINT_DELEGATION, wrong_ca, "FORMATS 8.4: basic constraints" },
	{ LINT_ROOT, wrong_path_len, "FORMATS 8.4: basic constraints" },
	{ LINT_DELEGATION, wrong_usage, "FORMATS 8.5: key usage" },
	{ LINT_ROOT, wrong_usage_less, "FORMATS 8.5: key usage" },
	{ LINT_DELEGATION, wrong_eku_plain, "FORMATS 8.6: extended key usage "
	    "is not critical" },
	{ LINT_DELEGATION, wrong_eku_more, "FORMATS 8.6" },
	{ LINT_DELEGATION, wrong_eku_less, "FORMATS 8.6" },
	{ LINT_DELEGATION, wrong_eku_role, "FORMATS 8.6" },
	{ LINT_DELEGATION, wrong_policy, "FORMATS 8.8" },
	{ LINT_DELEGATION, wrong_policies, "FORMATS 8.8: certificate policies "
	    "is missing" },
	{ LINT_DELEGATION, wrong_scope_critical, "FORMATS 8.9: scope is "
	    "critical" },
	{ LINT_DELEGATION, wrong_scope_gone, "FORMATS 8.9: scope is missing" },
	{ LINT_DELEGATION, wrong_scope_bytes, "FORMATS 8.9: the scope is not "
	    "of its form" },
	{ LINT_DELEGATION, wrong_unit, "FORMATS 8.9" },
	{ LINT_DELEGATION, wrong_common, "FORMATS 8.9" },
	{ LINT_DELEGATION, wrong_org, "FORMATS 8.1" },
	{ LINT_DELEGATION, wrong_slot, "FORMATS 8.13" },
	{ LINT_DELEGATION, wrong_long, "FORMATS 8.2" },
	{ LINT_DELEGATION, wrong_backwards, "FORMATS 8.2" },
	{ LINT_ROOT, wrong_half_marked, "FORMATS 8.14" },
	{ LINT_ROOT, wrong_issuer, "FORMATS 8.1" },
	{ LINT_DELEGATION, wrong_unknown, "FORMATS 8.10: " ARC ".99" },
	{ LINT_DELEGATION, wrong_unknown_critical, "FORMATS 8.10" },
	{ LINT_ROOT, wrong_unknown, "FORMATS 8.10" },
	{ LINT_ROOT, wrong_policy_constraints, "FORMATS 8.10: 2.5.29.36" },
	{ LINT_ROOT, wrong_next_critical, "FORMATS 8.19: the hash of the next "
	    "root's key is critical" },
	{ LINT_ROOT, wrong_next_own, "FORMATS 8.19: the hash of the next "
	    "root's key is its own" },
	{ LINT_ROOT, wrong_next_hash, "FORMATS 8.19: the hash of the next "
	    "root's key is not a SHA-384" },
	{ LINT_ROOT, wrong_next_short, "FORMATS 8.19" },
	{ LINT_DELEGATION, wrong_next_of_a_delegation, "FORMATS 8.10" },
	{ LINT_ADOPTED, wrong_path_len, "FORMATS 8.4: basic constraints" },
	{ LINT_ADOPTED, wrong_backwards, "FORMATS 8.60: it ends before" },
	{ LINT_ADOPTED, wrong_half_marked, "FORMATS 8.14" },
	{ LINT_ADOPTED, wrong_unknown_critical, "FORMATS 8.60: " ARC ".99 is "
	    "a critical extension" },
	{ LINT_ADOPTED, wrong_no_list_sign, "FORMATS 8.60: it may not sign "
	    "lists" },
	{ LINT_ADOPTED, wrong_no_cert_sign, "FORMATS 8.60: it may not sign "
	    "certificates" },
	{ LINT_CROSS, wrong_path_len, "FORMATS 8.4: basic constraints" },
	{ LINT_CROSS, wrong_usage_less, "FORMATS 8.5: key usage" },
	{ LINT_CROSS, wrong_backwards, "FORMATS 8.2" },
	{ LINT_CROSS, wrong_org, "FORMATS 8.1" },
	{ LINT_CROSS, wrong_half_marked, "FORMATS 8.1" },
	{ LINT_CROSS, wrong_unknown, "FORMATS 8.10: " ARC ".99" },
};

/* What others make is not ours, and yet a root to be given. */
static void
lint_takes_what_others_made(void **state)
{
	struct cert_spec spec = { 0 };
	struct diag d = { 0 };
	struct cert *c;

	(void)state;
	root_spec(&spec);
	spec.usage = USAGE_KEY_CERT_SIGN | USAGE_CRL_SIGN;
	spec.not_after += 30 * 365 * CLOCK_DAY;
	c = rehearse(&spec);
	memset(c->ski, 7, sizeof(c->ski)); /* by SHA-1, say */
	snprintf(c->alg, sizeof(c->alg), "ecdsa-p256"); /* with SHA-256 */
	assert_int_equal(lint_cert(LINT_ROOT, c, ARC, NULL), ST_POLICY);
	if (lint_cert(LINT_ADOPTED, c, ARC, &d) != ST_OK ||
	    lint_anchor(c, ARC, &d) != ST_OK || lint_anchor(root, ARC, &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(lint_anchor(delegation, ARC, NULL), ST_POLICY);
	cert_free(c);
	cert_spec_clear(&spec);
}

static void
lint_takes_a_root_that_names_the_next(void **state)
{
	struct cert_spec spec = { 0 };
	uint8_t key[SHA384_LEN];
	struct diag d = { 0 };
	struct cert *c;

	(void)state;
	assert_false(profile_names_next(root, key));
	root_spec(&spec);
	name_next(&spec, false);
	c = rehearse(&spec);
	if (lint_cert(LINT_ROOT, c, ARC, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_true(profile_names_next(c, key));
	assert_memory_equal(key, "\1\2\3", 4);
	cert_free(c);
	cert_spec_clear(&spec);
}

static void
lint_refuses_what_is_built_wrong(void **state)
{
	struct cert_spec spec = { 0 };
	struct diag d;
	struct cert *c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_specs) / sizeof(bad_specs[0]); i++) {
		const struct bad_spec *b = &bad_specs[i];

		make_spec(b->kind, &spec);
		b->spoil(&spec);
		c = rehearse(&spec);
		memset(&d, 0, sizeof(d));
		assert_int_equal(lint_cert(b->kind, c, ARC, &d), ST_POLICY);
		if (strncmp(d.text, b->why, strlen(b->why)) != 0)
			fail_msg("%zu: \"%s\" is not \"%s\"", i, d.text,
			    b->why);
		cert_free(c);
		cert_spec_clear(&spec);
	}
}

/* --- what only another program would build: spoil what was read --- */

static struct cert_ext *
find(struct cert *c, const char *oid)
{
	for (size_t i = 0; i < c->nseen; i++) {
		if (strcmp(c->seen[i].oid, oid) == 0)
			return &c->seen[i];
	}
	fail_msg("no %s", oid);
	return NULL;
}

/* [0] { INTEGER 2 } made 1: version 2 */
static void
read_version(struct cert *c)
{
	uint8_t *at = memmem(c->der.data, c->der.len, "\xa0\x03\x02\x01\x02",
	    5);

	assert_non_null(at);
	at[4] = 1;
}

static void
read_aki_critical(struct cert *c)
{
	find(c, "2.5.29.35")->critical = true;
}

static void
read_serial_short(struct cert *c)
{
	c->serial_len = 15;
}

static void
read_serial_small(struct cert *c)
{
	c->serial[0] = 0x3f;
}

static void
read_serial_negative(struct cert *c)
{
	c->serial[0] = 0x80;
}

static void
read_names(struct cert *c)
{
	c->plain_names = false;
}

static void
read_basic_plain(struct cert *c)
{
	find(c, "2.5.29.19")->critical = false;
}

static void
read_usage_plain(struct cert *c)
{
	find(c, "2.5.29.15")->critical = false;
}

static void
read_ski_critical(struct cert *c)
{
	find(c, "2.5.29.14")->critical = true;
}

static void
read_ski_other(struct cert *c)
{
	c->ski[0] ^= 1;
}

static void
read_aki_longer(struct cert *c)
{
	find(c, "2.5.29.35")->value.data[1]++;
}

static void
read_policies_critical(struct cert *c)
{
	find(c, "2.5.29.32")->critical = true;
}

static void
read_policies_qualified(struct cert *c)
{
	/* one byte of the inner SEQUENCE is no longer the policy's */
	find(c, "2.5.29.32")->value.data[5]--;
}

static void
read_alg(struct cert *c)
{
	snprintf(c->alg, sizeof(c->alg), "rsa-2048");
}

static void
read_alg_other(struct cert *c)
{
	snprintf(c->alg, sizeof(c->alg), "ecdsa-p256");
}

static void
read_key(struct cert *c)
{
	snprintf(c->key.alg, sizeof(c->key.alg), "ed25519");
}

static void
read_key_foreign(struct cert *c)
{
	snprintf(c->key.alg, sizeof(c->key.alg), "rsa-2048");
}

static void
read_alg_unknown(struct cert *c)
{
	snprintf(c->alg, sizeof(c->alg), "?");
}

static void
read_no_ski(struct cert *c)
{
	c->has_ski = false;
}

/* the time before 2050 that the DER has as UTCTime is now said to be later */
static void
read_time(struct cert *c)
{
	c->spec.not_before = c->spec.not_after - 1;
	c->spec.not_after += 30 * 365 * CLOCK_DAY;
	c->spec.not_before += 30 * 365 * CLOCK_DAY;
}

static const struct bad_cert {
	enum lint_kind kind;
	void (*spoil)(struct cert *);
	const char *why;
} bad_certs[] = {
	{ LINT_ROOT, read_version, "FORMATS 8.1: the certificate is not of "
	    "version 3" },
	{ LINT_DELEGATION, read_aki_critical, "FORMATS 8.7: authority key "
	    "identifier is critical" },
	{ LINT_ROOT, read_serial_short, "FORMATS 8.3" },
	{ LINT_ROOT, read_serial_small, "FORMATS 8.3" },
	{ LINT_DELEGATION, read_serial_negative, "FORMATS 8.3" },
	{ LINT_DELEGATION, read_names, "FORMATS 8.1" },
	{ LINT_ROOT, read_basic_plain, "FORMATS 8.4: basic constraints is not "
	    "critical" },
	{ LINT_ROOT, read_usage_plain, "FORMATS 8.5: key usage is not "
	    "critical" },
	{ LINT_ROOT, read_ski_critical, "FORMATS 8.7" },
	{ LINT_ROOT, read_ski_other, "FORMATS 8.7" },
	{ LINT_DELEGATION, read_aki_longer, "FORMATS 8.7" },
	{ LINT_DELEGATION, read_policies_critical, "FORMATS 8.8" },
	{ LINT_DELEGATION, read_policies_qualified, "FORMATS 8.8" },
	{ LINT_DELEGATION, read_alg, "FORMATS 8.11" },
	{ LINT_ROOT, read_alg_other, "FORMATS 8.11" },
	{ LINT_DELEGATION, read_key, "FORMATS 8.12" },
	{ LINT_DELEGATION, read_time, "FORMATS 8.2: a time" },
	{ LINT_CROSS, read_serial_small, "FORMATS 8.3" },
	{ LINT_CROSS, read_basic_plain, "FORMATS 8.4: basic constraints is not "
	    "critical" },
	{ LINT_CROSS, read_ski_other, "FORMATS 8.7" },
	{ LINT_CROSS, read_aki_critical, "FORMATS 8.7: authority key "
	    "identifier is critical" },
	{ LINT_CROSS, read_aki_longer, "FORMATS 8.7" },
	{ LINT_CROSS, read_alg, "FORMATS 8.11" },
	{ LINT_CROSS, read_key_foreign, "FORMATS 8.12: no root has" },
	{ LINT_ADOPTED, read_key_foreign, "FORMATS 8.60: no root that is "
	    "adopted" },
	{ LINT_ADOPTED, read_alg_unknown, "FORMATS 8.60: it is signed by" },
	{ LINT_ADOPTED, read_no_ski, "FORMATS 8.60: the subject key "
	    "identifier is not of 20" },
};

static void
lint_refuses_what_another_program_would_build(void **state)
{
	struct cert_spec spec = { 0 };
	struct diag d;
	struct cert *c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_certs) / sizeof(bad_certs[0]); i++) {
		const struct bad_cert *b = &bad_certs[i];

		make_spec(b->kind, &spec);
		c = rehearse(&spec);
		b->spoil(c);
		memset(&d, 0, sizeof(d));
		assert_int_equal(lint_cert(b->kind, c, ARC, &d), ST_POLICY);
		if (strncmp(d.text, b->why, strlen(b->why)) != 0)
			fail_msg("%zu: \"%s\" is not \"%s\"", i, d.text,
			    b->why);
		cert_free(c);
		cert_spec_clear(&spec);
	}
}

/* --- lists --- */

/* the first INTEGER of a list is its version: 1 for v2 */
static void
crl_version(struct crl *c)
{
	uint8_t *at = memmem(c->der.data, c->der.len, "\x02\x01\x01", 3);

	assert_non_null(at);
	at[2] = 0;
}

static void
crl_foreign(struct crl *c)
{
	snprintf(c->foreign_ext, sizeof(c->foreign_ext), "delta indicator");
}

static void
crl_no_aki(struct crl *c)
{
	c->has_aki = false;
}

static void
crl_no_number(struct crl *c)
{
	c->spec.number = 0;
}

static void
crl_backwards(struct crl *c)
{
	c->spec.next_update = c->spec.this_update;
}

static void
crl_long(struct crl *c)
{
	c->spec.next_update++;
}

static void
crl_hold(struct crl *c)
{
	c->spec.entries[0].reason = (enum crl_reason)6;
}

static void
crl_no_reason(struct crl *c)
{
	c->spec.entries[1].reason = REASON_UNSPECIFIED;
}

static void
crl_future_entry(struct crl *c)
{
	c->spec.entries[1].date++;
}

static void
crl_names(struct crl *c)
{
	c->plain_names = false;
}

static void
crl_alg(struct crl *c)
{
	snprintf(c->alg, sizeof(c->alg), "rsa-2048");
}

static void
crl_rehearsal(struct crl *c)
{
	snprintf(c->spec.issuer.org, sizeof(c->spec.issuer.org),
	    "TEST example");
	snprintf(c->spec.issuer.common, sizeof(c->spec.issuer.common),
	    "TEST-root");
}

/* By its bytes: who reads a list has its entries in order, however they stood
 * there. */
static void
lint_refuses_entries_out_of_order(void **state)
{
	struct crl_spec spec = { 0 };
	struct bytes der = { 0 };
	struct diag d = { 0 };
	struct crl *c = NULL;
	uint8_t *first, *second;

	(void)state;
	list_spec(&spec);
	assert_int_equal(crl_rehearse(&spec, "ecdsa-p384", &der, NULL), ST_OK);
	first = memmem(der.data, der.len, spec.entries[0].serial,
	    spec.entries[0].serial_len);
	second = memmem(der.data, der.len, spec.entries[1].serial,
	    spec.entries[1].serial_len);
	assert_true(first != NULL && second != NULL);
	*first = spec.entries[1].serial[0];
	*second = spec.entries[0].serial[0];
	assert_int_equal(crl_read("swapped", der.data, der.len, &c, NULL),
	    ST_OK);
	assert_int_equal(lint_crl(c, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.25"));
	crl_free(c);
	bytes_free(&der);
	crl_spec_clear(&spec);
}

static const struct {
	void (*spoil)(struct crl *);
	const char *why;
} bad_lists[] = {
	{ crl_version, "FORMATS 8.20: the list is not of version 2" },
	{ crl_foreign, "FORMATS 8.21: delta indicator" },
	{ crl_no_aki, "FORMATS 8.22" },
	{ crl_no_number, "FORMATS 8.23" },
	{ crl_backwards, "FORMATS 8.24" },
	{ crl_long, "FORMATS 8.24" },
	{ crl_hold, "FORMATS 8.26" },
	{ crl_no_reason, "FORMATS 8.26" },
	{ crl_future_entry, "FORMATS 8.26" },
	{ crl_names, "FORMATS 8.1" },
	{ crl_alg, "FORMATS 8.11" },
	{ crl_rehearsal, "FORMATS 8.14" },
};

static void
lint_refuses_lists_outside_the_profile(void **state)
{
	struct crl_spec spec = { 0 };
	struct diag d;
	struct crl *c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_lists) / sizeof(bad_lists[0]); i++) {
		list_spec(&spec);
		c = rehearse_list(&spec);
		bad_lists[i].spoil(c);
		memset(&d, 0, sizeof(d));
		assert_int_equal(lint_crl(c, &d), ST_POLICY);
		if (strncmp(d.text, bad_lists[i].why,
		    strlen(bad_lists[i].why)) != 0)
			fail_msg("%zu: \"%s\" is not \"%s\"", i, d.text,
			    bad_lists[i].why);
		crl_free(c);
		crl_spec_clear(&spec);
	}
}

static void
lint_lists_its_rows_by_kind(void **state)
{
	static const enum lint_kind kinds[] = { LINT_ROOT, LINT_DELEGATION,
		LINT_LIST, LINT_CROSS };
	size_t n;

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		for (n = 0; lint_row(kinds[k], n) != NULL; n++) {
			assert_int_equal(strncmp(lint_row(kinds[k], n)->clause,
			    "FORMATS 8.", 10), 0);
			for (size_t i = 0; i < n; i++)
				assert_string_not_equal(
				    lint_row(kinds[k], i)->name,
				    lint_row(kinds[k], n)->name);
		}
		assert_true(n > 9);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lint_takes_what_the_profile_makes),
		cmocka_unit_test(lint_refuses_one_kind_for_the_other),
		cmocka_unit_test(lint_takes_what_others_made),
		cmocka_unit_test(lint_takes_a_root_that_names_the_next),
		cmocka_unit_test(lint_refuses_what_is_built_wrong),
		cmocka_unit_test(
		    lint_refuses_what_another_program_would_build),
		cmocka_unit_test(lint_refuses_lists_outside_the_profile),
		cmocka_unit_test(lint_refuses_entries_out_of_order),
		cmocka_unit_test(lint_lists_its_rows_by_kind),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
