/* see pad.h: what was typed, and what comes of it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/pad_row.h"

#define LOOK_MS 250 /* how often the window is looked at */

/* What keys send. */
#define KEY_END 0x04  /* ^D */
#define KEY_BACK 0x08 /* ^H */
#define KEY_ROW 0x15  /* ^U */
#define KEY_WORD 0x17 /* ^W */
#define KEY_DELETE 0x7f

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
	TRY(tty_say(p->keys.t, d, "\n\n  %s\n\n", text));
	/* what follows in a paste is about other words now */
	TRY(keys_drop(&p->keys, KEYS_QUIET_MS, d));
	TRY(pad_draw_row(p, d));
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
	    p->n, p->ask->n, pad_number(p, p->n));
}

static enum status
give_up(struct pad *p, struct diag *d)
{
	struct bytes typed = { 0 };
	enum status rc;

	TRY(tty_say(p->keys.t, d, "\n\n  %s\n", p->ask->give_up));
	TRY(keys_drop(&p->keys, KEYS_QUIET_MS, d));
	do
		TRY(tty_ask(p->keys.t, "  Enter \"yes\" to give up, or \"no\" "
		    "to go on: ", 16, &typed, d));
	while (strcmp((const char *)typed.data, "yes") != 0 &&
	    strcmp((const char *)typed.data, "no") != 0);
	p->done = strcmp((const char *)typed.data, "yes") == 0;
	p->gave = FRONT_GIVE_UP;
	p->len = 0;
	if (!p->done)
		TRY(pad_draw_row_below(p, d));
out:
	bytes_free(&typed);
	return rc;
}

/* --- what was typed --- */

/* The last word is typed again. */
static enum status
take_back(struct pad *p, size_t n, struct diag *d)
{
	const size_t row = pad_row_start(p);

	p->len = 0;
	p->over = false;
	p->n -= n;
	return pad_row_start(p) < row ? pad_draw_row_below(p, d) :
					pad_draw_row(p, d);
}

static enum status
back(struct pad *p, struct diag *d)
{
	return take_back(p, p->n > 0, d);
}

static enum status
back_row(struct pad *p, struct diag *d)
{
	const size_t in_row = p->n - pad_row_start(p);

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

static enum status help(struct pad *p, struct diag *d);

/* What may be asked for, as bits. */
enum { ALWAYS = 1, SHOW = 2, SCAN = 4, GIVE_UP = 8 };

/* No four letters of these begin a word of the list. */
static const struct command {
	const char *word;
	enum status (*act)(struct pad *p, struct diag *d);
	unsigned if_offered;
	const char *does;
} commands[] = {
	{ "?", help, ALWAYS, NULL },
	{ "back", back, ALWAYS, "take the last word back; so does Backspace, "
	    "and Ctrl-U the row" },
	{ "show", wants_show, SHOW, "see the sheet again, then begin anew" },
	{ "code", wants_scan, SCAN, "scan the sheet's QR code instead" },
	{ "give up", give_up, GIVE_UP, "end the ceremony; you are asked once "
	    "more" },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static bool
is_offered(const struct pad_ask *a, const struct command *c)
{
	const unsigned offered = ALWAYS | (a->show ? SHOW : 0) |
	    (a->scan ? SCAN : 0) | (a->give_up != NULL ? GIVE_UP : 0);

	return (offered & c->if_offered) != 0;
}

static enum status
help(struct pad *p, struct diag *d)
{
	const struct pad_ask *a = p->ask;
	struct tty *t = p->keys.t;
	enum status rc;

	TRY(tty_say(t, d, "\n\n"
	    "  Type the words as they stand on the sheet, a blank or Enter "
	    "behind each.\n"
	    "  Four letters of a word are enough: the rest appears by itself. "
	    "Capitals, line\n"
	    "  breaks and the numbers in front of the words do no harm.\n\n"));
	for (const struct command *c = commands; c < commands + COMMANDS; c++) {
		if (c->does != NULL && is_offered(a, c))
			TRY(tty_say(t, d, "    %-8s  %s\n", c->word, c->does));
	}
	TRY(tty_say(t, d, "    Ctrl-C    stop the program; the same command "
	    "goes on later%s\n\n", a->anew ? ", with new sheets" : ""));
	p->len = 0;
	TRY(pad_draw_row(p, d));
out:
	return rc;
}

static bool
is_typed(const struct pad *p, const char *word)
{
	return !p->over && p->len == strlen(word) &&
	    memcmp(p->s->typed, word, p->len) == 0;
}

static const struct command *
find_command(const struct pad *p)
{
	for (const struct command *c = commands; c < commands + COMMANDS; c++) {
		if (is_typed(p, c->word))
			return c;
	}
	return NULL;
}

static enum status
obey(struct pad *p, const struct command *c, struct diag *d)
{
	if (!is_offered(p->ask, c))
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
	const unsigned want = p->n == p->ask->n ? 0 : pad_number(p, p->n);
	unsigned is = 0;

	for (size_t i = 0; i < p->len && is < 1000; i++)
		is = is * 10 + p->s->typed[i] - '0';
	if (p->over || is != want)
		return say(p, d, "That was another number: word %u comes next.",
		    want);
	p->len = 0;
	return pad_draw_typed(p, d);
}

static enum status
refuse(struct pad *p, struct diag *d)
{
	const unsigned number = pad_number(p, p->n);

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
	const uint32_t found = pad_look_up(p);

	if (found == 0)
		return refuse(p, d);
	p->s->word[p->n++] = (uint16_t)(found - 1);
	p->len = 0;
	return pad_draw_taken(p, d);
}

/* Enter where no word was begun: the end, or, in a paste, nothing. */
static enum status
empty_line(struct pad *p, struct diag *d)
{
	bool more = false;
	enum status rc;

	p->gave = FRONT_TYPED;
	p->done = p->n == p->ask->n;
	if (p->done)
		return ST_OK;
	TRY(keys_follow(&p->keys, &more, d));
	if (!more)
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
		return pad_draw_typed(p, d);
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
	return pad_draw_typed(p, d);
}

static enum status
take_letter(struct pad *p, char c, struct diag *d)
{
	if (p->len == PAD_TYPED_MAX) {
		p->over = true;
		return ST_OK;
	}
	p->s->typed[p->len++] = (uint8_t)c;
	return pad_draw_typed(p, d);
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
	struct pad p = { .ask = ask, .keys = { .t = t } };
	struct secret *hold = NULL;
	enum status rc;
	char c;

	*out = NULL;
	TRY(secret_new(sizeof(*p.s), &hold, d));
	p.s = (void *)secret_bytes(hold);
	p.keys.key = p.s->key;
	pad_measure(&p);
	/* what came before there was a question is no answer */
	TRY(keys_drop(&p.keys, 0, d));
	TRY(tty_say(t, d, "\n%s\nEnter \"?\" for help%s%s.\n\n", ask->title,
	    ask->show ? ", \"show\" to see the sheet again" : "",
	    ask->scan ? ", \"code\" to scan its code" : ""));
	TRY(pad_draw_row(&p, d));
	while (!p.done) {
		TRY(keys_next(&p.keys, LOOK_MS, &c, d));
		if (c != 0)
			TRY(take_char(&p, c, d));
		else if (pad_measure(&p))
			TRY(pad_draw_row_below(&p, d));
	}
	TRY(tty_say(t, d, "\n"));
	*gave = p.gave;
	if (p.gave == FRONT_TYPED)
		TRY(spell_out(&p, out, d));
out:
	secret_free(hold);
	return rc;
}
