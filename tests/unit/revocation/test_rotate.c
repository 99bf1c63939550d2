/* rotate.c, cross.c, certify.c: a root goes, another comes; and nothing is made
 * that no device would take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/certify.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/record/signer.h"
#include "revocation/accept.h"
#include "revocation/bundle_row.h"
#include "revocation/list.h"
#include "revocation/make.h"
#include "revocation/rotate.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define HEX(c)                                                                \
	c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c       \
	c c c c c c c c c c c c c c c c
#define CRL(root) "[crl " root "]\nby = " root "\ndays = 400\n"
#define CERTIFY(root)                                                         \
	"[certify " root "]\nsubject = root-" root "\nyears = 20\n"
#define TERMS                                                                 \
	"threshold = 1\nnext-threshold = 1\nsuccession = both\ndays = 300\n"
#define ONE "anchors = g1\nnext = n1, n2\n" TERMS
#define TWO "anchors = g1, g2\nnext = n1, n2\n" TERMS
#define FRESH                                                                 \
	"next-key.a = ecdsa-p384 " HEX("ab") "\n"                             \
	"next-key.b = ecdsa-p384 " HEX("cd") "\n"
#define ROTATE(by, new, reason)                                               \
	"[rotate b2]\nby = " by "\nold = g1\nnew = " new "\nreason = " reason \
	"\n" FRESH TERMS
#define USUAL(reason)                                                         \
	CERTIFY("n1") CRL("g1") CRL("n1") ROTATE("g1, n1", "n1", reason)

#define ITEMS_MAX 8

/* What a rotation made, item by item. */
struct made {
	struct outcome o[ITEMS_MAX];
	size_t n;
};

static void
made_clear(struct made *m)
{
	for (size_t i = 0; i < m->n; i++)
		outcome_clear(&m->o[i]);
	memset(m, 0, sizeof(*m));
}

static void
take(struct fake *f, const struct step_kind *kind, const char *name)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	if (fake_do(f, kind, name, &o, &d) != ST_OK ||
	    fake_verify(f, kind, name, &o, &d) != ST_OK)
		fail_msg("%s: %s", name, d.text);
	fake_take(f, &o);
	outcome_clear(&o);
}

/* Two present roots with lists, two to come, and the bundle ${first}. */
static void
begin(struct fake *f, const char *first)
{
	char text[FAKE_PLAN_SIZE];

	fake_start(f, MODE_PRODUCTION);
	fake_root(f, "n1", 0, false);
	fake_root(f, "n2", 1, false);
	fake_root(f, "g1", 2, true);
	fake_root(f, "g2", 3, true);
	snprintf(text, sizeof(text), CRL("g1") CRL("g2") "[bundle b1]\n"
	    "by = g1\n%s", first);
	fake_plan(f, 1, text);
	take(f, &crl_step, "g1");
	take(f, &crl_step, "g2");
	take(f, &bundle_step, "b1");
	fake_next(f);
}

/* Every [crl] of the plan, as a row above promises it. */
static struct promises
promised(const struct fake *f, struct promise promise[ITEMS_MAX])
{
	struct promises all = { promise, 0 };
	const struct ini_section *s;

	for (size_t i = 0; i < f->plan->ini->n; i++) {
		s = &f->plan->ini->sections[i];
		if (strcmp(s->kind, "crl") == 0)
			promise[all.n++] = (struct promise){ .kind = "list",
				.name = s->name, .row = &crl_step,
				.by = plan_text(s, "by", NULL) };
	}
	return all;
}

static enum status
check(const struct fake *f, void **want, struct diag *d)
{
	struct promise promise[ITEMS_MAX];
	const struct promises promises = promised(f, promise);
	enum status rc;

	*want = NULL;
	TRY(rotate_step.read(f->plan, plan_section(f->plan, "rotate", "b2"),
	    want, d));
	TRY(rotate_step.check(*want, f->plan, f->state, &promises, d));
out:
	return rc;
}

