/* see slip39.h: shares back to the encrypted master secret. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_points.h"

#define SHARES_MAX ((size_t)SLIP39_GROUPS_MAX * SLIP39_MEMBERS_MAX)
#define NOBODY SIZE_MAX

/* The values at work, in locked memory. */
struct hold {
	struct slip39_work work;
	uint8_t other[SLIP39_VALUE_MAX];
	uint8_t group[SLIP39_GROUPS_MAX][SLIP39_VALUE_MAX];
	uint8_t ems[SLIP39_VALUE_MAX];
};

/* Points that should lie on one polynomial: the members of a group, or the
 * groups.  ${n} is at least ${need} when it is joined. */
struct level {
	struct gf256_point point[GF256_POINTS_MAX];
	size_t number[GF256_POINTS_MAX]; /* of a share, 1.., or of a group */
	size_t n;
	size_t need;
};

struct gather {
	const struct slip39_share *const *shares;
	struct level group[SLIP39_GROUPS_MAX];
	struct level top;
	size_t len; /* bytes of a value */
	struct hold *hold;
};

#define CALLED_SIZE 256

/* What a refusal calls the share of that number, 1..: its file, or how many
 * there were before it. */
static const char *
called(const struct slip39_share *const *shares, size_t number,
    char out[CALLED_SIZE])
{
	const char *name = shares[number - 1]->name;

	if (name != NULL)
		return name;
	snprintf(out, CALLED_SIZE, "%zu", number);
	return out;
}

/* What two shares of one set never differ in. */
static const char *
difference(const struct slip39_share *a, const struct slip39_share *b)
{
	if (a->id != b->id)
		return "identifiers";
	if (a->extendable != b->extendable)
		return "ext flags";
	if (a->exponent != b->exponent)
		return "iteration exponents";
	if (a->group_need != b->group_need)
		return "group thresholds";
	if (a->groups != b->groups)
		return "group counts";
	if (secret_len(a->value) != secret_len(b->value))
		return "lengths";
	return NULL;
}

/* The share that most others agree with: the odd one is named, not they. */
static size_t
most_common(const struct slip39_share *const *shares, size_t n)
{
	size_t best = 0, votes, most = 0;

	for (size_t i = 0; i < n; i++) {
		votes = 0;
		for (size_t j = 0; j < n; j++)
			votes += difference(shares[i], shares[j]) == NULL;
		if (votes > most) {
			most = votes;
			best = i;
		}
	}
	return best;
}

/* FORMATS 4.13 */
static enum status
check_set(const struct slip39_share *const *shares, size_t n, struct diag *d)
{
	const size_t like = most_common(shares, n);
	char one[CALLED_SIZE], two[CALLED_SIZE];
	const char *what;

	for (size_t i = 0; i < n; i++) {
		what = difference(shares[i], shares[like]);
		if (what != NULL)
			return diag_set(d, ST_AUTH, "FORMATS 4.13: share %s "
			    "is of another set than share %s: their %s differ",
			    called(shares, i + 1, one),
			    called(shares, like + 1, two), what);
	}
	return ST_OK;
}

/* Put one share to its group; FORMATS 4.13 and 4.14. */
static enum status
add_share(const struct slip39_share *const *shares, size_t i,
    struct gather *g, struct diag *d)
{
	const struct slip39_share *s = shares[i], *other;
	struct level *group = &g->group[s->group];
	char one[CALLED_SIZE], two[CALLED_SIZE];
	const char *this = called(shares, i + 1, one), *that;

	for (size_t k = 0; k < group->n; k++) {
		other = shares[group->number[k] - 1];
		that = called(shares, group->number[k], two);
		if (s->need != other->need)
			return diag_set(d, ST_AUTH, "FORMATS 4.13: share %s "
			    "is of another set than share %s: their member "
			    "thresholds differ", this, that);
		if (s->member != other->member)
			continue;
		if (secret_equal(s->value, other->value))
			return diag_set(d, ST_FORMAT, "FORMATS 4.14: share %s "
			    "is share %s once more", this, that);
		return diag_set(d, ST_AUTH, "FORMATS 4.14: shares %s and %s "
		    "have the same place (member %d of group %d) and differ",
		    that, this, s->member + 1, s->group + 1);
	}
	group->need = s->need;
	group->number[group->n] = i + 1;
	group->point[group->n] = (struct gf256_point){ s->member,
		secret_peek(s->value) };
	group->n++;
	return ST_OK;
}

/* ", 2 of 3 shares of group 1" for each group that is begun, not complete. */
static void
list_missing(const struct gather *g, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < SLIP39_GROUPS_MAX && at < size; i++)
		if (g->group[i].n > 0 && g->group[i].n < g->group[i].need)
			at += (size_t)snprintf(out + at, size - at,
			    ", %zu of %zu shares of group %zu", g->group[i].n,
			    g->group[i].need, i + 1);
}

/* FORMATS 4.8 and 4.15 */
static enum status
check_enough(const struct gather *g, struct diag *d)
{
	char missing[DIAG_TEXT_MAX / 2];
	size_t begun = 0, complete = 0;

	for (size_t i = 0; i < SLIP39_GROUPS_MAX; i++) {
		begun += g->group[i].n > 0;
		complete += g->group[i].n > 0 &&
		    g->group[i].n >= g->group[i].need;
	}
	list_missing(g, missing, sizeof(missing));
	if (begun < g->top.need)
		return diag_set(d, ST_FORMAT, "FORMATS 4.8: too few shares: "
		    "%zu of %zu groups%s", begun, g->top.need, missing);
	if (complete < g->top.need)
		return diag_set(d, ST_FORMAT, "FORMATS 4.8: too few shares: "
		    "%s", missing + 2);
	if (complete < begun)
		return diag_set(d, ST_FORMAT, "FORMATS 4.15: %s cannot be "
		    "checked: complete the group or leave it out",
		    missing + 2);
	return ST_OK;
}

