/* see sheet_scan.h */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/sheet_scan.h"
#include "lib/base/file.h"
#include "lib/code/scan.h"
#include "lib/crypto/slip39.h"
#include "transfer/source.h"

#define NAME_MAX_BYTES 255
#define KEY_MS 20 /* a key is looked for so often */

struct sheet_scan {
	const char *source;
	bool camera;
	int dirfd; /* of a folder of pictures; -1: it is none */
	struct scanner *scanner; /* NULL: it is gone */
};

void
sheet_scan_close(struct sheet_scan *s)
{
	if (s == NULL)
		return;
	if (s->dirfd >= 0)
		close(s->dirfd);
	scan_free(s->scanner);
	free(s);
}

bool
sheet_scan_works(const struct sheet_scan *s)
{
	return s != NULL && s->scanner != NULL;
}

enum status
sheet_scan_open(const char *source, bool camera, struct sheet_scan **out,
    struct diag *d)
{
	struct sheet_scan *s = NULL;
	struct stat st;
	enum status rc;

	*out = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	s->dirfd = -1;
	s->source = source;
	s->camera = camera;
	if (!s->camera && stat(source, &st) != 0)
		FAIL(d, ST_SYSTEM, "%s: %s", source, strerror(errno));
	if (!s->camera && S_ISDIR(st.st_mode))
		TRY(file_open_dir(source, false, &s->dirfd, d));
	TRY(scan_start(1, &s->scanner, d));

	*out = s;
	s = NULL;
out:
	sheet_scan_close(s);
	return rc;
}

/* The share among the codes of a picture, if there is one; else ${why}. */
static enum status
pick_share(const struct scan_seen *seen, struct secret **out,
    struct diag *why)
{
	struct secret *text = NULL, *canonical = NULL;
	enum status rc;

	if (seen->n == 0)
		FAIL(why, ST_FORMAT, "no code is in the picture");
	for (size_t i = 0; i < seen->n && *out == NULL; i++) {
		if (seen->text[i].len == 0 ||
		    seen->text[i].len > SLIP39_TEXT_MAX)
			continue;
		TRY(secret_new(seen->text[i].len, &text, why));
		memcpy(secret_bytes(text), seen->text[i].text,
		    seen->text[i].len);
		if (slip39_canonical(text, &canonical, NULL) == ST_OK) {
			*out = text;
			text = NULL;
		}
		secret_free(canonical);
		secret_free(text);
		canonical = text = NULL;
	}
	if (*out == NULL)
		FAIL(why, ST_FORMAT, "FORMATS 4.35: the code in the picture is "
		    "none of a sheet");
	rc = ST_OK;
out:
	return rc;
}

/* A reader that cannot be asked is gone: none is started beside a secret. */
static enum status
asked(struct sheet_scan *s, enum status rc, struct diag *d)
{
	if (rc != ST_SYSTEM && rc != ST_BUG)
		return rc;
	scan_free(s->scanner);
	s->scanner = NULL;
	diag_clear(d);
	return diag_set(d, ST_FORMAT, "the reader of codes has ended, and "
	    "none is started beside a secret: type the words");
}

/* A picture is done; without a share in it, ${why} says why. */
static enum status
take(struct sheet_scan *s, struct secret **out, struct diag *why,
    struct diag *d)
{
	struct scan_seen seen;
	enum status rc;

	TRY(asked(s, scan_take(s->scanner, &seen, d), d));
	diag_clear(why);
	if (seen.status != ST_OK)
		diag_note(why, seen.status, "%s", seen.why.text);
	else if ((rc = pick_share(&seen, out, why)) == ST_SYSTEM)
		FAIL(d, rc, "%s", why->text);
	rc = ST_OK;
out:
	return rc;
}

/* --- a file --- */

static enum status
read_picture(struct sheet_scan *s, struct tty *t, struct bytes *out,
    struct diag *d)
{
	struct bytes name = { 0 };
	enum status rc;

