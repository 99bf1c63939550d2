#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/pki/issue.h"
#include "lib/pki/profile.h"
#include "tests/support/group.h"

#define EFFECTIVE 1803859200 /* 2027-03-01 */
#define ARC "1.3.6.1.4.1.55555"

static const struct profile_room room = { ARC, "example", false };

struct hand {
	struct secret *seed;
	struct key *key;
	unsigned asked; /* how often a serial number was derived */
	char label[256];
};

static enum status
derive(void *cookie, const char *label, uint8_t *out, size_t len,
    struct diag *d)
{
	struct hand *h = cookie;

	h->asked++;
	snprintf(h->label, sizeof(h->label), "%s", label);
	return derive_label(h->seed, label, out, len, d);
}

static void
take(struct hand *h, int byte)
{
	memset(h, 0, sizeof(*h));
	assert_int_equal(secret_new(SEED_LEN, &h->seed, NULL), ST_OK);
	memset(secret_bytes(h->seed), byte, SEED_LEN);
	assert_int_equal(key_from_seed(h->seed, DERIVE_REAL, "ecdsa-p384",
	    "root", 0, &h->key, NULL), ST_OK);
}

static void
drop(struct hand *h)
{
	secret_free(h->seed);
	key_free(h->key);
}

static void
root_spec(const struct hand *h, struct cert_spec *spec)
{
	assert_int_equal(profile_root(&room, "root-g1", key_public(h->key),
	    EFFECTIVE, EFFECTIVE + 100 * CLOCK_DAY - 1, spec, NULL), ST_OK);
}

static enum status
issue_as(enum lint_kind kind, struct hand *h, const struct cert_spec *spec,
    const struct spki *as, struct cert **out, struct diag *d)
{
	const struct issue_serial serial = { derive, h };

	return issue_cert(kind, ARC, spec, &serial, h->key, as, out, d);
}

static enum status
issue(struct hand *h, const struct cert_spec *spec, const struct spki *as,
    struct cert **out, struct diag *d)
{
	return issue_as(LINT_ROOT, h, spec, as, out, d);
}

