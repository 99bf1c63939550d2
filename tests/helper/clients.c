/* clients.c -- docs/CLIENTS.md and docs/CASES.md, printed from the tables of
 * lib/pki/explain.c and lib/pki/cases.c.
 *
 *	clients >docs/CLIENTS.md
 *	clients cases >docs/CASES.md */
#include <stdio.h>
#include <string.h>

#include "lib/pki/cases.h"
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

static int
end(void)
{
	return ferror(stdout) != 0 || fflush(stdout) != 0 ? 2 : 0;
}

static int
print_cases(void)
{
	const struct case_row *r;

	printf("# When a root is lost or stolen\n\n"
	    "What to do, case by case: the table that `anchorite explain CASE` "
	    "answers from; `anchorite explain cases`\nprints the words. "
	    "How to hold the ceremony is in [CEREMONY.md](../CEREMONY.md); "
	    "clauses are of [FORMATS.md](FORMATS.md).\n"
	    "This page is printed from `lib/pki/cases.c` by `make cases`; a "
	    "test compares the two.\n");
	for (size_t i = 0; (r = case_row(i)) != NULL; i++)
		printf("\n## %s\n\n%s.\n\n| | |\n|---|---|\n"
		    "| who did it can | %s |\n| until | %s |\n"
		    "| do | %s |\n| plan | %s |\n"
		    "| no plan mends | %s |\n| rule | %s |\n", r->word,
		    r->what, r->attacker, r->until, r->todo, r->plan,
		    r->beyond, r->rule);
	return end();
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "cases") == 0)
		return print_cases();
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
	return end();
}
