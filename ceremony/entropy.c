/* see entropy.h */
#include <string.h>

#include "ceremony/entropy.h"
#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/words.h"

/* --- what people add: FORMATS 5.7 in a table --- */

static const struct rng_people dice = {
	.word = "dice", .how = "Roll dice", .many = "rolls", .one = "roll",
	.alphabet = "123456", .is = "a digit of 1 to 6",
	.mixed = 50, /* 129 bits */
	.alone = 100, /* 258 bits */
	.most = 2,
	.uneven = "one face on more than half of the rolls: no fair die gives "
	    "that",
	.pattern = "the rolls repeat one block throughout: no fair die gives "
	    "that",
};
static const struct rng_people coins = {
	.word = "coins", .how = "Toss coins", .many = "tosses", .one = "toss",
	.alphabet = "01", .also = "htHT", .as = "1010",
	.is = "h or t (or 1 or 0)",
	.mixed = 128, .alone = 256, /* bits */
	.most = 3,
	.uneven = "one side on more than three quarters of the tosses: no "
	    "fair coin gives that",
	.pattern = "the tosses repeat one block throughout: no fair coin "
	    "gives that",
};
static const struct rng_people text = {
	.word = "text", .how = "Type text that nobody could guess",
	.many = "characters", .one = "character",
	.alphabet = NULL, .is = "printable ASCII",
	.mixed = 128, /* prose has about a bit each; it is mixed in, no more */
	.alone = 0, .most = 2,
	.uneven = "one character is more than half of the text: nobody types "
	    "that by chance",
	.pattern = "the text repeats one block throughout: nobody types that "
	    "by chance",
};

/* What a seed is made of, by the word that plan and record have for it. */
static const struct origin {
	const char *word;
	bool system; /* the machine's part; its digest is on paper */
	const struct rng_people *people; /* NULL: they add nothing */
} origins[] = {
	{ "system", true, NULL },
	{ "system+dice", true, &dice },
	{ "dice-only", false, &dice },
	{ "system+coins", true, &coins },
	{ "coins-only", false, &coins },
	{ "system+text", true, &text },
};
static const struct origin rehearsed = { "public rehearsal seed", false,
	NULL };

/* For the facts that count: each kind has one. */
static const struct rng_people *const kinds[] = { &dice, &coins, &text };
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct origin *
origin_of(const char *word)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (strcmp(origins[i].word, word) == 0)
			return &origins[i];
	}
	return &origins[0];
}

/* How many it takes: alone they are all there is. */
static size_t
least(const struct origin *from)
{
	return from->system ? from->people->mixed : from->people->alone;
}

/* No digest of what people add is ever kept, for it could be the seed: an HMAC
 * under a key that the seed gives (RULES C8). */
static enum status
mac_key(const struct secret *seed, struct secret **key, struct diag *d)
{
	enum status rc;

	TRY(secret_new(SHA256_LEN, key, d));
	TRY(derive_label(seed, "people-mac", secret_bytes(*key), SHA256_LEN,
	    d));
out:
	return rc;
}

static void
people_mac(const struct secret *key, const struct secret *people,
    char hex[2 * SHA256_LEN + 1])
{
	uint8_t mac[SHA256_LEN];

	hash_hmac_sha256(secret_peek(key), SHA256_LEN, secret_peek(people),
	    secret_len(people), mac);
	text_hex(mac, sizeof(mac), hex);
}

/* As typed, without blanks and in one spelling, and neither too little nor
 * what chance does not give. */
static enum status
take(const struct origin *from, const struct secret *typed,
    struct secret **out, struct diag *d)
{
	enum status rc;

	TRY(rng_people_take(from->people, typed, 0, out, d));
	TRY(rng_people_check(from->people, *out, least(from), d));
out:
	if (rc != ST_OK) {
		secret_free(*out);
		*out = NULL;
	}
	return rc;
}

static enum status
ask_people(const struct front *front, const char *root,
    const struct origin *from, struct secret **people, struct diag *d)
{
	struct secret *typed = NULL;
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(front->ask_people(front, from->people, root, least(from),
		    &typed, d));
		diag_clear(&why);
		rc = take(from, typed, people, &why);
		secret_free(typed);
		typed = NULL;
		if (rc == ST_OK || rc == ST_SYSTEM)
			break;
		if (!front->refused(front, &why))
			break;
	}
	if (rc != ST_OK)
		FAIL(d, why.code, "%s", why.text);
out:
	return rc;
}

/* The system's 32 bytes, their words on paper before anyone adds to them. */
static enum status
draw_system(const struct front *front, const char *root, struct secret **out,
    struct facts *facts, struct diag *d)
{
	uint8_t commit[SHA384_LEN];
	char hex[SHA384_HEX_SIZE];
	struct bytes what = { 0 };
	enum status rc;

