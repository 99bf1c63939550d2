/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=X509_CRL_sign_ctx */
/* crl.c: a list that is complete, direct, and the one that was linted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "lib/crypto/asn1.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

#define MANY 20000 /* entries */

static struct pkix p;

int real_sign(X509_CRL *x, EVP_MD_CTX *ctx)
    __asm__("__real_X509_CRL_sign_ctx");
int wrap_sign(X509_CRL *x, EVP_MD_CTX *ctx)
    __asm__("__wrap_X509_CRL_sign_ctx");

static enum { SOUND, FLIPPED, CHANGING } fault;
static unsigned signatures;

int
wrap_sign(X509_CRL *x, EVP_MD_CTX *ctx)
{
	const ASN1_BIT_STRING *sig = NULL;
	int n;

	signatures++;
	n = real_sign(x, ctx);
	if (n > 0 && fault != SOUND) {
		X509_CRL_get0_signature(x, &sig, NULL);
		sig->data[sig->length - 1] ^= fault == FLIPPED ? 1 :
		    (uint8_t)signatures;
	}
	return n;
}

static int
start(void **state)
{
	pkix_start(state);
	pkix_make(&p, "ecdsa-p256");
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	pkix_free(&p);
	return 0;
}

/* --- there and back --- */

static void
list_reads_back_as_it_was_meant(void **state)
{
	const struct crl_spec *r = &p.list->spec;
	struct crl_spec s = { 0 };

	(void)state;
	pkix_list_spec(&p, &s);
	assert_memory_equal(&r->issuer, &s.issuer, sizeof(s.issuer));
	assert_memory_equal(r->issuer_ski, s.issuer_ski, 20);
	assert_int_equal(r->this_update, s.this_update);
	assert_int_equal(r->next_update, s.next_update);
	assert_int_equal(r->number, s.number);
	assert_int_equal(r->n, s.n);
	for (size_t i = 0; i < s.n; i++)
		assert_memory_equal(&r->entries[i], &s.entries[i],
		    sizeof(s.entries[i]));
	assert_true(p.list->plain_names && p.list->has_aki);
	assert_string_equal(p.list->foreign_ext, "");
	assert_string_equal(p.list->alg, "ecdsa-p256");
	assert_int_equal(crl_signed_by(p.list, &p.root->key, NULL), ST_OK);
	assert_int_equal(crl_signed_by(p.list, &p.leaf->key, NULL), ST_AUTH);
	crl_spec_clear(&s);
}

static void
unspecified_is_said_by_saying_nothing(void **state)
{
	const unsigned char *at = p.list->der.data;
	X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)p.list->der.len);
	const STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	const X509_REVOKED *first = sk_X509_REVOKED_value(all, 0);

	(void)state;
	assert_int_equal(X509_REVOKED_get_ext_count(first), 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(X509_EXTENSION_get_critical(
		    X509_REVOKED_get_ext(first, i)), 0);
	assert_int_equal(X509_REVOKED_get_ext_count(
	    sk_X509_REVOKED_value(all, 1)), 0);
	X509_CRL_free(x);
}

static void
empty_list_has_no_sequence_of_entries(void **state)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct crl *c;

	(void)state;
	pkix_list_spec(&p, &s);
	s.n = 0;
	pkix_sign_list(p.root_key, &s, &der);
	assert_int_equal(crl_read("x", der.data, der.len, &c, NULL), ST_OK);
	assert_int_equal(c->spec.n, 0);
	crl_free(c);
	bytes_free(&der);
	crl_spec_clear(&s);
}

static void
list_is_the_same_every_time(void **state)
{
	struct crl_spec s = { 0 };
	struct bytes again = { 0 };

	(void)state;
	pkix_list_spec(&p, &s);
	pkix_sign_list(p.root_key, &s, &again);
	assert_true(bytes_equal(&again, &p.list->der));
	bytes_free(&again);
	crl_spec_clear(&s);
}

