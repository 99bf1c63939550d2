/* see run.h */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/continuity.h"
#include "ceremony/engine.h"
#include "ceremony/event.h"
#include "ceremony/handover.h"
#include "ceremony/hands.h"
#include "ceremony/load.h"
#include "ceremony/print.h"
#include "ceremony/run.h"
#include "ceremony/typed.h"
#include "ceremony/undone.h"
#include "ceremony/verify.h"
#include "lib/crypto/key.h"
#include "lib/record/chain.h"
#include "lib/record/stick.h"

/* What both `run` and `end` begin with. */
struct session {
	struct loaded l;
	struct state *known;
	struct sticks *sticks;
	struct engine e;
	bool resume;
	bool begun; /* the words were right, and the sticks are written to */
};

static void
session_clear(struct session *s)
{
	engine_clear(&s->e);
	state_free(s->known);
	sticks_free(s->sticks);
	loaded_clear(&s->l);
}

static void
tell_passed(const struct run *r, const struct inbox *box)
{
	char line[DIAG_TEXT_MAX + 64];

	for (size_t i = 0; i < facts_count(&box->passed, "passed-over"); i++) {
		snprintf(line, sizeof(line), "A parcel in the inbox is passed "
		    "over: %s", facts_at(&box->passed, "passed-over", i));
		r->front->tell(r->front, line);
	}
}

/* Take the sticks and read what they have, the longest chain of them.  Nothing
 * is made or mended yet, so that a refusal leaves them as they were. */
static enum status
look(const struct run *r, bool memory, struct sticks **sticks,
    struct state **known, struct diag *d)
{
	const char *paths[STICKS_MAX] = { r->room->state[0],
		r->room->state[1] };
	struct chain *c;
	enum status rc;
	int fd;

	TRY(sticks_look(paths, r->room->nstates, memory, sticks, d));
	c = sticks_longest(*sticks, &fd);
	TRY(chain_replay(c, fd, known, d));
out:
	return rc;
}

static enum status
session_look(const struct run *r, struct session *s, struct diag *d)
{
	enum status rc;

	memset(s, 0, sizeof(*s));
	s->l.dirfd = -1;
	TRY(load_plan(r, r->room->inbox, &s->l, d));
	TRY(look(r, s->l.plan->mode != MODE_PRODUCTION, &s->sticks, &s->known,
	    d));
out:
	return rc;
}

/* --- everything that can be refused before the first prompt --- */

/* By their names: of two that are to be made neither is there to be asked. */
static bool
is_below(const char *path, const char *of)
{
	const size_t len = strlen(of);

	return strncmp(path, of, len) == 0 && path[len] == '/';
}

/* A state is made where there is none, and what it is made in is there: found
 * before anyone types words, not behind them. */
static enum status
check_places(const struct room *room, struct diag *d)
{
	char up[ROOM_PATH_SIZE];
	const char *where;

	if (room->nstates == 2 &&
	    (is_below(room->state[0], room->state[1]) ||
	    is_below(room->state[1], room->state[0])))
		return diag_set(d, ST_POLICY, "FORMATS 7.1: %s and %s are one "
		    "folder, or one lies in the other", room->state[0],
		    room->state[1]);
	for (size_t i = 0; i < room->nstates; i++) {
		where = room->state[i];
		if (access(where, F_OK) != 0) {
			snprintf(up, sizeof(up), "%s", where);
			where = dirname(up);
		}
		if (access(where, W_OK | X_OK) != 0)
			return diag_set(d, ST_SYSTEM, "%s: FORMATS 7.1: no "
			    "state can be written there (%s): is the stick in, "
			    "and mounted?", room->state[i], strerror(errno));
	}
	if (room_has_pictures(room) && access(room->scan, R_OK) != 0)
		return diag_set(d, ST_SYSTEM, "%s: FORMATS 3.21: no pictures "
		    "of sheets can be read there (%s)", room->scan,
		    strerror(errno));
	return ST_OK;
}

static enum status
check_all(const struct run *r, struct session *s, struct diag *d)
{
	struct state *before = NULL;
	struct engine e = { 0 };
	enum status rc;

	TRY(continuity_check(s->l.plan, s->known, &s->resume, d));
	TRY(continuity_goes_on(s->known, d));
	TRY(continuity_clock(s->l.plan, s->known, d));
	if (s->resume) {
		TRY(load_tail(&e, s->known, state_open(s->known)->first, d));
		before = e.state;
	}
	TRY(engine_check(s->l.plan, s->l.step, s->l.nsteps,
	    before == NULL ? s->known : before, d));
	TRY(handover_apart(r->room, s->sticks, d));
	TRY(check_places(r->room, d));
	TRY(handover_check(r->room, s->l.step, s->l.nsteps, d));
	TRY(print_check(s->l.plan, r->room, s->sticks, d));
out:
	engine_clear(&e);
	return rc;
}

