/* see codes.h: the sender. */
#include <stdio.h>
#include <string.h>

#include "cmd/codes.h"
#include "cmd/show.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "transfer/frame.h"

#define RATE_MAX 10 /* the last of show_rates */

/* --- texts: frames of the parcel --- */

struct texts {
	const struct frame_way *way;
	const void *body; /* borrowed */
	size_t len;
	struct frame_source source;
};

static enum status
cut(void *cookie, unsigned version, enum qr_level level, size_t *k,
    char session[SHOW_SESSION_SIZE], struct diag *d)
{
	struct texts *t = cookie;
	const size_t room = t->way == &frame_ur ? qr_letters(version, level) :
	    qr_digits(version, level, strlen(t->way->prefix));
	enum status rc;

	frame_source_close(&t->source);
	TRY(frame_source_open(&t->source, t->way, t->body, t->len, room, d));
	*k = t->source.as.pieces;
	snprintf(session, SHOW_SESSION_SIZE, "%08x", t->source.as.session);
out:
	return rc;
}

static enum status
text(void *cookie, uint32_t i, struct bytes *out, struct diag *d)
{
	const struct texts *t = cookie;
	char line[FRAME_TEXT_SIZE];
	enum status rc;

	TRY(frame_source_text(&t->source, i, line, d));
	TRY(bytes_set(out, line, strlen(line), d));
out:
	return rc;
}

/* --- the reader: that of the receiver --- */

static enum status
read_back(void *cookie, unsigned width, unsigned height, const uint8_t *gray,
    struct bytes *out, struct diag *d)
{
	struct scanner *s = cookie;
	uint8_t *room = scan_room(s);
	struct scan_seen seen;
	enum status rc;

	if (room == NULL || (size_t)width * height > SCAN_ROOM)
		FAIL(d, ST_BUG, "no room for a code of %u pixels", width);
	memcpy(room, gray, (size_t)width * height);
	TRY(scan_gray(s, width, height, SCAN_QUICK, d));
	TRY(scan_take(s, &seen, d));
	if (seen.status != ST_OK)
		FAIL(d, seen.status, "%s", seen.why.text);
	if (seen.n != 1)
		FAIL(d, ST_FORMAT, "%zu codes in the picture of one", seen.n);
	TRY(bytes_set(out, seen.text[0].text, seen.text[0].len, d));
out:
	return rc;
}

/* --- where they are shown --- */

static enum status
on_screen(const struct call *c, const struct show *s, const char *rest,
    struct facts *f, struct diag *d)
{
	(void)rest;
	(void)f;
	return show_terminal(s, c->plain, d);
}

static enum status
as_png(const struct call *c, const struct show *s, const char *rest,
    struct facts *f, struct diag *d)
{
	enum status rc;
	size_t n;

	(void)c;
	TRY(show_png(s, rest, &n, d));
	TRY(facts_set(f, d, "codes", "%zu, in %s", n, rest));
out:
	return rc;
}

static enum status
on_paper(const struct call *c, const struct show *s, const char *rest,
    struct facts *f, struct diag *d)
{
	enum status rc;
	size_t n;

	(void)c;
	TRY(show_pdf(s, rest, &n, d));
	TRY(facts_set(f, d, "codes", "%zu, in %s", n, rest));
out:
	return rc;
}

struct place {
	const char *word; /* with a colon: what is behind it is named */
	enum qr_level level;
	enum status (*show)(const struct call *, const struct show *,
	    const char *rest, struct facts *, struct diag *);
};
static const struct place places[] = {
	{ "screen", QR_L, on_screen },
	{ "png:", QR_L, as_png },
	{ "pdf:", QR_M, on_paper },
};

static const struct place *
find_place(const char *word, const char **rest)
{
	size_t n;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		n = strlen(places[i].word);
		*rest = word + n;
		if (strncmp(word, places[i].word, n) == 0 &&
		    (**rest != '\0') == (places[i].word[n - 1] == ':'))
			return &places[i];
	}
	return NULL;
}

/* --- the verb's part --- */

static enum status
read_number(const struct call *c, const char *opt, uint64_t most,
    unsigned *out, struct diag *d)
{
	const char *word = cmd_opt(c, opt, NULL);
	uint64_t n;

	if (word == NULL)
		return ST_OK;
	if (text_number(word, 1, most, &n, NULL) != ST_OK)
		return diag_set(d, ST_USAGE, "%s %s: not a number from 1 to "
		    "%llu", opt, word, (unsigned long long)most);
	*out = (unsigned)n;
	return ST_OK;
}

static enum status
read_options(const struct call *c, const struct place *place, struct show *s,
    struct diag *d)
{
	unsigned i = 0;
	enum status rc;

	if (place == NULL)
		FAIL(d, ST_USAGE, "--qr %s: where to? screen, png:DIR or "
		    "pdf:FILE", cmd_opt(c, "--qr", ""));
	if (cmd_has(c, "--rate") && place->show != on_screen)
		FAIL(d, ST_USAGE, "--rate goes with --qr screen only");
	TRY(read_number(c, "--qr-version", QR_VERSION_MAX, &s->version, d));
	TRY(read_number(c, "--rate", RATE_MAX, &s->rate, d));
	while (show_rates[i] != 0 && show_rates[i] != s->rate)
		i++;
	if (show_rates[i] == 0)
		FAIL(d, ST_USAGE, "--rate %u: FORMATS 10.83: it is one of 1, "
		    "2, 3, 4, 5, 6, 8 and 10", s->rate);
	s->level = place->level;
out:
	return rc;
}

enum status
codes_send(const struct call *c, struct scanner *reader,
    const struct parcel *p, const void *data, size_t len, struct facts *f,
    struct diag *d)
{
	const char *rest = NULL;
	const struct place *place = find_place(cmd_opt(c, "--qr", ""), &rest);
	struct texts t = { .way = cmd_has(c, "--ur") ? &frame_ur :
	    &frame_native, .body = data, .len = len };
	struct show s = { .purpose = p->purpose, .from = p->from,
		.rate = SHOW_RATE, .source = { &t, cut, text },
		.read = read_back, .reader = reader };
	char date[CLOCK_TEXT_SIZE], session[SHOW_SESSION_SIZE];
	struct bytes words = { 0 };
	enum status rc;
	size_t k;

	TRY(read_options(c, place, &s, d));
	if (p->not_before >= 0) {
		clock_text(p->not_before, date);
		s.date = date;
	}
	TRY(words_text(p->id, WORDS_SHORT, &words, d));
	s.words = (const char *)words.data;
	/* what no code can carry is said before a screen is taken */
	TRY(cut(&t, QR_VERSION_MAX, QR_L, &k, session, d));
	TRY(facts_set(f, d, "session", "%s", session));
	TRY(place->show(c, &s, rest, f, d));
out:
	frame_source_close(&t.source);
	bytes_free(&words);
	return rc;
}
