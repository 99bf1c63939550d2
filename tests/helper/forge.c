/* forge.c -- what somebody with the stick and a compiler can do.
 *
 *	forge fact STATE N KEY VALUE   entry N says another thing, or one more
 *	forge actor STATE N WORD       somebody else did it
 *	forge leftover STATE N NAME    entry N names a file as left by a cut
 *	forge rename STATE N NAME      its first file is said to be another
 *	forge turn STATE N             its last two facts change places
 *	forge object STATE N           entry N commits its files as they are now
 *	forge private STATE N NAME     entry N commits a file private/NAME, made
 *	forge event STATE KIND KEY VALUE   one more event at the end
 *	forge early STATE REASON       the open ceremony was ended early
 *	forge close STATE              the open rehearsal is closed, and signed
 *	forge key N                    the key of rehearsal root N, 0..; SEC1
 *
 * All but the last four make the digests of that entry and of all behind it
 * anew, so that the chain reads well. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/closing.h"
#include "lib/base/file.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/crypto/start.h"
#include "lib/record/folder.h"
#include "lib/record/signer.h"
#include "lib/record/stick.h"

/* Unlike the program, he replaces what is there. */
static enum status
replace(int dirfd, const struct entry *e, struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "record/%06lu.json",
	    (unsigned long)e->number);
	if ((fd = openat(dirfd, name, O_WRONLY | O_TRUNC)) < 0)
		return diag_set(d, ST_SYSTEM, "%s: not there", name);
	n = write(fd, e->text.data, e->text.len);
	close(fd);
	return n == (ssize_t)e->text.len ? ST_OK :
	    diag_set(d, ST_SYSTEM, "%s: not written", name);
}

static enum status
change_fact(struct entry *e, const char *key, const char *value,
    struct diag *d)
{
	for (size_t i = 0; i < e->facts.n; i++) {
		struct fact *f = &e->facts.fact[i];

		if (strcmp(f->key, key) != 0)
			continue;
		free(f->value[0]);
		f->value[0] = strdup(value);
		return ST_OK;
	}
	return facts_set(&e->facts, d, key, "%s", value);
}

static enum status
digest_objects(int dirfd, struct entry *e, struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc = ST_OK;

	for (size_t i = 0; i < e->n; i++) {
		TRY(folder_read(dirfd, e->objects[i].name, FILE_MAX, &bytes,
		    d));
		hash_sha384_hex(bytes.data, bytes.len, e->objects[i].digest);
	}
out:
	bytes_free(&bytes);
	return rc;
}

static enum status
rename_object(int dirfd, struct object_ref *o, const char *name,
    struct diag *d)
{
	if (renameat(dirfd, o->name, dirfd, name) != 0)
		return diag_set(d, ST_SYSTEM, "%s: not renamed", o->name);
	snprintf(o->name, sizeof(o->name), "%s", name);
	return ST_OK;
}

static enum status
turn_facts(struct facts *f, struct diag *d)
{
	struct fact last;

	if (f->n < 2)
		return diag_set(d, ST_USAGE, "there are no two facts");
	last = f->fact[f->n - 1];
	f->fact[f->n - 1] = f->fact[f->n - 2];
	f->fact[f->n - 2] = last;
	return ST_OK;
}

/* Private files come with a later kind of entry; readers know them today. */
static enum status
add_private(int dirfd, struct entry *e, const char *file, struct diag *d)
{
	static const char text[] = "who keeps it, and where\n";
	char name[OBJECT_NAME_SIZE], digest[SHA384_HEX_SIZE];
	enum status rc;

	snprintf(name, sizeof(name), "private/%s", file);
	hash_sha384_hex(text, sizeof(text) - 1, digest);
	TRY(folder_create(dirfd, name, text, sizeof(text) - 1, d));
	TRY(entry_add_object(e, name, digest, d));
out:
	return rc;
}

