/* see cmd.h: verbs of the noun "transfer". */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/verify.h"
#include "cmd/codes.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/frozen.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"
#include "lib/record/parcel.h"
#include "transfer/book.h"
#include "transfer/raw.h"
#include "transfer/send.h"
#include "transfer/usb.h"

#define SERIAL_ASKED 128 /* bytes that are typed at the most */

/* --- the parcel --- */

enum status
cmd_open_parcel(const char *name, const void *data, size_t len,
    struct parcel *out, struct diag *d)
{
	enum status rc;

	TRY(parcel_read(name, data, len, out, d));
	TRY(parcel_check(name, out, d));
	TRY(parcel_policy(name, out, d));
out:
	return rc;
}

/* The digest, and its words for both sides to read aloud. */
static enum status
say_id(const struct parcel *p, struct facts *f, struct diag *d)
{
	struct bytes words = { 0 };
	char hex[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(p->id, SHA384_LEN, hex);
	TRY(words_text(p->id, WORDS_SHORT, &words, d));
	TRY(facts_set(f, d, "parcel", "%s", hex));
	TRY(facts_set(f, d, "parcel-words", "%s", (const char *)words.data));
	TRY(facts_set(f, d, "purpose", "%s", p->purpose));
	TRY(facts_set(f, d, "from", "%s", p->from));
out:
	bytes_free(&words);
	return rc;
}

static enum status
say_parcel(const struct parcel *p, struct facts *f, struct diag *d)
{
	char text[2 * SHA256_LEN + 1] = "none";
	enum status rc;

	TRY(say_id(p, f, d));
	if (p->not_before >= 0)
		clock_text(p->not_before, text);
	TRY(facts_set(f, d, "not-before", "%s", text));
	TRY(facts_set(f, d, "bytes", "%zu", p->manifest_len + p->size));
	for (size_t i = 0; i < p->n; i++) {
		text_hex(p->file[i].sha256, SHA256_LEN, text);
		TRY(facts_add(f, d, "files", "%s  %s, %zu bytes", text,
		    p->file[i].name, p->file[i].len));
	}
out:
	return rc;
}

/* The date of --not-before, or -1. */
static enum status
read_not_before(const struct call *c, int64_t *out, struct diag *d)
{
	const char *text = cmd_opt(c, "--not-before", NULL);

	*out = -1;
	if (text != NULL && (clock_read(text, out, NULL) != ST_OK ||
	    *out % 60 != 0))
		return diag_set(d, ST_USAGE, "--not-before %s: a date is "
		    "YYYY-MM-DD or YYYY-MM-DDThh:mm:00Z", text);
	return ST_OK;
}

static enum status
refuse_purpose(const char *purpose, struct diag *d)
{
	struct bytes known = { 0 };
	enum status rc;

	for (size_t i = 0; parcel_purpose(i) != NULL; i++)
		TRY(text_append(&known, d, "%s%s", i == 0 ? "" : ", ",
		    parcel_purpose(i)));
	FAIL(d, ST_USAGE, "--purpose %s: FORMATS 10.6: it is none of %s",
	    purpose, (const char *)known.data);
out:
	bytes_free(&known);
	return rc;
}

static enum status
read_words(const struct call *c, struct parcel *p, struct diag *d)
{
	const char *purpose = cmd_opt(c, "--purpose", "");
	const char *from = cmd_opt(c, "--from", "");
	size_t i = 0;

	while (parcel_purpose(i) != NULL &&
	    strcmp(parcel_purpose(i), purpose) != 0)
		i++;
	if (parcel_purpose(i) == NULL)
		return refuse_purpose(purpose, d);
	if (!text_is_word(from))
		return diag_set(d, ST_USAGE, "--from %s: not a word of small "
		    "letters, digits and dashes", from);
	snprintf(p->purpose, sizeof(p->purpose), "%s", purpose);
	snprintf(p->from, sizeof(p->from), "%s", from);
	return ST_OK;
}

static enum status
add_file(const char *path, struct bytes *bytes, struct parcel_file *f,
    struct diag *d)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	enum status rc;

	if (!parcel_is_name(name))
		FAIL(d, ST_POLICY, "%s: FORMATS 10.3: no name that a file of a "
		    "parcel can have", path);
	TRY(file_read(path, PARCEL_MAX, bytes, d));
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->data = bytes->data;
	f->len = bytes->len;
out:
	return rc;
}

