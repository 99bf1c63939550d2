/* see profile.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/pki/arc.h"
#include "lib/pki/profile.h"

#define NAME_CHARS                                                            \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* --- names --- */

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

bool
profile_is_test(const struct name *name)
{
	return begins(name->org, PROFILE_TEST_ORG) ||
	    begins(name->common, PROFILE_TEST_COMMON);
}

bool
profile_is_plain(const struct name *name)
{
	const size_t org = strlen(name->org);

	return org > 0 && strspn(name->org, NAME_CHARS " ") == org &&
	    name->org[0] != ' ' && name->org[org - 1] != ' ' &&
	    strspn(name->unit, NAME_CHARS) == strlen(name->unit) &&
	    name->common[0] != '\0' &&
	    strspn(name->common, NAME_CHARS) == strlen(name->common);
}

/* Organisation and common name with or without the mark of a rehearsal. */
static enum status
fill_name(const struct profile_room *room, const char *common,
    struct name *out, struct diag *d)
{
	const char *org_mark = room->rehearsal ? PROFILE_TEST_ORG : "";
	const char *common_mark = room->rehearsal ? PROFILE_TEST_COMMON : "";
	enum status rc;
	int org, com;

	org = snprintf(out->org, sizeof(out->org), "%s%s", org_mark,
	    room->org);
	com = snprintf(out->common, sizeof(out->common), "%s%s", common_mark,
	    common);
	if (org < 0 || org >= (int)sizeof(out->org) || com < 0 ||
	    com >= (int)sizeof(out->common))
		FAIL(d, ST_POLICY, "FORMATS 8.1: a name of more than %zu "
		    "characters", sizeof(out->common) - 1);
	if (!profile_is_plain(out))
		FAIL(d, ST_POLICY, "FORMATS 8.1: a name with other characters "
		    "than [A-Za-z0-9._-], or blanks inside an organisation");
	if (!room->rehearsal && profile_is_test(out))
		FAIL(d, ST_POLICY, "FORMATS 8.14: the mark of a rehearsal in a "
		    "name for production");
	rc = ST_OK;
out:
	return rc;
}

enum status
profile_root_name(const struct profile_room *room, const char *common,
    struct name *out, struct diag *d)
{
	memset(out, 0, sizeof(*out));
	return fill_name(room, common, out, d);
}

enum status
profile_delegation_name(const struct profile_room *room,
    const struct scope *scope, struct name *out, struct diag *d)
{
	char common[sizeof("fw...") + 3 * sizeof(scope->product)];

	memset(out, 0, sizeof(*out));
	snprintf(out->unit, sizeof(out->unit), "%s", scope->product);
	snprintf(common, sizeof(common), "fw.%s.%s.%s", scope->product,
	    scope->role, scope->slot);
	return fill_name(room, common, out, d);
}

/* --- times --- */

