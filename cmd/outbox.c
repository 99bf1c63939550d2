/* see outbox.h */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/codes.h"
#include "cmd/outbox.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"
#include "transfer/send.h"

#define NAMES_SHOWN 8 /* files that are named before it is asked */
#define SHOWN_SIZE ROOM_PATH_SIZE
#define FILE_SIZE (TEXT_WORD_MAX + sizeof(PARCEL_ENDING))

/* Parcels on their way out of a closed ceremony. */
struct way_out {
	const struct call *call;
	const struct room *room;
	const struct front *front;
	struct state *state; /* owned */
	int fd; /* owned: of the outbox, or -1 */
	char dir[SHOWN_SIZE]; /* the outbox, escaped */
	char from[SHOWN_SIZE]; /* the state, escaped */
};

static void
file_of(const struct sent *s, char out[FILE_SIZE])
{
	snprintf(out, FILE_SIZE, "%s" PARCEL_ENDING, s->name);
}

static bool
is_last(const struct state *s, const struct sent *sent)
{
	return sent->ceremony == s->nceremonies;
}

/* Nothing lies in a state that its record does not cover. */
static bool
lies_in_state(const struct way_out *o, int dirfd, char state[SHOWN_SIZE])
{
	bool inside = false;
	const char *path;
	int fd = -1;

	for (size_t i = 0; i < o->room->nstates && !inside; i++) {
		path = o->room->state[i];
		/* a stick that is not there has nothing in it */
		if (file_open_dir(path, false, &fd, NULL) != ST_OK)
			continue;
		inside = file_lies_in(dirfd, fd);
		close(fd);
		text_escape(path, strlen(path), state, SHOWN_SIZE);
	}
	return inside;
}

/* --- into the outbox --- */

/* What a run before this one has written may be there; nothing is replaced. */
static enum status
write_one(const struct way_out *o, const char *file,
    const struct bytes *bytes, struct diag *d)
{
	struct bytes there = { 0 };
	enum status rc;

	if (!file_exists_at(o->fd, file)) {
		TRY(file_create_at(o->fd, file, bytes->data, bytes->len, d));
		fprintf(stderr, "parcel: %s/%s\n", o->dir, file);
		return ST_OK;
	}
	TRY(file_read_at(o->fd, file, PARCEL_MAX, &there, d));
	if (!bytes_equal(&there, bytes))
		FAIL(d, ST_POLICY, "it is there, and is another or not whole");
	fprintf(stderr, "parcel: %s/%s, which was there already\n", o->dir,
	    file);
out:
	bytes_free(&there);
	return rc;
}

/* A refusal says what makes the parcel elsewhere. */
static enum status
bring_one(const struct way_out *o, const struct sent *s, struct diag *d)
{
	struct bytes bytes = { 0 };
	struct diag why = { 0 };
	char file[FILE_SIZE];
	enum status rc;

	file_of(s, file);
	rc = send_again(o->state, s, &bytes, &why);
	if (rc == ST_OK)
		rc = write_one(o, file, &bytes, &why);
	if (rc != ST_OK)
		rc = diag_set(d, ST_SYSTEM, "%s/%s: FORMATS 3.61: %s; the "
		    "ceremony is closed: make the parcel with `anchorite "
		    "transfer result %s --state %s --to FILE`", o->dir, file,
		    why.text, s->name, o->from);
	bytes_free(&bytes);
	return rc;
}

/* Looked at before the first question too; since then a link in its path, or
 * what is mounted there, may have become another. */
static enum status
open_outbox(struct way_out *o, struct diag *d)
{
	char state[SHOWN_SIZE];
	enum status rc;

	TRY(file_open_dir(o->room->outbox, false, &o->fd, d));
	if (lies_in_state(o, o->fd, state))
		FAIL(d, ST_POLICY, "%s: the outbox lies in the state %s",
		    o->dir, state);
out:
	return rc;
}

/* All that can be brought are, and the first refusal is the answer. */
static enum status
bring_all(struct way_out *o, struct diag *d)
{
	const struct state *s = o->state;
	struct diag why = { 0 };
	enum status rc, all = ST_OK;

	if (open_outbox(o, &why) != ST_OK)
		FAIL(d, ST_SYSTEM, "FORMATS 3.61: %s; the ceremony is closed: "
		    "the same command brings its parcels, once that is mended",
		    why.text);
	for (size_t i = 0; i < s->nsent; i++) {
		if (!is_last(s, &s->sent[i]) || s->sent[i].parcel[0] == '\0')
			continue;
		rc = bring_one(o, &s->sent[i], d);
		all = all == ST_OK ? rc : all;
	}
	rc = all;
out:
	return rc;
}

/* Those that there are no parcels of, and where there is no outbox. */
static void
tell_others(const struct way_out *o)
{
	const struct state *s = o->state;
	const struct sent *p;

	for (size_t i = 0; i < s->nsent; i++) {
		p = &s->sent[i];
		if (!is_last(s, p))
			continue;
		if (p->parcel[0] == '\0')
			fprintf(stderr, "parcel %s was not made: %s; its files "
			    "are in the state\n", p->name, facts_get(
			    &s->entries[p->entry - 1].facts, "why"));
		else if (o->room->outbox[0] == '\0')
			fprintf(stderr, "parcel %s: the room has no outbox: "
			    "make it with\n  anchorite transfer result %s "
			    "--state %s --to %s" PARCEL_ENDING "\n", p->name,
			    p->name, o->from, p->name);
	}
}

/* --- and out --- */

static enum status
say_parcel(const struct way_out *o, const struct sent *s, struct bytes *out,
    struct diag *d)
{
	const struct facts *f = &o->state->entries[s->entry - 1].facts;
	const char *to = facts_get(f, "to");
	const size_t n = facts_count(f, "files");
	char shown[SHOWN_SIZE];
	struct bytes words = { 0 };
	uint8_t id[SHA384_LEN];
	enum status rc;

