#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceremony/quorum.h"
#include "lib/base/text.h"
#include "lib/crypto/start.h"
#include "tests/support/record.h"
#include "tests/support/shares.h"

/* --- a state with roots whose sheets are at hand --- */

/* The seed of the ${n}th rehearsal root, split. */
static void
split_seed(unsigned n, const struct slip39_scheme *scheme, uint16_t id,
    uint64_t chance, struct slip39_set *out)
{
	struct prng p = { chance };
	const struct slip39_source source = prng_source(&p);
	struct secret *seed = NULL, *ems = NULL;

	assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
	assert_int_equal(slip39_encrypt(seed, NULL, scheme, id, &ems, NULL),
	    ST_OK);
	memset(out, 0, sizeof(*out));
	assert_int_equal(slip39_split(ems, scheme, id, &source, out, NULL),
	    ST_OK);
	secret_free(ems);
	secret_free(seed);
}

/* The entry "drawn" for such a set: holder h1, h2 ... */
static void
draw(struct state *s, const char *root, unsigned epoch,
    const struct slip39_set *set)
{
	uint8_t salt[SHA256_LEN], is[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];
	struct entry e;
	struct diag d = { 0 };
	size_t at = 0;

	memset(salt, (int)epoch, sizeof(salt));
	record_entry(&e, s->n + 1, state_head(s), "drawn", NULL);
#define SAY(...) assert_int_equal(facts_set(&e.facts, NULL, __VA_ARGS__), ST_OK)
	SAY("root", "%s", root);
	SAY("epoch", "%u", epoch);
	SAY("set-id", "%u", set->id);
	SAY("groups-needed", "%u", set->scheme.need);
	SAY("exponent", "%u", set->scheme.exponent);
	SAY("extendable", "yes");
	text_hex(salt, sizeof(salt), hex);
	SAY("salt", "%s", hex);
#undef SAY
	for (unsigned g = 0; g < set->scheme.groups; g++) {
		assert_int_equal(facts_add(&e.facts, NULL, "groups", "%u/%u",
		    set->scheme.group[g].need, set->scheme.group[g].members),
		    ST_OK);
		for (unsigned m = 0; m < set->scheme.group[g].members; m++) {
			sheet_commitment(salt, set->mnemonic[at++], is);
			text_hex(is, sizeof(is), hex);
			assert_int_equal(facts_add(&e.facts, NULL, "sheets",
			    "%zu group-%c %u %u h%zu - %s", at, (char)('a' + g),
			    g, m, at, hex), ST_OK);
		}
	}
	assert_int_equal(entry_seal(&e, NULL), ST_OK);
	if (state_apply(s, &e, &d) != ST_OK)
		fail_msg("%s", d.text);
}

/* The entry "root", with the key of the ${n}th rehearsal seed. */
static void
mint(struct state *s, const char *root, unsigned number, unsigned n)
{
	char hex[512], text[8];
	const char *const facts[] = { "root", root, "number", text,
		"algorithm", "ecdsa-p256", "counter", "0", "public", hex,
		NULL };
	struct secret *seed = NULL;
	struct key *key = NULL;
	struct diag d = { 0 };

	snprintf(text, sizeof(text), "%u", number);
	assert_int_equal(derive_rehearsal_seed(n, &seed, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, DERIVE_REHEARSAL, "ecdsa-p256",
	    "root", 0, &key, NULL), ST_OK);
	text_hex(key_public(key)->der.data, key_public(key)->der.len, hex);
	if (record_apply(s, "root", facts, NULL, &d) != ST_OK)
		fail_msg("%s", d.text);
	key_free(key);
	secret_free(seed);
}

/* Two roots: g1, whose first set is void, and g2, of two groups. */
static struct {
	struct state *state;
	struct slip39_set lost, g1, g2, altered, stray;
} all;

