/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/tty.h"
#include "tests/support/oom.h"

#define WAIT_MS 10000
#define SCREEN_MAX 32768
#define END "<end of screen>"

/* A person at a terminal: ${master} is the person. */
struct seat {
	int master, slave;
	struct tty *t;
	char screen[SCREEN_MAX]; /* what was shown, as a string */
};

static int
sit_down(void **state)
{
	static struct seat seat;
	char path[64];

	memset(&seat, 0, sizeof(seat));
	if (openpty(&seat.master, &seat.slave, NULL, NULL, NULL) != 0 ||
	    ttyname_r(seat.slave, path, sizeof(path)) != 0)
		return -1;
	if (tty_open(path, &seat.t, NULL) != ST_OK)
		return -1;
	*state = &seat;
	return 0;
}

static int
stand_up(void **state)
{
	struct seat *seat = *state;

	tty_close(seat->t);
	if (seat->master >= 0)
		close(seat->master);
	close(seat->slave);
	return 0;
}

static void
press(int master, const char *keys, size_t len)
{
	assert_int_equal(write(master, keys, len), (ssize_t)len);
}

static void
type(struct seat *seat, const char *keys)
{
	press(seat->master, keys, strlen(keys));
}

/* Read what is shown until ${text} was. */
static void
watch(int master, const char *text, char *screen)
{
	struct pollfd p = { .fd = master, .events = POLLIN };
	size_t len = strlen(screen);
	ssize_t n;

	while (strstr(screen, text) == NULL) {
		assert_true(len + 1 < SCREEN_MAX);
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		n = read(master, screen + len, SCREEN_MAX - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
		screen[len] = '\0';
	}
}

/* All that was shown up to now. */
static const char *
look(struct seat *seat)
{
	seat->screen[0] = '\0';
	assert_int_equal(tty_say(seat->t, NULL, "%s", END), ST_OK);
	watch(seat->master, END, seat->screen);
	*strstr(seat->screen, END) = '\0';
	return seat->screen;
}

static void
assert_asked(struct seat *seat, size_t max, const char *answer)
{
	struct bytes b = { 0 };

	assert_int_equal(tty_ask(seat->t, "Q? ", max, &b, NULL), ST_OK);
	assert_string_equal((const char *)b.data, answer);
	assert_int_equal(b.len, strlen(answer));
	bytes_free(&b);
}

static void
assert_told(struct seat *seat, size_t max, bool echo, const char *answer)
{
	struct secret *s;

	assert_int_equal(tty_ask_secret(seat->t, "S? ", max, echo, &s, NULL),
	    ST_OK);
	assert_int_equal(secret_len(s), strlen(answer));
	assert_memory_equal(secret_peek(s), answer, strlen(answer));
	secret_free(s);
}

static void
ask_drops_blanks_and_shows_what_is_typed(void **state)
{
	struct seat *seat = *state;

	type(seat, "  two  words \t\n");
	assert_asked(seat, 20, "two  words");
	assert_string_equal(look(seat), "Q? two  words  \r\n");
}

static void
ask_takes_an_empty_line_and_both_kinds_of_enter(void **state)
{
	struct seat *seat = *state;

	type(seat, "\n  \na\r");
	assert_asked(seat, 5, "");
	assert_asked(seat, 5, "");
	assert_asked(seat, 5, "a");
}

static void
ask_refuses_a_longer_line_on_screen(void **state)
{
	struct seat *seat = *state;

	type(seat, "123456\n1234567890123456789012345678901234567890\n"
	    "12345   \n");
	assert_asked(seat, 5, "12345");
	assert_string_equal(look(seat), "Q? 123456\r\n"
	    "That is longer than 5 characters. Please type the line again.\r\n"
	    "Q? 123456789012345678901\r\n"
	    "That is longer than 5 characters. Please type the line again.\r\n"
	    "Q? 12345   \r\n");
}

static void
ask_lets_mistakes_be_rubbed_out(void **state)
{
	struct seat *seat = *state;

	type(seat, "\x7f" "ab\x7f" "c\x08" "d\n");
	assert_asked(seat, 5, "ad");
	assert_string_equal(look(seat), "Q? ab\b \bc\b \bd\r\n");
	type(seat, "wrong\x15right\n");
	assert_asked(seat, 5, "right");
	/* a character of three bytes goes as one */
	type(seat, "a\xe2\x82\xac\x7f" "b\n");
	assert_asked(seat, 5, "ab");
}

static void
ask_refuses_keys_that_are_no_character(void **state)
{
	struct seat *seat = *state;

	type(seat, "a\x1b[Db\nab\n");
	assert_asked(seat, 9, "ab");
	assert_non_null(strstr(look(seat),
	    "A key was pressed that is not a character."));
	/* the end of input is one only on an empty line */
	type(seat, "a\x04\nab\n");
	assert_asked(seat, 9, "ab");
	type(seat, "\x1b[A\x15ok\n");
	assert_asked(seat, 9, "ok");
}

static enum status
ask_once(struct seat *seat, int how, struct diag *d)
{
	struct bytes b = { 0 };
	struct secret *s = NULL;
	enum status rc;

	if (how == 0)
		rc = tty_ask(seat->t, "Q? ", 9, &b, d);
	else if (how == 1)
		rc = tty_ask_secret(seat->t, "S? ", 9, false, &s, d);
	else
		rc = tty_wait(seat->t, "Enter ", d);
	assert_null(s);
	assert_null(b.data);
	return rc;
}

static void
ask_ends_on_interrupt_and_end_of_input(void **state)
{
	struct seat *seat = *state;
	struct diag d;

	for (int how = 0; how < 3; how++) {
		memset(&d, 0, sizeof(d));
		type(seat, "ab\x03");
		assert_int_equal(ask_once(seat, how, &d), ST_USAGE);
		assert_string_equal(d.text, "interrupted by ^C");
		/* what is said next begins a line */
		assert_string_equal(strchr(look(seat), '\0') - 2, "\r\n");
		memset(&d, 0, sizeof(d));
		type(seat, "\x04");
		assert_int_equal(ask_once(seat, how, &d), ST_USAGE);
		assert_string_equal(d.text, "end of input at the terminal");
	}
}

static void
ask_ends_when_the_terminal_is_gone(void **state)
{
	struct seat *seat = *state;

	close(seat->master);
	seat->master = -1;
	for (int how = 0; how < 3; how++)
		assert_int_equal(diag_exit(ask_once(seat, how, NULL)), 2);
	assert_int_equal(tty_say(seat->t, NULL, "gone"), ST_SYSTEM);
}

static void
secret_is_shown_only_where_asked_for(void **state)
{
	struct seat *seat = *state;

	type(seat, " hush \n");
	assert_told(seat, 9, false, "hush");
	assert_string_equal(look(seat), "S? \r\n");
	type(seat, "huxsh\x7f\x7f\x7fsh\n");
	assert_told(seat, 9, false, "hush");
	assert_string_equal(look(seat), "S? \r\n");
	type(seat, "loud\n");
	assert_told(seat, 9, true, "loud");
	assert_string_equal(look(seat), "S? loud\r\n");
}

static void
secret_that_is_empty_or_long_is_asked_again(void **state)
{
	struct seat *seat = *state;

	type(seat, "\n   \n0123456789\n012345678\n");
	assert_told(seat, 9, false, "012345678");
	assert_string_equal(look(seat), "S? \r\n"
	    "Nothing was typed. Please type the line, then press Enter.\r\n"
	    "S? \r\n"
	    "Nothing was typed. Please type the line, then press Enter.\r\n"
	    "S? \r\n"
	    "That is longer than 9 characters. Please type the line again.\r\n"
	    "S? \r\n");
}

/* All lines of a sheet at once: none is lost, none is echoed early. */
static void
secret_takes_pasted_lines_one_by_one(void **state)
{
	struct seat *seat = *state;

	type(seat, "first line\nsecond line\nthird line\nrest");
	assert_told(seat, 99, false, "first line");
	assert_told(seat, 99, false, "second line");
	assert_told(seat, 99, false, "third line");
	assert_string_equal(look(seat), "S? \r\nS? \r\nS? \r\n");
}

/* The kernel's own line editing would keep 4095 bytes and lose the rest. */
static void
secret_takes_the_longest_line(void **state)
{
	char line[TTY_SECRET_MAX + 2];
	struct seat *seat = *state;
	struct secret *s;

	memset(line, 'x', TTY_SECRET_MAX);
	memcpy(line + TTY_SECRET_MAX, "\n", 2);
	type(seat, line);
	line[TTY_SECRET_MAX] = '\0';
	assert_told(seat, TTY_SECRET_MAX, false, line);
	assert_int_equal(tty_ask_secret(seat->t, "S? ", TTY_SECRET_MAX + 1,
	    false, &s, NULL), ST_BUG);
	assert_null(s);
}

/* One who types these keys when ${prompt} is on the screen. */
static pid_t
type_behind(struct seat *seat, const char *prompt, const char *keys)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		watch(seat->master, prompt, seat->screen);
		type(seat, keys);
		_exit(0);
	}
	return pid;
}

