#!/bin/sh
# A holder who cannot come has a deputy: who may be one, who is asked about, what
# the record says, and when the holder has to look at the sheet after that.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/checkups.sh"

# --- plans that are refused ---

# refused FRAGMENT: the genesis as it is now, and nothing was written.
refused() {
	genesis >bad.ini
	cp bad.ini inbox/bad.ini
	must_refuse 1 "$1" "$ANCHORITE" ceremony check inbox/bad.ini
	rm inbox/bad.ini
	"$ANCHORITE" words bad.ini | tail -n +2 >written || :
	must_refuse 1 "$1" "$people" --words written keep "$ANCHORITE" ceremony \
		run bad.ini --room room.ini
	[ ! -e state ] || fail "a refused plan left a state"
}
CLARA="deputy = nobody"
refused "FORMATS 3.15: no [person nobody]"
CLARA="deputy = clara"
refused "FORMATS 3.22: clara cannot be the deputy of clara"
CLARA="deputy = No One"
refused "FORMATS 3.12: deputy: a word is"
# who holds a sheet and stands in for another would read two of three
CLARA="deputy = bruno"
refused "FORMATS 3.20: as holder and as deputy bruno alone would read enough sheets to open root g1"
# and so would one person who stands in for two
SCHEME="2 of 3: anna, clara@bank, clara@notary"
CLARA="deputy = dario"
refused "FORMATS 3.20: the sheets of clara alone would open root g1"
SCHEME=

# --- a deputy reads the sheet back ---

CLARA="deputy = dario"
genesis >plan.ini
must_pass hold plan.ini --answer deputy
must_verify
tr -d '\r' <shown | grep -qF "Sheet 3 of root g1, epoch 1, is held by clara; the deputy is dario. Who reads it?" ||
	fail "nobody asked who reads it"
[ "$(grep -c 'is held by' shown)" -eq 1 ] || fail "it was asked more than once"
log_has '"sheet":"3","holder":"clara","by":"dario","how":"typed"'
log_hasnt '"holder":"anna","by"'
cp -a state before
cp -a keep keep-before
must_pass "$ANCHORITE" ceremony reproduce --after state keep/sheets/g1-e1-sheet0[12].txt
must_say "every byte is equal"

# the holder's own look is due in 30 days
must_pass "$ANCHORITE" state show --state state
must_say "g1, epoch 1: sheet 3, clara, due on $(date -u -d '+30 days' +%Y-%m-%d), for dario stood in"
must_pass "$ANCHORITE" state show --state state --json
must_say '"check-ups"'

# --- a record that says another stood in ---

e=$(number '"by":"dario"')
forged "FORMATS 3.22: bruno is not the deputy of clara in the plan" \
	fact "$e" by bruno
forged "FORMATS 7.5: clara is no deputy of clara" fact "$e" by clara

# --- who once stood in has read it: with a deputy more it would be too many ---

# dario read clara's sheet, and would now read anna's
CLARA='' ANNA="deputy = dario"
{
	next 2 state
	printf '\n[crl g1]\nby = g1\ndays = 30\n'
} >again.ini
CLARA="deputy = dario" ANNA=''
cp again.ini inbox/again.ini
must_refuse 1 "FORMATS 3.22: as holder and as deputy dario alone would read enough sheets to open root g1" \
	"$ANCHORITE" ceremony check inbox/again.ini --state state
remember_files state
must_refuse 1 "FORMATS 3.22: as holder and as deputy dario" "$ANCHORITE" \
	ceremony check again.ini --room room.ini
no_new_files state
rm inbox/again.ini

# --- the root is opened: by two holders, then with a deputy ---

{
	next 2 state
	printf '\n[crl g1]\nby = g1\ndays = 30\n'
} >plan2.ini
must_pass hold plan2.ini
must_verify
log_hasnt '"kind":"stood-in"'
! grep -q 'is held by' shown || fail "it was asked of holders without a deputy"

rm -rf state keep
cp -a before state
cp -a keep-before keep
rm keep/sheets/g1-e1-sheet01.txt # bruno and clara's deputy come
must_pass hold plan2.ini --answer deputy
must_verify
log_has '"kind":"stood-in","actor":"anna","facts":{"root":"g1","epoch":"1","sheet":"3","holder":"clara","by":"dario"}'
must_pass "$ANCHORITE" ceremony reproduce --after state \
	keep-before/sheets/g1-e1-sheet0[12].txt
must_say "every byte is equal"
e=$(number '"kind":"stood-in"')
forged "FORMATS 3.22: bruno is not the deputy of clara in the plan" \
	fact "$e" by bruno
forged "FORMATS 7.5: sheet 2 is not held by clara" fact "$e" sheet 2
forged "FORMATS 7.5: it says \"how\"" fact "$e" how typed

# cut while it signs, and on: the deputy comes again, and is in the record once
# the rest was computed again
rm -rf state keep
cp -a before state
cp -a keep-before keep
rm keep/sheets/g1-e1-sheet01.txt
run hold plan2.ini --answer deputy --stop-after "close the record"
[ "$STATUS" -eq 137 ] || fail "it was not cut"
must_pass hold plan2.ini --answer deputy
must_verify
[ "$("$ANCHORITE" ceremony log --state state |
	grep -c '"kind":"stood-in"')" -eq 2 ] ||
	fail "the deputy is not in the record both times"
[ "$(number '"kind":"resumed"')" -lt "$("$ANCHORITE" ceremony log \
	--state state | grep -n '"kind":"stood-in"' | tail -n 1 |
	cut -d: -f1)" ] || fail "the record was not said to be resumed first"

# --- a check-up by the deputy puts nothing off; by the holder it does ---

{
	next 3 state
	printf '\n[checkup deputy]\nroot = g1\nsheets = 3\n'
} >plan3.ini
must_pass hold plan3.ini --answer deputy
must_verify
log_has '"holder":"clara","result":"good","how":"typed","tries":"1","by":"dario"'
must_pass "$ANCHORITE" state show --state state
must_say "sheet 3, clara, due on $(date -u -d '+30 days' +%Y-%m-%d), for dario stood in"
e=$(number '"kind":"checked"')
forged "FORMATS 3.22: anna is not the deputy of clara in the plan" \
	fact "$e" by anna
{
	next 4 state
	printf '\n[checkup own]\nroot = g1\nsheets = 3\n'
} >plan4.ini
must_pass hold plan4.ini --answer holder
must_verify
must_pass "$ANCHORITE" state show --state state
! grep -q "^check-ups" "$OUT" || fail "it is due although clara came"
if command -v faketime >/dev/null && ! ldd "$ANCHORITE" | grep -q libasan; then
	must_pass faketime -f +40d "$ANCHORITE" state show --state before
	must_say "sheet 3, clara, overdue since "
fi

# --- folders play the holder, and a plan without deputies asks nothing ---

printf '[room]\nstate-a = played\ninbox = inbox\npaper = paper\nsheets = sheets\n' >played.ini
mkdir paper sheets
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass "$ANCHORITE" ceremony run plan.ini --room played.ini
must_pass "$ANCHORITE" ceremony verify --state played
! "$ANCHORITE" ceremony log --state played | grep -q '"by"' ||
	fail "a deputy was played"
