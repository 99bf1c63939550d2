/* see show.h: how a message is cut, and the loop that shows it. */
#include <string.h>

#include "cmd/show.h"
#include "cmd/show_place.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

#define SPOILT_MAX 16 /* codes in a row that cannot be read back */
#define LOOK_MS 200   /* the window is looked at so often */
#define NEVER INT64_MAX
#define SMALLER                                                               \
	"The codes became smaller with the window: the receiver begins anew.\n"

/* A terminal that knows it shows a whole picture or none; others pass it
 * over. */
#define TOGETHER "\033[?2026h"
#define TOGETHER_END "\033[?2026l"

const unsigned show_rates[] = { 1, 2, 3, 4, 5, 6, 8, 10, 0 };

struct loop {
	const struct show *s;
	const struct show_screen *screen;
	unsigned cols, rows; /* of the window */
	struct place place;
	bool settling; /* codes do not fit a window that just changed */
	struct show_cut cut;
	struct qr now, next; /* shown, and made ready */
	uint32_t now_i, next_i;
	bool ready;
	int64_t due; /* when the next one is to be shown */
	size_t rate; /* place in show_rates */
	bool paused, dirty, over;
	const char *note;
};

/* --- cutting --- */

enum status
show_cut(const struct show *s, unsigned most, struct show_cut *out,
    struct diag *d)
{
	const unsigned wanted = s->version > 0 ? s->version : most;
	struct show_cut c = { .version = wanted };
	struct diag why = { 0 };
	enum status rc;
	size_t k;

	TRY(s->source.open(s->source.cookie, wanted, s->level, &k, c.session,
	    d));
	for (unsigned v = s->version > 0 ? wanted : 1; v <= wanted; v++) {
		diag_clear(&why);
		rc = s->source.open(s->source.cookie, v, s->level, &c.k,
		    c.session, &why);
		c.version = v;
		if (rc == ST_OK && c.k <= k)
			break;
		/* smaller codes may be too small to hold anything */
		if (rc != ST_OK && rc != ST_POLICY)
			FAIL(d, rc, "%s", why.text);
	}
	if (rc != ST_OK || c.k != k)
		FAIL(d, ST_BUG, "a message cut twice in different ways");
	*out = c;
out:
	return rc;
}

enum status
show_next(const struct show *s, struct show_cut *cut, struct qr *out,
    uint32_t *i, struct diag *d)
{
	struct diag why = { 0 };
	struct bytes text = { 0 };
	enum status rc;

	for (unsigned n = 0; n < SPOILT_MAX; n++) {
		*i = cut->next++;
		TRY(s->source.text(s->source.cookie, *i, &text, d));
		TRY(qr_make((const char *)text.data, cut->version, s->level,
		    out, d));
		diag_clear(&why);
		rc = qr_prove(out, (const char *)text.data, s->read,
		    s->reader, &why);
		if (rc == ST_OK)
			goto out;
		qr_free(out);
	}
	FAIL(d, ST_SYSTEM, "%d codes in a row: %s", SPOILT_MAX, why.text);
out:
	bytes_free(&text);
	return rc;
}

/* --- words beside the code --- */

/* The words with tabs where no line is to be broken: four stay together. */
static enum status
say_words(const char *words, struct bytes *out, struct diag *d)
{
	size_t n = 0;
	enum status rc;

	TRY(text_append(out, d, "%s", words));
	for (char *at = (char *)out->data + out->len - strlen(words);
	    (at = strchr(at, ' ')) != NULL; at++)
		*at = ++n % WORDS_LINE == 0 ? ' ' : '\t';
out:
	return rc;
}

/* Everything that is always visible.  With ${widest}, the most it can be. */
static enum status
say(const struct loop *l, bool widest, struct bytes *out, struct diag *d)
{
	const char *const note = l->note != NULL ? l->note : "";
	enum status rc;

	bytes_free(out);
	TRY(text_append(out, d, "A parcel from %s: %s\n\nIts words:\n",
	    l->s->from, l->s->purpose));
	TRY(say_words(l->s->words, out, d));
	if (l->cut.version > 0 && l->cut.k == 1) {
		TRY(text_append(out, d, "\n\nOne code that stands still.  "
		    "Session\t%s.\n%s\nq\tend\n", l->cut.session, note));
		goto out;
	}
	TRY(text_append(out, d, "\n\nCode\t%u.  Any %zu are enough.  "
	    "%u\ta\tsecond%s.  Session\t%s.\n%s\n+\tfaster, -\tslower, "
	    "space\t%s, n\tnext, q\tend\n", widest ? UINT32_MAX :
	    l->now_i + 1, widest ? UINT32_MAX : l->cut.k,
	    show_rates[l->rate], l->paused || widest ? ", paused" : "",
	    widest ? "0123456789abcdef" : l->cut.session, note,
	    l->paused || widest ? "go\ton" : "pause"));
out:
	return rc;
}