/* A second Enter that bounced must not wipe a sheet that nobody has read. */
static void
wait_takes_no_enter_that_came_before_it(void **state)
{
	struct seat *seat = *state;
	pid_t pid;

	type(seat, "typed too early\n\n");
	pid = type_behind(seat, "Press Enter: ", "x\x1b[A\nnext\n");
	assert_int_equal(tty_wait(seat->t, "Press Enter: ", NULL), ST_OK);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_asked(seat, 9, "next");
}

static void
say_says_it_all(void **state)
{
	char big[3000];
	struct seat *seat = *state;
	struct secret *s;

	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(tty_say(seat->t, NULL, "%s %d\n", big, 42), ST_OK);
	assert_memory_equal(look(seat), big, sizeof(big) - 1);
	assert_string_equal(seat->screen + sizeof(big) - 1, " 42\r\n");

	assert_int_equal(secret_new(4, &s, NULL), ST_OK);
	memcpy(secret_bytes(s), "word", 4);
	assert_int_equal(tty_say_secret(seat->t, s, NULL), ST_OK);
	assert_string_equal(look(seat), "word");
	secret_free(s);
}

/* At the edge of the screen a word goes to the next line, as far in as its
 * own; one that no line has room for is cut by the terminal. */
static void
say_breaks_lines_at_blanks(void **state)
{
	struct winsize w = { .ws_col = 20, .ws_row = 9 };
	struct seat *seat = *state;

	assert_int_equal(ioctl(seat->slave, TIOCSWINSZ, &w), 0);
	assert_int_equal(tty_say(seat->t, NULL, "%s", "\n  Refused: the request "
	    "gateway.csr is not there.\n  Try again.\n"), ST_OK);
	assert_string_equal(look(seat), "\r\n  Refused: the\r\n  request\r\n"
	    "  gateway.csr is not\r\n  there.\r\n  Try again.\r\n");
	/* a line that just fits is left alone, and so is a lone long word */
	assert_int_equal(tty_say(seat->t, NULL, "0123456789 123456789\n"
	    "012345678901234567890123 x"), ST_OK);
	assert_string_equal(look(seat), "0123456789 123456789\r\n"
	    "012345678901234567890123\r\nx");
	assert_int_equal(tty_say(seat->t, NULL, "  012345678901234567890\n"),
	    ST_OK);
	assert_string_equal(look(seat), "  012345678901234567890\r\n");
}

