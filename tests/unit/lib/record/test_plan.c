/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/record/plan.h"
#include "lib/record/step.h"
#include "tests/support/box.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/shares.h"

#define HEX12 "0123456789ab"
#define HEX48 HEX12 HEX12 HEX12 HEX12
#define HEX96 HEX48 HEX48

/* A row that has a key of every type. */
static const struct plan_key probe_keys[] = {
	{ "word", PT_WORD, false, false, NULL },
	{ "text", PT_TEXT, false, false, NULL },
	{ "int", PT_INT, false, false, NULL },
	{ "days", PT_DAYS, false, false, NULL },
	{ "years", PT_YEARS, false, false, NULL },
	{ "date", PT_DATE, false, false, NULL },
	{ "words", PT_WORDS, false, false, NULL },
	{ "digest", PT_DIGEST, false, false, NULL },
	{ "file", PT_FILE, false, false, NULL },
	{ "oid", PT_OID, false, false, NULL },
	{ "choice", PT_CHOICE, false, false, "one|other|more" },
	{ "group", PT_SCHEME, true, true, NULL },
	{ 0 }
};
static const struct step_kind probe = { .word = "probe",
	.keys = probe_keys };
static const struct step_kind *const rows[] = { &probe, NULL };

/* Line 1 is [ceremony]; what a test puts in comes behind it. */
#define FACTS                                                                 \
	"format = 1\n"                                                        \
	"org = example\n"                                                     \
	"mode = rehearsal\n"                                                  \
	"effective = 2027-03-01T08:00:00Z\n"                                  \
	"latest = 2027-03-15\n"                                               \
	"oid-arc = 1.3.6.1.4.1.32473\n"
#define ROLES "officer = first\nwitness = second\n"
#define FIRST "number = 1\nprevious = none\n"
#define PEOPLE                                                                \
	"[person first]\nname = First Officer\n"                              \
	"[person second]\nname = Second Officer\n"                            \
	"[person notary]\nname = Notary\n"
#define PROBE "[probe p]\ngroup.main = 2 of 3: first, second@home, notary\n"
#define GOOD "[ceremony]\n" FACTS ROLES FIRST PEOPLE PROBE

static enum status
read_with(const char *text, const struct inbox *inbox, struct plan **out,
    struct diag *d)
{
	const struct bytes bytes = { (uint8_t *)(uintptr_t)text,
		strlen(text) };
	enum status rc;

	rc = plan_read("plan.ini", &bytes, rows, inbox, out, d);
	assert_true((rc == ST_OK) == (*out != NULL));
	return rc;
}