	if (s->dirfd < 0)
		return file_read(s->source, SCAN_ROOM, out, d);
	TRY(tty_say(t, d, "\nThe picture of the sheet's code is in %s.\n",
	    s->source));
	TRY(tty_ask(t, "  Its name there: ", NAME_MAX_BYTES, &name, d));
	TRY(file_read_at(s->dirfd, (const char *)name.data, SCAN_ROOM, out,
	    d));
out:
	bytes_free(&name);
	return rc;
}

static enum status
from_file(struct sheet_scan *s, struct tty *t, struct secret **out,
    struct diag *d)
{
	struct bytes all = { 0 };
	struct diag why = { 0 };
	uint8_t *room = scan_room(s->scanner);
	enum status rc;

	if (room == NULL)
		FAIL(d, ST_BUG, "the reader of codes is at work");
	TRY(read_picture(s, t, &all, d));
	if (all.len == 0)
		FAIL(d, ST_FORMAT, "the picture is empty");
	memcpy(room, all.data, all.len);
	TRY(asked(s, scan_file(s->scanner, all.len, SCAN_THOROUGH, d), d));
	TRY(take(s, out, &why, d));
	if (*out == NULL)
		FAIL(d, ST_FORMAT, "%s", why.text);
out:
	if (all.len > 0)
		secret_wipe(all.data, all.len);
	bytes_free(&all);
	return rc;
}

/* --- the camera --- */

/* The next picture, where one has come. */
static enum status
give(struct sheet_scan *s, struct source *source, struct diag *d)
{
	uint8_t *room = scan_room(s->scanner);
	struct pollfd p = { source_fd(source), POLLIN, 0 };
	struct source_item item;
	enum status rc = ST_OK;

	if (room == NULL || (p.fd >= 0 && poll(&p, 1, 0) <= 0))
		return ST_OK;
	TRY(source_next(source, room, SCAN_ROOM, &item, d));
	if (item.gives == SOURCE_GRAY)
		TRY(asked(s, scan_gray(s->scanner, item.width, item.height,
		    SCAN_LIVE, d), d));
	else if (item.gives == SOURCE_FILE)
		TRY(asked(s, scan_file(s->scanner, item.len, SCAN_LIVE, d),
		    d));
	else if (item.gives == SOURCE_END)
		FAIL(d, ST_FORMAT, "the camera gives no more pictures");
out:
	return rc;
}

static enum status
from_camera(struct sheet_scan *s, struct tty *t, struct secret **out,
    struct diag *d)
{
	struct source *source = NULL;
	struct diag why = { 0 };
	uint8_t key = 0;
	enum status rc;

	TRY(source_open(s->source, &source, d));
	TRY(tty_say(t, d, "\nHold the code of the sheet, and no other, before "
	    "the camera.\nAny key ends it.\n"));
	while (*out == NULL) {
		TRY(tty_key(t, KEY_MS, &key, d));
		if (key != 0)
			FAIL(d, ST_FORMAT, "no code of a sheet was seen");
		TRY(give(s, source, d));
		if (scan_busy(s->scanner) > 0 && scan_wait(s->scanner, -1, 0))
			TRY(take(s, out, &why, d));
	}
	rc = ST_OK;
out:
	source_close(source);
	return rc;
}

/* --- either --- */

/* What is still looked at is done with, and nothing of it stays here. */
static void
finish(struct sheet_scan *s)
{
	struct scan_seen seen;

	while (s->scanner != NULL && scan_busy(s->scanner) > 0) {
		if (scan_take(s->scanner, &seen, NULL) != ST_OK)
			break;
	}
	if (s->scanner != NULL)
		scan_forget(s->scanner);
}

enum status
sheet_scan_take(struct sheet_scan *s, struct tty *t, struct secret **out,
    struct diag *d)
{
	enum status rc;

	*out = NULL;
	if (!sheet_scan_works(s))
		return diag_set(d, ST_POLICY, "there is no reader of codes");
	rc = s->camera ? from_camera(s, t, out, d) : from_file(s, t, out, d);
	finish(s);
	return rc;
}
