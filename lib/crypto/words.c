/* see words.h */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/crypto/words.h"
#include "lib/crypto/words_list.h"

#define BYTES_MAX 64	/* bytes of any digest */
#define PREFIX_MIN 4	/* letters of a word cut short */
#define BLANKS " \t\r\n"

enum status
words_text(const uint8_t *digest, size_t n, struct bytes *out,
    struct diag *d)
{
	char text[BYTES_MAX * WORDS_LIST_SIZE];
	const char *word;
	size_t at = 0, len;

	if (n == 0 || n > BYTES_MAX)
		return diag_set(d, ST_BUG, "%zu words asked for", n);
	for (size_t i = 0; i < n; i++) {
		word = words_list[i % WORDS_LIST_PLACES][digest[i]];
		len = strlen(word);
		if (i > 0)
			text[at++] = ' ';
		memcpy(text + at, word, len);
		at += len;
	}
	return bytes_set(out, text, at, d);
}

/* Whether ${word} begins with ${len} letters in any case. */
static bool
begins(const char *word, const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && word[i] != '\0' &&
	    tolower((unsigned char)s[i]) == word[i])
		i++;
	return i == len;
}

/* How many words of a place begin so; ${byte} is the last of them, or the one
 * that is spelt out. */
static size_t
find(size_t place, const char *s, size_t len, uint8_t *byte)
{
	size_t found = 0;

	if (len < PREFIX_MIN)
		return 0;
	for (size_t i = 0; i < WORDS_LIST_BYTES; i++) {
		const char *word = words_list[place][i];

		if (!begins(word, s, len))
			continue;
		*byte = (uint8_t)i;
		if (word[len] == '\0')
			return 1;
		found++;
	}
	return found;
}

/* One word at its place, or the reason why not. */
static enum status
read_word(size_t number, const char *s, size_t len, uint8_t *byte,
    struct diag *d)
{
	const size_t place = (number - 1) % WORDS_LIST_PLACES;
	const size_t found = find(place, s, len, byte);

	if (found == 1)
		return ST_OK;
	if (found > 1)
		return diag_set(d, ST_FORMAT, "FORMATS 2.5: word %zu is cut "
		    "too short: several words begin so", number);
	if (find(!place, s, len, byte) > 0)
		return diag_set(d, ST_FORMAT, "FORMATS 2.4: word %zu belongs "
		    "to another place: a word is left out, or two are "
		    "swapped", number);
	return diag_set(d, ST_FORMAT, "FORMATS 2.5: word %zu is not of the "
	    "list", number);
}

enum status
words_read_line(const char *text, size_t first, size_t n, uint8_t *out,
    struct diag *d)
{
	const char *at = text + strspn(text, BLANKS);
	size_t len, i;
	enum status rc;

	for (i = 0; i < n && *at != '\0'; i++) {
		len = strcspn(at, BLANKS);
		TRY(read_word(first + i + 1, at, len, &out[i], d));
		at += len;
		at += strspn(at, BLANKS);
	}
	if (i < n)
		FAIL(d, ST_FORMAT, "FORMATS 2.6: %zu words where there are "
		    "%zu", i, n);
	if (*at != '\0')
		FAIL(d, ST_FORMAT, "FORMATS 2.6: more than %zu words", n);
	rc = ST_OK;
out:
	return rc;
}

enum status
words_read(const char *text, size_t n, uint8_t *out, struct diag *d)
{
	return words_read_line(text, 0, n, out, d);
}
