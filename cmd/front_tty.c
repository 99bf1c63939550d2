/* see front.h: people at the controlling terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/hands.h"
#include "ceremony/paper.h"
#include "cmd/front.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/words.h"

#define LINE_WORDS 8 /* typed in one line */
#define WORDS_LINE_MAX 160
#define DICE_MAX 1024
#define PASSPHRASE_MAX 1024 /* bytes */
#define WAY_MAX 16  /* bytes, as the next */
#define DIR_MAX 512

static struct tty *
tty_of(const struct front *f)
{
	return f->cookie;
}

static void
close_tty(void *cookie)
{
	tty_close(cookie);
}

static void
tell(const struct front *f, const char *text)
{
	/* what cannot be shown is found at the next question */
	if (tty_say(tty_of(f), NULL, "\n%s\n", text) != ST_OK)
		return;
}

static void
progress(const struct front *f, size_t i, size_t n, const char *text)
{
	/* what cannot be shown is found at the next question */
	if (tty_say(tty_of(f), NULL, "\nStep %zu of %zu: %s\n", i, n, text) !=
	    ST_OK)
		return;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	return tty_say(tty_of(f), NULL, "\n  Refused: %s.\n  Try again.\n",
	    why->text) == ST_OK;
}

/* Words that are asked for, line by line. */
struct asked {
	const char *what;
	size_t n;
	bool *none; /* as front.h's ask_words has it */
	uint8_t *out;
};

/* One line, or "none" as the first. */
static enum status
read_line(const struct asked *a, size_t line, const char *typed,
    struct diag *d)
{
	const size_t first = line * LINE_WORDS;

	if (line > 0 || strcmp(typed, "none") != 0)
		return words_read_line(typed, first, LINE_WORDS,
		    a->out + first, d);
	if (a->none == NULL)
		return diag_set(d, ST_POLICY, "there always are words of %s",
		    a->what);
	*a->none = true;
	return ST_OK;
}

/* Judged when it ends, and asked for alone until it holds. */
static enum status
ask_line(const struct front *f, const struct asked *a, size_t line,
    struct diag *d)
{
	struct bytes typed = { 0 };
	struct diag why = { 0 };
	char prompt[96];
	enum status rc;

	snprintf(prompt, sizeof(prompt), "  words %zu to %zu of %zu: ",
	    line * LINE_WORDS + 1, (line + 1) * LINE_WORDS, a->n);
	for (;;) {
		TRY(tty_ask(tty_of(f), prompt, WORDS_LINE_MAX, &typed, d));
		diag_clear(&why);
		rc = read_line(a, line, (const char *)typed.data, &why);
		if (rc == ST_OK)
			break;
		if (!refused(f, &why))
			FAIL(d, ST_SYSTEM, "the terminal is gone");
	}
out:
	bytes_free(&typed);
	return rc;
}

static enum status
ask_words(const struct front *f, const char *what, size_t n, bool *none,
    uint8_t *out, struct diag *d)
{
	const struct asked a = { what, n, none, out };
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nEnter the %zu words of %s, as they stand "
	    "on paper,\n%d to a line; four letters of a word are enough, or "
	    "more where several\nwords begin so.%s\n", n, what, LINE_WORDS,
	    none == NULL ? "" : " Enter \"none\" if there are none."));
	for (size_t i = 0; i < n / LINE_WORDS; i++) {
		TRY(ask_line(f, &a, i, d));
		if (none != NULL && *none)
			break;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
note_words(const struct front *f, const char *what, size_t n,
    const uint8_t *digest, struct diag *d)
{
	struct bytes words = { 0 };
	const char *at;
	enum status rc;
	int len;

	TRY(words_text(digest, n, &words, d));
	TRY(tty_say(tty_of(f), d, "\nWrite on paper the words of the %s:\n",
	    what));
	at = (const char *)words.data;
	for (size_t i = 0; i < n; i++) {
		len = (int)strcspn(at, " ");
		TRY(tty_say(tty_of(f), d, "%s%-14.*s", i % WORDS_LINE == 0 ?
		    "\n   " : " ", len, at));
		at += len + (at[len] == ' ');
	}
	TRY(tty_say(tty_of(f), d, "\n\n"));
	TRY(tty_wait(tty_of(f), "Press Enter when they are written. ", d));
out:
	bytes_free(&words);
	return rc;
}

static enum status
confirm(const struct front *f, const char *question, struct diag *d)
{
	struct bytes typed = { 0 };
	enum status rc;

	for (;;) {
		TRY(tty_say(tty_of(f), d, "\n%s\n", question));
		TRY(tty_ask(tty_of(f), "Enter \"yes\" or \"no\": ", 16,
		    &typed, d));
		if (strcmp((const char *)typed.data, "yes") == 0)
			break;
		if (strcmp((const char *)typed.data, "no") == 0)
			FAIL(d, ST_POLICY, "the answer was no: %s", question);
	}
out:
	bytes_free(&typed);
	return rc;
}

static enum status
ask_dice(const struct front *f, const char *root, size_t min,
    struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nRoll dice for root %s: at least %zu "
	    "rolls, digits 1 to 6, one line, no blanks.\nThey are not shown "
	    "and not kept: to compute the ceremony again, write them\non "
	    "paper as they fall, and type them from there.\n", root, min));
	TRY(tty_ask_secret(tty_of(f), "  rolls: ", DICE_MAX, false, out, d));
