/* see parcel.h */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/reader.h"
#include "lib/record/parcel.h"

#define LINE_MAX_LEN 160 /* bytes; the longest is a digest and a name */
#define HEX_LEN ((size_t)2 * SHA256_LEN)
#define DIGEST_LINE (HEX_LEN + 2) /* hex and two blanks, then a name */
#define FIRST_LINE "# anchorite parcel 1"

/* --- names --- */

/* What other systems take for a device, whatever stands behind a dot; and
 * what a parcel's folder has of its own. */
static bool
is_taken(const char *name)
{
	static const char *const whole[] = { "MANIFEST", "DONE" };
	static const char *const device[] = { "con", "prn", "aux", "nul" };
	const size_t stem = strcspn(name, ".");

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (strcasecmp(name, whole[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(device) / sizeof(device[0]); i++) {
		if (stem == 3 && strncasecmp(name, device[i], 3) == 0)
			return true;
	}
	return stem == 4 && name[3] >= '0' && name[3] <= '9' &&
	    (strncasecmp(name, "com", 3) == 0 ||
	    strncasecmp(name, "lpt", 3) == 0);
}

bool
parcel_is_name(const char *name)
{
	static const char may[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const size_t len = strlen(name);

	/* FAT drops dots at the end: "a." would be "a" */
	return len >= 1 && len <= PARCEL_NAME_MAX && strspn(name, may) == len &&
	    name[0] != '.' && name[0] != '-' && name[len - 1] != '.' &&
	    !is_taken(name);
}

/* --- shape --- */

/* The next line as a string. */
static enum status
line(struct reader *r, char out[LINE_MAX_LEN + 1], struct diag *d)
{
	const char *text;
	enum status rc;
	size_t len;

	if (reader_line(r, LINE_MAX_LEN, &text, &len, NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: its manifest is cut, or "
		    "has a line that is too long", r->name);
	if (memchr(text, '\0', len) != NULL)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: its manifest has a NUL "
		    "in it", r->name);
	memcpy(out, text, len);
	out[len] = '\0';
	rc = ST_OK;
out:
	return rc;
}

static bool
begins(const struct reader *r, const char *text)
{
	const size_t len = strlen(text);

	return r->len - r->at >= len &&
	    memcmp(r->data + r->at, text, len) == 0;
}

/* The line "# key: value"; ${value} takes LINE_MAX_LEN + 1. */
static enum status
header(struct reader *r, const char *key, char *value, struct diag *d)
{
	char text[LINE_MAX_LEN + 1];
	const size_t len = strlen(key);
	enum status rc;

	TRY(line(r, text, d));
	if (strncmp(text, key, len) != 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: its manifest lacks the "
		    "line \"%.*s\"", r->name, (int)len - 1, key);
	memcpy(value, text + len, strlen(text) - len + 1);
out:
	return rc;
}

static enum status
number(struct reader *r, const char *key, uint64_t min, uint64_t max,
    uint64_t *out, struct diag *d)
{
	char value[LINE_MAX_LEN + 1];
	enum status rc;

	TRY(header(r, key, value, d));
	if (text_number(value, min, max, out, NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: what follows \"%.*s\" is "
		    "no number from %llu to %llu", r->name,
		    (int)strlen(key) - 1, key, (unsigned long long)min,
		    (unsigned long long)max);
out:
	return rc;
}

static enum status
word(struct reader *r, const char *key, char out[PARCEL_WORD_SIZE],
    struct diag *d)
{
	char value[LINE_MAX_LEN + 1];
	enum status rc;

	TRY(header(r, key, value, d));
	if (!text_is_word(value))
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: what follows \"%.*s\" is "
		    "no word", r->name, (int)strlen(key) - 1, key);
	memcpy(out, value, strlen(value) + 1);
out:
	return rc;
}

/* The one line that need not be there; in its one spelling. */
static enum status
not_before(struct reader *r, int64_t *out, struct diag *d)
{
	static const char key[] = "# not-before: ";
	char value[LINE_MAX_LEN + 1], same[CLOCK_TEXT_SIZE];
	enum status rc = ST_OK;

	*out = -1;
	if (!begins(r, key))
		return ST_OK;
	TRY(header(r, key, value, d));
	if (clock_read(value, out, NULL) != ST_OK || *out % 60 != 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: not-before is no time of "
		    "whole minutes", r->name);
	clock_text(*out, same);
	if (strcmp(same, value) != 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: not-before is not "
		    "written YYYY-MM-DDThh:mm:00Z", r->name);
out:
	return rc;
}

/* "# bytes: N", then the line that sha256sum checks. */
static enum status
file_lines(struct reader *r, struct parcel_file *f, struct diag *d)
{
	char text[LINE_MAX_LEN + 1];
	uint64_t len = 0;
	enum status rc;

	TRY(number(r, "# bytes: ", 0, PARCEL_MAX, &len, d));
	f->len = (size_t)len;
	TRY(line(r, text, d));
	if (strlen(text) <= DIGEST_LINE ||
	    memcmp(text + HEX_LEN, "  ", 2) != 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: a line of its manifest "
		    "is no digest, two blanks and a name", r->name);
	text[HEX_LEN] = '\0';
	if (text_unhex(text, f->sha256, sizeof(f->sha256), NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.2: a digest of its manifest "
		    "is not 64 hex digits in lower case", r->name);
	if (!parcel_is_name(text + DIGEST_LINE))
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.3: \"%s\" is no name that "
		    "a file of a parcel can have", r->name,
		    text + DIGEST_LINE);
	memcpy(f->name, text + DIGEST_LINE, strlen(text + DIGEST_LINE) + 1);
out:
	return rc;
}

static enum status
files(struct reader *r, struct parcel *p, uint64_t n, struct diag *d)
{
	enum status rc;

	/* no memory for what cannot be there */
	if (n * DIGEST_LINE > r->len - r->at)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: its manifest is cut: it "
		    "promises %llu files", r->name, (unsigned long long)n);
	if ((p->file = calloc(n, sizeof(*p->file))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (p->n = 0; p->n < n; p->n++) {
		TRY(file_lines(r, &p->file[p->n], d));
		if (p->n > 0 && strcasecmp(p->file[p->n - 1].name,
		    p->file[p->n].name) >= 0)
			FAIL(d, ST_FORMAT, "%s: FORMATS 10.4: %s is out of "
			    "order, or a name that was there already", r->name,
			    p->file[p->n].name);
		p->size += p->file[p->n].len;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_manifest(struct reader *r, struct parcel *p, struct diag *d)
{
	char text[LINE_MAX_LEN + 1];
	uint64_t n = 0;
	enum status rc;

	memset(p, 0, sizeof(*p));
	TRY(line(r, text, d));
	if (strcmp(text, FIRST_LINE) != 0)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: no parcel, as it does "
		    "not begin with \"" FIRST_LINE "\"", r->name);
	TRY(word(r, "# purpose: ", p->purpose, d));
	TRY(word(r, "# from: ", p->from, d));
	TRY(not_before(r, &p->not_before, d));
	TRY(number(r, "# files: ", 1, PARCEL_FILES_MAX, &n, d));
	TRY(files(r, p, n, d));
	p->manifest_len = r->at;
	if (p->manifest_len > PARCEL_MANIFEST_MAX ||
	    p->size > PARCEL_MAX - p->manifest_len)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.5: larger than %zu bytes",
		    r->name, PARCEL_MAX);
	hash_sha384(r->data, p->manifest_len, p->id);
out:
	return rc;
}

enum status
parcel_manifest(const char *name, const void *data, size_t len,
    struct parcel *out, struct diag *d)
{
	struct reader r;
	enum status rc;

	reader_init(&r, name, data, len);
	TRY(read_manifest(&r, out, d));
	if (reader_done(&r, NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: more than a manifest",
		    name);
out:
	if (rc != ST_OK)
		parcel_clear(out);
	return rc;
}

enum status
parcel_read(const char *name, const void *data, size_t len,
    struct parcel *out, struct diag *d)
{
	const uint8_t *at;
	struct reader r;
	enum status rc;

	reader_init(&r, name, data, len);
	TRY(read_manifest(&r, out, d));
	if (len - r.at != out->size)
		FAIL(d, ST_FORMAT, "%s: FORMATS 10.1: %zu bytes follow its "
		    "manifest, which says %zu", name, len - r.at, out->size);
	at = r.data + r.at;
	for (size_t i = 0; i < out->n; i++) {
		out->file[i].data = at;
		at += out->file[i].len;
	}
out:
	if (rc != ST_OK)
		parcel_clear(out);
	return rc;
}

void
parcel_clear(struct parcel *p)
{
	if (p == NULL)
		return;
	free(p->file);
	memset(p, 0, sizeof(*p));
}

/* --- consistency, and the clock --- */

enum status
parcel_check(const char *name, const struct parcel *p, struct diag *d)
{
	uint8_t digest[SHA256_LEN];

	for (size_t i = 0; i < p->n; i++) {
		hash_sha256(p->file[i].data, p->file[i].len, digest);
		if (memcmp(digest, p->file[i].sha256, sizeof(digest)) != 0)
			return diag_set(d, ST_AUTH, "%s: FORMATS 10.1: %s has "
			    "not the digest that the manifest says", name,
			    p->file[i].name);
	}
	return ST_OK;
}

enum status
parcel_due(const char *name, const struct parcel *p, int64_t now,
    struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], clock[CLOCK_TEXT_SIZE];

	if (p->not_before <= now)
		return ST_OK;
	clock_text(p->not_before, from);
	clock_text(now, clock);
	return diag_set(d, ST_POLICY, "%s: FORMATS 10.7: not to be used before "
	    "%s, and the clock says %s", name, from, clock);
}

/* --- seal --- */

static int
by_name(const void *a, const void *b)
{
	const struct parcel_file *one = a, *two = b;

	return strcasecmp(one->name, two->name);
}

static enum status
write_manifest(const struct parcel *p, struct bytes *out, struct diag *d)
{
	char when[CLOCK_TEXT_SIZE], hex[HEX_LEN + 1];
	enum status rc;

	TRY(text_append(out, d, FIRST_LINE "\n# purpose: %s\n# from: %s\n",
	    p->purpose, p->from));
	if (p->not_before >= 0) {
		clock_text(p->not_before, when);
		TRY(text_append(out, d, "# not-before: %s\n", when));
	}
	TRY(text_append(out, d, "# files: %zu\n", p->n));
	for (size_t i = 0; i < p->n; i++) {
		text_hex(p->file[i].sha256, SHA256_LEN, hex);
		TRY(text_append(out, d, "# bytes: %zu\n%s  %s\n",
		    p->file[i].len, hex, p->file[i].name));
	}
out:
	return rc;
}

/* The manifest and all files behind it. */
static enum status
join(struct parcel *p, struct bytes *out, struct diag *d)
{
	size_t size = 0, at;
	enum status rc;
	uint8_t *all;

	for (size_t i = 0; i < p->n; i++) {
		if (p->file[i].len > PARCEL_MAX - size)
			FAIL(d, ST_POLICY, "%s: FORMATS 10.5: a parcel has at "
			    "most %zu bytes", p->file[i].name, PARCEL_MAX);
		size += p->file[i].len;
		hash_sha256(p->file[i].data, p->file[i].len,
		    p->file[i].sha256);
	}
	if (p->n > 0)
		qsort(p->file, p->n, sizeof(*p->file), by_name);
	bytes_free(out);
	TRY(write_manifest(p, out, d));
	at = out->len;
	if ((all = realloc(out->data, at + size + 1)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	out->data = all;
	for (size_t i = 0; i < p->n; i++) {
		if (p->file[i].len > 0)
			memcpy(all + at, p->file[i].data, p->file[i].len);
		at += p->file[i].len;
	}
	all[at] = '\0';
	out->len = at;
out:
	return rc;
}

enum status
parcel_seal(struct parcel *p, struct bytes *out, struct diag *d)
{
	static const char name[] = "the parcel";
	struct parcel again = { 0 };
	enum status rc;

	TRY(join(p, out, d));
	/* what is sent is what will be taken */
	TRY(parcel_read(name, out->data, out->len, &again, d));
	TRY(parcel_check(name, &again, d));
	TRY(parcel_policy(name, &again, d));
	memcpy(p->id, again.id, sizeof(p->id));
	p->manifest_len = again.manifest_len;
	p->size = again.size;
out:
	parcel_clear(&again);
	if (rc != ST_OK)
		bytes_free(out);
	return rc;
}

/* --- unpack --- */

enum status
parcel_unpack(const struct parcel *p, const void *data, const char *to,
    struct diag *d)
{
	bool made = false;
	enum status rc;
	int fd = -1;

	made = mkdir(to, 0700) == 0;
	if (!made && errno == EEXIST)
		FAIL(d, ST_POLICY, "%s: it is there already; a parcel is "
		    "unpacked into a new folder", to);
	if (!made)
		FAIL(d, ST_SYSTEM, "%s: the folder cannot be made: %s", to,
		    strerror(errno));
	TRY(file_open_dir(to, true, &fd, d)); /* and its parent is synced */
	for (size_t i = 0; i < p->n; i++)
		TRY(file_create_at(fd, p->file[i].name, p->file[i].data,
		    p->file[i].len, d));
	/* the last one: a folder without it is what a cut left */
	TRY(file_create_at(fd, "MANIFEST", data, p->manifest_len, d));
out:
	if (fd >= 0)
		close(fd);
	if (rc != ST_OK && made)
		file_remove_tree(to);
	return rc;
}
