/* see cmd.h: a whole TEST ceremony in a folder of its own. */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/run.h"
#include "cmd/cmd.h"
#include "cmd/example.h"
#include "cmd/front.h"
#include "cmd/outbox.h"
#include "cmd/rehearse.h"
#include "cmd/tool.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"

#define PDF "sheets/pdf" /* sheets as they would be printed */

void
rehearse_join(char out[PATH_SIZE], const char *dir, const char *name)
{
	snprintf(out, PATH_SIZE, "%.900s/%.100s", dir, name);
}

/* A name of a file as a shell takes it, where it is printable as it stands;
 * escaped in any case (FORMATS 1.5). */
static void
quote(const char *name, char out[SHOWN_SIZE])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+=:@%,-";
	char shown[SHOWN_SIZE / 4 - 1];
	size_t at = 0;

	if (text_escape(name, strlen(name), shown, sizeof(shown)))
		snprintf(shown, sizeof(shown), "%s", name);
	if (shown[strspn(shown, plain)] == '\0') {
		snprintf(out, SHOWN_SIZE, "%s", shown);
		return;
	}
	out[at++] = '\'';
	for (const char *p = shown; *p != '\0'; p++)
		at += (size_t)snprintf(out + at, 5, *p == '\'' ? "'\\''" :
		    "%c", *p);
	memcpy(out + at, "'", 2);
}

/* --- the folder --- */

static enum status
make_folders(struct rehearsal *h, struct diag *d)
{
	static const char *const names[] = { "inbox", "outbox", "paper",
		"sheets", PDF, "team", "night" };
	char path[PATH_SIZE];

	if (strlen(h->dir) > 800)
		return diag_set(d, ST_USAGE, "the folder's name is too long");
	quote(h->dir, h->shown);
	rehearse_join(h->plan, h->dir, "plan.ini");
	rehearse_join(h->room, h->dir, "room.ini");
	rehearse_join(h->state, h->dir, "state");
	if (mkdir(h->dir, 0700) != 0)
		return diag_set(d, errno == EEXIST ? ST_POLICY : ST_SYSTEM,
		    "%s: a rehearsal wants a folder of its own: %s", h->dir,
		    strerror(errno));
	h->made = true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		rehearse_join(path, h->dir, names[i]);
		if (mkdir(path, 0700) != 0)
			return diag_set(d, ST_SYSTEM, "%s: %s", path,
			    strerror(errno));
	}
	return ST_OK;
}

/* A rehearsal that never came to a record leaves nothing. */
static void
clear_away(const struct rehearsal *h)
{
	if (h->made && (rmdir(h->state) == 0 || errno == ENOENT))
		file_remove_tree(h->dir);
}

enum status
rehearse_save(const struct rehearsal *h, const char *name,
    const struct bytes *bytes, struct diag *d)
{
	char path[PATH_SIZE];

	rehearse_join(path, h->dir, name);
	return file_create(path, bytes->data, bytes->len, d);
}

/* What others bring, made by their own tool in a folder of theirs. */
struct other {
	const char *folder, *file, *says;
	const char *argv[TOOL_ARGS_MAX];
};
static const struct other team = { "team", "gateway.csr",
	"the signing team makes a key and a request with openssl req",
	{ "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
	    "ec_paramgen_curve:P-256", "-nodes", "-keyout", "gateway.key",
	    "-subj", "/CN=gateway team", "-sha256", "-out", "gateway.csr" } };
static const struct other responder = { "night", "night.crt",
	"a responder makes a key and a certificate for the bad day",
	{ "openssl", "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt",
	    "ec_paramgen_curve:P-256", "-nodes", "-keyout", "night.key",
	    "-subj", "/CN=night", "-sha256", "-days", "30", "-out",
	    "night.crt" } };

