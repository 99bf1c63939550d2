/* reader.c -- a program whose reader of requests was taken over, or cannot be
 * locked in.  $READER names how:
 *
 *	crash		it reads where nothing is
 *	open		it opens a file
 *	loop		it never comes to an end
 *	silent		it ends without an answer
 *	answer		it answers what is none
 *	same		it answers every question as the first
 *	subject		it claims another subject of the same length
 *	free		this machine has no seccomp
 *
 * Linked with --wrap=csr_shape,--wrap=sandbox_lock_calls, never installed. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/sandbox_lock.h"
#include "lib/crypto/csr_job.h"

enum status __real_csr_shape(void *self, const uint8_t *file, size_t len,
    uint8_t *out, size_t *outlen, struct diag *d);
enum status __wrap_csr_shape(void *self, const uint8_t *file, size_t len,
    uint8_t *out, size_t *outlen, struct diag *d);
enum status __real_sandbox_lock_calls(struct diag *d);
enum status __wrap_sandbox_lock_calls(struct diag *d);

static bool
is(const char *how)
{
	const char *value = getenv("READER");

	return value != NULL && strcmp(value, how) == 0;
}

enum status
__wrap_sandbox_lock_calls(struct diag *d)
{
	if (!is("free"))
		return __real_sandbox_lock_calls(d);
	return diag_set(d, ST_SYSTEM, "seccomp: %s", strerror(ENOSYS));
}

/* Before it reads. */
static void
go_wrong(void)
{
	uint8_t *volatile nowhere = (uint8_t *)8;

	if (is("crash"))
		*nowhere = 1;
	if (is("open"))
		(void)!open("/etc/passwd", O_RDONLY);
	for (volatile bool more = is("loop"); more;)
		continue;
	if (is("silent"))
		_exit(0);
}

/* After it has read. */
static void
lie(uint8_t *out, size_t *len)
{
	static uint8_t first[CSR_ANSWER_MAX];
	static size_t first_len;

	if (first_len == 0)
		memcpy(first, out, first_len = *len);
	if (is("same"))
		memcpy(out, first, *len = first_len);
	if (is("answer"))
		memset(out, 0xff, *len);
	if (is("subject"))
		memset(out + *len - 4, 'X', 4);
}

enum status
__wrap_csr_shape(void *self, const uint8_t *file, size_t len, uint8_t *out,
    size_t *outlen, struct diag *d)
{
	enum status rc;

	go_wrong();
	rc = __real_csr_shape(self, file, len, out, outlen, d);
	if (rc == ST_OK)
		lie(out, outlen);
	return rc;
}
