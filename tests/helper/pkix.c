/* pkix ALG DIR: a root, a leaf, a list that is clean, one that revokes the
 * leaf, a message with its signature, a request and what was read of it: for
 * other programs to judge.
 * pkix request FILE: what is said of a request; exit status as the program's.
 * pkix known ALG: whether a root may be of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/pkix.h"

static void
save(const char *dir, const char *name, const struct bytes *b)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "wb")) == NULL ||
	    fwrite(b->data, 1, b->len, f) != b->len || fclose(f) != 0) {
		fprintf(stderr, "%s could not be written\n", path);
		exit(2);
	}
}

static void
save_pem(const char *dir, const char *name, const struct bytes *der,
    const char *label)
{
	struct bytes pem = { 0 };

	if (cert_pem(der, label, &pem, NULL) != ST_OK)
		exit(2);
	save(dir, name, &pem);
	bytes_free(&pem);
}

/* A list that revokes the leaf. */
static void
save_kill(const struct pkix *p, const char *dir)
{
	struct crl_spec s = { 0 };
	struct bytes der = { 0 };

	pkix_list_spec(p, &s);
	memcpy(s.entries[0].serial, p->leaf->serial, p->leaf->serial_len);
	pkix_sign_list(p->root_key, &s, &der);
	save_pem(dir, "kill.pem", &der, "X509 CRL");
	bytes_free(&der);
	crl_spec_clear(&s);
}

static int
make(const char *alg, const char *dir)
{
	struct pkix p;

	pkix_make(&p, alg);
	save_pem(dir, "root.pem", &p.root->der, "CERTIFICATE");
	save_pem(dir, "leaf.pem", &p.leaf->der, "CERTIFICATE");
	save_pem(dir, "list.pem", &p.list->der, "X509 CRL");
	save_kill(&p, dir);
	save(dir, "content", &p.content);
	save(dir, "content.p7s", &p.p7s);
	pkix_free(&p);
	return 0;
}

static int
answer(enum status rc, const struct diag *d)
{
	if (rc != ST_OK)
		fprintf(stderr, "anchorite: %s\n", d->text);
	return diag_exit(rc);
}

static int
judge_request(const char *path)
{
	uint8_t *data = calloc(1, CSR_MAX + 1);
	FILE *f = fopen(path, "rb");
	struct csr *c = NULL;
	struct diag d = { 0 };
	enum status rc;
	size_t len;

	if (data == NULL || f == NULL)
		return 2;
	len = fread(data, 1, CSR_MAX + 1, f);
	fclose(f);
	rc = csr_read(path, data, len, &c, &d);
	if (rc == ST_OK)
		rc = csr_check(path, c, &d);
	if (rc == ST_OK)
		printf("%s signed by %s: %s\n", c->key.alg, c->alg,
		    c->subject);
	csr_free(c);
	free(data);
	return answer(rc, &d);
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };

	if (argc != 3) {
		fprintf(stderr, "usage: pkix ALG DIR | request FILE | "
		    "known ALG\n");
		return 2;
	}
	pkix_start(NULL);
	if (strcmp(argv[1], "request") == 0)
		return judge_request(argv[2]);
	if (strcmp(argv[1], "known") == 0)
		return answer(key_known(argv[2], &d), &d);
	return make(argv[1], argv[2]);
}
