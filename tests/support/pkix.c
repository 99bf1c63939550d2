/* see pkix.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/start.h"
#include "tests/support/pkix.h"

const uint8_t pkix_serial[CERT_SERIAL_LEN] = { 0x41, 2, 3, 4, 5, 6, 7, 8, 9,
    10, 11, 12, 13, 14, 15, 16 };

/* Helper programs use this too, so it is not cmocka that complains. */
static void
must(enum status rc, const struct diag *d)
{
	if (rc == ST_OK)
		return;
	fprintf(stderr, "refused: %s\n", d->text);
	abort();
}

static void
need(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "a fixture could not be made\n");
	abort();
}

int
pkix_start(void **state)
{
	struct diag d = { 0 };

	(void)state;
	must(crypto_start(&d), &d);
	return 0;
}

struct key *
pkix_key(const char *alg, unsigned n)
{
	struct secret *seed = NULL;
	struct key *k = NULL;
	struct diag d = { 0 };

	must(derive_rehearsal_seed(n, &seed, &d), &d);
	must(key_from_seed(seed, DERIVE_REAL, alg, "root", 0, &k, &d), &d);
	secret_free(seed);
	return k;
}

static void
set_public(const struct key *k, struct cert_spec *s)
{
	const struct bytes *der = &key_public(k)->der;
	struct diag d = { 0 };

	must(bytes_set(&s->spki, der->data, der->len, &d), &d);
}

static void
set_name(struct name *n, const char *unit, const char *common)
{
	snprintf(n->org, sizeof(n->org), "Example Works");
	snprintf(n->unit, sizeof(n->unit), "%s", unit);
	snprintf(n->common, sizeof(n->common), "%s", common);
}

void
pkix_root_spec(const struct key *root, struct cert_spec *s)
{
	set_name(&s->subject, "", "example-firmware-root-g1");
	s->issuer = s->subject;
	s->self_issued = true;
	s->not_before = PKIX_FROM;
	s->not_after = INT64_C(2600000000); /* beyond 2050 */
	s->ca = true;
	s->path_len = -1;
	s->usage = USAGE_DIGITAL_SIGNATURE | USAGE_KEY_CERT_SIGN |
	    USAGE_CRL_SIGN;
	set_public(root, s);
}

void
pkix_leaf_spec(const struct pkix *p, struct cert_spec *s)
{
	struct diag d = { 0 };

	set_name(&s->subject, "gateway", "fw.gateway.release.2027Q1");
	s->issuer = p->root->spec.subject;
	memcpy(s->issuer_ski, p->root->ski, sizeof(s->issuer_ski));
	s->not_before = PKIX_FROM;
	s->not_after = PKIX_TO;
	s->path_len = -1;
	s->usage = USAGE_DIGITAL_SIGNATURE;
	s->ekus = 2;
	s->eku_critical = true;
	snprintf(s->eku[0], CERT_OID_SIZE, "1.3.6.1.5.5.7.3.3");
	snprintf(s->eku[1], CERT_OID_SIZE, "1.3.6.1.4.1.32473.1.1");
	s->policies = 1;
	snprintf(s->policy[0], CERT_OID_SIZE, "1.3.6.1.4.1.32473.2.1");
	s->exts = 1;
	snprintf(s->ext[0].oid, CERT_OID_SIZE, "1.3.6.1.4.1.32473.3.1");
	must(bytes_set(&s->ext[0].value, "\x30\x03\x02\x01\x01", 5, &d), &d);
	set_public(p->leaf_key, s);
}

void
pkix_list_spec(const struct pkix *p, struct crl_spec *s)
{
	s->issuer = p->root->spec.subject;
	memcpy(s->issuer_ski, p->root->ski, sizeof(s->issuer_ski));
	s->this_update = PKIX_FROM;
	s->next_update = PKIX_TO;
	s->number = UINT64_C(1) << 32 | 7;
	s->n = 2;
	s->entries = calloc(s->n, sizeof(*s->entries));
	need(s->entries != NULL);
	for (size_t i = 0; i < s->n; i++) {
		s->entries[i].serial[0] = (uint8_t)(0x42 + i);
		s->entries[i].serial_len = CERT_SERIAL_LEN;
		s->entries[i].date = PKIX_FROM;
		s->entries[i].invalid_since = -1;
	}
	s->entries[0].reason = REASON_KEY_COMPROMISE;
	s->entries[0].invalid_since = PKIX_FROM - 86400;
}