static enum status
find_place(const struct loop *l, unsigned version, struct place *out,
    struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	TRY(say(l, true, &text, d));
	*out = place_find(l->screen->form, l->cols, l->rows, version,
	    (const char *)text.data);
out:
	bytes_free(&text);
	return rc;
}

/* --- the window --- */

/* The greatest version that fits it, words and all; 0 if none does. */
static enum status
most_that_fits(const struct loop *l, unsigned *most, struct diag *d)
{
	unsigned v = l->s->version > 0 ? l->s->version : SHOW_VERSION_SCREEN;
	struct place p = { 0 };
	enum status rc;

	for (*most = 0; v > 0 && *most == 0; v--) {
		TRY(find_place(l, v, &p, d));
		if (p.scale > 0)
			*most = v;
		else if (l->s->version > 0)
			break;
	}
	rc = ST_OK;
out:
	return rc;
}

/* Cut for this window, and be ready with the first code. */
static enum status
begin(struct loop *l, struct diag *d)
{
	const bool again = l->cut.version > 0;
	struct show_cut cut;
	struct diag why = { 0 };
	unsigned most;
	enum status rc;

	/* it takes room too */
	l->note = again ? SMALLER : NULL;
	l->place.scale = 0;
	TRY(most_that_fits(l, &most, d));
	rc = most == 0 ? ST_POLICY : show_cut(l->s, most, &cut, &why);
	if (rc == ST_POLICY && again)
		return ST_OK; /* it may become larger */
	if (rc == ST_POLICY)
		FAIL(d, ST_POLICY, "FORMATS 10.83: a window of %u by %u cells "
		    "is too small for the code and its words: make it larger, "
		    "or its letters smaller", l->cols, l->rows);
	if (rc != ST_OK)
		FAIL(d, rc, "%s", why.text);
	l->cut = cut;
	l->ready = false;
	l->due = 0;
	TRY(find_place(l, cut.version, &l->place, d));
out:
	return rc;
}

/* Look at the window.  What fits stays as it is; what does not waits until the
 * window has its size: one that is pulled has many on its way. */
static enum status
look(struct loop *l, struct diag *d)
{
	unsigned cols, rows;
	enum status rc;

	TRY(l->screen->window(l->screen->cookie, &cols, &rows, d));
	if (cols == l->cols && rows == l->rows && !l->settling)
		goto out;
	l->dirty = true;
	l->settling = cols != l->cols || rows != l->rows;
	l->cols = cols;
	l->rows = rows;
	if (l->cut.version > 0)
		TRY(find_place(l, l->cut.version, &l->place, d));
	if (l->place.scale == 0 && (!l->settling || l->cut.version == 0))
		TRY(begin(l, d));
	l->settling = l->settling && l->place.scale == 0;
out:
	return rc;
}

/* --- painting --- */

static enum status
paint_code(const struct loop *l, struct bytes *out, struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	TRY(say(l, false, &text, d));
	TRY(draw_cells(&l->now, l->screen->form, l->place.cols, l->place.rows,
	    out, d));
	TRY(place_words(&l->place, (const char *)text.data, out, d));
out:
	bytes_free(&text);
	return rc;
}

static enum status
paint(struct loop *l, struct diag *d)
{
	const struct place all = { .wide = l->cols > DRAW_SIDE_MAX ?
		DRAW_SIDE_MAX : l->cols, .high = l->rows };
	struct bytes out = { 0 };
	enum status rc;

	TRY(text_format(&out, d, TOGETHER));
	if (l->place.scale > 0)
		TRY(paint_code(l, &out, d));
	else
		TRY(place_words(&all, "Too small a window: make it larger, or "
		    "its letters smaller.", &out, d));
	TRY(text_append(&out, d, TOGETHER_END));
	TRY(l->screen->paint(l->screen->cookie, out.data, out.len, d));
	l->dirty = false;
out:
	bytes_free(&out);
	return rc;
}

