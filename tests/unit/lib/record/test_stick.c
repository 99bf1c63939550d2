/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/support/oom.h"
#include "tests/support/record.h"

/* How the chain in folder ${path} reads; ${c} is the caller's to clear. */
static enum status
chain_of(const char *path, struct chain *c, struct diag *d)
{
	enum status rc;
	int fd = -1;

	memset(c, 0, sizeof(*c));
	assert_int_equal(file_open_dir(path, false, &fd, NULL), ST_OK);
	rc = chain_read(fd, path, c, d);
	close(fd);
	if (rc != ST_OK) {
		assert_null(c->entry);
		assert_null(c->stray);
	}
	return rc;
}

static void
reads(const char *path, size_t entries, size_t strays)
{
	struct diag d = { 0 };
	struct chain c;

	if (chain_of(path, &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	if (c.nstray != strays && c.nstray > 0)
		print_error("a stray: %s\n", c.stray[0]);
	assert_int_equal(c.n, entries);
	assert_int_equal(c.nstray, strays);
	chain_clear(&c);
}

static void
refuses(const char *path, enum status code, const char *why)
{
	struct diag d = { 0 };
	struct chain c;
	enum status rc = chain_of(path, &c, &d);

	if (rc != code || strstr(d.text, why) == NULL ||
	    strncmp(d.text, path, strlen(path)) != 0)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
}

static enum status
open_two(const char *a, const char *b, struct sticks **s, struct diag *d)
{
	const char *paths[] = { a, b };
	enum status rc = sticks_open(paths, b == NULL ? 1 : 2, true, true, s,
	    d);

	assert_true((rc == ST_OK) == (*s != NULL));
	return rc;
}

static void
opens_not(const char *a, const char *b, enum status code, const char *why)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };
	enum status rc = open_two(a, b, &s, &d);

	if (rc != code || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
}

/* Cut a file to its first ${len} bytes: what a pulled stick leaves. */
static void
tear(const char *path, off_t len)
{
	assert_int_equal(truncate(path, len), 0);
}

/* A whole file of another folder under another name. */
static void
copy(const char *from, const char *to)
{
	struct bytes b = { 0 };

	assert_int_equal(file_read(from, FILE_MAX, &b, NULL), ST_OK);
	record_file(to, (const char *)b.data);
	bytes_free(&b);
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void
chain_gives_back_what_was_committed(void **state)
{
	struct chain c;

	(void)state;
	record_room();
	record_fill("a", NULL, 3);
	assert_int_equal(chain_of("a", &c, NULL), ST_OK);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.nstray, 0);
	assert_string_equal(c.entry[0].previous, "none");
	assert_string_equal(c.entry[2].previous, c.entry[1].digest);
	assert_string_equal(c.entry[2].objects[0].name, "issued/000003.crt");
	assert_true(is_there("a/record/000003.json"));
	chain_clear(&c);
	chain_clear(&c);
	chain_clear(NULL);
	record_leave();
}

static void
chain_of_an_empty_folder_is_empty(void **state)
{
	(void)state;
	record_room();
	assert_int_equal(mkdir("a", 0700), 0);
	reads("a", 0, 0);
	assert_int_equal(mkdir("a/record", 0700), 0);
	reads("a", 0, 0);
	record_leave();
}

static void
chain_takes_a_torn_last_entry_for_one_that_never_happened(void **state)
{
	struct stat st;

	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	assert_int_equal(stat("a/record/000002.json", &st), 0);
	/* the entry, and the object that it would have committed */
	for (off_t len = st.st_size - 1; len >= 0; len -= 7) {
		tear("a/record/000002.json", len);
		reads("a", 1, 2);
	}
	tear("a/record/000002.json", 0);
	reads("a", 1, 2);
	record_leave();
}

static void
chain_takes_a_last_entry_of_altered_bytes_for_torn(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	record_flip("a/record/000002.json");
	reads("a", 1, 2);
	record_leave();
}

static void
chain_refuses_a_missing_middle(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 3);
	assert_int_equal(unlink("a/record/000002.json"), 0);
	refuses("a", ST_AUTH, "record/000002.json: FORMATS 7.4: missing or "
	    "altered, and later entries are there");
	record_leave();
}

