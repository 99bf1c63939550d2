/* see cmd.h */
#include <string.h>

#include "cmd/cmd.h"
#include "lib/base/text.h"

#define NAMES_MAX 64

bool
cmd_is_noun(const char *word)
{
	for (const struct cmd *c = cmd_table; c->noun != NULL; c++) {
		if (strcmp(c->noun, word) == 0)
			return true;
	}
	return false;
}

static enum status
refuse_noun(const char *word, struct diag *d)
{
	const char *names[NAMES_MAX], *near;
	char shown[128];
	size_t n = 0;

	for (const struct cmd *c = cmd_table; c->noun != NULL && n < NAMES_MAX;
	     c++)
		names[n++] = c->noun;
	text_escape(word, strlen(word), shown, sizeof(shown));
	if ((near = text_nearest(word, names, n)) != NULL)
		return diag_set(d, ST_USAGE, "there is no \"%s\"; did you mean "
		    "%s?", shown, near);
	return diag_set(d, ST_USAGE, "there is no \"%s\"; see anchorite "
	    "--help", shown);
}

static enum status
refuse_verb(const char *noun, const char *word, struct diag *d)
{
	const char *names[NAMES_MAX], *near;
	char shown[128];
	size_t n = 0;

	for (const struct cmd *c = cmd_table; c->noun != NULL && n < NAMES_MAX;
	     c++) {
		if (strcmp(c->noun, noun) == 0 && c->verb != NULL)
			names[n++] = c->verb;
	}
	if (word == NULL)
		return diag_set(d, ST_USAGE, "%s what? see anchorite %s "
		    "--help", noun, noun);
	text_escape(word, strlen(word), shown, sizeof(shown));
	if ((near = text_nearest(word, names, n)) != NULL)
		return diag_set(d, ST_USAGE, "%s has no verb \"%s\"; did you "
		    "mean %s?", noun, shown, near);
	return diag_set(d, ST_USAGE, "%s has no verb \"%s\"; see anchorite "
	    "%s --help", noun, shown, noun);
}

static enum status
find_row(int argc, char **argv, struct call *out, int *used, struct diag *d)
{
	if (argc < 2)
		return diag_set(d, ST_USAGE, "what is to be done? see "
		    "anchorite --help");
	if (!cmd_is_noun(argv[1]))
		return refuse_noun(argv[1], d);
	for (const struct cmd *c = cmd_table; c->noun != NULL; c++) {
		if (strcmp(c->noun, argv[1]) != 0)
			continue;
		if (c->verb == NULL ||
		    (argc > 2 && strcmp(c->verb, argv[2]) == 0)) {
			out->cmd = c;
			*used = c->verb == NULL ? 2 : 3;
			return ST_OK;
		}
	}
	return refuse_verb(argv[1], argc > 2 ? argv[2] : NULL, d);
}

/* --json and --plain, on every verb; each once. */
static bool
take_switch(const char *word, struct call *out, bool *twice)
{
	bool *flag;

	if (strcmp(word, "--json") == 0)
		flag = &out->json;
	else if (strcmp(word, "--plain") == 0)
		flag = &out->plain;
	else
		return false;
	*twice = *flag;
	*flag = true;
	return true;
}

static enum status
refuse_option(const struct cmd *c, const char *word, struct diag *d)
{
	const char *names[CMD_OPTS_MAX + 2] = { "--json", "--plain" }, *near;
	char shown[128];
	size_t n = 2;

	for (size_t k = 0; k < CMD_OPTS_MAX && c->opts[k].name != NULL; k++)
		names[n++] = c->opts[k].name;
	text_escape(word, strlen(word), shown, sizeof(shown));
	near = text_nearest(word, names, n);
	return diag_set(d, ST_USAGE, "anchorite %s%s%s has no option %s%s%s%s",
	    c->noun, c->verb == NULL ? "" : " ",
	    c->verb == NULL ? "" : c->verb, shown,
	    near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
}

static enum status
take_option(int argc, char **argv, int *i, struct call *out, struct diag *d)
{
	const char *word = argv[*i];
	const struct opt *o;
	char shown[128];
	bool twice = false;

	text_escape(word, strlen(word), shown, sizeof(shown));
	if (take_switch(word, out, &twice))
		return !twice ? ST_OK : diag_set(d, ST_USAGE, "%s is there "
		    "twice", shown);
	for (size_t k = 0; k < CMD_OPTS_MAX; k++) {
		o = &out->cmd->opts[k];
		if (o->name == NULL || strcmp(o->name, word) != 0)
			continue;
		if (out->opt[k] != NULL)
			return diag_set(d, ST_USAGE, "%s is there twice",
			    shown);
		if (o->value == NULL) {
			out->opt[k] = "";
			return ST_OK;
		}
		if (*i + 1 >= argc)
			return diag_set(d, ST_USAGE, "%s needs %s", shown,
			    o->value);
		out->opt[k] = argv[++*i];
		return ST_OK;
	}
	return refuse_option(out->cmd, word, d);
}

enum status
cmd_find(int argc, char **argv, struct call *out, struct diag *d)
{
	const struct opt *o;
	bool only_args = false;
	int i = 0;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(find_row(argc, argv, out, &i, d));
	for (; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
			continue;
		}
		if (!only_args && strncmp(argv[i], "--", 2) == 0) {
			TRY(take_option(argc, argv, &i, out, d));
			continue;
		}
		if (out->n == CMD_ARGS_MAX)
			FAIL(d, ST_USAGE, "too many words");
		out->arg[out->n++] = argv[i];
	}
	if (out->n < out->cmd->min || out->n > out->cmd->max)
		FAIL(d, ST_USAGE, "anchorite %s%s%s takes %s",
		    out->cmd->noun, out->cmd->verb == NULL ? "" : " ",
		    out->cmd->verb == NULL ? "" : out->cmd->verb,
		    out->cmd->args[0] == '\0' ? "no further words" :
		    out->cmd->args);
	for (size_t k = 0; k < CMD_OPTS_MAX; k++) {
		o = &out->cmd->opts[k];
		if (o->name != NULL && o->required && out->opt[k] == NULL)
			FAIL(d, ST_USAGE, "%s %s is needed", o->name,
			    o->value);
	}
	rc = ST_OK;
out:
	return rc;
}

enum status
cmd_prepare(const char *noun, const char *verb, struct call *out,
    struct diag *d)
{
	for (const struct cmd *c = cmd_table; c->noun != NULL; c++) {
		if (strcmp(c->noun, noun) == 0 && c->verb != NULL &&
		    strcmp(c->verb, verb) == 0) {
			out->cmd = c;
			return ST_OK;
		}
	}
	return diag_set(d, ST_BUG, "there is no %s %s", noun, verb);
}

enum status
cmd_give(struct call *c, const char *option, const char *value,
    struct diag *d)
{
	for (size_t k = 0; k < CMD_OPTS_MAX; k++) {
		if (c->cmd->opts[k].name != NULL &&
		    strcmp(c->cmd->opts[k].name, option) == 0) {
			c->opt[k] = value;
			return ST_OK;
		}
	}
	return diag_set(d, ST_BUG, "%s is no option of it", option);
}

const char *
cmd_opt(const struct call *c, const char *name, const char *dflt)
{
	for (size_t k = 0; k < CMD_OPTS_MAX; k++) {
		if (c->cmd->opts[k].name != NULL && c->opt[k] != NULL &&
		    strcmp(c->cmd->opts[k].name, name) == 0)
			return c->opt[k];
	}
	return dflt;
}

bool
cmd_has(const struct call *c, const char *name)
{
	return cmd_opt(c, name, NULL) != NULL;
}
