#!/bin/sh
# Goal: a sheet that is lost, damaged or with somebody who left is written once
# more, the same to the word; sheets out of control are counted over all epochs,
# and at one less than a quorum nothing but another root helps (RULES S3).
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/rows.sh"

# replace SHEET REASON [LINE...]: a row of that name
replace() {
	printf '[replace-share sheet-%s]\nroot = g1\nsheet = %s\nreason = %s\n' \
		"$1" "$1" "$2"
	shift 2
	for line; do
		echo "$line"
	done
}
share() {
	sed -n 's/^share: //p' "$1"
}
five='3 of 5: anna@office, bruno@bank, clara, dario, elena@bank'

begin life
{
	mint g2 '2 of 3: anna@office, bruno@bank, clara'
	mint g1 "$five" && present g1
	crl g1
} | plan 1 none
must_pass hold
cp -a "$WORK/life" "$WORK/three"

# --- what is refused, before a sheet is asked for ---
N=2
replace 2 lost | sed 's/g1/g7/' | refused 1 \
	'FORMATS 3.71: there is no root g7 with sheets from a ceremony before'
replace 6 lost | refused 1 'FORMATS 3.71: root g1 has no sheet 6'
replace 0 lost | refused 1 'FORMATS 3.71: root g1 has no sheet 0'
replace 2 stolen | refused 1 'lost|damaged|holder-left'
replace 2 lost 'holder = nobody' | refused 1 'FORMATS 3.18: no [person nobody]'
replace 2 lost 'waive = nobody' | refused 1 'FORMATS 3.73: there is no [person nobody]'
{
	replace 2 damaged
	replace 2 damaged | sed 's/\[.*/[replace-share again]/'
} | refused 1 'FORMATS 3.71: sheet 2 of root g1 is replaced above'
{
	printf '[reshare g1]\nneed = 1 group\ngroup.main = %s\n' "$five"
	replace 2 damaged
} | refused 1 'FORMATS 3.71: [reshare g1] above replaces all sheets of it'
# neither row alone gives anna three
{
	replace 2 damaged 'holder = anna'
	replace 3 damaged 'holder = anna'
} | refused 1 'FORMATS 3.20: the sheets of anna alone would open root g1'
# and what she once had she may have copied
{
	replace 1 damaged 'holder = elena'
	replace 2 damaged 'holder = anna'
	replace 3 damaged 'holder = anna'
} | refused 1 'FORMATS 3.22: with what anna holds, reads and once had anna alone would have enough sheets to open root g1'
{
	printf '[destroy d]\nroot = g1\nepoch = 1\nsheets = 1-2\n'
	replace 2 damaged
} | refused 1 'FORMATS 3.71: sheet 2 of root g1 is destroyed above'
{
	printf '[destroy d]\nroot = g1\nepoch = 1\nsheets = 2\n'
	printf '[checkup c]\nroot = g1\nsheets = 2\n'
} | refused 1 'FORMATS 3.80: sheet 2 of root g1 is destroyed above'
{
	printf '[reshare g1]\nneed = 1 group\ngroup.main = %s\n' "$five"
	printf '[checkup c]\nroot = g1\nsheets = 2\n'
} | refused 1 'FORMATS 3.80: [reshare g1] above replaces all sheets of it'
{
	replace 2 damaged 'holder = anna'
	replace 3 damaged 'holder = bruno'
} | next 2
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
# three of one person open it
printf '[reshare g1]\nneed = 1 group\ngroup.main = %s\n' \
	'3 of 5: anna, anna, bruno, clara, dario' | next 2
must_pass hold
N=3
replace 3 damaged 'holder = anna' | refused 1 \
	'FORMATS 3.20: the sheets of anna alone would open root g1'

# --- a lost one: the very same words, for another holder ---
cd "$WORK/three" || exit
mkdir gone
share sheets/g1-e1-sheet02-bruno.txt >words
mv sheets/g1-e1-sheet02-bruno.txt gone
replace 2 lost 'holder = dario@home' | next 2
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'sheet 2 of root g1, epoch 1, bruno at bank, group main: lost'
must_pass hold
share sheets/g1-e1-sheet02-dario.txt | cmp - words ||
	fail 'it is another share'
grep -q '^ *holder *dario\|dario' sheets/g1-e1-sheet02-dario.txt ||
	fail 'its holder is not on it'
