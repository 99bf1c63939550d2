# rows.sh: a rehearsal of several ceremonies, one plan after the other, with five
# people.  After lib.sh and short.sh:
#
#	. "$ROOT/tests/integration/rows.sh"
#
# shellcheck shell=sh

# plan NUMBER PREVIOUS: its facts, of now, and what is on stdin.
plan() {
	{
		sed -n '1,/^\[mint/p' "$WORK/base/plan.ini" | sed "\$d
			s/^effective = .*/effective = $(effective_in $(($1 - 1)))/
			s/^number = .*/number = $1/
			s/^previous = .*/previous = $2/"
		for person in clara dario elena; do
			printf '[person %s]\nname = %s\n\n' $person $person
		done
		cat
	} >plan.ini
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
# head_of STATE: its head, in hex
head_of() {
	"$ANCHORITE" state show --state "$1" --json |
		sed -n 's/.*"head": *"\([^"]*\)".*/\1/p'
}
next() {
	plan "$1" "$(head_of state-a)"
}
# mint NAME SCHEME: a root to come; what is behind it makes it a present one
mint() {
	printf '[mint %s]\nalgorithm = ecdsa-p256\nneed = 1 group\n' "$1"
	echo "group.main = $2"
}
present() {
	printf 'subject = root-%s\nyears = 20\n' "$1"
}
crl() {
	printf '[crl %s]\nby = %s\ndays = 30\n' "$1" "$1"
}
# refused CODE SENTENCE: plan number N with the rows on stdin, by check and by
# run; nothing is made
refused() {
	cat >rows.ini
	next "$N" <rows.ini
	remember_files .
	must_refuse "$1" "$2" "$ANCHORITE" ceremony check plan.ini \
		--room room.ini
	must_refuse "$1" "$2" hold
	no_new_files .
}
# show FRAGMENT...: state show says each of them
show() {
	must_pass "$ANCHORITE" state show --state state-a
	for say; do
		must_say "$say"
	done
}
# not_shown FRAGMENT: what the last command did not say
not_shown() {
	! grep -qF -- "$1" "$OUT" || fail "stdout holds: $1"
}
# good [SHEET...]: verify and reproduce find nothing
good() {
	must_pass "$ANCHORITE" ceremony verify --state state-a
	[ $# -eq 0 ] || must_pass "$ANCHORITE" ceremony reproduce \
		--after state-a "$@"
}
check() {
	"$ANCHORITE" share check "$1" --state state-a
}
# recover ROOT SHEET...
recover() {
	root=$1
	shift
	"$ANCHORITE" share recover "$@" --root "$root" --state state-a
}
