/* see new_file.h */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/new_file.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

static enum status
check_folder(const char *name, const struct state *s, struct diag *d)
{
	const char *slash = strrchr(name, '/');
	struct bytes dir = { 0 };
	enum status rc;
	int fd = -1;

	TRY(text_format(&dir, d, "%.*s", slash == NULL ? 1 :
	    (int)(slash - name) + 1, slash == NULL ? "." : name));
	fd = open((const char *)dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		FAIL(d, ST_SYSTEM, "%s: its folder is not there", name);
	if (faccessat(fd, ".", W_OK, AT_EACCESS) != 0)
		FAIL(d, ST_SYSTEM, "%s: its folder cannot be written to (%s)",
		    name, strerror(errno));
	if (s != NULL && file_lies_in(fd, s->dirfd))
		FAIL(d, ST_POLICY, "%s: FORMATS 7.1: it would lie inside the "
		    "state", name);
out:
	if (fd >= 0)
		close(fd);
	bytes_free(&dir);
	return rc;
}

enum status
new_file(const char *option, const char *name, const struct state *s,
    struct diag *d)
{
	if (name[0] == '\0')
		return diag_set(d, ST_USAGE, "%s: not the name of a file",
		    option);
	if (file_exists_at(AT_FDCWD, name))
		return diag_set(d, ST_POLICY, "%s: it is there already; "
		    "nothing is ever replaced", name);
	return check_folder(name, s, d);
}
