/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/key.h"
#include "lib/crypto/start.h"
#include "tests/support/oom.h"
#include "tests/support/record.h"

#define FACTS_AT_MOST 64
#define HEX63                                                                 \
	"123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX64 "0" HEX63
#define HEX96 HEX64 "0123456789abcdef0123456789abcdef"

static char public[2][512]; /* two keys, as hex of their SPKI */

static const char *const drawn[] = { "root", "g1", "epoch", "1", "set-id",
	"7", "groups-needed", "1", "+groups", "2/3", "extendable", "yes",
	"exponent", "1", "salt", HEX64, "+sheets",
	"1 main 0 0 first office " HEX64, "+sheets",
	"2 main 0 1 second - 1" HEX63, "+sheets",
	"3 main 0 2 notary bank 2" HEX63, NULL };
static const char *const root[] = { "root", "g1", "number", "1", "algorithm",
	"ecdsa-p256", "counter", "0", "public", public[0], NULL };
static const char *const certificate[] = { "root", "g1", "subject", "root-g1",
	"not-after", "2047-03-15T00:00:00Z", NULL };
static const char *const list[] = { "root", "g1", "file", "1", "number", "1",
	"this-update", "2027-03-16T00:00:00Z", "next-update",
	"2028-03-16T00:00:00Z", NULL };
static const char *const delegation[] = { "name", "gateway", "root", "g1",
	"product", "gw", "role", "release", "slot", "2027Q1", "serial", "4c",
	"key-id", HEX96, "key-index", HEX96, "not-before",
	"2027-03-16T00:00:00Z", "not-after", "2028-03-16T00:00:00Z", NULL };
static const char *const cross[] = { "root", "g1", "of", "g2", "serial", "4d",
	"not-before", "2027-03-16T00:00:00Z", "not-after",
	"2047-03-15T00:00:00Z", NULL };
static const char *const retired[] = { "root", "g1", "reason", "routine",
	"successor", "g2", NULL };
static const char *const revocation[] = { "root", "g1", "name", "g2",
	"serial", "4d", "reason", "key-compromise", "date",
	"2027-03-16T00:00:00Z", "asked", "first", NULL };
static const char *const closed[] = { "ceremony", "1", NULL };
static const char *const of_root[] = { "root", "g1", NULL };

/* ${facts} with one value changed; ${value} NULL: taken out. */
static const char *const *
with(const char *const *facts, const char *key, const char *value)
{
	static const char *changed[FACTS_AT_MOST];
	bool found = false;
	size_t n = 0;

	for (; facts[0] != NULL; facts += 2) {
		const bool same = strcmp(facts[0], key) == 0 && !found;

		found |= same;
		if (same && value == NULL)
			continue;
		changed[n++] = facts[0];
		changed[n++] = same ? value : facts[1];
	}
	assert_true(found);
	changed[n] = NULL;
	return changed;
}

static struct state *
fresh(void)
{
	struct state *s = NULL;

	assert_int_equal(state_new(&s, NULL), ST_OK);
	return s;
}

static void
takes(struct state *s, const char *kind, const char *const *facts,
    const char *object)
{
	struct diag d = { 0 };

	if (record_apply(s, kind, facts, object, &d) != ST_OK)
		fail_msg("%s", d.text);
}

/* A state with an open ceremony; and with a drawn set; and with a root. */
static struct state *
opened(void)
{
	struct state *s = fresh();
	struct diag d = { 0 };

	if (record_open(s, 1, "rehearsal", &d) != ST_OK)
		fail_msg("%s", d.text);
	return s;
}

static struct state *
drew(void)
{
	struct state *s = opened();

	takes(s, "drawn", drawn, NULL);
	return s;
}

static struct state *
minted(void)
{
	struct state *s = drew();

	takes(s, "root", root, NULL);
	return s;
}

/* The next entry is refused, and so the state is at its end. */
static void
refuses(struct state *s, const char *kind, const char *const *facts,
    const char *object, enum status code, const char *why)
{
	const size_t n = s->n;
	struct diag d = { 0 };
	enum status rc = record_apply(s, kind, facts, object, &d);

	if (rc != code || strstr(d.text, why) == NULL ||
	    strncmp(d.text, "entry ", 6) != 0)
		fail_msg("%s: status %d, \"%s\" instead of \"%s\"", kind,
		    (int)rc, d.text, why);
	assert_int_equal(s->n, n);
	state_free(s);
}

static void
state_takes_in_a_whole_ceremony(void **state)
{
	const struct sheet_set *set;
	const struct delegation *g;
	uint8_t index[SHA384_LEN];
	struct state *s = minted();

	(void)state;
	takes(s, "certificate", certificate, "roots/000001.crt");
	takes(s, "list", list, "lists/000001.crl");
	takes(s, "delegation", delegation, "issued/4c.crt");
	assert_non_null(state_open(s));
	takes(s, "closed", closed, "record/000007.line");

	assert_null(state_open(s));
	assert_int_equal(s->n, 7);
	assert_int_equal(s->ceremonies[0].first, 1);
	assert_int_equal(s->ceremonies[0].last, 7);
	assert_false(s->ceremonies[0].is_signed);
	assert_string_equal(s->ceremonies[0].before, "none");
	assert_int_equal(strlen(s->id), 32);
	assert_memory_equal(s->id, s->entries[0].digest, 32);
	assert_string_equal(state_head(s), s->entries[6].digest);
	assert_string_equal(state_root(s, "g1")->object, "roots/000001.crt");
	assert_null(state_root(s, "g2"));
	set = state_live_set(s, "g1");
	assert_non_null(set);
	assert_int_equal(set->n, 3);
	assert_string_equal(set->sheets[0].place, "office");
	assert_string_equal(set->sheets[1].place, "");
	assert_string_equal(set->sheets[2].holder, "notary");
	assert_int_equal(set->scheme.group[0].need, 2);
	g = state_delegation(s, "4c");
	assert_non_null(g);
	assert_string_equal(g->slot, "2027Q1");
	assert_int_equal(state_last_list(s, "g1")->number, 1);
	assert_null(state_last_list(s, "g2"));
	assert_int_equal(text_unhex(HEX96, index, sizeof(index), NULL), ST_OK);
	assert_string_equal(state_key_seen(s, index), "delegation gateway of "
	    "ceremony 1");
	assert_string_equal(state_key_seen(s, s->roots[0].key.index),
	    "root g1");
	state_free(s);
	state_free(NULL);
}

