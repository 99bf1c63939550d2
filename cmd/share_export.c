/* see share.h: a root's private key into an encrypted file. */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/file_passphrase.h"
#include "cmd/new_file.h"
#include "cmd/share.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/key_export.h"
#include "lib/record/signer.h"

#define FILE_SIZE_MAX 65536 /* bytes of what is read back */

/* --- before a word is typed --- */

enum status
share_export_begin(const struct call *c, const struct state *s,
    struct share_export *out, struct diag *d)
{
	const char *journal = cmd_opt(c, "--journal", NULL);
	struct tty *t = NULL;
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (!cmd_has(c, "--export-key"))
		return ST_OK;
	out->file = cmd_opt(c, "--export-key", "");
	out->state = s;
	TRY(new_file("--export-key", out->file, s, d));
	if (journal != NULL)
		TRY(text_format(&out->path, d, "%s", journal));
	else
		TRY(cmd_own_journal(cmd_opt(c, "--state", "state"),
		    &out->path, d));
	TRY(journal_open((const char *)out->path.data, s, cmd_steps,
	    &out->journal, d));
	TRY(tty_open("/dev/tty", &t, d));
out:
	tty_close(t);
	return rc;
}

void
share_export_end(struct share_export *x)
{
	journal_close(&x->journal);
	bytes_free(&x->path);
	memset(x, 0, sizeof(*x));
}

/* --- what is typed --- */

static enum status
confirm(const struct share_export *x, const char *root, struct tty *t,
    struct diag *d)
{
	struct bytes typed = { 0 };
	char file[256];
	enum status rc;

	text_escape(x->file, strlen(x->file), file, sizeof(file));
	TRY(tty_say(t, d, "\nThe private key of root %s is about to be written "
	    "to %s.\nWho has that file and its passphrase is the root: no "
	    "sheet, no plan and no witness is asked any more.\nIt is noted in "
	    "the journal, %s.\n", root, file,
	    (const char *)x->path.data));
	TRY(tty_ask(t, "Type the root's name to go on: ", 64, &typed, d));
	if (strcmp((const char *)typed.data, root) != 0)
		FAIL(d, ST_POLICY, "the key of root %s is not written out: "
		    "that was not its name", root);
out:
	bytes_free(&typed);
	return rc;
}

static enum status
ask_people(const struct share_export *x, const char *root,
    struct secret **first, struct secret **second, struct diag *d)
{
	struct tty *t = NULL;
	enum status rc;

	TRY(tty_open("/dev/tty", &t, d));
	TRY(confirm(x, root, t, d));
	TRY(file_passphrase(t, first, second, d));
out:
	tty_close(t);
	return rc;
}

/* --- what is noted --- */

static enum status
make_mac(const struct keyout *k, const struct secret *seed,
    char out[2 * SHA256_LEN + 1], struct diag *d)
{
	struct bytes text = { 0 };
	uint8_t mac[SHA256_LEN];
	enum status rc;

	TRY(keyout_text(k, &text, d));
	TRY(key_export_mac(seed, text.data, text.len, mac, d));
	text_hex(mac, sizeof(mac), out);
out:
	bytes_free(&text);
	return rc;
}

/* With the seed at hand it can be told who wrote what is there of this key. */
static enum status
check_earlier(const struct share_export *x, const char *root,
    const struct secret *seed, struct facts *f, struct diag *d)
{
	const struct keyout *k;
	char mac[2 * SHA256_LEN + 1], time[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < x->journal.nkeyouts; i++) {
		k = &x->journal.keyout[i];
		if (strcmp(k->root, root) != 0)
			continue;
		TRY(make_mac(k, seed, mac, d));
		if (strcmp(mac, k->mac) != 0)
			FAIL(d, ST_AUTH, "%s: FORMATS 7.25: nobody who had the "
			    "sheets of root %s noted that its key was written "
			    "out", (const char *)x->path.data, root);
		clock_text(k->time, time);
		TRY(facts_add(f, d, "exported-before", "%s, file %s", time,
		    k->file));
	}
out:
	return rc;
}

static enum status
note(struct share_export *x, const char *root, const struct secret *seed,
    const struct bytes *pem, struct facts *f, struct diag *d)
{
	struct keyout k;
	enum status rc;

	keyout_make(x->state, state_root(x->state, root), pem, clock_now(),
	    &k);
	TRY(make_mac(&k, seed, k.mac, d));
	TRY(journal_keyout(&x->journal, &k, f, d));
out:
	return rc;
}

/* --- the file --- */

/* For its owner alone, from its first byte on; then, from the medium, with the
 * passphrase as it was typed the second time. */
static enum status
write_file(const char *file, const struct export_root *r,
    const struct bytes *pem, const struct secret *second, struct diag *d)
{
	const mode_t mask = umask(077);
	struct bytes back = { 0 };
	bool made = false;
	enum status rc;

	TRY(file_create(file, pem->data, pem->len, d));
	made = true;
	TRY(file_read(file, FILE_SIZE_MAX, &back, d));
	TRY(key_export_opens(r, &back, second, d));
out:
	umask(mask);
	if (rc != ST_OK && made) {
		(void)unlink(file);
		diag_prefix(d, "%s", file);
	}
	bytes_free(&back);
	return rc;
}

enum status
share_export_write(struct share_export *x, const char *root,
    const struct secret *seed, const struct key *key, struct facts *f,
    struct diag *d)
{
	struct secret *first = NULL, *second = NULL;
	struct bytes pem = { 0 };
	struct export_root r;
	enum status rc;

	if (x->file == NULL)
		return ST_OK;
	r = (struct export_root){ seed, signer_derive_mode(x->state->mode),
		key, state_root(x->state, root)->counter };
	TRY(check_earlier(x, root, seed, f, d));
	TRY(ask_people(x, root, &first, &second, d));
	TRY(key_export(&r, first, &pem, d));
	TRY(note(x, root, seed, &pem, f, d));
	if ((rc = write_file(x->file, &r, &pem, second, d)) != ST_OK) {
		diag_prefix(d, "noted in %s, and not written",
		    (const char *)x->path.data);
		goto out;
	}
	TRY(facts_set(f, d, "exported", "%s", x->file));
out:
	secret_free(first);
	secret_free(second);
	bytes_free(&pem);
	return rc;
}
