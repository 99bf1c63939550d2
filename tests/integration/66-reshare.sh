#!/bin/sh
# Goal: a root gets other sheets without getting another key.  The old ones open
# nothing here any more and are named until they are burnt; a cut leaves one set
# live, the old or the new; a second machine finds every byte equal.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/rows.sh"

five='3 of 5: anna@office, bruno@bank, clara, dario, elena@bank'
reshare='[reshare g1]
need = 2 groups
group.security = 2 of 3: anna@office, bruno@bank, clara
group.board = 1 of 1: elena@bank'

# --- genesis: a root to come and a present one ---
begin life
{
	mint g2 '2 of 3: anna@office, bruno@bank, clara'
	mint g1 "$five" && present g1
	crl g1
} | plan 1 none
must_pass hold
show 'g1, epoch 1 (live): sheet 1, group main, anna at office'
not_shown open-tasks
grep '^root-keys' "$OUT" >keys

# --- what is refused, before a sheet is asked for ---
N=2
echo "$reshare" | sed 's/g1/g7/' | refused 1 \
	'FORMATS 3.70: there is no root g7 with sheets from a ceremony before'
echo "$reshare" | sed 's/2 of 3/1 of 3/' | refused 1 'FORMATS 4.2'
echo "$reshare" | sed 's/need = 2 groups/need = 3 groups/' | refused 1 \
	'FORMATS 4.2'
echo "$reshare" | sed 's/^group.board.*/group.board = 1 of 1: clara/
	s/anna@office, bruno@bank, clara/clara, clara, bruno/' |
	refused 1 'FORMATS 3.20: the sheets of clara alone would open root g1'
{
	echo "$reshare"
	echo 'lost = 6'
} | refused 1 'FORMATS 3.70: root g1 has no sheet 6'
{
	echo "$reshare"
	echo 'lost = 2, 1'
} | refused 1 'FORMATS 3.72: lost are numbers that rise'
{
	mint g8 '2 of 2: anna, bruno' && present g8
	echo "$reshare" | sed 's/g1/g8/'
} | refused 1 'FORMATS 3.70: there is no root g8 with sheets'
{
	echo "$reshare"
	mint g9 '2 of 2: anna, bruno'
} | refused 1 'RULES B10: [mint g9], a root to come, stands below g1'

{
	echo "$reshare"
	printf '[checkup look]\nroot = g1\nsheets = 1\n'
} | refused 1 'FORMATS 3.80: [reshare g1] above replaces all sheets of it'

# --- it is told before what will have to be burnt ---
echo "$reshare" | next 2
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'sheet 1 of root g1, epoch 1, anna at office, group main'
must_say 'sheet 5 of root g1, epoch 1, elena at bank, group main'
must_say 'root g1, epoch 1, lost ones counted: of group main at most 2 of 5'
cp -a "$WORK/life" "$WORK/cut"
# what is lost is nowhere to be burnt
{
	echo "$reshare"
	echo 'lost = 2'
} | next 2
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'sheet 1 of root g1, epoch 1, anna at office, group main'
! grep -q 'sheet 2 of root g1, epoch 1' "$OUT" ||
	fail 'what is lost is to be destroyed'
cp -a "$WORK/cut/." .

# --- the new set ---
must_pass hold
grep -qF 'the 5 sheets of epoch 1 are to be destroyed then: of group main at most 2 of 5 may survive' "$ERR" ||
	fail 'the room did not hear what is to be destroyed'