/* --- the chain --- */

static void
state_refuses_entries_out_of_order(void **state)
{
	struct state *s = opened();
	struct entry e;
	struct diag d = { 0 };

	(void)state;
	/* the number right and the link wrong, and the other way round */
	record_entry(&e, 2, HEX96, "refused", NULL);
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, &d), ST_AUTH);
	assert_string_equal(d.text, "entry 2 (refused): FORMATS 7.4: it does "
	    "not follow entry 1");
	entry_clear(&e);
	record_entry(&e, 3, state_head(s), "refused", NULL);
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, NULL), ST_AUTH);
	/* what was refused is still the caller's */
	assert_non_null(e.text.data);
	entry_clear(&e);
	state_free(s);
}

static void
state_refuses_time_that_goes_back(void **state)
{
	struct state *s = opened();
	struct diag d = { 0 };
	struct entry e;

	(void)state;
	record_entry(&e, 2, state_head(s), "refused", NULL);
	e.time = s->entries[0].time - 60;
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "FORMATS 7.4: it is older than the "
	    "entry before it"));
	entry_clear(&e);
	/* the same minute is no way back */
	record_entry(&e, 2, state_head(s), "refused", NULL);
	e.time = s->entries[0].time;
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, NULL), ST_OK);
	state_free(s);
}

static void
state_refuses_kinds_it_does_not_know(void **state)
{
	(void)state;
	refuses(opened(), "bundles", NULL, NULL, ST_FORMAT, "FORMATS 7.5: no "
	    "such kind of entry");
	refuses(opened(), "Root", root, NULL, ST_FORMAT, "no such kind");
	assert_null(state_trusted("bundles"));
	assert_false(state_is_event("bundle"));
	assert_true(state_is_event("void"));
	assert_false(state_is_event("root"));
}

static void
state_refuses_work_outside_a_ceremony(void **state)
{
	struct state *s;

	(void)state;
	refuses(fresh(), "drawn", drawn, NULL, ST_FORMAT, "no ceremony is "
	    "open");
	refuses(fresh(), "closed", closed, "record/000001.line", ST_FORMAT,
	    "no ceremony is open");
	s = opened();
	takes(s, "closed", closed, "record/000002.line");
	refuses(s, "refused", NULL, NULL, ST_FORMAT, "no ceremony is open");
	s = opened();
	takes(s, "closed", closed, "record/000002.line");
	refuses(s, "closed", closed, "record/000003.line", ST_FORMAT, "no "
	    "ceremony is open");
}

static void
state_refuses_work_after_an_early_end(void **state)
{
	struct state *s = opened();

	(void)state;
	takes(s, "undone", NULL, NULL);
	refuses(s, "drawn", drawn, NULL, ST_FORMAT, "FORMATS 7.5: the ceremony "
	    "was ended early before it");
	s = opened();
	takes(s, "undone", NULL, NULL);
	takes(s, "resumed", NULL, NULL);
	refuses(s, "undone", NULL, NULL, ST_FORMAT, "FORMATS 7.5: it was ended "
	    "early already");
	s = opened();
	takes(s, "undone", NULL, NULL);
	takes(s, "closed", closed, "record/000003.line");
	state_free(s);
}

static void
state_refuses_a_ceremony_inside_another(void **state)
{
	struct state *s = opened();
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(record_open(s, 2, "rehearsal", &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "a ceremony is open already"));
	state_free(s);
}

static void
state_refuses_a_ceremony_of_another_number(void **state)
{
	static const unsigned bad[] = { 0, 1, 3 };
	struct diag d = { 0 };
	struct state *s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		s = opened();
		takes(s, "closed", closed, "record/000002.line");
		diag_clear(&d);
		assert_int_equal(record_open(s, bad[i], "rehearsal", &d),
		    ST_FORMAT);
		assert_non_null(strstr(d.text, "is not the 2th"));
		state_free(s);
	}
	s = fresh();
	assert_int_equal(record_open(s, 2, "rehearsal", NULL), ST_FORMAT);
	state_free(s);
}

/* Unknown means no: neither word is taken for the other. */
static void
state_refuses_words_it_does_not_know(void **state)
{
	struct state *s = fresh();
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(record_open(s, 1, "rehearsals", &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "neither rehearsal nor production"));
	state_free(s);
	refuses(opened(), "drawn", with(drawn, "extendable", "maybe"), NULL,
	    ST_FORMAT, "extendable is neither yes nor no");
}

static void
state_refuses_a_rehearsal_in_a_real_state(void **state)
{
	struct state *s = fresh();
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(record_open(s, 1, "production", NULL), ST_OK);
	takes(s, "closed", closed, "record/000002.line");
	assert_int_equal(record_open(s, 2, "rehearsal", &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "FORMATS 7.5: rehearsal and production "
	    "in one state"));
	state_free(s);
	s = opened();
	takes(s, "closed", closed, "record/000002.line");
	assert_int_equal(record_open(s, 2, "production", NULL), ST_FORMAT);
	state_free(s);
}

/* --- facts --- */