/* What is done to the entry: argv from the verb on. */
static enum status
change(int dirfd, struct entry *e, char **argv, struct diag *d)
{
	if (strcmp(argv[0], "fact") == 0)
		return change_fact(e, argv[3], argv[4], d);
	if (strcmp(argv[0], "leftover") == 0)
		return entry_add_leftover(e, argv[3], d);
	if (strcmp(argv[0], "rename") == 0)
		return rename_object(dirfd, &e->objects[0], argv[3], d);
	if (strcmp(argv[0], "turn") == 0)
		return turn_facts(&e->facts, d);
	if (strcmp(argv[0], "object") == 0)
		return digest_objects(dirfd, e, d);
	if (strcmp(argv[0], "private") == 0)
		return add_private(dirfd, e, argv[3], d);
	snprintf(e->actor, sizeof(e->actor), "%s", argv[3]);
	return ST_OK;
}

static enum status
forge(char **argv, struct diag *d)
{
	const size_t number = strtoul(argv[2], NULL, 10);
	struct chain c = { 0 };
	enum status rc;
	int fd = -1;

	TRY(file_open_dir(argv[1], false, &fd, d));
	TRY(chain_read(fd, argv[1], &c, d));
	if (number < 1 || number > c.n)
		FAIL(d, ST_USAGE, "there is no entry %zu", number);
	TRY(change(fd, &c.entry[number - 1], argv, d));
	for (size_t i = number - 1; i < c.n; i++) {
		if (i > 0)
			snprintf(c.entry[i].previous,
			    sizeof(c.entry[i].previous), "%s",
			    c.entry[i - 1].digest);
		TRY(entry_seal(&c.entry[i], d));
		TRY(replace(fd, &c.entry[i], d));
	}
out:
	chain_clear(&c);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* One more entry at the end, as the program itself would write it. */
static enum status
append(struct sticks *k, struct state *s, struct outcome *o, struct diag *d)
{
	const struct entry *last = &s->entries[s->n - 1];
	struct entry e = { .number = s->n + 1, .time = last->time };
	enum status rc;

	snprintf(e.kind, sizeof(e.kind), "%s", o->kind);
	snprintf(e.actor, sizeof(e.actor), "%s", last->actor);
	snprintf(e.previous, sizeof(e.previous), "%s", state_head(s));
	TRY(facts_copy(&o->facts, &e.facts, d));
	TRY(sticks_commit(k, &e, o, d));
	TRY(state_apply(s, &e, d));
out:
	entry_clear(&e);
	return rc;
}

/* The state and its stick, to add to. */
struct pen {
	struct state *s;
	struct sticks *k;
	int fd;
};

static enum status
pen_open(const char *path, struct pen *p, struct diag *d)
{
	enum status rc;

	p->fd = -1;
	TRY(state_load(path, &p->s, &p->fd, NULL, NULL, d));
	TRY(sticks_open(&path, 1, false, true, &p->k, d));
out:
	return rc;
}

static void
pen_clear(struct pen *p)
{
	sticks_free(p->k);
	state_free(p->s);
	if (p->fd >= 0)
		close(p->fd);
}

static enum status
event(char **argv, struct diag *d)
{
	struct outcome o = { .kind = argv[2] };
	struct pen p = { 0 };
	enum status rc;

	TRY(pen_open(argv[1], &p, d));
	TRY(facts_set(&o.facts, d, argv[3], "%s", argv[4]));
	TRY(append(p.k, p.s, &o, d));
out:
	outcome_clear(&o);
	pen_clear(&p);
	return rc;
}

/* By root g1, whose seed is the first of the public ones. */
static enum status
add_signature(const struct state *s, const struct bytes *line,
    struct outcome *o, struct diag *d)
{
	struct secret *seed = NULL;
	struct bytes p7s = { 0 };
	struct cert *cert = NULL;
	struct key *key = NULL;
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	TRY(derive_rehearsal_seed(0, &seed, d));
	TRY(key_from_seed(seed, DERIVE_REHEARSAL, "ecdsa-p384", "root", 0,
	    &key, d));
	TRY(signer_cert(s, "g1", &cert, d));
	TRY(cms_sign(key, cert, s->arc, CMS_CLOSING, s->entries[s->n - 1].time,
	    line, &p7s, d));
	snprintf(name, sizeof(name), "record/%06zu.g1.p7s", s->n + 1);
	TRY(outcome_add(o, name, &p7s, d));
out:
	cert_free(cert);
	key_free(key);
	secret_free(seed);
	bytes_free(&p7s);
	return rc;
}

static enum status
append_closing(struct pen *p, bool is_signed, struct diag *d)
{
	struct outcome o = { .kind = "closed" };
	const struct state *s = p->s;
	char name[OBJECT_NAME_SIZE];
	struct bytes line = { 0 };
	enum status rc;

	TRY(closing_line(s, s->entries[s->n - 1].time, &line, d));
	snprintf(name, sizeof(name), "record/%06zu.line", s->n + 1);
	TRY(outcome_add(&o, name, &line, d));
	if (is_signed)
		TRY(add_signature(s, &line, &o, d));
	TRY(facts_set(&o.facts, d, "ceremony", "%zu", s->nceremonies));
	TRY(append(p->k, p->s, &o, d));
out:
	outcome_clear(&o);
	bytes_free(&line);
	return rc;
}

static enum status
early(char **argv, struct diag *d)
{
	struct outcome undone = { .kind = "undone" };
	struct pen p = { 0 };
	enum status rc;

	TRY(pen_open(argv[1], &p, d));
	TRY(facts_set(&undone.facts, d, "reason", "%s", argv[2]));
	TRY(append(p.k, p.s, &undone, d));
	TRY(append_closing(&p, false, d));
out:
	outcome_clear(&undone);
	pen_clear(&p);
	return rc;
}

static enum status
close_signed(char **argv, struct diag *d)
{
	struct pen p = { 0 };
	enum status rc;

	TRY(pen_open(argv[1], &p, d));
	TRY(append_closing(&p, true, d));
out:
	pen_clear(&p);
	return rc;
}

/* ECPrivateKey of P-384 without its public half. */
static enum status
write_key(char **argv, struct diag *d)
{
	static const uint8_t head[] = { 0x30, 0x3e, 0x02, 0x01, 0x01, 0x04,
		0x30 };
	static const uint8_t tail[] = { 0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81,
		0x04, 0x00, 0x22 };
	struct secret *seed = NULL, *scalar = NULL;
	enum status rc;

	TRY(derive_rehearsal_seed((unsigned)strtoul(argv[1], NULL, 10),
	    &seed, d));
	TRY(derive_scalar(seed, DERIVE_REHEARSAL, "ecdsa-p384", "root", 0,
	    &scalar, d));
	fwrite(head, 1, sizeof(head), stdout);
	fwrite(secret_peek(scalar), 1, secret_len(scalar), stdout);
	fwrite(tail, 1, sizeof(tail), stdout);
	if (fflush(stdout) != 0)
		FAIL(d, ST_SYSTEM, "the output could not be written");
out:
	secret_free(scalar);
	secret_free(seed);
	return rc;
}

static const struct verb {
	const char *word;
	int words; /* that follow it */
	enum status (*run)(char **argv, struct diag *);
} verbs[] = {
	{ "fact", 4, forge },
	{ "actor", 3, forge },
	{ "leftover", 3, forge },
	{ "rename", 3, forge },
	{ "turn", 2, forge },
	{ "object", 2, forge },
	{ "private", 3, forge },
	{ "event", 4, event },
	{ "early", 2, early },
	{ "close", 1, close_signed },
	{ "key", 1, write_key },
};

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	enum status rc;

	rc = diag_set(&d, ST_USAGE, "forge fact|actor|leftover|rename|turn|"
	    "object|private|event|early|close|key ...");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (argc != verbs[i].words + 2 ||
		    strcmp(argv[1], verbs[i].word) != 0)
			continue;
		diag_clear(&d);
		if ((rc = crypto_start(&d)) == ST_OK)
			rc = verbs[i].run(argv + 1, &d);
	}
	if (rc != ST_OK)
		fprintf(stderr, "forge: %s\n", d.text);
	return rc == ST_OK ? 0 : 2;
}
