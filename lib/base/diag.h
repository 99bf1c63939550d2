/* diag.h -- refusing and reporting are one act. */
#ifndef ANCHORITE_DIAG_H
#define ANCHORITE_DIAG_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Why something was not done. exit status: see diag_exit. */
enum status {
	ST_OK,
	ST_USAGE,  /* asked in a way that is not understood */
	ST_FORMAT, /* bytes or text that are not of the shape they must be */
	ST_AUTH,   /* a signature, digest, share or word does not match */
	ST_POLICY, /* well formed and true, but not wanted */
	ST_SYSTEM, /* the machine, a medium or a library said no */
	ST_BUG     /* this program is wrong */
};

#define DIAG_TEXT_MAX 1024

/* The first cause, as one sentence: lower case, no full stop; one line of
 * printable ASCII whatever was formatted into it, else \xhh; what is too long
 * has "..." in its middle. */
struct diag {
	enum status code;
	char text[DIAG_TEXT_MAX];
};

/**
 * diag_set(d, code, fmt, ...):
 * Note the sentence in ${d} unless one is there already (the first cause wins)
 * and return ${code}.  ${d} may be NULL; the code is returned all the same.
 * A macro, so that whoever analyses a caller sees that the code is not ST_OK.
 */
#define diag_set(d, code, ...) (diag_note((d), (code), __VA_ARGS__), (code))
void diag_note(struct diag *d, enum status code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/**
 * diag_prefix(d, fmt, ...):
 * Put the name of the thing before the sentence: "name: sentence".
 */
void diag_prefix(struct diag *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * diag_clear(d):
 * Forget what was noted: for prompts that ask again.
 */
void diag_clear(struct diag *d);

/**
 * diag_exit(code):
 * 0 yes; 1 refused (format, auth, policy); 2 could not tell (the rest).
 */
int diag_exit(enum status code);

/* Two macros jump, and only to `out`.  There is no third. */
#define TRY(call)                                                             \
	do {                                                                  \
		if ((rc = (call)) != ST_OK)                                   \
			goto out;                                             \
	} while (0)
#define FAIL(d, code, ...)                                                    \
	do {                                                                  \
		rc = diag_set((d), (code), __VA_ARGS__);                      \
		goto out;                                                     \
	} while (0)

#endif