/* Twenty thousand keys gone: read in a blink, or something is quadratic. */
static void
large_list_is_read_whole(void **state)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct crl *c;

	(void)state;
	pkix_list_spec(&p, &s);
	free(s.entries);
	s.entries = calloc(MANY, sizeof(*s.entries));
	assert_non_null(s.entries);
	s.n = MANY;
	for (size_t i = 0; i < s.n; i++) {
		s.entries[i].serial[0] = 0x40;
		s.entries[i].serial[13] = (uint8_t)(i >> 16);
		s.entries[i].serial[14] = (uint8_t)(i >> 8);
		s.entries[i].serial[15] = (uint8_t)i;
		s.entries[i].serial_len = 16;
		s.entries[i].date = PKIX_FROM;
		s.entries[i].reason = REASON_SUPERSEDED;
		s.entries[i].invalid_since = -1;
	}
	pkix_sign_list(p.root_key, &s, &der);
	assert_int_equal(crl_read("x", der.data, der.len, &c, NULL), ST_OK);
	assert_int_equal(c->spec.n, MANY);
	for (size_t i = 0; i < MANY; i += MANY - 1)
		assert_true(crl_has(c, s.entries[i].serial, 16));
	assert_false(crl_has(c, s.entries[0].serial, 15));
	assert_false(crl_has(c, s.entries[0].serial, 21));
	assert_memory_equal(&c->spec.entries[MANY - 1], &s.entries[MANY - 1],
	    sizeof(*s.entries));
	crl_free(c);
	bytes_free(&der);
	crl_spec_clear(&s);
}

/* --- signing --- */

static void
is_not_signed(const struct crl_spec *s, const struct key *key,
    const struct spki *recorded, const struct bytes *twin, const char *why)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	assert_int_equal(crl_sign(s, key, recorded, twin, &out, &d), ST_BUG);
	assert_int_equal(d.code, ST_BUG);
	assert_null(out.data);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void
faulty_signatures_are_not_given_out(void **state)
{
	const struct spki *pub = key_public(p.root_key);
	struct crl_spec s = { 0 };
	struct bytes twin = { 0 };

	(void)state;
	pkix_list_spec(&p, &s);
	assert_int_equal(crl_rehearse(&s, "ecdsa-p256", &twin, NULL), ST_OK);
	fault = FLIPPED;
	is_not_signed(&s, p.root_key, pub, &twin, "RULES C9: the list just "
	    "signed: the signature is not of this key");
	fault = CHANGING;
	is_not_signed(&s, p.root_key, pub, &twin, "RULES C9: two signatures "
	    "of one list differ");
	fault = SOUND;
	bytes_free(&twin);
	crl_spec_clear(&s);
}

static void
nothing_is_signed_that_was_not_linted(void **state)
{
	const struct spki *pub = key_public(p.root_key);
	struct key *other = pkix_key("ecdsa-p384", 0);
	struct bytes twin = { 0 }, none = { 0 };
	struct crl_spec s = { 0 };

	(void)state;
	pkix_list_spec(&p, &s);
	assert_int_equal(crl_rehearse(&s, "ecdsa-p256", &twin, NULL), ST_OK);
	signatures = 0;
	s.number++;
	is_not_signed(&s, p.root_key, pub, &twin, "not the one that was "
	    "linted");
	s.number--;
	s.n--;
	is_not_signed(&s, p.root_key, pub, &twin, "not the one that was "
	    "linted");
	s.n = 0;
	is_not_signed(&s, p.root_key, pub, &twin, "not the one that was "
	    "linted");
	s.n = 2;
	is_not_signed(&s, p.root_key, pub, &none, "the linted list is none");
	is_not_signed(&s, other, key_public(other), &twin, "not the one that "
	    "was linted");
	is_not_signed(&s, p.root_key, key_public(p.leaf_key), &twin,
	    "RULES C9: the key is not the one of record");
	assert_int_equal(signatures, 0);
	key_free(other);
	bytes_free(&twin);
	crl_spec_clear(&s);
}

static void
entries_out_of_order_are_not_signed(void **state)
{
	struct crl_spec s = { 0 };
	struct bytes twin = { 0 };
	struct crl_entry first;

	(void)state;
	pkix_list_spec(&p, &s);
	first = s.entries[0];
	s.entries[0] = s.entries[1];
	assert_int_equal(crl_rehearse(&s, "ecdsa-p256", &twin, NULL), ST_BUG);
	s.entries[1] = first;
	assert_int_equal(crl_rehearse(&s, "ecdsa-p256", &twin, NULL), ST_BUG);
	s.entries[0] = first;
	assert_int_equal(crl_rehearse(&s, "ecdsa-p256", &twin, NULL), ST_BUG);
	assert_null(twin.data);
	crl_spec_clear(&s);
}

