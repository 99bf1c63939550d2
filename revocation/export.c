/* see export.h */
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/p7b.h"
#include "lib/pki/rehearsal.h"
#include "revocation/export.h"

/* What a client takes. */
static const struct client {
	const char *name;
	bool pem;   /* else certificates in PKCS#7 */
	bool lists; /* one of each root, or it accepts nothing */
} clients[] = {
	{ "rauc", true, true },
	{ "openssl", true, true },
	{ "swupdate", true, false },
	{ "p7b", false, false },
};

static enum status
find_client(const char *name, const struct client **out, struct diag *d)
{
	const char *names[sizeof(clients) / sizeof(clients[0])], *near;
	char shown[64];
	size_t n = 0;

	for (; n < sizeof(clients) / sizeof(clients[0]); n++) {
		names[n] = clients[n].name;
		*out = &clients[n];
		if (strcmp(clients[n].name, name) == 0)
			return ST_OK;
	}
	text_escape(name, strlen(name), shown, sizeof(shown));
	near = text_nearest(name, names, n);
	return diag_set(d, ST_USAGE, "there is no export for \"%s\"%s%s%s",
	    shown, near == NULL ? "" : "; did you mean ",
	    near == NULL ? "" : near, near == NULL ? "" : "?");
}

static enum status
check_earnest(const struct cert *c, struct diag *d)
{
	bool yes = false;
	enum status rc;

	TRY(rehearsal_key(&c->key, &yes, d));
	if (yes)
		FAIL(d, ST_POLICY, "FORMATS 9.47: root %s comes from a public "
		    "rehearsal seed: anyone can sign with it (--rehearsal "
		    "takes it for a test)", c->subject);
out:
	return rc;
}

/* The list of a root that its clients will take at this time. */
static enum status
find_list(const struct store *s, const struct cert *root, int64_t now,
    const struct crl **out, struct diag *d)
{
	char when[CLOCK_TEXT_SIZE];
	enum status rc;

	TRY(store_list(s, root, out, d));
	if (*out == NULL)
		FAIL(d, ST_POLICY, "FORMATS 9.47: there is no list of root %s: "
		    "a client that asks for one would accept nothing",
		    root->subject);
	if (now < (*out)->spec.this_update) {
		clock_text((*out)->spec.this_update, when);
		FAIL(d, ST_POLICY, "FORMATS 9.47: the list of root %s begins "
		    "at %s: till then a client would accept nothing",
		    root->subject, when);
	}
	if (now > (*out)->spec.next_update) {
		clock_text((*out)->spec.next_update, when);
		FAIL(d, ST_POLICY, "FORMATS 9.47: the list of root %s has "
		    "expired at %s: a client would accept nothing",
		    root->subject, when);
	}
out:
	return rc;
}

static enum status
append_pem(const struct bytes *der, const char *label, struct bytes *out,
    struct diag *d)
{
	struct bytes pem = { 0 };
	enum status rc;

	TRY(cert_pem(der, label, &pem, d));
	TRY(text_append(out, d, "%s", (const char *)pem.data));
out:
	bytes_free(&pem);
	return rc;
}

static enum status
write_pem(const struct store *s, const struct client *c, int64_t now,
    struct bytes *out, struct diag *d)
{
	const struct bundle *b = store_state(s)->last;
	const struct crl *list;
	enum status rc;

	for (size_t i = 0; i < b->anchors; i++)
		TRY(append_pem(&b->anchor[i]->der, "CERTIFICATE", out, d));
	for (size_t i = 0; i < b->anchors && c->lists; i++) {
		TRY(find_list(s, b->anchor[i], now, &list, d));
		TRY(append_pem(&list->der, "X509 CRL", out, d));
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
export_make(const struct store *s, const char *client,
    const struct accept_clock *clock, bool rehearsal, struct bytes *out,
    struct diag *d)
{
	const struct accept_state *a = store_state(s);
	const int64_t now = clock->now > a->floor ? clock->now : a->floor;
	const struct client *c;
	enum status rc;

	bytes_free(out);
	TRY(find_client(client, &c, d));
	for (size_t i = 0; i < a->last->anchors && !rehearsal; i++)
		TRY(check_earnest(a->last->anchor[i], d));
	/* RULES B8 */
	if (a->last->expiry == EXPIRY_REFUSES)
		TRY(accept_alive(a, clock, d));
	if (c->pem)
		TRY(write_pem(s, c, now, out, d));
	else
		TRY(p7b_write(a->last->anchor, a->last->anchors, out, d));
out:
	if (rc != ST_OK)
		bytes_free(out);
	return rc;
}
