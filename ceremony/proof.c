/* see proof.h */
#include <string.h>

#include "ceremony/event.h"
#include "ceremony/proof.h"
#include "lib/crypto/rng.h"

struct proof {
	struct engine *e;
	const struct sheet_view *view;
	struct sheet_view blind; /* the same without its words */
	struct secret *canonical; /* what was read back, and is right */
	bool scanned; /* it was: a third is to be typed (RULES S2) */
	unsigned tries;
};

/* The set and the sheet that these words are, whatever became of it. */
static const struct sheet *
find_sheet(const struct state *s, const struct secret *canonical,
    const struct sheet_set **set)
{
	const struct sheet *sheet = NULL;

	for (size_t i = 0; i < s->nsets && sheet == NULL; i++) {
		*set = &s->sets[i];
		sheet = sheet_of_words(*set, canonical);
	}
	return sheet;
}

/* A whole share, and not this one: which? */
static enum status
refuse_other(const struct proof *p, const struct secret *canonical,
    struct diag *d)
{
	const struct sheet_set *set = NULL;
	const struct sheet *s = find_sheet(p->e->state, canonical, &set);

	if (s == NULL)
		return diag_set(d, ST_AUTH, "FORMATS 4.7: these are the words "
		    "of a sheet that is not of this record");
	if (set == p->view->set)
		return diag_set(d, ST_AUTH, "FORMATS 4.7: these are the words "
		    "of sheet %u, which is for %s", s->number, s->holder);
	return diag_set(d, ST_AUTH, "FORMATS 4.7: these are the words of sheet "
	    "%u of root %s, epoch %u%s", s->number, set->root, set->epoch,
	    set->fate == SET_VOID ? ", which is void" : "");
}

/* Not the sheet's words: a sheet of somebody else's, or which word is the
 * first to differ.  Its number alone is told (FORMATS 4.19). */
static enum status
refuse_words(const struct proof *p, const struct secret *typed, size_t word,
    struct diag *d)
{
	struct secret *canonical = NULL;
	enum status rc;

	if (slip39_canonical(typed, &canonical, NULL) == ST_OK)
		TRY(refuse_other(p, canonical, d));
	FAIL(d, ST_AUTH, "FORMATS 4.7: word %zu is the first that is not the "
	    "one of this sheet", word);
out:
	secret_free(canonical);
	return rc;
}

/* What came back equals the sheet's words and its commitment. */
static enum status
check_all(struct proof *p, const struct secret *came, struct diag *d)
{
	const struct sheet_view *v = p->view;
	struct secret *canonical = NULL;
	uint8_t is[SHA256_LEN];
	size_t word = 0;
	enum status rc;

	TRY(slip39_differ(came, v->mnemonic, &word, d));
	if (word != 0)
		TRY(refuse_words(p, came, word, d));
	TRY(slip39_canonical(came, &canonical, d));
	sheet_commitment(v->set->salt, canonical, is);
	if (memcmp(is, v->sheet->commitment, sizeof(is)) != 0 ||
	    !secret_equal(canonical, v->mnemonic))
		FAIL(d, ST_BUG, "the sheet that is shown is not the one that "
		    "was drawn");
	p->canonical = canonical;
	canonical = NULL;
out:
	secret_free(canonical);
	return rc;
}

/* To its holder's eyes, or on a printer's paper, as the plan says. */
static enum status
show_sheet(const struct front *f, const struct sheet_view *view,
    struct diag *d)
{
	if (!view->print)
		return f->show_sheet(f, view, d);
	if (f->print_sheet == NULL)
		return diag_set(d, ST_POLICY, "FORMATS 3.21: the plan has its "
		    "sheets printed, and nobody here has a place for them");
	return f->print_sheet(f, view, d);
}

/* What the holder gives, but for the wish to see the sheet again. */
static enum status
ask_holder(struct proof *p, const uint8_t *number, size_t n,
    enum front_gave *gave, struct secret **out, struct diag *d)
{
	const struct front *f = p->e->front;
	enum status rc;

	TRY(f->read_back(f, &p->blind, number, n, gave, out, d));
	while (*gave == FRONT_SHOW) {
		TRY(show_sheet(f, p->view, d));
		TRY(f->read_back(f, &p->blind, number, n, gave, out, d));
	}
	p->e->given_up = *gave == FRONT_GIVE_UP;
	if (p->e->given_up)
		FAIL(d, ST_POLICY, "given up by %s while sheet %u of root %s "
		    "was read back", p->view->sheet->holder,
		    p->view->sheet->number, p->view->set->root);
out:
	return rc;
}

