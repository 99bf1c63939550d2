/* library.h -- libraries that few need: loaded by name by who is about to use
 * them, so that a process which opens a root has none of them. */
#ifndef ANCHORITE_LIBRARY_H
#define ANCHORITE_LIBRARY_H

#include <stddef.h>

#include "lib/base/diag.h"

/* A function of it, and where in a struct of pointers it goes. */
struct library_entry {
	size_t at; /* bytes */
	const char *symbol;
};

/* A pointer to one, of the type that it has in its header; its entry, ${lib}
 * being the struct; and that ${n} entries are all that are wanted. */
#define LIBRARY_CALL(symbol) __typeof__(&(symbol)) symbol
#define LIBRARY_ENTRY(lib, symbol)                                            \
	{ offsetof(__typeof__(lib), symbol), #symbol }
#define LIBRARY_WHOLE(lib, n)                                                 \
	_Static_assert(sizeof(lib) == (n) * sizeof(void *),                   \
	    "a pointer without an entry")

/* const; its functions have the types of the library's own header. */
struct library {
	const char *file;    /* "libzbar.so.0": the loader's name */
	const char *package; /* what to install, for the sentence */
	const struct library_entry *entries;
	size_t n;
};

/**
 * library_load(l, to, d):
 * Load it for good, and fill the struct of pointers ${to}.
 * ST_SYSTEM: it is not there, or has no such function.
 */
MUST_USE enum status library_load(const struct library *l, void *to,
    struct diag *d);

#endif
