/* see pad_row.h
 *
 * Nothing is ever placed by row and column, so that a window may be resized at
 * any time. */
#include <stdio.h>
#include <string.h>

#include "cmd/pad_row.h"

#define CELL 17 /* columns: number, word, blanks; as on the sheet */
#define WORD_WIDTH 10
#define ROW_WORDS 4 /* as on the sheet */

static void
add(struct pad *p, const char *text, size_t len)
{
	/* a row has at most 4 cells and a few escapes */
	if (len > PAD_PAINT_MAX - p->painted)
		len = PAD_PAINT_MAX - p->painted;
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
	return tty_paint(p->keys.t, p->s->paint, n, d);
}

unsigned
pad_number(const struct pad *p, size_t i)
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
	snprintf(text, sizeof(text), "%5u  ", pad_number(p, i));
	add_text(p, text);
}

static void
add_word(struct pad *p, size_t i)
{
	slip39_words_pick(p->s->word[i], p->s->spelt);
	add_text(p, p->s->spelt);
	add_times(p, ' ', WORD_WIDTH - strlen(p->s->spelt));
}

uint32_t
pad_look_up(struct pad *p)
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
	const uint32_t found = pad_look_up(p);
	size_t rest = 0;
	char c;

	for (size_t i = 0; i < p->len; i++) {
		c = (char)p->s->typed[i];
		if (c == KEYS_FOREIGN)
			c = '?';
		add_times(p, c, 1);
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

enum status
pad_draw_typed(struct pad *p, struct diag *d)
{
	add_times(p, '\b', p->column);
	add_typed(p);
	return paint(p, d);
}

size_t
pad_row_start(const struct pad *p)
{
	const size_t in = p->n == p->ask->n ? p->n - 1 : p->n;

	return in - in % p->in_row;
}

static void
add_row(struct pad *p)
{
	add_text(p, "\r\033[K");
	for (size_t i = pad_row_start(p); i < p->n; i++) {
		add_number(p, i);
		add_word(p, i);
	}
	add_number(p, p->n);
	add_typed(p);
}

enum status
pad_draw_row(struct pad *p, struct diag *d)
{
	add_row(p);
	return paint(p, d);
}

enum status
pad_draw_row_below(struct pad *p, struct diag *d)
{
	add_text(p, "\n");
	return pad_draw_row(p, d);
}

bool
pad_measure(struct pad *p)
{
	unsigned cols, rows, fit = ROW_WORDS;
	bool changed;

	if (tty_window(p->keys.t, &cols, &rows, NULL) == ST_OK)
		fit = (cols - 1) / CELL;
	else
		cols = 0;
	changed = cols != p->cols;
	p->cols = cols;
	p->in_row = fit > ROW_WORDS ? ROW_WORDS : fit < 1 ? 1 : fit;
	return changed;
}

enum status
pad_draw_taken(struct pad *p, struct diag *d)
{
	add_times(p, '\b', p->column);
	add_word(p, p->n - 1);
	p->column = 0;
	if (p->n == pad_row_start(p))
		add_text(p, "\n\r");
	add_number(p, p->n);
	return paint(p, d);
}
