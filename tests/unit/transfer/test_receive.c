/* From each kind of source to the texts in it. */
#include <sys/stat.h>

#include <errno.h>
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

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/code/picture.h"
#include "tests/support/codes.h"
#include "transfer/receive.h"

#define TEXTS 6

/* What a front was told. */
struct told {
	size_t times[TEXTS]; /* that text i came */
	size_t strange;	     /* other texts */
	size_t want;	     /* different ones that are enough; 0: never */
	size_t looks, stop_after;
	char refused[DIAG_TEXT_MAX]; /* the last sentence */
	struct receive_count count;
};

static char texts[TEXTS][200];
static char dir[] = "receive.XXXXXX";
static int dirfd = -1;

static int
start(void **state)
{
	struct diag d = { 0 };

	(void)state;
	for (unsigned i = 0; i < TEXTS; i++)
		codes_text(100 + i, 150, texts[i]);
	if (mkdtemp(dir) == NULL ||
	    file_open_dir(dir, false, &dirfd, &d) != ST_OK)
		return 1;
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	close(dirfd);
	file_remove_tree(dir);
	return 0;
}

static enum status
on_text(void *self, const char *text, size_t len, bool *enough,
    struct diag *d)
{
	struct told *t = self;
	size_t have = 0, strange = 1;

	if (len == 4 && memcmp(text, "halt", 4) == 0)
		return diag_set(d, ST_AUTH, "halted");
	for (unsigned i = 0; i < TEXTS; i++) {
		if (len == strlen(texts[i]) &&
		    memcmp(text, texts[i], len) == 0) {
			t->times[i]++;
			strange = 0;
		}
		have += t->times[i] > 0;
	}
	t->strange += strange;
	*enough = t->want > 0 && have >= t->want;
	return ST_OK;
}

static bool
on_look(void *self, const struct receive_count *count,
    const struct diag *refused)
{
	struct told *t = self;

	t->count = *count;
	if (refused != NULL)
		snprintf(t->refused, sizeof(t->refused), "%s", refused->text);
	return ++t->looks != t->stop_after;
}

static enum status
receive(const char *spec, struct told *t, bool *enough, struct diag *d)
{
	const struct receive_front front = { t, on_text, on_look };
	struct source *s = NULL;
	enum status rc;

	*enough = false;
	TRY(source_open(spec, &s, d));
	TRY(receive_run(s, 2, &front, enough, d));
out:
	source_close(s);
	return rc;
}

static void
must_receive(const char *spec, struct told *t, bool enough)
{
	struct diag d = { 0 };
	bool got;

	if (receive(spec, t, &got, &d) != ST_OK)
		fail_msg("%s: %s", spec, d.text);
	assert_int_equal(got, enough);
}

static void
put_file(const char *name, const void *data, size_t len)
{
	struct diag d = { 0 };

	unlinkat(dirfd, name, 0);
	assert_int_equal(file_create_at(dirfd, name, data, len, &d), ST_OK);
}

/* A code as a PGM file of that name in the folder. */
static void
put_code(const char *name, const char *text)
{
	struct picture p = { 0 };
	struct bytes all = { NULL, 0 };
	uint8_t *file;

	codes_picture(text, 7, 4, &p);
	assert_int_equal(text_format(&all, NULL, "P5\n%u %u\n255\n", p.width,
	    p.height), ST_OK);
	assert_non_null(file = malloc(all.len +
	    (size_t)p.width * p.height));
	memcpy(file, all.data, all.len);
	memcpy(file + all.len, p.gray, (size_t)p.width * p.height);
	put_file(name, file, all.len + (size_t)p.width * p.height);
	free(file);
	bytes_free(&all);
	picture_free(&p);
}

static const char *
in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
empty_dir(void)
{
	char **names;
	size_t n;

	assert_int_equal(file_list_at(dirfd, &names, &n, NULL), ST_OK);
	for (size_t i = 0; i < n; i++)
		if (unlinkat(dirfd, names[i], 0) != 0)
			assert_int_equal(unlinkat(dirfd, names[i],
			    AT_REMOVEDIR), 0);
	file_list_free(names, n);
}

