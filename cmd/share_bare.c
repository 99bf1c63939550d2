/* see share.h: sheets whose record is lost. */
#include <stdio.h>
#include <string.h>

#include "ceremony/bare.h"
#include "cmd/front.h"
#include "cmd/share.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/public.h"
#include "lib/crypto/words.h"
#include "lib/pki/rehearsal.h"

#define PASSPHRASES_MAX 32 /* lines of a file */

/* --- shares from files --- */

/* "a.txt", or "the 2nd of all.txt" where one file has several. */
static void
name_share(const char *file, size_t i, size_t n, char out[BARE_NAME_SIZE])
{
	char shown[BARE_NAME_SIZE - 32];

	text_escape(file, strlen(file), shown, sizeof(shown));
	if (n == 1)
		snprintf(out, BARE_NAME_SIZE, "%s", shown);
	else
		snprintf(out, BARE_NAME_SIZE, "%s:%zu", shown, i + 1);
}

static enum status
take_file(const char *file, struct bare *b, struct diag *d)
{
	struct secret *share[SHEETS_MAX] = { NULL };
	char name[BARE_NAME_SIZE];
	size_t n = 0;
	enum status rc;

	TRY(front_read_shares(file, share, SHEETS_MAX, &n, d));
	for (size_t i = 0; i < n; i++) {
		name_share(file, i, n, name);
		TRY(bare_put(b, share[i], name, d));
	}
out:
	for (size_t i = 0; i < n; i++)
		secret_free(share[i]);
	return rc;
}

/* --- shares from the terminal --- */

static enum status
ask_share(struct tty *t, size_t nth, const char *why, bool test,
    struct secret **out, struct diag *d)
{
	enum status rc, wipe;

	TRY(tty_say(t, d, "\n%s\nAll words of the %s %ssheet%s, in one line "
	    "(number %zu); four letters of a word are enough.\n", why,
	    nth == 0 ? "first" : "next", test ? "TEST " : "",
	    test ? " (no real one's)" : "", nth + 1));
	rc = tty_ask_secret(t, "  words: ", SLIP39_TEXT_MAX, true, out, d);
	wipe = tty_wipe(t, rc == ST_OK ? d : NULL);
	rc = rc == ST_OK ? wipe : rc;
out:
	return rc;
}

/* One share more; what is refused is said, and asked again. */
static enum status
take_typed(struct tty *t, struct bare *b, const char *why, bool test,
    struct diag *d)
{
	struct secret *words = NULL;
	struct diag no = { 0 };
	enum status rc;

	TRY(ask_share(t, b->n, why, test, &words, d));
	if (bare_add(b, words, NULL, &no) != ST_OK) {
		if (no.code == ST_SYSTEM || no.code == ST_BUG)
			FAIL(d, no.code, "%s", no.text);
		TRY(tty_say(t, d, "Refused: %s.\n", no.text));
	}
out:
	secret_free(words);
	return rc;
}

/* Until there are enough; and one more where they do not agree, for then it
 * can be told which one is wrong. */
