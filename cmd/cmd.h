/* cmd.h -- verbs: one const table drives dispatch, usage and the manual. */
#ifndef ANCHORITE_CMD_H
#define ANCHORITE_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/crypto/bundle.h"
#include "lib/record/facts.h"
#include "lib/record/step.h"

#define CMD_ARGS_MAX 512
#define CMD_OPTS_MAX 10

/* An option of a verb; --json, --plain and --help every verb has. */
struct opt {
	const char *name; /* "--state" */
	const char *value; /* "DIR", or NULL for a switch */
	bool required;
};

/* One call as typed, after the options were taken out. */
struct call {
	const struct cmd *cmd;
	const char *arg[CMD_ARGS_MAX];
	size_t n;
	const char *opt[CMD_OPTS_MAX]; /* by place in cmd->opts */
	bool json, plain;
	/* the digest of the parcel that is meant, where that is known, or
	 * NULL; nobody can type it */
	const char *meant;
};

struct cmd {
	const char *noun;
	const char *verb; /* or NULL */
	const char *args; /* for usage: "PLAN" */
	size_t min, max; /* how many of them */
	struct opt opts[CMD_OPTS_MAX];
	const char *help; /* one line */
	enum status (*run)(const struct call *, struct diag *);
};

/* Every verb, NULL-noun-ended: table.c. */
extern const struct cmd cmd_table[];

/* Every kind of step, NULL-ended: steps.c. */
extern const struct step_kind *const cmd_steps[];

/* The value of an option, or ${dflt}. */
const char *cmd_opt(const struct call *c, const char *name, const char *dflt);
bool cmd_has(const struct call *c, const char *name);

/**
 * cmd_find(argc, argv, out, d):
 * The row and the call; ST_USAGE: unknown words or options, by name.
 */
MUST_USE enum status cmd_find(int argc, char **argv, struct call *out,
    struct diag *d);

/**
 * cmd_prepare(noun, verb, out, d), cmd_give(c, option, value, d):
 * A call as if somebody had typed it: the row, and an option of it, whose value
 * (of a switch "") is borrowed.  ST_BUG: there is no such one.
 */
MUST_USE enum status cmd_prepare(const char *noun, const char *verb,
    struct call *out, struct diag *d);
MUST_USE enum status cmd_give(struct call *c, const char *option,
    const char *value, struct diag *d);

/* Whether a row of the table has this noun. */
bool cmd_is_noun(const char *word);

/* A report: facts as aligned lines, or one JSON object.  To stdout. */
MUST_USE enum status cmd_report(const struct call *c, const struct facts *f,
    struct diag *d);

/* JSON of the same meaning, in which all but printable ASCII is escaped: what
 * a record says must not move the cursor of who looks at it.  To stdout, whose
 * failures main finds at the end, as those of all that is printed. */
void cmd_print_json(const char *text, size_t len);

/**
 * cmd_lay_words(words, indent, out, d), cmd_print_words(words, indent, d):
 * Words as on paper, four to a line, a multiple of four and not none of them:
 * behind what is in ${out}, which the caller frees; or to stdout.
 */
MUST_USE enum status cmd_lay_words(const char *words, const char *indent,
    struct bytes *out, struct diag *d);
MUST_USE enum status cmd_print_words(const char *words, const char *indent,
    struct diag *d);

/* Into a report: whether it is real, said so that nobody takes a rehearsal
 * for it. */
MUST_USE enum status cmd_say_mode(enum plan_mode mode, struct facts *f,
    struct diag *d);

/* Into a report: a bundle's place, name, words, rules and keys. */
MUST_USE enum status cmd_say_bundle(const struct bundle *b, struct facts *f,
    struct diag *d);

/* Into a report: a head in hex, and its words, to be read aloud. */
MUST_USE enum status cmd_say_head(const char *head, struct facts *f,
    struct diag *d);

/* Into a report: what a desk copy does not have.  Nothing of a stick. */
MUST_USE enum status cmd_say_withheld(size_t withheld, struct facts *f,
    struct diag *d);

/* Into a report: whether a plan wants a second machine's word before anything
 * of its ceremony leaves the room (FORMATS 7.11). */
MUST_USE enum status cmd_say_reproduce(const struct state *s,
    const struct ceremony *c, struct facts *f, struct diag *d);

