/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* What a request reader answers, and what a taken one could answer. */
#include <sys/wait.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "lib/base/secret.h"
#include "lib/crypto/csr_job.h"
#include "tests/support/mutate.h"
#include "tests/support/oom.h"
#include "tests/support/pkix.h"

/* A request in a file, and the honest answer. */
struct case_of {
	const char *kind;
	struct bytes file;
	struct bytes answer;
};

static struct case_of cases[] = {
	{ "P-256", { 0 }, { 0 } }, { "P-521", { 0 }, { 0 } },
	{ "RSA", { 0 }, { 0 } }, { "ED25519", { 0 }, { 0 } },
	{ "PEM", { 0 }, { 0 } },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
shape(const struct bytes *file, struct bytes *answer)
{
	uint8_t *out = malloc(CSR_ANSWER_MAX);
	struct diag d = { 0 };
	size_t len = 0;

	assert_non_null(out);
	if (csr_shape(NULL, file->data, file->len, out, &len, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(bytes_set(answer, out, len, NULL), ST_OK);
	free(out);
}

static EVP_PKEY *
new_key(const char *kind)
{
	if (strcmp(kind, "RSA") == 0)
		return EVP_RSA_gen(2048);
	if (strcmp(kind, "ED25519") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, kind);
	return EVP_EC_gen(strcmp(kind, "PEM") == 0 ? "P-384" : kind);
}

static void
new_file(const char *kind, const char *cn, struct bytes *file)
{
	EVP_PKEY *k = new_key(kind);
	struct bytes der = { 0 };

	assert_non_null(k);
	pkix_request(k, cn, strlen(cn), strcmp(kind, "ED25519") == 0 ? NULL :
	    "sha256", &der);
	if (strcmp(kind, "PEM") == 0)
		assert_int_equal(cert_pem(&der, csr_label(CSR_PEM), file,
		    NULL), ST_OK);
	else
		assert_int_equal(bytes_set(file, der.data, der.len, NULL),
		    ST_OK);
	bytes_free(&der);
	EVP_PKEY_free(k);
}

static int
start(void **state)
{
	pkix_start(state);
	for (size_t i = 0; i < CASES; i++) {
		new_file(cases[i].kind, "gateway", &cases[i].file);
		shape(&cases[i].file, &cases[i].answer);
	}
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		bytes_free(&cases[i].file);
		bytes_free(&cases[i].answer);
	}
	return 0;
}

/* All that the parent does with an answer to the question ${file}. */
static enum status
judge(const uint8_t *data, size_t len, const struct bytes *file,
    struct csr *out, struct diag *d)
{
	struct csr_answer a = { 0 };
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(csr_answer_read(data, len, &a, d));
	TRY(csr_believe(&a, file, out, d));
	TRY(csr_check("r", out, d));
out:
	csr_answer_clear(&a);
	return rc;
}

static void
drop(struct csr *c)
{
	bytes_free(&c->der);
	bytes_free(&c->sig);
	spki_clear(&c->key);
}

static enum status
judge_mutant(const uint8_t *data, size_t len, void *ctx)
{
	const struct case_of *k = ctx;
	enum status rc;
	struct csr c;

	rc = judge(data, len, &k->file, &c, NULL);
	drop(&c);
	return rc;
}

static void
honest_answer_is_believed(void **state)
{
	struct csr c;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		assert_int_equal(judge(cases[i].answer.data,
		    cases[i].answer.len, &cases[i].file, &c, NULL), ST_OK);
		assert_string_equal(c.subject, "CN=gateway");
		if (strcmp(cases[i].kind, "PEM") != 0)
			assert_true(bytes_equal(&c.der, &cases[i].file));
		drop(&c);
	}
}

static void
answer_refuses_every_truncation_and_tail(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		assert_int_equal(mutate_truncations(cases[i].answer.data,
		    cases[i].answer.len, judge_mutant, &cases[i]), 0);
		assert_int_equal(mutate_trailing(cases[i].answer.data,
		    cases[i].answer.len, judge_mutant, &cases[i]), 0);
	}
}

/* Where the subject's text is: last, behind its length. */
static size_t
text_at(const struct case_of *k)
{
	return k->answer.len - strlen("CN=gateway");
}

/* One bit: it is refused, or it is another text of the subject, which is what
 * the stranger could have claimed as well. */
