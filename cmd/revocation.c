/* see cmd.h: verbs of the noun "revocation". */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/record/chain.h"
#include "revocation/card.h"
#include "revocation/journal.h"
#include "revocation/show.h"

#define KEY_MAX 65536 /* bytes of a private key's file */
#define WORD "abcdefghijklmnopqrstuvwxyz0123456789-ABCDEF+"

/* What is typed at the terminal, where the file is encrypted. */
static enum status
ask_opener(const char *name, const struct secret *pem, struct opener **out,
    struct diag *d)
{
	struct secret *passphrase = NULL;
	struct bytes prompt = { 0 };
	struct tty *t = NULL;
	char shown[256];
	enum status rc;

	text_escape(name, strlen(name), shown, sizeof(shown));
	TRY(text_format(&prompt, d, "Passphrase of %s: ", shown));
	TRY(tty_open("/dev/tty", &t, d));
	TRY(tty_ask_secret(t, (const char *)prompt.data, TTY_SECRET_MAX, false,
	    &passphrase, d));
	TRY(opener_read(name, pem, passphrase, out, d));
out:
	tty_close(t);
	secret_free(passphrase);
	bytes_free(&prompt);
	return rc;
}

static enum status
read_opener(const char *name, struct opener **out, struct diag *d)
{
	struct secret *pem = NULL;
	enum status rc;

	TRY(file_read_secret(name, KEY_MAX, &pem, d));
	if ((rc = opener_read(name, pem, NULL, out, NULL)) == ST_USAGE)
		rc = ask_opener(name, pem, out, d);
	else if (rc != ST_OK)
		rc = opener_read(name, pem, NULL, out, d);
out:
	secret_free(pem);
	return rc;
}

/* A name, a serial number, two with a plus, "all"; what can be none of these
 * is a file. */
static enum status
find(const struct state *s, const char *key, struct releases *out,
    struct diag *d)
{
	struct bytes bytes = { 0 };
	struct cert *cert = NULL;
	enum status rc;

	if (key[strspn(key, WORD)] != '\0') {
		TRY(file_read(key, CERT_MAX, &bytes, d));
		TRY(cert_read(key, bytes.data, bytes.len, &cert, d));
	}
	TRY(release_find(s, key, cert, out, d));
out:
	cert_free(cert);
	bytes_free(&bytes);
	return rc;
}

/* --- what is written --- */

struct output {
	struct bytes name; /* owned */
	const struct bytes *data;
};
struct outputs {
	struct output *one; /* owned */
	size_t n;
};

static void
outputs_clear(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		bytes_free(&o->one[i].name);
	free(o->one);
}

