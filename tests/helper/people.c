/* people.c -- the people of a ceremony, at a terminal of their own.
 *
 *	people [OPTIONS] KEEP CMD [ARGS...]
 *
 * Runs CMD on a pseudo terminal, reads its prompts and answers them as people
 * with paper would.  What they write down lies in the folder KEEP and is there
 * for the next run: paper/head-NNNN.words, paper/system-NNNN.words,
 * paper/dice-NNNN.txt, paper/bag-NNNN.txt, sheets/ROOT-eEPOCH-sheetNN.txt.
 *
 *	--words FILE       the plan's words; of two, the first are typed first
 *	--head FILE        the head's words instead of the newest kept, likewise
 *	--dice FILE        what is added, a line for each root or several with an
 *	                   empty line behind, instead of rolling
 *	--passphrase TEXT  typed where one is asked for, each in turn, the last
 *	                   again and again
 *	--file-passphrase TEXT  of a key file, each in turn
 *	--mistake read-back   a wrong word in the first sheet that is read back
 *	--mistake early       Enter twice: the first sheet is wiped unwritten,
 *	                      and its holder asks for it once more
 *	--mistake words       a wrong word in the first words that are asked for
 *	--mistake line        the second line of words first ends too early
 *	--mistake bag         the first bag has the number of the last one again
 *	--mistake seal        the first seal that comes in is another one
 *	--mistake no          "no" where only "yes" goes on
 *	--mistake give-up     the first sheet that is read back is given up
 *	--answer WORD      to a choice of words, each in turn; else the first of
 *	                   them, or the next sheet that was not handed over
 *	--printed DIR      sheets are PDF files there: they are printed, seen by
 *	                   zbarimg, and kept as printed/NAME.pdf too
 *	--stop-after TEXT  kill CMD as soon as the terminal has shown TEXT
 *	--signal NUMBER    not by KILL but by this one
 *	--way WORD         how a parcel goes out, each in turn; then "done"
 *	--stick DIR        where the stick is mounted
 *	--label WORD       what is written on it
 *	--window CxR       the terminal has so many columns and rows
 *	--screen FILE      what the terminal holds at the end, scrolled back
 *	--shown FILE       all it ever showed
 *
 * Exit status: that of CMD; 97 wrong use, 98 CMD waits for something that
 * nobody understands, 99 a share is on the screen where none may be. */
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/tool.h"

#define SCREEN_MAX (1024 * 1024) /* bytes that a terminal holds */
#define LINE_SIZE 2048
#define PATH_SIZE 1200
#define FILES_MAX 8    /* of one option */
#define SHEETS_MAX 256
#define WAIT_MS 120000 /* for a prompt */
#define WORDS_IN_LINE 8
#define WIPE "\033[3J"

struct papers {
	const char *file[FILES_MAX];
	size_t n, used;
};

struct people {
	const char *keep;
	struct papers plan, head;
	struct papers ways, answers; /* words, and no files */
	struct papers passphrases; /* likewise */
	struct papers file_passphrases; /* likewise */
	const char *stick, *label, *printed;
	struct winsize window;
	const char *dice, *stop_after, *screen_file, *shown_file;
	bool slip_read_back, slip_words;
	bool slip_early, slip_line;
	bool slip_bag, slip_seal, says_no, gives_up;
	int signal;

	pid_t child;
	int tty;
	FILE *shown;
	char screen[SCREEN_MAX + 1];
	size_t len;
	size_t from; /* of the screen: what came since the last answer */

	char typing[LINE_SIZE]; /* words that are being typed, line by line */
	bool of_plan;		/* they are the plan's */
	size_t roots;		/* that dice were rolled for */
	size_t handed;		/* sheets handed over to open a root */
	char opening[64];
	char last[64 + 32]; /* sheet that was written, or is talked of */
	char number[64];    /* what stands on a bag, to be typed twice */
	char share[SHEETS_MAX][LINE_SIZE];
	size_t nshares;
};

static struct people all; /* too large for the stack */

static _Noreturn void
give_up(struct people *p, int code, const char *why)
{
	fprintf(stderr, "people: %s\n", why);
	if (p->child > 0)
		kill(p->child, SIGKILL);
	exit(code);
}

