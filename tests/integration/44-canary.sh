#!/bin/sh
# No copy of a seed, a key, a share, its words or dice stays behind: not in the
# memory of a process that is about to end, or of a child of it, not in a file,
# not in what was printed, not in a core.  And who looks for them can see.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/plans.sh"
. "$ROOT/tests/integration/typed.sh"
[ "$(id -u)" -eq 0 ] || skip "only root looks into a process that hides itself"

here="network,swap:a test" # no machine to type real words into
canary=$HELPER/canary
needles=$HELPER/needles
leaky=${HELPER%/helper}/planted/leaky
! ldd "$ANCHORITE" | grep -q libasan ||
	skip "the sanitizers keep terabytes of their own"
dice='' stop='' signal=''
run "$canary" watch can true
[ "$STATUS" -eq 0 ] || skip "no process can be watched here: $(cat "$ERR")"
[ "$(find can -type f | wc -l)" -gt 2 ] || fail "nothing of it was kept"

# plan NUMBER PREVIOUS: of a ceremony; the rest of it is on standard input.
plan() {
	head_of_plan "$1" "$2" 'entropy = system+dice'
	cat
	delegate "gateway$1" g1 400
}
# new_root ALGORITHM: and its list.
new_root() {
	mint g1 "$1"
	crl g1 400
}
# hold NAME CMD...: ceremony plan.ini of state NAME, watched; CMD goes before
# the program's verb.
hold() {
	name=$1
	shift
	printf '[room]\nstate-a = %s\nstate-b = %s-b\ninbox = inbox\n' \
		"$name" "$name" >room.ini
	plan_words plan.ini >plan.words
	run "$people" --words plan.words --screen screen --shown shown \
		${dice:+--dice "$dice"} ${stop:+--stop-after "$stop" --signal "$signal"} \
		"keep-$name" "$@" ceremony run plan.ini --room room.ini
}
look_for() {
	# shellcheck disable=SC2046
	must_pass "$needles" $(find "$1" \( -path '*/roots/*' -o \
		-path '*/issued/*' -o -path '*/lists/*' \) -printf '--signed %p ') "$2" "keep-$1"/sheets/*
	cp "$OUT" "$1.needles"
	for dice in "keep-$1"/paper/dice-*.txt; do
		echo "text dice $(cat "$dice")"
	done >>"$1.needles"
}
# clean NEEDLES WHAT...: none of them is in any file there.
clean() {
	what=$1
	shift
	find "$@" -type f >files
	[ -s files ] || fail "there is nothing to look at: $*"
	run xargs "$canary" scan "$what.needles" <files
	if [ "$STATUS" -ne 0 ]; then
		sed 's/ at 0x[0-9a-f]*//' "$OUT" | sort | uniq -c | head -n 40
		cat "$ERR"
		fail "a secret was left behind: $*"
	fi
}
# dirty NEEDLES LABELS WHAT...: each of these is somewhere there.
dirty() {
	what=$1 labels=$2
	shift 2
	find "$@" -type f >files
	run xargs "$canary" scan "$what.needles" <files
	for label in $labels; do
		grep -q ": $(echo "$label" | tr + ' ')" "$OUT" ||
			fail "who looks for $label does not see it: $*"
	done
}

# --- a ceremony that makes a root, and one that opens it ---
mkdir inbox
request gateway1
request gateway2
for alg in ecdsa-p384 ecdsa-p256; do
	s=$alg
	new_root $alg | plan 1 none >plan.ini
	hold $s "$canary" watch $s-1 "$ANCHORITE"
	[ "$STATUS" -eq 0 ] || complain "the ceremony failed" hold $s
	cat "$OUT" "$ERR" >$s-said
	look_for $s $alg
	clean $s $s-1 $s $s-b $s-said screen
	# what looks, sees: the words were on the screen
	dirty $s words shown

	crl g1 400 | plan 2 "$(fact $s head)" >plan.ini
	hold $s "$canary" watch $s-2 "$ANCHORITE"
	[ "$STATUS" -eq 0 ] || complain "the second ceremony failed" hold $s
	cat "$OUT" "$ERR" >$s-said
	look_for $s $alg
	clean $s $s-1 $s-2 $s $s-b $s-said screen
	[ "$(find $s-1 -name 'exit-*' | wc -l)" -ge 2 ] ||
		fail "there was no child to look into"
