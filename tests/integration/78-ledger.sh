#!/bin/sh
# custody = bags: numbers that go out and come in, what is asked before a sheet
# is read, what does not agree, and what leaves the sticks of it: nothing.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/checkups.sh"

# --- what a plan may say ---

MORE="custody = boxes"
genesis >bad.ini
must_refuse 1 "FORMATS 3.12: custody: one of bags" "$ANCHORITE" ceremony check bad.ini

# --- out: a number that is used once ---

MORE="custody = bags"
genesis >plan.ini
must_pass hold plan.ini --mistake bag --answer anna --answer dario
must_verify
tr -d '\r' <shown | grep -qF "Read from the bag what stands on the bag of sheet 1 of root g1, epoch 1, of anna." ||
	fail "nobody asked for a bag"
must_pass "$ANCHORITE" state show --state state
must_say "bags        g1, epoch 1: sheet 1, anna, out on $(date -u +%Y-%m-%d), bag B-0001, seal B-0002, carried by anna"
must_say "g1, epoch 1: sheet 2, bruno, out on $(date -u +%Y-%m-%d), bag "
must_say ", carried by dario"
[ "$(find state/private -name '*.txt' | wc -l)" -eq 3 ] || fail "not three bags"
cp -a state before
cp -a keep keep-before

# computed again on another machine, which asks nothing
must_pass "$ANCHORITE" ceremony reproduce --after state keep/sheets/g1-e1-sheet0[12].txt
must_say "every byte is equal"

# --- what leaves the sticks ---

must_pass "$ANCHORITE" state publish --state state --to desk
if grep -rqE 'B-0|carrier' desk; then
	fail "numbers were published"
fi
must_pass "$ANCHORITE" ceremony verify --state desk
must_pass "$ANCHORITE" state show --state desk
must_say "g1, epoch 1: sheet 1, anna, out on $(date -u +%Y-%m-%d)"
! grep -q "B-0001" "$OUT" || fail "a desk copy shows numbers"

# --- in: before the words, from the bag alone ---

