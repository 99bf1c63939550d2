/* Pages with a secret: drawn by who has nothing else, and gone with it. */
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/secret.h"
#include "lib/code/press.h"

static struct secret *
secret_of(const char *text)
{
	struct secret *s;

	assert_int_equal(secret_new(strlen(text), &s, NULL), ST_OK);
	memcpy(secret_bytes(s), text, strlen(text));
	return s;
}

static void
press_draws_pages_with_a_code(void **state)
{
	struct secret *text, *code;
	struct press *p = NULL;
	struct diag d = { 0 };
	const uint8_t *pdf;
	uint8_t first[64];
	size_t len, was;

	(void)state;
	if (press_start(false, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	text = secret_of("T A title\nW one two three\nC 150\t0\tcode\n");
	code = secret_of("ONE TWO THREE");
	for (int i = 0; i < 3; i++) {
		if (press_draw(p, text, code, &pdf, &len, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_memory_equal(pdf, "%PDF-1.", 7);
		if (i > 0) {
			assert_int_equal(len, was);
			assert_memory_equal(pdf, first, sizeof(first));
		}
		was = len;
		memcpy(first, pdf, sizeof(first));
	}
	secret_free(text);
	secret_free(code);
	press_free(p);
	assert_int_equal(secret_alive(), 0);
}

static void
press_refuses_a_letter_that_no_font_has(void **state)
{
	struct press *p = NULL;
	struct secret *text;
	struct diag d = { 0 };
	const uint8_t *pdf;
	size_t len;

	(void)state;
	assert_int_equal(press_start(false, &p, NULL), ST_OK);
	text = secret_of("P \xf3\xb0\x80\x80\n"); /* for private use */
	assert_int_equal(press_draw(p, text, NULL, &pdf, &len, &d),
	    ST_SYSTEM);
	assert_non_null(strstr(d.text, "no font of this machine has every "
	    "letter"));
	assert_null(pdf);
	secret_free(text);
	/* and goes on */
	text = secret_of("P a\n");
	assert_int_equal(press_draw(p, text, NULL, &pdf, &len, NULL), ST_OK);
	secret_free(text);
	press_free(p);
}

static void
press_refuses_what_is_no_page(void **state)
{
	static const char *const wrong[] = { "Q what\n", "P\x1b[2J\n", "|P a\n",
		"C 100\t1\t\n", ("P \xe2\x80\xae" "a\n"), "P \xff\n", "Pa\n" };
	struct press *p = NULL;
	struct secret *text;
	struct diag d = { 0 };
	const uint8_t *pdf;
	size_t len;

	(void)state;
	assert_int_equal(press_start(false, &p, NULL), ST_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		diag_clear(&d);
		text = secret_of(wrong[i]);
		assert_int_equal(press_draw(p, text, NULL, &pdf, &len, &d),
		    ST_SYSTEM);
		assert_non_null(strstr(d.text, "line 1 is none of a page"));
		secret_free(text);
	}
	press_free(p);
}

static void
press_is_not_started_beside_a_secret(void **state)
{
	struct press *p = NULL;
	struct diag d = { 0 };
	struct secret *s = secret_of("secret");

	(void)state;
	assert_int_equal(press_start(false, &p, &d), ST_BUG);
	assert_null(p);
	secret_free(s);
}

/* A child that is forked later has no desk to read from. */
static void
press_shares_its_desk_with_nobody_else(void **state)
{
	struct press *p = NULL;
	struct secret *text;
	const uint8_t *pdf;
	size_t len;
	int how;
	pid_t child;

	(void)state;
	assert_int_equal(press_start(false, &p, NULL), ST_OK);
	text = secret_of("P a\n");
	assert_int_equal(press_draw(p, text, NULL, &pdf, &len, NULL), ST_OK);
	if ((child = fork()) == 0) {
		signal(SIGSEGV, SIG_DFL);
		_exit(pdf[0] == '%');
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	/* a sanitizer makes an exit of the signal */
	assert_true(WIFSIGNALED(how) || WEXITSTATUS(how) > 1);
	secret_free(text);
	press_free(p);
}

static void
press_brings_no_library_along(void **state)
{
	struct press *p = NULL;
	char line[512];
	FILE *maps;

	(void)state;
	assert_int_equal(press_start(false, &p, NULL), ST_OK);
	maps = fopen("/proc/self/maps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL)
		assert_null(strstr(line, "pango"));
	fclose(maps);
	press_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(press_draws_pages_with_a_code),
		cmocka_unit_test(press_refuses_a_letter_that_no_font_has),
		cmocka_unit_test(press_refuses_what_is_no_page),
		cmocka_unit_test(press_is_not_started_beside_a_secret),
		cmocka_unit_test(press_shares_its_desk_with_nobody_else),
		cmocka_unit_test(press_brings_no_library_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
