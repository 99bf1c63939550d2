#include <sys/wait.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ceremony/engine.h"
#include "ceremony/hands.h"
#include "lib/base/file.h"
#include "lib/crypto/csr.h"
#include "tests/support/fake_hands.h"
#include "tests/support/record.h"

/* --- a row that makes what the test tells it to --- */

static struct {
	const char *kind, *fact, *how, *bytes;
	const struct bytes *request; /* that the row reads, or NULL */
	bool object, more;
	unsigned performed, freed, promised;
	enum status check;
} now;

static const struct plan_key keys[] = {
	{ "word", PT_WORD, false, false, NULL },
	{ 0 }
};

static enum status
row_read(const struct plan *p, const struct ini_section *s, void **want,
    struct diag *d)
{
	struct csr *c = NULL;

	(void)p;
	if (now.request != NULL) {
		assert_int_equal(csr_read("r", now.request->data,
		    now.request->len, &c, d), ST_OK);
		csr_free(c);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	}
	if (strcmp(plan_text(s, "word", ""), "bad") == 0)
		return diag_set(d, ST_FORMAT, "the row refuses");
	*want = &now;
	return ST_OK;
}

static enum status
row_check(const void *want, const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d)
{
	(void)want;
	(void)p;
	(void)before;
	now.promised = (unsigned)promises->n;
	if (promises->n > 0)
		assert_string_equal(promises->promise[0].name, "one");
	return now.check == ST_OK ? ST_OK :
				    diag_set(d, now.check, "not to be");
}

static size_t
row_count(const void *want)
{
	(void)want;
	return 2;
}

static enum status
row_show(const void *want, size_t item, const struct plan *p,
    const struct state *s, struct bytes *out, struct diag *d)
{
	(void)want;
	(void)item;
	(void)p;
	(void)s;
	return bytes_set(out, "item", 4, d);
}

static enum status
row_perform(const void *want, size_t item, struct hands *h, struct outcome *o,
    struct diag *d)
{
	const struct bytes b = { (uint8_t *)(uintptr_t)now.bytes,
		strlen(now.bytes) };
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	(void)want;
	now.performed++;
	o->kind = now.kind;
	TRY(facts_set(&o->facts, d, "sheet", "%s", now.fact));
	TRY(facts_set(&o->facts, d, "how", "%s", now.how));
	if (now.more)
		TRY(facts_set(&o->facts, d, "more", "x"));
	snprintf(name, sizeof(name), "lists/%06zu.crl", h->state->n);
	if (now.object && item == 1)
		TRY(outcome_add(o, name, &b, d));
	rc = ST_OK;
out:
	return rc;
}

static enum status
row_verify(const void *want, size_t item, const struct plan *p,
    const struct state *s, const struct outcome *o, struct diag *d)
{
	(void)want;
	(void)item;
	(void)p;
	(void)s;
	(void)o;
	(void)d;
	return ST_OK;
}

static void
row_free(void *want)
{
	now.freed += want != NULL;
}

static const struct step_kind row = { .word = "probe", .title = "Probe",
	.keys = keys, .makes = "nothing", .read = row_read,
	.check = row_check, .count = row_count, .show = row_show,
	.perform = row_perform, .verify = row_verify, .free = row_free };
static const struct step_kind *const rows[] = { &row, NULL };

static void
reset(void)
{
	memset(&now, 0, sizeof(now));
	now.kind = "read-back";
	now.fact = "1";
	now.how = "typed";
	now.bytes = "list";
	now.object = true;
}

/* --- a front that has nothing to say --- */

static void
progress(const struct front *f, size_t i, size_t n, const char *text)
{
	(void)f;
	(void)i;
	(void)n;
	(void)text;
}

static enum status
note(const struct front *f, const char *what, size_t n, const uint8_t *digest,
    struct diag *d)
{
	(void)f;
	(void)what;
	(void)n;
	(void)digest;
	(void)d;
	return ST_OK;
}

static const struct front silent = { .progress = progress,
	.note_words = note, .how = "rehearsed" };

#define PLAN                                                                  \
	"[ceremony]\nformat = 1\norg = example\nmode = rehearsal\n"           \
	"effective = 2020-01-01\nlatest = 2099-12-31\noid-arc = 1.2.3\n"      \
	"officer = a\nwitness = b\nnumber = 1\nprevious = none\n"             \
	"[person a]\nname = A\n[person b]\nname = B\n"
#define ONE "[probe one]\n"

