/* see gather.h */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/gf256.h"
#include "transfer/gather.h"

/* What all frames of a session have in common; all of it counts, so that no
 * frame changes what another began. */
struct label {
	const struct frame_way *way; /* NULL: none */
	uint32_t session;
	uint32_t message_len;
	uint32_t pieces;
	size_t len;
};

/* An equation: k factors, then the sum of the pieces.  A row stands at the
 * place of its first factor that is not 0, which is 1. */
struct session {
	struct label label;
	size_t have;
	uint64_t seen; /* the last frame of it, by g->frames */
	uint8_t *row[FRAME_PIECES_MAX]; /* NULL where none is yet */
};

struct gather {
	struct session session[GATHER_SESSIONS];
	struct label done[GATHER_DONE];
	size_t delivered;
	size_t held; /* bytes of all rows */
	uint64_t frames;
};

static struct label
label_of(const struct frame *f)
{
	return (struct label){ f->way, f->session, f->message_len, f->pieces,
		f->len };
}

static bool
same(const struct label *a, const struct label *b)
{
	return a->way == b->way && a->session == b->session &&
	    a->message_len == b->message_len && a->pieces == b->pieces &&
	    a->len == b->len;
}

static size_t
row_size(const struct label *l)
{
	return l->pieces + l->len;
}

static void
drop(struct gather *g, struct session *s)
{
	for (size_t i = 0; i < s->label.pieces; i++) {
		free(s->row[i]);
		s->row[i] = NULL;
	}
	g->held -= s->have * row_size(&s->label);
	s->label = (struct label){ 0 };
	s->have = 0;
}

enum status
gather_new(struct gather **out, struct diag *d)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < GATHER_SESSIONS; i++)
		drop(g, &g->session[i]);
	free(g);
}

static bool
is_done(const struct gather *g, const struct label *l)
{
	for (size_t i = 0; i < GATHER_DONE; i++)
		if (same(&g->done[i], l))
			return true;
	return false;
}

/* Whether ${a} is rather let go than ${b}: what nobody sends any more, then
 * what has least, then what was seen longest ago. */
static bool
less_worth(const struct gather *g, const struct session *a,
    const struct session *b)
{
	const bool stale_a = g->frames - a->seen > GATHER_STALE;
	const bool stale_b = g->frames - b->seen > GATHER_STALE;

	if (stale_a != stale_b)
		return stale_a;
	if (a->have != b->have)
		return a->have < b->have;
	return a->seen < b->seen;
}

/* Let go the session of least worth, but not ${keep}; its place is returned. */
static struct session *
let_go(struct gather *g, const struct session *keep)
{
	struct session *least = NULL, *s;

	for (size_t i = 0; i < GATHER_SESSIONS; i++) {
		s = &g->session[i];
		if (s == keep || s->label.way == NULL)
			continue;
		if (least == NULL || less_worth(g, s, least))
			least = s;
	}
	if (least != NULL)
		drop(g, least);
	return least;
}

/* The session with that label, begun if there is none. */
static struct session *
find(struct gather *g, const struct label *l)
{
	struct session *s = NULL;

	for (size_t i = 0; i < GATHER_SESSIONS; i++) {
		if (same(&g->session[i].label, l))
			return &g->session[i];
		if (g->session[i].label.way == NULL)
			s = &g->session[i];
	}
	if (s == NULL)
		s = let_go(g, NULL);
	s->label = *l;
	return s;
}

/* Take what is known out of a new row, factor by factor.  Where it has one
 * that no row stands for it takes its place and true is returned; else nothing
 * is left of it. */
static bool
reduce(struct session *s, uint8_t *r)
{
	const size_t k = s->label.pieces, size = row_size(&s->label);

	for (size_t i = 0; i < k; i++) {
		if (r[i] == 0)
			continue;
		if (s->row[i] != NULL) {
			gf256_add_public(r + i, s->row[i] + i, r[i], size - i);
			continue;
		}
		/* r + (1/f - 1) r = r/f: its first factor becomes 1 */
		gf256_add_public(r + i, r + i, gf256_inv(r[i]) ^ 1, size - i);
		s->row[i] = r;
		s->have++;
		return true;
	}
	return false;
}

/* From the last row up: each loses what the rows below it stand for, until it
 * is the piece of its place.  Done twice it changes nothing. */
static void
solve(struct session *s)
{
	const size_t k = s->label.pieces;

	for (size_t i = k; i-- > 0;)
		for (size_t j = i + 1; j < k; j++) {
			if (s->row[i][j] == 0)
				continue;
			gf256_add_public(s->row[i] + k, s->row[j] + k,
			    s->row[i][j], s->label.len);
			s->row[i][j] = 0;
		}
}

/* All pieces in a row; behind the message there are zeros and nothing else. */
static enum status
join(const struct session *s, struct bytes *message, struct diag *d)
{
	const size_t k = s->label.pieces, len = s->label.len;
	struct bytes all = { 0 };
	enum status rc;

	if ((all.data = malloc(k * len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < k; i++)
		memcpy(all.data + i * len, s->row[i] + k, len);
	for (all.len = k * len; all.len > s->label.message_len; all.len--)
		if (all.data[all.len - 1] != 0)
			FAIL(d, ST_FORMAT, "FORMATS 10.21: something behind "
			    "the message");
	*message = all;
	all = (struct bytes){ 0 };
	rc = ST_OK;
out:
	bytes_free(&all);
	return rc;
}

/* k rows: either what was sent, or nothing.  Without memory they stay, and the
 * session's next frame tries again. */
static enum status
finish(struct gather *g, struct session *s, struct gather_report *out,
    struct diag *d)
{
	struct bytes message = { 0 };
	struct diag why = { 0 };
	enum status rc;

	solve(s);
	rc = join(s, &message, &why);
	if (rc == ST_OK)
		rc = s->label.way->unwrap(&message, s->label.session,
		    &out->body, &why);
	bytes_free(&message);
	if (rc == ST_SYSTEM)
		return diag_set(d, rc, "%s", why.text);
	if (rc == ST_OK)
		g->done[g->delivered++ % GATHER_DONE] = s->label;
	out->news = rc == ST_OK ? GATHER_WHOLE : GATHER_SPOILED;
	drop(g, s);
	return ST_OK;
}

enum status
gather_take(struct gather *g, const struct frame *f,
    struct gather_report *out, struct diag *d)
{
	const struct label label = label_of(f);
	struct session *s;
	uint8_t *row = NULL;
	enum status rc;

	*out = (struct gather_report){ .news = GATHER_NOTHING,
		.want = f->pieces, .session = f->session };
	g->frames++;
	if (is_done(g, &label)) {
		out->have = f->pieces;
		return ST_OK;
	}
	if ((row = malloc(row_size(&label))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(f->way->factors(f, row, d));
	memcpy(row + f->pieces, f->data, f->len);
	s = find(g, &label);
	s->seen = g->frames;
	if (reduce(s, row)) {
		row = NULL;
		out->news = GATHER_NEW;
		g->held += row_size(&label);
	}
	while (g->held > GATHER_MEMORY && let_go(g, s) != NULL)
		continue;
	out->have = s->have;
	if (s->have == f->pieces)
		TRY(finish(g, s, out, d));
	rc = ST_OK;
out:
	free(row);
	return rc;
}
