#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ceremony/mint.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/record/parcel.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "tests/support/fake_hands.h"
#include "tests/support/group.h"
#include "transfer/send.h"

#define LONG "0123456789012345678901234567890123456789012345678901234"
#define LIST "[crl g1]\nby = g1\ndays = 90\n"
#define SEND(what) "[send team]\nto = Team \xc3\xa4\nwhat = " what "\n"

static const struct promise made[] = {
	{ .kind = "root", .name = "g1", .row = &mint_step },
	{ .kind = "list", .name = "g1", .by = "g1", .row = &crl_step },
	{ .kind = "kill", .name = "g1", .by = "g1", .row = &kill_step },
};
static const struct promises all = { made, 3 };

/* A state with a list that a row of the open ceremony made. */
static void
begin(struct fake *f)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };

	fake_start(f, MODE_PRODUCTION);
	fake_root(f, "g1", 0, true);
	fake_plan(f, 1, LIST);
	if (fake_do(f, &crl_step, "g1", &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	/* the engine's own */
	assert_int_equal(facts_set(&o.facts, NULL, "step", "crl g1"), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "item", "0"), ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	fake_promises = &all;
}

static void
send(struct fake *f, struct outcome *o)
{
	struct diag d = { 0 };

	if (fake_do(f, &send_step, "team", o, &d) != ST_OK ||
	    fake_verify(f, &send_step, "team", o, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_string_equal(o->kind, "sent");
	assert_int_equal(o->n, 0);
}

static void
refuses(struct fake *f, const char *plan, enum status code, const char *why)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	enum status rc;

	fake_plan(f, 1, plan);
	rc = fake_do(f, &send_step, "team", &o, &d);
	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" does not say \"%s\"", (int)rc,
		    d.text, why);
	assert_int_equal(o.facts.n, 0);
	outcome_clear(&o);
}

static void
send_gives_the_same_parcel_from_the_record(void **state)
{
	struct bytes one = { 0 }, two = { 0 }, file = { 0 };
	struct outcome o = { 0 };
	struct parcel p = { 0 };
	char digest[SHA384_HEX_SIZE];
	struct fake f;

	(void)state;
	begin(&f);
	fake_plan(&f, 1, SEND("crl"));
	send(&f, &o);
	assert_int_equal(facts_count(&o.facts, "files"), 1);
	assert_string_equal(facts_at(&o.facts, "files", 0),
	    "lists/000001.crl");
	assert_string_equal(facts_get(&o.facts, "to"), "Team \xc3\xa4");
	fake_take(&f, &o);
	outcome_clear(&o);

	assert_int_equal(send_again(f.state, state_sent(f.state, "team", 0),
	    &one, NULL), ST_OK);
	assert_int_equal(send_again(f.state, state_sent(f.state, "team", 1),
	    &two, NULL), ST_OK);
	assert_true(bytes_equal(&one, &two));
	assert_null(state_sent(f.state, "team", 2));
	assert_int_equal(parcel_read("p", one.data, one.len, &p, NULL), ST_OK);
	assert_string_equal(p.purpose, "result");
	assert_string_equal(p.from, "ceremony-1");
	assert_int_equal(p.n, 1);
	assert_string_equal(p.file[0].name, "lists-000001.crl");
	assert_int_equal(state_object(f.state, "lists/000001.crl", &file,
	    NULL), ST_OK);
	assert_int_equal(p.file[0].len, file.len);
	assert_memory_equal(p.file[0].data, file.data, file.len);
	text_hex(p.id, sizeof(p.id), digest);
	assert_string_equal(state_sent(f.state, "team", 0)->parcel, digest);
	parcel_clear(&p);
	bytes_free(&one);
	bytes_free(&two);
	bytes_free(&file);
	fake_end(&f);
}

/* Of the ceremony before nothing is sent: it was given out then. */
static void
send_refuses_what_an_earlier_ceremony_made(void **state)
{
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	fake_next(&f);
	fake_plan(&f, 2, SEND("crl"));
	assert_int_equal(fake_do(&f, &send_step, "team", &o, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "nothing was made"));
	outcome_clear(&o);
	fake_end(&f);
}

static void
send_refuses_what_no_row_above_makes(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	refuses(&f, SEND("delegate"), ST_POLICY, "plan.ini:18: FORMATS 3.60: "
	    "[send team]: no [delegate] above it makes anything");
	refuses(&f, SEND("crl, bundle"), ST_POLICY, "no [bundle] above");
	/* a root to come has no certificate */
	refuses(&f, SEND("mint"), ST_POLICY, "no [mint] above it");
	refuses(&f, SEND("crls"), ST_FORMAT, "FORMATS 3.60: crls makes nothing "
	    "that can be sent; did you mean crl?");
	refuses(&f, SEND("revoke"), ST_FORMAT, "revoke makes nothing");
	refuses(&f, SEND("send"), ST_FORMAT, "send makes nothing");
	refuses(&f, SEND("crl, crl"), ST_FORMAT, "crl is there twice");
	refuses(&f, SEND("crl, a, b, c, d, e, f, g, h"), ST_FORMAT,
	    "more than 8 words");
	fake_promises = NULL;
	refuses(&f, SEND("crl"), ST_POLICY, "no [crl] above");
	fake_end(&f);
}

static void
send_refuses_sealed_lists_with_anything_else(void **state)
{
	struct fake f;

	(void)state;
	begin(&f);
	refuses(&f, SEND("crl, kill"), ST_POLICY, "FORMATS 3.60: [send team]: "
	    "what [kill] seals is for those who open it");
	fake_end(&f);
}

/* The outcome with one fact said otherwise; a list of ${n} values. */
static void
say_otherwise(struct outcome *o, const char *key, const char *value, size_t n)
{
	facts_drop(&o->facts, key);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(facts_add(&o->facts, NULL, key, "%s", value),
		    ST_OK);
}

static void
send_verify_refuses_another_account(void **state)
{
	static const char *const keys[] = { "name", "to", "what", "files",
		"parcel" };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	fake_plan(&f, 1, SEND("crl"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		send(&f, &o);
		say_otherwise(&o, keys[i], "lists/000002.crl", 1);
		diag_clear(&d);
		assert_int_equal(fake_verify(&f, &send_step, "team", &o, &d),
		    ST_AUTH);
		assert_non_null(strstr(d.text, "for parcel team"));
		outcome_clear(&o);
	}
	send(&f, &o);
	o.kind = "list";
	assert_int_equal(fake_verify(&f, &send_step, "team", &o, NULL),
	    ST_AUTH);
	outcome_clear(&o);
	fake_end(&f);
}

static void
send_again_refuses_bytes_that_are_not_of_record(void **state)
{
	struct bytes out = { 0 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct sent other;
	char path[128];
	struct fake f;

	(void)state;
	begin(&f);
	fake_plan(&f, 1, SEND("crl"));
	send(&f, &o);
	fake_take(&f, &o);
	outcome_clear(&o);
	other = *state_sent(f.state, "team", 0);
	other.parcel[0] = other.parcel[0] == '0' ? '1' : '0';
	assert_int_equal(send_again(f.state, &other, &out, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "parcel team: FORMATS 3.60: its digest "
	    "is not the one of record"));
	assert_null(out.data);
	snprintf(path, sizeof(path), "%s/lists/000001.crl", f.dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_create(path, "x", 1, NULL), ST_OK);
	diag_clear(&d);
	assert_int_equal(send_again(f.state, state_sent(f.state, "team", 0),
	    &out, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 7.3"));
	assert_null(out.data);
	fake_end(&f);
}

/* One more list of the row [crl g1], as the record has it. */
static const char *const listed[] = { "root", "g1", "file", "2", "number",
	"9", "this-update", "2027-03-01T00:00:00Z", "next-update",
	"2027-04-01T00:00:00Z", "step", "crl g1", "item", "0", NULL };

/* What a parcel cannot hold does not keep a ceremony from its end. */
static void
send_tells_what_is_too_much_and_goes_on(void **state)
{
	struct bytes out = { 0 };
	struct outcome o = { 0 };
	struct diag d = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	/* one byte, and no list: no parcel takes it */
	fake_entry(&f, "list", listed, "lists/000002.crl");
	fake_plan(&f, 1, SEND("crl"));
	send(&f, &o);
	assert_string_equal(facts_get(&o.facts, "parcel"), "none");
	assert_non_null(strstr(facts_get(&o.facts, "why"),
	    "lists-000002.crl"));
	fake_take(&f, &o);
	outcome_clear(&o);
	assert_string_equal(state_sent(f.state, "team", 0)->parcel, "");
	assert_int_equal(send_again(f.state, state_sent(f.state, "team", 0),
	    &out, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "parcel team was not made: "));
	assert_null(out.data);
	fake_end(&f);
}

/* Nor does a name that the record has room for, and a parcel not. */
static void
send_tells_of_a_name_too_long_and_goes_on(void **state)
{
	struct outcome o = { 0 };
	struct fake f;

	(void)state;
	begin(&f);
	fake_entry(&f, "list", listed, "lists/" LONG ".crl");
	fake_plan(&f, 1, SEND("crl"));
	send(&f, &o);
	assert_string_equal(facts_get(&o.facts, "parcel"), "none");
	assert_string_equal(facts_get(&o.facts, "why"), "lists/" LONG ".crl: "
	    "FORMATS 10.3: too long a name for a parcel");
	outcome_clear(&o);
	fake_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(send_gives_the_same_parcel_from_the_record),
		cmocka_unit_test(send_refuses_what_an_earlier_ceremony_made),
		cmocka_unit_test(send_refuses_what_no_row_above_makes),
		cmocka_unit_test(send_refuses_sealed_lists_with_anything_else),
		cmocka_unit_test(send_verify_refuses_another_account),
		cmocka_unit_test(
		    send_again_refuses_bytes_that_are_not_of_record),
		cmocka_unit_test(send_tells_what_is_too_much_and_goes_on),
		cmocka_unit_test(send_tells_of_a_name_too_long_and_goes_on),
	};

	return cmocka_run_group_tests_name("send", tests, group_crypto, NULL);
}
