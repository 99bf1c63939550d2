/* see cells.h */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/support/cells.h"

#define PARAMS_MAX 16
#define DEFAULT -1

struct screen {
	unsigned cols, rows, x, y;
	int ink, paper; /* gray, or DEFAULT */
	bool turned;	/* reverse video */
	uint8_t back;	/* gray of what has no colour */
	uint8_t *gray;
	struct diag *d;
};

/* The 16 colours, as gray: the upper eight are the bright ones. */
static const uint8_t basic[] = { 0, 60, 110, 140, 30, 80, 120, 190, 85, 110,
	180, 220, 90, 130, 200, 255 };

static int
gray256(unsigned n)
{
	static const unsigned level[] = { 0, 95, 135, 175, 215, 255 };

	if (n < 16)
		return basic[n];
	if (n >= 232)
		return (int)(8 + 10 * (n - 232));
	n -= 16;
	return (int)((level[n / 36] * 3 + level[n / 6 % 6] * 6 +
	    level[n % 6]) / 10);
}

static void
colour(struct screen *s, const unsigned *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == 0) {
			s->ink = s->paper = DEFAULT;
			s->turned = false;
		} else if (p[i] == 7 || p[i] == 27) {
			s->turned = p[i] == 7;
		} else if (p[i] == 39) {
			s->ink = DEFAULT;
		} else if (p[i] == 49) {
			s->paper = DEFAULT;
		} else if ((p[i] == 38 || p[i] == 48) && i + 2 < n &&
		    p[i + 1] == 5) {
			*(p[i] == 38 ? &s->ink : &s->paper) =
			    gray256(p[i + 2]);
			i += 2;
		} else if (p[i] >= 30 && p[i] < 38) {
			s->ink = basic[p[i] - 30];
		} else if (p[i] >= 40 && p[i] < 48) {
			s->paper = basic[p[i] - 40];
		} else if (p[i] >= 90 && p[i] < 98) {
			s->ink = basic[p[i] - 82];
		} else if (p[i] >= 100 && p[i] < 108) {
			s->paper = basic[p[i] - 92];
		}
	}
}

/* A control sequence behind its ESC [; where it ends. */
static const char *
control(struct screen *s, const char *at, const char *end, enum status *rc)
{
	unsigned p[PARAMS_MAX] = { 0 };
	bool private = false;
	size_t n = 1;

	for (; at < end && !isalpha((unsigned char)*at); at++) {
		if (isdigit((unsigned char)*at))
			p[n - 1] = p[n - 1] * 10 + (unsigned)(*at - '0');
		else if (*at == ';' && n < PARAMS_MAX)
			n++;
		else
			private = true;
	}
	if (at == end) {
		*rc = diag_set(s->d, ST_FORMAT, "an escape without an end");
		return at;
	}
	if (*at == 'm' && !private) {
		colour(s, p, n);
	} else if (*at == 'H' && !private) {
		s->y = p[0] == 0 ? 0 : p[0] - 1;
		s->x = n < 2 || p[1] == 0 ? 0 : p[1] - 1;
	} else if (!private && *at != 'J') {
		*rc = diag_set(s->d, ST_FORMAT, "an escape that ends in %c",
		    *at);
	}
	return at + 1;
}

/* Which part of a cell is ink: by pixel. */
static bool
is_ink(uint32_t c, unsigned px, unsigned py)
{
	switch (c) {
	case ' ':
		return false;
	case 0x2580:
		return py < CELLS_HIGH / 2;
	case 0x2584:
		return py >= CELLS_HIGH / 2;
	case 0x2588:
		return true;
	default: /* a stroke */
		return px == CELLS_WIDE / 2 && py > 3 && py < CELLS_HIGH - 3;
	}
}

static enum status
paint(struct screen *s, uint32_t c)
{
	const uint8_t ink = s->ink == DEFAULT ? (uint8_t)~s->back :
	    (uint8_t)s->ink;
	const uint8_t paper = s->paper == DEFAULT ? s->back :
	    (uint8_t)s->paper;
	uint8_t *at;

	if (s->x >= s->cols || s->y >= s->rows)
		return diag_set(s->d, ST_FORMAT, "painted at %u, %u", s->x,
		    s->y);
	for (unsigned py = 0; py < CELLS_HIGH; py++) {
		at = s->gray + ((size_t)s->y * CELLS_HIGH + py) * s->cols *
		    CELLS_WIDE + (size_t)s->x * CELLS_WIDE;
		for (unsigned px = 0; px < CELLS_WIDE; px++)
			at[px] = is_ink(c, px, py) != s->turned ? ink : paper;
	}
	s->x++;
	return ST_OK;
}

static enum status
take(struct screen *s, const char *at, const char *end)
{
	enum status rc = ST_OK;
	uint32_t c = 0;
	size_t n;

	while (at < end && rc == ST_OK) {
		if (at[0] == '\033' && at + 1 < end && at[1] == '[') {
			at = control(s, at + 2, end, &rc);
		} else if (at[0] == '\n') {
			s->y++;
			s->x = 0;
			at++;
		} else if ((n = text_scalar(at, (size_t)(end - at), &c)) == 0 ||
		    c < ' ') {
			rc = diag_set(s->d, ST_FORMAT, "a control byte");
		} else {
			rc = paint(s, c);
			at += n;
		}
	}
	return rc;
}

enum status
cells_picture(const char *text, size_t len, unsigned cols, unsigned rows,
    bool dark_mode, struct bytes *out, struct diag *d)
{
	const size_t n = (size_t)cols * CELLS_WIDE * rows * CELLS_HIGH;
	struct screen s = { .cols = cols, .rows = rows, .ink = DEFAULT,
		.paper = DEFAULT, .back = dark_mode ? 0 : 255, .d = d };
	enum status rc;

	bytes_free(out);
	if ((out->data = malloc(n + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	out->len = n;
	memset(out->data, s.back, n);
	out->data[n] = '\0';
	s.gray = out->data;
	TRY(take(&s, text, text + len));
out:
	return rc;
}
