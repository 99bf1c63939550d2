# power.sh: two parcels go out to a disk whose writes are logged outside.
# shellcheck shell=sh disable=SC2154 # run, fail: guest.sh

mount -t "$(sed 's/.*fs=\([a-z0-9]*\).*/\1/' /proc/cmdline)" /dev/vda mnt ||
	fail "no file system"
for p in /p1 /p2; do
	run send $p
	[ "$STATUS" -eq 0 ] || fail "it was not sent"
	# what was said to be safe is marked behind the file system
	dd if=/dev/zero of=/dev/vda bs=512 count=1 conv=notrunc \
		seek=$((122880 + ${p#/p})) oflag=direct 2>/dev/null
done