/* Into the inbox; ${digest} is what they say over the telephone. */
static enum status
bring(const struct rehearsal *h, const struct other *o,
    char digest[SHA384_HEX_SIZE], struct diag *d)
{
	struct bytes bytes = { 0 };
	char path[PATH_SIZE], name[160];
	enum status rc;
	int code = 0;

	fprintf(stderr, "%s\n", o->says);
	rehearse_join(path, h->dir, o->folder);
	TRY(tool_run(path, o->argv, &code, d));
	if (code != 0)
		FAIL(d, ST_SYSTEM, "openssl req ended with %d", code);
	snprintf(name, sizeof(name), "%s/%s", o->folder, o->file);
	rehearse_join(path, h->dir, name);
	TRY(file_read(path, 65536, &bytes, d));
	snprintf(name, sizeof(name), "inbox/%s", o->file);
	TRY(rehearse_save(h, name, &bytes, d));
	hash_sha384_hex(bytes.data, bytes.len, digest);
out:
	bytes_free(&bytes);
	return rc;
}

/* --- a plan of the user's, made into a rehearsal of itself --- */

/* A rehearsal adopts no key that may be real, for its seeds are public (FORMATS
 * 3.96), but this one: the throw-away key of P-384, which everybody has. */
#define ADOPTED_FILE "rehearsal.key"
static const char adopted_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAb6QpgTSOpdnnrXow9\n"
    "/fnSgzmel99INPGpXJykCD9mWT4JcBMTApUMVqqp+V43rDehZANiAASDLWWveaqV\n"
    "ogei+OUtluyhFDdEbTAoqaG9aNIy+vxCYwoILb83ZHG/mOC129DxLGy89EnKnPS3\n"
    "9PEEc8Rs1ruWQ63Jjz4PmcQrUdFxAa2r5e3MQFs7pHIk0ur+Gjpk3E0=\n"
    "-----END PRIVATE KEY-----\n";

/* What a rehearsal says in its own way: lines of a section. */
struct change {
	const char *section, *key;
	const char *line; /* in the place of it */
};
#define CHANGE_SIZE 192

static const char *
changed(const struct change *c, size_t n, const char *section,
    const char *line, size_t len)
{
	size_t klen;

	for (size_t i = 0; i < n; i++) {
		klen = strlen(c[i].key);
		if (strcmp(c[i].section, section) == 0 && len > klen &&
		    strncmp(line, c[i].key, klen) == 0 &&
		    (line[klen] == ' ' || line[klen] == '='))
			return c[i].line;
	}
	return NULL;
}

/* The kind of the section that begins here, or as it was. */
static void
take_section(const char *line, char section[33])
{
	if (line[0] == '[')
		snprintf(section, 33, "%.*s", (int)strcspn(line + 1, " ]\n"),
		    line + 1);
}

static enum status
convert_lines(const char *at, const struct change *c, size_t n,
    struct bytes *out, struct diag *d)
{
	char section[33] = "";
	const char *better;
	enum status rc;
	int len;

	TRY(text_format(out, d, "# TEST: a rehearsal of another plan.\n"));
	for (; *at != '\0'; at += len + (at[len] == '\n')) {
		len = (int)strcspn(at, "\n");
		take_section(at, section);
		better = changed(c, n, section, at, (size_t)len);
		if (better != NULL)
			TRY(text_append(out, d, "%s\n", better));
		else
			TRY(text_append(out, d, "%.*s\n", len, at));
	}
out:
	return rc;
}

static enum status
convert_plan(const struct bytes *text, struct bytes *out, struct diag *d)
{
	char when[CLOCK_TEXT_SIZE], hex[SHA384_HEX_SIZE];
	char from[CHANGE_SIZE], to[CHANGE_SIZE], key[CHANGE_SIZE];
	const int64_t now = clock_now() / 60 * 60;
	const struct change changes[] = {
		{ "ceremony", "mode", "mode = rehearsal" },
		{ "ceremony", "effective", from },
		{ "ceremony", "latest", to },
		{ "adopt", "algorithm", "algorithm = ecdsa-p384" },
		{ "adopt", "key", key },
		{ "adopt", "certificate", "subject = rehearsed\nyears = 1" },
	};

	clock_text(now, when);
	snprintf(from, sizeof(from), "effective = %s", when);
	clock_text(now + CLOCK_DAY, when);
	snprintf(to, sizeof(to), "latest = %s", when);
	hash_sha384_hex(adopted_key, strlen(adopted_key), hex);
	snprintf(key, sizeof(key), "key = " ADOPTED_FILE " sha384:%s", hex);
	return convert_lines((const char *)text->data, changes,
	    sizeof(changes) / sizeof(changes[0]), out, d);
}

