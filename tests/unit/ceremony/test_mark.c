/* mark.c: a second holder's words of one set are not taken in one system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ceremony/mark.h"
#include "lib/base/file.h"

static struct {
	char dir[64], path[128], machine[128];
	struct sheet_set set[2];
	struct state state;
} here;

static void
write_text(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
system_is(const char *id)
{
	write_text(here.machine, id, strlen(id));
}

static int
make_here(void **state)
{
	(void)state;
	memset(&here, 0, sizeof(here));
	snprintf(here.dir, sizeof(here.dir), "/tmp/mark.XXXXXX");
	if (mkdtemp(here.dir) == NULL)
		return -1;
	snprintf(here.path, sizeof(here.path), "%s/marks", here.dir);
	snprintf(here.machine, sizeof(here.machine), "%s/id", here.dir);
	for (int i = 0; i < 2; i++) {
		snprintf(here.set[i].root, sizeof(here.set[i].root), "g%d",
		    i + 1);
		memset(here.set[i].salt, 7 + i, sizeof(here.set[i].salt));
	}
	here.state.sets = here.set;
	here.state.nsets = 2;
	system_is("0123456789abcdef\n");
	return 0;
}

static int
free_here(void **state)
{
	(void)state;
	file_remove_tree(here.dir);
	return 0;
}

static enum status
with_marks(enum status (*f)(const struct marks *, const struct sheet_set *,
    const char *, struct diag *), unsigned set, const char *holder,
    struct diag *d)
{
	struct marks m;
	enum status rc;

	diag_clear(d);
	TRY(marks_open(here.path, here.machine, -1, &m, d));
	rc = f(&m, &here.set[set], holder, d);
	marks_close(&m);
out:
	return rc;
}

static bool
any(void)
{
	struct marks m;
	bool yes;

	assert_int_equal(marks_open(here.path, here.machine, -1, &m, NULL),
	    ST_OK);
	yes = marks_any(&m, &here.state);
	marks_close(&m);
	return yes;
}

static void
mark_keeps_a_second_holder_out(void **state)
{
	struct diag d;

	(void)state;
	assert_false(any());
	assert_int_equal(with_marks(marks_check, 0, "anna", &d), ST_OK);
	assert_false(any());
	assert_int_equal(with_marks(marks_leave, 0, "anna", &d), ST_OK);
	assert_true(any());
	/* the same one next year */
	assert_int_equal(with_marks(marks_check, 0, "anna", &d), ST_OK);
	assert_int_equal(with_marks(marks_leave, 0, "anna", &d), ST_OK);
	assert_int_equal(with_marks(marks_check, 0, "ben", &d), ST_POLICY);
	assert_non_null(strstr(d.text, "RULES S4: another holder's words of "
	    "the same set of root g1 were taken in this system"));
	assert_null(strstr(d.text, "anna"));
	assert_int_equal(with_marks(marks_leave, 0, "ben", &d), ST_POLICY);
	assert_int_equal(with_marks(marks_check, 0, "anna", &d), ST_OK);
	/* one set's words say nothing of another set */
	assert_int_equal(with_marks(marks_leave, 1, "ben", &d), ST_OK);
}

/* A folder that was carried to another system, or that outlived one. */
static void
mark_is_of_one_system(void **state)
{
	struct diag d;

	(void)state;
	assert_int_equal(with_marks(marks_leave, 0, "anna", &d), ST_OK);
	system_is("fedcba9876543210\n");
	assert_false(any());
	assert_int_equal(with_marks(marks_leave, 0, "ben", &d), ST_OK);
	assert_int_equal(with_marks(marks_check, 0, "anna", &d), ST_POLICY);
	assert_int_equal(unlink(here.machine), 0);
	assert_int_equal(with_marks(marks_leave, 0, "carla", &d), ST_OK);
	assert_int_equal(with_marks(marks_check, 0, "ben", &d), ST_POLICY);
}

static void
mark_that_is_torn_keeps_everybody_out(void **state)
{
	struct diag d;
	char **names, path[256];
	size_t n;
	int fd;

	(void)state;
	assert_int_equal(with_marks(marks_leave, 0, "anna", &d), ST_OK);
	assert_int_equal(file_open_dir(here.path, false, &fd, NULL), ST_OK);
	assert_int_equal(file_list_at(fd, &names, &n, NULL), ST_OK);
	assert_int_equal(n, 1);
	snprintf(path, sizeof(path), "%s/%s", here.path, names[0]);
	write_text(path, "0123", 4);
	assert_int_equal(with_marks(marks_check, 0, "anna", &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "FORMATS 4.21: it is torn"));
	file_list_free(names, n);
	close(fd);
}

static void
mark_lies_in_no_state(void **state)
{
	struct marks m;
	struct diag d = { 0 };
	int fd;

	(void)state;
	assert_int_equal(file_open_dir(here.dir, false, &fd, NULL), ST_OK);
	assert_int_equal(marks_open(here.path, here.machine, fd, &m, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 4.21: marks would lie inside "
	    "the state"));
	assert_int_not_equal(access(here.path, F_OK), 0);
	assert_int_equal(marks_open("/nowhere/marks", here.machine, -1, &m,
	    NULL), ST_SYSTEM);
	close(fd);
}

int
main(void)
{
#define IN_A_SYSTEM(f) cmocka_unit_test_setup_teardown(f, make_here, free_here)
	const struct CMUnitTest tests[] = {
		IN_A_SYSTEM(mark_keeps_a_second_holder_out),
		IN_A_SYSTEM(mark_is_of_one_system),
		IN_A_SYSTEM(mark_that_is_torn_keeps_everybody_out),
		IN_A_SYSTEM(mark_lies_in_no_state),
	};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