static void
state_refuses_facts_that_are_missing(void **state)
{
	static const struct {
		const char *kind, *object;
		const char *const *facts;
		struct state *(*before)(void);
	} kinds[] = {
		{ "drawn", NULL, drawn, opened },
		{ "root", NULL, root, drew },
		{ "certificate", "roots/000001.crt", certificate, minted },
		{ "list", "lists/000001.crl", list, minted },
		{ "delegation", "issued/4c.crt", delegation, minted },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (const char *const *f = kinds[i].facts; *f != NULL;
		     f += 2) {
			if (f[0][0] == '+')
				continue;
			refuses(kinds[i].before(), kinds[i].kind,
			    with(kinds[i].facts, f[0], NULL), kinds[i].object,
			    ST_FORMAT, strcmp(kinds[i].kind, "certificate") ==
			    0 && strcmp(f[0], "root") != 0 ? f[0] : "is not "
			    "said");
		}
	}
}

static void
state_refuses_sets_that_cannot_be(void **state)
{
	static const struct {
		const char *key, *value, *why;
		enum status code;
	} bad[] = {
		{ "root", "abcdefghijklmnopqrstuvwxyz-123456", "root is too "
		    "long", ST_FORMAT },
		{ "epoch", "0", "epoch 0 does not follow epoch 0", ST_FORMAT },
		{ "epoch", "2", "epoch 2 does not follow epoch 0", ST_FORMAT },
		{ "set-id", "32768", "set-id: ", ST_FORMAT },
		{ "groups-needed", "0", "FORMATS 4.2", ST_POLICY },
		{ "groups-needed", "2", "FORMATS 4.2", ST_POLICY },
		{ "groups-needed", "257", "groups-needed: ", ST_FORMAT },
		{ "exponent", "16", "exponent: ", ST_FORMAT },
		{ "salt", "00", "salt: ", ST_FORMAT },
		{ "+groups", "4/3", "FORMATS 4.2", ST_POLICY },
		{ "+groups", "0/3", "FORMATS 4.2", ST_POLICY },
		{ "+groups", "2/17", "entry 2 (drawn)", ST_FORMAT },
		{ "+groups", "02/3", "entry 2 (drawn)", ST_FORMAT },
		{ "+groups", "2/", "entry 2 (drawn)", ST_FORMAT },
		{ "+groups", "1/3", "FORMATS 4.2", ST_POLICY },
		{ "+groups", "2/3 ", "entry 2 (drawn)", ST_FORMAT },
		{ "+groups", "2-3", "a group is not of the form", ST_FORMAT },
		{ "+groups", NULL, "FORMATS 4.2", ST_POLICY },
		{ "+sheets", "2 main 0 0 first office " HEX64, "sheet 1 has no "
		    "place", ST_FORMAT },
		{ "+sheets", "1 main 1 0 first office " HEX64, "sheet 1 has no "
		    "place", ST_FORMAT },
		{ "+sheets", "1 main 0 3 first office " HEX64, "sheet 1 has no "
		    "place", ST_FORMAT },
		/* a place twice, one left out, two that are one */
		{ "+sheets", "1 main 0 1 first office " HEX64, "sheet 1 has no "
		    "place", ST_FORMAT },
		{ "+sheets", NULL, "FORMATS 7.5: 2 sheets, and the scheme has "
		    "3", ST_FORMAT },
		{ "+groups", "2/2", "FORMATS 7.5: 3 sheets, and the scheme has "
		    "2", ST_FORMAT },
		{ "+groups", "3/4", "FORMATS 7.5: 3 sheets, and the scheme has "
		    "4", ST_FORMAT },
		{ "+sheets", "1 main 0 0 first office 1" HEX63, "sheets 1 and "
		    "2 are one share", ST_FORMAT },
		{ "+sheets", "1 main 99 0 first office " HEX64, "entry 2 "
		    "(drawn)", ST_FORMAT },
		{ "+sheets", "1 main -1 0 first office " HEX64, "entry 2 "
		    "(drawn)", ST_FORMAT },
		{ "+sheets", "01 main 0 0 first office " HEX64, "entry 2 "
		    "(drawn)", ST_FORMAT },
		{ "+sheets", "1  main 0 0 first office " HEX64, "a sheet is "
		    "not of the form", ST_FORMAT },
		{ "+sheets", "1 main 0 0 First office " HEX64, "a sheet is "
		    "not of the form", ST_FORMAT },
		{ "+sheets", "1 main 4294967296 0 first office " HEX64,
		    "entry 2 (drawn)", ST_FORMAT },
		{ "+sheets", "1 main 0 0 first " HEX64, "entry 2 (drawn)",
		    ST_FORMAT },
		{ "+sheets", "1 main 0 0 first office " HEX64 " x", "a sheet "
		    "is not of the form", ST_FORMAT },
		{ "+sheets", "1 main 0 0 first office 00", "entry 2 (drawn)",
		    ST_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(opened(), "drawn", with(drawn, bad[i].key,
		    bad[i].value), NULL, bad[i].code, bad[i].why);
}

static void
state_refuses_more_sheets_than_there_can_be(void **state)
{
	struct state *s = opened();
	struct entry e;
	struct diag d = { 0 };

	(void)state;
	record_entry(&e, 2, state_head(s), "drawn", drawn);
	for (unsigned i = 0; i < SHEETS_MAX; i++)
		assert_int_equal(facts_add(&e.facts, NULL, "sheets", "x"),
		    ST_OK);
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "more groups or sheets than there can "
	    "be"));
	entry_clear(&e);
	state_free(s);
}

static void
state_refuses_a_root_without_a_drawn_set(void **state)
{
	struct state *s;

	(void)state;
	refuses(opened(), "root", root, NULL, ST_FORMAT, "root g1 has no drawn "
	    "set");
	/* nor one whose set is another root's */
	s = opened();
	takes(s, "drawn", with(drawn, "root", "g2"), NULL);
	refuses(s, "root", root, NULL, ST_FORMAT, "root g1 has no drawn set");
	/* nor one whose set is void */
	s = drew();
	takes(s, "void", of_root, NULL);
	assert_int_equal(s->sets[0].fate, SET_VOID);
	refuses(s, "root", root, NULL, ST_FORMAT, "root g1 has no drawn set");
}

static const char *const read_back[] = { "root", "g1", "epoch", "2", "sheet",
	"1", "holder", "first", "how", "typed", "tries", "1", NULL };
