# aims.sh: what benches of the transfer close with.
# shellcheck shell=sh

# aim SENTENCE FIGURE ANSWER: a row of the table that bench-transfer prints at
# the end, in file AIMS.  The answer is yes, NO, or what was not measured.
aim() {
	[ -z "${AIMS:-}" ] || printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$AIMS"
}
