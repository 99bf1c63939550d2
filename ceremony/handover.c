/* see handover.h */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/handover.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/record/desk.h"

/* --- before anything is signed --- */

enum status
handover_apart(const struct room *room, const struct sticks *sticks,
    struct diag *d)
{
	enum status rc = ST_OK;
	int fd = -1;

	if (room->outbox[0] == '\0' ||
	    file_open_dir(room->outbox, false, &fd, NULL) != ST_OK)
		return ST_OK;
	for (size_t i = 0; rc == ST_OK && i < sticks->n; i++) {
		if (sticks->stick[i].dirfd >= 0 &&
		    file_lies_in(fd, sticks->stick[i].dirfd))
			rc = diag_set(d, ST_POLICY, "%s: FORMATS 3.61: the "
			    "outbox lies in the state %s", room->outbox,
			    sticks->stick[i].path);
	}
	close(fd);
	return rc;
}

enum status
handover_check(const struct room *room, const struct engine_step *step,
    size_t n, struct diag *d)
{
	const char *path = room->outbox;
	char name[OBJECT_NAME_SIZE];
	enum status rc;
	int fd = -1;

	if (path[0] == '\0')
		return ST_OK;
	TRY(file_open_dir(path, false, &fd, d));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(step[i].kind->makes, "parcel") != 0)
			continue;
		snprintf(name, sizeof(name), "%s" PARCEL_ENDING,
		    step[i].section->name);
		if (file_exists_at(fd, name))
			FAIL(d, ST_POLICY, "%s/%s: FORMATS 3.61: it is there "
			    "already, and a parcel is written new", path, name);
	}
	rc = ST_OK;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- once it is closed --- */

/* Whether something could leave the room: any file but the plan's own, and
 * those that stay on the sticks. */
static bool
gives_out(const struct state *s, const struct ceremony *c)
{
	size_t files = 0;

	for (uint64_t i = c->first + 1; i < c->last; i++)
		files += s->entries[i - 1].n;
	return files > desk_count(s->entries + c->first,
	    c->last == 0 ? 0 : (size_t)(c->last - c->first));
}

/* The last ceremony, if it is closed, and by this very plan; else NULL. */
static const struct ceremony *
closed_by(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = s->nceremonies == 0 ? NULL :
	    &s->ceremonies[s->nceremonies - 1];
	char digest[SHA384_HEX_SIZE];

	text_hex(p->digest, sizeof(p->digest), digest);
	return c != NULL && c->last != 0 && strcmp(digest, c->plan) == 0 ? c :
	    NULL;
}

bool
handover_awaits_second(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = closed_by(p, s);

	return p->second_machine && c != NULL && gives_out(s, c);
}

size_t
handover_parcels(const struct plan *p, const struct state *s)
{
	const struct ceremony *c = closed_by(p, s);
	size_t n = 0;

	for (size_t i = 0; c != NULL && !c->ended && i < s->nsent; i++)
		n += s->sent[i].ceremony == c->number;
	return n;
}

/* Lists that are sealed, which somebody may have to open. */
static size_t
count_sealed(const struct state *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nroots; i++)
		n += state_unaccounted(s, s->roots[i].name);
	return n;
}

void
handover_left(const struct plan *p, const struct state *s,
    struct run_left *left)
{
	left->sealed = count_sealed(s);
	left->parcels = handover_parcels(p, s);
	snprintf(left->head, sizeof(left->head), "%s", state_head(s));
}