void
pkix_sign_cert(const struct key *root, const struct cert_spec *s,
    struct bytes *der)
{
	struct bytes twin = { 0 };
	struct diag d = { 0 };

	must(cert_rehearse(s, pkix_serial, key_alg(root), &twin, &d), &d);
	must(cert_sign(s, pkix_serial, root, key_public(root), &twin, der,
	    &d), &d);
	bytes_free(&twin);
}

void
pkix_sign_list(const struct key *root, const struct crl_spec *s,
    struct bytes *der)
{
	struct bytes twin = { 0 };
	struct diag d = { 0 };

	must(crl_rehearse(s, key_alg(root), &twin, &d), &d);
	must(crl_sign(s, root, key_public(root), &twin, der, &d), &d);
	bytes_free(&twin);
}

static struct cert *
make_cert(const struct key *root, const struct cert_spec *s)
{
	struct bytes der = { 0 };
	struct cert *c = NULL;
	struct diag d = { 0 };

	pkix_sign_cert(root, s, &der);
	must(cert_read("made", der.data, der.len, &c, &d), &d);
	bytes_free(&der);
	return c;
}

static void
make_list(struct pkix *p)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };
	struct diag d = { 0 };

	pkix_list_spec(p, &s);
	pkix_sign_list(p->root_key, &s, &der);
	must(crl_read("made", der.data, der.len, &p->list, &d), &d);
	bytes_free(&der);
	crl_spec_clear(&s);
}

void
pkix_make(struct pkix *p, const char *alg)
{
	struct cert_spec *s = calloc(1, sizeof(*s));
	struct diag d = { 0 };

	need(s != NULL);
	memset(p, 0, sizeof(*p));
	p->root_key = pkix_key(alg, 0);
	p->leaf_key = pkix_key("ecdsa-p256", 1);
	pkix_root_spec(p->root_key, s);
	p->root = make_cert(p->root_key, s);
	cert_spec_clear(s);
	pkix_leaf_spec(p, s);
	p->leaf = make_cert(p->root_key, s);
	cert_spec_clear(s);
	free(s);
	make_list(p);
	must(bytes_set(&p->content, CMS_CLOSING_HEAD "x 1\n",
	    sizeof(CMS_CLOSING_HEAD "x 1\n") - 1, &d), &d);
	must(cms_sign(p->root_key, p->root, PKIX_ARC, CMS_CLOSING, PKIX_NOW,
	    &p->content, &p->p7s, &d), &d);
}

void
pkix_free(struct pkix *p)
{
	key_free(p->root_key);
	key_free(p->leaf_key);
	cert_free(p->root);
	cert_free(p->leaf);
	crl_free(p->list);
	bytes_free(&p->content);
	bytes_free(&p->p7s);
}

static void
take(unsigned char *data, int len, struct bytes *der)
{
	struct diag d = { 0 };

	need(len > 0);
	must(bytes_set(der, data, (size_t)len, &d), &d);
	OPENSSL_free(data);
}

void
pkix_request(EVP_PKEY *k, const void *cn, size_t len, const char *md,
    struct bytes *der)
{
	STACK_OF(X509_EXTENSION) *exts = sk_X509_EXTENSION_new_null();
	X509_REQ *r = X509_REQ_new();
	unsigned char *data = NULL;
	X509_EXTENSION *ext;
	int n;

	need(r != NULL);
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
	    "critical,CA:TRUE");
	need(sk_X509_EXTENSION_push(exts, ext) > 0);
	need(X509_REQ_set_version(r, 0) == 1);
	need(X509_NAME_add_entry_by_txt(
	    X509_REQ_get_subject_name(r), "CN", V_ASN1_UTF8STRING, cn,
	    (int)len, -1, 0) == 1);
	need(X509_REQ_set_pubkey(r, k) == 1);
	need(X509_REQ_add_extensions(r, exts) == 1);
	need(X509_REQ_sign(r, k, md == NULL ? NULL :
	    EVP_get_digestbyname(md)) > 0);
	n = i2d_X509_REQ(r, &data);
	take(data, n, der);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	X509_REQ_free(r);
}

void
pkix_spki(EVP_PKEY *k, struct bytes *der)
{
	unsigned char *data = NULL;
	const int n = i2d_PUBKEY(k, &data);

	take(data, n, der);
}
