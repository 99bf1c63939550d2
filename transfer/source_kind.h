/* source_kind.h -- what a kind of source is made of. */
#ifndef ANCHORITE_TRANSFER_SOURCE_KIND_H
#define ANCHORITE_TRANSFER_SOURCE_KIND_H

#include "transfer/source.h"

struct source_kind {
	const char *word;	/* "camera"; NULL: names of files */
	bool only_input;	/* behind the colon stands "-" */
	bool live;		/* as source_live */
	bool lines;		/* as source_has_lines */
	/* ${rest} is behind the colon, NULL where there is none */
	enum status (*open)(const char *rest, void **self, struct diag *d);
	int (*fd)(const void *self); /* as source_fd; NULL: always -1 */
	enum status (*next)(void *self, uint8_t *room, size_t size,
	    struct source_item *item, struct diag *d);
	bool (*again)(void *self); /* NULL: it cannot */
	void (*close)(void *self); /* of NULL too */
};

extern const struct source_kind source_camera; /* source_camera.c */
extern const struct source_kind source_y4m;    /* source_stream.c */
extern const struct source_kind source_lines;  /* source_stream.c */
extern const struct source_kind source_files;  /* source_files.c */

#endif
