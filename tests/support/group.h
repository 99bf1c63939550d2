/* group.h -- what a group of tests needs before the first of them. */
#ifndef ANCHORITE_TESTS_GROUP_H
#define ANCHORITE_TESTS_GROUP_H

/* For cmocka: the library is started as the program starts it. */
int group_crypto(void **state);

#endif
