/* rotation.c -- a root that is replaced, as a device sees it, dated around now.
 *
 *	rotation DIR    reads op1.spki, op2.spki and thief.spki in DIR, public
 *			keys in DER, and writes beside them:
 *
 * g1.crt g2.crt     the old root and the new one
 * new-with-old.crt old-with-new.crt   each as the other vouches for it
 * op1.crt op2.crt   a delegation of each
 * thief.crt         one that a thief of the old root gave himself
 * g1.pem g2.pem     their lists, which revoke nothing; g2 has the number 1
 * bless.pem         list 2 of g2: it revokes old-with-new
 * 1/ 2/             era 1 with g1, era 2 with g2: bundle and signatures
 * list/ early/ late/ bless/   lists of g2 in DER: good, begun tomorrow,
 *                   expired, and list 2
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/pki/issue.h"
#include "tests/support/bundles.h"

#define ALG "ecdsa-p384"
#define G1 0
#define G2 1

static const struct profile_room room = { PKIX_ARC, "Example Works", true };
static struct secret *seed[2];
static int64_t now;
static const char *dir;

static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "rotation: %s\n", d->text);
	exit(2);
}

static void
put(const char *name, const struct bytes *data)
{
	struct bytes path = { 0 };
	struct diag d = { 0 };

	must(text_format(&path, &d, "%s/%s", dir, name), &d);
	must(file_create((const char *)path.data, data->data, data->len, &d),
	    &d);
	bytes_free(&path);
}

static void
put_pem(const char *name, const struct bytes *der, const char *label)
{
	struct bytes pem = { 0 };
	struct diag d = { 0 };

	must(cert_pem(der, label, &pem, &d), &d);
	put(name, &pem);
	bytes_free(&pem);
}

static enum status
derive(void *cookie, const char *label, uint8_t *out, size_t len,
    struct diag *d)
{
	return derive_label(cookie, label, out, len, d);
}

static struct cert *
issue(enum lint_kind kind, const struct cert_spec *spec, unsigned by,
    const char *name)
{
	const struct issue_serial serial = { derive, seed[by] };
	struct cert *made = NULL;
	struct diag d = { 0 };

	must(issue_cert(kind, PKIX_ARC, spec, &serial, bundles_key[by],
	    key_public(bundles_key[by]), &made, &d), &d);
	put_pem(name, &made->der, "CERTIFICATE");
	return made;
}

/* A root of a public rehearsal seed takes the place of a fixture's. */
static void
make_root(unsigned n, const char *common, const char *name)
{
	struct cert_spec spec = { 0 };
	struct diag d = { 0 };

	cert_free(bundles_cert[n]);
	key_free(bundles_key[n]);
	must(derive_rehearsal_seed(n, &seed[n], &d), &d);
	must(key_from_seed(seed[n], DERIVE_REHEARSAL, ALG, "root", 0,
	    &bundles_key[n], &d), &d);
	must(profile_root(&room, common, key_public(bundles_key[n]),
	    now - CLOCK_DAY, now + 20 * CLOCK_DAY, &spec, &d), &d);
	bundles_cert[n] = issue(LINT_ROOT, &spec, n, name);
	cert_spec_clear(&spec);
}

static struct cert *
cross(unsigned of, unsigned by, const char *name)
{
	struct cert_spec spec = { 0 };
	struct cert *made;
	struct diag d = { 0 };

	must(profile_cross(&room, bundles_cert[of], bundles_cert[by], now - 60,
	    &spec, &d), &d);
	made = issue(LINT_CROSS, &spec, by, name);
	cert_spec_clear(&spec);
	return made;
}

static void
delegate(const char *key, unsigned by, const char *name)
{
	struct scope scope = { .product = "gateway", .role = "release" };
	struct bytes path = { 0 }, der = { 0 };
	struct cert_spec spec = { 0 };
	struct spki k = { 0 };
	struct diag d = { 0 };

	must(text_format(&path, &d, "%s/%s", dir, key), &d);
	must(file_read((const char *)path.data, CERT_MAX, &der, &d), &d);
	must(spki_read(der.data, der.len, &k, &d), &d);
	clock_quarter(now - 60, scope.slot);
	must(profile_delegation(&room, &scope, &k, bundles_cert[by], now - 60,
	    now + 10 * CLOCK_DAY, &spec, &d), &d);
	cert_free(issue(LINT_DELEGATION, &spec, by, name));
	cert_spec_clear(&spec);
	spki_clear(&k);
	bytes_free(&path);
	bytes_free(&der);
}

