/* reshare.c, replace.c, destroy.c: sheets of a root that is there, without an
 * engine: what people say no to, and what a record says that is not so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/destroy.h"
#include "ceremony/replace.h"
#include "ceremony/reshare.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define SHEETS 3
#define SECTIONS                                                              \
	"[person third]\nname = Third\n"                                      \
	"[reshare g1]\nneed = 1 group\n"                                      \
	"group.main = 2 of 3: first@office, second, third\n"                  \
	"[replace-share broken]\nroot = g1\nsheet = 2\nreason = damaged\n"    \
	"holder = third@safe\nwaive = first\n"                                \
	"[destroy old]\nroot = g1\nepoch = 1\n"                               \
	"[destroy all]\nroot = g1\nwhat = root\nwaive = first\n"

/* --- hands: a root that is open, and a witness who says no to some --- */

static struct {
	struct fake fake;
	unsigned asked, fetched;
	unsigned no; /* to the question of this number, 1.., and more as bits */
	char question[512]; /* the last one */
	void *want;
	const struct step_kind *row;
} now;

static enum status
lend_seed(struct hands *h, const char *name, const struct secret **out,
    struct diag *d)
{
	(void)h;
	(void)name;
	(void)d;
	*out = now.fake.root[0].seed;
	return ST_OK;
}

static enum status
take_proven(struct hands *h, const char *name, const struct secret *seed,
    struct diag *d)
{
	(void)h;
	(void)name;
	(void)d;
	assert_true(secret_equal(seed, now.fake.root[0].seed));
	return ST_OK;
}

static enum status
answer(struct hands *h, const char *question, struct diag *d)
{
	(void)h;
	snprintf(now.question, sizeof(now.question), "%s", question);
	return (now.no >> ++now.asked & 1) != 0 ?
	    diag_set(d, ST_POLICY, "the answer was no") : ST_OK;
}

/* Nobody is asked about a sheet that was not fetched. */
static enum status
fetch(struct hands *h, const struct sheet_set *set, const struct sheet *sheet,
    struct diag *d)
{
	(void)h;
	(void)d;
	assert_string_equal(set->root, "g1");
	assert_int_not_equal(sheet->number, 0);
	assert_int_equal(now.fetched, now.asked);
	now.fetched++;
	return ST_OK;
}

