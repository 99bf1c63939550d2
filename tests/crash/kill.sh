#!/bin/sh
# kill.sh all|short: kill the ceremony before each of its system calls, or
# before each that changes a medium, and hold it to its end afterwards.
. "$(dirname "$0")/lib.sh"

# The calls of an uncut run.  An injection counts calls of one kind, so each is
# named by its kind and its number among them.
cp -a "$BASE" "$SHOP/count"
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
}' "$SHOP/calls" >"$SHOP/points"
[ "$(wc -l <"$SHOP/points")" -gt 50 ] || fail "too few calls were seen"
[ -z "${MOST:-}" ] || {
	at_most "$MOST" <"$SHOP/points" >"$SHOP/fewer"
	mv "$SHOP/fewer" "$SHOP/points"
}

xargs -P "$JOBS" -n 2 "$HERE/kill1.sh" <"$SHOP/points" >"$SHOP/results"
sed -n '/^FAILED/,/^ok\|^missed/p' "$SHOP/results" | grep -v '^ok\|^missed' |
	head -n 100 || :
ok=$(grep -c '^ok:' "$SHOP/results" || :)
missed=$(grep -c '^missed:' "$SHOP/results" || :)
failed=$(grep -c '^FAILED' "$SHOP/results" || :)
echo "kill: $(wc -l <"$SHOP/points") points, $ok held to the end, \
$missed not reached, $failed failed"
[ "$failed" -eq 0 ] && [ "$ok" -gt $((missed * 10)) ]
