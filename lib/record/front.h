/* front.h -- the people in the room, as the engine sees them.  Three
 * implementations: the terminal, a rehearsal's answers, a replay. */
#ifndef ANCHORITE_FRONT_H
#define ANCHORITE_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/rng.h"
#include "lib/crypto/spki.h"
#include "lib/record/sheet.h"

/* A sheet being shown or read back: words and what stands beside them. */
struct sheet_view {
	const struct sheet_set *set;
	const struct sheet *sheet;
	const struct spki *root;      /* the root's public key */
	const struct secret *mnemonic; /* NULL when words are asked for */
	bool test;
	bool alone; /* a check-up: there is nothing to be shown again */
	/* the set that opens its root whatever comes of this sheet; NULL: there
	 * is none */
	const struct sheet_set *live;
	const char *ceremony; /* "example ceremony 1" */
	/* Of the plan, given by whoever proves the sheet; or NULL. */
	const char *name; /* the holder's, in any script */
	const char *date; /* "2027-03-01" */
	bool print;	  /* not written by hand */
	/* of an adopted root: the file that its key is in, and its SHA-256 in
	 * hex, without which the sheets open nothing; else NULL */
	const char *adopted, *adopted_sha256;
};

/* A passphrase that is asked for: of whose sheets, of whom, and what for: a
 * new one, that once more, the proof after the sheets, or to open. */
enum pass_why { PASS_NEW, PASS_AGAIN, PASS_PROVE, PASS_OPEN };
struct pass_view {
	const char *root, *keeper; /* borrowed */
	enum pass_why why;
};
/* What stands on a bag or seal: 1 to 40 printable ASCII characters, and NUL. */
#define FRONT_TEXT_SIZE 41
/* What a holder gave who was asked for the words of a sheet. */
enum front_gave {
	FRONT_TYPED,   /* words, typed from the paper */
	FRONT_SCANNED, /* words, as the sheet's code has them */
	FRONT_SHOW,    /* none: the sheet is to be shown again */
	FRONT_GIVE_UP  /* none: the ceremony is to end; asked twice */
};

/* How a parcel goes out. */
enum front_way { FRONT_CODES, FRONT_STICK, FRONT_DONE };

struct front {
	/* Something that people should know, one line, and go on. */
	void (*tell)(const struct front *, const char *text);
	/* Where we are: step i of n (0 of 0: no step), one line. */
	void (*progress)(const struct front *, size_t i, size_t n,
	    const char *text);
	/* Say why something was not taken; true: it can be asked again. */
	bool (*refused)(const struct front *, const struct diag *);
	/* Words typed from paper: ${n} of them as bytes, or ${*none}: there is
	 * no such paper yet.  ${none} is NULL where there always is. */
	enum status (*ask_words)(const struct front *, const char *what,
	    size_t n, bool *none, uint8_t *out, struct diag *);
	/* Words to be put on paper; returns when they are. */
	enum status (*note_words)(const struct front *, const char *what,
	    size_t n, const uint8_t *digest, struct diag *);
	/* A question that only "yes" answers; ST_POLICY: it was "no". */
	enum status (*confirm)(const struct front *, const char *question,
	    struct diag *);
	/* Which of ${n} words answers the question; ${usual} is what people
	 * say who are played, and is not shown.  NULL: nobody to ask. */
	enum status (*ask_one)(const struct front *, const char *question,
	    const char *const *word, size_t n, size_t usual, size_t *out,
	    struct diag *);
	/* What stands on ${what}, typed from there, twice alike.  ${known}: it
	 * was told before, and is looked at once more. */
	enum status (*ask_text)(const struct front *, const char *what,
	    bool known, char out[FRONT_TEXT_SIZE], struct diag *);
	/* What people add to the seed of ${root}, as typed: at least ${min}. */
	enum status (*ask_people)(const struct front *,
	    const struct rng_people *kind, const char *root, size_t min,
	    struct secret **out, struct diag *);
	/* Words to the holder's eyes alone, until written; then wiped. */
	enum status (*show_sheet)(const struct front *,
	    const struct sheet_view *, struct diag *);
	/* The same on paper by a printer, for a view that says so; NULL: there
	 * is none.  ${printer} is its own (cmd/printer), and is freed with the
	 * front. */
	enum status (*print_sheet)(const struct front *,
	    const struct sheet_view *, struct diag *);
	void *printer;
	/* Words of a sheet, read back by its holder: all (${n} is 0), or those
	 * of the numbers ${number}, 1.., which are typed and never scanned.
	 * ${*out}: NULL where ${*gave} is none. */
	enum status (*read_back)(const struct front *,
	    const struct sheet_view *, const uint8_t *number, size_t n,
	    enum front_gave *gave, struct secret **out, struct diag *);
	/* One more share of a live set, the ${nth}, 0.., since its root is
	 * being opened: each opening may ask for the same sheets.  ${missing}
	 * says what still is.  ST_AUTH: there are no more. */
	enum status (*ask_share)(const struct front *,
	    const struct sheet_set *, size_t nth, const char *missing,
	    struct secret **out, struct diag *);
	/* A passphrase, never shown, by who keeps it.  ST_AUTH: there is
	 * nobody, or there are no more. */
	enum status (*ask_passphrase)(const struct front *,
	    const struct pass_view *, struct secret **out, struct diag *);
	/* The passphrase of the key file ${name}, by who has it.  ST_AUTH:
	 * there is nobody who does.  NULL: nobody to ask. */
	enum status (*ask_file_passphrase)(const struct front *,
	    const char *name, struct secret **out, struct diag *);
	/* How the parcel goes out that ${what}, lines of text, is about: by
	 * codes on a screen, on a stick whose folder is ${dir} (which the
	 * caller frees), or not now.  NULL: there is nobody to ask. */
	enum status (*ask_way)(const struct front *, const char *what,
	    enum front_way *way, struct bytes *dir, struct diag *);
	const char *how; /* "typed", "rehearsed": for the record */
	void *cookie;
	void (*free)(void *cookie); /* by whoever made it */
};

#endif
