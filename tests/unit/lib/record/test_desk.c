/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/record/desk.h"
#include "tests/support/oom.h"
#include "tests/support/record.h"

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* One more entry at the end of the state in ${path}, with a file or none. */
static void
grow(const char *path, const char *kind, const char *const *facts,
    const char *object)
{
	const struct bytes data = { (uint8_t *)(uintptr_t)object,
		object == NULL ? 0 : strlen(object) };
	struct outcome o = { .kind = kind };
	struct sticks *s = NULL;
	const struct chain *c;
	struct entry e;
	struct diag d = { 0 };

	assert_int_equal(sticks_open(&path, 1, true, true, &s, NULL), ST_OK);
	c = sticks_chain(s);
	record_entry(&e, c->n + 1, c->n == 0 ? "none" :
	    c->entry[c->n - 1].digest, kind, facts);
	if (object != NULL)
		assert_int_equal(outcome_add(&o, object, &data, NULL), ST_OK);
	if (sticks_commit(s, &e, &o, &d) != ST_OK)
		fail_msg("%s", d.text);
	outcome_clear(&o);
	entry_clear(&e);
	sticks_free(s);
}

static void
begin(const char *path)
{
	static const char *const open[] = { "ceremony", "1", "mode",
		"rehearsal", "org", "TEST example", "arc",
		"1.3.6.1.4.1.32473", "plan", "p", NULL };

	grow(path, "open", open, "plans/000001.ini");
}

/* A ceremony of one read-back sheet, and whose seal is kept from people. */
static void
ceremony(const char *path, const char *object)
{
	begin(path);
	grow(path, "read-back", NULL, object);
	grow(path, "closed", NULL, "record/000003.line");
}

static struct state *
load(const char *path, int *fd)
{
	struct state *s = NULL;
	struct diag d = { 0 };

	if (state_load(path, &s, fd, NULL, NULL, &d) != ST_OK)
		fail_msg("%s", d.text);
	return s;
}

static enum status
publish(const char *from, const char *to, struct diag *d)
{
	enum status rc;
	struct state *s;
	int fd = -1;

	s = load(from, &fd);
	rc = desk_publish(s, to, d);
	state_free(s);
	close(fd);
	return rc;
}

static size_t
withheld(const char *path)
{
	struct state *s;
	int fd = -1;
	size_t n;

	s = load(path, &fd);
	n = s->withheld;
	state_free(s);
	close(fd);
	return n;
}

static void
desk_copy_has_all_but_what_is_private(void **state)
{
	(void)state;
	record_room();
	ceremony("a", "private/seals.json");
	assert_int_equal(withheld("a"), 0);
	assert_int_equal(publish("a", "b", NULL), ST_OK);
	assert_true(is_there("b/plans/000001.ini"));
	assert_true(is_there("b/record/000003.json"));
	assert_true(is_there("b/record/000003.line"));
	assert_false(is_there("b/private"));
	assert_int_equal(withheld("b"), 1);
	/* and of that another */
	assert_int_equal(publish("b", "c", NULL), ST_OK);
	assert_int_equal(withheld("c"), 1);
	record_leave();
}

static void
desk_copy_of_what_is_all_public_is_whole(void **state)
{
	(void)state;
	record_room();
	ceremony("a", "issued/4c.crt");
	assert_int_equal(publish("a", "b", NULL), ST_OK);
	assert_int_equal(withheld("b"), 0);
	assert_int_equal(sticks_copy("b", "c", NULL), ST_OK);
	record_leave();
}

/* A name is private by its folder alone. */
static void
desk_knows_what_is_private(void **state)
{
	(void)state;
	assert_true(desk_is_private("private/seals.json"));
	assert_false(desk_is_private("privates/seals.json"));
	assert_false(desk_is_private("issued/private"));
}

