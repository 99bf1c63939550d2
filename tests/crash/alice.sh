#!/bin/sh
# alice.sh all|short: every state that a power cut may leave on the sticks, of
# a ceremony and of one that is resumed; and the same with syncs forgotten,
# where losses must be found, or these eyes are blind.
. "$(dirname "$0")/lib.sh"

calls=openat,mkdir,mkdirat,write,pwrite64,fsync,fdatasync,syncfs,rename
calls=$calls,renameat,renameat2,unlink,unlinkat,ftruncate,truncate
case $1 in
all) every=2 ;;
*) every=40 ;;
esac

# states WHAT LOG ROOT [OPTIONS...]: enumerate, and say what was found.
states() {
	what=$1
	log=$2
	root=$3
	shift 3
	mkdir "$SHOP/state.$$"
	found=0
	"$HELPER/crashstates" "$@" "$log" "$root" "$SHOP/state.$$" \
		>"$SHOP/found" || found=$?
	rm -rf "$SHOP/state.$$"
	[ $found -le 1 ] || {
		cat "$SHOP/found"
		fail "no answer about $what"
	}
}

cp -a "$BASE" "$SHOP/first"
cd "$SHOP/first" || exit
hold strace -o "$SHOP/first.log" -xx -y -s 9999999 -e trace=$calls ||
	fail "the ceremony did not end well under strace"

states "a ceremony" "$SHOP/first.log" "$SHOP/first" \
	--every $every "$HERE/resume1.sh"
sed 's/^/crash states: a ceremony: /' "$SHOP/found"
[ $found -eq 0 ] || fail "states are lost or corrupt"

# Cut in the middle, then gone on with: what the second run may leave.
cp -a "$BASE" "$SHOP/second"
cd "$SHOP/second" || exit
hold strace -o /dev/null -e trace=mkdirat \
	-e inject=mkdirat:signal=KILL:when=14 && fail "it was not cut"
cp -a "$SHOP/second" "$SHOP/second.cut"
hold strace -o "$SHOP/second.log" -xx -y -s 9999999 -e trace=$calls ||
	fail "it could not be resumed"
states "a resumed one" "$SHOP/second.log" "$SHOP/second" \
	--from "$SHOP/second.cut" --every $every "$HERE/resume1.sh"
sed 's/^/crash states: a resumed one: /' "$SHOP/found"
[ $found -eq 0 ] || fail "states are lost or corrupt"

for kind in file folder; do
	states "a control" "$SHOP/first.log" "$SHOP/first" --forget $kind
	line=$(tail -n 1 "$SHOP/found")
	echo "crash states: had no $kind been synced: $line"
	if [ $found -ne 1 ] || [ "${line%% 0 lost*}" != "$line" ]; then
		fail "the missing sync of a $kind is not found"
	fi
done