static struct plan *
good(const char *text)
{
	struct plan *p = NULL;
	struct diag d = { 0 };

	if (read_with(text, NULL, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	return p;
}

/* Refused with this status and a sentence that has ${why} in it. */
static void
refuses(const char *text, enum status code, const char *why)
{
	struct plan *p = NULL;
	struct diag d = { 0 };
	enum status rc;

	rc = read_with(text, NULL, &p, &d);
	plan_free(p);
	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
}

static void
plan_gives_back_what_is_written(void **state)
{
	const char *text = GOOD;
	uint8_t digest[SHA384_LEN];
	struct plan *p = good(text);
	char when[CLOCK_TEXT_SIZE];

	(void)state;
	hash_sha384(text, strlen(text), digest);
	assert_memory_equal(p->digest, digest, sizeof(digest));
	assert_string_equal(p->file, "plan.ini");
	assert_int_equal(p->mode, MODE_REHEARSAL);
	assert_string_equal(p->org, "example");
	assert_int_equal(p->number, 1);
	assert_string_equal(p->previous, "none");
	clock_text(p->effective, when);
	assert_string_equal(when, "2027-03-01T08:00:00Z");
	assert_string_equal(p->arc, "1.3.6.1.4.1.32473");
	assert_string_equal(p->officer, "first");
	assert_string_equal(p->witness, "second");
	assert_string_equal(p->entropy, "system");
	assert_int_equal(p->npersons, 3);
	assert_string_equal(p->persons[2].word, "notary");
	assert_string_equal(p->persons[2].name, "Notary");
	plan_free(p);
	plan_free(NULL);
}

/* A day is meant to its end; an hour is meant as it is. */
static void
plan_latest_means_the_whole_day(void **state)
{
	char when[CLOCK_TEXT_SIZE];
	struct plan *p = good(GOOD);

	(void)state;
	clock_text(p->latest, when);
	assert_string_equal(when, "2027-03-15T23:59:00Z");
	plan_free(p);
	p = good("[ceremony]\nformat = 1\norg = x\nmode = rehearsal\n"
	    "effective = 2027-03-15\nlatest = 2027-03-15T00:00:00Z\n"
	    "oid-arc = 1.2.3\n" ROLES FIRST PEOPLE PROBE);
	assert_true(p->latest == p->effective);
	plan_free(p);
}

static void
plan_refuses_values_of_another_type(void **state)
{
	static const struct {
		const char *line, *why; /* NULL: it is good */
	} values[] = {
		{ "word = g1", NULL },
		{ "word = abcdefghijklmnopqrstuvwxyz-12345", NULL },
		{ "word = abcdefghijklmnopqrstuvwxyz-123456", "a word is" },
		{ "word = G1", "a word is" },
		{ "word = -g1", "a word is" },
		{ "word = g 1", "a word is" },
		{ "word = \xc3\xa9", "a word is" },
		{ "text = \xc3\xa9lan, \"quoted\" # and no comment", NULL },
		{ "int = 0", NULL },
		{ "int = 999999", NULL },
		{ "int = 1000000", "int: " },
		{ "int = 01", "int: " },
		{ "int = -1", "int: " },
		{ "int = +1", "int: " },
		{ "int = 1.0", "int: " },
		{ "int = 0x10", "int: " },
		{ "int = 18446744073709551617", "int: " },
		{ "int = one", "int: " },
		{ "days = 1", NULL },
		{ "days = 36600", NULL },
		{ "days = 0", "days: " },
		{ "days = 36601", "days: " },
		{ "years = 100", NULL },
		{ "years = 0", "years: " },
		{ "years = 101", "years: " },
		{ "date = 2028-02-29", NULL },
		{ "date = 2027-03-01T23:59:00Z", NULL },
		{ "date = 2027-02-29", "date: " },
		{ "date = 2027-03-01T00:00:01Z", "times are whole minutes" },
		{ "date = 2027-03-01T24:00:00Z", "date: " },
		{ "date = 2027-03-01T00:00Z", "date: " },
		{ "date = 2027-03-01T00:00:00+01:00", "date: " },
		{ "date = 2027-3-1", "date: " },
		{ "date = 01.03.2027", "date: " },
		{ "words = a", NULL },
		{ "words = a, b,c  ,  d", NULL },
		{ "words = a b", "words with commas between" },
		{ "words = a,", "words with commas between" },
		{ "words = ,a", "words with commas between" },
		{ "words = a,,b", "words with commas between" },
		{ "words = A", "words with commas between" },
		{ "words = abcdefghijklmnopqrstuvwxyz-123456",
		    "words with commas between" },
		{ "digest = none", NULL },
		{ "digest = " HEX96, NULL },
		{ "digest = " HEX96 "0", "a digest of another length" },
		{ "digest = " HEX48, "a digest of another length" },
		{ "digest = None", "a digest of another length" },
		{ "digest = " HEX48 HEX12 HEX12 HEX12 "0123456789aB",
		    "digest: " },
		{ "digest = " HEX48 HEX12 HEX12 HEX12 "0123456789ag",
		    "digest: " },
		{ "file = a.csr sha384:" HEX96, NULL },
		{ "file = A_b-2.c sha256:" HEX48 "0123456789abcdef", NULL },
		{ "file = a.csr", "a file is named bare" },
		{ "file = sha384:" HEX96, "a file is named bare" },
		{ "file = ../x sha384:" HEX96, "a file is named bare" },
		{ "file = ..", "a file is named bare" },
		{ "file = .x sha384:" HEX96, "a file is named bare" },
		{ "file = /x sha384:" HEX96, "a file is named bare" },
		{ "file = a/b sha384:" HEX96, "a file is named bare" },
		{ "file = a\\b sha384:" HEX96, "a file is named bare" },
		{ "file = \xc3\xa9 sha384:" HEX96, "a file is named bare" },
		{ "file = abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		  "abcdefghijklm sha384:" HEX96, "a file is named bare" },
		{ "file = a.csr sha384:" HEX96 " b", "a digest of another" },
		{ "file = a.csr sha384:" HEX48, "a digest of another" },
		{ "file = a.csr sha256:" HEX96, "a digest of another" },
		{ "file = a.csr sha512:" HEX96, "the digest of a file is" },
		{ "file = a.csr md5:" HEX12, "the digest of a file is" },
		{ "file = a.csr " HEX96, "the digest of a file is" },
		{ "oid = 1.3.6", NULL },
		{ "oid = 2.999.4294967295", NULL },
		{ "oid = 0.39.0", NULL },
		{ "oid = 1.3", "not an object identifier" },
		{ "oid = 1..3", "not an object identifier" },
		{ "oid = .1.3.6", "not an object identifier" },
		{ "oid = 1.3.6.", "not an object identifier" },
		{ "oid = 1.3.06", "not an object identifier" },
		{ "oid = 3.3.6", "not an object identifier" },
		{ "oid = 1.40.6", "not an object identifier" },
		{ "oid = 1.3.4294967296", "not an object identifier" },
		{ "oid = 1.3.99999999999", "not an object identifier" },
		{ "oid = 1.3.-6", "not an object identifier" },
		{ "oid = 1.3.6 x", "not an object identifier" },
		{ "oid = iso.org", "not an object identifier" },
		{ "choice = one", NULL },
		{ "choice = more", NULL },
		{ "choice = on", "one of one|other|more" },
		{ "choice = one|other", "one of one|other|more" },
		{ "choice = |", "one of one|other|more" },
		{ "choice = None", "one of one|other|more" },
	};
	char text[2048], place[64];

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct plan *p = NULL;
		struct diag d = { 0 };
		enum status rc;

		snprintf(text, sizeof(text), "%s%s\n", GOOD, values[i].line);
		rc = read_with(text, NULL, &p, &d);
		plan_free(p);
		if (values[i].why == NULL) {
			if (rc != ST_OK)
				fail_msg("%s: %s", values[i].line, d.text);
			continue;
		}
		snprintf(place, sizeof(place), "plan.ini:20: FORMATS 3.12: "
		    "%.*s: ", (int)strcspn(values[i].line, " "),
		    values[i].line);
		if (rc != ST_FORMAT || strstr(d.text, values[i].why) == NULL ||
		    strncmp(d.text, place, strlen(place)) != 0)
			fail_msg("%s: status %d: %s", values[i].line, (int)rc,
			    d.text);
	}
}

static void
plan_refuses_text_of_more_than_200_bytes(void **state)
{
	char text[2048];
	const int at = snprintf(text, sizeof(text), "%stext = ", GOOD);
	struct plan *p;

	(void)state;
	memset(text + at, 'x', 201);
	memcpy(text + at + 201, "\n", 2);
	refuses(text, ST_FORMAT, "plan.ini:20: FORMATS 3.12: text: text is at "
	    "most 200 bytes");
	memcpy(text + at + 200, "\n", 2);
	p = good(text);
	assert_int_equal(strlen(plan_text(plan_section(p, "probe", "p"),
	    "text", "")), 200);
	plan_free(p);
}

static void
plan_refuses_keys_it_does_not_know(void **state)
{
	(void)state;
	refuses("[ceremony]\n" FACTS ROLES FIRST "offcer = x\n" PEOPLE PROBE,
	    ST_FORMAT, "plan.ini:12: FORMATS 3.11: [ceremony] has no key "
	    "offcer; did you mean officer?");
	refuses("[ceremony]\n" FACTS ROLES FIRST "banana = x\n" PEOPLE PROBE,
	    ST_FORMAT, "plan.ini:12: FORMATS 3.11: [ceremony] has no key "
	    "banana");
	refuses(GOOD "wrod = x\n", ST_FORMAT, "plan.ini:20: FORMATS 3.11: "
	    "[probe] has no key wrod; did you mean word?");
	/* a name where none belongs, and none where one does */
	refuses(GOOD "word.x = x\n", ST_FORMAT, "plan.ini:20: FORMATS 3.11: "
	    "word takes no name");
	refuses(GOOD "group = 1 of 1: first\n", ST_FORMAT, "plan.ini:20: "
	    "FORMATS 3.11: group needs a name");
	/* a key of another section is not one of this */
	refuses(GOOD "officer = first\n", ST_FORMAT, "[probe] has no key "
	    "officer");
}

static void
plan_refuses_keys_and_sections_that_repeat(void **state)
{
	(void)state;
	refuses("[ceremony]\n" FACTS ROLES FIRST "number = 1\n" PEOPLE PROBE,
	    ST_FORMAT, "plan.ini:12: FORMATS 3.6: this key is in line 10");
	refuses(GOOD "group.main = 1 of 1: first\n", ST_FORMAT, "plan.ini:20: "
	    "FORMATS 3.6: this key is in line 19");
	refuses(GOOD "[ceremony]\n", ST_FORMAT, "plan.ini:20: FORMATS 3.6: "
	    "this section is in line 1");
	refuses(GOOD "[person first]\nname = Other\n", ST_FORMAT,
	    "plan.ini:20: FORMATS 3.6: this section is in line 12");
}

static void
plan_refuses_what_is_missing(void **state)
{
	static const char *const lines[] = { "format = 1\n", "org = example\n",
		"mode = rehearsal\n", "effective = 2027-03-01T08:00:00Z\n",
		"latest = 2027-03-15\n", "oid-arc = 1.3.6.1.4.1.32473\n",
		"officer = first\n", "witness = second\n", "number = 1\n",
		"previous = none\n" };
	char text[2048], why[96];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *at = strstr(GOOD, lines[i]);

		assert_non_null(at);
		at = strstr(GOOD, lines[i]) + strlen(lines[i]);
		snprintf(text, sizeof(text), "%.*s%s",
		    (int)(strstr(GOOD, lines[i]) - GOOD), GOOD, at);
		snprintf(why, sizeof(why), "plan.ini:1: FORMATS 3.13: "
		    "[ceremony] needs %.*s", (int)strcspn(lines[i], " "),
		    lines[i]);
		refuses(text, ST_FORMAT, why);
	}
	refuses("[person x]\n[probe p]\ngroup.a = 1 of 1: x\n", ST_FORMAT,
	    "plan.ini:1: FORMATS 3.13: [person x] needs name");
	refuses("[ceremony]\n" FACTS ROLES FIRST PEOPLE "[probe p]\n",
	    ST_FORMAT, "plan.ini:18: FORMATS 3.13: [probe p] needs group");
	refuses(PEOPLE PROBE, ST_FORMAT, "plan.ini: FORMATS 3.13: there is no "
	    "[ceremony]");
}

static void
plan_refuses_sections_it_does_not_know(void **state)
{
	(void)state;
	refuses(GOOD "[prob q]\n", ST_FORMAT, "plan.ini:20: FORMATS 3.10: no "
	    "such section: prob; did you mean probe?");
	refuses(GOOD "[persn q]\n", ST_FORMAT, "no such section: persn; did "
	    "you mean person?");
	refuses(GOOD "[mint g1]\n", ST_FORMAT, "no such section: mint");
	refuses(GOOD "[probe]\n", ST_FORMAT, "plan.ini:20: FORMATS 3.10: "
	    "[probe] needs a name");
	refuses(GOOD "[ceremony x]\n", ST_FORMAT, "plan.ini:20: FORMATS 3.10: "
	    "[ceremony] takes no name");
	refuses(GOOD "[person]\n", ST_FORMAT, "[person] needs a name");
}

static void
plan_refuses_officers_who_are_not_two_persons(void **state)
{
	(void)state;
	refuses("[ceremony]\n" FACTS FIRST "officer = first\nwitness = first\n"
	    PEOPLE PROBE, ST_POLICY, "FORMATS 3.15: officer and witness are "
	    "one person");
	refuses("[ceremony]\n" FACTS FIRST "officer = third\nwitness = first\n"
	    PEOPLE PROBE, ST_FORMAT, "plan.ini:10: FORMATS 3.15: no [person "
	    "third]");
	refuses("[ceremony]\n" FACTS FIRST "officer = first\nwitness = ghost\n"
	    PEOPLE PROBE, ST_FORMAT, "plan.ini:11: FORMATS 3.15: no [person "
	    "ghost]");
}

static void
plan_refuses_a_number_that_its_previous_does_not_bear_out(void **state)
{
	static const char *const bad[] = {
		"number = 0\nprevious = none\n",
		"number = 2\nprevious = none\n",
		"number = 1\nprevious = " HEX96 "\n",
		"number = 0\nprevious = " HEX96 "\n",
	};
	char text[2048];
	struct plan *p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "[ceremony]\n" FACTS ROLES "%s"
		    PEOPLE PROBE, bad[i]);
		refuses(text, ST_FORMAT, "FORMATS 3.14: number is 1 with "
		    "previous = none, and only then");
	}
	p = good("[ceremony]\n" FACTS ROLES "number = 2\nprevious = " HEX96
	    "\n" PEOPLE PROBE);
	assert_string_equal(p->previous, HEX96);
	plan_free(p);
}

