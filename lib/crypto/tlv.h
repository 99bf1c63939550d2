/* tlv.h -- private to lib/crypto: DER written from its end to its beginning,
 * so that every length is known when it is written.  For what must not be read
 * where it is: it is written again, and compared. */
#ifndef ANCHORITE_TLV_H
#define ANCHORITE_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLV_INTEGER 0x02
#define TLV_BIT_STRING 0x03
#define TLV_SEQUENCE 0x30
#define TLV_CONTEXT_0 0xa0 /* [0], constructed */

struct tlv {
	uint8_t *data; /* borrowed room */
	size_t at;     /* where what was written begins; at first its end */
	bool full;     /* something had no room, and was left out */
};

/* Bytes before all that is there. */
void tlv_put(struct tlv *w, const void *data, size_t len);

/* A header before what was written since ${w->at} was ${end}. */
void tlv_wrap(struct tlv *w, uint8_t tag, size_t end);

/* An INTEGER that is not negative, from big-endian bytes. */
void tlv_number(struct tlv *w, const uint8_t *data, size_t len);

/* A BIT STRING of whole bytes out of what was written since. */
void tlv_bits(struct tlv *w, size_t end);

#endif
