/* see pad.h
 *
 * What is typed is in one secret, and so is all that goes to the screen: words
 * are written there by tty_paint alone, never through printf.  Nothing is ever
 * placed by row and column, so that a window may be resized at any time. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/pad.h"
#include "lib/base/text.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_words.h"

#define CELL 17	      /* columns: number, word, blanks; as on the sheet */
#define WORD_WIDTH 10
#define TYPED_MAX WORD_WIDTH /* characters of a word that are kept */
#define ROW_WORDS 4   /* as on the sheet */
#define PAINT_MAX 1024
#define LOOK_MS 250   /* how often the window is looked at */
#define QUIET_MS 80   /* a paste is over when nothing came for so long */
#define FOREIGN '~'   /* for a character of another script */

/* What keys send. */
#define KEY_END 0x04	/* ^D */
#define KEY_BACK 0x08	/* ^H */
#define KEY_ROW 0x15	/* ^U */
#define KEY_WORD 0x17	/* ^W */
#define KEY_ESCAPE 0x1b
#define KEY_DELETE 0x7f

/* In locked memory. */
struct pad_secret {
	uint16_t word[SLIP39_WORDS_MAX]; /* numbers in the list, 0.. */
	uint8_t typed[TYPED_MAX];	 /* of the next one, lower case */
	uint8_t letters[SLIP39_WORD_MAX], mask[SLIP39_WORD_MAX];
	char spelt[SLIP39_WORD_MAX + 1];
	char paint[PAINT_MAX];
	uint8_t key[4]; /* one character, in UTF-8 */
};

struct pad {
	struct tty *t;
	const struct pad_ask *ask;
	struct pad_secret *s;
	size_t n;   /* words that are there */
	size_t len; /* of s->typed */
	bool over;  /* more than TYPED_MAX were typed */
	size_t painted; /* bytes in s->paint */
	size_t column; /* of the cursor in the cell */
	unsigned in_row, cols;
	uint8_t ahead; /* a key that was read already, or 0 */
	bool done;
	enum front_gave gave;
};

/* --- the screen --- */

static void
add(struct pad *p, const char *text, size_t len)
{
	/* a row has at most 4 cells and a few escapes */
	if (len > PAINT_MAX - p->painted)
		len = PAINT_MAX - p->painted;
	memcpy(p->s->paint + p->painted, text, len);
	p->painted += len;
}

static void
add_text(struct pad *p, const char *text)
{
	add(p, text, strlen(text));
}

static void
add_times(struct pad *p, char c, size_t n)
{
	for (; n > 0; n--)
		add(p, &c, 1);
}

static enum status
paint(struct pad *p, struct diag *d)
{
	const size_t n = p->painted;

	p->painted = 0;
	return tty_paint(p->t, p->s->paint, n, d);
}

static unsigned
number_of(const struct pad *p, size_t i)
{
	return p->ask->number == NULL ? (unsigned)i + 1 : p->ask->number[i];
}

/* The number in front of a word, or of where the next one comes. */
static void
add_number(struct pad *p, size_t i)
{
	char text[16];

	if (i == p->ask->n)
		return;
	snprintf(text, sizeof(text), "%5u  ", number_of(p, i));
	add_text(p, text);
}

static void
add_word(struct pad *p, size_t i)
{
	slip39_words_pick(p->s->word[i], p->s->spelt);
	add_text(p, p->s->spelt);
	add_times(p, ' ', WORD_WIDTH - strlen(p->s->spelt));
}

/* What is typed of a word, as it is looked up: 1 + its number in the list, or
 * 0. */
static uint32_t
look_up(struct pad *p)
{
	memset(p->s->letters, 0, SLIP39_WORD_MAX);
	memset(p->s->mask, 0, SLIP39_WORD_MAX);
	if (p->over || p->len < SLIP39_WORD_MIN || p->len > SLIP39_WORD_MAX ||
	    p->n == p->ask->n)
		return 0;
	for (size_t i = 0; i < p->len; i++) {
		p->s->letters[i] = p->s->typed[i];
		p->s->mask[i] = 0xff;
	}
	return slip39_words_find(p->s->letters, p->s->mask);
}

