# lib.sh: what the tests of cuts and faults share.  Each begins with
#
#	. "$(dirname "$0")/lib.sh"
#
# and finds the program in $ANCHORITE, helpers in the folder $HELPER, a folder
# in $SHOP, which is memory where there is some (a rehearsal may lie there, and
# no medium wears out), and in $BASE a rehearsal that is about to begin: two of
# two sheets, one list, one delegation, two sticks.  $BASE.uncut is the same,
# held without a fault.
# shellcheck shell=sh
set -eu
LC_ALL=C
export LC_ALL
HERE=$(cd "$(dirname "$0")" && pwd)
: "${ROOT:=$(cd "$HERE/../.." && pwd)}"
: "${ANCHORITE:=$ROOT/build/anchorite}"
: "${HELPER:=$ROOT/build/tests/helper}"
export HERE ROOT ANCHORITE HELPER
# where the program is built with the sanitizers: no look for leaks under strace
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

# fail SENTENCE
fail() {
	echo "FAILED: $1"
	exit 1
}

command -v strace >/dev/null || fail "there is no strace (scripts/setup --tests)"

sweep() {
	:
}
if [ -z "${SHOP:-}" ]; then
	if [ -d /dev/shm ] && [ -w /dev/shm ]; then
		SHOP=$(mktemp -d /dev/shm/anchorite.XXXXXX)
	else
		SHOP=$(mktemp -d "${WORK:-$ROOT/build}/shop.XXXXXX")
	fi
	sweep() {
		rm -rf "$SHOP"
	}
	trap sweep EXIT
	trap 'exit 130' INT TERM HUP
fi
export SHOP

# hold [WRAPPER...]: the ceremony in this folder, under the wrapper.
hold() {
	"$@" "$ANCHORITE" ceremony run plan.ini --room room.ini \
		>said 2>&1 </dev/null
}

BASE=$SHOP/base
export BASE
if [ ! -d "$BASE" ]; then
	# a long run is not to notice that the program is built again
	cp "$ANCHORITE" "$SHOP/anchorite"
	cp "${HELPER%/helper}/planted/deaf" "$SHOP/planted"
	ANCHORITE=$SHOP/anchorite
	"$HERE/prep.sh" "$BASE"
	cp -a "$BASE" "$BASE.uncut"
	(cd "$BASE.uncut" && hold env) || {
		cat "$BASE.uncut/said"
		fail "the uncut ceremony did not end well"
	}
fi

# both CPUs of a small machine; more only if asked for
JOBS=${JOBS:-2}

# at_most N: lines of stdin, evenly spread, so that no more than N are left
at_most() {
	awk -v most="$1" '
	{ line[NR] = $0 }
	END {
		step = NR > most ? NR / most : 1
		for (i = 1; i <= NR; i += step)
			print line[int(i)]
	}'
}

# try_each WHAT SCRIPT: the script for each line of $SHOP/chosen, side by side.
# What it answers, a line that begins with a word and a colon each, is then in
# $SHOP/results; a case that gives no answer has failed.
try_each() {
	total=$(wc -l <"$SHOP/chosen")
	tr '\n' '\0' <"$SHOP/chosen" |
		xargs -0 -P "$JOBS" -I @ sh -c "\"$HERE/$2\" @ ||
		    echo 'FAILED: no answer: @'" 2>&1 |
		tee "$SHOP/results" |
		awk -v what="$1" -v total="$total" -v often="${PROGRESS:-0}" '
		/^FAILED/ { failed++ }
		/^[a-zA-Z]+: / && often && ++n % often == 0 {
			print what ": " n " of " total ", " failed + 0 \
			    " failed"
			fflush()
		}'
	grep -A 9 '^FAILED' "$SHOP/results" | head -n 100 || :
	[ "$(grep -c '^[a-zA-Z]*: ' "$SHOP/results")" -eq "$total" ] ||
		fail "$1: not one answer for each case"
}

# results WORD: how many answers begin with it.
results() {
	grep -c "^$1: " "$SHOP/results" || :
}

# tally PASSED FAILED SKIPPED: for the closing line of run.sh
tally() {
	echo "$1 $2 $3" >>"$SHOP/tally"
}
