/* name.h -- the three parts our distinguished names have, from a closed
 * alphabet: [A-Za-z0-9._-], blanks inside an organisation only. */
#ifndef ANCHORITE_NAME_H
#define ANCHORITE_NAME_H

#define NAME_PART_SIZE 65 /* RFC 5280, ub-common-name 64, and NUL */

struct name {
	char org[NAME_PART_SIZE];    /* O */
	char unit[NAME_PART_SIZE];   /* OU, or empty */
	char common[NAME_PART_SIZE]; /* CN */
};

#endif
