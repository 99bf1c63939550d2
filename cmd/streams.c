/* see streams.h */
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/streams.h"

#define FILES_LEAST 64 /* that may be open; a ceremony has fewer */

/* What would kill a ceremony between two entries. */
static const int deadly[] = { SIGPIPE, SIGXFSZ };
#define NDEADLY (sizeof(deadly) / sizeof(deadly[0]))

/* Too few are found here, and not between two files of a state. */
static enum status
need_files(struct diag *d)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return diag_set(d, ST_SYSTEM, "how many files may be open is "
		    "not known");
	if (limit.rlim_cur >= FILES_LEAST)
		return ST_OK;
	limit.rlim_cur = FILES_LEAST;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return diag_set(d, ST_SYSTEM, "%d files must be allowed to be "
		    "open (see ulimit -n)", FILES_LEAST);
	return ST_OK;
}

enum status
streams_start(struct diag *d)
{
	enum status rc;

	TRY(need_files(d));
	for (size_t i = 0; i < NDEADLY; i++)
		signal(deadly[i], SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* the lowest free number is the one that is looked at, and what
		 * is only a path takes and gives nothing */
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/", O_PATH | O_CLOEXEC) != fd)
			FAIL(d, ST_SYSTEM, "stream %d is closed, and nothing "
			    "can be put in its place", fd);
	}
out:
	return rc;
}

void
streams_child(void)
{
	for (size_t i = 0; i < NDEADLY; i++)
		signal(deadly[i], SIG_DFL);
}

enum status
streams_end(struct diag *d)
{
	const bool lost = ferror(stdout) != 0;

	/* some media say only at the end what they did not take */
	if (fclose(stdout) != 0 || lost)
		return diag_set(d, ST_SYSTEM, "the output could not be "
		    "written");
	return ST_OK;
}