static void
plan_refuses_dates_that_run_backwards(void **state)
{
	(void)state;
	refuses("[ceremony]\nformat = 1\norg = x\nmode = rehearsal\n"
	    "effective = 2027-03-02\nlatest = 2027-03-01\noid-arc = 1.2.3\n"
	    ROLES FIRST PEOPLE PROBE, ST_FORMAT, "FORMATS 3.14: latest is "
	    "before effective");
	refuses("[ceremony]\nformat = 1\norg = x\nmode = rehearsal\n"
	    "effective = 2027-03-02T00:01:00Z\nlatest = 2027-03-02T00:00:00Z\n"
	    "oid-arc = 1.2.3\n" ROLES FIRST PEOPLE PROBE, ST_FORMAT,
	    "FORMATS 3.14: latest is before effective");
}

#define REAL(arc)                                                             \
	"[ceremony]\nformat = 1\norg = x\nmode = production\n"                \
	"effective = 2027-03-02\nlatest = 2027-03-02\noid-arc = " arc "\n"    \
	ROLES FIRST PEOPLE PROBE

static void
plan_refuses_the_documentation_arc_in_production(void **state)
{
	struct plan *p;

	(void)state;
	refuses(REAL("1.3.6.1.4.1.32473"), ST_POLICY, "FORMATS 3.16: oid-arc "
	    "is the documentation arc");
	refuses(REAL("1.3.6.1.4.1.32473.7"), ST_POLICY, "FORMATS 3.16");
	p = good(REAL("1.3.6.1.4.1.324730"));
	assert_int_equal(p->mode, MODE_PRODUCTION);
	plan_free(p);
}