static void
refuses(struct fake *f, const char *plan, enum status code, const char *why)
{
	struct diag d = { 0 };
	void *want = NULL;

	fake_plan(f, 2, plan);
	if (check(f, &want, &d) != code || strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	rotate_step.free(want);
}

/* The rows above it, and then each of its items but those from ${stop} on. */
static void
rotate(struct fake *f, const char *plan, size_t stop, struct made *m)
{
	const struct ini_section *s;
	struct bytes line = { 0 };
	struct diag d = { 0 };
	void *want = NULL;
	size_t n;

	fake_plan(f, 2, plan);
	if (check(f, &want, &d) != ST_OK)
		fail_msg("%s", d.text);
	for (size_t i = 0; i < f->plan->ini->n; i++) {
		s = &f->plan->ini->sections[i];
		if (strcmp(s->kind, "certify") == 0)
			take(f, &certify_step, s->name);
		if (strcmp(s->kind, "crl") == 0)
			take(f, &crl_step, s->name);
	}
	n = rotate_step.count(want);
	assert_true(n <= ITEMS_MAX);
	for (m->n = 0; m->n < n && m->n < stop; m->n++) {
		struct outcome *o = &m->o[m->n];

		if (rotate_step.show(want, m->n, f->plan, f->state, &line,
		    &d) != ST_OK ||
		    rotate_step.perform(want, m->n, &f->hands, o, &d) !=
		    ST_OK || rotate_step.verify(want, m->n, f->plan, f->state,
		    o, &d) != ST_OK)
			fail_msg("item %zu: %s", m->n, d.text);
		fake_take(f, o);
	}
	rotate_step.free(want);
	bytes_free(&line);
}

static struct bundle *
read_bundle(const struct outcome *o)
{
	struct bundle *b = NULL;
	struct diag d = { 0 };

	assert_string_equal(o->kind, "bundle");
	if (bundle_read("made", o->objects[0].bytes.data,
	    o->objects[0].bytes.len, &b, &d) != ST_OK)
		fail_msg("%s", d.text);
	return b;
}

static void
is_cross(const struct outcome *o, const char *of, const char *by)
{
	assert_string_equal(o->kind, "cross");
	assert_string_equal(facts_get(&o->facts, "of"), of);
	assert_string_equal(facts_get(&o->facts, "root"), by);
	assert_int_equal(o->n, 1);
}

static void
rotate_tells_old_devices_and_new_ones(void **state)
{
	const struct bundle_former *former;
	struct made m = { .n = 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, ONE);
	rotate(&f, USUAL("routine"), ITEMS_MAX, &m);
	assert_int_equal(m.n, 4);
	is_cross(&m.o[0], "n1", "g1");
	is_cross(&m.o[1], "g1", "n1");
	b = read_bundle(&m.o[2]);
	assert_int_equal(m.o[2].n, 3);
	assert_int_equal(b->era, 2);
	assert_int_equal(b->seq, 1);
	assert_int_equal(b->anchors, 1);
	assert_non_null(bundle_anchor(b, state_root(f.state, "n1")->key.id));
	former = bundle_former(b, state_root(f.state, "g1")->key.id);
	assert_non_null(former);
	assert_false(former->revoked);
	/* the floor is the new root's first list */
	assert_int_equal(b->floors, 1);
	assert_int_equal(b->floor[0].number, (UINT64_C(2) << 32) + 1);
	assert_string_equal(m.o[3].kind, "retired");
	assert_int_equal(m.o[3].n, 0);
	assert_int_equal(state_root(f.state, "g1")->retired, 2);
	assert_string_equal(state_root(f.state, "g1")->successor, "n1");
	bundle_free(b);
	made_clear(&m);
	fake_end(&f);
}

/* RULES B11 */
static void
rotate_lets_nobody_vouch_for_a_stolen_root(void **state)
{
	struct made m = { .n = 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, ONE);
	rotate(&f, USUAL("compromise"), ITEMS_MAX, &m);
	assert_int_equal(m.n, 3);
	is_cross(&m.o[0], "n1", "g1");
	b = read_bundle(&m.o[1]);
	assert_true(bundle_former(b, state_root(f.state, "g1")->key.id)->
	    revoked);
	assert_int_equal(f.state->ncrosses, 1);
	bundle_free(b);
	made_clear(&m);
	fake_end(&f);
}

static void
rotate_goes_on_without_a_root_that_is_lost(void **state)
{
	struct made m = { .n = 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, TWO);
	refuses(&f, CERTIFY("n1") CRL("g1") CRL("n1")
	    ROTATE("g1, n1", "n1", "lost"), ST_POLICY, "FORMATS 3.43: root g1 "
	    "signs: it is not lost");
	/* no last list of it is asked for */
	rotate(&f, CERTIFY("n1") CRL("n1") ROTATE("g2, n1", "n1", "lost"),
	    ITEMS_MAX, &m);
	assert_int_equal(m.n, 3);
	is_cross(&m.o[0], "g1", "n1");
	b = read_bundle(&m.o[1]);
	assert_int_equal(b->anchors, 2);
	assert_non_null(bundle_anchor(b, state_root(f.state, "g2")->key.id));
	assert_string_equal(state_root(f.state, "g1")->reason, "lost");
	bundle_free(b);
	made_clear(&m);
	fake_end(&f);
}

/* The establishment of the state with other dates and rules: ${change} makes
 * them; signed by nobody, for it is only followed. */
static void
establish(struct fake *f, void (*change)(struct bundle *))
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE],
	    horizon[CLOCK_TEXT_SIZE], id[SHA384_HEX_SIZE];
	struct bytes sig = { 0 };
	struct outcome o = { .kind = "bundle" };
	struct bundle *last = NULL, *b = NULL;
	struct diag d = { 0 };

	assert_int_equal(make_held(f->state, state_last_bundle(f->state),
	    &last, &d), ST_OK);
	assert_int_equal(bundle_read("next", last->der.data, last->der.len,
	    &b, &d), ST_OK);
	assert_int_equal(bundle_succeed(last, b, &d), ST_OK);
	change(b);
	if (bundle_seal(b, &d) != ST_OK)
		fail_msg("%s", d.text);
	text_hex(b->id, sizeof(b->id), id);
	clock_text(b->not_before, from);
	clock_text(b->not_after, to);
	clock_text(b->horizon, horizon);
	{
		const char *const facts[] = { "file", "2", "era", "2", "seq",
			"1", "id", id, "not-before", from, "not-after", to,
			"horizon", horizon, "signers", "g1", NULL };

		for (size_t i = 0; facts[i] != NULL; i += 2)
			assert_int_equal(facts_set(&o.facts, NULL, facts[i],
			    "%s", facts[i + 1]), ST_OK);
	}
	assert_int_equal(bytes_set(&sig, "x", 1, NULL), ST_OK);
	assert_int_equal(outcome_add(&o, "bundles/000002.der", &b->der, NULL),
	    ST_OK);
	assert_int_equal(outcome_add(&o, "bundles/000002.g1.p7s", &sig, NULL),
	    ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	bytes_free(&sig);
	bundle_free(last);
	bundle_free(b);
}

