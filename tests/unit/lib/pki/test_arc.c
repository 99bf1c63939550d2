#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/pki/arc.h"

static void
arc_spells_a_word_as_its_length_and_characters(void **state)
{
	char oid[CERT_OID_SIZE];

	(void)state;
	assert_int_equal(arc_oid(ARC_TEST, ARC_ROLE, "release", oid, NULL),
	    ST_OK);
	assert_string_equal(oid, ARC_TEST ".2.7.114.101.108.101.97.115.101");
	assert_int_equal(arc_oid(ARC_TEST, ARC_SCOPE, NULL, oid, NULL), ST_OK);
	assert_string_equal(oid, ARC_TEST ".1");
}

static void
arc_gives_two_roles_two_identifiers(void **state)
{
	char a[CERT_OID_SIZE], b[CERT_OID_SIZE];

	(void)state;
	/* without the length in front these two would share a beginning */
	assert_int_equal(arc_oid(ARC_TEST, ARC_ROLE, "ab", a, NULL), ST_OK);
	assert_int_equal(arc_oid(ARC_TEST, ARC_ROLE, "abc", b, NULL), ST_OK);
	assert_int_not_equal(strncmp(a, b, strlen(a)), 0);
	assert_int_equal(arc_oid(ARC_TEST, ARC_POLICY, "ab", b, NULL), ST_OK);
	assert_string_not_equal(a, b);
}

static void
arc_takes_the_longest_word_and_refuses_a_longer_identifier(void **state)
{
	char oid[CERT_OID_SIZE], arc[CERT_OID_SIZE], word[33];
	struct diag d = { 0 };

	(void)state;
	memset(word, 'z', 32);
	word[32] = '\0';
	assert_int_equal(arc_oid(ARC_TEST, ARC_ROLE, word, oid, &d), ST_OK);
	memset(arc, '1', sizeof(arc) - 1);
	arc[sizeof(arc) - 1] = '\0';
	assert_int_equal(arc_oid(arc, ARC_ROLE, word, oid, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.15"));
	assert_string_equal(oid, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    arc_spells_a_word_as_its_length_and_characters),
		cmocka_unit_test(arc_gives_two_roles_two_identifiers),
		cmocka_unit_test(
		    arc_takes_the_longest_word_and_refuses_a_longer_identifier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