static enum status
add_output(struct outputs *o, const struct bytes *data, struct diag *d,
    const char *dir, const char *root, const char *rest)
{
	struct output *new = GROW(o->one, o->n);

	if (new == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	new->data = data;
	return text_format(&new->name, d, "%s/%s.%s", dir, root, rest);
}

/* The two forms of a list: "g1.crl.pem" and, for lean devices, "g1.crl"; or
 * what the second of two needs, "g1.night.half". */
static enum status
gather(const char *dir, const struct release *r, struct outputs *o,
    struct diag *d)
{
	const char *root = r->sealed->root;
	char rest[64];
	enum status rc = ST_OK;

	if (r->halves == 0) {
		TRY(add_output(o, &r->pem, d, dir, root, "crl.pem"));
		TRY(add_output(o, &r->der, d, dir, root, "crl"));
	}
	for (size_t i = 0; i < r->halves; i++) {
		snprintf(rest, sizeof(rest), "%s.half", r->half[i].name);
		TRY(add_output(o, &r->half[i].bytes, d, dir, root, rest));
	}
out:
	return rc;
}

static const char *
text_of(const struct output *o)
{
	return (const char *)o->name.data;
}

/* All of it, or nothing. */
static enum status
write_all(const char *dir, const struct outputs *o, struct diag *d)
{
	enum status rc = ST_OK;
	size_t made = 0;

	if (mkdir(dir, 0700) != 0)
		return diag_set(d, errno == EEXIST ? ST_POLICY : ST_SYSTEM,
		    "%s: a release wants a folder of its own: %s", dir,
		    strerror(errno));
	for (; made < o->n; made++)
		TRY(file_create(text_of(&o->one[made]), o->one[made].data->data,
		    o->one[made].data->len, d));
out:
	while (rc != ST_OK && made-- > 0)
		(void)unlink(text_of(&o->one[made]));
	if (rc != ST_OK)
		(void)rmdir(dir);
	return rc;
}

static enum status
publish(const char *dir, const struct releases *r, struct facts *f,
    struct diag *d)
{
	struct outputs o = { 0 };
	enum status rc;

	for (size_t i = 0; i < r->n; i++)
		TRY(gather(dir, &r->release[i], &o, d));
	/* said first: what is on the medium must not be called missing */
	for (size_t i = 0; i < o.n; i++)
		TRY(facts_add(f, d, "files", "%s", text_of(&o.one[i])));
	TRY(write_all(dir, &o, d));
out:
	outputs_clear(&o);
	return rc;
}

/* --- the release --- */

/* By the journal; asked before anybody types a passphrase. */
static enum status
may_release(const struct journal *j, const struct releases *r, bool again,
    struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < r->n && rc == ST_OK; i++)
		rc = journal_check(j, &r->release[i], again, d);
	return rc;
}

/* Where it takes two, the first of them releases nothing. */
static enum status
say_halves(const struct release *r, struct facts *f, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < r->halves; i++)
		TRY(facts_add(f, d, "half", "%s.%s.half: nothing is released "
		    "yet; %s goes on, by the same command with --half and "
		    "this file", r->sealed->root, r->half[i].name,
		    r->half[i].name));
out:
	return rc;
}

/* What is published is in the journal: it is written first. */
static enum status
note_and_publish(struct journal *j, const struct releases *r,
    const struct opener *who, const char *to, struct facts *f,
    struct diag *d)
{
	const int64_t now = clock_now();
	bool noted = false;
	enum status rc;

	/* RULES L3 is kept by one journal alone */
	if (j->n == 0 && r->n > 0 && r->release[0].halves == 0)
		TRY(facts_add(f, d, "journal", "%s is new: what was released "
		    "from another place, it does not know", j->path));
	for (size_t i = 0; i < r->n; i++) {
		TRY(say_halves(&r->release[i], f, d));
		if (r->release[i].halves > 0)
			continue;
		TRY(journal_add(j, &r->release[i], who, now, f, d));
		noted = true;
	}
	if ((rc = publish(to, r, f, d)) != ST_OK && noted)
		diag_prefix(d, "noted in %s, and not published (repeat it "
		    "with --again)", j->path);
out:
	return rc;
}

/* Of several lists the one that this half is of; the others are let be. */
static enum status
open_second(struct releases *found, const char *with,
    const struct opener *who, const char *file, struct diag *d)
{
	struct bytes half = { 0 };
	struct release one;
	enum status rc;

	TRY(file_read(file, SEAL_MAX, &half, d));
	for (size_t i = 0; i < found->n; i++) {
		rc = release_open(&found->release[i], cmd_steps, with, who,
		    &half, i + 1 < found->n ? NULL : d);
		if (rc != ST_OK)
			continue;
		one = found->release[i];
		found->release[i] = found->release[0];
		found->release[0] = one;
		found->n = 1;
		break;
	}
out:
	bytes_free(&half);
	return rc;
}

static enum status
open_all(struct releases *found, const char *with, const char *half,
    struct opener **who, struct diag *d)
{
	enum status rc;

