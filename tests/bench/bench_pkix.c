/* bench_pkix [ALG [N]]: N certificates from request to signature, against a
 * loop that makes the same signatures, verifications and readings and nothing
 * else; and a list of 100000 entries read.  Prints microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ec.h>

#include "lib/crypto/sign.h"
#include "tests/support/pkix.h"

#define ENTRIES 100000

static void
must(enum status rc)
{
	if (rc != ST_OK)
		abort();
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
read_request(const struct bytes *der)
{
	struct csr *c;

	must(csr_read("request", der->data, der->len, &c, NULL));
	must(csr_check("request", c, NULL));
	csr_free(c);
}

static void
read_cert(const struct bytes *der)
{
	struct cert *c;

	must(cert_read("certificate", der->data, der->len, &c, NULL));
	cert_free(c);
}

/* Throw-away signature, two real ones, one verification; both are read. */
static void
bare(const struct pkix *p, const struct bytes *request)
{
	const struct bytes *der = &p->leaf->der;
	struct bytes sig = { 0 };

	read_request(request);
	for (int i = 0; i < 3; i++)
		must(sign_once(p->root_key, der->data, der->len, &sig, NULL));
	must(cert_signed_by(p->leaf, &p->root->key, NULL));
	read_cert(der);
	read_cert(der);
	bytes_free(&sig);
}

static void
whole(const struct pkix *p, const struct bytes *request,
    const struct cert_spec *s)
{
	const char *alg = key_alg(p->root_key);
	struct bytes twin = { 0 }, out = { 0 };
	uint8_t digest[SHA384_LEN];

	read_request(request);
	must(cert_serial_digest(s, alg, digest, NULL));
	must(cert_rehearse(s, pkix_serial, alg, &twin, NULL));
	read_cert(&twin);
	must(cert_sign(s, pkix_serial, p->root_key, key_public(p->root_key),
	    &twin, &out, NULL));
	read_cert(&out);
	bytes_free(&twin);
	bytes_free(&out);
}

static void
bench_certificates(const struct pkix *p, int n)
{
	struct cert_spec *s = calloc(1, sizeof(*s));
	EVP_PKEY *k = EVP_EC_gen("P-256");
	struct bytes request = { 0 };
	double least = 0, most = 0, a, b;

	if (s == NULL || k == NULL)
		abort();
	pkix_leaf_spec(p, s);
	pkix_request(k, "x", 1, "sha256", &request);
	/* in turn, so that a busy machine is busy for both */
	for (int i = 0; i < n; i++) {
		a = now_us();
		bare(p, &request);
		b = now_us();
		whole(p, &request, s);
		least += b - a;
		most += now_us() - b;
	}
	printf("bare %.0f us, whole %.0f us: %.2f of bare, %.0f a second\n",
	    least / n, most / n, least / most, n * 1e6 / most);
	bytes_free(&request);
	EVP_PKEY_free(k);
	cert_spec_clear(s);
	free(s);
}

static void
bench_list(const struct pkix *p)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct crl *c;
	double a;

	pkix_list_spec(p, &s);
	free(s.entries);
	s.n = ENTRIES;
	if ((s.entries = calloc(s.n, sizeof(*s.entries))) == NULL)
		abort();
	for (size_t i = 0; i < s.n; i++) {
		s.entries[i].serial_len = 16;
		s.entries[i].serial[0] = 0x40;
		s.entries[i].serial[13] = (uint8_t)(i >> 16);
		s.entries[i].serial[14] = (uint8_t)(i >> 8);
		s.entries[i].serial[15] = (uint8_t)i;
		s.entries[i].date = PKIX_FROM;
		s.entries[i].reason = REASON_SUPERSEDED;
		s.entries[i].invalid_since = -1;
	}
	pkix_sign_list(p->root_key, &s, &der);
	a = now_us();
	must(crl_read("list", der.data, der.len, &c, NULL));
	printf("list of %d entries, %zu bytes, read in %.0f us\n", ENTRIES,
	    der.len, now_us() - a);
	crl_free(c);
	bytes_free(&der);
	crl_spec_clear(&s);
}

int
main(int argc, char **argv)
{
	const char *alg = argc > 1 ? argv[1] : "ecdsa-p384";
	const int n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1000;
	struct pkix p;

	pkix_start(NULL);
	pkix_make(&p, alg);
	bench_certificates(&p, n > 0 ? n : 1);
	bench_list(&p);
	pkix_free(&p);
	return 0;
}
