/* see rehearse.h: what tools that know nothing of us say to what was made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ceremony/quorum.h"
#include "ceremony/verify.h"
#include "cmd/cmd.h"
#include "cmd/codes.h"
#include "cmd/front.h"
#include "cmd/rehearse.h"
#include "cmd/tool.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "revocation/card.h"
#include "revocation/export.h"
#include "transfer/send.h"

static void
passed(struct rehearsal *h, const char *what)
{
	h->checks++;
	fprintf(stderr, "check %zu: %s\n", h->checks, what);
}

/* openssl, which knows nothing of us, must say yes, or no. */
static enum status
ask_openssl(struct rehearsal *h, const char *const *argv, bool yes,
    const char *what, struct diag *d)
{
	enum status rc;
	int code = 0;

	TRY(tool_run(h->dir, argv, &code, d));
	if ((code == 0) != yes)
		FAIL(d, ST_AUTH, "openssl does not agree: %s", what);
	passed(h, what);
out:
	return rc;
}

static enum status
check_delegation(struct rehearsal *h, const struct delegation *g,
    const char *root, const char *list, struct diag *d)
{
	char ca[PATH_SIZE], crl[PATH_SIZE], op[PATH_SIZE];
	const char *const with[] = { "openssl", "verify", "-x509_strict",
		"-crl_check", "-purpose", "any", "-CAfile", ca, "-CRLfile",
		crl, op, NULL };
	const char *const without[] = { "openssl", "verify", "-x509_strict",
		"-crl_check", "-purpose", "any", "-CAfile", ca, op, NULL };
	enum status rc;

	rehearse_join(ca, "state", root);
	rehearse_join(crl, "state", list);
	rehearse_join(op, "state", g->object);
	TRY(ask_openssl(h, with, true, "openssl verify accepts the delegation "
	    "under root and list", d));
	TRY(ask_openssl(h, without, false, "openssl verify refuses it when "
	    "the list is missing", d));
out:
	return rc;
}

static enum status
check_cms(struct rehearsal *h, const char *p7s, const char *content,
    const char *ca, const char *what, struct diag *d)
{
	const char *const argv[] = { "openssl", "cms", "-verify", "-binary",
		"-inform", "DER", "-in", p7s, "-content", content,
		"-certfile", ca, "-CAfile", ca, "-purpose", "any", "-out",
		"/dev/null", NULL };

	return ask_openssl(h, argv, true, what, d);
}

static enum status
check_closing(struct rehearsal *h, const struct state *s, const char *root,
    struct diag *d)
{
	const struct entry *e = &s->entries[s->n - 1];
	char line[PATH_SIZE], p7s[PATH_SIZE], ca[PATH_SIZE];

	if (e->n < 2)
		return diag_set(d, ST_AUTH, "the closing line is not signed");
	rehearse_join(line, "state", e->objects[0].name);
	rehearse_join(p7s, "state", e->objects[1].name);
	rehearse_join(ca, "state", root);
	return check_cms(h, p7s, line, ca, "openssl cms accepts the root's "
	    "signature under the record", d);
}