/* A list, with ${revoked} (may be NULL) on it, and where it goes. */
static void
list(unsigned by, uint64_t number, int64_t from, int64_t to,
    const struct cert *revoked, const char *der, const char *pem)
{
	struct crl_spec spec = { 0 };
	struct crl_entry e = { .date = from, .invalid_since = -1,
		.reason = REASON_KEY_COMPROMISE };
	struct crl *made = NULL;
	struct diag d = { 0 };

	must(profile_list(&room, bundles_cert[by], from, to, number, &spec,
	    &d), &d);
	if (revoked != NULL) {
		memcpy(e.serial, revoked->serial, revoked->serial_len);
		e.serial_len = revoked->serial_len;
		must(crl_spec_add(&spec, &e, &d), &d);
	}
	must(issue_crl(&spec, bundles_key[by], key_public(bundles_key[by]),
	    &made, &d), &d);
	if (der != NULL)
		put(der, &made->der);
	if (pem != NULL)
		put_pem(pem, &made->der, "X509 CRL");
	crl_free(made);
	crl_spec_clear(&spec);
}

static void
lists(const struct cert *old_with_new)
{
	const int64_t day = CLOCK_DAY;

	list(G1, 1, now - 60, now + 10 * day, NULL, NULL, "g1.pem");
	list(G2, 1, now - 60, now + 10 * day, NULL, "list/1.crl", "g2.pem");
	list(G2, 2, now - 30, now + 10 * day, old_with_new, "bless/2.crl",
	    "bless.pem");
	list(G2, 2, now + day, now + 2 * day, NULL, "early/2.crl", NULL);
	list(G2, 2, now - day + 60, now - 60, NULL, "late/2.crl", NULL);
}

static void
sign(const struct bundle *b, unsigned by, const char *name)
{
	struct bytes sig = { 0 };

	bundles_sign(b, by, &sig);
	put(name, &sig);
	bytes_free(&sig);
}

/* Era 1 commits g2 (key 1); era 2 makes g1 a former root. */
static void
bundles(void)
{
	static const unsigned g1[] = { G1 }, g2[] = { G2 };
	static const unsigned next[] = { G2, 18 }, later[] = { 2, 19 };
	struct bundle *b[2] = { NULL };
	struct diag d = { 0 };

	bundles_make(g1, 1, next, 2, &b[0]);
	bundles_make(g2, 1, later, 2, &b[1]);
	for (size_t i = 0; i < 2; i++) {
		b[i]->not_before = now - 60;
		b[i]->not_after = now + 10 * CLOCK_DAY;
		b[i]->horizon = now + 20 * CLOCK_DAY;
		if (i == 1)
			must(bundle_succeed(b[0], b[1], &d), &d);
		bundles_seal(b[i]);
		put(i == 0 ? "1/1.der" : "2/2.der", &b[i]->der);
	}
	sign(b[0], G1, "1/1.g1.p7s");
	sign(b[1], G1, "2/2.g1.p7s");
	sign(b[1], G2, "2/2.g2.p7s");
	for (size_t i = 0; i < 2; i++)
		bundle_free(b[i]);
}

int
main(int argc, char **argv)
{
	static const char *const folders[] = { "1", "2", "list", "early",
		"late", "bless" };
	struct bytes path = { 0 };
	struct cert *old_with_new;
	struct diag d = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: rotation DIR\n");
		return 2;
	}
	dir = argv[1];
	now = clock_now() / 60 * 60;
	pkix_start(NULL);
	bundles_start();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		must(text_format(&path, &d, "%s/%s", dir, folders[i]), &d);
		(void)mkdir((const char *)path.data, 0700);
	}
	bytes_free(&path);
	make_root(G1, "root-g1", "g1.crt");
	make_root(G2, "root-g2", "g2.crt");
	cert_free(cross(G2, G1, "new-with-old.crt"));
	old_with_new = cross(G1, G2, "old-with-new.crt");
	delegate("op1.spki", G1, "op1.crt");
	delegate("op2.spki", G2, "op2.crt");
	delegate("thief.spki", G1, "thief.crt");
	lists(old_with_new);
	bundles();
	cert_free(old_with_new);
	for (size_t i = 0; i < 2; i++)
		secret_free(seed[i]);
	bundles_stop();
	return 0;
}
