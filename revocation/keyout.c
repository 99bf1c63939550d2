/* see keyout.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "revocation/keyout.h"

#define MINUTE 60
#define HEAD "anchorite export v1\n"

void
keyout_make(const struct state *s, const struct root *root,
    const struct bytes *file, int64_t now, struct keyout *out)
{
	memset(out, 0, sizeof(*out));
	out->mode = s->mode;
	snprintf(out->state, sizeof(out->state), "%s", s->id);
	snprintf(out->head, sizeof(out->head), "%s", state_head(s));
	snprintf(out->root, sizeof(out->root), "%s", root->name);
	text_hex(root->key.id, SHA384_LEN, out->key);
	hash_sha384_hex(file->data, file->len, out->file);
	out->time = now - now % MINUTE;
}

enum status
keyout_text(const struct keyout *k, struct bytes *out, struct diag *d)
{
	char time[CLOCK_TEXT_SIZE];

	clock_text(k->time, time);
	return text_format(out, d, HEAD "mode %s\nstate %s\nhead %s\n"
	    "root %s\nkey %s\nfile %s\ntime %s\n", plan_mode_word(k->mode),
	    k->state, k->head, k->root, k->key, k->file, time);
}

enum status
keyout_file(const struct keyout *k, struct bytes *out, struct diag *d)
{
	enum status rc;

	TRY(keyout_text(k, out, d));
	TRY(text_append(out, d, "mac %s\n", k->mac));
out:
	return rc;
}

/* What the lines say; whether that is all, and spelt so, is seen when they are
 * written again. */
static bool
read_lines(const char *at, struct keyout *k)
{
	char mode[16], time[CLOCK_TEXT_SIZE];
	uint8_t mac[SHA256_LEN];

	if (strncmp(at, HEAD, strlen(HEAD)) != 0)
		return false;
	at += strlen(HEAD);
	if (!text_take_line(&at, "mode ", mode, sizeof(mode)) ||
	    !text_take_line(&at, "state ", k->state, sizeof(k->state)) ||
	    !text_take_line(&at, "head ", k->head, sizeof(k->head)) ||
	    !text_take_line(&at, "root ", k->root, sizeof(k->root)) ||
	    !text_take_line(&at, "key ", k->key, sizeof(k->key)) ||
	    !text_take_line(&at, "file ", k->file, sizeof(k->file)) ||
	    !text_take_line(&at, "time ", time, sizeof(time)) ||
	    !text_take_line(&at, "mac ", k->mac, sizeof(k->mac)))
		return false;
	k->mode = strcmp(mode, "production") == 0 ? MODE_PRODUCTION :
						    MODE_REHEARSAL;
	return clock_read(time, &k->time, NULL) == ST_OK &&
	    text_unhex(k->mac, mac, sizeof(mac), NULL) == ST_OK;
}

static enum status
keyout_read(const char *name, const struct bytes *file, struct keyout *out,
    struct diag *d)
{
	uint8_t digest[SHA384_LEN];
	struct bytes same = { 0 };
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (file->len == 0 || file->len > KEYOUT_MAX ||
	    memchr(file->data, '\0', file->len) != NULL ||
	    !read_lines((const char *)file->data, out) ||
	    text_unhex(out->file, digest, sizeof(digest), NULL) != ST_OK)
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.25: not what is kept of a "
		    "key that was written out", name);
	TRY(keyout_file(out, &same, d));
	if (!bytes_equal(&same, file))
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.25: its lines say more than "
		    "that, or spell it otherwise", name);
out:
	bytes_free(&same);
	return rc;
}

enum status
keyout_check(const char *name, const struct bytes *file,
    const struct state *s, struct keyout *out, struct diag *d)
{
	char key[SHA384_HEX_SIZE];
	const struct root *root;
	enum status rc;

	TRY(keyout_read(name, file, out, d));
	if (out->mode != s->mode || strcmp(out->state, s->id) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.25: it is of another state",
		    name);
	if (!state_had(s, out->head))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.25: it names a head that this "
		    "state never had: this one is older, or another", name);
	if ((root = state_root(s, out->root)) == NULL)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.25: this state has no such "
		    "root", name);
	text_hex(root->key.id, SHA384_LEN, key);
	if (strcmp(key, out->key) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.25: root %s has another key",
		    name, out->root);
out:
	return rc;
}