static void
flip(const struct case_of *k, size_t byte, unsigned bit)
{
	struct bytes bad = { 0 };
	struct csr c, good;
	enum status rc;

	assert_int_equal(bytes_set(&bad, k->answer.data, k->answer.len, NULL),
	    ST_OK);
	bad.data[byte] ^= (uint8_t)(1U << bit);
	rc = judge(bad.data, bad.len, &k->file, &c, NULL);
	if (rc != ST_OK && rc != ST_FORMAT && rc != ST_AUTH)
		fail_msg("%s: byte %zu bit %u: status %d", k->kind, byte, bit,
		    (int)rc);
	if (rc == ST_OK) {
		if (byte < text_at(k))
			fail_msg("%s: byte %zu bit %u is believed", k->kind,
			    byte, bit);
		assert_int_equal(judge(k->answer.data, k->answer.len,
		    &k->file, &good, NULL), ST_OK);
		assert_true(bytes_equal(&c.der, &good.der));
		assert_true(bytes_equal(&c.key.der, &good.key.der));
		assert_memory_equal(c.key.index, good.key.index, SHA384_LEN);
		assert_memory_equal(c.id, good.id, SHA384_LEN);
		assert_string_equal(c.alg, good.alg);
		for (const char *p = c.subject; *p != '\0'; p++)
			assert_true(*p >= ' ' && *p <= '~');
		drop(&good);
	}
	drop(&c);
	bytes_free(&bad);
}

static void
answer_refuses_every_flipped_bit_but_of_the_claim(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++)
		for (size_t n = 0; n < 8 * cases[i].answer.len; n++)
			flip(&cases[i], n / 8, n % 8);
}

/* A reader that was taken over by one request answers for the next one. */
static void
another_request_is_never_believed(void **state)
{
	struct bytes file = { 0 }, answer = { 0 };
	struct diag d;
	struct csr c;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		/* one with the same name, kind and lengths */
		new_file(cases[i].kind, "gateway", &file);
		shape(&file, &answer);
		memset(&d, 0, sizeof(d));
		assert_int_equal(judge(answer.data, answer.len,
		    &cases[i].file, &c, &d), ST_FORMAT);
		assert_string_equal(d.text, "FORMATS 6.22: the request reader "
		    "answered for another request than this one");
		drop(&c);
		for (size_t j = 0; j < CASES; j++) {
			if (i == j)
				continue;
			assert_int_not_equal(judge(cases[j].answer.data,
			    cases[j].answer.len, &cases[i].file, &c, NULL),
			    ST_OK);
			drop(&c);
		}
	}
	bytes_free(&file);
	bytes_free(&answer);
}

/* Nor what stands inside of another: an inner request, whole, is the value of
 * an attribute, and the reader hands that one out. */
static void
request_inside_a_request_is_not_it(void **state)
{
	const struct case_of *inner = &cases[0];
	EVP_PKEY *k = new_key("P-256");
	X509_REQ *r = X509_REQ_new();
	struct bytes outer = { 0 }, answer = { 0 };
	unsigned char *der = NULL;
	struct csr c;
	int len;

	(void)state;
	assert_int_equal(X509_REQ_set_pubkey(r, k), 1);
	assert_int_equal(X509_REQ_add1_attr_by_txt(r, "unstructuredName",
	    V_ASN1_OCTET_STRING, inner->file.data, (int)inner->file.len), 1);
	assert_true(X509_REQ_sign(r, k, EVP_sha256()) > 0);
	assert_true((len = i2d_X509_REQ(r, &der)) > 0);
	assert_int_equal(bytes_set(&outer, der, (size_t)len, NULL), ST_OK);
	assert_non_null(memmem(outer.data, outer.len, inner->file.data,
	    inner->file.len));
	shape(&outer, &answer);
	assert_int_equal(judge(answer.data, answer.len, &outer, &c, NULL),
	    ST_OK);
	drop(&c);
	assert_int_equal(judge(inner->answer.data, inner->answer.len, &outer,
	    &c, NULL), ST_FORMAT);
	drop(&c);
	OPENSSL_free(der);
	X509_REQ_free(r);
	EVP_PKEY_free(k);
	bytes_free(&outer);
	bytes_free(&answer);
}