static void
chain_refuses_a_missing_first(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	assert_int_equal(unlink("a/record/000001.json"), 0);
	refuses("a", ST_AUTH, "record/000001.json: FORMATS 7.4: missing");
	record_leave();
}

static void
chain_refuses_a_torn_middle(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 3);
	tear("a/record/000002.json", 40);
	refuses("a", ST_AUTH, "record/000002.json: FORMATS 7.4: missing or "
	    "altered");
	record_leave();
}

/* Later entries count whatever variant of their name they stand under. */
static void
chain_refuses_a_gap_before_a_variant(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 3);
	assert_int_equal(rename("a/record/000003.json",
	    "a/record/000003-2.json"), 0);
	reads("a", 3, 0);
	assert_int_equal(unlink("a/record/000002.json"), 0);
	refuses("a", ST_AUTH, "record/000002.json: FORMATS 7.4: missing");
	record_leave();
}

/* An entry rewritten with a digest of its own that holds: the one behind it
 * does not follow, though it is the last. */
static void
chain_refuses_an_entry_rewritten_before_the_last(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	record_grow("b", NULL, "lists/000001.crl", "another");
	assert_int_equal(unlink("a/record/000001.json"), 0);
	copy("b/record/000001.json", "a/record/000001.json");
	refuses("a", ST_AUTH, "record/000002.json: FORMATS 7.4: it does not "
	    "follow the entry before it");
	record_leave();
}

static void
chain_refuses_an_entry_under_another_number(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	copy("a/record/000001.json", "a/record/000003.json");
	refuses("a", ST_AUTH, "record/000003.json: FORMATS 7.4: it is entry "
	    "1");
	record_leave();
}

static void
chain_refuses_two_entries_of_one_number(void **state)
{
	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_grow("a", NULL, "lists/000001.crl", "one");
	record_grow("b", NULL, "lists/000001.crl", "other");
	copy("b/record/000002.json", "a/record/000002-2.json");
	refuses("a", ST_AUTH, "FORMATS 7.4: two entries claim number 2");
	record_leave();
}

/* The same entry twice is one entry, and its second file a stray. */
static void
chain_takes_an_entry_that_is_there_twice_once(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	copy("a/record/000001.json", "a/record/000001-3.json");
	reads("a", 1, 1);
	record_leave();
}

static void
chain_finds_an_entry_whose_name_a_torn_file_has(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	record_file("a/record/000002.json", "{\"entry\":2,\"ti");
	record_file("a/record/000002-2.json", "");
	record_grow("a", NULL, NULL, NULL);
	assert_true(is_there("a/record/000002-3.json"));
	/* the two torn ones are named, so nothing is left over */
	reads("a", 2, 0);
	/* and were they gone, the entry is found all the same */
	assert_int_equal(unlink("a/record/000002.json"), 0);
	reads("a", 2, 0);
	record_leave();
}

static void
chain_refuses_an_entry_that_is_no_file(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(mkdir("a/record/000002.json", 0700), 0);
	refuses("a", ST_FORMAT, "not a regular file");
	assert_int_equal(rmdir("a/record/000002.json"), 0);
	assert_int_equal(symlink("000001.json", "a/record/000002.json"), 0);
	refuses("a", ST_SYSTEM, "000002.json");
	record_leave();
}

/* A record that cannot be entered is not an empty one. */
static void
chain_refuses_a_record_that_is_no_folder(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(rename("a/record", "a/other"), 0);
	assert_int_equal(symlink("other", "a/record"), 0);
	refuses("a", ST_SYSTEM, "record");
	assert_int_equal(unlink("a/record"), 0);
	record_file("a/record", "x");
	refuses("a", ST_SYSTEM, "record");
	record_leave();
}

