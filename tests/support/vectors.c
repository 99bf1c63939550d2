/* see vectors.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "tests/support/vectors.h"

FILE *
vectors_open(const char *name)
{
	const char *root = getenv("ROOT"); /* the runner says where we are */
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s",
	    root == NULL ? "." : root, name);
	if ((f = fopen(path, "re")) == NULL)
		fail_msg("%s: not there (run from the top folder)", path);
	return f;
}

bool
vectors_next(FILE *f, struct vector *v)
{
	char line[VECTOR_LINE_SIZE];

	v->n = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (line[0] == '\0' && v->n > 0)
			return true;
		if (line[0] == '\0')
			continue;
		assert_true(v->n < VECTOR_LINES_MAX);
		memcpy(v->line[v->n++], line, sizeof(line));
	}
	return v->n > 0;
}

const char *
vector_get(const struct vector *v, const char *key, size_t nth)
{
	const size_t len = strlen(key);

	for (size_t i = 0; i < v->n; i++)
		if (strncmp(v->line[i], key, len) == 0 &&
		    strncmp(v->line[i] + len, ": ", 2) == 0 && nth-- == 0)
			return v->line[i] + len + 2;
	return NULL;
}

const char *
vector_need(const struct vector *v, const char *key)
{
	const char *value = vector_get(v, key, 0);

	if (value == NULL)
		fail_msg("a vector without \"%s\"", key);
	return value;
}

size_t
vector_hex(const struct vector *v, const char *key, uint8_t *out, size_t size)
{
	const char *hex = vector_need(v, key);
	size_t len;

	assert_int_equal(sodium_hex2bin(out, size, hex, strlen(hex), NULL,
	    &len, NULL), 0);
	assert_int_equal(strlen(hex), 2 * len);
	return len;
}
