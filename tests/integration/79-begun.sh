#!/bin/sh
# Goal: a copy of a sheet that a cut left in somebody's hands is in the record,
# counts as out of control whoever has it (RULES S3, S5), and no more once it was
# found and burnt.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/checkups.sh"

# again NUMBER REASON [LINE...]: a plan that writes sheet 2 once more
again() {
	next "$1" state
	printf '\n[replace-share r]\nroot = g1\nsheet = 2\nreason = %s\n' "$2"
	shift 2
	for line; do
		echo "$line"
	done
}

SCHEME='3 of 4: anna@office, bruno@bank, clara@notary, dario'
genesis >plan.ini
must_pass hold plan.ini

# --- no quorum comes: nothing was shown, and nothing is begun ---

again 2 damaged >plan2.ini
cp -a state before
cp -a keep keep-before
run hold plan2.ini --stop-after 'is opened by its holders'
[ "$STATUS" -eq 137 ] || fail "it was not cut"
log_hasnt '"kind":"begun"'
must_pass "$people" --words written --shown shown keep "$ANCHORITE" \
	ceremony end plan2.ini --room room.ini --reason 'nobody came'
must_pass "$ANCHORITE" state show --state state
! grep -q 'a copy was lost' "$OUT" || fail "a copy that never was is lost"
rm -rf state keep
cp -a before state
cp -a keep-before keep
rm -rf before keep-before

# --- a cut while the words are on the table ---

again 2 damaged 'holder = dario' >plan2.ini
cp -a state before
cp -a keep keep-before
run hold plan2.ini --stop-after 'burnt?'
[ "$STATUS" -eq 137 ] || fail "it was not cut"
log_has '"kind":"begun"'
log_has '"holder":"dario"'
log_hasnt '"kind":"replaced"'
must_pass "$ANCHORITE" state show --state state
must_say 'sheet 2, group main, bruno at bank; a copy was lost'
cp -a state cut
cp -a keep keep-cut

# --- it goes on: the same entry, and no copy is lost ---

must_pass hold plan2.ini
must_verify
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"kind":"begun"')" -eq 1 ] ||
	fail "it was begun twice"
must_pass "$ANCHORITE" state show --state state
must_say 'sheet 2, group main, dario'
! grep -q 'a copy was lost' "$OUT" || fail "a copy that is its sheet was lost"
must_pass "$ANCHORITE" ceremony reproduce --after state --before before \
	keep/sheets/g1-e1-sheet0[134].txt
must_say "every byte is equal"

# --- nobody goes on: the witness saw nothing burnt, and the ceremony ends ---

rm -rf state keep
cp -a cut state
cp -a keep-cut keep
must_refuse 1 'FORMATS 3.71: a damaged sheet that is not burnt is lost' \
	hold plan2.ini --mistake no
must_pass "$people" --words written --shown shown keep "$ANCHORITE" \
	ceremony end plan2.ini --room room.ini --reason 'nobody is here'
must_pass "$ANCHORITE" ceremony verify --state state
# what dario has read counts with what he holds
again 3 damaged 'holder = dario' | sed 's/^sheet = 2/sheet = 3/' >plan3.ini
{
	cat plan3.ini
	printf '\n[replace-share first]\nroot = g1\nsheet = 1\nreason = damaged\nholder = dario\n'
} >all.ini
must_refuse 1 'had dario alone would have enough sheets' \
	"$ANCHORITE" ceremony check all.ini --room room.ini
# and one more that is lost makes two of three
again 3 lost | sed 's/^sheet = 2/sheet = 1/' >plan3.ini
must_refuse 1 'RULES S3: sheets of root g1 out of control: 2, and 3 open it' \
	"$ANCHORITE" ceremony check plan3.ini --room room.ini

# --- it is found, and burnt ---

{
	next 3 state
	printf '\n[destroy copy]\nroot = g1\nepoch = 1\nwhat = found\nsheets = 2\n'
} >plan3.ini
must_pass hold plan3.ini
must_verify
must_pass "$ANCHORITE" state show --state state
! grep -q 'a copy was lost' "$OUT" || fail "what was burnt is still lost"
again 4 lost | sed 's/^sheet = 2/sheet = 1/' >plan4.ini
must_pass "$ANCHORITE" ceremony check plan4.ini --room room.ini

# --- a holder gives up: nobody is told to burn what is good ---

rm -rf state keep
cp -a before state
cp -a keep-before keep
# given_up SENTENCE: the ceremony of plan2.ini is, and nothing is called gone
given_up() {
	run hold plan2.ini --mistake give-up
	[ "$STATUS" -eq 1 ] || fail "it was not given up"
	grep -q "^anchorite: $1: the ceremony is closed early\$" "$ERR" ||
		fail "giving up has no sentence, or calls a live root gone"
}
# said TEXT: what the holder was told first, however wide the window is
said() {
	tr -d '\r' <shown | tr -s '\n ' '  ' >line
	grep -qF -- "$1" line || fail "the holder was not told: $1"
	! grep -qF 'the seed is destroyed' line ||
		fail "the holder was told that the seed is destroyed"
}
given_up 'given up by dario while sheet 2 of root g1 was read back'
said 'Giving up ends the ceremony. All sheets of root g1, epoch 1, stay good; this copy is out of control until it is burnt.'
! grep -q 'are void' "$ERR" || fail "live sheets are called void"
grep -q '^this copy is out of control, and can only do harm: burn it, if it was written; \[destroy\] with what = found records it$' \
	"$ERR" || fail "nobody is told what to burn"
grep -q '^  sheet 2 of root g1, epoch 1, begun for dario$' "$ERR" ||
	fail "nobody is told which copy to burn"
must_pass "$ANCHORITE" ceremony verify --state state

# the same at a cut, and the end
rm -rf state keep
cp -a cut state
cp -a keep-cut keep
must_pass "$people" --words written --shown shown keep "$ANCHORITE" \
	ceremony end plan2.ini --room room.ini --reason 'nobody is here'
grep -q '^  sheet 2 of root g1, epoch 1, begun for dario$' "$ERR" ||
	fail "nobody is told which copy to burn"

rm -rf state keep
cp -a before state
cp -a keep-before keep
{
	next 2 state
	printf '\n[reshare g1]\nneed = 1 group\ngroup.main = %s\n' "$SCHEME"
} >plan2.ini
given_up 'given up by anna while sheet 1 of root g1 was read back'
said 'Giving up ends the ceremony: every sheet of root g1, epoch 2, that was written is void. Those of epoch 1 stay good: burn none of them.'
grep -q '^  root g1, epoch 2: sheet 1 of anna at office$' "$ERR" ||
	fail "a void sheet is named as a live one"
grep -q '^  of root g1 the sheets of epoch 1 are good: burn none of them$' \
	"$ERR" || fail "nobody is told what to keep"
must_pass "$ANCHORITE" ceremony verify --state state

# --- a record that says it of somebody else ---

rm -rf state
cp -a cut state
forged 'another holder than plan and set' \
	fact "$(number '"kind":"begun"')" holder anna
