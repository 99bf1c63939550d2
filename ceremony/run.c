/* see run.h */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/engine.h"
#include "ceremony/hands.h"
#include "ceremony/load.h"
#include "ceremony/print.h"
#include "ceremony/run.h"
#include "ceremony/verify.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/key.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"
#include "lib/record/desk.h"
#include "lib/record/stick.h"

#define REASON_MAX 1000 /* bytes */

/* --- is this plan the next, or the one that is open? --- */

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

static enum status
check_continuity(const struct plan *p, const struct state *s, bool *resume,
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

/* Whoever can write to a stick can write that a ceremony was ended; it is not
 * closed over that without anyone's word. */
static enum status
check_goes_on(const struct state *s, struct diag *d)
{
	const struct ceremony *open = state_open(s);

	if (open == NULL || !open->ended)
		return ST_OK;
	return diag_set(d, ST_POLICY, "RULES C3: the record says that ceremony "
	    "%u was ended early: `ceremony end` closes it, if it was",
	    open->number);
}

/* At the desk a plan may lie in the future, but not in the past. */
static enum status
check_not_over(const struct plan *p, struct diag *d)
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

/* The room's clock lies between the plan's dates and not behind the record. */
static enum status
check_clock(const struct plan *p, const struct state *s, struct diag *d)
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
	return check_not_over(p, d);
}

/* --- words from paper --- */

