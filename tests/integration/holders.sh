# holders.sh: a ceremony of one root and three sheets, held in a window of tmux
# by hands and eyes.  After lib.sh and window.sh; the window is UTF-8.
# shellcheck shell=sh
export LC_ALL=C.UTF-8

cat >plan.ini <<'EOF'
[ceremony]
format = 1
org = example
mode = rehearsal
effective = 2026-01-01
latest = 2099-12-31
oid-arc = 1.2.3.4
officer = anna
witness = bruno
number = 1
previous = none
[person anna]
name = Anna
[person bruno]
name = Bruno
[person clara]
name = Clara
[mint g1]
algorithm = ecdsa-p256
need = 1 group
group.main = 2 of 3: anna, bruno, clara
subject = root
years = 2
EOF
mkdir inbox
printf '[room]\nstate-a = state\ninbox = inbox\n' >room.ini
must_pass "$ANCHORITE" words plan.ini
sed 1d "$OUT" | paste -d ' ' - - >plan.words

# --- hands and eyes ---

type_in() {
	mux send-keys -l -- "$1"
}

key() {
	mux send-keys "$@"
}

enter() {
	type_in "$1"
	key Enter
}

# paste: standard input, as it is
paste_in() {
	mux load-buffer -
	mux paste-buffer -r -d
}

# row TEXT: the last line that is not empty
row_is() {
	[ "$(plain_text | sed 's/ *$//' | grep . | tail -1)" = "$1" ]
}

row() {
	wait_for row_is "$1" || {
		plain_text
		fail "the row is not: $1"
	}
}

# told TEXT ROW: what was wrong, and then the row again
told() {
	seen "$1"
	row "$2"
}

# gone TEXT: not in the window any more, soon
is_gone() {
	! shows "$1"
}

gone() {
	wait_for is_gone "$1" || fail "still there: $1"
}

# copy FILE: the sheet that is shown goes on paper
copy() {
	seen "then press Enter: the screen is wiped"
	plain_text | awk '{ for (i = 1; i < NF; i += 2)
		if ($i == n + 1 && $(i + 1) ~ /^[a-z]+$/) {
			n++; print $(i + 1) } }' | head -33 >"$1"
	[ "$(wc -l <"$1")" -eq 33 ] || fail "no sheet is shown"
}

# words FILE FROM TO: in one line
words() {
	sed -n "$2,$3p" "$1" | paste -s -d ' '
}

# another N FILE: its word N is another one of the list
another() {
	awk -v n="$1" 'NR == n { $0 = $0 == "acid" ? "acne" : "acid" } 1' "$2"
}

# cells FILE FROM TO: as they stand in a row, and the number that is next
cells() {
	awk -v from="$2" -v to="$3" 'NR >= from && NR <= to {
		printf "%5d  %-10s", NR, $0 }
		END { if (to < NR) printf "%5d", to + 1 }' "$1" | sed 's/ *$//'
}

# nothing_secret FILE...: of these sheets nothing is in the window, nor in what
# scrolled out of it
nothing_secret() {
	for sheet; do
		mux capture-pane -p -S - >pane
		count=$(tr -cs a-z '\n' <pane | sort -u | grep -cxFf "$sheet" || :)
		# the words of a head, and ours, are words too
		[ "$count" -le 4 ] || {
			cat pane
			fail "words of $sheet are on the screen"
		}
	done
}

# hold [HEAD]: the ceremony begins, or goes on behind the head on that paper
hold() {
	begin 80 24 "$ANCHORITE ceremony run plan.ini --room room.ini"
	# with blanks of an East Asian keyboard
	for from in 1 9 17 25; do
		seen "words $from to"
		enter "$(sed -n "$((from / 8 + 1))p" plan.words |
			sed "s/ /$(printf '\343\200\200')/g")"
	done
	[ $# -eq 0 ] || while read -r line; do
		enter "$line"
	done <"$1"
}

# note FILE: the words that are to go on paper do
note() {
	write_note "$1"
	key Enter
}

# write_note FILE: the same, and nobody says so yet
write_note() {
	seen "Press Enter when they are written."
	plain_text | sed '1,/Write on paper the words of the head/d' |
		grep '^   [a-z]' | paste -d ' ' - - >"$1"
	[ "$(wc -l <"$1")" -eq 4 ] || fail "no words are to be written"
}

look_at_sheet() {
	seen "Press Enter when only the holder sees the screen."
	key Enter
	copy "$1"
	key Enter
	seen 'Enter "?" for help'
	nothing_secret "$1"
}

# again TEXT: all that was typed is refused, and asked for again
again() {
	told "$1" "    1"
}

# stopped STATUS: the program is, and the terminal is as it was
stopped() {
	wait_for test -s after || fail "it does not end"
	[ "$(cat status)" -eq "$1" ] || {
		cat errors
		fail "status $1 was expected, not $(cat status)"
	}
	cmp -s before after || fail "the terminal is not as it was"
}
