/* see accept.h */
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/crypto/cms.h"
#include "lib/pki/lint.h"
#include "revocation/accept.h"

/* --- a bundle alone --- */

/* FORMATS 9.12 is this table. */
static const struct level {
	const char *alg;
	unsigned level;
} levels[] = {
	{ "ecdsa-p256", 1 },
	{ "ed25519", 1 },
	{ "ecdsa-p384", 2 },
	{ "slh-dsa-sha2-128s", 3 },
	{ "ml-dsa-65", 4 },
	{ "slh-dsa-sha2-192s", 4 },
	{ "ml-dsa-87", 5 },
};

unsigned
bundle_level(const char *alg)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(levels[i].alg, alg) == 0)
			return levels[i].level;
	}
	/* of RSA there are as many as lengths; none that is adopted is longer
	 * than what a curve of 256 bits or a little more withstands */
	return key_adoptable(alg, NULL) == ST_OK ? 1 : 0;
}

enum status
bundle_check_level(const struct bundle *b, const char *alg, struct diag *d)
{
	const unsigned level = bundle_level(alg);

	if (level == 0)
		return diag_set(d, ST_POLICY, "FORMATS 9.12: there are no "
		    "roots of %s", alg);
	if (level < b->level)
		return diag_set(d, ST_POLICY, "FORMATS 9.12: %s is below its "
		    "level %u", alg, b->level);
	return ST_OK;
}

static enum status
check_anchor(const struct bundle *b, size_t i, struct diag *d)
{
	const struct cert *c = b->anchor[i];
	enum status rc;

	if ((rc = lint_anchor(c, b->arc, d)) != ST_OK) {
		diag_prefix(d, "FORMATS 9.10: anchor %s", c->subject);
		goto out;
	}
	if ((rc = cert_signed_itself(c, NULL)) == ST_AUTH)
		FAIL(d, ST_POLICY, "FORMATS 9.10: anchor %s is not signed by "
		    "its own key", c->subject);
	if (rc != ST_OK)
		FAIL(d, rc, "anchor %s could not be checked", c->subject);
	for (size_t j = 0; j < i; j++) {
		if (memcmp(c->key.index, b->anchor[j]->key.index,
		    SHA384_LEN) == 0)
			FAIL(d, ST_POLICY, "FORMATS 9.10: anchor %s is another "
			    "anchor's key in a mirror", c->subject);
	}
	if (bundle_former(b, c->key.id) != NULL)
		FAIL(d, ST_POLICY, "FORMATS 9.13: anchor %s is a former key",
		    c->subject);
	TRY(bundle_check_level(b, c->key.alg, d));
out:
	return rc;
}

static enum status
check_next(const struct bundle *b, const struct bundle_next *n,
    struct diag *d)
{
	if (bundle_anchor(b, n->key) != NULL ||
	    bundle_former(b, n->key) != NULL)
		return diag_set(d, ST_POLICY, "FORMATS 9.13: a next key is or "
		    "was an anchor");
	return bundle_check_level(b, n->alg, d);
}

enum status
bundle_check_rules(const struct bundle *b, struct diag *d)
{
	if (b->threshold < 1 || b->threshold > b->anchors ||
	    b->next_threshold < 1 || b->next_threshold > b->nexts)
		return diag_set(d, ST_POLICY, "FORMATS 9.11: a threshold that "
		    "nobody needs to reach, or nobody can");
	if (b->nexts < 2 && (b->anchors < 2 ||
	    b->succession == NEXT_ALONE_AFTER_HORIZON))
		return diag_set(d, ST_POLICY, "FORMATS 9.11: one next key is "
		    "too few: lost, it would wedge all devices");
	if (b->break_glass && b->anchors < 2)
		return diag_set(d, ST_POLICY, "FORMATS 9.14: a single anchor "
		    "must not break the glass");
	return ST_OK;
}

enum status
bundle_check(const struct bundle *b, struct diag *d)
{
	enum status rc;

	TRY(bundle_check_rules(b, d));
	for (size_t i = 0; i < b->anchors; i++)
		TRY(check_anchor(b, i, d));
	for (size_t i = 0; i < b->nexts; i++)
		TRY(check_next(b, &b->next[i], d));
out:
	return rc;
}

/* --- who signed --- */

