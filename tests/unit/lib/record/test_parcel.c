#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ec.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/record/parcel.h"
#include "tests/support/mutate.h"
#include "tests/support/pkix.h"

static struct bytes request; /* DER */
static struct pkix pkix;

static int
start(void **state)
{
	EVP_PKEY *key;

	if (pkix_start(state) != 0)
		return -1;
	key = EVP_EC_gen("P-256");
	pkix_request(key, "gateway", 7, "SHA256", &request);
	EVP_PKEY_free(key);
	pkix_make(&pkix, "ecdsa-p256");
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	bytes_free(&request);
	pkix_free(&pkix);
	return 0;
}

/* A parcel of a purpose with up to four files, name and bytes. */
static enum status
seal(const char *purpose, const char *const *names,
    const struct bytes *const *data, size_t n, struct bytes *out,
    struct diag *d)
{
	struct parcel_file file[4] = { { .len = 0 } };
	struct parcel p = { .not_before = -1, .file = file, .n = n };

	snprintf(p.purpose, sizeof(p.purpose), "%s", purpose);
	snprintf(p.from, sizeof(p.from), "team");
	for (size_t i = 0; i < n; i++) {
		snprintf(file[i].name, sizeof(file[i].name), "%s", names[i]);
		file[i].data = data[i]->data;
		file[i].len = data[i]->len;
	}
	return parcel_seal(&p, out, d);
}

static void
good_parcel(struct bytes *out)
{
	static const char *const names[] = { "b.csr", "A.csr" };
	const struct bytes *const data[] = { &request, &request };
	struct diag d = { 0 };

	if (seal("request", names, data, 2, out, &d) != ST_OK)
		fail_msg("%s", d.text);
}

static enum status
gates(const uint8_t *data, size_t len, struct diag *d)
{
	struct parcel p = { 0 };
	enum status rc;

	TRY(parcel_read("p", data, len, &p, d));
	TRY(parcel_check("p", &p, d));
	TRY(parcel_policy("p", &p, d));
out:
	parcel_clear(&p);
	return rc;
}

static void
parcel_gives_back_what_was_packed(void **state)
{
	struct bytes all = { 0 };
	struct parcel p = { 0 };
	uint8_t id[SHA384_LEN];

	(void)state;
	good_parcel(&all);
	assert_int_equal(parcel_read("p", all.data, all.len, &p, NULL), ST_OK);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.file[0].name, "A.csr");
	assert_string_equal(p.file[1].name, "b.csr");
	assert_int_equal(p.file[1].len, request.len);
	assert_memory_equal(p.file[1].data, request.data, request.len);
	assert_int_equal(p.not_before, -1);
	hash_sha384(all.data, p.manifest_len, id);
	assert_memory_equal(p.id, id, sizeof(id));
	/* it borrows, and copies nothing */
	assert_ptr_equal(p.file[1].data + p.file[1].len, all.data + all.len);
	parcel_clear(&p);
	bytes_free(&all);
}

static void
parcel_of_one_request_fits_one_code(void **state)
{
	static const char *const names[] = { "gateway-release-2027.csr" };
	const struct bytes *const data[] = { &request };
	struct bytes all = { 0 };

	(void)state;
	assert_int_equal(seal("request", names, data, 1, &all, NULL), ST_OK);
	assert_in_range(all.len, 1, 823 - 32); /* a version-20 code */
	bytes_free(&all);
}

static void
parcel_names_are_closed(void **state)
{
	static const char *const good[] = { "a", "A_b-c.9", "_x", "console.csr",
		"com10", "aux2.csr", "done.csr", "manifest.txt" };
	static const char *const bad[] = { "", ".", "..", ".a", "-a", "a.",
		"a/b", "a b", "a~1", "a\\b", "caf\xc3\xa9", "a\n", "a:b",
		"con", "CON.csr", "Aux.tar.gz", "nul.", "com1", "LPT9.txt",
		"MANIFEST", "manifest", "Done", "DONE" };
	char longest[PARCEL_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!parcel_is_name(good[i]))
			fail_msg("%s is refused", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parcel_is_name(bad[i]))
			fail_msg("%s is taken", bad[i]);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(parcel_is_name(longest));
	longest[PARCEL_NAME_MAX] = '\0';
	assert_true(parcel_is_name(longest));
}

static enum status
gates_of(const uint8_t *data, size_t len, void *ctx)
{
	(void)ctx;
	return gates(data, len, NULL);
}

