/* sandbox_lock.h -- what a child of lib/base/sandbox takes from itself, for
 * good.  Apart, so that each lock is tried without the others. */
#ifndef ANCHORITE_SANDBOX_LOCK_H
#define ANCHORITE_SANDBOX_LOCK_H

#include <stddef.h>

#include "lib/base/diag.h"

/**
 * sandbox_lock_load(d):
 * First of all, while files can still be opened: libseccomp, which is not
 * linked.  ST_SYSTEM: it is not there.
 */
MUST_USE enum status sandbox_lock_load(struct diag *d);

/**
 * sandbox_lock_limits(memory, d):
 * No core, no process, no byte to a file, and no more than
 * ${memory} bytes of address space beyond what is mapped now (proc(5) statm).
 */
MUST_USE enum status sandbox_lock_limits(size_t memory, struct diag *d);

/**
 * sandbox_lock_files(d):
 * No path at all (Landlock), and no new descriptor.  A kernel without Landlock
 * is not refused: sandbox_lock_calls leaves no call that opens a path.
 */
MUST_USE enum status sandbox_lock_files(struct diag *d);

/**
 * sandbox_lock_calls(d):
 * Reading and writing what is open, memory of its own that is not code, time,
 * and the end; any other call is the end (seccomp).  ST_BUG: not loaded.
 */
MUST_USE enum status sandbox_lock_calls(struct diag *d);

/**
 * sandbox_lock_reading(memory, d):
 * For a child that draws, whose libraries open fonts when they want them: files
 * can be read, memory be had, threads started.  Nothing can be written, made or
 * removed, no socket opened, no program run, no other process touched: such
 * calls fail (Landlock where the kernel has it, seccomp).  No core, no byte to
 * a file, no more than ${memory} bytes beyond what is mapped now.
 */
MUST_USE enum status sandbox_lock_reading(size_t memory, struct diag *d);

#endif
