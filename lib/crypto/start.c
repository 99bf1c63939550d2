/* see start.h */
#include <stdbool.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <sodium.h>

#include "lib/crypto/ossl.h"
#include "lib/crypto/start.h"

#define HEAP_LEN 262144 /* bytes, a power of two; a key takes about 500 */
#define HEAP_LEAST 32	/* bytes of its smallest block */

/* Locked memory for private keys: an unlocked heap is a refusal. */
static enum status
start_heap(struct diag *d)
{
	if (CRYPTO_secure_malloc_initialized() == 1)
		return ST_OK;
	if (CRYPTO_secure_malloc_init(HEAP_LEN, HEAP_LEAST) != 1)
		return diag_set(d, ST_SYSTEM, "memory for private keys could "
		    "not be locked (see ulimit -l)");
	return ST_OK;
}

/* OpenSSL's generator is one of SP 800-90A.  Its usual one has AES in it, for
 * which every cipher there is is looked up: an eighth of what it costs to take
 * a list.  This one has a digest that is wanted anyway. */
static enum status
start_generator(struct diag *d)
{
	static bool started; /* its kind is chosen before it is first used */

	if (!started && RAND_set_DRBG_type(NULL, "HASH-DRBG", NULL, NULL,
	    "SHA2-512") != 1)
		return ossl_fail(d, ST_SYSTEM, "OpenSSL's generator");
	started = true;
	return ST_OK;
}

enum status
crypto_start(struct diag *d)
{
	enum status rc;

	if (sodium_init() < 0)
		FAIL(d, ST_SYSTEM, "libsodium could not start");
	/* no file of settings is read: openssl.cnf has no say here */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		FAIL(d, ST_SYSTEM, "OpenSSL could not start");
	TRY(start_heap(d));
	TRY(start_generator(d));
	if (OSSL_PROVIDER_available(NULL, "default") != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "OpenSSL's default provider");
		goto out;
	}
	ERR_clear_error();
	rc = ST_OK;
out:
	return rc;
}

const char *
crypto_openssl(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

const char *
crypto_sodium(void)
{
	return sodium_version_string();
}