static const char *const reshared[] = { "root", "g1", "epoch", "2",
	"replaces", "1", "quorums", "3", "+lost", "2", NULL };
static const char *const replaced[] = { "root", "g1", "epoch", "1", "sheet",
	"2", "reason", "lost", "holder", "first", "place", "-", "commitment",
	"1" HEX63, NULL };
static const char *const destroyed[] = { "root", "g1", "what", "sheets",
	"+sheets", "1 1 first office", "+sheets", "1 3 notary bank", "witness",
	"second", "kept", "1/1", NULL };

static const char *const found[] = { "root", "g1", "what", "found",
	"+sheets", "1 2 first -", "witness", "second", "kept", "none", NULL };

/* Root g1 has live sheets of epoch 1, and ${n} of epoch 2 were read back. */
static struct state *
redrew(unsigned n)
{
	struct state *s = drew();
	char number[16];

	takes(s, "root", root, NULL);
	takes(s, "drawn", with(drawn, "epoch", "2"), NULL);
	for (unsigned i = 1; i <= n; i++) {
		snprintf(number, sizeof(number), "%u", i);
		takes(s, "read-back", with(read_back, "sheet", number), NULL);
	}
	return s;
}

static void
state_makes_a_set_live_only_when_all_of_it_was_read_back(void **state)
{
	struct state *s;

	(void)state;
	refuses(redrew(2), "reshared", reshared, NULL, ST_FORMAT,
	    "FORMATS 4.31: 2 of the 3 sheets of epoch 2 were read back");
	s = redrew(1);
	takes(s, "read-back", read_back, NULL); /* the first, once more */
	refuses(s, "reshared", reshared, NULL, ST_FORMAT, "1 of the 3 sheets");
	s = redrew(3);
	refuses(s, "reshared", with(reshared, "epoch", "3"), NULL,
	    ST_FORMAT, "root g1 has no drawn set of epoch 3");
	s = redrew(3);
	refuses(s, "reshared", with(reshared, "replaces", "2"), NULL,
	    ST_FORMAT, "epoch 2 of root g1 is not live");
	s = redrew(3);
	refuses(s, "reshared", with(reshared, "+lost", "4"), NULL,
	    ST_FORMAT, "root g1 has no sheet 4 of epoch 1");
	s = redrew(3);
	takes(s, "reshared", reshared, NULL);
	assert_int_equal(state_live_set(s, "g1")->epoch, 2);
	assert_int_equal(s->sets[0].fate, SET_REPLACED);
	assert_int_equal(s->sets[0].by, 2);
	assert_int_equal(s->sets[0].sheets[1].lost, 1);
	refuses(s, "reshared", reshared, NULL, ST_FORMAT, "no drawn set");
}

/* Sheet 2 once more: begun, then replaced. */
static void
again(struct state *s, const char *reason)
{
	const char *const *facts = reason == NULL ? replaced :
	    with(replaced, "reason", reason);

	takes(s, "begun", facts, NULL);
	takes(s, "replaced", facts, NULL);
}

/* A copy that may be there is out of control, whoever was to have it. */
static void
state_counts_a_copy_from_its_first_word_on(void **state)
{
	struct state *s = drew();

	(void)state;
	takes(s, "root", root, NULL);
	takes(s, "begun", with(replaced, "reason", "damaged"), NULL);
	assert_int_equal(s->sets[0].sheets[1].lost, 1);
	assert_int_equal(sheet_set_loose(&s->sets[0]), 1);
	assert_string_not_equal(s->sets[0].sheets[1].holder, "first");
	takes(s, "destroyed", found, NULL);
	assert_int_equal(s->sets[0].sheets[1].lost, 0);
	refuses(s, "replaced", replaced, NULL, ST_FORMAT, "FORMATS 4.32: sheet "
	    "2 was not begun");
}

static void
state_takes_the_same_share_for_another_holder_alone(void **state)
{
	struct state *s = drew();

	(void)state;
	takes(s, "root", root, NULL);
	again(s, NULL);
	assert_string_equal(s->sets[0].sheets[1].holder, "first");
	assert_int_equal(s->sets[0].sheets[1].lost, 1);
	again(s, "damaged");
	assert_int_equal(s->sets[0].sheets[1].lost, 1);
	refuses(s, "replaced", with(replaced, "commitment", "2" HEX63), NULL,
	    ST_FORMAT, "FORMATS 4.32: it is another share than sheet 2");
	s = drew();
	takes(s, "root", root, NULL);
	refuses(s, "replaced", with(replaced, "reason", "other"), NULL,
	    ST_FORMAT, "a reason, holder or place is none");
	refuses(drew(), "replaced", replaced, NULL, ST_FORMAT,
	    "sheet 2 of epoch 1 is not live");
	refuses(opened(), "replaced", replaced, NULL, ST_FORMAT,
	    "root g1 has no sheet 2 of epoch 1");
}

static void
state_burns_what_is_there_and_once(void **state)
{
	struct state *s = drew();

	(void)state;
	takes(s, "root", root, NULL);
	takes(s, "destroyed", destroyed, NULL);
	assert_int_equal(s->sets[0].sheets[0].destroyed, 0);
	assert_int_equal(s->sets[0].sheets[2].destroyed, 1);
	refuses(s, "destroyed", destroyed, NULL, ST_FORMAT, "FORMATS 4.33: "
	    "sheet 3 of root g1, epoch 1, is not there to be destroyed");
	s = drew();
	takes(s, "root", root, NULL);
	refuses(s, "destroyed", with(destroyed, "kept", "1/1 1/3"), NULL,
	    ST_FORMAT, "no sheet was destroyed");
	s = drew();
	takes(s, "root", root, NULL);
	refuses(s, "destroyed", with(destroyed, "what", "found"), NULL,
	    ST_FORMAT, "is not there to be destroyed");
	s = drew();
	takes(s, "root", root, NULL);
	again(s, NULL);
	assert_int_equal(s->sets[0].sheets[1].lost, 1);
	takes(s, "destroyed", found, NULL);
	assert_int_equal(s->sets[0].sheets[1].lost, 0);
	assert_int_equal(s->sets[0].sheets[1].destroyed, 0);
	state_free(s);
}

