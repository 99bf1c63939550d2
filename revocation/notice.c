/* see notice.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "revocation/notice.h"

#define MINUTE 60
#define LABEL "CMS"
#define BEGIN "-----BEGIN " LABEL "-----\n"
#define TEXT_MAX 1024 /* bytes of the text that is signed */

void
notice_make(const struct state *s, const struct sealed *sealed, bool again,
    int64_t now, struct notice *out)
{
	memset(out, 0, sizeof(*out));
	out->mode = s->mode;
	snprintf(out->state, sizeof(out->state), "%s", s->id);
	snprintf(out->head, sizeof(out->head), "%s", state_head(s));
	out->list = *sealed;
	out->again = again;
	out->time = now - now % MINUTE;
}

static enum status
notice_text(const struct notice *n, struct bytes *out, struct diag *d)
{
	char time[CLOCK_TEXT_SIZE];

	clock_text(n->time, time);
	return text_format(out, d, CMS_RELEASE_HEAD "mode %s\nstate %s\n"
	    "head %s\nroot %s\nlist %llu\ndigest %s\nrevokes %s\nagain %s\n"
	    "time %s\n", plan_mode_word(n->mode), n->state, n->head,
	    n->list.root, (unsigned long long)n->list.number, n->list.digest,
	    n->list.target, n->again ? "yes" : "no", time);
}

enum status
notice_sign(const struct notice *n, const struct opener *who,
    const struct responder *by, const char *arc, struct bytes *out,
    struct diag *d)
{
	struct bytes text = { 0 }, p7s = { 0 }, pem = { 0 };
	enum status rc;

	TRY(notice_text(n, &text, d));
	TRY(cms_sign_release(who, by->cert, arc, n->time, &text, &p7s, d));
	TRY(cert_pem(&p7s, LABEL, &pem, d));
	TRY(text_format(out, d, "%s%s", (const char *)text.data,
	    (const char *)pem.data));
out:
	bytes_free(&text);
	bytes_free(&p7s);
	bytes_free(&pem);
	return rc;
}

/* --- read: is it of this shape? --- */

/* What the lines say; whether that is all, and spelt so, is seen when they are
 * written again. */
static bool
read_lines(const char *at, struct notice *n)
{
	char mode[16], number[24], again[8], time[CLOCK_TEXT_SIZE];

	if (strncmp(at, CMS_RELEASE_HEAD, strlen(CMS_RELEASE_HEAD)) != 0)
		return false;
	at += strlen(CMS_RELEASE_HEAD);
	if (!text_take_line(&at, "mode ", mode, sizeof(mode)) ||
	    !text_take_line(&at, "state ", n->state, sizeof(n->state)) ||
	    !text_take_line(&at, "head ", n->head, sizeof(n->head)) ||
	    !text_take_line(&at, "root ", n->list.root, sizeof(n->list.root)) ||
	    !text_take_line(&at, "list ", number, sizeof(number)) ||
	    !text_take_line(&at, "digest ", n->list.digest,
	    sizeof(n->list.digest)) ||
	    !text_take_line(&at, "revokes ", n->list.target,
	    sizeof(n->list.target)) ||
	    !text_take_line(&at, "again ", again, sizeof(again)) ||
	    !text_take_line(&at, "time ", time, sizeof(time)))
		return false;
	n->mode = strcmp(mode, "production") == 0 ? MODE_PRODUCTION :
						    MODE_REHEARSAL;
	n->again = strcmp(again, "yes") == 0;
	return text_number(number, 1, INT64_MAX, &n->list.number, NULL) ==
	    ST_OK && clock_read(time, &n->time, NULL) == ST_OK;
}

/* The text, and its signature in DER. */
static enum status
notice_read(const char *name, const struct bytes *file, struct notice *n,
    struct bytes *text, struct bytes *p7s, struct diag *d)
{
	const char *begin;
	struct bytes same = { 0 };
	enum status rc;
	size_t len;

	memset(n, 0, sizeof(*n));
	begin = file->len == 0 || file->len > NOTICE_MAX ? NULL :
	    memmem(file->data, file->len, BEGIN, strlen(BEGIN));
	len = begin == NULL ? 0 :
	    (size_t)(begin - (const char *)file->data);
	if (len < strlen(CMS_RELEASE_HEAD) || len > TEXT_MAX)
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.21: not a responder's "
		    "notice of a release", name);
	TRY(bytes_set(text, file->data, len, d));
	if (!read_lines((const char *)text->data, n))
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.21: not the lines of a "
		    "notice", name);
	TRY(notice_text(n, &same, d));
	if (!bytes_equal(&same, text))
		FAIL(d, ST_FORMAT, "%s: FORMATS 7.21: its lines say more than "
		    "a notice, or spell it otherwise", name);
	if ((rc = cms_der(begin, file->len - len, p7s, d)) != ST_OK)
		diag_prefix(d, "%s: FORMATS 7.21", name);
out:
	bytes_free(&same);
	return rc;
}

/* --- check: is it of here, and who signed it? --- */

static enum status
find_sealed(const char *name, const struct notice *n, const struct state *s,
    const struct sealed **out, struct diag *d)
{
	const struct sealed *q;
	enum status rc;

	if (n->mode != s->mode || strcmp(n->state, s->id) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.21: it is of another state",
		    name);
	if (!state_had(s, n->head))
		FAIL(d, ST_AUTH, "%s: FORMATS 7.21: it names a head that this "
		    "state never had: this one is older, or another", name);
	for (size_t i = 0; i < s->nsealed; i++) {
		q = &s->sealed[i];
		if (strcmp(q->root, n->list.root) != 0 ||
		    q->number != n->list.number ||
		    strcmp(q->digest, n->list.digest) != 0 ||
		    strcmp(q->target, n->list.target) != 0)
			continue;
		*out = q;
		return ST_OK;
	}
	rc = diag_set(d, ST_AUTH, "%s: FORMATS 7.21: no such list is sealed "
	    "in this state", name);
out:
	return rc;
}

static enum status
find_signer(const char *name, const struct responders *all, const char *arc,
    const struct bytes *text, const struct bytes *p7s, struct notice *n,
    struct diag *d)
{
	int64_t time = 0;
	enum status rc;

	for (size_t i = 0; i < all->n; i++) {
		rc = cms_verify(name, p7s, all->one[i].cert, arc, CMS_RELEASE,
		    text, &time, NULL);
		if (diag_exit(rc) == 2)
			FAIL(d, rc, "%s: its signature could not be checked",
			    name);
		if (rc != ST_OK || time != n->time)
			continue;
		snprintf(n->by, sizeof(n->by), "%s", all->one[i].word);
		return ST_OK;
	}
	rc = diag_set(d, ST_AUTH, "%s: FORMATS 7.21: it is signed by no "
	    "responder who can open that list", name);
out:
	return rc;
}

enum status
notice_check(const char *name, const struct bytes *file,
    const struct state *s, const struct step_kind *const *steps,
    struct notice *out, const struct sealed **sealed, struct diag *d)
{
	struct bytes text = { 0 }, p7s = { 0 };
	struct responders all = { 0 };
	enum status rc;

	TRY(notice_read(name, file, out, &text, &p7s, d));
	TRY(find_sealed(name, out, s, sealed, d));
	out->list = **sealed; /* what "all" is hangs on its ceremony */
	TRY(responders_read(s, *sealed, steps, &all, d));
	TRY(find_signer(name, &all, s->arc, &text, &p7s, out, d));
out:
	responders_clear(&all);
	bytes_free(&text);
	bytes_free(&p7s);
	return rc;
}
