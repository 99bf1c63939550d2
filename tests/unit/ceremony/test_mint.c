/* mint.c: what a record says of a root that the plan, or the root, does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/mint.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"

#define SHEETS 3
#define ROOT (SHEETS + 1) /* the item that commits it */
#define HEX64                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX96 HEX64 "0123456789abcdef0123456789abcdef"

static const char section[] = "[person third]\nname = Third\n[mint g1]\n"
    "algorithm = ecdsa-p384\nneed = 1 group\n"
    "group.main = 2 of 3: first@office, second, third\n";

/* What a ceremony of that kind writes of its entropy. */
struct kind {
	enum plan_mode mode;
	const char *plan, *said, *rolls, *mac, *system;
};
static const struct kind kinds[] = {
	{ MODE_PRODUCTION, "system", "system", NULL, NULL, HEX96 },
	{ MODE_PRODUCTION, "system+dice", "system+dice", "50", HEX64, HEX96 },
	{ MODE_PRODUCTION, "dice-only", "dice-only", "100", HEX64, NULL },
	{ MODE_REHEARSAL, "dice-only", "public rehearsal seed", NULL, NULL,
	    NULL },
};

/* --- hands: a seed, a key --- */

static struct {
	struct fake fake;
	const struct kind *kind;
	struct secret *seed;
	struct key *key;
	void *want;
} now;

static enum status
lend_seed(struct hands *h, const char *name, const struct secret **out,
    struct facts *f, struct diag *d)
{
	enum status rc;

	(void)h;
	(void)name;
	*out = now.seed;
	TRY(facts_set(f, d, "entropy", "%s", now.kind->said));
	if (now.kind->system != NULL)
		TRY(facts_set(f, d, "system", "%s", now.kind->system));
	if (now.kind->rolls != NULL)
		TRY(facts_set(f, d, "rolls", "%s", now.kind->rolls));
	if (now.kind->mac != NULL)
		TRY(facts_set(f, d, "people-mac", "%s", now.kind->mac));
out:
	return rc;
}

static enum status
take_proven(struct hands *h, const char *name, const struct secret *seed,
    struct diag *d)
{
	(void)h;
	(void)name;
	assert_true(secret_equal(seed, now.seed));
	return key_from_seed(seed, now.kind->mode == MODE_PRODUCTION ?
	    DERIVE_REAL : DERIVE_REHEARSAL, "ecdsa-p384", "root", 0, &now.key,
	    d);
}

static enum status
lend_key(struct hands *h, const char *name, const struct key **out,
    struct diag *d)
{
	(void)h;
	(void)name;
	(void)d;
	*out = now.key;
	return ST_OK;
}

static void
begin(const struct kind *kind)
{
	struct diag d = { 0 };

	memset(&now, 0, sizeof(now));
	now.kind = kind;
	fake_start(&now.fake, kind->mode);
	fake_plan(&now.fake, 1, section);
	now.fake.plan->entropy = kind->plan;
	now.fake.hands.seed = lend_seed;
	now.fake.hands.proven = take_proven;
	now.fake.hands.root = lend_key;
	assert_int_equal(secret_new(SEED_LEN, &now.seed, NULL), ST_OK);
	memset(secret_bytes(now.seed), 0x5a, SEED_LEN);
	if (mint_step.read(now.fake.plan, plan_section(now.fake.plan, "mint",
	    "g1"), &now.want, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
end(void)
{
	mint_step.free(now.want);
	key_free(now.key);
	secret_free(now.seed);
	fake_end(&now.fake);
}

static enum status
judge(size_t item, const struct outcome *o, struct diag *d)
{
	return mint_step.verify(now.want, item, now.fake.plan, now.fake.state,
	    o, d);
}

/* One item done, and found good. */
static void
perform(size_t item, struct outcome *o)
{
	struct diag d = { 0 };

	if (mint_step.perform(now.want, item, &now.fake.hands, o, &d) !=
	    ST_OK || judge(item, o, &d) != ST_OK)
		fail_msg("item %zu: %s", item, d.text);
}

/* --- forgeries --- */

struct forgery {
	size_t item;
	const char *key, *value; /* NULL: taken out */
	const char *why;
};

/* In its place, so that nothing else is at another. */
static void
forge(struct facts *f, const char *key, const char *value)
{
	if (value == NULL || facts_get(f, key) == NULL)
		facts_drop(f, key);
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fact[i].key, key) != 0)
			continue;
		free(f->fact[i].value[0]);
		f->fact[i].value[0] = strdup(value);
		return;
	}
	if (value != NULL)
		assert_int_equal(facts_set(f, NULL, key, "%s", value), ST_OK);
}

