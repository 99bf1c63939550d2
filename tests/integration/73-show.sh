#!/bin/sh
# Codes on a screen, as somebody sees them: the loop runs in a window of tmux,
# what stands in it is made a picture of, and zbar reads that.  Both forms, many
# windows, keys, signals; and the same codes as files.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/window.sh"
command -v zbarimg >/dev/null || skip "no zbarimg"
show=$HELPER/show

# read_code: what zbar reads in the window, in file CODE
read_code() {
	picture pane.pgm
	zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable pane.pgm \
		>code 2>/dev/null
	[ -s code ]
}

# --- what a window shows is read by zbar ---
# window FORM COLS ROWS VERSION LOCALE
window() {
	begin "$2" "$3" env LC_ALL="$5" "$show" "$1" 200000
	seen "5 a second"
	# a picture at rest; what zbar cannot see at all comes with others
	mux send-keys Space
	seen "paused"
	wait_for read_code_or_next || fail "no code in $2 by $3, $1"
	grep -q "^AN1:$4" code ||
		fail "$2 by $3 is not used: $(cut -c1-14 code)"
	for text in topmost midsummer "A parcel from notary: result" \
		"Session cafe00" "Any "; do
		seen "$text"
	done
	mux send-keys q
	ended 0
}
read_code_or_next() {
	read_code || {
		mux send-keys n
		return 1
	}
}
window screen 80 24 05 C.UTF-8
window screen 132 43 15 C.UTF-8
window screen 240 67 25 C.UTF-8
window plain 120 50 04 C.UTF-8
window plain 240 67 10 C.UTF-8
# where the locale has no half blocks nobody is sent any
window screen 240 67 10 C
[ "$(LC_ALL=C tr -d '\033\012 -~' <pane | wc -c)" -eq 0 ] ||
	fail "the locale has no such characters"

# --- one that is enough stands still ---
begin 100 40 env LC_ALL=C.UTF-8 "$show" screen 300
seen "stands still"
read_code || fail "the still code is not read"
cp code still
sleep 1
read_code && cmp -s code still || fail "it does not stand still"
mux send-keys q
ended 0

# --- they go on, five a second, and each is another one ---
begin 160 60 env LC_ALL=C.UTF-8 "$show" screen 200000
seen "5 a second"
number() {
	plain_text | sed -n 's/.*Code \([0-9]*\)\..*/\1/p'
}
from=$(number)
t0=$(date +%s%N)
sleep 3
to=$(number)
t1=$(date +%s%N)
rate=$(((to - from) * 1000000000 * 100 / (t1 - t0)))
[ $rate -ge 400 ] && [ $rate -le 560 ] ||
	fail "$from to $to in $(((t1 - t0) / 1000000)) ms is not 5 a second"
got=0
for i in 1 2 3 4 5 6 7 8; do
	! read_code || got=$((got + 1))
	cut -c7-14 code >>numbers
done
[ $got -ge 4 ] || fail "of 8 looks at what moves $got saw a code"
[ "$(sort -u numbers | wc -l)" -ge 3 ] || fail "it is always the same code"
mux send-keys -- + +
seen "8 a second"
mux send-keys -- - - -
seen "4 a second"

# --- the window changes ---
mux resize-window -x 20 -y 8
cols=20 rows=8
seen "Too small"
mux resize-window -x 100 -y 40
cols=100 rows=40
seen "begins anew"
mux send-keys Space
seen "paused"
wait_for read_code_or_next || fail "no code after the window changed"
mux resize-window -x 160 -y 60
cols=160 rows=60
version=$(cut -c5-6 code)
# a picture that was drawn for another window is none
wait_for read_code_or_next || fail "no code in the larger window"
[ "$(cut -c5-6 code)" = "$version" ] ||
	fail "the codes changed, and the receiver lost what it had"
mux send-keys C-c
ended 2
grep -q '^anchorite: interrupted by ^C$' errors || fail "^C is not said"

# --- too small from the beginning is a sentence ---
for size in "20 10" "40 12" "79 8"; do
	# shellcheck disable=SC2086
	begin $size env LC_ALL=C.UTF-8 "$show" screen 20000
	ended 1
	grep -q "^anchorite: FORMATS 10.83: a window of ${size% *} by \
${size#* } cells is too small for the code and its words: make it larger" errors ||
		fail "too small is not said: $(cat errors)"
done

# --- signals end it, and the terminal is given back ---
for signal in 1 2 3 15; do
	begin 120 50 env LC_ALL=C.UTF-8 "$show" screen 20000
	seen "5 a second"
	kill -"$signal" "$(cat pid)"
	wait_for test -s after || fail "$signal does not end it"
	ended $((128 + signal))
done
begin 120 50 env LC_ALL=C.UTF-8 "$show" screen 20000
seen "5 a second"
kill -TSTP "$(cat pid)"
mux send-keys C-z
sleep 0.5
from=$(number)
sleep 1
[ "$(number)" -gt "$from" ] || fail "it was stopped"
mux send-keys q
ended 0

# --- as files ---
must_pass "$show" png 20000 pictures
must_say "10 files"
[ "$(ls pictures | wc -l)" -eq 10 ] || fail "not ten files"
zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable pictures/*.png >codes
for i in 0 1 2 3 4 5 6 7 8 9; do
	grep -q "^AN1:[0-9][0-9]0000000$i" codes || fail "code $i is not there"
done
remember_files pictures
must_refuse 1 "pictures: it is there already; pictures get a new folder" \
	"$show" png 20000 pictures
no_new_files pictures
must_pass "$show" png 300 one
must_say "1 files"
must_refuse 1 "FORMATS 10.86" "$show" png 90000000 many
[ ! -e many ] || fail "a folder was left"

# --- on paper ---
must_pass "$show" pdf 900 one.pdf
must_say "1 codes"
must_pass "$show" pdf 900 again.pdf
cmp -s one.pdf again.pdf || fail "the same page is not the same file"
must_pass "$show" pdf 30000 many.pdf
must_say "24 codes"
command -v pdftoppm >/dev/null || skip "all but the pages: no pdftoppm"
for pdf in one many; do
	pdftotext -layout $pdf.pdf $pdf.txt
	for text in "Result parcel" notary 2027-03-01 "session\|Session" \
		"topmost  *istanbul  *pluto  *vagabond" midsummer \
		"anchorite transfer receive camera" \
		"pictures of all of them" "by telephone"; do
		grep -q "$text" $pdf.txt || fail "no page says: $text"
	done
	pdftoppm -r 150 -gray $pdf.pdf $pdf
done
[ "$(ls one-*.pgm | wc -l) $(ls many-*.pgm | wc -l)" = "1 5" ] ||
	fail "not one page for one code, and five for 24"
grep -q "any 19 of 24" many.txt || fail "nobody is told how many are enough"
zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable one-1.pgm >codes
[ "$(wc -l <codes)" -eq 1 ] || fail "the page has not one code"
zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable many-*.pgm >codes
[ "$(cut -c1-14 codes | sort -u | wc -l)" -ge 23 ] ||
	fail "not all 24 codes are read from paper"
rm ./*.pgm
remember_files .
must_refuse 1 "one.pdf" "$show" pdf 900 one.pdf
must_refuse 1 "FORMATS 10.86" "$show" pdf 9000000 huge.pdf
echo '<fontconfig></fontconfig>' >../no-fonts
must_refuse 2 "no font to write with: Debian's package fonts-dejavu-core" \
	env FONTCONFIG_FILE="${WORK%/*}/no-fonts" "$show" pdf 900 huge.pdf
no_new_files .
