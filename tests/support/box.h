/* box.h -- an inbox in a folder of its own, and what lies there. */
#ifndef ANCHORITE_TESTS_BOX_H
#define ANCHORITE_TESTS_BOX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/record/inbox.h"

struct box {
	char path[64];
	struct inbox inbox;
};

/* Empty, and open; nobody has looked into it. */
void box_open(struct box *b);

/* Whatever is in it goes. */
void box_close(struct box *b);

void box_put(const struct box *b, const char *name, const void *data,
    size_t len);

/* A parcel of these files. */
void box_seal(const struct box *b, const char *name, struct parcel *p);

/* A parcel of one file, not to be used before ${from} (-1: whenever). */
void box_parcel(const struct box *b, const char *name, const char *purpose,
    const char *file, const struct bytes *data, int64_t from);

#endif
