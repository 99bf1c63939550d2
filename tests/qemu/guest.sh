#!/bin/busybox sh
# guest.sh: what runs as the first process of a virtual machine, with Debian's
# kernel: sticks on a USB bus, with file systems that the host may not have.
# Says `ok: ...` or `FAILED: ...` a line, `PULL NAME` where a stick is to be
# pulled, and at the end `guest: done`.
/bin/busybox --install -s /bin
export PATH=/bin LD_LIBRARY_PATH=/lib STICKS=/s
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /s
ln -sf /proc/self/fd /dev/fd
echo 4 >/proc/sys/kernel/printk
cd /s || exit
modprobe -a xhci-pci xhci-hcd usb-storage sd_mod virtio_pci virtio_blk vfat exfat \
	ext4 crc32c_generic nls_cp437 nls_ascii nls_iso8859-1 nls_utf8 2>/dev/null

say() {
	echo "$*"
}
fail() {
	say "FAILED: $1"
	tail -n 3 /s/out /s/err
}

# run CMD...: its exit status in $STATUS
run() {
	STATUS=0
	"$@" >/s/out 2>/s/err || STATUS=$?
}
# must_pass WHAT CMD...
must_pass() {
	what=$1
	shift
	run "$@"
	if [ $STATUS -eq 0 ]; then say "ok: $what"; else fail "$what"; fi
}
# must_refuse WHAT FRAGMENT CMD...
must_refuse() {
	what=$1
	fragment=$2
	shift 2
	rm -f /s/got
	run "$@"
	if [ $STATUS -ne 0 ] && [ ! -e /s/got ] &&
		grep -qF -- "$fragment" /s/err; then
		say "ok: $what"
	else
		fail "$what ($STATUS)"
	fi
}
same() {
	if cmp -s /s/got "$2"; then say "ok: $1"; else fail "$1"; fi
	rm -f /s/got
}

# disk SERIAL: the device of the stick with that serial number, once it is there
disk() {
	for n in $(seq 60); do
		for d in /sys/block/sd*; do
			p=$(readlink -f "$d")
			while [ -n "$p" ] && [ ! -e "$p/idVendor" ]; do
				p=${p%/*}
			done
			[ "$(cat "$p/serial" 2>/dev/null)" = "$1" ] || continue
			echo "/dev/${d##*/}"
			return
		done
		sleep 0.2
	done
	echo /dev/no-stick
}
# gone DEV: once it was pulled, however soon we were done
gone() {
	for n in $(seq 150); do
		[ -e "/sys/block/${1##*/}" ] || return 0
		sleep 0.2
	done
	fail "it was not pulled"
}
A=/anchorite
READ=ro,nosuid,nodev,noexec
mkdir -p mnt
send() {
	$A transfer send "$1" --usb mnt --label red-1 --media "/s/media$RANDOM"
}
receive() {
	$A transfer receive usb:mnt --to /s/got --label blue-1 \
		--media "/s/media$RANDOM"
}

# --- power cuts: one parcel on a disk whose writes are logged ---

