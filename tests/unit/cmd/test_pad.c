/* pad.c: what is typed where words are asked for, and what comes of it. */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/pad.h"

#define WAIT_MS 20000
#define SCREEN_MAX 65536
#define ANSWER_MAX 1024
#define STEPS_MAX 6
#define READY "for help"
#define WANT "academic acid acne acquire"

/* A person at a terminal, and the program in a child. */
struct desk {
	int master, slave, answer;
	pid_t child;
	char screen[SCREEN_MAX];
	size_t from; /* behind what was seen last */
};

/* Look till it is shown, then type. */
struct step {
	const char *see, *type;
};

static void
ask(const char *path, const struct pad_ask *a, int out)
{
	char text[ANSWER_MAX] = "";
	struct secret *words = NULL;
	struct diag d = { 0 };
	struct tty *t = NULL;
	enum front_gave gave;
	enum status rc;
	int n;

	if ((rc = tty_open(path, &t, &d)) == ST_OK)
		rc = pad_ask(t, a, &gave, &words, &d);
	tty_close(t);
	if (rc != ST_OK)
		n = snprintf(text, sizeof(text), "%s", d.text);
	else if (words == NULL)
		n = snprintf(text, sizeof(text), "gave %d", gave);
	else
		n = snprintf(text, sizeof(text), "%.*s",
		    (int)secret_len(words), (const char *)secret_peek(words));
	secret_free(words);
	_exit(n >= 0 && write(out, text, (size_t)n) == n ? 0 : 1);
}

static void
sit_down(struct desk *k, const struct pad_ask *a)
{
	struct winsize w = { .ws_col = 80, .ws_row = 24 };
	int pair[2];
	char path[64];

	memset(k, 0, sizeof(*k));
	assert_int_equal(openpty(&k->master, &k->slave, NULL, NULL, &w), 0);
	assert_int_equal(ttyname_r(k->slave, path, sizeof(path)), 0);
	assert_int_equal(pipe(pair), 0);
	assert_true((k->child = fork()) >= 0);
	if (k->child == 0)
		ask(path, a, pair[1]);
	close(pair[1]);
	k->answer = pair[0];
}

static bool
look(struct desk *k, const char *text)
{
	struct pollfd p[2] = { { .fd = k->master, .events = POLLIN },
		{ .fd = k->answer, .events = POLLIN } };
	size_t len = strlen(k->screen), room;
	ssize_t n;

	while (text == NULL || strstr(k->screen + k->from, text) == NULL) {
		if (poll(p, 2, WAIT_MS) <= 0) {
			kill(k->child, SIGKILL);
			fail_msg("\"%s\" is not shown, but\n%s", text,
			    k->screen + k->from);
		}
		if ((p[0].revents & POLLIN) == 0)
			return false;
		room = len < SCREEN_MAX - 1 ? SCREEN_MAX - 1 - len : 0;
		n = read(k->master, k->screen + len, room);
		assert_true(n > 0);
		len += (size_t)n;
	}
	return true;
}

static void
play(struct desk *k, const struct step *step)
{
	for (; step->see != NULL; step++) {
		if (!look(k, step->see))
			fail_msg("it ended before \"%s\"", step->see);
		k->from = (size_t)(strstr(k->screen + k->from, step->see) -
		    k->screen) + strlen(step->see);
		assert_int_equal(write(k->master, step->type,
		    strlen(step->type)), (ssize_t)strlen(step->type));
	}
}

/* What the program came to. */
static void
stand_up(struct desk *k, char answer[ANSWER_MAX])
{
	ssize_t n;
	int how;

	while (look(k, NULL))
		;
	n = read(k->answer, answer, ANSWER_MAX - 1);
	assert_true(n >= 0);
	answer[n] = '\0';
	assert_int_equal(waitpid(k->child, &how, 0), k->child);
	assert_int_equal(how, 0);
	close(k->answer);
	close(k->master);
	close(k->slave);
}

static void
comes_to(const struct pad_ask *a, const struct step *step, const char *want)
{
	static struct desk k;
	char answer[ANSWER_MAX];

	sit_down(&k, a);
	play(&k, step);
	stand_up(&k, answer);
	if (strcmp(answer, want) != 0)
		fail_msg("\"%s\" gave \"%s\", not \"%s\"; the screen:\n%s",
		    step[0].type, answer, want, k.screen);
}

static const struct pad_ask four = { .title = "Words", .n = 4, .show = true,
	.scan = true, .give_up = "It ends." };

