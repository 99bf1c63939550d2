/* see scan.h */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/code/picture.h"
#include "lib/code/scan_job.h"

#define MISSES_MAX 8 /* in a row, after which a region is given up */
#define WHOLE_EACH 15 /* pictures of a video: another code may be elsewhere */

struct worker {
	struct sandbox *box;
	uint64_t number; /* of the picture it looks at; 0: idle */
	bool whole;	 /* looks at all of it */
};

/* Where codes were seen since the whole was looked at last. */
struct track {
	struct scan_box box; /* no width: nowhere */
	unsigned way;	     /* that found the last */
	unsigned misses;     /* since then */
	unsigned asked;	     /* pictures, since the whole */
};

struct scanner {
	struct worker worker[SCAN_WORKERS_MAX];
	unsigned n;
	uint64_t given;
	struct track track;
};

enum status
scan_start(unsigned workers, struct scanner **out, struct diag *d)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct scanner *s = NULL;
	enum status rc;

	*out = NULL;
	if (workers == 0)
		workers = cpus < 1 ? 1 : (unsigned)cpus;
	if (workers > SCAN_WORKERS_MAX)
		workers = SCAN_WORKERS_MAX;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (; s->n < workers; s->n++)
		TRY(sandbox_start(&scan_job, &s->worker[s->n].box, d));

	*out = s;
	s = NULL;
	rc = ST_OK;
out:
	scan_free(s);
	return rc;
}

static struct worker *
idle(struct scanner *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->worker[i].number == 0)
			return &s->worker[i];
	return NULL;
}

uint8_t *
scan_room(struct scanner *s)
{
	const struct worker *w = idle(s);

	return w == NULL ? NULL : sandbox_desk(w->box) + SCAN_ASK_HEAD;
}

/* Where to look, in which ways. */
static void
plan(struct track *t, enum scan_effort effort, struct scan_ask *ask)
{
	ask->ways = SCAN_WAYS;
	if (effort == SCAN_THOROUGH)
		ask->flags = SCAN_ALL;
	if (effort == SCAN_THOROUGH || t->box.width == 0)
		return;
	ask->part = t->box;
	if (effort == SCAN_QUICK) {
		ask->way = t->way;
		ask->ways = 2;
		ask->flags = SCAN_WHOLE;
		return;
	}
	/* A screen that changed while the camera looked is the usual miss, and
	 * no other way helps; so two in a row before the next way is tried. */
	ask->way = (t->way + t->misses / 2) % SCAN_WAYS;
	ask->ways = 1;
	if (++t->asked >= WHOLE_EACH) {
		memset(&ask->part, 0, sizeof(ask->part));
		t->asked = 0;
	}
}

static enum status
give(struct scanner *s, unsigned width, unsigned height, size_t len,
    enum scan_effort effort, struct diag *d)
{
	struct scan_ask ask = { width, height, { 0, 0, 0, 0 }, 0, 0, 0 };
	struct worker *w = idle(s);
	enum status rc;

	if (w == NULL)
		FAIL(d, ST_BUG, "no picture reader is idle");
	plan(&s->track, effort, &ask);
	scan_ask_write(&ask, sandbox_desk(w->box));
	TRY(sandbox_send(w->box, SCAN_ASK_HEAD + len, d));
	w->number = ++s->given;
	w->whole = ask.part.width == 0;
out:
	return rc;
}

enum status
scan_gray(struct scanner *s, unsigned width, unsigned height,
    enum scan_effort effort, struct diag *d)
{
	if (width == 0 || height == 0 || width > PICTURE_SIDE_MAX ||
	    height > PICTURE_SIDE_MAX ||
	    width * height > PICTURE_PIXELS_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 10.74: a picture of "
		    "%u x %u pixels; at most %u are looked at", width, height,
		    PICTURE_PIXELS_MAX);
	return give(s, width, height, (size_t)width * height, effort, d);
}

enum status
scan_file(struct scanner *s, size_t len, enum scan_effort effort,
    struct diag *d)
{
	if (len > SCAN_ROOM)
		return diag_set(d, ST_BUG, "a file of %zu bytes in a room of "
		    "%zu", len, SCAN_ROOM);
	return give(s, 0, 0, len, effort, d);
}

size_t
scan_busy(const struct scanner *s)
{
	size_t n = 0;

	for (unsigned i = 0; i < s->n; i++)
		n += s->worker[i].number != 0;
	return n;
}

