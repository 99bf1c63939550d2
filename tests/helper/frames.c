/* frames -- frames from the command line, for scenarios with other software.
 *   frames send native|ur PIECE COUNT [FROM] <body    texts, one a line
 *   frames lie native|ur PIECE COUNT [FROM] <body     the same, each with a wrong
 *       byte in its piece, and a check sum that is right
 *   frames receive <lines >body       the first message that is whole; exit 1
 *       and "have of want" on stderr where the lines do not suffice
 *   frames mutate COUNT SEED          gathers so many bad frames among good
 *       ones
 *   frames mutants COUNT SEED >lines  the same as lines, for a receiver */
#include <sys/resource.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transfer/gather.h"
#include "transfer/ur.h"

/* What is freed stays in quarantine under the sanitizer: not much of it. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}

static const struct frame_way *
way_of(const char *name)
{
	return strcmp(name, "ur") == 0 ? &frame_ur : &frame_native;
}

/* In pieces of at most ${piece}. */
static enum status
open_source(struct frame_source *s, const char *way, const void *body,
    size_t len, size_t piece, struct diag *d)
{
	size_t room = 0;

	while (room < FRAME_TEXT_SIZE && way_of(way)->fits(room) < piece)
		room++;
	return frame_source_open(s, way_of(way), body, len, room, d);
}

/* A byte of the piece is another. */
static enum status
make_a_lie(char text[FRAME_TEXT_SIZE], struct diag *d)
{
	struct frame f;
	enum status rc;

	TRY(frame_read(text, strlen(text), &f, d));
	f.data[f.len / 2] ^= 1;
	f.way->text(&f, text);
out:
	return rc;
}

static enum status
send(bool lie, const char *way, size_t piece, uint64_t count, uint64_t from,
    struct diag *d)
{
	static uint8_t body[FRAME_BODY_MAX + 1];
	const size_t len = fread(body, 1, sizeof(body), stdin);
	char text[FRAME_TEXT_SIZE];
	struct frame_source s;
	enum status rc;

	TRY(open_source(&s, way, body, len, piece, d));
	for (uint64_t i = 0; i < count; i++) {
		TRY(frame_source_text(&s, from + i, text, d));
		if (lie)
			TRY(make_a_lie(text, d));
		puts(text);
	}
out:
	frame_source_close(&s);
	return rc;
}

static enum status
receive(struct diag *d)
{
	static char line[2 * FRAME_TEXT_SIZE];
	struct gather_report r = { 0 };
	struct gather *g = NULL;
	struct frame f;
	enum status rc;

	TRY(gather_new(&g, d));
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (frame_read(line, strcspn(line, "\r\n"), &f, NULL) != ST_OK)
			continue;
		TRY(gather_take(g, &f, &r, d));
		if (r.news == GATHER_WHOLE) {
			fwrite(r.body.data, 1, r.body.len, stdout);
			goto out;
		}
	}
	FAIL(d, ST_FORMAT, "%zu of %zu", r.have, r.want);
out:
	bytes_free(&r.body);
	gather_free(g);
	return rc;
}

/* What is sent while frames are made bad: different ways, sizes and pieces. */
#define SOURCES 6
static const struct {
	const char *way;
	size_t len, piece;
} shapes[SOURCES] = {
	{ "native", 20, 800 }, { "native", 900, 100 }, { "native", 9000, 90 },
	{ "ur", 20, 800 },     { "ur", 900, 100 },     { "ur", 9000, 90 },
};

/* Frames come from one of them for a while, and from any at times. */
#define WHILE 600
#define AT_TIMES 20

struct trial {
	struct frame_source source[SOURCES];
	uint8_t *body[SOURCES];
	uint64_t at[SOURCES]; /* the next frame of each */
	size_t current;
	struct ur_random random;
	struct gather *g;
	size_t bad, good; /* frames made */
	size_t whole[SOURCES], refused, taken, spoiled;
};

static size_t
below(struct trial *t, size_t n)
{
	return ur_random_below(&t->random, n);
}

static void
end(struct trial *t, size_t i)
{
	frame_source_close(&t->source[i]);
	free(t->body[i]);
	t->body[i] = NULL;
}

