#!/bin/sh
# Goal: names of files are other people's: none moves the cursor, none is a
# command when a line is copied, and none is so long that a refusal does not
# say what is wrong.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

# only_ascii: what was printed is lines of printable ASCII
only_ascii() {
	! cat "$OUT" "$ERR" | tr -d '\n' | grep -q '[^ -~]' ||
		fail "bytes that move the cursor are printed"
}

# A rehearsal says what to do next: it can be copied as it stands.
# shellcheck disable=SC2016
for dir in plain "a b" "it's" 'a$(touch pwned)b' 'a;touch pwned' '*'; do
	must_pass "$ANCHORITE" rehearse --dir "$dir"
	only_ascii
	grep '^  anchorite .*--state' "$OUT" |
		sed "s,^  anchorite,\"\$ANCHORITE\"," >next.sh
	[ "$(wc -l <next.sh)" -eq 2 ] || fail "two things to do were expected"
	must_pass sh -eu next.sh
done
[ ! -e pwned ] || fail "a name of a folder was run"

# What is no printable ASCII is escaped.
esc=$(printf 'e\033[31m\nx\377')
must_pass "$ANCHORITE" rehearse --dir "$esc"
only_ascii
must_say "--state 'e\\u{1b}[31m\\u{a}x\\xff'/state"

# However long a name is, what is wrong with it is said.
long=$(printf './%.0s' $(seq 1000))
echo junk >junk
must_refuse 1 'junk: FORMATS 6.2: not exactly one PEM block' \
	"$ANCHORITE" delegation show "${long}junk"
must_refuse 1 'FORMATS 6.1: not exactly one certificate' "$ANCHORITE" \
	delegation verify --ca "${long}junk" junk
must_refuse 1 'FORMATS 4.' "$ANCHORITE" share check --state plain/state \
	"${long}junk"
must_refuse 1 'with live sheets' "$ANCHORITE" share recover \
	--state plain/state --root "${long}g1" plain/sheets/*.txt
