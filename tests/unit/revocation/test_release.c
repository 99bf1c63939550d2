#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "delegation/delegate.h"
#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/cert.h"
#include "revocation/account.h"
#include "revocation/journal.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "revocation/release.h"
#include "revocation/revoke.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"
#include "tests/support/pkix.h"

#define LIST "[crl g1]\nby = g1\ndays = 400\n"
#define KILL                                                                  \
	"[kill g1]\nby = g1\nkeys = all\nalso = revoke-all\nopen = 1 of night\n"
#define ACCOUNT "[account g1]\nby = g1\nintact = all\n"
#define REVOKE                                                                \
	"[revoke gw1]\nby = g1\nreason = superseded\nasked = second\n"
#define KEYS 3

static const struct promise above[] = {
	{ .kind = "account", .name = "g1", .by = "g1" },
	{ .kind = "list", .name = "g1", .by = "g1" },
};
static const struct promises promises = { above, 2 };

static void
take(struct fake *f, const struct step_kind *kind, const char *name)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	fake_promises = kind == &account_step ? NULL : &promises;
	if (fake_do(f, kind, name, &o, &d) != ST_OK)
		fail_msg("%s: %s", name, d.text);
	fake_promises = NULL;
	fake_take(f, &o);
	outcome_clear(&o);
}

/* The plan with a responder, whose certificate is the root's own here. */
static size_t
head(struct fake *f, unsigned number, char *text, size_t size)
{
	struct bytes pem = { 0 };
	char name[32], value[256];

	assert_int_equal(state_object(f->state, f->state->roots[0].object,
	    &pem, NULL), ST_OK);
	snprintf(name, sizeof(name), "night-%u.crt", number);
	fake_inbox(f, name, &pem, value, sizeof(value));
	bytes_free(&pem);
	return (size_t)snprintf(text, size, "[profile firmware]\n"
	    "base = fw-pki-v1\nkeys = ecdsa-p256\nmost-days = 400\n"
	    "[responder night]\ncert = %s\n", value);
}

/* Delegations gw1, gw2, gw3, the list, and what is sealed: three lists of one
 * key, three of two, one of all. */
static void
begin(struct fake *f)
{
	char text[FAKE_PLAN_SIZE], name[16], value[256];
	struct bytes csr = { 0 };
	size_t at;

	fake_start(f, MODE_PRODUCTION);
	fake_root(f, "g1", 0, true);
	at = head(f, 1, text, sizeof(text));
	for (unsigned i = 1; i <= KEYS; i++) {
		fake_request("P-256", "gw", &csr);
		snprintf(name, sizeof(name), "gw%u.csr", i);
		fake_inbox(f, name, &csr, value, sizeof(value));
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "[delegate gw%u]\nby = g1\nprofile = firmware\n"
		    "product = gw%u\nrole = release\nversions = 1..\n"
		    "request = %s\ndays = 90\n", i, i, value);
	}
	snprintf(text + at, sizeof(text) - at, LIST KILL);
	fake_plan(f, 1, text);
	bytes_free(&csr);
	take(f, &delegate_step, "gw1");
	take(f, &delegate_step, "gw2");
	take(f, &delegate_step, "gw3");
	take(f, &crl_step, "g1");
	take(f, &kill_step, "g1");
}

static void
next(struct fake *f, const char *rest)
{
	char text[FAKE_PLAN_SIZE];
	const size_t at = (fake_next(f), head(f, 2, text, sizeof(text)));

	snprintf(text + at, sizeof(text) - at, "%s", rest);
	fake_plan(f, 2, text);
}

static void
refuses_to_find(const struct fake *f, const char *word, const char *why)
{
	struct releases r = { 0 };
	struct diag d = { 0 };

	assert_int_equal(release_find(f->state, word, NULL, &r, &d),
	    ST_POLICY);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(r.n, 0);
	releases_clear(&r);
}