/* --- paper --- */

static void
read_text(struct people *p, const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		give_up(p, 97, path);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void
write_text(struct people *p, const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(text, 1, len, f) != len || fclose(f) != 0)
		give_up(p, 97, path);
}

/* The next free KEEP/paper/KIND-NNNN.ENDING; returns how many there are. */
static unsigned
note_path(const struct people *p, const char *kind, const char *ending,
    char out[PATH_SIZE])
{
	unsigned i = 0;

	do {
		snprintf(out, PATH_SIZE, "%s/paper/%s-%04u.%s", p->keep, kind,
		    ++i, ending);
	} while (access(out, F_OK) == 0);
	return i - 1;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Names in KEEP/sheets that begin so, in order. */
static size_t
list_sheets(const struct people *p, const char *begin,
    char names[SHEETS_MAX][256])
{
	char path[PATH_SIZE];
	struct dirent *e;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sheets", p->keep);
	if ((dir = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL && n < SHEETS_MAX) {
		if (e->d_name[0] != '.' &&
		    strncmp(e->d_name, begin, strlen(begin)) == 0)
			snprintf(names[n++], 256, "%s", e->d_name);
	}
	closedir(dir);
	qsort(names, n, 256, by_name);
	return n;
}

/* The line "share: ..." of a text. */
static bool
share_line(const char *text, char out[LINE_SIZE])
{
	const char *at = strstr(text, "share: ");

	if (at == NULL)
		return false;
	at += strlen("share: ");
	snprintf(out, LINE_SIZE, "%.*s", (int)strcspn(at, "\r\n"), at);
	return true;
}

static void
know_share(struct people *p, const char *share)
{
	for (size_t i = 0; i < p->nshares; i++) {
		if (strcmp(p->share[i], share) == 0)
			return;
	}
	if (p->nshares < SHEETS_MAX)
		snprintf(p->share[p->nshares++], LINE_SIZE, "%s", share);
}

static void
open_keep(struct people *p)
{
	static char names[SHEETS_MAX][256];
	char path[PATH_SIZE], text[8192], share[LINE_SIZE];
	size_t n;

	mkdir(p->keep, 0700);
	snprintf(path, sizeof(path), "%s/paper", p->keep);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/sheets", p->keep);
	mkdir(path, 0700);
	n = list_sheets(p, "", names);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/sheets/%.255s", p->keep,
		    names[i]);
		read_text(p, path, text, sizeof(text));
		if (share_line(text, share))
			know_share(p, share);
	}
}

/* --- hands --- */

static void
type(struct people *p, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	p->from = p->len;
	while (len > 0) {
		if ((n = write(p->tty, text, len)) <= 0)
			return; /* it is gone: the end will be seen */
		text += n;
		len -= (size_t)n;
	}
}

static void
press_enter(struct people *p)
{
	type(p, "\n");
}

/* The word of this number, 0.., becomes another of the same list. */
static void
slip(char *text, size_t word, const char *wrong, const char *or)
{
	char copy[LINE_SIZE];
	char *at = text;
	int len;

	while (word-- > 0) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	len = (int)strcspn(at, " \n");
	if (strncmp(at, wrong, strlen(wrong)) == 0)
		wrong = or;
	snprintf(copy, sizeof(copy), "%.*s%s%s", (int)(at - text), text, wrong,
	    at + len);
	snprintf(text, LINE_SIZE, "%s", copy);
}

/* --- what they answer --- */

static void
answer_note(struct people *p)
{
	const char *at = strstr(p->screen + p->from,
	    "Write on paper the words of the ");
	char path[PATH_SIZE], text[LINE_SIZE] = "";
	size_t n = 0, len;
	bool head;

	if (at == NULL)
		give_up(p, 98, "words of what?");
	at += strlen("Write on paper the words of the ");
	head = strncmp(at, "head", 4) == 0;
	at += strcspn(at, "\n");
	for (;;) {
		at += strspn(at, " \r\n");
		len = strspn(at, "abcdefghijklmnopqrstuvwxyz");
		if (len == 0 || n + len + 2 > sizeof(text))
			break;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s",
		    n == 0 ? "" : " ", (int)len, at);
		at += len;
	}
	text[n++] = '\n';
	note_path(p, head ? "head" : "system", "words", path);
	write_text(p, path, text, n);
	press_enter(p);
}