static void
issue_draws_the_serial_from_seed_and_content(void **state)
{
	struct cert_spec spec = { 0 };
	uint8_t digest[SHA384_LEN];
	char hex[SHA384_HEX_SIZE];
	struct cert *c = NULL, *again = NULL;
	struct diag d = { 0 };
	struct hand h;

	(void)state;
	take(&h, 0x11);
	root_spec(&h, &spec);
	if (issue(&h, &spec, key_public(h.key), &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(h.asked, 1);
	assert_int_equal(cert_serial_digest(&spec, "ecdsa-p384", digest, NULL),
	    ST_OK);
	text_hex(digest, sizeof(digest), hex);
	assert_int_equal(strncmp(h.label, "serial/", 7), 0);
	assert_string_equal(h.label + 7, hex);
	assert_int_equal(c->serial_len, 16);
	assert_int_equal(c->serial[0] & 0xc0, 0x40);
	assert_int_equal(issue_same_cert(c, &spec, NULL), ST_OK);
	/* again: every byte */
	assert_int_equal(issue(&h, &spec, key_public(h.key), &again, NULL),
	    ST_OK);
	assert_true(bytes_equal(&c->der, &again->der));
	/* another content: another serial number, and not the same TBS */
	spec.not_after--;
	assert_int_equal(issue_same_cert(c, &spec, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "FORMATS 8.17"));
	cert_free(c);
	cert_free(again);
	cert_spec_clear(&spec);
	drop(&h);
}

static void
issue_refuses_what_lint_refuses_before_the_root_signs(void **state)
{
	struct cert_spec spec = { 0 };
	struct cert *made = NULL;
	struct diag d = { 0 };
	struct hand h;

	(void)state;
	take(&h, 0x11);
	root_spec(&h, &spec);
	spec.path_len = 0;
	assert_int_equal(issue(&h, &spec, key_public(h.key), &made, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.4"));
	assert_null(made);
	cert_spec_clear(&spec);
	drop(&h);
}

/* The old root, which vouches for the new one, draws the serial number. */
static void
issue_crosses_with_the_key_of_the_issuer(void **state)
{
	struct cert_spec spec = { 0 };
	struct cert *old = NULL, *new = NULL, *cross = NULL, *none = NULL;
	struct diag d = { 0 };
	struct hand h, other;

	(void)state;
	take(&h, 0x11);
	take(&other, 0x22);
	root_spec(&h, &spec);
	assert_int_equal(issue(&h, &spec, key_public(h.key), &old, NULL),
	    ST_OK);
	cert_spec_clear(&spec);
	assert_int_equal(profile_root(&room, "root-g2", key_public(other.key),
	    EFFECTIVE, EFFECTIVE + 100 * CLOCK_DAY - 1, &spec, NULL), ST_OK);
	assert_int_equal(issue(&other, &spec, key_public(other.key), &new,
	    NULL), ST_OK);
	cert_spec_clear(&spec);
	assert_int_equal(profile_cross(&room, new, old, EFFECTIVE, &spec,
	    NULL), ST_OK);
	if (issue_as(LINT_CROSS, &h, &spec, key_public(h.key), &cross, &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(cert_signed_by(cross, &old->key, NULL), ST_OK);
	assert_int_equal(cert_signed_by(cross, &new->key, NULL), ST_AUTH);
	assert_memory_equal(cross->ski, new->ski, sizeof(new->ski));
	assert_memory_equal(cross->spec.issuer_ski, old->ski,
	    sizeof(old->ski));
	/* signed by the one, and in the name of the other */
	assert_int_equal(issue_as(LINT_CROSS, &other, &spec,
	    key_public(other.key), &none, &d), ST_BUG);
	assert_null(none);
	cert_free(old);
	cert_free(new);
	cert_free(cross);
	cert_spec_clear(&spec);
	drop(&h);
	drop(&other);
}

static void
issue_refuses_a_key_that_is_not_of_record(void **state)
{
	struct cert_spec spec = { 0 };
	struct cert *made = NULL;
	struct diag d = { 0 };
	struct hand h, other;

	(void)state;
	take(&h, 0x11);
	take(&other, 0x22);
	root_spec(&h, &spec);
	assert_int_equal(issue(&other, &spec, key_public(h.key), &made, &d),
	    ST_AUTH);
	assert_int_equal(other.asked, 0);
	assert_null(made);
	cert_spec_clear(&spec);
	drop(&h);
	drop(&other);
}

static void
issue_crl_signs_what_was_asked_and_nothing_else(void **state)
{
	struct cert_spec spec = { 0 };
	struct crl_spec list = { 0 };
	struct cert *root = NULL;
	struct crl *c = NULL, *none = NULL;
	struct diag d = { 0 };
	struct hand h;

	(void)state;
	take(&h, 0x11);
	root_spec(&h, &spec);
	assert_int_equal(issue(&h, &spec, key_public(h.key), &root, NULL),
	    ST_OK);
	assert_int_equal(profile_list(&room, root, EFFECTIVE,
	    EFFECTIVE + CLOCK_DAY, 7, &list, NULL), ST_OK);
	if (issue_crl(&list, h.key, key_public(h.key), &c, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(issue_same_crl(c, &list, NULL), ST_OK);
	list.number++;
	assert_int_equal(issue_same_crl(c, &list, NULL), ST_AUTH);
	/* outside the profile: nothing comes out */
	list.next_update = list.this_update + 401 * CLOCK_DAY;
	assert_int_equal(issue_crl(&list, h.key, key_public(h.key), &none, &d),
	    ST_POLICY);
	assert_non_null(strstr(d.text, "FORMATS 8.24"));
	/* another issuing key named in it */
	memset(&d, 0, sizeof(d));
	list.next_update = list.this_update + CLOCK_DAY;
	list.issuer_ski[0] ^= 1;
	assert_int_equal(issue_crl(&list, h.key, key_public(h.key), &none, &d),
	    ST_BUG);
	assert_null(none);
	crl_free(c);
	crl_spec_clear(&list);
	cert_free(root);
	cert_spec_clear(&spec);
	drop(&h);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(issue_draws_the_serial_from_seed_and_content),
		cmocka_unit_test(
		    issue_refuses_what_lint_refuses_before_the_root_signs),
		cmocka_unit_test(issue_crosses_with_the_key_of_the_issuer),
		cmocka_unit_test(issue_refuses_a_key_that_is_not_of_record),
		cmocka_unit_test(
		    issue_crl_signs_what_was_asked_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, group_crypto, NULL);
}
