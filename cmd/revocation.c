/* see cmd.h: verbs of the noun "revocation". */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
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

/* The two forms of a list: "g1.crl.pem" and, for lean devices, "g1.crl". */
static enum status
file_name(const char *dir, const struct release *r, bool pem,
    struct bytes *out, struct diag *d)
{
	return text_format(out, d, "%s/%s.crl%s", dir, r->sealed->root,
	    pem ? ".pem" : "");
}

/* All of it, or nothing. */
static enum status
publish(const char *dir, const struct releases *r, struct facts *f,
    struct diag *d)
{
	struct bytes name = { 0 };
	const struct bytes *data;
	enum status rc = ST_OK;
	size_t made = 0;

	if (mkdir(dir, 0700) != 0)
		return diag_set(d, errno == EEXIST ? ST_POLICY : ST_SYSTEM,
		    "%s: a release wants a folder of its own: %s", dir,
		    strerror(errno));
	for (; made < 2 * r->n; made++) {
		data = made % 2 == 0 ? &r->release[made / 2].pem :
		    &r->release[made / 2].der;
		TRY(file_name(dir, &r->release[made / 2], made % 2 == 0, &name,
		    d));
		TRY(file_create((const char *)name.data, data->data,
		    data->len, d));
		TRY(facts_add(f, d, "files", "%s", (const char *)name.data));
	}
out:
	while (rc != ST_OK && made-- > 0) {
		if (file_name(dir, &r->release[made / 2], made % 2 == 0, &name,
		    NULL) == ST_OK)
			(void)unlink((const char *)name.data);
	}
	if (rc != ST_OK)
		(void)rmdir(dir);
	bytes_free(&name);
	return rc;
}

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

/* What is published is in the journal: it is written first. */
static enum status
note_and_publish(struct journal *j, const struct releases *r,
    const struct opener *who, const char *to, struct facts *f,
    struct diag *d)
{
	const int64_t now = clock_now();
	enum status rc;

	for (size_t i = 0; i < r->n; i++)
		TRY(journal_add(j, &r->release[i], who, now, f, d));
	if ((rc = publish(to, r, f, d)) != ST_OK)
		diag_prefix(d, "noted in %s, and not published (repeat it "
		    "with --again)", j->path);
out:
	return rc;
}

static enum status
open_all(struct releases *found, const char *with, struct opener **who,
    struct diag *d)
{
	enum status rc;

	TRY(read_opener(with, who, d));
	for (size_t i = 0; i < found->n; i++)
		TRY(release_open(&found->release[i], cmd_steps, with, *who,
		    d));
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
	TRY(open_all(out, with, &who, d));
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
	TRY(may_release(&j, &found, c->again, d));
	TRY(open_all(&found, c->with, &who, d));
	TRY(releases_say(&found, clock_now(), f, d));
	TRY(note_and_publish(&j, &found, who, c->to, f, d));
out:
	opener_free(who);
	journal_close(&j);
	releases_clear(&found);
	return rc;
}

enum status
cmd_revocation_release(const struct call *c, struct diag *d)
{
	const struct release_call how = {
		.key = c->arg[0],
		.with = cmd_opt(c, "--with", ""),
		.to = cmd_opt(c, "--to", ""),
		.journal = cmd_opt(c, "--journal", "journal"),
		.again = cmd_has(c, "--again"),
	};
	struct state *s = NULL;
	struct facts f = { 0 };
	enum status rc;
	int fd = -1;

	/* before anybody is asked for a passphrase */
	if (file_exists_at(AT_FDCWD, how.to))
		FAIL(d, ST_POLICY, "%s: a release wants a folder of its own: "
		    "it is there already", how.to);
	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(cmd_release(s, &how, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	if (fd >= 0)
		close(fd);
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
	int fd = -1;

	TRY(file_read(c->arg[0], CRL_MAX, &bytes, d));
	TRY(crl_read(c->arg[0], bytes.data, bytes.len, &list, d));
	if (path != NULL)
		TRY(state_load(path, &s, &fd, NULL, NULL, d));
	TRY(list_show(c->arg[0], list, s, clock_now(), &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	state_free(s);
	if (fd >= 0)
		close(fd);
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
	int fd = -1;

	TRY(state_load(cmd_opt(c, "--state", "state"), &s, &fd, NULL, NULL,
	    d));
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
	if (fd >= 0)
		close(fd);
	return rc;
}
