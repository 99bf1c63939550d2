# window.sh: a program in a window of tmux, as somebody sees it.
# shellcheck shell=sh
command -v tmux >/dev/null || skip "no tmux"

# a path to a socket is short
TMUX_TMPDIR=$(mktemp -d)
export TMUX_TMPDIR
server=0 # each window has its own: one that ends takes a while
mux() {
	tmux -f /dev/null -L show$server "$@"
}
trap 'mux kill-server 2>/dev/null || :; rm -rf "$TMUX_TMPDIR"' EXIT

# wait_for CMD...: until it succeeds, ten seconds at most
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.1
	done
}

# begin COLS ROWS CMD...: in a window of that size; a shell around it tells
# how it ended, and in which state it left the terminal
begin() {
	cols=$1
	rows=$2
	shift 2
	server=$((server + 1))
	rm -f before after status errors
	cat >run.sh <<-EOF
		stty -a >before
		echo here before
		sh -c 'echo \$\$ >pid; exec $*' 2>errors
		echo \$? >status
		stty -a >after
		exec sleep 60
	EOF
	mux new-session -d -x "$cols" -y "$rows" "exec sh run.sh"
}

capture() {
	# -N: blanks at the end of a line have a colour too
	mux capture-pane -e -p -N >pane 2>/dev/null
}

# picture FILE: what is in the window, as a PGM file
picture() {
	capture
	"$HELPER/cells" "$cols" "$rows" <pane >"$1" ||
		fail "the window is no picture"
}

plain_text() {
	mux capture-pane -p 2>/dev/null
}

shows() {
	plain_text | grep -qF -- "$1"
}

# seen TEXT: in the window, soon
seen() {
	wait_for shows "$1" || {
		plain_text
		cat errors
		fail "the window does not say: $1"
	}
}

# ended STATUS: the loop is over, the terminal as it was
ended() {
	wait_for test -s after || fail "it does not end"
	[ "$(cat status)" -eq "$1" ] || {
		cat errors
		fail "status $1 was expected, not $(cat status)"
	}
	cmp -s before after || fail "the terminal is not as it was"
	seen "here before"
	! shows "Session" || fail "what it showed is still there"
	[ "$(mux display-message -p '#{cursor_flag}#{wrap_flag}')" = 11 ] ||
		fail "the cursor is gone"
	mux kill-server
}