static void
state_takes_a_set_drawn_after_a_void_one(void **state)
{
	struct state *s = drew();

	(void)state;
	takes(s, "void", of_root, NULL);
	assert_null(state_live_set(s, "g1"));
	/* the epoch of the void one is consumed */
	takes(s, "drawn", with(drawn, "epoch", "2"), NULL);
	takes(s, "root", root, NULL);
	assert_int_equal(state_live_set(s, "g1")->epoch, 2);
	assert_int_equal(s->sets[0].fate, SET_VOID);
	/* and what is live does not become void by being called so */
	takes(s, "void", of_root, NULL);
	assert_int_equal(state_live_set(s, "g1")->epoch, 2);
	state_free(s);

	s = drew();
	takes(s, "void", of_root, NULL);
	refuses(s, "drawn", drawn, NULL, ST_FORMAT, "epoch 1 does not follow "
	    "epoch 1");
}

static void
state_refuses_to_mint_a_root_twice(void **state)
{
	struct state *s = minted();

	(void)state;
	refuses(s, "root", root, NULL, ST_FORMAT, "root g1 is there already");
	s = minted();
	takes(s, "drawn", with(drawn, "epoch", "2"), NULL);
	refuses(s, "root", with(root, "number", "2"), NULL, ST_FORMAT,
	    "root g1 is there already");
}

static void
state_refuses_roots_that_cannot_be(void **state)
{
	(void)state;
	refuses(drew(), "root", with(root, "number", "2"), NULL, ST_FORMAT,
	    "root 2 is not the 1th");
	refuses(drew(), "root", with(root, "public", ""), NULL, ST_FORMAT,
	    "entry 3 (root)");
	refuses(drew(), "root", with(root, "public", "3"), NULL, ST_FORMAT,
	    "entry 3 (root)");
	refuses(drew(), "root", with(root, "public", "xx"), NULL, ST_FORMAT,
	    "entry 3 (root)");
	refuses(drew(), "root", with(root, "public", public[0] + 2), NULL,
	    ST_FORMAT, "entry 3 (root)");
	refuses(drew(), "root", with(root, "algorithm", "ecdsa-p384"), NULL,
	    ST_FORMAT, "algorithm is not that of the public key");
}

static void
state_refuses_certificates_that_belong_to_nobody(void **state)
{
	struct state *s;

	(void)state;
	refuses(drew(), "certificate", certificate, "roots/000001.crt",
	    ST_FORMAT, "certificate of a root that is not there");
	refuses(minted(), "certificate", certificate, NULL, ST_FORMAT,
	    "not one certificate");
	s = minted();
	takes(s, "certificate", certificate, "roots/000001.crt");
	refuses(s, "certificate", certificate, "roots/000001-2.crt",
	    ST_FORMAT, "not one certificate");
	refuses(minted(), "delegation", delegation, NULL, ST_FORMAT,
	    "not one certificate");
	refuses(minted(), "list", list, NULL, ST_FORMAT, "not one list");
}

static void
state_refuses_numbers_and_dates_that_are_none(void **state)
{
	(void)state;
	refuses(minted(), "list", with(list, "number", "0"),
	    "lists/000001.crl", ST_FORMAT, "number: ");
	refuses(minted(), "list", with(list, "number",
	    "9223372036854775808"), "lists/000001.crl", ST_FORMAT,
	    "number: ");
	refuses(minted(), "list", with(list, "this-update", "soon"),
	    "lists/000001.crl", ST_FORMAT, "entry 4 (list)");
	refuses(minted(), "delegation", with(delegation, "key-id", "00"),
	    "issued/4c.crt", ST_FORMAT, "key-id: ");
	refuses(minted(), "delegation", with(delegation, "serial",
	    HEX64), "issued/4c.crt", ST_FORMAT, "serial is too long");
}

static void
mint_second(struct state *s)
{
	const char *const second[] = { "root", "g2", "number", "2",
		"algorithm", "ecdsa-p256", "counter", "0", "public", public[1],
		NULL };

	takes(s, "drawn", with(drawn, "root", "g2"), NULL);
	takes(s, "root", second, NULL);
}

/* A state with two roots that have certificates. */
static struct state *
two_roots(void)
{
	struct state *s = minted();

	mint_second(s);
	takes(s, "certificate", certificate, "roots/000001.crt");
	takes(s, "certificate", with(certificate, "root", "g2"),
	    "roots/000002.crt");
	return s;
}

static void
state_keeps_who_vouches_for_whom(void **state)
{
	struct state *s = two_roots();

	(void)state;
	takes(s, "cross", cross, "cross/000001.crt");
	assert_string_equal(state_cross(s, "4d")->of, "g2");
	assert_false(s->crosses[0].revoked);
	assert_null(state_cross(s, "4c"));
	takes(s, "revocation", revocation, NULL);
	assert_true(s->crosses[0].revoked);
	refuses(s, "revocation", revocation, NULL, ST_FORMAT,
	    "no certificate of that serial number is to be revoked");
	s = two_roots();
	takes(s, "cross", cross, "cross/000001.crt");
	refuses(s, "revocation", with(revocation, "root", "g2"), NULL,
	    ST_FORMAT, "the certificate is of root g1");
	refuses(two_roots(), "cross", cross, NULL, ST_FORMAT,
	    "not one certificate");
	s = two_roots();
	refuses(s, "cross", with(cross, "of", "g1"),
	    "cross/000001.crt", ST_FORMAT, "not of one root by another");
	s = minted();
	mint_second(s);
	takes(s, "certificate", certificate, "roots/000001.crt");
	refuses(s, "cross", cross, "cross/000001.crt", ST_FORMAT,
	    "not of one root by another");
}