/* Both ends count, so a day is 86400 seconds and the last of them is in. */
static int64_t
last_second(int64_t from, int64_t days)
{
	return from + days * CLOCK_DAY - 1;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Nothing outlives its issuer; in a rehearsal it is cut instead. */
static enum status
fit_issuer(const struct profile_room *room, const struct cert *issuer,
    int64_t from, int64_t *to, struct diag *d)
{
	if (room->rehearsal)
		*to = earlier(*to, issuer->spec.not_after);
	if (from < issuer->spec.not_before || *to > issuer->spec.not_after)
		return diag_set(d, ST_POLICY, "FORMATS 8.2: it would outlive "
		    "%s, or begin before it", issuer->spec.subject.common);
	return ST_OK;
}

/* Something from ${from} to ${to}, which is cut in a rehearsal, and never past
 * ${latest}. */
static enum status
fit_window(const struct profile_room *room, int64_t from, int64_t latest,
    int64_t *to, struct diag *d)
{
	if (room->rehearsal)
		*to = earlier(*to, last_second(from, PROFILE_REHEARSAL_DAYS));
	if (from < 0 || *to <= from)
		return diag_set(d, ST_POLICY, "FORMATS 8.2: it would end "
		    "before it begins");
	if (*to > latest)
		return diag_set(d, ST_POLICY, "FORMATS 8.2: it would last "
		    "longer than the profile allows");
	return ST_OK;
}

/* --- certificates --- */

/* What a root may do, whoever vouches for it. */
static void
fill_authority(struct cert_spec *out)
{
	out->ca = true;
	out->path_len = -1;
	out->usage = USAGE_DIGITAL_SIGNATURE | USAGE_KEY_CERT_SIGN |
	    USAGE_CRL_SIGN;
}

enum status
profile_root(const struct profile_room *room, const char *common,
    const struct spki *key, int64_t from, int64_t to, struct cert_spec *out,
    struct diag *d)
{
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(profile_root_name(room, common, &out->subject, d));
	TRY(fit_window(room, from, last_second(from, PROFILE_ROOT_DAYS), &to,
	    d));
	out->issuer = out->subject;
	out->self_issued = true;
	out->not_before = from;
	out->not_after = to;
	fill_authority(out);
	TRY(bytes_set(&out->spki, key->der.data, key->der.len, d));
out:
	if (rc != ST_OK)
		cert_spec_clear(out);
	return rc;
}

/* HashedRootKey ::= SEQUENCE { hashAlg SHA-384 without parameters (RFC 5754 2),
 * hashValue OCTET STRING }: what stands before the 48 bytes. */
static const uint8_t next_head[] = { 0x30, 0x3f, 0x30, 0x0b, 0x06, 0x09, 0x60,
	0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x04, 0x30 };

enum status
profile_next_root(struct cert_spec *spec, const uint8_t key[SHA384_LEN],
    struct diag *d)
{
	uint8_t value[sizeof(next_head) + SHA384_LEN];
	struct cert_ext *ext = &spec->ext[spec->exts];

	memcpy(value, next_head, sizeof(next_head));
	memcpy(value + sizeof(next_head), key, SHA384_LEN);
	snprintf(ext->oid, sizeof(ext->oid), "%s", PROFILE_NEXT_ROOT);
	ext->critical = false;
	spec->exts++;
	return bytes_set(&ext->value, value, sizeof(value), d);
}

bool
profile_names_next(const struct cert *cert, uint8_t key[SHA384_LEN])
{
	const struct bytes *v;

	for (size_t i = 0; i < cert->nseen; i++) {
		v = &cert->seen[i].value;
		if (strcmp(cert->seen[i].oid, PROFILE_NEXT_ROOT) != 0)
			continue;
		if (v->len != sizeof(next_head) + SHA384_LEN ||
		    memcmp(v->data, next_head, sizeof(next_head)) != 0)
			return false;
		memcpy(key, v->data + sizeof(next_head), SHA384_LEN);
		return true;
	}
	return false;
}

enum status
profile_cross(const struct profile_room *room, const struct cert *root,
    const struct cert *issuer, int64_t from, struct cert_spec *out,
    struct diag *d)
{
	int64_t to = earlier(root->spec.not_after, issuer->spec.not_after);
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (memcmp(root->key.id, issuer->key.id, SHA384_LEN) == 0)
		FAIL(d, ST_POLICY, "FORMATS 8.50: root %s does not vouch for "
		    "itself", root->spec.subject.common);
	TRY(fit_issuer(room, root, from, &to, d));
	TRY(fit_issuer(room, issuer, from, &to, d));
	TRY(fit_window(room, from, to, &to, d));
	out->subject = root->spec.subject;
	out->issuer = issuer->spec.subject;
	memcpy(out->issuer_ski, issuer->ski, sizeof(out->issuer_ski));
	out->not_before = from;
	out->not_after = to;
	fill_authority(out);
	TRY(bytes_set(&out->spki, root->key.der.data, root->key.der.len, d));
out:
	if (rc != ST_OK)
		cert_spec_clear(out);
	return rc;
}

/* Extended key usage, policy and scope: all say product and role. */
static enum status
fill_scope(const char *arc, const struct scope *scope, struct cert_spec *out,
    struct diag *d)
{
	struct cert_ext *ext = &out->ext[0];
	enum status rc;

	snprintf(out->eku[0], sizeof(out->eku[0]), "%s",
	    PROFILE_EKU_CODE_SIGNING);
	TRY(arc_oid(arc, ARC_ROLE, scope->role, out->eku[1], d));
	out->ekus = 2;
	out->eku_critical = true;
	TRY(arc_oid(arc, ARC_POLICY, scope->role, out->policy[0], d));
	out->policies = 1;
	out->exts = 1;
	TRY(arc_oid(arc, ARC_SCOPE, NULL, ext->oid, d));
	TRY(scope_write(scope, &ext->value, d));
out:
	return rc;
}

enum status
profile_delegation(const struct profile_room *room, const struct scope *scope,
    const struct spki *key, const struct cert *issuer, int64_t from,
    int64_t to, struct cert_spec *out, struct diag *d)
{
	char slot[sizeof(scope->slot)];
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(profile_key(key->alg, d));
	TRY(profile_delegation_name(room, scope, &out->subject, d));
	TRY(fit_issuer(room, issuer, from, &to, d));
	TRY(fit_window(room, from, last_second(from, PROFILE_DAYS_MAX), &to,
	    d));
	clock_quarter(from, slot);
	if (strcmp(scope->slot, slot) != 0)
		FAIL(d, ST_POLICY, "FORMATS 8.13: the slot is %s and the "
		    "first day is in %s", scope->slot, slot);
	if (strcmp(out->subject.org, issuer->spec.subject.org) != 0)
		FAIL(d, ST_POLICY, "FORMATS 8.1: the root is of another "
		    "organisation");
	out->issuer = issuer->spec.subject;
	memcpy(out->issuer_ski, issuer->ski, sizeof(out->issuer_ski));
	out->not_before = from;
	out->not_after = to;
	out->path_len = -1;
	out->usage = USAGE_DIGITAL_SIGNATURE;
	TRY(bytes_set(&out->spki, key->der.data, key->der.len, d));
	TRY(fill_scope(room->arc, scope, out, d));
out:
	if (rc != ST_OK)
		cert_spec_clear(out);
	return rc;
}

enum status
profile_list(const struct profile_room *room, const struct cert *issuer,
    int64_t from, int64_t to, uint64_t number, struct crl_spec *out,
    struct diag *d)
{
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(fit_issuer(room, issuer, from, &to, d));
	TRY(fit_window(room, from, from + PROFILE_DAYS_MAX * CLOCK_DAY, &to,
	    d));
	if (number == 0)
		FAIL(d, ST_POLICY, "FORMATS 8.23: a list without a number");
	out->issuer = issuer->spec.subject;
	memcpy(out->issuer_ski, issuer->ski, sizeof(out->issuer_ski));
	out->this_update = from;
	out->next_update = to;
	out->number = number;
	rc = ST_OK;
out:
	return rc;
}

/* --- keys --- */

/* Stock clients verify CMS by these; Ed25519 they do not. */
static const char *const operational[] = {
	"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-3072", "rsa-4096",
};
#define NOPERATIONAL (sizeof(operational) / sizeof(operational[0]))

enum status
profile_key(const char *alg, struct diag *d)
{
	for (size_t i = 0; i < NOPERATIONAL; i++) {
		if (strcmp(operational[i], alg) == 0)
			return ST_OK;
	}
	return diag_set(d, ST_POLICY, "FORMATS 8.12: stock clients take no "
	    "operational key of %.24s; ecdsa-p256, ecdsa-p384, ecdsa-p521, "
	    "rsa-3072, rsa-4096", alg);
}

/* --- scope --- */

enum status
profile_scope(const struct cert *cert, const char *arc, struct scope *out,
    struct diag *d)
{
	char oid[CERT_OID_SIZE];
	const struct cert_ext *ext;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(arc_oid(arc, ARC_SCOPE, NULL, oid, d));
	for (size_t i = 0; i < cert->nseen; i++) {
		ext = &cert->seen[i];
		if (strcmp(ext->oid, oid) != 0)
			continue;
		if (ext->critical)
			FAIL(d, ST_POLICY, "FORMATS 8.9: the scope is "
			    "critical: stock clients refuse that");
		return scope_read(ext->value.data, ext->value.len, out, d);
	}
	rc = diag_set(d, ST_POLICY, "FORMATS 8.9: there is no scope under "
	    "%.64s", arc);
out:
	return rc;
}

/* The arc that the role in the subject leaves of the second key usage. */
enum status
profile_arc(const struct cert *c, char out[CERT_OID_SIZE], struct diag *d)
{
	const size_t mark = strlen(PROFILE_TEST_COMMON);
	char role[33] = "", tail[CERT_OID_SIZE];
	const char *common = c->spec.subject.common, *usage;
	size_t len, end;
	enum status rc;

	if (strncmp(common, PROFILE_TEST_COMMON, mark) == 0)
		common += mark;
	if (c->spec.ekus != 2 ||
	    sscanf(common, "fw.%*32[a-z0-9-].%32[a-z0-9-].", role) != 1)
		FAIL(d, ST_POLICY, "FORMATS 8.42: it is not a delegation");
	/* ".2.<role>", as it stands behind any arc */
	TRY(arc_oid("", ARC_ROLE, role, tail, d));
	usage = c->spec.eku[1];
	len = strlen(usage);
	end = strlen(tail);
	if (len <= end || strcmp(usage + len - end, tail) != 0)
		FAIL(d, ST_POLICY, "FORMATS 8.6: extended key usage is not "
		    "that of the role");
	snprintf(out, CERT_OID_SIZE, "%.*s", (int)(len - end), usage);
	rc = ST_OK;
out:
	return rc;
}