/* The same request, said to be in another form or another place. */
static void
form_and_what_stands_around_are_the_files(void **state)
{
	struct case_of *const der = &cases[0], *const pem = &cases[CASES - 1];
	struct bytes file = { 0 };
	struct csr c;

	(void)state;
	for (uint8_t form = 0; form < 4; form++) {
		if (form != CSR_DER) {
			der->answer.data[0] = form;
			assert_int_equal(judge_mutant(der->answer.data,
			    der->answer.len, der), ST_FORMAT);
		}
		if (form != CSR_PEM) {
			pem->answer.data[0] = form;
			assert_int_equal(judge_mutant(pem->answer.data,
			    pem->answer.len, pem), ST_FORMAT);
		}
	}
	der->answer.data[0] = CSR_DER;
	pem->answer.data[0] = CSR_PEM;

	/* a reader that does not see what is behind, or before */
	for (unsigned i = 0; i < 3; i++) {
		char text[4096];
		int n = snprintf(text, sizeof(text), "%s%s%s", i == 0 ? "x\n" :
		    "", (char *)pem->file.data, i == 1 ? "x" : "");

		assert_true(n > 0);
		n += i == 2; /* the NUL */
		assert_int_equal(bytes_set(&file, text, (size_t)n, NULL),
		    ST_OK);
		assert_int_equal(judge(pem->answer.data, pem->answer.len,
		    &file, &c, NULL), ST_FORMAT);
		drop(&c);
	}
	assert_int_equal(bytes_set(&file, der->file.data, der->file.len - 1,
	    NULL), ST_OK);
	assert_int_equal(judge(der->answer.data, der->answer.len, &file, &c,
	    NULL), ST_FORMAT);
	drop(&c);
	bytes_free(&file);
}

/* No signature in the answer is no way around it. */
static void
answer_without_a_signature_ends_at_the_next_gate(void **state)
{
	struct csr_answer a = { 0 };
	struct diag d = { 0 };
	struct csr c = { 0 };

	(void)state;
	assert_int_equal(csr_answer_read(cases[0].answer.data,
	    cases[0].answer.len, &a, NULL), ST_OK);
	a.sig.len = 0;
	assert_int_equal(csr_believe(&a, &cases[0].file, &c, NULL), ST_OK);
	assert_int_equal(csr_check("r", &c, &d), ST_AUTH);
	assert_string_equal(d.text, "r: FORMATS 6.10: it is not signed with "
	    "its own key");
	drop(&c);
	memset(&c, 0, sizeof(c));
	memset(&d, 0, sizeof(d));
	a.alg = NULL;
	assert_int_equal(csr_believe(&a, &cases[0].file, &c, NULL), ST_OK);
	assert_int_equal(csr_check("r", &c, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "6.10: it is signed by an algorithm"));
	drop(&c);
	csr_answer_clear(&a);
}

static void
sizes_that_cannot_be_are_refused(void **state)
{
	static uint8_t big[UINT16_MAX + 1], out[CSR_ANSWER_MAX];
	struct csr_answer a = { 0 };
	struct diag d = { 0 };
	struct csr c = { 0 };
	size_t len = 0;

	(void)state;
	assert_int_equal(csr_answer_read(cases[0].answer.data,
	    cases[0].answer.len, &a, NULL), ST_OK);
	/* no file has room for both */
	a.subject = (struct csr_part){ big, UINT16_MAX };
	a.attributes = a.subject;
	assert_int_equal(csr_believe(&a, &cases[0].file, &c, &d), ST_FORMAT);
	assert_string_equal(d.text, "FORMATS 6.22: more than a request has "
	    "room for");
	drop(&c);
	assert_false(csr_answer_write(&a, out, sizeof(out), &len));
	/* nor a number for a length */
	a.attributes = (struct csr_part){ big, 0 };
	a.subject.len++;
	assert_false(csr_answer_write(&a, out, sizeof(out), &len));
	csr_answer_clear(&a);
}

/* ${a} written, and read again. */
static enum status
write_and_read(const struct csr_answer *a)
{
	static uint8_t out[CSR_ANSWER_MAX];
	struct csr_answer again = { 0 };
	enum status rc;
	size_t len = 0;

	assert_true(csr_answer_write(a, out, sizeof(out), &len));
	rc = csr_answer_read(out, len, &again, NULL);
	csr_answer_clear(&again);
	return rc;
}