/* The words they have of what is asked for, all in one line. */
static bool
find_words(struct people *p, char out[LINE_SIZE])
{
	struct papers *papers = p->of_plan ? &p->plan : &p->head;
	char path[PATH_SIZE];
	unsigned kept;

	if (papers->n > 0) {
		read_text(p, papers->file[papers->used], out, LINE_SIZE);
		if (papers->used + 1 < papers->n)
			papers->used++;
	} else {
		kept = note_path(p, "head", "words", path);
		if (p->of_plan || kept == 0)
			return false;
		snprintf(path, sizeof(path), "%s/paper/head-%04u.words",
		    p->keep, kept);
		read_text(p, path, out, LINE_SIZE);
	}
	for (char *c = out; *c != '\0'; c++) {
		if (*c == '\n')
			*c = ' ';
	}
	if (p->slip_words)
		slip(out, 2, "adult", "absurd");
	p->slip_words = false;
	return true;
}

/* "  words 9 to 16 of 24: "; returns the first of them, or 0. */
static unsigned
wants_words(const char *line)
{
	unsigned from, to, of;
	int used = 0;

	return sscanf(line, "  words %u to %u of %u:%n", &from, &to, &of,
	    &used) == 3 && strcmp(line + used, " ") == 0 ? from : 0;
}

/* The words of ${text} from this number on, 1.., as one line. */
static void
type_words(struct people *p, const char *text, unsigned from, unsigned n)
{
	char line[LINE_SIZE] = "";
	size_t at = 0;
	int len;

	for (unsigned i = 1; i < from + n; i++) {
		text += strspn(text, " ");
		len = (int)strcspn(text, " ");
		if (i >= from)
			at += (size_t)snprintf(line + at, sizeof(line) - at,
			    "%.*s ", len, text);
		text += len;
	}
	line[at - 1] = '\n';
	type(p, line);
}

/* One line of them, ${from} 1..; where it was refused, the same again, or, if
 * it was the first, what stands on the next paper. */
static void
answer_words(struct people *p, unsigned from)
{
	const char *text = p->screen + p->from;
	const bool asked = strstr(text, "as they stand on paper") != NULL;
	const bool again = strstr(text, "Refused: ") != NULL;

	if (asked)
		p->of_plan = strstr(text, " words of the plan") != NULL;
	if ((asked || (again && from == 1)) && !find_words(p, p->typing)) {
		type(p, "none\n");
		return;
	}
	if (p->slip_line && from > 1) {
		p->slip_line = false;
		type_words(p, p->typing, from, 3);
		return;
	}
	type_words(p, p->typing, from, WORDS_IN_LINE);
}

/* The words that stand on the screen behind their numbers, 1 and up. */
static unsigned
copy_words(const char *text, char out[LINE_SIZE])
{
	char number[16], word[16];
	const char *at = strstr(text, "\n\n");
	unsigned n = 0;
	size_t len = 0;
	int used;

	while (at != NULL && sscanf(at, " %15[0-9] %15[a-z]%n", number, word,
	    &used) == 2 && strtoul(number, NULL, 10) == n + 1) {
		len += (size_t)snprintf(out + len, LINE_SIZE - len, "%s%s",
		    n == 0 ? "" : " ", word);
		at += used;
		n++;
	}
	return n;
}

/* Whether it stands on a console as it is: nothing has scrolled away. */
static bool
fits_console(const char *text)
{
	size_t rows = 1, column = 0;

	for (; *text != '\0'; text++) {
		column = *text == '\n' ? 0 : column + 1;
		rows += *text == '\n';
		if (column > 80)
			return false;
	}
	return rows <= 24;
}

/* The holder's Enter bounces. */
static void
answer_gate(struct people *p)
{
	type(p, p->slip_early ? "\n\n" : "\n");
}

