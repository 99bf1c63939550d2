/* see drawn.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/drawn.h"
#include "lib/base/text.h"

#define STREAM_MAX 16320 /* bytes: what one HKDF gives */

/* The stream that points are drawn from: HKDF of the seed under a label that
 * names epoch, scheme and the encrypted secret, so never one for two uses. */
struct stream {
	struct secret *bytes;
	size_t at;
};

static enum status
stream_draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	struct stream *s = cookie;

	if (len > secret_len(s->bytes) - s->at)
		return diag_set(d, ST_BUG, "the stream of points ran dry");
	memcpy(out, secret_peek(s->bytes) + s->at, len);
	s->at += len;
	return ST_OK;
}

/* "2:2/3,3/5" */
static void
scheme_text(const struct slip39_scheme *s, char *out, size_t size)
{
	size_t at = (size_t)snprintf(out, size, "%u:", s->need);

	for (size_t g = 0; g < s->groups && at < size; g++)
		at += (size_t)snprintf(out + at, size - at, "%s%u/%u",
		    g == 0 ? "" : ",", s->group[g].need, s->group[g].members);
}

void
drawn_clear(struct drawn *w)
{
	secret_free(w->ems);
	slip39_set_clear(&w->set);
	memset(w, 0, sizeof(*w));
}

static enum status
draw_points(const struct split *s, const struct secret *seed,
    struct drawn *w, struct diag *d)
{
	struct stream stream = { 0 };
	const struct slip39_source source = { stream_draw, &stream };
	char label[512], ems[SHA384_HEX_SIZE];
	enum status rc;

	hash_sha384_hex(secret_peek(w->ems), secret_len(w->ems), ems);
	snprintf(label, sizeof(label), "set-points/%u/%s/%d/%u/%s", w->epoch,
	    w->scheme, s->scheme.extendable, s->scheme.exponent, ems);
	TRY(secret_new(STREAM_MAX, &stream.bytes, d));
	TRY(derive_label(seed, label, secret_bytes(stream.bytes), STREAM_MAX,
	    d));
	TRY(slip39_split(w->ems, &s->scheme, w->id, &source, &w->set, d));
out:
	secret_wipe(ems, sizeof(ems));
	secret_wipe(label, sizeof(label));
	secret_free(stream.bytes);
	return rc;
}

/* What is published of a set; its passphrase has no say in it. */
static enum status
name_set(const struct split *s, const struct secret *seed, unsigned epoch,
    struct drawn *w, struct diag *d)
{
	char label[256];
	uint8_t raw[2];
	enum status rc;

	w->epoch = epoch;
	scheme_text(&s->scheme, w->scheme, sizeof(w->scheme));
	snprintf(label, sizeof(label), "set-id/%u/%s", epoch, w->scheme);
	TRY(derive_label(seed, label, raw, sizeof(raw), d));
	w->id = (uint16_t)((raw[0] << 8 | raw[1]) & 0x7fff);
	snprintf(label, sizeof(label), "set-salt/%u/%s", epoch, w->scheme);
	TRY(derive_label(seed, label, w->salt, sizeof(w->salt), d));
out:
	return rc;
}

/* A set that has a name and no sheets yet. */
struct named {
	const struct split *s;
	const struct secret *seed;
	const struct drawn *w;
};

/* Its sheets, if it were encrypted to ${ems}, are those of record. */
static enum status
gives_sheets(void *cookie, const struct secret *ems,
    const struct sheet_set *known, struct diag *d)
{
	const struct named *n = cookie;
	struct drawn w = { 0 };
	uint8_t is[SHA256_LEN];
	enum status rc;

	TRY(name_set(n->s, n->seed, n->w->epoch, &w, d));
	TRY(secret_copy(ems, &w.ems, d));
	TRY(draw_points(n->s, n->seed, &w, d));
	for (size_t i = 0; i < w.set.n; i++) {
		sheet_commitment(known->salt, w.set.mnemonic[i], is);
		if (i >= known->n || memcmp(is, known->sheets[i].commitment,
		    sizeof(is)) != 0)
			FAIL(d, ST_AUTH, "FORMATS 4.51: with this passphrase "
			    "the sheets of root %s, epoch %u, would be others "
			    "than those of record: it is not the one that %s "
			    "keeps", n->s->root, w.epoch, n->s->keeper);
	}
out:
	drawn_clear(&w);
	return rc;
}

/* What a set says to whoever asks for its passphrase. */
static struct split_terms
terms_of(const struct named *n)
{
	return (struct split_terms) { n->s->root, n->s->keeper, n->w->epoch,
		&n->s->scheme, n->w->id, gives_sheets, (void *)(uintptr_t)n };
}

static enum status
encrypt(const struct split *s, const struct secret *seed,
    struct hands *hands, struct drawn *w, struct diag *d)
{
	const struct named named = { s, seed, w };
	const struct split_terms terms = terms_of(&named);
	const struct secret *ems;
	enum status rc;

	if (s->keeper == NULL)
		return slip39_encrypt(seed, NULL, &s->scheme, w->id, &w->ems,
		    d);
	TRY(hands->encrypted(hands, &terms, seed, &ems, d));
	TRY(secret_copy(ems, &w->ems, d));
out:
	return rc;
}

enum status
drawn_public(const struct sheet_set *set, bool *yes, struct diag *d)
{
	const struct split s = { .scheme = set->scheme };
	struct secret *seed = NULL;
	struct drawn w = { 0 };
	enum status rc = ST_OK;

	*yes = false;
	for (unsigned n = 0; n < REHEARSAL_SEEDS && !*yes; n++) {
		TRY(derive_rehearsal_seed(n, &seed, d));
		TRY(name_set(&s, seed, set->epoch, &w, d));
		*yes = memcmp(w.salt, set->salt, sizeof(w.salt)) == 0;
		secret_free(seed);
		seed = NULL;
	}
out:
	secret_free(seed);
	return rc;
}

enum status
drawn_set(const struct split *s, const struct secret *seed, unsigned epoch,
    struct hands *hands, struct drawn *w, struct diag *d)
{
	enum status rc;

	TRY(name_set(s, seed, epoch, w, d));
	TRY(encrypt(s, seed, hands, w, d));
	TRY(draw_points(s, seed, w, d));
out:
	return rc;
}

enum status
drawn_decrypt(const struct split *s, const struct secret *seed,
    struct hands *hands, const struct drawn *w,
    const struct slip39_share *share, const struct secret *ems,
    struct secret **out, struct diag *d)
{
	const struct named named = { s, seed, w };
	const struct split_terms terms = terms_of(&named);

	if (s->keeper == NULL)
		return slip39_decrypt(ems, NULL, share, out, d);
	return hands->decrypted(hands, &terms, ems, seed, out, d);
}
