/* hands.c: what is open when, and what is wiped before what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/engine.h"
#include "ceremony/hands.h"
#include "ceremony/mint.h"
#include "ceremony/undone.h"
#include "lib/crypto/cert.h"
#include "lib/pki/profile.h"
#include "lib/record/signer.h"
#include "tests/support/group.h"
#include "tests/support/record.h"

#define PLAN                                                                  \
	"[ceremony]\nformat = 1\norg = example\nmode = rehearsal\n"           \
	"effective = 2027-03-01\nlatest = 2099-12-31\noid-arc = 1.2.3.4\n"    \
	"officer = a\nwitness = b\nnumber = 1\nprevious = none\n"             \
	"[person a]\nname = A\n[person b]\nname = B\n"
#define MINT(name, more)                                                      \
	"[mint " name "]\nalgorithm = ecdsa-p256\nneed = 1 group\n"           \
	"group.main = 2 of 2: a, b\n" more
#define PRESENT "subject = root\nyears = 2\nnext = g2\n"

static const struct step_kind *const rows[] = { &mint_step, NULL };

/* --- people who write a sheet down and read it back as it is --- */

static struct {
	struct engine e;
	struct secret *sheet;
	size_t open[8];	/* roots, when the head is noted after a step */
	char name[33];	/* of the last one */
	size_t typed[8]; /* sheets that are still held then */
	size_t steps;
	size_t shown;	/* times that a sheet was */
	bool lost;	/* it was wiped before it was written, once */
	bool slip;	/* a word of it is another one, once */
	bool first;	/* the first sheet is read back again, once */
	bool scan;	/* sheets are scanned, and a third is typed */
	bool slip_third; /* a word of that is another one, once */
	bool give_up;
	struct secret *sheet_one;
	uint8_t number[2][16]; /* asked for after a scan: the last two */
	char why[DIAG_TEXT_MAX]; /* what was refused last */
} now;

static void
progress(const struct front *f, size_t i, size_t n, const char *text)
{
	(void)f;
	(void)i;
	(void)n;
	(void)text;
}

static enum status
note_words(const struct front *f, const char *what, size_t n,
    const uint8_t *digest, struct diag *d)
{
	(void)f;
	(void)n;
	(void)digest;
	(void)d;
	if (strstr(what, "after [mint") == NULL)
		return ST_OK;
	now.open[now.steps] = now.e.nroots;
	if (now.e.nroots > 0)
		snprintf(now.name, sizeof(now.name), "%s",
		    now.e.root[0].name);
	assert_null(now.e.root[now.e.nroots].seed);
	assert_null(now.e.root[now.e.nroots].key);
	for (size_t i = 0; i < SHEETS_MAX; i++)
		now.typed[now.steps] += now.e.typed[i] != NULL;
	now.steps++;
	return ST_OK;
}

static enum status
show_sheet(const struct front *f, const struct sheet_view *v, struct diag *d)
{
	(void)f;
	now.shown++;
	if (v->sheet->number == 1 && now.sheet_one == NULL)
		assert_int_equal(secret_copy(v->mnemonic, &now.sheet_one, d),
		    ST_OK);
	secret_free(now.sheet);
	return secret_copy(v->mnemonic, &now.sheet, d);
}

/* Word ${n}, 1.., becomes another one of the list. */
static void
misspell(struct secret *text, size_t n)
{
	uint8_t *at = secret_bytes(text);

	while (--n > 0)
		at = (uint8_t *)memchr(at, ' ', 400) + 1;
	/* what is left of the word makes no difference: four letters are */
	memcpy(at, memcmp(at, "acid", 4) == 0 ? "acne" : "acid", 4);
	for (at += 4; *at != ' '; at++)
		*at = ' ';
}

static enum status
read_back(const struct front *f, const struct sheet_view *v,
    const uint8_t *number, size_t n, enum front_gave *gave,
    struct secret **out, struct diag *d)
{
	enum status rc;

	(void)f;
	assert_null(v->mnemonic);
	*out = NULL;
	*gave = FRONT_SHOW;
	if (now.lost) {
		now.lost = false;
		secret_free(now.sheet);
		now.sheet = NULL;
		return ST_OK;
	}
	*gave = now.give_up ? FRONT_GIVE_UP : now.scan && n == 0 ?
	    FRONT_SCANNED : FRONT_TYPED;
	if (now.give_up)
		return ST_OK;
	if (n > 0) {
		memcpy(now.number[1], now.number[0], sizeof(now.number[0]));
		memcpy(now.number[0], number, n);
		assert_int_equal(n, 11);
		TRY(slip39_some(now.sheet, number, n, out, d));
		if (now.slip_third)
			misspell(*out, 3);
		now.slip_third = false;
		return ST_OK;
	}
	TRY(secret_copy(now.first && v->sheet->number == 2 ? now.sheet_one :
	    now.sheet, out, d));
	now.first &= v->sheet->number != 2;
	if (now.slip)
		misspell(*out, 7);
	now.slip = false;
out:
	return rc;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	snprintf(now.why, sizeof(now.why), "%s", why->text);
	/* the next thing that this holder does is to look again */
	now.lost = true;
	return true;
}

