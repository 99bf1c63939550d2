#!/bin/sh
# Both ends as verbs: what is sent as codes is received, equal to the byte and
# in its words, by pictures, paper and lines; after a cut; beside another
# transfer; and beside somebody who wants to disturb it.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/parcels.sh"

# send and receive ARG...: the verb
send() {
	"$ANCHORITE" transfer send "$@"
}
receive() {
	"$ANCHORITE" transfer receive "$@"
}
# frames ARG...: so many texts of big.parcel, in pieces of 120 bytes
frames() {
	"$HELPER/frames" "$@"
}
# refused CODE FRAGMENT CMD...: and nothing is left of it
refused() {
	remember_files "$WORK"
	must_refuse "$@"
	no_new_files "$WORK"
}
pack small 300
pack big 6000
pack other 5000

# --- pictures ---

# through DIR PARCEL ARG...: sent into DIR and received from it
through() {
	dir=$1
	parcel=$2
	shift 2
	must_pass send "$parcel" --qr "png:$dir" "$@"
	words_of "$OUT" | cmp - "$parcel.words" || fail "other words are sent"
	sed -n 's/^session *//p' "$OUT" >"$dir.session"
	must_pass receive "$dir" --to got
	must_say "$(cat "$dir.session")"
	equal "$parcel" got
}
through one small.parcel
[ "$(ls one)" = frame-0001.png ] || fail "more than one still code"
through pictures big.parcel
through others other.parcel
through parts big.parcel --ur
through part small.parcel --ur
through small-codes big.parcel --qr-version 6
grep -q ' of ' "$ERR" && fail "progress where nothing lasted"
command -v zbarimg >/dev/null && {
	zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable \
		parts/frame-0001.png >code
	grep -q '^UR:X-ANCHORITE/1-' code || fail "--ur is no UR"
	zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable \
		pictures/frame-0001.png >code
	grep -q '^AN1:[0-9]*$' code || fail "it is no frame of ours"
}
must_pass receive one/frame-0001.png --to got
equal small.parcel got

# some may be lost, and some be no pictures: those are named
cp -r pictures fewer
rm fewer/frame-0002.png
echo "no picture" >fewer/frame-0000.png
must_pass receive fewer --to got
equal big.parcel got
grep -q '^anchorite: frame-0000.png: ' "$ERR" || fail "it is not named"

# --- paper ---

if command -v pdftoppm >/dev/null; then
	for way in "" --ur; do
		# shellcheck disable=SC2086
		must_pass send big.parcel --qr "pdf:page$way.pdf" $way
		mkdir "paper$way"
		pdftoppm -r 150 -gray "page$way.pdf" "paper$way/page"
		must_pass receive "paper$way" --to got
		equal big.parcel got
	done
fi

# --- lines ---

for way in native ur; do
	frames send $way 120 80 <big.parcel >$way
	must_pass sh -c "'$ANCHORITE' transfer receive lines:- --to got <$way"
	equal big.parcel got
	# whichever they are, from whichever on, both ways mixed with others
	frames send $way 120 300 1000 <other.parcel | shuf >$way.other
	frames send $way 120 300 700 <big.parcel | shuf >$way.late
	must_pass sh -c "head -n 55 $way.late | paste -d '\n' - $way.other |
		head -n 110 | '$ANCHORITE' transfer receive lines:- --to got"
	equal "$(cmp -s got big.parcel && echo big || echo other).parcel" got
done

# --- two transfers in one folder ---

# the first that is whole is taken, and which it is is said
mkdir mixed
for n in 1 2 3 4 5 6; do
	cp pictures/frame-000$n.png mixed/$n-a.png
	cp others/frame-000$n.png mixed/$n-b.png
done
must_pass receive mixed --to got
if cmp -s got big.parcel; then
	must_say "session       $(cat pictures.session)"
	equal big.parcel got
else
	must_say "session       $(cat others.session)"
	equal other.parcel got
fi
cp one/frame-0001.png mixed/1-c.png
must_pass receive mixed --to got
must_say "session       $(cat one.session)"
equal small.parcel got

# --- somebody disturbs ---

# frames of the same session and shape, well formed, with a wrong piece
frames lie native 120 3 70 <big.parcel >lies
[ "$(cut -c1-14 lies | sort -u)" = "$(head -n 1 native | cut -c1-14)" ] ||
	fail "they are of another session"
must_pass sh -c "(cat lies; cat native; cat native.late) |
	'$ANCHORITE' transfer receive lines:- --to got"
equal big.parcel got
grep -q 'FORMATS 10.28: all of it came, and is not what its digest says' \
	"$ERR" || fail "nobody is told of the lie"
# what is whole and no parcel ends nothing, and is named
echo "no parcel" | frames send native 120 1 >no-parcel
must_pass sh -c "cat no-parcel native |
	'$ANCHORITE' transfer receive lines:- --to got"
must_say "FORMATS 10.1: no parcel"
equal big.parcel got
refused 1 "FORMATS 10.1: no parcel" sh -c "'$ANCHORITE' transfer receive \
	lines:- --to got --resume r <no-parcel; rc=\$?; rm -r r; exit \$rc"
# a body of many, none of them ours
seq 1000 | sed 's/^/AN1:/' >noise
refused 1 "lines:-: FORMATS 10.23: no code of a parcel came" \
	sh -c "'$ANCHORITE' transfer receive lines:- --to got --resume r <noise"

# --- cuts ---

