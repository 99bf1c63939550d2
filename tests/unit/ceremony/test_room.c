#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "ceremony/room.h"
#include "tests/support/record.h"

static enum status
read_room(const char *text, struct room *r, struct diag *d)
{
	record_file("room.ini", text);
	return room_read("room.ini", r, d);
}

static void
room_paths_begin_at_its_own_folder(void **state)
{
	struct room r;

	(void)state;
	record_room();
	assert_int_equal(mkdir("desk", 0700), 0);
	record_file("desk/room.ini", "[room]\nstate-a = a\nstate-b = /b\n"
	    "inbox = ../in\n");
	assert_int_equal(room_read("desk/room.ini", &r, NULL), ST_OK);
	assert_string_equal(r.state[0], "desk/a");
	assert_string_equal(r.state[1], "/b");
	assert_int_equal(r.nstates, 2);
	assert_string_equal(r.inbox, "desk/../in");
	assert_string_equal(r.outbox, "");
	assert_string_equal(r.paper, "");
	assert_string_equal(r.sheets, "");
	assert_int_equal(read_room("[room]\nstate-a = a\ninbox = in\n"
	    "outbox = ../out\npaper = p\nsheets = s\n", &r, NULL), ST_OK);
	assert_string_equal(r.state[0], "a");
	assert_int_equal(r.nstates, 1);
	assert_string_equal(r.outbox, "../out");
	assert_string_equal(r.paper, "p");
	assert_string_equal(r.sheets, "s");
	assert_string_equal(r.scan, "");
	assert_false(room_has_pictures(&r));
	record_leave();
}

/* A camera is no place; what only begins like one is. */
static void
room_knows_a_camera_from_a_folder(void **state)
{
	static const struct {
		const char *value, *scan;
		bool pictures;
	} rows[] = {
		{ "camera", "camera", false },
		{ "camera:/dev/video2", "camera:/dev/video2", false },
		{ "cameras", "desk/cameras", true },
		{ "codes", "desk/codes", true },
		{ "/media/codes/1.png", "/media/codes/1.png", true },
	};
	char text[256];
	struct room r;

	(void)state;
	record_room();
	assert_int_equal(mkdir("desk", 0700), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "[room]\nstate-a = a\ninbox = i\n"
		    "scan = %s\n", rows[i].value);
		record_file("desk/room.ini", text);
		assert_int_equal(room_read("desk/room.ini", &r, NULL), ST_OK);
		assert_string_equal(r.scan, rows[i].scan);
		assert_int_equal(room_has_pictures(&r), rows[i].pictures);
	}
	record_leave();
}

static void
room_refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "[room]\nstate-a = a\ninbox = i\nstate-c = c\n",
		    "room.ini:4: FORMATS 3.21: [room] has no key state-c; did "
		    "you mean state-a?" },
		{ "[room]\nstate-a = a\ninbox = i\nprinter = lp\n",
		    "room.ini:4: FORMATS 3.21: [room] has no key printer" },
		{ "[room]\nstate-a.x = a\ninbox = i\n", "room.ini:2: FORMATS "
		    "3.21: [room] has no key state-a" },
		{ "[room]\nstate-a = a\n", "room.ini: FORMATS 3.21: [room] "
		    "needs state-a and inbox" },
		{ "[room]\ninbox = i\nstate-b = b\n", "needs state-a and "
		    "inbox" },
		{ "[room a]\nstate-a = a\ninbox = i\n", "room.ini: FORMATS "
		    "3.21: a room has one section, [room]" },
		{ "[rooms]\nstate-a = a\ninbox = i\n", "one section, [room]" },
		{ "[room]\nstate-a = a\ninbox = i\n[other]\n", "one section, "
		    "[room]" },
		{ "[room]\nstate-a = a\ninbox = i\nstate-a = b\n",
		    "room.ini:4: FORMATS 3.6" },
		{ "[room]\nstate-a = a\ninbox = i", "FORMATS 3.3" },
		{ "", "FORMATS 3.1" },
	};

	(void)state;
	record_room();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct room r;
		struct diag d = { 0 };

		if (read_room(rows[i].text, &r, &d) != ST_FORMAT ||
		    strstr(d.text, rows[i].why) == NULL)
			fail_msg("\"%s\" instead of \"%s\"", d.text,
			    rows[i].why);
	}
	record_leave();
}

static void
room_refuses_paths_too_long(void **state)
{
	char dir[301], path[1024], text[700];
	struct room r;
	struct diag d = { 0 };

	(void)state;
	record_room();
	memset(dir, 'd', 200);
	dir[200] = '\0';
	assert_int_equal(mkdir(dir, 0700), 0);
	/* three folders deep the two together are too much */
	snprintf(path, sizeof(path), "%s/%s", dir, dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/%s", dir, dir, dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(text, sizeof(text), "[room]\nstate-a = %s/%s\ninbox = i\n",
	    dir, dir);
	snprintf(path, sizeof(path), "%s/%s/%s/room.ini", dir, dir, dir);
	record_file(path, text);
	assert_int_equal(room_read(path, &r, NULL), ST_OK);
	snprintf(text, sizeof(text), "[room]\nstate-a = %s/%s/%.30s\n"
	    "inbox = i\n", dir, dir, dir);
	record_file(path, text);
	assert_int_equal(room_read(path, &r, &d), ST_FORMAT);
	assert_non_null(strstr(d.text, "FORMATS 3.21: the path is too long"));
	record_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(room_paths_begin_at_its_own_folder),
		cmocka_unit_test(room_knows_a_camera_from_a_folder),
		cmocka_unit_test(room_refuses_what_it_does_not_know),
		cmocka_unit_test(room_refuses_paths_too_long),
	};

	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
