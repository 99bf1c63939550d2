/* see vouch.h */
#include <string.h>

#include "revocation/vouch.h"

/* RULES L5: what one of them named stays revoked. */
static enum status
check_sticky(const struct store *s, const struct cert *c, struct diag *d)
{
	if (store_revoked(s, c->spec.issuer_ski, c->serial, c->serial_len))
		return diag_set(d, ST_AUTH, "RULES L5: certificate revoked, "
		    "says a list that this store has taken");
	return ST_OK;
}

static enum status
find_list(const struct store *s, const struct cert *c, const struct crl **out,
    struct diag *d)
{
	const struct bundle *b = store_state(s)->last;
	enum status rc = ST_OK;

	*out = NULL;
	for (size_t i = 0; i < b->anchors; i++) {
		if (memcmp(b->anchor[i]->ski, c->spec.issuer_ski,
		    sizeof(b->anchor[i]->ski)) == 0)
			TRY(store_list(s, b->anchor[i], out, d));
	}
out:
	return rc;
}

enum status
vouch_for(const struct store *s, const struct cert *c,
    const struct accept_clock *clock, bool rehearsal, struct vouch *out,
    struct diag *d)
{
	const struct accept_state *a = store_state(s);
	enum status rc;

	memset(out, 0, sizeof(*out));
	if (store_rehearsal(s) && !rehearsal)
		FAIL(d, ST_POLICY, "RULES C6: the store is a rehearsal's, and "
		    "vouches for nothing");
	/* first: it is true whatever has expired */
	TRY(check_sticky(s, c, d));
	out->expired = accept_alive(a, clock, NULL) != ST_OK;
	if (out->expired && a->last->expiry == EXPIRY_REFUSES)
		TRY(accept_alive(a, clock, d));
	TRY(find_list(s, c, &out->list, d));
	out->anchor = (const struct cert *const *)a->last->anchor;
	out->anchors = a->last->anchors;
	out->arc = a->last->arc;
	out->at = clock->now > a->floor ? clock->now : a->floor;
	rc = ST_OK;
out:
	if (rc != ST_OK)
		memset(out, 0, sizeof(*out));
	return rc;
}
