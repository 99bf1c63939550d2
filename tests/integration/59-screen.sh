#!/bin/sh
# From a screen to a camera, with a program at each end: the sender runs in a
# window of tmux, what stands there is seen by a camera that shakes, blurs and
# misses some, and the receiver takes its video.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/parcels.sh"
. "$ROOT/tests/integration/window.sh"

# number: of the code in the window
number() {
	plain_text | sed -n 's/.*Code \([0-9]*\)\..*/\1/p'
}
# what a window says without its line breaks
said() {
	plain_text | tr -s ' \n' ' '
}
another() {
	now=$(number)
	[ -n "$now" ] && [ "$now" != "$was" ]
}

# screens N DIR: so many codes, one after the other
screens() {
	mkdir "$2"
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		was=$(number)
		mux send-keys n
		sleep 0.03 # it is there then, most often
		wait_for another || fail "no other code after $was"
		picture "$2/$(printf %04d $i).pgm"
	done
}

# sent NAME BYTES SCREENS: a parcel in a window, as pictures in folder NAME
sent() {
	pack "$1" "$2"
	begin 240 67 env LC_ALL=C.UTF-8 "$ANCHORITE" transfer send \
		"$1.parcel" --qr screen ">report"
	seen "5 a second"
	mux send-keys Space
	seen "paused"
	said >"$1.said"
	screens "$3" "$1"
	mux send-keys q
	ended 0
	words_of report | cmp - "$1.parcel.words" ||
		fail "the sender does not end with its words"
	for word in $(sed '$d; s/^parcel-words//' "$1.parcel.words"); do
		grep -q " $word " "$1.said" || fail "no $word beside the code"
	done
}

# seen_through NAME LOSS: and received
seen_through() {
	t0=$(date +%s%N)
	must_pass sh -c "'$HELPER/degrade' -l typical -s 960x720 -r 10 -x $2 \
		$1/*.pgm | '$ANCHORITE' transfer receive y4m:- --to got"
	t1=$(date +%s%N)
	grep -q "Session $(sed -n 's/^session *//p' "$OUT")\." "$1.said" ||
		fail "another session than the screen's"
	echo "$1, $2 % lost: $(sed -n 's/^codes *//p' "$OUT")," \
		"$(((t1 - t0) / 1000000)) ms"
	equal "$1.parcel" got
}

sent two 2048 12
sent twenty 20480 44
for loss in 0 20 40; do
	seen_through two $loss
	seen_through twenty $loss
done
