/* fake_hands.h -- a state, a plan and a pair of hands without an engine: rows
 * are tested alone.  Everything lies in a temporary folder. */
#ifndef ANCHORITE_TESTS_FAKE_HANDS_H
#define ANCHORITE_TESTS_FAKE_HANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/key.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

#define FAKE_ARC "1.3.6.1.4.1.55555" /* not the documentation arc */
#define FAKE_EFFECTIVE 1803859200    /* 2027-03-01T00:00:00Z */
#define FAKE_ROOTS_MAX 4
#define FAKE_PLAN_SIZE 8192
#define FAKE_SHEETS_MAX 8 /* of a set whose words are typed */

struct fake_root {
	char name[33];
	struct secret *seed;
	struct key *key;
};

struct fake {
	char dir[64];
	int dirfd, inboxfd;
	enum plan_mode mode;
	struct state *state;
	struct fake_root root[FAKE_ROOTS_MAX];
	size_t nroots;
	struct inbox inbox;
	struct plan *plan;
	struct hands hands;
	struct secret *typed[FAKE_SHEETS_MAX]; /* as they were shown */
	unsigned proven; /* sheets, also those that were typed once more */
};

/* An empty state whose first ceremony is open.  fake_end removes the folder. */
void fake_start(struct fake *f, enum plan_mode mode);
void fake_end(struct fake *f);

/* A committed root of P-384; without ${certificate} it is a next root.
 * ${number}: of the public rehearsal seed in a rehearsal. */
void fake_root(struct fake *f, const char *name, unsigned number,
    bool certificate);

/* A file in the inbox, and how a plan names it. */
void fake_inbox(struct fake *f, const char *name, const struct bytes *data,
    char *value, size_t size);

/**
 * fake_plan(f, number, rest):
 * The plan in force: a usual [ceremony] of that number, people, then ${rest}.
 * The sections of ${rest} may be [profile], [mint], [crl] and [delegate].
 */
void fake_plan(struct fake *f, unsigned number, const char *rest);

/* Commit an outcome: files, then the entry. */
void fake_take(struct fake *f, const struct outcome *o);

/* An entry that no row made: key and value in turn, NULL-ended, and a file
 * (NULL: none) that is nothing. */
void fake_entry(struct fake *f, const char *kind, const char *const *facts,
    const char *object);

/* Close the ceremony and open the next one. */
void fake_next(struct fake *f);

/* A request in PEM by a new key: "P-256", "P-384", "RSA-2048", "ED25519". */
void fake_request(const char *kind, const char *common, struct bytes *pem);

/* The same by the key that a public rehearsal seed gives. */
void fake_request_public(unsigned number, enum derive_mode mode,
    struct bytes *pem);

/* Read, and check, and perform the section [kind name] of the plan in force;
 * stops where it is refused.  ${o} is cleared by the caller. */
enum status fake_do(struct fake *f, const struct step_kind *kind,
    const char *name, struct outcome *o, struct diag *d);

/* The promises that fake_do gives to check; NULL: none. */
extern const struct promises *fake_promises;

/* verify of the same section against an outcome, before it is committed. */
enum status fake_verify(struct fake *f, const struct step_kind *kind,
    const char *name, const struct outcome *o, struct diag *d);

#endif
