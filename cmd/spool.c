/* see spool.h */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/spool.h"

#define NAME_MAX_LEN 127 /* bytes of a printer's name, as CUPS has it */

/* NULL: the printer that lp takes by itself. */
static const char *
name_of(const char *place)
{
	const char *colon = strchr(place, ':');

	return colon == NULL ? NULL : colon + 1;
}

static bool
is_name(const char *name)
{
	const size_t len = strlen(name);

	return len >= 1 && len <= NAME_MAX_LEN && name[0] != '-' &&
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-") == len;
}

/* Whether a folder of PATH has the program lp. */
static bool
has_lp(void)
{
	const char *at = getenv("PATH");
	char file[1024];
	size_t len;

	for (; at != NULL && *at != '\0'; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		if (len == 0 || len + sizeof("/lp") > sizeof(file))
			continue;
		memcpy(file, at, len);
		memcpy(file + len, "/lp", sizeof("/lp"));
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

enum status
spool_find(const char *place, struct diag *d)
{
	const char *name = name_of(place);
	enum status rc;

	if (name != NULL && !is_name(name))
		FAIL(d, ST_FORMAT, "print: FORMATS 4.22: a printer's name is of "
		    "letters, digits, dot, underscore and hyphen");
	if (!has_lp())
		FAIL(d, ST_SYSTEM, "print: there is no program lp to print "
		    "with (Debian's package cups-client has one)");
	rc = ST_OK;
out:
	return rc;
}

/* lp with ${from} as its standard input, and nothing else of ours. */
static enum status
start(const char *name, const char *title, int from, pid_t *child,
    struct diag *d)
{
	const char *const args[] = { "lp", "-s", "-t", title,
		name == NULL ? "-" : "-d", name, name == NULL ? NULL : "-",
		NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&how);
	failed = posix_spawn_file_actions_adddup2(&files, from, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY,
	    0) != 0 ||
	    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY,
	    0) != 0 ||
	    posix_spawn_file_actions_addclosefrom_np(&files, 3) != 0 ||
	    posix_spawnattr_setsigmask(&how, &none) != 0 ||
	    posix_spawnattr_setsigdefault(&how, &all) != 0 ||
	    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF) != 0;
	if (!failed) {
		errno = posix_spawnp(child, "lp", &files, &how,
		    (char *const *)(uintptr_t)args, environ);
		failed = errno != 0;
	}
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return !failed ? ST_OK : diag_set(d, ST_SYSTEM, "print: lp cannot be "
	    "started: %s", strerror(errno));
}

static bool
send_all(int to, const uint8_t *at, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(to, at, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

enum status
spool_print(const char *place, const char *title, const uint8_t *pdf,
    size_t len, struct diag *d)
{
	int pair[2] = { -1, -1 }, how = 0;
	pid_t child = 0, ended;
	bool sent = false;
	enum status rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		FAIL(d, ST_SYSTEM, "print: no socket for lp: %s",
		    strerror(errno));
	TRY(start(name_of(place), title, pair[0], &child, d));
	close(pair[0]);
	pair[0] = -1;
	sent = send_all(pair[1], pdf, len);
	close(pair[1]);
	pair[1] = -1;
	do
		ended = waitpid(child, &how, 0);
	while (ended < 0 && errno == EINTR);
	if (!sent || ended != child || !WIFEXITED(how) || WEXITSTATUS(how) != 0)
		FAIL(d, ST_SYSTEM, "print: lp did not take the sheet: see "
		    "lpstat -p");
	rc = ST_OK;
out:
	for (size_t i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
	}
	return rc;
}