/* What is typed, and behind it, dim, the rest of the word that alone begins
 * so; the cursor stays where it is typed. */
static void
add_typed(struct pad *p)
{
	const uint32_t found = look_up(p);
	size_t rest = 0;
	char c;

	for (size_t i = 0; i < p->len; i++) {
		c = (char)p->s->typed[i];
		add_times(p, c == FOREIGN ? '?' : c, 1);
	}
	if (found != 0) {
		slip39_words_pick((uint16_t)(found - 1), p->s->spelt);
		rest = strlen(p->s->spelt) - p->len;
	}
	if (rest > 0) {
		add_text(p, "\033[2m");
		add(p, p->s->spelt + p->len, rest);
		add_text(p, "\033[22m");
	}
	add_text(p, "\033[K");
	add_times(p, '\b', rest);
	p->column = p->len;
}

static enum status
draw_typed(struct pad *p, struct diag *d)
{
	add_times(p, '\b', p->column);
	add_typed(p);
	return paint(p, d);
}

/* The first word of the row that is being filled; when all are there it is the
 * last row. */
static size_t
row_start(const struct pad *p)
{
	const size_t in = p->n == p->ask->n ? p->n - 1 : p->n;

	return in - in % p->in_row;
}

static void
add_row(struct pad *p)
{
	add_text(p, "\r\033[K");
	for (size_t i = row_start(p); i < p->n; i++) {
		add_number(p, i);
		add_word(p, i);
	}
	add_number(p, p->n);
	add_typed(p);
}

static enum status
draw_row(struct pad *p, struct diag *d)
{
	add_row(p);
	return paint(p, d);
}

/* Another row of its own, below all that is there. */
static enum status
draw_row_below(struct pad *p, struct diag *d)
{
	add_text(p, "\n");
	return draw_row(p, d);
}

/* A row has as many words as the window is wide, four at most. */
static bool
measure(struct pad *p)
{
	unsigned cols, rows, fit = ROW_WORDS;
	bool changed;

	if (tty_window(p->t, &cols, &rows, NULL) == ST_OK)
		fit = (cols - 1) / CELL;
	else
		cols = 0;
	changed = cols != p->cols;
	p->cols = cols;
	p->in_row = fit > ROW_WORDS ? ROW_WORDS : fit < 1 ? 1 : fit;
	return changed;
}

/* --- keys --- */

/* Whatever of a paste is still to come. */
static enum status
drop_rest(struct pad *p, int wait_ms, struct diag *d)
{
	enum status rc;

	do
		rc = tty_key(p->t, wait_ms, p->s->key, d);
	while (rc == ST_OK && p->s->key[0] != 0);
	return rc;
}

/* Arrows and other keys that send a sequence do nothing. */
static enum status
drop_sequence(struct pad *p, struct diag *d)
{
	uint8_t *key = p->s->key;
	enum status rc;

	TRY(tty_key(p->t, QUIET_MS, key, d));
	if (*key == 'O')
		TRY(tty_key(p->t, QUIET_MS, key, d));
	else if (*key == '[')
		do
			TRY(tty_key(p->t, QUIET_MS, key, d));
		while (*key >= 0x20 && *key < 0x40);
out:
	return rc;
}

/* A blank of any script, a letter as East Asian keyboards send it wide, or
 * nothing that a word has. */
static char
fold(uint32_t c)
{
	if (text_is_blank(c))
		return ' ';
	return c > 0xff00 && c < 0xff5f ? (char)(c - 0xfee0) : FOREIGN;
}

/* The character that a byte above ASCII begins; what cannot go on with it is
 * the next one. */
static enum status
read_foreign(struct pad *p, char *out, struct diag *d)
{
	uint8_t *key = p->s->key;
	const size_t len = key[0] >= 0xf8 ? 1 : key[0] >= 0xf0 ? 4 :
	    key[0] >= 0xe0 ? 3 : key[0] >= 0xc0 ? 2 : 1;
	size_t n = 1;
	uint32_t c;
	enum status rc = ST_OK;

	while (n < len && p->ahead == 0) {
		TRY(tty_key(p->t, QUIET_MS, &key[n], d));
		if ((key[n] & 0xc0) == 0x80)
			n++;
		else if ((p->ahead = key[n]) == 0)
			break;
	}
	*out = n == len && text_scalar(key, len, &c) == len ? fold(c) :
	    FOREIGN;
out:
	return rc;
}