static enum status
take_signer(const struct bundle *b, const struct bundle *of,
    const struct bytes *sig, struct accept_signers *out, struct diag *d)
{
	int64_t time;
	enum status rc = ST_OK;

	for (size_t i = 0; i < of->anchors; i++) {
		rc = cms_verify("signature", sig, of->anchor[i], b->arc,
		    CMS_BUNDLE, &b->der, &time, NULL);
		if (rc == ST_OK) {
			memcpy(out->key[out->n++], of->anchor[i]->key.id,
			    SHA384_LEN);
			return ST_OK;
		}
		/* not good is no matter; not known is */
		if (diag_exit(rc) != 1)
			return diag_set(d, rc, "a signature could not be "
			    "checked");
	}
	return ST_OK;
}

enum status
bundle_signers(const struct bundle *b, const struct bundle *before,
    const struct bytes *sig, size_t n, struct accept_signers *out,
    struct diag *d)
{
	enum status rc;
	size_t had;

	out->n = 0;
	if (n > ACCEPT_SIGNERS_MAX)
		FAIL(d, ST_POLICY, "FORMATS 9.21: more than %d signatures",
		    ACCEPT_SIGNERS_MAX);
	for (size_t i = 0; i < n; i++) {
		had = out->n;
		TRY(take_signer(b, b, &sig[i], out, d));
		if (before != NULL && out->n == had)
			TRY(take_signer(b, before, &sig[i], out, d));
	}
	rc = ST_OK;
out:
	return rc;
}

static bool
has_signed(const struct accept_signers *by, const uint8_t key[SHA384_LEN])
{
	for (size_t i = 0; i < by->n; i++) {
		if (memcmp(by->key[i], key, SHA384_LEN) == 0)
			return true;
	}
	return false;
}

/* How many of the anchors of ${of}: keys, not signatures (RULES B5). */
static size_t
count_anchors(const struct bundle *of, const struct accept_signers *by)
{
	size_t n = 0;

	for (size_t i = 0; i < of->anchors; i++)
		n += has_signed(by, of->anchor[i]->key.id);
	return n;
}

/* How many anchors of ${b} were committed in ${before}, by name and algorithm;
 * check_mirrors sees to it that they are no old anchors. */
static size_t
count_committed(const struct bundle *before, const struct bundle *b,
    const struct accept_signers *by)
{
	const struct bundle_next *next;
	const struct spki *key;
	size_t n = 0;

	for (size_t i = 0; i < b->anchors; i++) {
		key = &b->anchor[i]->key;
		next = bundle_next(before, key->id);
		n += next != NULL && strcmp(next->alg, key->alg) == 0 &&
		    has_signed(by, key->id);
	}
	return n;
}

/* --- renewals --- */

/* What every floor of ${before} asks of ${b}; those of issuers that are no
 * anchor of ${only} (may be NULL) ask nothing. */
static enum status
check_floors(const struct bundle *before, const struct bundle *b,
    const struct bundle *only, const char *clause, struct diag *d)
{
	const struct bundle_floor *was, *is;
	bool asks;

	for (size_t i = 0; i < before->floors; i++) {
		was = &before->floor[i];
		asks = only == NULL;
		for (size_t j = 0; only != NULL && j < only->anchors; j++)
			asks |= memcmp(only->anchor[j]->ski, was->issuer,
			    sizeof(was->issuer)) == 0;
		is = bundle_floor(b, was->issuer);
		if (asks && (is == NULL || is->number < was->number))
			return diag_set(d, ST_POLICY, "FORMATS %s: a floor of "
			    "its lists falls, or goes", clause);
	}
	return ST_OK;
}

enum status
bundle_renew(const struct bundle *last, const struct bundle *as,
    struct bytes *out, struct diag *d)
{
	struct bundle *b = NULL; /* anchors borrowed */
	enum status rc;