/* Standard input is that file of the folder, till input_back. */
static int kept_input = -1;

static void
input_from(const char *name)
{
	const int fd = openat(dirfd, name, O_RDONLY);

	assert_true(fd >= 0);
	kept_input = dup(STDIN_FILENO);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
}

static void
input_back(void)
{
	assert_int_equal(dup2(kept_input, STDIN_FILENO), STDIN_FILENO);
	close(kept_input);
}

static void
file_gives_its_text(void **state)
{
	struct told t = { .want = 1 };

	(void)state;
	put_code("one.pgm", texts[0]);
	must_receive(in_dir("one.pgm"), &t, true);
	assert_int_equal(t.times[0], 1);
	assert_int_equal(t.strange, 0);
	assert_int_equal(t.count.with_code, 1);
	empty_dir();
}

static void
folder_gives_all_texts(void **state)
{
	struct told t = { .want = TEXTS };
	char name[16];

	(void)state;
	for (unsigned i = 0; i < TEXTS; i++) {
		snprintf(name, sizeof(name), "%u.PGM", i);
		put_code(name, texts[i]);
	}
	put_file("notes.txt", "no picture", 10);
	must_receive(dir, &t, true);
	for (unsigned i = 0; i < TEXTS; i++)
		assert_int_equal(t.times[i], 1);
	assert_int_equal(t.count.pictures, TEXTS);
	assert_int_equal(t.count.refused, 0);
	empty_dir();
}

/* What is broken, a link or no file is named, and the rest is read. */
static void
folder_goes_on_past_what_is_broken(void **state)
{
	struct told t = { 0 };

	(void)state;
	put_file("0\033.png", "\x89PNG\r\n\x1a\nbroken", 14);
	put_code("1.pgm", texts[1]);
	must_receive(dir, &t, false);
	/* twice: quickly, then thoroughly */
	assert_int_equal(t.times[1], 2);
	assert_int_equal(t.count.refused, 2);
	assert_memory_equal(t.refused, "0\\u{1b}.png: not a PNG file: ", 26);
	empty_dir();

	memset(&t, 0, sizeof(t));
	put_code("real", texts[2]);
	assert_int_equal(symlinkat("real", dirfd, "a.pgm"), 0);
	assert_int_equal(mkdirat(dirfd, "b.pgm", 0700), 0);
	assert_int_equal(mkfifoat(dirfd, "c.pgm", 0600), 0);
	must_receive(dir, &t, false);
	assert_int_equal(t.count.refused, 6);
	assert_int_equal(t.times[2], 0);
	empty_dir();
}

static void
folder_is_searched_again_thoroughly(void **state)
{
	struct told t = { .want = 2 };

	(void)state;
	put_code("0.pgm", texts[0]);
	must_receive(dir, &t, false);
	assert_int_equal(t.times[0], 2);
	assert_int_equal(t.count.pictures, 2);
	empty_dir();
}

static void
sources_refuse_what_is_not_there(void **state)
{
	static const struct {
		const char *spec;
		enum status code;
		const char *says;
	} cases[] = {
		{ "nowhere.png", ST_SYSTEM, "nowhere.png: No such file or "
		    "directory" },
		{ "vidoe:0", ST_USAGE, "vidoe:0: from where? camera[:DEV], "
		    "y4m:-, lines:-, or a file or folder that is there" },
		{ "y4m", ST_USAGE, "y4m: a y4m source is standard input, "
		    "y4m:-" },
		{ "lines:file", ST_USAGE, "lines:file: a lines source is "
		    "standard input, lines:-" },
		{ "camera:/nowhere", ST_SYSTEM, "/nowhere: No such file or "
		    "directory" },
		{ "camera:/dev/null", ST_POLICY, "/dev/null: not a camera" },
	};
	struct told t = { 0 };
	struct diag d;
	bool enough;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&d, 0, sizeof(d));
		assert_int_equal(receive(cases[i].spec, &t, &enough, &d),
		    cases[i].code);
		assert_string_equal(d.text, cases[i].says);
	}
}

