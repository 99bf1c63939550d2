/* slip39 -- shares from the command line, for scenarios with other software.
 *   slip39 recover [--passphrase P]            mnemonics on standard input
 *   slip39 split --secret HEX --group-threshold G --groups 2/3,3/5
 *       [--ext 0|1] [--exponent E] [--passphrase P]
 *   slip39 forge       each share on standard input with another value, its
 *                      place and checksum as they should be
 * A test program: secrets in arguments and on standard output are allowed here
 * and nowhere else. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto/rng.h"
#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_text.h"

#define LINES_MAX 256

/* What the command line said; all borrowed from it. */
struct asked {
	const char *secret;
	const char *groups;
	const char *threshold;
	const char *ext;
	const char *exponent;
	const char *passphrase;
};

static enum status
make_secret(const char *text, struct secret **out, struct diag *d)
{
	enum status rc;

	*out = NULL;
	if (text == NULL || *text == '\0')
		return ST_OK;
	TRY(secret_new(strlen(text), out, d));
	memcpy(secret_bytes(*out), text, strlen(text));
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_options(int argc, char **argv, struct asked *a, struct diag *d)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{ "--secret", &a->secret },
		{ "--groups", &a->groups },
		{ "--group-threshold", &a->threshold },
		{ "--ext", &a->ext },
		{ "--exponent", &a->exponent },
		{ "--passphrase", &a->passphrase },
	};
	const size_t n = sizeof(options) / sizeof(options[0]);
	size_t k;

	for (int i = 0; i + 1 < argc; i += 2) {
		for (k = 0; k < n; k++)
			if (strcmp(argv[i], options[k].name) == 0)
				break;
		if (k == n)
			return diag_set(d, ST_USAGE, "what is %s?", argv[i]);
		*options[k].value = argv[i + 1];
	}
	if (argc % 2 != 0)
		return diag_set(d, ST_USAGE, "%s of what?", argv[argc - 1]);
	return ST_OK;
}

/* "2/3,3/5" */
static enum status
read_groups(const char *s, struct slip39_scheme *c, struct diag *d)
{
	unsigned need, members;
	char *end;

	while (s != NULL && *s != '\0' && c->groups < SLIP39_GROUPS_MAX) {
		need = (unsigned)strtoul(s, &end, 10);
		if (*end != '/')
			return diag_set(d, ST_USAGE, "groups are need/members");
		members = (unsigned)strtoul(end + 1, &end, 10);
		if (need > 99 || members > 99)
			return diag_set(d, ST_USAGE, "groups of up to 16");
		c->group[c->groups].need = (uint8_t)need;
		c->group[c->groups++].members = (uint8_t)members;
		s = *end == ',' ? end + 1 : end;
	}
	if (s == NULL || *s != '\0')
		return diag_set(d, ST_USAGE, "groups are need/members,...");
	return ST_OK;
}

static enum status
read_scheme(const struct asked *a, struct slip39_scheme *c, struct diag *d)
{
	*c = (struct slip39_scheme){ .need = 1, .extendable = true,
		.exponent = 1 };
	if (a->threshold != NULL)
		c->need = (uint8_t)strtoul(a->threshold, NULL, 10);
	if (a->ext != NULL)
		c->extendable = strcmp(a->ext, "0") != 0;
	if (a->exponent != NULL)
		c->exponent = (uint8_t)strtoul(a->exponent, NULL, 10);
	return read_groups(a->groups, c, d);
}

static enum status
read_hex(const char *hex, struct secret **out, struct diag *d)
{
	const size_t len = hex == NULL ? 0 : strlen(hex);
	size_t got;
	enum status rc;

	if (len < 2 || len % 2 != 0)
		FAIL(d, ST_USAGE, "--secret takes hex");
	TRY(secret_new(len / 2, out, d));
	if (sodium_hex2bin(secret_bytes(*out), len / 2, hex, len, NULL, &got,
	    NULL) != 0 || got != len / 2)
		FAIL(d, ST_USAGE, "--secret takes hex");
	rc = ST_OK;
out:
	return rc;
}

static enum status
draw(void *cookie, uint8_t *out, size_t len, struct diag *d)
{
	(void)cookie;
	(void)d;
	rng_fill(out, len);
	return ST_OK;
}

/* Mnemonics one a line, an empty line between groups. */
static void
print_set(const struct slip39_set *set)
{
	size_t at = 0;

	for (size_t i = 0; i < set->scheme.groups; i++) {
		if (i > 0)
			putchar('\n');
		for (size_t k = 0; k < set->scheme.group[i].members; k++) {
			const struct secret *m = set->mnemonic[at++];

			printf("%.*s\n", (int)secret_len(m),
			    (const char *)secret_peek(m));
		}
	}
}

