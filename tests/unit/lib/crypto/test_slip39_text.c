/* slip39_text.c, slip39_words.c: words that say something else are refused. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "lib/crypto/hash.h"
#include "lib/crypto/slip39_sum.h"
#include "lib/crypto/slip39_text.h"
#include "lib/crypto/slip39_words.h"
#include "tests/support/shares.h"
#include "tests/support/vectors.h"

#define NUL_ROW 6 /* of bad[] below: its last letter becomes NUL */
#define TWO_WORD_SAMPLES 200000
#define RANDOM_SETS 1000
#define CHANGES 16 /* of one word, where not all are tried */
#define FLAG 0x010 /* in the second word */

/* A share of ${len} bytes with every field of its own. */
static struct slip39_share
make_share(size_t len, bool extendable)
{
	struct slip39_share s = {
		.id = 0x5a3c,
		.extendable = extendable,
		.exponent = 9,
		.group = 11,
		.group_need = 3,
		.groups = 13,
		.member = 14,
		.need = 7,
	};
	uint8_t value[44];
	struct prng prng = { 3 + len };

	prng_fill(&prng, value, len);
	s.value = shares_secret(value, len);
	return s;
}

static struct secret *
write_share(const struct slip39_share *s)
{
	struct secret *text = NULL;

	assert_int_equal(slip39_text_write(s, &text, NULL), ST_OK);
	return text;
}

/* What slip39_read says to a text; nothing may come out with a refusal. */
static enum status
read_text(const void *text, size_t len, const char *said)
{
	struct secret *m = shares_secret(text, len);
	struct slip39_share *s = NULL;
	struct diag d = { 0 };
	const enum status rc = slip39_read(m, &s, &d);

	if (strstr(d.text, said) == NULL)
		fail_msg("\"%s\" where \"%s\" was due", d.text, said);
	assert_true((rc == ST_OK) == (s != NULL));
	slip39_share_free(s);
	secret_free(m);
	return rc;
}

/* Words by number as text, without any check; returns its length. */
static size_t
spell(const uint16_t *word, size_t n, char *out)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, SLIP39_WORD_MAX + 2, "%s%s",
		    i > 0 ? " " : "", slip39_word(word[i]));
	return at;
}

/* SHA-256 of the published file wordlist.txt, a line feed behind each word. */
static void
list_is_the_published_one(void **state)
{
	static char text[SLIP39_LIST_LEN * (SLIP39_WORD_MAX + 1) + 1];
	uint8_t digest[SHA256_LEN];
	char hex[65];
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < SLIP39_LIST_LEN; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\n",
		    slip39_word(i));
	hash_sha256(text, at, digest);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	assert_string_equal(hex, "bcc4555340332d169718aed8bf31dd9d"
	    "5248cb7da6e5d355140ef4f1e601eec3");
}

static void
words_are_found_and_picked_at_every_length(void **state)
{
	uint8_t letters[SLIP39_WORD_MAX], mask[SLIP39_WORD_MAX];
	char word[SLIP39_WORD_MAX + 1];

	(void)state;
	for (uint16_t i = 0; i < SLIP39_LIST_LEN; i++) {
		slip39_words_pick(i, word);
		assert_string_equal(word, slip39_word(i));
		for (size_t len = SLIP39_WORD_MIN; len <= strlen(word);
		    len++) {
			memset(letters, 0, sizeof(letters));
			memset(mask, 0, sizeof(mask));
			memcpy(letters, word, len);
			memset(mask, 0xff, len);
			assert_int_equal(slip39_words_find(letters, mask),
			    i + 1);
			letters[len - 1] ^= 0x80;
			assert_int_equal(slip39_words_find(letters, mask), 0);
		}
	}
}

/* 4.4: multiples of 16 bits behind at most 8 of padding, from 128 bits up. */
static void
only_legal_counts_have_a_length(void **state)
{
	static const struct {
		size_t words;
		size_t len;
	} legal[] = { { 20, 16 }, { 22, 18 }, { 23, 20 }, { 25, 22 },
		{ 27, 24 }, { 28, 26 }, { 30, 28 }, { 31, 30 }, { 33, 32 },
		{ 35, 34 }, { 36, 36 }, { 38, 38 }, { 39, 40 }, { 41, 42 },
		{ 43, 44 } };
	size_t at = 0;

	(void)state;
	for (size_t n = 0; n < 60; n++) {
		if (at < sizeof(legal) / sizeof(legal[0]) &&
		    legal[at].words == n) {
			assert_int_equal(slip39_text_len(n), legal[at].len);
			assert_int_equal(slip39_text_words(legal[at].len), n);
			at++;
			continue;
		}
		assert_int_equal(slip39_text_len(n), 0);
	}
	assert_int_equal(at, sizeof(legal) / sizeof(legal[0]));
}

