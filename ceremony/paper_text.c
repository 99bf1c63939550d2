/* see paper_text.h */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ceremony/paper_text.h"
#include "ceremony/recipe.h"

enum status
paper_text_new(size_t size, struct paper_text *t, struct diag *d)
{
	*t = (struct paper_text){ 0 };
	return secret_new(size, &t->s, d);
}

void
paper_text_clear(struct paper_text *t)
{
	secret_free(t->s);
	t->s = NULL;
}

void
paper_add(struct paper_text *t, const char *fmt, ...)
{
	const size_t room = secret_len(t->s) - t->at;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf((char *)secret_bytes(t->s) + t->at, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		t->full = true;
	else
		t->at += (size_t)n;
}

void
paper_add_secret(struct paper_text *t, const char *text, size_t len)
{
	/* a NUL stands behind what add has written */
	if (len >= secret_len(t->s) - t->at) {
		t->full = true;
		return;
	}
	memcpy(secret_bytes(t->s) + t->at, text, len);
	t->at += len;
}

/* A line of prose, which must not begin as the one that programs read. */
static void
add_line(struct paper_text *t, const char *line, size_t len)
{
	paper_add(t, "%s%.*s\n", strncmp(line, PAPER_SHARE_MARK,
	    strlen(PAPER_SHARE_MARK)) == 0 ? " " : "", (int)len, line);
}

void
paper_add_wrapped(struct paper_text *t, size_t width, const char *fmt, ...)
{
	char text[2 * PAPER_SAID_MAX];
	const char *at = text;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) >= (int)sizeof(text))
		t->full = true;
	va_end(ap);
	while (strlen(at) > width) {
		for (n = width; n > 0 && at[n] != ' '; n--)
			;
		/* a word that is longer than a line is a line */
		n = n > 0 ? n : strcspn(at, " ");
		add_line(t, at, n);
		at += n + (at[n] == ' ');
	}
	add_line(t, at, strlen(at));
}

enum status
paper_text_take(const struct paper_text *t, struct secret **out,
    struct diag *d)
{
	enum status rc;

	if (t->full)
		FAIL(d, ST_BUG, "a sheet's text does not fit");
	TRY(secret_new(t->at, out, d));
	memcpy(secret_bytes(*out), secret_peek(t->s), t->at);
out:
	return rc;
}

void
paper_say_quorum(const struct sheet_view *v, char out[PAPER_SAID_MAX])
{
	const struct slip39_scheme *all = &v->set->scheme;
	const struct slip39_group *g = &all->group[v->sheet == NULL ? 0 :
	    v->sheet->group];
	char own[64] = "";

	if (all->groups == 1) {
		snprintf(out, PAPER_SAID_MAX, "Any %u of the %u sheets "
		    "together open the root; fewer open nothing.", g->need,
		    g->members);
		return;
	}
	if (v->sheet != NULL)
		snprintf(own, sizeof(own), ", of this one any %u of %u",
		    g->need, g->members);
	snprintf(out, PAPER_SAID_MAX, "%u of the %u groups of sheets together "
	    "open the root, fewer open nothing; a group counts when enough of "
	    "its sheets are there%s.", all->need, all->groups, own);
}

void
paper_say_found(const struct sheet_view *v, char out[PAPER_SAID_MAX])
{
	snprintf(out, PAPER_SAID_MAX, "This sheet is one part of a key that "
	    "is kept in parts, each with somebody else (%s). Alone it opens "
	    "nothing. Please do not copy, photograph or type its words. Put "
	    "it into an envelope, give it back to its holder or owner, and "
	    "say where it was and whether it was sealed, so that it can be "
	    "replaced in time.", v->ceremony);
}

void
paper_say_share(const struct sheet_view *v, char out[PAPER_SAID_MAX])
{
	const struct slip39_scheme *s = &v->set->scheme;
	const char *keeper = v->set->keeper;
	size_t at;

	at = (size_t)snprintf(out, PAPER_SAID_MAX, "The words are a SLIP-39 "
	    "share with ext %d, exponent %u, %s%s. %s", s->extendable,
	    s->exponent, keeper[0] == '\0' ? "no passphrase" :
	    "and a passphrase, kept by ", keeper, s->extendable ?
	    "Programs from before 2024 may not know ext 1; take a newer one." :
	    "Old and new programs read it.");
	if (v->adopted != NULL && at < PAPER_SAID_MAX)
		snprintf(out + at, PAPER_SAID_MAX - at, " The key was there "
		    "before the sheets and does not follow from them: it lies "
		    "in the file %s, kept with the record and printed as codes "
		    "on the pages of the recovery that lie with the sheets. "
		    "Without that file they open nothing. Its SHA-256: %s",
		    v->adopted, v->adopted_sha256);
}

const struct recipe *
paper_recipe(const struct sheet_view *v)
{
	return v->adopted != NULL ? &recipe_adopted : recipe_of(v->root->alg);
}

void
paper_say_first(const struct sheet_view *v, char out[PAPER_SAID_MAX])
{
	const char *bare;

	if (v->adopted == NULL) {
		snprintf(out, PAPER_SAID_MAX, "%s", recipe_salt(v->test));
		return;
	}
	bare = strrchr(v->adopted, '/');
	snprintf(out, PAPER_SAID_MAX, "F=%s", bare == NULL ? v->adopted :
	    bare + 1);
}

void
paper_say_step(const struct sheet_view *v, unsigned i,
    char out[PAPER_SAID_MAX])
{
	const struct recipe *r = paper_recipe(v);
	const char *keeper = v->set->keeper;

	switch (i) {
	case 0:
		snprintf(out, PAPER_SAID_MAX, "Bring just as many sheets "
		    "together as open the root (some programs refuse more). "
		    "Take a machine that has no network and is switched off "
		    "afterwards, and work in a folder that is in memory: "
		    "cd /dev/shm");
		return;
	case 1:
		snprintf(out, PAPER_SAID_MAX, "Give their words to any program "
		    "for SLIP-39 (there are some in Python, JavaScript, Rust "
		    "and Go), %s%s. It gives 32 bytes, the seed: 64 digits in "
		    "hex. Enter S= with the digits behind it.",
		    keeper[0] == '\0' ? "without a passphrase" :
		    "and the passphrase, which is with ", keeper);
		return;
	default:
		snprintf(out, PAPER_SAID_MAX, "%sEnter these lines in a shell "
		    "that has %s; a backslash at the end says that the next "
		    "line belongs to it:", v->adopted == NULL ? "" : "Put the "
		    "file into that folder. ", r == NULL ? "openssl" :
		    r->needs);
		return;
	}
}

void
paper_say_last(const struct sheet_view *v, char out[PAPER_SAID_MAX])
{
	snprintf(out, PAPER_SAID_MAX, "The last line shows the SHA-384 of the "
	    "root's public key, which stands %s: then key.pem is the root's "
	    "key. If it shows another, or nothing, a word%s is wrong, or the "
	    "sheets are not of one set.", v->sheet == NULL ?
	    "on the first page" : "on the sheet", v->set->keeper[0] == '\0' ? "" :
	    " or the passphrase");
}