static void
next_alone(struct bundle *b)
{
	b->succession = NEXT_ALONE_AFTER_HORIZON;
}

static void
long_ago(struct bundle *b)
{
	next_alone(b);
	b->not_before = FAKE_EFFECTIVE - 900 * CLOCK_DAY;
	b->not_after = FAKE_EFFECTIVE - 400 * CLOCK_DAY;
	b->horizon = FAKE_EFFECTIVE - 1;
}

#define ALONE                                                                 \
	CERTIFY("n1") CERTIFY("n2") CRL("n1") CRL("n2")                       \
	ROTATE("n1, n2", "n1, n2", "lost")

/* The only root is lost: the roots to come, all of them, after the horizon. */
static void
rotate_by_the_next_roots_alone_waits_for_the_horizon(void **state)
{
	struct made m = { .n = 0 };
	struct bundle *b;
	struct fake f;

	(void)state;
	begin(&f, ONE);
	refuses(&f, ALONE, ST_AUTH, "FORMATS 9.23: 0 anchors and 2 committed "
	    "keys signed it");
	establish(&f, next_alone);
	refuses(&f, ALONE, ST_AUTH, "FORMATS 9.23");
	fake_end(&f);

	begin(&f, ONE);
	establish(&f, long_ago);
	refuses(&f, CERTIFY("n1") CRL("n1") ROTATE("n1", "n1", "lost"),
	    ST_AUTH, "FORMATS 9.23: 0 anchors and 1 committed");
	/* the device's clock is asked: as far as the bundle, and not its
	 * signatures, for those are of another ceremony here */
	rotate(&f, ALONE, ITEMS_MAX, &m);
	assert_int_equal(m.n, 4);
	is_cross(&m.o[0], "g1", "n1");
	is_cross(&m.o[1], "g1", "n2");
	b = read_bundle(&m.o[2]);
	assert_int_equal(b->era, 3);
	assert_int_equal(b->anchors, 2);
	bundle_free(b);
	made_clear(&m);
	fake_end(&f);
}

static void
uncommitted(struct bundle *b)
{
	for (size_t i = 0; i < b->nexts; i++)
		b->next[i].key[0] ^= 1;
}

static void
break_glass(struct bundle *b)
{
	uncommitted(b);
	b->break_glass = true;
}