static void
finds(const struct fake *f, const char *word, const char *object)
{
	struct releases r = { 0 };
	struct diag d = { 0 };

	if (release_find(f->state, word, NULL, &r, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.release[0].sealed->object, object);
	releases_clear(&r);
}

static void
release_finds_the_newest_list_of_a_key(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	finds(&f, "gw2", "sealed/000002.p7m");
	finds(&f, f.state->delegations[2].serial, "sealed/000003.p7m");
	finds(&f, "all", "sealed/000007.p7m");
	finds(&f, "gw1+gw3", "sealed/000005.p7m");
	finds(&f, "gw3+gw1", "sealed/000005.p7m");
	refuses_to_find(&f, "gw1+", "there is no delegation \"\"");
	refuses_to_find(&f, "gw1+gw2+gw3",
	    "there is no delegation \"gw2+gw3\"");
	refuses_to_find(&f, "gw2+gw2", "gw2+gw2 is one key, not two");
	refuses_to_find(&f, "gw4", "there is no delegation \"gw4\"");
	next(&f, REVOKE ACCOUNT LIST KILL);
	take(&f, &revoke_step, "gw1");
	take(&f, &account_step, "g1");
	take(&f, &crl_step, "g1");
	take(&f, &kill_step, "g1");
	finds(&f, "gw2", "sealed/000008.p7m");
	finds(&f, "all", "sealed/000011.p7m");
	refuses_to_find(&f, "gw1", "delegation gw1 is revoked already, in the "
	    "regular list of root g1");
	fake_end(&f);
}

/* Of another ceremony even "all" is dated before, and takes it back. */
static void
release_withholds_what_was_sealed_before(void **state)
{
	struct releases r = { 0 };
	struct facts said = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	next(&f, ACCOUNT LIST KILL);
	take(&f, &account_step, "g1");
	take(&f, &crl_step, "g1");
	take(&f, &kill_step, "g1");
	assert_int_equal(release_find(f.state, "gw2", NULL, &r, NULL), ST_OK);
	assert_string_equal(r.release[0].sealed->object, "sealed/000009.p7m");
	assert_int_equal(releases_say(&r, FAKE_EFFECTIVE, &said, NULL), ST_OK);
	assert_int_equal(facts_count(&said, "may-follow"), 3);
	assert_int_equal(facts_count(&said, "withhold"), 7 + 3 + 1);
	facts_clear(&said);
	releases_clear(&r);
	fake_end(&f);
}

/* Stock clients have a newer list by then: the sealed one does nothing. */
static void
release_refuses_a_list_that_a_regular_one_overtook(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	next(&f, ACCOUNT LIST);
	take(&f, &account_step, "g1");
	take(&f, &crl_step, "g1");
	refuses_to_find(&f, "gw2", "RULES L1: root g1 has signed "
	    "lists/000002.crl after the lists that were sealed in ceremony 1");
	refuses_to_find(&f, "all", "RULES L1");
	fake_end(&f);
}

static void
release_refuses_a_key_that_nothing_is_sealed_for(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	f.state->nsealed = 1;
	refuses_to_find(&f, "gw4", "there is no delegation \"gw4\" in this "
	    "state; there are: gw1, gw2, gw3");
	refuses_to_find(&f, "gw2", "FORMATS 8.28: no list that revokes gw2 is "
	    "sealed");
	refuses_to_find(&f, "gw2+gw3", "is sealed: what is left is all, or a "
	    "ceremony");
	refuses_to_find(&f, "all", "FORMATS 8.28: no list that revokes all");
	snprintf(f.state->delegations[2].root,
	    sizeof(f.state->delegations[2].root), "g2");
	refuses_to_find(&f, "gw2+gw3", "gw2+gw3 are keys of two roots");
	/* two of one name, and neither is revoked */
	snprintf(f.state->delegations[0].name,
	    sizeof(f.state->delegations[0].name), "gw2");
	refuses_to_find(&f, "gw2", "there are 2 live delegations gw2: give "
	    "the serial number");
	fake_end(&f);
}

/* --- a ceremony that sealed something else than it says --- */

struct lie {
	const char *keys; /* whose entries are there: "12" is gw1 and gw2 */
	unsigned number, earlier; /* than the recorded */
	int64_t dated;
	unsigned key; /* that signs */
	const char *why; /* NULL: it is the truth */
};

static void
add(const struct fake *f, unsigned n, int64_t dated, struct crl_spec *s)
{
	struct crl_entry e = { .serial_len = CERT_SERIAL_LEN, .date = dated,
		.reason = REASON_KEY_COMPROMISE, .invalid_since = -1 };

	assert_int_equal(text_unhex(f->state->delegations[n].serial, e.serial,
	    CERT_SERIAL_LEN, NULL), ST_OK);
	assert_int_equal(crl_spec_add(s, &e, NULL), ST_OK);
}

static void
make(const struct fake *f, const struct sealed *q, const struct lie *lie,
    struct bytes *pem)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct diag d = { 0 };

	assert_int_equal(list_spec(q->root, 0, q->next_update -
	    (int64_t)lie->earlier, f->plan, f->state, &s, &d), ST_OK);
	s.number = q->number + lie->number;
	s.this_update = q->this_update;
	for (const char *at = lie->keys; *at != '\0'; at++)
		add(f, (unsigned)(*at - '1'), FAKE_EFFECTIVE - lie->dated, &s);
	pkix_sign_list(f->root[lie->key].key, &s, &der);
	if (cert_pem(&der, "X509 CRL", pem, &d) != ST_OK)
		fail_msg("%s", d.text);
	bytes_free(&der);
	crl_spec_clear(&s);
}

