#!/bin/sh
# run.sh all|short [PART...]: every cut and fault that is mounted here, or a
# sample of them in a few minutes.  The last line of each part says what was
# found, and the last of all is `N passed, N failed, N skipped`.
. "$(dirname "$0")/lib.sh"
how=$1
shift
# a full medium is a scenario of its own in the short form
[ "$how" = all ] && rest=disk || rest=
[ $# -gt 0 ] || {
	# shellcheck disable=SC2086
	set -- kill errors alice store controls $rest
}
[ "$how" = short ] || PROGRESS=${PROGRESS:-100}
export PROGRESS

: >"$SHOP/tally"
for part; do
	# a part that fails without a count of its own counts as one
	"$HERE/$part.sh" "$how" || [ $? -eq 77 ] ||
		awk '$2 > 0 { n++ } END { exit n == 0 }' "$SHOP/tally" ||
		echo "0 1 0" >>"$SHOP/tally"
done
awk '
{ passed += $1; failed += $2; skipped += $3 }
END {
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0 || passed == 0
}' "$SHOP/tally"
