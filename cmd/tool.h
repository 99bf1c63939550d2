/* tool.h -- stock tools run beside us: openssl, for what must not depend on
 * this program being right. */
#ifndef ANCHORITE_CMD_TOOL_H
#define ANCHORITE_CMD_TOOL_H

#include "lib/base/diag.h"

#define TOOL_ARGS_MAX 32

/**
 * tool_run(dir, argv, code, d):
 * Run a program of the system in folder ${dir}, its output kept from the
 * screen; ${*code} is its exit status.  ST_SYSTEM: it could not be run.
 */
MUST_USE enum status tool_run(const char *dir, const char *const *argv,
    int *code, struct diag *d);

#endif
