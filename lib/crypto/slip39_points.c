/* see slip39_points.h */
#include <string.h>

#include <sodium.h>

#include "lib/crypto/slip39_points.h"

#define VALUE_AT 255
#define DIGEST_AT 254
#define DIGEST_LEN 4 /* bytes; the rest of that point is its random key */

/* HMAC-SHA256(the point's random part, value), of which 4 bytes are kept. */
static void
make_digest(const uint8_t *value, const uint8_t *point, size_t len,
    uint8_t mac[SHA256_LEN])
{
	hash_hmac_sha256(point + DIGEST_LEN, len - DIGEST_LEN, value, len,
	    mac);
}

enum status
slip39_points_split(const uint8_t *value, size_t len, uint8_t need, uint8_t n,
    const struct slip39_source *source, uint8_t *out, struct diag *d)
{
	struct gf256_point base[GF256_POINTS_MAX];
	struct secret *hold = NULL;
	struct slip39_work *work;
	enum status rc;
	uint8_t x;

	if (need == 1) {
		for (x = 0; x < n; x++)
			memcpy(out + x * len, value, len);
		return ST_OK;
	}
	TRY(secret_new(sizeof(*work), &hold, d));
	work = (void *)secret_bytes(hold);

	/* random shares, as they come */
	for (x = 0; x + 2 < need; x++) {
		TRY(source->draw(source->cookie, out + x * len, len, d));
		base[x] = (struct gf256_point){ x, out + x * len };
	}
	/* the digest's point: four bytes of digest, the rest its random key */
	TRY(source->draw(source->cookie, work->digest + DIGEST_LEN,
	    len - DIGEST_LEN, d));
	make_digest(value, work->digest, len, work->mac);
	memcpy(work->digest, work->mac, DIGEST_LEN);
	base[need - 2] = (struct gf256_point){ DIGEST_AT, work->digest };
	base[need - 1] = (struct gf256_point){ VALUE_AT, value };

	/* those points determine all other shares */
	for (; x < n; x++)
		gf256_at(base, need, x, out + x * len, len);
	rc = ST_OK;
out:
	secret_free(hold);
	return rc;
}

int
slip39_points_join(const struct gf256_point *p, size_t need, size_t len,
    uint8_t *out, struct slip39_work *work)
{
	if (need == 1) {
		memcpy(out, p[0].y, len);
		return 0;
	}
	gf256_at(p, need, VALUE_AT, out, len);
	gf256_at(p, need, DIGEST_AT, work->digest, len);
	make_digest(out, work->digest, len, work->mac);
	return sodium_memcmp(work->digest, work->mac, DIGEST_LEN);
}
