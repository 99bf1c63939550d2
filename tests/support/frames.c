/* see frames.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/frames.h"
#include "tests/support/shares.h"

void
frames_body(uint8_t *out, size_t len, uint64_t seed)
{
	struct prng p = { seed };

	prng_fill(&p, out, len);
}

struct frame_source
frames_source(const struct frame_way *way, size_t len, size_t most,
    uint64_t seed)
{
	uint8_t *body = malloc(len);
	struct frame_source s;
	size_t room = 0;

	assert_non_null(body);
	frames_body(body, len, seed);
	while (way->fits(room) < most)
		room++;
	assert_int_equal(frame_source_open(&s, way, body, len, room, NULL),
	    ST_OK);
	free(body);
	return s;
}

struct frame
frames_take(const struct frame_source *s, uint64_t i)
{
	char text[FRAME_TEXT_SIZE];
	struct frame f;

	assert_int_equal(frame_source_text(s, i, text, NULL), ST_OK);
	assert_int_equal(frame_read(text, strlen(text), &f, NULL), ST_OK);
	return f;
}

enum status
frames_forge(const struct frame *f, struct frame *out)
{
	char text[FRAME_TEXT_SIZE];

	f->way->text(f, text);
	return frame_read(text, strlen(text), out, NULL);
}