static void
shares_come_back_at_every_length(void **state)
{
	(void)state;
	for (size_t len = 16; len <= 44; len += 2)
		for (int ext = 0; ext < 2; ext++) {
			struct slip39_share a = make_share(len, ext != 0), *b;
			struct secret *text = write_share(&a);

			b = shares_read(text);
			assert_int_equal(a.id, b->id);
			assert_int_equal(a.extendable, b->extendable);
			assert_int_equal(a.exponent, b->exponent);
			assert_int_equal(a.group, b->group);
			assert_int_equal(a.group_need, b->group_need);
			assert_int_equal(a.groups, b->groups);
			assert_int_equal(a.member, b->member);
			assert_int_equal(a.need, b->need);
			assert_true(secret_equal(a.value, b->value));
			slip39_share_free(b);
			secret_free(text);
			secret_free(a.value);
		}
}

/* Every byte: no branch tells them apart, so each is tried. */
static void
letter_is_lower_case_or_none(void **state)
{
	int want;

	(void)state;
	for (int c = 0; c < 256; c++) {
		want = c >= 'A' && c <= 'Z' ? c + 'a' - 'A' :
		    c >= 'a' && c <= 'z' ? c : 0xff;
		assert_int_equal(slip39_words_letter((uint8_t)c), want);
	}
}

static void
read_takes_any_case_blanks_and_four_letters(void **state)
{
	struct slip39_share s = make_share(32, true);
	struct secret *text = write_share(&s), *loose, *plain = NULL;
	char out[SLIP39_TEXT_MAX * 2];
	size_t at = 0, letter = 0;

	(void)state;
	out[at++] = '\n';
	for (size_t i = 0; i < secret_len(text); i++) {
		const char c = (char)secret_peek(text)[i];

		letter = c == ' ' ? 0 : letter + 1;
		if (c == ' ')
			at += (size_t)snprintf(out + at, sizeof(out) - at,
			    " \t\r\n");
		else if (letter <= 4)
			out[at++] = (char)(i % 2 ? toupper(c) : c);
	}
	loose = shares_secret(out, at);
	assert_int_equal(slip39_canonical(loose, &plain, NULL), ST_OK);
	assert_true(secret_equal(plain, text));
	secret_free(plain);
	secret_free(loose);
	secret_free(text);
	secret_free(s.value);
}

/* Cut anywhere, it is refused; but inside its last word behind four letters
 * it is the same share. */
static void
read_refuses_every_truncation(void **state)
{
	struct slip39_share s = make_share(32, true);
	struct secret *text = write_share(&s);
	const size_t len = secret_len(text);
	size_t last = len;

	(void)state;
	while (secret_peek(text)[last - 1] != ' ')
		last--;
	for (size_t n = 1; n <= len; n++)
		assert_int_equal(read_text(secret_peek(text), n, ""),
		    n >= last + SLIP39_WORD_MIN ? ST_OK : ST_FORMAT);
	secret_free(text);
	secret_free(s.value);
}

static void
read_refuses_every_flipped_bit_of_text(void **state)
{
	struct slip39_share s = make_share(16, false), *back;
	struct secret *text = write_share(&s), *bad;
	enum status rc;

	(void)state;
	for (size_t i = 0; i < secret_len(text); i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			bad = shares_secret(secret_peek(text),
			    secret_len(text));
			secret_bytes(bad)[i] ^= (uint8_t)(1U << bit);
			rc = slip39_read(bad, &back, NULL);
			/* a letter's case is no change */
			assert_int_equal(rc, bit == 5 &&
			    secret_peek(text)[i] != ' ' ? ST_OK : ST_FORMAT);
			slip39_share_free(back);
			secret_free(bad);
		}
	secret_free(text);
	secret_free(s.value);
}