static void
tell(struct fake *f, const char *word, const struct lie *lie)
{
	struct releases r = { 0 };
	struct bytes pem = { 0 };
	struct diag d = { 0 };
	struct sealed *q;
	enum status rc;

	assert_int_equal(release_find(f->state, word, NULL, &r, NULL), ST_OK);
	q = &f->state->sealed[r.release[0].sealed - f->state->sealed];
	make(f, q, lie, &pem);
	/* the record agrees */
	hash_sha384_hex(pem.data, pem.len, q->digest);
	rc = release_prove(&r.release[0], FAKE_EFFECTIVE, &pem, &d);
	if (lie->why == NULL && (rc != ST_OK ||
	    !bytes_equal(&pem, &r.release[0].pem)))
		fail_msg("%s", d.text);
	if (lie->why != NULL && (rc != ST_AUTH ||
	    strstr(d.text, lie->why) == NULL || r.release[0].pem.len > 0))
		fail_msg("%d, \"%s\" does not say \"%s\"", (int)rc, d.text,
		    lie->why);
	bytes_free(&pem);
	releases_clear(&r);
}

static void
release_refuses_a_list_that_is_not_what_it_says(void **state)
{
	static const struct lie one[] = {
		{ .keys = "2" },
		{ .keys = "", .why = "FORMATS 8.36: its list does not revoke "
		    "%2" },
		{ .keys = "1", .why = "FORMATS 8.36: its list does not revoke "
		    "%2" },
		{ .keys = "23", .why = "FORMATS 8.36: its list also revokes "
		    "%3" },
		{ .keys = "12", .why = "FORMATS 8.36: its list also revokes "
		    "%1" },
		{ .keys = "2", .number = 1, .why = "is not of the number and "
		    "dates that the record has" },
		{ .keys = "2", .earlier = 60, .why = "is not of the number and "
		    "dates that the record has" },
		{ .keys = "2", .dated = 60, .why = "sealed/000002.p7m: "
		    "FORMATS 8.36: " },
		{ .keys = "2", .key = 1, .why = "sealed/000002.p7m: the "
		    "signature" },
	};
	struct lie lie;
	char why[200];
	const char *n;
	struct fake f;

	(void)state;
	begin(&f);
	fake_root(&f, "g2", 1, true);
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		lie = one[i];
		if (lie.why != NULL && (n = strchr(lie.why, '%')) != NULL) {
			snprintf(why, sizeof(why), "%.*s%s",
			    (int)(n - lie.why), lie.why,
			    f.state->delegations[n[1] - '1'].serial);
			lie.why = why;
		}
		tell(&f, "gw2", &lie);
	}
	lie = (struct lie) { .keys = "123" };
	tell(&f, "all", &lie);
	lie.keys = "13";
	tell(&f, "gw1+gw3", &lie);
	lie = (struct lie) { .keys = "123", .why = "its list also revokes" };
	tell(&f, "gw1+gw3", &lie);
	snprintf(why, sizeof(why), "does not revoke %s",
	    f.state->delegations[0].serial);
	lie = (struct lie) { .keys = "23", .why = why };
	tell(&f, "all", &lie);
	fake_end(&f);
}