	TRY(secret_new(SEED_LEN, out, d));
	rng_fill(secret_bytes(*out), SEED_LEN);
	TRY(rng_seed_commit(*out, commit, d));
	text_hex(commit, sizeof(commit), hex);
	TRY(facts_set(facts, d, "system", "%s", hex));
	TRY(text_format(&what, d, "system entropy of root %s", root));
	TRY(front->note_words(front, (const char *)what.data, WORDS_SHORT,
	    commit, d));
out:
	bytes_free(&what);
	return rc;
}

static enum status
draw_real(const struct front *front, const char *root,
    const struct origin *from, struct secret **seed,
    struct secret **people, struct facts *facts, struct diag *d)
{
	struct secret *system = NULL;
	enum status rc;

	if (from->system)
		TRY(draw_system(front, root, &system, facts, d));
	if (from->people != NULL)
		TRY(ask_people(front, root, from, people, d));
	if (from->system)
		TRY(rng_seed_mix(system, *people, seed, d));
	else
		TRY(rng_people_seed(*people, seed, d));
out:
	secret_free(system);
	return rc;
}

/* How many, and their HMAC. */
static enum status
say_people(const struct origin *from, const struct secret *seed,
    const struct secret *people, struct facts *facts, struct diag *d)
{
	char mac[2 * SHA256_LEN + 1];
	struct secret *key = NULL;
	enum status rc;

	TRY(mac_key(seed, &key, d));
	people_mac(key, people, mac);
	TRY(facts_set(facts, d, from->people->many, "%zu",
	    secret_len(people)));
	TRY(facts_set(facts, d, "people-mac", "%s", mac));
out:
	secret_free(key);
	return rc;
}

enum status
entropy_draw(const struct plan *plan, const struct front *front,
    const char *root, size_t nth, struct secret **seed,
    struct secret **people, struct facts *facts, struct diag *d)
{
	const struct origin *from = origin_of(plan->entropy);
	enum status rc;

	*seed = NULL;
	*people = NULL;
	if (plan->mode != MODE_PRODUCTION) {
		if (from->people != NULL)
			TRY(ask_people(front, root, from, people, d));
		TRY(facts_set(facts, d, "entropy", "%s", rehearsed.word));
		TRY(derive_rehearsal_seed((unsigned)nth, seed, d));
		return ST_OK;
	}
	TRY(facts_set(facts, d, "entropy", "%s", plan->entropy));
	TRY(draw_real(front, root, from, seed, people, facts, d));
	if (*people != NULL)
		TRY(say_people(from, *seed, *people, facts, d));
out:
	if (rc != ST_OK) {
		secret_free(*seed);
		secret_free(*people);
		*seed = *people = NULL;
	}
	return rc;
}

/* The system's part, worked back out of the seed, has the recorded digest. */
static enum status
check_system(const struct secret *seed, const struct secret *people,
    const char *want, struct diag *d)
{
	struct secret *system = NULL;
	uint8_t commit[SHA384_LEN];
	char hex[SHA384_HEX_SIZE];
	enum status rc;

	TRY(rng_seed_unmix(seed, people, &system, d));
	TRY(rng_seed_commit(system, commit, d));
	text_hex(commit, sizeof(commit), hex);
	if (strcmp(hex, want) != 0)
		FAIL(d, ST_AUTH, "FORMATS 5.8: the seed is not the system's "
		    "part, as noted, mixed with what people added");
out:
	secret_free(system);
	return rc;
}

/* ${*all} and one line more of such a kind.  ST_FORMAT: it is of another. */
static enum status
add_line(const struct rng_people *kind, const struct secret *line,
    struct secret **all, struct diag *d)
{
	const size_t had = *all == NULL ? 0 : secret_len(*all);
	struct secret *more = NULL, *both = NULL;
	enum status rc;

	TRY(rng_people_take(kind, line, had, &more, d));
	if (had + secret_len(more) > RNG_PEOPLE_MAX)
		FAIL(d, ST_FORMAT, "more than people can add");
	TRY(secret_new(had + secret_len(more), &both, d));
	if (had > 0)
		memcpy(secret_bytes(both), secret_peek(*all), had);
	memcpy(secret_bytes(both) + had, secret_peek(more), secret_len(more));
	secret_free(*all);
	*all = both;
out:
	secret_free(more);
	return rc;
}

/* The lines from this one on, as many as it takes to have the HMAC of record;
 * ${*out} is NULL if they never have it. */
static enum status
find_from(const struct rng_people *kind, const struct secret *key,
    const struct digits *people, size_t first, const char *mac,
    struct secret **out, struct diag *d)
{
	struct secret *all = NULL;
	char hex[2 * SHA256_LEN + 1];
	struct diag why = { 0 };
	enum status rc = ST_OK;

	for (size_t i = first; i < people->n && *out == NULL; i++) {
		rc = add_line(kind, people->line[i], &all, &why);
		if (rc != ST_OK)
			break;
		people_mac(key, all, hex);
		if (strcmp(hex, mac) == 0) {
			*out = all;
			all = NULL;
		}
	}
	secret_free(all);
	if (rc == ST_SYSTEM)
		return diag_set(d, rc, "%s", why.text);
	return ST_OK;
}

