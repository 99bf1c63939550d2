#!/bin/sh
# Goal: sheets are burnt under witness and the record says so: of sets that were
# replaced or void, of what was lost and found, of a whole root that retired;
# what would leave a root without a quorum is refused, and what was burnt on
# record opens nothing when it turns up.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/rows.sh"

# destroy NAME ROOT [LINE...]
destroy() {
	printf '[destroy %s]\nroot = %s\n' "$1" "$2"
	shift 2
	for line; do
		echo "$line"
	done
}
reshare='[reshare g1]
need = 1 group
group.main = 2 of 3: dario, elena, anna'
terms='threshold = 1
next-threshold = 1
succession = both
days = 20'

begin life
{
	mint g3 '2 of 2: dario, elena'
	mint g2 '2 of 3: anna@office, bruno@bank, clara'
	mint g1 '2 of 3: anna@office, bruno@bank, clara' && present g1
	crl g1
	printf '[bundle b1]\nby = g1\nanchors = g1\nnext = g2, g3\n%s\n' "$terms"
} | plan 1 none
must_pass hold
cp -a "$WORK/life" "$WORK/genesis"

# --- what is refused, before anything burns ---
N=2
destroy d g1 | refused 1 'FORMATS 3.72: it needs epoch'
destroy d g1 'epoch = 1' 'what = root' | refused 1 \
	'FORMATS 3.72: with what = root it is all sheets of all epochs'
destroy d g1 'epoch = 1' 'sheets = 3, 2' | refused 1 \
	'FORMATS 3.72: sheets are numbers that rise'
destroy d g1 'epoch = 1' 'sheets = 2, two' | refused 1 'FORMATS 3.72: sheets are'
destroy d g1 'epoch = 2' | refused 1 \
	'FORMATS 3.72: there are no sheets of root g1 of that epoch'
destroy d g7 'epoch = 1' | refused 1 'FORMATS 3.72: there are no sheets of root g7'
destroy d g1 'epoch = 1' 'sheets = 4' | refused 1 \
	'FORMATS 3.72: root g1 has no sheet 4 of epoch 1'
destroy d g1 'epoch = 1' 'what = found' | refused 1 \
	'FORMATS 3.72: no sheet of root g1 is there to be destroyed'
destroy d g1 'epoch = 1' 'what = found' 'sheets = 2' | refused 1 \
	'FORMATS 3.72: no copy of sheet 2 of root g1, epoch 1, was lost'
few='FORMATS 3.72: nothing would open root g1 any more: too few of its sheets are left'
destroy d g1 'epoch = 1' | refused 1 "$few"
destroy d g1 'epoch = 1' 'sheets = 1-2' | refused 1 "$few"
destroy d g1 'what = root' | refused 1 'FORMATS 3.72: root g1 is not retired'
destroy d g1 'what = root' 'waive = nobody' | refused 1 \
	'FORMATS 3.73: there is no [person nobody]'
{
	destroy d g1 'epoch = 1' 'sheets = 1'
	destroy e g1 'epoch = 1' 'sheets = 2'
} | refused 1 'FORMATS 3.72: [destroy d] above is of these sheets too'
{
	crl g1
	destroy d g1 'what = root' 'waive = anna'
} | refused 1 'FORMATS 3.72: [crl g1] opens root g1 in this ceremony'

{
	echo "$reshare"
	destroy d g1 'what = root' 'waive = anna'
} | refused 1 'FORMATS 3.72: [reshare g1] opens root g1 in this ceremony'

