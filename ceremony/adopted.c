/* see adopted.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/adopted.h"
#include "lib/crypto/key_file.h"
#include "lib/record/signer.h"

void
adopted_name(size_t number, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "adopted/%06zu.p8", number);
}

enum status
adopted_look(const struct state *state, const struct root *root,
    struct diag *d)
{
	struct bytes pem = { 0 };
	enum status rc;

	if (root->adopted[0] == '\0')
		return ST_OK;
	if ((rc = state_object(state, root->adopted, &pem, d)) != ST_OK)
		diag_prefix(d, "the key of root %s", root->name);
	bytes_free(&pem);
	return rc;
}

enum status
adopted_or_derived(const struct state *state, const struct root *root,
    const struct secret *seed, struct key **out, struct diag *d)
{
	struct bytes pem = { 0 };
	enum status rc;

	if (root->adopted[0] == '\0')
		return key_from_seed(seed, signer_derive_mode(state->mode),
		    root->alg, "root", root->counter, out, d);
	TRY(state_object(state, root->adopted, &pem, d));
	TRY(key_file_unseal(&pem, seed, out, d));
out:
	bytes_free(&pem);
	return rc;
}

enum status
adopted_seal(const struct key *key, const struct secret *seed,
    struct bytes *out, struct diag *d)
{
	struct bytes pem = { 0 };
	struct key *back = NULL;
	enum status rc;

	TRY(key_file_seal(key, seed, &pem, d));
	TRY(key_file_unseal(&pem, seed, &back, d));
	if (memcmp(key_public(back)->id, key_public(key)->id, SHA384_LEN) != 0)
		FAIL(d, ST_BUG, "FORMATS 5.14: the file just made has another "
		    "key in it");
	*out = pem;
	pem = (struct bytes){ 0 };
	rc = ST_OK;
out:
	key_free(back);
	bytes_free(&pem);
	return rc;
}
