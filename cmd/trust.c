/* see cmd.h: verbs of the noun "trust". */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/crypto/words.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "revocation/export.h"

static enum status
read_clock(const struct call *c, struct accept_clock *out, struct diag *d)
{
	enum status rc = ST_OK;

	out->now = clock_now();
	out->trusted = cmd_has(c, "--trusted-clock");
	if (cmd_has(c, "--at"))
		TRY(clock_read(cmd_opt(c, "--at", ""), &out->now, d));
out:
	return rc;
}

/* --- what is given to it --- */

static void
free_signatures(struct bytes *sig, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes_free(&sig[i]);
}

/* A bundle and its signatures, each named. */
static enum status
take_files(const char *const *arg, size_t n, struct store_gift *g,
    struct diag *d)
{
	struct bytes bundle = { 0 }, sig[ACCEPT_SIGNERS_MAX] = { { 0 } };
	enum status rc;

	if (n - 1 > ACCEPT_SIGNERS_MAX)
		FAIL(d, ST_POLICY, "FORMATS 9.21: more than %d signatures",
		    ACCEPT_SIGNERS_MAX);
	TRY(file_read(arg[0], BUNDLE_MAX, &bundle, d));
	for (size_t i = 1; i < n; i++)
		TRY(file_read(arg[i], CMS_MAX, &sig[i - 1], d));
	TRY(store_gift_add(g, arg[0], &bundle, sig, n - 1, d));
out:
	free_signatures(sig, ACCEPT_SIGNERS_MAX);
	bytes_free(&bundle);
	return rc;
}

static bool
ends(const char *name, const char *with)
{
	const size_t n = strlen(name), m = strlen(with);

	return n > m && strcmp(name + n - m, with) == 0;
}

#define NUMBER_DIGITS 6 /* of a file in a state: FORMATS 7.2 */

/* "000001-2.der" is 000001's: after a cut a file of a state may have a -2 that
 * those which belong to it do not have. */
static size_t
stem_len(const char *name)
{
	const size_t n = strcspn(name, ".");

	return n == NUMBER_DIGITS + 2 &&
	    strspn(name, "0123456789") == NUMBER_DIGITS &&
	    name[n - 2] == '-' ? NUMBER_DIGITS : n;
}

static bool
belongs(const char *sig, const char *bundle)
{
	const size_t n = stem_len(bundle);

	return ends(sig, ".p7s") && stem_len(sig) == n &&
	    strncmp(sig, bundle, n) == 0;
}

/* ${name}.der and the files ${name}.*.p7s among the ${names}. */
static enum status
take_bundle(int dirfd, const char *name, char *const *names, size_t n,
    struct store_gift *g, struct diag *d)
{
	struct bytes bundle = { 0 }, sig[ACCEPT_SIGNERS_MAX] = { { 0 } };
	size_t m = 0;
	enum status rc;

	TRY(file_read_at(dirfd, name, BUNDLE_MAX, &bundle, d));
	for (size_t i = 0; i < n; i++) {
		if (!belongs(names[i], name))
			continue;
		if (m == ACCEPT_SIGNERS_MAX)
			FAIL(d, ST_POLICY, "FORMATS 9.21: %s: more than %d "
			    "signatures", name, ACCEPT_SIGNERS_MAX);
		TRY(file_read_at(dirfd, names[i], CMS_MAX, &sig[m++], d));
	}
	TRY(store_gift_add(g, name, &bundle, sig, m, d));
out:
	free_signatures(sig, ACCEPT_SIGNERS_MAX);
	bytes_free(&bundle);
	return rc;
}