/* ${n} frames, each with a text, blank ones between; colour behind them. */
static void
put_video(const char *name, unsigned n, size_t short_by)
{
	const unsigned w = 300, h = 280;
	struct bytes all = { NULL, 0 };
	struct picture p = { 0 };
	const size_t each = (size_t)w * h * 3 / 2;
	uint8_t *video;
	size_t len = 0;

	assert_non_null(video = malloc(100 + n * 2 * (each + 16)));
	assert_int_equal(text_format(&all, NULL,
	    "YUV4MPEG2 W%u H%u F30:1 Ip C420jpeg\n", w, h), ST_OK);
	memcpy(video, all.data, all.len);
	len = all.len;
	for (unsigned i = 0; i < 2 * n; i++) {
		assert_int_equal(picture_new(w, h, &p, NULL), ST_OK);
		memset(p.gray, 180, (size_t)w * h);
		if (i % 2 == 1)
			codes_draw(&p, texts[i / 2], 7, 20, 15, 4);
		memcpy(video + len, i % 2 == 1 ? "FRAME\n" : "FRAME Ip\n",
		    i % 2 == 1 ? 6 : 9);
		len += i % 2 == 1 ? 6 : 9;
		memcpy(video + len, p.gray, (size_t)w * h);
		memset(video + len + (size_t)w * h, 128, each - (size_t)w * h);
		len += each;
		picture_free(&p);
	}
	put_file(name, video, len - short_by);
	free(video);
	bytes_free(&all);
}

static void
video_gives_all_texts(void **state)
{
	struct told t = { 0 };

	(void)state;
	put_video("v", TEXTS, 0);
	input_from("v");
	must_receive("y4m:-", &t, false);
	input_back();
	for (unsigned i = 0; i < TEXTS; i++)
		assert_int_equal(t.times[i], 1);
	assert_int_equal(t.count.pictures, 2 * TEXTS);
	assert_int_equal(t.count.with_code, TEXTS);
	assert_int_equal(t.count.recent, TEXTS);
	assert_int_equal(t.count.width, 300);
	assert_in_range(t.count.code, 45 * 4 - 10, 45 * 4 + 10);
	empty_dir();
}

static void
video_stops_when_there_is_enough(void **state)
{
	struct told t = { .want = 2 };

	(void)state;
	put_video("v", TEXTS, 0);
	input_from("v");
	must_receive("y4m:-", &t, true);
	input_back();
	assert_int_equal(t.times[TEXTS - 1], 0);
	/* or when the person at the keyboard has enough */
	memset(&t, 0, sizeof(t));
	t.stop_after = 3;
	input_from("v");
	must_receive("y4m:-", &t, false);
	input_back();
	assert_int_equal(t.looks, 3);
	empty_dir();
}

static void
video_refuses_what_is_none(void **state)
{
	struct told t = { 0 };
	struct diag d = { 0 };
	bool enough;

	(void)state;
	put_video("v", 2, 1);
	input_from("v");
	assert_int_equal(receive("y4m:-", &t, &enough, &d), ST_FORMAT);
	input_back();
	assert_string_equal(d.text, "FORMATS 10.75: the video stops within "
	    "frame 4");

	diag_clear(&d);
	put_file("v", "YUV4MPEG2 W2 H2 Cmono\nFRAME\nabcdFRAMES\nabcd", 44);
	input_from("v");
	assert_int_equal(receive("y4m:-", &t, &enough, &d), ST_FORMAT);
	input_back();
	assert_string_equal(d.text, "FORMATS 10.75: frame 2 of the video does "
	    "not begin with FRAME");

	diag_clear(&d);
	put_file("v", "RIFF", 4);
	input_from("v");
	assert_int_equal(receive("y4m:-", &t, &enough, &d), ST_FORMAT);
	input_back();
	assert_string_equal(d.text, "FORMATS 10.75: not a Y4M stream");
	empty_dir();
}

