/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=X509_sign_ctx,--wrap=EVP_DigestVerify */
/* cert.c: what is signed is what was linted, and only that is read. */
/* a nonce of the machine's needs EC_KEY */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

static struct pkix p;

int real_sign(X509 *x, EVP_MD_CTX *ctx) __asm__("__real_X509_sign_ctx");
int wrap_sign(X509 *x, EVP_MD_CTX *ctx) __asm__("__wrap_X509_sign_ctx");

/* Faults in signing: none, the same bit each time, another nonce each time. */
static enum { SOUND, FLIPPED, RANDOM } fault;
static unsigned signatures; /* made since it was set to 0 */
static unsigned verifications;

int real_verify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t sig_len,
    const unsigned char *data, size_t len) __asm__("__real_EVP_DigestVerify");
int wrap_verify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t sig_len,
    const unsigned char *data, size_t len) __asm__("__wrap_EVP_DigestVerify");

int
wrap_verify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t sig_len,
    const unsigned char *data, size_t len)
{
	verifications++;
	return real_verify(ctx, sig, sig_len, data, len);
}

/* A genuine signature of the root, but with a nonce of the machine's. */
static int
sign_randomly(X509 *x)
{
	struct secret *seed = NULL, *scalar = NULL;
	BIGNUM *d;
	EVP_PKEY *k;
	EC_KEY *ec;
	int n;

	assert_int_equal(derive_rehearsal_seed(0, &seed, NULL), ST_OK);
	assert_int_equal(derive_scalar(seed, DERIVE_REAL, "ecdsa-p256", "root",
	    0, &scalar, NULL), ST_OK);
	d = BN_bin2bn(secret_peek(scalar), (int)secret_len(scalar), NULL);
	ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	assert_int_equal(EC_KEY_set_private_key(ec, d), 1);
	k = EVP_PKEY_new();
	assert_int_equal(EVP_PKEY_assign_EC_KEY(k, ec), 1);
	n = X509_sign(x, k, EVP_sha256());
	EVP_PKEY_free(k);
	BN_free(d);
	secret_free(scalar);
	secret_free(seed);
	return n;
}

