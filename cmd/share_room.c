/* see share.h: the machine that words are typed into. */
#include <stdio.h>
#include <string.h>

#include "cmd/share.h"
#include "lib/base/text.h"

#define REASON_MAX 200 /* bytes */

/* "network" or another check, or what a verb adds to them. */
static bool
is_known(const char *name)
{
	for (size_t i = 0; preflight_name(i) != NULL; i++) {
		if (strcmp(preflight_name(i), name) == 0)
			return true;
	}
	return strcmp(name, SHARE_HOLDER) == 0;
}

static enum status
check_names(const char *names, struct diag *d)
{
	char name[sizeof(((struct share_room *)NULL)->waived)], shown[128];
	size_t len;

	for (const char *at = names; at != NULL; at = strchr(at, ',')) {
		at += at > names; /* the comma */
		len = strcspn(at, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		if (is_known(name))
			continue;
		text_escape(name, strlen(name), shown, sizeof(shown));
		return diag_set(d, ST_USAGE, "--waive: there is no check "
		    "\"%s\"", shown);
	}
	return ST_OK;
}

/* NAMES:REASON; the reason is printed, so it is text. */
static enum status
read_waiver(const char *text, struct share_room *out, struct diag *d)
{
	const char *colon = strchr(text, ':');
	char shown[REASON_MAX + 4];
	enum status rc;

	if (colon == NULL || colon == text || colon[1] == '\0')
		FAIL(d, ST_USAGE, "--waive takes NAMES:REASON, such as "
		    "\"network:the desk's machine, Anna\"");
	if ((size_t)(colon - text) >= sizeof(out->waived))
		FAIL(d, ST_USAGE, "--waive names too many checks");
	snprintf(out->waived, sizeof(out->waived), "%.*s",
	    (int)(colon - text), text);
	TRY(check_names(out->waived, d));
	if (strlen(colon + 1) > REASON_MAX ||
	    !text_escape(colon + 1, strlen(colon + 1), shown, sizeof(shown)))
		FAIL(d, ST_USAGE, "--waive: a reason is at most %d characters "
		    "of printable ASCII", REASON_MAX);
	out->reason = colon + 1;
out:
	return rc;
}

enum status
share_room_enter(const struct call *c, bool test, struct share_room *out,
    struct diag *d)
{
	const char *waive = cmd_opt(c, "--waive", NULL);
	enum status rc;

	memset(out, 0, sizeof(*out));
	out->test = test;
	if (waive != NULL)
		TRY(read_waiver(waive, out, d));
	TRY(preflight_look(&preflight_here, &out->found, d));
	if (!test)
		TRY(preflight_judge(&out->found, out->waived, d));
	rc = ST_OK;
out:
	return rc;
}

bool
share_room_waives(const struct share_room *r, const char *name)
{
	return text_listed(r->waived, ',', name);
}

enum status
share_room_say(const struct share_room *r, struct facts *f, struct diag *d)
{
	const struct finding *found;
	enum status rc = ST_OK;

	for (size_t i = 0; i < r->found.n; i++) {
		found = &r->found.found[i];
		TRY(facts_add(f, d, "room", "%s: %s%s", found->name,
		    found->text, found->good ? "" : r->test ?
		    ": refused, but for a rehearsal" : ": waived"));
	}
	if (r->reason != NULL)
		TRY(facts_set(f, d, "waived", "%s: %s", r->waived,
		    r->reason));
out:
	return rc;
}
