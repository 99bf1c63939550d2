/* see streams.h */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/streams.h"

/* What would kill a ceremony between two entries. */
static const int deadly[] = { SIGPIPE, SIGXFSZ };
#define NDEADLY (sizeof(deadly) / sizeof(deadly[0]))

enum status
streams_start(struct diag *d)
{
	for (size_t i = 0; i < NDEADLY; i++)
		signal(deadly[i], SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* the lowest free number is the one that is looked at, and what
		 * is only a path takes and gives nothing */
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/", O_PATH | O_CLOEXEC) != fd)
			return diag_set(d, ST_SYSTEM, "stream %d is closed, "
			    "and nothing can be put in its place", fd);
	}
	return ST_OK;
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