/* --- time --- */

static enum status
get_ready(struct loop *l, struct diag *d)
{
	enum status rc = ST_OK;

	if (!l->ready) {
		qr_free(&l->next);
		TRY(show_next(l->s, &l->cut, &l->next, &l->next_i, d));
		l->ready = true;
	}
out:
	return rc;
}

/* The next code takes the place of the one that is shown. */
static enum status
advance(struct loop *l, struct diag *d)
{
	enum status rc;

	TRY(get_ready(l, d));
	qr_free(&l->now);
	l->now = l->next;
	l->now_i = l->next_i;
	l->next = (struct qr){ 0 };
	l->ready = false;
	l->dirty = true;
out:
	return rc;
}

/* A code is shown for its whole time; what came late moves all that follow. */
static enum status
tick(struct loop *l, struct diag *d)
{
	const int64_t now = l->screen->now_ms(l->screen->cookie);
	const int64_t period = 1000 / show_rates[l->rate];
	enum status rc = ST_OK;

	if (l->place.scale == 0 || now < l->due || (l->paused && l->due > 0))
		goto out;
	TRY(advance(l, d));
	if (l->cut.k == 1)
		l->due = NEVER;
	else if (now - l->due < period / 4)
		l->due += period;
	else
		l->due = l->screen->now_ms(l->screen->cookie) + period;
out:
	return rc;
}

static int
time_left(const struct loop *l)
{
	const int64_t left = l->due - l->screen->now_ms(l->screen->cookie);

	if (l->place.scale == 0 || l->paused || left > LOOK_MS)
		return LOOK_MS;
	return left < 0 ? 0 : (int)left;
}

/* --- keys --- */

static enum status
faster(struct loop *l, struct diag *d)
{
	(void)d;
	l->rate += show_rates[l->rate + 1] != 0;
	return ST_OK;
}

static enum status
slower(struct loop *l, struct diag *d)
{
	(void)d;
	l->rate -= l->rate > 0;
	return ST_OK;
}

static enum status
pause_or_go_on(struct loop *l, struct diag *d)
{
	(void)d;
	l->paused = !l->paused;
	return ST_OK;
}

static enum status
one_more(struct loop *l, struct diag *d)
{
	l->paused = true;
	return l->place.scale > 0 && l->cut.k > 1 ? advance(l, d) : ST_OK;
}

static enum status
end(struct loop *l, struct diag *d)
{
	(void)d;
	l->over = true;
	return ST_OK;
}

static const struct {
	char key;
	enum status (*act)(struct loop *, struct diag *);
} keys[] = {
	{ '+', faster },
	{ '=', faster },
	{ '-', slower },
	{ ' ', pause_or_go_on },
	{ 'n', one_more },
	{ 'q', end },
};

static enum status
take_key(struct loop *l, struct diag *d)
{
	enum status rc;
	uint8_t key;

	TRY(l->screen->key(l->screen->cookie, time_left(l), &key, d));
	/* any key at all paints anew what something else may have spoilt */
	if (key != 0) {
		l->dirty = true;
		l->note = NULL;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (key == (uint8_t)keys[i].key)
			TRY(keys[i].act(l, d));
	}
out:
	return rc;
}

enum status
show_run(const struct show *s, const struct show_screen *screen,
    struct diag *d)
{
	struct loop l = { .s = s, .screen = screen };
	enum status rc;

	while (show_rates[l.rate] != s->rate && show_rates[l.rate] != 0)
		l.rate++;
	if (show_rates[l.rate] == 0)
		FAIL(d, ST_USAGE, "FORMATS 10.83: %u codes a second", s->rate);
	while (!l.over) {
		TRY(look(&l, d));
		TRY(tick(&l, d));
		if (l.dirty)
			TRY(paint(&l, d));
		if (l.place.scale > 0 && l.cut.k > 1)
			TRY(get_ready(&l, d));
		TRY(take_key(&l, d));
	}
	rc = ST_OK;
out:
	qr_free(&l.now);
	qr_free(&l.next);
	return rc;
}