int
wrap_sign(X509 *x, EVP_MD_CTX *ctx)
{
	const ASN1_BIT_STRING *sig = NULL;
	int n;

	signatures++;
	if (fault == RANDOM)
		return sign_randomly(x);
	n = real_sign(x, ctx);
	if (n > 0 && fault == FLIPPED) {
		X509_get0_signature(&sig, NULL, x);
		sig->data[sig->length - 1] ^= 1;
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

static struct cert_spec *
leaf_spec(void)
{
	struct cert_spec *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	pkix_leaf_spec(&p, s);
	return s;
}

static void
drop_spec(struct cert_spec *s)
{
	cert_spec_clear(s);
	free(s);
}

/* The leaf, to be changed by OpenSSL and signed by somebody. */
static X509 *
open_leaf(void)
{
	const unsigned char *at = p.leaf->der.data;
	X509 *x = d2i_X509(NULL, &at, (long)p.leaf->der.len);

	assert_non_null(x);
	return x;
}

/* --- reading back --- */

static void
leaf_reads_back_as_it_was_meant(void **state)
{
	struct cert_spec *s = leaf_spec();
	const struct cert_spec *r = &p.leaf->spec;

	(void)state;
	assert_memory_equal(&r->subject, &s->subject, sizeof(s->subject));
	assert_memory_equal(&r->issuer, &s->issuer, sizeof(s->issuer));
	assert_memory_equal(r->issuer_ski, s->issuer_ski, 20);
	assert_false(r->self_issued);
	assert_int_equal(r->not_before, s->not_before);
	assert_int_equal(r->not_after, s->not_after);
	assert_true(bytes_equal(&r->spki, &s->spki));
	assert_false(r->ca);
	assert_int_equal(r->path_len, -1);
	assert_int_equal(r->usage, s->usage);
	assert_int_equal(r->ekus, 2);
	assert_string_equal(r->eku[1], s->eku[1]);
	assert_true(r->eku_critical);
	assert_int_equal(r->policies, 1);
	assert_string_equal(r->policy[0], s->policy[0]);
	assert_true(p.leaf->plain_names);
	assert_true(p.leaf->has_ski && p.leaf->has_aki);
	assert_memory_equal(p.leaf->ski, key_public(p.leaf_key)->ski, 20);
	assert_string_equal(p.leaf->alg, "ecdsa-p256");
	assert_string_equal(p.leaf->subject, "O=Example Works, OU=gateway, "
	    "CN=fw.gateway.release.2027Q1");
	assert_int_equal(p.leaf->serial_len, CERT_SERIAL_LEN);
	assert_memory_equal(p.leaf->serial, pkix_serial, CERT_SERIAL_LEN);
	assert_int_equal(p.leaf->nseen, 7);
	drop_spec(s);
}

static void
root_reads_back_as_it_was_meant(void **state)
{
	(void)state;
	assert_true(p.root->spec.self_issued);
	assert_true(p.root->spec.ca);
	assert_int_equal(p.root->spec.path_len, -1);
	assert_int_equal(p.root->spec.not_after, INT64_C(2600000000));
	assert_true(p.root->has_ski);
	assert_false(p.root->has_aki);
	assert_int_equal(p.root->nseen, 3);
	assert_int_equal(cert_signed_by(p.root, &p.root->key, NULL), ST_OK);
}

static void
path_length_is_there_only_when_asked_for(void **state)
{
	struct cert_spec *s = leaf_spec();
	struct bytes der = { 0 };
	struct cert *c;

	(void)state;
	s->ca = true;
	s->path_len = 0;
	s->usage = USAGE_KEY_CERT_SIGN | USAGE_CRL_SIGN;
	pkix_sign_cert(p.root_key, s, &der);
	assert_int_equal(cert_read("x", der.data, der.len, &c, NULL), ST_OK);
	assert_true(c->spec.ca);
	assert_int_equal(c->spec.path_len, 0);
	assert_int_equal(c->spec.usage, s->usage);
	cert_free(c);
	bytes_free(&der);
	drop_spec(s);
}

/* --- signing --- */

static void
certificate_is_the_same_every_time(void **state)
{
	struct cert_spec *s = leaf_spec();
	struct bytes again = { 0 };

	(void)state;
	for (unsigned i = 1; i <= 2; i++) {
		bytes_free(&again);
		verifications = 0;
		pkix_sign_cert(p.root_key, s, &again);
		assert_true(bytes_equal(&again, &p.leaf->der));
		/* RULES C9: each time, whatever was verified before */
		assert_int_equal(verifications, 1);
	}
	bytes_free(&again);
	drop_spec(s);
}

static void
serial_digest_signs_nothing_and_sees_every_field(void **state)
{
	struct cert_spec *s = leaf_spec();
	uint8_t a[SHA384_LEN], b[SHA384_LEN];

	(void)state;
	signatures = 0;
	assert_int_equal(cert_serial_digest(s, "ecdsa-p256", a, NULL), ST_OK);
	assert_int_equal(cert_serial_digest(s, "ecdsa-p256", b, NULL), ST_OK);
	assert_int_equal(signatures, 0);
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(cert_serial_digest(s, "ecdsa-p384", b, NULL), ST_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	s->not_after++;
	assert_int_equal(cert_serial_digest(s, "ecdsa-p256", b, NULL), ST_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(cert_serial_digest(s, "none", b, NULL), ST_BUG);
	drop_spec(s);
}

static void
rehearsal_signs_once_and_differs_in_the_signature_alone(void **state)
{
	struct cert_spec *s = leaf_spec();
	struct bytes twin = { 0 };
	struct cert *c;

	(void)state;
	signatures = 0;
	assert_int_equal(cert_rehearse(s, pkix_serial, "ecdsa-p256", &twin,
	    NULL), ST_OK);
	assert_int_equal(signatures, 1);
	assert_int_equal(cert_read("x", twin.data, twin.len, &c, NULL), ST_OK);
	assert_memory_equal(c->tbs, p.leaf->tbs, SHA384_LEN);
	assert_memory_not_equal(c->id, p.leaf->id, SHA384_LEN);
	assert_int_equal(cert_signed_by(c, &p.root->key, NULL), ST_AUTH);
	cert_free(c);
	bytes_free(&twin);
	drop_spec(s);
}

/* cert_sign with faults or changes, none of which gives anything out. */
static void
is_not_signed(const struct cert_spec *s, const struct key *key,
    const struct spki *recorded, const struct bytes *twin, const char *why)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	assert_int_equal(cert_sign(s, pkix_serial, key, recorded, twin, &out,
	    &d), ST_BUG);
	assert_int_equal(d.code, ST_BUG);
	assert_null(out.data);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void
faulty_signatures_are_not_given_out(void **state)
{
	struct cert_spec *s = leaf_spec();
	const struct spki *pub = key_public(p.root_key);
	struct bytes twin = { 0 };

	(void)state;
	assert_int_equal(cert_rehearse(s, pkix_serial, "ecdsa-p256", &twin,
	    NULL), ST_OK);
	fault = FLIPPED;
	is_not_signed(s, p.root_key, pub, &twin, "RULES C9: the certificate "
	    "just signed: the signature is not of this key");
	fault = RANDOM;
	is_not_signed(s, p.root_key, pub, &twin, "RULES C9: two signatures of "
	    "one certificate differ");
	fault = SOUND;
	bytes_free(&twin);
	drop_spec(s);
}

static void
nothing_is_signed_that_was_not_linted(void **state)
{
	struct cert_spec *s = leaf_spec();
	const struct spki *pub = key_public(p.root_key);
	struct bytes twin = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(cert_rehearse(s, pkix_serial, "ecdsa-p256", &twin,
	    NULL), ST_OK);
	signatures = 0;
	s->not_after++;
	is_not_signed(s, p.root_key, pub, &twin, "not the one that was "
	    "linted");
	s->not_after--;
	is_not_signed(s, p.root_key, pub, &none, "not the one that was "
	    "linted");
	is_not_signed(s, p.root_key, key_public(p.leaf_key), &twin,
	    "RULES C9: the key is not the one of record");
	/* the key has made no signature over any of it */
	assert_int_equal(signatures, 0);
	bytes_free(&twin);
	drop_spec(s);
}

static void
signed_by_refuses_another_key_and_another_algorithm(void **state)
{
	struct key *other = pkix_key("ecdsa-p384", 0);

	(void)state;
	assert_int_equal(cert_signed_by(p.leaf, &p.leaf->key, NULL), ST_AUTH);
	assert_int_equal(cert_signed_by(p.leaf, key_public(other), NULL),
	    ST_AUTH);
	key_free(other);
}

/* Neither another signature nor another key passes for what was just found
 * good; that itself is not verified anew, until something else was. */
static void
signed_by_remembers_one_signature_and_its_key(void **state)
{
	struct bytes der = { 0 };
	struct cert *c;

	(void)state;
	assert_int_equal(bytes_set(&der, p.leaf->der.data, p.leaf->der.len,
	    NULL), ST_OK);
	der.data[der.len - 1] ^= 1;
	assert_int_equal(cert_read("x", der.data, der.len, &c, NULL), ST_OK);
	assert_int_equal(cert_signed_by(p.root, &p.root->key, NULL), ST_OK);
	verifications = 0;
	assert_int_equal(cert_signed_by(p.leaf, &p.root->key, NULL), ST_OK);
	assert_int_equal(cert_signed_by(p.leaf, &p.root->key, NULL), ST_OK);
	assert_int_equal(verifications, 1);
	assert_int_equal(cert_signed_by(c, &p.root->key, NULL), ST_AUTH);
	assert_int_equal(cert_signed_by(c, &p.root->key, NULL), ST_AUTH);
	assert_int_equal(cert_signed_by(p.leaf, &p.leaf->key, NULL), ST_AUTH);
	assert_int_equal(verifications, 4);
	assert_int_equal(cert_signed_by(p.root, &p.root->key, NULL), ST_OK);
	assert_int_equal(cert_signed_by(p.leaf, &p.root->key, NULL), ST_OK);
	assert_int_equal(verifications, 6);
	cert_free(c);
	bytes_free(&der);
}

/* A P-384 root signs with SHA-384; SHA-256 by its key is not its doing. */
static void
signed_by_refuses_a_weaker_digest_of_the_right_key(void **state)
{
	EVP_PKEY *k = EVP_EC_gen("P-384");
	struct bytes pub = { 0 };
	struct spki key;
	X509 *x = open_leaf();
	unsigned char *der = NULL;
	struct cert *c;
	int len;

	(void)state;
	pkix_spki(k, &pub);
	assert_int_equal(spki_read(pub.data, pub.len, &key, NULL), ST_OK);
	for (int i = 0; i < 2; i++) {
		assert_true(X509_sign(x, k, i == 0 ? EVP_sha384() :
		    EVP_sha256()) > 0);
		len = i2d_X509(x, &der);
		assert_int_equal(cert_read("x", der, (size_t)len, &c, NULL),
		    ST_OK);
		assert_int_equal(cert_signed_by(c, &key, NULL),
		    i == 0 ? ST_OK : ST_AUTH);
		cert_free(c);
		OPENSSL_free(der);
		der = NULL;
	}
	spki_clear(&key);
	bytes_free(&pub);
	X509_free(x);
	EVP_PKEY_free(k);
}

/* --- strangers' bytes --- */

static enum status
judge(const void *data, size_t len, struct diag *d)
{
	struct cert *c;
	enum status rc;

	rc = cert_read("x", data, len, &c, d);
	assert_true((rc == ST_OK) == (c != NULL));
	if (rc == ST_OK)
		rc = cert_signed_by(c, &p.root->key, d);
	cert_free(c);
	return rc;
}

static enum status
read_mutant(const uint8_t *data, size_t len, void *ctx)
{
	(void)ctx;
	return judge(data, len, NULL);
}

static void
cert_refuses_every_truncation_flip_and_tail(void **state)
{
	const struct bytes *b = &p.leaf->der;

	(void)state;
	assert_int_equal(judge(b->data, b->len, NULL), ST_OK);
	assert_int_equal(mutate_truncations(b->data, b->len, read_mutant,
	    NULL), 0);
	assert_int_equal(mutate_bits(b->data, b->len, read_mutant, NULL), 0);
	assert_int_equal(mutate_trailing(b->data, b->len, read_mutant, NULL),
	    0);
}

static void
is_malformed(X509 *x, const char *why)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	struct diag d = { 0 };
	struct cert *c;
	int len;

	assert_true(X509_sign(x, k, EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_true(len > 0);
	assert_int_equal(cert_read("x.pem", der, (size_t)len, &c, &d),
	    ST_FORMAT);
	assert_null(c);
	if (strncmp(d.text, "x.pem: ", 7) != 0 || strstr(d.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(k);
}

static void
set_serial(X509 *x, const char *hex)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, hex) > 0);
	assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
}

static void
cert_refuses_serials_out_of_bounds(void **state)
{
	static const char *const bad[] = { "0", "-1", "-8000",
		"8000000000000000000000000000000000000000",
		"010000000000000000000000000000000000000000" };
	X509 *x;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		x = open_leaf();
		set_serial(x, bad[i]);
		is_malformed(x, "FORMATS 6.11: its serial number");
	}
}

static void
set_date(X509 *x, const char *text, int type)
{
	ASN1_TIME *t = ASN1_STRING_type_new(type);

	assert_int_equal(ASN1_STRING_set(t, text, -1), 1);
	assert_int_equal(X509_set1_notAfter(x, t), 1);
	ASN1_STRING_free(t);
}

static void
cert_refuses_times_spelt_otherwise(void **state)
{
	static const struct {
		const char *text;
		int type;
	} bad[] = {
		{ "2709100000Z", V_ASN1_UTCTIME },
		{ "270910000000+0100", V_ASN1_UTCTIME },
		{ "271310000000Z", V_ASN1_UTCTIME },
		{ "270229000000Z", V_ASN1_UTCTIME },
		{ "270910240000Z", V_ASN1_UTCTIME },
		{ "20270910000000Z", V_ASN1_GENERALIZEDTIME },
		{ "20510910000000.5Z", V_ASN1_GENERALIZEDTIME },
		{ "20510910000000", V_ASN1_GENERALIZEDTIME },
		{ "205109100000Z", V_ASN1_GENERALIZEDTIME },
	};
	X509 *x;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		x = open_leaf();
		set_date(x, bad[i].text, bad[i].type);
		is_malformed(x, "FORMATS 6.1"); /* 6.1 or 6.11 */
	}
}

static void
cert_refuses_names_that_cannot_be_printed(void **state)
{
	X509 *x = open_leaf();

	(void)state;
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x),
	    "OU", V_ASN1_UTF8STRING, (const unsigned char *)"a\x1b[2J", 5, -1,
	    0), 1);
	is_malformed(x, "FORMATS 6.11: a name that is not printable");
	x = open_leaf();
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x),
	    "OU", V_ASN1_UTF8STRING, (const unsigned char *)"a\xc2\x9b" "b",
	    4, -1, 0), 1);
	is_malformed(x, "FORMATS 6.11: a name that is not printable");
}

