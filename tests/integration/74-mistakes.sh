#!/bin/sh
# Holders' mistakes by the dozen, in one session at a terminal: each is told as
# what it is, the right words are asked for again, the ceremony ends well, and
# nothing secret stays on the screen or in the record.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/window.sh"
. "$ROOT/tests/integration/holders.sh"

# --- a holder stops in the middle: the same command goes on ---
hold
note head1
look_at_sheet void1
enter "$(words void1 1 7)"
key C-c
stopped 2
grep -q 'anchorite: interrupted by ^C' errors || fail "^C has no sentence"
nothing_secret void1

hold head1
seen "those written"
seen "before are void: burn them"
look_at_sheet s1
seen "Sheet 1 of 3, anna: enter all its words from the paper."

# --- words that are none ---
type_in "abandon "
told "Word 1 is not of the list of words." "    1"
first=$(words s1 1 1)
type_in "$(echo "$first" | cut -c1-3) "
told "Word 1: the first four letters are needed." "    1"
# the Cyrillic letter that looks like a
type_in "$(printf '\320\260cademic') "
told "Word 1: a character was typed that is no letter from a to z." "    1"
printf '\377\376\300 ' | paste_in
row "    1"
# a word has at most eight letters; a line may have any number
head -c 3000 /dev/zero | tr '\0' a | paste_in
key Enter
told "Word 1 is not of the list of words." "    1"
type_in "${first}x "
told "Word 1 is not of the list of words." "    1"

# --- keys that are no characters do nothing ---
key Up Down Left Right Home End PageUp F5 F12 IC DC
key C-a C-g C-s C-z 'C-\' Escape
row "    1"
printf '\033[31m\033]0;title\007' | paste_in
key C-u
row "    1"

# --- as people type ---
key '?'
seen "Four letters of a word are enough: the rest appears by itself."
seen "the same command goes on later, with new sheets"
type_in "$(echo "$first" | cut -c1-4)"
row "    1  $first"
type_in " "
row "$(cells s1 1 1)"
type_in "$(words s1 2 2 | tr a-z A-Z) "
row "$(cells s1 1 2)"
# its number, as it stands on the sheet, does no harm; another one does
type_in "9 "
told "That was another number: word 3 comes next." "$(cells s1 1 2)"
type_in "3 $(words s1 3 3 | cut -c1-4 | tr a-z A-Z) "
row "$(cells s1 1 3)"
key Enter
told "3 of 33 words are there, and word 4 comes next." "$(cells s1 1 3)"
# blanks of other scripts and letters of an East Asian keyboard
printf '\343\200\200%s\302\240' "$(words s1 4 4)" | paste_in
row "    5"
wide=$(words s1 5 5 | sed 's/./\xef\xbc&/g' | LC_ALL=C tr a-z '\201-\232' |
	LC_ALL=C sed 's/\xef\xbc/\xef\xbd/g')
printf '%s\t%s\343\200\200' "$wide" "$(words s1 6 6)" | paste_in
row "$(cells s1 5 6)"

# --- back ---
type_in "back "
row "$(cells s1 5 5)"
key BSpace
row "    5"
key BSpace
row "$(cells s1 1 3)"
type_in "$(words s1 4 6) acid"
key C-w
row "$(cells s1 5 6)"
key C-u
row "    5"
key C-u
row "    1"

# --- several words, in a window that changes ---
type_in "$(words s1 1 6) "
row "$(cells s1 5 6)"
mux resize-window -x 40 -y 24
row "    7"
type_in "$(words s1 7 7) "
row "$(cells s1 7 7)"
mux resize-window -x 20 -y 10
row "    8"
mux resize-window -x 100 -y 30
row "$(cells s1 5 7)"
mux resize-window -x 80 -y 24
type_in "$(words s1 8 9) "
row "$(cells s1 9 9)"

# --- what is offered, and what is not ---
type_in "code "
told '"code" is of no use here.' "$(cells s1 9 9)"
enter "show"
look_at_sheet s1b
cmp -s s1 s1b || fail "another sheet was shown again"
enter "give up"
seen "every sheet of"
seen 'or "no" to go on:'
enter "perhaps"
enter "no"
row "    1"

# --- a paste ---
# all that the sheet says: refused at its first word, and the rest is dropped
{
	echo "SHEET 1 OF 3 of root g1, epoch 2"
	awk '{ printf "%5d  %-10s%s", NR, $0, NR % 4 == 0 ? "\n" : "" }' s1
} | paste_in
told "Word 1 is not of the list of words." "    1"
# its rows, in Windows' lines; too few, and Enter is no help
head -30 s1 | awk '{ printf "%5d  %-10s%s", NR, $0,
	NR % 4 == 0 ? "\r\n\r\n" : "" }' | paste_in
row "$(cells s1 29 30)"
key Enter
told "30 of 33 words are there, and word 31 comes next." \
	"$(cells s1 29 30)"
# too many
type_in "$(words s1 31 33) acid acne "
told "All 33 words are there, and more are not" "$(cells s1 33 33)"
key Enter
nothing_secret s1

# --- sheets that are wrong ---
# the first sheet was right
look_at_sheet s2
another 7 s2 | paste -s -d ' ' | paste_in
again "word 7 is the first that is not"
seen "sheet 2 of bruno"
nothing_secret s2
another 20 s2 | another 33 /dev/stdin | paste -s -d ' ' | paste_in
again "word 20 is the first that is not"
enter "$(words s1 1 33)"
again "the words of sheet 1,"
nothing_secret s1 s2
enter "$(words void1 1 33)"
again "the words of sheet 1 of"
nothing_secret void1
# a share of somebody else's
awk '/^name: Valid/ { valid = 1 }
	/^share: / && valid && NF == 34 { $1 = ""; print; exit }' \
	"$ROOT/tests/vectors/slip39.txt" >foreign