enum status
cmd_transfer_pack(const struct call *c, struct diag *d)
{
	const char *to = cmd_opt(c, "--to", "");
	struct bytes *bytes = NULL, all = { 0 };
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(read_words(c, &p, d));
	TRY(read_not_before(c, &p.not_before, d));
	bytes = calloc(c->n, sizeof(*bytes));
	p.file = calloc(c->n, sizeof(*p.file));
	if (bytes == NULL || p.file == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (; p.n < c->n; p.n++)
		TRY(add_file(c->arg[p.n], &bytes[p.n], &p.file[p.n], d));
	TRY(parcel_seal(&p, &all, d));
	TRY(say_parcel(&p, &f, d));
	TRY(file_create(to, all.data, all.len, d));
	TRY(cmd_report(c, &f, d));
out:
	for (size_t i = 0; bytes != NULL && i < c->n; i++)
		bytes_free(&bytes[i]);
	free(bytes);
	bytes_free(&all);
	parcel_clear(&p);
	facts_clear(&f);
	return rc;
}

/* Nothing leaves the room before the closing entry (RULES C3), and nothing of a
 * record that does not hold. */
static enum status
find_sent(const struct call *c, const struct state *s,
    const struct sent **out, struct verify_report *seen, struct diag *d)
{
	char shown[128];
	uint64_t n = 0;
	enum status rc;

	text_escape(c->arg[0], strlen(c->arg[0]), shown, sizeof(shown));
	if (cmd_has(c, "--ceremony") &&
	    text_number(cmd_opt(c, "--ceremony", ""), 1, ENTRY_NUMBER_MAX, &n,
	    NULL) != ST_OK)
		FAIL(d, ST_USAGE, "--ceremony %s: not the number of one",
		    cmd_opt(c, "--ceremony", ""));
	*out = state_sent(s, c->arg[0], (unsigned)n);
	if (*out == NULL)
		FAIL(d, ST_POLICY, "FORMATS 3.60: %s %s", n == 0 ? "no "
		    "ceremony of this state gave out a parcel" : "that "
		    "ceremony gave out no parcel", shown);
	if (s->ceremonies[(*out)->ceremony - 1].last == 0)
		FAIL(d, ST_POLICY, "RULES C3: ceremony %u is not closed: "
		    "nothing of it leaves the room", (*out)->ceremony);
	TRY(verify_entries(s, cmd_steps, seen, d));
out:
	return rc;
}

/* What was ended early is unsigned till a later closing covers it. */
static enum status
say_signed(const struct state *s, const struct ceremony *c,
    const struct verify_report *seen, struct facts *f, struct diag *d)
{
	enum status rc;

	if (seen->covered >= c->last)
		return ST_OK;
	TRY(facts_set(f, d, "not-signed", "ceremony %u was ended early: no "
	    "root has signed for this; compare the words of the head with "
	    "paper", c->number));
	TRY(cmd_say_head(state_head(s), f, d));
out:
	return rc;
}

enum status
cmd_transfer_result(const struct call *c, struct diag *d)
{
	const struct sent *sent = NULL;
	const struct ceremony *of;
	struct verify_report seen;
	struct state *s = NULL;
	struct bytes all = { 0 };
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &s, d));
	TRY(find_sent(c, s, &sent, &seen, d));
	of = &s->ceremonies[sent->ceremony - 1];
	TRY(send_again(s, sent, &all, d));
	TRY(cmd_open_parcel(c->arg[0], all.data, all.len, &p, d));
	TRY(cmd_say_mode(s->mode, &f, d));
	TRY(facts_set(&f, d, "ceremony", "%u", sent->ceremony));
	TRY(say_parcel(&p, &f, d));
	TRY(say_signed(s, of, &seen, &f, d));
	TRY(cmd_say_reproduce(s, of, &f, d));
	TRY(file_create(cmd_opt(c, "--to", ""), all.data, all.len, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	parcel_clear(&p);
	bytes_free(&all);
	state_free(s);
	return rc;
}

enum status
cmd_transfer_show(const struct call *c, struct diag *d)
{
	struct bytes all = { 0 };
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(file_read(c->arg[0], PARCEL_MAX, &all, d));
	TRY(cmd_open_parcel(c->arg[0], all.data, all.len, &p, d));
	TRY(say_parcel(&p, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	parcel_clear(&p);
	bytes_free(&all);
	return rc;
}

enum status
cmd_transfer_unpack(const struct call *c, struct diag *d)
{
	struct bytes all = { 0 };
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(file_read(c->arg[0], PARCEL_MAX, &all, d));
	TRY(cmd_open_parcel(c->arg[0], all.data, all.len, &p, d));
	TRY(parcel_due(c->arg[0], &p, clock_now(), d));
	TRY(say_parcel(&p, &f, d));
	TRY(parcel_unpack(&p, all.data, cmd_opt(c, "--to", ""), d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	parcel_clear(&p);
	bytes_free(&all);
	return rc;
}

/* --- media --- */

static enum status
ask(const char *prompt, struct bytes *out, struct diag *d)
{
	struct tty *t = NULL;
	enum status rc;

	TRY(tty_open("/dev/tty", &t, d));
	TRY(tty_ask(t, prompt, SERIAL_ASKED, out, d));
out:
	tty_close(t);
	return rc;
}

/* What is written on the stick, and in the book before it is used. */
static enum status
note_medium(const struct call *c, const struct medium *m, bool out,
    struct facts *f, struct diag *d)
{
	const char *label = cmd_opt(c, "--label", NULL);
	struct bytes typed = { 0 };
	enum status rc;

	if (label == NULL) {
		if (ask("What is written on this stick (its colour, or a "
		    "name)? ", &typed, NULL) != ST_OK)
			FAIL(d, ST_USAGE, "--label is needed where nobody can "
			    "be asked: what is written on the stick");
		label = (const char *)typed.data;
	}
	TRY(book_note(cmd_opt(c, "--media", "media"), label, m, out,
	    clock_now(), f, d));
out:
	bytes_free(&typed);
	return rc;
}

/* Who wipes a device has it before him, and reads its number from it. */
static enum status
confirm_erase(const char *dev, const char *what, const struct medium *m,
    struct diag *d)
{
	const bool number = strcmp(m->serial, "none") != 0;
	struct bytes prompt = { 0 }, typed = { 0 };
	char want[32];
	enum status rc;

	snprintf(want, sizeof(want), "%llu", (unsigned long long)m->capacity);
	TRY(text_format(&prompt, d, "%s holds %s, and all of it will be lost. "
	    "Its %s, as lsblk -b -o NAME,%s shows it: ", dev, what,
	    number ? "serial number" : "size", number ? "SERIAL" : "SIZE"));
	TRY(ask((const char *)prompt.data, &typed, d));
	if (strcmp((const char *)typed.data, number ? m->serial : want) != 0)
		FAIL(d, ST_POLICY, "%s: FORMATS 10.63: another %s was typed; "
		    "nothing was erased", dev, number ? "serial number" :
		    "size");
out:
	bytes_free(&prompt);
	bytes_free(&typed);
	return rc;
}

static enum status
check_empty(const struct call *c, const char *dev, int fd,
    const struct medium *m, bool *erase, struct diag *d)
{
	const char *what = NULL;
	enum status rc;

	*erase = false;
	TRY(raw_empty(fd, m, &what, d));
	if (what == NULL)
		goto out;
	if (!cmd_has(c, "--erase"))
		FAIL(d, ST_POLICY, "%s: FORMATS 10.63: it holds %s; --erase "
		    "would make it lose that", dev, what);
	TRY(confirm_erase(dev, what, m, d));
	*erase = true;
out:
	return rc;
}

static enum status
send_usb(const struct call *c, const char *dir, const struct parcel *p,
    const void *data, struct facts *f, struct diag *d)
{
	char folder[USB_FOLDER_SIZE];
	struct medium m;
	enum status rc;
	int fd = -1;

	TRY(usb_open(dir, true, &fd, &m, d));
	TRY(note_medium(c, &m, true, f, d));
	if ((rc = usb_send(fd, &m, p, data, folder, d)) != ST_OK) {
		diag_prefix(d, "%s", dir);
		goto out;
	}
	TRY(facts_set(f, d, "folder", "%s/%s", dir, folder));
	TRY(facts_set(f, d, "safe-to-pull", "all of it was read back from the "
	    "stick; unmount it, then pull it"));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum status
send_raw(const struct call *c, const char *dev, const void *data, size_t len,
    struct facts *f, struct diag *d)
{
	bool erase = false;
	struct medium m;
	enum status rc;
	int fd = -1;

	TRY(raw_open(dev, true, &fd, &m, d));
	TRY(check_empty(c, dev, fd, &m, &erase, d));
	TRY(note_medium(c, &m, true, f, d));
	if ((rc = raw_send(fd, &m, erase, data, len, d)) != ST_OK) {
		diag_prefix(d, "%s", dev);
		goto out;
	}
	TRY(facts_set(f, d, "device", "%s", dev));
	TRY(facts_set(f, d, "safe-to-pull", "all of it was read back from the "
	    "device; pull it"));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* What an option of send belongs to. */
static const struct {
	const char *option, *way;
	bool with;
} goes[] = {
	{ "--erase", "--raw", true },
	{ "--ur", "--qr", true },
	{ "--qr-version", "--qr", true },
	{ "--rate", "--qr", true },
	{ "--label", "--qr", false },
	{ "--media", "--qr", false },
};

static enum status
check_way(const struct call *c, struct diag *d)
{
	if (cmd_has(c, "--usb") + cmd_has(c, "--raw") + cmd_has(c, "--qr") !=
	    1)
		return diag_set(d, ST_USAGE, "which way? one of --qr, --usb "
		    "and --raw is needed");
	for (size_t i = 0; i < sizeof(goes) / sizeof(goes[0]); i++) {
		if (cmd_has(c, goes[i].option) &&
		    cmd_has(c, goes[i].way) != goes[i].with)
			return diag_set(d, ST_USAGE, goes[i].with ?
			    "%s goes with %s only" : "%s does not go with %s",
			    goes[i].option, goes[i].way);
	}
	return ST_OK;
}

/* What was offered by its words goes out under them, and nothing else. */
static enum status
check_meant(const struct call *c, const struct parcel *p, struct diag *d)
{
	char hex[SHA384_HEX_SIZE];

	text_hex(p->id, SHA384_LEN, hex);
	if (c->meant != NULL && strcmp(c->meant, hex) != 0)
		return diag_set(d, ST_AUTH, "%s: FORMATS 3.61: it is another "
		    "parcel than the record has", c->arg[0]);
	return ST_OK;
}

enum status
cmd_transfer_send(const struct call *c, struct diag *d)
{
	const char *usb = cmd_opt(c, "--usb", NULL);
	const char *raw = cmd_opt(c, "--raw", NULL);
	struct scanner *reader = NULL;
	struct bytes all = { 0 };
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(check_way(c, d));
	/* it inherits what is there when it starts: nothing */
	if (cmd_has(c, "--qr"))
		TRY(scan_start(1, &reader, d));
	TRY(file_read(c->arg[0], PARCEL_MAX, &all, d));
	TRY(cmd_open_parcel(c->arg[0], all.data, all.len, &p, d));
	TRY(check_meant(c, &p, d));
	TRY(say_id(&p, &f, d));
	if (usb != NULL)
		TRY(send_usb(c, usb, &p, all.data, &f, d));
	else if (reader != NULL)
		TRY(codes_send(c, reader, &p, all.data, all.len, &f, d));
	else
		TRY(send_raw(c, raw, all.data, all.len, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	scan_free(reader);
	facts_clear(&f);
	parcel_clear(&p);
	bytes_free(&all);
	return rc;
}

/* --- receive --- */

static enum status
receive_usb(const struct call *c, const char *dir, struct frozen *out,
    struct facts *f, struct diag *d)
{
	struct medium m;
	enum status rc;
	int fd = -1;

	TRY(usb_open(dir, false, &fd, &m, d));
	TRY(note_medium(c, &m, false, f, d));
	if ((rc = usb_receive(fd, &m, out, f, d)) != ST_OK)
		diag_prefix(d, "%s", dir);
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum status
receive_raw(const struct call *c, const char *dev, struct frozen *out,
    struct facts *f, struct diag *d)
{
	struct medium m;
	enum status rc;
	int fd = -1;

	TRY(raw_open(dev, false, &fd, &m, d));
	TRY(note_medium(c, &m, false, f, d));
	if ((rc = raw_receive(fd, &m, out, d)) != ST_OK)
		diag_prefix(d, "%s", dev);
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The last takes whatever the others do not. */
static const struct from {
	const char *prefix;
	enum status (*receive)(const struct call *, const char *,
	    struct frozen *, struct facts *, struct diag *);
	const char *without[2]; /* options that are of no use to it */
} sources[] = {
	{ "usb:", receive_usb, { "--resume" } },
	{ "raw:", receive_raw, { "--resume" } },
	{ "", codes_receive, { "--label", "--media" } },
};

static enum status
find_source(const struct call *c, const struct from **out, struct diag *d)
{
	const struct from *s = sources;

	while (strncmp(c->arg[0], s->prefix, strlen(s->prefix)) != 0)
		s++;
	for (size_t i = 0; i < 2; i++) {
		if (s->without[i] != NULL && cmd_has(c, s->without[i]))
			return diag_set(d, ST_USAGE, "%s: %s does not go with "
			    "it", c->arg[0], s->without[i]);
	}
	*out = s;
	return ST_OK;
}

enum status
cmd_transfer_receive(const struct call *c, struct diag *d)
{
	const char *to = cmd_opt(c, "--to", "");
	const struct from *from = NULL;
	struct frozen all = FROZEN_NONE;
	struct parcel p = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(find_source(c, &from, d));
	/* before a stick is touched, or a camera held for a minute */
	if (file_exists_at(AT_FDCWD, to))
		FAIL(d, ST_POLICY, "%s: it is there already; nothing is ever "
		    "replaced", to);
	TRY(from->receive(c, c->arg[0] + strlen(from->prefix), &all, &f, d));
	/* only the copy that nobody can change is parsed */
	TRY(cmd_open_parcel(c->arg[0], all.data, all.len, &p, d));
	TRY(say_parcel(&p, &f, d));
	TRY(file_create(to, all.data, all.len, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	parcel_clear(&p);
	frozen_free(&all);
	return rc;
}
