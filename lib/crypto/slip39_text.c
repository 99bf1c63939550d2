/* see slip39_text.h */
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/mask.h"
#include "lib/crypto/slip39_sum.h"
#include "lib/crypto/slip39_text.h"

#define WORD_BITS 10
#define WORD_MASK 0x3ff
#define SPARE_WORDS (SLIP39_HEAD_WORDS + SLIP39_CHECK_WORDS)
#define PADDING_MAX 8	   /* bits */
#define EXT_WORD 2	   /* the word, 1.., that has the ext flag */
#define EXT_BIT 0x010	   /* in that word */

size_t
slip39_text_words(size_t len)
{
	return SPARE_WORDS + (len * 8 + WORD_BITS - 1) / WORD_BITS;
}

/* FORMATS 4.4: the value is whole 16-bit units behind at most 8 bits. */
size_t
slip39_text_len(size_t n)
{
	size_t bits;

	if (n < SLIP39_WORDS_MIN || n > SLIP39_WORDS_MAX)
		return 0;
	bits = (n - SPARE_WORDS) * WORD_BITS;
	if (bits % 16 > PADDING_MAX)
		return 0;
	return bits / 16 * 2;
}

/* FORMATS 4.5: the 40 bits before the value, all public. */
static uint64_t
pack_head(const struct slip39_share *s)
{
	uint64_t h = s->id;

	h = h << 1 | s->extendable;
	h = h << 4 | s->exponent;
	h = h << 4 | s->group;
	h = h << 4 | (uint64_t)(s->group_need - 1);
	h = h << 4 | (uint64_t)(s->groups - 1);
	h = h << 4 | s->member;
	return h << 4 | (uint64_t)(s->need - 1);
}

static void
unpack_head(const struct slip39_mnemonic *m, struct slip39_share *s)
{
	uint64_t h = 0;

	for (size_t i = 0; i < SLIP39_HEAD_WORDS; i++)
		h = h << WORD_BITS | m->word[i];
	s->need = (uint8_t)((h & 15) + 1);
	s->member = h >> 4 & 15;
	s->groups = (uint8_t)((h >> 8 & 15) + 1);
	s->group_need = (uint8_t)((h >> 12 & 15) + 1);
	s->group = h >> 16 & 15;
	s->exponent = h >> 20 & 15;
	s->extendable = h >> 24 & 1;
	s->id = (uint16_t)(h >> 25);
}

void
slip39_text_pack(const struct slip39_share *s, struct slip39_mnemonic *m)
{
	const uint8_t *value = secret_peek(s->value);
	const size_t len = secret_len(s->value);
	const uint64_t head = pack_head(s);
	uint32_t bits = 0;
	size_t at = SLIP39_HEAD_WORDS, have;

	m->n = slip39_text_words(len);
	for (size_t i = 0; i < SLIP39_HEAD_WORDS; i++)
		m->word[i] = (uint16_t)(head >>
		    (SLIP39_HEAD_WORDS - 1 - i) * WORD_BITS & WORD_MASK);
	/* the padding is on the left: begin with that many zero bits */
	have = (m->n - SPARE_WORDS) * WORD_BITS - len * 8;
	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | value[i];
		have += 8;
		if (have >= WORD_BITS) {
			have -= WORD_BITS;
			m->word[at++] = bits >> have & WORD_MASK;
		}
	}
	/* the checksum is what makes the residue 1 */
	memset(&m->word[at], 0, SLIP39_CHECK_WORDS * sizeof(m->word[0]));
	bits = slip39_sum(m->word, m->n, s->extendable) ^ 1;
	m->word[at] = bits >> 20 & WORD_MASK;
	m->word[at + 1] = bits >> 10 & WORD_MASK;
	m->word[at + 2] = bits & WORD_MASK;
}

unsigned
slip39_text_unpack(const struct slip39_mnemonic *m, uint8_t *value,
    size_t len)
{
	const size_t end = m->n - SLIP39_CHECK_WORDS;
	const size_t padding =
	    (m->n - SPARE_WORDS) * WORD_BITS - len * 8;
	const unsigned first = m->word[SLIP39_HEAD_WORDS];
	uint32_t bits = 0;
	size_t have = 0, at = 0;

	for (size_t i = SLIP39_HEAD_WORDS; i < end; i++) {
		bits = bits << WORD_BITS | m->word[i];
		have += i == SLIP39_HEAD_WORDS ? WORD_BITS - padding :
		    WORD_BITS;
		for (; have >= 8; have -= 8)
			value[at++] = (uint8_t)(bits >> (have - 8));
	}
	return first >> (WORD_BITS - padding);
}

