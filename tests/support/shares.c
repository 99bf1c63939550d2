/* see shares.h */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/shares.h"

uint64_t
prng_next(struct prng *p)
{
	p->state ^= p->state << 13;
	p->state ^= p->state >> 7;
	p->state ^= p->state << 17;
	return p->state;
}

void
prng_fill(struct prng *p, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(prng_next(p) >> 24);
}

static enum status
draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	(void)d;
	prng_fill(cookie, out, len);
	return ST_OK;
}

struct slip39_source
prng_source(struct prng *p)
{
	return (struct slip39_source){ draw, p };
}

struct secret *
shares_secret(const void *data, size_t len)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(len, &s, NULL), ST_OK);
	memcpy(secret_bytes(s), data, len);
	return s;
}

struct secret *
shares_text(const char *text)
{
	return shares_secret(text, strlen(text));
}

struct slip39_scheme
shares_scheme(unsigned need, ...)
{
	struct slip39_scheme s = { .need = (uint8_t)need, .extendable = true };
	unsigned k;
	va_list ap;

	va_start(ap, need);
	while ((k = va_arg(ap, unsigned)) != 0) {
		s.group[s.groups].need = (uint8_t)k;
		s.group[s.groups++].members = (uint8_t)va_arg(ap, unsigned);
	}
	va_end(ap);
	return s;
}

void
shares_split(const struct secret *ems, const struct slip39_scheme *scheme,
    uint64_t seed, struct slip39_set *out)
{
	struct prng p = { seed };
	const struct slip39_source source = prng_source(&p);
	struct diag d = { 0 };

	if (slip39_split(ems, scheme, (uint16_t)(prng_next(&p) & 0x7fff),
	    &source, out, &d) != ST_OK)
		fail_msg("split: %s", d.text);
}

struct slip39_share *
shares_read(const struct secret *mnemonic)
{
	struct slip39_share *s = NULL;
	struct diag d = { 0 };

	if (slip39_read(mnemonic, &s, &d) != ST_OK)
		fail_msg("read: %s", d.text);
	return s;
}