/* A sheet is on the screen: it goes on paper. */
static void
answer_sheet(struct people *p)
{
	char *text = p->screen + p->from;
	const char *at = strstr(text, "SHEET ");
	char path[PATH_SIZE], root[64], share[LINE_SIZE];
	char sheet[2 * LINE_SIZE];
	unsigned number, of, e;
	int len;

	if (p->slip_early) {
		p->slip_early = false;
		p->last[0] = '\0';
		press_enter(p);
		return;
	}
	if (at == NULL || sscanf(at, "SHEET %u OF %u of root %63[^,], epoch %u",
	    &number, &of, root, &e) != 4 || copy_words(at, share) != 33)
		give_up(p, 98, "no sheet is on the screen");
	if (!fits_console(text + strlen("\033[H")))
		give_up(p, 98, "the sheet does not fit on the screen");
	snprintf(p->last, sizeof(p->last), "%s-e%u-sheet%02u.txt", root, e,
	    number);
	snprintf(path, sizeof(path), "%s/sheets/%s", p->keep, p->last);
	len = snprintf(sheet, sizeof(sheet), "%.*s\nshare: %s\n",
	    LINE_SIZE, at, share);
	write_text(p, path, sheet, (size_t)len);
	know_share(p, share);
	press_enter(p);
}

static void
type_sheet(struct people *p, const char *name)
{
	char path[PATH_SIZE], text[8192], share[LINE_SIZE], line[LINE_SIZE + 1];

	snprintf(path, sizeof(path), "%s/sheets/%s", p->keep, name);
	read_text(p, path, text, sizeof(text));
	if (!share_line(text, share))
		give_up(p, 97, path);
	if (p->slip_read_back)
		slip(share, 6, "academic", "acid");
	p->slip_read_back = false;
	snprintf(line, sizeof(line), "%s\n", share);
	type(p, line);
}

/* The newest epoch's sheets of a root; names sort by epoch below ten. */
static size_t
newest_sheets(const struct people *p, const char *root,
    char names[SHEETS_MAX][256])
{
	char begin[256];
	size_t n;

	snprintf(begin, sizeof(begin), "%s-e", root);
	if ((n = list_sheets(p, begin, names)) == 0)
		return 0;
	snprintf(begin, sizeof(begin), "%.*s",
	    (int)(strstr(names[n - 1], "-sheet") - names[n - 1]),
	    names[n - 1]);
	return list_sheets(p, begin, names);
}

static void
answer_check(struct people *p)
{
	static char names[SHEETS_MAX][256];

	if (list_sheets(p, "", names) == 0)
		give_up(p, 98, "nobody has a sheet");
	type_sheet(p, names[0]);
}

/* A share: read back by its holder, or brought to open a root. */
static void
answer_share(struct people *p)
{
	static char names[SHEETS_MAX][256];
	const char *text = p->screen + p->from;
	const char *back = strstr(text, "enter all its words");
	const char *root = strstr(text, "Root ");
	char name[64];
	size_t n;

	if (back != NULL && p->last[0] == '\0') {
		type(p, "show\n");
		return;
	}
	if (back != NULL && p->gives_up) {
		type(p, "give up\n");
		return;
	}
	if (back != NULL) {
		p->handed = 0;
		type_sheet(p, p->last);
		return;
	}
	if (strstr(text, "Its holder enters") != NULL) {
		answer_check(p);
		return;
	}
	if (root == NULL || sscanf(root, "Root %63s", name) != 1)
		give_up(p, 98, "a share of what?");
	if (strcmp(name, p->opening) != 0)
		p->handed = 0;
	snprintf(p->opening, sizeof(p->opening), "%s", name);
	if ((n = newest_sheets(p, name, names)) == 0)
		give_up(p, 98, "nobody has a sheet of it");
	type_sheet(p, names[p->handed++ % n]);
}

/* A holder looks at a sheet alone: the first there is. */
/* The next line of what they add: a line of the file for each root, or, where
 * there are empty lines, a piece of it, whose lines are typed one by one. */
