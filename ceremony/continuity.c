/* see continuity.h */
#include <string.h>

#include "ceremony/continuity.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"

static enum status
check_next(const struct plan *p, const struct state *s, struct diag *d)
{
	if (p->number <= s->nceremonies)
		return diag_set(d, ST_POLICY, "%s: RULES C1: ceremony %u has "
		    "run already; a plan runs once", p->file, p->number);
	if (p->number != s->nceremonies + 1)
		return diag_set(d, ST_POLICY, "%s: RULES C1: the next ceremony "
		    "of this state is %zu, not %u%s", p->file,
		    s->nceremonies + 1, p->number, s->n == 0 ?
		    "; there is no record here: say where the state is" : "");
	if (strcmp(p->previous, state_head(s)) != 0)
		return diag_set(d, ST_AUTH, "%s: RULES C1: the plan continues "
		    "another state: its previous head is not this one's",
		    p->file);
	return ST_OK;
}

enum status
continuity_check(const struct plan *p, const struct state *s, bool *resume,
    struct diag *d)
{
	const struct ceremony *open = state_open(s);
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	*resume = false;
	if (s->n > 0 && s->mode != p->mode)
		FAIL(d, ST_POLICY, "%s: RULES C6: a rehearsal and a real "
		    "ceremony never share a state", p->file);
	if (s->n > 0 && (strcmp(s->arc, p->arc) != 0 ||
	    strcmp(s->org, p->org) != 0))
		FAIL(d, ST_POLICY, "%s: FORMATS 3.14: org and oid-arc are not "
		    "those of this state", p->file);
	if (open == NULL) {
		TRY(check_next(p, s, d));
		return ST_OK;
	}
	text_hex(p->digest, sizeof(p->digest), digest);
	if (strcmp(digest, open->plan) != 0)
		FAIL(d, ST_POLICY, "%s: RULES C3: ceremony %u is open under "
		    "another plan, which alone can resume it", p->file,
		    open->number);
	/* the words of the plan are typed from paper: through them the state
	 * before the ceremony is covered, even while no head of it is noted */
	if (strcmp(p->previous, open->before) != 0)
		FAIL(d, ST_AUTH, "%s: RULES C1: the open ceremony continues "
		    "another state than the plan", p->file);
	*resume = true;
	rc = ST_OK;
out:
	return rc;
}

enum status
continuity_goes_on(const struct state *s, struct diag *d)
{
	const struct ceremony *open = state_open(s);

	if (open == NULL || !open->ended)
		return ST_OK;
	return diag_set(d, ST_POLICY, "RULES C3: the record says that ceremony "
	    "%u was ended early: `ceremony end` closes it, if it was",
	    open->number);
}

enum status
continuity_not_over(const struct plan *p, struct diag *d)
{
	char now_text[CLOCK_TEXT_SIZE], bound[CLOCK_TEXT_SIZE];
	const int64_t now = clock_now();

	if (now <= p->latest + 59) /* to the end of that minute */
		return ST_OK;
	clock_text(now, now_text);
	clock_text(p->latest, bound);
	return diag_set(d, ST_POLICY, "%s: FORMATS 3.14: the clock says %s, "
	    "and the plan ended at %s", p->file, now_text, bound);
}

enum status
continuity_clock(const struct plan *p, const struct state *s, struct diag *d)
{
	char now_text[CLOCK_TEXT_SIZE], bound[CLOCK_TEXT_SIZE];
	const int64_t now = clock_now();

	clock_text(now, now_text);
	if (now < p->effective) {
		clock_text(p->effective, bound);
		return diag_set(d, ST_POLICY, "%s: FORMATS 3.14: the clock "
		    "says %s, and the plan is not effective before %s",
		    p->file, now_text, bound);
	}
	if (s->n > 0 && now < s->entries[s->n - 1].time) {
		clock_text(s->entries[s->n - 1].time, bound);
		return diag_set(d, ST_POLICY, "FORMATS 7.4: the clock says %s, "
		    "and the record was written to at %s", now_text, bound);
	}
	return continuity_not_over(p, d);
}
