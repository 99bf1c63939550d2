/* medium.h -- what a stick says of itself, and what of it is believed. */
#ifndef ANCHORITE_MEDIUM_H
#define ANCHORITE_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define MEDIUM_SERIAL_SIZE 65

struct medium {
	char fs[32];			/* "vfat"; empty: no file system */
	char serial[MEDIUM_SERIAL_SIZE]; /* printable, no blanks; or "none" */
	uint64_t capacity;		/* bytes of the whole device */
	uint64_t room;			/* bytes that files can still take */
	bool readonly, nosuid, nodev, noexec; /* as it is mounted */
	bool removable;			/* the kernel says so */
	bool whole;			/* not a partition */
};

/**
 * medium_of_folder(fd, out, d):
 * Of the file system that an open folder is on.  What the kernel does not say
 * is "none", 0 or false.  ST_SYSTEM: it says nothing at all.
 */
MUST_USE enum status medium_of_folder(int fd, struct medium *out,
    struct diag *d);

/* Of an open block device. */
MUST_USE enum status medium_of_device(int fd, struct medium *out,
    struct diag *d);

/* Where the kernel shows its devices: "/sys". */
const char *medium_sysfs(void);

#endif