grep -qF 'sheet 3 of root g1, epoch 1, clara, group main' "$ERR" ||
	fail 'the room did not hear which sheets are to be destroyed'
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'every entry, file and signature holds'
good sheets/*
good sheets/g1-e2-* sheets/g2-*
must_refuse 1 'FORMATS 4.9' "$ANCHORITE" ceremony reproduce --after state-a \
	sheets/g1-e1-* sheets/g2-*
show 'g1, epoch 1 (replaced by epoch 2): sheet 1, group main' \
	'g1, epoch 2 (live): sheet 4, group board, elena at bank' \
	'destroy sheet 2 of root g1, epoch 1, bruno at bank, group main: replaced by epoch 2'
grep '^root-keys' "$OUT" | cmp - keys || fail 'the key is another'

must_pass check sheets/g1-e2-sheet01-anna.txt
must_say 'it is the sheet of record'
must_refuse 1 'sheet 2 of root g1, epoch 1, bruno, was replaced by epoch 2: destroy it' \
	check sheets/g1-e1-sheet02-bruno.txt
must_refuse 1 'sheet 1 of root g1, epoch 1, anna, was replaced by epoch 2: destroy it' \
	recover g1 sheets/g1-e1-*
must_refuse 1 'was replaced by epoch 2: destroy it' recover g1 \
	sheets/g1-e2-sheet01-anna.txt sheets/g1-e2-sheet02-bruno.txt \
	sheets/g1-e1-sheet05-elena.txt
must_refuse 1 'FORMATS 4.8: too few sheets of root g1: 0 of 1 sheets of group board' \
	recover g1 sheets/g1-e2-sheet0[123]*
must_pass recover g1 sheets/g1-e2-sheet0[134]*

# --- the next ceremony is opened by the new one, and a root to come gets others
# too: it signs nothing, so nothing is signed ---
crl g1 | next 3
must_pass hold
good sheets/*
printf '[reshare g2]\nneed = 1 group\ngroup.main = 2 of 2: dario, elena\n' |
	next 4
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'no signature covers the last'
good sheets/*
must_pass recover g2 sheets/g2-e2-*

# --- open already for a row above and a row below ---
{
	crl g1
	echo '[reshare g1]'
	printf 'need = 1 group\ngroup.main = 2 of 2: anna, bruno\nwaive = anna\n'
	crl g1 | sed 's/^\[crl g1/[crl again/'
} | next 5
must_pass hold
good sheets/*
must_say 'every byte is equal'
must_pass recover g1 sheets/g1-e3-*

# --- cut anywhere: one set is live, and what a cut drew is void ---
cd "$WORK/cut" || exit
cp -a "$WORK/cut" "$WORK/count"
(cd "$WORK/count" && strace -o calls -e trace=fsync "$ANCHORITE" ceremony \
	run plan.ini --room room.ini >/dev/null 2>&1) ||
	fail 'it does not run under strace'
calls=$(grep -c 'fsync(' "$WORK/count/calls")
[ "$calls" -gt 40 ] || fail "only $calls calls to cut at"
# live STATE: the epoch of the live set of g1, of which all sheets are there
live() {
	"$ANCHORITE" state show --state "$1" |
		sed -n 's/.*g1, epoch \([0-9]*\) (live).*/\1/p' | sort -u
}
voids=0
at=3
while [ "$at" -lt "$calls" ]; do
	rm -rf "$WORK/one"
	cp -a "$WORK/cut" "$WORK/one" && cd "$WORK/one" || exit
	run strace -o /dev/null -e trace=fsync \
		-e inject=fsync:signal=KILL:when=$at "$ANCHORITE" \
		ceremony run plan.ini --room room.ini
	[ "$STATUS" -eq 137 ] || fail "it was not killed at $at: $STATUS"
	was=$(live state-a)
	echo "cut at $at of $calls: epoch $was"
	[ -n "$was" ] && [ "$was" -lt 3 ] || fail "live at $at: $was"
	# behind its closing there is nothing to go on with
	[ "$("$ANCHORITE" ceremony log --state state-a |
		grep -c '"kind":"closed"')" -eq 1 ] || break
	must_pass hold
	good sheets/*
	must_pass "$ANCHORITE" state compare state-a state-b
	[ "$was" -eq 1 ] || [ "$(live state-a)" = "$was" ] ||
		fail "a live set was drawn again after a cut at $at"
	[ "$(live state-a)" -eq 2 ] || voids=$((voids + 1))
	at=$((at + calls / 5))
done
[ "$voids" -gt 0 ] || fail 'no cut was within the set'

# --- by people at a terminal: who opens, who writes, and what is burnt ---
begin people
sed -i '/^paper/d; /^sheets/d' room.ini
typed() {
	must_pass "$HELPER/people" --words paper/plan.words --shown shown kept \
		"$ANCHORITE" ceremony run plan.ini --room room.ini
}
{
	mint g1 '2 of 2: anna, bruno' && present g1
	crl g1
} | plan 1 none
typed
{
	printf '[replace-share b]\nroot = g1\nsheet = 2\nreason = damaged\n'
	printf '[reshare g1]\nneed = 1 group\ngroup.main = 2 of 2: clara, dario\n'
	printf '[destroy old]\nroot = g1\nepoch = 1\n'
} | next 2
typed
tr -d '\r\n' <shown | grep -q 'Did bruno see it burnt: sheet 1 of root g1, epoch 1, anna, group main, check words ' ||
	fail 'the witness was not asked'
good kept/sheets/g1-e2-*
not_shown open-tasks
must_pass recover g1 kept/sheets/g1-e2-*
