/* histories.c -- bundles and offers on stdin, verdicts on stdout: what
 * tests/histories/histories.py compares with a model of its own.
 *
 *	history REAL     a new device; REAL 1: signatures are made and verified
 *	bundle ID ERA SEQ PREVIOUS NOTBEFORE NOTAFTER HORIZON K KN LEVEL ALONE
 *	    GLASS EXPIRY ARC MADE ANCHORS NEXT FORMER FLOORS
 *	offer ID NOW TRUSTED SIGNERS   says: yes|no ERA SEQ FLOOR alive|expired
 *
 * IDs count from 0; PREVIOUS is one, or -1 for none, or -2 for another's.
 * Keys are numbers of tests/support/bundles.h; lists have commas, "-" is an
 * empty one; FORMER is KEY or KEY! where revoked, FLOORS KEY:NUMBER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bundles.h"

#define BUNDLES_MAX 256 /* in a history */
#define FIELDS 20
#define LINE 4096

struct device {
	bool real;
	struct bundle *bundle[BUNDLES_MAX]; /* NULL: cannot be written */
	size_t n;
	bool begun;
	struct accept_state state;
};

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "histories: %s\n", what);
	exit(2);
}

/* The next of a list with commas; false at its end. */
static bool
next_of(char **list, char **word)
{
	if (*list == NULL || **list == '\0' || strcmp(*list, "-") == 0)
		return false;
	*word = strsep(list, ",");
	return true;
}

static unsigned
key_of(const char *word)
{
	const unsigned long k = strtoul(word, NULL, 10);

	need(k < BUNDLES_KEYS, "no such key");
	return (unsigned)k;
}

/* Anchors are the one thing that is borrowed here. */
static void
read_lists(struct bundle *b, char **f)
{
	char *w, *number;

	while (next_of(&f[15], &w))
		b->anchor[b->anchors++] = bundles_cert[key_of(w)];
	while (next_of(&f[16], &w))
		bundles_next(b, key_of(w));
	while (next_of(&f[17], &w))
		bundles_former(b, key_of(w), strchr(w, '!') != NULL);
	while (next_of(&f[18], &w)) {
		need((number = strchr(w, ':')) != NULL, "no floor");
		memcpy(b->floor[b->floors].issuer,
		    bundles_cert[key_of(w)]->ski, 20);
		b->floor[b->floors++].number = strtoull(number + 1, NULL, 10);
	}
}

static void
set_previous(const struct device *v, struct bundle *b, long id)
{
	b->first = id == -1;
	memset(b->previous, 0xee, SHA384_LEN);
	if (id >= 0 && (size_t)id < v->n && v->bundle[id] != NULL)
		memcpy(b->previous, v->bundle[id]->id, SHA384_LEN);
}

static void
drop(struct bundle *b)
{
	if (b != NULL)
		b->anchors = 0;
	bundle_free(b);
}

static void
take_bundle(struct device *v, char **f)
{
	long long n[14];
	struct bundle *b = NULL;

	need(v->n < BUNDLES_MAX, "too many bundles");
	for (size_t i = 0; i < 14; i++)
		n[i] = strtoll(f[i + 1], NULL, 10);
	need(bundle_new(&b, NULL) == ST_OK, "no memory");
	need(n[0] >= 0 && strtoul(f[0], NULL, 10) == v->n, "not the next id");
	b->era = (uint64_t)n[0];
	b->seq = (uint64_t)n[1];
	set_previous(v, b, (long)n[2]);
	b->not_before = n[3];
	b->not_after = n[4];
	b->horizon = n[5];
	b->threshold = (unsigned)n[6];
	b->next_threshold = (unsigned)n[7];
	b->level = (unsigned)n[8];
	b->succession = (enum bundle_succession)n[9];
	b->break_glass = n[10] != 0;
	b->expiry = (enum bundle_expiry)n[11];
	snprintf(b->arc, sizeof(b->arc), "%s%lld", PKIX_ARC, n[12]);
	b->no_head = true;
	b->plan[0] = (uint8_t)n[13];
	read_lists(b, f);
	if (bundle_seal(b, NULL) != ST_OK) {
		drop(b);
		b = NULL;
	}
	v->bundle[v->n++] = b;
}

/* With one over another bundle, and one that was spoilt, among them. */
static void
sign(const struct device *v, const struct bundle *b, const unsigned *keys,
    size_t n, struct accept_signers *by)
{
	struct bytes sig[ACCEPT_SIGNERS_MAX] = { { 0 } };
	size_t m = 0;

	bundles_sign(b, 0, &sig[m]);
	sig[m].data[sig[m].len - 1] ^= 1;
	m++;
	for (size_t i = 0; i < n; i++)
		bundles_sign(b, keys[i], &sig[m++]);
	need(bundle_signers(b, v->begun ? v->state.established : NULL, sig, m,
	    by, NULL) == ST_OK, "signatures could not be told");
	for (size_t i = 0; i < m; i++)
		bytes_free(&sig[i]);
}

static void
take_offer(struct device *v, char **f)
{
	const size_t id = strtoul(f[0], NULL, 10);
	struct accept_clock clock = { strtoll(f[1], NULL, 10),
		f[2][0] == '1' };
	struct accept_signers by = { .n = 0 };
	unsigned keys[ACCEPT_SIGNERS_MAX / 2];
	const struct bundle *b;
	enum status rc = ST_POLICY;
	size_t n = 0;
	char *w;

	need(id < v->n, "no such bundle");
	b = v->bundle[id];
	while (next_of(&f[3], &w)) {
		need(n < ACCEPT_SIGNERS_MAX / 2, "too many signers");
		keys[n++] = key_of(w);
	}
	if (b != NULL && v->real)
		sign(v, b, keys, n, &by);
	else
		bundles_by(&by, keys, n);
	if (b != NULL && v->begun)
		rc = accept_next(&v->state, b, &by, &clock, &v->state, NULL);
	else if (b != NULL)
		rc = accept_first(b, &by, &clock, &v->state, NULL);
	v->begun |= rc == ST_OK;
	if (!v->begun) {
		puts("no 0 0 0 expired");
		return;
	}
	printf("%s %llu %llu %lld %s\n", rc == ST_OK ? "yes" : "no",
	    (unsigned long long)v->state.last->era,
	    (unsigned long long)v->state.last->seq,
	    (long long)v->state.floor,
	    accept_alive(&v->state, &clock, NULL) == ST_OK ? "alive" :
	    "expired");
}

static void
forget(struct device *v)
{
	for (size_t i = 0; i < v->n; i++)
		drop(v->bundle[i]);
	memset(v, 0, sizeof(*v));
}

int
main(void)
{
	static struct device device;
	static char line[LINE];
	char *f[FIELDS], *rest, *verb;
	size_t n;

	pkix_start(NULL);
	bundles_start();
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rest = line;
		verb = strsep(&rest, " ");
		for (n = 0; rest != NULL && n < FIELDS; n++)
			f[n] = strsep(&rest, " ");
		if (strcmp(verb, "history") == 0 && n == 1) {
			forget(&device);
			device.real = f[0][0] == '1';
		} else if (strcmp(verb, "bundle") == 0 && n == 19) {
			take_bundle(&device, f);
		} else if (strcmp(verb, "offer") == 0 && n == 4) {
			take_offer(&device, f);
		} else {
			need(false, "a line that is none");
		}
	}
	forget(&device);
	bundles_stop();
	return 0;
}
