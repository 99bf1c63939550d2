/* printer.h -- sheets as PDF files, in the one folder that is named for them, or
 * to lp.  FORMATS 4.21 to 4.23. */
#ifndef ANCHORITE_CMD_PRINTER_H
#define ANCHORITE_CMD_PRINTER_H

#include "ceremony/room.h"
#include "lib/base/diag.h"
#include "lib/record/front.h"
#include "lib/record/plan.h"

struct printer;

#define PRINTER_NAME_SIZE 160

/**
 * printer_open(room, real, out, d):
 * Before there is any secret (ST_BUG).  What ${room} has for print, a folder that
 * is there, or lp.  ST_POLICY: ${real}, and a PDF file is in it.  ST_FORMAT: no
 * printer's name.  ST_SYSTEM: there is no lp, or this machine cannot draw.  The
 * caller frees.
 */
MUST_USE enum status printer_open(const struct room *room, bool real,
    struct printer **out, struct diag *d);

/**
 * printer_try(p, plan, d):
 * That there are fonts for the names of all persons of ${plan}: ST_SYSTEM.
 */
MUST_USE enum status printer_try(struct printer *p, const struct plan *plan,
    struct diag *d);

/**
 * printer_write(p, view, name, d):
 * A new file, for its owner alone, synced and read back; ${name} takes
 * PRINTER_NAME_SIZE bytes.  Or all of it to lp, as a job of that name, which has
 * taken it then.  ST_SYSTEM: as press_draw, spool_print and file_create_at.
 * ST_POLICY: one of that name is there.
 */
MUST_USE enum status printer_write(struct printer *p,
    const struct sheet_view *view, char *name, struct diag *d);

/**
 * printer_show(front, view, d):
 * front.h's print_sheet, for people: written, there until they say that it is
 * printed, and overwritten and gone then, whatever they say.  Refusals are
 * printer_write's and those of front.h's confirm; ST_SYSTEM also: it could not
 * be taken away again.
 */
MUST_USE enum status printer_show(const struct front *front,
    const struct sheet_view *view, struct diag *d);

void printer_free(struct printer *p);

#endif
