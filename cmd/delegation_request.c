/* see cmd.h: a new operational key and the request for it. */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/file_passphrase.h"
#include "cmd/front.h"
#include "cmd/new_file.h"
#include "delegation/show.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/opkey.h"

#define KEY_MAX 65536 /* bytes, as it is read back */

/* What is to be made, and with which passphrase. */
struct ask {
	const char *alg, *common, *key, *request; /* borrowed */
	struct secret *first, *second; /* as typed; owned */
};

/* Before anybody types: nothing is there, and the two are two. */
static enum status
check_files(const struct ask *a, struct diag *d)
{
	enum status rc;

	TRY(new_file("--key", a->key, NULL, d));
	TRY(new_file("--to", a->request, NULL, d));
	if (strcmp(a->key, a->request) == 0)
		FAIL(d, ST_USAGE, "%s: the key and its request are two files",
		    a->key);
out:
	return rc;
}

/* From a file of one line, or typed twice. */
static enum status
ask_passphrase(const struct call *c, struct ask *a, struct diag *d)
{
	const char *const file = cmd_opt(c, "--passphrase", NULL);
	struct tty *t = NULL;
	char key[256];
	enum status rc;
	size_t n = 0;

	if (file != NULL) {
		TRY(front_read_lines(file, &a->first, 1, &n, d));
		TRY(secret_copy(a->first, &a->second, d));
		goto out;
	}
	TRY(tty_open("/dev/tty", &t, d));
	text_escape(a->key, strlen(a->key), key, sizeof(key));
	TRY(tty_say(t, d, "\nThe key is drawn by this machine and encrypted in "
	    "%s.\nA device that makes keys itself is better: then no file has "
	    "it.\n", key));
	TRY(file_passphrase(t, &a->first, &a->second, d));
out:
	tty_close(t);
	return rc;
}

/* The key first, for its owner alone; it is opened from the medium with what
 * was typed the second time. */
static enum status
write_key(const struct ask *a, const struct opkey *k, struct diag *d)
{
	const mode_t mask = umask(077);
	struct bytes back = { 0 };
	bool made = false;
	enum status rc;

	TRY(file_create(a->key, k->key.data, k->key.len, d));
	made = true;
	TRY(file_read(a->key, KEY_MAX, &back, d));
	if ((rc = opkey_opens(&back, a->second, &k->public, d)) != ST_OK)
		diag_prefix(d, "%s", a->key);
out:
	umask(mask);
	if (rc != ST_OK && made)
		(void)unlink(a->key);
	bytes_free(&back);
	return rc;
}

/* A key without its request would be of no use. */
static enum status
write_both(const struct ask *a, const struct opkey *k, struct diag *d)
{
	enum status rc;

	TRY(write_key(a, k, d));
	if ((rc = file_create(a->request, k->request.data, k->request.len,
	    d)) != ST_OK)
		(void)unlink(a->key);
out:
	return rc;
}

enum status
cmd_delegation_request(const struct call *c, struct diag *d)
{
	struct ask a = { .alg = cmd_opt(c, "--alg", ""),
		.common = cmd_opt(c, "--name", "operational-key"),
		.key = cmd_opt(c, "--key", ""),
		.request = cmd_opt(c, "--to", "") };
	struct opkey k = { 0 };
	struct bytes back = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(opkey_check(a.alg, a.common, d));
	TRY(check_files(&a, d));
	TRY(ask_passphrase(c, &a, d));
	TRY(opkey_make(a.alg, a.common, a.first, &k, d));
	secret_free(a.first);
	a.first = NULL;
	TRY(write_both(&a, &k, d));
	/* the reader of requests is a child, which gets no secret */
	secret_free(a.second);
	a.second = NULL;
	TRY(file_read(a.request, CSR_MAX, &back, d));
	TRY(show_file(a.request, &back, NULL, &f, d));
	TRY(facts_set(&f, d, "key-file", "%s", a.key));
	TRY(facts_set(&f, d, "request", "%s", a.request));
	TRY(cmd_report(c, &f, d));
out:
	secret_free(a.first);
	secret_free(a.second);
	opkey_clear(&k);
	bytes_free(&back);
	facts_clear(&f);
	return rc;
}