/* --- strangers' bytes --- */

static enum status
judge(const void *data, size_t len, struct diag *d)
{
	struct crl *c;
	enum status rc;

	rc = crl_read("x", data, len, &c, d);
	assert_true((rc == ST_OK) == (c != NULL));
	if (rc == ST_OK)
		rc = crl_signed_by(c, &p.root->key, d);
	crl_free(c);
	return rc;
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	(void)ctx;
	return judge(data, len, NULL);
}

static void
crl_refuses_every_truncation_flip_and_tail(void **state)
{
	const struct bytes *b = &p.list->der;

	(void)state;
	assert_int_equal(judge(b->data, b->len, NULL), ST_OK);
	assert_int_equal(mutate_truncations(b->data, b->len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_bits(b->data, b->len, read_mutant, NULL), 0);
	assert_int_equal(mutate_trailing(b->data, b->len, read_mutant, NULL),
	    0);
}

/* Whatever is taken is what OpenSSL reads, entry by entry. */
static void
is_as_openssl_reads(const struct crl *c, const uint8_t *data, size_t len)
{
	X509_CRL *x = d2i_X509_CRL(NULL, &data, (long)len);
	const STACK_OF(X509_REVOKED) *all;
	const struct crl_entry *e;
	X509_REVOKED *r;

	assert_non_null(x);
	all = X509_CRL_get_REVOKED(x);
	assert_int_equal(all == NULL ? 0 : sk_X509_REVOKED_num(all),
	    c->spec.n);
	for (size_t i = 0; i < c->spec.n; i++) {
		ASN1_INTEGER serial = { (int)c->spec.entries[i].serial_len,
			V_ASN1_INTEGER, c->spec.entries[i].serial, 0 };

		e = &c->spec.entries[i];
		assert_int_equal(X509_CRL_get0_by_serial(x, &r, &serial), 1);
		assert_int_equal(ASN1_TIME_cmp_time_t(
		    X509_REVOKED_get0_revocationDate(r), (time_t)e->date), 0);
		if (c->foreign_ext[0] == '\0')
			assert_int_equal(X509_REVOKED_get_ext_count(r),
			    (e->reason != REASON_UNSPECIFIED) +
			    (e->invalid_since >= 0));
	}
	X509_CRL_free(x);
}

static enum status
compare_mutant(const uint8_t *data, size_t len, void *ctx)
{
	unsigned *taken = ctx;
	struct crl *c;

	if (crl_read("x", data, len, &c, NULL) == ST_OK) {
		is_as_openssl_reads(c, data, len);
		(*taken)++;
	}
	crl_free(c);
	return ST_FORMAT;
}

static void
entries_are_those_that_openssl_reads(void **state)
{
	const struct bytes *b = &p.list->der;
	unsigned taken = 0;

	(void)state;
	is_as_openssl_reads(p.list, b->data, b->len);
	assert_int_equal(mutate_bits(b->data, b->len, compare_mutant, &taken),
	    0);
	/* serial numbers, dates, names, the signature */
	assert_true(taken > 500);
}

/* The list with these bytes for its sequence of entries. */
static void
entries_are(const char *der, size_t len, const char *why)
{
	ASN1_LIST *x = asn1_read(ASN1_ITEM_rptr(ASN1_LIST), p.list->der.data,
	    p.list->der.len);
	struct bytes out = { 0 };
	struct diag d = { 0 };
	struct crl *c;
	enum status rc;

	assert_non_null(x);
	assert_true(asn1_set(x->tbs->entries, der, len));
	assert_int_equal(asn1_write(x, ASN1_ITEM_rptr(ASN1_LIST), &out, NULL),
	    ST_OK);
	rc = crl_read("x", out.data, out.len, &c, &d);
	if (rc != (why == NULL ? ST_OK : ST_FORMAT) || (why != NULL &&
	    strstr(d.text, why) == NULL))
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	crl_free(c);
	bytes_free(&out);
	ASN1_item_free((ASN1_VALUE *)x, ASN1_ITEM_rptr(ASN1_LIST));
}

#define SERIAL "\x02\x01\x05"
#define DATE "\x17\x0d" "270101000000Z"
#define REASON "\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01"

static void
crl_refuses_entries_of_another_shape(void **state)
{
	(void)state;
	entries_are("\x30\x14\x30\x12" SERIAL DATE, 22, NULL);
	entries_are("\x30\x22\x30\x20" SERIAL DATE "\x30\x0c" REASON, 36,
	    NULL);
	entries_are("\x30\x00", 2, "6.14: an empty sequence");
	entries_are("\x30\x05\x02\x03\x01\x02\x03", 7,
	    "6.14: an entry is malformed");
	entries_are("\x30\x02\x30\x00", 4, "6.14: an entry is malformed");
	entries_are("\x30\x05\x30\x03" SERIAL, 7, "6.14: an entry has no "
	    "date");
	entries_are("\x30\x08\x30\x06" SERIAL SERIAL, 10, "6.11: a time");
	entries_are("\x30\x14\x30\x12\x0a\x01\x05" DATE, 22,
	    "6.14: an entry's serial number");
	entries_are("\x30\x14\x30\x12\x02\x01\x85" DATE, 22,
	    "6.14: an entry's serial number is negative");
	/* extensions: none, no sequence, no extension, twice, one behind */
	entries_are("\x30\x16\x30\x14" SERIAL DATE "\x30\x00", 24,
	    "6.14: an entry's extensions");
	entries_are("\x30\x17\x30\x15" SERIAL DATE SERIAL, 25,
	    "6.14: an entry's extensions");
	entries_are("\x30\x19\x30\x17" SERIAL DATE "\x30\x03" SERIAL, 27,
	    "6.14: an entry's extension");
	entries_are("\x30\x18\x30\x16" SERIAL DATE "\x30\x02\x30\x00", 26,
	    "6.14: an entry's extension is not canonical");
	entries_are("\x30\x2e\x30\x2c" SERIAL DATE "\x30\x18" REASON REASON,
	    48, "6.14: an entry has an extension twice");
	entries_are("\x30\x25\x30\x23" SERIAL DATE "\x30\x0c" REASON SERIAL,
	    39, "6.14: an entry has more");
	/* not critical, said aloud: DER leaves a default out */
	entries_are("\x30\x25\x30\x23" SERIAL DATE "\x30\x0f\x30\x0d"
	    "\x06\x03\x55\x1d\x15\x01\x01\x00\x04\x03\x0a\x01\x01", 39,
	    "6.14: an entry's extension is not canonical");
}

static X509_CRL *
open_list(void)
{
	const unsigned char *at = p.list->der.data;
	X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)p.list->der.len);

	assert_non_null(x);
	return x;
}

