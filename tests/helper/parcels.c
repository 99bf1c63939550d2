/* parcels N [SEED]: N mutants of good parcels, each of other bytes than the
 * good one, through parcel_read, parcel_check and parcel_policy.
 *
 * Of what is taken, the digest is that of the bytes, each file has the SHA-256
 * that its line says by another library, names are in order and closed, and a
 * good parcel's digest comes with that parcel's files only.  Memory grows by
 * less than MEMORY_MAX.  Prints counts; exit 1 at the first lie. */
#include <sys/resource.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/ec.h>
#include <sodium.h>

#include "lib/record/parcel.h"
#include "tests/support/pkix.h"

/* What is freed stays in quarantine under the sanitizer: not much of it. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}

#define GOOD 4
#define MEMORY_MAX 65536 /* KiB, over all mutants */
#define MUTANT_MAX ((size_t)65536) /* bytes */

static struct bytes good[GOOD];
static uint8_t ids[GOOD][SHA384_LEN];
static uint64_t random_state;

static uint64_t
draw(void) /* splitmix64 */
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t
below(size_t n)
{
	return n == 0 ? 0 : (size_t)(draw() % n);
}

static _Noreturn void
lie(const char *what)
{
	printf("LIE: %s\n", what);
	exit(1);
}

static void
make(size_t i, const char *purpose, const char *const *names,
    const struct bytes *const *data, size_t n, int64_t not_before)
{
	struct parcel_file file[64] = { { .len = 0 } };
	struct parcel p = { .not_before = not_before, .file = file, .n = n };
	struct diag d = { 0 };

	snprintf(p.purpose, sizeof(p.purpose), "%s", purpose);
	snprintf(p.from, sizeof(p.from), "firmware-team");
	for (size_t k = 0; k < n; k++) {
		snprintf(file[k].name, sizeof(file[k].name), "%s", names[k]);
		file[k].data = data[k]->data;
		file[k].len = data[k]->len;
	}
	if (parcel_seal(&p, &good[i], &d) != ST_OK)
		lie(d.text);
	memcpy(ids[i], p.id, SHA384_LEN);
}

static void
make_all(void)
{
	static const char *const two[] = { "a.csr", "B.csr" };
	static const char *const plan[] = { "plan.ini", "note.txt", "x.txt" };
	static const char *const result[] = { "a.crt", "g1.crl", "b.p7s" };
	static char name[40][16];
	const char *many[40];
	const struct bytes text = { (uint8_t *)(uintptr_t)"[x y]\n", 6 };
	const struct bytes none = { (uint8_t *)(uintptr_t)"", 0 };
	const struct bytes *lots[40];
	struct bytes request = { 0 };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct pkix x;

	pkix_request(key, "gateway", 7, "SHA256", &request);
	EVP_PKEY_free(key);
	pkix_make(&x, "ecdsa-p256");
	make(0, "request", two, (const struct bytes *[]) { &request, &request },
	    2, -1);
	make(1, "plan", plan, (const struct bytes *[]) { &text, &none, &text },
	    3, PKIX_FROM);
	make(2, "result", result, (const struct bytes *[]) { &x.leaf->der,
	    &x.list->der, &x.p7s }, 3, -1);
	for (size_t i = 0; i < 40; i++) {
		snprintf(name[i], sizeof(name[i]), "%06zu.line", i);
		many[i] = name[i];
		lots[i] = i % 3 == 0 ? &none : &text;
	}
	make(3, "countersign", many, lots, 40, -1);
	bytes_free(&request);
	pkix_free(&x);
}

/* --- mutants --- */

static void
cut_out(uint8_t *b, size_t *len)
{
	const size_t at = below(*len), n = below(*len - at + 1);

	memmove(b + at, b + at + n, *len - at - n);
	*len -= n;
}

static void
put_in(uint8_t *b, size_t *len, const uint8_t *from, size_t n)
{
	const size_t at = below(*len + 1);

	if (n > MUTANT_MAX - *len)
		return;
	memmove(b + at + n, b + at, *len - at);
	if (n > 0)
		memcpy(b + at, from, n);
	*len += n;
}

/* A whole line of the manifest, or of what looks like one. */
static void
double_line(uint8_t *b, size_t *len)
{
	size_t at = below(*len), n = 0;
	uint8_t keep[256];

	while (at > 0 && b[at - 1] != '\n')
		at--;
	while (n < sizeof(keep) && at + n < *len &&
	    (n == 0 || b[at + n - 1] != '\n'))
		n++;
	memcpy(keep, b + at, n);
	put_in(b, len, keep, n);
}

/* What a number, name or word could be instead. */
static void
put_text(uint8_t *b, size_t *len)
{
	static const char *const texts[] = { "0", "00", "-1", "4096", "4097",
		"16777216", "18446744073709551615", "../", "/", "\\", "MANIFEST",
		"# bytes: 0\n", "# files: 4096\n", "\n", "\r\n", "  ", "a.csr",
		"con.", "\xff\xfe", "# purpose: state\n", "%n%s" };
	const char *text = texts[below(sizeof(texts) / sizeof(texts[0]))];

	put_in(b, len, (const uint8_t *)text, strlen(text));
}