done
s=ecdsa-p384
sheets=keep-$s/sheets/g1-e1-sheet0

# --- what reads sheets ---
here="network,swap:a test, where nothing is real"

# look NAME VERB...: it ends well, and leaves nothing; at_terminal likewise,
# where the words come from the terminal.
look() {
	name=$1
	shift
	must_pass "$canary" watch "$name" "$ANCHORITE" "$@"
	cat "$OUT" "$ERR" >said
	clean $s "$name" said
}
at_terminal() {
	name=$1
	shift
	must_pass "$people" --screen screen --shown shown keep-$s "$canary" \
		watch "$name" "$ANCHORITE" "$@"
	cat "$OUT" "$ERR" >said
	clean $s "$name" said screen
}
look check-1 share check "${sheets}1.txt" --state $s --marks marks \
	--waive "$here"
look recover-1 share recover "${sheets}1.txt" "${sheets}3.txt" --root g1 \
	--state $s --waive "$here"
at_terminal check-3 share check --state $s --marks marks-typed --waive "$here"
at_terminal recover-2 share recover --root g1 --state $s --waive "$here"
pass='violet harbour 93 lanterns'
echo "text passphrase $pass" >>$s.needles
must_pass typed seen "'$canary' watch export-1 '$ANCHORITE' share recover \
	--root g1 --state $s ${sheets}1.txt ${sheets}2.txt --journal journal \
	--waive '$here' --export-key g1.key" g1 "$pass" "$pass"
grep -q ENCRYPTED g1.key || fail "no key was written"
clean $s export-1 g1.key journal seen
look again-1 ceremony reproduce --after $s \
	--people keep-$s/paper/dice-0001.txt "${sheets}1.txt" "${sheets}2.txt"

# Those that refuse a sheet leave as little.
sed 's/^\(share: .* .* .* .* .* .*\) [a-z]* /\1 academic /' "${sheets}1.txt" \
	>altered.txt
must_refuse 1 "FORMATS 4.6" "$canary" watch check-2 "$ANCHORITE" share check \
	altered.txt --state $s --marks marks --waive "$here"
cat "$OUT" "$ERR" >said
clean $s check-2 said
must_refuse 1 "FORMATS 4.8" "$canary" watch recover-3 "$ANCHORITE" share \
	recover "${sheets}1.txt" --root g1 --state $s --waive "$here"
cat "$OUT" "$ERR" >said
clean $s recover-3 said

# One that ends with a refusal, when it has drawn a seed and shown its sheets.
{
	new_root ecdsa-p384
	new_root ecdsa-p384 | sed 's/g1/g2/g'
} | plan 1 none >plan.ini
for _ in 1 2; do
	cat keep-$s/paper/dice-0001.txt
done >same.txt
dice=same.txt
hold twice "$canary" watch twice-1 "$ANCHORITE"
dice=''
[ "$STATUS" -eq 1 ] || complain "it was not refused" hold twice
grep -q "FORMATS 5.7" "$ERR" || complain "it does not say why" hold twice
cat "$OUT" "$ERR" >said
look_for twice ecdsa-p384
clean twice twice-1 twice twice-b said screen

# A rehearsal's ceremony, which makes all there is, its emergency lists too; its
# sheets are files.  Without those in print: a child that draws one ends with its
# words, and leaves its memory to the kernel (THREATS 5).
must_pass "$ANCHORITE" rehearse --dir first
mkdir rehearsal rehearsal/paper rehearsal/sheets rehearsal/outbox
cp -a first/plan.ini first/inbox rehearsal
cp first/paper/plan.words rehearsal/paper
grep -v '^print = ' first/room.ini >rehearsal/room.ini
must_pass "$canary" watch rehearsal-1 "$ANCHORITE" ceremony run \
	rehearsal/plan.ini --room rehearsal/room.ini