{
	next 2 state
	printf '\n[checkup anna]\nroot = g1\nsheets = 1\n'
} >plan2.ini
must_pass hold plan2.ini
must_verify
log_has '"sheet":"1","way":"in","match":"yes"'
# the number of record is shown by nobody but who types it
seal=$(sed -n 's/^seal //p' before/private/*.txt | head -n 1)
tr -d '\r' <shown | awk -v seal="$seal" '
	/before it is opened, what stands on the seal of sheet 1/ { asked = NR }
	index($0, seal) && !asked { exit 1 }
	/enter all its words/ { words = NR }
	END { exit !(asked && words > asked) }' ||
	fail "the seal was not asked for before the words, or was shown"
# and the sheet goes out again in a new bag, with another seal
[ "$("$ANCHORITE" ceremony log --state state |
	grep -c '"sheet":"1","way":"out"')" -eq 2 ] || fail "it lies open"
must_pass "$ANCHORITE" state show --state state
! grep -q "seal $seal," "$OUT" || fail "the old seal is the one of record"
must_pass "$ANCHORITE" ceremony reproduce --after state --before before \
	keep/sheets/g1-e1-sheet01.txt
must_say "every byte is equal"

# --- a seal that is another: said, recorded, and people decide ---

{
	next 3 state
	printf '\n[crl g1]\nby = g1\ndays = 30\n'
} >plan3.ini
cp -a state two
cp -a keep keep-two
must_pass hold plan3.ini --mistake seal
must_verify
tr -d '\r' <shown | grep -qF "FORMATS 7.42: the seal of sheet 1 of root g1 is not the one of record" ||
	fail "nobody was told of another seal"
log_has '"sheet":"1","way":"in","match":"no"'
log_has '"sheet":"2","way":"in","match":"yes"'
log_hasnt '"sheet":"3","way":"in"'
must_pass "$ANCHORITE" state show --state state
must_say "; its last seal was not the one of record"
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"way":"out"')" -eq 6 ] ||
	fail "not both sheets went out again"

# people who do not go on
rm -rf state keep
cp -a two state
cp -a keep-two keep
must_refuse 1 "the answer was no: FORMATS 7.42" hold plan3.ini \
	--mistake seal --mistake no
log_has '"match":"no"'
log_hasnt '"kind":"list","actor":"anna","facts":{"root":"g1","file":"1"'
# nor after a cut, nor when the command is run again, without being asked
must_refuse 1 "the answer was no: FORMATS 7.42: the seal of sheet 1" \
	hold plan3.ini --mistake no
must_pass hold plan3.ini
must_verify
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"match":"no"')" -eq 1 ] ||
	fail "a seal that is in the record was typed again"
tr -d '\r' <shown | grep -qF "the seal of sheet 1 of root g1 is not the one of record" ||
	fail "who goes on was not told of another seal"

# another sheet than the one that was to come
rm -rf state keep
cp -a two state
cp -a keep-two keep
must_pass hold plan3.ini --answer 2
must_verify
log_has 'FORMATS 4.44: sheet 2 was to come, and this is sheet 1, anna'

# --- a cut between a sheet and its bag: the bag is asked for when it goes on ---

rm -rf state keep
cp -a before state
cp -a keep-before keep
run hold plan2.ini --stop-after "what stands on the bag of sheet 1"
[ "$STATUS" -eq 137 ] || fail "it was not cut"
log_has '"kind":"checked"'
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"way":"out"')" -eq 3 ] ||
	fail "a bag went out that nobody typed"
must_pass hold plan2.ini
must_verify
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"way":"out"')" -eq 4 ] ||
	fail "the sheet lies open"
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"way":"in"')" -eq 1 ] ||
	fail "it came in more than once"

# in the middle of the root's sheets: that set is void, and so are its bags
rm -rf state keep
run hold plan.ini --stop-after "what stands on the bag of sheet 2"
[ "$STATUS" -eq 137 ] || fail "it was not cut"
must_pass hold plan.ini
must_verify
must_pass "$ANCHORITE" state show --state state
must_say "g1, epoch 1 (void): sheet 1, anna, out on"
must_say "g1, epoch 2: sheet 3, clara, out on"

# while a root is open: its sheets come in once more, and go out once more
rm -rf state keep
cp -a two state
cp -a keep-two keep
run hold plan3.ini --stop-after "close the record"
[ "$STATUS" -eq 137 ] || fail "it was not cut"
must_pass hold plan3.ini
must_verify
must_pass "$ANCHORITE" ceremony reproduce --after state --before two \
	keep/sheets/g1-e1-sheet0[12].txt

# --- burnt: from a bag whose seal is looked at, and into no other ---

# outs STATE: how often a sheet of epoch 1 went out
outs() {
	"$ANCHORITE" ceremony log --state "$1" |
		grep -c '"epoch":"1","sheet":"[0-9]*","way":"out"'
}
rm -rf state keep
cp -a two state
cp -a keep-two keep
{
	next 3 state
	cat <<-INI

	[reshare g1]
	need = 1 group
	group.main = 2 of 3: anna@office, bruno@bank, clara@notary

	[destroy old]
	root = g1
	epoch = 1
	INI
} >burn.ini
must_pass hold burn.ini
must_verify
for sheet in 1 2 3; do
	log_has "\"epoch\":\"1\",\"sheet\":\"$sheet\",\"way\":\"in\",\"match\":\"yes\""
done
[ "$(outs state)" -eq "$(outs two)" ] || fail "ashes went out in a bag"
tr -d '\r' <shown | awk '/on the seal of sheet 3 of root g1, epoch 1/ { seal = NR }
	/see it burnt: sheet 3 of root g1, epoch 1/ { burnt = NR }
	END { exit !(seal && burnt > seal) }' ||
	fail "sheet 3 was burnt before its seal was looked at"

# one that somebody else may have had: the room goes on, or does not
{
	next 4 state
	printf '\n[destroy new]\nroot = g1\nepoch = 2\nsheets = 3\n'
} >burn4.ini
cp -a state three
cp -a keep keep-three
must_refuse 1 "the answer was no: FORMATS 7.42" hold burn4.ini \
	--mistake seal --mistake no
log_hasnt '"kind":"destroyed","actor":"anna","facts":{"step":"destroy new"'
rm -rf state keep
cp -a three state
cp -a keep-three keep
must_pass hold burn4.ini --mistake seal
must_verify
log_has '"epoch":"2","sheet":"3","way":"in","match":"no"'

# --- what a record cannot be made to say ---

rm -rf state keep
cp -a two state
cp -a keep-two keep
must_pass hold plan3.ini --mistake seal
in=$(number '"match":"no"')
out=$(number '"way":"out"')
forged "FORMATS 7.42: it says of the seal what is not so" fact "$in" match yes
forged "FORMATS 7.40: of a seal that comes in it says yes or no" \
	fact "$in" match maybe
forged "FORMATS 7.40: of a seal that comes in it says yes or no" \
	fact "$out" match yes
forged "FORMATS 7.40: a bag goes out or comes in" fact "$out" way off
forged "FORMATS 7.40: of a seal that comes in" fact "$in" way out
forged "FORMATS 7.5: root g1 has no sheet 8" fact "$out" sheet 8
forged "FORMATS 7.5: it says \"seal\"" fact "$out" seal B-0001
forged "FORMATS 7.40: its one file should be private/" private "$out" more.txt
forged "FORMATS 7.40: its one file should be private/" \
	rename "$out" private/other.txt

# tampered FRAGMENT SED: the file of the first bag so changed, and committed.
tampered() {
	rm -rf forged
	cp -a state forged
	file=$(printf 'forged/private/%06d.txt' "$out")
	sed -i "$2" "$file"
	must_refuse 1 "its digest is not the one the record has" "$ANCHORITE" \
		ceremony verify --state forged
	"$HELPER/forge" object forged "$out" || fail "no forgery"
	must_refuse 1 "$1" "$ANCHORITE" ceremony verify --state forged
}
tampered "FORMATS 7.40: it is not of the form" 's/^carrier .*/carrier/'
tampered "FORMATS 7.40: it is not of the form" 's/^salt ..../salt /'
tampered "FORMATS 7.40: it is not of the form" "\$ a note"
tampered "FORMATS 7.40: it goes the other way" 's/bag out/bag in/; /^bag /d; /^carrier /d'
third=$(sed -n 's/^bag //p' "$(printf 'state/private/%06d.txt' \
	"$("$ANCHORITE" ceremony log --state state | grep -n '"way":"out"' |
	sed -n 3p | cut -d: -f1)")")
tampered "FORMATS 7.41: a bag of this number went out before" \
	"s/^bag .*/bag $third/"

# a plan that keeps no bags has none in its record
rm -rf state keep
MORE=
genesis >plain.ini
must_pass hold plain.ini
log_hasnt '"kind":"custody"'
[ ! -e state/private ] || fail "something private was written"
