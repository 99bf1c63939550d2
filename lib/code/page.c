/* see page.h: the child that draws, and what comes from it. */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/secret.h"
#include "lib/code/page_draw.h"

#define PDF_MAX ((size_t)64 << 20)
#define GROW 262144
#define INTERRUPTS_MAX 100 /* in a row; then it is no accident */

/* The file goes through a pipe as it is made. */
static bool
write_out(void *cookie, const void *data, size_t len)
{
	const int fd = *(const int *)cookie;
	const char *at = data;
	unsigned tries = 0;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* In the child: a PDF file, or behind it the sentence why there is none. */
static _Noreturn void
be_drawer(const struct page *p, int fd)
{
	struct diag d = { 0 };
	enum status rc;

	if ((rc = pen_load(&d)) == ST_OK)
		rc = page_draw(p, write_out, &fd, &d);
	if (rc != ST_OK && !write_out(&fd, d.text, sizeof(d.text)))
		_exit(ST_BUG);
	_exit((int)rc);
}

/* All that comes, until the child has no more. */
static enum status
read_all(int fd, struct bytes *out, struct diag *d)
{
	unsigned tries = 0;
	uint8_t *more;
	size_t room = 0;
	ssize_t n;

	for (;;) {
		if (room - out->len < 2) {
			room += room / 2 + GROW;
			if (room > PDF_MAX || (more = realloc(out->data,
				room)) == NULL)
				return diag_set(d, ST_SYSTEM,
				    "out of memory");
			out->data = more;
		}
		n = read(fd, out->data + out->len, room - out->len - 1);
		if (n < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX)
			continue;
		if (n < 0)
			return diag_set(d, ST_SYSTEM, "pages cannot be read "
			    "from the process that draws them");
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (n == 0)
			return ST_OK;
	}
}

/* How the child ended; its sentence is at the end of what it wrote. */
static enum status
wait_for(pid_t child, const struct bytes *got, struct diag *d)
{
	char text[DIAG_TEXT_MAX] = { 0 };
	unsigned tries = 0;
	int status;
	pid_t pid;

	do {
		pid = waitpid(child, &status, 0);
	} while (pid < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX);
	if (pid == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	    got->len > 0)
		return ST_OK;
	if (pid != child || !WIFEXITED(status) || got->len < sizeof(text) ||
	    (WEXITSTATUS(status) != ST_SYSTEM &&
	    WEXITSTATUS(status) != ST_FORMAT))
		return diag_set(d, ST_SYSTEM, "the process that draws pages "
		    "failed");
	memcpy(text, got->data + got->len - sizeof(text), sizeof(text) - 1);
	return diag_set(d, (enum status)WEXITSTATUS(status), "%s", text);
}

enum status
page_pdf(const struct page *p, struct bytes *out, struct diag *d)
{
	int pipes[2] = { -1, -1 };
	enum status rc, ended;
	pid_t child;

	bytes_free(out);
	if (secret_alive() > 0)
		FAIL(d, ST_BUG, "pages drawn while a secret is in memory");
	if (pipe2(pipes, O_CLOEXEC) != 0 || (child = fork()) < 0)
		FAIL(d, ST_SYSTEM, "no process can be started that draws "
		    "pages");
	if (child == 0)
		be_drawer(p, pipes[1]);
	close(pipes[1]);
	pipes[1] = -1;
	rc = read_all(pipes[0], out, d);
	/* a child that still writes is not waited for */
	close(pipes[0]);
	pipes[0] = -1;
	ended = wait_for(child, out, d);
	rc = rc == ST_OK ? ended : rc;
out:
	for (size_t i = 0; i < 2; i++) {
		if (pipes[i] >= 0)
			close(pipes[i]);
	}
	if (rc != ST_OK)
		bytes_free(out);
	return rc;
}