static void
read_names_the_first_bad_word_by_number(void **state)
{
	static const char *const bad[] = { "abandon", "aca", "academics",
		"acad,", "academic\v", "\xc3\xa9tudes", "acidx", "-",
		"acidacid", "xcid" };
	struct slip39_share s = make_share(32, true);
	struct slip39_mnemonic m;
	char text[1024], said[64];
	size_t at;

	(void)state;
	slip39_text_pack(&s, &m);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t k = 0; k < m.n; k++) {
			at = k == 0 ? 0 : spell(m.word, k, text);
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    " %s ", bad[i]);
			/* a NUL is no end: it is part of the word */
			if (i == NUL_ROW)
				text[at - 2] = '\0';
			at += spell(m.word + k + 1, m.n - k - 1, text + at);
			snprintf(said, sizeof(said),
			    "FORMATS 4.3: word %zu is not", k + 1);
			assert_int_equal(read_text(text, at, said), ST_FORMAT);
		}
	secret_free(s.value);
}

static void
read_refuses_every_wrong_count(void **state)
{
	uint16_t word[64] = { 0 };
	char text[1024];
	size_t at;

	(void)state;
	for (size_t n = 1; n < 64; n++) {
		at = spell(word, n, text);
		assert_int_equal(read_text(text, at, slip39_text_len(n) == 0 ?
		    "FORMATS 4.4: " : "FORMATS 4.6: "), ST_FORMAT);
	}
	assert_int_equal(read_text(" \n\t", 3, "FORMATS 4.4: no share has 0"),
	    ST_FORMAT);
}

/* Make the checksum hold again, under either customization string. */
static void
seal(struct slip39_mnemonic *m, bool extendable)
{
	uint32_t sum;

	memset(&m->word[m->n - 3], 0, 3 * sizeof(m->word[0]));
	sum = slip39_sum(m->word, m->n, extendable) ^ 1;
	m->word[m->n - 3] = sum >> 20 & 0x3ff;
	m->word[m->n - 2] = sum >> 10 & 0x3ff;
	m->word[m->n - 1] = sum & 0x3ff;
}

static void
read_refuses_the_other_customization_string(void **state)
{
	(void)state;
	for (int ext = 0; ext < 2; ext++) {
		struct slip39_share s = make_share(32, ext != 0);
		struct slip39_mnemonic m;
		char text[512];
		size_t at;

		slip39_text_pack(&s, &m);
		seal(&m, ext == 0);
		at = spell(m.word, m.n, text);
		assert_int_equal(read_text(text, at, "FORMATS 4.6: "),
		    ST_FORMAT);
		secret_free(s.value);
	}
}

/* Every bit of padding that there is, at every length. */
static void
read_refuses_every_padding(void **state)
{
	(void)state;
	for (size_t len = 16; len <= 44; len += 2)
		for (int ext = 0; ext < 2; ext++) {
			struct slip39_share s = make_share(len, ext != 0);
			struct slip39_mnemonic m;
			char text[512];
			size_t at, bits;

			slip39_text_pack(&s, &m);
			bits = (m.n - 7) * 10 - len * 8;
			for (size_t b = 0; b < bits; b++) {
				m.word[4] ^= (uint16_t)(1U << (9 - b));
				seal(&m, ext != 0);
				at = spell(m.word, m.n, text);
				assert_int_equal(read_text(text, at,
				    "FORMATS 4.5: the padding"), ST_FORMAT);
				m.word[4] ^= (uint16_t)(1U << (9 - b));
			}
			secret_free(s.value);
		}
}

/* 4.5; but a group number past the count is read: SLIP-39 does not forbid
 * it, and other software writes what it likes. */
static void
read_refuses_more_groups_needed_than_there_are(void **state)
{
	struct slip39_share s = make_share(32, true);
	struct secret *text;

	(void)state;
	for (uint8_t need = 1; need <= 16; need++)
		for (uint8_t groups = 1; groups <= 16; groups++) {
			s.group_need = need;
			s.groups = groups;
			text = write_share(&s);
			assert_int_equal(read_text(secret_peek(text),
			    secret_len(text), need > groups ?
			    "FORMATS 4.5: it asks" : ""),
			    need > groups ? ST_FORMAT : ST_OK);
			secret_free(text);
		}
	secret_free(s.value);
}

/* Each of the 1023 wrong words at each of the 33 places is found, whatever
 * the flag: also where the altered bit is the flag itself. */
static void
suspect_finds_every_single_wrong_word(void **state)
{
	(void)state;
	for (int shape = 0; shape < 4; shape++) {
		struct slip39_share s = make_share(shape < 2 ? 32 : 16,
		    shape % 2 != 0);
		struct slip39_mnemonic m;

		slip39_text_pack(&s, &m);
		assert_int_equal(m.n, shape < 2 ? 33 : 20);
		for (size_t i = 0; i < m.n; i++)
			for (uint16_t change = 1; change < 1024; change++) {
				m.word[i] ^= change;
				assert_int_equal(slip39_text_suspect(&m),
				    i + 1);
				assert_int_equal(slip39_text_suspect_of(&m,
				    s.extendable), i + 1);
				m.word[i] ^= change;
			}
		secret_free(s.value);
	}
}

