/* vectors.h -- known answers: tests/vectors/X.txt.
 * Records of `key: value` lines, an empty line between them; `#` in column 1
 * begins a comment.  A key may come more than once. */
#ifndef ANCHORITE_TESTS_VECTORS_H
#define ANCHORITE_TESTS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VECTOR_LINES_MAX 32
#define VECTOR_LINE_SIZE 1024

struct vector {
	size_t n;
	char line[VECTOR_LINES_MAX][VECTOR_LINE_SIZE];
};

/* The file of that name in tests/vectors; fails the test when it is absent. */
FILE *vectors_open(const char *name);

/* The next record; false at the end. */
bool vectors_next(FILE *f, struct vector *v);

/* The ${nth} value (0..) of a key, or NULL. */
const char *vector_get(const struct vector *v, const char *key, size_t nth);

/* The only value of a key; fails the test when it is not there. */
const char *vector_need(const struct vector *v, const char *key);

/* A value in hex as bytes; returns how many, at most ${size}. */
size_t vector_hex(const struct vector *v, const char *key, uint8_t *out,
    size_t size);

#endif
