/* needles -- what canary is to look for.
 *
 *	needles [--mode rehearsal] [--passphrase FILE] [--signed FILE]...
 *	    ALG SHEET...
 *
 * The words of these sheets, their numbers, their values, what they combine to,
 * what HKDF makes of that, the key of that root, and the nonces of what it
 * signed (certificates and lists, of EC); a line each: kind, name, what it is.
 * Exit status: 0, or 97.
 *
 * A test program: secrets in files and on standard output are allowed here and
 * nowhere else. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <sodium.h>

#include "lib/crypto/hash.h"
#include "lib/crypto/key.h"
#include "lib/crypto/slip39_text.h"
#include "lib/crypto/start.h"

#define BAD 97
#define SHEETS_MAX 64
#define BLOCK ((size_t)1 << 16)

static _Noreturn void __attribute__((format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "needles: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(BAD);
}

static void
put_bytes(const char *what, const void *data, size_t len)
{
	const uint8_t *at = data;

	printf("bytes %s ", what);
	for (size_t i = 0; i < len; i++)
		printf("%02x", at[i]);
	printf("\n");
}

/* The line "share: ..." of a sheet, or all of its file. */
static enum status
read_sheet(const char *path, struct secret **out, struct diag *d)
{
	static char text[BLOCK];
	FILE *f = fopen(path, "re");
	const char *at;
	size_t n;
	enum status rc;

	if (f == NULL)
		FAIL(d, ST_SYSTEM, "%s: %s", path, strerror(errno));
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	at = strstr(text, "\nshare: ");
	at = at == NULL ? text : at + strlen("\nshare: ");
	n = strcspn(at, "\r\n");
	TRY(secret_new(n, out, d));
	memcpy(secret_bytes(*out), at, n);
out:
	return rc;
}

static enum status
put_share(const char *path, struct slip39_share **out, struct diag *d)
{
	struct secret *text = NULL, *canonical = NULL;
	struct slip39_mnemonic m;
	const char *name = strrchr(path, '/');
	enum status rc;

	name = name == NULL ? path : name + 1;
	TRY(read_sheet(path, &text, d));
	TRY(slip39_read(text, out, d));
	TRY(slip39_canonical(text, &canonical, d));
	printf("words %s %.*s\n", name, (int)secret_len(canonical),
	    (const char *)secret_peek(canonical));
	slip39_text_pack(*out, &m);
	printf("numbers %s", name);
	for (size_t i = 0; i < m.n; i++)
		printf(" %u", m.word[i]);
	printf("\n");
	printf("bytes value-of-%s ", name);
	for (size_t i = 0; i < secret_len((*out)->value); i++)
		printf("%02x", secret_peek((*out)->value)[i]);
	printf("\n");
out:
	secret_free(canonical);
	secret_free(text);
	return rc;
}

#define SIGNED_MAX 64

struct asked_for {
	enum derive_mode mode;
	const char *passphrase; /* a file, or NULL */
	const char *alg;
	const char *signed_by_it[SIGNED_MAX]; /* files */
	size_t nsigned;
};

static void
put_number(const char *what, const BIGNUM *v, size_t len)
{
	uint8_t data[66];

	if (BN_bn2binpad(v, data, (int)len) < 0)
		die("%s is too long", what);
	put_bytes(what, data, len);
}

/* What was signed, and the signature, of a certificate or a list. */
static ECDSA_SIG *
read_signed(const char *path, uint8_t **tbs, int *len)
{
	BIO *in = BIO_new_file(path, "r");
	const ASN1_BIT_STRING *sig = NULL;
	X509 *x = NULL;
	X509_CRL *l = NULL;
	const unsigned char *at;
	ECDSA_SIG *out = NULL;

	if (in != NULL && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) !=
	    NULL) {
		*len = i2d_re_X509_tbs(x, tbs);
		X509_get0_signature(&sig, NULL, x);
	} else if (in != NULL && BIO_reset(in) == 0 &&
	    (l = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL)) != NULL) {
		*len = i2d_re_X509_CRL_tbs(l, tbs);
		X509_CRL_get0_signature(l, &sig, NULL);
	}
	if (sig != NULL) {
		at = ASN1_STRING_get0_data(sig);
		out = d2i_ECDSA_SIG(NULL, &at, ASN1_STRING_length(sig));
	}
	X509_free(x);
	X509_CRL_free(l);
	BIO_free(in);
	return out;
}