/* The next character, 0: none yet, or one that does nothing. */
static enum status
read_char(struct pad *p, char *out, struct diag *d)
{
	const uint8_t *key = p->s->key;
	enum status rc;

	*out = 0;
	p->s->key[0] = p->ahead;
	p->ahead = 0;
	if (*key == 0)
		TRY(tty_key(p->t, LOOK_MS, p->s->key, d));
	if (*key == 0 && measure(p))
		TRY(draw_row_below(p, d));
	if (*key == KEY_ESCAPE)
		TRY(drop_sequence(p, d));
	else if (*key >= 0x80)
		TRY(read_foreign(p, out, d));
	else
		*out = (char)*key;
	if (*out >= 'A' && *out <= 'Z')
		*out = (char)(*out | 0x20);
out:
	return rc;
}

/* --- what is told --- */

/* Below the row; then the row again, for the same word. */
static enum status PRINTF_LIKE(3, 4)
say(struct pad *p, struct diag *d, const char *fmt, ...)
{
	char text[160];
	enum status rc;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->len = 0;
	p->over = false;
	TRY(tty_say(p->t, d, "\n\n  %s\n\n", text));
	/* what follows in a paste is about other words now */
	TRY(drop_rest(p, QUIET_MS, d));
	TRY(draw_row(p, d));
out:
	return rc;
}

static enum status
say_next(struct pad *p, struct diag *d)
{
	if (p->n == p->ask->n)
		return say(p, d, "All %zu words are there, and more are not "
		    "taken. Press Enter to go on,\n  or Backspace to take the "
		    "last one back.", p->ask->n);
	return say(p, d, "%zu of %zu words are there, and word %u comes next.",
	    p->n, p->ask->n, number_of(p, p->n));
}

static enum status
help(struct pad *p, struct diag *d)
{
	const struct pad_ask *a = p->ask;
	enum status rc;

	TRY(tty_say(p->t, d, "\n\n"
	    "  Type the words as they stand on the sheet, a blank or Enter "
	    "behind each.\n"
	    "  Four letters of a word are enough: the rest appears by itself. "
	    "Capitals, line\n"
	    "  breaks and the numbers in front of the words do no harm.\n\n"
	    "    back      take the last word back; so does Backspace, and "
	    "Ctrl-U the row\n"));
	if (a->show)
		TRY(tty_say(p->t, d, "    show      see the sheet again, then "
		    "begin anew\n"));
	if (a->scan)
		TRY(tty_say(p->t, d, "    code      scan the sheet's QR code "
		    "instead\n"));
	if (a->give_up != NULL)
		TRY(tty_say(p->t, d, "    give up   end the ceremony; you are "
		    "asked once more\n"));
	TRY(tty_say(p->t, d, "    Ctrl-C    stop the program; the same command "
	    "goes on later%s\n\n", a->anew ? ", with new sheets" : ""));
	p->len = 0;
	TRY(draw_row(p, d));
out:
	return rc;
}

static enum status
give_up(struct pad *p, struct diag *d)
{
	struct bytes typed = { 0 };
	enum status rc;

	TRY(tty_say(p->t, d, "\n\n  %s\n", p->ask->give_up));
	TRY(drop_rest(p, QUIET_MS, d));
	do
		TRY(tty_ask(p->t, "  Enter \"yes\" to give up, or \"no\" to go "
		    "on: ", 16, &typed, d));
	while (strcmp((const char *)typed.data, "yes") != 0 &&
	    strcmp((const char *)typed.data, "no") != 0);
	p->done = strcmp((const char *)typed.data, "yes") == 0;
	p->gave = FRONT_GIVE_UP;
	p->len = 0;
	if (!p->done)
		TRY(draw_row_below(p, d));
out:
	bytes_free(&typed);
	return rc;
}

/* --- what was typed --- */

/* The last word is typed again. */
static enum status
take_back(struct pad *p, size_t n, struct diag *d)
{
	const size_t row = row_start(p);

	p->len = 0;
	p->over = false;
	p->n -= n;
	return row_start(p) < row ? draw_row_below(p, d) : draw_row(p, d);
}

