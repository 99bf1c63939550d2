/* see entropy.h */
#include <string.h>

#include "ceremony/entropy.h"
#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/words.h"

/* What a seed is made of, by the word that plan and record have for it. */
static const struct origin {
	const char *word;
	bool system; /* the machine's part; its digest is on paper */
	size_t rolls; /* of people's dice, at least; 0: none */
} origins[] = {
	{ "system", true, 0 },
	{ "system+dice", true, ENTROPY_DICE_MIN },
	{ "dice-only", false, ENTROPY_DICE_ONLY_MIN },
};
static const struct origin rehearsed = { "public rehearsal seed", false, 0 };

static const struct origin *
origin_of(const char *word)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (strcmp(origins[i].word, word) == 0)
			return &origins[i];
	}
	return &origins[0];
}

/* No digest of the digits is ever kept, for it could be the seed: an HMAC
 * under a key that the seed gives (RULES C8). */
static enum status
people_mac(const struct secret *seed, const struct secret *people,
    char hex[2 * SHA256_LEN + 1], struct diag *d)
{
	struct secret *key = NULL;
	uint8_t mac[SHA256_LEN];
	enum status rc;

	TRY(secret_new(SHA256_LEN, &key, d));
	TRY(derive_label(seed, "people-mac", secret_bytes(key), SHA256_LEN,
	    d));
	hash_hmac_sha256(secret_peek(key), SHA256_LEN, secret_peek(people),
	    secret_len(people), mac);
	text_hex(mac, sizeof(mac), hex);
out:
	secret_free(key);
	return rc;
}

static enum status
ask_people(const struct front *front, const char *root, size_t min,
    struct secret **dice, struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(front->ask_dice(front, root, min, dice, d));
		diag_clear(&why);
		if (rng_dice_check(*dice, min, &why) == ST_OK)
			return ST_OK;
		secret_free(*dice);
		*dice = NULL;
		if (!front->refused(front, &why))
			FAIL(d, why.code, "%s", why.text);
	}
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
    const struct origin *from, struct secret **seed, struct secret **dice,
    struct facts *facts, struct diag *d)
{
	struct secret *system = NULL;
	enum status rc;

	if (from->system)
		TRY(draw_system(front, root, &system, facts, d));
	if (from->rolls > 0)
		TRY(ask_people(front, root, from->rolls, dice, d));
	if (from->system)
		TRY(rng_seed_mix(system, *dice, seed, d));
	else
		TRY(rng_dice_seed(*dice, seed, d));
out:
	secret_free(system);
	return rc;
}

enum status
entropy_draw(const struct plan *plan, const struct front *front,
    const char *root, size_t nth, struct secret **seed, struct secret **dice,
    struct facts *facts, struct diag *d)
{
	const struct origin *from = origin_of(plan->entropy);
	char mac[2 * SHA256_LEN + 1];
	enum status rc;

	*seed = NULL;
	*dice = NULL;
	if (plan->mode != MODE_PRODUCTION) {
		if (from->rolls > 0)
			TRY(ask_people(front, root, from->rolls, dice, d));
		TRY(facts_set(facts, d, "entropy", "%s", rehearsed.word));
		TRY(derive_rehearsal_seed((unsigned)nth, seed, d));
		return ST_OK;
	}
	TRY(facts_set(facts, d, "entropy", "%s", plan->entropy));
	TRY(draw_real(front, root, from, seed, dice, facts, d));
	if (*dice != NULL) {
		TRY(people_mac(*seed, *dice, mac, d));
		TRY(facts_set(facts, d, "rolls", "%zu", secret_len(*dice)));
		TRY(facts_set(facts, d, "people-mac", "%s", mac));
	}
out:
	if (rc != ST_OK) {
		secret_free(*seed);
		secret_free(*dice);
		*seed = *dice = NULL;
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

/* The line of which the record keeps this HMAC. */
static enum status
find_line(const struct secret *seed, const struct digits *people,
    const char *mac, const struct secret **out, struct diag *d)
{
	char hex[2 * SHA256_LEN + 1];
	enum status rc;

	for (size_t i = 0; i < people->n; i++) {
		TRY(people_mac(seed, people->line[i], hex, d));
		if (strcmp(hex, mac) != 0)
			continue;
		*out = people->line[i];
		return ST_OK;
	}
	FAIL(d, ST_AUTH, "FORMATS 5.8: these are not the digits that people "
	    "added");
out:
	return rc;
}

/* As many as the record says. */
static enum status
check_count(const struct secret *dice, const struct facts *facts,
    struct diag *d)
{
	uint64_t n = 0;

	if (facts_number(facts, "rolls", 0, UINT32_MAX, &n, NULL) == ST_OK &&
	    n == secret_len(dice))
		return ST_OK;
	return diag_set(d, ST_AUTH, "FORMATS 5.8: people rolled %zu times, "
	    "which is not what the record says", secret_len(dice));
}

/* The seed is what the dice alone give. */
static enum status
check_dice(const struct secret *seed, const struct secret *dice,
    struct diag *d)
{
	struct secret *again = NULL;
	enum status rc;

	TRY(rng_dice_seed(dice, &again, d));
	if (!secret_equal(again, seed))
		FAIL(d, ST_AUTH, "FORMATS 5.8: the seed is not what the dice "
		    "give");
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
	const struct secret *dice = NULL;
	enum status rc = ST_OK;

	*told = mac == NULL || people->n > 0;
	if (!*told)
		return ST_OK;
	if (mac != NULL)
		TRY(find_line(seed, people, mac, &dice, d));
	if (mac != NULL)
		TRY(check_count(dice, facts, d));
	if (system != NULL)
		TRY(check_system(seed, dice, system, d));
	else if (dice != NULL) /* nothing but dice */
		TRY(check_dice(seed, dice, d));
out:
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
check_people(const struct facts *f, size_t rolls, struct diag *d)
{
	uint64_t n;
	enum status rc;

	if (rolls == 0) {
		TRY(check_absent(f, "rolls", d));
		return check_absent(f, "people-mac", d);
	}
	if (facts_number(f, "rolls", rolls, UINT32_MAX, &n, NULL) != ST_OK)
		FAIL(d, ST_AUTH, "FORMATS 5.8: rolls is not a number from %zu "
		    "on", rolls);
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
	TRY(check_people(facts, from->rolls, d));
	if (from->system)
		TRY(check_hex(facts, "system", SHA384_LEN, d));
	else
		TRY(check_absent(facts, "system", d));
out:
	return rc;
}