static enum status
split(const struct asked *a, struct diag *d)
{
	const struct slip39_source source = { draw, NULL };
	struct secret *secret = NULL, *pass = NULL, *ems = NULL;
	struct slip39_set set = { .n = 0 };
	struct slip39_scheme scheme;
	enum status rc;
	uint64_t quorums;
	uint16_t id;

	TRY(read_scheme(a, &scheme, d));
	TRY(read_hex(a->secret, &secret, d));
	TRY(make_secret(a->passphrase, &pass, d));
	rng_fill((uint8_t *)&id, sizeof(id));
	id &= 0x7fff;
	TRY(slip39_encrypt(secret, pass, &scheme, id, &ems, d));
	TRY(slip39_split(ems, &scheme, id, &source, &set, d));
	TRY(slip39_prove(&set, ems, &quorums, d));
	print_set(&set);
	rc = ST_OK;
out:
	slip39_set_clear(&set);
	secret_free(ems);
	secret_free(pass);
	secret_free(secret);
	return rc;
}

/* Where one wrong word explains it, say which. */
static void
blame(const struct secret *m, size_t number, struct diag *d)
{
	char why[DIAG_TEXT_MAX];
	size_t word;

	snprintf(why, sizeof(why), "%s", d->text);
	if (slip39_suspect(m, &word, NULL) == ST_OK && word != 0)
		snprintf(d->text, sizeof(d->text), "%.900s (word %zu, if only "
		    "one is wrong)", why, word);
	diag_prefix(d, "share %zu", number);
}

/* Shares from standard input, one a line; empty lines do not count. */
static enum status
read_shares(struct slip39_share **share, size_t *n, struct diag *d)
{
	struct secret *m = NULL;
	char line[4096];
	enum status rc;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0')
			continue;
		if (*n == LINES_MAX)
			FAIL(d, ST_USAGE, "more than %d lines", LINES_MAX);
		TRY(make_secret(line, &m, d));
		rc = slip39_read(m, &share[*n], d);
		if (rc == ST_FORMAT)
			blame(m, *n + 1, d);
		if (rc != ST_OK)
			goto out;
		(*n)++;
		secret_free(m);
		m = NULL;
	}
	rc = ST_OK;
out:
	secret_free(m);
	return rc;
}

static enum status
recover(const struct asked *a, struct diag *d)
{
	struct slip39_share *share[LINES_MAX] = { NULL };
	struct secret *pass = NULL, *ems = NULL, *secret = NULL;
	char hex[2 * 64 + 1];
	size_t n = 0;
	enum status rc;

	TRY(make_secret(a->passphrase, &pass, d));
	TRY(read_shares(share, &n, d));
	TRY(slip39_gather((const struct slip39_share *const *)share, n, &ems,
	    d));
	TRY(slip39_decrypt(ems, pass, share[0], &secret, d));
	printf("%s\n", sodium_bin2hex(hex, sizeof(hex), secret_peek(secret),
	    secret_len(secret)));
	rc = ST_OK;
out:
	secret_free(secret);
	secret_free(ems);
	secret_free(pass);
	for (size_t i = 0; i < n; i++)
		slip39_share_free(share[i]);
	return rc;
}

static enum status
forge(struct diag *d)
{
	struct slip39_share *share[LINES_MAX] = { NULL };
	struct secret *m = NULL;
	size_t n = 0;
	enum status rc;

	TRY(read_shares(share, &n, d));
	for (size_t i = 0; i < n; i++) {
		secret_bytes(share[i]->value)[i % secret_len(share[i]->value)] ^=
		    0x10;
		TRY(slip39_text_write(share[i], &m, d));
		printf("%.*s\n", (int)secret_len(m),
		    (const char *)secret_peek(m));
		secret_free(m);
		m = NULL;
	}
out:
	secret_free(m);
	for (size_t i = 0; i < n; i++)
		slip39_share_free(share[i]);
	return rc;
}

int
main(int argc, char **argv)
{
	struct asked a = { 0 };
	struct diag d = { 0 };
	enum status rc;

	TRY(secret_process(&d));
	if (argc < 2)
		FAIL(&d, ST_USAGE, "recover, split or forge?");
	TRY(read_options(argc - 2, argv + 2, &a, &d));
	if (strcmp(argv[1], "recover") == 0)
		TRY(recover(&a, &d));
	else if (strcmp(argv[1], "split") == 0)
		TRY(split(&a, &d));
	else if (strcmp(argv[1], "forge") == 0)
		TRY(forge(&d));
	else
		FAIL(&d, ST_USAGE, "recover, split or forge?");
	rc = ST_OK;
out:
	if (rc != ST_OK)
		fprintf(stderr, "slip39: %s\n", d.text);
	return diag_exit(rc);
}