static enum status
back(struct pad *p, struct diag *d)
{
	return take_back(p, p->n > 0, d);
}

static enum status
back_row(struct pad *p, struct diag *d)
{
	const size_t in_row = p->n - row_start(p);

	if (in_row == 0 && p->len == 0 && p->n > 0)
		return take_back(p, p->in_row, d);
	return take_back(p, in_row, d);
}

static enum status
wants_show(struct pad *p, struct diag *d)
{
	(void)d;
	p->gave = FRONT_SHOW;
	p->done = true;
	return ST_OK;
}

static enum status
wants_scan(struct pad *p, struct diag *d)
{
	(void)d;
	p->gave = FRONT_SCANNED;
	p->done = true;
	return ST_OK;
}

/* No four letters of these begin a word of the list. */
static const struct command {
	const char *word;
	enum status (*act)(struct pad *p, struct diag *d);
} commands[] = {
	{ "?", help },
	{ "back", back },
	{ "show", wants_show },
	{ "code", wants_scan },
	{ "give up", give_up },
};

static bool
is_typed(const struct pad *p, const char *word)
{
	return !p->over && p->len == strlen(word) &&
	    memcmp(p->s->typed, word, p->len) == 0;
}

static const struct command *
find_command(const struct pad *p)
{
	const struct command *c = commands;

	for (; c < commands + sizeof(commands) / sizeof(commands[0]); c++) {
		if (is_typed(p, c->word))
			return c;
	}
	return NULL;
}

static enum status
obey(struct pad *p, const struct command *c, struct diag *d)
{
	if ((c->act == wants_show && !p->ask->show) ||
	    (c->act == wants_scan && !p->ask->scan) ||
	    (c->act == give_up && p->ask->give_up == NULL))
		return say(p, d, "\"%s\" is of no use here.", c->word);
	return c->act(p, d);
}

static bool
all_between(const struct pad *p, char from, char to)
{
	for (size_t i = 0; i < p->len; i++) {
		if (p->s->typed[i] < from || p->s->typed[i] > to)
			return false;
	}
	return true;
}

/* The number in front of a word, as the sheet has it. */
static enum status
take_number(struct pad *p, struct diag *d)
{
	const unsigned want = p->n == p->ask->n ? 0 : number_of(p, p->n);
	unsigned is = 0;

	for (size_t i = 0; i < p->len && is < 1000; i++)
		is = is * 10 + p->s->typed[i] - '0';
	if (p->over || is != want)
		return say(p, d, "That was another number: word %u comes next.",
		    want);
	p->len = 0;
	return draw_typed(p, d);
}

static enum status
refuse(struct pad *p, struct diag *d)
{
	const unsigned number = number_of(p, p->n);

	if (!all_between(p, 'a', 'z'))
		return say(p, d, "Word %u: a character was typed that is no "
		    "letter from a to z. Type it again.", number);
	if (!p->over && p->len < SLIP39_WORD_MIN)
		return say(p, d, "Word %u: the first four letters are needed. "
		    "Type it again.", number);
	return say(p, d, "Word %u is not of the list of words. Type it again.",
	    number);
}

static enum status
take_word(struct pad *p, struct diag *d)
{
	const uint32_t found = look_up(p);

	if (found == 0)
		return refuse(p, d);
	p->s->word[p->n] = (uint16_t)(found - 1);
	add_times(p, '\b', p->column);
	add_word(p, p->n++);
	p->len = p->column = 0;
	if (p->n == row_start(p))
		add_text(p, "\n\r");
	add_number(p, p->n);
	return paint(p, d);
}

/* Enter where no word was begun: the end, or, in a paste, nothing. */
static enum status
empty_line(struct pad *p, struct diag *d)
{
	enum status rc;

	p->gave = FRONT_TYPED;
	p->done = p->n == p->ask->n;
	if (p->done)
		return ST_OK;
	TRY(tty_key(p->t, QUIET_MS, p->s->key, d));
	p->ahead = p->s->key[0];
	if (p->ahead == 0)
		TRY(say_next(p, d));
out:
	return rc;
}