/* Those who have the sheets; nothing is drawn here. */
static enum status
open_desk(const struct rehearsal *h, struct front **front, struct diag *d)
{
	struct room *room = calloc(1, sizeof(*room));
	enum status rc;

	if (room == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	TRY(room_read(h->room, room, d));
	room->print[0] = '\0';
	TRY(front_rehearsal(room, front, d));
out:
	free(room);
	return rc;
}

/* The sheets that were written give the seed, and the seed the key. */
static enum status
check_sheets(struct rehearsal *h, const struct state *s, struct diag *d)
{
	struct front *front = NULL;
	struct secret *seed = NULL;
	struct key *key = NULL;
	char what[128];
	size_t used;
	enum status rc = ST_OK;

	if (cmd_has(h->call, "--hands-on"))
		return ST_OK; /* the sheets are on paper */
	for (size_t i = 0; i < s->nroots; i++) {
		TRY(open_desk(h, &front, d));
		TRY(quorum_open(front, s, s->roots[i].name, NULL, &seed, &key,
		    &used, d));
		front_free(front);
		secret_free(seed);
		key_free(key);
		front = NULL;
		seed = NULL;
		key = NULL;
		snprintf(what, sizeof(what), "a quorum of sheets gives the "
		    "seed of root %s, and the seed its key",
		    s->roots[i].name);
		passed(h, what);
	}
out:
	front_free(front);
	secret_free(seed);
	key_free(key);
	return rc;
}

/* --- a device that knows nothing but the words of the first bundle --- */

/* As the ceremony's people would have noted them. */
static enum status
note_bundle(const struct rehearsal *h, const struct state_bundle *b,
    struct bytes *words, struct diag *d)
{
	uint8_t id[SHA384_LEN];
	struct bytes line = { 0 };
	enum status rc;

	TRY(text_unhex(b->id, id, sizeof(id), d));
	TRY(words_text(id, WORDS_SHORT, words, d));
	TRY(text_format(&line, d, "%s\n", (const char *)words->data));
	TRY(rehearse_save(h, "paper/bundle.words", &line, d));
out:
	bytes_free(&line);
	return rc;
}

/* A store with the bundle and all lists, and the keyring that comes of it. */
static enum status
start_device(const struct rehearsal *h, const struct state_bundle *b,
    struct diag *d)
{
	const struct accept_clock clock = { clock_now(), false };
	struct bytes words = { 0 }, keyring = { 0 };
	struct store_gift g = { 0 };
	char path[PATH_SIZE], store[PATH_SIZE];
	struct store *s = NULL;
	struct store_taken taken;
	enum status rc;

	rehearse_join(store, h->dir, "store");
	rehearse_join(path, h->state, "bundles");
	TRY(note_bundle(h, b, &words, d));
	TRY(cmd_take_folder(path, &g, d));
	TRY(store_init(store, (const char *)words.data, true, &g, &clock, d));
	store_gift_clear(&g);
	rehearse_join(path, h->state, "lists");
	TRY(cmd_take_folder(path, &g, d));
	TRY(store_open(store, true, &s, d));
	TRY(store_apply(s, &g, &clock, &taken, d));
	TRY(export_make(s, "rauc", &clock, true, &keyring, d));
	TRY(rehearse_save(h, "keyring.pem", &keyring, d));
out:
	store_free(s);
	store_gift_clear(&g);
	bytes_free(&words);
	bytes_free(&keyring);
	return rc;
}

/* The stock check of each signature, and what a device makes of the bundle. */
static enum status
check_bundle(struct rehearsal *h, const struct state *s, struct diag *d)
{
	const struct state_bundle *b = state_last_bundle(s);
	char der[PATH_SIZE], p7s[PATH_SIZE], ca[PATH_SIZE], what[128];
	const struct entry *e;
	const char *signer;
	enum status rc;

	if (b == NULL)
		return ST_OK; /* the plan is the user's */
	e = &s->entries[b->entry - 1];
	rehearse_join(der, "state", b->object);
	for (size_t i = 0; i < facts_count(&e->facts, "signers"); i++) {
		signer = facts_at(&e->facts, "signers", i);
		rehearse_join(p7s, "state", e->objects[1 + i].name);
		rehearse_join(ca, "state", state_root(s, signer)->object);
		snprintf(what, sizeof(what), "openssl cms accepts root %s's "
		    "signature under the trust bundle", signer);
		TRY(check_cms(h, p7s, der, ca, what, d));
	}
	TRY(start_device(h, b, d));
	passed(h, "a device begins with the bundle's words, takes the lists "
	    "and gives RAUC its keyring");
	rc = ST_OK;
out:
	return rc;
}

/* The bad day: the responder stops the key alone, with what was sealed. */
static enum status
drill(struct rehearsal *h, const struct state *s, struct diag *d)
{
	const struct delegation *g = &s->delegations[0];
	char with[PATH_SIZE], to[PATH_SIZE], journal[PATH_SIZE],
	    ca[PATH_SIZE], op[PATH_SIZE], what[96];
	const struct release_call how = { g->name, with, to, journal, NULL,
		false };
	const char *const argv[] = { "openssl", "verify", "-x509_strict",
		"-crl_check", "-purpose", "any", "-CAfile", ca, "-CRLfile",
		"publish/g1.crl.pem", op, NULL };
	struct timespec from = { 0 }, until = { 0 };
	struct facts f = { 0 };
	enum status rc;

	rehearse_join(with, h->dir, "night/night.key");
	rehearse_join(to, h->dir, "publish");
	rehearse_join(journal, h->dir, "journal");
	rehearse_join(ca, "state", state_root(s, g->root)->object);
	rehearse_join(op, "state", g->object);
	clock_gettime(CLOCK_MONOTONIC, &from);
	TRY(cmd_release(s, &how, &f, d));
	clock_gettime(CLOCK_MONOTONIC, &until);
	snprintf(what, sizeof(what), "a drill: the responder stops %s in %ld "
	    "ms", g->name, (until.tv_sec - from.tv_sec) * 1000 +
	    (until.tv_nsec - from.tv_nsec) / 1000000);
	passed(h, what);
	TRY(ask_openssl(h, argv, false, "openssl verify refuses it with the "
	    "list that was released", d));
out:
	facts_clear(&f);
	return rc;
}

/* What the team gets is what the record has. */
static enum status
check_sent(struct rehearsal *h, const struct state *s,
    const struct sent *sent, struct diag *d)
{
	struct bytes want = { 0 }, is = { 0 };
	char path[PATH_SIZE], name[64];
	struct parcel p = { 0 };
	enum status rc;

	if (sent->parcel[0] == '\0')
		return ST_OK;
	snprintf(name, sizeof(name), "outbox/%s" PARCEL_ENDING, sent->name);
	rehearse_join(path, h->dir, name);
	TRY(send_again(s, sent, &want, d));
	TRY(file_read(path, PARCEL_MAX, &is, d));
	TRY(cmd_open_parcel(path, is.data, is.len, &p, d));
	if (!bytes_equal(&want, &is))
		FAIL(d, ST_AUTH, "%s: not the parcel that the record gives",
		    path);
	passed(h, "the result parcel in the outbox has what the record has");
out:
	parcel_clear(&p);
	bytes_free(&want);
	bytes_free(&is);
	return rc;
}

/* What responders have on paper. */
static enum status
print_card(const struct rehearsal *h, const struct state *s, struct diag *d)
{
	struct bytes page = { 0 };
	enum status rc;

	TRY(card_make(s, cmd_steps, &page, d));
	TRY(rehearse_save(h, "card.txt", &page, d));
out:
	bytes_free(&page);
	return rc;
}

enum status
rehearse_check(struct rehearsal *h, const struct state *s, struct diag *d)
{
	struct verify_report report;
	const struct list *l;
	const struct root *r;
	enum status rc;

	TRY(verify_state(h->state, NULL, cmd_steps, &report, d));
	passed(h, "every entry, file and signature of the record holds");
	for (size_t i = 0; i < s->ndelegations; i++) {
		r = state_root(s, s->delegations[i].root);
		l = state_last_list(s, s->delegations[i].root);
		if (l != NULL)
			TRY(check_delegation(h, &s->delegations[i], r->object,
			    l->object, d));
	}
	for (size_t i = 0; i < s->nroots; i++) {
		if (s->roots[i].object[0] != '\0')
			TRY(check_closing(h, s, s->roots[i].object, d));
	}
	TRY(check_sheets(h, s, d));
	TRY(check_bundle(h, s, d));
	for (size_t i = 0; i < s->nsent; i++)
		TRY(check_sent(h, s, &s->sent[i], d));
	if (!cmd_has(h->call, "--plan")) {
		TRY(drill(h, s, d));
		TRY(print_card(h, s, d));
	}
out:
	return rc;
}
