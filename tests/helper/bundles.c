/* bundles.c -- what an organisation and its thieves send to a device.
 *
 *	bundles DIR    writes into the empty folder DIR:
 *
 * 0.crt 1.crt       the roots of era 1 and era 2, in PEM
 * first/            1-1.der, the establishment of era 1, signed by root 0
 * chain/            1-2, 1-3, then 2-1 by roots 0 and 1, and 2-2 by root 1
 * gap/ fork/        1-3 without 1-2; another 1-2
 * thief/            1-2 with its date and floor at the end of their ranges
 * present/ next/    2-1 as root 0, or root 1, alone would have it
 * lists/            N.crl of root 0: 1 empty, 2 revokes a key, 3 forgets it,
 *                   4 names it again; and 5 (begins late), 6 (has expired)
 * twice/            another list number 2
 * new/              1.crl of root 1
 * strange/          a list of nobody here
 * alone.der         an establishment of roots 0 and 1 that has all that 1-1 has
 *                   not: next alone, break-glass, an expiry that refuses
 *
 *	bundles rehearsal CERT DIR   for CERT, a root of a rehearsal:
 *
 * first/ strict/    1-1, with that root, for two days around now; its expiry
 *                   warns, or refuses
 * early/ late/      its list 4294967298, which begins tomorrow, or has expired
 * newer/            its list 38654705665, which revokes nobody
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "tests/support/bundles.h"

static const char *dir;

static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "bundles: %s\n", d->text);
	exit(2);
}

static void
put(const char *folder, const char *name, const struct bytes *data)
{
	struct bytes path = { 0 };
	struct diag d = { 0 };

	must(text_format(&path, &d, "%s/%s", dir, folder), &d);
	(void)mkdir((const char *)path.data, 0700);
	must(text_append(&path, &d, "/%s", name), &d);
	must(file_create((const char *)path.data, data->data, data->len, &d),
	    &d);
	bytes_free(&path);
}

/* A bundle as ERA-SEQ.der, and ERA-SEQ.KEY.p7s of each that signs it. */
static void
give(const char *folder, const struct bundle *b, const unsigned *keys,
    size_t n)
{
	struct bytes sig = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "%d-%d.der", (int)b->era, (int)b->seq);
	put(folder, name, &b->der);
	for (size_t i = 0; i < n; i++) {
		bundles_sign(b, keys[i], &sig);
		snprintf(name, sizeof(name), "%d-%d.%u.p7s", (int)b->era,
		    (int)b->seq, keys[i]);
		put(folder, name, &sig);
	}
	bytes_free(&sig);
}

/* A list of that root; ${revoked}: serial numbers from 0x42 on, so many. */
static void
list(const char *folder, unsigned root, uint64_t number, int64_t from,
    int64_t to, size_t revoked)
{
	struct pkix p = { .root = bundles_cert[root] };
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	char name[64];

	pkix_list_spec(&p, &s);
	s.number = number;
	s.this_update = from;
	s.next_update = to;
	s.n = revoked;
	for (size_t i = 0; i < revoked; i++)
		s.entries[i].date = PKIX_FROM - 1;
	pkix_sign_list(bundles_key[root], &s, &der);
	snprintf(name, sizeof(name), "%llu.crl", (unsigned long long)number);
	put(folder, name, &der);
	bytes_free(&der);
	crl_spec_clear(&s);
}

/* What follows an establishment of root 0 alone. */
static struct bundle *
follow(const struct bundle *one, unsigned root)
{
	static const unsigned next[] = { 2, 19 };
	struct bundle *b = NULL;
	struct diag d = { 0 };

	bundles_make(&root, 1, next, 2, &b);
	must(bundle_succeed(one, b, &d), &d);
	b->former[0].revoked = true;
	bundles_seal(b);
	return b;
}

