/* texts.h -- texts without end, in place of a message that was cut. */
#ifndef ANCHORITE_TESTS_TEXTS_H
#define ANCHORITE_TESTS_TEXTS_H

#include "cmd/show.h"

/* A message of so many digits. */
struct texts {
	size_t digits;
	unsigned version; /* as it was cut last */
	enum qr_level level;
	unsigned opened; /* how often it was cut */
};

/* Text i of a message cut for version v is "AN1:", v in two digits, i in
 * eight, and as many more as fit; what is too small for 40 of them is
 * refused.  The session is named after v. */
struct show_source texts_source(struct texts *t);

/* What a text says; 0 if it is none. */
unsigned texts_version(const char *text);
unsigned texts_number(const char *text);

#endif