# started FILE: a receiver of lines that are told by fd 9, and what it is
started() {
	rm -f pipe
	mkfifo pipe
	env --default-signal=INT "$ANCHORITE" transfer receive lines:- \
		--to got --resume "$1" <pipe >"$OUT" 2>"$ERR" &
	pid=$!
	exec 9>pipe
}
ended() {
	exec 9>&-
	STATUS=0
	wait $pid 2>/dev/null || STATUS=$?
}
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "in vain: $*"
		sleep 0.1
	done
}
# k: how many are enough
k=$(sh -c "head -n 1 native | '$ANCHORITE' transfer receive lines:- --to got" \
	2>&1 | sed -n 's/.* 1 of \([0-9]*\) came.*/\1/p')
[ "$k" -gt 40 ] || fail "nobody says how many are wanted"

# the plug is pulled: less than 16 are lost
started cut
head -n 40 native >&9
wait_for test -s cut/0002.frames
kill -9 $pid
ended
[ ! -e got ] || fail "something was left"
remember_files cut
tail -n +33 native | head -n $((k - 32)) >rest
refused 1 "lines:-: FORMATS 10.28: $((k - 32)) of $k came, of session" \
	sh -c "'$ANCHORITE' transfer receive lines:- --to got <rest"
# the folder and the rest, as other codes of the same transfer
must_pass sh -c "'$ANCHORITE' transfer receive lines:- --to got \
	--resume cut <rest"
grep -qx "anchorite: cut: 32 of $k were there already" "$ERR" ||
	fail "nobody says what was there"
equal big.parcel got
# all of it is there now: no source is asked
must_pass receive camera:/nowhere --to got --resume cut
must_say "none was read: all were in cut"
equal big.parcel got

# ^C, and a kind signal: nothing is lost
for signal in INT TERM; do
	started $signal
	head -n 10 native >&9
	sleep 1
	kill -$signal $pid
	wait_for test -s $signal/0001.frames
	ended
	[ "$STATUS" -eq 2 ] || fail "$signal ends with $STATUS"
	grep -qx "anchorite: interrupted: 10 of $k came; they are in $signal" \
		"$ERR" || fail "$signal says: $(cat "$ERR")"
	[ ! -e got ] || fail "something was left"
	head -n 10 native | cmp - $signal/0001.frames || fail "other frames"
done
started nothing
sleep 1
kill -INT $pid
ended
[ "$STATUS" -eq 2 ] && [ ! -e nothing ] ||
	fail "$STATUS, or a folder of nothing is left"
grep -qx "anchorite: interrupted: no code of a parcel is there yet" "$ERR" ||
	fail "it says: $(cat "$ERR")"
# a folder that takes no more ends nothing
mkdir full
(cd full && seq -f %04g.frames 1024 | xargs touch)
remember_files full
must_pass sh -c "'$ANCHORITE' transfer receive lines:- --to got \
	--resume full <native"
grep -q 'FORMATS 10.29: .*: from here on nothing is kept for --resume' \
	"$ERR" || fail "nobody is told"
equal big.parcel got
no_new_files full

# --- refusals ---

refused 2 "which way? one of --qr, --usb and --raw is needed" send big.parcel
refused 2 "which way?" send big.parcel --qr screen --usb .
refused 2 "--qr nowhere: where to? screen, png:DIR or pdf:FILE" \
	send big.parcel --qr nowhere
refused 2 "--qr png:: where to?" send big.parcel --qr png:
refused 2 "--qr screens: where to?" send big.parcel --qr screens
refused 2 "--ur goes with --qr only" send big.parcel --usb . --ur
refused 2 "--rate goes with --qr only" send big.parcel --usb . --rate 2
refused 2 "--label does not go with --qr" \
	send big.parcel --qr png:p --label red
refused 2 "--rate goes with --qr screen only" \
	send big.parcel --qr png:p --rate 2
refused 2 "--rate 7: FORMATS 10.83: " send big.parcel --qr screen --rate 7
refused 2 "--rate 0: not a number from 1 to 10" \
	send big.parcel --qr screen --rate 0
refused 2 "--qr-version 41: not a number from 1 to 40" \
	send big.parcel --qr png:p --qr-version 41
refused 1 "pictures: it is there already" send big.parcel --qr png:pictures
refused 1 "big-0.p7s: is there already" send big.parcel --qr pdf:big-0.p7s
refused 1 "native: FORMATS 10.1: " send native --qr png:p
pack huge 1048576
refused 1 "FORMATS 10.20: 1 to 1048576 bytes go through codes, not" \
	send huge.parcel --qr screen
pack large 800000
refused 1 "FORMATS 10.86: " send large.parcel --qr pdf:huge.pdf

refused 1 "big.parcel: it is there already; nothing is ever replaced" \
	receive pictures --to big.parcel
refused 2 "usb:.: --resume does not go with it" \
	receive usb:. --to got --resume r
refused 2 "pictures: --label does not go with it" \
	receive pictures --to got --label red
refused 2 "tape:-: from where? camera[:DEV]" receive tape:- --to got --resume r
refused 2 "y4m:9: a y4m source is standard input, y4m:-" receive y4m:9 --to got
refused 2 "/nowhere: " receive camera:/nowhere --to got
refused 1 "FORMATS 10.75: " sh -c "echo no video |
	'$ANCHORITE' transfer receive y4m:- --to got"
mkdir empty
refused 1 "empty: FORMATS 10.23: no code of a parcel came" \
	receive empty --to got --resume r
refused 1 "fewest: FORMATS 10.28: 1 of " sh -c "mkdir fewest &&
	cp pictures/frame-0001.png fewest &&
	'$ANCHORITE' transfer receive fewest --to got; rc=\$?
	rm -r fewest; exit \$rc"
