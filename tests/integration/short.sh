# short.sh: a short rehearsal that is ready to be held, in $WORK/base, for
# scenarios that hold it again and again.  After lib.sh:
#
#	. "$ROOT/tests/integration/short.sh"
#
# shellcheck shell=sh
export HELPER ANCHORITE
# should the program be built with the sanitizers: they cannot look for leaks
# under strace, and faketime is loaded before them
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
export ASAN_OPTIONS
"$ROOT/tests/crash/prep.sh" "$WORK/base" || fail "no rehearsal to begin with"

# begin NAME: a fresh copy of the rehearsal, and into it.
begin() {
	rm -rf "${WORK:?}/$1"
	cp -a "$WORK/base" "$WORK/$1"
	cd "$WORK/$1" || exit
}

hold() {
	"$ANCHORITE" ceremony run plan.ini --room room.ini
}

# effective_in N: when the Nth ceremony is effective: later than any list of those
# before (RULES L1).
effective_in() {
	date -u -d "$(sed -n 's/^effective = //p' "$WORK/base/plan.ini") $1 minutes" \
		+%Y-%m-%dT%H:%M:00Z
}
