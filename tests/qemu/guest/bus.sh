# bus.sh: sticks on a USB bus: out, in, the other way round, full, and what file
# systems make of names.
# shellcheck shell=sh disable=SC2154 # must_pass, READ, A: guest.sh

bus_is_there

# moved FROM TO: by a third name, as one name is the other to some
moved() {
	mv "mnt/$folder/$1" mnt/x && mv mnt/x "mnt/$folder/$2"
}
# misnamed NAME AS FRAGMENT: what has another name is not there
misnamed() {
	mount -o remount,rw mnt
	moved "$1" "$2"
	mount -o remount,"$READ" mnt
	must_refuse 1 "$fs: $2 is not $1" "$3" receive
	mount -o remount,rw mnt
	moved "$2" "$1"
	mount -o remount,"$READ" mnt
}

out_and_in() {
	mount -t "$fs" "$dev" mnt || fail "$fs cannot be mounted"
	must_refuse 1 "$fs: not read where things could run" \
		"FORMATS 10.51: it is mounted without ro" receive
	must_pass "$fs: sent" send /p1
	grep -q "serial  *STICK-$fs" out || fail "$fs: its serial number"
	folder=$(ls mnt)
	umount mnt
	mount -t "$fs" -o "$READ" "$dev" mnt
	must_refuse 2 "$fs: not written where it is read only" \
		"FORMATS 10.51: it is mounted read only" send /p1
	must_pass "$fs: received" receive
	same "$fs: the same" /p1
}

# what such file systems make of names
names() {
	misnamed DONE "done" "10.53: it is not complete"
	misnamed gateway.csr Gateway.csr "10.55: gateway.csr is not there"
	# its short name is GATEWA~1.CSR, and what was wanted begins so
	misnamed gateway.csr gateway.csr-of-the-north \
		"10.55: gateway.csr is not there"
	run ls "mnt/$folder/GATEWAY.CSR"
	[ "$STATUS" -eq 0 ] || fail "$fs: it tells capitals apart"
	mount -o remount,rw mnt
	mkdir mnt/stuff
	echo x >"mnt/$folder/a very long name.txt"
	echo x >mnt/AUTORUN.INF
	mount -o remount,"$READ" mnt
	must_pass "$fs: among other files" receive
	same "$fs: the same among other files" /p1
	grep -q AUTORUN.INF out || fail "$fs: not named"
}

full() {
	mount -o remount,rw mnt
	rm -r mnt/*
	dd if=/dev/zero of=mnt/full bs=1M 2>/dev/null
	must_refuse 2 "$fs: full" "FORMATS 10.52: " send /p1
	[ "$(ls mnt)" = full ] || fail "$fs: something was written"
	rm mnt/full
	sync
}

# what another system wrote there, and sizes and numbers that it made up
foreign() {
	dev=$(disk STICK-made)
	mount -t exfat -o "$READ" "$dev" mnt || fail "no stick of another make"
	run receive mnt/whole
	same "exfat: written by another program" /p1
	must_refuse 1 "exfat: 5 GB" \
		"10.55: gateway.csr has 5368709120 bytes, and " \
		receive mnt/large
	must_refuse 1 "exfat: a hundred thousand names" \
		"10.54: 100000 names in one folder, and at most 8192" \
		receive mnt/many
	# ls would look each name up, and not find that one
	[ "$(basename mnt/dotted/*/gateway*)" = gateway.csr. ] ||
		fail "exfat: the dot is not there"
	must_refuse 1 "exfat: gateway.csr. is not gateway.csr" \
		"10.55: gateway.csr is not there" receive mnt/dotted
	umount mnt
}

# --- no file system ---

no_file_system() {
	dev=$(disk STICK-raw)
	raw() {
		"$A" transfer "$@" --label raw-1 --media /s/rawmedia
	}
	must_pass "raw: sent" raw send /p1 --raw "$dev"
	grep -q "serial  *STICK-raw" out || fail "raw: its serial number"
	must_pass "raw: received" raw receive "raw:$dev" --to got
	grep -q "warning .*this stick went out on" out || fail "raw: no warning"
	same "raw: the same" /p1
	must_refuse 1 "raw: nothing is lost unasked" \
		"FORMATS 10.63: it holds a parcel" raw send /p1 --raw "$dev"
	dev=$(disk STICK-vfat)
	must_refuse 1 "raw: a stick with a file system" \
		"FORMATS 10.63: it holds a part" raw send /p1 --raw "$dev"
	mount -t vfat "$dev" mnt
	must_refuse 1 "raw: a mounted stick" \
		"FORMATS 10.60: it, or a part of it, is" \
		raw send /p1 --raw "$dev" --erase
	umount mnt
	must_refuse 1 "raw: a disk that stays" \
		"FORMATS 10.60: it is not a removable" \
		raw send /p1 --raw /dev/vda
}

for fs in vfat exfat; do
	dev=$(disk "STICK-$fs")
	[ "$dev" != /dev/no-stick ] || {
		ls -l /sys/block
		dmesg | tail -n 40
		fail "there is no stick on the bus"
	}
	out_and_in
	names
	full
	umount mnt
done
dev=$(disk STICK-ext4)
mount -t ext4 -o "$READ" "$dev" mnt
must_refuse 1 "ext4: refused by name" \
	"FORMATS 10.51: its file system is ext4" receive
umount mnt
foreign
no_file_system
