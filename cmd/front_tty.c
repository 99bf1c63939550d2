/* see front.h: people at the controlling terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/paper.h"
#include "cmd/front.h"
#include "cmd/pad.h"
#include "cmd/sheet_scan.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/words.h"

#define LINE_WORDS 8 /* typed in one line */
#define WORDS_LINE_MAX 160
#define PEOPLE_LINE_MAX 1024
#define WAY_MAX 16  /* bytes, as the next */
#define DIR_MAX 512
#define TEXT_MAX 80 /* what stands on a bag, and a slip */

struct desk {
	struct tty *tty;
	struct sheet_scan *scan; /* or NULL */
};

static struct tty *
tty_of(const struct front *f)
{
	const struct desk *k = f->cookie;

	return k->tty;
}

static void
desk_free(void *cookie)
{
	struct desk *k = cookie;

	if (k == NULL)
		return;
	sheet_scan_close(k->scan);
	tty_close(k->tty);
	free(k);
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

/* Blanks of other scripts become ours, as many as they have bytes. */
static void
fold_blanks(struct bytes *typed)
{
	uint32_t c;
	size_t n;

	for (size_t at = 0; at < typed->len; at += n == 0 ? 1 : n) {
		n = text_scalar(typed->data + at, typed->len - at, &c);
		if (n > 0 && text_is_blank(c))
			memset(typed->data + at, ' ', n);
	}
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
		fold_blanks(&typed);
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

/* "a", "b" or "c": what can be entered. */
static enum status
say_words(const struct front *f, const char *const *word, size_t n,
    struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < n && rc == ST_OK; i++)
		rc = tty_say(tty_of(f), d, "%s\"%s\"", i == 0 ? "Enter " :
		    i + 1 < n ? ", " : " or ", word[i]);
	return rc;
}

/* Whoever was refused may type the words of a sheet here, all of them even:
 * they are in locked memory, and what is none of ${word} leaves the screen. */
static enum status
ask_one(const struct front *f, const char *question, const char *const *word,
    size_t n, size_t usual, size_t *out, struct diag *d)
{
	struct secret *typed = NULL;
	enum status rc;

	(void)usual; /* people say what is so */
	for (;;) {
		TRY(tty_say(tty_of(f), d, "\n%s\n", question));
		TRY(say_words(f, word, n, d));
		TRY(tty_ask_secret(tty_of(f), ": ", TTY_SECRET_MAX, true,
		    &typed, d));
		for (*out = 0; *out < n; ++*out) {
			if (secret_len(typed) == strlen(word[*out]) &&
			    memcmp(secret_peek(typed), word[*out],
			    secret_len(typed)) == 0)
				goto out;
		}
		secret_free(typed);
		typed = NULL;
		TRY(tty_wipe(tty_of(f), d));
		TRY(tty_say(tty_of(f), d, "That is none of these words.\n"));
	}
out:
	secret_free(typed);
	return rc;
}

/* Once, and 1 to 40 printable characters. */
static enum status
ask_once(const struct front *f, const char *prompt, struct bytes *typed,
    struct diag *d)
{
	enum status rc;

	for (;;) {
		TRY(tty_ask(tty_of(f), prompt, TEXT_MAX, typed, d));
		if (typed->len > 0 && typed->len < FRONT_TEXT_SIZE &&
		    text_escape(typed->data, typed->len, NULL, 0))
			break;
		TRY(tty_say(tty_of(f), d, "That is not 1 to %d plain "
		    "characters.\n", FRONT_TEXT_SIZE - 1));
	}
out:
	return rc;
}

static enum status
ask_text(const struct front *f, const char *what, bool known,
    char out[FRONT_TEXT_SIZE], struct diag *d)
{
	struct bytes first = { 0 }, again = { 0 };
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\nRead from the bag%s what stands on %s.\n",
	    known ? ", before it is opened," : "", what));
	for (;;) {
		TRY(ask_once(f, "  it says: ", &first, d));
		TRY(ask_once(f, "  and once more: ", &again, d));
		if (bytes_equal(&first, &again))
			break;
		TRY(tty_say(tty_of(f), d, "These two differ.\n"));
	}
	snprintf(out, FRONT_TEXT_SIZE, "%s", (const char *)first.data);
out:
	bytes_free(&first);
	bytes_free(&again);
	return rc;
}

/* What people add while they type it, line by line. */
struct added {
	const struct rng_people *kind;
	size_t min;
	struct secret *all; /* RNG_PEOPLE_MAX bytes */
	size_t n;
};

