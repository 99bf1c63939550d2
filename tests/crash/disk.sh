#!/bin/sh
# disk.sh: a medium that is full, and one that cannot be written to.  Wants to
# mount; where it may not, it says so and exits 77.
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || {
	echo "full media: skipped, as only root may mount"
	tally 0 0 1
	exit 77
}
mkdir "$SHOP/medium"
mount -t tmpfs -o size=16k none "$SHOP/medium" 2>/dev/null || {
	echo "full media: skipped, as nothing may be mounted here"
	tally 0 0 1
	exit 77
}
umount "$SHOP/medium"
trap 'umount "$SHOP/medium" 2>/dev/null || :; sweep' EXIT

# A medium of each size, up to one that is large enough.
full=0
size=8
while :; do
	dir=$SHOP/full.$size
	cp -a "$BASE" "$dir"
	cd "$dir" || exit
	mount -t tmpfs -o size=${size}k none "$SHOP/medium"
	sed "s,^state-a = .*,state-a = $SHOP/medium/state,; /^state-b/d" \
		room.ini >small.ini
	code=0
	timeout 20 "$ANCHORITE" ceremony run plan.ini --room small.ini \
		>first 2>&1 || code=$?
	[ $code -ne 0 ] || break
	[ $code -eq 2 ] && grep -q 'No space left on device' first || {
		cat first
		fail "a full medium of ${size}k ends with exit status $code"
	}
	full=$((full + 1))
	# As a full medium cannot go on, its record goes to a larger one; where
	# no entry is whole yet, there is nothing to take along.
	if "$ANCHORITE" ceremony log --state "$SHOP/medium/state" \
		>was.log 2>/dev/null; then
		"$ANCHORITE" state copy --from "$SHOP/medium/state" \
			--to state-a >said 2>&1 || {
			cat said
			fail "a full medium of ${size}k cannot be copied"
		}
		"$ANCHORITE" ceremony log --state state-a | cmp -s - was.log ||
			fail "a copy is not what the full medium had"
	else
		[ ! -f paper/head-0001.words ] ||
			fail "a head is on paper, and no record is there"
	fi
	umount "$SHOP/medium"
	why=$("$HERE/whole.sh" "$dir") || {
		echo "$why"
		fail "after a full medium of ${size}k"
	}
	cd "$SHOP" || exit
	rm -rf "$dir"
	size=$((size + 4))
done
umount "$SHOP/medium"
[ $full -ge 3 ] || fail "only $full media were full"
echo "full media: $full sizes up to $((size - 4))k, each stopped with a \
sentence and was held to its end on a larger one"

# Read only, at the first ceremony and in the middle of one.
cp -a "$BASE" "$SHOP/locked"
cd "$SHOP/locked" || exit
mkdir state-a
mount --bind state-a state-a
mount -o remount,ro,bind state-a
trap 'umount "$SHOP/locked/state-a" 2>/dev/null || :; sweep' EXIT
run_locked() {
	code=0
	timeout 20 "$ANCHORITE" ceremony run plan.ini --room room.ini \
		>first 2>&1 || code=$?
	[ $code -eq 2 ] && grep -q 'Read-only file system' first || {
		cat first
		fail "a read-only medium ends with exit status $code"
	}
	[ ! -f paper/head-0001.words ] || [ -n "${1:-}" ] ||
		fail "a head is on paper, and nothing can be written"
}
run_locked
umount state-a
hold strace -o /dev/null -e trace=fsync \
	-e inject=fsync:signal=KILL:when=60 && fail "it was not cut"
cp -a state-a was
mount --bind state-a state-a
mount -o remount,ro,bind state-a
run_locked later
umount state-a
diff -r state-a was || fail "a read-only medium changed"
"$HERE/whole.sh" "$SHOP/locked" || fail "after a read-only medium"
echo "read-only media: refused with a sentence, and held to the end later"
tally $((full + 2)) 0 0