	if ((b = malloc(sizeof(*b))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*b = *last;
	b->der = (struct bytes){ 0 };
	b->seq = last->seq + 1;
	b->first = false;
	memcpy(b->previous, last->id, sizeof(b->previous));
	b->not_before = as->not_before;
	b->not_after = as->not_after;
	memcpy(b->floor, as->floor, sizeof(b->floor));
	b->floors = as->floors;
	memcpy(b->plan, as->plan, sizeof(b->plan));
	memcpy(b->head, as->head, sizeof(b->head));
	b->no_head = as->no_head;
	TRY(check_floors(last, b, NULL, "9.22", d));
	TRY(bundle_seal(b, d));
	bytes_free(out);
	*out = b->der;
out:
	free(b);
	return rc;
}

static enum status
accept_renewal(const struct bundle *last, const struct bundle *b,
    const struct accept_signers *by, struct diag *d)
{
	struct bytes same = { 0 };
	enum status rc;

	if (b->era != last->era)
		FAIL(d, ST_AUTH, "FORMATS 9.28: it renews era %llu, and here "
		    "is era %llu", (unsigned long long)b->era,
		    (unsigned long long)last->era);
	if (b->seq <= last->seq)
		FAIL(d, ST_AUTH, "FORMATS 9.20: its number %llu is not above "
		    "%llu: it is old, or of another history",
		    (unsigned long long)b->seq, (unsigned long long)last->seq);
	if (b->seq != last->seq + 1)
		FAIL(d, ST_AUTH, "FORMATS 9.28: bundle %llu of its era must "
		    "come before it", (unsigned long long)last->seq + 1);
	if (memcmp(b->previous, last->id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 9.20: it follows another bundle than "
		    "the one here");
	TRY(bundle_renew(last, b, &same, d));
	if (!bytes_equal(&same, &b->der))
		FAIL(d, ST_POLICY, "FORMATS 9.22: a renewal changes what only "
		    "an establishment may");
	if (count_anchors(last, by) < last->threshold)
		FAIL(d, ST_AUTH, "FORMATS 9.22: %zu of its anchors signed it, "
		    "and %u must", count_anchors(last, by), last->threshold);
out:
	bytes_free(&same);
	return rc;
}

/* --- establishments --- */

enum status
bundle_succeed(const struct bundle *old, struct bundle *b, struct diag *d)
{
	struct bundle_former *f;
	enum status rc;

	memcpy(b->arc, old->arc, sizeof(b->arc));
	b->era = old->era + 1;
	b->seq = 1;
	b->first = false;
	memcpy(b->previous, old->id, sizeof(b->previous));
	memcpy(b->former, old->former, sizeof(b->former));
	b->formers = old->formers;
	for (size_t i = 0; i < old->anchors; i++) {
		if (bundle_anchor(b, old->anchor[i]->key.id) != NULL)
			continue;
		if (b->formers == BUNDLE_FORMER_MAX)
			FAIL(d, ST_POLICY, "FORMATS 9.4: more than %d former "
			    "keys", BUNDLE_FORMER_MAX);
		f = &b->former[b->formers++];
		memcpy(f->key, old->anchor[i]->key.id, sizeof(f->key));
		f->revoked = false;
	}
	rc = ST_OK;
out:
	return rc;
}

/* FORMATS 9.10, from one bundle to the next: a root does not come back as its
 * mirror image. */
static enum status
check_mirrors(const struct bundle *old, const struct bundle *b,
    struct diag *d)
{
	const struct cert *was;

	for (size_t i = 0; i < b->anchors; i++) {
		was = bundle_anchor_index(old, b->anchor[i]->key.index);
		if (was != NULL && memcmp(was->key.id, b->anchor[i]->key.id,
		    SHA384_LEN) != 0)
			return diag_set(d, ST_POLICY, "FORMATS 9.26: anchor %s "
			    "is anchor %s in a mirror", b->anchor[i]->subject,
			    was->subject);
	}
	return ST_OK;
}

/* FORMATS 9.26 */
static enum status
check_kept(const struct bundle *old, const struct bundle *b, struct diag *d)
{
	const struct bundle_former *f;
	enum status rc;

	if (strcmp(old->arc, b->arc) != 0)
		FAIL(d, ST_POLICY, "FORMATS 9.26: it is under another arc");
	if (b->level < old->level)
		FAIL(d, ST_POLICY, "FORMATS 9.26: its level falls from %u to "
		    "%u", old->level, b->level);
	for (size_t i = 0; i < old->formers; i++) {
		f = bundle_former(b, old->former[i].key);
		if (f == NULL || (old->former[i].revoked && !f->revoked))
			FAIL(d, ST_POLICY, "FORMATS 9.26: a former key is left "
			    "out, or no longer revoked");
	}
	for (size_t i = 0; i < old->anchors; i++) {
		if (bundle_anchor(b, old->anchor[i]->key.id) == NULL &&
		    bundle_former(b, old->anchor[i]->key.id) == NULL)
			FAIL(d, ST_POLICY, "FORMATS 9.26: anchor %s goes, and "
			    "is no former key", old->anchor[i]->subject);
	}
	TRY(check_mirrors(old, b, d));
	TRY(check_floors(old, b, b, "9.26", d));
out:
	return rc;
}

/* FORMATS 9.24: without committed keys, or with them alone. */
static bool
may_do_without(const struct bundle *old, size_t present, size_t committed,
    const struct accept_clock *clock)
{
	if (old->break_glass && old->anchors >= 2 && present == old->anchors)
		return true;
	return old->succession == NEXT_ALONE_AFTER_HORIZON &&
	    clock->trusted && clock->now > old->horizon && old->nexts >= 2 &&
	    committed == old->nexts;
}

enum status
accept_follows(const struct bundle *old, const struct bundle *b,
    const struct accept_signers *by, const struct accept_clock *clock,
    struct diag *d)
{
	const size_t present = count_anchors(old, by);
	const size_t committed = count_committed(old, b, by);
	enum status rc;

	if (b->era <= old->era)
		FAIL(d, ST_AUTH, "FORMATS 9.20: its era %llu is not above "
		    "%llu: it is old, or of another history",
		    (unsigned long long)b->era, (unsigned long long)old->era);
	if (b->era != old->era + 1)
		FAIL(d, ST_AUTH, "FORMATS 9.28: the establishment of era %llu "
		    "must come before it", (unsigned long long)old->era + 1);
	if (memcmp(b->previous, old->id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 9.20: it follows another "
		    "establishment than the one here");
	TRY(check_kept(old, b, d));
	if ((present < old->threshold || committed < old->next_threshold) &&
	    !may_do_without(old, present, committed, clock))
		FAIL(d, ST_AUTH, "FORMATS 9.23: %zu anchors and %zu committed "
		    "keys signed it, and %u and %u must", present, committed,
		    old->threshold, old->next_threshold);
	if (count_anchors(b, by) < b->threshold)
		FAIL(d, ST_AUTH, "FORMATS 9.23: %zu of its own anchors signed "
		    "it, and %u must", count_anchors(b, by), b->threshold);
out:
	return rc;
}

/* --- the walk --- */

/* RULES B8: only a trusted clock can tell that something has not begun. */
static enum status
check_begun(const struct bundle *b, const struct accept_clock *clock,
    struct diag *d)
{
	char from[CLOCK_TEXT_SIZE];

	if (!clock->trusted || clock->now >= b->not_before)
		return ST_OK;
	clock_text(b->not_before, from);
	return diag_set(d, ST_POLICY, "FORMATS 9.27: it begins at %s", from);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

enum status
accept_first(const struct bundle *b, const struct accept_signers *by,
    const struct accept_clock *clock, struct accept_state *out,
    struct diag *d)
{
	enum status rc;

	if (b->seq != 1)
		FAIL(d, ST_POLICY, "FORMATS 9.28: a device starts with an "
		    "establishment, and this is a renewal");
	TRY(bundle_check(b, d));
	if (count_anchors(b, by) < b->threshold)
		FAIL(d, ST_AUTH, "FORMATS 9.28: %zu of its own anchors signed "
		    "it, and %u must", count_anchors(b, by), b->threshold);
	TRY(check_begun(b, clock, d));
	*out = (struct accept_state){ b, b, b->not_before, b->not_before };
out:
	return rc;
}

enum status
accept_next(const struct accept_state *s, const struct bundle *b,
    const struct accept_signers *by, const struct accept_clock *clock,
    struct accept_state *out, struct diag *d)
{
	const int64_t floor = later(s->established_floor, b->not_before);
	enum status rc;

	if (b->seq != 1) {
		TRY(accept_renewal(s->last, b, by, d));
		TRY(check_begun(b, clock, d));
		*out = (struct accept_state){ s->established, b,
			s->established_floor, later(s->floor, b->not_before) };
		return ST_OK;
	}
	TRY(bundle_check(b, d));
	TRY(accept_follows(s->established, b, by, clock, d));
	TRY(check_begun(b, clock, d));
	/* RULES B4: what renewals did to the floor is gone with them */
	*out = (struct accept_state){ b, b, floor, floor };
out:
	return rc;
}

enum status
accept_alive(const struct accept_state *s, const struct accept_clock *clock,
    struct diag *d)
{
	char to[CLOCK_TEXT_SIZE];

	if (later(s->floor, clock->now) <= s->last->not_after)
		return ST_OK;
	clock_text(s->last->not_after, to);
	return diag_set(d, ST_POLICY, "FORMATS 9.27: it has expired at %s; ask "
	    "for a later one", to);
}