/* RULES B6 */
static void
rotate_breaks_the_glass_where_the_bundle_says_so(void **state)
{
	struct made m = { .n = 0 };
	struct fake f;

	(void)state;
	begin(&f, TWO);
	establish(&f, uncommitted);
	refuses(&f, USUAL("routine"), ST_POLICY, "FORMATS 9.23: root n1 is not "
	    "committed in the last establishment: no device would take it");
	fake_end(&f);
	begin(&f, TWO);
	establish(&f, break_glass);
	/* all present roots, or it is none */
	refuses(&f, USUAL("routine"), ST_AUTH, "FORMATS 9.23: 1 anchors and 0 "
	    "committed");
	rotate(&f, CERTIFY("n1") CRL("g1") CRL("n1")
	    ROTATE("g1, g2, n1", "n1", "routine"), ITEMS_MAX, &m);
	assert_int_equal(m.n, 4);
	made_clear(&m);
	fake_end(&f);
}

static void
rotate_refuses_what_no_device_would_take(void **state)
{
	static const struct {
		const char *plan;
		enum status code;
		const char *why;
	} bad[] = {
		{ CERTIFY("n1") CRL("g1") CRL("n1")
		    ROTATE("g1, g2, n1", "n1", "routine"), ST_POLICY,
		    "FORMATS 9.23: root g2 is neither an anchor nor a new "
		    "one" },
		{ CERTIFY("n1") CRL("g1") CRL("n1")
		    ROTATE("n1", "n1", "compromise"), ST_AUTH,
		    "FORMATS 9.23: 0 anchors and 1 committed" },
		{ CERTIFY("n1") CRL("g1") CRL("n1")
		    ROTATE("n1", "n1", "algorithm"), ST_POLICY,
		    "FORMATS 3.43: root g1 does not sign" },
		{ CERTIFY("n1") CRL("g1") CRL("n1")
		    ROTATE("g1", "n1", "routine"), ST_POLICY,
		    "FORMATS 3.41: root n1 comes, and does not sign" },
		{ CERTIFY("n1") CRL("g1") CRL("n1")
		    ROTATE("g1, n1", "g2", "routine"), ST_POLICY,
		    "FORMATS 9.23: root g2 is not committed" },
		{ CRL("g1") ROTATE("g1, n1", "n1", "routine"), ST_POLICY,
		    "FORMATS 8.18: root n1 has no certificate" },
		{ CERTIFY("n1") CRL("n1") ROTATE("g1, n1", "n1", "routine"),
		    ST_POLICY, "FORMATS 3.42: [rotate b2] wants a [crl] of "
		    "root g1 above it: its last" },
		{ CERTIFY("n1") CRL("g1") ROTATE("g1, n1", "n1", "routine"),
		    ST_POLICY, "FORMATS 9.52: [rotate b2] wants a [crl] of "
		    "root n1 above it" },
		{ USUAL("routine") "level = 1\n", ST_POLICY, "FORMATS 9.26: "
		    "its level falls from 2 to 1" },
		{ USUAL("routine") "level = 3\n", ST_POLICY, "FORMATS 9.12" },
		{ USUAL("routine") "horizon-days = 20\n", ST_POLICY,
		    "FORMATS 9.5" },
		{ USUAL("routine") "next = n1\n", ST_POLICY,
		    "FORMATS 3.30: root n1 has a certificate" },
	};
	struct fake f;

	(void)state;
	begin(&f, ONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(&f, bad[i].plan, bad[i].code, bad[i].why);
	fake_end(&f);
}

static void
rotate_refuses_a_root_that_is_retired(void **state)
{
	struct made m = { .n = 0 };
	struct fake f;

	(void)state;
	begin(&f, ONE);
	rotate(&f, USUAL("routine") "next = n2\n", ITEMS_MAX, &m);
	made_clear(&m);
	fake_next(&f);
	refuses(&f, CERTIFY("n2") CRL("n1") CRL("n2") "[rotate b2]\n"
	    "by = g1, n1, n2\nold = n1\nnew = n2\nreason = routine\n" FRESH
	    TERMS, ST_POLICY, "FORMATS 8.51: root g1 is retired: it signs "
	    "lists, and nothing else");
	refuses(&f, CERTIFY("n2") CRL("g1") CRL("n2") ROTATE("g1, n2", "n2",
	    "routine"), ST_POLICY, "FORMATS 3.41: root g1 is no anchor of the "
	    "last establishment: it cannot go");
	refuses(&f, USUAL("routine"), ST_POLICY, "FORMATS 3.41: root g1 is no "
	    "anchor");
	fake_end(&f);
}

static void
forge(struct outcome *o, const char *key, const char *value)
{
	for (size_t i = 0; i < o->facts.n; i++) {
		if (strcmp(o->facts.fact[i].key, key) != 0)
			continue;
		free(o->facts.fact[i].value[0]);
		o->facts.fact[i].value[0] = strdup(value);
		return;
	}
	fail_msg("no %s", key);
}

/* Performed again with one fact forged, item ${n} is not what was asked for. */
static void
refuses_forged(size_t n, const char *key, const char *value)
{
	struct made m = { .n = 0 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	void *want = NULL;
	struct fake f;

	begin(&f, ONE);
	rotate(&f, USUAL("routine"), n, &m);
	assert_int_equal(rotate_step.read(f.plan, plan_section(f.plan,
	    "rotate", "b2"), &want, &d), ST_OK);
	assert_int_equal(rotate_step.perform(want, n, &f.hands, &o, &d),
	    ST_OK);
	forge(&o, key, value);
	assert_int_equal(rotate_step.verify(want, n, f.plan, f.state, &o, &d),
	    ST_AUTH);
	assert_non_null(strstr(d.text, key));
	rotate_step.free(want);
	outcome_clear(&o);
	made_clear(&m);
	fake_end(&f);
}

static void
rotate_verify_refuses_facts_that_differ(void **state)
{
	(void)state;
	refuses_forged(0, "of", "g2");
	refuses_forged(0, "serial", "40");
	refuses_forged(1, "not-after", "2099-01-01T00:00:00Z");
	refuses_forged(2, "era", "3");
	refuses_forged(3, "reason", "lost");
	refuses_forged(3, "successor", "g2");
}

/* One item is not another, and a certificate is the one that was signed. */
static void
rotate_verify_refuses_one_item_for_another(void **state)
{
	struct made m = { .n = 0 };
	struct diag d = { 0 };
	void *want = NULL;
	struct fake f;

	(void)state;
	begin(&f, ONE);
	rotate(&f, USUAL("routine"), 1, &m);
	assert_int_equal(rotate_step.read(f.plan, plan_section(f.plan,
	    "rotate", "b2"), &want, &d), ST_OK);
	/* the second cross certificate, the bundle, the retirement */
	for (size_t i = 1; i < rotate_step.count(want); i++)
		assert_int_equal(rotate_step.verify(want, i, f.plan, f.state,
		    &m.o[0], &d), ST_AUTH);
	rotate_step.free(want);
	made_clear(&m);
	fake_end(&f);
}

/* --- certify --- */

static void
certify_refuses_a_root_out_of_its_place(void **state)
{
	static const struct {
		const char *name, *plan, *why;
	} bad[] = {
		{ "n1", CERTIFY("n1") CRL("g1"), "FORMATS 3.40: [certify n1] "
		    "wants a [rotate] behind it whose new root it is" },
		{ "n1", ROTATE("g1, n1", "n1", "routine") CERTIFY("n1"),
		    "wants a [rotate] behind it" },
		{ "n1", CERTIFY("n1") ROTATE("g1, n2", "n2", "routine"),
		    "wants a [rotate] behind it" },
		{ "g2", CERTIFY("g2") ROTATE("g1, g2", "g2", "routine"),
		    "FORMATS 3.40: root g2 has its certificate" },
		{ "g9", CERTIFY("g9") ROTATE("g1, g9", "g9", "routine"),
		    "FORMATS 3.40: no root g9 is there from a ceremony "
		    "before" },
		{ "n1", CERTIFY("n1") "next = g2\n"
		    ROTATE("g1, n1", "n1", "routine"), "FORMATS 3.30: root g2 "
		    "has a certificate" },
	};
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f, ONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_plan(&f, 2, bad[i].plan);
		diag_clear(&d);
		if (fake_do(&f, &certify_step, bad[i].name, &o, &d) !=
		    ST_POLICY || strstr(d.text, bad[i].why) == NULL)
			fail_msg("%zu: \"%s\" does not say \"%s\"", i, d.text,
			    bad[i].why);
		assert_int_equal(o.n, 0);
		outcome_clear(&o);
	}
	fake_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotate_tells_old_devices_and_new_ones),
		cmocka_unit_test(rotate_lets_nobody_vouch_for_a_stolen_root),
		cmocka_unit_test(rotate_goes_on_without_a_root_that_is_lost),
		cmocka_unit_test(
		    rotate_by_the_next_roots_alone_waits_for_the_horizon),
		cmocka_unit_test(
		    rotate_breaks_the_glass_where_the_bundle_says_so),
		cmocka_unit_test(rotate_refuses_what_no_device_would_take),
		cmocka_unit_test(rotate_refuses_a_root_that_is_retired),
		cmocka_unit_test(rotate_verify_refuses_facts_that_differ),
		cmocka_unit_test(rotate_verify_refuses_one_item_for_another),
		cmocka_unit_test(certify_refuses_a_root_out_of_its_place),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
