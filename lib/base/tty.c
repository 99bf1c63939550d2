/* see tty.h */
#include <linux/kd.h>
#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/tty.h"

#define INTERRUPTS_MAX 100 /* in a row; then it is no accident */
#define BLANKS_MAX 16	   /* bytes of blanks behind an answer, to be cut */

/* What keys send, as the terminal is told to interpret nothing. */
#define KEY_INTERRUPT 0x03 /* ^C */
#define KEY_END 0x04	   /* ^D */
#define KEY_BACK 0x08	   /* ^H */
#define KEY_KILL 0x15	   /* ^U: the whole line again */
#define KEY_DELETE 0x7f

/* In this order: the other one leaves the scroll-back. */
static const char wipe[] = "\033[2J\033[3J\033[H";

/* The page for pictures: its own, in UTF-8, no cursor, no wrapping; and how it
 * is left.  A console has one page alone, so it is cleared first.  What a
 * signal cut in the middle is ended by the first escape. */
static const char stage[] = "\033%G\033[?1049h\033[?25l\033[?7l\033[2J";
static const char leave[] = "\033[?2026l\033[0m\033[2J\033[H\033[?7h\033[?25h"
    "\033[?1049l";
#define GLYPHS_MAX 65535 /* of a font */

static void give_up(int signal);

/* What a signal does while a terminal is held.  One that ends the program must
 * not leave a sheet on the screen and a shell without echo, be it a limit, a
 * timer or a fault of our own; one that stops it would leave both, so it does
 * nothing. */
static const struct {
	int signal;
	void (*act)(int);
} answers[] = {
	{ SIGHUP, give_up },
	{ SIGINT, give_up },
	{ SIGQUIT, give_up },
	{ SIGTERM, give_up },
	{ SIGUSR1, give_up },
	{ SIGUSR2, give_up },
	{ SIGALRM, give_up },
	{ SIGVTALRM, give_up },
	{ SIGPROF, give_up },
	{ SIGXCPU, give_up },
	{ SIGIO, give_up },
	{ SIGPWR, give_up },
	{ SIGSTKFLT, give_up },
	{ SIGABRT, give_up },
	{ SIGSEGV, give_up },
	{ SIGBUS, give_up },
	{ SIGFPE, give_up },
	{ SIGILL, give_up },
	{ SIGSYS, give_up },
	{ SIGTRAP, give_up },
	{ SIGTSTP, SIG_IGN },
};
#define NANSWERS (sizeof(answers) / sizeof(answers[0]))

struct tty {
	int fd;
	struct termios was; /* given back by tty_close */
	struct sigaction before[NANSWERS];
	struct tty *outer; /* held before this one, or NULL */
	bool staged;
};

/* The terminal that is held: what give_up can know. */
static struct tty *volatile held;

/* One answer while it is typed. */
struct line {
	uint8_t *data; /* borrowed; ${size} + 1 bytes */
	size_t size;   /* bytes that may stay */
	size_t len;
	bool echo;
	bool over; /* there were more than ${size} */
	bool odd;  /* a key was pressed that is no character */
};

static enum status
refuse(struct diag *d, const char *what)
{
	return diag_set(d, ST_SYSTEM, "the terminal %s (%s)", what,
	    strerror(errno));
}

/* The terminal as it was; nothing that needs more than system calls. */
static void
give_back(const struct tty *t)
{
	/* what was pasted too much must not become a command of the shell */
	tcflush(t->fd, TCIFLUSH);
	tcsetattr(t->fd, TCSANOW, &t->was);
}

/* Wipe, and die of the signal as one does that knows nothing of it: the state
 * is made to be cut at any moment, and memory goes with the process. */
static void
give_up(int signal)
{
	const struct sigaction dflt = { .sa_handler = SIG_DFL };
	const struct tty *t = held;

	if (t != NULL) {
		give_back(t);
		if (write(t->fd, t->staged ? leave : wipe, (t->staged ?
			sizeof(leave) : sizeof(wipe)) - 1) < 0)
			tcflush(t->fd, TCOFLUSH);
	}
	sigaction(signal, &dflt, NULL);
	/* it waits until we return, as all signals do */
	raise(signal);
}

