/* preflight.c: a machine with a way out is told from one without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ceremony/preflight.h"
#include "lib/base/file.h"

#define TITLES "Filename\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

/* A machine in a folder of its own: interfaces and swap as a test says. */
static struct {
	char dir[64], net[128], swaps[128];
	struct preflight_at at;
} machine;

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
interface(const char *name, const char *flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", machine.net, name);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/flags", machine.net, name);
	write_text(path, flags);
}

static int
make_machine(void **state)
{
	(void)state;
	snprintf(machine.dir, sizeof(machine.dir), "/tmp/preflight.XXXXXX");
	if (mkdtemp(machine.dir) == NULL)
		return -1;
	snprintf(machine.net, sizeof(machine.net), "%s/net", machine.dir);
	snprintf(machine.swaps, sizeof(machine.swaps), "%s/swaps",
	    machine.dir);
	machine.at = (struct preflight_at){ machine.net, machine.swaps };
	if (mkdir(machine.net, 0700) != 0)
		return -1;
	write_text(machine.swaps, TITLES);
	interface("lo", "0x9\n");
	return 0;
}

static int
free_machine(void **state)
{
	(void)state;
	file_remove_tree(machine.dir);
	return 0;
}

/* What all checks find: each as "name text". */
static void
finds(const char *network, const char *swap)
{
	struct preflight p;
	struct diag d = { 0 };

	if (preflight_look(&machine.at, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.found[0].name, "network");
	assert_string_equal(p.found[0].text, network);
	assert_true(p.found[0].good == (strncmp(network, "no ", 3) == 0));
	assert_string_equal(p.found[1].name, "swap");
	assert_string_equal(p.found[1].text, swap);
	assert_true(p.found[1].good == (strncmp(swap, "none ", 5) == 0));
}

static void
judged(const char *waived, const char *why)
{
	struct preflight p;
	struct diag d = { 0 };

	assert_int_equal(preflight_look(&machine.at, &p, NULL), ST_OK);
	assert_int_equal(preflight_judge(&p, waived, &d), *why == '\0' ?
	    ST_OK : ST_POLICY);
	assert_string_equal(d.text, why);
}

static void
preflight_passes_a_machine_without_a_way_out(void **state)
{
	(void)state;
	interface("eth0", "0x1002\n"); /* down */
	finds("no interface is up", "none is on");
	judged("", "");
}

/* A file beside the interfaces is none of them. */
static void
preflight_is_not_misled_by_settings(void **state)
{
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/bonding_masters", machine.net);
	write_text(path, "\n");
	finds("no interface is up", "none is on");
}

static void
preflight_names_each_interface_that_is_up(void **state)
{
	(void)state;
	interface("eth0", "0x1003\n");
	finds("eth0 is up", "none is on");
	judged("", "RULES S4: network: eth0 is up: no word of a sheet is taken "
	    "here, unless that is waived (--waive network:REASON)");
	judged("network", "");
	judged("swap", "RULES S4: network: eth0 is up: no word of a sheet is "
	    "taken here, unless that is waived (--waive network:REASON)");
	interface("wlan\x1b[2J", "0x1\n");
	finds("eth0, wlan\\u{1b}[2J are up", "none is on");
}

static void
preflight_names_each_swap_area(void **state)
{
	(void)state;
	write_text(machine.swaps, TITLES
	    "/dev/sda2                       partition\t1000\t0\t-2\n");
	finds("no interface is up", "/dev/sda2 is on");
	judged("network", "RULES S4: swap: /dev/sda2 is on: no word of a sheet "
	    "is taken here, unless that is waived (--waive swap:REASON)");
	write_text(machine.swaps, TITLES "/dev/sda2 partition 1 0 -2\n"
	    "/swap\\040file file 1 0 -3\n");
	finds("no interface is up", "/dev/sda2, /swap\\\\040file are on");
	interface("eth0", "0x1003\n");
	judged("", "RULES S4: network: eth0 is up; swap: /dev/sda2, "
	    "/swap\\\\040file are on: no word of a sheet is taken here, unless "
	    "that is waived (--waive network,swap:REASON)");
	judged("swap,network", "");
}

static void
preflight_survives_many_interfaces(void **state)
{
	struct preflight p;
	char name[16];

	(void)state;
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "interface%d", i);
		interface(name, "0x1");
	}
	assert_int_equal(preflight_look(&machine.at, &p, NULL), ST_OK);
	assert_false(p.found[0].good);
	assert_non_null(strstr(p.found[0].text, ", ... are up"));
}

/* What cannot be looked at is not taken for good. */
static void
preflight_cannot_tell_where_the_kernel_is_silent(void **state)
{
	struct preflight p;
	struct diag d = { 0 };

	(void)state;
	write_text(machine.swaps, "");
	assert_int_equal(preflight_look(&machine.at, &p, &d), ST_SYSTEM);
	assert_int_equal(d.code, ST_SYSTEM);
	assert_non_null(strstr(d.text, "RULES S4: swap: it cannot be told: "));
	assert_int_equal(unlink(machine.swaps), 0);
	diag_clear(&d);
	assert_int_equal(preflight_look(&machine.at, &p, &d), ST_SYSTEM);
	interface("eth0", "up\n");
	diag_clear(&d);
	assert_int_equal(preflight_look(&machine.at, &p, &d), ST_SYSTEM);
	assert_non_null(strstr(d.text, "RULES S4: network: it cannot be told: "));
	assert_non_null(strstr(d.text, "eth0/flags: no number"));
	machine.at.net = "/nowhere/net";
	diag_clear(&d);
	assert_int_equal(preflight_look(&machine.at, &p, &d), ST_SYSTEM);
}

static void
preflight_looks_at_this_machine(void **state)
{
	struct preflight p;
	struct diag d = { 0 };

	(void)state;
	if (preflight_look(&preflight_here, &p, &d) != ST_OK)
		fail_msg("%s", d.text);
	for (size_t i = 0; i < p.n; i++)
		assert_string_equal(p.found[i].name, preflight_name(i));
	assert_null(preflight_name(p.n));
}

int
main(void)
{
#define IN_A_MACHINE(f) \
	cmocka_unit_test_setup_teardown(f, make_machine, free_machine)
	const struct CMUnitTest tests[] = {
		IN_A_MACHINE(preflight_passes_a_machine_without_a_way_out),
		IN_A_MACHINE(preflight_is_not_misled_by_settings),
		IN_A_MACHINE(preflight_names_each_interface_that_is_up),
		IN_A_MACHINE(preflight_names_each_swap_area),
		IN_A_MACHINE(preflight_survives_many_interfaces),
		IN_A_MACHINE(preflight_cannot_tell_where_the_kernel_is_silent),
		cmocka_unit_test(preflight_looks_at_this_machine),
	};

	return cmocka_run_group_tests_name("preflight", tests, NULL, NULL);
}