if grep -q power=1 /proc/cmdline; then
	mount -t "$(sed 's/.*fs=\([a-z0-9]*\).*/\1/' /proc/cmdline)" /dev/vda mnt ||
		say "FAILED: no file system"
	for p in /p1 /p2; do
		run send $p
		[ $STATUS -eq 0 ] || fail "it was not sent"
		# what was said to be safe is marked behind the file system
		dd if=/dev/zero of=/dev/vda bs=512 count=1 conv=notrunc \
			seek=$((122880 + ${p#/p})) oflag=direct 2>/dev/null
	done
	say "guest: done"
	poweroff -f
fi

[ "$(disk STICK-vfat)" != /dev/no-stick ] || {
	ls -l /sys/block
	dmesg | tail -n 40
	modprobe xhci-pci
	modprobe usb-storage
	modprobe sd_mod
	fail "there is no stick on the bus"
	poweroff -f
}

# --- out, in, and the other way round, on each file system ---

each_file_system() {
	for fs in vfat exfat; do
		dev=$(disk "STICK-$fs")
		mount -t $fs "$dev" mnt || fail "$fs cannot be mounted"
		must_refuse "$fs: not read where things could run" \
			"FORMATS 10.51: it is mounted without ro" receive
		must_pass "$fs: sent" send /p1
		grep -q "serial  *STICK-$fs" out || fail "$fs: its serial number"
		folder=$(ls mnt)
		umount mnt
		mount -t $fs -o $READ "$dev" mnt
		must_refuse "$fs: not written where it is read only" \
			"FORMATS 10.51: it is mounted read only" send /p1
		must_pass "$fs: received" receive
		same "$fs: the same" /p1
		umount mnt

		# what such file systems make of names
		mount -t $fs "$dev" mnt
		mv "mnt/$folder/DONE" "mnt/$folder/x" && mv "mnt/$folder/x" "mnt/$folder/done"
		mount -o remount,$READ mnt
		must_refuse "$fs: done is not DONE" "10.53: it is not complete" receive
		mount -o remount,rw mnt
		mv "mnt/$folder/done" "mnt/$folder/x" && mv "mnt/$folder/x" "mnt/$folder/DONE"
		mv "mnt/$folder/gateway.csr" "mnt/$folder/x"
		mv "mnt/$folder/x" "mnt/$folder/Gateway.csr"
		mount -o remount,$READ mnt
		must_refuse "$fs: Gateway.csr is not gateway.csr" \
			"10.55: gateway.csr is not there" receive
		mount -o remount,rw mnt
		mv "mnt/$folder/Gateway.csr" "mnt/$folder/x"
		mv "mnt/$folder/x" "mnt/$folder/gateway.csr"
		# the same name to a person, and to a path, and not to us
		mkdir mnt/stuff
		echo x >"mnt/$folder/a very long name.txt"
		echo x >mnt/AUTORUN.INF
		mount -o remount,$READ mnt
		must_pass "$fs: among other files" receive
		same "$fs: the same among other files" /p1
		grep -q AUTORUN.INF out || fail "$fs: not named"
		mount -o remount,rw mnt
		# full
		rm -r mnt/*
		dd if=/dev/zero of=mnt/full bs=1M 2>/dev/null
		must_refuse "$fs: full" "FORMATS 10.52: " send /p1
		[ "$(ls mnt)" = full ] || fail "$fs: something was written"
		rm mnt/full
		sync
		umount mnt
	done

	dev=$(disk STICK-ext4)
	mount -t ext4 -o $READ "$dev" mnt
	must_refuse "ext4: refused by name" \
		"FORMATS 10.51: its file system is ext4" receive
	umount mnt
}

# --- no file system ---

no_file_system() {
	dev=$(disk STICK-raw)
	raw() {
		$A transfer "$@" --label raw-1 --media /s/rawmedia
	}
	must_pass "raw: sent" raw send /p1 --raw "$dev"
	grep -q "serial  *STICK-raw" out || fail "raw: its serial number"
	must_pass "raw: received" raw receive "raw:$dev" --to got
	grep -q "warning .*this stick went out on" out || fail "raw: no warning"
	same "raw: the same" /p1
	must_refuse "raw: nothing is lost unasked" "FORMATS 10.63: it holds a parcel" \
		raw send /p1 --raw "$dev"
	dev=$(disk STICK-vfat)
	must_refuse "raw: a stick with a file system" "FORMATS 10.63: it holds a part" \
		raw send /p1 --raw "$dev"
	mount -t vfat "$dev" mnt
	must_refuse "raw: a mounted stick" "FORMATS 10.60: it, or a part of it, is" \
		raw send /p1 --raw "$dev" --erase
	umount mnt
	must_refuse "raw: a disk that stays" "FORMATS 10.60: it is not a removable" \
		raw send /p1 --raw /dev/vda
}

grep -q only=pull /proc/cmdline || {
	each_file_system
	no_file_system
}

# --- pulled in the middle, at several moments ---

for wait in 1 2 3 4 6 8; do
	dev=$(disk "STICK-pull")
	mkdosfs "$dev"
	mount -t vfat "$dev" mnt || fail "pull: no stick"
	say "PULL $wait"
	run send /large
	case $STATUS in
	0) say "ok: pulled at $wait: after all was sent" ;;
	*)
		if grep -q '^anchorite: ' err; then
			say "ok: pulled at $wait: $(tail -n 1 err | cut -c 1-160)"
		else
			fail "pulled at $wait: no sentence"
		fi
		;;
	esac
	was=$STATUS
	gone "$dev"
	umount -l mnt
	say "PLUG"
	sleep 1
	dev=$(disk "STICK-pull")
	mount -t vfat -o $READ "$dev" mnt || fail "pull: no stick again"
	rm -f got
	run receive
	if [ $STATUS -eq 0 ]; then
		same "pulled at $wait: all of it" /large
	elif [ $was -eq 0 ]; then
		fail "pulled at $wait: it was sent, and is lost"
	elif [ -e got ]; then
		fail "pulled at $wait: half of it"
	else
		say "ok: pulled at $wait: not taken: $(tail -n 1 err | cut -c 1-120)"
	fi
	umount mnt
done

# pulled while it is read
dev=$(disk "STICK-pull")
mkdosfs "$dev"
mount -t vfat "$dev" mnt
must_pass "pull: sent" send /large
umount mnt
mount -t vfat -o $READ "$dev" mnt
say "PULL 0.6"
run receive
if [ $STATUS -eq 0 ]; then
	same "pulled while read: all of it" /large
elif [ -e got ] || ! grep -q '^anchorite: ' err; then
	fail "pulled while read"
else
	say "ok: pulled while read: $(tail -n 1 err | cut -c 1-160)"
fi
say "guest: done"
poweroff -f
