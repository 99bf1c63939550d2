/* canary -- whether a secret is left where none may be.
 *
 *	canary watch DIR CMD [ARGS...]
 *	canary needles [--passphrase FILE] [--signed FILE]... ALG SHEET...
 *	canary scan NEEDLES FILE...
 *
 * watch: run CMD, and keep what is in its memory, and in that of each of its
 * children, when it is about to end: all it ever could write to, a file for
 * each mapping, DIR/exit-PID/START-PERMS-NAME.  On SIGUSR1 instead what is in
 * it now, in DIR/now-PID, and the end of it.  CMD has no memfd_secret(2): what
 * that hides, nobody can look at.  It takes root.  Exit status: CMD's; 97 if
 * it cannot be watched.
 *
 * needles: what to look for: the words of these sheets, their numbers, their
 * values, what they combine to, what HKDF makes of that, the key of that root,
 * and the nonces of what it signed (certificates and lists, of EC).
 *
 * scan: each place is a line.  A word is a word in any case, whole or its first
 * four letters, whatever stands between it and the next; three in a row count.
 * Of bytes eight in a row count, forwards and backwards and in hex.
 * Exit status: 0 nothing, 1 something, 97 wrong use.
 *
 * A test program: secrets in files are allowed here and nowhere else. */
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
#define PATH_SIZE 4096
#define SHEETS_MAX 64
#define BLOCK ((size_t)1 << 16)

static _Noreturn void __attribute__((format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "canary: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(BAD);
}

/* ---- watch ---- */

static volatile sig_atomic_t asked;

static void
ask(int signal)
{
	asked = signal;
}

/* One mapping, to a file of its own.  What cannot be read is no part of it. */
static void
keep_mapping(int dir, const char *line, int mem)
{
	char path[256], perms[8] = "", name[128] = "";
	unsigned long long from, to;
	static char block[BLOCK];
	ssize_t n;
	int out;

	if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %127[^\n]", &from, &to,
	    perms, name) < 3)
		die("no mapping: %s", line);
	/* a file that it only reads is none of its own, nor is the kernel's */
	if ((perms[1] != 'w' && name[0] == '/') ||
	    strncmp(name, "[v", 2) == 0)
		return;
	for (char *c = name; *c != '\0'; c++)
		if (*c == '/' || *c == ' ')
			*c = '_';
	snprintf(path, sizeof(path), "%llx-%s-%s", from, perms, name);
	if ((out = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL, 0600)) < 0)
		die("%s: %s", path, strerror(errno));
	for (; from < to; from += (unsigned long long)n) {
		n = pread(mem, block, to - from < BLOCK ? (size_t)(to - from) :
		    BLOCK, (off_t)from);
		if (n <= 0)
			n = 4096; /* a page of a guard */
		else if (write(out, block, (size_t)n) != n)
			die("%s: %s", path, strerror(errno));
	}
	close(out);
}

static void
keep(const char *dir, const char *when, pid_t pid)
{
	char path[PATH_SIZE], line[PATH_SIZE];
	FILE *maps;
	int mem, to;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	if ((mem = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		die("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	if ((maps = fopen(path, "re")) == NULL)
		die("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s/%s-%d", dir, when, pid);
	if (mkdir(path, 0700) != 0 || (to = open(path, O_DIRECTORY |
	    O_RDONLY | O_CLOEXEC)) < 0)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), maps) != NULL)
		keep_mapping(to, line, mem);
	fclose(maps);
	close(to);
	close(mem);
}

/* memfd_secret is answered with ENOSYS, here and in what is started here. */
static bool
forget_memfd_secret(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_secret, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {
		sizeof(code) / sizeof(code[0]), code
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

static _Noreturn void
be_watched(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 ||
	    raise(SIGSTOP) != 0 || !forget_memfd_secret())
		_exit(BAD);
	execvp(argv[0], argv);
	_exit(127);
}

static pid_t
start(char **argv)
{
	const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK |
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	const pid_t pid = fork();
	int how;

	if (pid == 0)
		be_watched(argv);
	if (pid < 0 || waitpid(pid, &how, 0) != pid || !WIFSTOPPED(how) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, options) != 0 ||
	    ptrace(PTRACE_CONT, pid, NULL, 0L) != 0)
		die("it cannot be watched: %s", strerror(errno));
	return pid;
}

/* One that stopped goes on; a signal that is its own reaches it. */
static void
go_on(const char *dir, pid_t pid, int how)
{
	const int event = how >> 16;
	long signal = 0;

	if (event == PTRACE_EVENT_EXIT)
		keep(dir, "exit", pid);
	else if (event == 0 && WSTOPSIG(how) != SIGSTOP &&
	    WSTOPSIG(how) != SIGTRAP)
		signal = WSTOPSIG(how);
	/* one that was killed meanwhile is not there to go on */
	(void)ptrace(PTRACE_CONT, pid, NULL, signal);
}

