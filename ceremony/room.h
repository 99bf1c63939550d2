/* room.h -- what is particular to one machine: paths.  FORMATS 3.21. */
#ifndef ANCHORITE_ROOM_H
#define ANCHORITE_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"

#define ROOM_PATH_SIZE 1024

struct room {
	char state[2][ROOM_PATH_SIZE]; /* sticks A and B; B may be empty */
	size_t nstates;
	char inbox[ROOM_PATH_SIZE];
	char outbox[ROOM_PATH_SIZE]; /* or empty */
	/* Where a rehearsal finds its paper: words noted, sheets written.
	 * Empty in a real room. */
	char paper[ROOM_PATH_SIZE];
	char sheets[ROOM_PATH_SIZE];
	/* Where pictures of printed sheets come from: "camera",
	 * "camera:DEVICE", a file, or a folder of files; or empty. */
	char scan[ROOM_PATH_SIZE];
	/* Where sheets go as PDF files: a folder, "lp", "lp:PRINTER"; or empty. */
	char print[ROOM_PATH_SIZE];
};

/**
 * room_read(path, out, d):
 * Section [room]; relative paths are relative to the file's own folder.
 */
MUST_USE enum status room_read(const char *path, struct room *out,
    struct diag *d);

/* Whether ${r} has pictures of sheets in the file system. */
bool room_has_pictures(const struct room *r);

/* Whether ${r}'s sheets go to lp(1), and to no folder. */
bool room_has_spooler(const struct room *r);

#endif
