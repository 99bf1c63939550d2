#!/bin/sh
# controls.sh all|short: the tests of cuts and faults are tested.  What is
# damaged by hand, or left by a program with a planted defect, they must find.
. "$(dirname "$0")/lib.sh"
controls=0

# found WHAT WORDS: the answer in $why says so.
found() {
	case $why in
	*"$2"*) controls=$((controls + 1)) ;;
	*) fail "not found: $1; instead: ${why:-nothing}" ;;
	esac
}

# damaged WHAT WORDS COMMAND: after that, a ceremony is not whole.
damaged() {
	rm -rf "$SHOP/damaged"
	cp -a "$FROM" "$SHOP/damaged"
	cd "$SHOP/damaged" || exit
	sh -c "$3" || fail "no damage done: $1"
	why=$("$HERE/whole.sh" "$SHOP/damaged") && why=
	found "$1" "$2"
}

# deaf HOW CALL FAULT WORDS: a program that passes over what a stick said.
deaf() {
	n=$(awk -v call="$2" '
	index($0, call "(") == 1 && ++n && /\/state-a\/record/ { last = n }
	END { print last }' "$SHOP/calls")
	why=$(DEAF=$1 ANCHORITE=$SHOP/planted "$HERE/err1.sh" "$2" "$3" "$n")
	found "a program that $1" "$4"
}

# What was closed, and is damaged afterwards.
FROM=$BASE.uncut
why=$("$HERE/whole.sh" "$FROM") || fail "the uncut is not whole: $why"
damaged "a flipped bit" "missing or altered" \
	'sed -i s/gateway/gatewax/ state-b/record/000008.json'
damaged "a certificate lost" "does not verify" 'rm state-a/issued/*'
damaged "a second certificate" "not covered by the record" \
	'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	-nodes -subj /CN=x -keyout /dev/null -out state-b/issued/x.crt 2>err'
damaged "a second list" "not covered by the record" \
	'openssl crl -in state-a/lists/000001.crl -out state-a/lists/x.crl'
damaged "a closing entry lost on both sticks" "RULES C3" \
	'rm state-[ab]/record/000009.*'

# What was cut before its end: the words on paper tell of an entry that is gone.
FROM=$SHOP/open
rm -rf "$FROM" "$SHOP/count"
cp -a "$BASE" "$SHOP/count"
(cd "$SHOP/count" && hold strace -o ../calls -y -s 0) ||
	fail "the ceremony did not end well under strace"
cp -a "$BASE" "$FROM"
n=$(awk '/^openat/ && ++n && /head-0004/ { print n + 1; exit }' "$SHOP/calls")
(cd "$FROM" && hold strace -o /dev/null -e trace=openat \
	-e inject=openat:signal=KILL:when="$n") && fail "it was not cut"
damaged "the newest entry lost on both sticks" "RULES C3" \
	'n=$(ls state-a/record | tail -n 1); rm state-a/record/$n state-b/record/$n'

# What takes away a torn file, where nothing is ever deleted.
n=$(awk '/^write\(/ && ++n && /state-a\/record\/000005/ { print n; exit }' \
	"$SHOP/calls")
why=$(START=$BASE DEAF=tidies-up ANCHORITE=$SHOP/planted "$HERE/kill1.sh" \
	write "$n")
found "a program that tidies up" "Files was-a/record/000005.json and"

# What passes over a no.
deaf hears-no-sync fsync error=EIO "in spite of"
deaf hears-no-sync fsync error=ENOSPC "in spite of"
deaf hears-no-write write error=ENOSPC "in spite of"
echo "controls: $controls planted defects, each found"
tally $controls 0 0
