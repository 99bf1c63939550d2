/* see fake_hands.h */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ceremony/certify.h"
#include "ceremony/destroy.h"
#include "ceremony/mint.h"
#include "ceremony/replace.h"
#include "ceremony/reshare.h"
#include "delegation/delegate.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/derive.h"
#include "lib/pki/issue.h"
#include "lib/pki/profile.h"
#include "revocation/account.h"
#include "revocation/bundle_row.h"
#include "revocation/kill.h"
#include "revocation/list.h"
#include "revocation/revoke.h"
#include "revocation/rotate.h"
#include "tests/support/fake_hands.h"
#include "transfer/send.h"

#define ALG "ecdsa-p384"
#define ROOT_DAYS 3650
#define ZEROS32                                                               \
	"0000000000000000000000000000000000000000000000000000000000000000"

static const char *const folders[] = { "roots", "cross", "issued", "lists",
	"sealed", "bundles", "inbox" };
#define NFOLDERS (sizeof(folders) / sizeof(folders[0]))

static const struct step_kind *const rows[] = { &mint_step, &crl_step,
	&delegate_step, &revoke_step, &account_step, &kill_step, &bundle_step,
	&certify_step, &rotate_step, &send_step, &reshare_step, &replace_step,
	&destroy_step, NULL };

const struct promises *fake_promises;

#define FAKE_PROMISES_MAX 16

/* --- entries --- */