static void
chain_names_strays_sorted_and_escaped(void **state)
{
	struct chain c;

	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	record_file("a/issued/zz.crt", "x");
	record_file("a/issued/\x1b[2J", "x");
	record_file("a/\xff", "x");
	assert_int_equal(mkdir("a/lists", 0700), 0);
	assert_int_equal(mkdir("a/lists/sub", 0700), 0);
	assert_int_equal(mkdir("a/other", 0700), 0);
	assert_int_equal(chain_of("a", &c, NULL), ST_OK);
	assert_int_equal(c.nstray, 5);
	assert_string_equal(c.stray[0], "issued/\\u{1b}[2J");
	assert_string_equal(c.stray[1], "issued/zz.crt");
	assert_string_equal(c.stray[2], "lists/sub");
	assert_string_equal(c.stray[3], "other");
	assert_string_equal(c.stray[4], "\\xff");
	chain_clear(&c);
	record_leave();
}

static void
chain_names_a_leftover_once(void **state)
{
	struct chain c;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_file("a/issued/torn.crt", "x");
	record_file("b/issued/torn.crt", "y");
	record_file("b/\xff", "y");
	record_grow("a", "b", NULL, NULL);
	record_grow("a", "b", NULL, NULL);
	assert_int_equal(chain_of("a", &c, NULL), ST_OK);
	assert_int_equal(c.nstray, 0);
	assert_int_equal(c.entry[1].nleft, 2);
	assert_string_equal(c.entry[1].leftovers[0], "issued/torn.crt");
	assert_string_equal(c.entry[1].leftovers[1], "\\xff");
	assert_int_equal(c.entry[2].nleft, 0);
	/* nothing was deleted */
	assert_true(is_there("a/issued/torn.crt"));
	chain_clear(&c);
	reads("b", 3, 0);
	record_leave();
}

static void
chain_prefix_tells_beginnings_from_forks(void **state)
{
	struct chain a, b, none = { 0 };

	(void)state;
	record_room();
	record_fill("a", "b", 2);
	record_grow("a", NULL, NULL, NULL);
	assert_int_equal(chain_of("a", &a, NULL), ST_OK);
	assert_int_equal(chain_of("b", &b, NULL), ST_OK);
	assert_true(chain_prefix(&b, &a));
	assert_false(chain_prefix(&a, &b));
	assert_true(chain_prefix(&a, &a));
	assert_true(chain_prefix(&none, &a));
	assert_false(chain_prefix(&a, &none));
	chain_clear(&b);
	record_grow("b", NULL, "lists/000001.crl", "fork");
	assert_int_equal(chain_of("b", &b, NULL), ST_OK);
	assert_false(chain_prefix(&b, &a));
	assert_false(chain_prefix(&a, &b));
	chain_clear(&a);
	chain_clear(&b);
	record_leave();
}

/* --- committing --- */

static void
stick_commit_writes_both_and_they_are_equal(void **state)
{
	struct bytes a = { 0 }, b = { 0 };

	(void)state;
	record_room();
	record_fill("a", "b", 2);
	assert_int_equal(file_read("a/record/000002.json", FILE_MAX, &a, NULL),
	    ST_OK);
	assert_int_equal(file_read("b/record/000002.json", FILE_MAX, &b, NULL),
	    ST_OK);
	assert_true(bytes_equal(&a, &b));
	assert_true(is_there("b/issued/000002.crt"));
	bytes_free(&a);
	bytes_free(&b);
	record_leave();
}

/* A torn object on either stick keeps its name; both take the next one. */
static void
stick_commit_leaves_torn_objects_where_they_are(void **state)
{
	struct chain c;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_file("b/issued/4c.crt", "torn");
	record_file("a/issued/4c-2.crt", "torn too");
	record_grow("a", "b", "issued/4c.crt", "whole");
	assert_int_equal(chain_of("a", &c, NULL), ST_OK);
	assert_string_equal(c.entry[1].objects[0].name, "issued/4c-3.crt");
	chain_clear(&c);
	assert_true(is_there("a/issued/4c-3.crt"));
	assert_true(is_there("b/issued/4c-3.crt"));
	assert_false(is_there("a/issued/4c.crt"));
	reads("a", 2, 0);
	reads("b", 2, 0);
	record_leave();
}