static void
state_retires_a_root_once(void **state)
{
	struct state *s = two_roots();

	(void)state;
	assert_int_equal(state_root(s, "g1")->retired, 0);
	takes(s, "retired", retired, NULL);
	assert_int_equal(state_root(s, "g1")->retired, 1);
	assert_string_equal(state_root(s, "g1")->reason, "routine");
	assert_string_equal(state_root(s, "g1")->successor, "g2");
	assert_int_equal(state_root(s, "g2")->retired, 0);
	refuses(s, "retired", retired, NULL, ST_FORMAT,
	    "no root of that name is to be retired");
	s = two_roots();
	refuses(s, "retired", with(retired, "root", "g3"), NULL,
	    ST_FORMAT, "no root of that name is to be retired");
	s = two_roots();
	refuses(s, "retired", with(retired, "successor", "g1"),
	    NULL, ST_FORMAT, "no other root comes in its place");
	s = two_roots();
	refuses(s, "retired", with(retired, "successor", "g3"),
	    NULL, ST_FORMAT, "no other root comes in its place");
	s = two_roots();
	refuses(s, "retired", with(retired, "reason", NULL), NULL,
	    ST_FORMAT, "reason");
}

static const char *const sent[] = { "name", "team", "+what", "crl", "+files",
	"lists/000001.crl", "parcel", HEX96, NULL };

static struct state *
listed(void)
{
	struct state *s = minted();

	takes(s, "list", list, "lists/000001.crl");
	return s;
}

static void
state_knows_the_newest_parcel_of_a_name(void **state)
{
	struct state *s = listed();
	const char *none[] = { "name", "team", "+what", "crl", "+files",
		"lists/000001.crl", "parcel", "none", "why", "too large",
		NULL };

	(void)state;
	assert_null(state_sent(s, "team", 0));
	takes(s, "sent", sent, NULL);
	takes(s, "sent", with(sent, "name", "others"), NULL);
	assert_string_equal(state_sent(s, "team", 0)->parcel, HEX96);
	assert_int_equal(state_sent(s, "team", 1)->entry, s->n - 1);
	assert_null(state_sent(s, "team", 2));
	takes(s, "sent", none, NULL);
	assert_string_equal(state_sent(s, "team", 0)->parcel, "");
	state_free(s);
}

static void
state_refuses_parcels_of_nothing(void **state)
{
	(void)state;
	refuses(listed(), "sent", with(sent, "+files", NULL), NULL, ST_FORMAT,
	    "it names no files");
	refuses(listed(), "sent", sent, "lists/000002.crl", ST_FORMAT,
	    "or has one of its own");
	refuses(minted(), "sent", sent, NULL, ST_FORMAT,
	    "lists/000001.crl is no file of the record");
	refuses(listed(), "sent", with(sent, "parcel", "12"), NULL, ST_FORMAT,
	    "parcel");
	refuses(listed(), "sent", with(sent, "parcel", "none"), NULL,
	    ST_FORMAT, "does not say why");
	refuses(listed(), "sent", with(sent, "name", NULL), NULL, ST_FORMAT,
	    "name");
}

/* The newest list is the last one, of its own root. */
static void
state_tells_the_lists_of_two_roots_apart(void **state)
{
	struct state *s = minted();

	(void)state;
	mint_second(s);
	takes(s, "list", list, "lists/000001.crl");
	takes(s, "list", with(list, "number", "5"), "lists/000002.crl");
	takes(s, "list", with(list, "root", "g2"), "lists/000003.crl");
	assert_int_equal(state_last_list(s, "g1")->number, 5);
	assert_string_equal(state_last_list(s, "g2")->object,
	    "lists/000003.crl");
	state_free(s);
}

/* A bundle of that place, with ${sigs} signatures by the two signers it says. */
static enum status
give_bundle(struct state *s, const char *era, const char *seq, unsigned sigs,
    struct diag *d)
{
	const char *const facts[] = { "file", "1", "era", era, "seq", seq,
		"id", HEX96, "not-before", "2027-03-01T00:00:00Z",
		"not-after", "2028-03-01T00:00:00Z", "horizon",
		"2029-03-01T00:00:00Z", "+signers", "g1", "+signers", "g2",
		NULL };
	struct entry e;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	record_entry(&e, s->n + 1, state_head(s), "bundle", facts);
	for (unsigned i = 0; i < 1 + sigs; i++) {
		snprintf(name, sizeof(name), "bundles/%06zu.%u",
		    s->nbundles + 1, i);
		assert_int_equal(entry_add_object(&e, name, HEX96, NULL),
		    ST_OK);
	}
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	rc = state_apply(s, &e, d);
	entry_clear(&e);
	return rc;
}

/* A list of all that takes two of ${openers}, with ${envelopes} of it. */
static enum status
give_sealed(struct state *s, const char *target, size_t openers,
    size_t envelopes, struct diag *d)
{
	char sealed[256], name[OBJECT_NAME_SIZE];
	const char *const facts[] = { "root", "g1", "until",
		"2027-04-01T00:00:00Z", "need", "1", "+openers", "night",
		"all-need", "2", "+lists", sealed, NULL };
	struct entry e;
	enum status rc;

	snprintf(sealed, sizeof(sealed), "%s 4294967298 2027-03-01T00:00:01Z %s",
	    target, HEX96);
	record_entry(&e, s->n + 1, state_head(s), "kill", facts);
	for (size_t i = 0; i < openers; i++)
		assert_int_equal(facts_add(&e.facts, NULL, "all-openers",
		    "r%zu", i), ST_OK);
	for (size_t i = 0; i < envelopes; i++) {
		snprintf(name, sizeof(name), "sealed/000001.r%zu.p7m", i);
		assert_int_equal(entry_add_object(&e, name, HEX96, NULL),
		    ST_OK);
	}
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	rc = state_apply(s, &e, d);
	entry_clear(&e);
	state_free(s);
	return rc;
}