static struct plan *
plan_of(const char *text)
{
	const struct bytes b = { (uint8_t *)(uintptr_t)text, strlen(text) };
	struct plan *p = NULL;
	struct diag d = { 0 };

	if (plan_read("plan.ini", &b, rows, NULL, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	return p;
}

/* All that is recorded in "a", to be computed again; at most ${most}. */
static void
load_tail(struct engine *e, size_t most)
{
	struct chain c = { 0 };
	int fd = -1;

	assert_int_equal(file_open_dir("a", false, &fd, NULL), ST_OK);
	assert_int_equal(chain_read(fd, "a", &c, NULL), ST_OK);
	close(fd);
	e->tail = calloc(c.n + 1, sizeof(*e->tail));
	assert_non_null(e->tail);
	for (size_t i = 0; i < c.n && i < most; i++)
		assert_int_equal(entry_read("tail", &c.entry[i].text,
		    &e->tail[e->ntail++], NULL), ST_OK);
	chain_clear(&c);
}

/* Run the plan: with a stick to write to, or only comparing. */
static enum status
drive(size_t known, bool write, struct diag *d)
{
	const char *paths[] = { "a" };
	struct plan *p = plan_of(PLAN ONE);
	struct sticks *s = NULL;
	struct engine e = { .plan = p, .front = &silent, .program = "test" };
	enum status rc;

	now.performed = 0;
	if (known > 0)
		load_tail(&e, known);
	TRY(state_new(&e.state, d));
	TRY(engine_steps(p, rows, &e.step, &e.nsteps, d));
	if (write)
		TRY(sticks_open(paths, 1, true, true, &s, d));
	e.sticks = s;
	e.resumed = write && known > 0;
	hands_start(&e);
	TRY(engine_drive(&e, d));
	assert_int_equal(e.at, e.ntail);
	assert_null(state_open(e.state));
out:
	engine_clear(&e);
	sticks_free(s);
	plan_free(p);
	return rc;
}

static void
writes(void)
{
	struct diag d = { 0 };

	record_room();
	reset();
	if (drive(0, true, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(now.performed, 2);
}

/* Computed again from ${known} entries, it is refused so. */
static void
differs(size_t known, const char *why)
{
	struct diag d = { 0 };
	enum status rc = drive(known, false, &d);

	if (rc != ST_AUTH || strstr(d.text, why) == NULL)
		fail_msg("status %d, \"%s\" instead of \"%s\"", (int)rc,
		    d.text, why);
	reset();
}

#define WHOLE 4 /* entries: open, two items, closed */

static void
engine_writes_then_finds_every_entry_equal(void **state)
{
	struct diag d = { 0 };

	(void)state;
	writes();
	if (drive(WHOLE, false, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(now.performed, 2);
	record_leave();
}

static void
engine_compare_finds_a_fact_that_differs(void **state)
{
	(void)state;
	writes();
	now.fact = "2";
	differs(WHOLE, "entry 2 (read-back): FORMATS 7.9: \"sheet\" is not "
	    "what was computed again");
	now.more = true;
	differs(WHOLE, "entry 2 (read-back): FORMATS 7.9: \"more\"");
	/* and what is taken on trust may */
	now.how = "scanned";
	assert_int_equal(drive(WHOLE, false, NULL), ST_OK);
	record_leave();
}

static void
engine_compare_finds_an_object_that_differs(void **state)
{
	(void)state;
	writes();
	now.bytes = "lisT";
	differs(WHOLE, "entry 3 (read-back): FORMATS 7.9: lists/000002.crl is "
	    "not what was computed again");
	now.object = false;
	differs(WHOLE, "entry 3 (read-back): FORMATS 7.9: 1 files, and 0 were "
	    "computed again");
	record_leave();
}

static void
engine_compare_finds_an_entry_of_another_kind(void **state)
{
	(void)state;
	writes();
	now.kind = "drawn";
	differs(WHOLE, "entry 2 (read-back): FORMATS 7.9: it is "
	    "\"read-back\", and \"drawn\" was computed again");
	record_leave();
}

static void
engine_compare_finds_entries_missing(void **state)
{
	(void)state;
	writes();
	differs(1, "FORMATS 7.9: the record ends at entry 1, and "
	    "\"read-back\" should follow");
	differs(2, "the record ends at entry 2, and \"read-back\"");
	differs(3, "the record ends at entry 3, and \"closed\"");
	record_leave();
}

/* However far a run came: it goes on and says so, and what it has stays.  What
 * the cut left is named where the closing line covers it. */
static void
engine_resumes_after_any_entry(void **state)
{
	char gone[64];
	struct chain c;
	int fd = -1;

	(void)state;
	for (unsigned have = 1; have < WHOLE; have++) {
		struct diag d = { 0 };

		writes();
		for (unsigned n = have + 1; n <= WHOLE; n++) {
			snprintf(gone, sizeof(gone), "a/record/%06u.json", n);
			assert_int_equal(remove(gone), 0);
		}
		if (drive(have, true, &d) != ST_OK)
			fail_msg("%s", d.text);
		assert_int_equal(file_open_dir("a", false, &fd, NULL), ST_OK);
		assert_int_equal(chain_read(fd, "a", &c, NULL), ST_OK);
		close(fd);
		assert_int_equal(c.n, WHOLE + 1);
		assert_int_equal(c.nstray, 0);
		assert_string_equal(c.entry[have].kind, "resumed");
		assert_true(c.entry[have].nleft > 0);
		assert_string_equal(c.entry[WHOLE].kind, "closed");
		assert_int_equal(c.entry[WHOLE].nleft, 0);
		chain_clear(&c);
		record_leave();
	}
}

static void
engine_refuses_to_resume_what_was_done_otherwise(void **state)
{
	struct diag d = { 0 };

	(void)state;
	writes();
	assert_int_equal(remove("a/record/000004.json"), 0);
	now.bytes = "other";
	assert_int_equal(drive(3, true, &d), ST_AUTH);
	assert_non_null(strstr(d.text, "lists/000002.crl is not what was "
	    "computed again"));
	/* nothing was written over or after it */
	assert_int_not_equal(access("a/record/000004.json", F_OK), 0);
	record_leave();
}

static void
engine_steps_refuses_a_plan_without_a_step(void **state)
{
	struct engine_step *step = NULL;
	struct plan *p = plan_of(PLAN);
	struct diag d = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(engine_steps(p, rows, &step, &n, &d), ST_FORMAT);
	assert_string_equal(d.text, "plan.ini: FORMATS 3.10: the plan has no "
	    "step");
	assert_null(step);
	plan_free(p);
}

/* What rows before a refusing one had read is freed. */
static void
engine_steps_frees_what_a_refusal_leaves(void **state)
{
	struct engine_step *step = NULL;
	struct plan *p = plan_of(PLAN ONE "[probe two]\nword = bad\n");
	struct diag d = { 0 };
	size_t n = 0;

	(void)state;
	reset();
	assert_int_equal(engine_steps(p, rows, &step, &n, &d), ST_FORMAT);
	assert_string_equal(d.text, "the row refuses");
	assert_int_equal(now.freed, 1);
	plan_free(p);
}

/* Whoever read what strangers wrote is gone before anybody gives a sheet. */
static void
engine_steps_leaves_no_reader(void **state)
{
	static const char *const plans[] = { PLAN ONE,
		PLAN ONE "[probe two]\nword = bad\n" };
	struct engine_step *step = NULL;
	struct bytes request = { 0 };
	struct plan *p;
	size_t n = 0;

	(void)state;
	fake_request("P-256", "x", &request);
	for (size_t i = 0; i < 2; i++) {
		reset();
		now.request = &request;
		p = plan_of(plans[i]);
		assert_int_equal(engine_steps(p, rows, &step, &n, NULL),
		    i == 0 ? ST_OK : ST_FORMAT);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
		engine_steps_free(step, n);
		plan_free(p);
		step = NULL;
	}
	reset();
	bytes_free(&request);
}

static void
engine_check_tells_rows_what_was_promised(void **state)
{
	struct engine_step *step = NULL;
	struct plan *p = plan_of(PLAN ONE "[probe two]\n");
	struct state *s = NULL;
	struct diag d = { 0 };
	size_t n = 0;

	(void)state;
	reset();
	assert_int_equal(state_new(&s, NULL), ST_OK);
	assert_int_equal(engine_steps(p, rows, &step, &n, NULL), ST_OK);
	assert_int_equal(engine_check(p, step, n, s, NULL), ST_OK);
	assert_int_equal(now.promised, 1);
	now.check = ST_POLICY;
	assert_int_equal(engine_check(p, step, n, s, &d), ST_POLICY);
	assert_string_equal(d.text, "not to be");
	engine_steps_free(step, n);
	state_free(s);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_writes_then_finds_every_entry_equal),
		cmocka_unit_test(engine_compare_finds_a_fact_that_differs),
		cmocka_unit_test(engine_compare_finds_an_object_that_differs),
		cmocka_unit_test(engine_compare_finds_an_entry_of_another_kind),
		cmocka_unit_test(engine_compare_finds_entries_missing),
		cmocka_unit_test(engine_resumes_after_any_entry),
		cmocka_unit_test(
		    engine_refuses_to_resume_what_was_done_otherwise),
		cmocka_unit_test(engine_steps_refuses_a_plan_without_a_step),
		cmocka_unit_test(engine_steps_frees_what_a_refusal_leaves),
		cmocka_unit_test(engine_steps_leaves_no_reader),
		cmocka_unit_test(engine_check_tells_rows_what_was_promised),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
