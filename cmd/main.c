/* main.c -- find the row, run it, say why not. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/streams.h"
#include "lib/base/secret.h"
#include "lib/crypto/start.h"

static void
usage_line(const struct cmd *c)
{
	printf("  anchorite %s", c->noun);
	if (c->verb != NULL)
		printf(" %s", c->verb);
	for (size_t i = 0; i < CMD_OPTS_MAX && c->opts[i].name != NULL; i++) {
		printf(c->opts[i].required ? " %s" : " [%s", c->opts[i].name);
		if (c->opts[i].value != NULL)
			printf(" %s", c->opts[i].value);
		if (!c->opts[i].required)
			printf("]");
	}
	printf("%s%s\n        %s\n", c->args[0] == '\0' ? "" : " ", c->args,
	    c->help);
}

/* All verbs, or those of one noun. */
static void
usage(const char *noun)
{
	printf("usage:\n");
	for (const struct cmd *c = cmd_table; c->noun != NULL; c++) {
		if (noun == NULL || strcmp(noun, c->noun) == 0)
			usage_line(c);
	}
	printf("Everywhere: --json on reports, --plain, --help.\n"
	       "Exit status: 0 yes, 1 refused, 2 could not tell.\n");
}

static bool
wants_help(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "help") == 0)
		return true;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

/* The verbs, a line each: for the manual's check and completion. */
static void
list_verbs(void)
{
	for (const struct cmd *c = cmd_table; c->noun != NULL; c++)
		printf("%s%s%s\n", c->noun, c->verb == NULL ? "" : " ",
		    c->verb == NULL ? "" : c->verb);
}

static enum status
run(int argc, char **argv, struct diag *d)
{
	const char *noun = argc > 2 && argv[1][0] != '-' ? argv[1] : NULL;
	struct call call;
	enum status rc = ST_OK;

	/* help for a noun that is not there is refused as any use of it */
	if (wants_help(argc, argv) && (noun == NULL || cmd_is_noun(noun))) {
		usage(noun);
	} else if (argc == 2 && strcmp(argv[1], "--verbs") == 0) {
		list_verbs();
	} else {
		TRY(cmd_find(argc, argv, &call, d));
		TRY(secret_process(d));
		TRY(crypto_start(d));
		TRY(call.cmd->run(&call, d));
	}
out:
	return rc;
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	enum status rc;

	TRY(streams_start(&d));
	TRY(run(argc, argv, &d));
	TRY(streams_end(&d));
out:
	if (rc != ST_OK)
		fprintf(stderr, "anchorite: %s\n", d.text);
	return diag_exit(rc);
}
