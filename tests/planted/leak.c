/* leak.c -- a program that keeps a copy of each secret that it is done with,
 * and of each number that it wipes: what looks for copies must find these.
 * Linked with --wrap=secret_free,--wrap=BN_clear_free, never installed. */
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>

#include "lib/base/secret.h"

void __real_secret_free(struct secret *s);
void __wrap_secret_free(struct secret *s);
void __real_BN_clear_free(BIGNUM *n);
void __wrap_BN_clear_free(BIGNUM *n);

/* One behind the other, so that none is lost. */
static struct copy {
	struct copy *next;
	uint8_t data[];
} *copies;

/* Room for ${len} bytes that stay. */
static uint8_t *
room(size_t len)
{
	struct copy *c = malloc(sizeof(*c) + len);

	if (c == NULL)
		abort();
	c->next = copies;
	copies = c;
	return c->data;
}

void
__wrap_secret_free(struct secret *s)
{
	if (s != NULL)
		memcpy(room(secret_len(s)), secret_peek(s), secret_len(s));
	__real_secret_free(s);
}

void
__wrap_BN_clear_free(BIGNUM *n)
{
	if (n != NULL)
		BN_bn2bin(n, room((size_t)BN_num_bytes(n)));
	__real_BN_clear_free(n);
}