static void
read_added(struct people *p, char out[LINE_SIZE])
{
	char text[4 * LINE_SIZE], *at = text, *end;
	const char *between;

	read_text(p, p->dice, text, sizeof(text));
	between = strstr(text, "\n\n") == NULL ? "\n" : "\n\n";
	for (size_t i = 0; i < p->roots; i++) {
		at = strstr(at, between);
		if (at == NULL)
			give_up(p, 98, "nobody has more to add");
		at += strlen(between);
	}
	if ((end = strstr(at, between)) != NULL)
		*end = '\0';
	if (at[0] != '\0' && at[strlen(at) - 1] == '\n')
		at[strlen(at) - 1] = '\0';
	snprintf(out, LINE_SIZE, "%s\n", at);
}

/* What they add to the next root's seed, as given or as it falls. */
static void
answer_added(struct people *p)
{
	char line[LINE_SIZE] = "", path[PATH_SIZE];
	uint8_t byte;
	size_t n = 0;

	if (p->dice != NULL)
		read_added(p, line);
	while (p->dice == NULL && n < 128) {
		if (getrandom(&byte, 1, 0) == 1 && byte < 252)
			line[n++] = (char)('1' + byte % 6);
	}
	if (p->dice == NULL)
		line[n] = '\n';
	p->roots++;
	note_path(p, "dice", "txt", path);
	write_text(p, path, line, strlen(line));
	type(p, line);
}

/* The page comes out of the printer, and its holder reads the code. */
static void
take_print(struct people *p)
{
	const char *at = strstr(p->screen + p->from, "\nas ");
	char name[256], root[64], command[3 * PATH_SIZE], share[LINE_SIZE];
	char path[PATH_SIZE], sheet[LINE_SIZE + 16];
	const char *argv[TOOL_ARGS_MAX] = { "sh", "-c", command };
	unsigned number, e;
	size_t n;
	int code;

	if (at == NULL || sscanf(at, "\nas %255[^\r\n]", name) != 1 ||
	    sscanf(name, "%63[^-]-e%u-sheet%u", root, &e, &number) != 3)
		give_up(p, 98, "no sheet was printed");
	name[strlen(name) - 1] = '\0'; /* the full stop */
	snprintf(command, sizeof(command), "mkdir -p printed && "
	    "cp '%s/%s' printed && pdftoppm -f 1 -singlefile -r 150 -gray "
	    "'printed/%s' page && zbarimg --nodbus -q --raw page.pgm | "
	    "tr -d '\\n' | tr A-Z a-z >code; rm page.pgm", p->printed, name,
	    name);
	snprintf(path, sizeof(path), "%s/code", p->keep);
	if (tool_run(p->keep, argv, &code, NULL) != ST_OK)
		give_up(p, 98, "the page cannot be looked at");
	read_text(p, path, share, sizeof(share));
	if (strlen(share) < 100)
		give_up(p, 98, "no code is on the page");
	snprintf(p->last, sizeof(p->last), "%.60s-e%u-sheet%02u.txt", root, e,
	    number);
	snprintf(path, sizeof(path), "%s/sheets/%s", p->keep, p->last);
	n = (size_t)snprintf(sheet, sizeof(sheet), "share: %s\n", share);
	write_text(p, path, sheet, n);
	know_share(p, share);
}

static void
answer_yes(struct people *p)
{
	if (p->printed != NULL && strstr(p->screen + p->from,
	    "Is it printed") != NULL)
		take_print(p);
	type(p, p->says_no ? "no\n" : "yes\n");
}

static void
type_line(struct people *p, const char *text)
{
	char line[LINE_SIZE];

	snprintf(line, sizeof(line), "%s\n", text);
	type(p, line);
}

static void
answer_way(struct people *p)
{
	type_line(p, p->ways.used < p->ways.n ?
	    p->ways.file[p->ways.used++] : "done");
}

static void
answer_passphrase(struct people *p)
{
	struct papers *papers = &p->passphrases;

	if (papers->n == 0)
		give_up(p, 98, "nobody has a passphrase");
	type_line(p, papers->file[papers->used]);
	papers->used += papers->used + 1 < papers->n;
}

static void
answer_stick(struct people *p)
{
	type_line(p, p->stick == NULL ? "nowhere" : p->stick);
}

