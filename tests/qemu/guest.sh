#!/bin/busybox sh
# shellcheck shell=dash
# guest.sh: what runs as the first process of a virtual machine with Debian's
# kernel, of which machine.py is the outside.  The parts that the kernel's
# command line names (parts=bus,pull) are files of guest/.  Says `ok: ...` or
# `FAILED: ...` a line, `HOST: ...` where it wants something done to the
# machine, and at the end `guest: done`.
/bin/busybox --install -s /bin
export PATH=/bin LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /s
ln -sf /proc/self/fd /dev/fd
echo 4 >/proc/sys/kernel/printk
cd /s || exit
modprobe -a virtio_pci virtio_blk vfat exfat ext4 crc32c_generic nls_cp437 \
	nls_ascii nls_iso8859-1 nls_utf8 2>/dev/null
A=/anchorite
export READ=ro,nosuid,nodev,noexec
mkdir -p mnt

say() {
	echo "$*"
}
fail() {
	say "FAILED: $1"
	tail -n 3 /s/out /s/err
}
# sentence: what the last command said last
sentence() {
	tail -n 1 /s/err | cut -c 1-240
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
# must_refuse CODE WHAT FRAGMENT CMD...: and nothing was delivered
must_refuse() {
	code=$1
	what=$2
	fragment=$3
	shift 3
	rm -f /s/got
	run "$@"
	if [ $STATUS -eq "$code" ] && [ ! -e /s/got ] &&
		grep -qF -- "$fragment" /s/err; then
		say "ok: $what: $(sentence)"
	else
		fail "$what ($STATUS)"
	fi
}
# same WHAT PARCEL: that is what came
same() {
	if cmp -s /s/got "$2"; then say "ok: $1"; else fail "$1"; fi
	rm -f /s/got
}

# --- sticks ---

# disk SERIAL [SEQUENCE]: the device of the stick with that serial number, once
# it is there, and is another one than that of the kernel's number SEQUENCE
disk() {
	for _ in $(seq 120); do
		for d in /sys/block/sd*; do
			p=$(readlink -f "$d")
			while [ -n "$p" ] && [ ! -e "$p/idVendor" ]; do
				p=${p%/*}
			done
			[ "$(cat "$p/serial" 2>/dev/null)" = "$1" ] || continue
			[ "$(cat "$d/diskseq")" != "${2:-}" ] || continue
			[ -b "/dev/${d##*/}" ] || continue
			echo "/dev/${d##*/}"
			return
		done
		sleep 0.1
	done
	echo /dev/no-stick
}
# sequence DEV
sequence() {
	cat "/sys/block/${1##*/}/diskseq"
}
# gone DEV: once it was pulled, however soon we were done
gone() {
	for _ in $(seq 150); do
		[ -e "/sys/block/${1##*/}" ] || return 0
		sleep 0.2
	done
	fail "it was not pulled"
}
# each time with a book of its own, that has nothing to warn about
books=0
send() {
	books=$((books + 1))
	"$A" transfer send "$1" --usb mnt --label red-1 --media "/s/media$books"
}
# receive [WHERE]
receive() {
	books=$((books + 1))
	"$A" transfer receive "usb:${1:-mnt}" --to /s/got --label blue-1 \
		--media "/s/media$books"
}
# a bus that does not wait before it looks at what was plugged in
bus_is_there() {
	modprobe usb-storage delay_use=0
	modprobe -a xhci-pci xhci-hcd sd_mod
}

# shellcheck disable=SC2013
for part in $(sed 's/.*parts=\([a-z,]*\).*/\1/; s/,/ /g' /proc/cmdline); do
	from=$(cut -d ' ' -f 1 /proc/uptime)
	# shellcheck disable=SC1090
	. "/guest/$part.sh"
	say "part $part: $(cut -d ' ' -f 1 /proc/uptime) s, begun at $from s"
done
say "guest: done"
poweroff -f