bool
scan_wait(struct scanner *s, int fd, int ms)
{
	struct pollfd p[SCAN_WORKERS_MAX + 1];
	nfds_t n = 0;
	int left, got;
	bool late = false;

	for (unsigned i = 0; i < s->n; i++) {
		if (s->worker[i].number == 0)
			continue;
		p[n++] = (struct pollfd){ sandbox_fd(s->worker[i].box),
			POLLIN, 0 };
		left = sandbox_left_ms(s->worker[i].box);
		if (ms < 0 || left <= ms) {
			ms = left;
			late = true;
		}
	}
	/* a negative descriptor is passed over */
	p[n] = (struct pollfd){ fd, POLLIN, 0 };
	got = poll(p, n + 1, ms);
	if (got == 0)
		return late;
	for (nfds_t i = 0; got > 0 && i < n; i++)
		if (p[i].revents != 0)
			return true;
	return false;
}

/* The worker whose picture is done, or whose time is over. */
static struct worker *
done(struct scanner *s)
{
	struct worker *w;
	struct pollfd p;

	for (unsigned i = 0; i < s->n; i++) {
		w = &s->worker[i];
		p = (struct pollfd){ sandbox_fd(w->box), POLLIN, 0 };
		if (w->number != 0 && (poll(&p, 1, 0) > 0 ||
		    sandbox_left_ms(w->box) == 0))
			return w;
	}
	return NULL;
}

/* The least box around both; no width: none. */
static struct scan_box
both(struct scan_box a, struct scan_box b)
{
	const unsigned x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
	const unsigned ax = a.x + a.width, bx = b.x + b.width;
	const unsigned ay = a.y + a.height, by = b.y + b.height;

	if (a.width == 0)
		return b;
	return (struct scan_box){ x, y, (ax > bx ? ax : bx) - x,
		(ay > by ? ay : by) - y };
}

/* A box and an eighth of it on each side, as a hand moves; even, so that
 * halves of it are halves of the whole. */
static struct scan_box
with_margin(struct scan_box b, unsigned width, unsigned height)
{
	const unsigned dx = b.width / 8 + 16, dy = b.height / 8 + 16;
	const unsigned right = b.x + b.width + dx;
	const unsigned bottom = b.y + b.height + dy;

	b.x = b.x > dx ? (b.x - dx) & ~1U : 0;
	b.y = b.y > dy ? (b.y - dy) & ~1U : 0;
	b.width = (right < width ? right : width) - b.x;
	b.height = (bottom < height ? bottom : height) - b.y;
	return b;
}

static void
follow(struct track *t, const struct scan_seen *seen, unsigned way)
{
	struct scan_box found = { 0, 0, 0, 0 };

	for (size_t i = 0; i < seen->n; i++)
		found = both(found, (struct scan_box){ seen->text[i].x,
		    seen->text[i].y, seen->text[i].width,
		    seen->text[i].height });
	t->box = both(t->box, with_margin(found, seen->width, seen->height));
	t->way = way;
	t->misses = 0;
}

static void
lose(struct track *t)
{
	if (++t->misses >= MISSES_MAX)
		memset(t, 0, sizeof(*t));
}

enum status
scan_take(struct scanner *s, struct scan_seen *seen, struct diag *d)
{
	const uint8_t *data = NULL;
	struct worker *w;
	unsigned way = 0;
	size_t len = 0;

	if (scan_busy(s) == 0)
		return diag_set(d, ST_BUG, "no picture is looked at");
	while ((w = done(s)) == NULL)
		scan_wait(s, -1, -1);
	memset(seen, 0, sizeof(*seen));
	seen->number = w->number;
	w->number = 0;
	seen->status = sandbox_receive(w->box, &data, &len, &seen->why);
	if (seen->status == ST_OK)
		seen->status = scan_answer_read(data, len, seen, &way,
		    &seen->why);
	if (seen->status == ST_OK && seen->n > 0) {
		if (w->whole)
			memset(&s->track, 0, sizeof(s->track));
		follow(&s->track, seen, way);
	} else
		lose(&s->track);
	return ST_OK;
}

void
scan_forget(struct scanner *s)
{
	for (unsigned i = 0; i < s->n; i++)
		sandbox_forget(s->worker[i].box);
}

void
scan_free(struct scanner *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n; i++)
		sandbox_free(s->worker[i].box);
	free(s);
}