/* A signal that was ignored when we came stays so. */
static void
hold(struct tty *t)
{
	struct sigaction act = { 0 };

	t->outer = held;
	held = t;
	sigfillset(&act.sa_mask);
	for (size_t i = 0; i < NANSWERS; i++) {
		sigaction(answers[i].signal, NULL, &t->before[i]);
		act.sa_handler = answers[i].act;
		if (t->before[i].sa_handler != SIG_IGN)
			sigaction(answers[i].signal, &act, NULL);
	}
}

static void
let_go(struct tty *t)
{
	for (size_t i = 0; i < NANSWERS; i++)
		sigaction(answers[i].signal, &t->before[i], NULL);
	held = t->outer;
}

enum status
tty_open(const char *path, struct tty **out, struct diag *d)
{
	struct termios quiet;
	struct tty *t = NULL;
	enum status rc;

	*out = NULL;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if ((t->fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
		TRY(refuse(d, "cannot be opened"));
	if (tcgetattr(t->fd, &t->was) != 0)
		TRY(refuse(d, "is none"));
	/* From here to tty_close nothing is echoed but by us: of a pasted
	 * sheet the next line may come before we have asked for it. */
	quiet = t->was;
	/* ^S is a key like any other, or it would hold back the wipe too */
	quiet.c_iflag &= ~(tcflag_t)IXON;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	hold(t);
	if (tcsetattr(t->fd, TCSANOW, &quiet) != 0) {
		rc = refuse(d, "cannot be kept quiet");
		let_go(t);
		goto out;
	}

	*out = t;
	return ST_OK;
out:
	if (t != NULL && t->fd >= 0)
		close(t->fd);
	free(t);
	return rc;
}

void
tty_close(struct tty *t)
{
	if (t == NULL)
		return;
	give_back(t);
	if (t->staged && write(t->fd, leave, sizeof(leave) - 1) < 0)
		tcflush(t->fd, TCOFLUSH);
	let_go(t);
	close(t->fd);
	free(t);
}

static bool
again(unsigned *tries)
{
	return errno == EINTR && ++*tries < INTERRUPTS_MAX;
}

static enum status
put(struct tty *t, const void *data, size_t len, struct diag *d)
{
	const uint8_t *p = data;
	unsigned tries = 0;
	ssize_t n;

	while (len > 0) {
		n = write(t->fd, p, len);
		if (n < 0 && again(&tries))
			continue;
		if (n <= 0)
			return refuse(d, "cannot be written to");
		p += n;
		len -= (size_t)n;
		tries = 0;
	}
	return ST_OK;
}

static enum status
put_text(struct tty *t, const char *s, struct diag *d)
{
	return put(t, s, strlen(s), d);
}

/* One key, straight to where it is to stay. */
static enum status
get(struct tty *t, uint8_t *key, struct diag *d)
{
	unsigned tries = 0;
	ssize_t n;

	do {
		n = read(t->fd, key, 1);
	} while (n < 0 && again(&tries));
	if (n < 0)
		return refuse(d, "cannot be read");
	if (n == 0)
		return diag_set(d, ST_USAGE, "the terminal is gone");
	if (*key == KEY_INTERRUPT)
		return diag_set(d, ST_USAGE, "interrupted by ^C");
	return ST_OK;
}

/* The last blank that a row of ${room} columns reaches, or the first behind it;
 * 0: there is none. */
static size_t
find_break(const char *text, size_t len, size_t room)
{
	for (size_t i = room; i > 0; i--) {
		if (text[i] == ' ')
			return i;
	}
	for (size_t i = room + 1; i < len; i++) {
		if (text[i] == ' ')
			return i;
	}
	return 0;
}

/* One line in rows, each as far in as the first. */
static enum status
put_rows(struct tty *t, const char *line, size_t len, size_t cols,
    struct diag *d)
{
	const size_t in = strspn(line, " ") < len ? strspn(line, " ") : len;
	const char *text = line + in;
	size_t left = len - in, n = 0;
	enum status rc;

	while (in < cols && left > cols - in &&
	    (n = find_break(text, left, cols - in)) > 0) {
		TRY(put(t, line, in, d));
		TRY(put(t, text, n, d));
		TRY(put(t, "\n", 1, d));
		while (n < left && text[n] == ' ')
			n++;
		text += n;
		left -= n;
	}
	TRY(put(t, line, in, d));
	TRY(put(t, text, left, d));
out:
	return rc;
}

/* Broken at blanks, where the terminal knows how wide it is. */
static enum status
put_lines(struct tty *t, const char *text, struct diag *d)
{
	unsigned cols, rows;
	enum status rc;
	size_t len;

	if (tty_window(t, &cols, &rows, NULL) != ST_OK)
		return put_text(t, text, d);
	for (;;) {
		len = strcspn(text, "\n");
		TRY(put_rows(t, text, len, cols, d));
		text += len;
		if (*text == '\0')
			break;
		TRY(put(t, text++, 1, d));
	}
out:
	return rc;
}

enum status
tty_say(struct tty *t, struct diag *d, const char *fmt, ...)
{
	char *text = NULL;
	enum status rc;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		FAIL(d, ST_BUG, "text that cannot be formatted");
	if ((text = malloc((size_t)n + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	TRY(put_lines(t, text, d));
out:
	free(text);
	return rc;
}

enum status
tty_say_secret(struct tty *t, const struct secret *s, struct diag *d)
{
	return put(t, secret_peek(s), secret_len(s), d);
}

/* Take the last character off the line, all bytes of it. */
static enum status
rub_out(struct tty *t, struct line *l, struct diag *d)
{
	if (l->len == 0)
		return ST_OK;
	do {
		l->len--;
	} while (l->len > 0 && (l->data[l->len] & 0xc0) == 0x80);
	return l->echo ? put_text(t, "\b \b", d) : ST_OK;
}

/* The key that lies behind the line: one character more, or what it does. */
static enum status
take_key(struct tty *t, struct line *l, struct diag *d)
{
	enum status rc = ST_OK;
	uint8_t *key = &l->data[l->len];

	if (*key == '\t')
		*key = ' ';
	if (*key == KEY_BACK || *key == KEY_DELETE) {
		TRY(rub_out(t, l, d));
	} else if (*key == KEY_KILL) {
		while (l->len > 0)
			TRY(rub_out(t, l, d));
		l->over = l->odd = false;
	} else if (*key < ' ') {
		l->odd = true;
	} else if (l->len == l->size) {
		l->over = true;
	} else if (*key != ' ' || l->len > 0) {
		if (l->echo)
			TRY(put(t, key, 1, d));
		l->len++;
	}
out:
	return rc;
}

/* An end of input stands where a line would have ended, so that what is said
 * of it begins the next. */
static enum status
ended(struct tty *t, enum status rc)
{
	/* a terminal that is gone cannot be told */
	if (rc == ST_USAGE && put_text(t, "\n", NULL) != ST_OK)
		return rc;
	return rc;
}

static enum status
read_line(struct tty *t, struct line *l, struct diag *d)
{
	enum status rc;
	uint8_t *key;

	l->len = 0;
	l->over = l->odd = false;
	for (;;) {
		key = &l->data[l->len];
		TRY(get(t, key, d));
		if (*key == '\n' || *key == '\r')
			break;
		if (*key == KEY_END && l->len == 0)
			FAIL(d, ST_USAGE, "end of input at the terminal");
		TRY(take_key(t, l, d));
	}
	while (l->len > 0 && l->data[l->len - 1] == ' ')
		l->len--;
	TRY(put_text(t, "\n", d));
out:
	return ended(t, rc);
}

/* Until there is a line of ${least} to ${max} bytes. */
static enum status
ask(struct tty *t, const char *prompt, size_t least, size_t max,
    struct line *l, struct diag *d)
{
	enum status rc;

	for (;;) {
		TRY(put_text(t, prompt, d));
		TRY(read_line(t, l, d));
		if (l->odd)
			TRY(tty_say(t, d, "A key was pressed that is not a "
			    "character. Please type the line again.\n"));
		else if (l->over || l->len > max)
			TRY(tty_say(t, d, "That is longer than %zu "
			    "characters. Please type the line again.\n", max));
		else if (l->len < least)
			TRY(put_text(t, "Nothing was typed. Please type the "
			    "line, then press Enter.\n", d));
		else
			break;
	}
out:
	return rc;
}

enum status
tty_ask(struct tty *t, const char *prompt, size_t max, struct bytes *out,
    struct diag *d)
{
	struct line l = { .size = max + BLANKS_MAX, .echo = true };
	enum status rc;

	if ((l.data = malloc(l.size + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ask(t, prompt, 0, max, &l, d));
	TRY(bytes_set(out, l.data, l.len, d));
out:
	free(l.data);
	return rc;
}

static enum status
ask_secret(struct tty *t, const char *prompt, size_t min, size_t max,
    bool echo, struct secret **out, struct diag *d)
{
	struct line l = { .size = max + BLANKS_MAX, .echo = echo };
	struct secret *typed = NULL;
	enum status rc;

	*out = NULL;
	if (max > TTY_SECRET_MAX)
		FAIL(d, ST_BUG, "a secret line of %zu bytes", max);
	TRY(secret_new(l.size + 1, &typed, d));
	l.data = secret_bytes(typed);
	TRY(ask(t, prompt, min, max, &l, d));
	if (l.len == 0)
		goto out;
	TRY(secret_new(l.len, out, d));
	memcpy(secret_bytes(*out), l.data, l.len);
out:
	secret_free(typed);
	return rc;
}

enum status
tty_ask_secret(struct tty *t, const char *prompt, size_t max, bool echo,
    struct secret **out, struct diag *d)
{
	return ask_secret(t, prompt, 1, max, echo, out, d);
}

enum status
tty_more_secret(struct tty *t, const char *prompt, size_t max,
    struct secret **out, struct diag *d)
{
	return ask_secret(t, prompt, 0, max, false, out, d);
}

/* What was typed before there was a question is no answer; an end is. */
static enum status
drop_early(struct tty *t, struct diag *d)
{
	enum status rc;
	uint8_t key;

	do {
		TRY(tty_key(t, 0, &key, d));
		if (key == KEY_END)
			FAIL(d, ST_USAGE, "end of input at the terminal");
	} while (key != 0);
out:
	secret_wipe(&key, sizeof(key));
	return rc;
}

enum status
tty_wait(struct tty *t, const char *prompt, struct diag *d)
{
	enum status rc;
	uint8_t key = 0;

	TRY(drop_early(t, d));
	TRY(put_text(t, prompt, d));
	while (key != '\n' && key != '\r') {
		TRY(get(t, &key, d));
		if (key == KEY_END)
			FAIL(d, ST_USAGE, "end of input at the terminal");
	}
	TRY(put_text(t, "\n", d));
out:
	secret_wipe(&key, sizeof(key));
	return ended(t, rc);
}

enum status
tty_wipe(struct tty *t, struct diag *d)
{
	return put_text(t, wipe, d);
}

enum status
tty_stage(struct tty *t, struct diag *d)
{
	t->staged = true;
	return put_text(t, stage, d);
}

enum status
tty_paint(struct tty *t, const void *data, size_t len, struct diag *d)
{
	return put(t, data, len, d);
}

enum status
tty_window(struct tty *t, unsigned *cols, unsigned *rows, struct diag *d)
{
	struct winsize w;

	if (ioctl(t->fd, TIOCGWINSZ, &w) != 0)
		return refuse(d, "does not tell its size");
	if (w.ws_col == 0 || w.ws_row == 0)
		return diag_set(d, ST_SYSTEM, "the terminal does not know its "
		    "size");
	*cols = w.ws_col;
	*rows = w.ws_row;
	return ST_OK;
}

enum status
tty_key(struct tty *t, int wait_ms, uint8_t *key, struct diag *d)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	int n;

	*key = 0;
	/* a signal that ends the wait is time enough to look around */
	if ((n = poll(&p, 1, wait_ms)) < 0 && errno != EINTR)
		return refuse(d, "cannot be read");
	return n > 0 ? get(t, key, d) : ST_OK;
}

enum tty_font
tty_font(const struct tty *t, uint32_t scalar)
{
	struct unipair *pair = calloc(GLYPHS_MAX, sizeof(*pair));
	struct unimapdesc map = { GLYPHS_MAX, pair };
	enum tty_font has = TTY_FONT_UNKNOWN;

	if (pair != NULL && ioctl(t->fd, GIO_UNIMAP, &map) == 0) {
		has = TTY_FONT_LACKS;
		for (size_t i = 0; i < map.entry_ct; i++)
			if (pair[i].unicode == scalar)
				has = TTY_FONT_HAS;
	}
	free(pair);
	return has;
}
