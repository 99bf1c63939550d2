/* tty.h -- the terminal in the room: prompts, and secrets shown and erased. */
#ifndef ANCHORITE_TTY_H
#define ANCHORITE_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"

struct tty;

#define TTY_SECRET_MAX 4096 /* bytes */

/**
 * tty_open(path, out, d):
 * The controlling terminal ("/dev/tty") or another; unbuffered, no stdio.
 * Until tty_close nothing that is typed is echoed but by tty_ask, and ^C is
 * answered by the question that is open then, or the next one; ^S stops
 * nothing.  A signal that ends the program (KILL and real-time ones apart)
 * first wipes the screen and gives the terminal back; TSTP does nothing.  One
 * that is ignored stays so.
 * ST_SYSTEM: there is none.
 */
MUST_USE enum status tty_open(const char *path, struct tty **out,
    struct diag *d);

/* The terminal as it was; what was typed and not asked for is thrown away.
 * tty_close(NULL) is allowed. */
void tty_close(struct tty *t);

/* Text, its lines broken at blanks where the terminal knows its width; the
 * caller has escaped what is foreign. */
MUST_USE enum status tty_say(struct tty *t, struct diag *d, const char *fmt,
    ...) PRINTF_LIKE(3, 4);

/* Bytes of a secret to the terminal by write(2), never through stdio. */
MUST_USE enum status tty_say_secret(struct tty *t, const struct secret *s,
    struct diag *d);

/**
 * tty_ask(t, prompt, max, out, d):
 * Show ${prompt} and read one line of at most ${max} bytes, without its LF;
 * blanks at both ends are dropped.  A longer line is read to its end, refused
 * on screen and asked again, and so is one with a key that is no character;
 * backspace and ^U do what they should, a tab is a blank.
 * ST_USAGE: ^C, or ^D on an empty line, or the terminal is gone.
 */
MUST_USE enum status tty_ask(struct tty *t, const char *prompt, size_t max,
    struct bytes *out, struct diag *d);

/**
 * tty_ask_secret(t, prompt, max, echo, out, d):
 * The same into locked memory, byte by byte from read(2).
 * An empty line is asked again.  ${max} up to TTY_SECRET_MAX.
 */
MUST_USE enum status tty_ask_secret(struct tty *t, const char *prompt,
    size_t max, bool echo, struct secret **out, struct diag *d);

/**
 * tty_more_secret(t, prompt, max, out, d):
 * The same without echo; an empty line is an answer, ${*out} then NULL.
 */
MUST_USE enum status tty_more_secret(struct tty *t, const char *prompt,
    size_t max, struct secret **out, struct diag *d);

/**
 * tty_wait(t, prompt, d):
 * Show ${prompt} and wait for Enter; other input is read away, and so is
 * what was typed before: an Enter that bounced answers nothing.
 * ST_USAGE: as of tty_ask, before ${prompt} too.
 */
MUST_USE enum status tty_wait(struct tty *t, const char *prompt,
    struct diag *d);

/**
 * tty_wipe(t, d):
 * Clear the screen and its scroll-back: ESC[2J, then ESC[3J, then ESC[H.
 * (The other order leaves the scroll-back.)
 */
MUST_USE enum status tty_wipe(struct tty *t, struct diag *d);

/* --- the whole screen, for pictures --- */

/**
 * tty_stage(t, d):
 * Take the screen for pictures: another page of it where the terminal has
 * one, no cursor, no line that wraps.  From here on tty_close, and a signal
 * that ends the program, show what was there before instead of wiping it.
 */
MUST_USE enum status tty_stage(struct tty *t, struct diag *d);

/* Bytes as they are. */
MUST_USE enum status tty_paint(struct tty *t, const void *data, size_t len,
    struct diag *d);

/* Columns and rows as they are now; ST_SYSTEM: the terminal does not know. */
MUST_USE enum status tty_window(struct tty *t, unsigned *cols, unsigned *rows,
    struct diag *d);

/**
 * tty_key(t, wait_ms, key, d):
 * The next byte that is typed, or 0 if none is for ${wait_ms}.
 * ST_USAGE: ^C, or the terminal is gone.
 */
MUST_USE enum status tty_key(struct tty *t, int wait_ms, uint8_t *key,
    struct diag *d);

/* Whether a character has a picture: consoles know their font, a terminal
 * does not know that of its window. */
enum tty_font { TTY_FONT_UNKNOWN, TTY_FONT_LACKS, TTY_FONT_HAS };
enum tty_font tty_font(const struct tty *t, uint32_t scalar);

#endif
