/* see cmd.h: verbs of the noun "ceremony". */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/engine.h"
#include "ceremony/reproduce.h"
#include "ceremony/run.h"
#include "ceremony/verify.h"
#include "cmd/cmd.h"
#include "cmd/example.h"
#include "cmd/front.h"
#include "cmd/outbox.h"
#include "cmd/printer.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"

enum status
cmd_ceremony_example(const struct call *c, struct diag *d)
{
	const char *name = c->n == 0 ? "two-people" : c->arg[0];
	const char *text = example_plan(name);
	char shown[128];

	if (text == NULL) {
		text_escape(name, strlen(name), shown, sizeof(shown));
		return diag_set(d, ST_USAGE, "there is no example \"%s\"; "
		    "two-people, company, rotate, reshare, checkup and adopt "
		    "are there", shown);
	}
	fputs(text, stdout);
	return ST_OK;
}

static enum status
begin(const struct call *c, struct run *r, struct room *room, struct diag *d)
{
	enum status rc = ST_OK;

	memset(r, 0, sizeof(*r));
	memset(room, 0, sizeof(*room));
	r->plan = c->arg[0];
	r->steps = cmd_steps;
	r->program = "anchorite " VERSION;
	if (cmd_has(c, "--room")) {
		TRY(room_read(cmd_opt(c, "--room", ""), room, d));
		r->room = room;
	}
out:
	return rc;
}

enum status
cmd_ceremony_check(const struct call *c, struct diag *d)
{
	struct front nobody = { 0 };
	struct facts f = { 0 };
	struct room room;
	struct run r;
	enum status rc;
	int fd = -1;

	TRY(begin(c, &r, &room, d));
	/* that there are fonts for it; nobody is asked anything here */
	TRY(front_print(&nobody, &room, r.plan, d));
	r.state = cmd_opt(c, "--state", NULL);
	if (r.state != NULL)
		TRY(file_open_dir(r.state, false, &fd, d));
	TRY(facts_set(&f, d, "plan", "%s", r.plan));
	TRY(run_check(&r, &f, d));
	TRY(facts_set(&f, d, "verdict", "it can run"));
	TRY(cmd_report(c, &f, d));
out:
	printer_free(nobody.printer);
	if (fd >= 0)
		close(fd);
	facts_clear(&f);
	return rc;
}

/* A room whose answers lie in folders is never good for a real ceremony. */
static enum status
check_room(const struct run *r, struct diag *d)
{
	struct bytes text = { 0 };
	struct plan *p = NULL;
	enum status rc;

	if (r->room == NULL || r->room->paper[0] == '\0')
		return ST_OK;
	TRY(file_read(r->plan, INI_FILE_MAX, &text, d));
	TRY(plan_read(r->plan, &text, cmd_steps, NULL, &p, d));
	if (p->mode == MODE_PRODUCTION)
		FAIL(d, ST_POLICY, "RULES C6: a room with paper and sheets is "
		    "for rehearsals; %s is a real ceremony", r->plan);
out:
	plan_free(p);
	bytes_free(&text);
	return rc;
}

/* A room with paper and sheets is a rehearsal's; else there are people. */
static enum status
begin_in_room(const struct call *c, struct run *r, struct room *room,
    struct front **front, struct diag *d)
{
	enum status rc;

	TRY(begin(c, r, room, d));
	TRY(check_room(r, d));
	if (room->paper[0] != '\0')
		TRY(front_rehearsal(room, front, d));
	else
		TRY(front_tty(room, front, d));
	TRY(front_print(*front, room, r->plan, d));
	r->front = *front;
out:
	return rc;
}

/* The rest is said by the card itself. */
static void
tell_of_card(const char *path)
{
	char shown[ROOM_PATH_SIZE];

	text_escape(path, strlen(path), shown, sizeof(shown));
	fprintf(stderr, "lists are sealed: print the card for their "
	    "responders, with\n  anchorite revocation card --state %s\n",
	    shown);
}

/* Sheets of a set that has been replaced, as long as they are there. */
static void
tell_old(const struct sheet_set *set)
{
	char line[SHEET_LINE_SIZE], survive[SHEET_SURVIVE_SIZE];
	bool any = false;

	for (size_t i = 0; i < set->n; i++) {
		if (!sheet_there(set, i))
			continue;
		if (!any)
			fprintf(stderr, "these sheets were replaced, and open "
			    "the root for whoever has a quorum: destroy "
			    "them\n");
		any = true;
		sheet_line(set, i, line);
		fprintf(stderr, "  %s\n", line);
	}
	sheet_set_may_survive(set, survive);
	if (any)
		fprintf(stderr, "  %s may survive, lost ones counted; "
		    "[destroy] records it\n", survive);
}

