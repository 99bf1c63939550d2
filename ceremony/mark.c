/* see mark.h */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/mark.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#define LABEL_SYSTEM "anchorite mark v1/system/"
#define LABEL_HOLDER "anchorite mark v1/holder/"
#define NAME_SIZE 48 /* bytes, as the next two are */
#define LINE_LEN (2 * SHA256_LEN + 1) /* hex and a line feed */
#define TEXT_SIZE 256

/* HMAC-SHA256 under the set's salt, which is in the record: who finds a mark
 * and has no record learns nothing from it.  In hex. */
static void
digest(const struct sheet_set *set, const char *text,
    char out[2 * SHA256_LEN + 1])
{
	uint8_t mac[SHA256_LEN];

	hash_hmac_sha256(set->salt, sizeof(set->salt), text, strlen(text),
	    mac);
	text_hex(mac, sizeof(mac), out);
}

/* Of a set in this system there is one file. */
static void
name_of(const struct marks *m, const struct sheet_set *set,
    char out[NAME_SIZE])
{
	char text[TEXT_SIZE], hex[2 * SHA256_LEN + 1];

	snprintf(text, sizeof(text), LABEL_SYSTEM "%s", m->machine);
	digest(set, text, hex);
	snprintf(out, NAME_SIZE, "%.32s.mark", hex);
}

/* And it says which holder. */
static void
line_of(const struct marks *m, const struct sheet_set *set,
    const char *holder, char out[LINE_LEN + 1])
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), LABEL_HOLDER "%s/%s", m->machine, holder);
	digest(set, text, out);
	out[LINE_LEN - 1] = '\n';
	out[LINE_LEN] = '\0';
}

/* What the system calls itself: a new installation has a new one. */
static void
read_machine(const char *path, char out[MARKS_ID_MAX + 1])
{
	struct bytes text = { 0 };

	snprintf(out, MARKS_ID_MAX + 1, "none");
	if (file_read(path, MARKS_ID_MAX, &text, NULL) == ST_OK) {
		snprintf(out, MARKS_ID_MAX + 1, "%.*s",
		    (int)strcspn((const char *)text.data, "\n"),
		    (const char *)text.data);
		bytes_free(&text);
	}
}

enum status
marks_open(const char *path, const char *machine, int apart,
    struct marks *out, struct diag *d)
{
	bool made;
	enum status rc;

	*out = (struct marks){ .path = path, .dirfd = -1 };
	made = file_open_dir(path, false, &out->dirfd, NULL) != ST_OK;
	if (made)
		TRY(file_open_dir(path, true, &out->dirfd, d));
	if (apart >= 0 && file_lies_in(out->dirfd, apart)) {
		if (made)
			(void)rmdir(path);
		FAIL(d, ST_POLICY, "%s: FORMATS 4.40: marks would lie inside "
		    "the state", path);
	}
	read_machine(machine, out->machine);
	rc = ST_OK;
out:
	if (rc != ST_OK)
		marks_close(out);
	return rc;
}

void
marks_close(struct marks *m)
{
	if (m->path != NULL && m->dirfd >= 0)
		close(m->dirfd);
	*m = (struct marks){ .dirfd = -1 };
}

bool
marks_any(const struct marks *m, const struct state *s)
{
	char name[NAME_SIZE];

	for (size_t i = 0; i < s->nsets; i++) {
		name_of(m, &s->sets[i], name);
		if (file_exists_at(m->dirfd, name))
			return true;
	}
	return false;
}

enum status
marks_check(const struct marks *m, const struct sheet_set *set,
    const char *holder, struct diag *d)
{
	char name[NAME_SIZE], want[LINE_LEN + 1];
	struct bytes is = { 0 };
	enum status rc = ST_OK;

	name_of(m, set, name);
	if (!file_exists_at(m->dirfd, name))
		return ST_OK;
	TRY(file_read_at(m->dirfd, name, LINE_LEN, &is, d));
	if (is.len != LINE_LEN)
		FAIL(d, ST_FORMAT, "FORMATS 4.40: it is torn, and does not "
		    "say which holder's words were taken here");
	line_of(m, set, holder, want);
	if (memcmp(is.data, want, LINE_LEN) != 0)
		FAIL(d, ST_POLICY, "RULES S4: another holder's words of the "
		    "same set of root %s were taken in this system: whoever "
		    "reads it has both", set->root);
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s/%s", m->path, name);
	bytes_free(&is);
	return rc;
}

enum status
marks_leave(const struct marks *m, const struct sheet_set *set,
    const char *holder, struct diag *d)
{
	char name[NAME_SIZE], line[LINE_LEN + 1];
	enum status rc;

	name_of(m, set, name);
	if (file_exists_at(m->dirfd, name))
		return marks_check(m, set, holder, d);
	line_of(m, set, holder, line);
	if ((rc = file_create_at(m->dirfd, name, line, LINE_LEN, d)) != ST_OK)
		diag_prefix(d, "%s", m->path);
	return rc;
}