/* Two wrong words are never laid on one. */
static void
suspect_blames_no_word_for_two(void **state)
{
	struct prng prng = { 2027 };

	(void)state;
	for (int ext = 0; ext < 2; ext++) {
		struct slip39_share s = make_share(32, ext != 0);
		struct slip39_mnemonic m, bad;

		slip39_text_pack(&s, &m);
		for (int n = 0; n < TWO_WORD_SAMPLES; n++) {
			const size_t i = prng_next(&prng) % m.n;
			const size_t k =
			    (i + 1 + prng_next(&prng) % (m.n - 1)) % m.n;

			bad = m;
			bad.word[i] ^=
			    (uint16_t)(1 + prng_next(&prng) % 1023);
			bad.word[k] ^=
			    (uint16_t)(1 + prng_next(&prng) % 1023);
			/* the flag aside, which is its own test */
			if (((bad.word[1] ^ m.word[1]) & FLAG) != 0)
				continue;
			assert_int_equal(slip39_text_suspect(&bad), 0);
		}
		secret_free(s.value);
	}
}

/* The numbers of a share's words, from its text. */
static void
pack_text(const struct secret *text, struct slip39_mnemonic *m,
    bool *extendable)
{
	struct slip39_share *s = shares_read(text);

	slip39_text_pack(s, m);
	*extendable = s->extendable;
	slip39_share_free(s);
}

/* One word of a share is wrong, each in turn: it is found, with the flag known
 * and not.  (Where the flag itself was altered, and nobody knows what it was,
 * another word may explain it too: then nobody is named.) */
static void
each_word_is_found(const struct slip39_mnemonic *good, bool extendable,
    struct prng *prng)
{
	struct slip39_mnemonic m = *good;
	uint16_t change;
	size_t told;

	for (size_t i = 0; i < m.n; i++)
		for (int n = 0; n < CHANGES; n++) {
			change = (uint16_t)(1 + prng_next(prng) % 1023);
			m.word[i] ^= change;
			assert_int_equal(slip39_text_suspect_of(&m,
			    extendable), i + 1);
			told = slip39_text_suspect(&m);
			if (told != i + 1)
				assert_true(told == 0 && i == 1 &&
				    (change & FLAG) != 0);
			m.word[i] ^= change;
		}
	assert_int_equal(slip39_text_suspect_of(&m, extendable), 0);
}

static void
suspect_finds_each_word_of_every_published_share(void **state)
{
	static struct vector v; /* too large for a stack */
	FILE *f = vectors_open("slip39.txt");
	struct prng prng = { 39 };
	struct slip39_mnemonic m;
	size_t shares = 0;

	(void)state;
	while (vectors_next(f, &v)) {
		const char *line;

		if (strcmp(vector_need(&v, "expect"), "secret") != 0)
			continue;
		for (size_t i = 0;
		     (line = vector_get(&v, "share", i)) != NULL; i++) {
			struct secret *text = shares_text(line);
			bool extendable;

			pack_text(text, &m, &extendable);
			each_word_is_found(&m, extendable, &prng);
			secret_free(text);
			shares++;
		}
	}
	fclose(f);
	assert_true(shares > 30);
}

/* Sets of 16 and of 32 bytes, with the flag and without it. */
static void
suspect_finds_each_word_of_random_sets(void **state)
{
	struct prng prng = { 4711 };
	struct slip39_mnemonic m;
	uint8_t data[32];
	bool extendable;

	(void)state;
	for (int n = 0; n < RANDOM_SETS; n++) {
		struct slip39_scheme c = shares_scheme(1, 2, 3, 0);
		struct slip39_set set;
		struct secret *ems;

		c.extendable = n % 2 == 0;
		c.exponent = (uint8_t)(n % 16);
		prng_fill(&prng, data, sizeof(data));
		ems = shares_secret(data, n % 4 < 2 ? 16 : 32);
		shares_split(ems, &c, 1 + prng_next(&prng) / 2, &set);
		pack_text(set.mnemonic[n % 3], &m, &extendable);
		assert_int_equal(m.n, n % 4 < 2 ? 20 : 33);
		assert_true(extendable == c.extendable);
		each_word_is_found(&m, extendable, &prng);
		slip39_set_clear(&set);
		secret_free(ems);
	}
}

