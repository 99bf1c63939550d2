#!/bin/sh
# No copy of a seed, a key, a share, its words or dice stays behind: not in the
# memory of a process that is about to end, or of a child of it, not in a file,
# not in what was printed, not in a core.  And who looks for them can see.
. "$ROOT/tests/integration/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "only root looks into a process that hides itself"

people=$HELPER/people
canary=$HELPER/canary
leaky=${HELPER%/helper}/planted/leaky
# what a process of the sanitizers frees stays where it was for long
ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=0:verify_asan_link_order=0
export ASAN_OPTIONS
run "$canary" watch can true
[ "$STATUS" -eq 0 ] || skip "no process can be watched here: $(cat "$ERR")"
[ "$(find can -type f | wc -l)" -gt 2 ] || fail "nothing of it was kept"

# plan NUMBER PREVIOUS: of a ceremony; the rest of it is on standard input.
plan() {
	cat <<-INI
		[ceremony]
		format = 1
		org = example
		mode = production
		number = $1
		previous = $2
		effective = $(date -u +%Y-%m-%d)T00:0$1:00Z
		latest = $(date -u -d '+2 days' +%Y-%m-%dT00:00:00Z)
		oid-arc = 1.3.6.1.4.1.55555
		officer = anna
		witness = bruno
		entropy = system+dice
		[person anna]
		name = Anna
		[person bruno]
		name = Bruno
		[person clara]
		name = Clara
		[profile firmware]
		base = fw-pki-v1
		keys = ecdsa-p256, ecdsa-p384
		most-days = 400
	INI
	cat
	cat <<-INI
		[delegate gateway]
		by = g1
		profile = firmware
		product = p$1
		role = release
		versions = 4.0..
		request = gateway$1.csr sha384:$(sha384sum "inbox/gateway$1.csr" |
			cut -d' ' -f1)
		days = 400
	INI
}
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout key.pem -subj "/CN=gateway team" -sha256 \
		-out "inbox/gateway$1.csr" 2>openssl.err || fail "no request"
}
mint() {
	cat <<-INI
		[mint g1]
		algorithm = $1
		subject = example-firmware-root-g1
		years = 20
		need = 1 group
		group.main = 2 of 3: anna@office, bruno@bank, clara@notary
	INI
	list
}
list() {
	cat <<-INI
		[crl g1]
		by = g1
		days = 400
	INI
}
words_of() {
	must_pass "$ANCHORITE" words "$1"
	tail -n +2 "$OUT"
}
# hold NAME CMD...: ceremony plan.ini of state NAME, watched; CMD goes before
# the program's verb.
hold() {
	name=$1
	shift
	printf '[room]\nstate-a = %s\nstate-b = %s-b\ninbox = inbox\n' \
		"$name" "$name" >room.ini
	words_of plan.ini >plan.words
	run "$people" --words plan.words --screen screen --shown shown \
		${stop:+--stop-after "$stop" --signal "$signal"} \
		"keep-$name" "$@" ceremony run plan.ini --room room.ini
}
needles() {
	# shellcheck disable=SC2046
	must_pass "$canary" needles $(find "$1/roots" "$1/issued" "$1/lists" \
		-name '*.c[r]*' -printf '--signed %p ') "$2" "keep-$1"/sheets/*
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
request 1
request 2
for alg in ecdsa-p384 ecdsa-p256; do
	s=$alg
	mint $alg | plan 1 none >plan.ini
	hold $s "$canary" watch $s-1 "$ANCHORITE"
	[ "$STATUS" -eq 0 ] || complain "the ceremony failed" hold $s
	cat "$OUT" "$ERR" >$s-said
	needles $s $alg
	clean $s $s-1 $s $s-b $s-said screen
	# what looks, sees: the words were on the screen
	dirty $s words shown

	must_pass "$ANCHORITE" state show --state $s --json
	list | plan 2 "$(sed -n 's/.*"head": *"\([^"]*\)".*/\1/p' "$OUT" |
		head -n 1)" >plan.ini
	hold $s "$canary" watch $s-2 "$ANCHORITE"
	[ "$STATUS" -eq 0 ] || complain "the second ceremony failed" hold $s
	cat "$OUT" "$ERR" >$s-said
	needles $s $alg
	clean $s $s-1 $s-2 $s $s-b $s-said screen
	[ "$(find $s-1 -name 'exit-*' | wc -l)" -ge 2 ] ||
		fail "there was no child to look into"
done
s=ecdsa-p384
sheets=keep-$s/sheets/g1-e1-sheet0

# --- what reads sheets ---

# look NAME VERB...: it ends well, and leaves nothing.
look() {
	name=$1
	shift
	must_pass "$canary" watch "$name" "$ANCHORITE" "$@"
	cat "$OUT" "$ERR" >said
	clean $s "$name" said
}
look check-1 share check "${sheets}1.txt" --state $s
look recover-1 share recover "${sheets}1.txt" "${sheets}3.txt" --root g1 \
	--state $s
must_pass "$people" --screen screen --shown shown keep-$s "$canary" watch \
	recover-2 "$ANCHORITE" share recover --root g1 --state $s
cat "$OUT" "$ERR" >said
clean $s recover-2 said screen
look again-1 ceremony reproduce --after $s \
	--people keep-$s/paper/dice-0001.txt "${sheets}1.txt" "${sheets}2.txt"

# Those that refuse a sheet leave as little.
sed 's/^\(share: .* .* .* .* .* .*\) [a-z]* /\1 academic /' "${sheets}1.txt" \
	>altered.txt
must_refuse 1 "FORMATS 4.6" "$canary" watch check-2 "$ANCHORITE" share check \
	altered.txt --state $s
cat "$OUT" "$ERR" >said
clean $s check-2 said
must_refuse 1 "FORMATS 4.8" "$canary" watch recover-3 "$ANCHORITE" share \
	recover "${sheets}1.txt" --root g1 --state $s
cat "$OUT" "$ERR" >said
clean $s recover-3 said

# --- no core, and what is in memory while a sheet is on the screen ---
mint ecdsa-p384 | plan 1 none >plan.ini
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

signal=6
(ulimit -c unlimited && hold core "$canary" watch core-1 "$ANCHORITE" &&
	[ "$STATUS" -eq 134 ] || complain "it was not stopped" hold core) ||
	fail "a ceremony that aborts"
! grep -q "it left a core" "$OUT" || fail "a core was written"
find . -name 'core*' -type f -size +16k >cores
[ ! -s cores ] || fail "there is a core: $(cat cores)"

# --- a program that keeps copies is found out, whatever they are of ---
stop=
hold leak "$canary" watch leak-1 "$leaky"
[ "$STATUS" -eq 0 ] || complain "the ceremony failed" hold leak
needles leak ecdsa-p384
dirty leak "words numbers bytes+value-of- bytes+seed bytes+encrypted-seed \
bytes+scalar text+dice" leak-1
must_pass "$canary" watch leak-2 "$leaky" share check \
	keep-leak/sheets/g1-e1-sheet01.txt --state leak
dirty leak "words numbers" leak-2
must_pass "$canary" watch leak-3 "$leaky" share recover \
	keep-leak/sheets/g1-e1-sheet0[12].txt --root g1 --state leak
dirty leak "words bytes+value-of- bytes+seed bytes+scalar" leak-3
