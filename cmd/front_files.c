/* see front.h: shares from files, for recover and reproduce. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/quorum.h"
#include "cmd/front.h"
#include "lib/base/file.h"

#define FILE_SHARES_MAX SHEETS_MAX

struct hand {
	const struct state *state; /* borrowed */
	struct secret *share[FILE_SHARES_MAX];
	const char *from[FILE_SHARES_MAX]; /* file; borrowed */
	bool used[FILE_SHARES_MAX];
	size_t n;
};

static void
hand_free(void *cookie)
{
	struct hand *h = cookie;

	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		secret_free(h->share[i]);
	free(h);
}

enum status
front_read_shares(const char *file, struct secret **share, size_t max,
    size_t *n, struct diag *d)
{
	struct secret *text = NULL;
	enum status rc;

	*n = 0;
	if (strcmp(file, "-") == 0)
		TRY(file_read_secret_stdin(SECRET_MAX, &text, d));
	else
		TRY(file_read_secret(file, SECRET_MAX, &text, d));
	if ((rc = paper_shares(text, share, max, n, d)) != ST_OK)
		diag_prefix(d, "%s", file);
out:
	secret_free(text);
	return rc;
}

static bool
refused(const struct front *f, const struct diag *why)
{
	(void)f;
	(void)why;
	return false;
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
