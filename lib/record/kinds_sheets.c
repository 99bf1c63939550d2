/* see kinds.h: seeds and sheets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/kinds.h"

#define SET_ID_MAX 32767 /* 15 bits */
#define SHEET_PARTS 7

/* A set has the places of its scheme, in order, and a share for each. */
static enum status
check_sheets(const struct sheet_set *set, struct diag *d)
{
	const struct slip39_scheme *c = &set->scheme;
	const struct sheet *s = set->sheets;
	size_t places = 0, group = 0, member = 0;

	for (size_t g = 0; g < c->groups; g++)
		places += c->group[g].members;
	if (set->n != places)
		return diag_set(d, ST_FORMAT, "FORMATS 7.5: %zu sheets, and "
		    "the scheme has %zu", set->n, places);
	for (size_t i = 0; i < places; i++) {
		if (s[i].number != i + 1 || s[i].group != group ||
		    s[i].member != member)
			return diag_set(d, ST_FORMAT, "FORMATS 7.5: sheet %zu "
			    "has no place in its set", i + 1);
		for (size_t j = 0; j < i; j++)
			if (memcmp(s[i].commitment, s[j].commitment,
			    SHA256_LEN) == 0)
				return diag_set(d, ST_FORMAT, "FORMATS 7.5: "
				    "sheets %zu and %zu are one share", j + 1,
				    i + 1);
		if (++member == c->group[group].members) {
			member = 0;
			group++;
		}
	}
	return ST_OK;
}

/* "1 main 0 0 first office 5f..": number, group, places, holder, commitment */
static enum status
read_sheet(const char *text, struct sheet *out, struct diag *d)
{
	char part[SHEET_PARTS][SHA384_HEX_SIZE];
	enum status rc;

	if (!kind_split(text, part, SHEET_PARTS) || !text_is_word(part[1]) ||
	    !text_is_word(part[4]) ||
	    (strcmp(part[5], "-") != 0 && !text_is_word(part[5])))
		FAIL(d, ST_FORMAT, "a sheet is not of the form");
	TRY(kind_read_number(part[0], SHEETS_MAX, &out->number, d));
	TRY(kind_read_number(part[2], SLIP39_GROUPS_MAX, &out->group, d));
	TRY(kind_read_number(part[3], SLIP39_MEMBERS_MAX, &out->member, d));
	snprintf(out->group_name, sizeof(out->group_name), "%.32s", part[1]);
	snprintf(out->holder, sizeof(out->holder), "%.32s", part[4]);
	if (strcmp(part[5], "-") != 0)
		snprintf(out->place, sizeof(out->place), "%.32s", part[5]);
	TRY(text_unhex(part[6], out->commitment, SHA256_LEN, d));
out:
	return rc;
}

/* "2/3" */
static enum status
read_group(const char *text, struct slip39_group *out, struct diag *d)
{
	const size_t len = strcspn(text, "/");
	unsigned need, members;
	enum status rc;
	char first[4];

	if (len >= sizeof(first) || text[len] == '\0')
		FAIL(d, ST_FORMAT, "a group is not of the form");
	memcpy(first, text, len);
	first[len] = '\0';
	TRY(kind_read_number(first, SLIP39_MEMBERS_MAX, &need, d));
	TRY(kind_read_number(text + len + 1, SLIP39_MEMBERS_MAX, &members, d));
	out->need = (uint8_t)need;
	out->members = (uint8_t)members;
out:
	return rc;
}

/* Who keeps the passphrase, if there is one. */
static enum status
read_keeper(const struct facts *f, struct sheet_set *set, struct diag *d)
{
	const char *keeper = facts_get(f, "passphrase");

	if (facts_count(f, "passphrase") == 0)
		return ST_OK;
	if (keeper == NULL || !text_is_word(keeper))
		return diag_set(d, ST_FORMAT, "nobody keeps the passphrase");
	snprintf(set->keeper, sizeof(set->keeper), "%.32s", keeper);
	return ST_OK;
}