# --- one sheet of a live set: enough are left ---
destroy d g1 'epoch = 1' 'sheets = 2' | next 2
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'sheet 2 of root g1, epoch 1, bruno at bank, group main'
must_pass hold
# nothing was opened: it closes unsigned
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'no signature covers the last'
good sheets/*
show 'g1, epoch 1 (live): sheet 2, group main, bruno at bank; destroyed in ceremony 2'
must_refuse 1 'FORMATS 4.9: sheet 2 of root g1, epoch 1, bruno, was destroyed on record in ceremony 2: it was not' \
	check sheets/g1-e1-sheet02-bruno.txt
must_refuse 1 'was destroyed on record in ceremony 2: it was not' recover g1 \
	sheets/g1-e1-sheet01-anna.txt sheets/g1-e1-sheet02-bruno.txt
must_pass recover g1 sheets/g1-e1-sheet0[13]*
rm sheets/g1-e1-sheet02-bruno.txt
N=3
destroy d g1 'epoch = 1' 'sheets = 2' | refused 1 \
	'FORMATS 3.72: sheet 2 of root g1, epoch 1, was destroyed in ceremony 2'
destroy d g1 'epoch = 1' 'sheets = 1' | refused 1 "$few"
printf '[replace-share r]\nroot = g1\nsheet = 2\nreason = damaged\n' |
	refused 1 'FORMATS 3.71: sheet 2 of root g1 was destroyed in ceremony 2'
printf '[checkup c]\nroot = g1\nsheets = 1, 2\n' |
	refused 1 'FORMATS 3.80: sheet 2 of root g1 was destroyed in ceremony 2'
# nobody is asked for it, nor does it count (RULES S4)
printf '[checkup c]\nroot = g1\n' | refused 1 'FORMATS 3.81'
printf '[checkup c]\nroot = g1\nwaive = anna\n' | next 3
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini

# --- the old set, in the ceremony that replaces it; cut behind it, the new
# sheets go on ---
{
	echo "$reshare"
	destroy old g1 'epoch = 1'
	crl g1
} | next 3
# each is told once, though two rows say so
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
[ "$(grep -c 'sheet 1 of root g1, epoch 1, anna' "$OUT")" -eq 1 ] ||
	fail 'a sheet is told twice, or not at all'
cp -a "$WORK/life" "$WORK/cut"
must_pass hold
grep -q 'these sheets were replaced' "$ERR" &&
	fail 'the room heard of sheets that were burnt'
good sheets/*
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'every entry, file and signature holds'
show 'g1, epoch 1 (replaced by epoch 2): sheet 1, group main, anna at office; destroyed in ceremony 3'
not_shown open-tasks
must_refuse 1 'sheet 1 of root g1, epoch 1, anna, was destroyed on record in ceremony 3: it was not' \
	check sheets/g1-e1-sheet01-anna.txt
rm sheets/g1-e1-*
good sheets/*

cd "$WORK/cut" || exit
number() {
	"$ANCHORITE" ceremony log --state "$1" | grep -n "\"kind\":\"$2\"" |
		tail -n 1 | cut -d: -f1
}
rm -rf "$WORK/count"
cp -a "$WORK/cut" "$WORK/count"
(cd "$WORK/count" && strace -o calls -e trace=openat "$ANCHORITE" ceremony \
	run plan.ini --room room.ini >/dev/null 2>&1) ||
	fail 'it does not run under strace'
list=$(printf "%06d.json" "$(number "$WORK/count/state-a" list)")
at=$(awk -v name="$list" '/openat\(/ { n++ }
	index($0, name) && /O_CREAT/ { print n; exit }' "$WORK/count/calls")
run strace -o /dev/null -e trace=openat \
	-e inject=openat:signal=KILL:when="$at" "$ANCHORITE" ceremony run \
	plan.ini --room room.ini
[ "$STATUS" -eq 137 ] || fail "it was not cut: $STATUS: $(cat "$ERR")"
rm sheets/g1-e1-* # burnt before the cut
must_pass hold
good sheets/*
show 'g1, epoch 2 (live): sheet 1, group main, dario'

# --- a lost sheet turns up ---
cd "$WORK/life" || exit
printf '[replace-share r]\nroot = g1\nsheet = 2\nreason = lost\nwaive = bruno\n' |
	next 4
must_pass hold
N=5
destroy d g1 'epoch = 2' 'what = found' 'sheets = 1' | refused 1 \
	'FORMATS 3.72: no copy of sheet 1 of root g1, epoch 2, was lost'
destroy d g1 'epoch = 2' 'what = found' | next 5
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'sheet 2 of root g1, epoch 2, elena, group main'
must_pass hold
rm sheets/g1-e2-sheet02-elena.txt
good sheets/*
show 'g1, epoch 2 (live): sheet 2, group main, elena'
not_shown 'a copy was lost'
must_pass recover g1 sheets/g1-e2-sheet0[12]*
must_pass check sheets/g1-e2-sheet02-elena.v2.txt

# --- a copy of one that was burnt turns up: the witness is not blamed for it ---
cp -a "$WORK/life" "$WORK/copy"
cd "$WORK/copy" || exit
printf '[replace-share r]\nroot = g1\nsheet = 3\nreason = lost\nwaive = bruno\n' |
	next 6
must_pass hold
destroy d g1 'epoch = 2' 'sheets = 3' | next 7
must_pass hold
must_refuse 1 'was destroyed on record in ceremony 7: this is the copy of it that was lost, or that one was not destroyed' \
	check sheets/g1-e2-sheet03-anna.txt
cd "$WORK/life" || exit

# --- the plan to begin with, made ours, is one that can run ---
cp -a "$WORK/genesis" "$WORK/example"
cd "$WORK/example" || exit
crl g1 | next 2
must_pass "$ANCHORITE" ceremony example reshare
sed "s/^mode = .*/mode = rehearsal/
	s/^previous = .*/previous = $(head_of state-a)/
	s/^effective = .*/effective = $(sed -n 's/^effective = //p' plan.ini)/
	s/^latest = .*/latest = $(sed -n 's/^latest = //p' plan.ini)/" \
	"$OUT" >example.ini
