/* A sheet is where it is printed from for as long as that takes. */
#include <sys/resource.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/front.h"
#include "cmd/printer.h"
#include "lib/base/file.h"
#include "tests/support/shares.h"

#define DIR "sheets-here"
#define NAME DIR "/g1-e3-sheet01-first.pdf"

/* What people say, in turn; and whether the sheet was there then. */
static enum status answers[3];
static size_t asked, there;

static enum status
answer(const struct front *f, const char *question, struct diag *d)
{
	const enum status says = answers[asked++];
	struct stat st;

	(void)f;
	assert_non_null(strstr(question, "Is it printed"));
	there += stat(NAME, &st) == 0 && st.st_size > 1000 &&
	    (st.st_mode & 077) == 0;
	return says == ST_OK ? says : diag_set(d, says, "said so");
}

static struct sheet sheet = { .number = 1, .holder = "first" };
static const struct sheet_set set = { .root = "g1", .epoch = 3, .n = 1,
	.sheets = &sheet, .scheme = { .need = 1, .groups = 1,
	.group = { { 1, 1 } } } };
static const struct spki root = { .alg = "ecdsa-p384" };
static const struct sheet_view first_sheet = { .set = &set, .sheet = &sheet,
	.root = &root, .print = true, .ceremony = "example" };
static const struct room room = { .print = DIR };

static void
told(const struct front *f, const char *text)
{
	(void)f;
	assert_non_null(strstr(text, "Sheet 1 of 1 is for first. It is in "
	    DIR ",\nas g1-e3-sheet01-first.pdf.\n"));
}

/* The sentence where nobody was asked whether it is printed. */
static char why[DIAG_TEXT_MAX];

/* A medium that takes so much of a file and no more; 0: all of it. */
static void
limit_files(rlim_t bytes)
{
	static struct rlimit all;
	struct rlimit now;

	if (bytes == 0) {
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
		return;
	}
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	now = all;
	now.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

/* What comes of it; no file is left. */
static enum status
show(bool real, rlim_t most)
{
	struct sheet_view view = first_sheet;
	struct front f = { .tell = told, .confirm = answer };
	struct printer *p = NULL;
	struct secret *words;
	struct diag d = { 0 };
	enum status rc;

	asked = there = 0;
	if (printer_open(&room, real, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	f.printer = p;
	words = shares_text("academic acid acne");
	view.mnemonic = words;
	if (most > 0)
		limit_files(most);
	rc = printer_show(&f, &view, &d);
	if (most > 0)
		limit_files(0);
	snprintf(why, sizeof(why), "%s", d.text);
	assert_int_not_equal(access(NAME, F_OK), 0);
	assert_int_equal(there, asked);
	secret_free(words);
	printer_free(p);
	return rc;
}

static void
printer_leaves_no_sheet_behind(void **state)
{
	(void)state;
	assert_int_equal(mkdir(DIR, 0700), 0);
	/* not yet, not yet, yes */
	answers[0] = answers[1] = ST_POLICY;
	answers[2] = ST_OK;
	assert_int_equal(show(false, 0), ST_OK);
	assert_int_equal(asked, 3);
	/* whoever ends it, ends it without the file */
	answers[1] = ST_USAGE;
	assert_int_equal(show(false, 0), ST_USAGE);
	assert_string_equal(why, "said so");
	answers[0] = ST_SYSTEM;
	assert_int_equal(show(false, 0), ST_SYSTEM);
	assert_string_equal(why, "said so");
	assert_int_equal(rmdir(DIR), 0);
}

/* On a stick that is full the words would lie there in a torn file. */
static void
printer_leaves_no_piece_of_a_sheet(void **state)
{
	(void)state;
	assert_int_equal(mkdir(DIR, 0700), 0);
	assert_int_equal(show(false, 4096), ST_SYSTEM);
	assert_int_equal(asked, 0);
	assert_non_null(strstr(why, "g1-e3-sheet01-first.pdf"));
	assert_int_equal(rmdir(DIR), 0);
}

/* All of the child is locked: root may, and whoever has the limit for it. */
static void
printer_draws_real_sheets_in_locked_memory(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(DIR, 0700), 0);
	answers[0] = ST_OK;
	assert_int_equal(show(true, 0), ST_OK);
	assert_int_equal(rmdir(DIR), 0);
}

/* A sheet once more, or after a cut: what a rehearsal left stays. */
static void
printer_gives_a_second_file_another_name(void **state)
{
	static const char *const names[] = { "g1-e3-sheet01-first.pdf",
		"g1-e3-sheet01-first.v2.pdf", "g1-e3-sheet01-first.v3.pdf" };
	struct sheet_view view = first_sheet;
	char name[PRINTER_NAME_SIZE], path[PRINTER_NAME_SIZE + sizeof(DIR)];
	struct printer *p = NULL;
	struct secret *words;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(mkdir(DIR, 0700), 0);
	assert_int_equal(printer_open(&room, false, &p, &d), ST_OK);
	words = shares_text("academic acid acne");
	view.mnemonic = words;
	for (size_t i = 0; i < 3; i++) {
		if (printer_write(p, &view, name, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_string_equal(name, names[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), DIR "/%s", names[i]);
		assert_int_equal(unlink(path), 0);
	}
	secret_free(words);
	printer_free(p);
	assert_int_equal(rmdir(DIR), 0);
}

/* What is there is somebody's: it stays, and nothing is written. */
static void
printer_refuses_a_real_sheet_beside_another(void **state)
{
	struct sheet_view view = first_sheet;
	char name[PRINTER_NAME_SIZE];
	struct printer *p = NULL;
	struct secret *words;
	struct diag d = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(DIR, 0700), 0);
	assert_int_equal(printer_open(&room, true, &p, &d), ST_OK);
	assert_int_equal(file_create(NAME, "x", 1, NULL), ST_OK);
	words = shares_text("academic acid acne");
	view.mnemonic = words;
	assert_int_equal(printer_write(p, &view, name, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "is there already"));
	assert_int_equal(unlink(NAME), 0);
	secret_free(words);
	printer_free(p);
	assert_int_equal(rmdir(DIR), 0);
}

static void
printer_refuses_a_folder_with_somebodys_sheet(void **state)
{
	struct printer *p = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(mkdir(DIR, 0700), 0);
	assert_int_equal(file_create(DIR "/x.pdf", "x", 1, NULL), ST_OK);
	assert_int_equal(printer_open(&room, true, &p, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 4.22: a PDF file is there"));
	assert_null(p);
	/* a rehearsal's may stay */
	assert_int_equal(printer_open(&room, false, &p, NULL), ST_OK);
	printer_free(p);
	assert_int_equal(unlink(DIR "/x.pdf"), 0);
	assert_int_equal(rmdir(DIR), 0);
	assert_int_equal(printer_open(&room, false, &p, &d), ST_SYSTEM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printer_leaves_no_sheet_behind),
		cmocka_unit_test(printer_leaves_no_piece_of_a_sheet),
		cmocka_unit_test(printer_draws_real_sheets_in_locked_memory),
		cmocka_unit_test(printer_gives_a_second_file_another_name),
		cmocka_unit_test(printer_refuses_a_real_sheet_beside_another),
		cmocka_unit_test(printer_refuses_a_folder_with_somebodys_sheet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
