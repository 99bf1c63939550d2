/* ini.h -- the strict reader for plan and room: docs/FORMATS.md 3. */
#ifndef ANCHORITE_INI_H
#define ANCHORITE_INI_H

#include <stddef.h>

#include "lib/base/diag.h"

#define INI_FILE_MAX 65536 /* bytes */
#define INI_LINE_MAX 512   /* bytes, without the line feed */

/* key = value, or key.name = value */
struct ini_entry {
	char *key;   /* [a-z][a-z0-9-]*, at most 32 */
	char *name;  /* a word after the dot, or NULL */
	char *value; /* never empty; no blanks at either end */
	size_t line; /* 1.. */
};

/* [kind] or [kind name] */
struct ini_section {
	char *kind;
	char *name; /* NULL when there is none */
	size_t line;
	struct ini_entry *entries; /* in file order */
	size_t n;
};

struct ini {
	char *file; /* its name, for messages */
	struct ini_section *sections; /* in file order */
	size_t n;
};

/**
 * ini_read(file, text, len, out, d):
 * UTF-8, LF line ends, `#` in column 1 only, no quotes, no continuation, no
 * comment behind a value, no control character; each (kind, name) once, each
 * (key, name) once a section; at least one section.  A last line without its
 * LF is refused (a torn file).  Refusals begin "FILE:LINE: FORMATS 3.n: ", or
 * without a line when they are about the file as a whole.
 * On success ${*out} is the caller's (ini_free).
 */
MUST_USE enum status ini_read(const char *file, const char *text, size_t len,
    struct ini **out, struct diag *d);

void ini_free(struct ini *ini);

#endif
