/* see file_passphrase.h */
#include "cmd/file_passphrase.h"
#include "lib/crypto/key_export.h"

#define ASKED "Passphrase of the file, 12 characters or more: "
#define AGAIN "Once more: "

enum status
file_passphrase(struct tty *t, struct secret **first, struct secret **second,
    struct diag *d)
{
	struct diag why = { 0 };
	enum status rc;

	for (;;) {
		TRY(tty_ask_secret(t, ASKED, TTY_SECRET_MAX, false, first, d));
		diag_clear(&why);
		if (key_export_passphrase(*first, &why) == ST_OK) {
			TRY(tty_ask_secret(t, AGAIN, TTY_SECRET_MAX, false,
			    second, d));
			if (secret_equal(*first, *second))
				return ST_OK;
			diag_note(&why, ST_POLICY, "the two differ");
		}
		TRY(tty_say(t, d, "Refused: %s.\n", why.text));
		secret_free(*first);
		secret_free(*second);
		*first = NULL;
		*second = NULL;
	}
out:
	return rc;
}