static void
add_raw(X509 *x, const char *oid, const char *der, size_t len)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *e;
	const int at = X509_get_ext_by_OBJ(x, o, -1);

	assert_int_equal(ASN1_OCTET_STRING_set(value,
	    (const unsigned char *)der, (int)len), 1);
	e = X509_EXTENSION_create_by_OBJ(NULL, o, 0, value);
	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(x, at));
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(o);
	ASN1_OCTET_STRING_free(value);
}

static void
cert_refuses_extensions_spelt_otherwise(void **state)
{
	static const struct {
		const char *oid, *der;
		size_t len;
	} bad[] = {
		/* cA FALSE said aloud; a path length without end */
		{ "2.5.29.19", "\x30\x03\x01\x01\x00", 5 },
		{ "2.5.29.19", "\x30\x06\x01\x01\xff\x02\x01\xff", 8 },
		{ "2.5.29.19", "\x30\x80\x00\x00", 4 },
		{ "2.5.29.19", "\x30\x00\x00", 3 },
		/* usages: none, and one that ends in zeros */
		{ "2.5.29.15", "\x03\x01\x00", 3 },
		{ "2.5.29.15", "\x03\x02\x06\x80", 4 },
		{ "2.5.29.15", "\x03\x03\x07\x80\x00", 5 },
		/* and some that there are not: OpenSSL sees a tenth */
		{ "2.5.29.15", "\x03\x03\x06\x80\x40", 5 },
		{ "2.5.29.15", "\x03\x03\x00\x80\x01", 5 },
		{ "2.5.29.15", "\x03\x04\x07\x80\x7f\x80", 6 },
		{ "2.5.29.37", "\x30\x00", 2 },
		{ "2.5.29.32", "\x30\x00", 2 },
		{ "2.5.29.14", "\x24\x02\x04\x00", 4 },
		{ "2.5.29.35", "\x30\x02\x05\x00", 4 },
		/* unknown, and not DER */
		{ "1.3.6.1.4.1.32473.3.9", "\x01\x01\x01", 3 },
		{ "1.3.6.1.4.1.32473.3.9", "", 0 },
	};
	X509 *x;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		x = open_leaf();
		add_raw(x, bad[i].oid, bad[i].der, bad[i].len);
		is_malformed(x, "FORMATS 6.12");
	}
}