static enum status
ask_all(struct proof *p, struct diag *d)
{
	struct secret *came = NULL;
	enum front_gave gave;
	enum status rc;

	TRY(ask_holder(p, NULL, 0, &gave, &came, d));
	TRY(check_all(p, came, d));
	p->scanned = gave == FRONT_SCANNED;
out:
	secret_free(came);
	return rc;
}

/* 0.. below ${n}, each as likely. */
static unsigned
draw_below(unsigned n)
{
	uint8_t byte;

	do
		rng_fill(&byte, 1);
	while (byte >= 256 / n * n);
	return byte % n;
}

/* ${k} numbers of 1 to ${n}, in order, every choice as likely. */
static void
draw_numbers(unsigned n, unsigned k, uint8_t *out)
{
	for (unsigned i = 0; i < n && k > 0; i++) {
		if (draw_below(n - i) < k) {
			*out++ = (uint8_t)(i + 1);
			k--;
		}
	}
}

/* A code says what was printed, and the words are what is read in twenty years:
 * a third of them, which nobody could choose, is typed from the paper. */
static enum status
ask_third(struct proof *p, struct diag *d)
{
	uint8_t number[PROOF_THIRD];
	struct secret *want = NULL, *came = NULL;
	enum front_gave gave;
	size_t at = 0;
	enum status rc;

	draw_numbers(SHEET_WORDS, PROOF_THIRD, number);
	TRY(slip39_some(p->canonical, number, PROOF_THIRD, &want, d));
	TRY(ask_holder(p, number, PROOF_THIRD, &gave, &came, d));
	TRY(slip39_differ(came, want, &at, d));
	if (at > PROOF_THIRD)
		FAIL(d, ST_AUTH, "FORMATS 4.7: more words than were asked for");
	if (at > 0)
		FAIL(d, ST_AUTH, "FORMATS 4.7: word %u is the first that is "
		    "not the one of this sheet", number[at - 1]);
out:
	secret_free(want);
	secret_free(came);
	return rc;
}

static enum status
ask_once(struct proof *p, struct diag *d)
{
	enum status rc = ST_OK;

	p->tries++;
	if (p->canonical == NULL)
		TRY(ask_all(p, d));
	if (p->scanned)
		TRY(ask_third(p, d));
out:
	return rc;
}

enum status
proof_refuse(struct engine *e, const struct sheet *sheet, struct diag *why,
    struct diag *d)
{
	enum status rc;

	/* nothing that is typed again would mend it */
	if (e->given_up || why->code == ST_USAGE || why->code == ST_SYSTEM ||
	    why->code == ST_BUG)
		FAIL(d, why->code, "%s", why->text);
	diag_prefix(why, "sheet %u of %s", sheet->number, sheet->holder);
	TRY(event_refused(e, why->text, d));
	if (!e->front->refused(e->front, why))
		FAIL(d, why->code, "%s", why->text);
	rc = ST_OK;
out:
	return rc;
}

static enum status
prove(struct proof *p, struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	TRY(show_sheet(p->e->front, p->view, d));
	while (ask_once(p, &why) != ST_OK) {
		TRY(proof_refuse(p->e, p->view->sheet, &why, d));
		diag_clear(&why);
	}
out:
	return rc;
}

enum status
proof_third(struct engine *e, const struct sheet_view *view,
    struct secret *canonical, struct diag *d)
{
	struct proof p = { .e = e, .view = view, .blind = *view,
		.canonical = canonical };

	return ask_third(&p, d);
}

enum status
proof_how(const struct engine *e, bool scanned, unsigned tries,
    struct facts *facts, struct diag *d)
{
	enum status rc;

	if (scanned)
		TRY(facts_set(facts, d, "how", "scanned, %d of %d words typed",
		    PROOF_THIRD, SHEET_WORDS));
	else
		TRY(facts_set(facts, d, "how", "%s", e->front->how));
	TRY(facts_set(facts, d, "tries", "%u", tries));
out:
	return rc;
}

enum status
proof_take(struct engine *e, const struct sheet_view *view,
    struct secret **canonical, struct facts *facts, struct diag *d)
{
	struct proof p = { .e = e, .view = view, .blind = *view };
	enum status rc;

	*canonical = NULL;
	p.blind.mnemonic = NULL;
	TRY(prove(&p, d));
	TRY(proof_how(e, p.scanned, p.tries, facts, d));
	*canonical = p.canonical;
	p.canonical = NULL;
out:
	secret_free(p.canonical);
	return rc;
}