static enum status
ask_plan_words(const struct front *front, const struct plan *p,
    struct diag *d)
{
	uint8_t typed[WORDS_FULL];
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(front->ask_words(front, "the plan", WORDS_FULL, NULL, typed,
		    d));
		if (memcmp(typed, p->digest, sizeof(typed)) == 0)
			return ST_OK;
		diag_clear(&why);
		rc = diag_set(&why, ST_AUTH, "%s: RULES C4: these are not the "
		    "words of this plan: it is not the one that was reviewed",
		    p->file);
		if (!front->refused(front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

/* The entry that typed words are the head at, of the open ceremony or, for a
 * new one, the last; 0: none. */
static uint64_t
head_at(const struct state *s, uint64_t first, const uint8_t *typed)
{
	uint8_t head[SHA384_LEN];

	for (size_t i = s->n; i-- > 0 && i + 1 >= first;) {
		if (text_unhex(s->entries[i].digest, head, sizeof(head),
		    NULL) == ST_OK && memcmp(head, typed, WORDS_FULL) == 0)
			return i + 1;
	}
	return 0;
}

/* Where heads on paper begin that an open ceremony goes on from: while only its
 * opening is there, and no head of it was noted, the last is the one before. */
static uint64_t
first_head(const struct state *s)
{
	const struct ceremony *open = state_open(s);

	return s->n == open->first ? open->first - 1 : open->first;
}

/* ${*at}, unless NULL: the entry that it is the head at. */
static enum status
ask_head_words(const struct front *front, const struct state *s,
    uint64_t first, bool none_yet, uint64_t *at, struct diag *d)
{
	uint64_t found;
	uint8_t typed[WORDS_FULL];
	struct diag why = { 0 };
	bool none = false;
	enum status rc;

	for (;;) {
		TRY(front->ask_words(front, "the head of the record",
		    WORDS_FULL, none_yet ? &none : NULL, typed, d));
		if (none)
			return ST_OK;
		found = head_at(s, first, typed);
		if (at != NULL)
			*at = found;
		if (found > 0)
			return ST_OK;
		diag_clear(&why);
		rc = diag_set(&why, ST_AUTH, "RULES C3: the head on paper is "
		    "not in this state: it is an older, another or an edited "
		    "one");
		if (!front->refused(front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

/* --- from sticks to an engine --- */

static enum status
start_words(const struct run *r, const struct plan *p,
    const struct state *known, bool resume, struct diag *d)
{
	const struct ceremony *open = state_open(known);
	enum status rc;

	TRY(ask_plan_words(r->front, p, d));
	if (resume)
		TRY(ask_head_words(r->front, known, first_head(known),
		    known->n == open->first, NULL, d));
	else if (known->n > 0)
		TRY(ask_head_words(r->front, known, known->n, false, NULL,
		    d));
out:
	return rc;
}

/* --- the outbox --- */

/* Nothing lies in a state that its record does not cover. */
static enum status
check_apart(const struct run *r, const struct sticks *sticks, struct diag *d)
{
	enum status rc = ST_OK;
	int fd = -1;

	if (r->room->outbox[0] == '\0' ||
	    file_open_dir(r->room->outbox, false, &fd, NULL) != ST_OK)
		return ST_OK;
	for (size_t i = 0; rc == ST_OK && i < sticks->n; i++) {
		if (sticks->stick[i].dirfd >= 0 &&
		    file_lies_in(fd, sticks->stick[i].dirfd))
			rc = diag_set(d, ST_POLICY, "%s: FORMATS 3.61: the "
			    "outbox lies in the state %s", r->room->outbox,
			    sticks->stick[i].path);
	}
	close(fd);
	return rc;
}

/* What would be found when all is signed is found before: a parcel is written
 * new. */
static enum status
check_outbox(const struct run *r, const struct loaded *l, struct diag *d)
{
	const char *path = r->room->outbox;
	char name[OBJECT_NAME_SIZE];
	enum status rc;
	int fd = -1;

	if (path[0] == '\0')
		return ST_OK;
	TRY(file_open_dir(path, false, &fd, d));
	for (size_t i = 0; i < l->nsteps; i++) {
		if (strcmp(l->step[i].kind->makes, "parcel") != 0)
			continue;
		snprintf(name, sizeof(name), "%s" PARCEL_ENDING,
		    l->step[i].section->name);
		if (file_exists_at(fd, name))
			FAIL(d, ST_POLICY, "%s/%s: FORMATS 3.61: it is there "
			    "already, and a parcel is written new", path, name);
	}
	rc = ST_OK;
out:
	if (fd >= 0)
		close(fd);
	return rc;
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

	TRY(check_continuity(s->l.plan, s->known, &s->resume, d));
	TRY(check_goes_on(s->known, d));
	TRY(check_clock(s->l.plan, s->known, d));
	if (s->resume) {
		TRY(load_tail(&e, s->known, state_open(s->known)->first, d));
		before = e.state;
	}
	TRY(engine_check(s->l.plan, s->l.step, s->l.nsteps,
	    before == NULL ? s->known : before, d));
	TRY(check_apart(r, s->sticks, d));
	TRY(check_places(r->room, d));
	TRY(check_outbox(r, &s->l, d));
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
		TRY(engine_tell(s.l.step, s.l.nsteps, s.known, out, d));
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
	TRY(check_continuity(l.plan, known, &resume, d));
	TRY(check_goes_on(known, d));
	TRY(check_not_over(l.plan, d));
	if (!resume) {
		TRY(engine_check(l.plan, l.step, l.nsteps, known, d));
		TRY(engine_tell(l.step, l.nsteps, known, out, d));
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
	return s->begun ? engine_refused(&s->e, why, d) : ST_OK;
}

/* --- the second machine's word (RULES C7) --- */

/* Whether something could leave the room: any file but the plan's own, and
 * those that stay on the sticks. */
static bool
gives_out(const struct state *s, const struct ceremony *c)
{
	size_t files = 0;

	for (uint64_t i = c->first + 1; i < c->last; i++)
		files += s->entries[i - 1].n;
	return files > desk_count(s->entries + c->first,
	    c->last == 0 ? 0 : (size_t)(c->last - c->first));
}

/* The last ceremony, if it is closed, and by this very plan; else NULL. */
static const struct ceremony *
closed_by(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = s->nceremonies == 0 ? NULL :
	    &s->ceremonies[s->nceremonies - 1];
	char digest[SHA384_HEX_SIZE];

	text_hex(p->digest, sizeof(p->digest), digest);
	return c != NULL && c->last != 0 && strcmp(digest, c->plan) == 0 ? c :
	    NULL;
}

/* The plan wants it computed again before anything leaves the room; asked as
 * often as the plan is run. */
static bool
awaits_second(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = closed_by(p, s);

	return p->second_machine && c != NULL && gives_out(s, c);
}

/* Parcels that are to be given out: of a ceremony that came to its end. */
static size_t
count_parcels(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = closed_by(p, s);
	size_t n = 0;

	for (size_t i = 0; c != NULL && !c->ended && i < s->nsent; i++)
		n += s->sent[i].ceremony == c->number;
	return n;
}

static enum status
ask_second(const struct front *front, const struct state *s, struct diag *d)
{
	uint8_t typed[WORDS_FULL];
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(front->ask_words(front, "the head, as the second machine "
		    "shows it", WORDS_FULL, NULL, typed, d));
		if (head_at(s, s->n, typed) > 0)
			return ST_OK;
		diag_clear(&why);
		rc = diag_set(&why, ST_AUTH, "RULES C7: the second machine "
		    "came to another head: nothing may leave the room");
		if (!front->refused(front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

static enum status
run_whole(const struct run *r, struct session *s, struct diag *d)
{
	enum status rc;

	TRY(check_all(r, s, d));
	TRY(start_words(r, s->l.plan, s->known, s->resume, d));
	TRY(session_start(r, s, s->resume ? state_open(s->known)->first :
	    s->known->n + 1, d));
	s->e.resumed = s->resume;
	TRY(engine_drive(&s->e, d));
out:
	return rc;
}

/* Lists that are sealed, which somebody may have to open. */
static size_t
count_sealed(const struct state *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nroots; i++)
		n += state_unaccounted(s, s->roots[i].name);
	return n;
}

static void
say_left(const struct plan *p, const struct state *s, struct run_left *left)
{
	left->sealed = count_sealed(s);
	left->parcels = count_parcels(p, s);
	snprintf(left->head, sizeof(left->head), "%s", state_head(s));
}

/* Where a root came into the state; behind all, if it did not. */
static uint64_t
root_entry(const struct state *s, const char *root)
{
	const struct entry *e = s->entries;
	const char *name;

	for (; e < s->entries + s->n; e++) {
		name = facts_get(&e->facts, "root");
		if (strcmp(e->kind, "root") == 0 && name != NULL &&
		    strcmp(name, root) == 0)
			break;
	}
	return (uint64_t)(e - s->entries) + 1;
}

/* From which entry on a head on paper vouches for the last ceremony to its end:
 * that of a root which signed its closing line, for else whoever has the sticks
 * goes on behind the head with a root of his own. */
static uint64_t
vouched_from(const struct state *s, const struct verify_report *seen)
{
	const struct ceremony *c = &s->ceremonies[s->nceremonies - 1];
	uint64_t from = c->last, at;

	for (size_t i = 0; i < seen->nsigners; i++) {
		at = root_entry(s, seen->signer[i].root);
		if (seen->signer[i].to == c->last && at < from)
			from = at;
	}
	return from;
}

static enum status
ask_vouching_head(const struct front *front, const struct state *s,
    const struct verify_report *seen, struct diag *d)
{
	const uint64_t from = vouched_from(s, seen);
	struct diag why = { 0 };
	uint64_t at = 0;
	enum status rc;

	for (;;) {
		TRY(ask_head_words(front, s,
		    s->ceremonies[s->nceremonies - 1].first, false, &at, d));
		if (at >= from)
			return ST_OK;
		diag_clear(&why);
		rc = diag_set(&why, ST_AUTH, "RULES C3: the head on paper is "
		    "older than any root that signed what is behind it: a "
		    "later one is needed");
		if (!front->refused(front, &why))
			FAIL(d, rc, "%s", why.text);
	}
out:
	return rc;
}

/* The end of a ceremony that is closed, as often as its plan is run: a cut may
 * have come before it, and may have closed only one of the sticks.  Whoever can
 * write to a stick can make one that is closed: up to a head that is on paper it
 * is the one in the room, and from there on a root has signed it that was made
 * before. */
static enum status
end_again(const struct run *r, struct session *s, struct run_left *left,
    struct diag *d)
{
	const bool second = awaits_second(s->l.plan, s->known);
	struct verify_report seen;
	enum status rc;

	TRY(check_apart(r, s->sticks, d));
	if (!second) {
		TRY(verify_entries(s->known, r->steps, &seen, d));
		TRY(ask_vouching_head(r->front, s->known, &seen, d));
	}
	TRY(sticks_begin(s->sticks, s->known->entries, s->known->n, d));
	if (second)
		TRY(ask_second(r->front, s->known, d));
	left->again = true;
	say_left(s->l.plan, s->known, left);
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
end_given_up(const struct run *r, struct session *s, const char *reason,
    struct run_left *left, struct diag *d)
{
	bool gone;
	enum status rc;

	TRY(engine_give_up(&s->e, reason, d));
	gone = is_gone(s->e.state);
	TRY(engine_close(&s->e, d));
	left->given_up = true;
	if (awaits_second(s->e.plan, s->e.state))
		TRY(ask_second(r->front, s->e.state, d));
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
		return end_given_up(r, s, why.text, left, d);
	if (rc != ST_OK)
		FAIL(d, rc, "%s", why.text);
	tell_key_files(r, s->e.plan);
	if (awaits_second(s->e.plan, s->e.state))
		TRY(ask_second(r->front, s->e.state, d));
	say_left(s->e.plan, s->e.state, left);
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
	if (awaits_second(s.l.plan, s.known) ||
	    count_parcels(s.l.plan, s.known) > 0) {
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

/* It is recorded as it stands, and escaped wherever it is shown. */
static enum status
check_reason(const char *reason, struct diag *d)
{
	size_t len = strlen(reason), n;
	uint32_t c;

	if (len == 0 || len > REASON_MAX)
		return diag_set(d, ST_USAGE, "a reason has 1 to %d bytes",
		    REASON_MAX);
	for (; len > 0; reason += n, len -= n) {
		if ((n = text_scalar(reason, len, &c)) == 0)
			return diag_set(d, ST_USAGE, "the reason is not "
			    "UTF-8");
	}
	return ST_OK;
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
	TRY(check_reason(reason, d));
	if ((open = state_open(s.known)) == NULL)
		FAIL(d, ST_POLICY, "%s: no ceremony is open", r->plan);
	TRY(check_continuity(s.l.plan, s.known, &s.resume, d));
	/* without sheets nothing is computed again, but what is there must
	 * hold, or the end of it would be that of an edited one */
	TRY(verify_entries(s.known, r->steps, &seen, d));
	TRY(ask_head_words(r->front, s.known, first_head(s.known),
	    s.known->n == open->first, NULL, d));
	TRY(session_start(r, &s, open->first + 1, d));
	TRY(engine_abandon(&s.e, reason, d));
	TRY(engine_close(&s.e, d));
	if (awaits_second(s.e.plan, s.e.state))
		TRY(ask_second(r->front, s.e.state, d));
out:
	session_clear(&s);
	return rc;
}
