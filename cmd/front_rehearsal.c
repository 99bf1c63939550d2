/* see front.h: a rehearsal's people are folders of paper, TEST only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/paper.h"
#include "cmd/front.h"
#include "cmd/printer.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

#define NOTES_MAX 9999
#define NAME_SIZE 160

struct desk {
	int paper, sheets; /* open folders */
	struct secret *sheet; /* the last one shown, as its holder has it */
	unsigned heads, others; /* notes written, by number */
};

static void
desk_free(void *cookie)
{
	struct desk *k = cookie;

	if (k == NULL)
		return;
	if (k->paper >= 0)
		close(k->paper);
	if (k->sheets >= 0)
		close(k->sheets);
	secret_free(k->sheet);
	free(k);
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	(void)why;
	return false; /* a rehearsal's answers do not change */
}

/* "the plan" is plan.words; "the head of the record" the newest head note. */
static enum status
read_words(struct desk *k, const char *name, size_t n, uint8_t *out,
    struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	TRY(file_read_at(k->paper, name, 4096, &text, d));
	if ((rc = words_read((const char *)text.data, n, out, d)) != ST_OK)
		diag_prefix(d, "paper/%s", name);
out:
	bytes_free(&text);
	return rc;
}

static void
note_name(const char *kind, unsigned i, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%.16s-%04u.words", kind, i);
}

static enum status
ask_words(const struct front *f, const char *what, size_t n, bool *none,
    uint8_t *out, struct diag *d)
{
	struct desk *k = f->cookie;
	char name[NAME_SIZE];
	unsigned i = 1;

	if (strcmp(what, "the plan") == 0)
		return read_words(k, "plan.words", n, out, d);
	for (note_name("head", i, name); file_exists_at(k->paper, name);)
		note_name("head", ++i, name);
	/* a note that a cut left half-written is no note */
	while (--i > 0) {
		note_name("head", i, name);
		if (read_words(k, name, n, out, NULL) == ST_OK)
			return ST_OK;
	}
	if (none == NULL)
		return diag_set(d, ST_USAGE, "no head is noted");
	*none = true;
	return ST_OK;
}

static enum status
note_words(const struct front *f, const char *what, size_t n,
    const uint8_t *digest, struct diag *d)
{
	const bool head = strncmp(what, "head", 4) == 0;
	struct desk *k = f->cookie;
	unsigned *last = head ? &k->heads : &k->others;
	struct bytes words = { 0 }, line = { 0 };
	char name[NAME_SIZE];
	enum status rc;

	TRY(words_text(digest, n, &words, d));
	TRY(text_format(&line, d, "%s\n", (const char *)words.data));
	do
		note_name(head ? "head" : "entropy", ++*last, name);
	while (file_exists_at(k->paper, name) && *last < NOTES_MAX);
	TRY(file_create_at(k->paper, name, line.data, line.len, d));
	fprintf(stderr, "        words of the %s are on paper\n", what);
out:
	bytes_free(&words);
	bytes_free(&line);
	return rc;
}

static enum status
confirm(const struct front *f, const char *question, struct diag *d)
{
	(void)f;
	(void)question;
	(void)d;
	return ST_OK;
}

/* The public digits of a rehearsal: every face, no pattern. */
static enum status
ask_dice(const struct front *f, const char *root, size_t min,
    struct secret **out, struct diag *d)
{
	uint32_t x = 2463534242u;
	enum status rc;

	(void)f;
	for (const char *c = root; *c != '\0'; c++)
		x = x * 31 + (uint8_t)*c;
	TRY(secret_new(min, out, d));
	for (size_t i = 0; i < min; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		secret_bytes(*out)[i] = (uint8_t)('1' + x % 6);
	}
out:
	return rc;
}

static void
sheet_name(const char *root, unsigned epoch, unsigned number,
    const char *holder, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s-e%u-sheet%02u-%s.txt", root, epoch,
	    number, holder);
}

static enum status
show_sheet(const struct front *f, const struct sheet_view *v, struct diag *d)
{
	struct desk *k = f->cookie;
	char name[NAME_SIZE];
	enum status rc;

	if (!v->test)
		FAIL(d, ST_BUG, "a real sheet in a rehearsal");
	secret_free(k->sheet);
	k->sheet = NULL;
	TRY(paper_sheet(v, &k->sheet, d));
	sheet_name(v->set->root, v->set->epoch, v->sheet->number,
	    v->sheet->holder, name);
	TRY(file_create_at(k->sheets, name, secret_peek(k->sheet),
	    secret_len(k->sheet), d));
	if (f->printer != NULL)
		TRY(printer_write(f->printer, v, name, d));
out:
	return rc;
}

