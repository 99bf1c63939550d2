#!/bin/sh
# kill.sh all|short: kill the ceremony before each of its system calls, or in
# the short form before each that changes a medium, and hold it to its end
# afterwards.  Then the same with one that is resumed after a cut, before each
# call that changes a medium, or a sample of those.
. "$(dirname "$0")/lib.sh"

# points HOW FOLDER: the calls that an uncut run from there makes.  An injection
# counts calls of one kind, so each is named by its kind and its number in it.
points() {
	rm -rf "$SHOP/count"
	cp -a "$2" "$SHOP/count"
	(cd "$SHOP/count" && hold strace -o ../calls -y -s 0) ||
		fail "the ceremony did not end well under strace"
	awk -v how="$1" '
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

# kill_all WHAT HOW FOLDER MOST
kill_all() {
	START=$3
	export START
	points "$2" "$START" >"$SHOP/points"
	[ "$(wc -l <"$SHOP/points")" -gt 50 ] || fail "too few calls were seen"
	at_most "$4" <"$SHOP/points" >"$SHOP/chosen"
	try_each "kill: $1" kill1.sh
	echo "kill: $1: $(wc -l <"$SHOP/chosen") points, $(results ok) held \
to the end, $(results missed) not reached, $(results FAILED) failed"
	tally "$(results ok)" "$(results FAILED)" "$(results missed)"
	[ "$(results FAILED)" -eq 0 ] &&
		[ "$(results ok)" -gt $(($(results missed) * 10)) ] || exit 1
}

every=1000000
calls=changes
case $1 in
all) calls=all first=$every later=$every ;;
*) first=$every later=40 ;;
esac
# the sanitizers slow each one down, and see the same code in all
[ -z "${SAN:-}" ] || first=40
kill_all "a ceremony" $calls "$BASE" $first

# One stick has an entry more than the other, and one a torn file.
rm -rf "$SHOP/cut"
cp -a "$BASE" "$SHOP/cut"
cd "$SHOP/cut" || exit
n=$(awk '/^write\(/ && ++n && /state-b\/record\/000005/ { print n; exit }' \
	"$SHOP/calls")
hold strace -o /dev/null -e trace=write \
	-e inject=write:signal=KILL:when="$n" && fail "it was not cut"
[ -s state-a/record/000005.json ] && [ ! -s state-b/record/000005.json ] ||
	fail "it was not cut between the sticks"
cd "$SHOP" || exit
kill_all "a resumed one" changes "$SHOP/cut" $later
