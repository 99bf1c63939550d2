/* see lint.h */
#include <string.h>

#include "lib/pki/arc.h"
#include "lib/pki/der.h"
#include "lib/pki/lint_rules.h"

/* --- what is not in the parsed form: versions and how times are written --- */

static enum status
read_times(struct reader *r, struct lint_subject *s, struct diag *d)
{
	struct reader in = { 0 };
	int tag;
	enum status rc = ST_OK;

	for (size_t i = 0; i < 2; i++) {
		tag = der_peek(r);
		s->time_tag[i] = (uint8_t)(tag < 0 ? 0 : tag);
		TRY(der_open(r, s->time_tag[i], &in, d));
	}
out:
	return rc;
}

static enum status
read_version(struct reader *r, struct lint_subject *s, struct diag *d)
{
	struct reader number = { 0 };
	uint8_t value;
	enum status rc;

	TRY(der_open(r, DER_INTEGER, &number, d));
	TRY(reader_u8(&number, &value, d));
	TRY(reader_done(&number, d));
	s->version = value;
out:
	return rc;
}

static enum status
walk_cert(struct lint_subject *s, struct diag *d)
{
	struct reader r = { 0 }, all = { 0 }, tbs = { 0 }, in = { 0 };
	enum status rc;

	s->version = -1;
	reader_init(&r, "certificate", s->cert->der.data, s->cert->der.len);
	TRY(der_open(&r, DER_SEQUENCE, &all, d));
	TRY(der_open(&all, DER_SEQUENCE, &tbs, d));
	if (der_peek(&tbs) == DER_EXPLICIT_0) {
		TRY(der_open(&tbs, DER_EXPLICIT_0, &in, d));
		TRY(read_version(&in, s, d));
	}
	TRY(der_open(&tbs, DER_INTEGER, &in, d));
	TRY(der_open(&tbs, DER_SEQUENCE, &in, d)); /* signature */
	TRY(der_open(&tbs, DER_SEQUENCE, &in, d)); /* issuer */
	TRY(der_open(&tbs, DER_SEQUENCE, &in, d)); /* validity */
	TRY(read_times(&in, s, d));
out:
	return rc;
}

static enum status
walk_crl(struct lint_subject *s, struct diag *d)
{
	struct reader r = { 0 }, all = { 0 }, tbs = { 0 }, in = { 0 };
	enum status rc;

	s->version = -1;
	reader_init(&r, "list", s->crl->der.data, s->crl->der.len);
	TRY(der_open(&r, DER_SEQUENCE, &all, d));
	TRY(der_open(&all, DER_SEQUENCE, &tbs, d));
	if (der_peek(&tbs) == DER_INTEGER)
		TRY(read_version(&tbs, s, d));
	TRY(der_open(&tbs, DER_SEQUENCE, &in, d)); /* signature */
	TRY(der_open(&tbs, DER_SEQUENCE, &in, d)); /* issuer */
	TRY(read_times(&tbs, s, d));
out:
	return rc;
}

enum status
lint_cert_each(enum lint_kind kind, const struct cert *cert, const char *arc,
    lint_told *told, void *cookie, struct diag *d)
{
	struct lint_subject s = { .kind = kind, .cert = cert, .arc = arc };
	enum status rc;

	TRY(arc_oid(arc, ARC_SCOPE, NULL, s.scope_oid, d));
	s.has_scope = kind == LINT_DELEGATION &&
	    profile_scope(cert, arc, &s.scope, NULL) == ST_OK;
	TRY(walk_cert(&s, d));
	TRY(lint_run(&s, told, cookie, d));
out:
	return rc;
}

enum status
lint_crl_each(const struct crl *crl, lint_told *told, void *cookie,
    struct diag *d)
{
	struct lint_subject s = { .kind = LINT_LIST, .crl = crl };
	enum status rc;

	TRY(walk_crl(&s, d));
	TRY(lint_run(&s, told, cookie, d));
out:
	return rc;
}

/* The first that is wrong is the refusal. */
struct first {
	enum status rc;
	struct diag *d;
};

static bool
until_wrong(void *cookie, const struct lint_row *row, const char *wrong)
{
	struct first *f = cookie;

	if (wrong != NULL)
		f->rc = diag_set(f->d, ST_POLICY, "%s: %s", row->clause,
		    wrong);
	return wrong == NULL;
}

enum status
lint_cert(enum lint_kind kind, const struct cert *cert, const char *arc,
    struct diag *d)
{
	struct first f = { ST_OK, d };
	const enum status rc = lint_cert_each(kind, cert, arc, until_wrong,
	    &f, d);

	return rc == ST_OK ? f.rc : rc;
}

enum status
lint_anchor(const struct cert *cert, const char *arc, struct diag *d)
{
	const enum status rc = lint_cert(LINT_ADOPTED, cert, arc, NULL);

	/* what it is not, is said by the rules for roots that are minted */
	return rc == ST_OK ? ST_OK : lint_cert(LINT_ROOT, cert, arc, d);
}

/* O is that of the plan, with the mark of its mode. */
static enum status
check_room(const struct profile_room *room, const struct cert *cert,
    struct diag *d)
{
	const struct name *n = &cert->spec.subject;
	const char *mark = room->rehearsal ? PROFILE_TEST_ORG : "";
	const size_t len = strlen(mark);

	if (profile_is_test(n) != room->rehearsal)
		return diag_set(d, ST_POLICY, "FORMATS 8.14: the mark of a "
		    "rehearsal is missing in its name, or is there in "
		    "production");
	if (strncmp(n->org, mark, len) != 0 ||
	    strcmp(n->org + len, room->org) != 0)
		return diag_set(d, ST_POLICY, "FORMATS 8.60: it is of another "
		    "organisation than the plan");
	return ST_OK;
}

enum status
lint_brought(const struct profile_room *room, const struct cert *cert,
    int64_t from, struct diag *d)
{
	enum status rc;

	TRY(lint_cert(LINT_ADOPTED, cert, room->arc, d));
	TRY(check_room(room, cert, d));
	if (from < cert->spec.not_before || from > cert->spec.not_after)
		FAIL(d, ST_POLICY, "FORMATS 8.60: it is not valid on the day "
		    "that the plan is effective");
	if ((rc = cert_signed_itself(cert, NULL)) == ST_AUTH)
		FAIL(d, rc, "FORMATS 8.60: it is not signed by its own key");
	if (rc != ST_OK)
		FAIL(d, rc, "its signature could not be checked");
out:
	return rc;
}

enum status
lint_crl(const struct crl *crl, struct diag *d)
{
	struct first f = { ST_OK, d };
	const enum status rc = lint_crl_each(crl, until_wrong, &f, d);

	return rc == ST_OK ? f.rc : rc;
}