static void
parcel_refuses_every_truncation(void **state)
{
	struct bytes all = { 0 };

	(void)state;
	good_parcel(&all);
	assert_int_equal(mutate_truncations(all.data, all.len, gates_of, NULL),
	    0);
	assert_int_equal(mutate_trailing(all.data, all.len, gates_of, NULL), 0);
	bytes_free(&all);
}

/* A flipped bit gives no parcel, or one with another digest. */
static enum status
refused_or_another(const uint8_t *data, size_t len, void *ctx)
{
	const struct parcel *good = ctx;
	struct parcel p = { 0 };
	enum status rc;

	if ((rc = gates(data, len, NULL)) != ST_OK)
		return rc;
	assert_int_equal(parcel_read("p", data, len, &p, NULL), ST_OK);
	rc = memcmp(p.id, good->id, sizeof(p.id)) == 0 ? ST_OK : ST_AUTH;
	parcel_clear(&p);
	return rc;
}

static void
parcel_refuses_every_flipped_bit(void **state)
{
	struct bytes all = { 0 };
	struct parcel p = { 0 };

	(void)state;
	good_parcel(&all);
	assert_int_equal(parcel_read("p", all.data, all.len, &p, NULL), ST_OK);
	assert_int_equal(mutate_bits(all.data, all.len, refused_or_another,
	    &p), 0);
	parcel_clear(&p);
	bytes_free(&all);
}

/* --- manifests that are not of the form --- */

#define DIGEST                                                                \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TOP "# anchorite parcel 1\n# purpose: request\n# from: team\n"

static void
parcel_refuses_other_manifests(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "10.1: its manifest is cut" },
		{ "# anchorite parcel 2\n", "10.1: no parcel, as it does not" },
		{ "PK\n", "10.1: no parcel, as it does not begin" },
		{ "# anchorite parcel 1\r\n", "10.1: no parcel" },
		{ "# anchorite parcel 1\n# from: team\n", "lacks the line \"# "
		    "purpose:\"" },
		{ "# anchorite parcel 1\n# purpose: Request\n", "10.2: what "
		    "follows \"# purpose:\" is no word" },
		{ "# anchorite parcel 1\n# purpose: request\n# from: A B\n",
		    "10.2: what follows \"# from:\" is no word" },
		{ TOP "# not-before: 2027-03-01\n", "10.2: not-before is not "
		    "written" },
		{ TOP "# not-before: 2027-03-01T00:00:01Z\n", "10.2: "
		    "not-before is no time of whole minutes" },
		{ TOP "# not-before: tomorrow\n", "10.2: not-before is no" },
		{ TOP "# files: 0\n", "no number from 1 to 4096" },
		{ TOP "# files: 01\n", "no number from 1 to 4096" },
		{ TOP "# files: 4097\n", "no number from 1 to 4096" },
		{ TOP "# files: 4096\n# bytes: 1\n", "10.1: its manifest is "
		    "cut: it promises 4096 files" },
		{ TOP "# files: 1\n# bytes: -1\n" DIGEST "  a.csr\n",
		    "no number from 0 to 16777216" },
		{ TOP "# files: 1\n# bytes: 16777217\n" DIGEST "  a.csr\n",
		    "no number from 0 to 16777216" },
		{ TOP "# files: 1\n# bytes: 16777216\n" DIGEST "  a.csr\n",
		    "10.5: larger than 16777216 bytes" },
		{ TOP "# files: 1\n# bytes: 0\n" DIGEST " *a.csr\n", "10.2: a "
		    "line of its manifest is no digest" },
		{ TOP "# files: 1\n# bytes: 0\n" DIGEST "  \n# # # # # #",
		    "10.2: a line of its manifest is no digest" },
		{ TOP "# files: 1\n# bytes: 0\nE" DIGEST, "is cut" },
		{ TOP "# files: 1\n# bytes: 0\n"
		    "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7"
		    "852b855  a.csr\n", "not 64 hex digits in lower case" },
		{ TOP "# files: 1\n# bytes: 0\n" DIGEST "  ../a.csr\n",
		    "10.3: \"../a.csr\" is no name" },
		{ TOP "# files: 2\n# bytes: 0\n" DIGEST "  b.csr\n"
		    "# bytes: 0\n" DIGEST "  a.csr\n", "10.4: a.csr is out of" },
		{ TOP "# files: 2\n# bytes: 0\n" DIGEST "  a.csr\n"
		    "# bytes: 0\n" DIGEST "  A.csr\n", "10.4: A.csr is out of" },
		{ TOP "# files: 1\n# bytes: 2\n" DIGEST "  a.csr\nx",
		    "10.1: 1 bytes follow its manifest, which says 2" },
	};
	struct parcel p = { 0 };
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&d, 0, sizeof(d));
		assert_int_equal(parcel_read("p", bad[i].text,
		    strlen(bad[i].text), &p, &d), ST_FORMAT);
		if (strstr(d.text, bad[i].why) == NULL)
			fail_msg("\"%s\" is not \"%s\"", d.text, bad[i].why);
		assert_null(p.file);
	}
}

