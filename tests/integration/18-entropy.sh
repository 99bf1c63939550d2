#!/bin/sh
# What people add to a seed: dice, coins and text, in groups and lines as they
# write; never recorded by digest, never twice, and, alone, a seed that stock
# tools give from what is on paper.
. "$ROOT/tests/integration/lib.sh"
command -v bc >/dev/null || skip "no bc"

people=$HELPER/people
from=$(date -u +%Y-%m-%d)
to=$(date -u -d '+2 days' +%Y-%m-%dT00:00:00Z)

# plan ENTROPY ROOT...: roots to come, of two people each.
plan() {
	cat <<INI
[ceremony]
format = 1
org = example
mode = production
number = 1
previous = none
effective = ${from}T00:01:00Z
latest = $to
oid-arc = 1.3.6.1.4.1.55555
officer = anna
witness = bruno
entropy = $1

[person anna]
name = Anna

[person bruno]
name = Bruno
INI
	shift
	for root in "$@"; do
		printf '\n[mint %s]\nalgorithm = ecdsa-p256\nneed = 1 group\n' \
			"$root"
		echo 'group.main = 2 of 2: anna@office, bruno@bank'
	done
}

# chance ALPHABET N SALT: so many characters without a pattern, five to a group,
# ten groups to a line.
chance() {
	awk -v "a=$1" -v "n=$2" -v "x=$3" 'BEGIN {
		for (i = 1; i <= n; i++) {
			x = (x * 16807) % 2147483647
			printf "%s%s", substr(a, int(x / 7) % length(a) + 1, 1),
			    i % 50 == 0 || i == n ? "\n" : i % 5 == 0 ? " " : ""
		}
	}'
}