static void
wipe_takes_the_scroll_back_too(void **state)
{
	struct seat *seat = *state;

	assert_int_equal(tty_wipe(seat->t, NULL), ST_OK);
	assert_string_equal(look(seat), "\033[2J\033[3J\033[H");
}

static void
close_gives_the_terminal_back_as_it_was(void **state)
{
	struct termios before, during, after;
	char path[64], left[8];
	struct tty *t;
	int master, slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(ttyname_r(slave, path, sizeof(path)), 0);
	assert_int_equal(tcgetattr(slave, &before), 0);
	assert_true((before.c_lflag & ECHO) != 0);
	assert_int_equal(tty_open(path, &t, NULL), ST_OK);
	assert_int_equal(tcgetattr(slave, &during), 0);
	assert_true((during.c_lflag & (ECHO | ICANON | ISIG)) == 0);
	press(master, "left over secret\n", 17);
	tty_close(t);
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_true(before.c_lflag == after.c_lflag);
	assert_true(before.c_iflag == after.c_iflag);
	assert_true(before.c_oflag == after.c_oflag);
	assert_memory_equal(before.c_cc, after.c_cc, sizeof(before.c_cc));
	/* nothing is left for whoever reads next */
	assert_int_equal(fcntl(slave, F_SETFL, O_NONBLOCK), 0);
	assert_true(read(slave, left, sizeof(left)) < 0);
	tty_close(NULL);
	close(master);
	close(slave);
}

