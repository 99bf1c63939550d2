#!/bin/sh
# bench-transfer BUILD: all benches of the transfer, and at the end a table of
# what was aimed at, and what is so.  Less than ten minutes on two processors
# that have nothing else to do.
set -eu

build=${1:?the folder of the build}
here=$(dirname "$0")
AIMS=$(mktemp)
export AIMS
trap 'rm -f "$AIMS" "$AIMS.said"' EXIT
trap 'exit 130' INT TERM HUP
# shellcheck source=tests/bench/aims.sh
. "$here/aims.sh"

part() {
	echo "== $1"
	shift
	"$@"
}
part "codes made, read back and painted" "$build/tests/bench/bench_show"
part "frames needed" "$here/bench-frames.sh" "$build"
part "a video read" "$here/bench-scan.sh" "$build"
part "from a screen to a camera" "$here/bench-screen.sh" "$build"
mutants() {
	"$here/../mutants/run.sh" "$build" >"$AIMS.said" || {
		cat "$AIMS.said"
		exit 1
	}
	cat "$AIMS.said"
	aim "1 000 000 mutated frames and parcels" \
		"$(sed -n '$s/.*: //p' "$AIMS.said")" \
		"$(sed -n 's/^1000000 mutants:.*/yes/p' "$AIMS.said")"
}
part "what somebody changed (make mutants: under the sanitizers too)" mutants

echo "== what was aimed at"
awk -F '\t' '
{
	aim[NR] = $1
	figure[NR] = $2
	met[NR] = $3
	wide = length($1) > wide ? length($1) : wide
}
END {
	for (i = 1; i <= NR; i++)
		printf "%-*s  %-12s %s\n", wide, aim[i], met[i], figure[i]
}' "$AIMS"