/* A release as it is asked for. */
struct release_call {
	const char *key;     /* one, two with a plus, "all" */
	const char *with;    /* file of a responder's private key */
	const char *to;	     /* new folder */
	const char *journal; /* folder, made where it is not there */
	const char *half;    /* file that the first of two has made, or NULL */
	bool again;
};

/**
 * cmd_release(s, c, f, d):
 * Open the sealed lists of ${s} (release.h), note it in the journal
 * (journal.h), then publish them; ${f} gets what that does.  On refusal nothing
 * is left but, where the publishing failed, the journal's word.
 */
struct state;
MUST_USE enum status cmd_release(const struct state *s,
    const struct release_call *c, struct facts *f, struct diag *d);

/**
 * cmd_own_journal(state, out, d):
 * The folder "journal" beside the state, wherever one stands who types: two
 * journals of one desk would not know of each other (RULES L3).  The caller
 * frees ${out}.
 */
MUST_USE enum status cmd_own_journal(const char *state, struct bytes *out,
    struct diag *d);

/**
 * cmd_take_folder(path, g, d):
 * Bundles with their signatures, and lists, from a folder: FORMATS 9.44.  The
 * caller clears ${g} (store_gift_clear).  ST_FORMAT: it has none.
 */
struct store_gift;
MUST_USE enum status cmd_take_folder(const char *path, struct store_gift *g,
    struct diag *d);

/**
 * cmd_release_open(s, key, with, out, d):
 * The first half of it: the lists are found, opened and proven, in memory.
 * The caller clears ${out} (releases_clear).
 */
struct releases;
MUST_USE enum status cmd_release_open(const struct state *s, const char *key,
    const char *with, struct releases *out, struct diag *d);

/* A rehearsal in the folder --dir of ${c}, all its checks made, and no summary
 * of it. */
MUST_USE enum status cmd_rehearsal(const struct call *c, struct diag *d);

/* Verbs, one function each, in the file of their noun. */
enum status cmd_version(const struct call *, struct diag *);
enum status cmd_words(const struct call *, struct diag *);
enum status cmd_explain(const struct call *, struct diag *);
enum status cmd_rehearse(const struct call *, struct diag *);
enum status cmd_ceremony_example(const struct call *, struct diag *);
enum status cmd_ceremony_check(const struct call *, struct diag *);
enum status cmd_ceremony_run(const struct call *, struct diag *);
enum status cmd_ceremony_end(const struct call *, struct diag *);
enum status cmd_ceremony_verify(const struct call *, struct diag *);
enum status cmd_ceremony_reproduce(const struct call *, struct diag *);
enum status cmd_ceremony_log(const struct call *, struct diag *);
enum status cmd_state_show(const struct call *, struct diag *);
enum status cmd_state_copy(const struct call *, struct diag *);
enum status cmd_state_publish(const struct call *, struct diag *);
enum status cmd_state_compare(const struct call *, struct diag *);
enum status cmd_share_check(const struct call *, struct diag *);
enum status cmd_share_recover(const struct call *, struct diag *);
enum status cmd_share_recovery(const struct call *, struct diag *);
enum status cmd_delegation_show(const struct call *, struct diag *);
enum status cmd_delegation_verify(const struct call *, struct diag *);
enum status cmd_delegation_request(const struct call *, struct diag *);
enum status cmd_delegation_lint(const struct call *, struct diag *);
enum status cmd_delegation_list(const struct call *, struct diag *);
enum status cmd_revocation_show(const struct call *, struct diag *);
enum status cmd_revocation_release(const struct call *, struct diag *);
enum status cmd_revocation_card(const struct call *, struct diag *);
enum status cmd_revocation_drill(const struct call *, struct diag *);
enum status cmd_trust_init(const struct call *, struct diag *);
enum status cmd_trust_apply(const struct call *, struct diag *);
enum status cmd_trust_show(const struct call *, struct diag *);
enum status cmd_trust_export(const struct call *, struct diag *);
enum status cmd_transfer_pack(const struct call *, struct diag *);
enum status cmd_transfer_show(const struct call *, struct diag *);
enum status cmd_transfer_unpack(const struct call *, struct diag *);
enum status cmd_transfer_send(const struct call *, struct diag *);
enum status cmd_transfer_result(const struct call *, struct diag *);
enum status cmd_transfer_receive(const struct call *, struct diag *);

#endif
