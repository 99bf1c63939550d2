/* see entropy.h */
#include <string.h>

#include "ceremony/entropy.h"
#include "lib/base/text.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/words.h"

static enum entropy_kind
kind_of(const char *word)
{
	if (strcmp(word, "system+dice") == 0)
		return ENTROPY_DICE;
	if (strcmp(word, "dice-only") == 0)
		return ENTROPY_DICE_ONLY;
	return ENTROPY_SYSTEM;
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
ask_people(const struct front *front, const char *root,
    enum entropy_kind kind, struct secret **dice, struct diag *d)
{
	const size_t min = kind == ENTROPY_DICE_ONLY ? ENTROPY_DICE_ONLY_MIN :
						       ENTROPY_DICE_MIN;
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
    enum entropy_kind kind, struct secret **seed, struct secret **dice,
    struct facts *facts, struct diag *d)
{
	struct secret *system = NULL;
	enum status rc;

	if (kind != ENTROPY_DICE_ONLY)
		TRY(draw_system(front, root, &system, facts, d));
	if (kind != ENTROPY_SYSTEM)
		TRY(ask_people(front, root, kind, dice, d));
	if (kind == ENTROPY_DICE_ONLY)
		TRY(rng_dice_seed(*dice, seed, d));
	else
		TRY(rng_seed_mix(system, *dice, seed, d));
out:
	secret_free(system);
	return rc;
}

enum status
entropy_draw(const struct plan *plan, const struct front *front,
    const char *root, size_t nth, struct secret **seed, struct secret **dice,
    struct facts *facts, struct diag *d)
{
	const enum entropy_kind kind = kind_of(plan->entropy);
	char mac[2 * SHA256_LEN + 1];
	enum status rc;

	*seed = NULL;
	*dice = NULL;
	if (plan->mode != MODE_PRODUCTION) {
		if (kind != ENTROPY_SYSTEM)
			TRY(ask_people(front, root, kind, dice, d));
		TRY(facts_set(facts, d, "entropy", "public rehearsal seed"));
		TRY(derive_rehearsal_seed((unsigned)nth, seed, d));
		return ST_OK;
	}
	TRY(facts_set(facts, d, "entropy", "%s", plan->entropy));
	TRY(draw_real(front, root, kind, seed, dice, facts, d));
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
	const char *kind = facts_get(facts, "entropy");
	const struct secret *dice = NULL;
	enum status rc = ST_OK;

	*told = mac == NULL || people->n > 0;
	if (!*told)
		return ST_OK;
	if (mac != NULL)
		TRY(find_line(seed, people, mac, &dice, d));
	if (system != NULL)
		TRY(check_system(seed, dice, system, d));
	if (kind != NULL && strcmp(kind, "dice-only") == 0 && dice != NULL)
		TRY(check_dice(seed, dice, d));
out:
	return rc;
}