static void
plan_refuses_another_format(void **state)
{
	(void)state;
	refuses("[ceremony]\nformat = 2\norg = x\nmode = rehearsal\n"
	    "effective = 2027-03-02\nlatest = 2027-03-02\noid-arc = 1.2.3\n"
	    ROLES FIRST PEOPLE PROBE, ST_FORMAT, "FORMATS 3.14: format is 1");
	refuses("[ceremony]\nformat = 1\norg = x\nmode = test\n", ST_FORMAT,
	    "plan.ini:4: FORMATS 3.12: mode: one of rehearsal|production");
}

/* A state could not take in what it has no room for. */
static void
plan_refuses_an_org_that_no_certificate_can_hold(void **state)
{
	char text[2048], org[66];
	struct plan *p;

	(void)state;
	memset(org, 'x', 65);
	org[65] = '\0';
	snprintf(text, sizeof(text), "[ceremony]\nformat = 1\norg = %s\n"
	    "mode = rehearsal\neffective = 2027-03-02\nlatest = 2027-03-02\n"
	    "oid-arc = 1.2.3\n" ROLES FIRST PEOPLE PROBE, org);
	refuses(text, ST_FORMAT, "FORMATS 3.14: org is more than 64 bytes");
	org[64] = '\0';
	snprintf(text, sizeof(text), "[ceremony]\nformat = 1\norg = %s\n"
	    "mode = rehearsal\neffective = 2027-03-02\nlatest = 2027-03-02\n"
	    "oid-arc = 1.2.3\n" ROLES FIRST PEOPLE PROBE, org);
	p = good(text);
	plan_free(p);
}

