/* derive -- a root's public key from its seed, for scenarios with openssl.
 *   derive --seed HEX --alg NAME --purpose P --counter N
 * Prints it in hex: x and y of the curves, else the key's own bits.
 * A test program: a seed in an argument is allowed here and nowhere else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/key.h"
#include "lib/crypto/start.h"

/* What the command line said; all borrowed from it. */
struct asked {
	const char *seed;
	const char *alg;
	const char *purpose;
	const char *counter;
};

static enum status
read_options(int argc, char **argv, struct asked *a, struct diag *d)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{ "--seed", &a->seed },
		{ "--alg", &a->alg },
		{ "--purpose", &a->purpose },
		{ "--counter", &a->counter },
	};
	const size_t n = sizeof(options) / sizeof(options[0]);

	for (int i = 1; i + 1 < argc; i += 2)
		for (size_t k = 0; k < n; k++)
			if (strcmp(argv[i], options[k].name) == 0)
				*options[k].value = argv[i + 1];
	for (size_t k = 0; k < n; k++)
		if (*options[k].value == NULL)
			return diag_set(d, ST_USAGE, "%s is missing",
			    options[k].name);
	return ST_OK;
}

static enum status
read_seed(const char *hex, struct secret **out, struct diag *d)
{
	size_t len;
	enum status rc;

	TRY(secret_new(SEED_LEN, out, d));
	if (sodium_hex2bin(secret_bytes(*out), SEED_LEN, hex, strlen(hex),
	    NULL, &len, NULL) != 0 || len != SEED_LEN)
		FAIL(d, ST_USAGE, "--seed takes %d bytes in hex", SEED_LEN);
	rc = ST_OK;
out:
	return rc;
}

static enum status
derive(const struct asked *a, struct diag *d)
{
	struct secret *seed = NULL;
	struct key *key = NULL;
	struct bytes public = { 0 };
	enum status rc;

	TRY(read_seed(a->seed, &seed, d));
	TRY(key_known(a->alg, d));
	TRY(key_from_seed(seed, DERIVE_REAL, a->alg, a->purpose,
	    (unsigned)strtoul(a->counter, NULL, 10), &key, d));
	TRY(key_raw_public(key, &public, d));
	for (size_t i = 0; i < public.len; i++)
		printf("%02x", public.data[i]);
	putchar('\n');
	rc = ST_OK;
out:
	bytes_free(&public);
	key_free(key);
	secret_free(seed);
	return rc;
}

int
main(int argc, char **argv)
{
	struct asked a = { 0 };
	struct diag d = { 0 };
	enum status rc;

	TRY(secret_process(&d));
	TRY(crypto_start(&d));
	TRY(read_options(argc, argv, &a, &d));
	TRY(derive(&a, &d));
	rc = ST_OK;
out:
	if (rc != ST_OK)
		fprintf(stderr, "derive: %s\n", d.text);
	return diag_exit(rc);
}
