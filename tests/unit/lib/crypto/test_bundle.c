/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* bundle.c: the same fields, the same bytes, and none beside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "tests/support/bundles.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"

static const unsigned anchors[] = { 0, 1, 18 }, next[] = { 2, 19 };

static int
start(void **state)
{
	pkix_start(state);
	bundles_start();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bundles_stop();
	return 0;
}

/* One with something in every part. */
static struct bundle *
full(void)
{
	struct bundle *b = NULL;

	bundles_make(anchors, 3, next, 2, &b);
	b->era = 3;
	b->seq = 7;
	b->first = b->no_head = false;
	memset(b->previous, 0xa5, SHA384_LEN);
	memset(b->head, 0x5a, SHA384_LEN);
	b->threshold = 2;
	b->break_glass = true;
	b->succession = NEXT_ALONE_AFTER_HORIZON;
	b->expiry = EXPIRY_REFUSES;
	bundles_former(b, 4, false);
	bundles_former(b, 3, true);
	b->floors = 2;
	memcpy(b->floor[0].issuer, bundles_cert[0]->ski, 20);
	b->floor[0].number = UINT64_C(3) << 32 | 1;
	memcpy(b->floor[1].issuer, bundles_cert[1]->ski, 20);
	b->floor[1].number = UINT64_MAX;
	bundles_seal(b);
	return b;
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	struct bundle *b = NULL;
	enum status rc;

	(void)ctx;
	rc = bundle_read("b", data, len, &b, NULL);
	/* what is taken is what is written: another bundle, but one */
	if (rc == ST_OK && b->der.len == len &&
	    memcmp(b->der.data, data, len) == 0)
		rc = ST_FORMAT;
	bundle_free(b);
	return rc;
}

static void
bundle_refuses_every_truncation_and_tail(void **state)
{
	struct bundle *b = full();

	(void)state;
	assert_int_equal(mutate_truncations(b->der.data, b->der.len,
	    read_mutant, NULL), 0);
	assert_int_equal(mutate_trailing(b->der.data, b->der.len, read_mutant,
	    NULL), 0);
	bundle_free(b);
}

static void
bundle_takes_no_flipped_bit_that_it_would_write_otherwise(void **state)
{
	struct bundle *b = full();

	(void)state;
	assert_int_equal(mutate_bits(b->der.data, b->der.len, read_mutant,
	    NULL), 0);
	bundle_free(b);
}

static void
bundle_says_again_what_it_was_told(void **state)
{
	struct bundle *b = full(), *c = NULL;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(bundle_read("b", b->der.data, b->der.len, &c, &d),
	    ST_OK);
	assert_memory_equal(b->id, c->id, SHA384_LEN);
	assert_string_equal(c->arc, PKIX_ARC);
	assert_true(c->era == 3 && c->seq == 7 && !c->first && !c->no_head);
	assert_memory_equal(c->previous, b->previous, SHA384_LEN);
	assert_memory_equal(c->plan, b->plan, SHA384_LEN);
	assert_memory_equal(c->head, b->head, SHA384_LEN);
	assert_true(c->not_before == b->not_before &&
	    c->not_after == b->not_after && c->horizon == b->horizon);
	assert_true(c->threshold == 2 && c->next_threshold == 1 &&
	    c->level == 1 && c->break_glass);
	assert_int_equal(c->succession, NEXT_ALONE_AFTER_HORIZON);
	assert_int_equal(c->expiry, EXPIRY_REFUSES);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(bundle_anchor(c,
		    bundles_cert[anchors[i]]->key.id));
	assert_string_equal(bundle_next(c, bundles_cert[19]->key.id)->alg,
	    "ecdsa-p384");
	assert_true(bundle_former(c, bundles_cert[3]->key.id)->revoked);
	assert_false(bundle_former(c, bundles_cert[4]->key.id)->revoked);
	assert_true(bundle_floor(c, bundles_cert[1]->ski)->number ==
	    UINT64_MAX);
	bundle_free(b);
	bundle_free(c);
}

/* The order in which a ceremony names things is no covert channel. */
static void
bundle_has_the_same_bytes_in_whatever_order_it_was_told(void **state)
{
	static const unsigned turned[] = { 18, 1, 0 }, next2[] = { 19, 2 };
	struct bundle *a = NULL, *b = NULL;

	(void)state;
	bundles_make(anchors, 3, next, 2, &a);
	bundles_make(turned, 3, next2, 2, &b);
	bundles_seal(a);
	bundles_seal(b);
	assert_true(bytes_equal(&a->der, &b->der));
	bundle_free(a);
	bundle_free(b);
}