	TRY(read_opener(with, who, d));
	if (half != NULL)
		TRY(open_second(found, with, *who, half, d));
	for (size_t i = 0; i < found->n && half == NULL; i++)
		TRY(release_open(&found->release[i], cmd_steps, with, *who,
		    NULL, d));
out:
	return rc;
}

enum status
cmd_release_open(const struct state *s, const char *key, const char *with,
    struct releases *out, struct diag *d)
{
	struct opener *who = NULL;
	enum status rc;

	TRY(find(s, key, out, d));
	TRY(open_all(out, with, NULL, &who, d));
out:
	opener_free(who);
	return rc;
}

enum status
cmd_release(const struct state *s, const struct release_call *c,
    struct facts *f, struct diag *d)
{
	struct releases found = { 0 };
	struct opener *who = NULL;
	struct journal j = { 0 };
	enum status rc;

	TRY(find(s, c->key, &found, d));
	TRY(journal_open(c->journal, s, cmd_steps, &j, d));
	/* a half says only when it is opened which list it is of */
	if (c->half == NULL)
		TRY(may_release(&j, &found, c->again, d));
	TRY(open_all(&found, c->with, c->half, &who, d));
	TRY(may_release(&j, &found, c->again, d));
	TRY(releases_say(&found, clock_now(), f, d));
	TRY(note_and_publish(&j, &found, who, c->to, f, d));
out:
	opener_free(who);
	journal_close(&j);
	releases_clear(&found);
	return rc;
}

enum status
cmd_own_journal(const char *state, struct bytes *out, struct diag *d)
{
	size_t len = strlen(state);

	while (len > 0 && state[len - 1] == '/')
		len--;
	while (len > 0 && state[len - 1] != '/')
		len--;
	return text_format(out, d, "%.*sjournal", (int)len, state);
}

enum status
cmd_revocation_release(const struct call *c, struct diag *d)
{
	const char *state = cmd_opt(c, "--state", "state");
	struct bytes journal = { 0 };
	struct release_call how = {
		.key = c->arg[0],
		.with = cmd_opt(c, "--with", ""),
		.to = cmd_opt(c, "--to", ""),
		.journal = cmd_opt(c, "--journal", NULL),
		.half = cmd_opt(c, "--half", NULL),
		.again = cmd_has(c, "--again"),
	};
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	if (how.journal == NULL) {
		TRY(cmd_own_journal(state, &journal, d));
		how.journal = (const char *)journal.data;
	}
	/* before anybody is asked for a passphrase */
	if (file_exists_at(AT_FDCWD, how.to))
		FAIL(d, ST_POLICY, "%s: a release wants a folder of its own: "
		    "it is there already", how.to);
	TRY(state_from(state, &s, d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(cmd_release(s, &how, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	bytes_free(&journal);
	facts_clear(&f);
	state_free(s);
	return rc;
}

enum status
cmd_revocation_show(const struct call *c, struct diag *d)
{
	const char *path = cmd_opt(c, "--state", NULL);
	struct bytes bytes = { 0 };
	struct state *s = NULL;
	struct crl *list = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(file_read(c->arg[0], CRL_MAX, &bytes, d));
	TRY(crl_read(c->arg[0], bytes.data, bytes.len, &list, d));
	if (path != NULL)
		TRY(state_from(path, &s, d));
	TRY(list_show(c->arg[0], list, s, clock_now(), &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	crl_free(list);
	bytes_free(&bytes);
	return rc;
}

/* A page, whoever asks: there is nothing else to it. */
enum status
cmd_revocation_card(const struct call *c, struct diag *d)
{
	struct bytes page = { 0 };
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &s, d));
	TRY(card_make(s, cmd_steps, &page, d));
	if (c->json) {
		TRY(facts_set(&f, d, "card", "%s", (const char *)page.data));
		TRY(cmd_report(c, &f, d));
	} else {
		fputs((const char *)page.data, stdout);
	}
out:
	facts_clear(&f);
	bytes_free(&page);
	state_free(s);
	return rc;
}
