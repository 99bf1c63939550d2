/* see closing.h */
#include "ceremony/closing.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"

enum status
closing_line(const struct state *state, int64_t time, struct bytes *out,
    struct diag *d)
{
	const struct ceremony *c = state_open(state);
	char when[CLOCK_TEXT_SIZE];

	if (c == NULL)
		return diag_set(d, ST_BUG, "no ceremony is open");
	clock_text(time, when);
	return text_format(out, d,
	    CMS_CLOSING_HEAD
	    "mode %s\n"
	    "state %s\n"
	    "ceremony %u\n"
	    "previous %s\n"
	    "plan %s\n"
	    "entries %zu\n"
	    "tail %s\n"
	    "time %s\n",
	    plan_mode_word(state->mode), state->id, c->number, c->before,
	    c->plan, state->n, state_head(state), when);
}
