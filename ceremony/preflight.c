/* see preflight.h */
#include <sys/stat.h>

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony/preflight.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#define FLAGS_MAX 65536	    /* bytes; the kernel says a page for a number */
#define SWAPS_MAX (1 << 20) /* bytes of the table */
#define NAME_SIZE 64	    /* of what is named, escaped */

const struct preflight_at preflight_here = { "/sys/class/net", "/proc/swaps" };

/* One more name behind the others: "eth0, wlan0".  What has no room is there
 * as dots. */
static void
list_name(struct finding *f, const char *name, size_t len)
{
	const size_t at = strlen(f->text);
	char shown[NAME_SIZE];

	text_escape(name, len, shown, sizeof(shown));
	if (at + strlen(shown) + sizeof(", ... are up") < sizeof(f->text))
		snprintf(f->text + at, sizeof(f->text) - at, "%s%s",
		    at == 0 ? "" : ", ", shown);
	else if (at < 3 || strcmp(f->text + at - 3, "...") != 0)
		snprintf(f->text + at, sizeof(f->text) - at, ", ...");
	f->good = false;
}

static void
end_list(struct finding *f, const char *none, const char *one,
    const char *many)
{
	const size_t at = strlen(f->text);

	snprintf(f->text + at, sizeof(f->text) - at, "%s", f->good ? none :
	    strchr(f->text, ',') == NULL ? one : many);
}

/* The loop is no way to anywhere; one that is down is none either. */
static enum status
is_way_out(const char *dir, const char *name, bool *yes, struct diag *d)
{
	struct bytes text = { 0 }, path = { 0 };
	unsigned long flags;
	char *end;
	enum status rc;

	TRY(text_format(&path, d, "%s/%s/flags", dir, name));
	TRY(file_read((const char *)path.data, FLAGS_MAX, &text, d));
	flags = strtoul((const char *)text.data, &end, 16);
	if (end == (const char *)text.data || (*end != '\n' && *end != '\0'))
		FAIL(d, ST_SYSTEM, "%s: no number",
		    (const char *)path.data);
	*yes = (flags & IFF_UP) != 0 && (flags & IFF_LOOPBACK) == 0;
out:
	bytes_free(&text);
	bytes_free(&path);
	return rc;
}

static bool
is_folder(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, 0) != 0 || S_ISDIR(st.st_mode);
}

static enum status
ask_network(const struct preflight_at *at, struct finding *f, struct diag *d)
{
	char **names = NULL;
	size_t n = 0;
	bool up = false;
	enum status rc;
	int fd = -1;

	TRY(file_open_dir(at->net, false, &fd, d));
	TRY(file_list_at(fd, &names, &n, d));
	for (size_t i = 0; i < n; i++) {
		/* a file there is a setting, and no interface */
		if (!is_folder(fd, names[i]))
			continue;
		TRY(is_way_out(at->net, names[i], &up, d));
		if (up)
			list_name(f, names[i], strlen(names[i]));
	}
	end_list(f, "no interface is up", " is up", " are up");
out:
	file_list_free(names, n);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* proc_swaps(5): a line of titles, and a line for each area. */
static enum status
ask_swap(const struct preflight_at *at, struct finding *f, struct diag *d)
{
	struct bytes text = { 0 };
	const char *line, *end;
	enum status rc;

	TRY(file_read(at->swaps, SWAPS_MAX, &text, d));
	line = (const char *)text.data;
	if (strncmp(line, "Filename", 8) != 0)
		FAIL(d, ST_SYSTEM, "%s: not a table of swap areas", at->swaps);
	while ((end = strchr(line, '\n')) != NULL && end[1] != '\0') {
		line = end + 1;
		list_name(f, line, strcspn(line, " \t\n"));
	}
	end_list(f, "none is on", " is on", " are on");
out:
	bytes_free(&text);
	return rc;
}

static const struct row {
	const char *name;
	enum status (*ask)(const struct preflight_at *, struct finding *,
	    struct diag *);
} rows[] = {
	{ "network", ask_network },
	{ "swap", ask_swap },
};
#define NROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(NROWS <= PREFLIGHT_MAX, "a place for each");

const char *
preflight_name(size_t i)
{
	return i < NROWS ? rows[i].name : NULL;
}

enum status
preflight_look(const struct preflight_at *at, struct preflight *out,
    struct diag *d)
{
	struct finding *f;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < NROWS; i++) {
		f = &out->found[out->n++];
		f->name = rows[i].name;
		f->good = true;
		if (rows[i].ask(at, f, d) != ST_OK) {
			diag_prefix(d, "RULES S4: %s: it cannot be told",
			    f->name);
			/* whatever the file is, the machine does not say */
			if (d != NULL)
				d->code = ST_SYSTEM;
			return ST_SYSTEM;
		}
	}
	return ST_OK;
}

enum status
preflight_judge(const struct preflight *p, const char *waived, struct diag *d)
{
	char text[DIAG_TEXT_MAX / 2] = "", names[DIAG_TEXT_MAX / 4] = "";
	const struct finding *f;
	size_t at = 0, name = 0;

	for (size_t i = 0; i < p->n; i++) {
		f = &p->found[i];
		if (f->good || text_listed(waived, ',', f->name))
			continue;
		if (at < sizeof(text))
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%s%s: %s", at == 0 ? "" : "; ", f->name, f->text);
		if (name < sizeof(names))
			name += (size_t)snprintf(names + name,
			    sizeof(names) - name, "%s%s", name == 0 ? "" : ",",
			    f->name);
	}
	if (at == 0)
		return ST_OK;
	return diag_set(d, ST_POLICY, "RULES S4: %s: no word of a sheet is "
	    "taken here, unless that is waived (--waive %s:REASON)", text,
	    names);
}
