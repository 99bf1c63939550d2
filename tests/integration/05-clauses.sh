#!/bin/sh
# The check of clauses finds a citation without its clause, by file and line.
. "$ROOT/tests/integration/lib.sh"

for dir in cmd ceremony delegation revocation transfer lib docs man; do
	[ ! -d "$ROOT/$dir" ] || cp -r "$ROOT/$dir" .
done
must_pass "$ROOT/scripts/check-clauses" .

# planted FILE WHY LINE...: with those lines at its end, FILE is found.
planted() {
	file=$1
	why=$2
	shift 2
	[ ! -e "$file" ] || cp "$file" keep
	printf '%s\n' "$@" >>"$file"
	run "$ROOT/scripts/check-clauses" .
	[ "$STATUS" -eq 1 ] || complain "not found: $*" check-clauses
	must_say "clauses: $file:$(wc -l <"$file"): $why"
	must_say 'clauses: 1 miss(es) in '
	if [ -e keep ]; then
		mv keep "$file"
	else
		rm "$file"
	fi
}

planted lib/base/text.c 'there is no FORMATS 3.99' '/* FORMATS 3.99 */'
planted lib/base/text.c 'there is no FORMATS 99' '/* FORMATS 99 */'
planted cmd/planted.c 'there is no FORMATS 4.99' \
	'	FAIL(d, ST_AUTH, "FORMATS 4.1 and FORMATS 4.99: no");'
planted cmd/planted.c 'there is no FORMATS 7.77' \
	'	FAIL(d, ST_AUTH, "%s: FORMATS "' '	    "7.77: no");'
planted ceremony/planted.h 'there is no RULES Z9' ' * words (RULES' \
	' * Z9). */'
planted docs/DESIGN.md 'there is no RULES C99' 'By RULES C99.'
planted man/anchorite.1 'there is no FORMATS 6.66' 'see FORMATS 6.66'
planted docs/FORMATS.md '3.1 is said twice' '- **3.1** Once more.'
planted docs/FORMATS.md '8.39 is out of order' '- **8.39** Too late.'

# A clause that is taken away is missed where it is cited.
sed -i '/^- \*\*4\.9\*\*/s/4\.9/4.91/' docs/FORMATS.md
run "$ROOT/scripts/check-clauses" .
[ "$STATUS" -eq 1 ] || complain "a lost clause is not missed" check-clauses
must_say 'there is no FORMATS 4.9'

# Nothing to look at is not a pass.
mkdir empty
run "$ROOT/scripts/check-clauses" empty
[ "$STATUS" -eq 2 ] || complain "an empty folder passes" check-clauses