/* One line more; what is wrong with it costs this line and no other. */
static enum status
add_line(struct added *a, const struct secret *typed, struct diag *d)
{
	struct secret *taken = NULL;
	enum status rc;

	TRY(rng_people_take(a->kind, typed, a->n, &taken, d));
	if (secret_len(taken) > RNG_PEOPLE_MAX - a->n)
		FAIL(d, ST_FORMAT, "that would be more than %d %s",
		    RNG_PEOPLE_MAX, a->kind->many);
	memcpy(secret_bytes(a->all) + a->n, secret_peek(taken),
	    secret_len(taken));
	a->n += secret_len(taken);
out:
	secret_free(taken);
	return rc;
}

/* "  rolls: ", "  35 of 50 rolls: ", "  53 of 50 rolls; Enter alone ends: " */
static void
say_count(const struct added *a, char *prompt, size_t size)
{
	if (a->n == 0)
		snprintf(prompt, size, "  %s: ", a->kind->many);
	else
		snprintf(prompt, size, "  %zu of %zu %s%s: ", a->n, a->min,
		    a->kind->many, a->n < a->min ? "" :
		    "; Enter alone ends");
}

static enum status
add_lines(const struct front *f, struct added *a, struct diag *d)
{
	struct secret *typed = NULL;
	struct diag why = { 0 };
	char prompt[96];
	enum status rc;

	for (;;) {
		say_count(a, prompt, sizeof(prompt));
		if (a->n < a->min)
			TRY(tty_ask_secret(tty_of(f), prompt, PEOPLE_LINE_MAX,
			    false, &typed, d));
		else
			TRY(tty_more_secret(tty_of(f), prompt,
			    PEOPLE_LINE_MAX, &typed, d));
		if (typed == NULL)
			break;
		diag_clear(&why);
		rc = add_line(a, typed, &why);
		secret_free(typed);
		typed = NULL;
		if (rc != ST_OK && (rc == ST_SYSTEM || !refused(f, &why)))
			FAIL(d, rc, "%s", why.text);
	}
out:
	secret_free(typed);
	return rc;
}

static enum status
ask_people(const struct front *f, const struct rng_people *kind,
    const char *root, size_t min, struct secret **out, struct diag *d)
{
	struct added a = { .kind = kind, .min = min };
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\n%s for root %s: at least %zu %s, each %s."
	    "\nBlanks and line breaks do not count. What is typed is not shown "
	    "and not kept: to\ncompute the ceremony again, write it on paper "
	    "as it comes, and type it from there.\n", kind->how, root, min,
	    kind->many, kind->is));
	TRY(secret_new(RNG_PEOPLE_MAX, &a.all, d));
	TRY(add_lines(f, &a, d));
	TRY(secret_new(a.n, out, d));
	memcpy(secret_bytes(*out), secret_peek(a.all), a.n);
out:
	secret_free(a.all);
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

/* Words of a sheet; nothing of them stays on the screen. */
static enum status
ask_pad(const struct front *f, const struct pad_ask *ask,
    enum front_gave *gave, struct secret **out, struct diag *d)
{
	enum status rc;

	rc = pad_ask(tty_of(f), ask, gave, out, d);
	TRY(wiped(f, rc, d));
out:
	return rc;
}

/* Or the words in its code, where that is wanted and can be read. */
static enum status
ask_sheet(const struct front *f, struct pad_ask *ask, bool scan,
    enum front_gave *gave, struct secret **out, struct diag *d)
{
	const struct desk *k = f->cookie;
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		ask->scan = scan && sheet_scan_works(k->scan);
		TRY(ask_pad(f, ask, gave, out, d));
		if (*gave != FRONT_SCANNED)
			break;
		diag_clear(&why);
		rc = sheet_scan_take(k->scan, k->tty, out, &why);
		if (rc == ST_OK || rc == ST_USAGE)
			break;
		if (!refused(f, &why))
			FAIL(d, ST_SYSTEM, "the terminal is gone");
	}
	if (rc != ST_OK)
		FAIL(d, rc, "%s", why.text);
out:
	return rc;
}

/* What is good before stays good; nobody is to burn it. */
static enum status
say_give_up(const struct sheet_view *v, struct bytes *out, struct diag *d)
{
	const char *root = v->set->root;

	if (v->live == NULL)
		return text_format(out, d, "Giving up ends the ceremony: the "
		    "seed is destroyed, and every sheet of\n  root %s that "
		    "was written is void.", root);
	if (v->live->epoch == v->set->epoch)
		return text_format(out, d, "Giving up ends the ceremony. All "
		    "sheets of root %s, epoch %u, stay good;\n  this copy is "
		    "out of control until it is burnt.", root, v->set->epoch);
	return text_format(out, d, "Giving up ends the ceremony: every sheet "
	    "of root %s, epoch %u, that was\n  written is void. Those of "
	    "epoch %u stay good: burn none of them.", root, v->set->epoch,
	    v->live->epoch);
}

