/* adopted.h -- a root whose key was there before: it lies in the state, in a
 * file that its seed opens.  FORMATS 5.11 to 5.15; RULES S5. */
#ifndef ANCHORITE_ADOPTED_H
#define ANCHORITE_ADOPTED_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/key.h"
#include "lib/record/state.h"

/* "adopted/000001.p8", of the root of that number. */
void adopted_name(size_t number, char out[OBJECT_NAME_SIZE]);

/**
 * adopted_look(state, root, d):
 * Before anybody brings a sheet: the file is there, and the one that the record
 * has.  Nothing is asked of a root whose key is derived.
 */
MUST_USE enum status adopted_look(const struct state *state,
    const struct root *root, struct diag *d);

/**
 * adopted_or_derived(state, root, seed, out, d):
 * The key of ${root} from its seed: derived, or out of its file, whose digest
 * is checked first and whose public half is computed.  The caller compares it
 * with the record, and frees.
 * ST_AUTH: the file is not the one of record, or the seed does not open it.
 */
MUST_USE enum status adopted_or_derived(const struct state *state,
    const struct root *root, const struct secret *seed, struct key **out,
    struct diag *d);

/**
 * adopted_seal(key, seed, out, d):
 * The file, opened once more with the seed and compared.  The caller frees
 * ${*out}.
 */
MUST_USE enum status adopted_seal(const struct key *key,
    const struct secret *seed, struct bytes *out, struct diag *d);

#endif