static int
make_state(void **state)
{
	static const char *const of_g1[] = { "root", "g1", NULL };
	const struct slip39_scheme one = shares_scheme(1, 2, 3, 0);
	const struct slip39_scheme two = shares_scheme(2, 2, 3, 1, 1, 0);

	(void)state;
	if (crypto_start(NULL) != ST_OK ||
	    state_new(&all.state, NULL) != ST_OK ||
	    record_open(all.state, 1, "rehearsal", NULL) != ST_OK)
		return -1;
	split_seed(0, &one, 11, 1, &all.lost);
	split_seed(0, &one, 12, 2, &all.g1);
	split_seed(1, &two, 13, 3, &all.g2);
	/* a set of the same id, and one of an id of its own */
	split_seed(0, &one, 12, 4, &all.altered);
	split_seed(0, &one, 14, 5, &all.stray);
	draw(all.state, "g1", 1, &all.lost);
	if (record_apply(all.state, "void", of_g1, NULL, NULL) != ST_OK)
		return -1;
	draw(all.state, "g1", 2, &all.g1);
	mint(all.state, "g1", 1, 0);
	draw(all.state, "g2", 1, &all.g2);
	mint(all.state, "g2", 2, 1);
	return 0;
}

static int
free_state(void **state)
{
	(void)state;
	state_free(all.state);
	slip39_set_clear(&all.lost);
	slip39_set_clear(&all.g1);
	slip39_set_clear(&all.g2);
	slip39_set_clear(&all.altered);
	slip39_set_clear(&all.stray);
	return 0;
}

/* --- a room that hands in what the test gives it --- */

struct table {
	const struct secret *share[8]; /* until NULL */
	size_t at;
	bool patient; /* lets people try again */
	unsigned refused, recorded;
	char why[DIAG_TEXT_MAX], missing[512], record[DIAG_TEXT_MAX];
	enum status answer; /* of ask_share when there are no more */
};

static enum status
hand_in(const struct front *f, const char *root, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	struct table *t = f->cookie;

	(void)root;
	(void)nth;
	snprintf(t->missing, sizeof(t->missing), "%s", missing);
	if (t->share[t->at] == NULL)
		return diag_set(d, t->answer, "no more");
	return secret_copy(t->share[t->at++], out, d);
}

static bool
refused(const struct front *f, const struct diag *why)
{
	struct table *t = f->cookie;

	t->refused++;
	snprintf(t->why, sizeof(t->why), "%s", why->text);
	return t->patient;
}

static enum status
record(void *cookie, const char *why, struct diag *d)
{
	struct table *t = cookie;

	(void)d;
	t->recorded++;
	snprintf(t->record, sizeof(t->record), "%s", why);
	return ST_OK;
}

/* Open ${root} with what lies on the table; a key only where it is opened. */
static enum status
open_root(struct table *t, const char *root, size_t *used, struct diag *d)
{
	const struct front front = { .refused = refused, .ask_share = hand_in,
		.cookie = t };
	const struct quorum_watch watch = { record, t };
	struct secret *seed = NULL, *want = NULL;
	struct key *key = NULL;
	enum status rc;

	if (t->answer == ST_OK)
		t->answer = ST_AUTH;
	rc = quorum_open(&front, all.state, root, &watch, &seed, &key, used,
	    d);
	assert_true((rc == ST_OK) == (seed != NULL));
	assert_true((rc == ST_OK) == (key != NULL));
	if (rc == ST_OK) {
		assert_int_equal(derive_rehearsal_seed(root[1] == '1' ? 0 : 1,
		    &want, NULL), ST_OK);
		assert_true(secret_equal(seed, want));
		assert_memory_equal(key_public(key)->id,
		    state_root(all.state, root)->key.id, SHA384_LEN);
	}
	secret_free(want);
	secret_free(seed);
	key_free(key);
	return rc;
}

/* One share alone: refused with this status and sentence, and recorded. */
static void
refuses(const struct secret *share, enum status code, const char *why)
{
	struct table t = { .share = { share } };
	struct diag d = { 0 };
	size_t used = 0;
	enum status rc = open_root(&t, "g1", &used, &d);

	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
	assert_int_equal(t.recorded, 1);
	assert_string_equal(t.record, d.text);
	assert_int_equal(used, 0);
}