/* What a hasty person typed before there was a question is their answer. */
static void
open_keeps_what_was_typed_too_early(void **state)
{
	static struct seat seat;
	char path[64];

	(void)state;
	assert_int_equal(openpty(&seat.master, &seat.slave, NULL, NULL, NULL),
	    0);
	assert_int_equal(ttyname_r(seat.slave, path, sizeof(path)), 0);
	type(&seat, "early\n");
	watch(seat.master, "early", seat.screen);
	assert_int_equal(tty_open(path, &seat.t, NULL), ST_OK);
	type(&seat, "late\n");
	assert_asked(&seat, 9, "early");
	assert_asked(&seat, 9, "late");
	tty_close(seat.t);
	close(seat.master);
	close(seat.slave);
}

static void
open_refuses_what_is_no_terminal(void **state)
{
	struct diag d = { 0 };
	struct tty *t;

	(void)state;
	assert_int_equal(tty_open("/dev/null", &t, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "the terminal is none"));
	assert_null(t);
	assert_int_equal(tty_open("/absent", &t, NULL), ST_SYSTEM);
	assert_null(t);
}

/* Shows a secret, takes an answer and ends with 7. */
static _Noreturn void
hold_a_secret(const char *path)
{
	struct secret *s = NULL;
	struct bytes b = { 0 };
	struct tty *t;

	if (secret_process(NULL) != ST_OK ||
	    tty_open(path, &t, NULL) != ST_OK ||
	    secret_new(5, &s, NULL) != ST_OK)
		_exit(1);
	memcpy(secret_bytes(s), "sheet", 5);
	if (tty_say_secret(t, s, NULL) != ST_OK ||
	    tty_ask(t, "Q? ", 9, &b, NULL) != ST_OK)
		_exit(2);
	tty_close(t);
	_exit(7);
}

/* Shows a picture, waits for a key and ends with 7. */
static _Noreturn void
hold_a_picture(const char *path)
{
	struct tty *t;
	uint8_t key;

	if (tty_open(path, &t, NULL) != ST_OK || tty_stage(t, NULL) != ST_OK ||
	    tty_paint(t, "picture", 7, NULL) != ST_OK)
		_exit(1);
	if (tty_key(t, WAIT_MS, &key, NULL) != ST_OK || key != 'g')
		_exit(2);
	tty_close(t);
	_exit(7);
}

static const struct holder {
	void (*hold)(const char *path);
	const char *shown; /* when it waits */
	const char *wipe;  /* what gives the screen back */
} secret = { hold_a_secret, "sheetQ? ", "\033[2J\033[3J" },
  picture = { hold_a_picture, "picture",
	  "\033[?2026l\033[0m\033[2J\033[H\033[?7h\033[?25h\033[?1049l" };