good sheets/*
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'every entry, file and signature holds'
show 'g1, epoch 1 (live): sheet 2, group main, dario at home; a copy was lost'
must_pass check sheets/g1-e1-sheet02-dario.txt
must_say dario
must_pass recover g1 sheets/g1-e1-sheet0[125]*

# --- k - 2 passed; at k - 1 it is refused, in every form that it has ---
N=3
s3='RULES S3: sheets of root g1 out of control: 2, and 3 open it: it is to be replaced ([rotate])'
replace 3 lost | refused 1 "$s3"
replace 3 holder-left | refused 1 "$s3"
reshare=$(printf '[reshare g1]\nneed = 1 group\ngroup.main = %s\n' "$five")
printf '%s\nlost = 4\n' "$reshare" | refused 1 "$s3"
{
	replace 3 damaged
	replace 4 lost
} | refused 1 "$s3"
# what is lost twice is one share, and one that is burnt is none
replace 2 lost | next 3
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
cp -a "$WORK/three" "$WORK/waived"
cp -a "$WORK/three" "$WORK/epochs"
replace 3 damaged | next 3
must_pass hold
good sheets/*
[ -e sheets/g1-e1-sheet03-clara.v2.txt ] || fail 'it was not written again'
show 'g1, epoch 1 (live): sheet 3, group main, clara'
not_shown 'clara; a copy'

# --- somebody answers for it by name: it is in the record ---
cd "$WORK/waived" || exit
replace 3 lost 'waive = elena' | next 3
must_pass hold
must_pass "$ANCHORITE" ceremony log --state state-a
must_say '"waived":"elena"'
good sheets/*
N=4
replace 4 lost | refused 1 'out of control: 3, and 3 open it'

# --- over all epochs: what was replaced counts until it is burnt ---
cd "$WORK/epochs" || exit
echo "$reshare" | next 3
must_pass hold
N=4
echo "$reshare" | refused 1 'RULES S3: sheets of root g1 out of control: 5, and 3 open it'
replace 1 damaged | refused 1 'out of control: 5, and 3 open it'
# the lost copy of sheet 2 is one of what is left: k - 1, and then k - 2
printf '[destroy old]\nroot = g1\nepoch = 1\nsheets = 1-3\n' | next 4
must_pass hold
N=5
replace 1 damaged | refused 1 'out of control: 3, and 3 open it'
printf '[destroy old]\nroot = g1\nepoch = 1\nsheets = 4\n' | next 5
must_pass hold
N=6
echo "$reshare" | refused 1 'out of control: 2, and 3 open it'
printf '[destroy old]\nroot = g1\nepoch = 1\nwhat = found\n' | next 6
must_pass hold
echo "$reshare" | next 7
must_pass hold
good sheets/*

# --- with groups: the smallest quorum there is ---
begin groups
{
	mint g2 '2 of 2: anna, bruno'
	mint g1 "$five" | sed 's/need = 1/need = 2/; s/main/board/' &&
		echo 'group.security = 2 of 3: anna, bruno, clara' &&
		present g1
	crl g1
} | plan 1 none
must_pass hold
{
	replace 1 lost
	replace 6 lost
	replace 7 holder-left
} | next 2
must_pass hold
rm sheets/*.v2.txt # a share once more is the same share
good sheets/*
N=3
replace 2 lost | refused 1 'out of control: 4, and 5 open it'

# --- two of two: one is k - 1 ---
begin pair
{
	mint g1 '2 of 2: anna, bruno' && present g1
	crl g1
} | plan 1 none
must_pass hold
N=2
replace 1 lost | refused 1 'out of control: 1, and 2 open it'
replace 1 damaged | next 2
must_pass hold
rm sheets/g1-e1-sheet01-anna.txt # burnt
good sheets/*

# --- what somebody with the stick makes of it ---
number() {
	"$ANCHORITE" ceremony log --state x | grep -n "\"kind\":\"$1\"" |
		tail -n 1 | cut -d: -f1
}
# forged KEY VALUE SENTENCE
forged() {
	rm -rf x
	cp -a state-a x
	"$HELPER/forge" fact x "$(number replaced)" "$1" "$2" ||
		fail 'no forgery'
	must_refuse 1 "$3" "$ANCHORITE" ceremony verify --state x
}
other=$(printf '5a%.0s' $(seq 32))
forged commitment "$other" 'FORMATS 4.32: it is another share than sheet 1'
forged sheet 2 'FORMATS 4.32: it is another share than sheet 2'
forged sheet 3 'has no sheet 3 of epoch 1'
forged epoch 2 'has no sheet 1 of epoch 2'
forged holder bruno 'another holder than plan and set'
forged place safe 'another place than plan and set'
forged reason lost 'another reason than plan and set'
forged waived anna 'step and item are not its last facts'
forged word anna 'which no entry of its kind does'