/* An object that a cut left whole is used, not written twice. */
static void
stick_commit_takes_up_what_a_cut_left_whole(void **state)
{
	struct chain c;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_file("a/issued/4c.crt", "whole");
	record_grow("a", "b", "issued/4c.crt", "whole");
	assert_int_equal(chain_of("a", &c, NULL), ST_OK);
	assert_string_equal(c.entry[1].objects[0].name, "issued/4c.crt");
	assert_int_equal(c.entry[1].nleft, 0);
	chain_clear(&c);
	assert_true(is_there("b/issued/4c.crt"));
	record_leave();
}

/* The next entry for sticks that were opened, and how it is taken. */
static enum status
commit_next(struct sticks *s, struct diag *d)
{
	const struct chain *c = sticks_chain(s);
	struct entry e;
	enum status rc;

	record_entry(&e, c->n + 1, c->n == 0 ? "none" :
	    c->entry[c->n - 1].digest, "refused", NULL);
	rc = sticks_commit(s, &e, NULL, d);
	entry_clear(&e);
	return rc;
}

static void
stick_commit_refuses_when_torn_files_have_all_names(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };
	char name[64];

	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	record_file("a/record/000002.json", "torn");
	for (unsigned v = 2; v <= 9; v++) {
		snprintf(name, sizeof(name), "a/record/000002-%u.json", v);
		record_file(name, "torn");
	}
	assert_int_equal(open_two("a", NULL, &s, NULL), ST_OK);
	assert_int_equal(commit_next(s, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "torn files have taken all its names"));
	sticks_free(s);
	sticks_free(NULL);
	assert_false(is_there("a/record/000002-10.json"));
	record_leave();
}

static void
stick_commit_refuses_a_medium_that_was_swapped(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	assert_int_equal(open_two("a", "b", &s, NULL), ST_OK);
	assert_int_equal(rename("b", "gone"), 0);
	assert_int_equal(mkdir("b", 0700), 0);
	assert_int_equal(commit_next(s, &d), ST_SYSTEM);
	assert_string_equal(d.text, "b: it is no longer the medium that this "
	    "ceremony opened");
	assert_false(is_there("b/record"));
	reads("gone", 1, 0);
	sticks_free(s);
	record_leave();
}

static void
stick_commit_refuses_a_medium_that_is_gone(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(open_two("a", NULL, &s, NULL), ST_OK);
	assert_int_equal(rename("a", "gone"), 0);
	assert_int_equal(commit_next(s, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "a: it is no longer the medium"));
	assert_false(is_there("a"));
	sticks_free(s);
	record_leave();
}

/* What failed once is not written to again, though it came back. */
static void
stick_commit_refuses_after_a_failure(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(open_two("a", NULL, &s, NULL), ST_OK);
	assert_int_equal(rename("a", "gone"), 0);
	assert_int_equal(commit_next(s, NULL), ST_SYSTEM);
	assert_int_equal(rename("gone", "a"), 0);
	assert_int_equal(commit_next(s, &d), ST_SYSTEM);
	assert_string_equal(d.text, "a medium has failed; nothing more is "
	    "written to it");
	sticks_free(s);
	reads("a", 1, 0);
	record_leave();
}

/* --- two sticks --- */

static void
stick_brings_a_stale_one_forward(void **state)
{
	struct sticks *s = NULL;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_fill("a", NULL, 0);
	record_grow("a", NULL, "lists/000001.crl", "list");
	record_grow("a", NULL, NULL, NULL);
	/* whichever of the two it is */
	assert_int_equal(open_two("b", "a", &s, NULL), ST_OK);
	assert_int_equal(sticks_chain(s)->n, 3);
	sticks_free(s);
	reads("b", 3, 0);
	assert_true(is_there("b/lists/000001.crl"));
	record_leave();
}

static void
stick_makes_an_empty_one_the_same(void **state)
{
	struct sticks *s = NULL;

	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	assert_int_equal(open_two("a", "b", &s, NULL), ST_OK);
	sticks_free(s);
	reads("b", 2, 0);
	record_leave();
}

/* B was cut while the entry was written: it takes the next name. */
static void
stick_brings_forward_past_a_torn_entry(void **state)
{
	struct sticks *s = NULL;

	(void)state;
	record_room();
	record_fill("a", "b", 2);
	tear("b/record/000002.json", 100);
	assert_int_equal(open_two("a", "b", &s, NULL), ST_OK);
	sticks_free(s);
	assert_true(is_there("b/record/000002-2.json"));
	reads("b", 2, 1);
	record_leave();
}

