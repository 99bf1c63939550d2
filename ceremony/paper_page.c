/* see paper.h: a sheet as pages.  lib/code/page.h says what each line is. */
#include <stdio.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/paper_text.h"
#include "ceremony/recipe.h"
#include "lib/base/text.h"
#include "lib/code/press.h"
#include "lib/crypto/words.h"

#define CODE_SIDE 168 /* points */

/* Whose sheet of what. */
static void
add_title(struct paper_text *t, const struct sheet_view *v)
{
	const struct sheet *s = v->sheet;
	const struct slip39_group *g = &v->set->scheme.group[s->group];
	const char *name = v->name != NULL ? v->name : s->holder;
	char check[32];

	sheet_check_words(s->commitment, check);
	if (v->date != NULL)
		paper_add(t, "D %sT00:00:00Z\n", v->date);
	if (v->test)
		paper_add(t, "M " PAPER_MARK "\n");
	paper_add(t, "H Anchorite\nT SHEET %u OF %zu of root %s\n", s->number,
	    v->set->n, v->set->root);
	paper_add(t, "U %s%s%s\n", v->ceremony, v->date == NULL ? "" : ", ",
	    v->date == NULL ? "" : v->date);
	paper_add(t, "N Holder\t%s\n", name);
	paper_add(t, "F Kept at\t%s\n", s->place[0] == '\0' ? "-" : s->place);
	paper_add(t, "F Group\t%s: any %u of %u\n", s->group_name, g->need,
	    g->members);
	paper_add(t, "F Set of sheets\tepoch %u\n", v->set->epoch);
	paper_add(t, "F Check words\t%s\n", check);
}

enum status
paper_add_root(struct paper_text *t, const struct spki *root, const char *bar,
    struct diag *d)
{
	struct bytes words = { 0 };
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(root->id, sizeof(root->id), id);
	TRY(words_text(root->id, WORDS_SHORT, &words, d));
	paper_add(t, "%sL Root key (%s) in words\n%sV %s\n", bar, root->alg,
	    bar, (const char *)words.data);
	paper_add(t, "%sL SHA-384 of its SubjectPublicKeyInfo\n%sX %.*s\n"
	    "%sX %s\n", bar, bar, PAPER_HEX_LINE, id, bar,
	    id + PAPER_HEX_LINE);
out:
	bytes_free(&words);
	return rc;
}

static void
add_found(struct paper_text *t, const struct sheet_view *v)
{
	char said[PAPER_SAID_MAX];

	paper_add(t, "L \n~\n-\nG If you found this\n");
	paper_say_found(v, said);
	paper_add(t, "P %s\n", said);
}

void
paper_add_steps(struct paper_text *t, const struct sheet_view *v)
{
	const struct recipe *r = paper_recipe(v);
	char said[PAPER_SAID_MAX];

	paper_say_quorum(v, said);
	paper_add(t, "P %s\n", said);
	paper_say_share(v, said);
	paper_add(t, "P %s\n", said);
	if (r == NULL)
		return;
	for (unsigned i = 0; i < PAPER_STEPS; i++) {
		paper_say_step(v, i, said);
		paper_add(t, "S %s\n", said);
	}
	paper_say_first(v, said);
	paper_add(t, "X %s\n", said);
	for (size_t i = 0; r->line[i] != NULL; i++)
		paper_add(t, "X %s\n", r->line[i]);
	paper_say_last(v, said);
	paper_add(t, "P %s\n", said);
}

/* In upper case, which a code takes fewer modules for: a letter has bit 6, and
 * without bit 5 it is a capital one. */
static enum status
make_code(const struct secret *mnemonic, struct secret **out, struct diag *d)
{
	const uint8_t *from = secret_peek(mnemonic);
	const size_t len = secret_len(mnemonic);
	enum status rc;

	TRY(secret_new(len, out, d));
	for (size_t i = 0; i < len; i++)
		secret_bytes(*out)[i] = (uint8_t)(from[i] &
		    ~(from[i] >> 1 & 0x20));
out:
	return rc;
}

enum status
paper_page(const struct sheet_view *v, struct secret **text,
    struct secret **code, struct diag *d)
{
	struct paper_text t = { 0 };
	char said[PAPER_SAID_MAX];
	enum status rc;

	*text = *code = NULL;
	TRY(paper_text_new(PRESS_TEXT_MAX, &t, d));
	add_title(&t, v);
	paper_say_quorum(v, said);
	paper_add(&t, "P %s\nL The words, in this order\nW ", said);
	paper_add_secret(&t, (const char *)secret_peek(v->mnemonic),
	    secret_len(v->mnemonic));
	paper_add(&t, "\n~\nC %d\t0\tfor a camera\n",
	    CODE_SIDE);
	TRY(paper_add_root(&t, v->root, "|", d));
	add_found(&t, v);
	paper_add(&t, "B\nH SHEET %u OF %zu of root %s, epoch %u\n"
	    "G To make the key without the program that made this\n",
	    v->sheet->number, v->set->n, v->set->root, v->set->epoch);
	paper_add_steps(&t, v);
	TRY(make_code(v->mnemonic, code, d));
	TRY(paper_text_take(&t, text, d));
out:
	paper_text_clear(&t);
	if (rc != ST_OK) {
		secret_free(*code);
		*code = NULL;
	}
	return rc;
}
