/* see paper.h */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ceremony/paper.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

#define SHARE_MARK "share: "
#define TEST_MARK                                                             \
	"*** TEST *** TEST *** TEST *** not a real key *** TEST ***"
#define WORD_WIDTH 10 /* columns; the longest word has 8 letters */

/* Text that grows inside one secret of fixed size. */
struct sheet_text {
	struct secret *s;
	size_t at;
	bool full;
};

static void add(struct sheet_text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
add(struct sheet_text *t, const char *fmt, ...)
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

/* Words of a share: never through printf, which may keep a copy. */
static void
add_secret(struct sheet_text *t, const char *text, size_t len)
{
	/* a NUL stands behind what add has written */
	if (len >= secret_len(t->s) - t->at) {
		t->full = true;
		return;
	}
	memcpy(secret_bytes(t->s) + t->at, text, len);
	t->at += len;
}

/* The words, four in a row, each with its number. */
static void
add_words(struct sheet_text *t, const struct secret *mnemonic)
{
	const char *at = (const char *)secret_peek(mnemonic);
	const char *end = at + secret_len(mnemonic);
	unsigned number = 0;
	int len;

	while (at < end) {
		for (len = 0; at + len < end && at[len] != ' '; len++)
			;
		number++;
		add(t, "   %2u  ", number);
		add_secret(t, at, (size_t)len);
		add(t, "%*s%s", len < WORD_WIDTH ? WORD_WIDTH - len : 0, "",
		    number % 4 == 0 ? "\n" : "");
		at += len + 1;
	}
	add(t, "%s\n", number % 4 == 0 ? "" : "\n");
}

/* The root's words, four in a row. */
static enum status
add_root_words(struct sheet_text *t, const struct spki *root, struct diag *d)
{
	struct bytes words = { 0 };
	const char *at;
	enum status rc;
	int len;

	TRY(words_text(root->id, WORDS_SHORT, &words, d));
	at = (const char *)words.data;
	for (unsigned n = 1; *at != '\0'; n++) {
		len = (int)strcspn(at, " ");
		add(t, "%s %.*s%s", n % WORDS_LINE == 1 ? "  " : "", len, at,
		    n % WORDS_LINE == 0 ? "\n" : "");
		at += len + (at[len] == ' ');
	}
out:
	bytes_free(&words);
	return rc;
}

static enum status
add_root(struct sheet_text *t, const struct spki *root, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(root->id, sizeof(root->id), id);
	add(t, "Root key (%s), SHA-384 of its SubjectPublicKeyInfo:\n"
	    "   %.48s\n   %s\nin words:\n", root->alg, id, id + 48);
	TRY(add_root_words(t, root, d));
	add(t, "\n");
out:
	return rc;
}

/* How the seed of a root becomes its key. */
static void
add_way(struct sheet_text *t, const struct sheet_view *v)
{
	const char *bare;

	if (v->adopted == NULL) {
		add(t, "gives the 32-byte seed, and the key follows from it "
		    "with openssl and bc\n(docs/FORMATS.md 5).\n\n");
		return;
	}
	bare = strrchr(v->adopted, '/');
	bare = bare == NULL ? v->adopted : bare + 1;
	add(t, "gives the 32-byte seed. The key was there before the sheets "
	    "and does NOT\nfollow from it: it lies in the file %s, kept "
	    "with the\nrecord and printed as codes with the sheets. Without "
	    "that file the sheets\nopen nothing. Its SHA-256:\n   %s\nWith "
	    "the seed in hex in S (docs/FORMATS.md 5.15):\n", v->adopted,
	    v->adopted_sha256);
	add(t, "P=$(openssl kdf -keylen 32 -kdfopt digest:SHA512 -kdfopt "
	    "hexkey:$S \\\n -kdfopt salt:\"anchorite seed labels v1\" "
	    "-kdfopt info:adopt-password \\\n HKDF | tr -d ':\\n')\n"
	    "openssl pkey -in %s -passin pass:$P -out key.pem\n"
	    "openssl pkey -in key.pem -pubout -outform DER | sha384sum\n\n",
	    bare);
}

/* As much of it as was written, in a secret of just that length. */
static enum status
cut_to_size(const struct sheet_text *t, struct secret **out, struct diag *d)
{
	enum status rc;

	if (t->full)
		FAIL(d, ST_BUG, "a sheet's text does not fit");
	TRY(secret_new(t->at, out, d));
	memcpy(secret_bytes(*out), secret_peek(t->s), t->at);
out:
	return rc;
}

/* A passphrase never stands on a sheet; who keeps it does. */
static void
add_what_it_is(struct sheet_text *t, const struct sheet_set *set)
{
	if (set->keeper[0] == '\0')
		add(t, "Keep it sealed and apart from the other sheets. It is "
		    "a SLIP-39 share\n(ext %d, exponent %u, no passphrase): "
		    "with enough sheets any SLIP-39 program\ngives the 32-byte "
		    "seed, and the key follows from it with openssl and bc\n"
		    "(docs/FORMATS.md 5).\n\n", set->scheme.extendable,
		    set->scheme.exponent);
	else
		add(t, "Keep it sealed and apart from the other sheets. It is "
		    "a SLIP-39 share\n(ext %d, exponent %u), and a passphrase,"
		    "\nkept by %s: with enough sheets and that any\n"
		    "SLIP-39 program gives the 32-byte seed, and the key "
		    "follows from it with\nopenssl and bc (docs/FORMATS.md 5)."
		    "\n\n", set->scheme.extendable, set->scheme.exponent,
		    set->keeper);
}

enum status
paper_sheet(const struct sheet_view *v, struct secret **out, struct diag *d)
{
	const struct sheet *s = v->sheet;
	const struct slip39_group *g = &v->set->scheme.group[s->group];
	struct sheet_text t = { 0 };
	char check[32];
	enum status rc;

	*out = NULL;
	TRY(secret_new(PAPER_SHEET_MAX, &t.s, d));
	sheet_check_words(s->commitment, check);
	if (v->test)
		add(&t, TEST_MARK "\n\n");
	add(&t, "SHEET %u OF %zu of root %s\n%s, epoch %u\n\n", s->number,
	    v->set->n, v->set->root, v->ceremony, v->set->epoch);
	add(&t, "Holder: %s%s%s\nGroup %s: any %u of its %u sheets; %u of %u "
	    "groups open the root.\n\n", s->holder,
	    s->place[0] == '\0' ? "" : ", kept at ", s->place, s->group_name,
	    g->need, g->members, v->set->scheme.need, v->set->scheme.groups);
	add_words(&t, v->mnemonic);
	add(&t, "Check words (they catch slips, nothing else): %s\n\n", check);
	TRY(add_root(&t, v->root, d));
	add_what_it_is(&t, v->set);
	if (v->adopted != NULL)
		add_way(&t, v);
	add(&t, SHARE_MARK);
	add_secret(&t, (const char *)secret_peek(v->mnemonic),
	    secret_len(v->mnemonic));
	add(&t, "\n");
	TRY(cut_to_size(&t, out, d));
out:
	secret_free(t.s);
	return rc;
}

enum status
paper_screen(const struct sheet_view *v, struct secret **out, struct diag *d)
{
	const struct sheet *s = v->sheet;
	const struct slip39_scheme *scheme = &v->set->scheme;
	const struct slip39_group *g = &scheme->group[s->group];
	const bool has_keeper = v->set->keeper[0] != '\0';
	struct sheet_text t = { 0 };
	char check[32];
	enum status rc;

	*out = NULL;
	TRY(secret_new(PAPER_SHEET_MAX, &t.s, d));
	sheet_check_words(s->commitment, check);
	add(&t, "%sSHEET %u OF %zu of root %s, epoch %u\n%s\n",
	    v->test ? TEST_MARK "\n" : "", s->number, v->set->n, v->set->root,
	    v->set->epoch, v->ceremony);
	add(&t, "For %s%s%s\nGroup %s: %u of its %u sheets, %u of %u groups"
	    "\n", s->holder, s->place[0] == '\0' ? "" : ", kept at ",
	    s->place, s->group_name, g->need, g->members, scheme->need,
	    scheme->groups);
	if (has_keeper)
		add(&t, "and a passphrase, kept by %s (exponent %u)\n",
		    v->set->keeper, scheme->exponent);
	add(&t, "\n");
	add_words(&t, v->mnemonic);
	if (v->adopted != NULL)
		add(&t, "Opens only with %s, SHA-256 %.16s...\n", v->adopted,
		    v->adopted_sha256);
	/* one row more above is one less here */
	add(&t, "Check words: %s%sRoot key in words:\n", check,
	    has_keeper || v->adopted != NULL ? "; " : "\n");
	TRY(add_root_words(&t, v->root, d));
	TRY(cut_to_size(&t, out, d));
out:
	secret_free(t.s);
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
	const size_t mark = strlen(SHARE_MARK);

	return len > mark && memcmp(line, SHARE_MARK, mark) == 0;
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
		if (*n == max)
			FAIL(d, ST_FORMAT, "more than %zu shares", max);
		skip = marked ? strlen(SHARE_MARK) : 0;
		TRY(secret_new(len - skip, &share[*n], d));
		memcpy(secret_bytes(share[(*n)++]), line + skip, len - skip);
	}
	if (*n == 0)
		FAIL(d, ST_FORMAT, "there is no share in it");
	rc = ST_OK;
out:
	if (rc != ST_OK) {
		while (*n > 0)
			secret_free(share[--*n]);
	}
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
		if (*n == max)
			FAIL(d, ST_FORMAT, "more than %zu lines", max);
		TRY(secret_new(len, &line[*n], d));
		memcpy(secret_bytes(line[(*n)++]), at, len);
	}
	if (*n == 0)
		FAIL(d, ST_FORMAT, "there is no line in it");
	rc = ST_OK;
out:
	if (rc != ST_OK) {
		while (*n > 0)
			secret_free(line[--*n]);
	}
	return rc;
}
