/* bench_delegate.c -- what the bench of delegations is measured by.
 *
 *	bench_delegate requests DIR N        N requests, DIR/cNNNN.csr
 *	bench_delegate bare ALG DIR FIRST N  the least that has to be done for
 *	                                     N of them, by OpenSSL alone
 *	bench_delegate run FILE N CMD [ARGS] CMD, which makes N certificates;
 *	                                     its cost is added to FILE
 *
 * A cost is one line, each certificate's share of it: CPU ms (user and
 * system, of all processes), wall ms, and the peak of memory in KiB.  `bare`
 * adds how many signatures and verifications it made.  It does in memory what
 * every such program must: read the request's DER strictly and verify it with
 * its own key; fill in a certificate; sign it once with a throw-away key and
 * twice with the root (RULES C9); encode, read back and verify.  No record, no
 * lint, no file, no deterministic nonce, no word of what went wrong; what it
 * reads and the keys it makes before are not counted. */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define REQUESTS_MAX 10000
#define DAYS 30
#define NEED(ok)                                                              \
	do {                                                                  \
		if (!(ok)) {                                                  \
			fprintf(stderr, "bench_delegate: line %d\n",          \
			    __LINE__);                                        \
			exit(2);                                              \
		}                                                             \
	} while (0)

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
cpu_ms(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

/* Up to the end of the line. */
static void
print_cost(FILE *f, int who, double cpu, double wall, int n)
{
	struct rusage u;

	getrusage(who, &u);
	fprintf(f, "%.4f %.4f %ld", cpu / n, wall / n, u.ru_maxrss);
}

static int
number(const char *text)
{
	const long n = strtol(text, NULL, 10);

	NEED(n >= 0 && n <= REQUESTS_MAX);
	return (int)n;
}

/* --- requests --- */

static void
file_name(const char *dir, int i, char out[512])
{
	snprintf(out, 512, "%.400s/c%04d.csr", dir, i);
}

static void
make_request(const char *dir, int i)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *r = X509_REQ_new();
	char name[512], cn[32];
	FILE *f;

	snprintf(cn, sizeof(cn), "team %04d", i);
	file_name(dir, i, name);
	NEED(key != NULL && r != NULL && X509_REQ_set_version(r, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(r), "CN",
	    MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0) == 1 &&
	    X509_REQ_set_pubkey(r, key) == 1 &&
	    X509_REQ_sign(r, key, EVP_sha256()) > 0);
	NEED((f = fopen(name, "w")) != NULL &&
	    PEM_write_X509_REQ(f, r) == 1 && fclose(f) == 0);
	X509_REQ_free(r);
	EVP_PKEY_free(key);
}

/* --- the bare loop --- */

static const struct alg {
	const char *name, *curve;
	const EVP_MD *(*digest)(void);
} algs[] = {
	{ "ecdsa-p384", "P-384", EVP_sha384 },
	{ "ecdsa-p256", "P-256", EVP_sha256 },
};

static unsigned signatures, verifications;

static int
sign(X509 *x, EVP_PKEY *key, const struct alg *a)
{
	signatures++;
	return X509_sign(x, key, a->digest()) > 0;
}

struct der {
	unsigned char *data;
	int len;
};

static void
load(const char *dir, int i, struct der *out)
{
	char name[512];
	X509_REQ *r;
	FILE *f;

	file_name(dir, i, name);
	NEED((f = fopen(name, "r")) != NULL);
	NEED((r = PEM_read_X509_REQ(f, NULL, NULL, NULL)) != NULL);
	fclose(f);
	out->data = NULL;
	NEED((out->len = i2d_X509_REQ(r, &out->data)) > 0);
	X509_REQ_free(r);
}

/* What a request must pass: canonical, on its curve, signed by its own key. */
static EVP_PKEY *
check_request(const struct der *csr)
{
	const unsigned char *at = csr->data;
	X509_REQ *r = d2i_X509_REQ(NULL, &at, csr->len);
	EVP_PKEY *pub;
	EVP_PKEY_CTX *ctx;
	struct der again = { NULL, 0 };

	NEED(r != NULL && (again.len = i2d_X509_REQ(r, &again.data)) ==
	    csr->len && memcmp(again.data, csr->data, (size_t)csr->len) == 0);
	verifications++;
	NEED((pub = X509_REQ_get_pubkey(r)) != NULL &&
	    X509_REQ_verify(r, pub) == 1);
	NEED((ctx = EVP_PKEY_CTX_new(pub, NULL)) != NULL &&
	    EVP_PKEY_public_check_quick(ctx) == 1);
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_free(again.data);
	X509_REQ_free(r);
	return pub;
}