# hold NAME ENTROPY ADDED ROOT...: such a ceremony, in NAME.
hold() {
	name=$1 added=$3
	entropy=$2
	shift 3
	mkdir -p "$name/inbox"
	{
		cat "$added"
		echo
	} >"$name/added"
	plan "$entropy" "$@" >"$name/plan.ini"
	printf '[room]\nstate-a = %s/state\ninbox = %s/inbox\n' "$WORK/$name" \
		"$WORK/$name" >"$name/room.ini"
	"$ANCHORITE" words "$name/plan.ini" | tail -n +2 >"$name/plan.words"
	run "$people" --words "$name/plan.words" --dice "$name/added" \
		--shown "$name/shown" "$name/keep" "$ANCHORITE" ceremony run \
		"$name/plan.ini" --room "$name/room.ini"
}
must_hold() {
	hold "$@"
	[ "$STATUS" -eq 0 ] || complain "it should have passed" "$@"
}
reproduce() {
	"$ANCHORITE" ceremony reproduce --after "$1/state" --people "$2" \
		"$1"/keep/sheets/*
}
# nowhere NAME DIGITS: neither they nor a digest of them is in the record.
nowhere() {
	for sum in sha1sum sha256sum sha384sum sha512sum; do
		printf %s "$2" | $sum | cut -c1-32
		printf '%s\n' "$2" | $sum | cut -c1-32
	done >digests
	printf '%s\n' "$2" | cut -c1-20 >>digests
	! grep -rqF -f digests "$1/state" "$OUT" "$ERR" ||
		fail "$1: what was added, or its digest, is in the record"
}
seed_of() {
	sed -n 's/^share: //p' "$1"/keep/sheets/* | "$HELPER/slip39" recover
}

# --- alone: what CEREMONY.md says to type, as it stands there ---

# by_hand CHARACTERS: its line for them.
by_hand() {
	sed -n 's/^    \(S=\$(tr .*\)$/\1/p' "$ROOT/CEREMONY.md" |
		grep -F -- "$1"
}
# to_key: the lines of FORMATS 5.9 for P-256, which sheets have
"$HELPER/sheet" recipe ecdsa-p256 >to_key

# alone NAME: S is the seed, and leads to the root of record.
alone() {
	by_hand "$2" >line
	[ "$(wc -l <line)" -eq 1 ] || fail "no line for $2"
	# shellcheck disable=SC2016
	{
		cat line
		echo 'SALT="anchorite root seed v1"'
		cat to_key
		echo 'echo $S'
	} >recipe.sh
	sh recipe.sh <"$1/keep/paper/dice-0001.txt" >digest ||
		fail "the recipe fails"
	[ "$(tail -n 1 digest)" = "$(seed_of "$1")" ] || fail "$1: another seed"
	must_pass "$ANCHORITE" state show --state "$1/state"
	must_say "$(head -n 1 digest | cut -d' ' -f1)"
}

chance 123456 100 7 >dice.txt
must_hold dice dice-only dice.txt g1
tr -s ' \r\n' ' ' <dice/shown | grep -q '50 of 100 rolls: ' ||
	fail "nobody counts"
grep -q '100 of 100 rolls; Enter alone ends: ' dice/shown || fail "no end"
grep -q '"rolls":"100"' dice/state/record/*.json || fail "no count"
must_pass reproduce dice dice.txt
must_say "every byte is equal"
nowhere dice "$(tr -d ' \n' <dice.txt)"
alone dice 1-6

chance ht 256 11 >coins.txt
must_hold coins coins-only coins.txt g1
grep -q '"tosses":"256"' coins/state/record/*.json || fail "no count"
nowhere coins "$(tr -d ' \n' <coins.txt)"
nowhere coins "$(tr -d ' \n' <coins.txt | tr ht 10)"
tr -d ' \n' <coins.txt | tr ht 10 >bits.txt
must_pass reproduce coins bits.txt
cat dice.txt coins.txt >both.txt
must_pass reproduce coins both.txt
alone coins hHtT
tr 01 10 <bits.txt >turned.txt
must_refuse 1 "FORMATS 5.8: these are not the tosses that people added" \
	reproduce coins turned.txt
must_refuse 1 "FORMATS 5.8: these are not the tosses" reproduce coins dice.txt

# --- mixed in ---

chance abcdefghijklmnopqrstuvwxyz,.- 140 5 >text.txt
must_hold text system+text text.txt g1
grep -q '"characters":"140"' text/state/record/*.json || fail "no count"
must_pass reproduce text text.txt
nowhere text "$(tr -d ' \n' <text.txt)"
grep -q 'Type text that nobody could guess for root g1' text/shown ||
	fail "nobody was asked"

# The system's part stands on paper before.
awk '/system entropy of root g1/ { on = 1 } /Type text that/ { exit !on }' \
	text/shown || fail "people add before the words are on paper"

# Text is never alone, and there are no other kinds.
for entropy in text-only system+cards; do
	mkdir -p "$entropy"
	plan $entropy g1 >"$entropy/plan.ini"
	must_refuse 1 "system+coins|coins-only|system+text" "$ANCHORITE" \
		ceremony check "$entropy/plan.ini"
done

# --- refused ---

# One character of another kind costs its line; one face too often, or a pattern,
# costs all; nothing is quoted.
{
	awk 'BEGIN { for (i = 0; i < 25; i++) print "66" i % 5 + 1 }' |
		tr -d '\n'
	printf '\n\n'
	awk 'BEGIN { for (i = 0; i < 10; i++) print "123456" }' | tr -d '\n'
	printf '\n\n'
	chance 123456 45 3
	echo '1234x 12345'
	chance 123456 5 4
} >slips.txt
must_hold slips system+dice slips.txt g1
tr -s ' \r\n' ' ' <slips/shown >said
for why in 'Refused: roll 50 is not a digit of 1 to 6' \
	'one face on more than half of the rolls' \
	'the rolls repeat one block throughout'; do
	grep -qF "$why" said || fail "nobody said: $why"
done
nowhere slips "$(chance 123456 45 3 | tr -d ' \n')"
must_refuse 1 "FORMATS 5.8" reproduce slips slips.txt
grep -v x slips.txt >clean.txt
must_pass reproduce slips clean.txt

# The same once more, in other groups and in the other spelling, is nobody's.
{
	cat coins.txt
	echo
	tr -d ' \n' <coins.txt | tr ht 10 | fold -w 32
	echo
} >twice.txt
hold twice coins-only twice.txt g1 g2
[ "$STATUS" -eq 1 ] || complain "it should have been refused" hold twice
grep -q "FORMATS 5.7: the same was added to another seed" "$ERR" ||
	fail "nobody said that it was added before"