/* Two wrong words, with the flag known: by the code's distance of 4 never laid
 * on one, whether side by side, at both ends or anywhere, the flag included. */
static void
suspect_of_blames_no_word_for_two(void **state)
{
	struct prng prng = { 2028 };
	size_t with_flag = 0;

	(void)state;
	for (size_t shape = 0; shape < 4; shape++) {
		struct slip39_share s = make_share(shape < 2 ? 16 : 32,
		    shape % 2 != 0);
		struct slip39_mnemonic m, bad;

		slip39_text_pack(&s, &m);
		for (int n = 0; n < TWO_WORD_SAMPLES; n++) {
			const size_t i = prng_next(&prng) % m.n;
			const size_t far = m.n - 1 - i;
			const size_t next = (i + 1) % m.n;
			const size_t any =
			    (i + 1 + prng_next(&prng) % (m.n - 1)) % m.n;
			const size_t k = n % 3 == 0 ? next : n % 3 == 1 &&
			    far != i ? far : any;

			bad = m;
			bad.word[i] ^=
			    (uint16_t)(1 + prng_next(&prng) % 1023);
			bad.word[k] ^=
			    (uint16_t)(1 + prng_next(&prng) % 1023);
			with_flag += ((bad.word[1] ^ m.word[1]) & FLAG) != 0;
			assert_int_equal(slip39_text_suspect_of(&bad,
			    s.extendable), 0);
		}
		secret_free(s.value);
	}
	assert_true(with_flag > 10000);
}

/* And where nobody knows the flag that is one of the two: that no code tells
 * from one wrong word, and it is rare. */
static void
suspect_blames_hardly_a_word_for_two_and_the_flag(void **state)
{
	struct prng prng = { 2029 };
	struct slip39_share s = make_share(32, true);
	struct slip39_mnemonic m, bad;
	size_t blamed = 0;

	(void)state;
	slip39_text_pack(&s, &m);
	for (int n = 0; n < TWO_WORD_SAMPLES; n++) {
		const size_t k = (2 + prng_next(&prng) % (m.n - 1)) % m.n;

		bad = m;
		bad.word[1] ^= (uint16_t)(FLAG | prng_next(&prng) % 1024);
		bad.word[k] ^= (uint16_t)(1 + prng_next(&prng) % 1023);
		blamed += slip39_text_suspect(&bad) != 0;
		assert_int_equal(slip39_text_suspect_of(&bad, true), 0);
	}
	assert_true(blamed < TWO_WORD_SAMPLES / 10000);
	secret_free(s.value);
}

/* The first four words, alone or with others: no more is read. */
static void
claim_is_in_the_first_four_words(void **state)
{
	struct slip39_share s = make_share(32, true), got;
	struct slip39_mnemonic m;
	struct secret *text;
	char out[512];

	(void)state;
	slip39_text_pack(&s, &m);
	for (size_t n = 1; n <= m.n; n++) {
		struct diag d = { 0 };

		text = shares_secret(out, spell(m.word, n, out));
		if (n < SLIP39_CLAIM_WORDS) {
			assert_int_equal(slip39_claim(text, &got, &d),
			    ST_FORMAT);
			assert_non_null(strstr(d.text, "FORMATS 4.5: "));
		} else {
			assert_int_equal(slip39_claim(text, &got, &d), ST_OK);
			assert_int_equal(got.id, s.id);
			assert_int_equal(got.group, s.group);
			assert_int_equal(got.member, s.member);
			assert_int_equal(got.need, s.need);
			assert_int_equal(got.groups, s.groups);
			assert_null(got.value);
		}
		secret_free(text);
	}
	text = shares_text("academic academic abandon academic");
	assert_int_equal(slip39_claim(text, &got, NULL), ST_FORMAT);
	secret_free(text);
	secret_free(s.value);
}

/* The way through text: a good share has no suspect, a bad one its number,
 * and what is not a share is refused as in reading. */
static void
suspect_reads_text(void **state)
{
	struct slip39_share s = make_share(32, true);
	struct slip39_mnemonic m;
	struct secret *text;
	char out[512];
	size_t word;

	(void)state;
	slip39_text_pack(&s, &m);
	text = shares_secret(out, spell(m.word, m.n, out));
	assert_int_equal(slip39_suspect(text, &word, NULL), ST_OK);
	assert_int_equal(word, 0);
	secret_free(text);
	for (size_t i = 0; i < m.n; i++) {
		m.word[i] ^= 0x155;
		text = shares_secret(out, spell(m.word, m.n, out));
		assert_int_equal(slip39_suspect(text, &word, NULL), ST_OK);
		assert_int_equal(word, i + 1);
		secret_free(text);
		m.word[i] ^= 0x155;
	}
	text = shares_text("academic abandon");
	assert_int_equal(slip39_suspect(text, &word, NULL), ST_FORMAT);
	assert_int_equal(word, 0);
	secret_free(text);
	secret_free(s.value);
}

