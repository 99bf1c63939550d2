/* sheet: what stands on sheets, without a ceremony.
 *	sheet recipe ALG	the lines from a seed to a key
 *	sheet algs		the algorithms that there are lines for
 *	sheet draw DIR ALG	sheets with the longest of everything, as NAME.txt
 *				and NAME.pdf in DIR; shows the words of one */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/recipe.h"
#include "lib/base/file.h"
#include "lib/code/press.h"
#include "lib/crypto/slip39.h"

#define WORDS 33

static int
recipe(const char *alg)
{
	const struct recipe *r = recipe_of(alg);

	for (size_t i = 0; r != NULL && r->line[i] != NULL; i++)
		puts(r->line[i]);
	return r == NULL;
}

static int
algs(void)
{
	const struct recipe *r;

	for (unsigned i = 0; (r = recipe_at(i)) != NULL; i++)
		puts(r->alg);
	return 0;
}

/* 33 of the longest words: 296 characters. */
static enum status
longest(struct secret **out, struct diag *d)
{
	enum status rc;
	size_t at = 0, n = 0;
	const char *w;

	TRY(secret_new(WORDS * 9 - 1, out, d));
	for (unsigned i = 0; n < WORDS; i++) {
		w = slip39_word(i % 1024);
		if (strlen(w) != 8)
			continue;
		if (at > 0)
			secret_bytes(*out)[at++] = ' ';
		memcpy(secret_bytes(*out) + at, w, 8);
		at += 8;
		n++;
	}
	printf("%.*s\n", (int)at, (const char *)secret_peek(*out));
out:
	return rc;
}

/* Names of 40 characters, and one that is as long as a name may be. */
static const struct {
	const char *file, *name;
} names[] = {
	{ "greek", "Ευανθία Παπαδοπούλου Ξενοφώντος Ζαχαρίου" },
	{ "hebrew", "אברהם יצחק בן־ציון מזרחי־גולדשטיין לבית א" },
	{ "chinese", "歐陽司馬諸葛上官夏侯東方皇甫尉遲公孫慕容"
	    "令狐宇文長孫鮮于司徒軒轅鍾離端木百里南宮" },
	{ "latin", "Maximiliana Wilhelmina von Württemberg-Öttingen-"
	    "Wallerstein und zu Hohenlohe-Waldenburg-Schillingsfürst, "
	    "geborene Freiin von und zu Guttenberg, WWWWWWWWWWWWWWWWWWWW"
	    "WWWWWWWWWWWWWWWWWWWWWWWWW" },
};

static enum status
draw_one(struct press *p, struct sheet_view *v, const char *dir, size_t i,
    struct diag *d)
{
	struct secret *text = NULL, *code = NULL, *sheet = NULL;
	const uint8_t *pdf;
	char path[1024];
	enum status rc;
	size_t len;

	v->name = names[i].name;
	TRY(paper_sheet(v, &sheet, d));
	snprintf(path, sizeof(path), "%s/%s.txt", dir, names[i].file);
	TRY(file_create(path, secret_peek(sheet), secret_len(sheet), d));
	TRY(paper_page(v, &text, &code, d));
	TRY(press_draw(p, text, code, &pdf, &len, d));
	snprintf(path, sizeof(path), "%s/%s.pdf", dir, names[i].file);
	TRY(file_create(path, pdf, len, d));
out:
	secret_free(text);
	secret_free(code);
	secret_free(sheet);
	return rc;
}

static enum status
draw(const char *dir, const char *alg, struct diag *d)
{
	static struct sheet_set set = { .root = "root-of-thirty-two-letters-w-"
		"www", .epoch = 999, .n = 256 };
	static struct sheet sheet = { .number = 256, .group = 15, .member = 15,
		.group_name = "group-of-thirty-two-letters-wwww",
		.holder = "holder-of-thirty-two-letters-www",
		.place = "place-of-thirty-two-letters-wwww" };
	static struct spki root = { 0 };
	struct sheet_view v = { .set = &set, .sheet = &sheet, .root = &root,
		.test = true, .date = "2027-03-01",
		.ceremony = "Gesellschaft für Schlüsselzeremonien und "
		    "Grundsteine mbH & Co. KG, ceremony 999999" };
	struct press *p = NULL;
	struct secret *words = NULL;
	enum status rc;

	snprintf(root.alg, sizeof(root.alg), "%s", alg);
	set.sheets = &sheet;
	set.scheme = (struct slip39_scheme){ .extendable = true,
		.exponent = 1, .need = 16, .groups = 16 };
	for (size_t i = 0; i < 16; i++)
		set.scheme.group[i] = (struct slip39_group){ 16, 16 };
	TRY(press_start(false, &p, d));
	TRY(longest(&words, d));
	v.mnemonic = words;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		TRY(draw_one(p, &v, dir, i, d));
out:
	press_free(p);
	secret_free(words);
	return rc;
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };

	if (argc == 3 && strcmp(argv[1], "recipe") == 0)
		return recipe(argv[2]);
	if (argc == 2 && strcmp(argv[1], "algs") == 0)
		return algs();
	if (argc != 4 || strcmp(argv[1], "draw") != 0)
		return 2;
	if (draw(argv[2], argv[3], &d) == ST_OK)
		return 0;
	fprintf(stderr, "sheet: %s\n", d.text);
	return 1;
}