static void
lines_give_their_texts(void **state)
{
	struct bytes all = { NULL, 0 };
	struct told t = { 0 };

	(void)state;
	assert_int_equal(text_format(&all, NULL, "%s\r\n\n  %s \t\n\ttab\there"
	    "\nodd\n%s", texts[0], texts[1], texts[2]), ST_OK);
	put_file("l", all.data, all.len);
	input_from("l");
	must_receive("lines:-", &t, false);
	input_back();
	assert_int_equal(t.times[0] + t.times[1] + t.times[2], 3);
	assert_int_equal(t.strange, 1);
	assert_int_equal(t.count.texts, 4);
	assert_int_equal(t.count.refused, 1);
	assert_string_equal(t.refused, "line 4: FORMATS 10.77: byte 4 is not "
	    "printable ASCII");
	bytes_free(&all);
	empty_dir();
}

static void
lines_are_bounded(void **state)
{
	char *all = malloc(200000);
	struct told t = { .want = 1 };

	(void)state;
	assert_non_null(all);
	memset(all, '7', 200000);
	all[SOURCE_LINE_MAX] = '\n';
	all[199000] = '\n';
	memcpy(all + 199001, texts[0], strlen(texts[0]));
	put_file("l", all, 199001 + strlen(texts[0]));
	input_from("l");
	must_receive("lines:-", &t, true);
	input_back();
	/* the longest that is taken, one that is not, and the next is read */
	assert_int_equal(t.strange, 1);
	assert_int_equal(t.times[0], 1);
	assert_int_equal(t.count.refused, 1);
	assert_string_equal(t.refused, "line 2: FORMATS 10.77: 190807 bytes, "
	    "at most are 8192");
	free(all);
	empty_dir();
}

static void
front_may_refuse_to_go_on(void **state)
{
	struct told t = { 0 };
	struct diag d = { 0 };
	bool enough;

	(void)state;
	put_file("l", "halt\nmore\n", 10);
	input_from("l");
	assert_int_equal(receive("lines:-", &t, &enough, &d), ST_AUTH);
	input_back();
	assert_string_equal(d.text, "halted");
	assert_int_equal(t.strange, 0);
	empty_dir();
}

static void
advice_is_what_helps(void **state)
{
	const struct receive_count good = { .pictures = 100, .with_code = 60,
		.start_ms = 1000, .code_ms = 50000, .recent = 20,
		.width = 1920, .height = 1080, .code = 800, .dark = 10,
		.bright = 220 };
	struct receive_count c = good;
	const int64_t soon = 51000, late = 60000;

	(void)state;
	assert_null(receive_advice(&c, soon));
	assert_string_equal(receive_advice(&c, late), "no code any more: the "
	    "whole code in the picture, and hold still");
	c.bright = 40;
	assert_null(receive_advice(&c, soon));
	assert_string_equal(receive_advice(&c, late), "too dark: make the "
	    "screen or the room brighter");
	c.bright = 220;
	c.dark = 200;
	assert_string_equal(receive_advice(&c, late), "all grey: wipe the "
	    "lens, or turn away from the glare");
	c = good;
	c.code_ms = 0;
	assert_string_equal(receive_advice(&c, late), "no code yet: closer, "
	    "until it fills the picture, and hold still");
	c.pictures = 0;
	assert_string_equal(receive_advice(&c, late), "no picture comes from "
	    "the source");
	c = good;
	c.recent = 3;
	assert_string_equal(receive_advice(&c, soon), "few codes are read: "
	    "hold still, or make the sender slower");
	c.code = 300;
	assert_string_equal(receive_advice(&c, soon), "few codes are read: "
	    "closer");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_gives_its_text),
		cmocka_unit_test(folder_gives_all_texts),
		cmocka_unit_test(folder_goes_on_past_what_is_broken),
		cmocka_unit_test(folder_is_searched_again_thoroughly),
		cmocka_unit_test(sources_refuse_what_is_not_there),
		cmocka_unit_test(video_gives_all_texts),
		cmocka_unit_test(video_stops_when_there_is_enough),
		cmocka_unit_test(video_refuses_what_is_none),
		cmocka_unit_test(lines_give_their_texts),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(front_may_refuse_to_go_on),
		cmocka_unit_test(advice_is_what_helps),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