/* A mnemonic with its ${n}th word, 1.., another. */
static struct secret *
alter(const struct secret *mnemonic, unsigned n, const char *word)
{
	char text[SLIP39_TEXT_MAX], out[SLIP39_TEXT_MAX + 32] = "", *at, *one;
	unsigned i = 0;

	snprintf(text, sizeof(text), "%.*s", (int)secret_len(mnemonic),
	    (const char *)secret_peek(mnemonic));
	for (one = strtok_r(text, " ", &at); one != NULL;
	     one = strtok_r(NULL, " ", &at)) {
		if (++i == n && strcmp(one, word) == 0)
			word = "zero";
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s",
		    i == 1 ? "" : " ", i == n ? word : one);
	}
	return shares_text(out);
}

static void
quorum_opens_with_any_two_of_three(void **state)
{
	static const unsigned pairs[][2] = { { 0, 1 }, { 2, 0 }, { 1, 2 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct table t = { .share = { all.g1.mnemonic[pairs[i][0]],
		    all.g1.mnemonic[pairs[i][1]], all.g1.mnemonic[0] } };
		struct diag d = { 0 };
		size_t used = 0;

		if (open_root(&t, "g1", &used, &d) != ST_OK)
			fail_msg("%s", d.text);
		/* and asks for no more than it needs */
		assert_int_equal(used, 2);
		assert_int_equal(t.at, 2);
		assert_int_equal(t.recorded, 0);
	}
}

static void
quorum_opens_with_all_groups_it_needs(void **state)
{
	struct table t = { .share = { all.g2.mnemonic[3], all.g2.mnemonic[0],
	    all.g2.mnemonic[2] } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	if (open_root(&t, "g2", &used, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(used, 3);
	assert_string_equal(t.missing, "1 of 2 sheets of group group-a");
}

/* ^C says nothing of the sheets. */
static void
quorum_says_that_it_was_interrupted(void **state)
{
	struct table t = { .share = { all.g1.mnemonic[1] },
		.answer = ST_USAGE };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&t, "g1", &used, &d), ST_USAGE);
	assert_null(strstr(d.text, "too few"));
}

static void
quorum_refuses_too_few(void **state)
{
	struct table one = { .share = { all.g1.mnemonic[1] } };
	struct table none = { .share = { NULL } };
	struct table group = { .share = { all.g2.mnemonic[0],
	    all.g2.mnemonic[1] } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&one, "g1", &used, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 4.8: too few sheets of root g1: 1 "
	    "of 2 sheets of group group-a");
	diag_clear(&d);
	assert_int_equal(open_root(&none, "g2", &used, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 4.8: too few sheets of root g2: 0 "
	    "of 2 sheets of group group-a and 0 of 1 sheets of group group-b");
	diag_clear(&d);
	/* one group whole, the other not there */
	assert_int_equal(open_root(&group, "g2", &used, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "0 of 1 sheets of group group-b"));
	assert_int_equal(used, 0);
}

static void
quorum_refuses_a_sheet_twice(void **state)
{
	struct table t = { .share = { all.g1.mnemonic[0],
	    all.g1.mnemonic[0] } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&t, "g1", &used, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 4.9: sheet 1, h1, was entered "
	    "already");
	assert_int_equal(t.recorded, 1);
}

static void
quorum_refuses_a_sheet_of_another_root(void **state)
{
	(void)state;
	refuses(all.g2.mnemonic[3], ST_AUTH, "FORMATS 4.9: sheet 4 of root g2, "
	    "h4, is not a sheet of root g1");
}

static void
quorum_refuses_a_void_sheet(void **state)
{
	(void)state;
	refuses(all.lost.mnemonic[2], ST_AUTH, "FORMATS 4.9: sheet 3 of root "
	    "g1, epoch 1, h3, is void");
}

static void
quorum_refuses_a_share_of_no_set_of_record(void **state)
{
	(void)state;
	refuses(all.stray.mnemonic[0], ST_AUTH, "FORMATS 4.9: a share of "
	    "another set, not of root g1");
}

/* What quorum_identify says of words when no root is named; what it is or claims
 * to be comes with the refusal, or nothing does. */
static void
identify_refuses(const struct secret *words, enum status code,
    const char *holder, const char *why)
{
	const struct sheet_set *set = (const void *)1;
	const struct sheet *sheet = (const void *)1;
	struct secret *canonical = (void *)1;
	struct diag d = { 0 };
	const enum status rc = quorum_identify(all.state, NULL, words, &set,
	    &sheet, &canonical, &d);

	if (rc != code || strcmp(d.text, why) != 0)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
	assert_null(canonical);
	assert_true((sheet != NULL) == (holder != NULL));
	assert_true((set != NULL) == (sheet != NULL));
	if (holder != NULL)
		assert_string_equal(sheet->holder, holder);
}

static void
quorum_says_what_a_refused_sheet_is_or_claims(void **state)
{
	(void)state;
	identify_refuses(all.lost.mnemonic[2], ST_AUTH, "h3", "FORMATS 4.9: "
	    "sheet 3 of root g1, epoch 1, h3, is void");
	identify_refuses(all.altered.mnemonic[1], ST_AUTH, "h2", "FORMATS 4.9: "
	    "sheet 2 of 3, h2, is not the sheet of record: its words were "
	    "altered (root g1, epoch 2)");
	identify_refuses(all.stray.mnemonic[1], ST_AUTH, NULL, "FORMATS 4.9: "
	    "a share of another set, not of any root here");
}

/* Behind the words that say whose it is, one wrong word, and two; among them,
 * where nothing is believed. */
static void
quorum_says_whose_sheet_has_a_wrong_word(void **state)
{
	struct secret *one = alter(all.g2.mnemonic[3], 5, "academic");
	struct secret *two = alter(one, 30, "academic");
	struct secret *head = alter(all.g2.mnemonic[3], 4, "academic");
	const char *said = "FORMATS 4.6: the checksum of the share does not "
	    "hold; if only one word is wrong, it is word 4";

	(void)state;
	identify_refuses(one, ST_FORMAT, NULL, "FORMATS 4.6: the checksum of "
	    "the share does not hold; if only one word is wrong, it is word 5; "
	    "by its first four words it is sheet 4 of 4 of root g2, epoch 1, "
	    "h4");
	identify_refuses(two, ST_FORMAT, NULL, "FORMATS 4.6: the checksum of "
	    "the share does not hold; more than one word is wrong; by its "
	    "first four words it is sheet 4 of 4 of root g2, epoch 1, h4");
	identify_refuses(head, ST_FORMAT, NULL, said);
	secret_free(one);
	secret_free(two);
	secret_free(head);
}

/* The flag is known from the record: with it altered, no two wrong words are
 * laid on one. */
static void
quorum_lays_no_two_words_on_one(void **state)
{
	const struct sheet_set *set;
	const struct sheet *sheet;
	struct secret *flag, *two, *canonical = NULL;
	struct diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		/* word 2 with its flag changed: numbers 16 apart */
		flag = alter(all.g1.mnemonic[0], 2, slip39_word(16 *
		    (i % 2)));
		two = alter(flag, 3 + (unsigned)i % 31, slip39_word(5 + 2 * i));
		assert_int_equal(quorum_identify(all.state, NULL, two, &set,
		    &sheet, &canonical, &d), ST_FORMAT);
		assert_null(strstr(d.text, "it is word"));
		diag_clear(&d);
		secret_free(two);
		secret_free(flag);
	}
}

static void
quorum_claim_reads_the_first_four_words_alone(void **state)
{
	char text[SLIP39_TEXT_MAX];
	const struct sheet_set *set = NULL;
	const struct sheet *sheet;
	struct secret *four;
	struct diag d = { 0 };
	size_t len = 0;

	(void)state;
	snprintf(text, sizeof(text), "%.*s",
	    (int)secret_len(all.g2.mnemonic[3]),
	    (const char *)secret_peek(all.g2.mnemonic[3]));
	for (int blanks = 0; blanks < 4; len++)
		blanks += text[len] == ' ';
	four = shares_secret(text, len);
	assert_int_equal(quorum_claim(all.state, four, &set, &sheet, &d),
	    ST_OK);
	assert_string_equal(sheet->holder, "h4");
	assert_string_equal(set->root, "g2");
	assert_int_equal(quorum_claim(all.state, all.stray.mnemonic[0], &set,
	    &sheet, &d), ST_AUTH);
	assert_null(sheet);
	secret_free(four);
	four = shares_text("academic acid");
	assert_int_equal(quorum_claim(all.state, four, &set, &sheet, NULL),
	    ST_FORMAT);
	secret_free(four);
}

/* Words that make a share, with a checksum that holds, in the place of one. */
static void
quorum_refuses_a_sheet_whose_words_were_altered(void **state)
{
	(void)state;
	refuses(all.altered.mnemonic[1], ST_AUTH, "FORMATS 4.9: sheet 2 of 3, "
	    "h2, is not the sheet of record: its words were altered (root g1, "
	    "epoch 2)");
}

static void
quorum_refuses_an_altered_word_by_its_number(void **state)
{
	char why[96];

	(void)state;
	for (unsigned n = 1; n <= 33; n += 4) {
		struct secret *s = alter(all.g1.mnemonic[0], n, "academic");

		snprintf(why, sizeof(why), "FORMATS 4.6: the checksum of the "
		    "share does not hold; if only one word is wrong, it is "
		    "word %u", n);
		refuses(s, ST_FORMAT, why);
		secret_free(s);
	}
}

static void
quorum_refuses_words_of_another_list(void **state)
{
	struct secret *pgp = alter(all.g1.mnemonic[0], 7, "aardvark");
	struct secret *none = shares_text("stopwatch caretaker trojan");
	struct secret *prose = shares_text("\x1b[2J\xff");

	(void)state;
	refuses(pgp, ST_FORMAT, "word 7");
	refuses(none, ST_FORMAT, "");
	refuses(prose, ST_FORMAT, "");
	secret_free(pgp);
	secret_free(none);
	secret_free(prose);
}

/* No refusal quotes a word: it may go into a log. */
static void
quorum_refusals_quote_no_word(void **state)
{
	struct secret *s = alter(all.g1.mnemonic[0], 7, "aardvark");
	struct table t = { .share = { s } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&t, "g1", &used, &d), ST_FORMAT);
	assert_null(strstr(d.text, "aardvark"));
	secret_free(s);
}

static void
quorum_goes_on_after_refusals_where_people_can(void **state)
{
	struct secret *s = alter(all.g1.mnemonic[0], 30, "academic");
	struct table t = { .share = { s, all.g2.mnemonic[0],
	    all.g1.mnemonic[0], all.lost.mnemonic[1], all.g1.mnemonic[0],
	    all.g1.mnemonic[1] }, .patient = true };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	if (open_root(&t, "g1", &used, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(used, 2);
	assert_int_equal(t.refused, 4);
	assert_int_equal(t.recorded, 4);
	assert_string_equal(t.record, "FORMATS 4.9: sheet 1, h1, was entered "
	    "already");
	secret_free(s);
}

/* The machine's failure is neither recorded nor tried again. */
static void
quorum_passes_on_what_the_room_could_not_do(void **state)
{
	struct table t = { .answer = ST_SYSTEM, .patient = true };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&t, "g1", &used, &d), ST_SYSTEM);
	assert_string_equal(d.text, "no more");
	assert_int_equal(t.recorded, 0);
}

static void
quorum_refuses_a_root_that_is_not_there(void **state)
{
	struct table t = { .share = { all.g1.mnemonic[0] } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(open_root(&t, "g3", &used, &d), ST_POLICY);
	assert_string_equal(d.text, "there is no root g3 with live sheets");
	assert_int_equal(t.at, 0);
}

/* A record whose key is another: the sheets agree with each other and not
 * with it. */
static void
quorum_refuses_a_key_that_is_not_of_record(void **state)
{
	struct state *kept = all.state, *s = NULL;
	struct table t = { .share = { all.g1.mnemonic[0],
	    all.g1.mnemonic[1] } };
	struct diag d = { 0 };
	size_t used = 0;

	(void)state;
	assert_int_equal(state_new(&s, NULL), ST_OK);
	assert_int_equal(record_open(s, 1, "rehearsal", NULL), ST_OK);
	draw(s, "g1", 1, &all.g1);
	mint(s, "g1", 1, 5);
	all.state = s;
	assert_int_equal(open_root(&t, "g1", &used, &d), ST_AUTH);
	all.state = kept;
	assert_non_null(strstr(d.text, "FORMATS 4.10: the sheets combine, but "
	    "not to the key of record of root g1"));
	state_free(s);
}

/* A drawn set is no live one: its sheets open nothing yet. */
static void
quorum_refuses_sheets_that_were_never_committed(void **state)
{
	const struct sheet_set *set = NULL;
	const struct sheet *sheet = NULL;
	struct secret *canonical = NULL;
	struct state *s = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(state_new(&s, NULL), ST_OK);
	assert_int_equal(record_open(s, 1, "rehearsal", NULL), ST_OK);
	draw(s, "g1", 1, &all.g1);
	assert_int_equal(quorum_identify(s, "g1", all.g1.mnemonic[0], &set,
	    &sheet, &canonical, &d), ST_AUTH);
	assert_string_equal(d.text, "FORMATS 4.9: sheet 1 of root g1, epoch 1, "
	    "h1, is of a set that was never committed");
	assert_null(canonical);
	state_free(s);
}

static void
quorum_identify_names_the_sheet_however_it_is_typed(void **state)
{
	const struct sheet_set *set = NULL;
	const struct sheet *sheet = NULL;
	struct secret *canonical = NULL, *typed;
	char text[SLIP39_TEXT_MAX];
	struct diag d = { 0 };

	(void)state;
	snprintf(text, sizeof(text), "  %.*s ",
	    (int)secret_len(all.g1.mnemonic[2]),
	    (const char *)secret_peek(all.g1.mnemonic[2]));
	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] >= 'a' && text[i] <= 'z' && i % 2 == 0)
			text[i] = (char)(text[i] - 'a' + 'A');
	typed = shares_text(text);
	if (quorum_identify(all.state, "g1", typed, &set, &sheet, &canonical,
	    &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(sheet->number, 3);
	assert_int_equal(set->epoch, 2);
	assert_true(secret_equal(canonical, all.g1.mnemonic[2]));
	secret_free(canonical);
	secret_free(typed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quorum_opens_with_any_two_of_three),
		cmocka_unit_test(quorum_opens_with_all_groups_it_needs),
		cmocka_unit_test(quorum_says_that_it_was_interrupted),
		cmocka_unit_test(quorum_refuses_too_few),
		cmocka_unit_test(quorum_refuses_a_sheet_twice),
		cmocka_unit_test(quorum_refuses_a_sheet_of_another_root),
		cmocka_unit_test(quorum_refuses_a_void_sheet),
		cmocka_unit_test(quorum_refuses_a_share_of_no_set_of_record),
		cmocka_unit_test(quorum_says_what_a_refused_sheet_is_or_claims),
		cmocka_unit_test(quorum_says_whose_sheet_has_a_wrong_word),
		cmocka_unit_test(quorum_lays_no_two_words_on_one),
		cmocka_unit_test(quorum_claim_reads_the_first_four_words_alone),
		cmocka_unit_test(
		    quorum_refuses_a_sheet_whose_words_were_altered),
		cmocka_unit_test(quorum_refuses_an_altered_word_by_its_number),
		cmocka_unit_test(quorum_refuses_words_of_another_list),
		cmocka_unit_test(quorum_refusals_quote_no_word),
		cmocka_unit_test(
		    quorum_goes_on_after_refusals_where_people_can),
		cmocka_unit_test(quorum_passes_on_what_the_room_could_not_do),
		cmocka_unit_test(quorum_refuses_a_root_that_is_not_there),
		cmocka_unit_test(quorum_refuses_a_key_that_is_not_of_record),
		cmocka_unit_test(
		    quorum_refuses_sheets_that_were_never_committed),
		cmocka_unit_test(
		    quorum_identify_names_the_sheet_however_it_is_typed),
	};

	return cmocka_run_group_tests_name("quorum", tests, make_state,
	    free_state);
}