struct sheet_set *
kind_newest_set(const struct state *s, const char *root)
{
	for (size_t i = s->nsets; i-- > 0;) {
		if (strcmp(s->sets[i].root, root) == 0)
			return &s->sets[i];
	}
	return NULL;
}

/* An epoch is consumed by being drawn: 0 where there was none. */
static unsigned
last_epoch(const struct state *s, const char *root)
{
	const struct sheet_set *set = root == NULL ? NULL :
						     kind_newest_set(s, root);

	return set == NULL ? 0 : set->epoch;
}

enum status
kind_drawn(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sheet_set *set;
	unsigned id, need, exponent, last;
	const char *ext;
	enum status rc;

	last = last_epoch(s, facts_get(f, "root"));
	if ((set = GROW(s->sets, s->nsets)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "root", set->root, sizeof(set->root), d));
	TRY(kind_number(f, "epoch", KIND_NUMBER_MAX, &set->epoch, d));
	TRY(kind_number(f, "set-id", SET_ID_MAX, &id, d));
	TRY(kind_number(f, "groups-needed", SLIP39_GROUPS_MAX, &need, d));
	TRY(kind_number(f, "exponent", SLIP39_EXPONENT_MAX, &exponent, d));
	TRY(facts_need(f, "extendable", &ext, d));
	TRY(kind_hex(f, "salt", set->salt, sizeof(set->salt), d));
	if (strcmp(ext, "yes") != 0 && strcmp(ext, "no") != 0)
		FAIL(d, ST_FORMAT, "extendable is neither yes nor no");
	if (set->epoch != last + 1)
		FAIL(d, ST_FORMAT, "epoch %u does not follow epoch %u",
		    set->epoch, last);
	set->id = (uint16_t)id;
	set->scheme.need = (uint8_t)need;
	set->scheme.exponent = (uint8_t)exponent;
	set->scheme.extendable = strcmp(ext, "yes") == 0;
	TRY(read_keeper(f, set, d));
	if (facts_count(f, "groups") > SLIP39_GROUPS_MAX ||
	    facts_count(f, "sheets") > SHEETS_MAX)
		FAIL(d, ST_FORMAT, "more groups or sheets than there can be");
	set->scheme.groups = (uint8_t)facts_count(f, "groups");
	for (size_t i = 0; i < set->scheme.groups; i++)
		TRY(read_group(facts_at(f, "groups", i), &set->scheme.group[i],
		    d));
	TRY(slip39_scheme_check(&set->scheme, d));
	set->n = facts_count(f, "sheets");
	if ((set->sheets = calloc(set->n + 1, sizeof(*set->sheets))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < set->n; i++)
		TRY(read_sheet(facts_at(f, "sheets", i), &set->sheets[i], d));
	TRY(check_sheets(set, d));
out:
	return rc;
}

enum status
kind_void(struct state *s, const struct entry *e, struct diag *d)
{
	const char *root = facts_get(&e->facts, "root");
	struct sheet_set *set;

	(void)d;
	if (root != NULL && (set = kind_newest_set(s, root)) != NULL &&
	    set->fate == SET_DRAWN)
		set->fate = SET_VOID;
	return ST_OK;
}

/* What anyone is told of the set: how many of it were ever written. */
enum status
kind_read_back(struct state *s, const struct entry *e, struct diag *d)
{
	const char *root = facts_get(&e->facts, "root");
	struct sheet_set *set = root == NULL ? NULL : kind_newest_set(s, root);
	uint64_t sheet = 0;

	if (set != NULL && set->fate == SET_DRAWN &&
	    facts_number(&e->facts, "sheet", 1, set->n, &sheet, NULL) ==
	    ST_OK && sheet == set->proven + 1)
		set->proven++;
	return kind_sheet_read(s, e, d);
}

static struct sheet_set *
find_set(const struct state *s, const char *root, unsigned epoch)
{
	for (size_t i = 0; i < s->nsets; i++) {
		if (strcmp(s->sets[i].root, root) == 0 &&
		    s->sets[i].epoch == epoch)
			return &s->sets[i];
	}
	return NULL;
}

static enum status
find_sheet(const struct state *s, const char *root, unsigned epoch,
    unsigned number, struct sheet_set **set, struct sheet **out,
    struct diag *d)
{
	*set = find_set(s, root, epoch);
	if (*set == NULL || number < 1 || number > (*set)->n)
		return diag_set(d, ST_FORMAT, "FORMATS 7.5: root %.32s has no "
		    "sheet %u of epoch %u", root, number, epoch);
	*out = &(*set)->sheets[number - 1];
	return ST_OK;
}

enum status
kind_sheet(const struct state *s, const struct facts *f,
    struct sheet_set **set, struct sheet **out, struct diag *d)
{
	unsigned epoch, number;
	const char *root;
	enum status rc;

	TRY(facts_need(f, "root", &root, d));
	TRY(kind_number(f, "epoch", KIND_NUMBER_MAX, &epoch, d));
	TRY(kind_number(f, "sheet", SHEETS_MAX, &number, d));
	TRY(find_sheet(s, root, epoch, number, set, out, d));
out:
	return rc;
}

/* The set that was drawn last is live, and the one before it no more. */
enum status
kind_reshared(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sheet_set *set, *old;
	unsigned epoch, replaces, number;
	struct sheet *sheet;
	const char *root;
	enum status rc;

	TRY(facts_need(f, "root", &root, d));
	TRY(kind_number(f, "epoch", KIND_NUMBER_MAX, &epoch, d));
	TRY(kind_number(f, "replaces", KIND_NUMBER_MAX, &replaces, d));
	if (state_root(s, root) == NULL)
		FAIL(d, ST_FORMAT, "root %.32s is not there", root);
	if ((set = kind_newest_set(s, root)) == NULL || set->epoch != epoch ||
	    set->fate != SET_DRAWN)
		FAIL(d, ST_FORMAT, "root %s has no drawn set of epoch %u", root,
		    epoch);
	if (set->proven != set->n)
		FAIL(d, ST_FORMAT, "FORMATS 4.31: %u of the %zu sheets of "
		    "epoch %u were read back", set->proven, set->n, epoch);
	if ((old = find_set(s, root, replaces)) == NULL ||
	    old->fate != SET_LIVE)
		FAIL(d, ST_FORMAT, "epoch %u of root %s is not live", replaces,
		    root);
	for (size_t i = 0; i < facts_count(f, "lost"); i++) {
		TRY(kind_read_number(facts_at(f, "lost", i), SHEETS_MAX,
		    &number, d));
		TRY(find_sheet(s, root, replaces, number, &old, &sheet, d));
		sheet->lost++;
	}
	old->fate = SET_REPLACED;
	old->by = epoch;
	set->fate = SET_LIVE;
out:
	return rc;
}

/* The very same share once more: what both entries of it say. */
struct again {
	struct sheet *sheet;
	char reason[16], holder[33], place[33];
};

static enum status
read_again(const struct state *s, const struct facts *f, struct again *out,
    struct diag *d)
{
	uint8_t commitment[SHA256_LEN] = { 0 };
	struct sheet_set *set;
	enum status rc;

	TRY(kind_sheet(s, f, &set, &out->sheet, d));
	TRY(kind_text(f, "reason", out->reason, sizeof(out->reason), d));
	TRY(kind_text(f, "holder", out->holder, sizeof(out->holder), d));
	TRY(kind_text(f, "place", out->place, sizeof(out->place), d));
	TRY(kind_hex(f, "commitment", commitment, sizeof(commitment), d));
	if (set->fate != SET_LIVE || out->sheet->destroyed != 0)
		FAIL(d, ST_FORMAT, "sheet %u of epoch %u is not live",
		    out->sheet->number, set->epoch);
	if (memcmp(commitment, out->sheet->commitment, sizeof(commitment)) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 4.32: it is another share than "
		    "sheet %u of epoch %u", out->sheet->number, set->epoch);
	if (!text_listed(SHEET_REASONS, '|', out->reason) ||
	    !text_is_word(out->holder) ||
	    (strcmp(out->place, "-") != 0 && !text_is_word(out->place)))
		FAIL(d, ST_FORMAT, "a reason, holder or place is none");
	rc = ST_OK;
out:
	return rc;
}

/* Out of control until it is read back: the copy that may be there, and the one
 * that it is written for. */
enum status
kind_begun(struct state *s, const struct entry *e, struct diag *d)
{
	struct again a = { 0 };
	enum status rc;

	TRY(read_again(s, &e->facts, &a, d));
	a.sheet->lost += 1 + sheet_reason_loses(a.reason);
out:
	return rc;
}

/* What was begun is this holder's sheet now. */
enum status
kind_replaced(struct state *s, const struct entry *e, struct diag *d)
{
	struct again a = { 0 };
	enum status rc;

	TRY(read_again(s, &e->facts, &a, d));
	if (a.sheet->lost == 0)
		FAIL(d, ST_FORMAT, "FORMATS 4.32: sheet %u was not begun",
		    a.sheet->number);
	a.sheet->lost--;
	snprintf(a.sheet->holder, sizeof(a.sheet->holder), "%s", a.holder);
	snprintf(a.sheet->place, sizeof(a.sheet->place), "%s",
	    strcmp(a.place, "-") == 0 ? "" : a.place);
	TRY(kind_sheet_read(s, e, d));
out:
	return rc;
}

/* "1 2 anna office": epoch, number, and what a witness compares. */
static enum status
burn_sheet(struct state *s, const char *root, const char *text, bool found,
    const char *kept, size_t *burnt, struct diag *d)
{
	char part[4][SHA384_HEX_SIZE], name[32];
	unsigned epoch, number;
	struct sheet_set *set;
	struct sheet *sheet;
	enum status rc;

	if (!kind_split(text, part, 4))
		FAIL(d, ST_FORMAT, "a sheet is not of the form");
	TRY(kind_read_number(part[0], KIND_NUMBER_MAX, &epoch, d));
	TRY(kind_read_number(part[1], SHEETS_MAX, &number, d));
	TRY(find_sheet(s, root, epoch, number, &set, &sheet, d));
	snprintf(name, sizeof(name), "%u/%u", epoch, number);
	if (text_listed(kept, ' ', name))
		return ST_OK;
	if (found ? sheet->lost == 0 : !sheet_there(set, number - 1))
		FAIL(d, ST_FORMAT, "FORMATS 4.33: sheet %u of root %s, epoch "
		    "%u, is not there to be destroyed", number, root, epoch);
	if (found)
		sheet->lost--;
	else
		sheet->destroyed =
		    s->ceremonies[s->nceremonies - 1].number;
	(*burnt)++;
out:
	return rc;
}

enum status
kind_destroyed(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	const char *root, *what, *kept;
	size_t burnt = 0;
	enum status rc;

	TRY(facts_need(f, "root", &root, d));
	TRY(facts_need(f, "what", &what, d));
	TRY(facts_need(f, "kept", &kept, d));
	for (size_t i = 0; i < facts_count(f, "sheets"); i++)
		TRY(burn_sheet(s, root, facts_at(f, "sheets", i),
		    strcmp(what, SHEET_FOUND) == 0, kept, &burnt, d));
	if (burnt == 0)
		FAIL(d, ST_FORMAT, "no sheet was destroyed");
	rc = ST_OK;
out:
	return rc;
}
