/* table.h -- tables that grow by one row at a time. */
#ifndef ANCHORITE_TABLE_H
#define ANCHORITE_TABLE_H

#include <stddef.h>

/**
 * GROW(table, n):
 * One more row at the end of ${table}, zeroed, and ${n} counts it; NULL: no
 * memory, and nothing has changed.  A table begins as NULL with 0 rows and
 * grows by this alone, for its room follows from ${n}; rows may go from its
 * end.  Rows move: no pointer into it outlives the call.  The caller frees.
 */
#define GROW(table, n) table_grow(&(table), &(n), sizeof(*(table)))
void *table_grow(void *table, size_t *n, size_t size);

#endif
