#!/bin/sh
# errors.sh all|short: the machine says no, once or for good, at every call of
# these kinds that an uncut run makes.
. "$(dirname "$0")/lib.sh"

faults='openat error=EIO
openat error=ENOSPC
openat error=EMFILE
mkdirat error=ENOSPC
read error=EIO
read error=EINTR
pread64 error=EIO
pread64 error=EINTR
write error=ENOSPC
write error=EIO
write error=EINTR
write retval=1
fsync error=EIO
fsync error=ENOSPC
syncfs error=EIO
close error=EIO
getdents64 error=EIO'

cp -a "$BASE" "$SHOP/count"
(cd "$SHOP/count" && hold strace -o ../calls) ||
	fail "the ceremony did not end well under strace"
rm -rf "$SHOP/count"

echo "$faults" | while read -r call fault; do
	n=$(grep -c "^$call(" "$SHOP/calls" || :)
	[ "$n" -gt 0 ] || fail "the ceremony makes no call of $call"
	i=1
	while [ $i -le "$n" ]; do
		echo "$call $fault $i"
		echo "$call $fault $i+"
		i=$((i + 1))
	done
done >"$SHOP/points"
! grep FAILED "$SHOP/points" || exit 1
at_most "${MOST:-1000000}" <"$SHOP/points" >"$SHOP/chosen"

xargs -P "$JOBS" -n 3 "$HERE/err1.sh" <"$SHOP/chosen" >"$SHOP/results"
grep -v '^unharmed\|^stopped\|^unstarted' "$SHOP/results" | head -n 100 || :
count() {
	grep -c "^$1" "$SHOP/results" || :
}
echo "errors: $(wc -l <"$SHOP/chosen") of $(wc -l <"$SHOP/points") \
injections, $(count unharmed) unharmed, $(count stopped) stopped with a \
sentence, $(count unstarted) never started, $(count FAILED) failed"
[ "$(count FAILED)" -eq 0 ] && [ "$(count stopped)" -gt 0 ]