/* Sign with anything, read; ${x} is freed.  The caller frees ${*c}. */
static enum status
resign(X509_CRL *x, struct crl **c, struct diag *d)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	enum status rc;
	int len;

	assert_true(X509_CRL_sign(x, k, EVP_sha256()) > 0);
	len = i2d_X509_CRL(x, &der);
	assert_true(len > 0);
	rc = crl_read("x.crl", der, (size_t)len, c, d);
	OPENSSL_free(der);
	X509_CRL_free(x);
	EVP_PKEY_free(k);
	return rc;
}

static void
is_malformed(X509_CRL *x, const char *why)
{
	struct diag d = { 0 };
	struct crl *c;

	assert_int_equal(resign(x, &c, &d), ST_FORMAT);
	assert_null(c);
	if (strncmp(d.text, "x.crl: ", 7) != 0 || strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static X509_EXTENSION *
raw(const char *oid, int critical, const char *der, size_t len)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *e;

	assert_int_equal(ASN1_OCTET_STRING_set(value,
	    (const unsigned char *)der, (int)len), 1);
	e = X509_EXTENSION_create_by_OBJ(NULL, o, critical, value);
	assert_non_null(e);
	ASN1_OBJECT_free(o);
	ASN1_OCTET_STRING_free(value);
	return e;
}

static X509_CRL *
with_ext(const char *oid, int critical, const char *der, size_t len)
{
	X509_CRL *x = open_list();
	X509_EXTENSION *e = raw(oid, critical, der, len);

	assert_int_equal(X509_CRL_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
	return x;
}

static X509_CRL *
with_entry_ext(int entry, const char *oid, int critical, const char *der,
    size_t len)
{
	X509_CRL *x = open_list();
	X509_EXTENSION *e = raw(oid, critical, der, len);

	assert_int_equal(X509_REVOKED_add_ext(sk_X509_REVOKED_value(
	    X509_CRL_get_REVOKED(x), entry), e, -1), 1);
	X509_EXTENSION_free(e);
	return x;
}

static void
names_the_foreign(X509_CRL *x, const char *name)
{
	struct diag d = { 0 };
	struct crl *c;

	assert_int_equal(resign(x, &c, &d), ST_OK);
	assert_string_equal(c->foreign_ext, name);
	crl_free(c);
}

static void
what_a_direct_list_never_has_is_named(void **state)
{
	(void)state;
	names_the_foreign(with_ext("2.5.29.27", 1, "\x02\x01\x01", 3),
	    "X509v3 Delta CRL Indicator");
	names_the_foreign(with_ext("2.5.29.28", 1, "\x30\x03\x84\x01\xff", 5),
	    "X509v3 Issuing Distribution Point");
	names_the_foreign(with_ext("1.3.6.1.4.1.32473.3.1", 0, "\x05\x00", 2),
	    "1.3.6.1.4.1.32473.3.1");
	names_the_foreign(with_entry_ext(1, "1.3.6.1.4.1.32473.3.1", 0,
	    "\x05\x00", 2), "1.3.6.1.4.1.32473.3.1");
	/* a reason that is critical is none of ours */
	names_the_foreign(with_entry_ext(1, "2.5.29.21", 1, "\x0a\x01\x01",
	    3), "X509v3 CRL Reason Code");
}

static void
crl_refuses_extensions_spelt_otherwise(void **state)
{
	(void)state;
	is_malformed(with_ext("2.5.29.20", 0, "\x02\x01\x01", 3),
	    "6.13: an extension is there twice");
	is_malformed(with_ext("1.3.6.1.4.1.32473.3.1", 0, "\x05", 1),
	    "6.13: an extension is not canonical");
	/* unspecified said aloud, hold, removal, and one that is not there */
	is_malformed(with_entry_ext(1, "2.5.29.21", 0, "\x0a\x01\x00", 3),
	    "6.14: an entry's reason");
	is_malformed(with_entry_ext(1, "2.5.29.21", 0, "\x0a\x01\x06", 3),
	    "6.14: an entry's reason");
	is_malformed(with_entry_ext(1, "2.5.29.21", 0, "\x0a\x01\x08", 3),
	    "6.14: an entry's reason");
	is_malformed(with_entry_ext(1, "2.5.29.21", 0, "\x0a\x01\x63", 3),
	    "6.14: an entry's reason");
	is_malformed(with_entry_ext(1, "2.5.29.21", 0, "\x0a\x02\x00\x01", 4),
	    "6.14: an entry's extension");
	is_malformed(with_entry_ext(0, "2.5.29.21", 0, "\x0a\x01\x01", 3),
	    "6.14: an entry has an extension twice");
	is_malformed(with_entry_ext(1, "2.5.29.24", 0,
	    "\x18\x0f" "20270101000000X", 17), "6.14");
}

static void
crl_refuses_a_list_without_number_or_next_update(void **state)
{
	X509_CRL *x = open_list();

	(void)state;
	X509_EXTENSION_free(X509_CRL_delete_ext(x,
	    X509_CRL_get_ext_by_NID(x, NID_crl_number, -1)));
	is_malformed(x, "6.13: it has no number");

	x = X509_CRL_new();
	assert_int_equal(X509_CRL_set_version(x, 1), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(x,
	    ASN1_TIME_set((ASN1_TIME *)(uintptr_t)X509_CRL_get0_lastUpdate(x),
	    PKIX_FROM)), 1);
	is_malformed(x, "6.13: it does not say when the next one comes");

	x = open_list();
	assert_int_equal(X509_CRL_set_version(x, 0), 1);
	is_malformed(x, "6.1");
}

static void
numbers_are_bounded(void **state)
{
	X509_CRL *x = open_list();

	(void)state;
	X509_EXTENSION_free(X509_CRL_delete_ext(x,
	    X509_CRL_get_ext_by_NID(x, NID_crl_number, -1)));
	{
		X509_EXTENSION *e = raw("2.5.29.20", 0,
		    "\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00", 11);

		assert_int_equal(X509_CRL_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	is_malformed(x, "6.13: its number");
}

/* An entry for a serial that is there already; OpenSSL takes it. */
static void
crl_sorts_and_refuses_a_serial_twice(void **state)
{
	X509_CRL *x = open_list();
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	X509_REVOKED *r = sk_X509_REVOKED_shift(all);
	struct diag d = { 0 };
	struct crl *c;

	(void)state;
	assert_true(sk_X509_REVOKED_push(all, X509_REVOKED_dup(r)) > 0);
	assert_int_equal(resign(x, &c, &d), ST_OK);
	assert_int_equal(c->spec.n, 2);
	assert_int_equal(c->spec.entries[0].serial[0], 0x42);
	assert_int_equal(c->spec.entries[1].serial[0], 0x43);
	crl_free(c);

	x = open_list();
	assert_true(sk_X509_REVOKED_push(X509_CRL_get_REVOKED(x), r) > 0);
	is_malformed(x, "6.14: a serial number is there twice");
}

static void
pem_is_one_block_and_nothing_around_it(void **state)
{
	struct bytes pem = { 0 };

	(void)state;
	assert_int_equal(cert_pem(&p.list->der, "X509 CRL", &pem, NULL),
	    ST_OK);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_OK);
	assert_int_equal(mutate_truncations(pem.data, pem.len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_trailing(pem.data, pem.len, read_mutant,
	    NULL), 0);
	assert_int_equal(cert_pem(&p.list->der, "CERTIFICATE", &pem, NULL),
	    ST_OK);
	assert_int_equal(judge(pem.data, pem.len, NULL), ST_FORMAT);
	bytes_free(&pem);
}

/* --- memory --- */

static enum status
read_once(void *ctx)
{
	(void)ctx;
	return judge(p.list->der.data, p.list->der.len, NULL);
}

static enum status
sign_once(void *ctx)
{
	struct crl_spec *s = ctx;
	struct bytes twin = { 0 }, out = { 0 };
	enum status rc;

	rc = crl_rehearse(s, "ecdsa-p256", &twin, NULL);
	if (rc == ST_OK)
		rc = crl_sign(s, p.root_key, key_public(p.root_key), &twin,
		    &out, NULL);
	assert_true((rc == ST_OK) == (out.data != NULL));
	bytes_free(&twin);
	bytes_free(&out);
	return rc;
}

static void
crl_survives_every_failed_allocation(void **state)
{
	struct crl_spec s = { 0 };

	(void)state;
	pkix_list_spec(&p, &s);
	assert_true(oom_each(read_once, NULL) >= 3);
	assert_true(oom_each(sign_once, &s) >= 4);
	crl_spec_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_reads_back_as_it_was_meant),
		cmocka_unit_test(unspecified_is_said_by_saying_nothing),
		cmocka_unit_test(empty_list_has_no_sequence_of_entries),
		cmocka_unit_test(list_is_the_same_every_time),
		cmocka_unit_test(large_list_is_read_whole),
		cmocka_unit_test(faulty_signatures_are_not_given_out),
		cmocka_unit_test(nothing_is_signed_that_was_not_linted),
		cmocka_unit_test(entries_out_of_order_are_not_signed),
		cmocka_unit_test(crl_refuses_every_truncation_flip_and_tail),
		cmocka_unit_test(entries_are_those_that_openssl_reads),
		cmocka_unit_test(crl_refuses_entries_of_another_shape),
		cmocka_unit_test(what_a_direct_list_never_has_is_named),
		cmocka_unit_test(crl_refuses_extensions_spelt_otherwise),
		cmocka_unit_test(
		    crl_refuses_a_list_without_number_or_next_update),
		cmocka_unit_test(numbers_are_bounded),
		cmocka_unit_test(crl_sorts_and_refuses_a_serial_twice),
		cmocka_unit_test(pem_is_one_block_and_nothing_around_it),
		cmocka_unit_test(crl_survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
