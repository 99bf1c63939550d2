#!/bin/sh
# Holders look at their sheets, each alone, and no root is opened: what is
# refused, what is found, what is due, a cut in the middle, and what a record of
# it cannot be made to say.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/checkups.sh"

genesis >plan.ini
must_pass hold plan.ini
must_verify

# --- plans that are refused, before anybody is asked ---

# refused FRAGMENT LINE...: a [checkup] of these lines, and nothing was written.
refused() {
	fragment=$1
	shift
	{
		next 2 state
		printf '\n[checkup year]\n'
		printf '%s\n' "$@"
	} >bad.ini
	cp bad.ini inbox/bad.ini
	must_refuse 1 "$fragment" "$ANCHORITE" ceremony check inbox/bad.ini \
		--state state
	remember_files state
	must_refuse 1 "$fragment" "$ANCHORITE" ceremony check bad.ini \
		--room room.ini
	no_new_files state
	rm inbox/bad.ini
}
refused "FORMATS 3.13: [checkup year] needs root" "sheets = 1"
refused "FORMATS 3.80: root g9 has no live sheets" "root = g9"
refused "FORMATS 3.80: root g1 has 3 sheets, and no sheet 4" "root = g1" \
	"sheets = 1, 4"
refused "FORMATS 3.72: sheets are numbers that rise: 1-3, 5" \
	"root = g1" "sheets = 2, 1"
refused "FORMATS 3.72: sheets are numbers" "root = g1" "sheets = 0"
refused "FORMATS 3.72: sheets are numbers" "root = g1" "sheets = some"
refused "FORMATS 3.73: there is no [person nobody]" "root = g1" "waive = nobody"
# RULES S4: of several holders of one set as many as open it
refused "FORMATS 3.81: enough sheets to open root g1 would be read on one machine" \
	"root = g1"
refused "FORMATS 3.81: enough sheets to open root g1" "root = g1" \
	"sheets = all"
refused "FORMATS 3.81: enough sheets to open root g1" "root = g1" \
	"sheets = 1, 3"
refused "FORMATS 3.81: enough sheets to open root g1" "root = g1" \
	"sheets = 2-3"
refused "FORMATS 3.81: enough sheets to open root g1" "root = g1" \
	"sheets = 1" "" "[checkup more]" "root = g1" "sheets = 2"
refused "FORMATS 3.80: sheet 1 of root g1 is looked at twice" "root = g1" \
	"sheets = 1" "" "[checkup more]" "root = g1" "sheets = 1"

# where the root is opened anyway, its sheets meet anyway
{
	next 2 state
	printf '\n[checkup year]\nroot = g1\n\n[crl g1]\nby = g1\ndays = 30\n'
} >inbox/open.ini
must_pass "$ANCHORITE" ceremony check inbox/open.ini --state state
rm inbox/open.ini

# --- a check-up: one is good, one absent, one was copied wrongly ---

{
	next 2 state
	printf '\n[checkup year]\nroot = g1\nwaive = bruno\n'
} >plan2.ini
cp plan2.ini inbox
must_pass "$ANCHORITE" ceremony check inbox/plan2.ini --state state
must_say "by the word of bruno, enough sheets to open root g1 may be read on one machine"
rm inbox/plan2.ini
cp -a state before
cp -a keep keep-before
# a slip of the first holder is asked again; clara types words where none are
# asked for, one row and then all, and her sheet fell into water
all=$(sed -n 's/^share: //p' keep/sheets/g1-e1-sheet03.txt)
row=$(echo "$all" | cut -d' ' -f5-8)
must_pass hold plan2.ini --mistake read-back --screen screen \
	--answer holder --answer holder --answer absent --answer "$row" \
	--answer "$all" --answer damaged
[ "$(grep -c 'That is none of these words' shown)" -eq 2 ] ||
	fail "words were an answer"
must_verify
must_say "ceremonies  2"
log_has '"holder":"anna","result":"good","how":"typed","tries":"2"'
log_has '"holder":"bruno","result":"absent","step"'
log_has '"holder":"clara","result":"damaged","step"'
log_has 'sheet 1 of anna: FORMATS 4.6: the checksum of the share'
# no other share, and no root: nobody signed
[ "$(find state/record -name '*.p7s' | wc -l)" -eq 1 ] ||
	fail "a root was opened"