/* Spelt out, with single blanks; uses m->text. */
static enum status
write_words(struct slip39_mnemonic *m, struct secret **out, struct diag *d)
{
	enum status rc;
	size_t at = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (i > 0)
			m->text[at++] = ' ';
		slip39_words_pick(m->word[i], m->text + at);
		at += strlen(m->text + at);
	}
	TRY(secret_new(at, out, d));
	memcpy(secret_bytes(*out), m->text, at);
out:
	return rc;
}

enum status
slip39_text_write(const struct slip39_share *share, struct secret **out,
    struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*out = NULL;
	TRY(secret_new(sizeof(*m), &hold, d));
	m = (void *)secret_bytes(hold);
	slip39_text_pack(share, m);
	TRY(write_words(m, out, d));
out:
	secret_free(hold);
	return rc;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The number of one word of ${len} letters, any case, or the reason. */
static enum status
read_word(struct slip39_mnemonic *m, const uint8_t *s, size_t len,
    struct diag *d)
{
	uint32_t found = 0;

	if (m->n == SLIP39_WORDS_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 4.4: more than %d words",
		    SLIP39_WORDS_MAX);
	if (len >= SLIP39_WORD_MIN && len <= SLIP39_WORD_MAX) {
		memset(m->letters, 0, sizeof(m->letters));
		memset(m->mask, 0, sizeof(m->mask));
		for (size_t i = 0; i < len; i++) {
			m->letters[i] = slip39_words_letter(s[i]);
			m->mask[i] = 0xff;
		}
		found = slip39_words_find(m->letters, m->mask);
	}
	if (found == 0)
		return diag_set(d, ST_FORMAT, "FORMATS 4.3: word %zu is not of "
		    "the list", m->n + 1);
	m->word[m->n++] = (uint16_t)(found - 1);
	return ST_OK;
}

/* Numbers of words from text, however many. */
static enum status
read_words(const struct secret *mnemonic, struct slip39_mnemonic *m,
    struct diag *d)
{
	const uint8_t *text = secret_peek(mnemonic);
	const size_t len = secret_len(mnemonic);
	enum status rc;
	size_t from;

	for (size_t at = 0; at < len;) {
		for (; at < len && is_blank(text[at]); at++)
			;
		for (from = at; at < len && !is_blank(text[at]); at++)
			;
		if (at > from)
			TRY(read_word(m, text + from, at - from, d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* The same into the first of ${many} mnemonics; the caller frees ${hold}, which
 * they are in. */
static enum status
hold_words(const struct secret *mnemonic, size_t many, struct secret **hold,
    struct slip39_mnemonic **m, struct diag *d)
{
	enum status rc;

	TRY(secret_new(many * sizeof(**m), hold, d));
	*m = (void *)secret_bytes(*hold);
	TRY(read_words(mnemonic, *m, d));
out:
	return rc;
}

/* The same, where they are to be a share. */
static enum status
hold_share(const struct secret *mnemonic, struct secret **hold,
    struct slip39_mnemonic **m, struct diag *d)
{
	enum status rc;

	TRY(hold_words(mnemonic, 1, hold, m, d));
	if (slip39_text_len((*m)->n) == 0)
		FAIL(d, ST_FORMAT, "FORMATS 4.4: no share has %zu words (one "
		    "of 32 bytes has %zu)", (*m)->n, slip39_text_words(32));
out:
	return rc;
}

static bool
is_extendable(const struct slip39_mnemonic *m)
{
	return (m->word[EXT_WORD - 1] & EXT_BIT) != 0;
}

/* What the words say, when their checksum holds. */
static enum status
read_share(const struct slip39_mnemonic *m, struct slip39_share *s,
    struct diag *d)
{
	const size_t len = slip39_text_len(m->n);
	enum status rc;

	if (slip39_sum(m->word, m->n, is_extendable(m)) != 1)
		FAIL(d, ST_FORMAT, "FORMATS 4.6: the checksum does not hold");
	unpack_head(m, s);
	TRY(secret_new(len, &s->value, d));
	if (slip39_text_unpack(m, secret_bytes(s->value), len) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 4.5: the padding is not zero");
	if (s->group_need > s->groups)
		FAIL(d, ST_FORMAT, "FORMATS 4.5: it asks for %d groups of %d",
		    s->group_need, s->groups);
	rc = ST_OK;
out:
	return rc;
}

enum status
slip39_read(const struct secret *mnemonic, struct slip39_share **out,
    struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_share *s = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*out = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(hold_share(mnemonic, &hold, &m, d));
	TRY(read_share(m, s, d));

	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	slip39_share_free(s);
	secret_free(hold);
	return rc;
}

void
slip39_share_free(struct slip39_share *s)
{
	if (s == NULL)
		return;
	secret_free(s->value);
	free(s);
}

enum status
slip39_canonical(const struct secret *mnemonic, struct secret **out,
    struct diag *d)
{
	struct slip39_share *s = NULL;
	enum status rc;

	*out = NULL;
	TRY(slip39_read(mnemonic, &s, d));
	TRY(slip39_text_write(s, out, d));
	rc = ST_OK;
out:
	slip39_share_free(s);
	return rc;
}

/*
 * The ext flag picks the customization string, and may be what was altered:
 * then the other string leads to word 2, and to a change that has the flag.
 */
size_t
slip39_text_suspect(const struct slip39_mnemonic *m)
{
	const bool ext = is_extendable(m);
	uint16_t change;
	uint64_t as_read, flipped, two;

	as_read = slip39_sum_locate(m->word, m->n, ext, &change);
	as_read &= ~(mask_zero(as_read ^ EXT_WORD) &
	    ~mask_zero(change & EXT_BIT));
	flipped = slip39_sum_locate(m->word, m->n, !ext, &change);
	flipped &= mask_zero(flipped ^ EXT_WORD) &
	    ~mask_zero(change & EXT_BIT);
	/* two explanations are none */
	two = ~mask_zero(as_read) & ~mask_zero(flipped) &
	    ~mask_zero(as_read ^ flipped);
	return (size_t)((as_read | flipped) & ~two);
}

size_t
slip39_text_suspect_of(const struct slip39_mnemonic *m, bool extendable)
{
	uint16_t change;

	return slip39_sum_locate(m->word, m->n, extendable, &change);
}

enum status
slip39_holds(const struct secret *mnemonic, bool *holds, struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*holds = false;
	TRY(hold_share(mnemonic, &hold, &m, d));
	*holds = slip39_sum(m->word, m->n, is_extendable(m)) == 1;
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_suspect(const struct secret *mnemonic, size_t *word, struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*word = 0;
	TRY(hold_share(mnemonic, &hold, &m, d));
	if (slip39_sum(m->word, m->n, is_extendable(m)) != 1)
		*word = slip39_text_suspect(m);
	rc = ST_OK;
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_suspect_of(const struct secret *mnemonic, bool extendable,
    size_t *word, struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*word = 0;
	TRY(hold_share(mnemonic, &hold, &m, d));
	*word = slip39_text_suspect_of(m, extendable);
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_claim(const struct secret *mnemonic, struct slip39_share *out,
    struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*out = (struct slip39_share){ 0 };
	TRY(hold_words(mnemonic, 1, &hold, &m, d));
	if (m->n < SLIP39_HEAD_WORDS)
		FAIL(d, ST_FORMAT, "FORMATS 4.5: %zu words, and the first %d "
		    "say which share it is", m->n, SLIP39_HEAD_WORDS);
	unpack_head(m, out);
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_differ(const struct secret *typed, const struct secret *is,
    size_t *word, struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	uint64_t found = 0, same;
	enum status rc;
	size_t n;

	*word = 0;
	TRY(hold_words(typed, 2, &hold, &m, d));
	TRY(read_words(is, &m[1], d));
	n = m[0].n < m[1].n ? m[0].n : m[1].n;
	if (m[0].n != m[1].n)
		found = n + 1;
	/* from the last to the first, which stays */
	for (size_t i = n; i > 0; i--) {
		same = mask_zero(m[0].word[i - 1] ^ m[1].word[i - 1]);
		found = (found & same) | (i & ~same);
	}
	*word = (size_t)found;
out:
	secret_free(hold);
	return rc;
}

enum status
slip39_some(const struct secret *mnemonic, const uint8_t *number, size_t n,
    struct secret **out, struct diag *d)
{
	struct secret *hold = NULL;
	struct slip39_mnemonic *m;
	enum status rc;

	*out = NULL;
	TRY(hold_words(mnemonic, 2, &hold, &m, d));
	for (m[1].n = 0; m[1].n < n; m[1].n++) {
		if (m[1].n == SLIP39_WORDS_MAX || number[m[1].n] == 0 ||
		    number[m[1].n] > m[0].n)
			FAIL(d, ST_BUG, "a share has no word %u",
			    number[m[1].n]);
		m[1].word[m[1].n] = m[0].word[number[m[1].n] - 1];
	}
	TRY(write_words(&m[1], out, d));
out:
	secret_free(hold);
	return rc;
}