static void
add(X509 *x, X509V3_CTX *ctx, const char *name, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf(NULL, ctx, name, value);

	NEED(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static X509 *
fill(EVP_PKEY *subject, X509 *root, int i)
{
	X509 *x = X509_new();
	X509V3_CTX ctx;
	char cn[64];

	snprintf(cn, sizeof(cn), "fw.p%04d.release.2027Q1", i);
	X509V3_set_ctx(&ctx, root == NULL ? x : root, x, NULL, NULL, 0);
	NEED(x != NULL && X509_set_version(x, 2) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), i + 1) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "O",
	    MBSTRING_ASC, (const unsigned char *)"example", -1, -1, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(x, X509_get_subject_name(root == NULL ? x :
	    root)) == 1 && X509_set_pubkey(x, subject) == 1);
	NEED(X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL &&
	    X509_time_adj_ex(X509_getm_notAfter(x), DAYS, 0, NULL) != NULL);
	add(x, &ctx, "basicConstraints", root == NULL ? "critical,CA:TRUE" :
	    "critical,CA:FALSE");
	add(x, &ctx, "keyUsage", root == NULL ?
	    "critical,digitalSignature,keyCertSign,cRLSign" :
	    "critical,digitalSignature");
	add(x, &ctx, "subjectKeyIdentifier", "hash");
	if (root != NULL) {
		add(x, &ctx, "authorityKeyIdentifier", "keyid:always");
		add(x, &ctx, "extendedKeyUsage", "critical,codeSigning,"
		    "1.3.6.1.4.1.32473.2.7.114.101.108.101.97.115.101");
		add(x, &ctx, "certificatePolicies",
		    "DER:300c300a06082b0601040181fd59");
		add(x, &ctx, "1.3.6.1.4.1.32473.1",
		    "ASN1:UTF8String:product, role, versions, slot");
	}
	return x;
}

/* One certificate: signed by the throw-away key, twice by the root, read back
 * and verified. */
static void
certify(EVP_PKEY *subject, X509 *root, EVP_PKEY *key, EVP_PKEY *twin,
    const struct alg *a, int i)
{
	X509 *x = fill(subject, root, i), *back;
	struct der der = { NULL, 0 };
	const unsigned char *at;

	NEED(sign(x, twin, a) && sign(x, key, a) && sign(x, key, a));
	NEED((der.len = i2d_X509(x, &der.data)) > 0);
	at = der.data;
	verifications++;
	NEED((back = d2i_X509(NULL, &at, der.len)) != NULL &&
	    X509_verify(back, key) == 1);
	OPENSSL_free(der.data);
	X509_free(back);
	X509_free(x);
}

static void
bare(const struct alg *a, const char *dir, int first, int n)
{
	EVP_PKEY *key = EVP_EC_gen(a->curve), *twin = EVP_EC_gen(a->curve);
	static struct der csr[REQUESTS_MAX];
	EVP_PKEY *pub;
	X509 *root;
	double wall, cpu;

	NEED(key != NULL && twin != NULL);
	root = fill(key, NULL, 0);
	NEED(X509_sign(root, key, a->digest()) > 0);
	for (int i = 0; i < n; i++)
		load(dir, first + i, &csr[i]);
	wall = now_ms();
	cpu = cpu_ms(RUSAGE_SELF);
	for (int i = 0; i < n; i++) {
		pub = check_request(&csr[i]);
		certify(pub, root, key, twin, a, first + i);
		EVP_PKEY_free(pub);
	}
	print_cost(stdout, RUSAGE_SELF, cpu_ms(RUSAGE_SELF) - cpu,
	    now_ms() - wall, n);
	printf(" %u %u\n", signatures, verifications);
}

/* --- another command --- */

static int
run(const char *file, int n, char **argv)
{
	double wall = now_ms();
	int status = 0;
	pid_t pid;
	FILE *f;

	NEED((pid = fork()) >= 0);
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	NEED(waitpid(pid, &status, 0) == pid);
	wall = now_ms() - wall;
	NEED((f = fopen(file, "a")) != NULL);
	print_cost(f, RUSAGE_CHILDREN, cpu_ms(RUSAGE_CHILDREN), wall, n);
	NEED(fputc('\n', f) != EOF && fclose(f) == 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

int
main(int argc, char **argv)
{
	if (argc >= 5 && strcmp(argv[1], "run") == 0)
		return run(argv[2], number(argv[3]), argv + 4);
	if (argc == 4 && strcmp(argv[1], "requests") == 0) {
		for (int i = 0; i < number(argv[3]); i++)
			make_request(argv[2], i);
		return 0;
	}
	if (argc != 6 || strcmp(argv[1], "bare") != 0)
		return 2;
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		if (strcmp(argv[2], algs[i].name) == 0) {
			bare(&algs[i], argv[3], number(argv[4]),
			    number(argv[5]));
			return 0;
		}
	}
	return 2;
}