/* What stands in for the key of a plan that adopts one. */
static enum status
bring_adopted(const struct rehearsal *h, const struct plan *p,
    struct diag *d)
{
	struct bytes key = { 0 };
	enum status rc = ST_OK;

	if (plan_section(p, "adopt", NULL) == NULL)
		return ST_OK;
	TRY(bytes_set(&key, adopted_key, strlen(adopted_key), d));
	TRY(rehearse_save(h, "inbox/" ADOPTED_FILE, &key, d));
out:
	bytes_free(&key);
	return rc;
}

/* A file that the plan names, once. */
static enum status
bring_file(const struct rehearsal *h, const struct plan *p,
    const struct ini_entry *e, struct diag *d)
{
	struct bytes bytes = { 0 };
	char path[PATH_SIZE], to[160], bare[65];
	enum status rc;

	TRY(plan_file(p, e, FILE_MAX, &bytes, bare, sizeof(bare), d));
	snprintf(to, sizeof(to), "inbox/%s", bare);
	rehearse_join(path, h->dir, to);
	if (access(path, F_OK) != 0)
		TRY(rehearse_save(h, to, &bytes, d));
out:
	bytes_free(&bytes);
	return rc;
}

/* Files that the plan names lie beside it, or in parcels there; bring them into
 * the inbox. */
static enum status
bring_files(const struct rehearsal *h, const struct plan *p, struct diag *d)
{
	const struct ini_section *s;
	const struct plan_key *k;
	enum status rc = ST_OK;

	for (size_t i = 0; i < p->ini->n; i++) {
		s = &p->ini->sections[i];
		for (k = plan_keys(p, s); k->name != NULL; k++) {
			for (size_t j = 0; j < s->n; j++) {
				if (k->type == PT_FILE &&
				    strcmp(s->entries[j].key, k->name) == 0)
					TRY(bring_file(h, p, &s->entries[j],
					    d));
			}
		}
	}
out:
	return rc;
}

/* The folder that a plan lies in, as an inbox. */
static enum status
look_beside(const char *plan, struct inbox *box, struct diag *d)
{
	const char *slash = strrchr(plan, '/');
	char dir[PATH_SIZE];
	enum status rc;

	snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL ? 1 : (int)(slash - plan + 1),
	    slash == NULL ? "." : plan);
	TRY(file_open_dir(dir, false, &box->dirfd, d));
	TRY(inbox_look(box, clock_now(), d));
out:
	return rc;
}

static enum status
own_plan(const struct rehearsal *h, const char *path, struct bytes *out,
    struct diag *d)
{
	struct inbox box = { .dirfd = -1 };
	struct bytes text = { 0 };
	struct plan *p = NULL;
	enum status rc;

	TRY(file_read(path, INI_FILE_MAX, &text, d));
	TRY(convert_plan(&text, out, d));
	TRY(look_beside(path, &box, d));
	TRY(plan_read(path, out, cmd_steps, &box, &p, d));
	if (p->number != 1)
		FAIL(d, ST_POLICY, "%s: only the first ceremony of a state "
		    "can be rehearsed in an empty folder", path);
	TRY(bring_files(h, p, d));
	TRY(bring_adopted(h, p, d));
out:
	plan_free(p);
	inbox_clear(&box);
	if (box.dirfd >= 0)
		close(box.dirfd);
	bytes_free(&text);
	return rc;
}