static void
parcel_refuses_a_nul_in_a_line(void **state)
{
	static const char text[] = "# anchorite parcel 1\0x\n";
	struct parcel p = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(parcel_read("p", text, sizeof(text) - 1, &p, &d),
	    ST_FORMAT);
	assert_string_equal(d.text, "p: FORMATS 10.1: its manifest has a NUL "
	    "in it");
}

static void
parcel_manifest_refuses_bytes_behind_it(void **state)
{
	static const char text[] = TOP "# files: 1\n# bytes: 9\n" DIGEST
	    "  a.csr\n";
	struct parcel p = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(parcel_manifest("m", text, sizeof(text) - 1, &p, &d),
	    ST_OK);
	assert_int_equal(p.file[0].len, 9);
	assert_null(p.file[0].data);
	parcel_clear(&p);
	assert_int_equal(parcel_manifest("m", text, sizeof(text), &p, &d),
	    ST_FORMAT);
	assert_string_equal(d.text, "m: FORMATS 10.1: more than a manifest");
}

static void
parcel_check_refuses_another_body(void **state)
{
	struct bytes all = { 0 };
	struct diag d = { 0 };

	(void)state;
	good_parcel(&all);
	all.data[all.len - 1] ^= 1;
	assert_int_equal(gates(all.data, all.len, &d), ST_AUTH);
	assert_string_equal(d.text, "p: FORMATS 10.1: b.csr has not the digest "
	    "that the manifest says");
	bytes_free(&all);
}

/* --- policy --- */

static void
purpose_refuses(const char *purpose, const char *name,
    const struct bytes *data, enum status code, const char *why)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	assert_int_equal(seal(purpose, &name, &data, 1, &out, &d), code);
	if (strstr(d.text, why) == NULL)
		fail_msg("\"%s\" is not \"%s\"", d.text, why);
	assert_null(out.data);
}

static void
purpose_takes(const char *purpose, const char *name, const struct bytes *data)
{
	struct bytes out = { 0 };
	struct diag d = { 0 };

	if (seal(purpose, &name, &data, 1, &out, &d) != ST_OK)
		fail_msg("%s", d.text);
	bytes_free(&out);
}

static void
purpose_says_what_a_parcel_holds(void **state)
{
	struct bytes text = { (uint8_t *)(uintptr_t)"[x]\n", 4 };
	struct bytes escape = { (uint8_t *)(uintptr_t)"a\033[2J", 5 };
	struct bytes none = { 0 }, large = { 0 };

	(void)state;
	purpose_takes("request", "a.csr", &request);
	purpose_takes("result", "a.crt", &pkix.leaf->der);
	purpose_takes("result", "a.crl", &pkix.list->der);
	purpose_takes("result", "a.p7s", &pkix.p7s);
	purpose_takes("release", "a.crl", &pkix.list->der);
	purpose_takes("plan", "plan.ini", &text);
	purpose_takes("countersign", "000001.line", &text);
	purpose_refuses("request", "a.crt", &pkix.leaf->der, ST_POLICY,
	    "a.crt: FORMATS 10.6: a parcel of purpose request has files in "
	    ".csr only");
	purpose_refuses("request", "a.CSR", &request, ST_POLICY, "10.6");
	purpose_refuses("request", "csr", &request, ST_POLICY, "10.6");
	purpose_refuses("release", "a.crt", &pkix.leaf->der, ST_POLICY, "10.6");
	purpose_refuses("result", "plan.ini", &text, ST_POLICY, "10.6");
	/* by what they are, and not by what they are called */
	purpose_refuses("request", "a.csr", &pkix.leaf->der, ST_FORMAT, "6.");
	purpose_refuses("result", "a.crt", &pkix.list->der, ST_FORMAT, "a.crt");
	purpose_refuses("result", "a.crl", &pkix.leaf->der, ST_FORMAT, "a.crl");
	purpose_refuses("result", "a.der", &pkix.leaf->der, ST_FORMAT, "a.der");
	purpose_refuses("result", "a.p7s", &text, ST_FORMAT, "10.6: not one");
	purpose_refuses("result", "a.p7s", &none, ST_FORMAT, "10.6: not one");
	purpose_refuses("plan", "plan.ini", &escape, ST_FORMAT, "10.6: not "
	    "plain text at byte 1");
	purpose_refuses("plan", "a.csr", &request, ST_POLICY, "10.6: 0 files in "
	    ".ini; one of purpose plan has 1 to 1");
	purpose_refuses("state", "a.csr", &request, ST_POLICY, "0 files in "
	    ".json");
	purpose_refuses("secret", "a.csr", &request, ST_POLICY, "10.6: there is "
	    "no purpose \"secret\"");
	large.len = CSR_MAX + 1;
	large.data = calloc(1, large.len);
	assert_non_null(large.data);
	purpose_refuses("request", "a.csr", &large, ST_POLICY, "10.6: 65537 "
	    "bytes; a file in .csr has at most 65536");
	bytes_free(&large);
}