static enum status
ask_all(struct tty *t, struct bare *b, bool test, struct diag *d)
{
	struct diag why = { 0 };
	size_t had;
	enum status rc;

	diag_note(&why, ST_FORMAT, "no share yet");
	while (b->n == 0 || bare_enough(b, &why) != ST_OK) {
		TRY(take_typed(t, b, why.text, test, d));
		diag_clear(&why);
	}
	if (bare_agree(b, &why) == ST_AUTH) {
		had = b->n;
		while (b->n == had)
			TRY(take_typed(t, b, why.text, test, d));
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
take_shares(const struct call *c, struct bare *b, bool test, struct diag *d)
{
	struct tty *t = NULL;
	enum status rc = ST_OK;

	for (size_t i = 0; i < c->n; i++)
		TRY(take_file(c->arg[i], b, d));
	if (c->n > 0)
		return ST_OK;
	TRY(tty_open("/dev/tty", &t, d));
	rc = ask_all(t, b, test, d);
out:
	tty_close(t);
	return rc;
}

/* --- what is told --- */

static enum status
read_public(const char *file, struct spki *out, struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc;

	TRY(file_read(file, PUBLIC_MAX, &bytes, d));
	TRY(public_read(file, bytes.data, bytes.len, out, d));
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
say_key(const struct spki *key, size_t sheets, struct facts *f,
    struct diag *d)
{
	struct bytes words = { 0 };
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(key->id, SHA384_LEN, id);
	TRY(words_text(key->id, WORDS_SHORT, &words, d));
	TRY(facts_set(f, d, "sheets", "%zu", sheets));
	TRY(facts_set(f, d, "algorithm", "%s", key->alg));
	TRY(facts_set(f, d, "root-key", "%s", id));
	TRY(facts_set(f, d, "root-words", "%s", (const char *)words.data));
	TRY(facts_set(f, d, "verdict", "the sheets give this public key; "
	    "whose it is, its words on a sheet say"));
out:
	bytes_free(&words);
	return rc;
}

/* Whether they give that key, under this passphrase. */
static enum status
gives(const struct bare *b, const struct secret *passphrase,
    const struct spki *key, enum derive_mode *mode, struct diag *d)
{
	struct secret *seed = NULL;
	enum status rc;

	TRY(bare_seed(b, passphrase, &seed, d));
	TRY(bare_key(seed, key, mode, d));
out:
	secret_free(seed);
	return rc;
}

/* Those of a file, each in turn; ${d} says of the last what is wrong. */
static enum status
gives_of_file(const char *file, const struct bare *b, const struct spki *key,
    enum derive_mode *mode, struct diag *d)
{
	struct secret *line[PASSPHRASES_MAX] = { NULL };
	size_t n = 0;
	enum status rc;

	TRY(front_read_lines(file, line, PASSPHRASES_MAX, &n, d));
	for (size_t i = 0; i < n; i++) {
		diag_clear(d);
		if ((rc = gives(b, line[i], key, mode, d)) != ST_AUTH)
			break;
	}
out:
	for (size_t i = 0; i < n; i++)
		secret_free(line[i]);
	return rc;
}

/* As long as somebody types one: ${d} says what was wrong till then. */
static enum status
gives_typed(const struct bare *b, const struct spki *key,
    enum derive_mode *mode, struct diag *d)
{
	struct secret *passphrase = NULL;
	struct diag why = *d, left = { 0 };
	struct tty *t = NULL;
	enum status rc;

	diag_clear(d);
	TRY(tty_open("/dev/tty", &t, d));
	for (rc = ST_AUTH; rc == ST_AUTH;) {
		diag_clear(d);
		TRY(tty_say(t, d, "\n%s.\nIf the sheets have a passphrase, "
		    "its keeper enters it; nothing of it is shown.\nCtrl-C "
		    "ends it.\n", why.text));
		if (tty_ask_secret(t, "  passphrase: ", SLIP39_PASSPHRASE_MAX,
		    false, &passphrase, &left) != ST_OK)
			FAIL(d, why.code, "%s", why.text);
		TRY(tty_say(t, d, "  It is stretched: that may take some "
		    "seconds.\n"));
		diag_clear(&why);
		rc = gives(b, passphrase, key, mode, &why);
		secret_free(passphrase);
		passphrase = NULL;
		if (rc != ST_OK && rc != ST_AUTH)
			FAIL(d, rc, "%s", why.text);
	}
out:
	secret_free(passphrase);
	tty_close(t);
	return rc;
}

/* With a public key: it is that one, or it is refused. */
static enum status
compare(const struct call *c, const struct share_room *room,
    const struct bare *b, const struct spki *key, struct facts *f,
    struct diag *d)
{
	const char *passphrases = cmd_opt(c, "--passphrase", NULL);
	enum derive_mode mode = DERIVE_REAL;
	enum status rc;

	rc = gives(b, NULL, key, &mode, d);
	if (rc == ST_AUTH && passphrases != NULL)
		rc = gives_of_file(passphrases, b, key, &mode, d);
	else if (rc == ST_AUTH && c->n == 0)
		rc = gives_typed(b, key, &mode, d);
	if (rc != ST_OK) {
		diag_prefix(d, "%s", cmd_opt(c, "--public", ""));
		goto out;
	}
	if (mode == DERIVE_REHEARSAL)
		TRY(facts_set(f, d, "mode", "TEST (rehearsal)"));
	TRY(share_room_say(room, f, d));
	TRY(say_key(key, b->n, f, d));
	TRY(cmd_report(c, f, d));
out:
	return rc;
}

/* With nothing: what the shares say, and that it cannot be told whose. */
static enum status
say_unknown(const struct call *c, const struct share_room *room,
    const struct bare *b, struct facts *f, struct diag *d)
{
	struct diag missing = { 0 };
	enum status rc;

	TRY(share_room_say(room, f, d));
	TRY(bare_say(b, f, d));
	if (bare_enough(b, &missing) == ST_OK) {
		TRY(bare_agree(b, d));
		TRY(facts_set(f, d, "agree", "%zu shares combine%s", b->n,
		    b->share[0]->group_need > 1 || b->share[0]->need > 1 ?
		    ", and the digest holds" :
		    "; of one alone there is no digest"));
	}
	TRY(facts_set(f, d, "verdict", "nothing here says whose key this "
	    "is"));
	TRY(cmd_report(c, f, d));
	FAIL(d, ST_USAGE, "FORMATS 4.41: it cannot be told whose key these "
	    "shares give: name the root (--root, with its --state) or its "
	    "public key (--public)");
out:
	return rc;
}

enum status
share_recover_bare(const struct call *c, struct diag *d)
{
	const char *file = cmd_opt(c, "--public", NULL);
	struct share_room room;
	struct spki key = { 0 };
	struct facts f = { 0 };
	struct bare *b = NULL;
	bool test = false;
	enum status rc;

	if (file != NULL) {
		TRY(read_public(file, &key, d));
		if ((rc = bare_fits(&key, d)) != ST_OK) {
			diag_prefix(d, "%s", file);
			goto out;
		}
		/* a rehearsal's key is known by computing it (RULES C6) */
		if (rehearsal_key(&key, &test, NULL) != ST_OK)
			test = false;
	}
	TRY(share_room_enter(c, test, &room, d));
	TRY(bare_new(&b, d));
	TRY(take_shares(c, b, test, d));
	if (file != NULL)
		TRY(compare(c, &room, b, &key, &f, d));
	else
		TRY(say_unknown(c, &room, b, &f, d));
out:
	bare_free(b);
	spki_clear(&key);
	facts_clear(&f);
	return rc;
}