static enum status
read_back(const struct front *f, const struct sheet_view *v,
    const uint8_t *number, size_t n, enum front_gave *gave,
    struct secret **out, struct diag *d)
{
	struct pad_ask ask = { .number = number, .n = n > 0 ? n : SHEET_WORDS,
		.show = n == 0 && !v->alone };
	struct bytes title = { 0 }, give_up = { 0 };
	enum status rc;

	TRY(text_format(&title, d, "Sheet %u of %zu, %s: enter %s from the "
	    "paper.%s", v->sheet->number, v->set->n, v->sheet->holder, n > 0 ?
	    "the words of these numbers" : "all its words", v->alone ?
	    " Everybody else looks away." : ""));
	TRY(say_give_up(v, &give_up, d));
	ask.anew = !v->alone && (v->live == NULL ||
	    v->live->epoch != v->set->epoch);
	ask.title = (const char *)title.data;
	ask.give_up = v->alone ? NULL : (const char *)give_up.data;
	TRY(ask_sheet(f, &ask, n == 0, gave, out, d));
out:
	bytes_free(&title);
	bytes_free(&give_up);
	return rc;
}

static enum status
ask_share(const struct front *f, const struct sheet_set *set, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	struct pad_ask ask = { .n = SHEET_WORDS };
	struct bytes title = { 0 };
	enum front_gave gave;
	enum status rc;

	(void)nth;
	TRY(text_format(&title, d, "Root %s is opened by its holders: %s so "
	    "far.\nThe next holder enters all words of the sheet.",
	    set->root, missing));
	ask.title = (const char *)title.data;
	TRY(ask_sheet(f, &ask, true, &gave, out, d));
out:
	bytes_free(&title);
	return rc;
}

/* What is said before a passphrase is typed, around its root and its keeper. */
static const struct {
	const char *before, *between, *after;
	const char *prompt;
	bool slow; /* what follows takes its time */
} passes[] = {
	[PASS_NEW] = { "Root ", " gets a passphrase, and ", " keeps it: "
	    "everybody else looks away.\nWithout it no sheets open the root, "
	    "and nobody can replace it: forgotten, the root\nis lost. So "
	    "write it on paper first, to be sealed and kept apart from the "
	    "sheets.\nNothing of it is shown.", "  passphrase: ", false },
	[PASS_AGAIN] = { "The passphrase of root ", ", by ", " once more.",
	    "  again: ", true },
	[PASS_PROVE] = { "All sheets of root ", " are read back. Now ",
	    " enters the passphrase\nfrom the paper: it opens what they "
	    "gave.", "  passphrase: ", true },
	[PASS_OPEN] = { "The sheets of root ", " are there. Now ", " enters "
	    "its passphrase.\nNothing of it is shown.", "  passphrase: ",
	    true },
};

static enum status
ask_passphrase(const struct front *f, const struct pass_view *v,
    struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(tty_say(tty_of(f), d, "\n%s%s%s%s%s\n", passes[v->why].before,
	    v->root, passes[v->why].between, v->keeper,
	    passes[v->why].after));
	TRY(tty_ask_secret(tty_of(f), passes[v->why].prompt,
	    SLIP39_PASSPHRASE_MAX, false, out, d));
	if (passes[v->why].slow)
		TRY(tty_say(tty_of(f), d, "  It is stretched: that takes some "
		    "seconds.\n"));
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
	    SLIP39_PASSPHRASE_MAX, false, out, d);
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
	.ask_one = ask_one,
	.ask_text = ask_text,
	.ask_people = ask_people,
	.show_sheet = show_sheet,
	.read_back = read_back,
	.ask_share = ask_share,
	.ask_passphrase = ask_passphrase,
	.ask_file_passphrase = ask_file_passphrase,
	.ask_way = ask_way,
	.how = "typed",
	.free = desk_free,
};

enum status
front_tty(const struct room *room, struct front **out, struct diag *d)
{
	struct desk *k = NULL;
	enum status rc;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (room != NULL && room->scan[0] != '\0')
		TRY(sheet_scan_open(room->scan, !room_has_pictures(room),
		    &k->scan, d));
	TRY(tty_open("/dev/tty", &k->tty, d));
	/* a program that was killed may have left a sheet on the screen */
	TRY(tty_wipe(k->tty, d));
	TRY(front_new(&typing, k, out, d));
	k = NULL;
out:
	desk_free(k);
	return rc;
}
