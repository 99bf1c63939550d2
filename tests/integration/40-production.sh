#!/bin/sh
# A real ceremony, held by people at a terminal: mistakes, a cut, the second
# machine, the next ceremony; and no secret stays behind.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/plans.sh"

# plan NUMBER PREVIOUS NAME [ROOT...]: roots, a list of g1, and a delegation of
# that name.
plan() {
	head_of_plan "$1" "$2" 'entropy = system+dice'
	name=$3
	shift 3
	for new; do
		mint "$new" ecdsa-p384
	done
	crl g1 400
	delegate "$name" g1 400
}

room() {
	printf '[room]\nstate-a = %s\nstate-b = %s-b\ninbox = inbox\n' \
		"$1" "$1"
}

# flat FILE: what a terminal had, as words with single blanks
flat() {
	esc=$(printf '\033')
	sed "s/$esc\[[0-9;?]*[A-Za-z]//g" "$1" | tr '\b\r' '  ' |
		tr -s '0-9 \n' ' '
}

# no_secret KEEP STATE: no share that KEEP has is in the state, in what was
# printed, or still in the terminal.
no_secret() {
	for sheet in "$1"/sheets/*; do
		sed -n 's/^share: //p' "$sheet" | tr -d '\r' >share
		[ "$(wc -w <share)" -eq 33 ] || fail "$sheet is no sheet"
		for n in 1 6 11 16 21 26; do
			cut -d' ' -f$n-$((n + 2)) share
		done
	done >pieces
	cat "$1"/paper/dice-*.txt >>pieces
	flat screen >screen.flat
	flat shown >shown.flat
	! grep -rlF -f pieces "$2" "$2-b" "$OUT" "$ERR" screen screen.flat \
		>where || {
		cat where
		fail "secret words were left behind"
	}
	# the eyes that look can see
	tr ' ' '\n' <pieces | grep '[a-z]' >each
	[ "$(tr ' ' '\n' <shown.flat | grep -cxFf each)" -ge 33 ] ||
		fail "the sheets were never on the screen"
}

mkdir inbox
request gateway
plan 1 none gateway g1 >plan.ini
plan_words plan.ini >plan.words
head_of_plan 1 none >other.ini
plan_words other.ini >other.words
room state >room.ini

must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini

# Memory is no medium for a real state.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
	memory=$(mktemp -d /dev/shm/anchorite.XXXXXX)
	room "$memory/state" >memory.ini
	must_refuse 1 "FORMATS 7.1" "$people" --words plan.words keep-m \
		"$ANCHORITE" ceremony run plan.ini --room memory.ini
	left=$(find "$memory" -mindepth 1)
	rm -rf "$memory"
	[ -z "$left" ] || fail "a refused state was begun: $left"
fi

# Answers from folders are for rehearsals.
{
	cat room.ini
	printf 'paper = keep/paper\nsheets = keep/sheets\n'
} >folders.ini
must_refuse 1 "RULES C6" "$ANCHORITE" ceremony run plan.ini --room folders.ini
[ ! -e state ] || fail "a refused ceremony left a state"

# Another plan's words, then a slip; a wrong word in a sheet that is read back:
# each is refused, asked again, and the ceremony goes on.
must_pass "$people" --words other.words --words plan.words \
	--mistake read-back --screen screen --shown shown keep \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
grep -q "not the one that was reviewed" shown ||
	fail "another plan's words were not refused"
grep -q "$(printf '\033')\[3J" shown || fail "the terminal was not wiped"
[ "$(grep -l '"kind":"refused"' state/record/*.json | wc -l)" -eq 1 ] ||
	fail "the slip is not in the record"
[ "$(find keep/sheets -type f | wc -l)" -eq 3 ] || fail "not three sheets"
no_secret keep state

must_pass "$ANCHORITE" ceremony verify --state state
must_pass "$ANCHORITE" ceremony verify --state state-b --against state
must_pass openssl verify -x509_strict -crl_check -purpose any \
	-CAfile state/roots/000001.crt -CRLfile state/lists/000001.crl \
	state/issued/*.crt

# The second machine: from two sheets, the dice and the noted words.
remember_files state
must_pass "$ANCHORITE" ceremony reproduce --after state \
	--people keep/paper/dice-0001.txt --noted keep/paper/system-0001.words \
	keep/sheets/g1-e1-sheet01.txt keep/sheets/g1-e1-sheet03.txt
must_say "every byte is equal"
no_new_files state
tr 1-6 2-61 <keep/paper/dice-0001.txt >loaded.txt
must_refuse 1 "FORMATS 5.8" "$ANCHORITE" ceremony reproduce --after state \
	--people loaded.txt keep/sheets/g1-e1-sheet01.txt \
	keep/sheets/g1-e1-sheet03.txt
head -n 4 other.words >noted.words
must_refuse 1 "RULES C7" "$ANCHORITE" ceremony reproduce --after state \
	--noted noted.words keep/sheets/g1-e1-sheet01.txt \
	keep/sheets/g1-e1-sheet03.txt
must_refuse 1 "FORMATS 4.8" "$ANCHORITE" ceremony reproduce --after state \
	keep/sheets/g1-e1-sheet02.txt

# The next ceremony: its plan names the head, people bring it on paper, and two
# holders open the root.
request sensor
plan 2 "$(fact state head)" sensor >plan2.ini
plan_words plan2.ini >plan2.words
cp plan2.ini inbox
must_refuse 1 "1, not 2; there is no record here: say where the state is" \
	"$ANCHORITE" ceremony check inbox/plan2.ini
must_refuse 2 "stat: not a folder that can be opened" \
	"$ANCHORITE" ceremony check inbox/plan2.ini --state stat
must_pass "$ANCHORITE" ceremony check inbox/plan2.ini --state state
cp -r state before
must_pass "$people" --words plan2.words --head other.words \
	--head "$(find keep/paper -name 'head-*' | sort | tail -n 1)" \
	--mistake read-back --screen screen --shown shown keep \
	"$ANCHORITE" ceremony run plan2.ini --room room.ini
grep -q "RULES C3: the head on paper is" shown ||
	fail "another head was not refused"
grep -q "FORMATS 4.6: the checksum of" shown ||
	fail "a slip in a share was not found"
[ "$(grep -l '"why":"FORMATS 4.6' state/record/*.json | wc -l)" -eq 1 ] ||
	fail "the slip in a share is not in the record"
[ "$(grep -l '"why":"sheet 1 of anna: FORMATS 4.7: word 7 is the first' state/record/*.json |
	wc -l)" -eq 1 ] || fail "whose slip it was is not in the record"
no_secret keep state
must_pass "$ANCHORITE" ceremony verify --state state --against before
must_say "ceremonies  2"
must_refuse 1 "it was rolled back" "$ANCHORITE" ceremony verify \
	--state before --against state
must_pass "$ANCHORITE" ceremony reproduce --after state --before before \
	keep/sheets/g1-e1-sheet02.txt keep/sheets/g1-e1-sheet03.txt
[ "$(find state/issued -name '*.crt' | wc -l)" -eq 2 ] || fail "not two certificates"
# both ceremonies in one go, each opened by the same two sheets
must_pass "$ANCHORITE" ceremony reproduce --after state \
	--people keep/paper/dice-0001.txt \
	keep/sheets/g1-e1-sheet02.txt keep/sheets/g1-e1-sheet03.txt
must_say "every byte is equal"

# A cut while the second sheet is being written: the set is void, and a new one
# is drawn, whose sheets alone are good.
room cut >cut.ini
must_fail() {
	run "$@"
	[ "$STATUS" -eq 137 ] || complain "it was not cut" "$@"
}
must_fail "$people" --words plan.words --stop-after "SHEET 2 OF 3" keep-c \
	"$ANCHORITE" ceremony run plan.ini --room cut.ini
cp -r cut cut-was
must_pass "$people" --words plan.words --screen screen --shown shown keep-c \
	"$ANCHORITE" ceremony run plan.ini --room cut.ini
no_secret keep-c cut
tr -d '\r' <shown | grep -q 'those written before are void: burn them$' ||
	fail "nobody is told to burn the sheets of before"
must_pass "$ANCHORITE" ceremony verify --state cut --against cut-was
grep -l '"kind":"void"' cut/record/*.json >void
[ "$(wc -l <void)" -eq 1 ] || fail "the first set was not set void"
[ -f keep-c/sheets/g1-e2-sheet03.txt ] || fail "no second set was drawn"
here="network,swap:a test, where nothing is real"
must_refuse 1 "is void" "$ANCHORITE" share check --marks marks --waive "$here" \
	keep-c/sheets/g1-e1-sheet01.txt --state cut
must_pass "$ANCHORITE" share check --marks marks --waive "$here" \
	keep-c/sheets/g1-e2-sheet01.txt --state cut
must_pass "$ANCHORITE" ceremony reproduce --after cut \
	--people keep-c/paper/dice-0002.txt \
	--noted keep-c/paper/system-0002.words \
	keep-c/sheets/g1-e2-sheet01.txt keep-c/sheets/g1-e2-sheet02.txt

# Two roots: the second machine takes the digits of both, a line each, and says
# so where it was not given any.
plan 1 none gateway g1 g2 >two.ini
sed -i 's/^entropy = .*/&\nreproduce = required/' two.ini
plan_words two.ini >two.words
room two >two-room.ini
must_pass "$people" --words two.words --shown shown keep-2 "$ANCHORITE" \
	ceremony run two.ini --room two-room.ini
grep -q "words of the head, as the second machine shows it" shown ||
	fail "the second machine was not waited for"
cat keep-2/paper/dice-0002.txt keep-2/paper/dice-0001.txt >both.txt
must_pass "$ANCHORITE" ceremony reproduce --after two --people both.txt \
	keep-2/sheets/g?-e1-sheet0[13].txt
must_say "every byte is equal"
! grep -q "on-trust" "$OUT" || fail "digits that were given are taken on trust"
must_pass "$ANCHORITE" ceremony reproduce --after two \
	keep-2/sheets/g?-e1-sheet0[13].txt
must_say "what people added to the entropy (roots: 2), for"
must_refuse 1 "FORMATS 5.8" "$ANCHORITE" ceremony reproduce --after two \
	--people keep-2/paper/dice-0001.txt keep-2/sheets/g?-e1-sheet0[13].txt
# This plan wants the second machine's word before anything leaves the room, and
# asks for it as often as it is run.
must_pass "$ANCHORITE" ceremony reproduce --after two --json \
	keep-2/sheets/g?-e1-sheet0[13].txt
sed -n 's/.*"head-words": *"\([^"]*\)".*/\1/p' "$OUT" >second.words
remember_files two
must_pass "$people" --head other.words --head second.words --shown shown \
	keep-2 "$ANCHORITE" ceremony run two.ini --room two-room.ini
grep -q "RULES C7: the second machine came to another head" shown ||
	fail "another head of the second machine was not refused"
no_new_files two

# The same digits for two roots.
plan 1 none gateway g1 g2 >twice.ini
plan_words twice.ini >twice.words
cat keep/paper/dice-0001.txt keep/paper/dice-0001.txt >same.txt
room twice >twice-room.ini
must_refuse 1 "FORMATS 5.7" "$people" --words twice.words --dice same.txt \
	keep-t "$ANCHORITE" ceremony run twice.ini --room twice-room.ini

# A rehearsal with hands is the same to people.
must_pass "$people" --words hands/paper/plan.words --mistake words \
	--mistake read-back --shown shown keep-h \
	"$ANCHORITE" rehearse --hands-on --dir hands
# where its words are stands on the screen while they are asked for
tr -d '\r' <shown | sed '/^Enter the 32 words/q' >first
grep -q '^hands/paper/plan.words has the words' first ||
	fail "nobody is told where the plan's words are"
[ "$(grep -c "$(printf '\033')\[3J" first)" -eq 1 ] ||
	fail "the hint is wiped before anybody can read it"
must_say "TEST rehearsal done"