/* --- schemes and lists --- */

/* Any value of group.x, read as a scheme. */
static enum status
read_scheme(const char *value, struct plan_scheme *out, struct diag *d)
{
	char text[2048];
	struct plan *p;
	enum status rc;

	snprintf(text, sizeof(text), "%sgroup.x = %s\n", GOOD, value);
	p = good(text);
	rc = plan_scheme(p, plan_entry(plan_section(p, "probe", "p"), "group",
	    "x"), out, d);
	plan_free(p);
	return rc;
}

static void
plan_scheme_gives_back_what_is_written(void **state)
{
	struct plan_scheme s;

	(void)state;
	assert_int_equal(read_scheme("2 of 3: first@office, second ,first",
	    &s, NULL), ST_OK);
	assert_string_equal(s.name, "x");
	assert_int_equal(s.need, 2);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.holders[0].person, "first");
	assert_string_equal(s.holders[0].place, "office");
	assert_string_equal(s.holders[1].person, "second");
	assert_string_equal(s.holders[1].place, "");
	assert_string_equal(s.holders[2].person, "first");
	free(s.holders);
	assert_int_equal(read_scheme("1 of 16: first,first,first,first,first,"
	    "first,first,first,first,first,first,first,first,first,first,"
	    "first", &s, NULL), ST_OK);
	assert_int_equal(s.n, 16);
	free(s.holders);
}