/* What the last ceremony replaced. */
static enum status
tell_replaced(const struct room *room, struct diag *d)
{
	const struct ceremony *c;
	const struct entry *e;
	struct state *s = NULL;
	uint64_t epoch = 0;
	enum status rc;

	TRY(state_from(room->state[0], &s, d));
	c = &s->ceremonies[s->nceremonies - 1];
	for (size_t i = c->first; i < s->n; i++) {
		e = &s->entries[i];
		if (strcmp(e->kind, "reshared") != 0)
			continue;
		TRY(facts_number(&e->facts, "replaces", 1, UINT32_MAX, &epoch,
		    d));
		for (size_t k = 0; k < s->nsets; k++) {
			if (s->sets[k].epoch == epoch &&
			    strcmp(s->sets[k].root, facts_get(&e->facts,
			    "root")) == 0)
				tell_old(&s->sets[k]);
		}
	}
out:
	state_free(s);
	return rc;
}

/* The epoch of the set that was drawn last before entry ${i}, 0... */
static const char *
drawn_before(const struct state *s, size_t i, const char *root)
{
	const struct facts *f;

	while (root != NULL && i-- > 0) {
		f = &s->entries[i].facts;
		if (strcmp(s->entries[i].kind, "drawn") == 0 &&
		    strcmp(facts_get(f, "root"), root) == 0)
			return facts_get(f, "epoch");
	}
	return "?";
}

/* Sheets of a set that never was, by the void entry ${i}; the holders may have
 * others of this root, which are good.  ${any}: some were named before. */
static void
tell_void(const struct state *s, size_t i, bool any)
{
	const struct facts *f = &s->entries[i].facts;
	const char *root = facts_get(f, "root"), *sheet;
	const char *epoch = drawn_before(s, i, root);
	const struct sheet_set *live = root == NULL ? NULL :
	    state_live_set(s, root);
	size_t len;

	for (size_t k = 0; k < facts_count(f, "sheets"); k++) {
		if (!any)
			fprintf(stderr, "these sheets are void, and can only "
			    "do harm: burn those that were written\n");
		any = true;
		sheet = facts_at(f, "sheets", k);
		len = strlen(sheet);
		/* of one that is kept nowhere in particular */
		if (len > 5 && strcmp(sheet + len - 5, " at -") == 0)
			len -= 5;
		fprintf(stderr, "  root %s, epoch %s: %.*s\n", root, epoch,
		    (int)len, sheet);
	}
	if (facts_count(f, "sheets") > 0 && live != NULL)
		fprintf(stderr, "  of root %s the sheets of epoch %u are good: "
		    "burn none of them\n", root, live->epoch);
}

/* A sheet that was begun once more, and that nobody read back. */
static void
tell_begun(const struct state *s, size_t from)
{
	const struct facts *f = NULL;

	for (size_t i = from; i < s->n; i++) {
		if (strcmp(s->entries[i].kind, "begun") == 0)
			f = &s->entries[i].facts;
		else if (strcmp(s->entries[i].kind, "replaced") == 0)
			f = NULL;
	}
	if (f == NULL)
		return;
	fprintf(stderr, "this copy is out of control, and can only do harm: "
	    "burn it, if it was written; [destroy] with what = found records "
	    "it\n  sheet %s of root %s, epoch %s, begun for %s\n",
	    facts_get(f, "sheet"), facts_get(f, "root"), facts_get(f, "epoch"),
	    facts_get(f, "holder"));
}

/* What the last ceremony, which is closed, wants burnt. */
static enum status
tell_burn(const struct room *room, struct diag *d)
{
	const struct entry *e;
	struct state *s = NULL;
	bool any = false;
	enum status rc;

	TRY(state_from(room->state[0], &s, d));
	for (size_t i = s->ceremonies[s->nceremonies - 1].first; i < s->n;
	    i++) {
		e = &s->entries[i];
		if (strcmp(e->kind, "void") != 0)
			continue;
		tell_void(s, i, any);
		any |= facts_count(&e->facts, "sheets") > 0;
	}
	tell_begun(s, s->ceremonies[s->nceremonies - 1].first);
out:
	state_free(s);
	return rc;
}

