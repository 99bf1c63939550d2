/* see inbox.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/inbox.h"

#define SHOWN_SIZE 256 /* bytes of a name, escaped */

static void
parcel_drop(struct inbox_parcel *p)
{
	free(p->name);
	bytes_free(&p->bytes);
	parcel_clear(&p->view);
}

void
inbox_clear(struct inbox *box)
{
	for (size_t i = 0; i < box->n; i++)
		parcel_drop(&box->parcel[i]);
	free(box->parcel);
	facts_clear(&box->passed);
	box->parcel = NULL;
	box->n = 0;
}

static bool
is_parcel(const char *name)
{
	const size_t len = strlen(name), end = strlen(PARCEL_ENDING);

	return len > end && strcmp(name + len - end, PARCEL_ENDING) == 0;
}

/* Shape, digests, names and the clock, before anything in it is used.  What is
 * in a file is not looked at: anybody's parcel may lie here, and what the plan
 * names it names by its digest. */
static enum status
gates(struct inbox_parcel *p, int64_t now, struct diag *d)
{
	enum status rc;

	TRY(parcel_read(p->name, p->bytes.data, p->bytes.len, &p->view, d));
	TRY(parcel_check(p->name, &p->view, d));
	TRY(parcel_names(p->name, &p->view, d));
	TRY(parcel_due(p->name, &p->view, now, d));
out:
	return rc;
}

/* What was opened of a folder, whatever came of it. */
struct opened {
	size_t n, bytes;
};

static enum status
open_one(const struct inbox *box, const char *file, struct opened *so_far,
    int64_t now, struct inbox_parcel *p, struct diag *d)
{
	char shown[SHOWN_SIZE];
	enum status rc;

	text_escape(file, strlen(file), shown, sizeof(shown));
	if ((p->name = strdup(shown)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	so_far->n++;
	TRY(file_read_at(box->dirfd, file, PARCEL_MAX, &p->bytes, d));
	so_far->bytes += p->bytes.len;
	if (so_far->bytes > INBOX_BYTES_MAX)
		FAIL(d, ST_POLICY, "%s: FORMATS 3.17: with it the parcels have "
		    "more than %zu bytes", shown, INBOX_BYTES_MAX);
	TRY(gates(p, now, d));
out:
	return rc;
}

/* Into the box, or named as passed over. */
static enum status
take(struct inbox *box, const char *file, struct opened *so_far, int64_t now,
    struct diag *d)
{
	struct inbox_parcel p = { 0 }, *place;
	struct diag why = { 0 };
	enum status rc;

	if (open_one(box, file, so_far, now, &p, &why) != ST_OK) {
		rc = facts_add(&box->passed, d, "passed-over", "%s",
		    why.text);
		goto out;
	}
	if ((place = GROW(box->parcel, box->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*place = p;
	p = (struct inbox_parcel){ 0 };
	rc = ST_OK;
out:
	parcel_drop(&p);
	return rc;
}

/* One line for all that are left: nobody reads ten thousand. */
static enum status
pass_rest(struct inbox *box, const char *file, const struct opened *so_far,
    struct diag *d)
{
	const bool many = so_far->n >= INBOX_PARCELS_MAX;
	char shown[SHOWN_SIZE];

	text_escape(file, strlen(file), shown, sizeof(shown));
	return facts_add(&box->passed, d, "passed-over", "%s and all behind "
	    "it: FORMATS 3.17: not opened, as %zu %s were", shown,
	    many ? (size_t)INBOX_PARCELS_MAX : INBOX_BYTES_MAX,
	    many ? "parcels" : "bytes");
}

enum status
inbox_look(struct inbox *box, int64_t now, struct diag *d)
{
	struct opened so_far = { 0 };
	char **names = NULL;
	size_t n = 0;
	enum status rc;

	TRY(file_list_at(box->dirfd, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		if (!is_parcel(names[i]))
			continue;
		if (so_far.n >= INBOX_PARCELS_MAX ||
		    so_far.bytes >= INBOX_BYTES_MAX) {
			TRY(pass_rest(box, names[i], &so_far, d));
			break;
		}
		TRY(take(box, names[i], &so_far, now, d));
	}
out:
	file_list_free(names, n);
	return rc;
}

const struct parcel_file *
inbox_next(const struct inbox *box, const char *name, size_t *at)
{
	const struct parcel *p;

	while (*at < box->n) {
		p = &box->parcel[(*at)++].view;
		for (size_t i = 0; i < p->n; i++) {
			if (strcmp(p->file[i].name, name) == 0)
				return &p->file[i];
		}
	}
	return NULL;
}
