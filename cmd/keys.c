/* see keys.h */
#include "cmd/keys.h"
#include "lib/base/text.h"

#define KEY_ESCAPE 0x1b

enum status
keys_drop(struct keys *k, int wait_ms, struct diag *d)
{
	enum status rc;

	do
		rc = tty_key(k->t, wait_ms, k->key, d);
	while (rc == ST_OK && k->key[0] != 0);
	return rc;
}

/* Arrows and other keys that send a sequence do nothing. */
static enum status
drop_sequence(struct keys *k, struct diag *d)
{
	uint8_t *key = k->key;
	enum status rc;

	TRY(tty_key(k->t, KEYS_QUIET_MS, key, d));
	if (*key == 'O')
		TRY(tty_key(k->t, KEYS_QUIET_MS, key, d));
	else if (*key == '[')
		do
			TRY(tty_key(k->t, KEYS_QUIET_MS, key, d));
		while (*key >= 0x20 && *key < 0x40);
out:
	return rc;
}

/* A blank of any script, a letter as East Asian keyboards send it wide, or
 * nothing that a word has. */
static char
fold(uint32_t c)
{
	if (text_is_blank(c))
		return ' ';
	if (c > 0xff00 && c < 0xff5f)
		return (char)(c - 0xfee0);
	return KEYS_FOREIGN;
}

/* The character that a byte above ASCII begins; what cannot go on with it is
 * the next one. */
static enum status
read_foreign(struct keys *k, char *out, struct diag *d)
{
	uint8_t *key = k->key;
	const size_t len = key[0] >= 0xf8 ? 1 : key[0] >= 0xf0 ? 4 :
	    key[0] >= 0xe0 ? 3 : key[0] >= 0xc0 ? 2 : 1;
	size_t n = 1;
	uint32_t c;
	enum status rc = ST_OK;

	while (n < len && k->ahead == 0) {
		TRY(tty_key(k->t, KEYS_QUIET_MS, &key[n], d));
		if ((key[n] & 0xc0) == 0x80)
			n++;
		else if ((k->ahead = key[n]) == 0)
			break;
	}
	*out = KEYS_FOREIGN;
	if (n == len && text_scalar(key, len, &c) == len)
		*out = fold(c);
out:
	return rc;
}

enum status
keys_next(struct keys *k, int wait_ms, char *out, struct diag *d)
{
	enum status rc;

	*out = 0;
	k->key[0] = k->ahead;
	k->ahead = 0;
	if (k->key[0] == 0)
		TRY(tty_key(k->t, wait_ms, k->key, d));
	if (k->key[0] == KEY_ESCAPE)
		TRY(drop_sequence(k, d));
	else if (k->key[0] >= 0x80)
		TRY(read_foreign(k, out, d));
	else
		*out = (char)k->key[0];
	if (*out >= 'A' && *out <= 'Z')
		*out = (char)(*out | 0x20);
	rc = ST_OK;
out:
	return rc;
}

enum status
keys_follow(struct keys *k, bool *more, struct diag *d)
{
	enum status rc;

	TRY(tty_key(k->t, KEYS_QUIET_MS, k->key, d));
	k->ahead = k->key[0];
	*more = k->ahead != 0;
out:
	return rc;
}
