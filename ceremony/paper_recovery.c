/* see paper.h: the pages that lie beside sheets written by hand.  FORMATS
 * 4.24. */
#include <stdlib.h>
#include <string.h>

#include "ceremony/paper.h"
#include "ceremony/paper_text.h"
#include "lib/code/page.h"
#include "lib/code/qr.h"

#define TEXT_MAX 16384 /* bytes of lines of pages */
#define CODE_LINES 18  /* of a file, in one code: version 28 at most */
#define CODE_SIDE 420  /* points */
#define CODES_MAX 16   /* an RSA key of 8192 bits takes 6 */

struct codes {
	struct qr code[CODES_MAX];
	size_t n;
};

/* Whole lines, each but for the last one's end: whoever reads one code after
 * the other writes a line feed behind each. */
static enum status
cut_file(const struct bytes *file, struct codes *out, struct diag *d)
{
	const char *at = (const char *)file->data, *end;
	const char *const stop = at + file->len;
	enum status rc = ST_OK;
	size_t lines;

	while (at < stop) {
		if (out->n == CODES_MAX)
			FAIL(d, ST_POLICY, "a file that long is not printed");
		end = at;
		for (lines = 0; end < stop && lines < CODE_LINES; lines++) {
			end = memchr(end, '\n', (size_t)(stop - end));
			end = end == NULL ? stop : end + 1;
		}
		TRY(qr_lines(at, (size_t)(end - at) - (end[-1] == '\n'), QR_M,
		    &out->code[out->n], d));
		out->n++;
		at = end;
	}
out:
	return rc;
}

static void
add_title(struct paper_text *t, const struct sheet_view *v)
{
	const struct sheet_set *set = v->set;
	const struct slip39_group *g;
	unsigned group = (unsigned)-1;

	if (v->test)
		paper_add(t, "M " PAPER_MARK "\n");
	paper_add(t, "H Recovery of root %s, epoch %u\nT RECOVERY of root %s\n"
	    "U %s\n", set->root, set->epoch, set->root, v->ceremony);
	paper_add(t, "F Set of sheets\tepoch %u\nF Sheets\t%zu\n"
	    "F Groups\t%u of %u\n", set->epoch, set->n, set->scheme.need,
	    set->scheme.groups);
	for (size_t i = 0; i < set->n; i++) {
		if (set->sheets[i].group == group)
			continue;
		group = set->sheets[i].group;
		g = &set->scheme.group[group];
		paper_add(t, "F %s\tany %u of %u\n",
		    set->sheets[i].group_name, g->need, g->members);
	}
	paper_add(t, "P Nothing on these pages is secret. Lay them beside each "
	    "sheet that is written by hand: here is what whoever has the "
	    "sheets and not the program has to know.\n");
}

/* One code a page: then one picture after the other is the file. */
static void
add_file(struct paper_text *t, const struct sheet_view *v, size_t codes)
{
	const char *const slash = strrchr(v->adopted, '/');
	const char *const name = slash == NULL ? v->adopted : slash + 1;

	for (size_t i = 0; i < codes; i++) {
		paper_add(t, "B\n");
		if (i == 0)
			paper_add(t, "G The file %s\nP Without it the sheets "
			    "open nothing, and without them it is not opened. "
			    "Any program for QR codes reads it, as lines of "
			    "text; with more than one code, one after the "
			    "other. From pictures of these pages, in their "
			    "order:\nX zbarimg -q --raw PICTURE... >%s\n"
			    "X sha256sum %s\nP That shows its SHA-256:\n"
			    "X %.32s\nX %s\n", name, name, name,
			    v->adopted_sha256, v->adopted_sha256 + 32);
		paper_add(t, "C %d\t%zu\tcode %zu of %zu\n", CODE_SIDE, i,
		    i + 1, codes);
	}
}

/* As lines, which are no secret and leave locked memory before they are
 * drawn. */
static enum status
write_lines(const struct sheet_view *v, size_t codes, struct bytes *out,
    struct diag *d)
{
	struct paper_text t = { 0 };
	struct secret *lines = NULL;
	enum status rc;

	TRY(paper_text_new(TEXT_MAX, &t, d));
	add_title(&t, v);
	TRY(paper_add_root(&t, v->root, "", d));
	paper_add(&t, "B\nG To make the key without the program that made "
	    "this\n");
	paper_add_steps(&t, v);
	if (codes > 0)
		add_file(&t, v, codes);
	TRY(paper_text_take(&t, &lines, d));
	TRY(bytes_set(out, secret_peek(lines), secret_len(lines), d));
out:
	secret_free(lines);
	paper_text_clear(&t);
	return rc;
}

enum status
paper_recovery(const struct sheet_view *v, const struct bytes *file,
    struct bytes *out, struct diag *d)
{
	struct codes codes = { .n = 0 };
	struct bytes lines = { 0 };
	struct page page;
	enum status rc;

	if (file != NULL)
		TRY(cut_file(file, &codes, d));
	TRY(write_lines(v, codes.n, &lines, d));
	page = (struct page){ (const char *)lines.data, lines.len, codes.code,
		codes.n };
	TRY(page_pdf(&page, out, d));
out:
	for (size_t i = 0; i < codes.n; i++)
		qr_free(&codes.code[i]);
	bytes_free(&lines);
	return rc;
}
