/* see print.h */
#include <unistd.h>

#include "ceremony/print.h"
#include "lib/base/file.h"

/* What lies there is carried elsewhere, or kept. */
static enum status
refuse_in(int fd, int of, const struct room *room, const char *what,
    struct diag *d)
{
	if (of < 0 || !file_lies_in(fd, of))
		return ST_OK;
	return diag_set(d, ST_POLICY, "%s: FORMATS 4.22: the folder for sheets "
	    "lies in %s", room->print, what);
}

static enum status
refuse_in_folder(int fd, const char *path, const struct room *room,
    const char *what, struct diag *d)
{
	enum status rc;
	int of = -1;

	if (path[0] == '\0' || file_open_dir(path, false, &of, NULL) != ST_OK)
		return ST_OK;
	rc = refuse_in(fd, of, room, what, d);
	close(of);
	return rc;
}

enum status
print_check(const struct plan *plan, const struct room *room,
    const struct sticks *sticks, struct diag *d)
{
	enum status rc;
	int fd = -1;

	if (!plan->print)
		return ST_OK;
	if (room->print[0] == '\0')
		FAIL(d, ST_POLICY, "%s: FORMATS 4.22: the plan has its sheets "
		    "printed, and [room] does not name a folder or printer "
		    "for them: print", plan->file);
	if (room_has_spooler(room))
		return ST_OK;
	TRY(file_open_dir(room->print, false, &fd, d));
	for (size_t i = 0; i < sticks->n; i++)
		TRY(refuse_in(fd, sticks->stick[i].dirfd, room, "a state",
		    d));
	TRY(refuse_in_folder(fd, room->inbox, room, "the inbox", d));
	TRY(refuse_in_folder(fd, room->outbox, room, "the outbox", d));
	TRY(refuse_in_folder(fd, room->scan, room, "scan", d));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}