static void
answer_has_one_spelling(void **state)
{
	uint8_t text[CSR_SUBJECT_SIZE];
	struct csr_answer a = { 0 };

	(void)state;
	assert_int_equal(csr_answer_read(cases[0].answer.data,
	    cases[0].answer.len, &a, NULL), ST_OK);
	assert_int_equal(write_and_read(&a), ST_OK);
	/* attributes that are not there have no bytes */
	assert_true(a.has_attributes && a.attributes.len > 0);
	a.has_attributes = false;
	assert_int_equal(write_and_read(&a), ST_FORMAT);
	a.attributes.len = 0;
	assert_int_equal(write_and_read(&a), ST_OK);
	/* nor has a signature by nothing */
	a.alg = NULL;
	assert_int_equal(write_and_read(&a), ST_FORMAT);
	a.sig.len = 0;
	assert_int_equal(write_and_read(&a), ST_OK);

	/* a text is printable, and leaves room for what ends it */
	memset(text, 'x', sizeof(text));
	a.text = (struct csr_part){ text, sizeof(text) - 1 };
	assert_int_equal(write_and_read(&a), ST_OK);
	a.text.len++;
	assert_int_equal(write_and_read(&a), ST_FORMAT);
	a.text.len = 3;
	for (unsigned c = 0; c < 256; c++) {
		text[1] = (uint8_t)c;
		assert_int_equal(write_and_read(&a), c >= ' ' && c <= '~' ?
		    ST_OK : ST_FORMAT);
	}
	csr_answer_clear(&a);
}

static enum status
shape_once(void *ctx)
{
	const struct bytes *file = ctx;
	static uint8_t out[CSR_ANSWER_MAX];
	size_t len = 0;

	return csr_shape(NULL, file->data, file->len, out, &len, NULL);
}

static void
reader_survives_every_failed_allocation(void **state)
{
	(void)state;
	assert_true(oom_each(shape_once, &cases[0].file) >= 2);
	assert_true(oom_each(shape_once, &cases[2].file) >= 4);
	assert_true(oom_each(shape_once, &cases[CASES - 1].file) >= 4);
}

static enum status
judge_once(void *ctx)
{
	const struct case_of *k = ctx;

	return judge_mutant(k->answer.data, k->answer.len, ctx);
}

static void
parent_survives_every_failed_allocation(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++)
		assert_true(oom_each(judge_once, &cases[i]) >= 4);
}

/* Whether this process has a child. */
static bool
has_child(void)
{
	return waitpid(-1, NULL, WNOHANG) == 0 || errno != ECHILD;
}

static void
requests_are_read_in_one_child_that_ends_when_told(void **state)
{
	const struct bytes *file = &cases[0].file;
	struct secret *secret = NULL;
	struct diag d = { 0 };
	struct csr *c = NULL;

	(void)state;
	csr_rest();
	assert_false(has_child());
	for (int i = 0; i < 3; i++) {
		assert_int_equal(csr_read("r", file->data, file->len, &c,
		    NULL), ST_OK);
		csr_free(c);
		assert_true(has_child());
	}
	csr_rest();
	assert_false(has_child());
	csr_rest();

	/* and none begins beside a secret */
	assert_int_equal(secret_new(1, &secret, NULL), ST_OK);
	assert_int_equal(csr_read("r", file->data, file->len, &c, &d),
	    ST_BUG);
	assert_string_equal(d.text, "r: a secret is in memory: no request "
	    "reader is started beside it");
	assert_false(has_child());
	secret_free(secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_answer_is_believed),
		cmocka_unit_test(answer_refuses_every_truncation_and_tail),
		cmocka_unit_test(
		    answer_refuses_every_flipped_bit_but_of_the_claim),
		cmocka_unit_test(another_request_is_never_believed),
		cmocka_unit_test(request_inside_a_request_is_not_it),
		cmocka_unit_test(form_and_what_stands_around_are_the_files),
		cmocka_unit_test(
		    answer_without_a_signature_ends_at_the_next_gate),
		cmocka_unit_test(sizes_that_cannot_be_are_refused),
		cmocka_unit_test(answer_has_one_spelling),
		cmocka_unit_test(reader_survives_every_failed_allocation),
		cmocka_unit_test(parent_survives_every_failed_allocation),
		cmocka_unit_test(
		    requests_are_read_in_one_child_that_ends_when_told),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
