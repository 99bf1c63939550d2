/* see frozen.h */
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/frozen.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

static enum status
refuse(struct diag *d)
{
	return diag_set(d, ST_SYSTEM, "sealed memory: %s", strerror(errno));
}

enum status
frozen_new(struct frozen *s, struct diag *d)
{
	s->len = 0;
	s->data = NULL;
	s->fd = memfd_create("anchorite", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return s->fd >= 0 ? ST_OK : refuse(d);
}

enum status
frozen_add(struct frozen *s, const void *data, size_t len, struct diag *d)
{
	const uint8_t *at = data;
	ssize_t n;

	while (len > 0) {
		n = write(s->fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return refuse(d);
		at += n;
		len -= (size_t)n;
		s->len += (size_t)n;
	}
	return ST_OK;
}

enum status
frozen_close(struct frozen *s, struct diag *d)
{
	void *map;

	/* with the seals first, no mapping can write */
	if (fcntl(s->fd, F_ADD_SEALS, SEALS) != 0)
		return refuse(d);
	if (s->len == 0)
		return ST_OK;
	map = mmap(NULL, s->len, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (map == MAP_FAILED)
		return refuse(d);
	s->data = map;
	return ST_OK;
}

void
frozen_free(struct frozen *s)
{
	if (s->data != NULL)
		munmap((void *)(uintptr_t)s->data, s->len);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->len = 0;
	s->data = NULL;
}
