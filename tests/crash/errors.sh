#!/bin/sh
# errors.sh all|short: the machine says no, once or for good, at every call of
# these kinds that an uncut run makes.
. "$(dirname "$0")/lib.sh"

faults='openat error=EIO
openat error=ENOSPC
openat error=EINTR
openat error=EMFILE
mkdirat error=EIO
mkdirat error=ENOSPC
read error=EIO
read error=ENOSPC
read error=EINTR
pread64 error=EIO
pread64 error=EINTR
write error=EIO
write error=ENOSPC
write error=EINTR
write retval=1
fsync error=EIO
fsync error=ENOSPC
fsync error=EINTR
syncfs error=EIO
syncfs error=ENOSPC
close error=EIO
close error=ENOSPC
close error=EINTR
getdents64 error=EIO'

rm -rf "$SHOP/count"
cp -a "$BASE" "$SHOP/count"
(cd "$SHOP/count" && hold strace -o ../calls) ||
	fail "the ceremony did not end well under strace"

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
case $1 in
all) most=1000000 ;;
*) most=60 ;;
esac
at_most $most <"$SHOP/points" >"$SHOP/chosen"

try_each errors err1.sh
echo "errors: $(wc -l <"$SHOP/chosen") of $(wc -l <"$SHOP/points") \
injections, $(results unharmed) unharmed, $(results stopped) stopped with a \
sentence, $(results unstarted) never started, $(results FAILED) failed; \
$(find "$SHOP/held" -type f | wc -l) different states held to the end"
tally $(($(results unharmed) + $(results stopped) + $(results unstarted))) \
	"$(results FAILED)" 0
[ "$(results FAILED)" -eq 0 ] && [ "$(results stopped)" -gt 0 ]
