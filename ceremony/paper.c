/* see paper.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/paper_text.h"
#include "ceremony/recipe.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

#define TEST_MARK                                                             \
	"*** TEST *** TEST *** TEST *** not a real key *** TEST ***"
#define WORD_WIDTH 10 /* columns; the longest word has 8 letters */

/* The words, four in a row, each with its number. */
static void
add_words(struct paper_text *t, const struct secret *mnemonic)
{
	const char *at = (const char *)secret_peek(mnemonic);
	const char *end = at + secret_len(mnemonic);
	unsigned number = 0;
	int len;

	while (at < end) {
		for (len = 0; at + len < end && at[len] != ' '; len++)
			;
		number++;
		paper_add(t, "   %2u  ", number);
		paper_add_secret(t, at, (size_t)len);
		paper_add(t, "%*s%s", len < WORD_WIDTH ? WORD_WIDTH - len : 0,
		    "", number % 4 == 0 ? "\n" : "");
		at += len + 1;
	}
	paper_add(t, "%s\n", number % 4 == 0 ? "" : "\n");
}

/* The root's words, four in a row. */
static enum status
add_root_words(struct paper_text *t, const struct spki *root, struct diag *d)
{
	struct bytes words = { 0 };
	const char *at;
	enum status rc;
	int len;

	TRY(words_text(root->id, WORDS_SHORT, &words, d));
	at = (const char *)words.data;
	for (unsigned n = 1; *at != '\0'; n++) {
		len = (int)strcspn(at, " ");
		paper_add(t, "%s %.*s%s", n % WORDS_LINE == 1 ? "  " : "", len,
		    at, n % WORDS_LINE == 0 ? "\n" : "");
		at += len + (at[len] == ' ');
	}
out:
	bytes_free(&words);
	return rc;
}

static enum status
add_root(struct paper_text *t, const struct spki *root, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(root->id, sizeof(root->id), id);
	paper_add(t, "Root key (%s), SHA-384 of its SubjectPublicKeyInfo:\n"
	    "   %.48s\n   %s\nin words:\n", root->alg, id, id + 48);
	TRY(add_root_words(t, root, d));
	paper_add(t, "\n");
out:
	return rc;
}

/* What somebody does who has the paper and not this program. */
static void
add_recipe(struct paper_text *t, const struct sheet_view *v)
{
	const struct recipe *r = paper_recipe(v);
	char said[PAPER_SAID_MAX];

	if (r == NULL)
		return;
	paper_add(t, "TO MAKE THE KEY WITHOUT THE PROGRAM THAT MADE THIS\n");
	for (unsigned i = 0; i < PAPER_STEPS; i++) {
		paper_say_step(v, i, said);
		paper_add_wrapped(t, PAPER_WIDTH, "%u. %s", i + 1, said);
	}
	paper_say_first(v, said);
	paper_add(t, "\n%s\n", said);
	for (size_t i = 0; r->line[i] != NULL; i++)
		paper_add(t, "%s\n", r->line[i]);
	paper_add(t, "\n");
	paper_say_last(v, said);
	paper_add_wrapped(t, PAPER_WIDTH, "%s", said);
	paper_add(t, "\n");
}

static void
add_found(struct paper_text *t, const struct sheet_view *v)
{
	char said[PAPER_SAID_MAX];

	paper_add(t, "IF YOU FOUND THIS\n");
	paper_say_found(v, said);
	paper_add_wrapped(t, PAPER_WIDTH, "%s", said);
	paper_add(t, "\n");
	paper_say_share(v, said);
	paper_add_wrapped(t, PAPER_WIDTH, "%s", said);
	paper_add(t, "\n");
}

/* Whose, where, and how many it takes. */
static void
add_whose(struct paper_text *t, const struct sheet_view *v)
{
	const struct sheet *s = v->sheet;
	char said[PAPER_SAID_MAX];

	if (v->name != NULL)
		paper_add(t, "For %s\n", v->name);
	paper_add(t, "Holder: %s\n%s%s%sGroup: %s\n", s->holder,
	    s->place[0] == '\0' ? "" : "Kept at: ", s->place,
	    s->place[0] == '\0' ? "" : "\n", s->group_name);
	paper_say_quorum(v, said);
	paper_add_wrapped(t, PAPER_WIDTH, "%s", said);
	paper_add(t, "\n");
}

enum status
paper_sheet(const struct sheet_view *v, struct secret **out, struct diag *d)
{
	const struct sheet *s = v->sheet;
	struct paper_text t = { 0 };
	char check[32];
	enum status rc;

	*out = NULL;
	TRY(paper_text_new(PAPER_SHEET_MAX, &t, d));
	sheet_check_words(s->commitment, check);
	if (v->test)
		paper_add(&t, TEST_MARK "\n\n");
	paper_add(&t, "SHEET %u OF %zu of root %s\n", s->number, v->set->n,
	    v->set->root);
	paper_add_wrapped(&t, PAPER_WIDTH, "%s%s%s, epoch %u", v->ceremony,
	    v->date == NULL ? "" : ", ", v->date == NULL ? "" : v->date,
	    v->set->epoch);
	paper_add(&t, "\n");
	add_whose(&t, v);
	add_words(&t, v->mnemonic);
	paper_add(&t, "Check words (they catch slips, nothing else): %s\n\n",
	    check);
	TRY(add_root(&t, v->root, d));
	add_found(&t, v);
	add_recipe(&t, v);
	paper_add(&t, PAPER_SHARE_MARK);
	paper_add_secret(&t, (const char *)secret_peek(v->mnemonic),
	    secret_len(v->mnemonic));
	paper_add(&t, "\n");
	TRY(paper_text_take(&t, out, d));
out:
	paper_text_clear(&t);
	return rc;
}

