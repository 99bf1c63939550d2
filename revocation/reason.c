/* see reason.h */
#include <stddef.h>
#include <string.h>

#include "revocation/reason.h"

static const struct {
	const char *word;
	enum crl_reason reason;
} reasons[] = {
	{ "key-compromise", REASON_KEY_COMPROMISE },
	{ "affiliation-changed", REASON_AFFILIATION_CHANGED },
	{ "superseded", REASON_SUPERSEDED },
	{ "cessation", REASON_CESSATION },
};
#define NREASONS (sizeof(reasons) / sizeof(reasons[0]))

enum crl_reason
reason_read(const char *word)
{
	for (size_t i = 0; i < NREASONS; i++) {
		if (strcmp(reasons[i].word, word) == 0)
			return reasons[i].reason;
	}
	return REASON_UNSPECIFIED;
}

const char *
reason_word(enum crl_reason reason)
{
	for (size_t i = 0; i < NREASONS; i++) {
		if (reasons[i].reason == reason)
			return reasons[i].word;
	}
	return "?";
}
