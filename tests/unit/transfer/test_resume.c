/* resume.c: a reception that was cut goes on, and believes nothing more for
 * it. */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/support/frames.h"
#include "tests/support/oom.h"
#include "transfer/resume.h"

#define BODY 3000
#define PIECE 70

static char base[] = "/tmp/test_resume.XXXXXX";
static char path[64];

static int
new_folder(void **state)
{
	(void)state;
	memcpy(base + sizeof(base) - 7, "XXXXXX", 6);
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/journal", base);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	file_remove_tree(base);
	return 0;
}

/* One run: replay, then frames ${from} to ${to} - 1 received and noted; flush
 * at the end unless it is a cut. */
static struct gather_report
run(const struct frame_source *s, uint64_t from, uint64_t to, bool flush)
{
	char text[FRAME_TEXT_SIZE];
	struct gather_report r;
	struct resume *j;
	struct gather *g;
	struct frame f;

	assert_int_equal(resume_open(path, &j, NULL), ST_OK);
	assert_int_equal(gather_new(&g, NULL), ST_OK);
	assert_int_equal(resume_replay(j, g, &r, NULL), ST_OK);
	for (; from < to && r.news != GATHER_WHOLE; from++) {
		assert_int_equal(frame_source_text(s, from, text, NULL),
		    ST_OK);
		assert_int_equal(frame_read(text, strlen(text), &f, NULL),
		    ST_OK);
		assert_int_equal(gather_take(g, &f, &r, NULL), ST_OK);
		if (r.news == GATHER_NEW)
			assert_int_equal(resume_add(j, text, strlen(text),
			    NULL), ST_OK);
	}
	if (flush)
		assert_int_equal(resume_flush(j, NULL), ST_OK);
	gather_free(g);
	resume_close(j);
	return r;
}

static void
assert_whole(struct gather_report *r)
{
	uint8_t want[BODY];

	frames_body(want, sizeof(want), 5);
	assert_int_equal(r->news, GATHER_WHOLE);
	assert_int_equal(r->body.len, sizeof(want));
	assert_memory_equal(r->body.data, want, sizeof(want));
	bytes_free(&r->body);
}

/* 44 pieces in three runs; what was there counts. */
static void
reception_goes_on_where_it_was(void **state)
{
	const struct frame_way *const ways[] = { &frame_native, &frame_ur };

	for (size_t w = 0; w < 2; w++) {
		struct frame_source s = frames_source(ways[w], BODY, PIECE, 5);
		struct gather_report r;

		assert_int_equal(s.as.pieces, 44);
		r = run(&s, 0, 20, true);
		assert_int_equal(r.have, 20);
		r = run(&s, 0, 0, true); /* looks and adds nothing */
		assert_int_equal(r.have, 20);
		r = run(&s, 17, 43, true);
		assert_int_equal(r.have, 43);
		r = run(&s, 43, 44, true);
		assert_whole(&r);
		frame_source_close(&s);
		remove_folder(state);
		new_folder(state);
	}
}

static void
cut_loses_less_than_a_batch(void **state)
{
	struct frame_source s = frames_source(&frame_native, BODY, PIECE, 5);
	struct gather_report r;

	(void)state;
	r = run(&s, 0, 40, false);
	assert_int_equal(r.have, 40);
	r = run(&s, 0, 0, false);
	assert_int_equal(r.have, 40 / JOURNAL_BATCH * JOURNAL_BATCH);
	r = run(&s, 20, 64, false);
	assert_whole(&r);
	frame_source_close(&s);
}

/* In place of the first file: its first ${len} bytes, then ${more} zeros. */
static void
tear(size_t len, size_t more)
{
	char name[96], zeros[64] = { 0 };
	struct bytes b = { 0 };
	int fd;

	snprintf(name, sizeof(name), "%s/0001.frames", path);
	assert_int_equal(file_read(name, FILE_MAX, &b, NULL), ST_OK);
	assert_true((fd = open(name, O_WRONLY | O_TRUNC)) >= 0);
	assert_int_equal(write(fd, b.data, len), len);
	assert_int_equal(write(fd, zeros, more), more);
	close(fd);
	bytes_free(&b);
}

/* What a power cut leaves: the frames before it count, no other does. */
static void
torn_file_counts_as_far_as_it_goes(void **state)
{
	struct frame_source s = frames_source(&frame_native, BODY, PIECE, 5);
	char text[FRAME_TEXT_SIZE];
	struct gather_report r;
	size_t line;

	(void)state;
	assert_int_equal(frame_source_text(&s, 0, text, NULL), ST_OK);
	line = strlen(text) + 1;
	run(&s, 0, 10, true);
	tear(5 * line + line / 2, 0);
	r = run(&s, 20, 22, true);
	assert_int_equal(r.have, 7);
	tear(4 * line, 64);
	r = run(&s, 0, 0, true);
	assert_int_equal(r.have, 6);
	tear(4 * line - 1, 0); /* all but the line feed */
	r = run(&s, 0, 0, true);
	assert_int_equal(r.have, 6);
	tear(0, 0);
	r = run(&s, 0, 100, true);
	assert_whole(&r);
	frame_source_close(&s);
}

/* It is as open to lies as the camera: what is spoiled is dropped, and what
 * comes after completes it. */