/* k = (e + d r) / s, which is right if kG is r. */
static void
put_nonce(const char *path, const struct secret *scalar)
{
	const bool small = secret_len(scalar) == 32;
	EC_GROUP *g = EC_GROUP_new_by_curve_name(small ?
	    NID_X9_62_prime256v1 : NID_secp384r1);
	const BIGNUM *n = EC_GROUP_get0_order(g);
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *k = BN_new(), *v = BN_new(), *r = BN_new();
	EC_POINT *p = EC_POINT_new(g);
	uint8_t *tbs = NULL, digest[SHA384_LEN];
	ECDSA_SIG *sig;
	int len = 0;

	if ((sig = read_signed(path, &tbs, &len)) == NULL)
		die("%s: no certificate and no list", path);
	if (small)
		SHA256(tbs, (size_t)len, digest);
	else
		SHA384(tbs, (size_t)len, digest);
	BN_bin2bn(secret_peek(scalar), (int)secret_len(scalar), k);
	BN_mod_mul(k, k, ECDSA_SIG_get0_r(sig), n, ctx);
	BN_bin2bn(digest, small ? 32 : 48, v);
	BN_mod_add(k, k, v, n, ctx);
	BN_mod_inverse(v, ECDSA_SIG_get0_s(sig), n, ctx);
	BN_mod_mul(k, k, v, n, ctx);
	EC_POINT_mul(g, p, k, NULL, NULL, ctx);
	EC_POINT_get_affine_coordinates(g, p, r, NULL, ctx);
	BN_nnmod(r, r, n, ctx);
	if (BN_cmp(r, ECDSA_SIG_get0_r(sig)) != 0)
		die("%s: not signed by this key", path);
	put_number("nonce", k, secret_len(scalar));
	BN_mod_inverse(v, k, n, ctx);
	put_number("nonce-inverse", v, secret_len(scalar));
	ECDSA_SIG_free(sig);
	OPENSSL_free(tbs);
	EC_POINT_free(p);
	BN_free(k);
	BN_free(v);
	BN_free(r);
	BN_CTX_free(ctx);
	EC_GROUP_free(g);
}

/* What HKDF has between the seed and the key. */
static enum status
put_derivation(const struct asked_for *a, const struct secret *seed,
    struct diag *d)
{
	const char *const salts[] = { a->mode == DERIVE_REAL ?
		"anchorite root seed v1" : "anchorite rehearsal seed v1",
		"anchorite seed labels v1" };
	crypto_auth_hmacsha512_state h;
	uint8_t out[crypto_auth_hmacsha512_BYTES];
	char info[64];
	enum status rc;

	for (size_t i = 0; i < 2; i++) {
		crypto_auth_hmacsha512_init(&h, (const uint8_t *)salts[i],
		    strlen(salts[i]));
		crypto_auth_hmacsha512_update(&h, secret_peek(seed),
		    secret_len(seed));
		crypto_auth_hmacsha512_final(&h, out);
		put_bytes("hkdf-key", out, sizeof(out));
	}
	snprintf(info, sizeof(info), "anchorite/v1/%s/root/0", a->alg);
	TRY(hash_hkdf(seed, salts[0], info, out, 56, d));
	put_bytes("hkdf-output", out, 56);
out:
	return rc;
}

static enum status
put_key(const struct asked_for *a, const struct secret *seed, struct diag *d)
{
	struct secret *s = NULL;
	enum status rc;

	put_bytes("seed", secret_peek(seed), secret_len(seed));
	TRY(put_derivation(a, seed, d));
	TRY(derive_scalar(seed, a->mode, a->alg, "root", 0, &s, d));
	put_bytes("scalar", secret_peek(s), secret_len(s));
	for (size_t i = 0; i < a->nsigned; i++)
		put_nonce(a->signed_by_it[i], s);
out:
	secret_free(s);
	return rc;
}

static enum status
needles(const struct asked_for *a, char **sheets, size_t n, struct diag *d)
{
	struct slip39_share *share[SHEETS_MAX] = { NULL };
	struct secret *ems = NULL, *seed = NULL, *pass = NULL;
	enum status rc;

	if (n == 0 || n > SHEETS_MAX)
		FAIL(d, ST_USAGE, "1 to %d sheets", SHEETS_MAX);
	for (size_t i = 0; i < n; i++)
		TRY(put_share(sheets[i], &share[i], d));
	if (a->passphrase != NULL) {
		TRY(read_sheet(a->passphrase, &pass, d));
		printf("text passphrase %.*s\n", (int)secret_len(pass),
		    (const char *)secret_peek(pass));
	}
	TRY(slip39_gather((const struct slip39_share *const *)share, n, &ems,
	    d));
	put_bytes("encrypted-seed", secret_peek(ems), secret_len(ems));
	TRY(slip39_decrypt(ems, pass, share[0], &seed, d));
	TRY(put_key(a, seed, d));
out:
	for (size_t i = 0; i < n && i < SHEETS_MAX; i++)
		slip39_share_free(share[i]);
	secret_free(ems);
	secret_free(seed);
	secret_free(pass);
	return rc;
}

int
main(int argc, char **argv)
{
	struct asked_for a = { .mode = DERIVE_REAL };
	struct diag d = { 0 };
	enum status rc;
	int i = 1;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--passphrase") == 0)
			a.passphrase = argv[i + 1];
		else if (strcmp(argv[i], "--mode") == 0)
			a.mode = DERIVE_REHEARSAL;
		else if (strcmp(argv[i], "--signed") == 0 &&
		    a.nsigned < SIGNED_MAX)
			a.signed_by_it[a.nsigned++] = argv[i + 1];
		else
			die("no such option: %s", argv[i]);
	}
	if (i >= argc)
		die("[OPTIONS] ALG SHEET...");
	a.alg = argv[i++];
	TRY(crypto_start(&d));
	TRY(needles(&a, argv + i, (size_t)(argc - i), &d));
out:
	if (rc != ST_OK)
		fprintf(stderr, "needles: %s\n", d.text);
	return rc == ST_OK ? 0 : BAD;
}
