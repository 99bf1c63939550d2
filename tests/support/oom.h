/* oom.h -- memory that runs out on demand.
 * A test that includes this begins with the line
 * `link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc` in a C comment, with
 * --wrap=reallocarray,--wrap=strdup where these are called.  Only calls from
 * our own objects are counted, never those inside a library: so production
 * code does not say asprintf. */
#ifndef ANCHORITE_TESTS_OOM_H
#define ANCHORITE_TESTS_OOM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"

/* The ${nth} allocation from now on fails, and only that one; 1 is the next. */
void oom_arm(size_t nth);

/* Memory is plentiful again.  Whether the failure had struck. */
bool oom_disarm(void);

/**
 * oom_each(call, ctx):
 * Run ${call} with its first allocation failing, then its second, and so on
 * until none is left to fail.  Fails the test unless every run that was struck
 * ends in ST_SYSTEM and the last one in ST_OK.  Returns how many were struck;
 * assert that it is not 0 where something is to be allocated.
 * ${call} frees what it got, and asserts its own promises about failure.
 */
size_t oom_each(enum status (*call)(void *ctx), void *ctx);

#endif