/* FORMATS 9.44: files are what their names end in; others do not count. */
enum status
cmd_take_folder(const char *path, struct store_gift *g, struct diag *d)
{
	struct bytes list = { 0 };
	char **names = NULL;
	size_t n = 0;
	enum status rc;
	int fd = -1;

	TRY(file_open_dir(path, false, &fd, d));
	TRY(file_list_at(fd, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		if (ends(names[i], ".der"))
			TRY(take_bundle(fd, names[i], names, n, g, d));
		if (!ends(names[i], ".crl"))
			continue;
		TRY(file_read_at(fd, names[i], CRL_MAX, &list, d));
		TRY(store_gift_list(g, names[i], &list, d));
	}
	if (g->n == 0 && g->lists == 0)
		FAIL(d, ST_FORMAT, "%s: there is no .der and no .crl in it",
		    path);
	rc = ST_OK;
out:
	bytes_free(&list);
	file_list_free(names, n);
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum status
take_gift(const struct call *c, struct store_gift *g, struct diag *d)
{
	struct stat st;

	if (stat(c->arg[0], &st) != 0 || !S_ISDIR(st.st_mode))
		return take_files(c->arg, c->n, g, d);
	if (c->n > 1)
		return diag_set(d, ST_USAGE, "a folder is given alone");
	return cmd_take_folder(c->arg[0], g, d);
}

/* --- what it holds --- */

/* Whether it is still good, here and now. */
static enum status
say_time(const struct accept_state *a, const struct accept_clock *clock,
    struct facts *f, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE],
	    floor[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(a->last->not_before, from);
	clock_text(a->last->not_after, to);
	clock_text(a->floor, floor);
	TRY(facts_set(f, d, "valid", "%s to %s%s", from, to,
	    accept_alive(a, clock, NULL) == ST_OK ? "" : " (expired)"));
	TRY(facts_set(f, d, "time-floor", "%s", floor));
out:
	return rc;
}

static enum status
say_list(const struct store *s, const struct cert *root, struct facts *f,
    struct diag *d)
{
	const struct bundle_floor *floor;
	const struct crl *list = NULL;
	char to[CLOCK_TEXT_SIZE];
	struct diag why = { 0 };
	enum status rc;

	if (store_list(s, root, &list, &why) != ST_OK)
		return facts_add(f, d, "lists", "%s: none that proves a key "
		    "good: %s", root->subject, why.text);
	if (list == NULL)
		return facts_add(f, d, "lists", "%s: none", root->subject);
	floor = bundle_floor(store_state(s)->last, root->ski);
	clock_text(list->spec.next_update, to);
	rc = facts_add(f, d, "lists", "%s: number %llu, %zu revoked, until %s, "
	    "floor %llu", root->subject,
	    (unsigned long long)list->spec.number, list->spec.n, to,
	    (unsigned long long)(floor == NULL ? 0 : floor->number));
	return rc;
}

static enum status
say_store(const struct call *c, const struct store *s,
    const struct accept_clock *clock, struct facts *f, struct diag *d)
{
	const struct accept_state *a = store_state(s);
	enum status rc;

	TRY(facts_set(f, d, "mode", "%s", store_rehearsal(s) ?
	    "TEST (rehearsal)" : "production"));
	TRY(cmd_say_bundle(a->last, f, d));
	TRY(say_time(a, clock, f, d));
	for (size_t i = 0; i < a->last->anchors; i++)
		TRY(say_list(s, a->last->anchor[i], f, d));
	TRY(facts_set(f, d, "revoked", "%zu", store_revocations(s)));
	TRY(cmd_report(c, f, d));
out:
	return rc;
}

/* --- the verbs --- */

/* As typed, or in a file of that name. */
static enum status
read_words(const char *typed, struct bytes *out, struct diag *d)
{
	if (access(typed, F_OK) == 0)
		return file_read(typed, 4096, out, d);
	if (strpbrk(typed, " \t\r\n") == NULL)
		return diag_set(d, ST_FORMAT, "%s: FORMATS 9.6: no file has "
		    "that name, and words are %d to %d", typed, WORDS_SHORT,
		    WORDS_FULL);
	return bytes_set(out, typed, strlen(typed), d);
}

enum status
cmd_trust_init(const struct call *c, struct diag *d)
{
	const char *path = cmd_opt(c, "--store", "");
	struct store_gift g = { 0 };
	struct accept_clock clock;
	struct bytes words = { 0 };
	struct store *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(read_clock(c, &clock, d));
	TRY(read_words(cmd_opt(c, "--words", ""), &words, d));
	TRY(take_files(c->arg, c->n, &g, d));
	TRY(store_init(path, (const char *)words.data, cmd_has(c,
	    "--rehearsal"), &g, &clock, d));
	TRY(store_open(path, false, &s, d));
	TRY(say_store(c, s, &clock, &f, d));
out:
	facts_clear(&f);
	store_free(s);
	bytes_free(&words);
	store_gift_clear(&g);
	return rc;
}

enum status
cmd_trust_apply(const struct call *c, struct diag *d)
{
	struct store_gift g = { 0 };
	struct accept_clock clock;
	struct store *s = NULL;
	struct facts f = { 0 };
	struct store_taken taken;
	enum status rc;

	TRY(read_clock(c, &clock, d));
	TRY(take_gift(c, &g, d));
	TRY(store_open(cmd_opt(c, "--store", ""), true, &s, d));
	TRY(store_apply(s, &g, &clock, &taken, d));
	TRY(facts_set(&f, d, "new-bundles", "%zu", taken.bundles));
	TRY(facts_set(&f, d, "new-lists", "%zu", taken.lists));
	if (taken.passed > 0)
		TRY(facts_set(&f, d, "passed-over", "%zu lists, of none of the "
		    "roots of now", taken.passed));
	TRY(say_store(c, s, &clock, &f, d));
out:
	facts_clear(&f);
	store_free(s);
	store_gift_clear(&g);
	return rc;
}

enum status
cmd_trust_show(const struct call *c, struct diag *d)
{
	struct accept_clock clock;
	struct store *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(read_clock(c, &clock, d));
	TRY(store_open(cmd_opt(c, "--store", ""), false, &s, d));
	TRY(say_store(c, s, &clock, &f, d));
out:
	facts_clear(&f);
	store_free(s);
	return rc;
}

enum status
cmd_trust_export(const struct call *c, struct diag *d)
{
	const char *to = cmd_opt(c, "--to", ""), *client = cmd_opt(c, "--for",
	    "");
	struct accept_clock clock;
	struct bytes out = { 0 };
	struct store *s = NULL;
	struct facts f = { 0 };
	enum status rc;

	TRY(read_clock(c, &clock, d));
	TRY(store_open(cmd_opt(c, "--store", ""), false, &s, d));
	TRY(export_make(s, client, &clock, cmd_has(c, "--rehearsal"), &out,
	    d));
	TRY(file_create(to, out.data, out.len, d));
	TRY(facts_set(&f, d, "for", "%s", client));
	TRY(facts_set(&f, d, "to", "%s", to));
	TRY(facts_set(&f, d, "roots", "%zu", store_state(s)->last->anchors));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	bytes_free(&out);
	store_free(s);
	return rc;
}
