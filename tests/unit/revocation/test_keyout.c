/* keyout.c, and the journal's entries of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/crypto/start.h"
#include "revocation/journal.h"
#include "tests/support/record.h"

#define NOW 1800000000

static const struct step_kind *const no_steps[] = { NULL };

#define SALT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SALT_REST \
	"112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct {
	struct state *state;
} here;

/* A state with one root, whose key nobody ever had. */
static int
make_state(void **state)
{
	static const char hex[] =
	    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
	    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4"
	    "a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33"
	    "576b315ececbb6406837bf51f5";
	static const char *const facts[] = { "root", "g1", "number", "1",
		"algorithm", "ecdsa-p256", "counter", "0", "public", hex,
		NULL };
	static const char *const drawn[] = { "root", "g1", "epoch", "1",
		"set-id", "7", "groups-needed", "1", "exponent", "1",
		"extendable", "yes", "salt", SALT, "+groups", "2/3",
		"+sheets", "1 main 0 0 anna - 01" SALT_REST,
		"+sheets", "2 main 0 1 ben - 02" SALT_REST,
		"+sheets", "3 main 0 2 carla - 03" SALT_REST, NULL };

	(void)state;
	if (crypto_start(NULL) != ST_OK ||
	    state_new(&here.state, NULL) != ST_OK ||
	    record_open(here.state, 1, "rehearsal", NULL) != ST_OK ||
	    record_apply(here.state, "drawn", drawn, NULL, NULL) != ST_OK)
		return -1;
	record_room();
	return record_apply(here.state, "root", facts, NULL, NULL) == ST_OK ?
	    0 : -1;
}

static int
free_state(void **state)
{
	(void)state;
	state_free(here.state);
	record_leave();
	return 0;
}

static struct keyout
made(const char *file)
{
	struct bytes bytes = { 0 };
	struct keyout k;

	assert_int_equal(bytes_set(&bytes, file, strlen(file), NULL), ST_OK);
	keyout_make(here.state, state_root(here.state, "g1"), &bytes, NOW + 7,
	    &k);
	memset(k.mac, 'a', sizeof(k.mac) - 1);
	bytes_free(&bytes);
	return k;
}

static enum status
check(const char *text, size_t len, struct keyout *out, struct diag *d)
{
	struct bytes file = { 0 };
	enum status rc;

	assert_int_equal(bytes_set(&file, text, len, NULL), ST_OK);
	rc = keyout_check("f", &file, here.state, out, d);
	bytes_free(&file);
	return rc;
}

static void
keyout_reads_what_it_writes(void **state)
{
	struct keyout k = made("the file"), got;
	struct bytes file = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(keyout_file(&k, &file, NULL), ST_OK);
	if (check((const char *)file.data, file.len, &got, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_memory_equal(&got, &k, sizeof(k));
	assert_int_equal(got.time % 60, 0);
	/* no prefix of it, and nothing behind it */
	for (size_t n = 0; n < file.len; n++)
		assert_int_equal(check((const char *)file.data, n, &got,
		    NULL), ST_FORMAT);
	file.data[file.len] = '\n';
	assert_int_equal(check((const char *)file.data, file.len + 1, &got,
	    NULL), ST_FORMAT);
	file.data[file.len] = '\0';
	/* no bit of it is another, but for a digest's, which is one still */
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 0x20;
		assert_int_not_equal(check((const char *)file.data, file.len,
		    &got, NULL), ST_OK);
		file.data[i] ^= 0x20;
	}
	bytes_free(&file);
}

/* With one field of it another. */
static void
refuses(struct keyout k, const char *why)
{
	struct bytes file = { 0 };
	struct diag d = { 0 };
	struct keyout got;

	assert_int_equal(keyout_file(&k, &file, NULL), ST_OK);
	assert_int_equal(check((const char *)file.data, file.len, &got, &d),
	    ST_AUTH);
	if (strstr(d.text, why) == NULL)
		fail_msg("%s", d.text);
	bytes_free(&file);
}

static void
keyout_refuses_another_state_and_root(void **state)
{
	struct keyout k;

	(void)state;
	k = made("x");
	k.state[0] ^= 1;
	refuses(k, "it is of another state");
	k = made("x");
	k.mode = MODE_PRODUCTION;
	refuses(k, "it is of another state");
	k = made("x");
	k.head[0] ^= 1;
	refuses(k, "a head that this state never had");
	k = made("x");
	k.root[1] = '2';
	refuses(k, "this state has no such root");
	k = made("x");
	k.key[0] ^= 1;
	refuses(k, "root g1 has another key");
}

static void
journal_keeps_keys_that_were_written_out(void **state)
{
	struct keyout one = made("one"), two = made("two");
	struct journal j;
	struct facts f = { 0 };
	struct diag d = { 0 };

	(void)state;
	two.time += 60;
	here.state->dirfd = -1;
	if (journal_open("journal", here.state, no_steps, &j, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(j.nkeyouts, 0);
	if (journal_keyout(&j, &one, &f, &d) != ST_OK ||
	    journal_keyout(&j, &two, &f, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(facts_count(&f, "journal"), 2);
	assert_non_null(strstr(facts_at(&f, "journal", 1),
	    "signed/000002.txt: the key of root g1 was written out"));
	journal_close(&j);
	if (journal_open("journal", here.state, no_steps, &j, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(j.nkeyouts, 2);
	assert_int_equal(j.n, 0);
	assert_memory_equal(&j.keyout[1], &two, sizeof(two));
	journal_close(&j);
	facts_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyout_reads_what_it_writes),
		cmocka_unit_test(keyout_refuses_another_state_and_root),
		cmocka_unit_test(journal_keeps_keys_that_were_written_out),
	};

	return cmocka_run_group_tests_name("keyout", tests, make_state,
	    free_state);
}
