/* see box.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/support/box.h"

void
box_open(struct box *b)
{
	memset(b, 0, sizeof(*b));
	snprintf(b->path, sizeof(b->path), "/tmp/anchorite-inbox-XXXXXX");
	assert_non_null(mkdtemp(b->path));
	assert_int_equal(file_open_dir(b->path, false, &b->inbox.dirfd, NULL),
	    ST_OK);
}

void
box_close(struct box *b)
{
	inbox_clear(&b->inbox);
	close(b->inbox.dirfd);
	file_remove_tree(b->path);
}

void
box_put(const struct box *b, const char *name, const void *data, size_t len)
{
	assert_int_equal(file_create_at(b->inbox.dirfd, name, data, len, NULL),
	    ST_OK);
}

void
box_seal(const struct box *b, const char *name, struct parcel *p)
{
	struct bytes all = { 0 };
	struct diag d = { 0 };

	if (parcel_seal(p, &all, &d) != ST_OK)
		fail_msg("%s", d.text);
	box_put(b, name, all.data, all.len);
	bytes_free(&all);
}

void
box_parcel(const struct box *b, const char *name, const char *purpose,
    const char *file, const struct bytes *data, int64_t from)
{
	struct parcel_file one = { .len = data->len, .data = data->data };
	struct parcel p = { .not_before = from, .file = &one, .n = 1,
		.from = "team" };

	snprintf(p.purpose, sizeof(p.purpose), "%s", purpose);
	snprintf(one.name, sizeof(one.name), "%s", file);
	box_seal(b, name, &p);
}