/* What its end is when it gets this signal, and then an answer. */
static int
end_by(const struct holder *h, int signal_number, void (*was)(int),
    bool *wiped, bool *given_back)
{
	static struct seat seat;
	struct termios before, after;
	char path[64];
	int status;
	pid_t pid;

	memset(&seat, 0, sizeof(seat));
	assert_int_equal(openpty(&seat.master, &seat.slave, NULL, NULL, NULL),
	    0);
	assert_int_equal(ttyname_r(seat.slave, path, sizeof(path)), 0);
	assert_int_equal(tcgetattr(seat.slave, &before), 0);
	if ((pid = fork()) == 0) {
		signal(signal_number, was);
		h->hold(path);
	}
	watch(seat.master, h->shown, seat.screen);
	assert_int_equal(kill(pid, signal_number), 0);
	type(&seat, "go on\n");
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_false(WIFSTOPPED(status));
	assert_int_equal(tcgetattr(seat.slave, &after), 0);
	assert_int_equal(write(seat.slave, END, strlen(END)), strlen(END));
	watch(seat.master, END, seat.screen);
	*wiped = strstr(seat.screen, h->wipe) != NULL;
	*given_back = before.c_lflag == after.c_lflag;
	close(seat.master);
	close(seat.slave);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   -WTERMSIG(status);
}

static void
signal_leaves_no_secret_and_no_quiet_terminal(void **state)
{
	/* the limits of the machine, timers, and faults of our own too */
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
		SIGPWR, SIGSTKFLT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS,
		SIGTRAP };
	bool wiped, given_back;

	(void)state;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		assert_int_equal(end_by(&secret, deadly[i], SIG_DFL, &wiped,
		    &given_back), -deadly[i]);
		assert_true(wiped);
		assert_true(given_back);
	}
}

static void
signal_neither_stops_nor_ends_what_ignores_it(void **state)
{
	bool wiped, given_back;

	(void)state;
	assert_int_equal(end_by(&secret, SIGTSTP, SIG_DFL, &wiped, &given_back), 7);
	assert_false(wiped);
	assert_true(given_back);
	assert_int_equal(end_by(&secret, SIGHUP, SIG_IGN, &wiped, &given_back), 7);
	assert_false(wiped);
}

/* However it ends, the cursor and what was on the screen come back. */
static void
stage_is_left_by_any_end(void **state)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGSEGV };
	bool left, given_back;

	(void)state;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		assert_int_equal(end_by(&picture, deadly[i], SIG_DFL, &left,
		    &given_back), -deadly[i]);
		assert_true(left);
		assert_true(given_back);
	}
	assert_int_equal(end_by(&picture, SIGTSTP, SIG_DFL, &left,
	    &given_back), 7);
	assert_true(left);
	assert_true(given_back);
}

/* A key, none in time, ^C, and the size as it is at that moment. */
static void
key_and_window_are_asked_not_told(void **state)
{
	struct winsize w = { .ws_col = 97, .ws_row = 31 };
	struct seat *seat = *state;
	struct diag d = { 0 };
	unsigned cols = 0, rows = 0;
	uint8_t key;

	type(seat, "+\xff\x03");
	assert_int_equal(tty_key(seat->t, WAIT_MS, &key, &d), ST_OK);
	assert_int_equal(key, '+');
	assert_int_equal(tty_key(seat->t, WAIT_MS, &key, &d), ST_OK);
	assert_int_equal(key, 0xff);
	assert_int_equal(tty_key(seat->t, WAIT_MS, &key, &d), ST_USAGE);
	diag_clear(&d);
	assert_int_equal(tty_key(seat->t, 1, &key, &d), ST_OK);
	assert_int_equal(key, 0);
	assert_int_equal(tty_window(seat->t, &cols, &rows, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "does not know its size"));
	assert_int_equal(ioctl(seat->slave, TIOCSWINSZ, &w), 0);
	assert_int_equal(tty_window(seat->t, &cols, &rows, &d), ST_OK);
	assert_int_equal(cols, 97);
	assert_int_equal(rows, 31);
	/* it is no console */
	assert_int_equal(tty_font(seat->t, 0x2580), TTY_FONT_UNKNOWN);
}

/* ^S held the wipe back for as long as nobody pressed ^Q. */
static void
stopped_output_keeps_nothing_on_the_screen(void **state)
{
	struct seat *seat = *state;
	struct bytes b = { 0 };
	struct diag d = { 0 };

	type(seat, "\x13" "a\n\x13\x03");
	assert_int_equal(tty_ask(seat->t, "Q? ", 9, &b, &d), ST_USAGE);
	assert_non_null(strstr(d.text, "interrupted by ^C"));
	assert_int_equal(tty_wipe(seat->t, NULL), ST_OK);
	watch(seat->master, "\033[3J", seat->screen);
	bytes_free(&b);
}

