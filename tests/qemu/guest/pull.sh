# pull.sh: sticks that are pulled in the middle, at several moments, while they
# are written and while they are read.
# shellcheck shell=sh disable=SC2154 # run, fail: guest.sh

bus_is_there
for wait in 1 2 3 4 6 8; do
	dev=$(disk "STICK-pull")
	mkdosfs "$dev"
	mount -t vfat "$dev" mnt || fail "pull: no stick"
	say "HOST: pull pull $wait"
	run send /large
	case $STATUS in
	0) say "ok: pulled at $wait: after all was sent" ;;
	*)
		if grep -q '^anchorite: ' err; then
			say "ok: pulled at $wait: $(sentence)"
		else
			fail "pulled at $wait: no sentence"
		fi
		;;
	esac
	was=$STATUS
	gone "$dev"
	umount -l mnt
	say "HOST: plug pull"
	dev=$(disk "STICK-pull")
	mount -t vfat -o "$READ" "$dev" mnt || fail "pull: no stick again"
	rm -f got
	run receive
	if [ "$STATUS" -eq 0 ]; then
		same "pulled at $wait: all of it" /large
	elif [ "$was" -eq 0 ]; then
		fail "pulled at $wait: it was sent, and is lost"
	elif [ -e got ]; then
		fail "pulled at $wait: half of it"
	else
		say "ok: pulled at $wait: not taken: $(sentence)"
	fi
	umount mnt
done

dev=$(disk "STICK-pull")
mkdosfs "$dev"
mount -t vfat "$dev" mnt
must_pass "pull: sent" send /large
umount mnt
mount -t vfat -o "$READ" "$dev" mnt
say "HOST: pull pull 0.6"
run receive
if [ "$STATUS" -eq 0 ]; then
	same "pulled while read: all of it" /large
elif [ -e got ] || ! grep -q '^anchorite: ' err; then
	fail "pulled while read"
else
	say "ok: pulled while read: $(sentence)"
fi
gone "$dev"
umount -l mnt
