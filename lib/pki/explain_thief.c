/* see explain.h: what the rules leave to who has stolen keys.  What they do not
 * leave is what the tests named here show. */
#include "lib/pki/explain.h"

/* clang-format off */
static const struct explain_thief thieves[] = {
	{ "no key, but the way to a device", TRAIT_REFUSES,
	    "keeps newer bundles and lists from it; then verification refuses",
	    END_EXPIRY, "RULES B8; tests/integration/37-verify-store.sh" },
	{ "no key, but the way to a device", TRAIT_WARNS,
	    "keeps newer bundles and lists from it; when this one has expired "
	    "it warns, and goes on", END_NEVER,
	    "RULES B8; tests/integration/37-verify-store.sh" },
	{ "fewer present roots than must sign", TRAIT_SEVERAL_SIGN,
	    "signs keys and lists in their names, and no bundle",
	    END_ESTABLISHED, "RULES B5; test_accept: "
	    "renewal_counts_keys_and_not_signatures" },
	{ "as many present roots as must sign", TRAIT_REFUSES,
	    "signs keys and lists in their names, and renews, with dates, "
	    "numbers and floors as he likes: a device that took it refuses "
	    "the lawful renewals; no root, threshold or next key changes",
	    END_HORIZON, "RULES B2, B4; tests/integration/34-trust.sh, "
	    "35-histories.sh" },
	{ "as many present roots as must sign", TRAIT_WARNS,
	    "signs keys and lists in their names, and renews, with dates, "
	    "numbers and floors as he likes: a device that took it refuses "
	    "the lawful renewals; no root, threshold or next key changes",
	    END_ESTABLISHED, "RULES B2, B4; tests/integration/34-trust.sh, "
	    "35-histories.sh" },
	{ "all present roots", TRAIT_BREAK_GLASS,
	    "makes an establishment of his own, without a next key",
	    END_NEVER, "RULES B6; test_accept: "
	    "glass_breaks_only_where_it_was_said" },
	{ "next keys", TRAIT_BOTH,
	    "nothing: present roots must sign too", END_NOTHING,
	    "RULES B3; tests/integration/34-trust.sh, 35-histories.sh" },
	{ "all next keys", TRAIT_NEXT_ALONE,
	    "makes an establishment of his own, for a device with a trusted "
	    "clock; so he keeps rotations from it till then",
	    END_BEGINS_AT_HORIZON, "RULES B7; test_accept: "
	    "next_keys_come_alone_only_late_all_and_by_a_trusted_clock" },
	{ "as many present roots and next keys as must sign", 0,
	    "makes an establishment of his own: a device that takes it "
	    "refuses yours, and starts anew from paper", END_NEVER,
	    "RULES B3" },
};
/* clang-format on */

const struct explain_thief *
explain_thief(size_t i)
{
	return i < sizeof(thieves) / sizeof(thieves[0]) ? &thieves[i] : NULL;
}

const char *
explain_end_text(enum explain_end end)
{
	static const char *const text[EXPLAIN_ENDS] = {
		"",
		"until it has expired",
		"until the next establishment, at the latest the horizon",
		"until the next establishment",
		"from the horizon on",
		"for good",
	};

	return text[end];
}

bool
explain_steals(const struct explain_thief *t,
    const struct explain_thing *thing)
{
	return thing->kind == EXPLAIN_BUNDLE &&
	    (t->traits == 0 || (t->traits & thing->traits) != 0);
}

int64_t
explain_end_time(enum explain_end end, const struct explain_thing *thing)
{
	if (end == END_EXPIRY)
		return thing->until;
	return end == END_HORIZON || end == END_BEGINS_AT_HORIZON ?
	    thing->horizon : 0;
}
