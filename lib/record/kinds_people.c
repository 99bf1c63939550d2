/* see kinds.h: what people do with sheets. */
#include <stdio.h>
#include <string.h>

#include "lib/record/bag.h"
#include "lib/record/kinds.h"

/* The sheet that an entry is about, which the holder that it names has. */
static enum status
find_held(struct state *s, const struct entry *e, struct sheet **out,
    struct diag *d)
{
	struct sheet_set *set;
	const char *holder;
	enum status rc;

	TRY(kind_sheet(s, &e->facts, &set, out, d));
	TRY(facts_need(&e->facts, "holder", &holder, d));
	if (strcmp(holder, (*out)->holder) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: sheet %u is not held by %s",
		    (*out)->number, holder);
out:
	return rc;
}

/* Whoever reads a sheet in the holder's place puts off no check-up of the
 * holder's: it counts from the first time. */
static enum status
note_reader(struct sheet *sheet, const struct entry *e, struct diag *d)
{
	enum status rc;

	sheet->by[0] = '\0';
	if (facts_get(&e->facts, "by") == NULL) {
		sheet->own = e->time;
		sheet->deputy = 0;
		return ST_OK;
	}
	TRY(kind_text(&e->facts, "by", sheet->by, sizeof(sheet->by), d));
	if (strcmp(sheet->by, sheet->holder) == 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: %s is no deputy of %s",
		    sheet->by, sheet->holder);
	if (sheet->deputy == 0)
		sheet->deputy = e->time;
out:
	return rc;
}

enum status
kind_sheet_read(struct state *s, const struct entry *e, struct diag *d)
{
	struct sheet *sheet = NULL;
	enum status rc;

	/* that it is the sheet of its item is the row's to say */
	if (find_held(s, e, &sheet, NULL) != ST_OK)
		return ST_OK;
	TRY(note_reader(sheet, e, d));
	sheet->proven = e->number;
out:
	return rc;
}

enum status
kind_checked(struct state *s, const struct entry *e, struct diag *d)
{
	struct sheet *sheet = NULL;
	unsigned found = 0;
	const char *result;
	enum status rc;

	TRY(find_held(s, e, &sheet, d));
	TRY(facts_need(&e->facts, "result", &result, d));
	while (found < SHEET_FOUND_MAX &&
	    strcmp(sheet_found_word((enum sheet_found)found), result) != 0)
		found++;
	if (found == SHEET_FOUND_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: a check-up finds a sheet "
		    "good, absent, missing or damaged");
	sheet->checked = e->number;
	sheet->found = (enum sheet_found)found;
	if (sheet->found != SHEET_GOOD)
		return ST_OK;
	TRY(note_reader(sheet, e, d));
	sheet->proven = e->number;
out:
	return rc;
}

enum status
kind_stood_in(struct state *s, const struct entry *e, struct diag *d)
{
	struct sheet *sheet = NULL;
	const char *by;
	enum status rc;

	TRY(find_held(s, e, &sheet, d));
	TRY(facts_need(&e->facts, "by", &by, d));
	TRY(note_reader(sheet, e, d));
out:
	return rc;
}

/* The numbers are in a file of its own, which stays on the sticks; the entry
 * says of a bag that came in whether its seal was the one of record. */
enum status
kind_custody(struct state *s, const struct entry *e, struct diag *d)
{
	const char *way, *match = facts_get(&e->facts, "match");
	struct sheet *sheet = NULL;
	struct sheet_set *set;
	char plain[OBJECT_NAME_SIZE];
	enum status rc;
	bool in;

	TRY(kind_sheet(s, &e->facts, &set, &sheet, d));
	TRY(facts_need(&e->facts, "way", &way, d));
	in = strcmp(way, "in") == 0;
	bag_name(e->number, plain);
	if (!in && strcmp(way, "out") != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.40: a bag goes out or comes in");
	if (in ? match == NULL || (strcmp(match, "yes") != 0 &&
	    strcmp(match, "no") != 0) : match != NULL)
		FAIL(d, ST_FORMAT, "FORMATS 7.40: of a seal that comes in it "
		    "says yes or no, and of no other");
	if (e->n != 1 || !variant_of(e->objects[0].name, plain))
		FAIL(d, ST_FORMAT, "FORMATS 7.40: its one file should be %s",
		    plain);
	if (in && sheet->out == 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.40: no bag of sheet %u is out",
		    sheet->number);
	*(in ? &sheet->in : &sheet->out) = e->number;
out:
	return rc;
}
