/* see responder.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/folder.h"
#include "revocation/release.h"
#include "revocation/responder.h"

void
responders_clear(struct responders *r)
{
	for (size_t i = 0; i < r->n; i++)
		cert_free(r->one[i].cert);
	free(r->one);
	memset(r, 0, sizeof(*r));
}

/* The plan of the ceremony that sealed it, whose files ${box} then reads. */
static enum status
read_plan(const struct state *s, unsigned ceremony,
    const struct step_kind *const *steps, struct inbox *box,
    struct plan **out, struct diag *d)
{
	const struct entry *open = NULL;
	struct bytes text = { 0 };
	enum status rc;

	for (size_t i = 0; i < s->nceremonies; i++) {
		if (s->ceremonies[i].number == ceremony)
			open = &s->entries[s->ceremonies[i].first - 1];
	}
	if (open == NULL || open->n == 0)
		FAIL(d, ST_FORMAT, "the opening entry of ceremony %u has no "
		    "plan", ceremony);
	TRY(state_object(s, open->objects[0].name, &text, d));
	TRY(folder_open(s->dirfd, "requests", false, &box->dirfd, d));
	snprintf(box->prefix, sizeof(box->prefix), "%06u-", ceremony);
	TRY(plan_read(open->objects[0].name, &text, steps, box, out, d));
out:
	bytes_free(&text);
	return rc;
}

static void
copy_text(const struct ini_section *s, const char *key,
    char out[RESPONDER_TEXT])
{
	const char *text = s == NULL ? "" : plan_text(s, key, "");

	text_escape(text, strlen(text), out, RESPONDER_TEXT);
}

static enum status
add(const struct plan *p, const char *word, struct responders *out,
    struct diag *d)
{
	const struct ini_section *s = plan_section(p, "responder", word);
	struct bytes file = { 0 };
	struct responder *new;
	struct cert *c = NULL;
	char name[65];
	enum status rc;

	if (s == NULL)
		FAIL(d, ST_FORMAT, "%s: there is no [responder %s]", p->file,
		    word);
	TRY(plan_file(p, plan_entry(s, "cert", NULL), CERT_MAX, &file, name,
	    sizeof(name), d));
	TRY(cert_read(name, file.data, file.len, &c, d));
	if ((new = GROW(out->one, out->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	snprintf(new->word, sizeof(new->word), "%s", word);
	copy_text(s, "call", new->call);
	new->cert = c;
	c = NULL;
out:
	cert_free(c);
	bytes_free(&file);
	return rc;
}

/* "kill g1": the row that sealed it. */
static const struct ini_section *
kill_section(const struct plan *p, const struct facts *f)
{
	static const char kind[] = "kill ";
	const char *step = facts_get(f, "step");

	if (step == NULL || strncmp(step, kind, sizeof(kind) - 1) != 0)
		return NULL;
	return plan_section(p, "kill", step + sizeof(kind) - 1);
}

enum status
responders_read(const struct state *s, const struct sealed *sealed,
    const struct step_kind *const *steps, struct responders *out,
    struct diag *d)
{
	const struct facts *f = &s->entries[sealed->entry - 1].facts;
	const char *key = sealed_is_all(sealed) ?
	    "all-openers" : "openers";
	struct inbox box = { .dirfd = -1 };
	struct plan *p = NULL;
	enum status rc;

	TRY(read_plan(s, sealed->ceremony, steps, &box, &p, d));
	out->effective = p->effective;
	copy_text(kill_section(p, f), "publish", out->publish);
	for (size_t i = 0; i < facts_count(f, key); i++)
		TRY(add(p, facts_at(f, key, i), out, d));
out:
	if (rc != ST_OK)
		responders_clear(out);
	plan_free(p);
	if (box.dirfd >= 0)
		close(box.dirfd);
	return rc;
}

const struct responder *
responders_find(const struct responders *r, const struct spki *key)
{
	for (size_t i = 0; i < r->n; i++) {
		if (memcmp(r->one[i].cert->key.id, key->id, SHA384_LEN) == 0)
			return &r->one[i];
	}
	return NULL;
}