static void
purpose_plan_has_one_plan(void **state)
{
	static const char *const names[] = { "a.ini", "b.ini" };
	const struct bytes text = { (uint8_t *)(uintptr_t)"[x]\n", 4 };
	const struct bytes *const data[] = { &text, &text };
	struct bytes out = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(seal("plan", names, data, 2, &out, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "2 files in .ini"));
}

static void
parcel_waits_for_its_day(void **state)
{
	struct parcel p = { .not_before = 1800000000 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(parcel_due("p", &p, 1800000000, NULL), ST_OK);
	assert_int_equal(parcel_due("p", &p, 1799999999, &d), ST_POLICY);
	assert_string_equal(d.text, "p: FORMATS 10.7: not to be used before "
	    "2027-01-15T08:00:00Z, and the clock says 2027-01-15T07:59:59Z");
	p.not_before = -1;
	assert_int_equal(parcel_due("p", &p, 0, NULL), ST_OK);
}

/* --- unpack --- */

static void
parcel_unpacks_into_a_new_folder_or_not_at_all(void **state)
{
	char dir[] = "parcel.XXXXXX", to[64], path[128];
	struct bytes all = { 0 }, text = { 0 };
	struct parcel p = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(to, sizeof(to), "%s/out", dir);
	good_parcel(&all);
	assert_int_equal(parcel_read("p", all.data, all.len, &p, NULL), ST_OK);
	assert_int_equal(parcel_unpack(&p, all.data, to, &d), ST_OK);
	snprintf(path, sizeof(path), "%s/MANIFEST", to);
	assert_int_equal(file_read(path, PARCEL_MAX, &text, NULL), ST_OK);
	assert_int_equal(text.len, p.manifest_len);
	assert_memory_equal(text.data, all.data, text.len);
	snprintf(path, sizeof(path), "%s/b.csr", to);
	assert_int_equal(file_read(path, PARCEL_MAX, &text, NULL), ST_OK);
	assert_true(bytes_equal(&text, &request));

	assert_int_equal(parcel_unpack(&p, all.data, to, &d), ST_POLICY);
	assert_non_null(strstr(d.text, "it is there already"));
	file_remove_tree(to);
	/* a file that cannot be written takes the others with it */
	snprintf(p.file[1].name, sizeof(p.file[1].name), "%s",
	    p.file[0].name);
	assert_int_equal(parcel_unpack(&p, all.data, to, NULL), ST_POLICY);
	assert_int_not_equal(access(to, F_OK), 0);
	parcel_clear(&p);
	bytes_free(&text);
	bytes_free(&all);
	file_remove_tree(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parcel_gives_back_what_was_packed),
		cmocka_unit_test(parcel_of_one_request_fits_one_code),
		cmocka_unit_test(parcel_names_are_closed),
		cmocka_unit_test(parcel_refuses_every_truncation),
		cmocka_unit_test(parcel_refuses_every_flipped_bit),
		cmocka_unit_test(parcel_refuses_other_manifests),
		cmocka_unit_test(parcel_refuses_a_nul_in_a_line),
		cmocka_unit_test(parcel_manifest_refuses_bytes_behind_it),
		cmocka_unit_test(parcel_check_refuses_another_body),
		cmocka_unit_test(purpose_says_what_a_parcel_holds),
		cmocka_unit_test(purpose_plan_has_one_plan),
		cmocka_unit_test(parcel_waits_for_its_day),
		cmocka_unit_test(parcel_unpacks_into_a_new_folder_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
