/* see front.h: shares from files, for recover and reproduce. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/quorum.h"
#include "cmd/front.h"
#include "lib/base/file.h"

#define FILE_SHARES_MAX SHEETS_MAX
#define FILE_PASSPHRASES_MAX 32

struct hand {
	const struct state *state; /* borrowed */
	struct secret *share[FILE_SHARES_MAX];
	const char *from[FILE_SHARES_MAX]; /* file; borrowed */
	bool used[FILE_SHARES_MAX];
	size_t n;
	struct secret *passphrase[FILE_PASSPHRASES_MAX];
	size_t npassphrases, next;
	bool asked, again; /* for one last; and the next will do */
};

static void
hand_free(void *cookie)
{
	struct hand *h = cookie;

	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		secret_free(h->share[i]);
	for (size_t i = 0; i < h->npassphrases; i++)
		secret_free(h->passphrase[i]);
	free(h);
}

/* From a file, or "-": standard input. */
static enum status
read_file(const char *file, struct secret **text, struct diag *d)
{
	return strcmp(file, "-") == 0 ?
	    file_read_secret_stdin(SECRET_MAX, text, d) :
	    file_read_secret(file, SECRET_MAX, text, d);
}

/* What ${split} finds in it. */
static enum status
read_all(const char *file,
    enum status (*split)(const struct secret *, struct secret **, size_t,
    size_t *, struct diag *),
    struct secret **out, size_t max, size_t *n, struct diag *d)
{
	struct secret *text = NULL;
	enum status rc;

	*n = 0;
	TRY(read_file(file, &text, d));
	if ((rc = split(text, out, max, n, d)) != ST_OK)
		diag_prefix(d, "%s", file);
out:
	secret_free(text);
	return rc;
}

enum status
front_read_shares(const char *file, struct secret **share, size_t max,
    size_t *n, struct diag *d)
{
	return read_all(file, paper_shares, share, max, n, d);
}

enum status
front_read_lines(const char *file, struct secret **line, size_t max,
    size_t *n, struct diag *d)
{
	return read_all(file, paper_lines, line, max, n, d);
}

/* Nobody is there to try again; but of several passphrases one may do. */
static bool
refused(const struct front *f, const struct diag *why)
{
	struct hand *h = f->cookie;

	(void)why;
	h->again = h->asked && h->next < h->npassphrases;
	return h->again;
}

static enum status
nobody_words(const struct front *f, const char *what, size_t n, bool *none,
    uint8_t *out, struct diag *d)
{
	(void)f;
	(void)n;
	(void)none;
	(void)out;
	return diag_set(d, ST_USAGE, "nobody is here to type the words of %s",
	    what);
}

/* Whether share ${i} is of the live set of ${root}; NULL: of any. */
static bool
is_of(const struct hand *h, size_t i, const char *root)
{
	const struct sheet_set *set;
	const struct sheet *sheet;
	struct secret *canonical = NULL;
	enum status rc;

	rc = quorum_identify(h->state, root, h->share[i], &set, &sheet,
	    &canonical, NULL);
	secret_free(canonical);
	return rc == ST_OK;
}

/* The next share of this root; when none is left that is, the next that is of
 * no root at all, to be refused by name. */
static enum status
ask_share(const struct front *f, const struct sheet_set *set, size_t nth,
    const char *missing, struct secret **out, struct diag *d)
{
	struct hand *h = f->cookie;
	size_t first = h->n, pick = h->n;
	enum status rc;

	(void)missing;
	h->asked = false;
	if (nth == 0)
		memset(h->used, 0, sizeof(h->used));
	for (size_t i = 0; i < h->n && pick == h->n; i++) {
		if (h->used[i])
			continue;
		if (is_of(h, i, set->root))
			pick = i;
		else if (first == h->n && !is_of(h, i, NULL))
			first = i;
	}
	if (pick == h->n)
		pick = first;
	if (pick == h->n)
		return diag_set(d, ST_AUTH, "no more shares");
	h->used[pick] = true;
	TRY(secret_copy(h->share[pick], out, d));
out:
	return rc;
}

/* Each line in turn. */
static enum status
ask_passphrase(const struct front *f, const struct pass_view *v,
    struct secret **out, struct diag *d)
{
	struct hand *h = f->cookie;

	(void)v;
	if (!h->again)
		h->next = 0;
	h->asked = true;
	h->again = false;
	if (h->next == h->npassphrases)
		return diag_set(d, ST_AUTH, "no more passphrases");
	return secret_copy(h->passphrase[h->next++], out, d);
}

enum status
front_files_passphrases(struct front *f, const char *file, struct diag *d)
{
	struct hand *h = f->cookie;

	return front_read_lines(file, h->passphrase, FILE_PASSPHRASES_MAX,
	    &h->npassphrases, d);
}

enum status
front_files_rest(const struct front *f, const char *root, struct diag *d)
{
	struct hand *h = f->cookie;
	const struct sheet_set *set;
	const struct sheet *sheet;
	struct secret *canonical = NULL;
	enum status rc;

	for (size_t i = 0; i < h->n; i++) {
		if (h->used[i])
			continue;
		rc = quorum_identify(h->state, root, h->share[i], &set,
		    &sheet, &canonical, d);
		secret_free(canonical);
		canonical = NULL;
		if (rc != ST_OK) {
			diag_prefix(d, "%s", h->from[i]);
			return rc;
		}
	}
	return ST_OK;
}

static const struct front filed = {
	.tell = front_tell,
	.progress = front_progress,
	.refused = refused,
	.ask_words = nobody_words,
	.ask_share = ask_share,
	.ask_passphrase = ask_passphrase,
	.how = "from files",
	.free = hand_free,
};

enum status
front_files(const char *const *files, size_t n, const struct state *state,
    struct front **out, struct diag *d)
{
	struct hand *h = NULL;
	size_t got;
	enum status rc;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	h->state = state;
	for (size_t i = 0; i < n; i++) {
		TRY(front_read_shares(files[i], h->share + h->n,
		    FILE_SHARES_MAX - h->n, &got, d));
		for (size_t j = 0; j < got; j++)
			h->from[h->n++] = files[i];
	}
	TRY(front_new(&filed, h, out, d));
	h = NULL;
out:
	hand_free(h);
	return rc;
}

enum status
front_of(const char *const *files, size_t n, const char *passphrases,
    const struct state *state, struct front **out, struct diag *d)
{
	enum status rc;

	*out = NULL;
	if (n == 0 && passphrases != NULL)
		FAIL(d, ST_USAGE, "--passphrase goes with shares from files; "
		    "at the terminal its keeper types it");
	if (n == 0)
		return front_tty(NULL, out, d);
	TRY(front_files(files, n, state, out, d));
	if (passphrases != NULL)
		TRY(front_files_passphrases(*out, passphrases, d));
out:
	return rc;
}
