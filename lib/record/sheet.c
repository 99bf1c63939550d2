/* see sheet.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/record/sheet.h"

void
sheet_commitment(const uint8_t salt[SHA256_LEN],
    const struct secret *canonical, uint8_t out[SHA256_LEN])
{
	hash_hmac_sha256(salt, SHA256_LEN, secret_peek(canonical),
	    secret_len(canonical), out);
}

void
sheet_check_words(const uint8_t commitment[SHA256_LEN], char out[32])
{
	const uint32_t bits = (uint32_t)commitment[0] << 24 |
	    (uint32_t)commitment[1] << 16 | (uint32_t)commitment[2] << 8 |
	    commitment[3];

	snprintf(out, 32, "%s %s %s", slip39_word(bits >> 22),
	    slip39_word(bits >> 12 & 1023), slip39_word(bits >> 2 & 1023));
}

const char *
sheet_found_word(enum sheet_found found)
{
	static const char *const words[SHEET_FOUND_MAX] = { "good", "absent",
		"missing", "damaged" };

	return words[found];
}

void
sheet_set_clear(struct sheet_set *s)
{
	if (s == NULL)
		return;
	free(s->sheets);
	memset(s, 0, sizeof(*s));
}
