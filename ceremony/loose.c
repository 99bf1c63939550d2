/* see loose.h */
#include <stdio.h>
#include <string.h>

#include "ceremony/loose.h"
#include "lib/base/text.h"

/* --- what a section says --- */

/* "3" or "1-3", without blanks: its first and last. */
static bool
read_range(const char *text, size_t len, unsigned *first, unsigned *last)
{
	char part[16], *dash;
	uint64_t a = 0, b = 0;

	if (len == 0 || len >= sizeof(part))
		return false;
	snprintf(part, sizeof(part), "%.*s", (int)len, text);
	if ((dash = strchr(part, '-')) != NULL)
		*dash++ = '\0';
	if (text_number(part, 1, SHEETS_MAX, &a, NULL) != ST_OK)
		return false;
	b = a;
	if (dash != NULL && text_number(dash, a, SHEETS_MAX, &b, NULL) !=
	    ST_OK)
		return false;
	*first = (unsigned)a;
	*last = (unsigned)b;
	return true;
}

enum status
loose_numbers(const struct plan *p, const struct ini_entry *e,
    unsigned out[LOOSE_NUMBERS_MAX], size_t *n, struct diag *d)
{
	const char *at = e == NULL ? "" : e->value;
	unsigned first, last;
	bool more;
	enum status rc;
	size_t len;

	*n = 0;
	for (more = *at != '\0'; more; at += strspn(at, " ")) {
		len = strcspn(at, ",");
		if (!read_range(at, len, &first, &last) ||
		    (*n > 0 && first <= out[*n - 1]))
			PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.72: %s "
			    "are numbers that rise: 1-3, 5", e->key);
		while (first <= last)
			out[(*n)++] = first++;
		more = at[len] == ',';
		at += len + more;
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
loose_waive(const struct plan *p, const struct ini_section *s,
    const char **out, struct diag *d)
{
	enum status rc;

	*out = plan_text(s, "waive", NULL);
	if (*out != NULL && plan_section(p, "person", *out) == NULL)
		PLAN_FAIL(d, ST_FORMAT, p, plan_entry(s, "waive", NULL)->line,
		    "FORMATS 3.73: there is no [person %s]", *out);
	rc = ST_OK;
out:
	return rc;
}

/* --- RULES S3 --- */

/* The root of a section: [reshare] bears its name, others say it. */
static const char *
root_of(const struct ini_section *s)
{
	return strcmp(s->kind, "reshare") == 0 ? s->name :
						 plan_text(s, "root", NULL);
}

static bool
is_about(const struct ini_section *s, const char *kind, const char *root)
{
	const char *is = strcmp(s->kind, kind) == 0 ? root_of(s) : NULL;

	return is != NULL && strcmp(is, root) == 0;
}

const struct ini_section *
loose_above(const struct plan *p, size_t line, const char *kind,
    const char *root)
{
	for (size_t i = p->ini->n; i-- > 0;) {
		if (p->ini->sections[i].line < line &&
		    is_about(&p->ini->sections[i], kind, root))
			return &p->ini->sections[i];
	}
	return NULL;
}

/* Whether a [destroy] names that sheet. */
static bool
burns(const struct plan *p, const struct ini_section *s, unsigned epoch,
    unsigned number)
{
	const struct ini_entry *e = plan_entry(s, "sheets", NULL);
	const uint64_t of = plan_int(s, "epoch", 0);
	unsigned named[LOOSE_NUMBERS_MAX];
	bool found = false;
	size_t n = 0;

	if (strcmp(plan_text(s, "what", ""), SHEET_FOUND) == 0 ||
	    (of != 0 && of != epoch))
		return false;
	if (e == NULL || strcmp(e->value, "all") == 0)
		return true;
	if (loose_numbers(p, e, named, &n, NULL) != ST_OK)
		return true;
	for (size_t i = 0; i < n; i++)
		found = found || named[i] == number;
	return found;
}

bool
loose_burnt_above(const struct plan *p, size_t line,
    const struct sheet_set *set, unsigned number)
{
	const struct ini_section *s;

	while ((s = loose_above(p, line, "destroy", set->root)) != NULL) {
		if (burns(p, s, set->epoch, number))
			return true;
		line = s->line;
	}
	return false;
}

/* Sheets of the live set that are lost by the sections of a plan, as those up
 * to ${line} say. */
static enum status
mark_lost(const struct plan *p, size_t line, const char *root,
    bool lost[SHEETS_MAX + 1], struct diag *d)
{
	unsigned number[LOOSE_NUMBERS_MAX];
	const struct ini_section *s;
	enum status rc = ST_OK;
	size_t n;

	for (size_t i = 0; i < p->ini->n && rc == ST_OK; i++) {
		s = &p->ini->sections[i];
		if (s->line > line)
			break;
		n = 0;
		if (is_about(s, "reshare", root))
			rc = loose_numbers(p, plan_entry(s, "lost", NULL),
			    number, &n, d);
		else if (is_about(s, "replace-share", root) &&
		    sheet_reason_loses(plan_text(s, "reason", "")))
			number[n++] = (unsigned)plan_int(s, "sheet", 0);
		for (size_t k = 0; k < n; k++)
			if (number[k] <= SHEETS_MAX)
				lost[number[k]] = true;
	}
	return rc;
}

/* How many are out of control, over all sets of the root, and how many it takes
 * at least, by the sets that they are of and the live one. */
static size_t
count_loose(const struct state *state, const char *root,
    const bool lost[SHEETS_MAX + 1], unsigned *quorum)
{
	const struct sheet_set *set;
	size_t all = 0, n;

	*quorum = SHEETS_MAX;
	for (size_t i = 0; i < state->nsets; i++) {
		set = &state->sets[i];
		if (strcmp(set->root, root) != 0)
			continue;
		n = sheet_set_loose(set);
		for (size_t k = 0; set->fate == SET_LIVE && k < set->n; k++)
			n += lost[k + 1] && !sheet_loose(set, k);
		if ((n > 0 || set->fate == SET_LIVE) &&
		    sheet_set_quorum(set) < *quorum)
			*quorum = sheet_set_quorum(set);
		all += n;
	}
	return all;
}

enum status
loose_check(const struct ini_section *s, const struct plan *p,
    const struct state *before, const char *root, struct diag *d)
{
	bool lost[SHEETS_MAX + 1] = { false };
	const char *waive;
	unsigned quorum;
	size_t loose;
	enum status rc;

	TRY(loose_waive(p, s, &waive, d));
	TRY(mark_lost(p, s->line, root, lost, d));
	loose = count_loose(before, root, lost, &quorum);
	if (loose + 1 >= quorum && waive == NULL)
		PLAN_FAIL(d, ST_POLICY, p, s->line, "RULES S3: sheets of root "
		    "%s out of control: %zu, and %u open it: it is to be "
		    "replaced ([rotate]), unless somebody answers for it by "
		    "name (waive)", root, loose, quorum);
	rc = ST_OK;
out:
	return rc;
}

enum status
loose_tell(const struct sheet_set *set, size_t i, struct facts *out,
    struct diag *d)
{
	static const char key[] = "to-destroy";
	char line[SHEET_LINE_SIZE];

	sheet_line(set, i, line);
	for (size_t k = 0; k < facts_count(out, key); k++) {
		if (strcmp(facts_at(out, key, k), line) == 0)
			return ST_OK;
	}
	return facts_add(out, d, key, "%s", line);
}