/* Whether all points but the one at ${skip} are on one polynomial whose digest
 * holds; ${out} is its value. */
static bool
agree(const struct level *l, size_t skip, uint8_t *out, size_t len,
    struct hold *h)
{
	struct gf256_point p[GF256_POINTS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (i != skip)
			p[n++] = l->point[i];
	if (n < l->need || slip39_points_join(p, l->need, len, out,
	    &h->work) != 0)
		return false;
	for (size_t i = l->need; i < n; i++) {
		gf256_at(p, l->need, p[i].x, h->other, len);
		if (sodium_memcmp(h->other, p[i].y, len) != 0)
			return false;
	}
	return true;
}

/* How many single points there are without which the others agree, and the
 * last of them. */
static size_t
find_odd(const struct level *l, size_t *odd, uint8_t *out, size_t len,
    struct hold *h)
{
	size_t n = 0;

	for (size_t skip = 0; skip < l->n; skip++)
		if (agree(l, skip, out, len, h)) {
			*odd = skip;
			n++;
		}
	return n;
}

/* The value of a group; FORMATS 4.15. */
static enum status
join_group(struct gather *g, size_t i, struct diag *d)
{
	const struct level *l = &g->group[i];
	uint8_t *out = g->hold->group[i];
	char one[CALLED_SIZE];
	size_t odd = 0, found;

	if (agree(l, NOBODY, out, g->len, g->hold))
		return ST_OK;
	found = find_odd(l, &odd, out, g->len, g->hold);
	if (found == 1)
		return diag_set(d, ST_AUTH, "FORMATS 4.15: share %s does not "
		    "belong with the others of group %zu",
		    called(g->shares, l->number[odd], one), i + 1);
	if (found == 0 && l->n > l->need)
		return diag_set(d, ST_AUTH, "FORMATS 4.15: more than one of "
		    "the shares of group %zu is not of the set", i + 1);
	return diag_set(d, ST_AUTH, "FORMATS 4.15: the digest of group %zu "
	    "does not match: one of these shares is not of the set", i + 1);
}

/* The encrypted master secret from the groups' values; FORMATS 4.15. */
static enum status
join_groups(struct gather *g, struct diag *d)
{
	const struct level *l = &g->top, *group;
	char one[CALLED_SIZE];
	size_t odd = 0, found;

	if (agree(l, NOBODY, g->hold->ems, g->len, g->hold))
		return ST_OK;
	found = find_odd(l, &odd, g->hold->ems, g->len, g->hold);
	group = &g->group[l->number[odd] - 1];
	if (found == 1 && group->n == 1)
		return diag_set(d, ST_AUTH, "FORMATS 4.15: share %s does not "
		    "belong with the others",
		    called(g->shares, group->number[0], one));
	if (found == 1)
		return diag_set(d, ST_AUTH, "FORMATS 4.15: the shares of group "
		    "%zu do not belong with the others", l->number[odd]);
	if (found == 0 && l->n > l->need)
		return diag_set(d, ST_AUTH, "FORMATS 4.15: more than one of "
		    "the groups is not of the set");
	return diag_set(d, ST_AUTH, "FORMATS 4.15: the digest over the groups "
	    "does not match: one of these shares is not of the set");
}

/* Each to its group: FORMATS 4.13 and 4.14. */
static enum status
place(const struct slip39_share *const *shares, size_t n, struct gather *g,
    struct diag *d)
{
	enum status rc;

	if (n == 0 || n > SHARES_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 4.8: %zu shares where 1 to %zu "
		    "can be", n, SHARES_MAX);
	TRY(check_set(shares, n, d));
	g->shares = shares;
	g->len = secret_len(shares[0]->value);
	g->top.need = shares[0]->group_need;
	for (size_t i = 0; i < n; i++)
		TRY(add_share(shares, i, g, d));
out:
	return rc;
}

enum status
slip39_fit(const struct slip39_share *const *shares, size_t n,
    struct diag *d)
{
	struct gather g = { 0 };

	return place(shares, n, &g, d);
}

enum status
slip39_enough(const struct slip39_share *const *shares, size_t n,
    struct diag *d)
{
	struct gather g = { 0 };
	enum status rc;

	TRY(place(shares, n, &g, d));
	TRY(check_enough(&g, d));
out:
	return rc;
}

enum status
slip39_gather(const struct slip39_share *const *shares, size_t n,
    struct secret **ems, struct diag *d)
{
	struct gather g = { 0 };
	struct secret *hold = NULL;
	enum status rc;

	*ems = NULL;
	TRY(place(shares, n, &g, d));
	TRY(check_enough(&g, d));

	TRY(secret_new(sizeof(*g.hold), &hold, d));
	g.hold = (void *)secret_bytes(hold);
	for (size_t i = 0; i < SLIP39_GROUPS_MAX; i++) {
		if (g.group[i].n == 0)
			continue;
		TRY(join_group(&g, i, d));
		g.top.number[g.top.n] = i + 1;
		g.top.point[g.top.n] = (struct gf256_point){ (uint8_t)i,
			g.hold->group[i] };
		g.top.n++;
	}
	TRY(join_groups(&g, d));
	TRY(secret_new(g.len, ems, d));
	memcpy(secret_bytes(*ems), g.hold->ems, g.len);
	rc = ST_OK;
out:
	secret_free(hold);
	return rc;
}
