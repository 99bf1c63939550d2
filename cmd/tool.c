/* see tool.h */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cmd/streams.h"
#include "cmd/tool.h"

#define INTERRUPTS_MAX 100 /* in a row; then it is no accident */

/* In the child: nothing of ours goes along but the folder. */
static void
become(const char *dir, const char *const *argv)
{
	char *copy[TOOL_ARGS_MAX + 1] = { NULL };
	union {
		const char *in;
		char *out;
	} u;
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	streams_child();
	for (size_t i = 0; i < TOOL_ARGS_MAX && argv[i] != NULL; i++) {
		u.in = argv[i];
		copy[i] = u.out;
	}
	if (copy[0] != NULL && null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	    dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0 &&
	    chdir(dir) == 0)
		execvp(copy[0], copy);
	_exit(127);
}

enum status
tool_run(const char *dir, const char *const *argv, int *code, struct diag *d)
{
	unsigned tries = 0;
	pid_t pid, got;
	int status = 0;

	if ((pid = fork()) < 0)
		return diag_set(d, ST_SYSTEM, "%s could not be started",
		    argv[0]);
	if (pid == 0)
		become(dir, argv);
	do {
		got = waitpid(pid, &status, 0);
	} while (got < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX);
	if (got != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return diag_set(d, ST_SYSTEM, "%s could not be run", argv[0]);
	*code = WEXITSTATUS(status);
	return ST_OK;
}