/* The holder reads what stands on the sheet that was written. */
static enum status
read_back(const struct front *f, const struct sheet_view *v,
    struct secret **out, struct diag *d)
{
	struct desk *k = f->cookie;
	struct secret *share[1] = { NULL }, *text = NULL;
	char name[NAME_SIZE];
	enum status rc;
	size_t n = 0;

	sheet_name(v->set->root, v->set->epoch, v->sheet->number,
	    v->sheet->holder, name);
	TRY(file_read_secret_at(k->sheets, name, PAPER_SHEET_MAX, &text, d));
	TRY(paper_shares(text, share, 1, &n, d));
	*out = share[0];
out:
	secret_free(text);
	return rc;
}

/* Whether a file in sheets/ is the text of one of ${root}, and of which
 * epoch. */
static bool
is_sheet_of(const char *name, const char *root, unsigned *epoch)
{
	const char *ending = strrchr(name, '.');
	const size_t len = strlen(root);
	char *end;

	if (strncmp(name, root, len) != 0 ||
	    strncmp(name + len, "-e", 2) != 0 || ending == NULL ||
	    strcmp(ending, ".txt") != 0)
		return false;
	*epoch = (unsigned)strtoul(name + len + 2, &end, 10);
	return strncmp(end, "-sheet", 6) == 0;
}

/* The next holder comes: sheets of the newest epoch, by name. */
static enum status
ask_share(const struct front *f, const char *root, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	struct desk *k = f->cookie;
	struct secret *share[1] = { NULL }, *text = NULL;
	unsigned epoch, newest = 0;
	char **names = NULL;
	const char *sheet = NULL;
	size_t n = 0, shares = 0, at = 0;
	enum status rc;

	(void)missing;
	TRY(file_list_at(k->sheets, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		if (is_sheet_of(names[i], root, &epoch) && epoch > newest)
			newest = epoch;
	}
	for (size_t i = 0; i < n && sheet == NULL; i++) {
		if (is_sheet_of(names[i], root, &epoch) && epoch == newest &&
		    at++ == nth)
			sheet = names[i];
	}
	if (sheet == NULL)
		FAIL(d, ST_AUTH, "no more sheets of root %s", root);
	TRY(file_read_secret_at(k->sheets, sheet, PAPER_SHEET_MAX, &text, d));
	TRY(paper_shares(text, share, 1, &shares, d));
	*out = share[0];
out:
	secret_free(text);
	file_list_free(names, n);
	return rc;
}

static const struct front rehearsing = {
	.tell = front_tell,
	.progress = front_progress,
	.refused = refused,
	.ask_words = ask_words,
	.note_words = note_words,
	.confirm = confirm,
	.ask_dice = ask_dice,
	.show_sheet = show_sheet,
	.print_sheet = show_sheet,
	.read_back = read_back,
	.ask_share = ask_share,
	.how = "rehearsed",
	.free = desk_free,
};

/* TEST sheets as they would be printed, where the room has a place for them.  A
 * machine that cannot draw can rehearse what is written by hand. */
static void
add_printer(struct front *f, const struct room *room)
{
	struct printer *p = NULL;
	struct diag why = { 0 };

	if (room->print[0] == '\0')
		return;
	if (printer_open(room->print, false, &p, &why) != ST_OK)
		fprintf(stderr, "no sheet is drawn as a PDF file: %s\n",
		    why.text);
	f->printer = p;
}

enum status
front_rehearsal(const struct room *room, struct front **out, struct diag *d)
{
	struct desk *k = NULL;
	enum status rc;

	if (room->paper[0] == '\0' || room->sheets[0] == '\0')
		FAIL(d, ST_USAGE, "a rehearsal's room names paper and sheets");
	if ((k = calloc(1, sizeof(*k))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	k->paper = k->sheets = -1;
	TRY(file_open_dir(room->paper, false, &k->paper, d));
	TRY(file_open_dir(room->sheets, false, &k->sheets, d));
	TRY(front_new(&rehearsing, k, out, d));
	k = NULL;
	add_printer(*out, room);
out:
	desk_free(k);
	return rc;
}