enum status
paper_screen(const struct sheet_view *v, struct secret **out, struct diag *d)
{
	const struct sheet *s = v->sheet;
	const struct slip39_scheme *scheme = &v->set->scheme;
	const struct slip39_group *g = &scheme->group[s->group];
	const bool has_keeper = v->set->keeper[0] != '\0';
	struct paper_text t = { 0 };
	char check[32];
	enum status rc;

	*out = NULL;
	TRY(paper_text_new(PAPER_SHEET_MAX, &t, d));
	sheet_check_words(s->commitment, check);
	paper_add(&t, "%sSHEET %u OF %zu of root %s, epoch %u\n%s\n",
	    v->test ? TEST_MARK "\n" : "", s->number, v->set->n, v->set->root,
	    v->set->epoch, v->ceremony);
	paper_add(&t, "For %s%s%s\nGroup %s: %u of its %u sheets, %u of %u "
	    "groups\n", s->holder, s->place[0] == '\0' ? "" : ", kept at ",
	    s->place, s->group_name, g->need, g->members, scheme->need,
	    scheme->groups);
	if (has_keeper)
		paper_add(&t, "and a passphrase, kept by %s (exponent %u)\n",
		    v->set->keeper, scheme->exponent);
	paper_add(&t, "\n");
	add_words(&t, v->mnemonic);
	if (v->adopted != NULL)
		paper_add(&t, "Opens only with %s, SHA-256 %.16s...\n",
		    v->adopted, v->adopted_sha256);
	/* one row more above is one less here */
	paper_add(&t, "Check words: %s%sRoot key in words:\n", check,
	    has_keeper || v->adopted != NULL ? "; " : "\n");
	TRY(add_root_words(&t, v->root, d));
	TRY(paper_text_take(&t, out, d));
out:
	paper_text_clear(&t);
	return rc;
}

/* The next line of ${text} from ${*at}; false at the end. */
static bool
next_line(const struct secret *text, size_t *at, const char **line,
    size_t *len)
{
	const char *base = (const char *)secret_peek(text);
	const size_t end = secret_len(text);

	if (*at >= end)
		return false;
	*line = base + *at;
	for (*len = 0; *at + *len < end && (*line)[*len] != '\n'; (*len)++)
		;
	*at += *len + 1;
	while (*len > 0 && ((*line)[*len - 1] == ' ' ||
	    (*line)[*len - 1] == '\r'))
		(*len)--;
	return true;
}

static bool
is_marked(const char *line, size_t len)
{
	const size_t mark = strlen(PAPER_SHARE_MARK);

	return len > mark && memcmp(line, PAPER_SHARE_MARK, mark) == 0;
}

static enum status
keep(const char *line, size_t len, const char *what, struct secret **list,
    size_t max, size_t *n, struct diag *d)
{
	enum status rc;

	if (*n == max)
		FAIL(d, ST_FORMAT, "more than %zu %s", max, what);
	TRY(secret_new(len, &list[*n], d));
	memcpy(secret_bytes(list[(*n)++]), line, len);
out:
	return rc;
}

static void
drop(struct secret **list, size_t *n)
{
	while (*n > 0) {
		secret_free(list[--*n]);
		list[*n] = NULL;
	}
}

enum status
paper_shares(const struct secret *text, struct secret **share, size_t max,
    size_t *n, struct diag *d)
{
	bool marked = false;
	const char *line;
	size_t at = 0, len, skip;
	enum status rc;

	*n = 0;
	while (next_line(text, &at, &line, &len))
		marked |= is_marked(line, len);
	at = 0;
	while (next_line(text, &at, &line, &len)) {
		if (len == 0 || (marked && !is_marked(line, len)))
			continue;
		skip = marked ? strlen(PAPER_SHARE_MARK) : 0;
		TRY(keep(line + skip, len - skip, "shares", share, max, n, d));
	}
	if (*n == 0)
		FAIL(d, ST_FORMAT, "there is no share in it");
	rc = ST_OK;
out:
	if (rc != ST_OK)
		drop(share, n);
	return rc;
}

enum status
paper_lines(const struct secret *text, struct secret **line, size_t max,
    size_t *n, struct diag *d)
{
	const char *at;
	size_t from = 0, len;
	enum status rc;

	*n = 0;
	while (next_line(text, &from, &at, &len)) {
		for (; len > 0 && *at == ' '; len--)
			at++;
		if (len == 0)
			continue;
		TRY(keep(at, len, "lines", line, max, n, d));
	}
	if (*n == 0)
		FAIL(d, ST_FORMAT, "there is no line in it");
	rc = ST_OK;
out:
	if (rc != ST_OK)
		drop(line, n);
	return rc;
}