/* A process whose own terminal it is: ^C must not kill it. */
static int
asks_at_its_own_terminal(void)
{
	struct secret *s = NULL;
	struct tty *t;
	enum status rc;

	signal(SIGINT, SIG_DFL);
	if (tty_open("/dev/tty", &t, NULL) != ST_OK)
		return 1;
	rc = tty_ask_secret(t, "S? ", 9, false, &s, NULL);
	if (rc != ST_OK || memcmp(secret_peek(s), "hush", 4) != 0)
		return 2;
	secret_free(s);
	rc = tty_ask_secret(t, "Again? ", 9, false, &s, NULL);
	tty_close(t);
	return rc == ST_USAGE ? 0 : 3;
}

static void
interrupt_is_an_answer_not_a_death(void **state)
{
	static char screen[SCREEN_MAX];
	int master, status;
	pid_t pid;

	(void)state;
	pid = forkpty(&master, NULL, NULL, NULL);
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(asks_at_its_own_terminal());
	watch(master, "S? ", screen);
	press(master, "hush\n", 5);
	watch(master, "Again? ", screen);
	press(master, "\x03", 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_null(strstr(screen, "hush"));
	close(master);
}

static enum status
converse(void *ctx)
{
	struct seat *seat = ctx;
	struct bytes b = { 0 };
	struct secret *s = NULL;
	struct tty *t = NULL;
	enum status rc;
	char path[64];

	assert_int_equal(ttyname_r(seat->slave, path, sizeof(path)), 0);
	TRY(tty_open(path, &t, NULL));
	type(seat, "open\nclosed\n");
	TRY(tty_ask(t, "Q? ", 9, &b, NULL));
	TRY(tty_ask_secret(t, "S? ", 9, false, &s, NULL));
	TRY(tty_say(t, NULL, "%s", "thanks"));
out:
	tty_close(t);
	bytes_free(&b);
	secret_free(s);
	return rc;
}

static void
tty_survives_every_allocation_failing(void **state)
{
	assert_int_equal(oom_each(converse, *state), 6);
}

#define SEATED(f) cmocka_unit_test_setup_teardown(f, sit_down, stand_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SEATED(ask_drops_blanks_and_shows_what_is_typed),
		SEATED(ask_takes_an_empty_line_and_both_kinds_of_enter),
		SEATED(ask_refuses_a_longer_line_on_screen),
		SEATED(ask_lets_mistakes_be_rubbed_out),
		SEATED(ask_refuses_keys_that_are_no_character),
		SEATED(ask_ends_on_interrupt_and_end_of_input),
		SEATED(ask_ends_when_the_terminal_is_gone),
		SEATED(secret_is_shown_only_where_asked_for),
		SEATED(secret_that_is_empty_or_long_is_asked_again),
		SEATED(secret_takes_pasted_lines_one_by_one),
		SEATED(secret_takes_the_longest_line),
		SEATED(wait_takes_no_enter_that_came_before_it),
		SEATED(say_says_it_all),
		SEATED(say_breaks_lines_at_blanks),
		SEATED(wipe_takes_the_scroll_back_too),
		SEATED(stopped_output_keeps_nothing_on_the_screen),
		cmocka_unit_test(close_gives_the_terminal_back_as_it_was),
		cmocka_unit_test(open_keeps_what_was_typed_too_early),
		cmocka_unit_test(open_refuses_what_is_no_terminal),
		cmocka_unit_test(signal_leaves_no_secret_and_no_quiet_terminal),
		cmocka_unit_test(signal_neither_stops_nor_ends_what_ignores_it),
		cmocka_unit_test(stage_is_left_by_any_end),
		SEATED(key_and_window_are_asked_not_told),
		cmocka_unit_test(interrupt_is_an_answer_not_a_death),
		SEATED(tty_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("tty", tests, NULL, NULL);
}