out:
	return rc;
}

/* Whatever came of it (^C too), nothing secret stays on the screen. */
static enum status
wiped(const struct front *f, enum status rc, struct diag *d)
{
	const enum status wipe = tty_wipe(tty_of(f), rc == ST_OK ? d : NULL);

	return rc == ST_OK ? wipe : rc;
}

static enum status
show_sheet(const struct front *f, const struct sheet_view *v, struct diag *d)
{
	struct secret *text = NULL;
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nSheet %u of %zu is for %s. Everybody "
	    "else looks away.\n", v->sheet->number, v->set->n,
	    v->sheet->holder));
	TRY(tty_wait(tty_of(f), "Press Enter when only the holder sees the "
	    "screen. ", d));
	TRY(paper_screen(v, &text, d));
	TRY(tty_wipe(tty_of(f), d));
	if ((rc = tty_say_secret(tty_of(f), text, d)) == ST_OK)
		rc = tty_wait(tty_of(f), "\nWrite it all on the sheet, then "
		    "press Enter: the screen is wiped. ", d);
	TRY(wiped(f, rc, d));
out:
	secret_free(text);
	return rc;
}

static enum status
read_back(const struct front *f, const struct sheet_view *v,
    struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nSheet %u of %zu, %s: enter all its words "
	    "from the paper, in one line;\nfour letters of a word are "
	    "enough. Enter \"" HANDS_SHOW "\" to see the sheet again.\n",
	    v->sheet->number, v->set->n, v->sheet->holder));
	rc = tty_ask_secret(tty_of(f), "  words: ", SLIP39_TEXT_MAX, true, out,
	    d);
	TRY(wiped(f, rc, d));
out:
	return rc;
}

static enum status
ask_share(const struct front *f, const char *root, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	enum status rc;

	(void)nth;
	TRY(tty_say(tty_of(f), d, "\nRoot %s is opened by its holders: %s so "
	    "far.\nThe next holder enters all words of the sheet, in one "
	    "line;\nfour letters of a word are enough.\n", root, missing));
	rc = tty_ask_secret(tty_of(f), "  words: ", SLIP39_TEXT_MAX, true, out,
	    d);
	TRY(wiped(f, rc, d));
out:
	return rc;
}

static enum status
ask_file_passphrase(const struct front *f, const char *name,
    struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nThe key in %s is encrypted. Whoever has "
	    "its passphrase enters it;\nit is not shown.\n", name));
	rc = tty_ask_secret(tty_of(f), "  passphrase of the file: ",
	    PASSPHRASE_MAX, false, out, d);
	TRY(wiped(f, rc, d));
out:
	return rc;
}

/* The words that are asked for, and what they mean. */
static const struct {
	const char *word;
	enum front_way way;
} ways[] = {
	{ "codes", FRONT_CODES },
	{ "stick", FRONT_STICK },
	{ "done", FRONT_DONE },
};
#define NWAYS (sizeof(ways) / sizeof(ways[0]))

static enum status
ask_way(const struct front *f, const char *what, enum front_way *way,
    struct bytes *dir, struct diag *d)
{
	struct bytes typed = { 0 };
	size_t i = NWAYS;
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\n%s\n", what));
	while (i == NWAYS) {
		TRY(tty_ask(tty_of(f), "Enter \"codes\" to show it to a "
		    "camera, \"stick\" to write it on one, or \"done\": ",
		    WAY_MAX, &typed, d));
		for (i = 0; i < NWAYS; i++) {
			if (strcmp((const char *)typed.data,
			    ways[i].word) == 0)
				break;
		}
		if (i == NWAYS)
			TRY(tty_say(tty_of(f), d, "That is none of these "
			    "words.\n"));
	}
	*way = ways[i].way;
	if (*way == FRONT_STICK)
		TRY(tty_ask(tty_of(f), "The folder where the stick is "
		    "mounted: ", DIR_MAX, dir, d));
out:
	bytes_free(&typed);
	return rc;
}

static const struct front typing = {
	.tell = tell,
	.progress = progress,
	.refused = refused,
	.ask_words = ask_words,
	.note_words = note_words,
	.confirm = confirm,
	.ask_dice = ask_dice,
	.show_sheet = show_sheet,
	.read_back = read_back,
	.ask_share = ask_share,
	.ask_file_passphrase = ask_file_passphrase,
	.ask_way = ask_way,
	.how = "typed",
	.free = close_tty,
};

enum status
front_tty(struct front **out, struct diag *d)
{
	struct tty *t = NULL;
	enum status rc;

	TRY(tty_open("/dev/tty", &t, d));
	/* a program that was killed may have left a sheet on the screen */
	TRY(tty_wipe(t, d));
	TRY(front_new(&typing, t, out, d));
	t = NULL;
out:
	tty_close(t);
	return rc;
}