[ -s foreign ] || fail "there is no share of another root"
enter "$(cat foreign)"
again "the words of a sheet that"
enter "$(words s2 1 33 | tr a-z A-Z)"

# --- the end of input is no answer either ---
look_at_sheet s3
type_in "$(words s3 1 3)"
key C-d
row "$(cells s3 1 3 | sed 's/ *4$//')"
type_in " "
key C-d
stopped 2
grep -q 'anchorite: end of input at the terminal' errors ||
	fail "^D has no sentence"
nothing_secret s1 s2 s3

# --- and it ends well ---
hold head1
for n in 1 2 3; do
	look_at_sheet "t$n"
	enter "$(words "t$n" 1 33)"
done
note head2
note head3
stopped 0
nothing_secret s1 s2 s3 t1 t2 t3
must_pass "$ANCHORITE" ceremony verify
"$ANCHORITE" ceremony log >log
# recorded PATTERN: an entry says so
recorded() {
	grep -q "$1" log || {
		cat log
		fail "the record does not say: $1"
	}
}
recorded '"why":"sheet 2 of bruno: FORMATS 4.7: word 7 is the first that is not the one of this sheet"'
recorded '"why":"sheet 2 of bruno: FORMATS 4.7: word 20 is the first'
recorded 'these are the words of sheet 1, which is for anna"'
recorded 'the words of sheet 1 of root g1, epoch 1, which is void"'
recorded 'these are the words of a sheet that is not of this record"'
[ "$(grep -c '"kind":"void"' log)" -eq 2 ] || fail "not two sets are void"
[ "$(grep -c '"how":"typed","tries":"1"' log)" -eq 4 ] ||
	fail "it is not recorded how sheets were read back"
recorded '"how":"typed","tries":"6"'
# nothing that was typed is in it: three words in a row would be
for sheet in void1 s1 s2 s3 t1 t2 t3 foreign; do
	! grep -rqi "$(tr '\n' ' ' <"$sheet" | sed 's/^ *//' |
		cut -d ' ' -f 5-7)" state || fail "words are in the record"
done

# --- a root is opened ---
begin 80 24 "$ANCHORITE share recover --root g1"
seen "This is a rehearsal: TEST sheets are asked for"
again "Root g1 is opened by its holders: 0 of 2 sheets"
enter "show"
told '"show" is of no use here.' "    1"
enter "$(words t2 1 33)"
again "1 of 2 sheets of group main so far."
enter "$(words t2 1 33)"
again "sheet 2, bruno, was entered already."
enter "$(words s1 1 33)"
again "sheet 1 of root g1, epoch 2, anna, is void"
another 12 t1 | paste -s -d ' ' | paste_in
again "it is word 12;"
another 3 t1 | another 12 /dev/stdin | paste -s -d ' ' | paste_in
again "; more than"
enter "$(cat foreign)"
again "a share of another set, not of root g1"
nothing_secret t1 t2 s1
enter "$(words t3 1 33)"
stopped 0
nothing_secret t1 t2 t3
begin 80 24 "$ANCHORITE share recover --root g1"
again "Root g1 is opened by its holders: 0 of 2 sheets"
enter "$(words t2 1 9)"
key C-c
stopped 2
nothing_secret t2

# --- a holder gives up: the end is that of an ended ceremony ---
mv state state.whole
hold
note head4
look_at_sheet u1
enter "$(words u1 1 33)"
look_at_sheet u2
type_in "$(words u2 1 5) "
enter "give up"
seen "Giving up ends the ceremony: the seed is destroyed"
seen 'or "no" to go on:'
enter "yes"
note head5
stopped 1
nothing_secret u1 u2
grep -q 'anchorite: given up by bruno while sheet 2 of root g1 was read back: the ceremony is closed early, and the seed is gone$' \
	errors || fail "giving up has no sentence"
grep -q '^these sheets are void, and can only do harm: burn those that were written$' \
	errors || fail "nobody is told what to burn"
for sheet in "1 of anna" "2 of bruno" "3 of clara"; do
	grep -q "^  root g1, epoch 1: sheet $sheet\$" errors ||
		fail "sheet $sheet is not to be burnt"
done
must_pass "$ANCHORITE" ceremony verify
must_pass "$ANCHORITE" state show
must_say "closed early"
must_say "g1, epoch 1 (void): sheet 2, group main, bruno"
"$ANCHORITE" ceremony log >log
recorded '"kind":"void".*"sheets":\["sheet 1 of anna at -","sheet 2 of bruno'
recorded '"kind":"undone".*"steps":\["mint g1: 0 of 6 done"\],"reason":"given up by bruno while sheet 2 of root g1 was read back"'
! grep -q '"kind":"refused"' log || fail "giving up is a refusal too"
for n in 1 2; do
	words "u$n" 1 33 >sheet
	must_refuse 1 "FORMATS 4.9: sheet $n of root g1, epoch 1," \
		"$ANCHORITE" share check sheet
	grep -q 'is void$' "$ERR" || fail "a void sheet is not refused as void"
done
# the plan has run
must_refuse 1 "has run already" "$ANCHORITE" ceremony check plan.ini \
	--room room.ini