	text_escape(to == NULL ? "" : to, to == NULL ? 0 : strlen(to), shown,
	    sizeof(shown));
	TRY(text_unhex(s->parcel, id, sizeof(id), d));
	TRY(words_text(id, WORDS_SHORT, &words, d));
	TRY(text_format(out, d, "Parcel %s%s%s goes out.  It has:\n", s->name,
	    to == NULL ? "" : " for ", shown));
	for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
		TRY(text_append(out, d, "  %s\n", facts_at(f, "files", i)));
	if (n > NAMES_SHOWN)
		TRY(text_append(out, d, "  and %zu more\n", n - NAMES_SHOWN));
	TRY(text_append(out, d, "Its words, for both sides to compare:\n"));
	TRY(cmd_lay_words((const char *)words.data, "  ", out, d));
	TRY(text_append(out, d, "It lies in the outbox until you take it: "
	    "%s/%s" PARCEL_ENDING "\n", o->dir, s->name));
out:
	bytes_free(&words);
	return rc;
}

/* What is no folder is for who sends to refuse. */
static enum status
check_stick(const struct way_out *o, const char *dir, struct diag *d)
{
	char state[SHOWN_SIZE], shown[SHOWN_SIZE];
	bool inside;
	int fd = -1;

	if (file_open_dir(dir, false, &fd, NULL) != ST_OK)
		return ST_OK;
	inside = lies_in_state(o, fd, state);
	close(fd);
	text_escape(dir, strlen(dir), shown, sizeof(shown));
	return !inside ? ST_OK : diag_set(d, ST_POLICY, "%s: FORMATS 3.61: it "
	    "lies in the state %s", shown, state);
}

/* As if it were typed: `transfer send` is what sends, whoever asks. */
static enum status
send_one(const struct way_out *o, const struct sent *s, enum front_way way,
    const char *dir, struct diag *d)
{
	const bool codes = way == FRONT_CODES;
	char path[ROOM_PATH_SIZE + FILE_SIZE];
	/* the outbox is no longer ours alone */
	struct call c = { .plain = o->call->plain, .meant = s->parcel };
	enum status rc;

	snprintf(path, sizeof(path), "%s/%s" PARCEL_ENDING, o->room->outbox,
	    s->name);
	if (!codes)
		TRY(check_stick(o, dir, d));
	TRY(cmd_prepare("transfer", "send", &c, d));
	c.arg[c.n++] = path;
	TRY(cmd_give(&c, codes ? "--qr" : "--usb", codes ? "screen" : dir, d));
	TRY(c.cmd->run(&c, d));
	/* what it says is to be read before the next question */
	if (fflush(stdout) != 0)
		FAIL(d, ST_SYSTEM, "its report did not go out");
out:
	return rc;
}

/* Until there is nothing more to be done with it; ST_USAGE, ST_SYSTEM: nobody
 * can be asked any more. */
static enum status
offer_one(const struct way_out *o, const struct sent *s, struct diag *d)
{
	struct bytes what = { 0 }, dir = { 0 };
	enum front_way way = FRONT_DONE;
	struct diag why = { 0 };
	enum status rc;

	TRY(say_parcel(o, s, &what, d));
	for (;;) {
		TRY(o->front->ask_way(o->front, (const char *)what.data, &way,
		    &dir, d));
		if (way == FRONT_DONE)
			break;
		diag_clear(&why);
		if (send_one(o, s, way, (const char *)dir.data, &why) !=
		    ST_OK && !o->front->refused(o->front, &why))
			FAIL(d, ST_SYSTEM, "the terminal is gone");
	}
	rc = ST_OK;
out:
	bytes_free(&what);
	bytes_free(&dir);
	return rc;
}

/* The ceremony is closed and the parcels are written: whatever happens here
 * takes nothing of that back. */
static void
offer_all(const struct way_out *o)
{
	const struct state *s = o->state;

	for (size_t i = 0; i < s->nsent; i++) {
		if (is_last(s, &s->sent[i]) && s->sent[i].parcel[0] != '\0' &&
		    offer_one(o, &s->sent[i], NULL) != ST_OK)
			break;
	}
	fprintf(stderr, "what the outbox has is sent with\n"
	    "  anchorite transfer send PARCEL --qr screen|--usb DIR\n");
}

enum status
outbox_bring(const struct call *c, const struct room *room,
    const char *head, const struct front *front, struct diag *d)
{
	struct way_out o = { .call = c, .room = room, .front = front,
		.fd = -1 };
	struct diag why = { 0 };
	enum status rc;

	text_escape(room->outbox, strlen(room->outbox), o.dir, sizeof(o.dir));
	text_escape(room->state[0], strlen(room->state[0]), o.from,
	    sizeof(o.from));
	rc = state_from(room->state[0], &o.state, &why);
	/* the stick is no longer ours alone */
	if (rc == ST_OK && strcmp(state_head(o.state), head) != 0)
		rc = diag_set(&why, ST_AUTH, "%s: it is another than it was",
		    room->state[0]);
	if (rc != ST_OK)
		FAIL(d, ST_SYSTEM, "the ceremony is closed, and its parcels "
		    "are not made: %s; the same command makes them, once that "
		    "is mended", why.text);
	tell_others(&o);
	rc = room->outbox[0] == '\0' ? ST_OK : bring_all(&o, d);
	if (rc == ST_OK && o.fd >= 0 && front->ask_way != NULL)
		offer_all(&o);
out:
	state_free(o.state);
	if (o.fd >= 0)
		close(o.fd);
	return rc;
}