static int
watch(const char *dir, char **argv)
{
	const struct sigaction on_ask = { .sa_handler = ask };
	pid_t main, pid;
	int how, status = BAD;

	sigaction(SIGUSR1, &on_ask, NULL);
	if (mkdir(dir, 0700) != 0)
		die("%s: %s", dir, strerror(errno));
	main = start(argv);
	for (;;) {
		pid = waitpid(-1, &how, __WALL);
		if (pid < 0 && errno == EINTR && asked != 0) {
			asked = 0;
			keep(dir, "now", main);
			kill(main, SIGKILL);
			continue;
		}
		if (pid < 0 && errno != EINTR)
			break;
		if (pid > 0 && WIFSTOPPED(how))
			go_on(dir, pid, how);
		if (pid == main && WIFEXITED(how))
			status = WEXITSTATUS(how);
		if (pid == main && WIFSIGNALED(how))
			status = 128 + WTERMSIG(how);
		if (pid == main && WIFSIGNALED(how) && WCOREDUMP(how))
			printf("canary: it left a core\n");
	}
	return status;
}

/* ---- needles ---- */

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
	at = strstr(text, "share: ");
	at = at == NULL ? text : at + strlen("share: ");
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
put_derivation(const char *alg, const struct secret *seed, struct diag *d)
{
	static const char *const salts[] = { "anchorite root seed v1",
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
	snprintf(info, sizeof(info), "anchorite/v1/%s/root/0", alg);
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
	TRY(put_derivation(a->alg, seed, d));
	TRY(derive_scalar(seed, DERIVE_REAL, a->alg, "root", 0, &s, d));
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

static int
needles_main(int argc, char **argv)
{
	struct asked_for a = { 0 };
	struct diag d = { 0 };
	enum status rc;
	int i = 0;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--passphrase") == 0)
			a.passphrase = argv[i + 1];
		else if (strcmp(argv[i], "--signed") == 0 &&
		    a.nsigned < SIGNED_MAX)
			a.signed_by_it[a.nsigned++] = argv[i + 1];
		else
			die("no such option: %s", argv[i]);
	}
	if (i >= argc)
		die("needles [OPTIONS] ALG SHEET...");
	a.alg = argv[i++];
	TRY(crypto_start(&d));
	TRY(needles(&a, argv + i, (size_t)(argc - i), &d));
out:
	if (rc != ST_OK)
		fprintf(stderr, "canary: %s\n", d.text);
	return rc == ST_OK ? 0 : BAD;
}

/* ---- scan ---- */

#define LABEL_SIZE 96
#define WINDOW_MAX 16 /* bytes */
#define RUN 3	      /* words */
#define GAP_MAX 48    /* bytes from a word to the next */
#define LETTERS 4     /* that tell a word */

/* So many bytes in a row; ${first} are the first four. */
struct window {
	uint32_t first;
	uint8_t len;
	uint8_t bytes[WINDOW_MAX];
	const char *label;
	struct window *next;
};

/* Three words in a row, by their first letters. */
struct run {
	uint32_t word[RUN];
	const char *label;
};

#define BUCKETS 65536
static struct window *bucket[BUCKETS];
static struct run *runs;
static size_t nruns;
static size_t found;

static uint32_t
head_of(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static unsigned
bucket_of(uint32_t first)
{
	return (first ^ first >> 15) & (BUCKETS - 1);
}

/* What could stand anywhere is no needle. */
static bool
is_plain(const uint8_t *at, size_t len)
{
	bool seen[256] = { false };
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		n += !seen[at[i]];
		seen[at[i]] = true;
	}
	return n < 5;
}

static void
add_window(const char *label, const uint8_t *at, size_t len)
{
	struct window *w;

	if (is_plain(at, len))
		return;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		die("out of memory");
	w->first = head_of(at);
	w->len = (uint8_t)len;
	memcpy(w->bytes, at, len);
	w->label = label;
	w->next = bucket[bucket_of(w->first)];
	bucket[bucket_of(w->first)] = w;
}

static void
add_windows(const char *label, const uint8_t *at, size_t len, size_t each)
{
	for (size_t i = 0; i + each <= len; i++)
		add_window(label, at + i, each);
}

static const char *
label_of(const char *kind, const char *name)
{
	char *label = malloc(LABEL_SIZE);

	if (label == NULL)
		die("out of memory");
	snprintf(label, LABEL_SIZE, "%s %s", kind, name);
	return label;
}

static void
add_bytes(const char *name, const char *hex)
{
	uint8_t data[512], back[512];
	char text[1025];
	size_t len;

	if (sodium_hex2bin(data, sizeof(data), hex, strlen(hex), NULL, &len,
	    NULL) != 0)
		die("no hex: %s", name);
	for (size_t i = 0; i < len; i++)
		back[i] = data[len - 1 - i];
	add_windows(label_of("bytes", name), data, len, 8);
	add_windows(label_of("bytes-backwards", name), back, len, 8);
	sodium_bin2hex(text, sizeof(text), data, len);
	add_windows(label_of("hex", name), (uint8_t *)text, 2 * len, 16);
	for (char *c = text; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	add_windows(label_of("hex", name), (uint8_t *)text, 2 * len, 16);
}

static void
add_text(const char *name, const char *text)
{
	const size_t len = strlen(text);

	add_windows(label_of("text", name), (const uint8_t *)text, len,
	    len < 12 ? len : 12);
}

/* The first three say of which set it is, and are no secret. */
static void
add_numbers(const char *name, char *list)
{
	uint16_t small[SLIP39_WORDS_MAX];
	uint32_t wide[SLIP39_WORDS_MAX];
	size_t n = 0;

	for (char *at = strtok(list, " "); at != NULL && n < SLIP39_WORDS_MAX;
	    at = strtok(NULL, " ")) {
		wide[n] = (uint32_t)strtoul(at, NULL, 10);
		small[n] = (uint16_t)wide[n];
		n++;
	}
	for (size_t i = 3; i + 4 <= n; i++) {
		add_window(label_of("numbers", name), (uint8_t *)(small + i),
		    8);
		add_window(label_of("numbers", name), (uint8_t *)(wide + i),
		    16);
	}
}

/* The first letters, in lower case; 0: too few, or more than a word has. */
static uint32_t
letters(const uint8_t *at, size_t len)
{
	uint32_t v = 0;

	if (len < LETTERS || len > SLIP39_WORD_MAX)
		return 0;
	for (size_t i = 0; i < LETTERS; i++)
		v = v << 8 | (uint32_t)tolower(at[i]);
	return v;
}

static void
add_words(const char *name, char *list)
{
	const char *label = label_of("words", name);
	uint32_t word[SLIP39_WORDS_MAX];
	size_t n = 0;

	for (char *at = strtok(list, " "); at != NULL && n < SLIP39_WORDS_MAX;
	    at = strtok(NULL, " "))
		word[n++] = letters((uint8_t *)at, strlen(at));
	/* from the first that is a secret */
	for (size_t i = 2; i + RUN <= n; i++) {
		runs = realloc(runs, (nruns + 1) * sizeof(*runs));
		if (runs == NULL)
			die("out of memory");
		memcpy(runs[nruns].word, word + i, sizeof(runs[0].word));
		runs[nruns++].label = label;
	}
}

static void
read_needles(const char *path)
{
	char line[PATH_SIZE], kind[16], name[64];
	FILE *f = fopen(path, "re");
	int at;

	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%15s %63s %n", kind, name, &at) != 2)
			die("no needle: %s", line);
		if (strcmp(kind, "words") == 0)
			add_words(name, line + at);
		else if (strcmp(kind, "numbers") == 0)
			add_numbers(name, line + at);
		else if (strcmp(kind, "bytes") == 0)
			add_bytes(name, line + at);
		else if (strcmp(kind, "text") == 0)
			add_text(name, line + at);
		else
			die("no such needle: %s", kind);
	}
	fclose(f);
	if (nruns == 0)
		die("%s: nothing to look for", path);
}

static void
report(const char *path, size_t at, const char *label)
{
	printf("%s: at 0x%zx: %s\n", path, at, label);
	found++;
}

static void
scan_bytes(const char *path, const uint8_t *data, size_t len)
{
	const struct window *w;
	uint32_t first;

	for (size_t i = 0; i + WINDOW_MAX <= len; i++) {
		first = head_of(data + i);
		for (w = bucket[bucket_of(first)]; w != NULL; w = w->next)
			if (w->first == first &&
			    memcmp(w->bytes, data + i, w->len) == 0)
				report(path, i, w->label);
	}
}

static void
look_up_run(const char *path, size_t at, const uint32_t last[RUN])
{
	for (size_t i = 0; i < nruns; i++)
		if (memcmp(runs[i].word, last, sizeof(runs[i].word)) == 0)
			report(path, at, runs[i].label);
}

static void
scan_words(const char *path, const uint8_t *data, size_t len)
{
	uint32_t last[RUN] = { 0 };
	size_t end = 0, from;

	for (size_t i = 0; i < len; i++) {
		if (!isalpha(data[i]))
			continue;
		for (from = i; i < len && isalpha(data[i]); i++)
			;
		if (from - end > GAP_MAX)
			memset(last, 0, sizeof(last));
		end = i;
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[RUN - 1] = letters(data + from, i - from);
		if (last[0] != 0 && last[RUN - 1] != 0)
			look_up_run(path, from, last);
	}
}

/* Its end is followed by zeros, so that a window never ends behind it. */
static void
scan_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t have = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		die("%s: %s", path, strerror(errno));
	if ((data = calloc(1, (size_t)st.st_size + WINDOW_MAX)) == NULL)
		die("out of memory");
	while ((n = read(fd, data + have, (size_t)st.st_size - have)) > 0)
		have += (size_t)n;
	close(fd);
	scan_bytes(path, data, have + WINDOW_MAX);
	scan_words(path, data, have);
	free(data);
}

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "watch") == 0)
		return watch(argv[2], argv + 3);
	if (argc >= 4 && strcmp(argv[1], "needles") == 0)
		return needles_main(argc - 2, argv + 2);
	if (argc < 4 || strcmp(argv[1], "scan") != 0)
		die("watch, needles or scan");
	read_needles(argv[2]);
	for (int i = 3; i < argc; i++)
		scan_file(argv[i]);
	return found > 0;
}
