/* see front.h: what the three have in common. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/front.h"
#include "cmd/printer.h"
#include "lib/base/file.h"

enum status
front_new(const struct front *like, void *cookie, struct front **out,
    struct diag *d)
{
	struct front *f;

	*out = NULL;
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	*f = *like;
	f->cookie = cookie;
	*out = f;
	return ST_OK;
}

enum status
front_print(struct front *f, const struct room *room, const char *path,
    struct diag *d)
{
	struct printer *p = NULL;
	struct bytes text = { 0 };
	struct plan *plan = NULL;
	enum status rc;

	if (room->print[0] == '\0' || f->printer != NULL)
		return ST_OK;
	TRY(file_read(path, INI_FILE_MAX, &text, d));
	TRY(plan_read(path, &text, cmd_steps, NULL, &plan, d));
	if (!plan->print)
		goto out;
	TRY(printer_open(room, plan->mode == MODE_PRODUCTION, &p, d));
	TRY(printer_try(p, plan, d));
	f->printer = p;
	f->print_sheet = printer_show;
	p = NULL;
out:
	printer_free(p);
	plan_free(plan);
	bytes_free(&text);
	return rc;
}

void
front_free(struct front *f)
{
	if (f == NULL)
		return;
	f->free(f->cookie);
	printer_free(f->printer);
	free(f);
}

void
front_tell(const struct front *f, const char *text)
{
	(void)f;
	fprintf(stderr, "%s\n", text);
}

void
front_progress(const struct front *f, size_t i, size_t n, const char *text)
{
	(void)f;
	fprintf(stderr, "step %zu of %zu: %s\n", i, n, text);
}
