/* see cmd.h: version and words. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/start.h"
#include "lib/crypto/words.h"

enum status
cmd_version(const struct call *c, struct diag *d)
{
	struct facts f = { 0 };
	enum status rc;

	TRY(facts_set(&f, d, "anchorite", "%s", VERSION));
	TRY(facts_set(&f, d, "openssl", "%s", crypto_openssl()));
	TRY(facts_set(&f, d, "libsodium", "%s", crypto_sodium()));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	return rc;
}

enum status
cmd_lay_words(const char *words, const char *indent, struct bytes *out,
    struct diag *d)
{
	size_t n = 0;
	int len;
	enum status rc = ST_OK;

	for (; *words != '\0'; words += len + (words[len] == ' ')) {
		len = (int)strcspn(words, " ");
		TRY(text_append(out, d, "%s%.*s%s", n % WORDS_LINE == 0 ?
		    indent : " ", len, words, (n + 1) % WORDS_LINE == 0 ?
		    "\n" : ""));
		n++;
	}
out:
	return rc;
}

enum status
cmd_print_words(const char *words, const char *indent, struct diag *d)
{
	struct bytes lines = { 0 };
	enum status rc;

	TRY(cmd_lay_words(words, indent, &lines, d));
	printf("%s", (const char *)lines.data);
out:
	bytes_free(&lines);
	return rc;
}

enum status
cmd_words(const struct call *c, struct diag *d)
{
	char hex[SHA384_HEX_SIZE];
	uint8_t digest[SHA384_LEN];
	struct bytes data = { 0 }, words = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(file_read(c->arg[0], FILE_MAX, &data, d));
	hash_sha384(data.data, data.len, digest);
	text_hex(digest, sizeof(digest), hex);
	TRY(words_text(digest, WORDS_FULL, &words, d));
	if (c->json) {
		TRY(facts_set(&f, d, "sha384", "%s", hex));
		TRY(facts_set(&f, d, "words", "%s",
		    (const char *)words.data));
		TRY(cmd_report(c, &f, d));
		goto out;
	}
	printf("%s\n", hex);
	TRY(cmd_print_words((const char *)words.data, "", d));
out:
	facts_clear(&f);
	bytes_free(&data);
	bytes_free(&words);
	return rc;
}

enum status
cmd_say_head(const char *head, struct facts *f, struct diag *d)
{
	struct bytes words = { 0 };
	uint8_t digest[SHA384_LEN];
	enum status rc;

	TRY(text_unhex(head, digest, sizeof(digest), d));
	TRY(words_text(digest, WORDS_FULL, &words, d));
	TRY(facts_set(f, d, "head", "%s", head));
	TRY(facts_set(f, d, "head-words", "%s", (const char *)words.data));
out:
	bytes_free(&words);
	return rc;
}