static enum status
write_papers(const struct rehearsal *h, const struct bytes *plan,
    struct diag *d)
{
	static const char room[] = "# TEST: people are played by folders.\n"
	    "[room]\nstate-a = state\ninbox = inbox\noutbox = outbox\n"
	    "paper = paper\nsheets = sheets\nprint = " PDF "\n";
	static const char real[] = "# TEST: people type.\n"
	    "[room]\nstate-a = state\ninbox = inbox\noutbox = outbox\n"
	    "print = " PDF "\n";
	const char *text = cmd_has(h->call, "--hands-on") ? real : room;
	struct bytes b = { 0 }, words = { 0 };
	uint8_t digest[SHA384_LEN];
	enum status rc;

	TRY(rehearse_save(h, "plan.ini", plan, d));
	TRY(bytes_set(&b, text, strlen(text), d));
	TRY(rehearse_save(h, "room.ini", &b, d));
	/* the words as they were noted when the plan was reviewed */
	hash_sha384(plan->data, plan->len, digest);
	TRY(words_text(digest, WORDS_FULL, &words, d));
	TRY(text_format(&b, d, "%s\n", (const char *)words.data));
	TRY(rehearse_save(h, "paper/plan.words", &b, d));
out:
	bytes_free(&b);
	bytes_free(&words);
	return rc;
}

static enum status
prepare(struct rehearsal *h, struct diag *d)
{
	const char *own = cmd_opt(h->call, "--plan", NULL);
	char csr[SHA384_HEX_SIZE], crt[SHA384_HEX_SIZE];
	struct bytes plan = { 0 };
	enum status rc;

	TRY(make_folders(h, d));
	if (own != NULL) {
		TRY(own_plan(h, own, &plan, d));
	} else {
		TRY(bring(h, &team, csr, d));
		TRY(bring(h, &responder, crt, d));
		TRY(example_rehearsal(clock_now(), csr, crt, &plan, d));
	}
	TRY(write_papers(h, &plan, d));
out:
	bytes_free(&plan);
	return rc;
}

/* --- the ceremony --- */

/* On the screen of the first question: opening it has wiped what was there. */
static enum status
tell_words(const struct rehearsal *h, const struct front *front,
    struct diag *d)
{
	struct bytes text = { 0 };
	enum status rc;

	TRY(text_format(&text, d, "%s/paper/plan.words has the words of this "
	    "rehearsal's plan.\nShow them in another window (on a console "
	    "Alt and F2), or copy them to paper.%s", h->shown,
	    cmd_has(h->call, "--plan") ? "\nThe words of your own plan are "
	    "others: a rehearsal changes its mode and dates." : ""));
	front->tell(front, (const char *)text.data);
out:
	bytes_free(&text);
	return rc;
}

static enum status
hold(const struct rehearsal *h, struct diag *d)
{
	struct run r = { .plan = h->plan, .steps = cmd_steps,
		.program = "anchorite " VERSION };
	struct front *front = NULL;
	struct room room;
	struct run_left left;
	enum status rc;

	TRY(room_read(h->room, &room, d));
	if (cmd_has(h->call, "--hands-on")) {
		TRY(front_tty(&room, &front, d));
		TRY(front_print(front, &room, h->plan, d));
		TRY(tell_words(h, front, d));
	} else {
		TRY(front_rehearsal(&room, &front, d));
	}
	r.room = &room;
	r.front = front;
	TRY(run_ceremony(&r, &left, d));
	if (left.parcels > 0)
		TRY(outbox_bring(h->call, &room, left.head, front, d));
out:
	front_free(front);
	return rc;
}

/* --- the summary: what a person wants to read --- */

static enum status
print_root(const struct rehearsal *h, const struct root *r, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	struct bytes words = { 0 };
	enum status rc;

	text_hex(r->key.id, SHA384_LEN, id);
	TRY(words_text(r->key.id, WORDS_SHORT, &words, d));
	printf("%s %s (%s)\n  key, SHA-384:  %.48s\n                 %s\n",
	    r->object[0] == '\0' ? "Root to come" : "Root", r->name, r->alg,
	    id, id + 48);
	if (r->object[0] != '\0') {
		printf("  in words:\n");
		TRY(cmd_print_words((const char *)words.data, "    ", d));
		printf("  certificate:   %s/state/%s\n", h->shown, r->object);
	}
out:
	bytes_free(&words);
	return rc;
}