static void
stick_refuses_to_bring_forward_past_a_torn_object(void **state)
{
	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_grow("a", NULL, "lists/000001.crl", "list");
	assert_int_equal(mkdir("b/lists", 0700), 0);
	record_file("b/lists/000001.crl", "torn");
	opens_not("a", "b", ST_SYSTEM, "a torn lists/000001.crl is in the "
	    "way");
	reads("b", 1, 1);
	record_leave();
}

static void
stick_refuses_to_bring_forward_an_altered_object(void **state)
{
	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_grow("a", NULL, "lists/000001.crl", "list");
	record_flip("a/lists/000001.crl");
	opens_not("a", "b", ST_AUTH, "lists/000001.crl: FORMATS 7.3: its "
	    "digest is not the one the record has");
	assert_false(is_there("b/lists/000001.crl"));
	reads("b", 1, 0);
	record_leave();
}

static void
stick_refuses_two_histories(void **state)
{
	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_grow("a", NULL, "lists/000001.crl", "one");
	record_grow("b", NULL, "lists/000001.crl", "other");
	opens_not("a", "b", ST_AUTH, "FORMATS 7.4: two different histories; "
	    "neither is written to");
	/* however far one of them has come */
	record_grow("b", NULL, NULL, NULL);
	opens_not("a", "b", ST_AUTH, "two different histories");
	opens_not("b", "a", ST_AUTH, "two different histories");
	reads("a", 2, 0);
	reads("b", 3, 0);
	record_leave();
}

static enum status
look_at_two(struct sticks **s, struct diag *d)
{
	const char *paths[] = { "a", "b" };

	return sticks_look(paths, 2, true, s, d);
}

/* Until everybody has agreed nothing is mended, and nothing made. */
static void
look_leaves_two_sticks_as_they_were(void **state)
{
	struct sticks *s = NULL;
	struct chain *c;
	int fd;

	(void)state;
	record_room();
	record_fill("b", NULL, 2);
	assert_int_equal(look_at_two(&s, NULL), ST_OK);
	c = sticks_longest(s, &fd);
	assert_int_equal(c->n, 2);
	assert_true(fd >= 0);
	assert_false(is_there("a"));
	/* but it is ours from here on */
	opens_not("b", NULL, ST_POLICY, "b: FORMATS 7.10: another program");
	assert_int_equal(sticks_begin(s, c->entry, c->n, NULL), ST_OK);
	sticks_free(s);
	reads("a", 2, 0);
	record_grow("a", NULL, "lists/000001.crl", "list");
	assert_int_equal(look_at_two(&s, NULL), ST_OK);
	sticks_free(s);
	reads("b", 2, 0);
	record_leave();
}

static void
look_refuses_a_folder_of_others(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };

	(void)state;
	record_room();
	assert_int_equal(mkdir("b", 0700), 0);
	record_file("b/letter", "dear");
	assert_int_equal(look_at_two(&s, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "b: FORMATS 7.1: it is there, and is no "
	    "state folder"));
	assert_null(s);
	assert_false(is_there("a"));
	record_leave();
}

/* Between the look and the words somebody has put another one there. */
static void
begin_refuses_a_stick_that_was_not_looked_at(void **state)
{
	struct sticks *s = NULL;
	struct diag d = { 0 };
	struct chain *c;
	int fd;

	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	assert_int_equal(look_at_two(&s, NULL), ST_OK);
	record_fill("b", NULL, 1);
	c = sticks_longest(s, &fd);
	assert_int_equal(sticks_begin(s, c->entry, c->n, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "b: it was not there before"));
	sticks_free(s);
	reads("b", 1, 0);
	record_leave();
}

static void
stick_refuses_one_folder_as_two(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	opens_not("a", "a", ST_POLICY, "a and a are one folder");
	opens_not("a", "./a/", ST_POLICY, "are one folder");
	assert_int_equal(symlink("a", "b"), 0);
	opens_not("a", "b", ST_SYSTEM, "b");
	record_leave();
}

