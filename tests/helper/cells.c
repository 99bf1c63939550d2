/* cells.c -- a terminal's screen as a picture: `cells COLS ROWS` reads what
 * tmux captured, or what a program sent, and writes a PGM file.  What has no
 * colour of its own is black, as in many windows. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/cells.h"

#define CAPTURE_MAX (4 << 20)

int
main(int argc, char **argv)
{
	char *text = malloc(CAPTURE_MAX);
	struct bytes gray = { 0 };
	struct diag d = { 0 };
	unsigned cols, rows;
	size_t len;

	if (argc != 3 || text == NULL)
		return 2;
	cols = (unsigned)strtoul(argv[1], NULL, 10);
	rows = (unsigned)strtoul(argv[2], NULL, 10);
	len = fread(text, 1, CAPTURE_MAX, stdin);
	if (cells_picture(text, len, cols, rows, true, &gray, &d) != ST_OK) {
		fprintf(stderr, "cells: %s\n", d.text);
		return 1;
	}
	printf("P5\n%u %u\n255\n", cols * CELLS_WIDE, rows * CELLS_HIGH);
	fwrite(gray.data, 1, gray.len, stdout);
	bytes_free(&gray);
	free(text);
	return 0;
}