for sheet in keep/sheets/*; do
	sed -n 's/^share: //p' "$sheet" | cut -d' ' -f2-5
done >pieces
! grep -rqF -f pieces state screen || fail "secret words were left behind"

must_pass "$ANCHORITE" state show --state state
must_say "sheet 3, clara: damaged in ceremony 2"
must_say "sheet 2, bruno: absent in ceremony 2"
! grep -q "^check-ups" "$OUT" || fail "something is due on the same day"

# --- it is computed again, and asks for no sheet of a quorum ---

remember_files state
must_pass "$ANCHORITE" ceremony reproduce --after state --before before \
	keep/sheets/g1-e1-sheet01.txt
must_say "every byte is equal"
no_new_files state

# --- what is due ---

# at DAYS FRAGMENT...: that many days from now `state show` says so.
at() {
	must_pass faketime -f "+$1d" "$ANCHORITE" state show --state state
	shift
	for fragment; do
		must_say "$fragment"
	done
}
if command -v faketime >/dev/null && ! ldd "$ANCHORITE" | grep -q libasan; then
	day=$(date -u -d '+365 days' +%Y-%m-%d)
	at 340 "g1, epoch 1: sheet 1, anna, due on $day" \
		"g1, epoch 1: sheet 2, bruno, due on $day" \
		"g1, epoch 1: sheet 3, clara, due on $day"
	at 366 "g1, epoch 1: sheet 1, anna, overdue since $day"
	at 330
	! grep -q "^check-ups" "$OUT" || fail "it is said too early"
fi

# --- another sheet than the one that is looked at ---

{
	next 3 state
	printf '\n[checkup alone]\nroot = g1\nsheets = 2\n'
} >plan3.ini
mv keep/sheets/g1-e1-sheet02.txt own
cp keep/sheets/g1-e1-sheet03.txt keep/sheets/g1-e1-sheet02.txt
must_pass hold plan3.ini --answer holder --answer missing
mv own keep/sheets/g1-e1-sheet02.txt
must_verify
log_has 'sheet 2 of bruno: FORMATS 4.43: it is sheet 3, clara, and not sheet 2'
log_has '"holder":"bruno","result":"missing"'

# --- a cut in the middle: what was looked at is not looked at again ---

rm -rf state keep
cp -a before state
cp -a keep-before keep
run hold plan2.ini --stop-after "Sheet 2 of root g1, epoch 1, is held by"
[ "$STATUS" -eq 137 ] || fail "it was not cut"
log_has '"holder":"anna","result":"good"'
log_hasnt '"holder":"bruno","result"'
must_pass hold plan2.ini
must_verify
[ "$(grep -c "is held by anna" shown)" -eq 0 ] || fail "anna came twice"
[ "$("$ANCHORITE" ceremony log --state state | grep -c '"result":"good"')" -eq 3 ] ||
	fail "not all three were looked at"
log_has '"kind":"resumed"'
must_pass "$ANCHORITE" ceremony reproduce --after state --before before \
	keep/sheets/g1-e1-sheet01.txt

# ended in the middle, the rest is named
rm -rf state keep
cp -a before state
cp -a keep-before keep
run hold plan2.ini --stop-after "Sheet 2 of root g1, epoch 1, is held by"
must_pass "$people" --shown shown keep "$ANCHORITE" ceremony end plan2.ini \
	--room room.ini --reason "bruno is ill"
must_verify
log_has '"steps":["checkup year: 1 of 3 done"]'

# --- forged records ---

rm -rf state
cp -a before state
rm -rf keep
cp -a keep-before keep
must_pass hold plan2.ini
last=$(number '"kind":"checked"')
forged "FORMATS 7.5: root g2 has no sheet 1 of epoch 1" fact "$last" root g2
forged "FORMATS 7.5: sheet 2 is not held by anna" fact "$last" sheet 2
"$HELPER/forge" fact forged "$last" holder bruno || fail "no forgery"
must_refuse 1 "it is not the check-up of sheet 1 of root g1" "$ANCHORITE" \
	ceremony verify --state forged
forged "FORMATS 7.5: sheet 1 is not held by bruno" fact "$last" holder bruno
forged "FORMATS 7.5: a check-up finds a sheet good, absent, missing or damaged" \
	fact "$last" result fine
forged "FORMATS 7.5: how and how often stand beside a sheet that was found good" \
	fact "$last" result absent
forged "FORMATS 7.5: how and how often" fact "$last" tries 0
forged "FORMATS 7.5: it says \"note\"" fact "$last" note x
forged "FORMATS 7.5: anna is no deputy of anna" fact "$last" by anna
forged "FORMATS 7.5: step and item are not its last facts" fact "$last" by bruno
forged "FORMATS 7.5: root g1 has no sheet 9" fact "$last" sheet 9
forged "FORMATS 7.5: root g1 has no sheet 1 of epoch 2" fact "$last" epoch 2

# --- what was found missing is no sheet that could be left ---

cp -a state whole
cp -a keep keep-whole
{
	next 3 state
	printf '\n[checkup look]\nroot = g1\nsheets = 3\n'
} >plan3.ini
must_pass hold plan3.ini --answer missing
must_pass "$ANCHORITE" state show --state state
must_say 'sheet 3, clara: missing in ceremony 3'
{
	next 4 state
	printf '\n[destroy d]\nroot = g1\nepoch = 1\nsheets = 1\n'
} >plan4.ini
must_refuse 1 'FORMATS 3.72: nothing would open root g1 any more: too few of its sheets are left, those not counted that a check-up found missing or damaged' \
	"$ANCHORITE" ceremony check plan4.ini --room room.ini
# in one plan: it is refused before anything burns
rm -rf state keep
cp -a whole state
cp -a keep-whole keep
{
	cat plan3.ini
	printf '\n[destroy d]\nroot = g1\nepoch = 1\nsheets = 1\n'
} >both.ini
must_refuse 1 'FORMATS 3.72: nothing would open root g1 any more' \
	hold both.ini --answer missing
log_hasnt '"kind":"destroyed"'
# written once more it is there again, and nobody is told otherwise
rm -rf state keep
cp -a whole state
cp -a keep-whole keep
must_pass hold plan3.ini --answer missing
{
	next 4 state
	printf '\n[replace-share r]\nroot = g1\nsheet = 3\nreason = lost\nwaive = anna\n'
} >plan4.ini
must_pass hold plan4.ini
must_pass "$ANCHORITE" state show --state state
! grep -q 'missing in ceremony' "$OUT" || fail "what was replaced is still missing"
{
	next 5 state
	printf '\n[destroy d]\nroot = g1\nepoch = 1\nsheets = 1\n'
} >plan5.ini
must_pass "$ANCHORITE" ceremony check plan5.ini --room room.ini

# --- the example runs on what the example of two people leaves ---

cd "$WORK"
mkdir example
cd example
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout team.key -subj "/CN=gateway team" -sha256 -out gateway.csr \
	2>openssl.err || fail "no request"
"$ANCHORITE" ceremony example two-people | sed "s/^request = .*/request = gateway.csr sha384:$(sha384sum gateway.csr | cut -d' ' -f1)/" >plan.ini
must_pass "$ANCHORITE" rehearse --plan plan.ini --dir r
must_pass "$ANCHORITE" state show --state r/state --json
"$ANCHORITE" ceremony example checkup | sed "s/^mode = .*/mode = rehearsal/
s/^previous = .*/previous = $(sed -n 's/.*"head": *"\([^"]*\)".*/\1/p' "$OUT")/
s/^effective = .*/effective = $(date -u +%Y-%m-%dT%H:%M:00Z)/
s/^latest = .*/latest = 2099-01-01/" >r/inbox/year.ini
must_pass "$ANCHORITE" ceremony check r/inbox/year.ini --state r/state
cp r/inbox/year.ini r/
rm r/inbox/year.ini
"$ANCHORITE" words r/year.ini | tail -n +2 >r/paper/plan.words
must_pass "$ANCHORITE" ceremony run r/year.ini --room r/room.ini
must_pass "$ANCHORITE" ceremony verify --state r/state
must_say "ceremonies  2"
[ "$("$ANCHORITE" ceremony log --state r/state |
	grep -c '"result":"good","how":"rehearsed"')" -eq 3 ] ||
	fail "not all three were looked at"
