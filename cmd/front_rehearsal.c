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

static enum status
ask_one(const struct front *f, const char *question, const char *const *word,
    size_t n, size_t usual, size_t *out, struct diag *d)
{
	(void)f;
	(void)question;
	(void)word;
	(void)n;
	(void)d;
	*out = usual;
	return ST_OK;
}

/* paper/bag-0001.txt: what it stands on, and what stands there. */
static enum status
read_number(struct desk *k, const char *name, const char *what,
    char out[FRONT_TEXT_SIZE], struct diag *d)
{
	struct bytes text = { 0 };
	const char *second;
	enum status rc;

	TRY(file_read_at(k->paper, name, 4096, &text, d));
	second = strchr((const char *)text.data, '\n');
	if (second == NULL || strlen(what) !=
	    (size_t)(second - (const char *)text.data) ||
	    strncmp((const char *)text.data, what, strlen(what)) != 0)
		FAIL(d, ST_FORMAT, "paper/%s: it is of another", name);
	snprintf(out, FRONT_TEXT_SIZE, "%.*s", (int)strcspn(second + 1, "\n"),
	    second + 1);
out:
	bytes_free(&text);
	return rc;
}

/* Bags and seals are numbered as they are used, in a rehearsal's own way. */
static enum status
ask_text(const struct front *f, const char *what, bool known,
    char out[FRONT_TEXT_SIZE], struct diag *d)
{
	struct desk *k = f->cookie;
	struct bytes text = { 0 };
	char name[NAME_SIZE];
	unsigned n = 0;
	enum status rc;

	do
		snprintf(name, sizeof(name), "bag-%04u.txt", ++n);
	while (file_exists_at(k->paper, name) && n < NOTES_MAX);
	for (unsigned i = n; known && i-- > 1;) {
		snprintf(name, sizeof(name), "bag-%04u.txt", i);
		if (read_number(k, name, what, out, NULL) == ST_OK)
			return ST_OK;
	}
	if (known)
		FAIL(d, ST_USAGE, "paper: nothing says what stands on %s",
		    what);
	snprintf(out, FRONT_TEXT_SIZE, "TEST-%04u", n);
	TRY(text_format(&text, d, "%s\n%s\n", what, out));
	TRY(file_create_at(k->paper, name, text.data, text.len, d));
out:
	bytes_free(&text);
	return rc;
}

/* What is public of a rehearsal's people: every face, no pattern. */
static enum status
ask_people(const struct front *f, const struct rng_people *kind,
    const char *root, size_t min, struct secret **out, struct diag *d)
{
	const char *alphabet = kind->alphabet == NULL ?
	    "etaoinshrdlucmfwypvbgkjqxz" : kind->alphabet;
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
		secret_bytes(*out)[i] = (uint8_t)alphabet[x %
		    strlen(alphabet)];
	}
out:
	return rc;
}

/* One that is written once more does not take the place of the first, and comes
 * behind it by name. */
static void
sheet_name(const struct sheet_view *v, unsigned copy, char name[NAME_SIZE])
{
	char more[16] = "";

	if (copy > 1)
		snprintf(more, sizeof(more), ".v%u", copy);
	snprintf(name, NAME_SIZE, "%s-e%u-sheet%02u-%s%s.txt", v->set->root,
	    v->set->epoch, v->sheet->number, v->sheet->holder, more);
}

/* How many copies of it lie there. */
static unsigned
count_copies(const struct desk *k, const struct sheet_view *v)
{
	char name[NAME_SIZE];
	unsigned n = 0;

	do
		sheet_name(v, n + 1, name);
	while (file_exists_at(k->sheets, name) && ++n < NOTES_MAX);
	return n;
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
	sheet_name(v, count_copies(k, v) + 1, name);
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
    const uint8_t *number, size_t n, enum front_gave *gave,
    struct secret **out, struct diag *d)
{
	struct desk *k = f->cookie;
	struct secret *share[1] = { NULL }, *text = NULL;
	char name[NAME_SIZE];
	enum status rc;
	size_t shares = 0;