/* Who opens it has room for so many halves and no more. */
static void
state_refuses_more_openers_than_there_can_be(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(give_sealed(minted(), "all", 8, 7, &d), ST_OK);
	assert_int_equal(give_sealed(minted(), "all-4d", 8, 7, &d), ST_OK);
	assert_int_equal(give_sealed(minted(), "all", 9, 8, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "or too many"));
	assert_int_equal(give_sealed(minted(), "all", 1, 0, &d), ST_FORMAT);
	assert_int_equal(give_sealed(minted(), "all", 8, 6, &d), ST_FORMAT);
	assert_int_equal(give_sealed(minted(), "all", 8, 8, &d), ST_FORMAT);
}

/* RULES B1: an era begins with number 1, and neither skips one. */
static void
state_refuses_a_bundle_that_does_not_follow(void **state)
{
	static const struct {
		const char *era, *seq;
		unsigned sigs;
		const char *why; /* NULL: it is taken */
	} given[] = {
		{ "1", "2", 2, "era 1, number 2 does not follow" },
		{ "2", "1", 2, "does not follow" },
		{ "1", "0", 2, "seq: " },
		{ "1", "1", 1, "not one bundle, and a signature of each" },
		{ "1", "1", 3, "not one bundle" },
		{ "1", "1", 2, NULL },
		{ "1", "1", 2, "does not follow" },
		{ "1", "3", 2, "does not follow" },
		{ "2", "2", 2, "does not follow" },
		{ "3", "1", 2, "does not follow" },
	};
	struct diag d;
	struct state *s;

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		s = minted();
		if (i > 5)
			assert_int_equal(give_bundle(s, "1", "1", 2, NULL),
			    ST_OK);
		memset(&d, 0, sizeof(d));
		assert_int_equal(give_bundle(s, given[i].era, given[i].seq,
		    given[i].sigs, &d), given[i].why == NULL ? ST_OK :
		    ST_FORMAT);
		if (given[i].why != NULL)
			assert_non_null(strstr(d.text, given[i].why));
		state_free(s);
	}
}

static void
state_knows_the_newest_bundle_and_the_newest_establishment(void **state)
{
	struct state *s = minted();

	(void)state;
	assert_null(state_last_bundle(s));
	assert_null(state_established(s));
	assert_int_equal(give_bundle(s, "1", "1", 2, NULL), ST_OK);
	assert_int_equal(give_bundle(s, "1", "2", 2, NULL), ST_OK);
	assert_int_equal(give_bundle(s, "2", "1", 2, NULL), ST_OK);
	assert_int_equal(give_bundle(s, "2", "2", 2, NULL), ST_OK);
	assert_ptr_equal(state_last_bundle(s), &s->bundles[3]);
	assert_ptr_equal(state_established(s), &s->bundles[2]);
	assert_string_equal(s->bundles[2].object, "bundles/000003.0");
	assert_int_equal(s->bundles[2].entry, s->n - 1);
	state_free(s);
}

static void
state_refuses_events_with_files(void **state)
{
	(void)state;
	refuses(opened(), "refused", NULL, "lists/000001.crl", ST_FORMAT,
	    "FORMATS 7.5: an event has no files");
}

/* What nobody checks is nowhere to be hidden. */
static void
state_refuses_facts_that_no_such_entry_has(void **state)
{
	static const char *const noted[] = { "ceremony", "1", "note", "x",
		NULL };
	static const char *const begun[] = { "why", "slip", "wh", "x", NULL };
	static const char *const drew_more[] = { "program", "1",
		"program-name", "x", NULL };

	(void)state;
	refuses(minted(), "closed", noted, "record/000004.line", ST_FORMAT,
	    "FORMATS 7.5: it says \"note\", which no entry of its kind does");
	/* neither the beginning of a word nor more than it */
	refuses(opened(), "refused", begun, NULL, ST_FORMAT, "\"wh\"");
	refuses(opened(), "resumed", drew_more, NULL, ST_FORMAT,
	    "\"program-name\"");
}

/* --- objects --- */

static void
state_refuses_an_object_that_is_committed_twice(void **state)
{
	struct state *s = minted();
	struct entry e;
	struct diag d = { 0 };

	(void)state;
	takes(s, "list", list, "lists/000001.crl");
	refuses(s, "list", list, "lists/000001.crl", ST_FORMAT, "FORMATS 7.3: "
	    "lists/000001.crl is committed already");
	/* nor twice by one entry */
	s = opened();
	record_entry(&e, 2, state_head(s), "closed", closed);
	assert_int_equal(entry_add_object(&e, "record/000002.line", HEX96,
	    NULL), ST_OK);
	assert_int_equal(entry_add_object(&e, "record/000002.line", HEX96,
	    NULL), ST_OK);
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	assert_int_equal(state_apply(s, &e, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "is committed already"));
	entry_clear(&e);
	state_free(s);
}

static void
state_object_refuses_other_bytes(void **state)
{
	struct state *s = minted();
	struct bytes b = { 0 };
	struct diag d = { 0 };
	int fd = -1;

	(void)state;
	record_room();
	takes(s, "list", list, "lists/000001.crl");
	assert_int_equal(state_object(s, "lists/000001.crl", &b, NULL),
	    ST_BUG);
	assert_int_equal(file_open_dir("lists", true, &fd, NULL), ST_OK);
	close(fd);
	record_file("lists/000001.crl", "lists/000001.crl");
	assert_int_equal(file_open_dir(".", false, &fd, NULL), ST_OK);
	s->dirfd = fd;
	assert_int_equal(state_object(s, "lists/000001.crl", &b, NULL), ST_OK);
	assert_int_equal(b.len, 16);
	record_flip("lists/000001.crl");
	assert_int_equal(state_object(s, "lists/000001.crl", &b, &d), ST_AUTH);
	assert_string_equal(d.text, "lists/000001.crl: FORMATS 7.3: its digest "
	    "is not the one the record has");
	assert_null(b.data);
	diag_clear(&d);
	assert_int_equal(state_object(s, "lists/000002.crl", &b, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "no such object in the record"));
	assert_int_equal(unlink("lists/000001.crl"), 0);
	assert_int_equal(state_object(s, "lists/000001.crl", &b, NULL),
	    ST_SYSTEM);
	assert_null(b.data);
	close(fd);
	state_free(s);
	record_leave();
}