/* As long as one program writes to a state, and no longer. */
static void
stick_refuses_a_state_that_is_written_to(void **state)
{
	const char *paths[] = { "a", "b" };
	struct sticks *s = NULL;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	assert_int_equal(sticks_open(paths, 2, false, true, &s, NULL), ST_OK);
	opens_not("b", NULL, ST_POLICY,
	    "b: FORMATS 7.10: another program writes to it");
	assert_int_equal(sticks_copy("a", "c", NULL), ST_POLICY);
	assert_false(is_there("c"));
	sticks_free(s);
	record_grow("a", "b", NULL, NULL);
	reads("b", 2, 0);
	record_leave();
}

/* The second stick is not there: the first is left as it was. */
static void
stick_makes_no_folder_beside_one_that_cannot_be(void **state)
{
	(void)state;
	record_room();
	record_file("file", "x");
	opens_not("a", "absent/b", ST_SYSTEM, "its folder cannot be opened");
	assert_false(is_there("a"));
	opens_not("a", "file", ST_SYSTEM, "not a folder");
	assert_false(is_there("a"));
	opens_not("a", "./a/", ST_POLICY, "are one folder");
	assert_false(is_there("a"));
	/* an empty folder of somebody's is not ours to take */
	assert_int_equal(mkdir("a", 0700), 0);
	opens_not("a", "file", ST_SYSTEM, "not a folder");
	assert_true(is_there("a"));
	record_leave();
}

static void
stick_refuses_to_make_what_it_was_not_told_to(void **state)
{
	const char *paths[] = { "a" };
	struct sticks *s = NULL;

	(void)state;
	record_room();
	assert_int_equal(sticks_open(paths, 1, false, true, &s, NULL),
	    ST_SYSTEM);
	assert_null(s);
	assert_false(is_there("a"));
	assert_int_equal(sticks_open(paths, 0, true, true, &s, NULL), ST_BUG);
	assert_int_equal(sticks_open(paths, 3, true, true, &s, NULL), ST_BUG);
	assert_null(s);
	record_leave();
}

static void
stick_refuses_memory_unless_it_is_told(void **state)
{
	char path[] = "/dev/shm/anchorite-XXXXXX";
	const char *paths[] = { path };
	struct sticks *s = NULL;
	struct diag d = { 0 };
	int fd = open("/dev/shm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (fd < 0 || !file_is_memory(fd) || mkdtemp(path) == NULL) {
		print_message("no tmpfs at /dev/shm\n");
		skip();
	}
	close(fd);
	assert_int_equal(sticks_open(paths, 1, true, false, &s, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 7.1: a state is kept on a "
	    "medium, and this is memory"));
	assert_null(s);
	assert_int_equal(sticks_open(paths, 1, true, true, &s, NULL), ST_OK);
	sticks_free(s);
	assert_int_equal(rmdir(path), 0);
}

/* --- copies --- */

static void
stick_copy_makes_an_equal_state(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	assert_int_equal(sticks_copy("a", "b", NULL), ST_OK);
	reads("b", 2, 0);
	record_fill("a", NULL, 0);
	record_grow("a", NULL, "lists/000001.crl", "list");
	assert_int_equal(sticks_copy("a", "b", NULL), ST_OK);
	reads("b", 3, 0);
	/* and once more there is nothing to do */
	assert_int_equal(sticks_copy("a", "b", NULL), ST_OK);
	record_leave();
}

static void
stick_copy_refuses_to_go_back(void **state)
{
	struct diag d = { 0 };

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	record_grow("b", NULL, NULL, NULL);
	assert_int_equal(sticks_copy("a", "b", &d), ST_AUTH);
	assert_string_equal(d.text, "b: FORMATS 7.4: it has entries that a has "
	    "not; a state never goes back");
	reads("b", 2, 0);
	/* nor to make one of nothing */
	diag_clear(&d);
	assert_int_equal(mkdir("c", 0700), 0);
	assert_int_equal(sticks_copy("c", "d", &d), ST_FORMAT);
	assert_string_equal(d.text, "c: no record is there");
	assert_false(is_there("d"));
	record_leave();
}