/* Parcels in the inbox that are not looked into, for whoever prepares. */
static enum status
say_passed(const struct inbox *box, struct facts *out, struct diag *d)
{
	const char *why;
	enum status rc = ST_OK;

	for (size_t i = 0; rc == ST_OK &&
	    (why = facts_at(&box->passed, "passed-over", i)) != NULL; i++)
		rc = facts_add(out, d, "passed-over", "%s", why);
	return rc;
}

/* What `run` would refuse now, by the same looks: sticks and clock too. */
static enum status
check_in_room(const struct run *r, struct facts *out, struct diag *d)
{
	struct session s;
	enum status rc;

	TRY(session_look(r, &s, d));
	TRY(say_passed(&s.l.inbox, out, d));
	TRY(check_all(r, &s, d));
	if (!s.resume)
		TRY(engine_tell(s.l.plan, s.l.step, s.l.nsteps, s.known,
		    out, d));
out:
	session_clear(&s);
	return rc;
}

/* The requests lie beside the plan, which may be for another day; the state is
 * a copy, or there is none yet. */
static enum status
check_at_desk(const struct run *r, struct facts *out, struct diag *d)
{
	struct loaded l = { .dirfd = -1 };
	const char *slash = strrchr(r->plan, '/');
	struct state *known = NULL;
	char dir[ROOM_PATH_SIZE];
	bool resume;
	enum status rc;
	int dirfd = -1;

	snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL ? 1 : (int)(slash - r->plan + 1),
	    slash == NULL ? "." : r->plan);
	TRY(load_plan(r, dir, &l, d));
	TRY(say_passed(&l.inbox, out, d));
	if (r->state != NULL)
		TRY(state_load(r->state, &known, &dirfd, NULL, NULL, d));
	else
		TRY(state_new(&known, d));
	TRY(continuity_check(l.plan, known, &resume, d));
	TRY(continuity_goes_on(known, d));
	TRY(continuity_not_over(l.plan, d));
	if (!resume) {
		TRY(engine_check(l.plan, l.step, l.nsteps, known, d));
		TRY(engine_tell(l.plan, l.step, l.nsteps, known, out, d));
	}
out:
	state_free(known);
	if (dirfd >= 0)
		close(dirfd);
	loaded_clear(&l);
	return rc;
}

enum status
run_check(const struct run *r, struct facts *out, struct diag *d)
{
	return r->room != NULL ? check_in_room(r, out, d) :
				 check_at_desk(r, out, d);
}

/* From here on the sticks are written to; entries from ${first} on are
 * computed again. */
static enum status
session_start(const struct run *r, struct session *s, uint64_t first,
    struct diag *d)
{
	enum status rc;

	TRY(sticks_begin(s->sticks, s->known->entries, s->known->n, d));
	s->e.front = r->front;
	s->e.program = r->program;
	if (first > s->known->n) { /* nothing is computed again */
		s->e.state = s->known;
		s->known = NULL;
	} else {
		s->e.known = s->known;
		TRY(load_tail(&s->e, s->known, first, d));
	}
	s->e.sticks = s->sticks;
	s->e.state->dirfd = s->sticks->stick[0].dirfd;
	load_into(&s->e, &s->l);
	hands_start(&s->e);
	s->begun = true;
out:
	return rc;
}

/* A refusal goes into the record of the open ceremony, but never before the
 * words from paper were right: the sticks may be old ones, and an entry more
 * would set them against the good ones, so that neither could be written to
 * again (RULES C3). */
static enum status
record_refusal(struct session *s, const char *why, struct diag *d)
{
	return s->begun ? event_refused(&s->e, why, d) : ST_OK;
}

static enum status
run_whole(const struct run *r, struct session *s, struct diag *d)
{
	enum status rc;

	TRY(check_all(r, s, d));
	TRY(typed_plan(r->front, s->l.plan, d));
	TRY(typed_head(r->front, s->known, d));
	TRY(session_start(r, s, s->resume ? state_open(s->known)->first :
	    s->known->n + 1, d));
	s->e.resumed = s->resume;
	TRY(engine_drive(&s->e, d));
out:
	return rc;
}

/* The end of a ceremony that is closed, as often as its plan is run: a cut may
 * have come before it, and may have closed only one of the sticks.  Whoever can
 * write to a stick can make one that is closed: up to a head that is on paper
 * it is the one in the room, and from there on a root has signed it that was
 * made before. */
static enum status
end_again(const struct run *r, struct session *s, struct run_left *left,
    struct diag *d)
{
	const bool second = handover_awaits_second(s->l.plan, s->known);
	struct verify_report seen;
	enum status rc;

