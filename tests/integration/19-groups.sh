#!/bin/sh
# Groups by name: any two of three that differ in size, in any order; what is
# missing in words; sixteen groups; sheets for programs from before the ext flag.
. "$ROOT/tests/integration/lib.sh"

today=$(date -u +%Y-%m-%d)

# plan PEOPLE: up to its first step.
plan() {
	cat <<INI
[ceremony]
format = 1
org = example
mode = rehearsal
number = 1
previous = none
effective = $today
latest = $(date -u -d '+2 days' +%Y-%m-%d)
oid-arc = 1.3.6.1.4.1.55555
officer = p1
witness = p2
INI
	for i in $(seq "$1"); do
		printf '\n[person p%s]\nname = Person %s\n' "$i" "$i"
	done
	printf '\n[mint g1]\nalgorithm = ecdsa-p256\n'
}

# --- any 2 of: 2 of 3, 3 of 5, 1 of 1 ---
{
	plan 9
	cat <<INI
need = 2 groups
group.security = 2 of 3: p1@vault, p2@bank, p3@tower
group.board = 3 of 5: p4@safe, p5@bank, p6@court, p7@home, p8@abroad
group.notary = 1 of 1: p9@notary
extendable = no
INI
} >three.ini
must_pass "$ANCHORITE" rehearse --plan three.ini --dir r
# of the first group every 2 of 3, of the second every 3 of 5, one
must_pass "$ANCHORITE" ceremony log --state r/state
must_say '"quorums":"43"'
must_say '"extendable":"no"'

# with NUMBER...: these sheets open it.
with() {
	files=
	for i in "$@"; do
		files="$files $(echo r/sheets/g1-e1-sheet0"$i"-*)"
	done
	# shellcheck disable=SC2086
	"$ANCHORITE" share recover $files --root g1 --state r/state
}
must_pass with 1 3 9
must_pass with 9 8 4 6
must_pass with 2 4 3 5 6
must_pass with 4 1 9 2 # one of the board, which is not whole: no hindrance
must_pass with 1 2 3 4 5 6 7 8 9
remember_files r
must_refuse 1 "FORMATS 4.8: too few sheets of root g1: 1 more of these groups (security is whole): 0 of 3 sheets of group board, 0 of 1 sheets of group notary" \
	with 1 2 3
must_refuse 1 "1 more of these groups (notary is whole): 0 of 2 sheets of group security, 2 of 3 sheets of group board" \
	with 9 4 5
must_refuse 1 "2 of these groups: 1 of 2 sheets of group security, 2 of 3 sheets of group board, 0 of 1 sheets of group notary" \
	with 4 1 7
no_new_files r
for i in 1 5 9; do
	must_pass "$ANCHORITE" share check r/sheets/g1-e1-sheet0$i-* \
		--state r/state
	must_say "it is the sheet of record"
	tr '\n' ' ' <"$(echo r/sheets/*sheet0$i-*)" |
		grep -q "ext 0, exponent 1, no passphrase" ||
		fail "sheet $i does not say what it is"
done
must_pass "$ANCHORITE" ceremony reproduce --after r/state \
	r/sheets/*sheet09-* r/sheets/*sheet0[457]-*
must_say "every byte is equal"

# Sets of different flags are no set.
for ext in 0 1; do
	"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 32))" \
		--group-threshold 1 --groups 2/2 --ext $ext >set$ext
done
head -n 1 set0 >mixed
tail -n 1 set1 >>mixed
! "$HELPER/slip39" recover <mixed >/dev/null 2>&1 ||
	fail "two sets with other flags are one"

# --- sixteen groups, with names as long as can be ---
{
	plan 2
	echo 'need = 16 groups'
	for i in $(seq 10 25); do
		echo "group.a-name-that-is-as-long-as-c-$i = 2 of 2: p1@a$i, p2@b$i"
	done
} >sixteen.ini
must_pass "$ANCHORITE" rehearse --plan sixteen.ini --dir s
[ "$(find s/sheets -maxdepth 1 -type f | wc -l)" -eq 32 ] || fail "not 32 sheets"
run "$ANCHORITE" share recover s/sheets/g1-e1-sheet01-* --root g1 \
	--state s/state
[ "$STATUS" -eq 1 ] || complain "it should have been refused" share recover
for i in $(seq 10 25); do
	grep -qF "of 2 sheets of group a-name-that-is-as-long-as-c-$i" "$ERR" ||
		fail "group $i is not said to lack a sheet"
done
must_pass "$ANCHORITE" share recover s/sheets/*.txt --root g1 --state s/state

# --- what protects nothing ---
sed 's/^need = .*/need = 1 group/' three.ini >alone.ini
must_refuse 1 "FORMATS 4.2: the share of group 3 opens alone" \
	"$ANCHORITE" ceremony check alone.ini
sed 's/p9@notary/p1@notary/' three.ini | sed 's/p2@bank, p3/p1@bank, p3/' \
	>one.ini
must_refuse 1 "FORMATS 3.20: the sheets of p1 alone would open root g1" \
	"$ANCHORITE" ceremony check one.ini
sed 's/^need = .*/need = 4 groups/' three.ini >four.ini
must_refuse 1 "FORMATS 4.2: 4 of 3 groups are needed" \
	"$ANCHORITE" ceremony check four.ini
{
	cat sixteen.ini
	echo "group.one-too-many = 2 of 2: p1@z, p2@z"
} >seventeen.ini
must_refuse 1 "FORMATS 3.18: more than 16 groups" \
	"$ANCHORITE" ceremony check seventeen.ini