static void
pad_takes_words_as_people_type_them(void **state)
{
	static const char *const typed[] = {
		"academic acid acne acquire\n",
		"acad acid acne acqu\n",
		"ACADEMIC Acid aCNE acQU\n",
		"academic\nacid\nacne\nacquire\n",
		"academic acid\r\n\r\nacne acquire\r\n",
		"  academic\t acid\tacne   acquire\n",
		"academic, acid; acne. acquire\n",
		"1 academic 2 acid 3 acne 4 acquire\n",
		"1. academic 2: acid 3) acne 4. acquire\n",
		"acad\302\240acid\343\200\200acne\342\200\203acqu\n",
		/* letters of an East Asian keyboard */
		"\357\275\201\357\274\243\357\275\201\357\275\204 acid acne "
		"acqu\n",
		/* taken back: letters, words, rows */
		"acadx\b acid acne acqu\n",
		"acab\b\177ad acid acne acqu\n",
		"acid \bacad acid acne acqu\n",
		"acid back acad acid acne acqu\n",
		"acid acid\027\027acad acid acne acqu\n",
		"acid acid aci\025acad acid acne acqu\n",
		"acid acid acne acqu\b\b\b\b\025acad acid acne acqu\n",
		"back \b\027\025acad acid acne acqu\n",
		/* keys that are no characters */
		"\033[A\033OPac\033[3~ad\001\002\007\034 acid\033[1;5C acne "
		"acqu\n",
	};
	struct step step[] = { { READY, NULL }, { NULL, NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		step[0].type = typed[i];
		comes_to(&four, step, WANT);
	}
}

/* Told at once and by number; what comes behind in a paste is dropped, and the
 * word is asked for again. */
static void
pad_refuses_what_is_no_word_by_its_number(void **state)
{
	static const struct step rows[][STEPS_MAX] = {
		{ { READY, "acad abandon acne acqu\n" },
		    { "Word 2 is not of the list of words", "" },
		    { "2  \033[K", "acid acne acqu\n" } },
		{ { READY, "aca acid\n" },
		    { "Word 1: the first four letters are needed", "" },
		    { "1  \033[K", "acad acid acne acqu\n" } },
		{ { READY, "academix " }, { "Word 1 is not of the list", "" },
		    { "1  \033[K", WANT "\n" } },
		{ { READY, "academicacademicacademic " },
		    { "Word 1 is not of the list", "" },
		    { "1  \033[K", WANT "\n" } },
		/* a Cyrillic letter, one byte of nothing, and an accent */
		{ { READY, "\320\260cademic " },
		    { "Word 1: a character was typed that is no letter", "" },
		    { "1  \033[K", WANT "\n" } },
		{ { READY, "acad acid\377 " },
		    { "Word 2: a character was typed that is no letter", "" },
		    { "2  \033[K", "acid acne acquire\n" } },
		{ { READY, "3 acad " },
		    { "That was another number: word 1 comes next", "" },
		    { "1  \033[K", WANT "\n" } },
		{ { READY, "acad acid acne acqu acid acid\n" },
		    { "All 4 words are there, and more are not", "" },
		    { "acquire   \033[K", "\n" } },
		{ { READY, "acad acid \n" },
		    { "2 of 4 words are there, and word 3 comes next", "" },
		    { "3  \033[K", "acne acqu\n" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		comes_to(&four, rows[i], WANT);
}

static void
pad_gives_what_else_is_wanted(void **state)
{
	static const struct step show[] = { { READY, "acad show\n" },
		{ NULL, NULL } };
	static const struct step scan[] = { { READY, "CODE\n" },
		{ NULL, NULL } };
	static const struct step give_up[] = { { READY, "acad give up\n" },
		{ "to go on: ", "maybe\n" }, { "to go on: ", "yes\n" },
		{ NULL, NULL } };
	static const struct step stay[] = { { READY, "acad acid give up\n" },
		{ "to go on: ", "no\n" }, { "3  \033[K", "acne acqu\n" },
		{ NULL, NULL } };
	static const struct step help[] = { { READY, "acad ?" },
		{ "Four letters of a word are enough", "" },
		{ "2  \033[K", "acid acne acqu\n" }, { NULL, NULL } };
	static const struct step none[] = { { READY, "show " },
		{ "\"show\" is of no use here", "" },
		{ "1  \033[K", "code " }, { "\"code\" is of no use here", "" },
		{ "1  \033[K", WANT "\n" }, { NULL, NULL } };
	static const struct pad_ask bare = { .title = "Words", .n = 4 };
	char want[16];

	(void)state;
	snprintf(want, sizeof(want), "gave %d", FRONT_SHOW);
	comes_to(&four, show, want);
	snprintf(want, sizeof(want), "gave %d", FRONT_SCANNED);
	comes_to(&four, scan, want);
	snprintf(want, sizeof(want), "gave %d", FRONT_GIVE_UP);
	comes_to(&four, give_up, want);
	comes_to(&four, stay, WANT);
	comes_to(&four, help, WANT);
	comes_to(&bare, none, WANT);
}

static void
pad_asks_for_words_by_their_numbers(void **state)
{
	static const uint8_t number[] = { 3, 9, 17, 33 };
	static const struct pad_ask some = { .title = "Words",
		.number = number, .n = 4 };
	static const struct step step[] = { { READY, "3 acad 9 acid ac " },
		{ "Word 17: the first four letters are needed", "" },
		{ "17  \033[K", "acne acqu\n" }, { NULL, NULL } };

	(void)state;
	comes_to(&some, step, WANT);
}

static void
pad_ends_at_interrupt_and_at_the_end_of_input(void **state)
{
	static const struct step interrupt[] = { { READY, "acad ac\003" },
		{ NULL, NULL } };
	static const struct step end[] = { { READY, "acad ac\004id \004" },
		{ NULL, NULL } };

	(void)state;
	comes_to(&four, interrupt, "interrupted by ^C");
	comes_to(&four, end, "end of input at the terminal");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pad_takes_words_as_people_type_them),
		cmocka_unit_test(pad_refuses_what_is_no_word_by_its_number),
		cmocka_unit_test(pad_gives_what_else_is_wanted),
		cmocka_unit_test(pad_asks_for_words_by_their_numbers),
		cmocka_unit_test(pad_ends_at_interrupt_and_at_the_end_of_input),
	};

	if (secret_process(NULL) != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