static void
read_row(const struct step_kind *row, const char *name)
{
	struct diag d = { 0 };

	if (now.row != NULL)
		now.row->free(now.want);
	now.row = row;
	now.want = NULL;
	now.asked = now.fetched = now.no = 0;
	now.fake.proven = 0;
	if (row->read(now.fake.plan, plan_section(now.fake.plan, row->word,
	    name), &now.want, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
begin(void)
{
	memset(&now, 0, sizeof(now));
	fake_start(&now.fake, MODE_PRODUCTION);
	fake_root(&now.fake, "g1", 1, true);
	fake_next(&now.fake);
	fake_plan(&now.fake, 2, SECTIONS);
	now.fake.hands.opened = lend_seed;
	now.fake.hands.proven = take_proven;
	now.fake.hands.confirm = answer;
	now.fake.hands.fetched = fetch;
}

static void
end(void)
{
	now.row->free(now.want);
	fake_end(&now.fake);
}

static enum status
perform(size_t item, struct outcome *o, struct diag *d)
{
	return now.row->perform(now.want, item, &now.fake.hands, o, d);
}

static enum status
judge(size_t item, const struct outcome *o, struct diag *d)
{
	return now.row->verify(now.want, item, now.fake.plan, now.fake.state,
	    o, d);
}

/* Perform, judge, and take in. */
static void
done(size_t item)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	if (perform(item, &o, &d) != ST_OK || judge(item, &o, &d) != ST_OK)
		fail_msg("item %zu: %s", item, d.text);
	fake_take(&now.fake, &o);
	outcome_clear(&o);
}

/* A whole [reshare], so that there is a set of this very seed. */
static void
reshare(void)
{
	read_row(&reshare_step, "g1");
	for (size_t i = 0; i < SHEETS + 2; i++)
		done(i);
}

/* The item with one fact changed is refused, by the row, as that. */
static void
lies(size_t item, const char *key, const char *value, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	assert_int_equal(perform(item, &o, &d), ST_OK);
	facts_drop(&o.facts, key);
	assert_int_equal(facts_set(&o.facts, NULL, key, "%s", value), ST_OK);
	assert_int_equal(judge(item, &o, &d), ST_AUTH);
	if (strstr(d.text, why) == NULL)
		fail_msg("not \"%s\", but: %s", why, d.text);
	outcome_clear(&o);
}

/* --- reshare --- */

static void
reshare_makes_the_new_set_live(void **state)
{
	const struct state *s;

	(void)state;
	begin();
	reshare();
	s = now.fake.state;
	assert_int_equal(state_live_set(s, "g1")->epoch, 2);
	assert_int_equal(state_live_set(s, "g1")->n, SHEETS);
	assert_int_equal(s->sets[0].fate, SET_REPLACED);
	assert_int_equal(now.fake.proven, SHEETS);
	end();
}

static void
reshare_refuses_what_is_not_so(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin();
	read_row(&reshare_step, "g1");
	lies(0, "epoch", "1", "was not split as the plan says");
	lies(0, "algorithm", "ecdsa-p256", "was not split as the plan says");
	lies(0, "entropy", "dice-only", "was not split as the plan says");
	done(0);
	lies(1, "sheet", "2", "it is not sheet 1 of root g1");
	lies(1, "holder", "second", "it is not sheet 1 of root g1");
	/* the end, and the sheets were not read back */
	assert_int_equal(perform(1, &o, &d), ST_OK);
	assert_int_equal(judge(SHEETS + 1, &o, &d), ST_AUTH);
	assert_string_equal(d.text, "item 4 of [reshare g1] is a \"reshared\" "
	    "without files");
	outcome_clear(&o);
	for (size_t i = 1; i <= SHEETS; i++)
		done(i);
	lies(SHEETS + 1, "replaces", "2", "than the plan for the new sheets");
	lies(SHEETS + 1, "quorums", "4", "than the plan for the new sheets");
	lies(SHEETS + 1, "waived", "first", "another waived than the plan");
	lies(SHEETS + 1, "lost", "1", "another lost than the plan");
	end();
}

/* --- replace-share --- */

static void
replaced_is_the_same_share(void **state)
{
	const struct sheet *sheet;
	struct secret *was = NULL;

	(void)state;
	begin();
	reshare();
	assert_int_equal(secret_copy(now.fake.typed[1], &was, NULL), ST_OK);
	read_row(&replace_step, "broken");
	done(0);
	sheet = &state_live_set(now.fake.state, "g1")->sheets[1];
	assert_string_equal(sheet->holder, "second");
	assert_int_equal(sheet->lost, 1);
	done(1);
	assert_true(secret_equal(was, now.fake.typed[1]));
	assert_int_equal(now.asked, 1);
	assert_non_null(strstr(now.question, "sheet 2 of root g1, epoch 2, "
	    "second, group main"));
	sheet = &state_live_set(now.fake.state, "g1")->sheets[1];
	assert_string_equal(sheet->holder, "third");
	assert_string_equal(sheet->place, "safe");
	assert_int_equal(sheet->lost, 0);
	secret_free(was);
	end();
}

static void
replace_refuses_a_damaged_sheet_that_is_not_burnt(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin();
	reshare();
	read_row(&replace_step, "broken");
	done(0);
	now.no = 1 << 1;
	assert_int_equal(perform(1, &o, &d), ST_POLICY);
	assert_string_equal(d.text, "FORMATS 3.71: a damaged sheet that is not "
	    "burnt is lost: sheet 2 of root g1");
	outcome_clear(&o);
	end();
}

/* A record whose commitments this seed does not give. */
static void
replace_refuses_a_share_that_is_not_of_record(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin();
	read_row(&replace_step, "broken");
	assert_int_equal(perform(1, &o, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 4.32: the seed of root g1 does "
	    "not give sheet 2 of epoch 1 as the record has it");
	assert_int_equal(now.fake.proven, 0);
	outcome_clear(&o);
	end();
}

/* --- destroy --- */

static void
destroy_names_what_nobody_saw_burnt(void **state)
{
	const struct sheet_set *old;

	(void)state;
	begin();
	reshare();
	read_row(&destroy_step, "old");
	now.no = 1 << 2;
	done(0);
	assert_int_equal(now.asked, 2);
	assert_non_null(strstr(now.question, "Did second see it burnt: sheet 2 "
	    "of root g1, epoch 1, second, group main, check words academic"));
	old = &now.fake.state->sets[0];
	assert_int_equal(old->sheets[0].destroyed, 2);
	assert_int_equal(old->sheets[1].destroyed, 0);
	/* what is left is asked for next time, and all the rest of a root */
	read_row(&destroy_step, "all");
	done(0);
	assert_int_equal(now.asked, 1 + SHEETS);
	assert_false(sheet_set_opens(state_live_set(now.fake.state, "g1"),
	    NULL));
	end();
}

static void
destroy_refuses_that_nothing_was_burnt(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin();
	reshare();
	read_row(&destroy_step, "old");
	now.no = 1 << 1 | 1 << 2;
	assert_int_equal(perform(0, &o, &d), ST_POLICY);
	assert_string_equal(d.text, "FORMATS 3.72: no sheet of root g1 was "
	    "burnt");
	outcome_clear(&o);
	end();
}

/* Before anything burns: what a row above left is what counts. */
static void
destroy_asks_nobody_when_it_would_end_the_root(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin();
	read_row(&destroy_step, "old");
	assert_int_equal(perform(0, &o, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 3.72: nothing would open root "
	    "g1 any more"));
	assert_int_equal(now.asked, 0);
	outcome_clear(&o);
	end();
}

static void
destroy_refuses_what_is_not_so(void **state)
{
	(void)state;
	begin();
	reshare();
	read_row(&destroy_step, "old");
	lies(0, "kept", "1/1 1/2", "were kept that the plan does not have");
	lies(0, "kept", "1/2 1/1", "were kept that the plan does not have");
	lies(0, "kept", "2/1", "were kept that the plan does not have");
	lies(0, "kept", "none 1/1", "were kept that the plan does not have");
	lies(0, "kept", "", "were kept that the plan does not have");
	end();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reshare_makes_the_new_set_live),
		cmocka_unit_test(reshare_refuses_what_is_not_so),
		cmocka_unit_test(replaced_is_the_same_share),
		cmocka_unit_test(
		    replace_refuses_a_damaged_sheet_that_is_not_burnt),
		cmocka_unit_test(replace_refuses_a_share_that_is_not_of_record),
		cmocka_unit_test(destroy_names_what_nobody_saw_burnt),
		cmocka_unit_test(destroy_refuses_that_nothing_was_burnt),
		cmocka_unit_test(
		    destroy_asks_nobody_when_it_would_end_the_root),
		cmocka_unit_test(destroy_refuses_what_is_not_so),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