enum status
cmd_ceremony_run(const struct call *c, struct diag *d)
{
	struct front *front = NULL;
	struct room room;
	struct run_left left;
	struct run r;
	enum status rc, burn;

	TRY(begin_in_room(c, &r, &room, &front, d));
	rc = run_ceremony(&r, &left, d);
	if (left.given_up && (burn = tell_burn(&room, NULL)) != ST_OK)
		rc = burn;
	if (rc != ST_OK)
		goto out;
	if (left.again)
		fprintf(stderr, "the ceremony was closed before: nothing was "
		    "signed now\n");
	fprintf(stderr, "the ceremony is closed: seal the sheets, and keep the "
	    "last words on paper\n");
	TRY(tell_replaced(&room, d));
	if (left.sealed > 0)
		tell_of_card(room.state[0]);
	if (left.parcels > 0)
		TRY(outbox_bring(c, &room, left.head, front, d));
out:
	front_free(front);
	return rc;
}

enum status
cmd_ceremony_end(const struct call *c, struct diag *d)
{
	struct front *front = NULL;
	struct room room;
	struct run r;
	enum status rc;

	TRY(begin_in_room(c, &r, &room, &front, d));
	TRY(run_end(&r, cmd_opt(c, "--reason", ""), d));
	fprintf(stderr, "the ceremony is closed early; what was not done is "
	    "in the record\n");
	TRY(tell_burn(&room, d));
out:
	front_free(front);
	return rc;
}

/* What the root's signatures cover, and what only the head's words can tell. */
static enum status
say_covered(const struct verify_report *r, struct facts *f, struct diag *d)
{
	enum status rc;

	if (r->covered == 0)
		TRY(facts_set(f, d, "signed", "no entry"));
	else
		TRY(facts_set(f, d, "signed", "entries 1 to %zu", r->covered));
	for (size_t i = 0; i < r->nsigners; i++)
		TRY(facts_add(f, d, "signed-by", "root %s: entries 1 to %zu",
		    r->signer[i].root, r->signer[i].to));
	if (r->covered == r->entries)
		return facts_set(f, d, "verdict", "every entry, file and "
		    "signature holds");
	TRY(facts_set(f, d, "not-signed", "entries %zu to %zu: a ceremony "
	    "ended early, or signed by no root", r->covered + 1, r->entries));
	TRY(facts_set(f, d, "verdict", "every entry and file holds, but no "
	    "signature covers the last: compare the head's words with paper"));
out:
	return rc;
}

static enum status
say_verified(const struct call *c, const char *state,
    const struct verify_report *r, struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "state", "%s", state));
	TRY(cmd_say_mode(r->mode, f, d));
	TRY(facts_set(f, d, "entries", "%zu", r->entries));
	TRY(facts_set(f, d, "objects", "%zu", r->objects));
	TRY(facts_set(f, d, "ceremonies", "%zu", r->ceremonies));
	TRY(facts_set(f, d, "signatures", "%zu", r->signatures));
	if (cmd_has(c, "--against"))
		TRY(facts_set(f, d, "continues", "%zu entries of %s", r->older,
		    cmd_opt(c, "--against", "")));
	TRY(cmd_say_withheld(r->withheld, f, d));
	if (r->torn[0] != '\0')
		TRY(facts_set(f, d, "torn", "%s, by a cut; the next entry "
		    "will name it", r->torn));
	TRY(cmd_say_head(r->head, f, d));
	TRY(say_covered(r, f, d));
out:
	return rc;
}

