/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <sys/stat.h>
#include <sys/wait.h>

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

#include <openssl/ec.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/crypto/csr.h"
#include "lib/record/inbox.h"
#include "tests/support/box.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

#define NOW 1803859200 /* 2027-03-01T00:00:00Z */

static struct bytes request[2]; /* DER, of two keys */

static int
start(void **state)
{
	EVP_PKEY *key;

	if (pkix_start(state) != 0)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		key = EVP_EC_gen("P-256");
		pkix_request(key, "gateway", 7, "SHA256", &request[i]);
		EVP_PKEY_free(key);
	}
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		bytes_free(&request[i]);
	return 0;
}

static void
look(struct box *b)
{
	struct diag d = { 0 };

	if (inbox_look(&b->inbox, NOW, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static const char *
passed(const struct box *b, size_t i)
{
	return facts_at(&b->inbox.passed, "passed-over", i);
}

static void
inbox_gives_all_files_of_a_name(void **state)
{
	const struct parcel_file *f;
	struct box b;
	size_t at = 0;

	(void)state;
	box_open(&b);
	box_parcel(&b, "b.parcel", "request", "gateway.csr", &request[1], NOW);
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0],
	    -1);
	box_parcel(&b, "c.parcel", "request", "sensor.csr", &request[0], -1);
	look(&b);
	assert_int_equal(b.inbox.n, 3);
	assert_null(passed(&b, 0));
	for (size_t i = 0; i < 2; i++) {
		f = inbox_next(&b.inbox, "gateway.csr", &at);
		assert_non_null(f);
		assert_int_equal(f->len, request[i].len);
		assert_memory_equal(f->data, request[i].data, f->len);
	}
	assert_null(inbox_next(&b.inbox, "gateway.csr", &at));
	at = 0;
	assert_null(inbox_next(&b.inbox, "Gateway.csr", &at));
	box_close(&b);
}

static void
inbox_passes_over_what_fails_a_gate(void **state)
{
	static const char manifest[] = "# anchorite parcel 1\n"
	    "# purpose: request\n# from: a\n# files: 1\n# bytes: 1\n"
	    "9d9f290527a6be626a8f5985b26e19b237b44872b03631811df4416fc1713178  "
	    "x.csr\ny";
	static const char *const why[] = {
		"cut.parcel: FORMATS 10.1: ",
		"digest.parcel: FORMATS 10.1: x.csr has not the digest",
		"folder.parcel: ",
		"kind.parcel: x.crt: FORMATS 10.6: ",
		"late.parcel: FORMATS 10.7: not to be used before ",
		"link.parcel: ",
	};
	struct bytes kind = { 0 };
	struct box b;
	size_t at = 0;

	(void)state;
	box_open(&b);
	box_put(&b, "cut.parcel", "# anchorite parcel 1\n", 21);
	box_put(&b, "digest.parcel", manifest, sizeof(manifest) - 1);
	assert_int_equal(mkdirat(b.inbox.dirfd, "folder.parcel", 0700), 0);
	assert_int_equal(bytes_set(&kind, manifest, sizeof(manifest) - 1,
	    NULL), ST_OK);
	memcpy(strstr((char *)kind.data, "x.csr"), "x.crt", 5);
	/* the digest of "x": only its kind is wrong */
	memcpy(strstr((char *)kind.data, "9d9f"), "2d711642b726b04401627ca9fba"
	    "c32f5c8530fb1903cc4db02258717921a4881", 64);
	kind.data[kind.len - 1] = 'x';
	box_put(&b, "kind.parcel", kind.data, kind.len);
	box_parcel(&b, "late.parcel", "request", "gateway.csr", &request[0],
	    NOW + 60);
	assert_int_equal(symlinkat("late.parcel", b.inbox.dirfd,
	    "link.parcel"), 0);
	/* a name is not enough, nor is none */
	box_parcel(&b, "other", "request", "gateway.csr", &request[0], -1);
	box_parcel(&b, ".parcel", "request", "gateway.csr", &request[0], -1);
	look(&b);
	assert_int_equal(b.inbox.n, 0);
	assert_null(inbox_next(&b.inbox, "gateway.csr", &at));
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		if (passed(&b, i) == NULL ||
		    strncmp(passed(&b, i), why[i], strlen(why[i])) != 0)
			fail_msg("\"%s\" instead of \"%s\"", passed(&b, i),
			    why[i]);
	}
	assert_null(passed(&b, sizeof(why) / sizeof(why[0])));
	bytes_free(&kind);
	box_close(&b);
}

static void
inbox_looks_into_so_many_parcels_and_no_more(void **state)
{
	char name[32];
	struct box b;

	(void)state;
	box_open(&b);
	for (size_t i = 0; i < INBOX_PARCELS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "%03zu.parcel", i);
		box_parcel(&b, name, "request", "gateway.csr", &request[0], -1);
	}
	look(&b);
	assert_int_equal(b.inbox.n, INBOX_PARCELS_MAX);
	assert_string_equal(passed(&b, 0), "064.parcel and all behind it: "
	    "FORMATS 3.17: not opened, as 64 parcels were");
	assert_null(passed(&b, 1));
	box_close(&b);
}