static void
refuses_to_publish(const char *to, enum status code, const char *why)
{
	struct diag d = { 0 };

	assert_int_equal(publish("a", to, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" instead of \"%s\"", d.text, why);
}

static void
publish_refuses_and_leaves_nothing(void **state)
{
	(void)state;
	record_room();
	begin("a");
	refuses_to_publish("b", ST_POLICY, "RULES C3: ceremony 1 is not "
	    "closed; nothing leaves the room before");
	assert_false(is_there("b"));
	grow("a", "closed", NULL, "record/000002.line");
	assert_int_equal(mkdir("b", 0700), 0);
	refuses_to_publish("b", ST_POLICY, "b: it is there already");
	assert_int_equal(rmdir("b"), 0); /* still empty */
	record_flip("a/record/000002.line");
	refuses_to_publish("b", ST_AUTH, "record/000002.line: FORMATS 7.3");
	assert_false(is_there("b"));
	refuses_to_publish("no/b", ST_SYSTEM, "no");
	record_leave();
}

static enum status
publish_once(void *ctx)
{
	enum status rc = desk_publish(ctx, "b", NULL);

	assert_true(is_there("b") == (rc == ST_OK));
	return rc;
}

static void
publish_survives_every_failing_allocation(void **state)
{
	struct state *s;
	int fd = -1;

	(void)state;
	record_room();
	ceremony("a", "private/seals.json");
	s = load("a", &fd);
	assert_true(oom_each(publish_once, s) > 0);
	state_free(s);
	close(fd);
	record_leave();
}

/* Neither what is read from one nor what is brought forward onto one. */
static void
stick_refuses_a_desk_copy(void **state)
{
	static const char why[] = "b: FORMATS 7.12: private/seals.json is not "
	    "in it: it is a desk copy, and no stick is made of one";
	const char *paths[] = { "a", "b" };
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	ceremony("a", "private/seals.json");
	assert_int_equal(publish("a", "b", NULL), ST_OK);
	assert_int_equal(sticks_copy("b", "c", &d), ST_POLICY);
	assert_string_equal(d.text, why);
	assert_false(is_there("c"));
	diag_clear(&d);
	assert_int_equal(sticks_copy("a", "b", &d), ST_POLICY);
	assert_string_equal(d.text, why);
	diag_clear(&d);
	assert_int_equal(sticks_open(paths, 2, false, true, &s, &d),
	    ST_POLICY);
	assert_string_equal(d.text, why);
	assert_false(is_there("b/private"));
	record_leave();
}

static enum desk_relation
compare(const char *a, const char *b, size_t *at)
{
	enum desk_relation is;
	struct state *s, *t;
	int fd = -1, fe = -1;

	s = load(a, &fd);
	t = load(b, &fe);
	is = desk_compare(s, t, at);
	state_free(s);
	state_free(t);
	close(fd);
	close(fe);
	return is;
}

static void
compare_finds_the_first_entry_that_differs(void **state)
{
	static const char *const why[] = { "why", "a stranger", NULL };
	size_t at = 0;

	(void)state;
	record_room();
	begin("a");
	grow("a", "refused", NULL, NULL);
	assert_int_equal(sticks_copy("a", "b", NULL), ST_OK);
	assert_int_equal(compare("a", "b", &at), DESK_EQUAL);
	assert_int_equal(at, 2);
	grow("b", "refused", NULL, NULL);
	assert_int_equal(compare("a", "b", &at), DESK_A_FIRST);
	assert_int_equal(compare("b", "a", &at), DESK_B_FIRST);
	assert_int_equal(at, 2);
	/* however far they have come, and whatever follows is equal */
	grow("a", "refused", why, NULL);
	grow("a", "refused", NULL, NULL);
	assert_int_equal(compare("a", "b", &at), DESK_APART);
	assert_int_equal(compare("b", "a", &at), DESK_APART);
	assert_int_equal(at, 2);
	record_leave();
}

static void
compare_finds_files_that_are_not_of_record(void **state)
{
	struct diag d = { 0 };
	bool same = false;
	struct state *s;
	int fd = -1;

	(void)state;
	record_room();
	ceremony("a", "issued/4c.crt");
	s = load("a", &fd);
	assert_int_equal(desk_object(s, s->entries[1].objects, &same, NULL),
	    ST_OK);
	assert_true(same);
	record_flip("a/issued/4c.crt");
	assert_int_equal(desk_object(s, s->entries[1].objects, &same, NULL),
	    ST_OK);
	assert_false(same);
	assert_int_equal(unlink("a/issued/4c.crt"), 0);
	assert_int_equal(desk_object(s, s->entries[1].objects, &same, NULL),
	    ST_OK);
	assert_false(same);
	/* what cannot be read is not said to differ */
	assert_int_equal(mkdir("a/issued/4c.crt", 0700), 0);
	assert_int_not_equal(desk_object(s, s->entries[1].objects, &same, &d),
	    ST_OK);
	state_free(s);
	close(fd);
	record_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(desk_copy_has_all_but_what_is_private),
		cmocka_unit_test(desk_copy_of_what_is_all_public_is_whole),
		cmocka_unit_test(desk_knows_what_is_private),
		cmocka_unit_test(publish_refuses_and_leaves_nothing),
		cmocka_unit_test(publish_survives_every_failing_allocation),
		cmocka_unit_test(stick_refuses_a_desk_copy),
		cmocka_unit_test(compare_finds_the_first_entry_that_differs),
		cmocka_unit_test(compare_finds_files_that_are_not_of_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
