#include <sys/mman.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/frozen.h"

static void
frozen_gives_back_what_was_added(void **state)
{
	struct frozen s = FROZEN_NONE;

	(void)state;
	assert_int_equal(frozen_new(&s, NULL), ST_OK);
	assert_int_equal(frozen_add(&s, "par", 3, NULL), ST_OK);
	assert_int_equal(frozen_add(&s, "", 0, NULL), ST_OK);
	assert_int_equal(frozen_add(&s, "cel", 3, NULL), ST_OK);
	assert_null(s.data);
	assert_int_equal(frozen_close(&s, NULL), ST_OK);
	assert_int_equal(s.len, 6);
	assert_memory_equal(s.data, "parcel", 6);
	frozen_free(&s);
	assert_int_equal(s.fd, -1);
	frozen_free(&s);
}

/* Nobody who holds it can change it, by whatever door. */
static void
frozen_is_changed_by_nobody(void **state)
{
	struct frozen s = FROZEN_NONE;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(frozen_new(&s, NULL), ST_OK);
	assert_int_equal(frozen_add(&s, "parcel", 6, NULL), ST_OK);
	assert_int_equal(frozen_close(&s, NULL), ST_OK);
	assert_int_equal(pwrite(s.fd, "X", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(s.fd, 0), -1);
	assert_int_equal(ftruncate(s.fd, 7), -1);
	assert_ptr_equal(mmap(NULL, 6, PROT_READ | PROT_WRITE, MAP_SHARED,
	    s.fd, 0), MAP_FAILED);
	assert_int_equal(frozen_add(&s, "X", 1, &d), ST_SYSTEM);
	assert_string_equal(d.text, "sealed memory: Operation not permitted");
	assert_memory_equal(s.data, "parcel", 6);
	frozen_free(&s);
}

static void
frozen_may_be_empty(void **state)
{
	struct frozen s = FROZEN_NONE;

	(void)state;
	assert_int_equal(frozen_new(&s, NULL), ST_OK);
	assert_int_equal(frozen_close(&s, NULL), ST_OK);
	assert_int_equal(s.len, 0);
	frozen_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frozen_gives_back_what_was_added),
		cmocka_unit_test(frozen_is_changed_by_nobody),
		cmocka_unit_test(frozen_may_be_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