static void
plan_scheme_refuses_what_is_none(void **state)
{
	static const struct {
		const char *value, *why;
	} bad[] = {
		{ "2", "a scheme is K of N" },
		{ "2 of 3", "a scheme is K of N" },
		{ "2 of 3 first, second, notary", "a scheme is K of N" },
		{ "2of3: first, second, notary", "a scheme is K of N" },
		{ "2/3: first, second, notary", "a scheme is K of N" },
		{ "+2 of 3: first, second, notary", "a scheme is K of N" },
		{ "02 of 3: first, second, notary", "a scheme is K of N" },
		{ "-2 of 3: first, second, notary", "a scheme is K of N" },
		{ "2 of -3: first, second, notary", "a scheme is K of N" },
		{ "0 of 3: first, second, notary", "a scheme is K of N" },
		{ "4 of 3: first, second, notary", "a scheme is K of N" },
		{ "2 of 0: first", "a scheme is K of N" },
		{ "2 of 17: first", "a scheme is K of N" },
		{ "2 of 4294967298: first, second", "a scheme is K of N" },
		{ "2: of 3 first, second, notary", "a scheme is K of N" },
		{ "2 of 3: first, second", "2 holders for 3 sheets" },
		{ "2 of 2: first, second, notary", "more than 2 holders" },
		{ "2 of 2: first second", "no [person first second]" },
		{ "2 of 3: first,, notary", "no [person ]" },
		{ "2 of 3: first, notary,", "no [person ]" },
		{ "2 of 2: first, ghost", "no [person ghost]" },
		{ "2 of 2: first, First", "no [person First]" },
		{ "2 of 2: first, second@", "or its place is no word" },
		{ "2 of 2: first, second@Bank", "or its place is no word" },
		{ "2 of 2: first, second@a@b", "or its place is no word" },
		{ "2 of 2: first, @home", "no [person ]" },
		{ "1 of 1: abcdefghijklmnopqrstuvwxyz-123456", "is too long" },
		{ "1 of 1: first@abcdefghijklmnopqrstuvwxyz-123456",
		    "is too long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct plan_scheme s;
		struct diag d = { 0 };

		if (read_scheme(bad[i].value, &s, &d) != ST_FORMAT ||
		    strncmp(d.text, "plan.ini:20: FORMATS 3.18: ", 27) != 0 ||
		    strstr(d.text, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].value, d.text);
		assert_null(s.holders);
		assert_int_equal(s.n, 0);
	}
}

static void
plan_words_splits_lists(void **state)
{
	const struct ini_entry *e;
	struct plan *p = good(GOOD "words = a, bb,ccc  ,  d\n");
	struct diag d = { 0 };
	char word[4][33];
	size_t n = 0;

	(void)state;
	e = plan_entry(plan_section(p, "probe", "p"), "words", NULL);
	assert_int_equal(plan_words(p, e, word, 4, &n, &d), ST_OK);
	assert_int_equal(n, 4);
	assert_string_equal(word[0], "a");
	assert_string_equal(word[1], "bb");
	assert_string_equal(word[2], "ccc");
	assert_string_equal(word[3], "d");
	assert_int_equal(plan_words(p, e, word, 3, &n, &d), ST_FORMAT);
	assert_string_equal(d.text, "plan.ini:20: FORMATS 3.12: more than 3 "
	    "words");
	plan_free(p);
}

static void
plan_lists_takes_whole_words_alone(void **state)
{
	struct plan *p = good(GOOD "words = aa, bb,ccc  ,  d\n");
	const struct ini_section *s = plan_section(p, "probe", "p");

	(void)state;
	assert_true(plan_lists(s, "words", "aa"));
	assert_true(plan_lists(s, "words", "ccc"));
	assert_true(plan_lists(s, "words", "d"));
	assert_false(plan_lists(s, "words", "a"));
	assert_false(plan_lists(s, "words", "bbb"));
	assert_false(plan_lists(s, "words", ""));
	assert_false(plan_lists(s, "other", "d"));
	plan_free(p);
}

static void
plan_finds_sections_and_entries_by_their_whole_name(void **state)
{
	const struct ini_section *s;
	struct plan *p = good(GOOD "int = 7\nword = g1\n");

	(void)state;
	assert_null(plan_section(p, "probe", "q"));
	assert_null(plan_section(p, "prob", "p"));
	assert_null(plan_section(p, "ceremony", "first"));
	assert_non_null(plan_section(p, "ceremony", NULL));
	s = plan_section(p, "probe", "p");
	assert_non_null(s);
	assert_ptr_equal(plan_step(s, rows), &probe);
	assert_null(plan_step(plan_section(p, "ceremony", NULL), rows));
	assert_null(plan_entry(s, "group", NULL));
	assert_null(plan_entry(s, "group", "mai"));
	assert_non_null(plan_entry(s, "group", "main"));
	assert_null(plan_entry(s, "int", "x"));
	assert_int_equal(plan_int(s, "int", 9), 7);
	assert_int_equal(plan_int(s, "days", 9), 9);
	assert_int_equal(plan_int(s, "word", 9), 9);
	assert_string_equal(plan_text(s, "word", "x"), "g1");
	assert_string_equal(plan_text(s, "text", "x"), "x");
	assert_null(plan_text(s, "text", NULL));
	plan_free(p);
}

/* --- files --- */

/* An inbox with a request in it. */
static void
box_request(struct box *b)
{
	box_open(b);
	box_put(b, "a.csr", "request", 7);
}

/* Read the file of a plan whose probe names ${name} as holding ${bytes}. */
static enum status
read_file(const struct inbox *inbox, const char *name, const char *bytes,
    struct bytes *out, struct diag *d)
{
	char text[2048], digest[SHA384_HEX_SIZE], bare[65] = "";
	struct plan *p = NULL;
	enum status rc;

	hash_sha384_hex(bytes, strlen(bytes), digest);
	snprintf(text, sizeof(text), "%sfile = %s sha384:%s\n", GOOD, name,
	    digest);
	assert_int_equal(read_with(text, inbox, &p, NULL), ST_OK);
	rc = plan_file(p, plan_entry(plan_section(p, "probe", "p"), "file",
	    NULL), 4096, out, bare, sizeof(bare), d);
	assert_string_equal(bare, name);
	plan_free(p);
	return rc;
}

static void
plan_file_gives_the_bytes_that_were_reviewed(void **state)
{
	struct bytes out = { 0 };
	struct box b;

	(void)state;
	box_request(&b);
	assert_int_equal(read_file(&b.inbox, "a.csr", "request", &out, NULL),
	    ST_OK);
	assert_int_equal(out.len, 7);
	assert_memory_equal(out.data, "request", 7);
	bytes_free(&out);
	/* years later, from the state */
	box_put(&b, "000001-a.csr", "old", 3);
	snprintf(b.inbox.prefix, sizeof(b.inbox.prefix), "000001-");
	assert_int_equal(read_file(&b.inbox, "a.csr", "old", &out, NULL),
	    ST_OK);
	bytes_free(&out);
	box_close(&b);
}

static void
plan_file_refuses_other_bytes(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };
	struct box b;

	(void)state;
	box_request(&b);
	assert_int_equal(read_file(&b.inbox, "a.csr", "Request", &out, &d),
	    ST_AUTH);
	assert_string_equal(d.text, "plan.ini:20: FORMATS 3.17: a.csr is not "
	    "the file that was reviewed: its digest is another");
	assert_null(out.data);
	box_close(&b);
}