static void
answer_label(struct people *p)
{
	type_line(p, p->label == NULL ? "red-1" : p->label);
}

/* A choice of words: which sheet it is about, and what is said. */
static void
answer_choice(struct people *p)
{
	const char *text = p->screen + p->from;
	const char *at = strstr(text, "Sheet "), *word = strstr(text, "Enter \"");
	char line[64], root[64];
	unsigned number, e;
	int len;

	if (at != NULL && sscanf(at, "Sheet %u of root %63[^,], epoch %u",
	    &number, root, &e) == 3)
		snprintf(p->last, sizeof(p->last), "%s-e%u-sheet%02u.txt",
		    root, e, number);
	if (p->answers.used < p->answers.n) {
		type_line(p, p->answers.file[p->answers.used++]);
		return;
	}
	word += strlen("Enter \"");
	len = (int)strcspn(word, "\"");
	snprintf(line, sizeof(line), "%.*s", len, word);
	if (strstr(text, "comes next, still in its bag?") != NULL)
		snprintf(line, sizeof(line), "%zu", p->handed + 1);
	type_line(p, line);
}

/* What stood on the newest of its kind, ${what}, or on the last of all. */
static bool
kept_number(struct people *p, unsigned n, const char *what, char out[64])
{
	char path[PATH_SIZE], text[512], *second;

	for (; n > 0; n--) {
		snprintf(path, sizeof(path), "%s/paper/bag-%04u.txt", p->keep,
		    n);
		read_text(p, path, text, sizeof(text));
		if ((second = strchr(text, '\n')) == NULL)
			continue;
		*second++ = '\0';
		snprintf(out, 64, "%.*s", (int)strcspn(second, "\n"), second);
		if (what == NULL || strcmp(text, what) == 0)
			return true;
	}
	return false;
}

static void
answer_bag(struct people *p)
{
	const char *at = strstr(p->screen + p->from, "what stands on ");
	const bool known = strstr(p->screen + p->from, "before it is opened");
	char what[200], path[PATH_SIZE], text[400];
	unsigned kept;

	if (at == NULL)
		give_up(p, 98, "what stands on what?");
	at += strlen("what stands on ");
	snprintf(what, sizeof(what), "%.*s", (int)strcspn(at, ".\n"), at);
	kept = note_path(p, "bag", "txt", path);
	if (known && !kept_number(p, kept, what, p->number))
		give_up(p, 98, "nobody knows that seal");
	if (known && p->slip_seal)
		snprintf(p->number, sizeof(p->number), "another seal");
	p->slip_seal = p->slip_seal && !known;
	if (!known) {
		snprintf(p->number, sizeof(p->number), "B-%04u", kept + 1);
		if (p->slip_bag && kept > 1) {
			p->slip_bag = false;
			kept_number(p, kept - 1, NULL, p->number);
			type_line(p, p->number);
			return;
		}
		snprintf(text, sizeof(text), "%s\n%s\n", what, p->number);
		write_text(p, path, text, strlen(text));
	}
	type_line(p, p->number);
}

static void
answer_again(struct people *p)
{
	type_line(p, p->number);
}

static void
answer_file_passphrase(struct people *p)
{
	if (p->file_passphrases.used == p->file_passphrases.n)
		give_up(p, 98, "nobody knows the passphrase");
	type_line(p, p->file_passphrases.file[p->file_passphrases.used++]);
}

/* Codes are on the screen: the camera has seen enough. */
static void
answer_codes(struct people *p)
{
	type(p, "q");
}