static void
commit(struct fake *f, const char *kind, const struct facts *facts,
    const struct object *objects, size_t n)
{
	struct entry e = { 0 };
	char digest[SHA384_HEX_SIZE];
	struct diag d = { 0 };

	e.number = f->state->n + 1;
	e.time = FAKE_EFFECTIVE;
	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	snprintf(e.actor, sizeof(e.actor), "-");
	snprintf(e.previous, sizeof(e.previous), "%s", state_head(f->state));
	assert_int_equal(facts_copy(facts, &e.facts, &d), ST_OK);
	for (size_t i = 0; i < n; i++) {
		hash_sha384_hex(objects[i].bytes.data, objects[i].bytes.len,
		    digest);
		assert_int_equal(entry_add_object(&e, objects[i].name, digest,
		    &d), ST_OK);
	}
	assert_int_equal(entry_seal(&e, &d), ST_OK);
	if (state_apply(f->state, &e, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static void
write_object(struct fake *f, const struct object *o)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->dir, o->name);
	assert_int_equal(file_create(path, o->bytes.data, o->bytes.len, NULL),
	    ST_OK);
}

void
fake_take(struct fake *f, const struct outcome *o)
{
	for (size_t i = 0; i < o->n; i++)
		write_object(f, &o->objects[i]);
	commit(f, o->kind, &o->facts, o->objects, o->n);
}

static void
open_ceremony(struct fake *f)
{
	struct facts facts = { 0 };
	struct diag d = { 0 };

	assert_int_equal(facts_set(&facts, &d, "mode", "%s",
	    f->mode == MODE_PRODUCTION ? "production" : "rehearsal"), ST_OK);
	assert_int_equal(facts_set(&facts, &d, "org", "example"), ST_OK);
	assert_int_equal(facts_set(&facts, &d, "arc", FAKE_ARC), ST_OK);
	assert_int_equal(facts_set(&facts, &d, "ceremony", "%zu",
	    f->state->nceremonies + 1), ST_OK);
	assert_int_equal(facts_set(&facts, &d, "plan", "unread"), ST_OK);
	commit(f, "open", &facts, NULL, 0);
	facts_clear(&facts);
}

void
fake_entry(struct fake *f, const char *kind, const char *const *facts,
    const char *object)
{
	struct outcome o = { .kind = kind };
	struct bytes nothing = { 0 };

	for (; facts[0] != NULL; facts += 2)
		assert_int_equal(facts_set(&o.facts, NULL, facts[0], "%s",
		    facts[1]), ST_OK);
	assert_int_equal(bytes_set(&nothing, "x", 1, NULL), ST_OK);
	if (object != NULL)
		assert_int_equal(outcome_add(&o, object, &nothing, NULL),
		    ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	bytes_free(&nothing);
}

void
fake_next(struct fake *f)
{
	const struct facts none = { 0 };

	commit(f, "closed", &none, NULL, 0);
	open_ceremony(f);
}

/* --- hands --- */

static const struct fake_root *
find_root(const struct fake *f, const char *name)
{
	for (size_t i = 0; i < f->nroots; i++) {
		if (strcmp(f->root[i].name, name) == 0)
			return &f->root[i];
	}
	return NULL;
}

static enum status
lend_root(struct hands *h, const char *name, const struct key **out,
    struct diag *d)
{
	const struct fake_root *r = find_root(h->engine, name);

	if (r == NULL)
		return diag_set(d, ST_BUG, "no such root in these hands");
	*out = r->key;
	return ST_OK;
}

static enum status
lend_derive(struct hands *h, const char *name, const char *label,
    uint8_t *out, size_t len, struct diag *d)
{
	const struct fake_root *r = find_root(h->engine, name);

	if (r == NULL)
		return diag_set(d, ST_BUG, "no such root in these hands");
	return derive_label(r->seed, label, out, len, d);
}

/* The reader of requests is there before the seeds are, as it is in a
 * ceremony; here it stays. */
static void
start_reader(void)
{
	struct bytes pem = { 0 };
	struct csr *r = NULL;

	fake_request("P-256", "first", &pem);
	assert_int_equal(csr_read("first", pem.data, pem.len, &r, NULL),
	    ST_OK);
	csr_free(r);
	bytes_free(&pem);
}

/* A sheet is typed as it is shown. */
static enum status
type_sheet(struct hands *h, const struct sheet_view *view, struct facts *f,
    struct diag *d)
{
	struct fake *fake = h->engine;
	struct secret **typed = &fake->typed[view->sheet->number - 1];
	enum status rc;

	assert_true(view->sheet->number <= FAKE_SHEETS_MAX);
	secret_free(*typed);
	*typed = NULL;
	fake->proven++;
	TRY(secret_copy(view->mnemonic, typed, d));
	TRY(facts_set(f, d, "how", "typed"));
	TRY(facts_set(f, d, "tries", "1"));
out:
	return rc;
}

static const struct secret *
lend_typed(struct hands *h, size_t sheet)
{
	const struct fake *fake = h->engine;

	return fake->typed[sheet];
}

void
fake_start(struct fake *f, enum plan_mode mode)
{
	int fd = -1;

	memset(f, 0, sizeof(*f));
	fake_promises = NULL;
	f->mode = mode;
	start_reader();
	snprintf(f->dir, sizeof(f->dir), "/tmp/anchorite-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(file_open_dir(f->dir, false, &f->dirfd, NULL), ST_OK);
	for (size_t i = 0; i < NFOLDERS; i++) {
		assert_int_equal(file_open_sub(f->dirfd, folders[i], true, &fd,
		    NULL), ST_OK);
		if (strcmp(folders[i], "inbox") == 0)
			f->inboxfd = fd;
		else
			close(fd);
	}
	f->inbox.dirfd = f->inboxfd;
	assert_int_equal(state_new(&f->state, NULL), ST_OK);
	f->state->dirfd = f->dirfd;
	f->hands.root = lend_root;
	f->hands.derive = lend_derive;
	f->hands.prove = type_sheet;
	f->hands.typed = lend_typed;
	f->hands.engine = f;
	open_ceremony(f);
}

static void
empty_folder(int fd)
{
	char **names = NULL;
	size_t n = 0;

	assert_int_equal(file_list_at(fd, &names, &n, NULL), ST_OK);
	for (size_t i = 0; i < n; i++)
		unlinkat(fd, names[i], 0);
	file_list_free(names, n);
}

void
fake_end(struct fake *f)
{
	int fd = -1;

	for (size_t i = 0; i < NFOLDERS; i++) {
		assert_int_equal(file_open_sub(f->dirfd, folders[i], false,
		    &fd, NULL), ST_OK);
		empty_folder(fd);
		close(fd);
		unlinkat(f->dirfd, folders[i], AT_REMOVEDIR);
	}
	for (size_t i = 0; i < f->nroots; i++) {
		secret_free(f->root[i].seed);
		key_free(f->root[i].key);
	}
	for (size_t i = 0; i < FAKE_SHEETS_MAX; i++)
		secret_free(f->typed[i]);
	plan_free(f->plan);
	state_free(f->state);
	close(f->inboxfd);
	close(f->dirfd);
	rmdir(f->dir);
	memset(f, 0, sizeof(*f));
}

/* --- roots --- */

static void
make_key(struct fake *f, struct fake_root *r, unsigned number)
{
	const enum derive_mode mode = f->mode == MODE_PRODUCTION ?
	    DERIVE_REAL : DERIVE_REHEARSAL;

	if (f->mode == MODE_PRODUCTION) {
		assert_int_equal(secret_new(SEED_LEN, &r->seed, NULL), ST_OK);
		memset(secret_bytes(r->seed), (int)(0xa0 + number), SEED_LEN);
	} else {
		assert_int_equal(derive_rehearsal_seed(number, &r->seed, NULL),
		    ST_OK);
	}
	assert_int_equal(key_from_seed(r->seed, mode, ALG, "root", 0, &r->key,
	    NULL), ST_OK);
}

/* A set of sheets that nobody holds: a root wants one in the record. */
static void
commit_set(struct fake *f, const char *name)
{
	static const char *const facts_of[][2] = { { "epoch", "1" },
		{ "set-id", "1" }, { "groups-needed", "1" },
		{ "exponent", "1" }, { "extendable", "yes" },
		{ "salt", ZEROS32 } };
	struct facts facts = { 0 };

	assert_int_equal(facts_set(&facts, NULL, "root", "%s", name), ST_OK);
	for (size_t i = 0; i < sizeof(facts_of) / sizeof(facts_of[0]); i++)
		assert_int_equal(facts_set(&facts, NULL, facts_of[i][0], "%s",
		    facts_of[i][1]), ST_OK);
	assert_int_equal(facts_add(&facts, NULL, "groups", "2/2"), ST_OK);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(facts_add(&facts, NULL, "sheets",
		    "%u main 0 %u %s - %064x", i + 1, i, i == 0 ? "first" :
		    "second", i), ST_OK);
	commit(f, "drawn", &facts, NULL, 0);
	facts_clear(&facts);
}

static void
commit_root(struct fake *f, const struct fake_root *r)
{
	const struct spki *k = key_public(r->key);
	struct facts facts = { 0 };
	char hex[1024];

	assert_true(2 * k->der.len < sizeof(hex));
	text_hex(k->der.data, k->der.len, hex);
	assert_int_equal(facts_set(&facts, NULL, "root", "%s", r->name),
	    ST_OK);
	assert_int_equal(facts_set(&facts, NULL, "algorithm", ALG), ST_OK);
	assert_int_equal(facts_set(&facts, NULL, "number", "%zu",
	    f->state->nroots + 1), ST_OK);
	assert_int_equal(facts_set(&facts, NULL, "counter", "0"), ST_OK);
	assert_int_equal(facts_set(&facts, NULL, "public", "%s", hex), ST_OK);
	commit(f, "root", &facts, NULL, 0);
	facts_clear(&facts);
}

static enum status
serial_derive(void *cookie, const char *label, uint8_t *out, size_t len,
    struct diag *d)
{
	const struct fake_root *r = cookie;

	return derive_label(r->seed, label, out, len, d);
}

static void
commit_certificate(struct fake *f, struct fake_root *r)
{
	const struct profile_room room = { FAKE_ARC, "example",
		f->mode != MODE_PRODUCTION };
	const struct issue_serial serial = { serial_derive, r };
	struct cert_spec spec = { 0 };
	struct outcome o = { 0 };
	struct bytes pem = { 0 };
	struct cert *made = NULL;
	struct diag d = { 0 };
	char name[64], until[CLOCK_TEXT_SIZE];

	assert_int_equal(profile_root(&room, r->name, key_public(r->key),
	    FAKE_EFFECTIVE, FAKE_EFFECTIVE + ROOT_DAYS * CLOCK_DAY - 1, &spec,
	    &d), ST_OK);
	if (issue_cert(LINT_ROOT, FAKE_ARC, &spec, &serial, r->key,
	    key_public(r->key), &made, &d) != ST_OK ||
	    cert_pem(&made->der, "CERTIFICATE", &pem, &d) != ST_OK)
		fail_msg("%s", d.text);
	cert_free(made);
	snprintf(name, sizeof(name), "roots/%06zu.crt", f->state->nroots);
	clock_text(spec.not_after, until);
	o.kind = "certificate";
	assert_int_equal(outcome_add(&o, name, &pem, NULL), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "root", "%s", r->name),
	    ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "subject", "%s",
	    spec.subject.common), ST_OK);
	assert_int_equal(facts_set(&o.facts, NULL, "not-after", "%s", until),
	    ST_OK);
	fake_take(f, &o);
	outcome_clear(&o);
	bytes_free(&pem);
	cert_spec_clear(&spec);
}

void
fake_root(struct fake *f, const char *name, unsigned number,
    bool certificate)
{
	struct fake_root *r = &f->root[f->nroots++];

	assert_true(f->nroots <= FAKE_ROOTS_MAX);
	snprintf(r->name, sizeof(r->name), "%s", name);
	make_key(f, r, number);
	commit_set(f, name);
	commit_root(f, r);
	if (certificate)
		commit_certificate(f, r);
}

/* --- plans --- */

void
fake_inbox(struct fake *f, const char *name, const struct bytes *data,
    char *value, size_t size)
{
	char digest[SHA384_HEX_SIZE];

	assert_int_equal(file_create_at(f->inboxfd, name, data->data,
	    data->len, NULL), ST_OK);
	hash_sha384_hex(data->data, data->len, digest);
	snprintf(value, size, "%s sha384:%s", name, digest);
}

void
fake_plan(struct fake *f, unsigned number, const char *rest)
{
	struct bytes text = { 0 };
	struct diag d = { 0 };

	plan_free(f->plan);
	f->plan = NULL;
	assert_int_equal(text_format(&text, &d, "[ceremony]\nformat = 1\n"
	    "org = example\nmode = %s\nnumber = %u\nprevious = %s\n"
	    "effective = 2027-03-01T00:%02u:00Z\nlatest = 2027-03-15\n"
	    "oid-arc = " FAKE_ARC "\nofficer = first\nwitness = second\n"
	    "[person first]\nname = First\n[person second]\nname = Second\n%s",
	    f->mode == MODE_PRODUCTION ? "production" : "rehearsal", number,
	    number == 1 ? "none" : state_head(f->state), number - 1, rest),
	    ST_OK);
	if (plan_read("plan.ini", &text, rows, &f->inbox, &f->plan, &d) !=
	    ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(f->plan->effective,
	    FAKE_EFFECTIVE + 60 * (int64_t)(number - 1));
	f->hands.plan = f->plan;
	f->hands.state = f->state;
	bytes_free(&text);
}

/* The rows of the same kind above it promise theirs, as in the engine. */
static enum status
promise_siblings(const struct fake *f, const struct step_kind *kind,
    const struct ini_section *until, struct promise *promise, size_t *n,
    struct diag *d)
{
	const struct ini_section *s = f->plan->ini->sections;
	enum status rc = ST_OK;
	void *want = NULL;

	for (; s != until && rc == ST_OK; s++) {
		if (strcmp(s->kind, kind->word) != 0)
			continue;
		assert_true(*n < FAKE_PROMISES_MAX);
		rc = kind->read(f->plan, s, &want, d);
		if (rc == ST_OK)
			promise[(*n)++] = (struct promise){ kind->makes,
				s->name, plan_text(s, "by", NULL), want,
				kind };
	}
	return rc;
}

enum status
fake_do(struct fake *f, const struct step_kind *kind, const char *name,
    struct outcome *o, struct diag *d)
{
	const struct ini_section *s = plan_section(f->plan, kind->word, name);
	struct promise promise[FAKE_PROMISES_MAX] = { 0 };
	struct promises promises = { promise, 0 };
	struct bytes line = { 0 };
	void *want = NULL;
	enum status rc;

	assert_non_null(s);
	TRY(promise_siblings(f, kind, s, promise, &promises.n, d));
	TRY(kind->read(f->plan, s, &want, d));
	TRY(kind->check(want, f->plan, f->state,
	    fake_promises != NULL ? fake_promises : &promises, d));
	assert_int_equal(kind->count(want), 1);
	TRY(kind->show(want, 0, f->plan, f->state, &line, d));
	assert_true(line.len > 0);
	TRY(kind->perform(want, 0, &f->hands, o, d));
out:
	bytes_free(&line);
	if (want != NULL)
		kind->free(want);
	while (promises.n > 0) {
		/* ours to free: read here */
		union {
			const void *lent;
			void *own;
		} u = { promise[--promises.n].want };

		kind->free(u.own);
	}
	return rc;
}

enum status
fake_verify(struct fake *f, const struct step_kind *kind, const char *name,
    const struct outcome *o, struct diag *d)
{
	const struct ini_section *s = plan_section(f->plan, kind->word, name);
	void *want = NULL;
	enum status rc;

	assert_non_null(s);
	TRY(kind->read(f->plan, s, &want, d));
	TRY(kind->verify(want, 0, f->plan, f->state, o, d));
out:
	if (want != NULL)
		kind->free(want);
	return rc;
}