/* Anybody's parcel may lie there, and a root is opened later in this process:
 * only names, sizes and digests are looked at, and a row reads what the plan has
 * named. */
static void
inbox_reads_no_file_that_nobody_asked_for(void **state)
{
	static const char *const manifests[] = {
		"# anchorite parcel 1\n# purpose: result\n# from: a\n"
		"# files: 1\n# bytes: 1\n"
		"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a48"
		"81  x.crt\nx",
		"# anchorite parcel 1\n# purpose: request\n# from: a\n"
		"# files: 1\n# bytes: 1\n"
		"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a48"
		"81  x.csr\nx",
	};
	struct box b;

	(void)state;
	csr_rest();
	box_open(&b);
	box_put(&b, "a.parcel", manifests[0], strlen(manifests[0]));
	box_put(&b, "b.parcel", manifests[1], strlen(manifests[1]));
	look(&b);
	assert_null(passed(&b, 0));
	assert_int_equal(b.inbox.n, 2);
	/* not even their child was started */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	box_close(&b);
}

/* What is refused was opened too: else junk without an end is read, and named,
 * before the first question. */
static void
inbox_counts_what_it_passes_over(void **state)
{
	char name[32];
	struct box b;

	(void)state;
	box_open(&b);
	for (size_t i = 0; i < 10 * INBOX_PARCELS_MAX; i++) {
		snprintf(name, sizeof(name), "%03zu.parcel", i);
		box_put(&b, name, "junk", 4);
	}
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0],
	    -1);
	look(&b);
	assert_int_equal(b.inbox.n, 0);
	assert_int_equal(facts_count(&b.inbox.passed, "passed-over"),
	    INBOX_PARCELS_MAX + 1);
	assert_string_equal(passed(&b, INBOX_PARCELS_MAX), "064.parcel and all "
	    "behind it: FORMATS 3.17: not opened, as 64 parcels were");
	box_close(&b);
}

/* As many bytes are zero as the medium says, for next to none on it. */
static void
put_hollow(const struct box *b, const char *name)
{
	static const char manifest[] = "# anchorite parcel 1\n"
	    "# purpose: plan\n# from: a\n# files: 1\n# bytes: 16777000\n"
	    "9d9f290527a6be626a8f5985b26e19b237b44872b03631811df4416fc1713178  "
	    "x.ini\n";
	int fd;

	box_put(b, name, manifest, sizeof(manifest) - 1);
	fd = openat(b->inbox.dirfd, name, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)sizeof(manifest) - 1 + 16777000),
	    0);
	close(fd);
}

static void
inbox_reads_so_many_bytes_and_no_more(void **state)
{
	char name[32];
	struct box b;

	(void)state;
	box_open(&b);
	for (size_t i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "%zu.parcel", i);
		put_hollow(&b, name);
	}
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0],
	    -1);
	look(&b);
	assert_int_equal(b.inbox.n, 0);
	assert_non_null(strstr(passed(&b, 3), "3.parcel: FORMATS 10.1: x.ini "
	    "has not the digest"));
	assert_string_equal(passed(&b, 4), "4.parcel: FORMATS 3.17: with it "
	    "the parcels have more than 67108864 bytes");
	assert_string_equal(passed(&b, 5), "5.parcel and all behind it: "
	    "FORMATS 3.17: not opened, as 67108864 bytes were");
	assert_null(passed(&b, 6));
	box_close(&b);
}

static enum status
look_once(void *ctx)
{
	struct box *b = ctx;
	enum status rc;

	rc = inbox_look(&b->inbox, NOW, NULL);
	/* a parcel that there was no memory for is passed over, aloud */
	if (rc == ST_OK && b->inbox.n == 0)
		rc = passed(b, 0) != NULL ? ST_SYSTEM : ST_BUG;
	inbox_clear(&b->inbox);
	return rc;
}

static void
inbox_survives_every_allocation_failing(void **state)
{
	struct box b;

	(void)state;
	box_open(&b);
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0],
	    -1);
	assert_true(oom_each(look_once, &b) > 5);
	box_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inbox_gives_all_files_of_a_name),
		cmocka_unit_test(inbox_passes_over_what_fails_a_gate),
		cmocka_unit_test(inbox_looks_into_so_many_parcels_and_no_more),
		cmocka_unit_test(inbox_reads_no_file_that_nobody_asked_for),
		cmocka_unit_test(inbox_counts_what_it_passes_over),
		cmocka_unit_test(inbox_reads_so_many_bytes_and_no_more),
		cmocka_unit_test(inbox_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("inbox", tests, start, stop);
}
