/* loose.c: how many sheets are out of control, and what is refused then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/loose.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define SETS 3
#define SHEETS 5

/* Sets of a root "g1", each 3 of 5; the last one is live. */
static struct {
	struct fake fake;
	struct state state;
	struct sheet_set set[SETS];
	struct sheet sheet[SETS][SHEETS];
} now;

static void
begin(const char *sections)
{
	memset(&now, 0, sizeof(now));
	fake_start(&now.fake, MODE_PRODUCTION);
	fake_plan(&now.fake, 1, sections);
	now.state.sets = now.set;
	now.state.nsets = SETS;
	for (unsigned i = 0; i < SETS; i++) {
		memcpy(now.set[i].root, "g1", 3);
		now.set[i].epoch = i + 1;
		now.set[i].fate = i + 1 < SETS ? SET_REPLACED : SET_LIVE;
		now.set[i].scheme.need = now.set[i].scheme.groups = 1;
		now.set[i].scheme.group[0] = (struct slip39_group) { 3, 5 };
		now.set[i].sheets = now.sheet[i];
		now.set[i].n = SHEETS;
		for (unsigned k = 0; k < SHEETS; k++) {
			now.sheet[i][k].number = k + 1;
			now.sheet[i][k].destroyed = i + 1 < SETS;
		}
	}
}

/* Nothing (NULL), or this sentence, for the last section of the plan. */
static void
judged(const char *why)
{
	const struct plan *p = now.fake.plan;
	struct diag d = { 0 };
	enum status rc;

	rc = loose_check(&p->ini->sections[p->ini->n - 1], p, &now.state,
	    "g1", &d);
	if (why == NULL && rc != ST_OK)
		fail_msg("%s", d.text);
	if (why == NULL)
		return;
	assert_int_equal(rc, ST_POLICY);
	if (strstr(d.text, why) == NULL)
		fail_msg("not \"%s\", but: %s", why, d.text);
}

#define RESHARE "[reshare g1]\nneed = 1 group\n"                              \
	"group.main = 2 of 2: first, second\n"
#define REPLACE(name, sheet, reason) "[replace-share " name "]\nroot = g1\n"  \
	"sheet = " sheet "\nreason = " reason "\n"

static void
loose_counts_over_all_epochs(void **state)
{
	(void)state;
	begin(RESHARE);
	judged(NULL);
	now.sheet[0][1].destroyed = 0; /* of a set that was replaced */
	judged(NULL);
	now.sheet[2][1].lost = 1; /* of the live one */
	judged("RULES S3: sheets of root g1 out of control: 2, and 3 open it");
	now.sheet[0][1].destroyed = 2;
	now.set[1].fate = SET_VOID; /* one was written, at the most */
	now.sheet[1][0].destroyed = 0;
	judged("out of control: 2, and 3 open it");
	now.sheet[1][0].destroyed = 2;
	judged(NULL);
	now.sheet[2][1].lost = 7; /* copies of one share are one share */
	judged(NULL);
	/* another root's are no matter */
	memcpy(now.set[0].root, "g2", 3);
	now.sheet[0][0].destroyed = now.sheet[0][1].destroyed = 0;
	judged(NULL);
	fake_end(&now.fake);
}

static void
loose_counts_by_the_smallest_quorum(void **state)
{
	(void)state;
	begin(RESHARE);
	now.set[0].scheme.group[0].need = 2;
	judged(NULL); /* all of it is burnt */
	now.sheet[0][4].destroyed = 0;
	judged("out of control: 1, and 2 open it");
	fake_end(&now.fake);
}

static void
loose_counts_what_the_plan_loses(void **state)
{
	(void)state;
	begin(RESHARE "lost = 2, 4\n");
	judged("out of control: 2, and 3 open it");
	now.sheet[2][3].lost = 1; /* the record knows it already */
	judged("out of control: 2, and 3 open it");
	fake_end(&now.fake);
	begin(RESHARE "lost = 2\n");
	judged(NULL);
	fake_end(&now.fake);
	begin(REPLACE("a", "1", "lost") REPLACE("b", "2", "holder-left"));
	judged("out of control: 2, and 3 open it");
	fake_end(&now.fake);
	begin(REPLACE("a", "1", "lost") REPLACE("b", "2", "damaged"));
	judged(NULL);
	fake_end(&now.fake);
	/* the rows above: a later one is judged by itself */
	begin(REPLACE("a", "1", "lost") RESHARE);
	judged(NULL);
	now.sheet[2][4].lost = 1;
	judged("out of control: 2, and 3 open it");
	fake_end(&now.fake);
}

static void
loose_is_waived_by_a_person_of_the_plan(void **state)
{
	struct diag d = { 0 };
	const struct plan *p;
	const char *who;

	(void)state;
	begin(RESHARE "lost = 1-5\nwaive = second\n");
	judged(NULL);
	p = now.fake.plan;
	assert_int_equal(loose_waive(p, &p->ini->sections[p->ini->n - 1], &who,
	    &d), ST_OK);
	assert_string_equal(who, "second");
	fake_end(&now.fake);
	begin(RESHARE "waive = nobody\n");
	p = now.fake.plan;
	assert_int_equal(loose_waive(p, &p->ini->sections[p->ini->n - 1], &who,
	    &d), ST_FORMAT);
	fake_end(&now.fake);
}

static void
loose_numbers_rise(void **state)
{
	static const char *const bad[] = { "0", "257", "2-1", "1, 1", "2, 1",
		"1-3, 3", "1,,2", "1-", "-1", "1 2", "one", "1-2-3",
		"01", ",", "1," };
	unsigned n[LOOSE_NUMBERS_MAX];
	char text[64], key[] = "sheets";
	struct ini_entry e = { .key = key, .value = text, .line = 1 };
	struct diag d = { 0 };
	size_t got;

	(void)state;
	begin(RESHARE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s", bad[i]);
		diag_clear(&d);
		if (loose_numbers(now.fake.plan, &e, n, &got, &d) != ST_FORMAT)
			fail_msg("taken: %s", bad[i]);
	}
	snprintf(text, sizeof(text), "1-3, 5,256");
	diag_clear(&d);
	assert_int_equal(loose_numbers(now.fake.plan, &e, n, &got, &d), ST_OK);
	assert_int_equal(got, 5);
	assert_int_equal(n[2], 3);
	assert_int_equal(n[4], 256);
	fake_end(&now.fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loose_counts_over_all_epochs),
		cmocka_unit_test(loose_counts_by_the_smallest_quorum),
		cmocka_unit_test(loose_counts_what_the_plan_loses),
		cmocka_unit_test(loose_is_waived_by_a_person_of_the_plan),
		cmocka_unit_test(loose_numbers_rise),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