cat "$OUT" "$ERR" >said
sed -n 's/^\[mint \(.*\)\]$/\1/p; s/^algorithm = //p' rehearsal/plan.ini |
	paste - - >roots
[ -s roots ] || fail "a rehearsal without a root"
while read -r which alg; do
	# with OpenSSL 3.5 a root to come is of a kind that needles knows not
	case $alg in
	ecdsa-*) ;;
	*) continue ;;
	esac
	must_pass "$needles" --mode rehearsal "$alg" \
		"rehearsal/sheets/$which"-*
	cp "$OUT" rehearsal.needles
	clean rehearsal rehearsal-1 rehearsal/state rehearsal/outbox said
	dirty rehearsal words rehearsal/sheets
done <roots

# --- no core, and what is in memory while a sheet is on the screen ---
new_root ecdsa-p384 | plan 1 none >plan.ini
stop='SHEET 2 OF 3' signal=10
hold held "$canary" watch held-1 "$ANCHORITE"
[ "$STATUS" -eq 137 ] || complain "it was not stopped" hold held
printf 'words first-sheet %s\n' "$(sed -n 's/^share: //p' \
	keep-held/sheets/g1-e1-sheet01.txt | tr -d '\r')" >held.needles
dirty held words shown
# it has the sheets that come, and this one no more: but the set is there till
# its last sheet is read back
[ -d "$(echo held-1/now-*)" ] || fail "nothing was kept of what was there then"
dirty held words held-1

# of a process that does not say no there is one
# shellcheck disable=SC2016
run prlimit --core=unlimited "$canary" watch any-1 sh -c 'kill -6 $$'
grep -q "it left a core" "$OUT" ||
	echo "this machine keeps no core of anything"
rm -f core*
signal=12
hold aborted prlimit --core=unlimited "$canary" watch aborted-1 "$ANCHORITE"
[ "$STATUS" -eq 134 ] || complain "it was not stopped" hold aborted
! grep -q "it left a core" "$OUT" || fail "a core was written"
[ -z "$(find . -name 'core*')" ] || fail "there is a core: $(find . -name 'core*')"

# --- a program that keeps copies is found out, whatever they are of ---
stop=''
hold leak "$canary" watch leak-1 "$leaky"
[ "$STATUS" -eq 0 ] || complain "the ceremony failed" hold leak
look_for leak ecdsa-p384
dirty leak "words numbers bytes+value-of- bytes+seed bytes+encrypted-seed \
bytes+scalar text+dice" leak-1
# a nonce passes through our hands where OpenSSL has none of RFC 6979
case $(openssl version) in
"OpenSSL 3."[01].*) dirty leak "bytes+nonce bytes+nonce-inverse" leak-1 ;;
esac
must_pass "$canary" watch leak-2 "$leaky" share check \
	keep-leak/sheets/g1-e1-sheet01.txt --state leak --marks marks-leak \
	--waive "$here"
dirty leak "words numbers" leak-2
must_pass "$canary" watch leak-3 "$leaky" share recover \
	keep-leak/sheets/g1-e1-sheet0[12].txt --root g1 --state leak \
	--waive "$here"
dirty leak "words bytes+value-of- bytes+seed bytes+scalar" leak-3
echo "text passphrase $pass" >>leak.needles
must_pass typed seen "'$canary' watch leak-4 '$leaky' share recover \
	--root g1 --state leak keep-leak/sheets/g1-e1-sheet01.txt \
	keep-leak/sheets/g1-e1-sheet02.txt --journal journal-leak \
	--waive '$here' --export-key leak.key" g1 "$pass" "$pass"
dirty leak "text+passphrase bytes+scalar" leak-4
