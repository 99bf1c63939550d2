/* bundle_parts.h -- private to lib/crypto: what a trust bundle says besides its
 * anchors, an attribute each.  FORMATS 9.2 is the table. */
#ifndef ANCHORITE_BUNDLE_PARTS_H
#define ANCHORITE_BUNDLE_PARTS_H

#include <stdbool.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/bundle.h"

#define BUNDLE_PARTS 7
#define BUNDLE_LEVEL_MAX 255

/* The row's number, 1.., is the last arc of its type. */
struct bundle_part {
	ASN1_ITEM_EXP *item;
	/* false: no memory */
	bool (*put)(const struct bundle *, void *value);
	/* false: it is not of the form; bounds are for who reads it */
	bool (*get)(const void *value, struct bundle *);
	const char *name;
};
extern const struct bundle_part bundle_parts[BUNDLE_PARTS];

#endif
