/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup */
#include <sys/stat.h>

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

#include "lib/record/inbox.h"
#include "tests/support/box.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

#define NOW 1803859200 /* 2027-03-01T00:00:00Z */
#define TEXTS 240 /* of 65000 bytes: four such parcels have room, no fifth */

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
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0], -1);
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
	assert_string_equal(passed(&b, 0), "064.parcel: FORMATS 3.17: one more "
	    "than the 64 parcels that are looked into");
	assert_non_null(passed(&b, 1));
	assert_null(passed(&b, 2));
	box_close(&b);
}

/* Of parcels that are good, but too much together, each that has no room is
 * passed over; a smaller one behind it has. */
static void
inbox_takes_so_many_bytes_and_no_more(void **state)
{
	static uint8_t text[65000];
	static struct parcel_file file[TEXTS + 1];
	struct parcel p = { .not_before = -1, .file = file, .n = TEXTS + 1,
		.purpose = "plan", .from = "team" };
	char name[32];
	struct box b;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < TEXTS; i++) {
		snprintf(file[i].name, sizeof(file[i].name), "%03zu.txt", i);
		file[i].data = text;
		file[i].len = sizeof(text);
	}
	snprintf(file[TEXTS].name, sizeof(file[TEXTS].name), "plan.ini");
	file[TEXTS].data = (const uint8_t *)"[x y]\n";
	file[TEXTS].len = 6;
	box_open(&b);
	for (size_t i = 1; i <= 5; i++) {
		snprintf(name, sizeof(name), "%zu.parcel", i);
		box_seal(&b, name, &p);
	}
	box_parcel(&b, "6.parcel", "request", "gateway.csr", &request[0], -1);
	look(&b);
	assert_int_equal(b.inbox.n, 5);
	assert_string_equal(b.inbox.parcel[4].name, "6.parcel");
	assert_string_equal(passed(&b, 0), "5.parcel: FORMATS 3.17: with it "
	    "the parcels have more than 67108864 bytes");
	assert_null(passed(&b, 1));
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
	box_parcel(&b, "a.parcel", "request", "gateway.csr", &request[0], -1);
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
		cmocka_unit_test(inbox_takes_so_many_bytes_and_no_more),
		cmocka_unit_test(inbox_survives_every_allocation_failing),
	};

	return cmocka_run_group_tests_name("inbox", tests, start, stop);
}