static void
is_refused(struct bundle *b, const char *clause)
{
	struct diag d = { 0 };

	assert_int_equal(bundle_seal(b, &d), ST_POLICY);
	if (strstr(d.text, clause) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, clause);
	bundle_free(b);
}

static void
bundle_refuses_what_is_there_twice_or_out_of_bounds(void **state)
{
	struct bundle *b;

	(void)state;
	bundles_anchor(b = full(), 0);
	is_refused(b, "FORMATS 9.4");
	bundles_next(b = full(), 2);
	is_refused(b, "FORMATS 9.4");
	bundles_former(b = full(), 3, false);
	is_refused(b, "FORMATS 9.4");
	b = full();
	b->nexts = 0;
	is_refused(b, "FORMATS 9.4");
	b = full();
	b->formers = BUNDLE_FORMER_MAX + 1;
	is_refused(b, "FORMATS 9.4");
	b = full();
	b->era = 0;
	is_refused(b, "FORMATS 9.5");
	b = full();
	b->seq = (uint64_t)BUNDLE_SEQ_MAX + 1;
	is_refused(b, "FORMATS 9.5");
	b = full();
	b->not_after = b->horizon + 1;
	is_refused(b, "FORMATS 9.5");
	b = full();
	b->not_before = b->not_after;
	is_refused(b, "FORMATS 9.5");
	b = full();
	b->first = true;
	is_refused(b, "FORMATS 9.3");
}

static enum status
starve_seal(void *ctx)
{
	return bundle_seal(ctx, NULL);
}

static enum status
starve_read(void *ctx)
{
	const struct bundle *b = ctx;
	struct bundle *c = NULL;
	enum status rc;

	rc = bundle_read("b", b->der.data, b->der.len, &c, NULL);
	assert_true((rc == ST_OK) == (c != NULL));
	bundle_free(c);
	return rc;
}

static void
bundle_says_so_when_memory_runs_out(void **state)
{
	struct bundle *b = full();

	(void)state;
	assert_true(oom_each(starve_seal, b) > 0);
	assert_true(oom_each(starve_read, b) > 0);
	bundle_free(b);
}

/* Hex digits of the block of FORMATS 9.30, whatever is around them. */
static char *
documented(void)
{
	const char *root = getenv("ROOT");
	struct bytes page = { 0 }, path = { 0 };
	char *hex, *to, *at, *end;
	struct diag d = { 0 };

	assert_int_equal(text_format(&path, &d, "%s/docs/FORMATS.md",
	    root == NULL ? "." : root), ST_OK);
	assert_int_equal(file_read((char *)path.data, FILE_MAX, &page, &d),
	    ST_OK);
	at = strstr((char *)page.data, "- **9.30**");
	assert_non_null(at);
	at = strstr(at, "\n\n    ");
	assert_non_null(at);
	end = strstr(at + 2, "\n\n");
	assert_non_null(end);
	to = hex = calloc(1, (size_t)(end - at) + 1);
	assert_non_null(hex);
	for (; at < end; at++) {
		if (*at == '#')
			at += strcspn(at, "\n");
		else if (*at != ' ' && *at != '\n')
			*to++ = *at;
	}
	bytes_free(&page);
	bytes_free(&path);
	return hex;
}

static void
bundle_is_the_example_of_the_page(void **state)
{
	static const unsigned one[] = { 0 }, two[] = { 1, 18 };
	struct bundle *b = NULL;
	char *hex, *page;

	(void)state;
	bundles_make(one, 1, two, 2, &b);
	bundles_seal(b);
	hex = calloc(2, b->der.len + 1);
	assert_non_null(hex);
	text_hex(b->der.data, b->der.len, hex);
	if (getenv("BUNDLE_SHOW") != NULL)
		puts(hex);
	page = documented();
	assert_string_equal(page, hex);
	free(page);
	free(hex);
	bundle_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle_says_again_what_it_was_told),
		cmocka_unit_test(bundle_refuses_every_truncation_and_tail),
		cmocka_unit_test(
		    bundle_takes_no_flipped_bit_that_it_would_write_otherwise),
		cmocka_unit_test(
		    bundle_has_the_same_bytes_in_whatever_order_it_was_told),
		cmocka_unit_test(
		    bundle_refuses_what_is_there_twice_or_out_of_bounds),
		cmocka_unit_test(bundle_says_so_when_memory_runs_out),
		cmocka_unit_test(bundle_is_the_example_of_the_page),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
