# eio.sh: a stick that fails its first write, or its second, and so on, and each
# one from then on, till one is late enough for all to be safe.
# shellcheck shell=sh disable=SC2154 # run, fail: guest.sh

bus_is_there
places=0
last=
# another: the stick as it was plugged in last
another() {
	dev=$(disk STICK-eio "$last")
	last=$(sequence "$dev")
}
STATUS=2
while [ "$STATUS" -ne 0 ] && [ $places -lt 200 ]; do
	places=$((places + 1))
	say "HOST: fail eio $places"
	another
	mount -t vfat "$dev" mnt || fail "eio: no stick"
	run send /p1
	was=$STATUS
	[ "$was" -eq 0 ] || grep -q '^anchorite: ' err ||
		fail "write $places fails: no sentence"
	why=$(sentence)
	umount mnt 2>/dev/null || umount -l mnt
	say "HOST: fail eio 0"
	another
	mount -t vfat -o "$READ" "$dev" mnt || fail "eio: no stick again"
	run receive
	if [ "$STATUS" -eq 0 ]; then
		same "write $places fails: $was, and all of it is there" /p1
	elif [ "$was" -eq 0 ] || [ -e got ]; then
		fail "write $places fails: half of it"
	else
		say "ok: write $places fails: $why: not taken: $(sentence)"
	fi
	umount mnt
	STATUS=$was
done
if [ $places -le 10 ] || [ "$STATUS" -ne 0 ]; then
	fail "$places places of failing writes"
fi
