/* see cmd.h: the bad day, tried on a good one. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "cmd/tool.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/record/chain.h"
#include "revocation/release.h"

#define FIELD "four hours, which is what the field allows itself"

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum status
say(const char *key, int64_t took, const char *what, const struct releases *r,
    struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "drill", "%s", key));
	TRY(facts_set(f, d, "took", "%lld ms: %s", (long long)took, what));
	TRY(facts_set(f, d, "to-beat", FIELD));
	TRY(releases_say(r, clock_now(), f, d));
out:
	return rc;
}

/* --- in a rehearsal: from cold, by another process, to the files --- */

static enum status
run_cold(const char *dir, const char *key, int64_t *took, struct diag *d)
{
	/* of the child, which is this program still */
	const char *const argv[] = { "/proc/self/exe", "revocation",
		"release", key, "--state", "state", "--with",
		"night/night.key", "--to", "drill", "--journal",
		"drill-journal", NULL };
	const int64_t from = now_ms();
	enum status rc;
	int code = 0;

	TRY(tool_run(dir, argv, &code, d));
	*took = now_ms() - from;
	if (code != 0)
		FAIL(d, ST_AUTH, "%s: the release of %s ended with %d", dir,
		    key, code);
out:
	return rc;
}

static enum status
drill_rehearsal(const struct call *c, struct facts *f, struct diag *d)
{
	const char *dir = cmd_opt(c, "--dir", ""), *key;
	struct releases found = { 0 };
	struct bytes path = { 0 };
	struct state *s = NULL;
	int64_t took = 0;
	enum status rc;

	TRY(cmd_rehearsal(c, d));
	TRY(text_format(&path, d, "%s/state", dir));
	TRY(state_from((const char *)path.data, &s, d));
	key = c->n > 0 ? c->arg[0] : s->delegations[0].name;
	TRY(release_find(s, key, NULL, &found, d));
	TRY(run_cold(dir, key, &took, d));
	TRY(cmd_say_mode(s->mode, f, d));
	TRY(say(key, took, "from the start of the program to the files, in "
	    "the folders drill and drill-journal", &found, f, d));
out:
	releases_clear(&found);
	bytes_free(&path);
	state_free(s);
	return rc;
}

/* --- in a state: with one's own key, and nothing is written --- */

static bool
is_half(const struct releases *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->release[i].halves > 0)
			return true;
	}
	return false;
}

/* The list is a real one: it stays in memory. */
static enum status
drill_state(const struct call *c, struct facts *f, struct diag *d)
{
	const int64_t from = now_ms();
	struct releases found = { 0 };
	struct state *s = NULL;
	int64_t took;
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", ""), &s, d));
	TRY(cmd_release_open(s, c->arg[0], cmd_opt(c, "--with", ""), &found,
	    d));
	took = now_ms() - from;
	TRY(cmd_say_mode(s->mode, f, d));
	TRY(say(c->arg[0], took, is_half(&found) ? "to read the state, and "
	    "to find the list and open half of it, for it takes two; nothing "
	    "was written, and nothing is released" : "to read the state, and "
	    "to find, open and prove the list; nothing was written, and "
	    "nothing is released", &found, f, d));
out:
	releases_clear(&found);
	state_free(s);
	return rc;
}

enum status
cmd_revocation_drill(const struct call *c, struct diag *d)
{
	const bool real = cmd_has(c, "--state");
	struct facts f = { 0 };
	enum status rc;

	if (real == cmd_has(c, "--dir"))
		FAIL(d, ST_USAGE, "a drill is a rehearsal in a new folder "
		    "--dir, or of a --state");
	if (real != cmd_has(c, "--with"))
		FAIL(d, ST_USAGE, "--state and --with go together: a "
		    "rehearsal has a responder of its own");
	if (real && c->n == 0)
		FAIL(d, ST_USAGE, "a drill of a state is of a KEY, KEY+KEY or "
		    "all");
	TRY(real ? drill_state(c, &f, d) : drill_rehearsal(c, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}