/* A blank or Enter: a word is there, or something else. */
static enum status
end_word(struct pad *p, bool enter, struct diag *d)
{
	const struct command *c;
	enum status rc = ST_OK;

	if (p->len == 0)
		return enter ? empty_line(p, d) : ST_OK;
	if (!enter && is_typed(p, "give")) {
		p->s->typed[p->len++] = ' ';
		return draw_typed(p, d);
	}
	if ((c = find_command(p)) != NULL)
		return obey(p, c, d);
	if (all_between(p, '0', '9'))
		return take_number(p, d);
	if (p->n == p->ask->n)
		return say_next(p, d);
	TRY(take_word(p, d));
	if (p->n == p->ask->n)
		rc = enter ? empty_line(p, d) : say_next(p, d);
out:
	return rc;
}

static enum status
rub_out(struct pad *p, struct diag *d)
{
	if (p->len == 0)
		return back(p, d);
	p->len--;
	p->over = false;
	return draw_typed(p, d);
}

static enum status
take_letter(struct pad *p, char c, struct diag *d)
{
	if (p->len == TYPED_MAX) {
		p->over = true;
		return ST_OK;
	}
	p->s->typed[p->len++] = (uint8_t)c;
	return draw_typed(p, d);
}

static enum status
take_char(struct pad *p, char c, struct diag *d)
{
	switch (c) {
	case '\n':
	case '\r':
		return end_word(p, true, d);
	case ' ':
	case '\t':
	case ',':
	case '.':
	case ':':
	case ';':
	case ')':
		return end_word(p, false, d);
	case KEY_BACK:
	case KEY_DELETE:
		return rub_out(p, d);
	case KEY_WORD:
		return p->len > 0 ? take_back(p, 0, d) : back(p, d);
	case KEY_ROW:
		return back_row(p, d);
	case KEY_END:
		if (p->len == 0)
			return diag_set(d, ST_USAGE, "end of input at the "
			    "terminal");
		return ST_OK;
	case '?':
		if (p->len == 0)
			return help(p, d);
		break;
	}
	/* other keys that are no characters do nothing */
	return c > ' ' ? take_letter(p, c, d) : ST_OK;
}

/* --- all of it --- */

static enum status
spell_out(struct pad *p, struct secret **out, struct diag *d)
{
	struct secret *text = NULL;
	uint8_t *at;
	enum status rc;

	TRY(secret_new(p->n * (SLIP39_WORD_MAX + 1), &text, d));
	at = secret_bytes(text);
	for (size_t i = 0; i < p->n; i++) {
		slip39_words_pick(p->s->word[i], p->s->spelt);
		if (i > 0)
			*at++ = ' ';
		memcpy(at, p->s->spelt, strlen(p->s->spelt));
		at += strlen(p->s->spelt);
	}
	TRY(secret_new((size_t)(at - secret_peek(text)), out, d));
	memcpy(secret_bytes(*out), secret_peek(text), secret_len(*out));
out:
	secret_free(text);
	return rc;
}

enum status
pad_ask(struct tty *t, const struct pad_ask *ask, enum front_gave *gave,
    struct secret **out, struct diag *d)
{
	struct pad p = { .t = t, .ask = ask };
	struct secret *hold = NULL;
	enum status rc;
	char c;

	*out = NULL;
	TRY(secret_new(sizeof(*p.s), &hold, d));
	p.s = (void *)secret_bytes(hold);
	measure(&p);
	/* what came before there was a question is no answer */
	TRY(drop_rest(&p, 0, d));
	TRY(tty_say(t, d, "\n%s\nEnter \"?\" for help%s%s.\n\n", ask->title,
	    ask->show ? ", \"show\" to see the sheet again" : "",
	    ask->scan ? ", \"code\" to scan its code" : ""));
	TRY(draw_row(&p, d));
	while (!p.done) {
		TRY(read_char(&p, &c, d));
		if (c != 0)
			TRY(take_char(&p, c, d));
	}
	TRY(tty_say(t, d, "\n"));
	*gave = p.gave;
	if (p.gave == FRONT_TYPED)
		TRY(spell_out(&p, out, d));
out:
	secret_free(hold);
	return rc;
}