static const struct front people = { .progress = progress,
	.refused = refused, .note_words = note_words, .show_sheet = show_sheet,
	.read_back = read_back, .how = "rehearsed" };

static struct plan *
plan_of(const char *text)
{
	const struct bytes b = { (uint8_t *)(uintptr_t)text, strlen(text) };
	struct plan *p = NULL;
	struct diag d = { 0 };

	if (plan_read("plan.ini", &b, rows, NULL, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	return p;
}

static enum status
check(const char *text, struct diag *d)
{
	struct plan *p = plan_of(text);
	struct engine_step *step = NULL;
	struct state *s = NULL;
	size_t n = 0;
	enum status rc;

	TRY(state_new(&s, d));
	TRY(engine_steps(p, rows, &step, &n, d));
	TRY(engine_check(p, step, n, s, d));
out:
	engine_steps_free(step, n);
	state_free(s);
	plan_free(p);
	return rc;
}

static void
refuses(const char *text, enum status code, const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(check(text, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

/* What g1's certificate says of the next root. */
static void
names_next(const struct state *s, const char *next)
{
	uint8_t key[SHA384_LEN];
	struct cert *c = NULL;

	assert_int_equal(signer_cert(s, "g1", &c, NULL), ST_OK);
	assert_true(profile_names_next(c, key));
	assert_memory_equal(key, state_root(s, next)->key.id, SHA384_LEN);
	cert_free(c);
}

/* A ceremony of a plan, in a folder of its own, as far as it goes. */
static enum status
begin(struct plan *p, struct sticks **out, struct diag *why)
{
	const char *paths[] = { "a" };
	struct sticks *s = NULL;
	struct diag d = { 0 };

	record_room();
	now.e.plan = p;
	now.e.front = &people;
	now.e.program = "test";
	assert_int_equal(state_new(&now.e.state, &d), ST_OK);
	assert_int_equal(engine_steps(p, rows, &now.e.step, &now.e.nsteps,
	    &d), ST_OK);
	assert_int_equal(engine_check(p, now.e.step, now.e.nsteps,
	    now.e.state, &d), ST_OK);
	assert_int_equal(sticks_open(paths, 1, true, true, &s, &d), ST_OK);
	now.e.sticks = s;
	now.e.state->dirfd = s->stick[0].dirfd;
	hands_start(&now.e);
	*out = s;
	return engine_drive(&now.e, why);
}

/* All of it. */
static struct sticks *
hold(struct plan *p)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };

	if (begin(p, &s, &d) != ST_OK)
		fail_msg("%s", d.text);
	return s;
}

static void
go_home(struct plan *p, struct sticks *s)
{
	engine_clear(&now.e);
	secret_free(now.sheet);
	secret_free(now.sheet_one);
	sticks_free(s);
	plan_free(p);
	record_leave();
}

/* Entries of a kind, with this fact if it is one. */
static int
count(const char *kind, const char *fact, const char *value)
{
	const struct entry *e;
	int n = 0;

	for (size_t i = 0; i < now.e.state->n; i++) {
		e = &now.e.state->entries[i];
		n += strcmp(e->kind, kind) == 0 && (fact == NULL ||
		    strcmp(facts_get(&e->facts, fact), value) == 0);
	}
	return n;
}

static void
hands_wipe_a_next_root_before_the_present_one_is_drawn(void **state)
{
	struct plan *p = plan_of(PLAN MINT("g3", "") MINT("g2", "")
	    MINT("g1", PRESENT));
	struct sticks *s;

	(void)state;
	memset(&now, 0, sizeof(now));
	s = hold(p);
	assert_int_equal(now.steps, 3);
	for (size_t i = 0; i < 3; i++) {
		/* the present one alone is open, for what it signs */
		assert_int_equal(now.open[i], i == 2);
		assert_int_equal(now.typed[i], 0);
	}
	assert_string_equal(now.name, "g1");
	names_next(now.e.state, "g2");
	go_home(p, s);
}

/* A sheet whose words were wiped too early, or do not hold, is shown again;
 * that alone is no try and no refusal. */
static void
hands_show_a_sheet_again_when_its_holder_asks(void **state)
{
	struct plan *p = plan_of(PLAN MINT("g1", "subject = root\nyears = 2\n"));
	struct sticks *s;

	(void)state;
	for (int slips = 0; slips < 2; slips++) {
		memset(&now, 0, sizeof(now));
		now.lost = true;
		now.slip = slips > 0;
		s = hold(p);
		/* two sheets, the first shown again, and after a slip once more */
		assert_int_equal(now.shown, slips > 0 ? 4 : 3);
		assert_int_equal(count("refused", NULL, NULL), slips);
		assert_int_equal(count("read-back", "tries", "1"), 2 - slips);
		assert_int_equal(count("read-back", "tries", "2"), slips);
		assert_string_equal(now.why, slips == 0 ? "" : "sheet 1 of a: "
		    "FORMATS 4.7: word 7 is the first that is not the one of "
		    "this sheet");
		go_home(NULL, s);
	}
	plan_free(p);
}

static void
hands_name_the_sheet_that_was_read_back_instead(void **state)
{
	struct plan *p = plan_of(PLAN MINT("g1", "subject = root\nyears = 2\n"));
	struct sticks *s;

	(void)state;
	memset(&now, 0, sizeof(now));
	now.first = true;
	s = hold(p);
	assert_string_equal(now.why, "sheet 2 of b: FORMATS 4.7: these are the "
	    "words of sheet 1, which is for a");
	assert_int_equal(count("refused", NULL, NULL), 1);
	assert_int_equal(count("read-back", "how", "rehearsed"), 2);
	go_home(p, s);
}

/* After a scan a third is typed, of numbers in order that nobody chose; where
 * one is wrong it is another third, and the scan still holds. */
static void
hands_want_a_third_of_the_words_after_a_scan(void **state)
{
	struct plan *p = plan_of(PLAN MINT("g1", "subject = root\nyears = 2\n"));
	char why[256];
	struct sticks *s;

	(void)state;
	memset(&now, 0, sizeof(now));
	now.scan = now.slip_third = true;
	s = hold(p);
	assert_int_equal(count("refused", NULL, NULL), 1);
	assert_int_equal(count("read-back", "how", "scanned, 11 of 33 words "
	    "typed"), 2);
	assert_int_equal(count("read-back", "tries", "2"), 1);
	for (size_t i = 0; i < 11; i++)
		assert_in_range(now.number[0][i], i == 0 ? 1 :
		    now.number[0][i - 1] + 1, 33);
	assert_memory_not_equal(now.number[0], now.number[1], 11);
	snprintf(why, sizeof(why), "sheet 1 of a: FORMATS 4.7: word ");
	assert_memory_equal(now.why, why, strlen(why));
	go_home(p, s);
}

/* Before the record says anything, the seed is gone. */
static void
hands_give_up_with_the_set_void_and_the_seed_gone(void **state)
{
	struct plan *p = plan_of(PLAN MINT("g1", "subject = root\nyears = 2\n"));
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	memset(&now, 0, sizeof(now));
	now.give_up = true;
	assert_int_equal(begin(p, &s, &d), ST_POLICY);
	assert_string_equal(d.text, "given up by a while sheet 1 of root g1 "
	    "was read back");
	assert_true(now.e.given_up);
	assert_int_equal(count("void", NULL, NULL), 0);
	assert_int_equal(undone_held(&now.e, d.text, NULL), ST_OK);
	assert_int_equal(now.e.nroots, 0);
	assert_int_equal(count("void", "root", "g1"), 1);
	assert_int_equal(count("undone", "reason", d.text), 1);
	assert_int_equal(now.e.state->sets[0].fate, SET_VOID);
	assert_int_equal(engine_close(&now.e, NULL), ST_OK);
	assert_int_equal(count("closed", NULL, NULL), 1);
	go_home(p, s);
}

static void
mint_refuses_a_next_root_below_a_present_one(void **state)
{
	(void)state;
	assert_int_equal(check(PLAN MINT("g2", "") MINT("g1", PRESENT), NULL),
	    ST_OK);
	refuses(PLAN MINT("g2", "") MINT("g1", PRESENT) MINT("g3", ""),
	    ST_POLICY, "plan.ini:27: RULES B10: [mint g3], a root to come, "
	    "stands below g1, where a present root is open");
}

static void
mint_refuses_to_name_what_is_no_root_to_come(void **state)
{
	(void)state;
	refuses(PLAN MINT("g1", PRESENT), ST_POLICY, "plan.ini:16: FORMATS "
	    "3.30: no root g2 is there, and no row above makes it");
	refuses(PLAN MINT("g2", "subject = other\nyears = 2\n")
	    MINT("g1", PRESENT), ST_POLICY, "FORMATS 3.30: root g2 has a "
	    "certificate: it is no root to come");
	refuses(PLAN MINT("g3", "") MINT("g2", "next = g3\n"), ST_FORMAT,
	    "FORMATS 3.30: a root to come has no certificate to name");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    hands_wipe_a_next_root_before_the_present_one_is_drawn),
		cmocka_unit_test(hands_show_a_sheet_again_when_its_holder_asks),
		cmocka_unit_test(
		    hands_name_the_sheet_that_was_read_back_instead),
		cmocka_unit_test(hands_want_a_third_of_the_words_after_a_scan),
		cmocka_unit_test(
		    hands_give_up_with_the_set_void_and_the_seed_gone),
		cmocka_unit_test(mint_refuses_a_next_root_below_a_present_one),
		cmocka_unit_test(mint_refuses_to_name_what_is_no_root_to_come),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