/* The first word that differs is told, wherever it is and whatever comes
 * behind; whether it is a share does not matter, and how it is spelt neither. */
static void
differ_tells_the_first_word_that_differs(void **state)
{
	struct slip39_share s = make_share(32, true);
	struct secret *good = write_share(&s), *text;
	struct slip39_mnemonic m;
	char out[512];
	size_t word, len;

	(void)state;
	slip39_text_pack(&s, &m);
	for (size_t i = m.n; i-- > 0;) {
		/* all behind it differ already */
		m.word[i] ^= 1;
		text = shares_secret(out, spell(m.word, m.n, out));
		assert_int_equal(slip39_differ(text, good, &word, NULL),
		    ST_OK);
		assert_int_equal(word, i + 1);
		secret_free(text);
	}
	slip39_text_pack(&s, &m);
	for (size_t n = 1; n <= m.n; n++) {
		len = spell(m.word, n, out);
		for (size_t i = 0; i < len; i++)
			out[i] = (char)toupper(out[i]);
		text = shares_secret(out, len);
		assert_int_equal(slip39_differ(text, good, &word, NULL),
		    ST_OK);
		assert_int_equal(word, n == m.n ? 0 : n + 1);
		assert_int_equal(slip39_differ(good, text, &word, NULL),
		    ST_OK);
		assert_int_equal(word, n == m.n ? 0 : n + 1);
		secret_free(text);
	}
	text = shares_text("academic abandon");
	assert_int_equal(slip39_differ(text, good, &word, NULL), ST_FORMAT);
	secret_free(text);
	secret_free(good);
	secret_free(s.value);
}

static void
some_gives_the_words_of_numbers_and_no_others(void **state)
{
	static const uint8_t number[] = { 4, 2, 2 }, none[] = { 1, 0 },
	    behind[] = { 5 };
	struct secret *text = shares_text("ACADEMIC acid acne acqu");
	struct secret *want = shares_text("acquire acid acid"), *is = NULL;

	(void)state;
	assert_int_equal(slip39_some(text, number, 3, &is, NULL), ST_OK);
	assert_true(secret_equal(is, want));
	secret_free(is);
	assert_int_equal(slip39_some(text, none, 2, &is, NULL), ST_BUG);
	assert_null(is);
	assert_int_equal(slip39_some(text, behind, 1, &is, NULL), ST_BUG);
	assert_null(is);
	secret_free(want);
	secret_free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_the_published_one),
		cmocka_unit_test(words_are_found_and_picked_at_every_length),
		cmocka_unit_test(only_legal_counts_have_a_length),
		cmocka_unit_test(shares_come_back_at_every_length),
		cmocka_unit_test(letter_is_lower_case_or_none),
		cmocka_unit_test(read_takes_any_case_blanks_and_four_letters),
		cmocka_unit_test(read_refuses_every_truncation),
		cmocka_unit_test(read_refuses_every_flipped_bit_of_text),
		cmocka_unit_test(read_names_the_first_bad_word_by_number),
		cmocka_unit_test(read_refuses_every_wrong_count),
		cmocka_unit_test(read_refuses_the_other_customization_string),
		cmocka_unit_test(read_refuses_every_padding),
		cmocka_unit_test(
		    read_refuses_more_groups_needed_than_there_are),
		cmocka_unit_test(suspect_finds_every_single_wrong_word),
		cmocka_unit_test(suspect_blames_no_word_for_two),
		cmocka_unit_test(
		    suspect_finds_each_word_of_every_published_share),
		cmocka_unit_test(suspect_finds_each_word_of_random_sets),
		cmocka_unit_test(suspect_of_blames_no_word_for_two),
		cmocka_unit_test(
		    suspect_blames_hardly_a_word_for_two_and_the_flag),
		cmocka_unit_test(claim_is_in_the_first_four_words),
		cmocka_unit_test(suspect_reads_text),
		cmocka_unit_test(differ_tells_the_first_word_that_differs),
		cmocka_unit_test(some_gives_the_words_of_numbers_and_no_others),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
