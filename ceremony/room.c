/* see room.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/room.h"
#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/ini.h"
#include "lib/base/text.h"

static const struct {
	const char *key;
	size_t at; /* of the path in struct room */
	const char *device; /* which is no place in the file system; or NULL */
} keys[] = {
	{ "state-a", offsetof(struct room, state[0]), NULL },
	{ "state-b", offsetof(struct room, state[1]), NULL },
	{ "inbox", offsetof(struct room, inbox), NULL },
	{ "outbox", offsetof(struct room, outbox), NULL },
	{ "paper", offsetof(struct room, paper), NULL },
	{ "sheets", offsetof(struct room, sheets), NULL },
	{ "scan", offsetof(struct room, scan), "camera" },
	{ "print", offsetof(struct room, print), "lp" },
};
#define NKEYS (sizeof(keys) / sizeof(keys[0]))

/* "camera", "camera:DEVICE": as transfer/source.h has it; "lp", "lp:NAME". */
static bool
is_device(const char *value, const char *device)
{
	const size_t n = device == NULL ? 0 : strlen(device);

	return n > 0 && strncmp(value, device, n) == 0 &&
	    (value[n] == '\0' || value[n] == ':');
}

bool
room_has_pictures(const struct room *r)
{
	return r->scan[0] != '\0' && !is_device(r->scan, "camera");
}

bool
room_has_spooler(const struct room *r)
{
	return is_device(r->print, "lp");
}

static enum status
take_path(const char *file, const struct ini_entry *e, struct room *out,
    struct diag *d)
{
	const char *slash = strrchr(file, '/'), *names[NKEYS], *near;
	const int dir = slash == NULL ? 0 : (int)(slash - file + 1);
	const char *device = NULL;
	char *path = NULL;
	bool plain;

	for (size_t i = 0; i < NKEYS; i++) {
		names[i] = keys[i].key;
		if (strcmp(keys[i].key, e->key) != 0 || e->name != NULL)
			continue;
		path = (char *)out + keys[i].at;
		device = keys[i].device;
	}
	if (path == NULL) {
		near = text_nearest(e->key, names, NKEYS);
		return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.21: [room] "
		    "has no key %s%s%s%s", file, e->line, e->key,
		    near == NULL ? "" : "; did you mean ",
		    near == NULL ? "" : near, near == NULL ? "" : "?");
	}
	plain = e->value[0] == '/' || is_device(e->value, device);
	if (snprintf(path, ROOM_PATH_SIZE, "%.*s%s", plain ? 0 : dir, file,
	    e->value) >= ROOM_PATH_SIZE)
		return diag_set(d, ST_FORMAT, "%s:%zu: FORMATS 3.21: the path "
		    "is too long", file, e->line);
	return ST_OK;
}

enum status
room_read(const char *path, struct room *out, struct diag *d)
{
	struct bytes text = { 0 };
	struct ini *ini = NULL;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(file_read(path, INI_FILE_MAX, &text, d));
	TRY(ini_read(path, (const char *)text.data, text.len, &ini, d));
	if (ini->n != 1 || strcmp(ini->sections[0].kind, "room") != 0 ||
	    ini->sections[0].name != NULL)
		FAIL(d, ST_FORMAT, "%s: FORMATS 3.21: a room has one section, "
		    "[room]", path);
	for (size_t i = 0; i < ini->sections[0].n; i++)
		TRY(take_path(path, &ini->sections[0].entries[i], out, d));
	if (out->state[0][0] == '\0' || out->inbox[0] == '\0')
		FAIL(d, ST_FORMAT, "%s: FORMATS 3.21: [room] needs state-a and "
		    "inbox", path);
	out->nstates = out->state[1][0] == '\0' ? 1 : 2;
out:
	bytes_free(&text);
	ini_free(ini);
	return rc;
}
