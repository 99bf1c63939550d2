/* see codes.h: the receiver. */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/codes.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "transfer/receive.h"
#include "transfer/resume.h"

#define LINE_MS 200	 /* a terminal's line is written anew so often */
#define LOG_MS 2000	 /* what is no terminal gets a line so often */
#define ADVICE_MS 5000	 /* nobody follows more of it */
#define LINE_SIZE 128	 /* less than a line of most windows is written */
#define REFUSALS_MAX 16	 /* pictures that are named; the rest are counted */

struct taking {
	const char *from; /* the source, as it was named */
	bool live;	  /* a camera or a video, and somebody holds it */
	struct gather *gather;
	struct resume *resume; /* or NULL */
	bool whole;	       /* ${all} is a parcel */
	struct frozen all;
	struct gather_report last; /* of a frame; want 0: there was none */
	uint64_t frames;	   /* of any session */
	struct diag refused;	   /* what was whole and is no parcel */
	/* since when, and from how many on, the session's rank grows */
	int64_t since_ms;
	size_t since_have;
	/* what was said, and when */
	bool terminal, line;
	int64_t line_ms, advice_ms;
	const char *advice;
};

/* --- signals: what came is kept, then it ends --- */

static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
#define NSTOPS (sizeof(stops) / sizeof(stops[0]))

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	stopped = signal;
}