/* A new body, from any point on. */
static enum status
begin(struct trial *t, size_t i, struct diag *d)
{
	enum status rc;

	end(t, i);
	if ((t->body[i] = malloc(shapes[i].len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t n = 0; n < shapes[i].len; n++)
		t->body[i][n] = (uint8_t)below(t, 256);
	t->at[i] = below(t, 2) * below(t, 1000000);
	TRY(open_source(&t->source[i], shapes[i].way, t->body[i],
	    shapes[i].len, shapes[i].piece, d));
out:
	return rc;
}

/* Characters changed, taken away, put in, or the end of another frame. */
static size_t
spoil_text(struct trial *t, char *text, size_t len, const char *other)
{
	static const char alphabet[] = "0123456789/-:AN1UR\0\n\xff zaeQ";
	const size_t at = below(t, len + 1), other_len = strlen(other);
	const char c = alphabet[below(t, sizeof(alphabet))];

	switch (below(t, 6)) {
	case 0: /* cut off */
		return at;
	case 1: /* one more */
		memmove(text + at + 1, text + at, len - at);
		text[at] = c;
		return len + 1;
	case 2: /* one less */
		memmove(text + at, text + at + 1, len - at);
		return len > 0 ? len - 1 : 0;
	case 3: /* spliced */
		if (at >= other_len)
			return at;
		memcpy(text + at, other + at, other_len - at);
		return other_len;
	default:
		for (size_t n = below(t, 4); n < 4; n++)
			text[below(t, len)] = c;
		return len;
	}
}

/* A lie that has a good check sum: any field is another. */
static void
spoil_frame(struct trial *t, struct frame *f)
{
	const uint32_t v = (uint32_t)ur_random_next(&t->random);
	const uint32_t some[] = { 0, 1, 2, v % 256, v % 65536, v % (1U << 24),
		v, f->message_len + 1, f->message_len - 1, (uint32_t)f->len };
	const uint32_t value = some[below(t, sizeof(some) / sizeof(some[0]))];

	switch (below(t, 8)) {
	case 0:
		f->session = value;
		break;
	case 1:
		f->message_len = value;
		break;
	case 2:
		f->pieces = value;
		break;
	case 3:
		f->len = 1 + value % FRAME_PIECE_MAX;
		break;
	case 4: /* seldom: all of a session is lost by it */
		if (below(t, 20) == 0)
			f->index = value;
		break;
	case 5:
		if (below(t, 20) == 0)
			f->data[below(t, f->len)] ^=
			    (uint8_t)(1 + below(t, 255));
		break;
	default: /* two sessions of as many pieces as may be */
		*f = (struct frame){
			.way = below(t, 2) == 0 ? &frame_native : &frame_ur,
			.message_len = (uint32_t)FRAME_BODY_MAX, .len = 257,
			.pieces = 4081, .index = (uint32_t)below(t, 4081) };
		break;
	}
}

/* The next frame, two of three made bad, in a block of exactly its length.
 * What came out as it was is counted as good. */
static enum status
make(struct trial *t, char **out, size_t *len, struct diag *d)
{
	static char text[2 * FRAME_TEXT_SIZE], other[FRAME_TEXT_SIZE],
	    was[FRAME_TEXT_SIZE];
	const size_t kind = below(t, 3);
	struct frame f;
	enum status rc;
	bool same;
	size_t i;

	i = below(t, AT_TIMES) == 0 ? below(t, SOURCES) : t->current;
	TRY(frame_source_text(&t->source[i], t->at[i]++, text, d));
	*len = strlen(text);
	memcpy(was, text, *len + 1);
	if (kind == 1) {
		TRY(frame_read(text, *len, &f, d));
		spoil_frame(t, &f);
		f.way->text(&f, text);
		*len = strlen(text);
	} else if (kind == 2) {
		TRY(frame_source_text(&t->source[below(t, SOURCES)],
		    t->at[i], other, d));
		*len = spoil_text(t, text, *len, other);
	}
	same = *len == strlen(was) && memcmp(text, was, *len) == 0;
	t->good += same;
	t->bad += !same;
	if ((*out = malloc(*len + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	memcpy(*out, text, *len);
	if ((*out = realloc(*out, *len == 0 ? 1 : *len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	return rc;
}

/* Which of the bodies was delivered: else the receiver is wrong. */
static size_t
find(const struct trial *t, const struct bytes *body)
{
	size_t i = 0;

	while (i < SOURCES && (body->len != shapes[i].len ||
	    memcmp(body->data, t->body[i], body->len) != 0))
		i++;
	return i;
}

static enum status
one(struct trial *t, struct diag *d)
{
	struct gather_report r = { 0 };
	char *text = NULL;
	struct frame f;
	size_t len = 0, i;
	enum status rc;

	if (below(t, WHILE) == 0)
		t->current = below(t, SOURCES);
	TRY(make(t, &text, &len, d));
	rc = frame_read(text, len, &f, NULL);
	if (rc != ST_OK) {
		t->refused++;
		if (rc != ST_FORMAT)
			FAIL(d, ST_BUG, "refused with status %d", (int)rc);
		rc = ST_OK;
		goto out;
	}
	t->taken++;
	TRY(gather_take(t->g, &f, &r, d));
	t->spoiled += r.news == GATHER_SPOILED;
	if (r.news != GATHER_WHOLE)
		goto out;
	if ((i = find(t, &r.body)) == SOURCES)
		FAIL(d, ST_BUG, "what was delivered is not what was sent");
	t->whole[i]++;
	TRY(begin(t, i, d));
out:
	bytes_free(&r.body);
	free(text);
	return rc;
}

static enum status
start(struct trial *t, const char *seed, struct diag *d)
{
	enum status rc;

	ur_random_seed(&t->random, seed, strlen(seed));
	TRY(gather_new(&t->g, d));
	for (size_t i = 0; i < SOURCES; i++)
		TRY(begin(t, i, d));
out:
	return rc;
}

static void
finish(struct trial *t)
{
	gather_free(t->g);
	for (size_t i = 0; i < SOURCES; i++)
		end(t, i);
}

static enum status
mutate(size_t count, const char *seed, struct diag *d)
{
	static struct trial t;
	struct rusage used;
	enum status rc;

	TRY(start(&t, seed, d));
	while (t.bad < count)
		TRY(one(&t, d));
	getrusage(RUSAGE_SELF, &used);
	printf("%zu bad frames among %zu good ones: %zu refused, %zu gathered, "
	    "%zu times spoiled, at most %ld KiB; whole and right:", t.bad,
	    t.good, t.refused, t.taken, t.spoiled, used.ru_maxrss);
	for (size_t i = 0; i < SOURCES; i++)
		printf(" %s of %zu bytes %zu%c", shapes[i].way, shapes[i].len,
		    t.whole[i], i + 1 < SOURCES ? ',' : '\n');
out:
	finish(&t);
	return rc;
}

/* A new body each while: its frames are wanted again. */
static enum status
mutants(size_t count, const char *seed, struct diag *d)
{
	static struct trial t;
	char *text = NULL;
	size_t len;
	enum status rc;

	TRY(start(&t, seed, d));
	while (t.bad < count) {
		if (below(&t, WHILE) == 0) {
			t.current = below(&t, SOURCES);
			TRY(begin(&t, t.current, d));
		}
		free(text);
		text = NULL;
		TRY(make(&t, &text, &len, d));
		fwrite(text, 1, len, stdout);
		putchar('\n');
	}
	if (fflush(stdout) != 0)
		FAIL(d, ST_SYSTEM, "cannot write");
out:
	free(text);
	finish(&t);
	return rc;
}

int
main(int argc, char **argv)
{
	const bool lie = argc >= 5 && strcmp(argv[1], "lie") == 0;
	struct diag d = { 0 };
	enum status rc;

	if (lie || (argc >= 5 && strcmp(argv[1], "send") == 0))
		rc = send(lie, argv[2], strtoul(argv[3], NULL, 10),
		    strtoull(argv[4], NULL, 10),
		    argc > 5 ? strtoull(argv[5], NULL, 10) : 0, &d);
	else if (argc == 2 && strcmp(argv[1], "receive") == 0)
		rc = receive(&d);
	else if (argc == 4 && strcmp(argv[1], "mutate") == 0)
		rc = mutate(strtoul(argv[2], NULL, 10), argv[3], &d);
	else if (argc == 4 && strcmp(argv[1], "mutants") == 0)
		rc = mutants(strtoul(argv[2], NULL, 10), argv[3], &d);
	else
		rc = diag_set(&d, ST_USAGE, "frames send|lie native|ur PIECE "
		    "COUNT [FROM] | receive | mutate|mutants COUNT SEED");
	if (rc != ST_OK)
		fprintf(stderr, "frames: %s\n", d.text);
	return diag_exit(rc);
}