static void
release_refuses_another_list_than_the_recorded(void **state)
{
	const struct lie truth = { .keys = "2" };
	struct releases r = { 0 };
	struct bytes pem = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	assert_int_equal(release_find(f.state, "gw2", NULL, &r, NULL), ST_OK);
	make(&f, r.release[0].sealed, &truth, &pem);
	pem.data[pem.len / 2] ^= 1;
	assert_int_equal(release_prove(&r.release[0], FAKE_EFFECTIVE, &pem,
	    &d), ST_AUTH);
	assert_non_null(strstr(d.text, "its list is not the one whose digest "
	    "the record has"));
	assert_int_equal(r.release[0].pem.len, 0);
	bytes_free(&pem);
	releases_clear(&r);
	fake_end(&f);
}

/* --- what is said --- */

static void
release_says_what_takes_over_and_what_goes_on(void **state)
{
	struct releases r = { 0 };
	struct facts said = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	/* gw3 is the next key of gw2's product */
	snprintf(f.state->delegations[2].product,
	    sizeof(f.state->delegations[2].product), "gw2");
	assert_int_equal(release_find(f.state, "gw2", NULL, &r, NULL), ST_OK);
	assert_int_equal(releases_say(&r, FAKE_EFFECTIVE, &said, NULL), ST_OK);
	assert_int_equal(facts_count(&said, "stops"), 1);
	assert_non_null(strstr(facts_at(&said, "next-key", 0),
	    "release of gw2: gw3, slot "));
	assert_non_null(strstr(facts_at(&said, "exposure", 0), "400 days, "));
	/* gw1, gw3, gw1+gw3, and the words about regular lists */
	assert_int_equal(facts_count(&said, "withhold"), 4);
	/* gw1+gw2, gw2+gw3, all */
	assert_int_equal(facts_count(&said, "may-follow"), 3);
	assert_int_equal(facts_count(&said, "goes-on"), 0);
	facts_clear(&said);
	releases_clear(&r);
	assert_int_equal(release_find(f.state, "gw1+gw3", NULL, &r, NULL),
	    ST_OK);
	assert_int_equal(releases_say(&r, FAKE_EFFECTIVE, &said, NULL), ST_OK);
	assert_int_equal(facts_count(&said, "stops"), 2);
	/* each key alone, both other pairs, the words */
	assert_int_equal(facts_count(&said, "withhold"), 3 + 2 + 1);
	assert_int_equal(facts_count(&said, "may-follow"), 1);
	facts_clear(&said);
	releases_clear(&r);
	/* all: but for one that was delegated since, of which no list knows */
	f.state->sealed[2].ceremony = 9;
	assert_int_equal(release_find(f.state, "all", NULL, &r, NULL), ST_OK);
	assert_int_equal(releases_say(&r, FAKE_EFFECTIVE + 500 * CLOCK_DAY,
	    &said, NULL), ST_OK);
	assert_int_equal(facts_count(&said, "stops"), 2);
	assert_non_null(strstr(facts_at(&said, "exposure", 0), "0 days, "));
	assert_int_equal(facts_count(&said, "goes-on"), 0);
	facts_clear(&said);
	assert_int_equal(releases_say(&r, FAKE_EFFECTIVE, &said, NULL), ST_OK);
	assert_non_null(strstr(facts_at(&said, "goes-on", 0), "gw3: release"));
	facts_clear(&said);
	releases_clear(&r);
	fake_end(&f);
}