static void
resume_with_a_lie_in_it_spoils_once(void **state)
{
	struct frame_source s = frames_source(&frame_native, BODY, PIECE, 5);
	struct frame lie = frames_take(&s, 3);
	char text[FRAME_TEXT_SIZE];
	struct gather_report r;
	struct resume *j;

	(void)state;
	lie.data[0] ^= 1;
	lie.way->text(&lie, text);
	assert_int_equal(resume_open(path, &j, NULL), ST_OK);
	assert_int_equal(resume_add(j, text, strlen(text), NULL), ST_OK);
	assert_int_equal(resume_flush(j, NULL), ST_OK);
	resume_close(j);
	r = run(&s, 4, 46, true);
	assert_int_equal(r.have, 43);
	r = run(&s, 46, 47, true); /* the 44th, the lie being one of them */
	assert_int_equal(r.news, GATHER_SPOILED);
	r = run(&s, 0, 200, true);
	assert_whole(&r);
	frame_source_close(&s);
}

static void
full_journal_says_so_and_takes_nothing(void **state)
{
	struct diag d = { 0 };
	char name[96];
	struct resume *j;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	for (unsigned i = 1; i <= JOURNAL_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%s/%04u.frames", path, i);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	assert_int_equal(resume_open(path, &j, NULL), ST_OK);
	assert_int_equal(resume_add(j, "AN1:1", 5, NULL), ST_OK);
	assert_int_equal(resume_flush(j, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 10.29: the journal has 1024 "
	    "files and takes no more"));
	for (int i = 1; i < JOURNAL_BATCH - 1; i++)
		assert_int_equal(resume_add(j, "AN1:1", 5, NULL), ST_OK);
	assert_int_equal(resume_add(j, "AN1:1", 5, NULL), ST_POLICY);
	assert_int_equal(resume_add(j, "AN1:1", 5, NULL), ST_POLICY);
	resume_close(j);
	snprintf(name, sizeof(name), "%s/1025.frames", path);
	assert_int_equal(access(name, F_OK), -1);
}

static void
file_that_is_taken_is_not_written_over(void **state)
{
	struct diag d = { 0 };
	struct bytes b = { 0 };
	struct resume *j;
	char name[96];
	int fd;

	(void)state;
	assert_int_equal(resume_open(path, &j, NULL), ST_OK);
	snprintf(name, sizeof(name), "%s/0001.frames", path);
	assert_true((fd = open(name, O_WRONLY | O_CREAT, 0600)) >= 0);
	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
	assert_int_equal(resume_add(j, "AN1:1", 5, NULL), ST_OK);
	assert_int_equal(resume_flush(j, &d), ST_POLICY);
	resume_close(j);
	assert_int_equal(file_read(name, 100, &b, NULL), ST_OK);
	assert_int_equal(b.len, 4);
	bytes_free(&b);
}

static void
resume_that_cannot_be_is_refused(void **state)
{
	char name[96], large[FRAME_TEXT_SIZE];
	struct gather_report r;
	struct gather *g;
	struct resume *j;

	(void)state;
	snprintf(name, sizeof(name), "%s/none/journal", base);
	assert_int_equal(resume_open(name, &j, NULL), ST_SYSTEM);
	assert_null(j);
	/* a file that is none of ours stands in the way */
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(name, sizeof(name), "%s/0001.frames", path);
	assert_int_equal(mkdir(name, 0700), 0);
	assert_int_equal(gather_new(&g, NULL), ST_OK);
	assert_int_equal(resume_open(path, &j, NULL), ST_OK);
	assert_int_equal(resume_replay(j, g, &r, NULL), ST_FORMAT);
	memset(large, '1', sizeof(large));
	assert_int_equal(resume_add(j, large, sizeof(large), NULL), ST_BUG);
	gather_free(g);
	resume_close(j);
}

static enum status
replay(void *ctx)
{
	struct gather_report r = { 0 };
	struct gather *g = NULL;
	struct resume *j = NULL;
	enum status rc;

	(void)ctx;
	TRY(gather_new(&g, NULL));
	TRY(resume_open(path, &j, NULL));
	TRY(resume_replay(j, g, &r, NULL));
	TRY(resume_add(j, "AN1:1", 5, NULL));
	TRY(resume_flush(j, NULL));
out:
	gather_free(g);
	resume_close(j);
	return rc;
}

static void
resume_says_when_memory_is_out(void **state)
{
	struct frame_source s = frames_source(&frame_native, BODY, PIECE, 5);

	(void)state;
	run(&s, 0, 20, true);
	frame_source_close(&s);
	assert_true(oom_each(replay, NULL) > 20);
}

int
main(void)
{
#define FRESH(test)                                                           \
	cmocka_unit_test_setup_teardown(test, new_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		FRESH(reception_goes_on_where_it_was),
		FRESH(cut_loses_less_than_a_batch),
		FRESH(torn_file_counts_as_far_as_it_goes),
		FRESH(resume_with_a_lie_in_it_spoils_once),
		FRESH(full_journal_says_so_and_takes_nothing),
		FRESH(file_that_is_taken_is_not_written_over),
		FRESH(resume_that_cannot_be_is_refused),
		FRESH(resume_says_when_memory_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
