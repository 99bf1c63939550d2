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

const struct sheet *
sheet_of_words(const struct sheet_set *set, const struct secret *canonical)
{
	uint8_t is[SHA256_LEN];

	sheet_commitment(set->salt, canonical, is);
	for (size_t i = 0; i < set->n; i++) {
		if (memcmp(set->sheets[i].commitment, is, sizeof(is)) == 0)
			return &set->sheets[i];
	}
	return NULL;
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

/* --- what became of them --- */

bool
sheet_written(const struct sheet_set *s, size_t i)
{
	const bool whole = s->fate == SET_LIVE || s->fate == SET_REPLACED;

	return i < s->n && (whole || i <= s->proven);
}

bool
sheet_reason_loses(const char *reason)
{
	return strcmp(reason, "damaged") != 0;
}

bool
sheet_there(const struct sheet_set *s, size_t i)
{
	return sheet_written(s, i) && s->sheets[i].destroyed == 0;
}

bool
sheet_amiss(const struct sheet *s)
{
	return s->checked > s->proven && s->found != SHEET_GOOD;
}

bool
sheet_loose(const struct sheet_set *s, size_t i)
{
	return s->sheets[i].lost > 0 ||
	    (s->fate != SET_LIVE && sheet_there(s, i));
}

size_t
sheet_set_loose(const struct sheet_set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += sheet_loose(s, i);
	return n;
}

bool
sheet_set_opens(const struct sheet_set *s, const bool *without)
{
	unsigned have[SLIP39_GROUPS_MAX] = { 0 }, full = 0;

	for (size_t i = 0; i < s->n; i++)
		have[s->sheets[i].group] += sheet_there(s, i) &&
		    (without == NULL || !without[i]);
	for (size_t g = 0; g < s->scheme.groups; g++)
		full += have[g] >= s->scheme.group[g].need;
	return full >= s->scheme.need;
}

/* The groups with the smallest thresholds, as many as are needed. */
unsigned
sheet_set_quorum(const struct sheet_set *s)
{
	bool taken[SLIP39_GROUPS_MAX] = { false };
	unsigned sum = 0;
	size_t best;

	for (unsigned k = 0; k < s->scheme.need; k++) {
		best = s->scheme.groups;
		for (size_t g = 0; g < s->scheme.groups; g++) {
			if (!taken[g] && (best == s->scheme.groups ||
			    s->scheme.group[g].need <
			    s->scheme.group[best].need))
				best = g;
		}
		if (best == s->scheme.groups)
			break;
		taken[best] = true;
		sum += s->scheme.group[best].need;
	}
	return sum;
}

static const char *
group_name(const struct sheet_set *s, size_t group)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->sheets[i].group == group)
			return s->sheets[i].group_name;
	}
	return "?";
}

void
sheet_set_may_survive(const struct sheet_set *s,
    char out[SHEET_SURVIVE_SIZE])
{
	const unsigned groups = s->scheme.groups;
	const unsigned broken = groups - s->scheme.need + 1;
	size_t at = 0;

	out[0] = '\0';
	if (broken < groups)
		at = (size_t)snprintf(out, SHEET_SURVIVE_SIZE, "in %u of the "
		    "%u groups or more, ", broken, groups);
	for (size_t g = 0; g < groups && at < SHEET_SURVIVE_SIZE; g++)
		at += (size_t)snprintf(out + at, SHEET_SURVIVE_SIZE - at,
		    "%sof group %s at most %u of %u", g == 0 ? "" : ", ",
		    group_name(s, g), s->scheme.group[g].need - 1u,
		    s->scheme.group[g].members);
}

void
sheet_line(const struct sheet_set *s, size_t i, char out[SHEET_LINE_SIZE])
{
	const struct sheet *sheet = &s->sheets[i];

	snprintf(out, SHEET_LINE_SIZE, "sheet %u of root %s, epoch %u, "
	    "%s%s%s, group %s", sheet->number, s->root, s->epoch,
	    sheet->holder, sheet->place[0] == '\0' ? "" : " at ",
	    sheet->place, sheet->group_name);
}
