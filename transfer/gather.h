/* gather.h -- frames put together to what was sent, in any order, from any
 * point on, of several senders at a time.  FORMATS 10.26 to 10.28. */
#ifndef ANCHORITE_GATHER_H
#define ANCHORITE_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "transfer/frame.h"

#define GATHER_SESSIONS 16 /* at a time */
#define GATHER_STALE 256   /* frames of others; then a session goes first */
#define GATHER_DONE 16	   /* sessions remembered as delivered */

/* Bytes of rows: more are never held.  A session has k rows of k factors and
 * a piece, which is 18 MB for the largest message in as many pieces as may be,
 * and 1.6 MB for 1 MB in pieces of a version-27 code. */
#define GATHER_MEMORY ((size_t)64 << 20)
struct gather;

enum gather_news {
	GATHER_NEW,	/* one step nearer */
	GATHER_NOTHING, /* known already, follows from what is known, or is of
			   a session that was delivered */
	GATHER_WHOLE,	/* here it is */
	GATHER_SPOILED	/* complete and wrong: all of it was dropped */
};

struct gather_report {
	enum gather_news news;
	size_t have, want;  /* exactly: rank, and k.  Of the frame's session */
	uint32_t session;
	struct bytes body;  /* WHOLE: what was sent, owned by the caller */
};

MUST_USE enum status gather_new(struct gather **out, struct diag *d);
void gather_free(struct gather *g);

/**
 * gather_take(g, f, out, d):
 * One more frame.  What it costs is linear in what the session has received:
 * at most one addition of a row for each row held; the last frame of a session
 * pays the same once for each row.
 * Nothing that a frame says is an error here: what is complete and does not
 * have its digest is SPOILED, its rows are dropped, and its frames may come
 * again (RULES X1).  ST_SYSTEM: out of memory; what is held stays, and any
 * later frame goes on from there.
 */
MUST_USE enum status gather_take(struct gather *g, const struct frame *f,
    struct gather_report *out, struct diag *d);

#endif
