/* show.c -- the loop that shows codes, with texts of no meaning:
 *
 *	show screen|plain DIGITS [VERSION [RATE]]
 *	show png|pdf DIGITS DIR|FILE
 *
 * at the controlling terminal, or into a folder.  Each code is read back by
 * zbar.  What is refused is said on stderr as the program says it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/secret.h"
#include "tests/support/eye.h"
#include "tests/support/texts.h"

int
main(int argc, char **argv)
{
	struct show s = { .purpose = "result",
		.from = "notary", .date = "2027-03-01T00:00:00Z",
		.words = "topmost istanbul pluto vagabond treadmill pacific "
			 "brackish dictator goldfish medusa afflict bravado "
			 "chatter revolver dupont midsummer",
		.level = QR_L, .rate = SHOW_RATE, .read = eye_read };
	struct texts texts = { 0 };
	struct diag d = { 0 };
	enum status rc;
	size_t n;

	if (argc < 3 || (argv[1][0] == 'p' && argv[1][1] != 'l' &&
	    argc < 4))
		return 2;
	s.source = texts_source(&texts);
	texts.digits = strtoul(argv[2], NULL, 10);
	TRY(secret_process(&d));
	if (strcmp(argv[1], "png") == 0) {
		TRY(show_png(&s, argv[3], &n, &d));
		printf("%zu files\n", n);
		goto out;
	}
	if (strcmp(argv[1], "pdf") == 0) {
		s.level = QR_M;
		TRY(show_pdf(&s, argv[3], &n, &d));
		printf("%zu codes\n", n);
		goto out;
	}
	if (argc > 3)
		s.version = (unsigned)strtoul(argv[3], NULL, 10);
	if (argc > 4)
		s.rate = (unsigned)strtoul(argv[4], NULL, 10);
	TRY(show_terminal(&s, strcmp(argv[1], "plain") == 0, &d));
out:
	if (rc != ST_OK)
		fprintf(stderr, "anchorite: %s\n", d.text);
	return diag_exit(rc);
}