/* Without SA_RESTART, so that a wait ends.  What is ignored stays so. */
static void
catch_stops(struct sigaction before[NSTOPS])
{
	const struct sigaction act = { .sa_handler = stop };

	stopped = 0;
	for (size_t i = 0; i < NSTOPS; i++) {
		sigaction(stops[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(stops[i], &act, NULL);
	}
}

static void
release_stops(const struct sigaction before[NSTOPS])
{
	for (size_t i = 0; i < NSTOPS; i++)
		sigaction(stops[i], &before[i], NULL);
}

/* --- what a person sees meanwhile --- */

static void
clear_line(struct taking *t)
{
	if (t->line)
		fputs("\r\033[K", stderr);
	t->line = false;
}

/* A line that stays. */
static void PRINTF_LIKE(2, 3)
say(struct taking *t, const char *fmt, ...)
{
	va_list ap;

	clear_line(t);
	fputs("anchorite: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* The rank, which is exact, and what follows from how it grew. */
static void
progress(const struct taking *t, int64_t now, char out[LINE_SIZE])
{
	const size_t have = t->last.have, want = t->last.want;
	const int64_t ms = now - t->since_ms;
	const size_t grown = have > t->since_have ? have - t->since_have : 0;
	size_t tenths;

	if (want == 0) {
		snprintf(out, LINE_SIZE, "no code of a parcel yet");
	} else if (grown == 0 || ms < 1000) {
		snprintf(out, LINE_SIZE, "%zu of %zu", have, want);
	} else {
		tenths = grown * 10000 / (size_t)ms;
		snprintf(out, LINE_SIZE, "%zu of %zu, %zu.%zu a second, "
		    "%zu s left", have, want, tenths / 10, tenths % 10,
		    (want - have) * (size_t)ms / grown / 1000 + 1);
	}
}

static void
say_progress(struct taking *t, int64_t now)
{
	char line[LINE_SIZE];

	if (now - t->line_ms < (t->terminal ? LINE_MS : LOG_MS))
		return;
	t->line_ms = now;
	progress(t, now, line);
	if (!t->terminal) {
		say(t, "%s", line);
		return;
	}
	fprintf(stderr, "\r\033[K%s", line);
	t->line = true;
}

static void
say_advice(struct taking *t, const struct receive_count *count, int64_t now)
{
	const char *advice = receive_advice(count, now);

	if (!t->live || advice == t->advice || now - t->advice_ms < ADVICE_MS)
		return;
	t->advice = advice;
	if (advice == NULL)
		return;
	t->advice_ms = now;
	say(t, "%s", advice);
}

static bool
look(void *self, const struct receive_count *count, const struct diag *refused)
{
	const int64_t now = clock_steady();
	struct taking *t = self;

	if (stopped != 0)
		return false;
	if (refused != NULL && count->refused <= REFUSALS_MAX)
		say(t, "%s", refused->text);
	say_advice(t, count, now);
	say_progress(t, now);
	return true;
}

/* --- frames --- */

/* A folder that cannot be written is done with; reception is not. */
static void
keep(struct taking *t, enum status rc, const struct diag *why)
{
	if (rc == ST_OK)
		return;
	say(t, "%s: from here on nothing is kept for --resume", why->text);
	resume_close(t->resume);
	t->resume = NULL;
}

/* A message as it was sent.  It ends reception if it is a parcel: FORMATS
 * 10.31. */
static enum status
take_body(struct taking *t, const struct bytes *body, struct diag *d)
{
	struct diag why = { 0 };
	struct parcel p = { 0 };
	enum status rc;

	TRY(frozen_new(&t->all, d));
	TRY(frozen_add(&t->all, body->data, body->len, d));
	TRY(frozen_close(&t->all, d));
	rc = cmd_open_parcel(t->from, t->all.data, t->all.len, &p, &why);
	t->whole = rc == ST_OK;
	if (t->whole)
		goto out;
	frozen_free(&t->all);
	if (diag_exit(rc) != 1)
		FAIL(d, rc, "%s", why.text);
	rc = ST_OK;
	if (t->live)
		say(t, "session %08x is whole, and no parcel that is wanted: "
		    "%s", t->last.session, why.text);
	if (t->refused.code == ST_OK)
		t->refused = why;
out:
	parcel_clear(&p);
	return rc;
}

/* How far it is now. */
static void
count_rank(struct taking *t, const struct gather_report *r)
{
	if (t->last.want == 0 || t->last.session != r->session) {
		t->since_ms = clock_steady();
		t->since_have = r->have;
	}
	t->last = *r;
	t->last.body = (struct bytes){ 0 };
}

static enum status
take_report(struct taking *t, struct gather_report *r, struct diag *d)
{
	enum status rc = ST_OK;

	if (r->news != GATHER_NOTHING || t->last.want == 0)
		count_rank(t, r);
	if (r->news == GATHER_SPOILED)
		say(t, "session %08x: FORMATS 10.28: all of it came, and is "
		    "not what its digest says; its frames are dropped, and "
		    "reception goes on", r->session);
	if (r->news == GATHER_WHOLE)
		TRY(take_body(t, &r->body, d));
out:
	bytes_free(&r->body);
	return rc;
}

static enum status
take_text(void *self, const char *text, size_t len, bool *enough,
    struct diag *d)
{
	struct gather_report r = { 0 };
	struct taking *t = self;
	struct diag why = { 0 };
	struct frame f;
	enum status rc;

	/* other codes are in the room too: what is no frame is nothing */
	if (frame_read(text, len, &f, NULL) != ST_OK)
		return ST_OK;
	t->frames++;
	TRY(gather_take(t->gather, &f, &r, d));
	if (t->resume != NULL &&
	    (r.news == GATHER_NEW || r.news == GATHER_WHOLE))
		keep(t, resume_add(t->resume, text, len, &why), &why);
	TRY(take_report(t, &r, d));
	*enough = t->whole;
out:
	return rc;
}

/* --- the folder --- */

/* What earlier runs had; a message of theirs that is no parcel ends nothing
 * here either, and is known as delivered when it comes again. */
static enum status
replay(struct taking *t, const char *path, struct diag *d)
{
	struct gather_report r;
	char shown[128];
	bool more = true;
	enum status rc;

	TRY(resume_open(path, &t->resume, d));
	for (size_t i = 0; more && i < GATHER_DONE; i++) {
		TRY(resume_replay(t->resume, t->gather, &r, d));
		more = r.news == GATHER_WHOLE;
		if (r.want > 0)
			TRY(take_report(t, &r, d));
		more = more && !t->whole;
	}
	text_escape(path, strlen(path), shown, sizeof(shown));
	if (t->last.want > 0)
		say(t, "%s: %zu of %zu were there already", shown,
		    t->last.have, t->last.want);
out:
	return rc;
}

/* --- the verb's part --- */

static enum status
run(struct taking *t, struct diag *d)
{
	const struct receive_front front = { t, take_text, look };
	struct source *s = NULL;
	bool enough;
	enum status rc;

	TRY(source_open(t->from, &s, d));
	t->live = source_live(s);
	t->line_ms = t->advice_ms = clock_steady();
	TRY(receive_run(s, 0, &front, &enough, d));
out:
	clear_line(t);
	source_close(s);
	return rc;
}

/* Why there is no parcel; ${rc} and ${why} are what the source said. */
static enum status
say_missing(const struct taking *t, const char *folder, enum status rc,
    const struct diag *why, struct diag *d)
{
	if (stopped != 0 && t->last.have == 0)
		return diag_set(d, ST_USAGE, "interrupted: no code of a parcel "
		    "is there yet");
	if (stopped != 0)
		return diag_set(d, ST_USAGE, "interrupted: %zu of %zu came%s%s",
		    t->last.have, t->last.want, t->resume == NULL ? "" :
		    "; they are in ", t->resume == NULL ? "" : folder);
	if (rc != ST_OK)
		return diag_set(d, rc, "%s", why->text);
	if (t->refused.code != ST_OK)
		return diag_set(d, t->refused.code, "%s", t->refused.text);
	if (t->last.want > 0)
		return diag_set(d, ST_FORMAT, "%s: FORMATS 10.28: %zu of %zu "
		    "came, of session %08x: more codes are wanted", t->from,
		    t->last.have, t->last.want, t->last.session);
	return diag_set(d, ST_FORMAT, "%s: FORMATS 10.23: no code of a parcel "
	    "came", t->from);
}

static enum status
say_whole(const struct taking *t, const char *folder, struct facts *f,
    struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "session", "%08x", t->last.session));
	if (t->frames > 0)
		TRY(facts_set(f, d, "codes", "%llu read, %zu were wanted",
		    (unsigned long long)t->frames, t->last.want));
	else
		TRY(facts_set(f, d, "codes", "none was read: all were in %s",
		    folder));
	if (t->refused.code != ST_OK)
		TRY(facts_set(f, d, "refused", "%s", t->refused.text));
out:
	return rc;
}

enum status
codes_receive(const struct call *c, const char *from, struct frozen *out,
    struct facts *f, struct diag *d)
{
	const char *folder = cmd_opt(c, "--resume", NULL);
	const bool made = folder != NULL && !file_exists_at(AT_FDCWD, folder);
	struct taking t = { .from = from, .all = FROZEN_NONE,
		.terminal = isatty(STDERR_FILENO) == 1 && !c->plain };
	struct sigaction before[NSTOPS];
	struct diag why = { 0 }, lost = { 0 };
	enum status rc;

	catch_stops(before);
	TRY(gather_new(&t.gather, d));
	if (folder != NULL)
		TRY(replay(&t, folder, d));
	rc = t.whole ? ST_OK : run(&t, &why);
	if (t.resume != NULL)
		keep(&t, resume_flush(t.resume, &lost), &lost);
	if (!t.whole)
		TRY(say_missing(&t, folder, rc, &why, d));
	TRY(say_whole(&t, folder, f, d));
	*out = t.all;
	t.all = (struct frozen)FROZEN_NONE;
out:
	release_stops(before);
	resume_close(t.resume);
	gather_free(t.gather);
	frozen_free(&t.all);
	/* a folder that nothing came into was not wanted */
	if (made)
		rmdir(folder);
	return rc;
}