mv example.ini plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'root g1, epoch 1, lost ones counted: of group main at most 1 of 3'
! grep -q '^note' "$OUT" || fail 'it breaks its own rules'
must_pass hold
good sheets/*e2*
not_shown open-tasks

# --- a whole root, when it has retired (RULES B11) ---
cd "$WORK/genesis" || exit
printf '[replace-share r]\nroot = g1\nsheet = 1\nreason = damaged\n' | next 2
must_pass hold
rm sheets/g1-e1-sheet01-anna.txt
{
	mint g5 '2 of 2: dario, elena'
	mint g4 '2 of 2: dario, elena'
	printf '[certify g2]\nsubject = root-g2\nyears = 20\n'
	crl g1
	crl g2
	printf '[rotate b2]\nby = g1, g2\nold = g1\nnew = g2\nreason = routine\n'
	printf 'next = g4, g5\n%s\n' "$terms"
} >rotate.ini
next 3 <rotate.ini
cp -a "$WORK/genesis" "$WORK/early"
{
	cat rotate.ini
	destroy all g1 'what = root'
} >early.ini
N=3
refused 1 'FORMATS 3.72: root g1 is not retired' <early.ini
next 3 <rotate.ini
must_pass hold
show 'destroy the sheets of root g1: it was retired in ceremony 3 (3 left)'
N=4
{
	crl g1
	destroy all g1 'what = root'
} | refused 1 'FORMATS 3.72: [crl g1] opens root g1 in this ceremony'
destroy some g1 'epoch = 1' 'sheets = 1-2' | next 4
must_pass hold
show 'destroy the sheets of root g1: it was retired in ceremony 3 (1 left)'
destroy all g1 'what = root' | next 5
must_pass hold
good
show 'g1, epoch 1 (live): sheet 3, group main, clara; destroyed in ceremony 5'
not_shown open-tasks
# nothing opens it, not even all of its sheets
N=6
crl g1 | refused 1 \
	'FORMATS 4.33: nothing opens root g1 any more: its sheets were destroyed'
printf '[reshare g1]\nneed = 1 group\ngroup.main = 2 of 2: dario, elena\n' |
	refused 1 'FORMATS 4.33: nothing opens root g1 any more'
printf '[replace-share r]\nroot = g1\nsheet = 2\nreason = lost\n' | refused 1 \
	'FORMATS 4.33: nothing opens root g1 any more'
must_refuse 1 'FORMATS 4.33: nothing opens root g1 any more' recover g1 \
	sheets/g1-*
must_refuse 1 'FORMATS 4.33: nothing opens root g1 any more' "$ANCHORITE" \
	ceremony reproduce --after state-a sheets/*
must_refuse 1 'was destroyed on record in ceremony 5: it was not' check \
	sheets/g1-e1-sheet03-clara.txt
crl g2 | next 6
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say 'every entry, file and signature holds'

# --- somebody answers for the end of a root that is in use ---
cd "$WORK/early" || exit
destroy all g1 'what = root' 'waive = elena' | next 3
must_pass hold
must_pass "$ANCHORITE" ceremony log --state state-a
must_say '"waived":"elena"'
must_pass "$ANCHORITE" ceremony verify --state state-a

# --- what a cut drew and nobody proved: void sheets, as far as any were
# written ---
begin void
mint g1 '2 of 3: anna, bruno, clara' | plan 1 none
rm -rf "$WORK/count"
cp -a "$WORK/void" "$WORK/count"
(cd "$WORK/count" && strace -o calls -e trace=openat "$ANCHORITE" ceremony \
	run plan.ini --room room.ini >/dev/null 2>&1) ||
	fail 'it does not run under strace'
at=$(awk '/openat\(/ { n++ }
	/sheet02/ && /O_CREAT/ { print n; exit }' "$WORK/count/calls")
run strace -o /dev/null -e trace=openat \
	-e inject=openat:signal=KILL:when="$at" "$ANCHORITE" ceremony run \
	plan.ini --room room.ini
[ "$STATUS" -eq 137 ] || fail "it was not cut: $STATUS: $(cat "$ERR")"
must_pass hold
show 'destroy sheet 1 of root g1, epoch 1, anna, group main: void' \
	'destroy sheet 2 of root g1, epoch 1, bruno, group main: void'
not_shown 'destroy sheet 3'
N=2
destroy d g1 'epoch = 1' 'sheets = 3' | refused 1 \
	'FORMATS 3.72: sheet 3 of root g1, epoch 1, was never written'
printf '[replace-share r]\nroot = g1\nsheet = 2\nreason = damaged\n' | refused 1 \
	'RULES S3: sheets of root g1 out of control: 2, and 2 open it'
destroy d g1 'epoch = 1' | next 2
must_pass hold
good sheets/*
show 'g1, epoch 1 (void): sheet 2, group main, bruno; destroyed in ceremony 2'
not_shown open-tasks

# --- what somebody with the stick makes of it ---
forged() {
	rm -rf x
	cp -a state-a x
	"$HELPER/forge" fact x "$(number x destroyed)" "$1" "$2" ||
		fail 'no forgery'
	must_refuse 1 "$3" "$ANCHORITE" ceremony verify --state x
}
forged sheets '1 3 clara -' 'is not there to be destroyed'
forged sheets '1 4 clara -' 'has no sheet 4 of epoch 1'
forged sheets '7 1 anna -' 'has no sheet 1 of epoch 7'
forged sheets '2 1 anna -' 'another sheets than plan and state'
forged sheets '1 1 bruno -' 'another sheets than plan and state'
forged sheets '1 1' 'a sheet is not of the form'
forged kept '1/1 1/2' 'no sheet was destroyed'
forged kept '2/1' 'sheets of root g1 were kept that the plan does not have'
forged kept 'a message' 'sheets of root g1 were kept that the plan does not have'
forged witness anna 'another witness than plan and state'
forged what root 'another what than plan and state'
forged what found 'is not there to be destroyed'
forged root g2 'root g2 has no sheet 1 of epoch 1'
