/* see lint_rules.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/pki/arc.h"
#include "lib/pki/der.h"
#include "lib/pki/lint_rules.h"

#define R (1U << LINT_ROOT)
#define D (1U << LINT_DELEGATION)
#define L (1U << LINT_LIST)
#define C (1U << LINT_CROSS)
#define A (1U << LINT_ADOPTED)
#define CERTS (R | D | C)

#define OID_SKI "2.5.29.14"
#define OID_KEY_USAGE "2.5.29.15"
#define OID_BASIC "2.5.29.19"
#define OID_POLICIES "2.5.29.32"
#define OID_AKI "2.5.29.35"
#define OID_EKU "2.5.29.37"
#define OID_SCOPE "scope" /* stands for the one under the arc */

#define YEAR_2050 2524608000 /* RFC 5280 4.1.2.5 */
#define SERIAL_TOP 1	     /* the two highest bits: positive, full length */

/* A row: nothing is wrong when `wrong` returns NULL. */
struct check {
	struct lint_row row;
	unsigned kinds;
	const char *(*wrong)(struct lint_subject *, const struct check *);
	const char *oid; /* of the extension it is about, or NULL */
	const char *what;
	const char *value; /* DER, with its length */
	size_t len;
};

/* --- common to certificates and lists --- */

static const struct name *
issuer_of(const struct lint_subject *s)
{
	return s->cert != NULL ? &s->cert->spec.issuer : &s->crl->spec.issuer;
}

static const char *
version(struct lint_subject *s, const struct check *c)
{
	(void)c;
	if (s->kind == LINT_LIST)
		return s->version == 1 ? NULL : "the list is not of version 2";
	return s->version == 2 ? NULL : "the certificate is not of version 3";
}

static const char *
names(struct lint_subject *s, const struct check *c)
{
	const bool exact = s->cert != NULL ? s->cert->plain_names :
					     s->crl->plain_names;

	(void)c;
	if (!exact || !profile_is_plain(issuer_of(s)))
		return "the issuer's name is not of the form O, OU, CN, "
		    "without blanks but in O";
	if (s->cert != NULL && !profile_is_plain(&s->cert->spec.subject))
		return "the subject is not of the form O, OU, CN, without "
		    "blanks but in O";
	return NULL;
}

static bool
encoded_right(uint8_t tag, int64_t t)
{
	return tag == (t < YEAR_2050 ? DER_UTC_TIME : DER_GENERALIZED_TIME);
}

static const char *
time_encoding(struct lint_subject *s, const struct check *c)
{
	const int64_t first = s->cert != NULL ? s->cert->spec.not_before :
						s->crl->spec.this_update;
	const int64_t last = s->cert != NULL ? s->cert->spec.not_after :
					       s->crl->spec.next_update;

	(void)c;
	if (!encoded_right(s->time_tag[0], first) ||
	    !encoded_right(s->time_tag[1], last))
		return "a time before 2050 is UTCTime, a later one "
		    "GeneralizedTime";
	return NULL;
}

