/* see tlv.h */
#include <string.h>

#include "lib/crypto/tlv.h"

void
tlv_put(struct tlv *w, const void *data, size_t len)
{
	if (w->full || len > w->at) {
		w->full = true;
		return;
	}
	w->at -= len;
	if (len > 0)
		memcpy(w->data + w->at, data, len);
}

static void
put8(struct tlv *w, uint8_t byte)
{
	tlv_put(w, &byte, 1);
}

void
tlv_wrap(struct tlv *w, uint8_t tag, size_t end)
{
	const size_t len = end - w->at;
	uint8_t n = 0;

	if (len < 0x80) {
		put8(w, (uint8_t)len);
	} else {
		for (size_t rest = len; rest > 0; rest >>= 8, n++)
			put8(w, (uint8_t)rest);
		put8(w, 0x80 | n);
	}
	put8(w, tag);
}

void
tlv_number(struct tlv *w, const uint8_t *data, size_t len)
{
	const size_t end = w->at;

	while (len > 0 && *data == 0) {
		data++;
		len--;
	}
	tlv_put(w, data, len);
	/* zero is a byte, and a first bit that is set would be a sign */
	if (len == 0 || *data >= 0x80)
		put8(w, 0);
	tlv_wrap(w, TLV_INTEGER, end);
}

void
tlv_bits(struct tlv *w, size_t end)
{
	put8(w, 0); /* bits that are not used */
	tlv_wrap(w, TLV_BIT_STRING, end);
}
