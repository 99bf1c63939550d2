/* clients.c -- docs/CLIENTS.md, printed from the table of lib/pki/explain.c.
 *
 *	clients >docs/CLIENTS.md */
#include <stdio.h>
#include <string.h>

#include "lib/pki/explain.h"

static void
print_traits(unsigned traits)
{
	const char *sep = "";

	if (traits == 0)
		printf("else");
	for (size_t i = 0; i < EXPLAIN_TRAITS; i++) {
		if ((traits & 1U << i) != 0) {
			printf("%s%s", sep, explain_trait_text(i));
			sep = "; ";
		}
	}
}

static void
print_row(const struct explain_row *r, bool first)
{
	printf("| %s%s%s | ", first ? r->client : "",
	    first && r->setting[0] != '\0' ? ": " : "",
	    first ? r->setting : "");
	print_traits(r->traits);
	printf(" | %s | %s | %s |\n", explain_answer_text(r->answer), r->why,
	    r->source);
}

static bool
same_client(const struct explain_row *a, const struct explain_row *b)
{
	return a != NULL && strcmp(a->client, b->client) == 0 &&
	    strcmp(a->setting, b->setting) == 0;
}

static void
print_kind(enum explain_kind kind)
{
	const struct explain_row *r, *last = NULL;
	const struct explain_note *n;

	printf("\n## %s\n\n| client | what it is | does | why | source |\n"
	    "|---|---|---|---|---|\n", explain_kind_text(kind));
	for (size_t i = 0; (r = explain_row(i)) != NULL; i++) {
		if (r->kind != kind)
			continue;
		print_row(r, !same_client(last, r));
		last = r;
	}
	printf("\n");
	for (size_t i = 0; (n = explain_note(i)) != NULL; i++) {
		if (n->kind != kind)
			continue;
		printf("- ");
		if (n->traits != 0) {
			print_traits(n->traits);
			printf(": ");
		}
		printf("%s.\n", n->text);
	}
}

static void
print_thieves(void)
{
	const struct explain_thief *t;

	printf("\n## what a thief can do with a trust bundle\n\n"
	    "| with | where it | he | how long | source |\n|---|---|---|---|---|\n");
	for (size_t i = 0; (t = explain_thief(i)) != NULL; i++) {
		printf("| %s | ", t->has);
		if (t->traits == 0)
			printf("any");
		else
			print_traits(t->traits);
		printf(" | %s | %s | %s |\n", t->can,
		    explain_end_text(t->end), t->source);
	}
}

int
main(void)
{
	printf("# Who accepts what\n\n"
	    "What clients do with certificates, lists and trust bundles, as it "
	    "was tried or read: the tables that\n`anchorite explain FILE` "
	    "answers from. Of the rows of one client the first one that fits "
	    "counts.\n"
	    "This page is printed from `lib/pki/explain.c` by `make clients`; "
	    "a test compares the two.\n");
	for (int kind = 0; kind < EXPLAIN_KINDS; kind++)
		print_kind((enum explain_kind)kind);
	print_thieves();
	return ferror(stdout) != 0 || fflush(stdout) != 0 ? 2 : 0;
}
