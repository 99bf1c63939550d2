/* show.h -- codes for a camera on the other side: on a screen, one after the
 * other, as PNG files, or as a page for paper. */
#ifndef ANCHORITE_CMD_SHOW_H
#define ANCHORITE_CMD_SHOW_H

#include <stdbool.h>

#include "lib/code/draw.h"

#define SHOW_SESSION_SIZE 17 /* a session's name and NUL */
#define SHOW_RATE 5	     /* codes a second, unless told otherwise */
#define SHOW_VERSION_SCREEN 25 /* the most that 720 lines see for sure */
#define SHOW_VERSION_PAPER 20

/* Where texts come from: a message cut for codes of one size, texts without
 * end, of which any ${k} or so are enough. */
struct show_source {
	void *cookie;
	/* Cut for codes of this size, instead of what was before: ${*k} texts
	 * are enough.  ST_POLICY: codes of this size are too small for it. */
	enum status (*open)(void *cookie, unsigned version,
	    enum qr_level level, size_t *k, char session[SHOW_SESSION_SIZE],
	    struct diag *d);
	/* Text ${i} of it; every time the same. */
	enum status (*text)(void *cookie, uint32_t i, struct bytes *out,
	    struct diag *d);
};

/* What is shown, and how; all borrowed. */
struct show {
	const char *purpose; /* of the parcel: "result" */
	const char *from;    /* who sends it */
	const char *date;    /* not to be used before, clock.h; or NULL */
	const char *words;   /* of its digest, single blanks */
	enum qr_level level; /* of QR */
	unsigned version;    /* as asked for, or 0 */
	unsigned rate;	     /* a second: one of show_rates */
	struct show_source source;
	qr_reader *read; /* each code is read back before it is shown */
	void *reader;
};

/* Codes a second that may be asked for; ends with 0. */
extern const unsigned show_rates[];

/* A message as it was cut. */
struct show_cut {
	unsigned version; /* 0: not yet */
	size_t k;	  /* 1: one still code */
	char session[SHOW_SESSION_SIZE];
	uint32_t next; /* of the texts */
};

/**
 * show_cut(s, most, out, d):
 * Cut for codes of at most version ${most}: of all sizes that need no more
 * codes than that one the smallest; or for the version that was asked for.
 * ST_POLICY: ${most} is too small.
 */
MUST_USE enum status show_cut(const struct show *s, unsigned most,
    struct show_cut *out, struct diag *d);

/**
 * show_next(s, cut, out, i, d):
 * The next code that can be read back; those that cannot are passed over, as
 * any other will do.  ${*i} is its number.  ST_SYSTEM: none for long.
 */
MUST_USE enum status show_next(const struct show *s, struct show_cut *cut,
    struct qr *out, uint32_t *i, struct diag *d);

/* A screen: a terminal, or what stands in for one. */
struct show_screen {
	void *cookie;
	enum draw_form form;
	enum status (*window)(void *cookie, unsigned *cols, unsigned *rows,
	    struct diag *d);
	enum status (*paint)(void *cookie, const void *data, size_t len,
	    struct diag *d);
	/* the next key, or 0 after ${wait_ms} */
	enum status (*key)(void *cookie, int wait_ms, uint8_t *key,
	    struct diag *d);
	int64_t (*now_ms)(void *cookie); /* steady */
};

/**
 * show_run(s, screen, d):
 * Show codes at a steady rate until somebody presses q.  The window may change
 * meanwhile; as long as the codes fit, they stay of their size, so that what a
 * receiver has keeps its worth.
 * ST_POLICY: the window is too small, in the beginning.
 */
MUST_USE enum status show_run(const struct show *s,
    const struct show_screen *screen, struct diag *d);

/**
 * show_terminal(s, plain, d):
 * The same at the controlling terminal: half blocks where it has them, else,
 * or with ${plain}, coloured blanks.
 */
MUST_USE enum status show_terminal(const struct show *s, bool plain,
    struct diag *d);

/**
 * show_png(s, dir, n, d):
 * Write ${*n} files frame-NNNN.png into a new folder, some more than are
 * enough if it is not one alone.  On refusal nothing is left.
 */
MUST_USE enum status show_png(const struct show *s, const char *dir,
    size_t *n, struct diag *d);

/**
 * show_pdf(s, path, n, d):
 * Write a new PDF file of ${*n} codes for paper, likewise.  On refusal nothing
 * is left.
 */
MUST_USE enum status show_pdf(const struct show *s, const char *path,
    size_t *n, struct diag *d);

#endif