/* What went into the outbox, and the words that both sides compare. */
static enum status
print_sent(const struct rehearsal *h, const struct state *s,
    const struct sent *p, struct diag *d)
{
	struct bytes words = { 0 };
	uint8_t id[SHA384_LEN];
	enum status rc;

	if (p->parcel[0] == '\0')
		return ST_OK;
	TRY(text_unhex(p->parcel, id, sizeof(id), d));
	TRY(words_text(id, WORDS_SHORT, &words, d));
	printf("Result parcel %s, files: %zu\n  file:          "
	    "%s/outbox/%s" PARCEL_ENDING "\n  in words:\n", p->name,
	    facts_count(&s->entries[p->entry - 1].facts, "files"), h->shown,
	    p->name);
	TRY(cmd_print_words((const char *)words.data, "    ", d));
out:
	bytes_free(&words);
	return rc;
}

static enum status
summary(const struct rehearsal *h, const struct state *s, struct diag *d)
{
	enum status rc = ST_OK;

	printf("\nTEST rehearsal done: %zu entries in the record, %zu checks "
	    "passed.\nNothing here is good for real use.\n\n", s->n,
	    h->checks);
	for (size_t i = 0; i < s->nroots; i++)
		TRY(print_root(h, &s->roots[i], d));
	for (size_t i = 0; i < s->nlists; i++)
		printf("List of %s\n  file:          %s/state/%s\n",
		    s->lists[i].root, h->shown, s->lists[i].object);
	for (size_t i = 0; i < s->ndelegations; i++)
		printf("Delegation %s\n  certificate:   %s/state/%s\n",
		    s->delegations[i].name, h->shown,
		    s->delegations[i].object);
	for (size_t i = 0; i < s->nbundles; i++)
		printf("Trust bundle, era %llu, number %llu\n  file:          "
		    "%s/state/%s\n  its words:     %s/paper/bundle.words\n"
		    "  in a device:   %s/store, %s/keyring.pem\n",
		    (unsigned long long)s->bundles[i].era,
		    (unsigned long long)s->bundles[i].seq, h->shown,
		    s->bundles[i].object, h->shown, h->shown, h->shown);
	for (size_t i = 0; i < s->nsent; i++)
		TRY(print_sent(h, s, &s->sent[i], d));
	printf("Record           %s/state/record\n", h->shown);
	if (!cmd_has(h->call, "--plan"))
		printf("Drill            %s/publish\n"
		    "Responders' card %s/card.txt\n", h->shown, h->shown);
	if (!cmd_has(h->call, "--hands-on"))
		printf("Sheets (TEST)    %s/sheets\n", h->shown);
	printf("\nWhat to do next:\n"
	       "  anchorite state show --state %s/state\n"
	       "  anchorite ceremony verify --state %s/state\n"
	       "  anchorite rehearse --hands-on --dir NEW    (you type)\n"
	       "  and read CEREMONY.md before the real one\n", h->shown,
	    h->shown);
out:
	return rc;
}

static enum status
rehearse(const struct call *c, bool tell, struct diag *d)
{
	struct rehearsal *h = NULL;
	struct state *s = NULL;
	enum status rc;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	h->dir = cmd_opt(c, "--dir", "");
	h->call = c;
	TRY(prepare(h, d));
	TRY(hold(h, d));
	TRY(state_from(h->state, &s, d));
	TRY(rehearse_check(h, s, d));
	if (tell)
		TRY(summary(h, s, d));
out:
	if (rc != ST_OK && h != NULL)
		clear_away(h);
	free(h);
	state_free(s);
	return rc;
}

enum status
cmd_rehearse(const struct call *c, struct diag *d)
{
	return rehearse(c, true, d);
}

enum status
cmd_rehearsal(const struct call *c, struct diag *d)
{
	return rehearse(c, false, d);
}
