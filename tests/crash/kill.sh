#!/bin/sh
# kill.sh all|short: kill the ceremony before each of its system calls, or
# before each that changes a medium, and hold it to its end afterwards.  Then
# the same with a ceremony that is resumed after a cut.
. "$(dirname "$0")/lib.sh"

# points HOW FOLDER: the calls that an uncut run from there makes.  An injection
# counts calls of one kind, so each is named by its kind and its number in it.
points() {
	cp -a "$2" "$SHOP/count"
	(cd "$SHOP/count" && hold strace -o ../calls -y -s 0) ||
		fail "the ceremony did not end well under strace"
	rm -rf "$SHOP/count"
	awk -v how="$1" '
	{ sub(/^[0-9]+ +/, "") }
	!match($0, /^[a-z0-9_]+\(/) { next }
	{
		call = substr($0, 1, RLENGTH - 1)
		n[call]++
		if (call == "execve" || call == "exit_group")
			next
		changes = call ~ /^(fsync|fdatasync|mkdirat|mkdir|syncfs)$/ ||
		    (call == "openat" && /O_CREAT/) ||
		    (call ~ /^p?write/ && /\/(state-[ab]|paper|sheets)\//)
		if (how == "all" || changes)
			print call, n[call]
	}' "$SHOP/calls"
}

# kill_all WHAT HOW FOLDER
kill_all() {
	START=$3
	export START
	points "$2" "$START" >"$SHOP/points"
	[ "$(wc -l <"$SHOP/points")" -gt 50 ] || fail "too few calls were seen"
	at_most "${MOST:-1000000}" <"$SHOP/points" >"$SHOP/chosen"
	xargs -P "$JOBS" -n 2 "$HERE/kill1.sh" <"$SHOP/chosen" >"$SHOP/results"
	grep -v '^ok: \|^missed: ' "$SHOP/results" | head -n 100 || :
	ok=$(grep -c '^ok:' "$SHOP/results" || :)
	missed=$(grep -c '^missed:' "$SHOP/results" || :)
	failed=$(grep -c '^FAILED' "$SHOP/results" || :)
	echo "kill: $1: $(wc -l <"$SHOP/chosen") points, $ok held to the \
end, $missed not reached, $failed failed"
	[ "$failed" -eq 0 ] && [ "$ok" -gt $((missed * 10)) ] || exit 1
}

kill_all "a ceremony" "$1" "$BASE"

# One stick has an entry more than the other, and one a torn file.
cp -a "$BASE" "$SHOP/cut"
cd "$SHOP/cut" || exit
n=$(awk '/^write\(/ && ++n && /state-b\/record\/000005/ { print n; exit }' \
	"$SHOP/calls")
hold strace -o /dev/null -e trace=write \
	-e inject=write:signal=KILL:when="$n" && fail "it was not cut"
[ -s state-a/record/000005.json ] && [ ! -s state-b/record/000005.json ] ||
	fail "it was not cut between the sticks"
cd "$SHOP" || exit
kill_all "a resumed one" "$1" "$SHOP/cut"