static void
give_bundles(void)
{
	static const unsigned root[] = { 0 }, next[] = { 1, 18 };
	static const unsigned both[] = { 0, 1 }, own[] = { 0, 16 };
	struct bundle *b[8] = { NULL };

	bundles_make(root, 1, next, 2, &b[0]);
	bundles_seal(b[0]);
	give("first", b[0], root, 1);
	bundles_renewal(b[0], &b[1]);
	give("chain", b[1], root, 1);
	bundles_renewal(b[1], &b[2]);
	give("chain", b[2], root, 1);
	give("gap", b[2], root, 1);
	b[3] = follow(b[0], 1);
	give("chain", b[3], both, 2);
	give("next", b[3], &both[1], 1);
	bundles_renewal(b[3], &b[4]);
	give("chain", b[4], &both[1], 1);

	bundles_renewal(b[0], &b[5]);
	b[5]->plan[0] ^= 1;
	bundles_seal(b[5]);
	give("fork", b[5], root, 1);
	bundles_renewal(b[0], &b[6]);
	b[6]->not_before = b[6]->horizon - 1;
	b[6]->not_after = b[6]->horizon;
	b[6]->floors = 1;
	memcpy(b[6]->floor[0].issuer, bundles_cert[0]->ski, 20);
	b[6]->floor[0].number = UINT64_MAX;
	bundles_seal(b[6]);
	give("thief", b[6], root, 1);
	b[7] = follow(b[0], 16);
	give("present", b[7], own, 2);
	for (size_t i = 0; i < 8; i++)
		bundle_free(b[i]);
}

static void
give_alone(void)
{
	static const unsigned roots[] = { 0, 1 }, next[] = { 2, 18 };
	struct bundle *b = NULL;

	bundles_make(roots, 2, next, 2, &b);
	b->threshold = 2;
	b->succession = NEXT_ALONE_AFTER_HORIZON;
	b->break_glass = true;
	b->expiry = EXPIRY_REFUSES;
	bundles_seal(b);
	put(".", "alone.der", &b->der);
	bundle_free(b);
}

static void
give_roots(void)
{
	struct bytes pem = { 0 };
	struct diag d = { 0 };

	for (unsigned i = 0; i < 2; i++) {
		must(cert_pem(&bundles_cert[i]->der, "CERTIFICATE", &pem, &d),
		    &d);
		put(".", i == 0 ? "0.crt" : "1.crt", &pem);
	}
	bytes_free(&pem);
}

/* Of the root of a rehearsal; all of it is dated around now. */
static void
give_rehearsal(const char *path)
{
	static const unsigned root[] = { 0 }, next[] = { 1, 18 };
	const int64_t now = clock_now(), number = INT64_C(4294967298);
	struct bundle *b = NULL;

	bundles_rehearsal(path);
	bundles_make(root, 1, next, 2, &b);
	b->not_before = now - CLOCK_DAY;
	b->not_after = now + CLOCK_DAY;
	b->horizon = now + 2 * CLOCK_DAY;
	snprintf(b->arc, sizeof(b->arc), BUNDLES_TEST_ARC);
	bundles_seal(b);
	give("first", b, root, 1);
	b->expiry = EXPIRY_REFUSES;
	bundles_seal(b);
	give("strict", b, root, 1);
	list("early", 0, (uint64_t)number, now + CLOCK_DAY,
	    now + 2 * CLOCK_DAY, 0);
	list("late", 0, (uint64_t)number, now - 2 * CLOCK_DAY,
	    now - CLOCK_DAY, 0);
	list("newer", 0, UINT64_C(9) << 32 | 1, now - CLOCK_DAY,
	    now + CLOCK_DAY, 0);
	bundle_free(b);
}

int
main(int argc, char **argv)
{
	if (argc != 2 && (argc != 4 || strcmp(argv[1], "rehearsal") != 0)) {
		fprintf(stderr, "usage: bundles [rehearsal CERT] DIR\n");
		return 2;
	}
	dir = argv[argc - 1];
	pkix_start(NULL);
	bundles_start();
	if (argc == 4) {
		give_rehearsal(argv[2]);
		bundles_stop();
		return 0;
	}
	give_roots();
	give_bundles();
	give_alone();
	list("lists", 0, 1, PKIX_FROM, PKIX_TO, 0);
	list("lists", 0, 2, PKIX_FROM + 1, PKIX_TO, 1);
	list("lists", 0, 3, PKIX_FROM + 2, PKIX_TO, 0);
	list("lists", 0, 4, PKIX_FROM + 3, PKIX_TO, 1);
	list("lists", 0, 5, PKIX_TO, PKIX_TO + 1, 1);
	list("lists", 0, 6, PKIX_FROM, PKIX_FROM + 1, 1);
	list("twice", 0, 2, PKIX_FROM + 9, PKIX_TO, 1);
	list("new", 1, 1, PKIX_FROM, PKIX_TO, 0);
	list("strange", 9, 1, PKIX_FROM, PKIX_TO, 0);
	bundles_stop();
	return 0;
}
