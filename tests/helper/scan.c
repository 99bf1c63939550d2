/* scan SOURCE [N]: each different text that comes from SOURCE, one a line,
 * until there are N.  What is refused, and what a person would be advised, to
 * standard error.  Exit 0: N were read, or all there was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/clock.h"
#include "transfer/receive.h"

#define TEXTS_MAX 4096

static struct bytes seen[TEXTS_MAX];
static size_t n, wanted;

static enum status
on_text(void *self, const char *text, size_t len, bool *enough,
    struct diag *d)
{
	enum status rc;

	(void)self;
	for (size_t i = 0; i < n; i++)
		if (seen[i].len == len && memcmp(seen[i].data, text, len) == 0)
			return ST_OK;
	if (n == TEXTS_MAX)
		return diag_set(d, ST_POLICY, "too many texts");
	TRY(bytes_set(&seen[n], text, len, d));
	n++;
	printf("%.*s\n", (int)len, text);
	*enough = n == wanted;
out:
	return rc;
}

static bool
on_look(void *self, const struct receive_count *c, const struct diag *refused)
{
	const char *advice = receive_advice(c, clock_steady());

	(void)self;
	if (refused != NULL)
		fprintf(stderr, "scan: %s\n", refused->text);
	if (advice != NULL)
		fprintf(stderr, "scan: %s\n", advice);
	return true;
}

int
main(int argc, char **argv)
{
	const struct receive_front front = { NULL, on_text, on_look };
	struct source *s = NULL;
	struct diag d = { 0 };
	bool enough;
	enum status rc;

	if (argc < 2 || argc > 3)
		return 2;
	wanted = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	TRY(source_open(argv[1], &s, &d));
	TRY(receive_run(s, 0, &front, &enough, &d));
	if (wanted > 0 && !enough)
		FAIL(&d, ST_FORMAT, "%zu of %zu texts came", n, wanted);
out:
	source_close(s);
	for (size_t i = 0; i < n; i++)
		bytes_free(&seen[i]);
	if (rc != ST_OK)
		fprintf(stderr, "scan: %s\n", d.text);
	return diag_exit(rc);
}
