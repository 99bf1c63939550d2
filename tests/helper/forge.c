/* forge.c -- what somebody with the stick and a compiler can do.
 *
 *	forge fact STATE N KEY VALUE   entry N says another thing
 *	forge object STATE N           entry N commits its files as they are now
 *	forge key N                    the key of rehearsal root N (0..), SEC1 DER
 *
 * fact and object make the digests of that entry and of all behind it anew, so
 * that the chain reads well. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/crypto/derive.h"
#include "lib/record/folder.h"
#include "lib/record/stick.h"

/* Unlike the program, he replaces what is there. */
static enum status
replace(int dirfd, const struct entry *e, struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "record/%06lu.json",
	    (unsigned long)e->number);
	if ((fd = openat(dirfd, name, O_WRONLY | O_TRUNC)) < 0)
		return diag_set(d, ST_SYSTEM, "%s: not there", name);
	n = write(fd, e->text.data, e->text.len);
	close(fd);
	return n == (ssize_t)e->text.len ? ST_OK :
	    diag_set(d, ST_SYSTEM, "%s: not written", name);
}

static enum status
change_fact(struct entry *e, const char *key, const char *value,
    struct diag *d)
{
	for (size_t i = 0; i < e->facts.n; i++) {
		struct fact *f = &e->facts.fact[i];

		if (strcmp(f->key, key) != 0)
			continue;
		free(f->value[0]);
		f->value[0] = strdup(value);
		return ST_OK;
	}
	return diag_set(d, ST_USAGE, "entry %lu has no fact %s",
	    (unsigned long)e->number, key);
}

static enum status
digest_objects(int dirfd, struct entry *e, struct diag *d)
{
	struct bytes bytes = { 0 };
	enum status rc = ST_OK;

	for (size_t i = 0; i < e->n; i++) {
		TRY(folder_read(dirfd, e->objects[i].name, FILE_MAX, &bytes,
		    d));
		hash_sha384_hex(bytes.data, bytes.len, e->objects[i].digest);
	}
out:
	bytes_free(&bytes);
	return rc;
}

/* ${key} NULL: the objects. */
static enum status
forge(const char *path, size_t number, const char *key, const char *value,
    struct diag *d)
{
	struct chain c = { 0 };
	enum status rc;
	int fd = -1;

	TRY(file_open_dir(path, false, &fd, d));
	TRY(chain_read(fd, path, &c, d));
	if (number < 1 || number > c.n)
		FAIL(d, ST_USAGE, "there is no entry %zu", number);
	if (key != NULL)
		TRY(change_fact(&c.entry[number - 1], key, value, d));
	else
		TRY(digest_objects(fd, &c.entry[number - 1], d));
	for (size_t i = number - 1; i < c.n; i++) {
		if (i > 0)
			snprintf(c.entry[i].previous,
			    sizeof(c.entry[i].previous), "%s",
			    c.entry[i - 1].digest);
		TRY(entry_seal(&c.entry[i], d));
		TRY(replace(fd, &c.entry[i], d));
	}
out:
	chain_clear(&c);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* ECPrivateKey of P-384 without its public half. */
static enum status
write_key(unsigned n, struct diag *d)
{
	static const uint8_t head[] = { 0x30, 0x3e, 0x02, 0x01, 0x01, 0x04,
		0x30 };
	static const uint8_t tail[] = { 0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81,
		0x04, 0x00, 0x22 };
	struct secret *seed = NULL, *scalar = NULL;
	enum status rc;

	TRY(derive_rehearsal_seed(n, &seed, d));
	TRY(derive_scalar(seed, DERIVE_REHEARSAL, "ecdsa-p384", "root", 0,
	    &scalar, d));
	fwrite(head, 1, sizeof(head), stdout);
	fwrite(secret_peek(scalar), 1, secret_len(scalar), stdout);
	fwrite(tail, 1, sizeof(tail), stdout);
	if (fflush(stdout) != 0)
		FAIL(d, ST_SYSTEM, "the output could not be written");
out:
	secret_free(scalar);
	secret_free(seed);
	return rc;
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	enum status rc;

	if (argc == 6 && strcmp(argv[1], "fact") == 0)
		rc = forge(argv[2], strtoul(argv[3], NULL, 10), argv[4],
		    argv[5], &d);
	else if (argc == 4 && strcmp(argv[1], "object") == 0)
		rc = forge(argv[2], strtoul(argv[3], NULL, 10), NULL, NULL,
		    &d);
	else if (argc == 3 && strcmp(argv[1], "key") == 0)
		rc = write_key((unsigned)strtoul(argv[2], NULL, 10), &d);
	else
		rc = diag_set(&d, ST_USAGE, "forge fact|object|key ...");
	if (rc != ST_OK)
		fprintf(stderr, "forge: %s\n", d.text);
	return rc == ST_OK ? 0 : 2;
}
