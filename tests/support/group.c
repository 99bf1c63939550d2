/* see group.h */
#include <stddef.h>

#include "lib/crypto/start.h"
#include "tests/support/group.h"

int
group_crypto(void **state)
{
	(void)state;
	return crypto_start(NULL) == ST_OK ? 0 : -1;
}