/* --- what was released before --- */

struct past {
	const char *released; /* words, blank between */
	const char *word;
	bool again;
	const char *why; /* NULL: it may be released */
};

static void
remember(struct journal *j, const char *word)
{
	struct releases r = { 0 };
	struct notice *n = GROW(j->notice, j->n);

	assert_non_null(n);
	assert_int_equal(release_find(j->state, word, NULL, &r, NULL), ST_OK);
	notice_make(j->state, r.release[0].sealed, false, FAKE_EFFECTIVE, n);
	snprintf(n->by, sizeof(n->by), "night");
	releases_clear(&r);
}

static void
relive(const struct fake *f, const struct past *p)
{
	struct journal j = { .path = "journal", .state = f->state };
	struct releases r = { 0 };
	struct diag d = { 0 };
	char words[64], *save = NULL;
	enum status rc;

	snprintf(words, sizeof(words), "%s", p->released);
	for (char *w = strtok_r(words, " ", &save); w != NULL;
	     w = strtok_r(NULL, " ", &save))
		remember(&j, w);
	assert_int_equal(release_find(f->state, p->word, NULL, &r, NULL),
	    ST_OK);
	rc = journal_check(&j, &r.release[0], p->again, &d);
	if (p->why == NULL ? rc != ST_OK :
	    rc != ST_POLICY || strstr(d.text, p->why) == NULL)
		fail_msg("%s after %s: %d, \"%s\"", p->word, p->released,
		    (int)rc, d.text);
	releases_clear(&r);
	journal_close(&j);
}

static void
a_second_release_never_lets_a_stopped_key_live(void **state)
{
	static const struct past pasts[] = {
		{ "", "gw1", false, NULL },
		{ "", "gw1", true, NULL },
		{ "gw1", "gw1", false, "FORMATS 7.23: sealed/000001.p7m was "
		    "released by night at 2027-03-01T00:00:00Z: with --again" },
		{ "gw1", "gw1", true, NULL },
		{ "gw1", "gw2", false, "RULES L3: gw1 was stopped by night at "
		    "2027-03-01T00:00:00Z, and clients that take this list "
		    "would trust it again: release gw1+gw2" },
		{ "gw2", "gw1", false, "release gw1+gw2" },
		{ "gw1", "gw2+gw3", false, "L3: gw1 was stopped" },
		{ "gw1", "gw2+gw3", false, "again: release all" },
		{ "gw1 gw1+gw2", "gw3", true, "again: release all" },
		{ "gw1", "gw1+gw3", false, NULL },
		{ "gw1 gw1+gw3", "gw1", true, "L3: gw3 was stopped" },
		{ "all", "gw1+gw3", false, "L3: gw2 was stopped" },
		{ "gw1+gw2", "all", false, NULL },
		{ "all", "all", true, NULL },
	};
	struct fake f;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < sizeof(pasts) / sizeof(pasts[0]); i++)
		relive(&f, &pasts[i]);
	/* neither a pair nor all is sealed */
	f.state->nsealed = KEYS;
	relive(&f, &(struct past){ "gw1", "gw2", false, "again: nothing that "
	    "stops both is sealed: what is left is a ceremony" });
	fake_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_finds_the_newest_list_of_a_key),
		cmocka_unit_test(release_withholds_what_was_sealed_before),
		cmocka_unit_test(
		    release_refuses_a_list_that_a_regular_one_overtook),
		cmocka_unit_test(
		    release_refuses_a_key_that_nothing_is_sealed_for),
		cmocka_unit_test(
		    release_refuses_a_list_that_is_not_what_it_says),
		cmocka_unit_test(
		    release_refuses_another_list_than_the_recorded),
		cmocka_unit_test(
		    release_says_what_takes_over_and_what_goes_on),
		cmocka_unit_test(
		    a_second_release_never_lets_a_stopped_key_live),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
