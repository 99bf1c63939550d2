/* leak.c -- a program that keeps a copy of each secret that it is done with: what
 * looks for copies must find these.
 * Linked with --wrap=secret_free, never installed. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/secret.h"

void __real_secret_free(struct secret *s);
void __wrap_secret_free(struct secret *s);

/* One behind the other, so that none is lost. */
static struct copy {
	struct copy *next;
	uint8_t data[];
} *copies;

void
__wrap_secret_free(struct secret *s)
{
	struct copy *c = s == NULL ? NULL : malloc(sizeof(*c) + secret_len(s));

	if (c != NULL) {
		memcpy(c->data, secret_peek(s), secret_len(s));
		c->next = copies;
		copies = c;
	}
	__real_secret_free(s);
}
