/* see cmd.h: a trust bundle as a person reads it. */
#include "cmd/cmd.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"

static enum status
say_rules(const struct bundle *b, struct facts *f, struct diag *d)
{
	char at[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(b->horizon, at);
	TRY(facts_set(f, d, "after-expiry", "%s", b->expiry ==
	    EXPIRY_REFUSES ? "verification refuses" :
	    "verification warns"));
	TRY(facts_set(f, d, "horizon", "%s", at));
	TRY(facts_set(f, d, "to-renew", "%u of %zu roots", b->threshold,
	    b->anchors));
	TRY(facts_set(f, d, "to-establish", "%u of %zu roots and %u of %zu "
	    "next keys%s%s", b->threshold, b->anchors, b->next_threshold,
	    b->nexts, b->break_glass ? "; or all roots" : "",
	    b->succession == NEXT_ALONE_AFTER_HORIZON ?
	    "; or, after the horizon, all next keys" : ""));
out:
	return rc;
}

static enum status
say_keys(const struct bundle *b, struct facts *f, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	enum status rc = ST_OK;

	for (size_t i = 0; i < b->anchors; i++) {
		text_hex(b->anchor[i]->key.id, SHA384_LEN, id);
		TRY(facts_add(f, d, "roots", "%s: %s %s",
		    b->anchor[i]->subject, b->anchor[i]->key.alg, id));
	}
	for (size_t i = 0; i < b->nexts; i++) {
		text_hex(b->next[i].key, SHA384_LEN, id);
		TRY(facts_add(f, d, "next-keys", "%s %s", b->next[i].alg,
		    id));
	}
	for (size_t i = 0; i < b->formers; i++) {
		text_hex(b->former[i].key, SHA384_LEN, id);
		TRY(facts_add(f, d, "former-keys", "%s%s", id,
		    b->former[i].revoked ? " (revoked)" : ""));
	}
out:
	return rc;
}

enum status
cmd_say_bundle(const struct bundle *b, struct facts *f, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	struct bytes words = { 0 };
	enum status rc;

	text_hex(b->id, SHA384_LEN, id);
	TRY(words_text(b->id, WORDS_FULL, &words, d));
	TRY(facts_set(f, d, "bundle", "era %llu, number %llu",
	    (unsigned long long)b->era, (unsigned long long)b->seq));
	TRY(facts_set(f, d, "name", "%s", id));
	TRY(facts_set(f, d, "words", "%s", (const char *)words.data));
	TRY(say_rules(b, f, d));
	TRY(say_keys(b, f, d));
out:
	bytes_free(&words);
	return rc;
}
