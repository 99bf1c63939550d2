#!/bin/sh
# The check of layers finds what it is there to find, by file and line.
. "$ROOT/tests/integration/lib.sh"

for dir in cmd ceremony delegation revocation transfer lib tests; do
	[ ! -d "$ROOT/$dir" ] || cp -r "$ROOT/$dir" .
done
must_pass "$ROOT/scripts/check-layers" .
# the rest is about one line at a time, and needs no more than a few files
find . -name '*.c' ! -path ./lib/base/text.c -delete
must_pass "$ROOT/scripts/check-layers" .

# planted FILE LINE WHY: with that line at its end, FILE is found.
planted() {
	mkdir -p "$(dirname "$1")"
	[ ! -e "$1" ] || cp "$1" keep
	printf '%s\n' "$2" >>"$1"
	line=$(wc -l <"$1")
	run "$ROOT/scripts/check-layers" .
	[ "$STATUS" -eq 1 ] || complain "not found: $2" "check-layers"
	must_say "layers: $1:$line: $3"
	must_say "layers: 1 violation(s) in "
	if [ -e keep ]; then
		mv keep "$1"
	else
		rm "$1"
	fi
}

planted lib/base/text.c '#include "lib/crypto/hash.h"' \
	'lib/base may not see lib/crypto'
planted lib/pki/planted.c '#include "lib/code/qr.h"' \
	'lib/pki may not see lib/code'
planted ceremony/planted.c '#include "revocation/list.h"' \
	'ceremony may not see revocation'
planted lib/record/planted.h ' # include "ceremony/plan.h"' \
	'lib/record may not see ceremony'
planted transfer/planted.c '#include "cmd/steps.h"' \
	'transfer may not see cmd'
planted lib/base/text.c '#include "text.h"' \
	'"text.h" is not a path from the root'
planted lib/base/text.c '#include "lib/base/../crypto/hash.h"' \
	'"lib/base/../crypto/hash.h" is not a path from the root'
planted lib/new/planted.c 'int planted;' ''
planted cmd/planted.c '#include "tests/support/oom.h"' \
	'tests/support is no folder that can be seen'

planted lib/base/text.c '#include <openssl/evp.h>' \
	'<openssl/evp.h> does not belong here'
planted lib/base/text.c '#include <sodium.h>' \
	'<sodium.h> does not belong here'
planted ceremony/planted.c '#include <jansson.h>' \
	'<jansson.h> does not belong here'
for header in qrencode.h png.h pango/pangocairo.h cairo-pdf.h; do
	planted cmd/planted.c "#include <$header>" \
		"<$header> does not belong here"
done

planted lib/base/text.c '	printf("%d", 1);' 'printf is not said here'
planted lib/base/text.c '	fputs(x, stderr);' 'fputs is not said here'
planted ceremony/planted.c '	x = getenv ("HOME");' \
	'getenv is not said here'
planted cmd/planted.c '	strcpy(a, b);' 'strcpy is not said here'
planted cmd/planted.c '	t = gmtime(&now);' 'gmtime is not said here'
planted tests/unit/planted.c '	return system(x);' \
	'system is not said here'
planted tests/unit/planted.c '	f = sprintf;' 'sprintf is not said here'

# What only looks like it is left alone.
cat >lib/base/innocent.c <<'C'
/* printf( and strcpy( in words,
 * system( too */
static const char s[] = "printf(\"strcpy(\") '"; // getenv(x)
static const char q = '"';
int n = snprintf(buf, sizeof(buf), "%d", brand(1)); /* gets */
gmtime_r(&now, &tm);
C
must_pass "$ROOT/scripts/check-layers" .

# Nothing to look at is not a pass.
mkdir empty
run "$ROOT/scripts/check-layers" empty
[ "$STATUS" -eq 2 ] || complain "an empty folder passes" check-layers