/* --- from a folder --- */

static void
state_load_refuses_what_is_no_state(void **state)
{
	struct state *s = NULL;
	struct diag d = { 0 };
	int fd = -1;

	(void)state;
	record_room();
	assert_int_equal(state_load("a", &s, &fd, NULL, NULL, NULL),
	    ST_SYSTEM);
	assert_int_equal(state_load(".", &s, &fd, NULL, NULL, &d), ST_FORMAT);
	assert_string_equal(d.text, ".: no record is there");
	/* a chain that holds, of entries that do not */
	record_grow("a", NULL, NULL, NULL);
	diag_clear(&d);
	assert_int_equal(state_load("a", &s, &fd, NULL, NULL, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "no ceremony is open"));
	assert_null(s);
	assert_int_equal(fd, -1);
	record_leave();
}

/* Entries are made while memory is plentiful; only taking in is struck. */
static struct bytes texts[8];
static size_t ntexts;

static enum status
take_all(void *ctx)
{
	struct state *s = NULL;
	struct entry e = { 0 };
	enum status rc;

	(void)ctx;
	TRY(state_new(&s, NULL));
	for (size_t i = 0; i < ntexts; i++) {
		TRY(entry_read("entry", &texts[i], &e, NULL));
		TRY(state_apply(s, &e, NULL));
	}
out:
	entry_clear(&e);
	state_free(s);
	return rc;
}

static void
state_survives_every_allocation_failing(void **state)
{
	struct state *s = minted();

	(void)state;
	takes(s, "certificate", certificate, "roots/000001.crt");
	takes(s, "list", list, "lists/000001.crl");
	takes(s, "delegation", delegation, "issued/4c.crt");
	takes(s, "closed", closed, "record/000007.line");
	for (ntexts = 0; ntexts < s->n; ntexts++)
		assert_int_equal(bytes_set(&texts[ntexts],
		    s->entries[ntexts].text.data, s->entries[ntexts].text.len,
		    NULL), ST_OK);
	assert_true(oom_each(take_all, NULL) > 100);
	while (ntexts > 0)
		bytes_free(&texts[--ntexts]);
	state_free(s);
}

static int
make_keys(void **state)
{
	struct secret *seed = NULL;
	struct key *key = NULL;

	(void)state;
	if (crypto_start(NULL) != ST_OK)
		return -1;
	for (unsigned i = 0; i < 2; i++) {
		if (derive_rehearsal_seed(i, &seed, NULL) != ST_OK ||
		    key_from_seed(seed, DERIVE_REHEARSAL, "ecdsa-p256",
		    "root", 0, &key, NULL) != ST_OK)
			return -1;
		text_hex(key_public(key)->der.data, key_public(key)->der.len,
		    public[i]);
		key_free(key);
		secret_free(seed);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_takes_in_a_whole_ceremony),
		cmocka_unit_test(state_refuses_entries_out_of_order),
		cmocka_unit_test(state_refuses_time_that_goes_back),
		cmocka_unit_test(state_refuses_kinds_it_does_not_know),
		cmocka_unit_test(state_refuses_facts_that_no_such_entry_has),
		cmocka_unit_test(state_refuses_work_outside_a_ceremony),
		cmocka_unit_test(state_refuses_work_after_an_early_end),
		cmocka_unit_test(state_refuses_a_ceremony_inside_another),
		cmocka_unit_test(state_refuses_a_ceremony_of_another_number),
		cmocka_unit_test(state_refuses_words_it_does_not_know),
		cmocka_unit_test(state_refuses_a_rehearsal_in_a_real_state),
		cmocka_unit_test(state_refuses_facts_that_are_missing),
		cmocka_unit_test(state_refuses_sets_that_cannot_be),
		cmocka_unit_test(state_refuses_more_sheets_than_there_can_be),
		cmocka_unit_test(state_refuses_a_root_without_a_drawn_set),
		cmocka_unit_test(
		    state_makes_a_set_live_only_when_all_of_it_was_read_back),
		cmocka_unit_test(
		    state_counts_a_copy_from_its_first_word_on),
		cmocka_unit_test(
		    state_takes_the_same_share_for_another_holder_alone),
		cmocka_unit_test(state_burns_what_is_there_and_once),
		cmocka_unit_test(state_takes_a_set_drawn_after_a_void_one),
		cmocka_unit_test(state_refuses_to_mint_a_root_twice),
		cmocka_unit_test(state_refuses_roots_that_cannot_be),
		cmocka_unit_test(
		    state_refuses_certificates_that_belong_to_nobody),
		cmocka_unit_test(
		    state_refuses_numbers_and_dates_that_are_none),
		cmocka_unit_test(state_tells_the_lists_of_two_roots_apart),
		cmocka_unit_test(state_refuses_more_openers_than_there_can_be),
		cmocka_unit_test(state_refuses_a_bundle_that_does_not_follow),
		cmocka_unit_test(
		    state_knows_the_newest_bundle_and_the_newest_establishment),
		cmocka_unit_test(state_keeps_who_vouches_for_whom),
		cmocka_unit_test(state_retires_a_root_once),
		cmocka_unit_test(state_knows_the_newest_parcel_of_a_name),
		cmocka_unit_test(state_refuses_parcels_of_nothing),
		cmocka_unit_test(state_refuses_events_with_files),
		cmocka_unit_test(
		    state_refuses_an_object_that_is_committed_twice),
		cmocka_unit_test(state_object_refuses_other_bytes),
		cmocka_unit_test(state_load_refuses_what_is_no_state),
		cmocka_unit_test(state_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("state", tests, make_keys, NULL);
}