static enum status
find_lines(const struct rng_people *kind, const struct secret *seed,
    const struct digits *people, const char *mac, struct secret **out,
    struct diag *d)
{
	struct secret *key = NULL;
	enum status rc;

	TRY(mac_key(seed, &key, d));
	for (size_t i = 0; i < people->n && *out == NULL; i++)
		TRY(find_from(kind, key, people, i, mac, out, d));
	if (*out == NULL)
		FAIL(d, ST_AUTH, "FORMATS 5.8: these are not the %s that "
		    "people added", kind->many);
out:
	secret_free(key);
	return rc;
}

/* As many as the record says. */
static enum status
check_count(const struct rng_people *kind, const struct secret *people,
    const struct facts *facts, struct diag *d)
{
	uint64_t n = 0;

	if (facts_number(facts, kind->many, 0, UINT32_MAX, &n, NULL) ==
	    ST_OK && n == secret_len(people))
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 5.8: people added %zu %s, which "
	    "is not what the record says", secret_len(people), kind->many);
}

/* The seed is what they alone give. */
static enum status
check_alone(const struct rng_people *kind, const struct secret *seed,
    const struct secret *people, struct diag *d)
{
	struct secret *again = NULL;
	enum status rc;

	TRY(rng_people_seed(people, &again, d));
	if (!secret_equal(again, seed))
		FAIL(d, ST_AUTH, "FORMATS 5.8: the seed is not what the %s "
		    "give", kind->word);
out:
	secret_free(again);
	return rc;
}

enum status
entropy_again(const struct secret *seed, const struct digits *people,
    const struct facts *facts, bool *told, struct diag *d)
{
	const char *mac = facts_get(facts, "people-mac");
	const char *system = facts_get(facts, "system");
	const char *word = facts_get(facts, "entropy");
	const struct rng_people *kind =
	    origin_of(word == NULL ? "" : word)->people;
	struct secret *added = NULL;
	enum status rc = ST_OK;

	*told = mac == NULL || people->n > 0;
	if (!*told)
		return ST_OK;
	if ((mac != NULL) != (kind != NULL))
		FAIL(d, ST_AUTH, "FORMATS 5.8: the HMAC is of entropy that "
		    "has none");
	if (kind != NULL) {
		TRY(find_lines(kind, seed, people, mac, &added, d));
		TRY(check_count(kind, added, facts, d));
	}
	if (system != NULL)
		TRY(check_system(seed, added, system, d));
	else if (kind != NULL)
		TRY(check_alone(kind, seed, added, d));
out:
	secret_free(added);
	return rc;
}

/* --- what a record says of it --- */

/* What belongs to another origin. */
static enum status
check_absent(const struct facts *f, const char *key, struct diag *d)
{
	if (facts_count(f, key) == 0)
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 5.8: %s is said, of entropy that "
	    "has none", key);
}

static enum status
check_hex(const struct facts *f, const char *key, size_t len, struct diag *d)
{
	const char *is = facts_get(f, key);
	uint8_t raw[SHA384_LEN];

	if (is != NULL && text_unhex(is, raw, len, NULL) == ST_OK)
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 5.8: %s is not %zu bytes in hex",
	    key, len);
}

static enum status
check_people(const struct facts *f, const struct origin *from, struct diag *d)
{
	uint64_t n;
	enum status rc;

	for (size_t i = 0; i < NKINDS; i++) {
		if (kinds[i] != from->people)
			TRY(check_absent(f, kinds[i]->many, d));
	}
	if (from->people == NULL)
		return check_absent(f, "people-mac", d);
	if (facts_number(f, from->people->many, least(from), UINT32_MAX, &n,
	    NULL) != ST_OK)
		FAIL(d, ST_AUTH, "FORMATS 5.8: %s is not a number from %zu "
		    "on", from->people->many, least(from));
	TRY(check_hex(f, "people-mac", SHA256_LEN, d));
out:
	return rc;
}

enum status
entropy_check(const struct plan *plan, const struct facts *facts,
    struct diag *d)
{
	const struct origin *from = plan->mode == MODE_PRODUCTION ?
	    origin_of(plan->entropy) : &rehearsed;
	const char *is = facts_get(facts, "entropy");
	enum status rc;

	if (is == NULL || strcmp(is, from->word) != 0)
		FAIL(d, ST_AUTH, "FORMATS 5.8: the seed is of \"%.40s\", and "
		    "the plan says \"%s\"", is == NULL ? "" : is,
		    from->word);
	TRY(check_people(facts, from, d));
	if (from->system)
		TRY(check_hex(facts, "system", SHA384_LEN, d));
	else
		TRY(check_absent(facts, "system", d));
out:
	return rc;
}
