/* see passphrase.h */
#include "ceremony/passphrase.h"

/* One answer, or the sentence that there is none. */
static enum status
ask_once(const struct front *front, const struct pass_view *view,
    struct secret **out, struct diag *d)
{
	enum status rc;

	rc = front->ask_passphrase(front, view, out, d);
	if (rc != ST_AUTH)
		return rc;
	diag_clear(d);
	return diag_set(d, ST_AUTH, "FORMATS 4.51: the passphrase of root %s "
	    "is missing; %s keeps it", view->root, view->keeper);
}

enum status
passphrase_ask(const struct front *front, const struct pass_view *view,
    const struct passphrase_test *test, const struct quorum_watch *watch,
    struct diag *d)
{
	struct secret *typed = NULL;
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(ask_once(front, view, &typed, d));
		diag_clear(&why);
		rc = test->takes(test->cookie, typed, &why);
		secret_free(typed);
		typed = NULL;
		if (rc == ST_OK)
			break;
		TRY(quorum_refuse(front, watch, &why, d));
	}
out:
	return rc;
}

/* --- a new one --- */

/* What the terminal would not give back: blanks at the ends. */
static bool
has_blank_ends(const struct secret *s)
{
	const uint8_t *text = secret_peek(s);

	return text[0] == ' ' || text[secret_len(s) - 1] == ' ';
}

struct fresh {
	const struct front *front;
	struct pass_view again;
	struct secret *passphrase;
};

static enum status
takes_fresh(void *cookie, const struct secret *passphrase, struct diag *d)
{
	struct fresh *f = cookie;
	struct secret *again = NULL;
	enum status rc;

	TRY(slip39_passphrase_check(passphrase, d));
	if (secret_len(passphrase) < PASSPHRASE_MIN)
		FAIL(d, ST_POLICY, "FORMATS 4.50: %zu characters; a new "
		    "passphrase has at least %d: a shorter one is found by "
		    "whoever has the sheets", secret_len(passphrase),
		    PASSPHRASE_MIN);
	if (has_blank_ends(passphrase))
		FAIL(d, ST_POLICY, "FORMATS 4.50: a blank at an end of the "
		    "passphrase");
	TRY(ask_once(f->front, &f->again, &again, d));
	if (!secret_equal(passphrase, again))
		FAIL(d, ST_AUTH, "FORMATS 4.50: the second time it was "
		    "another passphrase");
	f->passphrase = again;
	again = NULL;
	rc = ST_OK;
out:
	secret_free(again);
	return rc;
}

enum status
passphrase_new(const struct front *front, const char *root,
    const char *keeper, struct secret **out, struct diag *d)
{
	const struct pass_view view = { root, keeper, PASS_NEW };
	struct fresh f = { front, { root, keeper, PASS_AGAIN }, NULL };
	const struct passphrase_test test = { takes_fresh, &f };
	enum status rc;

	*out = NULL;
	TRY(passphrase_ask(front, &view, &test, NULL, d));
	*out = f.passphrase;
out:
	return rc;
}

/* --- one that gives what is known --- */

/* A passphrase, and what it is held against; ${got} is owned. */
struct held {
	const struct split_terms *set;
	const struct secret *seed, *ems;
	const struct sheet_set *known;
	struct secret *got;
};

static enum status
takes_sheets(void *cookie, const struct secret *passphrase, struct diag *d)
{
	struct held *h = cookie;
	const struct split_terms *s = h->set;
	struct secret *ems = NULL;
	enum status rc;

	TRY(slip39_encrypt(h->seed, passphrase, s->scheme, s->id, &ems, d));
	TRY(s->gives(s->cookie, ems, h->known, d));
	h->got = ems;
	ems = NULL;
out:
	secret_free(ems);
	return rc;
}

static enum status
takes_seed(void *cookie, const struct secret *passphrase, struct diag *d)
{
	struct held *h = cookie;
	const struct slip39_share terms = { .id = h->set->id,
		.extendable = h->set->scheme->extendable,
		.exponent = h->set->scheme->exponent };
	struct secret *seed = NULL;
	enum status rc;

	TRY(slip39_decrypt(h->ems, passphrase, &terms, &seed, d));
	if (!secret_equal(seed, h->seed))
		FAIL(d, ST_AUTH, "FORMATS 4.51: it is not the passphrase that "
		    "the sheets of root %s were made with", h->set->root);
	h->got = seed;
	seed = NULL;
out:
	secret_free(seed);
	return rc;
}

enum status
passphrase_encrypt(const struct front *front, const struct split_terms *set,
    const struct secret *seed, const struct sheet_set *known,
    struct secret **out, struct diag *d)
{
	const struct pass_view view = { set->root, set->keeper, PASS_OPEN };
	struct held h = { .set = set, .seed = seed, .known = known };
	const struct passphrase_test test = { takes_sheets, &h };
	struct secret *passphrase = NULL;
	enum status rc;

	*out = NULL;
	if (known != NULL) {
		TRY(passphrase_ask(front, &view, &test, NULL, d));
		*out = h.got;
		return ST_OK;
	}
	TRY(passphrase_new(front, set->root, set->keeper, &passphrase, d));
	TRY(slip39_encrypt(seed, passphrase, set->scheme, set->id, out, d));
out:
	secret_free(passphrase);
	return rc;
}

enum status
passphrase_prove(const struct front *front, const struct split_terms *set,
    const struct secret *ems, const struct secret *seed,
    const struct quorum_watch *watch, struct secret **out, struct diag *d)
{
	const struct pass_view view = { set->root, set->keeper, PASS_PROVE };
	struct held h = { .set = set, .seed = seed, .ems = ems };
	const struct passphrase_test test = { takes_seed, &h };
	enum status rc;

	*out = NULL;
	TRY(passphrase_ask(front, &view, &test, watch, d));
	*out = h.got;
out:
	return rc;
}