static void
stick_copy_refuses_a_folder_of_something_else(void **state)
{
	struct diag d = { 0 };

	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(mkdir("home", 0700), 0);
	record_file("home/letter.txt", "dear");
	assert_int_equal(sticks_copy("a", "home", &d), ST_POLICY);
	assert_string_equal(d.text, "home: FORMATS 7.1: it is there, and is "
	    "no state folder");
	assert_false(is_there("home/record"));
	record_leave();
}

static void
stick_copy_goes_on_after_a_cut(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 1);
	assert_int_equal(mkdir("b", 0700), 0);
	assert_int_equal(mkdir("b/issued", 0700), 0);
	record_file("b/issued/000001.crt", "issued/000001.crt");
	assert_int_equal(sticks_copy("a", "b", NULL), ST_OK);
	reads("b", 1, 0);
	record_leave();
}

/* --- names, and memory --- */

static void
variant_of_knows_nine_names_and_no_tenth(void **state)
{
	(void)state;
	assert_true(variant_of("issued/4c.crt", "issued/4c.crt"));
	assert_true(variant_of("issued/4c-2.crt", "issued/4c.crt"));
	assert_true(variant_of("issued/4c-9.crt", "issued/4c.crt"));
	assert_true(variant_of("record/000001-2.g1.p7s",
	    "record/000001.g1.p7s"));
	/* that is another root's */
	assert_false(variant_of("record/000001.g1-2.p7s",
	    "record/000001.g1.p7s"));
	assert_false(variant_of("issued/4c-1.crt", "issued/4c.crt"));
	assert_false(variant_of("issued/4c-10.crt", "issued/4c.crt"));
	assert_false(variant_of("issued/4c-2.crt", "issued/4c-2-2.crt"));
	assert_false(variant_of("issued/4d.crt", "issued/4c.crt"));
	assert_false(variant_of("issued/4c.crt-2", "issued/4c.crt"));
	assert_false(variant_of("", "issued/4c.crt"));
}

static enum status
read_chain(void *ctx)
{
	struct chain c = { 0 };
	enum status rc;
	int fd = -1;

	(void)ctx;
	TRY(file_open_dir("a", false, &fd, NULL));
	TRY(chain_read(fd, "a", &c, NULL));
	assert_int_equal(c.n, 2);
	assert_int_equal(c.nstray, 1);
out:
	if (rc != ST_OK)
		assert_null(c.entry);
	if (fd >= 0)
		close(fd);
	chain_clear(&c);
	return rc;
}

/* Where memory ends, no entry becomes a torn one. */
static void
chain_survives_every_allocation_failing(void **state)
{
	(void)state;
	record_room();
	record_fill("a", NULL, 2);
	record_file("a/issued/stray", "x");
	assert_true(oom_each(read_chain, NULL) > 20);
	record_leave();
}

/* An entry for both while the ${nth} allocation fails; ${*struck}: it did. */
static enum status
open_and_commit(size_t nth, bool *struck)
{
	const char *paths[] = { "a", "b" };
	struct sticks *s = NULL;
	struct entry e;
	enum status rc;

	/* made before memory ends */
	assert_int_equal(open_two("a", NULL, &s, NULL), ST_OK);
	record_entry(&e, sticks_chain(s)->n + 1, sticks_chain(s)->entry[
	    sticks_chain(s)->n - 1].digest, "refused", NULL);
	sticks_free(s);
	s = NULL;
	oom_arm(nth);
	TRY(sticks_open(paths, 2, true, true, &s, NULL));
	TRY(sticks_commit(s, &e, NULL, NULL));
out:
	*struck = oom_disarm();
	entry_clear(&e);
	sticks_free(s);
	return rc;
}