static void
refuses(const struct outcome *o, const struct forgery *f)
{
	struct outcome forged = { .kind = o->kind };
	struct diag d = { 0 };

	assert_int_equal(facts_copy(&o->facts, &forged.facts, NULL), ST_OK);
	forge(&forged.facts, f->key, f->value);
	assert_int_equal(judge(f->item, &forged, &d), ST_AUTH);
	if (strstr(d.text, f->why) == NULL)
		fail_msg("%s = %s: \"%s\" does not say \"%s\"", f->key,
		    f->value == NULL ? "nothing" : f->value, d.text, f->why);
	outcome_clear(&forged);
}

/* Every item as it is, and with each of its forgeries. */
static void
refuses_each(const struct kind *kind, const struct forgery *f, size_t n)
{
	struct outcome o = { 0 };

	begin(kind);
	for (size_t item = 0; item <= ROOT; item++) {
		perform(item, &o);
		for (size_t i = 0; i < n; i++)
			if (f[i].item == item)
				refuses(&o, &f[i]);
		fake_take(&now.fake, &o);
		outcome_clear(&o);
	}
	end();
}
#define EACH(kind, f) refuses_each(&kinds[kind], f, sizeof(f) / sizeof(f[0]))

static void
mint_refuses_entropy_of_another_kind(void **state)
{
	static const struct forgery of_system[] = {
		{ 0, "entropy", "dice-only", "FORMATS 5.8: the seed is of "
		    "\"dice-only\", and the plan says \"system\"" },
		{ 0, "entropy", NULL, "FORMATS 5.8" },
		{ 0, "entropy", "public rehearsal seed", "FORMATS 5.8" },
		{ 0, "rolls", "50", "FORMATS 5.8: rolls is said" },
		{ 0, "people-mac", HEX64, "FORMATS 5.8: people-mac" },
		{ 0, "system", NULL, "FORMATS 5.8: system" },
		{ 0, "system", HEX64, "FORMATS 5.8: system is not" },
	};
	static const struct forgery of_both[] = {
		{ 0, "entropy", "system", "FORMATS 5.8" },
		{ 0, "rolls", NULL, "FORMATS 5.8: rolls" },
		{ 0, "rolls", "49", "FORMATS 5.8: rolls is not" },
		{ 0, "rolls", "050", "FORMATS 5.8: rolls" },
		{ 0, "people-mac", NULL, "FORMATS 5.8: people-mac" },
		{ 0, "people-mac", HEX96, "people-mac is not 32 bytes" },
		{ 0, "system", NULL, "FORMATS 5.8: system" },
	};
	static const struct forgery of_dice[] = {
		{ 0, "entropy", "system+dice", "FORMATS 5.8" },
		{ 0, "rolls", "99", "FORMATS 5.8: rolls" },
		{ 0, "people-mac", NULL, "FORMATS 5.8: people-mac" },
		{ 0, "system", HEX96, "FORMATS 5.8: system" },
	};
	static const struct forgery of_rehearsal[] = {
		{ 0, "entropy", "dice-only", "and the plan says \"public "
		    "rehearsal seed\"" },
		{ 0, "rolls", "100", "FORMATS 5.8: rolls" },
		{ 0, "people-mac", HEX64, "FORMATS 5.8: people-mac" },
		{ 0, "system", HEX96, "FORMATS 5.8: system" },
	};

	(void)state;
	EACH(0, of_system);
	EACH(1, of_both);
	EACH(2, of_dice);
	EACH(3, of_rehearsal);
}