/* A parcel of one text: its bytes are what we say. */
static void
box_text(const struct box *b, const char *name, const char *file,
    const char *text)
{
	const struct bytes data = { (uint8_t *)(uintptr_t)text, strlen(text) };

	box_parcel(b, name, "countersign", file, &data, -1);
}

static void
plan_file_comes_out_of_a_parcel_by_its_digest(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };
	struct box b;

	(void)state;
	box_request(&b);
	/* in the folder another file of that name, and in a parcel too */
	box_put(&b, "n.line", "other", 5);
	box_text(&b, "1.parcel", "n.line", "an other");
	assert_int_equal(inbox_look(&b.inbox, 0, NULL), ST_OK);
	assert_int_equal(read_file(&b.inbox, "n.line", "wanted", &out, &d),
	    ST_AUTH);
	assert_string_equal(d.text, "plan.ini:20: FORMATS 3.17: n.line is not "
	    "the file that was reviewed: its digest is another, and it is in "
	    "none of the parcels there");
	assert_null(out.data);
	inbox_clear(&b.inbox);
	box_text(&b, "2.parcel", "n.line", "wanted");
	assert_int_equal(inbox_look(&b.inbox, 0, NULL), ST_OK);
	assert_int_equal(read_file(&b.inbox, "n.line", "wanted", &out, NULL),
	    ST_OK);
	assert_int_equal(out.len, 6);
	assert_memory_equal(out.data, "wanted", 6);
	bytes_free(&out);
	/* one that is passed over may have been the one */
	box_put(&b, "0.parcel", "x", 1);
	inbox_clear(&b.inbox);
	assert_int_equal(inbox_look(&b.inbox, 0, NULL), ST_OK);
	diag_clear(&d);
	assert_int_equal(read_file(&b.inbox, "m.line", "wanted", &out, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "FORMATS 3.17: m.line: "));
	assert_non_null(strstr(d.text, "; passed over: 0.parcel: FORMATS "
	    "10.1: "));
	/* nor is the first one all that was */
	assert_int_equal(file_create_at(b.inbox.dirfd, "00.parcel", "x", 1,
	    NULL), ST_OK);
	inbox_clear(&b.inbox);
	assert_int_equal(inbox_look(&b.inbox, 0, NULL), ST_OK);
	diag_clear(&d);
	assert_int_equal(read_file(&b.inbox, "m.line", "wanted", &out, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "; passed over: 0.parcel: "));
	assert_non_null(strstr(d.text, "; and 1 more"));
	inbox_clear(&b.inbox);
	for (size_t i = 0; i < 5; i++)
		unlinkat(b.inbox.dirfd, (const char *const[]){ "n.line",
		    "0.parcel", "00.parcel", "1.parcel", "2.parcel" }[i], 0);
	box_close(&b);
}

static void
plan_file_refuses_what_is_no_file_of_the_inbox(void **state)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };
	struct box b;

	(void)state;
	box_request(&b);
	assert_int_equal(read_file(&b.inbox, "b.csr", "x", &out, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "plan.ini:20: FORMATS 3.17: b.csr"));
	assert_int_equal(symlinkat("a.csr", b.inbox.dirfd, "link"), 0);
	assert_int_not_equal(read_file(&b.inbox, "link", "request", &out,
	    NULL), ST_OK);
	assert_int_equal(mkdirat(b.inbox.dirfd, "folder", 0700), 0);
	assert_int_equal(read_file(&b.inbox, "folder", "", &out, NULL),
	    ST_FORMAT);
	diag_clear(&d);
	assert_int_equal(read_file(NULL, "a.csr", "request", &out, &d),
	    ST_SYSTEM);
	assert_string_equal(d.text, "plan.ini:20: there is no inbox to read "
	    "a.csr from");
	assert_null(out.data);
	box_close(&b);
}

/* --- what nobody wrote on purpose --- */

static enum status
read_any(const uint8_t *data, size_t len, void *ctx)
{
	const struct bytes text = { (uint8_t *)(uintptr_t)data, len };
	const struct plan *whole = ctx;
	struct plan_scheme s = { 0 };
	struct plan *p = NULL;
	struct diag d = { 0 };
	enum status rc;

	rc = plan_read("plan.ini", &text, rows, NULL, &p, &d);
	assert_true((rc == ST_OK) == (p != NULL));
	if (rc != ST_OK) {
		assert_memory_equal(d.text, "plan.ini:", 9);
		return rc;
	}
	/* still a plan: then it is another one, and its words say so */
	assert_memory_not_equal(p->digest, whole->digest, SHA384_LEN);
	for (size_t i = 0; i < p->ini->n; i++) {
		const struct ini_entry *e = plan_entry(&p->ini->sections[i],
		    "group", "main");

		if (e != NULL && plan_scheme(p, e, &s, NULL) == ST_OK)
			free(s.holders);
	}
	plan_free(p);
	return ST_FORMAT;
}