/* A cut wherever memory ends; then both can be read, and grow together. */
static void
stick_survives_every_allocation_failing(void **state)
{
	bool struck = true;
	struct chain a, b;
	enum status rc;

	(void)state;
	record_room();
	record_fill("a", "b", 1);
	/* in ever longer strides: each costs what a medium costs */
	for (size_t n = 1; struck; n += 1 + n / 6) {
		if ((rc = open_and_commit(n, &struck)) != ST_OK)
			assert_int_equal(rc, ST_SYSTEM);
		assert_true(struck || rc == ST_OK);
		assert_int_equal(chain_of("a", &a, NULL), ST_OK);
		assert_int_equal(chain_of("b", &b, NULL), ST_OK);
		assert_true(chain_prefix(&b, &a) || chain_prefix(&a, &b));
		assert_true(rc != ST_OK || a.n == b.n);
		chain_clear(&a);
		chain_clear(&b);
	}
	record_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_gives_back_what_was_committed),
		cmocka_unit_test(chain_of_an_empty_folder_is_empty),
		cmocka_unit_test(
		    chain_takes_a_torn_last_entry_for_one_that_never_happened),
		cmocka_unit_test(
		    chain_takes_a_last_entry_of_altered_bytes_for_torn),
		cmocka_unit_test(chain_refuses_a_missing_middle),
		cmocka_unit_test(chain_refuses_a_missing_first),
		cmocka_unit_test(chain_refuses_a_torn_middle),
		cmocka_unit_test(chain_refuses_a_gap_before_a_variant),
		cmocka_unit_test(
		    chain_refuses_an_entry_rewritten_before_the_last),
		cmocka_unit_test(chain_refuses_an_entry_under_another_number),
		cmocka_unit_test(chain_refuses_two_entries_of_one_number),
		cmocka_unit_test(chain_takes_an_entry_that_is_there_twice_once),
		cmocka_unit_test(
		    chain_finds_an_entry_whose_name_a_torn_file_has),
		cmocka_unit_test(chain_refuses_an_entry_that_is_no_file),
		cmocka_unit_test(chain_refuses_a_record_that_is_no_folder),
		cmocka_unit_test(chain_names_strays_sorted_and_escaped),
		cmocka_unit_test(chain_names_a_leftover_once),
		cmocka_unit_test(chain_prefix_tells_beginnings_from_forks),
		cmocka_unit_test(stick_commit_writes_both_and_they_are_equal),
		cmocka_unit_test(
		    stick_commit_leaves_torn_objects_where_they_are),
		cmocka_unit_test(stick_commit_takes_up_what_a_cut_left_whole),
		cmocka_unit_test(
		    stick_commit_refuses_when_torn_files_have_all_names),
		cmocka_unit_test(
		    stick_commit_refuses_a_medium_that_was_swapped),
		cmocka_unit_test(stick_commit_refuses_a_medium_that_is_gone),
		cmocka_unit_test(stick_commit_refuses_after_a_failure),
		cmocka_unit_test(stick_brings_a_stale_one_forward),
		cmocka_unit_test(stick_makes_an_empty_one_the_same),
		cmocka_unit_test(stick_brings_forward_past_a_torn_entry),
		cmocka_unit_test(
		    stick_refuses_to_bring_forward_past_a_torn_object),
		cmocka_unit_test(
		    stick_refuses_to_bring_forward_an_altered_object),
		cmocka_unit_test(stick_refuses_two_histories),
		cmocka_unit_test(look_leaves_two_sticks_as_they_were),
		cmocka_unit_test(look_refuses_a_folder_of_others),
		cmocka_unit_test(begin_refuses_a_stick_that_was_not_looked_at),
		cmocka_unit_test(stick_refuses_one_folder_as_two),
		cmocka_unit_test(stick_refuses_a_state_that_is_written_to),
		cmocka_unit_test(
		    stick_makes_no_folder_beside_one_that_cannot_be),
		cmocka_unit_test(stick_refuses_to_make_what_it_was_not_told_to),
		cmocka_unit_test(stick_refuses_memory_unless_it_is_told),
		cmocka_unit_test(stick_copy_makes_an_equal_state),
		cmocka_unit_test(stick_copy_refuses_to_go_back),
		cmocka_unit_test(stick_copy_refuses_a_folder_of_something_else),
		cmocka_unit_test(stick_copy_goes_on_after_a_cut),
		cmocka_unit_test(variant_of_knows_nine_names_and_no_tenth),
		cmocka_unit_test(chain_survives_every_allocation_failing),
		cmocka_unit_test(stick_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("stick", tests, NULL, NULL);
}
