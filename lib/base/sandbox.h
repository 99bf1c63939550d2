/* sandbox.h -- a child process that reads what strangers made: it has one
 * socket, no file, no network, so much memory and so much time.  Whatever
 * happens to it is a refusal of what it was given.  It is forked and sees what
 * was in memory then; so there may be no secret.
 * See FORMATS 10.70 to 10.73. */
#ifndef ANCHORITE_SANDBOX_H
#define ANCHORITE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"

#define SANDBOX_TEXT_MAX 256 /* bytes of a child's refusal */

/* What a child is for; const, and outlives the sandbox. */
struct sandbox_job {
	const char *name;  /* for sentences: "picture reader" */
	size_t ask_max;	   /* bytes of a question, at most 2^30 */
	size_t answer_max; /* bytes of an answer, at most 2^30 */
	size_t memory;	   /* bytes it may take for its work */
	unsigned cpu_s;	   /* seconds of processor time for one question */
	unsigned wait_ms;  /* after which no answer is waited for */
	/**
	 * In the child before it is locked in: load and open for good what the
	 * work needs.  ${*self} is what answer gets.
	 */
	enum status (*warm)(void **self, struct diag *d);
	/**
	 * In the child, locked in: ${ask} is read-only and is no copy.  Writes
	 * up to answer_max bytes to ${out}.  ST_FORMAT, ST_POLICY: a refusal,
	 * whose sentence goes to the caller.
	 */
	enum status (*answer)(void *self, const uint8_t *ask, size_t len,
	    uint8_t *out, size_t *outlen, struct diag *d);
};

struct sandbox;

/**
 * sandbox_start(job, out, d):
 * A child that is warm and locked in, owned by the caller (sandbox_free).
 * ST_BUG: a secret is in memory, which the child would inherit.
 * ST_SYSTEM: this machine cannot lock it in, or warm refused.
 */
MUST_USE enum status sandbox_start(const struct sandbox_job *job,
    struct sandbox **out, struct diag *d);

/* Where the next question is written: ask_max bytes that the child sees. */
uint8_t *sandbox_desk(struct sandbox *s);

/**
 * sandbox_send(s, len, d):
 * Ask what lies on the desk; it stays untouched until the answer is there.  A
 * child that ended is replaced first (ST_SYSTEM, ST_BUG: as sandbox_start).
 */
MUST_USE enum status sandbox_send(struct sandbox *s, size_t len,
    struct diag *d);

/* While asked: what poll(2) finds readable when there is something, and how
 * many ms are left to wait, 0 or more. */
int sandbox_fd(const struct sandbox *s);
int sandbox_left_ms(const struct sandbox *s);

/**
 * sandbox_receive(s, answer, len, d):
 * Wait for the answer.  ${*answer} is the sandbox's until the next question;
 * its bytes are as little to be trusted as the question was.
 * ST_FORMAT, ST_POLICY: the child refused.  ST_FORMAT: the child broke a rule,
 * died or was silent, and is gone.
 */
MUST_USE enum status sandbox_receive(struct sandbox *s,
    const uint8_t **answer, size_t *len, struct diag *d);

/* Zero here what was asked and answered, where that was secret.  The child may
 * still know it, until it ends. */
void sandbox_forget(struct sandbox *s);

/* The child is killed; sandbox_free(NULL) is allowed. */
void sandbox_free(struct sandbox *s);

#endif
