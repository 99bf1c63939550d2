# screen.sh: a parcel from a screen to a camera, with a program at each end.
# After lib.sh, parcels.sh and window.sh.
# shellcheck shell=sh

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
	# shellcheck disable=SC2013 # words it shall be
	for word in $(sed '$d; s/^parcel-words//' "$1.parcel.words"); do
		grep -q " $word " "$1.said" || fail "no $word beside the code"
	done
}

# seen_through NAME LOSS LEVEL RATE: by a camera of so many pictures a second,
# one in twenty of which is the one before once more; and received
seen_through() {
	got=$1-$2-$3.got
	t0=$(date +%s%N)
	must_pass sh -c "'$HELPER/degrade' -l $3 -s 960x720 -r $4 -x $2 -k 5 \
		$1/*.pgm | '$ANCHORITE' transfer receive y4m:- --to $got"
	t1=$(date +%s%N)
	grep -q "Session $(sed -n 's/^session *//p' "$OUT")\." "$1.said" ||
		fail "another session than the screen's"
	echo "$1, $3, $2 % lost: $(sed -n 's/^codes *//p' "$OUT")," \
		"$(((t1 - t0) / 1000000)) ms"
	equal "$1.parcel" "$got"
}