static void
mint_refuses_another_set_than_planned(void **state)
{
	static const struct forgery forged[] = {
		{ 0, "algorithm", "ecdsa-p256", "as the plan says: algorithm" },
		{ 0, "groups-needed", "2", "as the plan says: groups-needed" },
		{ 0, "groups", NULL, "as the plan says: groups" },
		{ 0, "extendable", "no", "as the plan says: extendable" },
		{ 0, "exponent", "2", "as the plan says: exponent" },
		{ 0, "epoch", "2", "as the plan says: epoch" },
		{ 0, "quorums", "4", "as the plan says: quorums" },
		{ 0, "quorums", NULL, "as the plan says: quorums" },
		{ 0, "remark", "x", "as the plan says: remark" },
		{ 0, "sheets", NULL, "0 sheets" },
		{ 1, "sheet", "2", "it is not sheet 1 of root g1" },
		{ 2, "holder", "first", "it is not sheet 2 of root g1" },
		{ 3, "epoch", "2", "it is not sheet 3 of root g1" },
		{ 3, "remark", "x", "it is not sheet 3 of root g1" },
	};

	(void)state;
	EACH(0, forged);
}

static void
mint_refuses_a_sheet_of_another_holder(void **state)
{
	struct outcome o = { 0 };
	struct fact *f;

	(void)state;
	begin(&kinds[0]);
	perform(0, &o);
	for (size_t i = 0; i < o.facts.n; i++) {
		f = &o.facts.fact[i];
		if (strcmp(f->key, "sheets") != 0)
			continue;
		/* second's sheet, in the hands of a namesake */
		memcpy(strstr(f->value[1], "second"), "sacond", 6);
		assert_int_equal(judge(0, &o, NULL), ST_AUTH);
		memcpy(strstr(f->value[1], "sacond"), "second", 6);
		assert_int_equal(judge(0, &o, NULL), ST_OK);
		/* one sheet more than the plan has holders */
		assert_int_equal(facts_add(&o.facts, NULL, "sheets",
		    "4 main 0 3 second - " HEX64), ST_OK);
		assert_int_equal(judge(0, &o, NULL), ST_AUTH);
	}
	outcome_clear(&o);
	end();
}

static void
mint_refuses_what_the_key_and_scheme_do_not_give(void **state)
{
	static const struct forgery forged[] = {
		{ ROOT, "key-id", HEX96, "another key-id" },
		{ ROOT, "key-id", NULL, "another key-id" },
		{ ROOT, "quorums", "4", "another quorums" },
		{ ROOT, "quorums", NULL, "another quorums" },
		{ ROOT, "number", "2", "another number" },
		{ ROOT, "counter", "1", "another counter" },
		{ ROOT, "epoch", "2", "another epoch" },
		{ ROOT, "algorithm", "ecdsa-p256", "another algorithm" },
		{ ROOT, "remark", "x", "another remark" },
		{ ROOT, "public", NULL, "has no public key" },
		{ ROOT, "public", "3003", "has no public key" },
		{ ROOT, "public", "300", "has no public key" },
		{ ROOT, "public", "", "has no public key" },
	};

	(void)state;
	EACH(0, forged);
	EACH(3, forged);
}

/* Whatever the record says of its entropy. */
static void
mint_refuses_a_public_seed_in_a_real_ceremony(void **state)
{
	struct secret *seed = NULL;
	struct outcome o = { 0 };
	struct diag d = { 0 };

	(void)state;
	begin(&kinds[0]);
	assert_int_equal(derive_rehearsal_seed(7, &seed, NULL), ST_OK);
	memcpy(secret_bytes(now.seed), secret_peek(seed), SEED_LEN);
	secret_free(seed);
	for (size_t item = 0; item < ROOT; item++) {
		perform(item, &o);
		fake_take(&now.fake, &o);
		outcome_clear(&o);
	}
	assert_int_equal(mint_step.perform(now.want, ROOT, &now.fake.hands, &o,
	    NULL), ST_OK);
	assert_int_equal(judge(ROOT, &o, &d), ST_POLICY);
	assert_string_equal(d.text, "FORMATS 8.33: root g1 comes from a public "
	    "rehearsal seed: anyone has it");
	/* in a rehearsal that is what roots are of */
	now.fake.plan->mode = MODE_REHEARSAL;
	assert_int_equal(judge(ROOT, &o, NULL), ST_OK);
	outcome_clear(&o);
	end();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mint_refuses_entropy_of_another_kind),
		cmocka_unit_test(mint_refuses_another_set_than_planned),
		cmocka_unit_test(mint_refuses_a_sheet_of_another_holder),
		cmocka_unit_test(mint_refuses_a_public_seed_in_a_real_ceremony),
		cmocka_unit_test(
		    mint_refuses_what_the_key_and_scheme_do_not_give),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