static void
cert_refuses_an_extension_twice(void **state)
{
	X509 *x = open_leaf();
	X509_EXTENSION *e = X509_get_ext(x, X509_get_ext_count(x) - 1);

	(void)state;
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	is_malformed(x, "is there twice");
}

static void
cert_refuses_more_than_it_counts(void **state)
{
	X509 *x = open_leaf();
	char oid[64];

	(void)state;
	for (int i = 0; i < CERT_EXTS_MAX; i++) {
		snprintf(oid, sizeof(oid), "1.3.6.1.4.1.32473.4.%d", i);
		add_raw(x, oid, "\x05\x00", 2);
	}
	is_malformed(x, "FORMATS 6.12: more than 16 extensions");
}

static void
authority_by_issuer_and_serial_is_none(void **state)
{
	X509 *x = open_leaf();
	EVP_PKEY *k = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	struct cert *c;
	int len;

	(void)state;
	/* a key identifier of 20 bytes, and a serial number beside it */
	add_raw(x, "2.5.29.35", "\x30\x19\x80\x14" "aaaaaaaaaaaaaaaaaaaa"
	    "\x82\x01\x01", 27);
	assert_true(X509_sign(x, k, EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_int_equal(cert_read("x", der, (size_t)len, &c, NULL), ST_OK);
	assert_false(c->has_aki);
	cert_free(c);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(k);
}

/* --- PEM --- */

static enum status
judge_text(const char *a, const struct bytes *pem, const char *b)
{
	struct bytes all = { 0 };
	const size_t len = strlen(a) + pem->len + strlen(b);
	char *text = malloc(len + 1);
	enum status rc;

	assert_non_null(text);
	snprintf(text, len + 1, "%s%s%s", a, (char *)pem->data, b);
	assert_int_equal(bytes_set(&all, text, len, NULL), ST_OK);
	rc = judge(all.data, all.len, NULL);
	bytes_free(&all);
	free(text);
	return rc;
}

static void
pem_is_one_block_and_nothing_around_it(void **state)
{
	struct bytes pem = { 0 };

	(void)state;
	assert_int_equal(cert_pem(&p.leaf->der, "CERTIFICATE", &pem, NULL),
	    ST_OK);
	assert_int_equal(judge_text("", &pem, ""), ST_OK);
	assert_int_equal(judge_text("x\n", &pem, ""), ST_FORMAT);
	assert_int_equal(judge_text("\n", &pem, ""), ST_FORMAT);
	assert_int_equal(judge_text("", &pem, "\n"), ST_FORMAT);
	assert_int_equal(judge_text("", &pem, "x"), ST_FORMAT);
	assert_int_equal(judge_text((char *)pem.data, &pem, ""), ST_FORMAT);
	assert_int_equal(mutate_truncations(pem.data, pem.len, read_mutant,
	    NULL), 0);
	assert_int_equal(cert_pem(&p.leaf->der, "X509 CRL", &pem, NULL),
	    ST_OK);
	assert_int_equal(judge_text("", &pem, ""), ST_FORMAT);
	bytes_free(&pem);
}

static void
cert_refuses_sizes_out_of_bounds(void **state)
{
	uint8_t *big = calloc(1, CERT_MAX + 1);

	(void)state;
	assert_non_null(big);
	assert_int_equal(judge(big, CERT_MAX + 1, NULL), ST_FORMAT);
	assert_int_equal(judge(big, 0, NULL), ST_FORMAT);
	free(big);
}

/* --- memory --- */

static enum status
read_once(void *ctx)
{
	(void)ctx;
	return judge(p.leaf->der.data, p.leaf->der.len, NULL);
}

static enum status
sign_once(void *ctx)
{
	struct cert_spec *s = ctx;
	struct bytes twin = { 0 }, out = { 0 };
	enum status rc;

	rc = cert_rehearse(s, pkix_serial, "ecdsa-p256", &twin, NULL);
	if (rc == ST_OK)
		rc = cert_sign(s, pkix_serial, p.root_key,
		    key_public(p.root_key), &twin, &out, NULL);
	assert_true((rc == ST_OK) == (out.data != NULL));
	bytes_free(&twin);
	bytes_free(&out);
	return rc;
}

static void
cert_survives_every_failed_allocation(void **state)
{
	struct cert_spec *s = leaf_spec();

	(void)state;
	assert_true(oom_each(read_once, NULL) >= 8);
	assert_true(oom_each(sign_once, s) >= 4);
	drop_spec(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaf_reads_back_as_it_was_meant),
		cmocka_unit_test(root_reads_back_as_it_was_meant),
		cmocka_unit_test(path_length_is_there_only_when_asked_for),
		cmocka_unit_test(certificate_is_the_same_every_time),
		cmocka_unit_test(
		    serial_digest_signs_nothing_and_sees_every_field),
		cmocka_unit_test(
		    rehearsal_signs_once_and_differs_in_the_signature_alone),
		cmocka_unit_test(faulty_signatures_are_not_given_out),
		cmocka_unit_test(nothing_is_signed_that_was_not_linted),
		cmocka_unit_test(
		    signed_by_refuses_another_key_and_another_algorithm),
		cmocka_unit_test(signed_by_remembers_one_signature_and_its_key),
		cmocka_unit_test(
		    signed_by_refuses_a_weaker_digest_of_the_right_key),
		cmocka_unit_test(cert_refuses_every_truncation_flip_and_tail),
		cmocka_unit_test(cert_refuses_serials_out_of_bounds),
		cmocka_unit_test(cert_refuses_times_spelt_otherwise),
		cmocka_unit_test(cert_refuses_names_that_cannot_be_printed),
		cmocka_unit_test(cert_refuses_extensions_spelt_otherwise),
		cmocka_unit_test(cert_refuses_an_extension_twice),
		cmocka_unit_test(cert_refuses_more_than_it_counts),
		cmocka_unit_test(authority_by_issuer_and_serial_is_none),
		cmocka_unit_test(pem_is_one_block_and_nothing_around_it),
		cmocka_unit_test(cert_refuses_sizes_out_of_bounds),
		cmocka_unit_test(cert_survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