enum status
cmd_ceremony_verify(const struct call *c, struct diag *d)
{
	const char *state = cmd_opt(c, "--state", "state");
	struct verify_report report;
	struct facts f = { 0 };
	enum status rc;

	TRY(verify_state(state, cmd_opt(c, "--against", NULL), cmd_steps,
	    &report, d));
	TRY(say_verified(c, state, &report, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}

/* --- reproduce --- */

/* The words that stood on paper before people contributed are those of a
 * recorded system part (RULES C7). */
static enum status
check_noted(const struct state *s, const char *file, struct diag *d)
{
	uint8_t noted[WORDS_SHORT], is[SHA384_LEN];
	struct bytes text = { 0 };
	const char *hex;
	enum status rc;

	TRY(file_read(file, 4096, &text, d));
	if (s->mode == MODE_REHEARSAL)
		FAIL(d, ST_POLICY, "%s: RULES C6: the seed of a rehearsal is "
		    "public: it has no system part, whose words could be noted",
		    file);
	if ((rc = words_read((const char *)text.data, WORDS_SHORT, noted,
	    d)) != ST_OK) {
		diag_prefix(d, "%s", file);
		goto out;
	}
	for (size_t i = 0; i < s->n; i++) {
		hex = facts_get(&s->entries[i].facts, "system");
		if (hex != NULL &&
		    text_unhex(hex, is, sizeof(is), NULL) == ST_OK &&
		    memcmp(is, noted, sizeof(noted)) == 0)
			goto out;
	}
	FAIL(d, ST_AUTH, "%s: RULES C7: the record has no seed whose system "
	    "part was noted with these words", file);
out:
	bytes_free(&text);
	return rc;
}

static enum status
report_reproduced(const struct call *c, const struct reproduce *what,
    const struct state *s, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc;

	TRY(facts_set(&f, d, "after", "%s", what->after));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(facts_set(&f, d, "entries", "%zu", what->entries));
	if (what->untold > 0)
		TRY(facts_add(&f, d, "on-trust", "what people added to the "
		    "entropy (roots: %zu), for --people was not given",
		    what->untold));
	if (what->early > 0)
		TRY(facts_add(&f, d, "on-trust", "early ends (ceremonies: "
		    "%zu), for no signature covers them", what->early));
	if (what->voided > 0)
		TRY(facts_add(&f, d, "on-trust", "void entries (%zu), for "
		    "their seed is gone", what->voided));
	if (what->leftovers > 0)
		TRY(facts_add(&f, d, "on-trust", "what cuts left (files: "
		    "%zu), names and bytes", what->leftovers));
	if (s->mode == MODE_REHEARSAL && what->people.n > 0)
		TRY(facts_set(&f, d, "people", "not looked at: the seed of a "
		    "rehearsal is public"));
	TRY(cmd_say_head(state_head(s), &f, d));
	TRY(facts_set(&f, d, "verdict", "every byte is equal"));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}

enum status
cmd_ceremony_reproduce(const struct call *c, struct diag *d)
{
	struct secret *people[ENTROPY_LINES_MAX] = { NULL };
	struct reproduce what = { .after = cmd_opt(c, "--after", ""),
		.before = cmd_opt(c, "--before", NULL),
		.people = { people, 0 } };
	struct run r = { .steps = cmd_steps, .program = "reproduce" };
	struct front *front = NULL;
	struct state *after = NULL;
	struct again *again = NULL;
	enum status rc;

	TRY(state_from(what.after, &after, d));
	if (after->withheld > 0)
		FAIL(d, ST_POLICY, "%s: FORMATS 7.12: it is a desk copy; a "
		    "second machine needs all of a stick", what.after);
	if (cmd_has(c, "--noted"))
		TRY(check_noted(after, cmd_opt(c, "--noted", ""), d));
	TRY(reproduce_look(&r, &what, &again, d));
	if (cmd_has(c, "--people"))
		TRY(front_read_lines(cmd_opt(c, "--people", ""), people,
		    ENTROPY_LINES_MAX, &what.people.n, d));
	TRY(front_of(c->arg, c->n, cmd_opt(c, "--passphrase", NULL), after,
	    &front, d));
	r.front = front;
	TRY(reproduce_all(&r, again, &what, d));
	TRY(report_reproduced(c, &what, after, d));
out:
	for (size_t i = 0; i < what.people.n; i++)
		secret_free(people[i]);
	again_free(again);
	front_free(front);
	state_free(after);
	return rc;
}

enum status
cmd_ceremony_log(const struct call *c, struct diag *d)
{
	struct state *s = NULL;
	uint64_t from = 1;
	enum status rc;

	TRY(text_number(cmd_opt(c, "--from", "1"), 1, ENTRY_NUMBER_MAX, &from,
	    d));
	TRY(state_from(cmd_opt(c, "--state", "state"), &s, d));
	if (s->withheld > 0)
		fprintf(stderr, "a desk copy: %zu private file(s) of this "
		    "record are on the sticks alone\n", s->withheld);
	for (size_t i = from - 1; i < s->n; i++)
		cmd_print_json((const char *)s->entries[i].text.data,
		    s->entries[i].text.len);
out:
	state_free(s);
	return rc;
}