/* What the terminal waits with, and what they do. */
static const struct prompt {
	const char *end; /* of the screen */
	bool secret;	 /* a share may be on it */
	void (*answer)(struct people *);
} prompts[] = {
	{ "Press Enter when they are written. ", false, answer_note },
	{ "Press Enter when only the holder sees the screen. ", false,
	    answer_gate },
	{ "the screen is wiped. ", true, answer_sheet },
	{ "  rolls: ", false, answer_added },
	{ "  tosses: ", false, answer_added },
	{ "  characters: ", false, answer_added },
	{ "; Enter alone ends: ", false, press_enter },
	{ "  passphrase: ", false, answer_passphrase },
	{ "  again: ", false, answer_passphrase },
	{ "  passphrase of the file: ", false, answer_file_passphrase },
	{ "Enter \"yes\" or \"no\": ", false, answer_yes },
	{ "to give up, or \"no\" to go on: ", false, answer_yes },
	{ ", or \"done\": ", false, answer_way },
	{ "\": ", false, answer_choice },
	{ "  it says: ", false, answer_bag },
	{ "  and once more: ", false, answer_again },
	{ "The folder where the stick is mounted: ", false, answer_stick },
	{ "(its colour, or a name)? ", false, answer_label },
	{ "\033[?2026l", false, answer_codes },
};

static bool
ends_with(const char *text, size_t len, const char *end)
{
	const size_t n = strlen(end);

	return len >= n && memcmp(text + len - n, end, n) == 0;
}

/* Neither a share nor the mark before it. */
static void
look_for_shares(struct people *p)
{
	bool found = strstr(p->screen, "share: ") != NULL;

	for (size_t i = 0; i < p->nshares; i++)
		found |= strstr(p->screen, p->share[i]) != NULL;
	if (found)
		give_up(p, 99, "a share is still on the screen");
}

/* The first row of a sheet's words is there, and empty. */
static bool
wants_share(const struct people *p)
{
	return strstr(p->screen + p->from, "Enter \"?\" for help") != NULL &&
	    ends_with(p->screen + p->from, p->len - p->from, "  \033[K");
}

/* Answer, if the screen ends in a question. */
static void
look(struct people *p)
{
	const char *line = memrchr(p->screen, '\n', p->len);

	line = line == NULL ? p->screen : line + 1;
	if (wants_share(p)) {
		look_for_shares(p);
		answer_share(p);
		return;
	}
	if (p->len > p->from && wants_words(line) > 0) {
		look_for_shares(p);
		answer_words(p, wants_words(line));
		return;
	}
	for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
		if (!ends_with(p->screen + p->from, p->len - p->from,
		    prompts[i].end))
			continue;
		if (!prompts[i].secret)
			look_for_shares(p);
		prompts[i].answer(p);
		return;
	}
}

/* --- the terminal --- */

static void
show(struct people *p, const char *data, size_t n)
{
	char *wipe;

	if (p->shown != NULL)
		fwrite(data, 1, n, p->shown);
	if (p->len + n > SCREEN_MAX)
		give_up(p, 98, "the screen is full");
	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\r' && data[i] != '\0')
			p->screen[p->len++] = data[i];
	}
	p->screen[p->len] = '\0';
	if (p->stop_after != NULL &&
	    strstr(p->screen + p->from, p->stop_after) != NULL) {
		kill(p->child, p->signal);
		p->stop_after = NULL;
	}
	while ((wipe = strstr(p->screen, WIPE)) != NULL) {
		wipe += strlen(WIPE);
		p->len -= (size_t)(wipe - p->screen);
		memmove(p->screen, wipe, p->len + 1);
		p->from = 0;
	}
}

