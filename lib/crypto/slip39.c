/* see slip39.h */
#include <string.h>

#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_points.h"
#include "lib/crypto/slip39_text.h"

#define ID_MAX 0x7fff

/* FORMATS 4.2, for one group; ${number} is 1.. */
static enum status
check_group(const struct slip39_group *g, unsigned number, struct diag *d)
{
	if (g->members == 0 || g->members > SLIP39_MEMBERS_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 4.2: group %u has %d "
		    "members where 1 to %d can be", number, g->members,
		    SLIP39_MEMBERS_MAX);
	if (g->need == 0)
		return diag_set(d, ST_POLICY, "FORMATS 4.2: group %u needs "
		    "nobody: that protects nothing", number);
	if (g->need > g->members)
		return diag_set(d, ST_POLICY, "FORMATS 4.2: group %u needs %d "
		    "of %d members", number, g->need, g->members);
	if (g->need == 1 && g->members > 1)
		return diag_set(d, ST_POLICY, "FORMATS 4.2: group %u needs 1 "
		    "of %d members: all would hold the same words", number,
		    g->members);
	return ST_OK;
}

enum status
slip39_scheme_check(const struct slip39_scheme *s, struct diag *d)
{
	enum status rc;

	if (s->groups == 0 || s->groups > SLIP39_GROUPS_MAX)
		FAIL(d, ST_POLICY, "FORMATS 4.2: %d groups where 1 to %d can "
		    "be", s->groups, SLIP39_GROUPS_MAX);
	if (s->need == 0)
		FAIL(d, ST_POLICY, "FORMATS 4.2: no group is needed: that "
		    "protects nothing");
	if (s->need > s->groups)
		FAIL(d, ST_POLICY, "FORMATS 4.2: %d of %d groups are needed",
		    s->need, s->groups);
	if (s->exponent > SLIP39_EXPONENT_MAX)
		FAIL(d, ST_POLICY, "FORMATS 4.2: exponent %d is above %d",
		    s->exponent, SLIP39_EXPONENT_MAX);
	for (unsigned i = 0; i < s->groups; i++)
		TRY(check_group(&s->group[i], i + 1, d));
	for (unsigned i = 0; i < s->groups; i++)
		if (s->need == 1 && s->group[i].need == 1)
			FAIL(d, ST_POLICY, "FORMATS 4.2: the share of group "
			    "%u opens alone: that protects nothing", i + 1);
	rc = ST_OK;
out:
	return rc;
}

/* The mnemonics of one group, whose value is ${value}. */
static enum status
split_group(const uint8_t *value, struct slip39_share *share,
    const struct slip39_group *g, const struct slip39_source *source,
    struct slip39_set *set, struct diag *d)
{
	const size_t len = secret_len(share->value);
	struct secret *members = NULL;
	enum status rc;

	TRY(secret_new(g->members * len, &members, d));
	TRY(slip39_points_split(value, len, g->need, g->members, source,
	    secret_bytes(members), d));
	share->need = g->need;
	for (uint8_t i = 0; i < g->members; i++) {
		share->member = i;
		memcpy(secret_bytes(share->value),
		    secret_peek(members) + i * len, len);
		TRY(slip39_text_write(share, &set->mnemonic[set->n], d));
		set->n++;
	}
	rc = ST_OK;
out:
	secret_free(members);
	return rc;
}

enum status
slip39_split(const struct secret *ems, const struct slip39_scheme *scheme,
    uint16_t id, const struct slip39_source *source, struct slip39_set *out,
    struct diag *d)
{
	const size_t len = secret_len(ems);
	struct secret *groups = NULL;
	struct slip39_share share = {
		.id = id,
		.extendable = scheme->extendable,
		.exponent = scheme->exponent,
		.group_need = scheme->need,
		.groups = scheme->groups,
	};
	enum status rc;

	*out = (struct slip39_set){ .scheme = *scheme, .id = id };
	TRY(slip39_scheme_check(scheme, d));
	if (len < SLIP39_SECRET_MIN || len > SLIP39_SECRET_MAX || len % 2 != 0)
		FAIL(d, ST_POLICY, "FORMATS 4.1: a secret of %zu bytes is not "
		    "split", len);
	if (id > ID_MAX)
		FAIL(d, ST_BUG, "a set's id is out of bounds");

	/* first over the groups, then each group over its members */
	TRY(secret_new(scheme->groups * len, &groups, d));
	TRY(secret_new(len, &share.value, d));
	TRY(slip39_points_split(secret_peek(ems), len, scheme->need,
	    scheme->groups, source, secret_bytes(groups), d));
	for (uint8_t i = 0; i < scheme->groups; i++) {
		share.group = i;
		TRY(split_group(secret_peek(groups) + i * len, &share,
		    &scheme->group[i], source, out, d));
	}
	rc = ST_OK;
out:
	if (rc != ST_OK)
		slip39_set_clear(out);
	secret_free(share.value);
	secret_free(groups);
	return rc;
}

void
slip39_set_clear(struct slip39_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		secret_free(set->mnemonic[i]);
	*set = (struct slip39_set){ 0 };
}