	TRY(handover_apart(r->room, s->sticks, d));
	if (!second) {
		TRY(verify_entries(s->known, r->steps, &seen, d));
		TRY(typed_vouching(r->front, s->known, &seen, d));
	}
	TRY(sticks_begin(s->sticks, s->known->entries, s->known->n, d));
	if (second)
		TRY(typed_second(r->front, s->known, d));
	left->again = true;
	handover_left(s->l.plan, s->known, left);
out:
	return rc;
}

/* What was adopted is in the sheets and the state from here on, and whoever has
 * the file it came from needs neither. */
static void
tell_key_files(const struct run *r, const struct plan *p)
{
	const struct ini_section *s;
	const struct plan_key *k;
	char line[512];

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		for (k = plan_keys(p, s); k->name != NULL; k++) {
			if (k->type != PT_KEY_FILE)
				continue;
			snprintf(line, sizeof(line), "Destroy %.*s in the "
			    "inbox now, with its medium, and every\nother "
			    "copy of it: whoever has one has root %s, "
			    "without any sheet.",
			    (int)strcspn(plan_text(s, k->name, ""), " "),
			    plan_text(s, k->name, ""), s->name);
			r->front->tell(r->front, line);
		}
	}
}

/* It is closed: the second machine's word, where the plan wants it. */
static enum status
hear_second(const struct engine *e, struct diag *d)
{
	return handover_awaits_second(e->plan, e->state) ?
	    typed_second(e->front, e->state, d) : ST_OK;
}

/* Whether no sheet is left that gives the seed of what was given up: not where
 * a set of before is live. */
static bool
is_gone(const struct state *s)
{
	const struct entry *e;

	for (size_t i = s->n; i-- > 0;) {
		e = &s->entries[i];
		if (strcmp(e->kind, "undone") != 0)
			return strcmp(e->kind, "void") == 0 && state_live_set(s,
			    facts_get(&e->facts, "root")) == NULL;
	}
	return false;
}

/* What `ceremony end` does, but that nobody has to say by words which ceremony:
 * it is the one that was held until now. */
static enum status
end_given_up(struct session *s, const char *reason, struct run_left *left,
    struct diag *d)
{
	bool gone;
	enum status rc;

	TRY(undone_held(&s->e, reason, d));
	gone = is_gone(s->e.state);
	TRY(engine_close(&s->e, d));
	left->given_up = true;
	TRY(hear_second(&s->e, d));
	FAIL(d, ST_POLICY, "%s: the ceremony is closed early%s", reason,
	    gone ? ", and the seed is gone" : "");
out:
	return rc;
}

/* To its end, or to where a holder gives it up. */
static enum status
run_held(const struct run *r, struct session *s, struct run_left *left,
    struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	rc = run_whole(r, s, &why);
	if (rc != ST_OK && s->e.given_up)
		return end_given_up(s, why.text, left, d);
	if (rc != ST_OK)
		FAIL(d, rc, "%s", why.text);
	tell_key_files(r, s->e.plan);
	TRY(hear_second(&s->e, d));
	handover_left(s->e.plan, s->e.state, left);
out:
	return rc;
}

enum status
run_ceremony(const struct run *r, struct run_left *left, struct diag *d)
{
	struct diag other = { 0 };
	struct session s;
	enum status rc;

	memset(left, 0, sizeof(*left));
	TRY(session_look(r, &s, d));
	tell_passed(r, &s.l.inbox);
	/* before anyone is asked for a sheet */
	TRY(key_proven(d));
	if (handover_awaits_second(s.l.plan, s.known) ||
	    handover_parcels(s.l.plan, s.known) > 0) {
		TRY(end_again(r, &s, left, d));
		goto out;
	}
	TRY(run_held(r, &s, left, d));
out:
	if (rc != ST_OK && rc != ST_SYSTEM && rc != ST_BUG &&
	    record_refusal(&s, d->text, &other) != ST_OK)
		diag_prefix(d, "(not in the record: %.200s)", other.text);
	session_clear(&s);
	return rc;
}

enum status
run_end(const struct run *r, const char *reason, struct diag *d)
{
	const struct ceremony *open;
	struct verify_report seen;
	struct session s;
	enum status rc;

	TRY(session_look(r, &s, d));
	tell_passed(r, &s.l.inbox);
	TRY(undone_reason(reason, d));
	if ((open = state_open(s.known)) == NULL)
		FAIL(d, ST_POLICY, "%s: no ceremony is open", r->plan);
	TRY(continuity_check(s.l.plan, s.known, &s.resume, d));
	/* without sheets nothing is computed again, but what is there must
	 * hold, or the end of it would be that of an edited one */
	TRY(verify_entries(s.known, r->steps, &seen, d));
	TRY(typed_head(r->front, s.known, d));
	TRY(session_start(r, &s, open->first + 1, d));
	TRY(undone_cut(&s.e, reason, d));
	TRY(engine_close(&s.e, d));
	TRY(hear_second(&s.e, d));
out:
	session_clear(&s);
	return rc;
}