static int
finish(struct people *p)
{
	int status = 0;

	while (waitpid(p->child, &status, 0) < 0 && errno == EINTR)
		;
	p->child = 0;
	if (p->shown != NULL)
		fclose(p->shown);
	if (p->screen_file != NULL)
		write_text(p, p->screen_file, p->screen, p->len);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static int
serve(struct people *p)
{
	struct pollfd in = { .fd = p->tty, .events = POLLIN };
	char data[4096];
	ssize_t n;

	for (;;) {
		if (poll(&in, 1, WAIT_MS) == 0) {
			fprintf(stderr, "people: the screen says:\n%.*s\n",
			    (int)(p->len - p->from), p->screen + p->from);
			give_up(p, 98, "nothing happens");
		}
		if ((n = read(p->tty, data, sizeof(data))) <= 0)
			return finish(p);
		show(p, data, (size_t)n);
		look(p);
	}
}

/* The terminal is the child's to control; what it prints goes where ours
 * goes. */
static void
start(struct people *p, char **argv)
{
	const int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);

	p->child = forkpty(&p->tty, NULL, NULL, p->window.ws_col == 0 ? NULL :
	    &p->window);
	if (p->child < 0)
		give_up(p, 97, "there is no terminal");
	if (p->child == 0) {
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		close(out);
		close(err);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(out);
	close(err);
}

/* --- what was asked --- */

/* What an option does with its value; ${at} is what it sets. */
static void
take_text(struct people *p, void *at, const char *value)
{
	(void)p;
	memcpy(at, &value, sizeof(value));
}

static void
take_paper(struct people *p, void *at, const char *value)
{
	struct papers *papers = at;

	if (papers->n == FILES_MAX)
		give_up(p, 97, "too many papers");
	papers->file[papers->n++] = value;
}

static void
take_signal(struct people *p, void *at, const char *value)
{
	int *number = at;

	(void)p;
	*number = (int)strtol(value, NULL, 10);
}

static void
take_window(struct people *p, void *at, const char *value)
{
	struct winsize *w = at;

	if (sscanf(value, "%hux%hu", &w->ws_col, &w->ws_row) != 2)
		give_up(p, 97, "there is no such window");
}

static void
take_mistake(struct people *p, void *at, const char *value)
{
	(void)at;
	if (strcmp(value, "read-back") == 0)
		p->slip_read_back = true;
	else if (strcmp(value, "early") == 0)
		p->slip_early = true;
	else if (strcmp(value, "line") == 0)
		p->slip_line = true;
	else if (strcmp(value, "bag") == 0)
		p->slip_bag = true;
	else if (strcmp(value, "no") == 0)
		p->says_no = true;
	else if (strcmp(value, "give-up") == 0)
		p->gives_up = true;
	else if (strcmp(value, "seal") == 0)
		p->slip_seal = true;
	else if (strcmp(value, "words") == 0)
		p->slip_words = true;
	else
		give_up(p, 97, "there is no such mistake");
}

static const struct {
	const char *name;
	void (*take)(struct people *p, void *at, const char *value);
	size_t at;
} options[] = {
	{ "--words", take_paper, offsetof(struct people, plan) },
	{ "--head", take_paper, offsetof(struct people, head) },
	{ "--passphrase", take_paper, offsetof(struct people, passphrases) },
	{ "--way", take_paper, offsetof(struct people, ways) },
	{ "--answer", take_paper, offsetof(struct people, answers) },
	{ "--file-passphrase", take_paper,
	    offsetof(struct people, file_passphrases) },
	{ "--dice", take_text, offsetof(struct people, dice) },
	{ "--stick", take_text, offsetof(struct people, stick) },
	{ "--label", take_text, offsetof(struct people, label) },
	{ "--printed", take_text, offsetof(struct people, printed) },
	{ "--stop-after", take_text, offsetof(struct people, stop_after) },
	{ "--screen", take_text, offsetof(struct people, screen_file) },
	{ "--shown", take_text, offsetof(struct people, shown_file) },
	{ "--signal", take_signal, offsetof(struct people, signal) },
	{ "--window", take_window, offsetof(struct people, window) },
	{ "--mistake", take_mistake, 0 },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static int
read_options(struct people *p, int argc, char **argv)
{
	size_t k;
	int i = 1;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		for (k = 0; k < OPTIONS; k++) {
			if (strcmp(argv[i], options[k].name) == 0)
				break;
		}
		if (k == OPTIONS)
			give_up(p, 97, argv[i]);
		options[k].take(p, (char *)p + options[k].at, argv[i + 1]);
	}
	return i;
}

int
main(int argc, char **argv)
{
	struct people *p = &all;
	int i;

	p->signal = SIGKILL;
	i = read_options(p, argc, argv);
	if (i + 1 >= argc)
		give_up(p, 97, "people [OPTIONS] KEEP CMD [ARGS...]");
	p->keep = argv[i];
	open_keep(p);
	if (p->shown_file != NULL &&
	    (p->shown = fopen(p->shown_file, "w")) == NULL)
		give_up(p, 97, p->shown_file);
	start(p, argv + i + 1);
	return serve(p);
}