static const char *
signature_algorithm(struct lint_subject *s, const struct check *c)
{
	const char *alg = s->cert != NULL ? s->cert->alg : s->crl->alg;

	(void)c;
	if (strcmp(alg, key_signs_by("rsa-")) != 0 &&
	    key_known(alg, NULL) != ST_OK)
		return "it is signed by an algorithm that no root has";
	if (s->cert != NULL && s->kind == LINT_ROOT &&
	    strcmp(alg, key_signs_by(s->cert->key.alg)) != 0)
		return "it is signed by another algorithm than its own key's";
	return NULL;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* O and CN bear the mark of a rehearsal, or none does. */
static bool
is_half_marked(const struct name *n)
{
	return profile_is_test(n) && (!begins(n->org, PROFILE_TEST_ORG) ||
	    !begins(n->common, PROFILE_TEST_COMMON));
}

static const char *
rehearsal(struct lint_subject *s, const struct check *c)
{
	const struct name *issuer = issuer_of(s);
	int64_t life;

	(void)c;
	if (is_half_marked(issuer) || (s->cert != NULL &&
	    (is_half_marked(&s->cert->spec.subject) ||
	    profile_is_test(&s->cert->spec.subject) !=
	    profile_is_test(issuer))))
		return "a name is marked as a rehearsal's in one part only";
	life = s->cert != NULL ?
	    s->cert->spec.not_after - s->cert->spec.not_before + 1 :
	    s->crl->spec.next_update - s->crl->spec.this_update;
	if (profile_is_test(issuer) && life > PROFILE_REHEARSAL_DAYS *
	    CLOCK_DAY)
		return "what a rehearsal makes lives 30 days at most";
	return NULL;
}

/* --- certificates: what stands outside the extensions --- */

static const char *
serial(struct lint_subject *s, const struct check *c)
{
	(void)c;
	if (s->cert->serial_len != CERT_SERIAL_LEN ||
	    s->cert->serial[0] >> 6 != SERIAL_TOP)
		return "the serial number is not 16 octets that begin with "
		    "40..7f";
	return NULL;
}

static const char *
validity(struct lint_subject *s, const struct check *c)
{
	const int64_t life = s->cert->spec.not_after -
	    s->cert->spec.not_before + 1;
	const int64_t days = s->kind == LINT_DELEGATION ? PROFILE_DAYS_MAX :
							  PROFILE_ROOT_DAYS;

	(void)c;
	if (s->cert->spec.not_before < 0 || life <= 1)
		return "it ends before it begins";
	if (life > days * CLOCK_DAY)
		return "it is valid for longer than the profile allows, both "
		    "ends counted";
	return NULL;
}

static bool
same_name(const struct name *a, const struct name *b)
{
	return strcmp(a->org, b->org) == 0 && strcmp(a->unit, b->unit) == 0 &&
	    strcmp(a->common, b->common) == 0;
}

static const char *
issuer(struct lint_subject *s, const struct check *c)
{
	const struct cert_spec *spec = &s->cert->spec;

	(void)c;
	if (s->kind == LINT_ROOT || s->kind == LINT_ADOPTED)
		return same_name(&spec->subject, &spec->issuer) ? NULL :
		    "subject and issuer of a root differ";
	if (same_name(&spec->subject, &spec->issuer))
		return "subject and issuer are one, and it is no root's own";
	if (strcmp(spec->subject.org, spec->issuer.org) != 0)
		return "subject and issuer are of different organisations";
	return NULL;
}

static const char *
key_strength(struct lint_subject *s, const struct check *c)
{
	enum status rc;

	(void)c;
	if (s->kind == LINT_DELEGATION && profile_key(s->cert->key.alg, NULL) !=
	    ST_OK)
		return "stock clients take no operational key of this "
		    "algorithm";
	if (s->kind == LINT_CROSS && key_known(s->cert->key.alg, NULL) !=
	    ST_OK && key_adoptable(s->cert->key.alg, NULL) != ST_OK)
		return "no root has a key of this algorithm";
	rc = spki_check(&s->cert->key, PROFILE_RSA_BITS_MIN, NULL);
	if (rc == ST_OK)
		return NULL;
	if (rc != ST_POLICY)
		s->trouble = rc;
	return "the key is weaker than the profile allows";
}

/* --- certificates: extensions --- */

static const char *
resolve(const struct lint_subject *s, const char *oid)
{
	return strcmp(oid, OID_SCOPE) == 0 ? s->scope_oid : oid;
}

static const struct cert_ext *
find_ext(const struct lint_subject *s, const char *oid)
{
	for (size_t i = 0; i < s->cert->nseen; i++) {
		if (strcmp(s->cert->seen[i].oid, resolve(s, oid)) == 0)
			return &s->cert->seen[i];
	}
	return NULL;
}

static const char *
say(struct lint_subject *s, const char *what, const char *is)
{
	snprintf(s->text, sizeof(s->text), "%s %s", what, is);
	return s->text;
}

static const char *
critical(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e = find_ext(s, c->oid);

	if (e == NULL)
		return say(s, c->what, "is missing");
	return e->critical ? NULL : say(s, c->what, "is not critical");
}

static const char *
plain(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e = find_ext(s, c->oid);

	if (e == NULL)
		return say(s, c->what, "is missing");
	return e->critical ? say(s, c->what, "is critical") : NULL;
}

/* Byte for byte: there is one right encoding. */
static const char *
exact(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e = find_ext(s, c->oid);

	if (e == NULL || e->value.len != c->len ||
	    memcmp(e->value.data, c->value, c->len) != 0)
		return say(s, c->what, "is not what the profile says");
	return NULL;
}

static const char *
own_key_id(struct lint_subject *s, const struct check *c)
{
	(void)c;
	if (!s->cert->has_ski || memcmp(s->cert->ski, s->cert->key.ski,
	    sizeof(s->cert->ski)) != 0)
		return "the subject key identifier is not RFC 7093's of the "
		    "key";
	return NULL;
}

static const char *
issuer_key_id(struct lint_subject *s, const struct check *c)
{
	/* SEQUENCE { [0] IMPLICIT OCTET STRING of 20 } and nothing else */
	static const uint8_t head[] = { 0x30, 0x16, 0x80, 0x14 };
	const struct cert_ext *e = find_ext(s, OID_AKI);

	(void)c;
	if (e == NULL || e->value.len != sizeof(head) + 20 ||
	    memcmp(e->value.data, head, sizeof(head)) != 0)
		return "the authority key identifier is more, or less, than "
		    "a key identifier";
	return NULL;
}

/* RFC 8649: not critical, and a root may be without. */
static const char *
next_root(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e = find_ext(s, c->oid);
	uint8_t key[SHA384_LEN];

	if (e == NULL)
		return NULL;
	if (e->critical)
		return say(s, c->what, "is critical");
	if (!profile_names_next(s->cert, key))
		return say(s, c->what, "is not a SHA-384");
	return memcmp(key, s->cert->key.id, SHA384_LEN) == 0 ?
	    say(s, c->what, "is its own") : NULL;
}

/* --- roots that were there before this program --- */

/* By whatever its maker liked, but not weakly: SHA-1 and MD5 have no name. */
static const char *
signed_somehow(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->cert->alg[0] != '?' ? NULL :
	    "it is signed by an algorithm that is not known here, or is "
	    "weaker than SHA-256";
}

static const char *
not_backwards(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->cert->spec.not_before < s->cert->spec.not_after ? NULL :
	    "it ends before it begins";
}

static const char *
signs_both(struct lint_subject *s, const struct check *c)
{
	(void)c;
	if ((s->cert->spec.usage & USAGE_KEY_CERT_SIGN) == 0)
		return "it may not sign certificates (keyCertSign)";
	return (s->cert->spec.usage & USAGE_CRL_SIGN) != 0 ? NULL :
	    "it may not sign lists (cRLSign)";
}

/* What delegations and lists name it by. */
static const char *
has_key_id(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->cert->has_ski ? NULL :
	    "the subject key identifier is not of 20 octets";
}

static const char *
any_key_strength(struct lint_subject *s, const struct check *c)
{
	if (key_adoptable(s->cert->key.alg, NULL) != ST_OK)
		return "no root that is adopted has a key of this algorithm";
	return key_strength(s, c);
}

/* Whoever asks for what we do not know would be asked for nothing. */
static const char *
demands_nothing(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e;

	(void)c;
	for (size_t i = 0; i < s->cert->nseen; i++) {
		e = &s->cert->seen[i];
		if (strcmp(e->oid, OID_EKU) == 0)
			return "it has an extended key usage, which binds what "
			    "is below it";
		if (e->critical && strcmp(e->oid, OID_BASIC) != 0 &&
		    strcmp(e->oid, OID_KEY_USAGE) != 0)
			return say(s, e->oid, "is a critical extension that "
			    "no root of ours has");
	}
	return NULL;
}

static const char *
eku_exact(struct lint_subject *s, const struct check *c)
{
	const struct cert_spec *spec = &s->cert->spec;
	char role[CERT_OID_SIZE];

	(void)c;
	if (spec->ekus != 2 ||
	    strcmp(spec->eku[0], PROFILE_EKU_CODE_SIGNING) != 0 ||
	    arc_oid(s->arc, ARC_ROLE, s->scope.role, role, NULL) != ST_OK ||
	    strcmp(spec->eku[1], role) != 0)
		return "extended key usage is not code signing and the role, "
		    "in this order";
	return NULL;
}

/* SEQUENCE { SEQUENCE { OID } }: one policy, no qualifiers. */
static bool
is_one_policy(const struct cert_ext *e)
{
	struct reader r = { 0 }, all = { 0 }, one = { 0 }, oid = { 0 };

	reader_init(&r, "policies", e->value.data, e->value.len);
	return der_open(&r, DER_SEQUENCE, &all, NULL) == ST_OK &&
	    reader_done(&r, NULL) == ST_OK &&
	    der_open(&all, DER_SEQUENCE, &one, NULL) == ST_OK &&
	    reader_done(&all, NULL) == ST_OK &&
	    der_open(&one, DER_OID, &oid, NULL) == ST_OK &&
	    reader_done(&one, NULL) == ST_OK;
}

static const char *
policies_exact(struct lint_subject *s, const struct check *c)
{
	const struct cert_ext *e = find_ext(s, OID_POLICIES);
	const struct cert_spec *spec = &s->cert->spec;
	char role[CERT_OID_SIZE];

	(void)c;
	if (e == NULL || !is_one_policy(e) || spec->policies != 1 ||
	    arc_oid(s->arc, ARC_POLICY, s->scope.role, role, NULL) != ST_OK ||
	    strcmp(spec->policy[0], role) != 0)
		return "the certificate policy is not that of the role alone";
	return NULL;
}

static const char *
scope_reads(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->has_scope ? NULL : "the scope is not of its form";
}

static const char *
scope_agrees(struct lint_subject *s, const struct check *c)
{
	const struct name *n = &s->cert->spec.subject;
	char common[sizeof(PROFILE_TEST_COMMON "fw...") +
	    3 * sizeof(s->scope.product)];

	(void)c;
	snprintf(common, sizeof(common), "%sfw.%s.%s.%s",
	    profile_is_test(n) ? PROFILE_TEST_COMMON : "", s->scope.product,
	    s->scope.role, s->scope.slot);
	if (strcmp(n->unit, s->scope.product) != 0 ||
	    strcmp(n->common, common) != 0)
		return "the scope says another product, role or slot than the "
		    "subject";
	return NULL;
}

static const char *
scope_slot(struct lint_subject *s, const struct check *c)
{
	char slot[sizeof(s->scope.slot)];

	(void)c;
	clock_quarter(s->cert->spec.not_before, slot);
	return strcmp(slot, s->scope.slot) == 0 ? NULL :
	    "the slot is not the quarter of the first day";
}

static const char *nothing_else(struct lint_subject *, const struct check *);

/* --- lists --- */

static const char *
list_foreign(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->crl->foreign_ext[0] == '\0' ? NULL :
	    say(s, s->crl->foreign_ext, "has no place in a complete, direct "
	    "list");
}

static const char *
list_key_id(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->crl->has_aki ? NULL :
	    "the list has no authority key identifier";
}

static const char *
list_number(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->crl->spec.number > 0 ? NULL : "the list has no number";
}

static const char *
list_window(struct lint_subject *s, const struct check *c)
{
	const struct crl_spec *spec = &s->crl->spec;

	(void)c;
	if (spec->this_update < 0 || spec->next_update <= spec->this_update)
		return "the list ends before it begins";
	return spec->next_update - spec->this_update <=
	    PROFILE_DAYS_MAX * CLOCK_DAY ? NULL :
	    "the list lasts longer than the profile allows";
}

static const char *
list_sorted(struct lint_subject *s, const struct check *c)
{
	(void)c;
	return s->crl->sorted ? NULL : "the entries are not in order of their "
	    "serial numbers";
}

static const char *
list_reasons(struct lint_subject *s, const struct check *c)
{
	(void)c;
	for (size_t i = 0; i < s->crl->spec.n; i++) {
		switch (s->crl->spec.entries[i].reason) {
		case REASON_KEY_COMPROMISE:
		case REASON_AFFILIATION_CHANGED:
		case REASON_SUPERSEDED:
		case REASON_CESSATION:
			break;
		case REASON_UNSPECIFIED:
		default:
			return "an entry gives a reason that is none of ours";
		}
	}
	return NULL;
}

static const char *
list_dates(struct lint_subject *s, const struct check *c)
{
	const struct crl_entry *e;

	(void)c;
	for (size_t i = 0; i < s->crl->spec.n; i++) {
		e = &s->crl->spec.entries[i];
		if (e->date > s->crl->spec.this_update ||
		    e->invalid_since > e->date)
			return "an entry is of a later date than the list";
	}
	return NULL;
}

/* --- the table --- */

#define VALUE(s) (s), sizeof(s) - 1
#define BARE NULL, NULL, NULL, 0 /* about no one extension */

static const struct check checks[] = {
	{ { "version", "FORMATS 8.1" }, CERTS | A, version, BARE },
	{ { "list-version", "FORMATS 8.20" }, L, version, BARE },
	{ { "names", "FORMATS 8.1" }, CERTS | L | A, names, BARE },
	{ { "issuer", "FORMATS 8.1" }, CERTS | A, issuer, BARE },
	{ { "validity", "FORMATS 8.2" }, CERTS, validity, BARE },
	{ { "time-encoding", "FORMATS 8.2" }, CERTS | L | A, time_encoding,
	    BARE },
	{ { "serial", "FORMATS 8.3" }, CERTS, serial, BARE },
	{ { "basic-constraints-critical", "FORMATS 8.4" }, CERTS | A, critical,
	    OID_BASIC, "basic constraints", NULL, 0 },
	{ { "basic-constraints-root", "FORMATS 8.4" }, R | C | A, exact,
	    OID_BASIC, "basic constraints", VALUE("\x30\x03\x01\x01\xff") },
	{ { "basic-constraints-delegation", "FORMATS 8.4" }, D, exact,
	    OID_BASIC, "basic constraints", VALUE("\x30\x00") },
	{ { "key-usage-critical", "FORMATS 8.5" }, CERTS | A, critical,
	    OID_KEY_USAGE, "key usage", NULL, 0 },
	{ { "key-usage-root", "FORMATS 8.5" }, R | C, exact, OID_KEY_USAGE,
	    "key usage", VALUE("\x03\x02\x01\x86") },
	{ { "key-usage-delegation", "FORMATS 8.5" }, D, exact, OID_KEY_USAGE,
	    "key usage", VALUE("\x03\x02\x07\x80") },
	{ { "subject-key-id-plain", "FORMATS 8.7" }, CERTS | A, plain, OID_SKI,
	    "subject key identifier", NULL, 0 },
	{ { "subject-key-id", "FORMATS 8.7" }, CERTS, own_key_id, BARE },
	{ { "authority-key-id-plain", "FORMATS 8.7" }, D | C, plain, OID_AKI,
	    "authority key identifier", NULL, 0 },
	{ { "authority-key-id", "FORMATS 8.7" }, D | C, issuer_key_id, BARE },
	{ { "next-root", "FORMATS 8.19" }, R, next_root, PROFILE_NEXT_ROOT,
	    "the hash of the next root's key", NULL, 0 },
	{ { "scope-plain", "FORMATS 8.9" }, D, plain, OID_SCOPE, "scope",
	    NULL, 0 },
	{ { "scope-form", "FORMATS 8.9" }, D, scope_reads, BARE },
	{ { "scope-subject", "FORMATS 8.9" }, D, scope_agrees, BARE },
	{ { "scope-slot", "FORMATS 8.13" }, D, scope_slot, BARE },
	{ { "eku-critical", "FORMATS 8.6" }, D, critical, OID_EKU,
	    "extended key usage", NULL, 0 },
	{ { "eku-exact", "FORMATS 8.6" }, D, eku_exact, BARE },
	{ { "policies-plain", "FORMATS 8.8" }, D, plain, OID_POLICIES,
	    "certificate policies", NULL, 0 },
	{ { "policies-exact", "FORMATS 8.8" }, D, policies_exact, BARE },
	{ { "nothing-else", "FORMATS 8.10" }, CERTS, nothing_else, BARE },
	{ { "signature-algorithm", "FORMATS 8.11" }, CERTS | L,
	    signature_algorithm, BARE },
	{ { "key", "FORMATS 8.12" }, CERTS, key_strength, BARE },
	{ { "rehearsal", "FORMATS 8.14" }, CERTS | L | A, rehearsal, BARE },
	{ { "adopted-validity", "FORMATS 8.60" }, A, not_backwards, BARE },
	{ { "adopted-usage", "FORMATS 8.60" }, A, signs_both, BARE },
	{ { "adopted-key-id", "FORMATS 8.60" }, A, has_key_id, BARE },
	{ { "adopted-signature", "FORMATS 8.60" }, A, signed_somehow, BARE },
	{ { "adopted-key", "FORMATS 8.60" }, A, any_key_strength, BARE },
	{ { "adopted-extensions", "FORMATS 8.60" }, A, demands_nothing,
	    BARE },
	{ { "list-foreign", "FORMATS 8.21" }, L, list_foreign, BARE },
	{ { "list-authority-key-id", "FORMATS 8.22" }, L, list_key_id, BARE },
	{ { "list-number", "FORMATS 8.23" }, L, list_number, BARE },
	{ { "list-window", "FORMATS 8.24" }, L, list_window, BARE },
	{ { "list-sorted", "FORMATS 8.25" }, L, list_sorted, BARE },
	{ { "list-reasons", "FORMATS 8.26" }, L, list_reasons, BARE },
	{ { "list-dates", "FORMATS 8.26" }, L, list_dates, BARE },
};
#define NCHECKS (sizeof(checks) / sizeof(checks[0]))

static bool
is_of(const struct check *c, enum lint_kind kind)
{
	return (c->kinds & 1U << kind) != 0;
}

/* The rows that are about an extension say which ones there may be. */
static const char *
nothing_else(struct lint_subject *s, const struct check *c)
{
	const char *oid;
	bool known;

	(void)c;
	for (size_t i = 0; i < s->cert->nseen; i++) {
		oid = s->cert->seen[i].oid;
		known = false;
		for (size_t j = 0; j < NCHECKS; j++)
			known |= is_of(&checks[j], s->kind) &&
			    checks[j].oid != NULL &&
			    strcmp(resolve(s, checks[j].oid), oid) == 0;
		if (!known)
			return say(s, oid, "is an extension the profile does "
			    "not have");
	}
	return NULL;
}

const struct lint_row *
lint_row(enum lint_kind kind, size_t i)
{
	for (size_t j = 0; j < NCHECKS; j++) {
		if (is_of(&checks[j], kind) && i-- == 0)
			return &checks[j].row;
	}
	return NULL;
}

enum status
lint_run(struct lint_subject *s, lint_told *told, void *cookie,
    struct diag *d)
{
	const char *wrong;
	enum status rc;

	for (size_t i = 0; i < NCHECKS; i++) {
		if (!is_of(&checks[i], s->kind))
			continue;
		wrong = checks[i].wrong(s, &checks[i]);
		if (s->trouble != ST_OK)
			FAIL(d, s->trouble, "%s: it could not be examined",
			    checks[i].row.clause);
		if (!told(cookie, &checks[i].row, wrong))
			break;
	}
	rc = ST_OK;
out:
	return rc;
}
