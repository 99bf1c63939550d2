#!/bin/sh
# A printed sheet is scanned and a third of its words typed: no other sheet, no
# other code and no wrong word passes, and the record says how it was proven.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/window.sh"
. "$ROOT/tests/integration/holders.sh"
command -v qrencode >/dev/null || skip "no qrencode"

mkdir codes
printf '[room]\nstate-a = state\ninbox = inbox\nscan = codes\n' >room.ini

# print FILE: a sheet's code, as printed sheets have it
print_code() {
	printf %s "$(words "$1" 1 33 | tr a-z A-Z)" |
		qrencode -l Q -s 4 -m 4 -o "codes/$1.png"
}

# scan NAME: the picture of that name is wanted instead of words
scan() {
	enter code
	seen "Its name there:"
	enter "$1"
}

# third FILE [N]: its words of the numbers that are asked for; the Nth is wrong
third() {
	i=1
	while [ $i -le 11 ]; do
		number=$(plain_text | grep . | tail -1 | grep -o '[0-9]* *$' |
			tr -d ' ')
		word=$(words "$1" "$number" "$number")
		[ $i -ne "${2:-0}" ] || {
			wrong=$number
			[ "$word" = acid ] && word=acne || word=acid
		}
		echo "$number" >>numbers
		[ $i -eq 11 ] && enter "$word" || type_in "$word "
		[ $i -eq 11 ] || row_ends "$number" "$word"
		i=$((i + 1))
	done
}

# row_ends NUMBER WORD: it was taken, and another number is asked for
has_moved() {
	last=$(plain_text | grep . | tail -1 | grep -o '[0-9]* *$' | tr -d ' ')
	[ -n "$last" ] && [ "$last" != "$1" ]
}
row_ends() {
	wait_for has_moved "$1" || {
		plain_text
		fail "word $1 is not taken: $2"
	}
}

wants_third() {
	seen "enter the words of these numbers from the paper"
	wait_for has_number || fail "no number is asked for"
}
has_number() {
	plain_text | grep . | tail -1 | grep -q '^ *[0-9]* *$'
}

# --- the first sheet: scanned, a third typed ---
hold
note head1
look_at_sheet s1
print_code s1
seen '"code" to scan its code'
scan s1.png
wants_third
: >numbers
third s1
[ "$(sort -nu numbers | wc -l)" -eq 11 ] && sort -nc numbers ||
	fail "not eleven words in order were asked for"
nothing_secret s1

# --- the second: all that is not its code ---
look_at_sheet s2
print_code s2
scan s1.png
again "the words of sheet 1,"
nothing_secret s1 s2
scan missing.png
again "No such file"
scan ../room.ini
again "Refused"
printf nothing >codes/text.png
scan text.png
again "Refused"
head -c 200 codes/s2.png >codes/cut.png
scan cut.png
again "Refused"
qrencode -o codes/other.png "http://example.com/"
scan other.png
again "none of a sheet"
printf %s "$(another 9 s2 | paste -s -d ' ' | tr a-z A-Z)" |
	qrencode -l Q -o codes/altered.png
scan altered.png
again "none of a sheet"
# a wrong word of the third: its number, and another third is asked for
scan s2.png
wants_third
cp numbers before.numbers
: >numbers
third s2 4
seen "Refused: sheet 2 of bruno: FORMATS 4.7: word $wrong is the first that"
wants_third
nothing_secret s2
cp numbers first
: >numbers
third s2
! cmp -s numbers first || fail "the same third was asked for again"

# --- the third: typed, for the reader is gone, and none is started beside a
# secret ---
look_at_sheet s3
print_code s3
reader=$(ps -o pid= --ppid "$(cat pid)" | tr -d ' ')
[ -n "$reader" ] || fail "there is no reader"
kill -9 "$reader"
scan s3.png
again "the reader of codes has ended"
seen "type the words"
gone '"code" to scan'
enter "$(words s3 1 33)"
# cut here: the root is there, and is opened again
seen "after [mint g1]"
write_note head2
key C-c
stopped 2
nothing_secret s1 s2 s3

# --- what opens a root needs no third: each sheet is held against the record ---
hold head2
again "Root g1 is opened by its holders: 0 of 2 sheets"
scan s2.png
again "1 of 2 sheets of group main so far."
scan s2.png
again "sheet 2, bruno, was entered already."
scan other.png
again "none of a sheet"
scan s4.png
again "No such file"
enter "$(words s3 1 33)"
note head3
stopped 0
nothing_secret s2 s3
must_pass "$ANCHORITE" ceremony verify
"$ANCHORITE" ceremony log >log
[ "$(grep -c '"how":"scanned, 11 of 33 words typed","tries":"1"' log)" -eq 1 ] &&
	grep -q '"how":"scanned, 11 of 33 words typed","tries":"3"' log &&
	grep -q '"how":"typed","tries":"1"' log ||
	fail "the record does not say how sheets were proven"

# --- a room whose pictures are not there ---
mv state state.done
rm -r codes
begin 80 24 "$ANCHORITE ceremony run plan.ini --room room.ini"
stopped 2
grep -q 'anchorite: codes: No such file' errors || fail "no place, no word"
must_refuse 2 "codes: FORMATS 3.21: no pictures of sheets can be read there" \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
[ ! -e state ] || fail "a state was made"
