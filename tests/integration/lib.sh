# lib.sh: what scenarios are written with.  Each begins with
#
#	. "$ROOT/tests/integration/lib.sh"
#
# and finds: its empty folder in $WORK (where it starts), the program in
# $ANCHORITE, test programs in the folder $HELPER, the source in $ROOT.
# After must_pass and must_refuse, stdout is in the file $OUT and stderr in
# $ERR, both outside of $WORK.  Exit 0 passed, 77 skipped (the last line says
# why), anything else failed.
# shellcheck shell=sh
set -eu
LC_ALL=C
export LC_ALL
: "${WORK:?run scenarios by scripts/run-tests}"
OUT=${WORK%/*}/out
ERR=${WORK%/*}/err
SEEN=${WORK%/*}/seen

# fail SENTENCE: what was expected and is not so.
fail() {
	echo "FAILED: $1"
	exit 1
}

# skip REASON: this machine cannot tell.
skip() {
	echo "$1"
	exit 77
}

# run CMD...: as it is; leaves its exit status in $STATUS.
run() {
	STATUS=0
	"$@" >"$OUT" 2>"$ERR" || STATUS=$?
}

# complain SENTENCE CMD...: fail, and show what the command said.
complain() {
	sentence=$1
	shift
	echo "command: $*"
	echo "exit status: $STATUS"
	sed 's/^/stdout: /' "$OUT"
	sed 's/^/stderr: /' "$ERR"
	fail "$sentence"
}

# must_pass CMD...: exit status 0.
must_pass() {
	run "$@"
	[ "$STATUS" -eq 0 ] || complain "it should have passed" "$@"
}

# must_refuse CODE FRAGMENT CMD...: that exit status, and one line on stderr
# that begins with the program's name and holds the fragment as it stands.
must_refuse() {
	code=$1
	fragment=$2
	shift 2
	run "$@"
	[ "$STATUS" -eq "$code" ] ||
		complain "exit status $code was expected" "$@"
	[ "$(wc -l <"$ERR")" -eq 1 ] ||
		complain "one line on stderr was expected" "$@"
	grep -q '^anchorite: ' "$ERR" ||
		complain "it does not say who refuses" "$@"
	grep -qF -- "$fragment" "$ERR" ||
		complain "it does not say: $fragment" "$@"
}

# must_say FRAGMENT: the last command wrote that to stdout.
must_say() {
	grep -qF -- "$1" "$OUT" || {
		sed 's/^/stdout: /' "$OUT"
		fail "stdout does not hold: $1"
	}
}

list_files() {
	if [ -e "$1" ]; then
		find "$1" -type f -exec sha256sum {} + -o ! -type f -print |
			sort
	fi
}

# remember_files DIR, then no_new_files DIR: nothing below DIR was made,
# changed or removed between the two.  DIR need not exist.
remember_files() {
	list_files "$1" >"$SEEN"
}

no_new_files() {
	list_files "$1" >"$SEEN.now"
	cmp -s "$SEEN" "$SEEN.now" || {
		diff "$SEEN" "$SEEN.now" || :
		fail "$1 is not as it was"
	}
}
