/* see cmd.h: what a verb found, for people or for programs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

#define SHOWN_MAX 4096

static void
print_line(const char *key, int width, const char *value)
{
	char shown[SHOWN_MAX];

	/* what is printable as it stands may have been escaped already, as the
	 * names in certificates are: once is enough */
	if (text_escape(value, strlen(value), shown, sizeof(shown)))
		printf("%-*s  %s\n", width, key, value);
	else
		printf("%-*s  %s\n", width, key, shown);
}

/* Words that people compare with paper: in rows, as they stand there.  A name
 * before them, as in "g1: ", is none of them. */
static void
print_rows(const char *key, int width, const char *words)
{
	const char *at;
	size_t n, len;

	for (; *words != '\0'; words = at, key = "") {
		for (n = 0, at = words; *at != '\0' && n < WORDS_LINE;) {
			len = strcspn(at, " ");
			n += at[len - (len > 0)] != ':';
			at += len + (at[len] == ' ');
		}
		len = (size_t)(at - words) - (*at != '\0');
		printf("%-*s  %.*s\n", width, key, (int)len, words);
	}
}

static bool
is_words(const char *key)
{
	static const char mark[] = "-words";
	const size_t len = strlen(key);

	return strcmp(key, mark + 1) == 0 || (len > strlen(mark) &&
	    strcmp(key + len - strlen(mark), mark) == 0);
}

static void
print_text(const struct facts *f)
{
	const struct fact *fact;
	int width = 0;

	for (size_t i = 0; i < f->n; i++) {
		if ((int)strlen(f->fact[i].key) > width)
			width = (int)strlen(f->fact[i].key);
	}
	for (size_t i = 0; i < f->n; i++) {
		fact = &f->fact[i];
		for (size_t j = 0; j < fact->n; j++)
			(is_words(fact->key) ? print_rows : print_line)(
			    j == 0 ? fact->key : "", width, fact->value[j]);
	}
}

void
cmd_print_json(const char *text, size_t len)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if ((n = text_scalar(text + i, len - i, &c)) == 0) {
			n = 1;
			c = 0xfffd;
		}
		if (c <= '~')
			putchar((int)c);
		else if (c <= 0xffff)
			printf("\\u%04x", (unsigned)c);
		else
			printf("\\u%04x\\u%04x",
			    (unsigned)(0xd7c0 + (c >> 10)),
			    (unsigned)(0xdc00 + (c & 0x3ff)));
	}
}

static enum status
print_json(const struct facts *f, struct diag *d)
{
	json_t *o = json_object(), *v;
	const struct fact *fact;
	int bad = o == NULL;
	char *text = NULL;
	enum status rc;

	for (size_t i = 0; i < f->n && bad == 0; i++) {
		fact = &f->fact[i];
		v = fact->list ? json_array() : json_string(fact->value[0]);
		for (size_t j = 0; fact->list && j < fact->n; j++)
			bad |= json_array_append_new(v,
			    json_string(fact->value[j]));
		bad |= json_object_set_new(o, fact->key, v);
	}
	if (bad != 0 || (text = json_dumps(o, JSON_INDENT(2))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory, or text that is not UTF-8");
	cmd_print_json(text, strlen(text));
	putchar('\n');
	rc = ST_OK;
out:
	free(text);
	json_decref(o);
	return rc;
}

enum status
cmd_report(const struct call *c, const struct facts *f, struct diag *d)
{
	if (c->json)
		return print_json(f, d);
	print_text(f);
	return ST_OK;
}

enum status
cmd_say_mode(enum plan_mode mode, struct facts *f, struct diag *d)
{
	return facts_set(f, d, "mode", "%s", mode == MODE_PRODUCTION ?
	    "production" : "TEST (rehearsal)");
}
