/* see cmd.h: the pages of a root's recovery, for paper. */
#include "ceremony/paper.h"
#include "cmd/cmd.h"
#include "cmd/new_file.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/hash.h"
#include "lib/record/chain.h"

static enum status
draw(const struct state *s, const struct root *root,
    const struct sheet_set *set, struct bytes *pdf, struct diag *d)
{
	struct sheet_view view = { .set = set, .root = &root->key,
		.test = s->mode != MODE_PRODUCTION, .ceremony = s->org };
	char digest[2 * SHA256_LEN + 1];
	uint8_t hash[SHA256_LEN];
	struct bytes file = { 0 };
	enum status rc;

	if (root->adopted[0] != '\0') {
		TRY(state_object(s, root->adopted, &file, d));
		hash_sha256(file.data, file.len, hash);
		text_hex(hash, sizeof(hash), digest);
		view.adopted = root->adopted;
		view.adopted_sha256 = digest;
	}
	TRY(paper_recovery(&view, file.len > 0 ? &file : NULL, pdf, d));
out:
	bytes_free(&file);
	return rc;
}

static enum status
say(const char *path, const struct root *root, const struct sheet_set *set,
    const struct bytes *pdf, struct facts *f, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	hash_sha384_hex(pdf->data, pdf->len, digest);
	TRY(facts_set(f, d, "root", "%s", root->name));
	TRY(facts_set(f, d, "epoch", "%u", set->epoch));
	if (root->adopted[0] != '\0')
		TRY(facts_set(f, d, "key-file", "%s", root->adopted));
	TRY(facts_set(f, d, "pages", "%s", path));
	TRY(facts_set(f, d, "sha384", "%s", digest));
out:
	return rc;
}

enum status
cmd_share_recovery(const struct call *c, struct diag *d)
{
	const char *const path = cmd_opt(c, "--to", "");
	const struct sheet_set *set;
	const struct root *root;
	struct state *state = NULL;
	struct bytes pdf = { 0 };
	struct facts f = { 0 };
	enum status rc;

	TRY(state_from(cmd_opt(c, "--state", "state"), &state, d));
	if ((root = state_root(state, c->arg[0])) == NULL)
		FAIL(d, ST_POLICY, "this state has no root of that name");
	if ((set = state_live_set(state, root->name)) == NULL)
		FAIL(d, ST_POLICY, "root %s has no sheets", root->name);
	TRY(new_file("--to", path, state, d));
	TRY(draw(state, root, set, &pdf, d));
	TRY(file_create(path, pdf.data, pdf.len, d));
	TRY(say(path, root, set, &pdf, &f, d));
	TRY(cmd_report(c, &f, d));
out:
	facts_clear(&f);
	bytes_free(&pdf);
	state_free(state);
	return rc;
}