static void
mutate(uint8_t *b, size_t *len)
{
	const struct bytes *other = &good[below(GOOD)];
	size_t at, n;

	switch (below(9)) {
	case 0:
	case 1:
		if (*len > 0)
			b[below(*len)] ^= (uint8_t)(1U << below(8));
		break;
	case 2:
		if (*len > 0)
			b[below(*len)] = (uint8_t)draw();
		break;
	case 3:
		*len = below(*len + 1);
		break;
	case 4:
		cut_out(b, len);
		break;
	case 5:
		double_line(b, len);
		break;
	case 6:
		at = below(other->len);
		n = below(other->len - at < 400 ? other->len - at : 400);
		put_in(b, len, other->data + at, n);
		break;
	case 7:
		put_text(b, len);
		break;
	default: /* a digit for a digit: numbers and digests that are none */
		for (at = below(*len); at < *len; at++) {
			if (b[at] >= '0' && b[at] <= '9') {
				b[at] = (uint8_t)('0' + below(10));
				break;
			}
		}
	}
}

/* --- what was taken --- */

static void
judge(const uint8_t *b, size_t len, const struct parcel *p)
{
	uint8_t digest[SHA384_LEN], sum[crypto_hash_sha256_BYTES];
	const uint8_t *at = b + p->manifest_len;

	hash_sha384(b, p->manifest_len, digest);
	if (memcmp(digest, p->id, sizeof(digest)) != 0)
		lie("the digest is not that of the manifest");
	for (size_t i = 0; i < p->n; i++) {
		if (p->file[i].data != at || p->file[i].len >
		    (size_t)(b + len - at))
			lie("a file is not where it should be");
		crypto_hash_sha256(sum, at, p->file[i].len);
		if (memcmp(sum, p->file[i].sha256, sizeof(sum)) != 0)
			lie("a file has another digest");
		if (!parcel_is_name(p->file[i].name) || (i > 0 &&
		    strcasecmp(p->file[i - 1].name, p->file[i].name) >= 0))
			lie("a name is not to be had");
		at += p->file[i].len;
	}
	if (at != b + len)
		lie("something is left");
	for (size_t i = 0; i < GOOD; i++) {
		if (memcmp(p->id, ids[i], SHA384_LEN) == 0 &&
		    (len != good[i].len || memcmp(b, good[i].data, len) != 0))
			lie("a good parcel's digest, and other bytes");
	}
}

/* 0 refused, 1 taken as a good one, 2 taken as another parcel. */
static int
try_one(const uint8_t *from, size_t len)
{
	/* a block of exactly its length, so that a read past it is seen */
	uint8_t *b = malloc(len == 0 ? 1 : len);
	struct parcel p = { 0 };
	int taken = 0;
	enum status rc;

	if (b == NULL)
		lie("out of memory");
	memcpy(b, from, len);
	if ((rc = parcel_read("p", b, len, &p, NULL)) == ST_OK &&
	    (rc = parcel_check("p", &p, NULL)) == ST_OK &&
	    (rc = parcel_policy("p", &p, NULL)) == ST_OK) {
		judge(b, len, &p);
		taken = 2;
		for (size_t i = 0; i < GOOD; i++) {
			if (memcmp(p.id, ids[i], SHA384_LEN) == 0)
				taken = 1;
		}
	} else if (diag_exit(rc) != 1)
		lie("bytes from outside are no fault of the machine");
	parcel_clear(&p);
	free(b);
	return taken;
}

/* Other bytes than a good parcel's; how many. */
static size_t
make_mutant(uint8_t *b)
{
	const struct bytes *from = &good[below(GOOD)];
	size_t len;

	do {
		len = from->len;
		memcpy(b, from->data, len);
		for (size_t k = 1 + below(3); k > 0; k--)
			mutate(b, &len);
	} while (len == from->len && memcmp(b, from->data, len) == 0);
	return len;
}

static long
memory(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0;
}

int
main(int argc, char **argv)
{
	const unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long seen[3] = { 0 };
	static uint8_t b[MUTANT_MAX];
	void *none = NULL;
	long before;

	random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	if (n == 0 || pkix_start(&none) != 0)
		return 2;
	make_all();
	for (size_t i = 0; i < GOOD; i++) {
		if (try_one(good[i].data, good[i].len) != 1)
			lie("a good parcel is not taken");
	}
	before = memory();
	for (unsigned long i = 0; i < n; i++)
		seen[try_one(b, make_mutant(b))]++;
	printf("%lu mutants: %lu refused, %lu another parcel under its own "
	       "digest; at most %ld KiB, %ld more than before\n", n, seen[0],
	    seen[2], memory(), memory() - before);
	if (seen[1] > 0)
		lie("other bytes were taken for a good parcel");
	if (memory() - before > MEMORY_MAX)
		lie("memory is not bounded");
	for (size_t i = 0; i < GOOD; i++)
		bytes_free(&good[i]);
	return 0;
}
