/* bench_trust.c -- what the bench of lists and bundles is given.
 *
 *	bench_trust lists CERT DIR N   for CERT, a root of a rehearsal: its list
 *	                               of N entries, that revokes no key of it,
 *	                               DIR/N.crl and DIR/N.pem
 *	bench_trust chain CERT DIR N   DIR/first/1-1.der, and N bundles that
 *	                               follow it, in DIR/chain; each 125th is an
 *	                               establishment of another root
 *
 * Each bundle has its signatures beside it, NAME.KEY.p7s, and the roots are
 * DIR/KEY.crt, in PEM. */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "tests/support/bundles.h"

#define EACH 125	     /* bundles of an era */
#define NEXT BUNDLES_STRONG /* a committed key that nobody comes to use */

static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "bench_trust: %s\n", d->text);
	exit(2);
}

static void
put(const char *dir, const char *name, const struct bytes *data)
{
	struct bytes path = { 0 };
	struct diag d = { 0 };

	(void)mkdir(dir, 0700);
	must(text_format(&path, &d, "%s/%s", dir, name), &d);
	must(file_create((const char *)path.data, data->data, data->len, &d),
	    &d);
	bytes_free(&path);
}

/* --- a list --- */

/* Each its own, and none that a root draws: those begin with 0x40 and on. */
static void
fill(struct crl_spec *s, size_t n)
{
	struct crl_entry *e;

	free(s->entries);
	if ((s->entries = calloc(n + 1, sizeof(*s->entries))) == NULL)
		exit(2);
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		e = &s->entries[i];
		e->serial_len = CERT_SERIAL_LEN;
		e->serial[0] = 1;
		for (size_t k = 1; k < 4; k++)
			e->serial[k] = (uint8_t)(i >> (24 - 8 * k));
		memset(e->serial + 4, 0xa5, CERT_SERIAL_LEN - 4);
		e->date = s->this_update;
		e->reason = REASON_SUPERSEDED;
		e->invalid_since = -1;
	}
}

static void
lists(const char *dir, size_t n)
{
	struct pkix p = { .root = bundles_cert[0] };
	struct crl_spec s = { 0 };
	struct bytes der = { 0 }, pem = { 0 };
	struct diag d = { 0 };
	char name[64];

	pkix_list_spec(&p, &s);
	s.number = UINT64_C(9) << 32 | n;
	s.this_update = clock_now() - CLOCK_DAY;
	s.next_update = clock_now() + CLOCK_DAY;
	fill(&s, n);
	pkix_sign_list(bundles_key[0], &s, &der);
	must(cert_pem(&der, "X509 CRL", &pem, &d), &d);
	snprintf(name, sizeof(name), "%zu.crl", n);
	put(dir, name, &der);
	snprintf(name, sizeof(name), "%zu.pem", n);
	put(dir, name, &pem);
	bytes_free(&der);
	bytes_free(&pem);
	crl_spec_clear(&s);
}

/* --- a chain --- */

static void
give(const char *dir, const struct bundle *b, size_t nth, unsigned from,
    unsigned to)
{
	struct bytes sig = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "%06zu.der", nth);
	put(dir, name, &b->der);
	for (unsigned k = from; k <= to; k++) {
		bundles_sign(b, k, &sig);
		snprintf(name, sizeof(name), "%06zu.%u.p7s", nth, k);
		put(dir, name, &sig);
	}
	bytes_free(&sig);
}

static struct bundle *
begin(unsigned root)
{
	const unsigned next[] = { root + 1, NEXT };
	struct bundle *b = NULL;

	bundles_make(&root, 1, next, 2, &b);
	snprintf(b->arc, sizeof(b->arc), BUNDLES_TEST_ARC);
	b->not_before = clock_now() - CLOCK_DAY;
	b->not_after = clock_now() + CLOCK_DAY;
	b->horizon = b->not_after + CLOCK_DAY;
	return b;
}

static struct bundle *
follow(const struct bundle *established, unsigned root)
{
	struct bundle *b = begin(root);
	struct diag d = { 0 };

	must(bundle_succeed(established, b, &d), &d);
	bundles_seal(b);
	return b;
}

static void
chain(const char *dir, size_t n)
{
	struct bundle *established = begin(0), *last, *b;
	struct bytes path = { 0 };
	struct diag d = { 0 };
	unsigned root = 0;

	must(text_format(&path, &d, "%s/first", dir), &d);
	bundles_seal(established);
	give((const char *)path.data, established, 0, 0, 0);
	must(text_format(&path, &d, "%s/chain", dir), &d);
	last = established;
	for (size_t i = 1; i <= n; i++) {
		b = NULL;
		if (i % EACH == 0)
			b = follow(established, ++root);
		else
			bundles_renewal(last, &b);
		give((const char *)path.data, b, i, b->seq == 1 ? root - 1 :
		    root, root);
		if (last != established)
			bundle_free(last);
		if (b->seq == 1) {
			bundle_free(established);
			established = b;
		}
		last = b;
	}
	if (last != established)
		bundle_free(last);
	bundle_free(established);
	bytes_free(&path);
}

static void
roots(const char *dir)
{
	struct bytes pem = { 0 };
	struct diag d = { 0 };
	char name[16];

	for (unsigned k = 0; k < BUNDLES_STRONG; k++) {
		must(cert_pem(&bundles_cert[k]->der, "CERTIFICATE", &pem, &d),
		    &d);
		snprintf(name, sizeof(name), "%u.crt", k);
		put(dir, name, &pem);
	}
	bytes_free(&pem);
}

int
main(int argc, char **argv)
{
	size_t n;

	if (argc != 5 || (n = strtoul(argv[4], NULL, 10)) == 0)
		return 2;
	pkix_start(NULL);
	bundles_start();
	bundles_rehearsal(argv[2]);
	if (strcmp(argv[1], "lists") == 0) {
		lists(argv[3], n);
	} else {
		(void)mkdir(argv[3], 0700);
		roots(argv[3]);
		chain(argv[3], n);
	}
	bundles_stop();
	return 0;
}