static const char full[] = GOOD "word = g1\ntext = \xc3\xa9\nint = 1\n"
    "days = 3\ndate = 2027-03-01\nwords = a, b\ndigest = none\n"
    "file = a.csr sha384:" HEX96 "\noid = 1.2.3\nchoice = one\n";

static void
plan_refuses_every_truncation_or_is_another(void **state)
{
	struct plan *whole = good(full);

	(void)state;
	assert_int_equal(mutate_truncations((const uint8_t *)full,
	    strlen(full), read_any, whole), 0);
	plan_free(whole);
}

static void
plan_has_an_answer_to_every_flipped_bit(void **state)
{
	struct plan *whole = good(full);

	(void)state;
	assert_int_equal(mutate_bits((const uint8_t *)full, strlen(full),
	    read_any, whole), 0);
	plan_free(whole);
}

/* Bytes overwritten, cut out, doubled and moved: the same in every run. */
static size_t
mangle(struct prng *p, uint8_t *text, size_t len, size_t room)
{
	static const char spice[] = "\n\n=[]#.,: @-0919az\xff\xc3";
	size_t at, n;

	for (uint64_t k = 1 + prng_next(p) % 4; k > 0 && len > 16; k--) {
		at = (size_t)(prng_next(p) % (len - 8));
		n = (size_t)(1 + prng_next(p) % 8);
		switch (prng_next(p) % 4) {
		case 0:
			text[at] = (uint8_t)prng_next(p);
			break;
		case 1:
			text[at] = (uint8_t)spice[prng_next(p) %
			    (sizeof(spice) - 1)];
			break;
		case 2:
			memmove(text + at, text + at + n, len - at - n);
			len -= n;
			break;
		default:
			if (len + n > room)
				break;
			memmove(text + at + n, text + at, len - at);
			len += n;
			break;
		}
	}
	return len;
}

static void
plan_outlives_ten_thousand_mutations(void **state)
{
	struct plan *whole = good(full);
	struct prng p = { 39 };
	size_t len;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		const size_t room = sizeof(full) + 64;
		uint8_t *text = malloc(room), *exact;

		assert_non_null(text);
		memcpy(text, full, sizeof(full));
		len = mangle(&p, text, strlen(full), room);
		exact = malloc(len);
		assert_non_null(exact);
		memcpy(exact, text, len);
		if (len != strlen(full) || memcmp(exact, full, len) != 0)
			(void)read_any(exact, len, whole);
		free(exact);
		free(text);
	}
	plan_free(whole);
}

static enum status
read_all(void *ctx)
{
	struct plan_scheme s = { 0 };
	struct plan *p = NULL;
	enum status rc;

	(void)ctx;
	TRY(read_with(full, NULL, &p, NULL));
	TRY(plan_scheme(p, plan_entry(plan_section(p, "probe", "p"), "group",
	    "main"), &s, NULL));
out:
	free(s.holders);
	plan_free(p);
	return rc;
}

static void
plan_survives_every_allocation_failing(void **state)
{
	(void)state;
	assert_true(oom_each(read_all, NULL) > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_gives_back_what_is_written),
		cmocka_unit_test(plan_latest_means_the_whole_day),
		cmocka_unit_test(plan_refuses_values_of_another_type),
		cmocka_unit_test(plan_refuses_text_of_more_than_200_bytes),
		cmocka_unit_test(plan_refuses_keys_it_does_not_know),
		cmocka_unit_test(plan_refuses_keys_and_sections_that_repeat),
		cmocka_unit_test(plan_refuses_what_is_missing),
		cmocka_unit_test(plan_refuses_sections_it_does_not_know),
		cmocka_unit_test(plan_refuses_officers_who_are_not_two_persons),
		cmocka_unit_test(
		    plan_refuses_a_number_that_its_previous_does_not_bear_out),
		cmocka_unit_test(plan_refuses_dates_that_run_backwards),
		cmocka_unit_test(
		    plan_refuses_the_documentation_arc_in_production),
		cmocka_unit_test(plan_refuses_another_format),
		cmocka_unit_test(
		    plan_refuses_an_org_that_no_certificate_can_hold),
		cmocka_unit_test(plan_scheme_gives_back_what_is_written),
		cmocka_unit_test(plan_scheme_refuses_what_is_none),
		cmocka_unit_test(plan_words_splits_lists),
		cmocka_unit_test(plan_lists_takes_whole_words_alone),
		cmocka_unit_test(
		    plan_finds_sections_and_entries_by_their_whole_name),
		cmocka_unit_test(plan_file_gives_the_bytes_that_were_reviewed),
		cmocka_unit_test(plan_file_refuses_other_bytes),
		cmocka_unit_test(plan_file_comes_out_of_a_parcel_by_its_digest),
		cmocka_unit_test(
		    plan_file_refuses_what_is_no_file_of_the_inbox),
		cmocka_unit_test(plan_refuses_every_truncation_or_is_another),
		cmocka_unit_test(plan_has_an_answer_to_every_flipped_bit),
		cmocka_unit_test(plan_outlives_ten_thousand_mutations),
		cmocka_unit_test(plan_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
