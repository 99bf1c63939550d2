#!/bin/sh
# A set with a passphrase: it stands on no sheet and in no record, is typed twice
# when it is made and once more when the sheets are proven, and without it, or
# with another one, no sheets open the root.  Each time that one is tried takes
# seconds (FORMATS 4.2), so little is tried twice: test_quorum has the rest.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/plans.sh"

pass='correct horse ~ battery'

# plan NUMBER PREVIOUS MODE
plan() {
	head_of_plan "$1" "$2" 'entropy = system' |
		sed "s/^mode = .*/mode = $3/"
}
# new_root KEEPER: two sheets of three and a passphrase.
new_root() {
	mint g1 ecdsa-p256 "passphrase = $1"
}

# --- a plan that names nobody ---
{
	plan 1 none rehearsal
	new_root nobody
} >nobody.ini
must_refuse 1 "FORMATS 3.90: no [person nobody]" "$ANCHORITE" ceremony check \
	nobody.ini

# --- a rehearsal: its passphrase is as public as its seed ---
{
	plan 1 none rehearsal
	new_root clara
	crl g1 400
} >test.ini
must_pass "$ANCHORITE" ceremony check test.ini
must_say "the passphrase of root g1 is kept by clara: if it is forgotten"
must_pass "$ANCHORITE" rehearse --plan test.ini --dir r
grep -q '"exponent":"10","passphrase":"clara"' r/state/record/000002.json ||
	fail "the record does not say who keeps it"
for sheet in r/sheets/*.txt; do
	tr '\n' ' ' <"$sheet" | grep -q "and a passphrase, kept by clara" ||
		fail "$sheet does not say that there is a passphrase"
	! grep -q "rehearsal passphrase" "$sheet" || fail "it is on $sheet"
done
! grep -rq "rehearsal passphrase" r/state || fail "it is in the state"

recover() {
	"$ANCHORITE" share recover r/sheets/*1-anna.txt r/sheets/*3-clara.txt \
		--root g1 --state r/state "$@"
}
echo "rehearsal passphrase of root g1" >public.txt
echo "rehearsal passphrase of root g2" >other.txt
cat other.txt public.txt >two.txt
printf 'rehearsal pa\303\237phrase\n' >foreign.txt
remember_files r
must_refuse 1 "FORMATS 4.51: the passphrase of root g1 is missing; clara keeps it" \
	recover
must_refuse 1 "FORMATS 4.10: with this passphrase the sheets give another key" \
	recover --passphrase other.txt
must_refuse 1 "FORMATS 4.17: character 13 of the passphrase" \
	recover --passphrase foreign.txt
: >empty.txt
must_refuse 1 "empty.txt" recover --passphrase empty.txt
must_refuse 2 "--passphrase goes with shares from files" "$ANCHORITE" share \
	recover --root g1 --state r/state --passphrase public.txt
run recover --passphrase - <two.txt # the wrong one first
[ "$STATUS" -eq 0 ] || complain "it should have passed" recover
must_pass "$ANCHORITE" share check r/sheets/*1-anna.txt --state r/state
must_say "kept by clara"

reproduce() {
	"$ANCHORITE" ceremony reproduce --after r/state \
		r/sheets/*1-anna.txt r/sheets/*2-bruno.txt "$@"
}
must_refuse 1 "FORMATS 4.51" reproduce
must_pass reproduce --passphrase public.txt
must_say "every byte is equal"
no_new_files r

# --- people at a terminal ---
{
	plan 1 none production
	new_root clara
	crl g1 400
} >plan.ini
printf '[room]\nstate-a = state\ninbox = inbox\n' >room.ini
mkdir inbox
plan_words plan.ini >plan.words

# nowhere KEEP: not in the record, not on the screen, not in what was printed.
nowhere() {
	! grep -rqF -e "$pass" -e 'battery' state "$OUT" "$ERR" shown ||
		fail "the passphrase was left behind"
}

# Cut where the proof is asked for: the set is void, and the next run begins
# again, with another passphrase if they like.
run "$people" --words plan.words --passphrase "$pass" \
	--stop-after 'from the paper: it opens' --shown shown keep \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
[ "$STATUS" -eq 137 ] || complain "it should have been cut" people
nowhere

# Too short, not the same, then right; at the proof first another one.
rm -r keep/sheets
must_pass "$people" --words plan.words --passphrase 'too short' \
	--passphrase "$pass" --passphrase "$pass." --passphrase "$pass" \
	--passphrase "$pass" --passphrase "another $pass" \
	--passphrase "$pass" --shown shown keep \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
nowhere
for said in 'FORMATS 4.50: 9 characters' 'the second time it was' \
	'FORMATS 4.51: it is not the passphrase'; do
	tr -s ' \r\n' ' ' <shown | grep -qF "$said" || fail "nobody said: $said"
done
grep -lF 'FORMATS 4.51: it is not the passphrase' state/record/*.json |
	wc -l | grep -qx 1 || fail "the refusal is not in the record"
grep -q '"kind":"void"' state/record/*.json || fail "no set is void"
must_pass "$ANCHORITE" ceremony verify --state state
must_pass "$ANCHORITE" state show --state state
must_say "g1, epoch 2 (live): kept by clara"

# The second machine.
printf '  %s\r\n' "$pass" >pass.txt
must_pass "$ANCHORITE" ceremony reproduce --after state --passphrase pass.txt \
	keep/sheets/g1-e2-sheet0[13].txt
must_say "every byte is equal"

# Whoever leaves the passphrase out of the next sheets is told.
{
	plan 2 "$(fact state head)" production
	printf '\n[reshare g1]\nneed = 1 group\ngroup.main = %s\nwaive = anna\n' \
		'2 of 3: anna, bruno, clara'
} >bare.ini
must_pass "$ANCHORITE" ceremony check bare.ini --room room.ini
must_say "the new sheets of root g1 open it without a passphrase: those of epoch 2 need the one that clara keeps"
echo 'passphrase = anna' >>bare.ini
must_pass "$ANCHORITE" ceremony check bare.ini --room room.ini
! grep -q "without a passphrase" "$OUT" || fail "there is one"

# The next ceremony, at its terminal; and where nobody types, nothing happens.
{
	plan 2 "$(fact state head)" production
	crl g1 400
} >plan2.ini
plan_words plan2.ini >plan2.words
must_pass "$people" --words plan2.words --passphrase "$pass" --shown shown \
	keep "$ANCHORITE" ceremony run plan2.ini --room room.ini
nowhere
grep -q 'The sheets of root g1 are there. Now clara enters' shown ||
	fail "its keeper was not asked by name"
