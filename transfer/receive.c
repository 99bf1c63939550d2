/* see receive.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/code/scan.h"
#include "transfer/receive.h"

/* Pictures that are looked at, by number: what they are called. */
#define NAMES ((size_t)SCAN_WORKERS_MAX * 2)

struct reception {
	struct source *source;
	const struct receive_front *front;
	struct scanner *scanner;
	struct receive_count count;
	uint32_t recent; /* a bit a picture: whether it had a code */
	uint64_t given;
	char name[NAMES][sizeof(((struct source_item *)0)->name)];
	enum scan_effort effort;
	bool enough, stop, ended;
};

/* Tell the front, which may say stop. */
static void
tell(struct reception *r, const char *name, struct diag *refused)
{
	if (refused != NULL) {
		r->count.refused++;
		diag_prefix(refused, "%s", name);
	}
	if (!r->front->look(r->front->self, &r->count, refused))
		r->stop = true;
}

static enum status
text(struct reception *r, const char *text, size_t len, struct diag *d)
{
	r->count.texts++;
	return r->front->text(r->front->self, text, len, &r->enough, d);
}

static void
count_picture(struct receive_count *c, uint32_t *recent,
    const struct scan_seen *seen)
{
	const struct scan_text *code;

	c->pictures++;
	c->with_code += seen->n > 0;
	*recent = *recent << 1 | (seen->n > 0);
	c->recent = (unsigned)__builtin_popcount(*recent);
	c->width = seen->width;
	c->height = seen->height;
	c->dark = seen->dark;
	c->bright = seen->bright;
	if (seen->n == 0)
		return;
	code = &seen->text[0];
	c->code = code->width < code->height ? code->width : code->height;
	c->code_ms = clock_steady();
}

/* A picture is done. */
static enum status
take(struct reception *r, struct scan_seen *seen, struct diag *d)
{
	enum status rc;

	TRY(scan_take(r->scanner, seen, d));
	if (seen->status != ST_OK) {
		tell(r, r->name[seen->number % NAMES], &seen->why);
		goto out;
	}
	count_picture(&r->count, &r->recent, seen);
	for (size_t i = 0; i < seen->n && !r->enough; i++)
		TRY(text(r, seen->text[i].text, seen->text[i].len, d));
	tell(r, NULL, NULL);
out:
	return rc;
}

/* Something from the source lies in the room. */
static enum status
give(struct reception *r, const uint8_t *room, struct source_item *item,
    struct diag *d)
{
	enum status rc = ST_OK;

	switch (item->gives) {
	case SOURCE_END:
		r->ended = true;
		break;
	case SOURCE_BAD:
		tell(r, item->name, &item->why);
		break;
	case SOURCE_LINE:
		rc = text(r, (const char *)room, item->len, d);
		tell(r, NULL, NULL);
		break;
	case SOURCE_GRAY:
	case SOURCE_FILE:
		/* as the scanner numbers them */
		r->given++;
		memcpy(r->name[r->given % NAMES], item->name,
		    sizeof(item->name));
		if (item->gives == SOURCE_GRAY)
			rc = scan_gray(r->scanner, item->width, item->height,
			    r->effort, d);
		else
			rc = scan_file(r->scanner, item->len, r->effort, d);
		break;
	}
	return rc;
}

/* One picture more is with a reader, or one less. */
static enum status
step(struct reception *r, struct scan_seen *seen, struct diag *d)
{
	uint8_t *room = r->ended ? NULL : scan_room(r->scanner);
	const int fd = room == NULL ? -1 : source_fd(r->source);
	const bool waits = room == NULL || fd >= 0;
	struct source_item item;
	enum status rc;

	if (scan_busy(r->scanner) > 0 &&
	    scan_wait(r->scanner, fd, waits ? -1 : 0))
		return take(r, seen, d);
	if (room == NULL) {
		/* a signal came while all were at work: is more wanted? */
		tell(r, NULL, NULL);
		return ST_OK;
	}
	TRY(source_next(r->source, room, SCAN_ROOM, &item, d));
	TRY(give(r, room, &item, d));
out:
	return rc;
}

static enum status
pictures(struct reception *r, unsigned workers, struct diag *d)
{
	struct scan_seen *seen = calloc(1, sizeof(*seen));
	enum status rc;

	if (seen == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	TRY(scan_start(workers, &r->scanner, d));
	r->effort = source_live(r->source) ? SCAN_LIVE : SCAN_QUICK;
	do {
		r->ended = false;
		while (!r->enough && !r->stop &&
		    (!r->ended || scan_busy(r->scanner) > 0))
			TRY(step(r, seen, d));
	} while (!r->enough && !r->stop && r->effort++ == SCAN_QUICK &&
	    source_again(r->source));
	rc = ST_OK;
out:
	scan_free(r->scanner);
	free(seen);
	return rc;
}

static enum status
lines(struct reception *r, struct diag *d)
{
	uint8_t line[SOURCE_LINE_MAX];
	struct source_item item;
	enum status rc = ST_OK;

	while (!r->enough && !r->stop && !r->ended) {
		TRY(source_next(r->source, line, sizeof(line), &item, d));
		TRY(give(r, line, &item, d));
	}
out:
	return rc;
}

enum status
receive_run(struct source *source, unsigned workers,
    const struct receive_front *front, bool *enough, struct diag *d)
{
	struct reception *r = calloc(1, sizeof(*r));
	enum status rc;

	*enough = false;
	if (r == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	r->source = source;
	r->front = front;
	r->count.start_ms = clock_steady();
	if (source_has_lines(source))
		rc = lines(r, d);
	else
		rc = pictures(r, workers, d);
	*enough = r->enough;
	free(r);
	return rc;
}

/* ---- what a person might do ---- */

#define PATIENCE_MS 5000
#define DIM 70	     /* level of white below which it is too dark */
#define FLAT 40	     /* levels from black to white below which it is grey */
#define FEW 8	     /* pictures of the last 32 that have a code */
#define SMALL 2	     /* a code fills less than one part in so many */

static bool
is_quiet(const struct receive_count *c, int64_t now_ms)
{
	const int64_t since = c->code_ms > 0 ? c->code_ms : c->start_ms;

	return now_ms - since >= PATIENCE_MS;
}

const char *
receive_advice(const struct receive_count *c, int64_t now_ms)
{
	const bool quiet = is_quiet(c, now_ms);
	const bool few = c->code_ms > 0 && c->pictures >= 32 &&
	    c->recent < FEW;
	const struct {
		bool holds;
		const char *advice;
	} row[] = {
		{ quiet && c->pictures == 0,
		    "no picture comes from the source" },
		{ quiet && c->bright < DIM,
		    "too dark: make the screen or the room brighter" },
		{ quiet && c->bright - c->dark < FLAT,
		    "all grey: wipe the lens, or turn away from the glare" },
		{ quiet && c->code_ms == 0,
		    "no code yet: closer, until it fills the picture, and "
		    "hold still" },
		{ quiet, "no code any more: the whole code in the picture, "
		    "and hold still" },
		{ few && c->code * SMALL < c->height,
		    "few codes are read: closer" },
		{ few, "few codes are read: hold still, or make the sender "
		    "slower" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].holds)
			return row[i].advice;
	return NULL;
}