	*out = NULL;
	(void)number;
	if (n != 0)
		FAIL(d, ST_BUG, "a rehearsal's sheets are not scanned");
	sheet_name(v, count_copies(k, v), name);
	TRY(file_read_secret_at(k->sheets, name, PAPER_SHEET_MAX, &text, d));
	TRY(paper_shares(text, share, 1, &shares, d));
	*out = share[0];
	*gave = FRONT_TYPED;
out:
	secret_free(text);
	return rc;
}

/* Whether two files are of one sheet: "g1-e1-sheet02-". */
static bool
is_copy(const char *name, const char *next, size_t begin)
{
	const size_t len = begin + strcspn(name + begin, "-") + 1;

	return strncmp(name, next, len) == 0;
}

/* The next holder comes: sheets of the set, by name; of one that is there twice
 * the last, for a cut may have torn the first. */
static enum status
ask_share(const struct front *f, const struct sheet_set *set, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	struct desk *k = f->cookie;
	struct secret *share[1] = { NULL }, *text = NULL;
	char **names = NULL, begin[NAME_SIZE];
	const char *sheet = NULL;
	size_t n = 0, shares = 0, at = 0;
	enum status rc;

	(void)missing;
	snprintf(begin, sizeof(begin), "%s-e%u-sheet", set->root, set->epoch);
	TRY(file_list_at(k->sheets, &names, &n, d));
	for (size_t i = 0; i < n && sheet == NULL; i++) {
		if (strncmp(names[i], begin, strlen(begin)) != 0 ||
		    (i + 1 < n && is_copy(names[i], names[i + 1],
		    strlen(begin))))
			continue;
		if (at++ == nth)
			sheet = names[i];
	}
	if (sheet == NULL)
		FAIL(d, ST_AUTH, "no more sheets of root %s", set->root);
	TRY(file_read_secret_at(k->sheets, sheet, PAPER_SHEET_MAX, &text, d));
	TRY(paper_shares(text, share, 1, &shares, d));
	*out = share[0];
out:
	secret_free(text);
	file_list_free(names, n);
	return rc;
}

/* As public as the seed (FORMATS 4.52). */
static enum status
ask_passphrase(const struct front *f, const struct pass_view *v,
    struct secret **out, struct diag *d)
{
	char text[NAME_SIZE];
	enum status rc;

	(void)f;
	snprintf(text, sizeof(text), "rehearsal passphrase of root %s",
	    v->root);
	TRY(secret_new(strlen(text), out, d));
	memcpy(secret_bytes(*out), text, strlen(text));
out:
	return rc;
}

/* paper/NAME.passphrase: its first line. */
static enum status
ask_file_passphrase(const struct front *f, const char *name,
    struct secret **out, struct diag *d)
{
	struct desk *k = f->cookie;
	struct secret *text = NULL;
	char file[NAME_SIZE];
	enum status rc;
	size_t len = 0;

	snprintf(file, sizeof(file), "%.64s.passphrase", name);
	TRY(file_read_secret_at(k->paper, file, 1024, &text, d));
	while (len < secret_len(text) && secret_peek(text)[len] != '\n')
		len++;
	if (len == 0)
		FAIL(d, ST_FORMAT, "paper/%s is empty", file);
	TRY(secret_new(len, out, d));
	memcpy(secret_bytes(*out), secret_peek(text), len);
out:
	secret_free(text);
	return rc;
}

static const struct front rehearsing = {
	.tell = front_tell,
	.progress = front_progress,
	.refused = refused,
	.ask_words = ask_words,
	.note_words = note_words,
	.confirm = confirm,
	.ask_one = ask_one,
	.ask_text = ask_text,
	.ask_people = ask_people,
	.show_sheet = show_sheet,
	.print_sheet = show_sheet,
	.read_back = read_back,
	.ask_share = ask_share,
	.ask_passphrase = ask_passphrase,
	.ask_file_passphrase = ask_file_passphrase,
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
	if (printer_open(room, false, &p, &why) != ST_OK)
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
